-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who dials during an alert reads it first if it is for her: it was sent to her, she subscribed to a zone of it, around it or in
-- it, or she reported something from there in the last year; in her language; not when it is over, or was none.

\ir lib/alert-city.sql
CREATE FUNCTION pg_temp.reads(p_contact bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT alert FROM ussd_begin('{sim}', ARRAY[gen_random_uuid()::text], ARRAY[(SELECT number FROM contact WHERE id = p_contact)],
		'{*384#}', '{menu}', '{NULL}'));
END $$;
-- 1 reads French, 2 English, and so on.  1 is within it, 2 in a part, 3 around it, 4 elsewhere.
INSERT INTO subscription VALUES (1, 2, city_now()), (2, 4, city_now()), (3, 1, city_now()), (4, 3, city_now());
DO $$
DECLARE
	a text;
	b text;
	t ticket;
BEGIN
	t.service := 'complaint'; t.category := 'road'; t.place := 'KN 5'; t.zone_id := 4;
	PERFORM ticket_open(t, 'words', NULL, 7), ticket_open(t, 'words', NULL, 8);
	t.zone_id := 1; -- around it: not from there
	PERFORM ticket_open(t, 'words', NULL, 9);
	UPDATE report SET at = at - interval '13 months' WHERE contact_id = 8;

	ASSERT pg_temp.reads(1) IS NULL, 'there is none';
	a := pg_temp.draft();
	ASSERT pg_temp.reads(1) IS NULL, 'a draft is none';
	PERFORM pg_temp.approve(a);
	ASSERT (SELECT state FROM alert WHERE reference = a) = 'approved';
	ASSERT pg_temp.reads(1) = 'Crue. Montez.' AND pg_temp.reads(2) = 'Flood. Go up.', 'in her language';
	ASSERT pg_temp.reads(3) IS NOT NULL, 'who asked for all of the city';
	ASSERT pg_temp.reads(4) IS NULL AND pg_temp.reads(5) IS NULL, 'not for them';
	ASSERT pg_temp.reads(7) IS NOT NULL, 'who reported from there';
	ASSERT pg_temp.reads(8) IS NULL, 'longer ago';
	ASSERT pg_temp.reads(9) IS NULL, 'from around it';
	INSERT INTO alert_recipient (alert_id, contact_id, rank, why, language) VALUES (alert_id(a), 20, 999, 'list', 'en');
	ASSERT pg_temp.reads(20) IS NOT NULL, 'to whom it is sent';
	UPDATE contact SET language = NULL WHERE id = 1;
	ASSERT pg_temp.reads(1) IS NOT NULL, 'whose language is not known';

	UPDATE alert SET status = 'exercise' WHERE reference = a;
	ASSERT pg_temp.reads(2) IS NULL, 'an exercise';
	UPDATE alert SET status = 'actual', state = 'done', ended_by = 'all' WHERE reference = a;
	ASSERT pg_temp.reads(2) IS NOT NULL, 'all have got it, and the water is still there';
	UPDATE alert SET state = 'stopped' WHERE reference = a;
	ASSERT pg_temp.reads(2) IS NULL, 'stopped';
	UPDATE alert SET state = 'approved', expires_at = city_now() - interval '1 s' WHERE reference = a;
	ASSERT pg_temp.reads(2) IS NULL, 'over';

	-- The all-clear is nobody's first screen.
	UPDATE alert SET expires_at = city_now() + interval '1 hour' WHERE reference = a;
	b := pg_temp.follow('clear', a);
	PERFORM pg_temp.approve(b);
	ASSERT (SELECT state FROM alert WHERE reference = b) = 'approved';
	ASSERT pg_temp.reads(2) IS NULL, 'all clear';
END $$;
