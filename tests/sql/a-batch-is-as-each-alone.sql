-- SPDX-License-Identifier: GPL-3.0-or-later
-- Many results, reports or claims in one call do what as many calls do, in the same order.

SELECT modem_state('m' || n, 1, 'READY', NULL, '/dev/x', n::text, '1-' || n, 'x', '+1') FROM generate_series(1, 4) n;
SELECT modem_link('m' || n, 'imsi' || n, NULL, NULL, false, 0, 0, 0, 0, true) FROM generate_series(1, 4) n;
INSERT INTO contact (number, kind, created_at)
SELECT '+2507880' || lpad(n::text, 5, '0'), 'e164', city_now() FROM generate_series(1, 12) n;

CREATE FUNCTION pg_temp.queue(p_contact bigint, p_priority integer, p_segments integer DEFAULT 1,
	p_validity integer DEFAULT 0) RETURNS bigint
LANGUAGE sql AS $$
	SELECT outbox_enqueue(ARRAY[p_contact], ARRAY['x'], ARRAY[p_priority::smallint], ARRAY[p_segments::smallint],
		ARRAY['t'], ARRAY[0::bigint], ARRAY[p_validity])
$$;

-- All that can be told of what is queued, in flight, over; moments apart, which differ.
CREATE FUNCTION pg_temp.picture() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(E'\n',
		(SELECT string_agg(concat_ws('/', 'm', id, state, link_id), ' ' ORDER BY id) FROM message),
		(SELECT string_agg(concat_ws('/', 'q', message_id, seq, route, priority, not_before, attempts), ' '
			ORDER BY message_id, seq) FROM queue),
		(SELECT string_agg(concat_ws('/', 'f', message_id, seq, link_id, epoch), ' ' ORDER BY message_id, seq)
			FROM inflight),
		(SELECT string_agg(concat_ws('/', 's', message_id, seq, link_id, state, coalesce(reference, -1),
			coalesce(error, -1), report_status), ' ' ORDER BY message_id, seq) FROM segment),
		(SELECT string_agg(concat_ws('/', 'r', dedupe, message_id, seq), ' ' ORDER BY dedupe) FROM delivery_report),
		(SELECT string_agg(concat_ws('/', 'l', id, minute_count, day_count, day_recipients), ' ' ORDER BY id)
			FROM link))
$$;

