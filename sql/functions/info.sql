-- SPDX-License-Identifier: GPL-3.0-or-later
-- info: what people are told to do now, in the words in which they were told.

-- The last word of each alert that is in force: it was approved and not stopped, nothing that was approved follows it, and it
-- is not over.  An update, an all-clear or a cancellation is the last word as well.  Exercises and tests are none.
CREATE OR REPLACE FUNCTION info_in_force()
RETURNS SETOF alert
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT a.* FROM alert a
	WHERE a.state IN ('approved', 'done') AND a.status = 'actual' AND a.expires_at > city_now()
		AND NOT EXISTS (SELECT FROM alert f WHERE f.follows = a.id AND f.state IN ('approved', 'done'));
END $$;

-- What an alert says to this person: in her language, else in the city's own, else in any.
CREATE OR REPLACE FUNCTION info_text(p_alert bigint, p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT t.body FROM alert_text t
		WHERE t.alert_id = p_alert
		ORDER BY t.language = (SELECT language FROM contact WHERE id = p_contact) DESC NULLS LAST,
			t.language = setting_text('default_language', 'en') DESC, t.language LIMIT 1);
END $$;

-- Those in force that concern one of these zones: for the zone itself, for one around it, or for one within it.  The worst
-- first, then the newest.
CREATE OR REPLACE FUNCTION info_for(p_zones integer[])
RETURNS SETOF alert
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT a.* FROM info_in_force() a
	WHERE EXISTS (SELECT FROM unnest(p_zones) AS z
		WHERE a.zones && zone_around(z) OR EXISTS (SELECT FROM unnest(a.zones) AS b WHERE z = ANY (zone_around(b))))
	ORDER BY array_position('{Extreme,Severe,Moderate,Minor,Unknown}'::text[], a.severity), a.approved_at DESC, a.id;
END $$;

-- Their texts, one below the other; two at most, since an SMS is not endless.
CREATE OR REPLACE FUNCTION info_said(p_zones integer[], p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(b, E'\n' ORDER BY n)
		FROM (SELECT info_text(a.id, p_contact) AS b, row_number() OVER () AS n FROM info_for(p_zones) a LIMIT 2) x);
END $$;

CREATE OR REPLACE FUNCTION service_info(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_zones integer[];
	v_text text;
	v_in_force bigint;
BEGIN
	SELECT * INTO v FROM zone_asked(p_message, p_fields);
	IF v.zones = '{}' AND v.unknown <> '{}' THEN
		RETURN zone_unknown_said(v.unknown);
	END IF;
	v_zones := CASE WHEN v.zones = '{}' THEN subscription_zones(p_contact) ELSE v.zones END;
	v_text := info_said(v_zones, p_contact);
	IF v_text IS NOT NULL THEN
		RETURN ARRAY['now', 'text', v_text];
	ELSIF v_zones <> '{}' THEN
		RETURN ARRAY['none_there', 'place', zone_names(v_zones)];
	END IF;
	v_in_force := (SELECT count(*) FROM info_in_force());
	IF v_in_force = 1 THEN
		RETURN ARRAY['now', 'text', (SELECT info_text(a.id, p_contact) FROM info_in_force() a)];
	ELSIF v_in_force > 1 THEN
		RETURN ARRAY['several', 'text', zone_names(ARRAY(SELECT DISTINCT unnest(a.zones) FROM info_in_force() a))];
	END IF;
	RETURN ARRAY['none'];
END $$;
