-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two nodes at once: while one takes the day's reminders the other takes none, and what the one has queued the other does not
-- see again; a plan made twice at the same time says each once.

SET timezone = 'Africa/Kigali';
\ir lib/two-sessions.sql
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 09:00' - clock_timestamp();
INSERT INTO link (identity, up, agreed) VALUES ('i1', true, true);
INSERT INTO taxpayer (reference, key, language, changed_at) SELECT 'T' || n, 'T' || n, 'en', city_now() FROM generate_series(1, 50) n;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
SELECT id, contact_of('+25078' || lpad(id::text, 7, '0')), 1, city_now() FROM taxpayer;
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT 'B' || id, 'B' || id, id, 'market', 1000, 'RWF', date '2026-12-15', 1000, city_now() FROM taxpayer;
DO $$
BEGIN
	PERFORM bills_post(ARRAY(SELECT id FROM bill), 'test', NULL);
	ASSERT campaign_draft('c', NULL, NULL, '{-14,-13}', '{}', '{remind_due}', '{1}', 0, false, 'Claire', 'x') = 'drafted';
	ASSERT campaign_approve('c', 'Denise', 'x') = 'approved';
END $$;

DO $$
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN');
	ASSERT pg_temp.says('s1', 'SELECT count(*)::text FROM reminders_take(20)') = '20', 'the first takes';
	ASSERT pg_temp.says('s2', 'SELECT count(*)::text FROM reminders_take(20)') = '0', 'the other waits its turn';
	PERFORM dblink_exec('s1', 'COMMIT');
	ASSERT pg_temp.says('s2', 'SELECT count(*)::text FROM reminders_take(50)') = '30', 'and takes the others only';
	ASSERT pg_temp.says('s1', 'SELECT count(*)::text FROM reminders_take(50)') = '0', 'once';

	-- The next day is planned by both.
	UPDATE city_clock SET offset_ = offset_ + interval '1 day';
END $$;
DO $$
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN');
	PERFORM pg_temp.says('s1', 'SELECT reminder_chores()::text');
	PERFORM dblink_send_query('s2', 'SELECT reminder_chores()::text');
	PERFORM dblink_exec('s1', 'COMMIT');
	PERFORM * FROM dblink_get_result('s2') AS d(v text);
	ASSERT (SELECT count(*) = 50 AND count(DISTINCT contact_id) = 50 FROM reminder WHERE day = '2026-12-02'), 'each once';
	ASSERT (SELECT planned_until FROM campaign) = '2026-12-02', 'planned';
END $$;
