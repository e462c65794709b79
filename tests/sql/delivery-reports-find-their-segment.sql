-- SPDX-License-Identifier: GPL-3.0-or-later
-- References wrap at 256; reports come out of order, doubled, early, temporary first, or about nothing.

SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
INSERT INTO contact (number, kind, created_at)
SELECT '+2507880' || lpad(n::text, 5, '0'), 'e164', city_now() FROM generate_series(1, 3) n;

-- 600 messages to two people, so that a reference comes back to the same one, twice; each submitted one second after the other.
SELECT count(*) FROM (SELECT outbox_enqueue(ARRAY[1 + n % 2]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[],
	ARRAY['t'], ARRAY[0]::bigint[], ARRAY[0]) FROM generate_series(1, 600) n) q;
DO $$
DECLARE
	v record;
	v_mr integer := 250;
	v_at timestamptz := clock_timestamp() - interval '600 seconds';
	v_wrong integer;
BEGIN
	CREATE TEMP TABLE truth (message_id bigint, mr smallint, number text, at timestamptz);
	FOR v IN SELECT m.id, c.number FROM message m JOIN contact c ON c.id = m.contact_id ORDER BY m.id LOOP
		PERFORM outbox_claim(1, ARRAY[1], ARRAY[false]);
		UPDATE inflight SET submitted_at = v_at WHERE message_id = v.id;
		PERFORM outbox_result(v.id, 1::smallint, 1, 'sent', v_mr::smallint, NULL, 0);
		INSERT INTO truth VALUES (v.id, v_mr, v.number, v_at);
		v_mr := (v_mr + 1) % 256;
		v_at := v_at + interval '1 second';
	END LOOP;
	ASSERT (SELECT count(*) FROM segment WHERE state = 'sent') = 600, 'all sent';
	-- Every report in random order, its SMSC's clock 4 s ahead and cut to the second; half of them doubled.
	FOR v IN SELECT * FROM truth ORDER BY md5(message_id::text) LOOP
		PERFORM outbox_report(md5('r' || v.message_id)::uuid, 1, v.mr, v.number, 0::smallint,
			date_trunc('second', v.at + interval '4 seconds'));
		IF v.message_id % 2 = 0 THEN
			PERFORM outbox_report(md5('r' || v.message_id)::uuid, 1, v.mr, v.number, 0::smallint,
				date_trunc('second', v.at + interval '4 seconds'));
		END IF;
	END LOOP;
	ASSERT (SELECT count(*) FROM segment WHERE state = 'delivered') = 600, 'all delivered';
	SELECT count(*) INTO v_wrong FROM delivery_report r JOIN truth t ON r.dedupe = md5('r' || t.message_id)::uuid
	WHERE r.message_id IS DISTINCT FROM t.message_id;
	ASSERT v_wrong = 0, format('%s reports found another message', v_wrong);
	ASSERT (SELECT count(*) FROM message WHERE state = 'delivered') = 600, 'messages follow their segments';
END $$;

-- Early: before the result is committed.
SELECT outbox_enqueue(ARRAY[1]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[], ARRAY['t'],
	ARRAY[0]::bigint[], ARRAY[0]);
DO $$
DECLARE
	v_id bigint;
BEGIN
	SELECT c.message_id INTO v_id FROM outbox_claim(1, ARRAY[1], ARRAY[false]) c;
	PERFORM outbox_report(md5('early')::uuid, 1, 77::smallint, '+250788000001', 0::smallint, clock_timestamp());
	ASSERT (SELECT message_id FROM delivery_report WHERE dedupe = md5('early')::uuid) IS NULL, 'it waits';
	PERFORM outbox_result(v_id, 1::smallint, 1, 'sent', 77::smallint, NULL, 0);
	ASSERT (SELECT state FROM message WHERE id = v_id) = 'delivered', 'the result fetches its early report';
END $$;

-- Temporary ones wait for the final one; a failure is told; a stranger's report harms nothing.
SELECT outbox_enqueue(ARRAY[2]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[], ARRAY['t'],
	ARRAY[0]::bigint[], ARRAY[0]);
DO $$
DECLARE
	v_id bigint;
BEGIN
	SELECT c.message_id INTO v_id FROM outbox_claim(1, ARRAY[1], ARRAY[false]) c;
	PERFORM outbox_result(v_id, 1::smallint, 1, 'sent', 78::smallint, NULL, 0);
	PERFORM outbox_report(md5('temp')::uuid, 1, 78::smallint, '+250788000002', 48::smallint, clock_timestamp());
	ASSERT (SELECT state FROM message WHERE id = v_id) = 'sent', 'still trying';
	PERFORM outbox_report(md5('nobody')::uuid, 1, 78::smallint, '+250788999999', 0::smallint, clock_timestamp());
	PERFORM outbox_report(md5('final')::uuid, 1, 78::smallint, '+250788000002', 64::smallint, clock_timestamp());
	ASSERT (SELECT state FROM message WHERE id = v_id) = 'failed', 'given up by the network';
END $$;

-- An unknown one is settled by its report.
SELECT outbox_enqueue(ARRAY[3]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[], ARRAY['t'],
	ARRAY[0]::bigint[], ARRAY[0]);
DO $$
DECLARE
	v_id bigint;
BEGIN
	SELECT c.message_id INTO v_id FROM outbox_claim(1, ARRAY[1], ARRAY[false]) c;
	PERFORM outbox_result(v_id, 1::smallint, 1, 'unknown', NULL, NULL, 0);
	ASSERT (SELECT state FROM message WHERE id = v_id) = 'unknown', 'unknown is visible';
	PERFORM outbox_report(md5('settles')::uuid, 1, 5::smallint, '+250788000003', 0::smallint, clock_timestamp());
	ASSERT (SELECT state FROM message WHERE id = v_id) = 'delivered', 'its report settles it';
END $$;
