-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two nodes at once: one expands, the other waits its turn, and nobody is queued twice; a stop and an edit wait for what is
-- under way and hold after it; two officers who approve at once approve once; a claim that is under way is never taken back.

\ir lib/alert-city.sql
\ir lib/two-sessions.sql
INSERT INTO link (identity, up, send_ms) VALUES ('i1', true, 3000), ('i2', true, 3000);
INSERT INTO contact (number, kind, created_at) SELECT '+250790' || lpad(n::text, 6, '0'), 'e164', city_now() FROM generate_series(1, 300) n;
INSERT INTO subscription SELECT id, 2, city_now() FROM contact WHERE number LIKE '+250790%';
SELECT pg_temp.draft() AS a, pg_temp.draft('{"event": "fire"}') AS b, pg_temp.draft('{"event": "cholera"}') AS c \gset
SET test.a = :'a';
SET test.b = :'b';
SET test.c = :'c';

-- Both approve: once.
DO $$
DECLARE
	v record;
	v_sql text := format('SELECT alert_approve(%%s, %L, 1, ''keyboard'', NULL)', current_setting('test.a'));
BEGIN
	v := pg_temp.meet(format(v_sql, pg_temp.o('Ben')), format(v_sql, pg_temp.o('Chef')));
	ASSERT v.one = 'approved' AND v.other = 'already', v::text;
	ASSERT (SELECT approved_by FROM alert WHERE reference = current_setting('test.a')) = pg_temp.o('Ben'), 'the first';
END $$;

-- Both expand.
DO $$
BEGIN
	ASSERT (SELECT count(*) FROM queue) = 64, 'the first of them';
	PERFORM dblink_exec('s1', 'BEGIN');
	ASSERT pg_temp.says('s1', 'SELECT alert_expand(100)::text') = '100', 'one expands';
	ASSERT pg_temp.says('s2', 'SELECT alert_expand(100)::text') = '-1', 'the other leaves it to that one';
	PERFORM dblink_exec('s1', 'COMMIT');
	ASSERT pg_temp.says('s2', 'SELECT alert_expand(500)::text') = '136', 'then the rest';
	ASSERT (SELECT count(*) = 300 AND count(DISTINCT contact_id) = 300 FROM message WHERE service = 'alert'), 'each once';
	ASSERT (SELECT count(*) = 300 AND count(DISTINCT message_id) = 300 FROM queue), 'once';
END $$;

-- An edit meets an approval: it is refused.
DO $$
DECLARE
	v record;
BEGIN
	v := pg_temp.meet(format('SELECT alert_approve(%s, %L, 1, ''keyboard'', NULL)', pg_temp.o('Ben'), current_setting('test.b')),
		format('SELECT alert_edit(%s, %L, ''{"zones": [3]}'')', pg_temp.o('Dan'), current_setting('test.b')));
	ASSERT v.one = 'approved' AND v.other = 'not_draft', v::text;
	v := pg_temp.meet(format('SELECT alert_edit(%s, %L, ''{"zones": [2]}'')', pg_temp.o('Dan'), current_setting('test.c')),
		format('SELECT alert_approve(%s, %L, 1, ''keyboard'', NULL)', pg_temp.o('Ben'), current_setting('test.c')));
	ASSERT v.one = 'edited' AND v.other = 'edited', v::text;
END $$;

-- A stop meets a claim: what the link is taking leaves, all else is taken back; and a stop meets an expansion.
DO $$
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN');
	ASSERT pg_temp.says('s1', 'SELECT message_id::text FROM outbox_claim(1, ARRAY[1], ARRAY[false])') IS NOT NULL, 'claims';
	ASSERT pg_temp.says('s2', format('SELECT outcome FROM alert_stop(%s, %L, ''x'')', pg_temp.o('Ben'), current_setting('test.a')))
		= 'stopped', 'nobody waits for a link';
	PERFORM dblink_exec('s1', 'COMMIT');
	ASSERT (SELECT queued = 1 AND dropped = 299 FROM alert_status_count WHERE reference = current_setting('test.a')), 'all but that one';
	-- It comes back unsent: the sweep has it.
	PERFORM outbox_result(message_id, seq, link_id, 'back', NULL, NULL, 0) FROM inflight;
	PERFORM alert_expand(1000);
	ASSERT (SELECT dropped = 300 FROM alert_status_count WHERE reference = current_setting('test.a')), 'that one too';
END $$;
DO $$
DECLARE
	v record;
	b text := current_setting('test.b');
BEGIN
	v := pg_temp.meet('SELECT alert_expand(10)::text', format('SELECT outcome FROM alert_stop(%s, %L, ''x'')', pg_temp.o('Ben'), b));
	ASSERT v.other = 'stopped', v::text;
	ASSERT (SELECT dropped = 300 FROM alert_status_count WHERE reference = b), 'what was queued just then too';
	ASSERT NOT EXISTS (SELECT FROM queue), 'nothing is left';
END $$;
