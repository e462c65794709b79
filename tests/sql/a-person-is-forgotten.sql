-- SPDX-License-Identifier: GPL-3.0-or-later
-- Erasing a person leaves no number and no word of hers in any table, and her tickets as they are; the last SMS has a
-- contact of its own, which goes too.
CREATE FUNCTION opened(p_place text, p_contact bigint, p_message bigint, p_restricted boolean, p_helper bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'complaint';
	v.category := 'water';
	v.place := p_place;
	v.restricted := p_restricted;
	v := ticket_open(v, NULL, p_message, p_contact, p_helper);
	RETURN v.id;
END $$;
CREATE FUNCTION sent(p_contact bigint, p_body text) RETURNS bigint LANGUAGE sql AS $$
	INSERT INTO message (direction, contact_id, body, at, dedupe, smsc_time, service)
	VALUES ('in', p_contact, p_body, city_now(), gen_random_uuid(), 'x', 'complaint') RETURNING id
$$;
-- Rows of any table that hold these letters anywhere.
CREATE FUNCTION traces(p_what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v_table text;
	v_count integer;
	v_found text := '';
BEGIN
	FOR v_table IN SELECT relname FROM pg_class WHERE relnamespace = 'baraza'::regnamespace AND relkind = 'r' ORDER BY 1 LOOP
		EXECUTE format('SELECT count(*) FROM %I t WHERE t::text ILIKE $1', v_table) INTO v_count USING '%' || p_what || '%';
		IF v_count > 0 THEN
			v_found := v_found || v_table || ' ';
		END IF;
	END LOOP;
	RETURN trim(v_found);
END $$;
DO $$
DECLARE
	she bigint := contact_of('+250788000001');
	other bigint := contact_of('+250788000002');
	aide bigint := contact_of('+250788000003');
	v_old contact;
	v_new bigint;
	v_open bigint;
	v_closed bigint;
	v_secret bigint;
	v_message bigint;
	v_link integer;
BEGIN
	INSERT INTO link (identity, number) VALUES ('SIM', '+250789000001') RETURNING id INTO v_link;
	UPDATE contact SET language = 'fr', news_stopped = true, link_id = v_link, hour_start = city_now(), hour_count = 7 WHERE id = she;
	UPDATE contact SET helper = true WHERE id = aide;

	v_open := opened('chez Kamana', she, sent(she, 'Fuite chez Kamana'), false);
	v_closed := opened('devant Kamana', she, sent(she, 'Encore Kamana'), false);
	UPDATE ticket SET state = 'fixed' WHERE id = v_closed;
	v_secret := opened('bureau', she, sent(she, 'Il a pris kickback'), true);
	PERFORM opened('rue 5', she, sent(aide, 'POUR +250 788 000 001 fuite Kamana'), false, aide);
	PERFORM sent(aide, 'POUR 0788000001 zzz Kamana');
	INSERT INTO report (ticket_id, contact_id, category, place, words, at)
	VALUES (v_open, other, 'water', 'rue KN 5', 'fuite', city_now());
	v_message := sent(she, 'question Kamana');
	UPDATE message SET at = city_now() - interval '2 days' WHERE id = v_message;
	PERFORM tray_add('question', she, v_message, 'Kamana'), tray_add('restricted', she, v_message, 'for its readers');
	PERFORM inbox_poison(convert_to(E'+250788000001\nx\nKamana', 'UTF8'), 'note', '', NULL, NULL);
	PERFORM session_ask(she, 'complaint', 'place', E'place\x1fKamana', v_message);
	PERFORM notice_add(she, 'news_fixed', ARRAY['text', 'Kamana'], 4, 'complaint', v_open);
	INSERT INTO part VALUES (gen_random_uuid(), v_link, she, 1, 2, 1, 'Kamana', 'x', city_now(), NULL),
		(gen_random_uuid(), v_link, she, 2, 2, 1, 'Kamana', 'x', city_now() - interval '2 days', 1);
	PERFORM outbox_enqueue(ARRAY[she], ARRAY['Dossier Kamana'], ARRAY[2::smallint], ARRAY[1::smallint], ARRAY['complaint'],
		ARRAY[v_message], ARRAY[0]);
	INSERT INTO delivery_report (dedupe, link_id, reference, number, status, received_at)
	VALUES (gen_random_uuid(), v_link, 1, '+250788000001', 0, clock_timestamp());

	SELECT * INTO v_old FROM contact WHERE id = she;
	ASSERT person_erase(she);
	v_new := person_farewell(v_old);
	ASSERT NOT person_erase(she), 'once';
	ASSERT traces('788000001') = 'contact', 'for the last SMS alone: ' || traces('788000001');
	ASSERT traces('788 000 001') = '', traces('788 000 001');
	ASSERT traces('devant') = '' AND traces('Encore') = '', 'of a closed ticket the place that she wrote';
	ASSERT traces('Kamana') = 'ticket', 'while it is open the city has to find it: ' || traces('Kamana');
	ASSERT traces('kickback') = 'report', 'the readers of confidential ones keep her words';
	ASSERT (SELECT done_at IS NULL AND note IS NOT NULL FROM tray WHERE kind = 'restricted');
	ASSERT (SELECT count(*) FROM tray WHERE done_at IS NULL) = 2, 'that one, and the poison';
	ASSERT (SELECT count(*) FROM queue) = 0 AND (SELECT count(*) FROM message WHERE state = 'cancelled') = 1;
	ASSERT (SELECT count(*) FROM message WHERE dedupe IS NULL AND direction = 'in') = 1, 'the digest stays a day';
	ASSERT (SELECT count(*) FROM part WHERE message_id IS NULL) = 0, 'parts wait for nothing';
	ASSERT (SELECT state = 'open' AND category = 'water' FROM ticket WHERE id = v_open);
	ASSERT (SELECT bool_and(number LIKE 'erased-%' AND kind = 'invalid' AND language IS NULL AND link_id IS NULL AND NOT news_stopped
		AND hour_count = 0) FROM contact WHERE id = she);
	ASSERT (SELECT hour_count = 7 AND language = 'fr' AND link_id = v_link AND version > v_old.version FROM contact WHERE id = v_new);
	ASSERT (SELECT count(*) FROM ticket_audience(v_open, ARRAY(SELECT ticket_family(v_open)))) = 1, 'the other reporter';
	ASSERT contact_of('+250788000001') = v_new, 'she would be a new person';

	-- The last SMS, on its way; delivered; its contact goes, and what links the two.
	PERFORM outbox_enqueue(ARRAY[v_new], ARRAY['Au revoir'], ARRAY[2::smallint], ARRAY[1::smallint], ARRAY['erase'],
		ARRAY[v_message], ARRAY[0]);
	PERFORM person_chores();
	ASSERT EXISTS (SELECT FROM contact WHERE number = '+250788000001'), 'it is still queued';
	DELETE FROM queue;
	UPDATE message SET state = 'sent' WHERE service = 'erase';
	PERFORM farewell_chores();
	ASSERT EXISTS (SELECT FROM contact WHERE number = '+250788000001'), 'a delivery report may come';
	UPDATE message SET state = 'delivered' WHERE service = 'erase';
	PERFORM farewell_chores();
	ASSERT traces('788000001') = '' AND traces('Au revoir') = '', traces('788000001');
	ASSERT NOT EXISTS (SELECT FROM message WHERE service = 'erase' AND reply_to IS NOT NULL);
	ASSERT NOT EXISTS (SELECT FROM farewell);

	-- A retried segment of hers never leaves.
	INSERT INTO queue (route, priority, message_id, seq)
	SELECT v_link, 2, id, 1 FROM message WHERE service = 'erase';
	ASSERT (SELECT row_ IS NULL FROM outbox_pick(v_link, false, false, false, true, city_now(), true)), 'cancelled';

	-- The day after; and when the ticket is closed and nobody else wrote that place.
	UPDATE city_clock SET offset_ = interval '25 hours';
	UPDATE ticket SET state = 'fixed', closed_at = city_now() WHERE id = v_open;
	PERFORM person_chores();
	ASSERT traces('Kamana') = '', traces('Kamana');
	ASSERT NOT EXISTS (SELECT FROM message WHERE dedupe IS NOT NULL AND contact_id = she);
	ASSERT NOT EXISTS (SELECT FROM part);
	ASSERT (SELECT words = 'fuite' FROM report WHERE contact_id = other), 'the other one''s words stay';
END $$;
DO $$
DECLARE
	v_old contact;
	v_new bigint;
BEGIN
	-- Who writes again before the last SMS arrived stays, as a new person.
	PERFORM contact_of('+250788000005');
	SELECT * INTO v_old FROM contact WHERE number = '+250788000005';
	PERFORM person_erase(v_old.id);
	v_new := person_farewell(v_old);
	PERFORM sent(v_new, 'Bonjour');
	UPDATE city_clock SET offset_ = offset_ + interval '2 days';
	PERFORM person_chores();
	ASSERT (SELECT erased_at IS NULL AND number = '+250788000005' FROM contact WHERE id = v_new);
	ASSERT NOT EXISTS (SELECT FROM farewell);
	-- Whose last SMS never leaves is erased after a day.
	PERFORM contact_of('+250788000006');
	SELECT * INTO v_old FROM contact WHERE number = '+250788000006';
	PERFORM person_erase(v_old.id);
	v_new := person_farewell(v_old);
	PERFORM outbox_enqueue(ARRAY[v_new], ARRAY['x'], ARRAY[2::smallint], ARRAY[1::smallint], ARRAY['erase'], ARRAY[0::bigint], ARRAY[0]);
	PERFORM person_chores();
	ASSERT EXISTS (SELECT FROM contact WHERE number = '+250788000006');
	UPDATE city_clock SET offset_ = offset_ + interval '25 hours';
	PERFORM person_chores();
	ASSERT traces('788000006') = '' AND NOT EXISTS (SELECT FROM queue WHERE message_id IN (SELECT id FROM message WHERE contact_id = v_new));
END $$;
