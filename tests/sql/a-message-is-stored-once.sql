-- SPDX-License-Identifier: GPL-3.0-or-later
-- The same key twice is known; a stale snapshot stores nothing; questions open, close and expire once.

CREATE FUNCTION pg_temp.store(p_number text, p_version integer, p_dedupe uuid, p_ask text DEFAULT NULL,
	p_close boolean DEFAULT false)
RETURNS text LANGUAGE sql AS $$
	SELECT status FROM inbox_store(ARRAY[p_number], ARRAY['e164'], ARRAY[p_version], ARRAY[0], ARRAY['text'],
		ARRAY[p_dedupe], ARRAY['words'], ARRAY[NULL::text], ARRAY[NULL::bytea], ARRAY[NULL::bytea], ARRAY[false],
		ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[false], ARRAY[0::smallint], ARRAY[p_ask],
		ARRAY[CASE WHEN p_ask IS NOT NULL THEN 'place' END], ARRAY[CASE WHEN p_ask IS NOT NULL THEN '' END],
		ARRAY[p_close], ARRAY[NULL::text], interval '15 minutes')
$$;

DO $$
DECLARE
	v_a CONSTANT text := '+250788000001';
	v record;
BEGIN
	ASSERT pg_temp.store(v_a, -1, md5('1')::uuid) = 'new';
	ASSERT pg_temp.store(v_a, 1, md5('1')::uuid) = 'known', 'the same key again';
	ASSERT (SELECT version FROM contact) = 1, 'a known message changes nothing';
	ASSERT pg_temp.store(v_a, 0, md5('2')::uuid) = 'changed', 'a stale snapshot';
	ASSERT (SELECT count(*) FROM message) = 1, 'stores nothing';
	ASSERT pg_temp.store(v_a, -1, md5('2')::uuid) = 'changed', 'a contact that someone else has met';
	ASSERT pg_temp.store(v_a, 1, md5('2')::uuid) = 'new';
	ASSERT pg_temp.store('+250788000009', 3, md5('9')::uuid) = 'changed', 'a contact that was forgotten since the snapshot';

	ASSERT pg_temp.store(v_a, 2, md5('3')::uuid, 'complaint') = 'new';
	ASSERT (SELECT session_service FROM inbox_snapshot(ARRAY[v_a], interval '1 day')) = 'complaint', 'open';
	ASSERT pg_temp.store(v_a, 3, md5('4')::uuid, NULL, true) = 'new';
	ASSERT (SELECT session_service FROM inbox_snapshot(ARRAY[v_a], interval '1 day')) IS NULL, 'closed';

	ASSERT pg_temp.store(v_a, 4, md5('5')::uuid, 'complaint') = 'new';
	ASSERT NOT EXISTS (SELECT FROM inbox_expired()), 'not yet';
	UPDATE city_clock SET offset_ = offset_ + interval '16 minutes';
	SELECT * INTO v FROM inbox_expired();
	ASSERT v.contact_id = (SELECT id FROM contact), 'expired';
	ASSERT inbox_take_expired(v.contact_id, v.version), 'taken';
	ASSERT NOT inbox_take_expired(v.contact_id, v.version), 'once';
END $$;

-- Parts of a long message, in any order, told from another sender's and another reference's.
SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
CREATE FUNCTION pg_temp.part(p_number text, p_reference integer, p_seq integer, p_body text) RETURNS void
LANGUAGE sql AS $$
	SELECT inbox_store_parts(ARRAY[p_number], ARRAY['e164'], ARRAY[1],
		ARRAY[md5(p_number || p_reference || p_seq || p_body)::uuid], ARRAY[p_reference], ARRAY[3::smallint],
		ARRAY[p_seq::smallint], ARRAY[p_body], ARRAY[NULL::text])
$$;
DO $$
DECLARE
	v record;
BEGIN
	PERFORM pg_temp.part('+250788000002', 7, 3, 'three');
	PERFORM pg_temp.part('+250788000003', 7, 1, 'other');
	PERFORM pg_temp.part('+250788000002', 7, 1, 'one ');
	PERFORM pg_temp.part('+250788000002', 7, 1, 'one '); -- again: already durable
	PERFORM pg_temp.part('+250788000002', 8, 2, 'else');
	ASSERT NOT EXISTS (SELECT FROM inbox_parts_ready(interval '10 minutes')), 'nothing is whole';
	PERFORM pg_temp.part('+250788000002', 7, 2, 'two ');
	SELECT * INTO STRICT v FROM inbox_parts_ready(interval '10 minutes');
	ASSERT v.body = 'one two three' AND NOT v.incomplete, 'joined in order';
	PERFORM inbox_parts_taken(1, v.keys);
	ASSERT NOT EXISTS (SELECT FROM inbox_parts_ready(interval '10 minutes')), 'taken';
	UPDATE city_clock SET offset_ = offset_ + interval '11 minutes';
	ASSERT (SELECT count(*) FROM inbox_parts_ready(interval '10 minutes') WHERE incomplete) = 2,
		'what came of the others is handled, marked incomplete';
END $$;
