-- SPDX-License-Identifier: GPL-3.0-or-later
-- clock: the city's time, and nothing else that tells time.

CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN clock_timestamp() + (SELECT offset_ FROM city_clock);
END $$;

-- A time as ISO 8601 in the session's time zone.
CREATE OR REPLACE FUNCTION iso_time(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT CASE WHEN isfinite(p_at) THEN to_char(p_at, 'YYYY-MM-DD"T"HH24:MI:SSTZH:TZM') END
$$;

-- The reasons to doubt the machine's clock: it stands before what this database remembers (a box without a
-- battery wakes in 1970).  A minute's slip is forgiven.
--   doubt  unset | start (of a gateway) | message
--   at     what the clock stands before; who: the gateway's name
CREATE OR REPLACE FUNCTION clock_doubts(OUT doubt text, OUT at timestamptz, OUT who text)
RETURNS SETOF record
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT 'unset', timestamptz '2025-01-01', NULL::text WHERE clock_timestamp() < '2025-01-01'
	UNION ALL
	(SELECT 'start', n.started_at, n.name FROM node n
		WHERE n.started_at >= clock_timestamp() + interval '1 minute' ORDER BY n.started_at DESC LIMIT 1)
	UNION ALL
	SELECT 'message', m.at, NULL FROM (SELECT i.at FROM message i ORDER BY i.id DESC LIMIT 1) m
		WHERE m.at >= city_now() + interval '1 minute';
END $$;

CREATE OR REPLACE FUNCTION clock_believable() RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN NOT EXISTS (SELECT FROM clock_doubts());
END $$;

-- The time by which something that is timed is over, settled or said: city_now(), and NULL, by which nothing is due, while the
-- clock cannot be believed.  Whoever decides by time asks this, since what a gateway knew when it sent its statement may be
-- wrong by now; both are of one snapshot, so that no time goes with another time's belief.
CREATE OR REPLACE FUNCTION city_due_now() RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	RETURN CASE WHEN clock_believable() THEN v_now END;
END $$;

-- An administrator's word that the clock is right, and that what stands after it was stamped by a wrong one:
-- starts and the last message are stamped anew, and what is timed has its whole time from now on.
--   p_by  who says so, for the logs
-- Returns 'believed'; or 'already', or 'unset' (before 2025 no word helps), and then nothing is changed.
CREATE OR REPLACE FUNCTION clock_believe(p_by text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	IF clock_believable() THEN
		RETURN 'already';
	ELSIF EXISTS (SELECT FROM clock_doubts() WHERE doubt = 'unset') THEN
		RETURN 'unset';
	END IF;
	UPDATE queue SET not_before = '-infinity'
	WHERE not_before > v_now AND message_id IN (SELECT id FROM message WHERE at > v_now);
	UPDATE message SET valid_until = v_now + (valid_until - at)
	WHERE at > v_now AND valid_until > at AND id IN (SELECT message_id FROM queue);
	UPDATE session s SET expires_at = v_now + (s.expires_at - m.at)
	FROM message m WHERE m.id = s.message_id AND m.at > v_now AND s.expires_at > m.at;
	UPDATE part SET at = v_now WHERE message_id IS NULL AND at > v_now;
	UPDATE link SET paused_until = clock_timestamp() WHERE paused_until > clock_timestamp() + interval '1 day';
	UPDATE node SET started_at = clock_timestamp() WHERE started_at > clock_timestamp();
	UPDATE message SET at = v_now
	WHERE id = (SELECT id FROM message ORDER BY id DESC LIMIT 1) AND at > v_now;
	RAISE LOG 'baraza: the clock is believed on the word of %', p_by;
	PERFORM pg_notify('baraza_clock', p_by);
	RETURN 'believed';
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
	UPDATE alert SET starts_at = v_now + (starts_at - drafted_at), expires_at = v_now + (expires_at - drafted_at)
	WHERE expires_at < '2025-01-01' AND state IN ('composing', 'draft', 'approved');
END $$;
