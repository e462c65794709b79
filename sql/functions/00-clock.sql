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

-- The clock has been set.  What was stamped before it was (in 1970) has waited for nothing yet: replies keep
-- their whole validity, questions their whole time, from now on.
CREATE OR REPLACE FUNCTION clock_mend() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE message SET valid_until = v_now + (valid_until - at)
	WHERE valid_until < '2025-01-01' AND id IN (SELECT message_id FROM queue);
	UPDATE session s SET expires_at = v_now + (s.expires_at - m.at)
	FROM message m WHERE m.id = s.message_id AND s.expires_at < '2025-01-01';
	UPDATE part SET at = v_now WHERE message_id IS NULL AND at < '2025-01-01';
END $$;
