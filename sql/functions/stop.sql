-- SPDX-License-Identifier: GPL-3.0-or-later
-- stop: by itself no more reminders and nothing in bulk; with `news` no more news of her own tickets; with `warnings` no
-- more warnings of danger, or, where it names zones, none of those.  What waits to be said of it is not said.  Answers to what she sends go on.

-- No more warnings of the zone that she chose in a menu, or of those that she names, or NULL when she names none: then all
-- end.  One that is not hers, or that nobody knows, ends nothing.
DROP FUNCTION IF EXISTS stop_zones(bigint, text);
CREATE OR REPLACE FUNCTION stop_zones(p_contact bigint, p_message bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_most CONSTANT integer := 3; -- words that may be a name misspelt, and no sentence
	v_mine integer[] := subscription_zones(p_contact);
	v_gone integer[];
	v_rest text;
	v record;
BEGIN
	SELECT * INTO v FROM zone_asked(p_message, p_fields);
	IF v.zones = '{}' AND (v_mine = '{}' OR v.unknown = '{}' OR cardinality(string_to_array(v.unknown[1], ' ')) > v_most) THEN
		RETURN NULL;
	END IF;
	v_gone := ARRAY(SELECT z FROM unnest(v.zones) AS z WHERE z = ANY (v_mine));
	DELETE FROM subscription WHERE contact_id = p_contact AND zone_id = ANY (v_gone);
	v_rest := zone_names(subscription_zones(p_contact));
	RETURN CASE WHEN v_gone = '{}' THEN ARRAY[CASE WHEN v_rest IS NULL THEN 'zone_none' ELSE 'zone_none_rest' END,
			'unknown', coalesce(zone_names(v.zones), left(v.unknown[1], 30))]
		ELSE ARRAY[CASE WHEN v_rest IS NULL THEN 'zone' ELSE 'zone_rest' END, 'text', zone_names(v_gone)] END
		|| ARRAY['rest', coalesce(v_rest, '')];
END $$;

CREATE OR REPLACE FUNCTION service_stop(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_said text[];
BEGIN
	CASE p_fields ->> 'what'
	WHEN 'news' THEN
		UPDATE contact SET news_stopped = true WHERE id = p_contact;
		PERFORM news_unsay_to(p_contact);
		RETURN ARRAY['news'];
	WHEN 'warnings' THEN
		v_said := stop_zones(p_contact, p_message, p_fields);
		IF v_said IS NULL THEN
			UPDATE contact SET warnings_stopped = true WHERE id = p_contact;
			v_said := ARRAY['warnings'];
		END IF;
		PERFORM alert_spare(p_contact);
		RETURN v_said;
	ELSE
		UPDATE contact SET stopped = true WHERE id = p_contact;
		DELETE FROM notice WHERE contact_id = p_contact AND priority >= 5;
		RETURN ARRAY['stopped'];
	END CASE;
END $$;
