-- SPDX-License-Identifier: GPL-3.0-or-later
-- clock: the city's time, and nothing else that tells time.

CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN clock_timestamp() + (SELECT offset_ FROM city_clock);
END $$;

-- A reason to doubt the machine's clock: it stands before the last thing that this database remembers (a
-- box without a battery wakes in 1970).  A minute's slip is forgiven.
CREATE OR REPLACE FUNCTION clock_believable() RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN clock_timestamp() >= '2025-01-01'
		AND clock_timestamp() > coalesce((SELECT max(started_at) FROM node), '-infinity')
			- interval '1 minute'
		AND city_now() > coalesce((SELECT at FROM message ORDER BY id DESC LIMIT 1), '-infinity')
			- interval '1 minute';
END $$;
