-- SPDX-License-Identifier: GPL-3.0-or-later
-- On which day and at which hour a reminder leaves: rest days, holidays, Ramadan's hours, quiet hours, a month's end.
SET timezone = 'Africa/Kigali';
\o /dev/null
INSERT INTO holiday VALUES ('2026-12-25', 'Noël'), ('2026-12-31', 'inventory'), ('2027-01-01', 'Nouvel an');
SELECT settings_set(ARRAY['special_hours'],
	ARRAY['2027-02-08 2027-03-09 10:00 16:30 2027-06-01 2027-06-01 09:00 10:00']);
CREATE FUNCTION pg_temp.until(p_at text) RETURNS text LANGUAGE sql AS $$
	SELECT to_char(reminder_open_until(p_at::timestamptz), 'HH24:MI') $$;

DO $$
BEGIN
	-- 2026-12-27 and 2027-01-03 are Sundays.
	ASSERT (SELECT array_agg(day ORDER BY day) FROM generate_series(date '2026-12-24', date '2027-01-04', '1 day') g,
		LATERAL (SELECT g::date AS day) d WHERE NOT reminder_day(day))
		= ARRAY['2026-12-25', '2026-12-27', '2026-12-31', '2027-01-01', '2027-01-03']::date[];
	ASSERT (SELECT earlier = '2026-12-30' AND later = '2027-01-02'
		FROM reminder_calendar('2026-12-20', '2027-01-10') WHERE day = '2027-01-01');
	ASSERT (SELECT earlier = day AND later = day FROM reminder_calendar('2026-12-20', '2027-01-10') WHERE day = '2026-12-29');

	ASSERT pg_temp.until('2026-12-28 07:59') IS NULL AND pg_temp.until('2026-12-28 08:00') = '19:00'
		AND pg_temp.until('2026-12-28 19:00') IS NULL AND pg_temp.until('2026-12-27 12:00') IS NULL, 'send_hours';
	ASSERT pg_temp.until('2027-02-07 09:00') IS NULL, 'a Sunday';
	ASSERT pg_temp.until('2027-02-08 09:59') IS NULL AND pg_temp.until('2027-02-08 10:00') = '16:30'
		AND pg_temp.until('2027-03-09 16:29') = '16:30' AND pg_temp.until('2027-03-10 09:00') = '19:00', 'Ramadan';
	ASSERT pg_temp.until('2027-06-01 08:30') IS NULL AND pg_temp.until('2027-06-01 09:30') = '10:00', 'a second period';

	PERFORM settings_set(ARRAY['quiet_hours'], ARRAY['18:00 07:00']);
	ASSERT pg_temp.until('2026-12-28 08:00') = '18:00' AND pg_temp.until('2026-12-28 18:30') IS NULL, 'a quiet night';
	PERFORM settings_set(ARRAY['quiet_hours', 'send_hours', 'reminder_rest_days'],
		ARRAY['12:00 14:00', '06:00 22:00', 'friday saturday']);
	ASSERT pg_temp.until('2026-12-28 11:00') = '12:00' AND pg_temp.until('2026-12-28 13:00') IS NULL
		AND pg_temp.until('2026-12-28 14:00') = '22:00' AND pg_temp.until('2026-12-27 21:00') = '22:00'
		AND pg_temp.until('2027-01-09 10:00') IS NULL, 'a pause at noon, other days of rest';
END $$;
