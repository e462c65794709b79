-- SPDX-License-Identifier: GPL-3.0-or-later
-- Long messages: whose parts belong together, what becomes of parts that never come or come again, and
-- when to look next.

SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
SELECT modem_link('m1', 'imsi2', NULL, NULL, false, 0, 0, 0, 0);

-- A part of one of the two SIMs; each call is a part of its own, as with a time stamp of its own.
CREATE SEQUENCE pg_temp.came;
CREATE FUNCTION pg_temp.part(p_sender integer, p_reference integer, p_total integer, p_seq integer,
	p_body text, p_link integer DEFAULT 1) RETURNS void
LANGUAGE sql AS $$
	SELECT inbox_store_parts(ARRAY['+25078800000' || p_sender], ARRAY['e164'], ARRAY[p_link],
		ARRAY[md5(nextval('pg_temp.came')::text)::uuid], ARRAY[p_reference], ARRAY[p_total::smallint],
		ARRAY[p_seq::smallint], ARRAY[p_body], ARRAY[NULL::text])
$$;

-- What is ready, taken by the next message: each text, an incomplete one with a question mark.
CREATE SEQUENCE pg_temp.joined;
CREATE FUNCTION pg_temp.ready() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_all text[] := '{}';
BEGIN
	FOR v IN SELECT * FROM inbox_parts_ready(interval '10 minutes') ORDER BY number, body LOOP
		v_all := v_all || (v.body || CASE WHEN v.incomplete THEN '?' ELSE '' END);
		PERFORM inbox_parts_taken(nextval('pg_temp.joined'), v.keys);
	END LOOP;
	RETURN array_to_string(v_all, ' ');
END $$;

CREATE FUNCTION pg_temp.wait(p_minutes integer) RETURNS void
LANGUAGE sql AS $$
	UPDATE city_clock SET offset_ = offset_ + make_interval(mins => p_minutes)
$$;

-- Together are those of one SIM, sender, reference and total; a wide reference is no narrow one.
DO $$
BEGIN
	PERFORM pg_temp.part(1, 7, 2, 2, 'b');
	PERFORM pg_temp.part(2, 7, 2, 1, 'x');
	PERFORM pg_temp.part(1, 65536 + 7, 2, 1, 'w');
	PERFORM pg_temp.part(1, 7, 3, 1, 't');
	PERFORM pg_temp.part(1, 7, 2, 1, 'l', 2);
	ASSERT pg_temp.ready() = '', 'nothing is whole';
	PERFORM pg_temp.part(1, 7, 2, 1, 'a');
	ASSERT pg_temp.ready() = 'ab', 'joined in order';
	PERFORM pg_temp.wait(11);
	ASSERT pg_temp.ready() = 'l? t? w? x?', 'the rest, each by itself';
	ASSERT NOT EXISTS (SELECT FROM part WHERE message_id IS NULL), 'none is left';
END $$;

-- The wait begins with the last part that came, and so does the next look.
DO $$
BEGIN
	PERFORM pg_temp.part(1, 8, 3, 1, 'a');
	PERFORM pg_temp.wait(6);
	PERFORM pg_temp.part(1, 8, 3, 3, 'c');
	PERFORM pg_temp.wait(6);
	ASSERT pg_temp.ready() = '', 'twelve minutes after the first, six after the last';
	ASSERT inbox_next_due(interval '10 minutes') BETWEEN 200 AND 241, 'not before four minutes';
	PERFORM pg_temp.wait(5);
	ASSERT inbox_next_due(interval '10 minutes') < 0, 'now';
	ASSERT pg_temp.ready() = 'ac?', 'without the one that never came';
	ASSERT inbox_next_due(interval '10 minutes') IS NULL, 'nothing is due';
	PERFORM pg_temp.part(1, 8, 3, 2, 'b');
	PERFORM pg_temp.wait(11);
	ASSERT pg_temp.ready() = 'b?', 'what comes too late is not lost';
END $$;

-- Parts that come again are no message of their own, whether before or after it is whole.
DO $$
BEGIN
	PERFORM pg_temp.part(1, 9, 3, 1, 'a');
	PERFORM pg_temp.part(1, 9, 3, 1, 'a');
	PERFORM pg_temp.part(1, 9, 3, 2, 'b');
	PERFORM pg_temp.part(1, 9, 3, 3, 'c');
	ASSERT pg_temp.ready() = 'abc';
	PERFORM pg_temp.part(1, 9, 3, 3, 'c');
	PERFORM pg_temp.wait(11);
	ASSERT pg_temp.ready() = '', 'repeated';
	ASSERT (SELECT count(DISTINCT message_id) FROM part WHERE reference = 9 AND message_id IS NOT NULL) = 1,
		'all of them are that message''s';

	PERFORM pg_temp.part(1, 9, 3, 1, 'a');
	PERFORM pg_temp.part(1, 9, 3, 2, 'b');
	PERFORM pg_temp.part(1, 9, 3, 3, 'c');
	ASSERT pg_temp.ready() = 'abc', 'the whole of it again is another message';

	PERFORM pg_temp.part(1, 9, 3, 1, 'a');
	PERFORM pg_temp.part(1, 9, 3, 2, 'other');
	PERFORM pg_temp.wait(11);
	ASSERT pg_temp.ready() = 'aother?', 'a part of something else is not taken for a repetition';

	PERFORM pg_temp.wait(2 * 1440);
	PERFORM pg_temp.part(1, 9, 3, 1, 'a');
	PERFORM pg_temp.wait(11);
	ASSERT pg_temp.ready() = 'a?', 'nor what is like one of the day before yesterday';
END $$;