-- Both ways from the same beginning; what the first one did is undone before the second.
CREATE FUNCTION pg_temp.same(p_what text, p_each text, p_batch text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_each text;
BEGIN
	BEGIN
		EXECUTE p_each;
		v_each := pg_temp.picture();
		RAISE EXCEPTION 'undo' USING ERRCODE = 'P0099';
	EXCEPTION WHEN SQLSTATE 'P0099' THEN
		NULL;
	END;
	EXECUTE p_batch;
	ASSERT pg_temp.picture() = v_each, format(E'%s: each alone\n%s\nbut the batch\n%s', p_what, v_each, pg_temp.picture());
END $$;

-- Claims: own and any link's, priorities, a fair slot, a long one, an expired one, a stopped contact, a paused link.
DO $$
DECLARE
	v_own bigint;
BEGIN
	PERFORM pg_temp.queue(1, 6); PERFORM pg_temp.queue(2, 4); PERFORM pg_temp.queue(3, 2, 3);
	PERFORM pg_temp.queue(4, 1); PERFORM pg_temp.queue(5, 1); PERFORM pg_temp.queue(6, 2, 1, 5);
	PERFORM pg_temp.queue(7, 5); PERFORM pg_temp.queue(8, 0);
	UPDATE contact SET link_id = 2 WHERE id = 9;
	v_own := pg_temp.queue(9, 1);
	ASSERT (SELECT route FROM queue WHERE message_id = v_own) = 2, 'its own';
	UPDATE contact SET stopped = true WHERE id = 7;
	UPDATE city_clock SET offset_ = offset_ + interval '6 minutes';
	UPDATE link SET paused_until = clock_timestamp() + interval '1 hour' WHERE id = 4;
	PERFORM pg_temp.same('claims',
		'SELECT outbox_claim(1, ARRAY[n], ARRAY[n = 3]) FROM generate_series(1, 4) n',
		'SELECT outbox_claim(1, ARRAY[1, 2, 3, 4], ARRAY[false, false, true, false])');
	ASSERT (SELECT array_agg(m.contact_id ORDER BY f.link_id) FROM inflight f JOIN message m ON m.id = f.message_id)
		= ARRAY[8, 4, 3]::bigint[], 'the SOS, an alert, a reply by the fair slot';
	ASSERT (SELECT array_agg(DISTINCT route) FROM queue q JOIN message m ON m.id = q.message_id
		WHERE m.contact_id = 3) = ARRAY[3], 'what is left of a long one follows it';
	ASSERT (SELECT bool_and(wait_s BETWEEN 3590 AND 3600) FROM outbox_claim(1, ARRAY[4], ARRAY[false])), 'paused';
	PERFORM pg_temp.same('claims down to the last',
		'SELECT outbox_claim(1, ARRAY[1 + n % 3], ARRAY[false]) FROM generate_series(0, 8) n',
		'SELECT outbox_claim(1, ARRAY[1, 2, 3], ARRAY[false, false, false]) FROM generate_series(1, 3)');
	ASSERT (SELECT count(*) FROM queue) = 0, 'all are taken or settled';
	ASSERT (SELECT array_agg(state ORDER BY contact_id) FROM message WHERE contact_id IN (6, 7))
		= ARRAY['expired', 'cancelled'], 'expired and stopped ones on the way';
END $$;

-- Results: all kinds of ends; two segments of a long one and its last later; reports that overtook them, two of them
-- for one person, each taken once.
DO $$
DECLARE
	v_args text;
	v_each text;
BEGIN
	PERFORM outbox_report(md5('early8')::uuid, 1, 8::smallint, '+250788000008', 0::smallint, clock_timestamp());
	PERFORM outbox_report(md5('early4')::uuid, 2, 4::smallint, '+250788000004', 48::smallint, clock_timestamp());
	ASSERT (SELECT count(*) FROM delivery_report WHERE message_id IS NOT NULL) = 0, 'they wait';
	SELECT string_agg(format('PERFORM outbox_result(%s, %s::smallint, %s, %L, %s, %s, 0);', f.message_id, f.seq, f.link_id,
			CASE m.contact_id WHEN 5 THEN 'failed' WHEN 1 THEN 'unknown' ELSE 'sent' END,
			CASE WHEN m.contact_id IN (1, 5) THEN 'NULL' ELSE m.contact_id::text || '::smallint' END,
			CASE m.contact_id WHEN 5 THEN '28' ELSE 'NULL' END), ' ' ORDER BY f.message_id, f.seq)
	INTO v_each FROM inflight f JOIN message m ON m.id = f.message_id WHERE (m.contact_id, f.seq) <> (3, 3);
	SELECT format('PERFORM outbox_ended(%L, %L, %L, %L, %L, %L);', array_agg(f.message_id), array_agg(f.seq),
			array_agg(f.link_id),
			array_agg(CASE m.contact_id WHEN 5 THEN 'failed' WHEN 1 THEN 'unknown' ELSE 'sent' END),
			array_agg(CASE WHEN m.contact_id NOT IN (1, 5) THEN m.contact_id END),
			array_agg(CASE m.contact_id WHEN 5 THEN 28 END))
	INTO v_args FROM inflight f JOIN message m ON m.id = f.message_id WHERE (m.contact_id, f.seq) <> (3, 3);
	PERFORM pg_temp.same('results', format('DO %L', 'BEGIN ' || v_each || ' END'),
		format('DO %L', 'BEGIN ' || v_args || ' END'));
	ASSERT (SELECT array_agg(state ORDER BY contact_id) FROM message WHERE contact_id IN (1, 3, 4, 5, 8))
		= ARRAY['unknown', 'queued', 'sent', 'failed', 'delivered'], 'each as it ended';
	ASSERT (SELECT count(*) FROM delivery_report WHERE message_id IS NOT NULL) = 2, 'the early ones are found';
END $$;

-- One that cannot be written fails all of a call, so that the caller tells which.
DO $$
DECLARE
	v inflight;
	v_before text := pg_temp.picture();
BEGIN
	SELECT * INTO v FROM inflight;
	PERFORM outbox_ended(ARRAY[v.message_id, v.message_id], ARRAY[v.seq, 9]::smallint[], ARRAY[v.link_id, v.link_id],
		ARRAY['sent', 'nonsense'], ARRAY[3, 3]::smallint[], ARRAY[NULL, NULL]::integer[]);
	RAISE 'nonsense was written';
EXCEPTION WHEN check_violation THEN
	ASSERT pg_temp.picture() = v_before, 'nothing of it stays';
	PERFORM outbox_ended(ARRAY[v.message_id], ARRAY[v.seq], ARRAY[v.link_id], ARRAY['sent'], ARRAY[3]::smallint[],
		ARRAY[NULL]::integer[]);
	ASSERT (SELECT state FROM message WHERE id = v.message_id) = 'sent', 'the long one is whole';
	ASSERT NOT EXISTS (SELECT FROM inflight), 'nothing is left in flight';
END $$;

-- Two segments to one person with one reference, and two reports: each finds its own, in whatever order.
DO $$
DECLARE
	v_a bigint;
	v_b bigint;
	v_at timestamptz := clock_timestamp() - interval '10 minutes';
BEGIN
	UPDATE contact SET link_id = 1 WHERE id = 10;
	v_a := pg_temp.queue(10, 2);
	v_b := pg_temp.queue(10, 2);
	PERFORM outbox_claim(1, ARRAY[1], ARRAY[false]) FROM generate_series(1, 2);
	UPDATE inflight SET submitted_at = CASE message_id WHEN v_a THEN v_at ELSE v_at + interval '5 minutes' END;
	PERFORM outbox_report(md5('b')::uuid, 1, 10::smallint, '+250788000010', 70::smallint, v_at + interval '4 minutes');
	PERFORM outbox_report(md5('a')::uuid, 1, 10::smallint, '+250788000010', 0::smallint, v_at + interval '1 minute');
	PERFORM pg_temp.same('results with early reports of one person',
		format('SELECT outbox_result(m, 1::smallint, 1, ''sent'', 10::smallint, NULL, 0) FROM unnest(%L::bigint[]) m',
			ARRAY[v_a, v_b]),
		format('SELECT outbox_ended(%L, ''{1,1}'', ''{1,1}'', ''{sent,sent}'', ''{10,10}'', ''{NULL,NULL}'')',
			ARRAY[v_a, v_b]));
	ASSERT (SELECT array_agg(state ORDER BY id) FROM message WHERE id IN (v_a, v_b)) = ARRAY['delivered', 'expired'],
		'each report is taken once, by the nearest';
END $$;

-- Reports in one call: still trying and then delivered, one doubled, one about nothing, one final after which a second
-- of the same reference goes to the other segment.
DO $$
DECLARE
	v_at timestamptz := clock_timestamp();
	v_each text;
BEGIN
	PERFORM pg_temp.queue(11, 2); PERFORM pg_temp.queue(12, 2); PERFORM pg_temp.queue(12, 2);
	FOR i IN 1..3 LOOP
		PERFORM outbox_result(c.message_id, c.seq, 1, 'sent', 55::smallint, NULL, 0)
		FROM outbox_claim(1, ARRAY[1], ARRAY[false]) c;
	END LOOP;
	CREATE TEMP TABLE told (n serial, dedupe uuid, number text, status smallint);
	INSERT INTO told (dedupe, number, status) VALUES
		(md5('1')::uuid, '+250788000011', 48), (md5('2')::uuid, '+250788000011', 0),
		(md5('2')::uuid, '+250788000011', 0), (md5('3')::uuid, '+250788000099', 0),
		(md5('4')::uuid, '+250788000012', 0), (md5('5')::uuid, '+250788000012', 64);
	v_each := format('SELECT outbox_report(dedupe, 1, 55::smallint, number, status, %L::timestamptz) '
		'FROM (SELECT * FROM told ORDER BY n OFFSET 0) t', v_at);
	PERFORM pg_temp.same('reports', v_each,
		format('SELECT outbox_reports(array_agg(dedupe ORDER BY n), array_agg(1), array_agg(55::smallint), '
			'array_agg(number ORDER BY n), array_agg(status ORDER BY n), array_agg(%L::timestamptz)) FROM told', v_at));
	ASSERT (SELECT array_agg(state ORDER BY id) FROM message WHERE contact_id IN (11, 12))
		= ARRAY['delivered', 'delivered', 'failed'], 'all found';
	ASSERT (SELECT count(*) FROM delivery_report WHERE dedupe = md5('3')::uuid AND message_id IS NULL) = 1, 'kept';
END $$;
