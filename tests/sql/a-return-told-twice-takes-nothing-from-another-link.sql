-- SPDX-License-Identifier: GPL-3.0-or-later
-- A connection may be lost after its commit: what went back into the queue is told again, when another link has claimed it
-- already.  That one's claim, and what it says of it, stands: nothing is sent twice.
SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_state('m2', 1, 'READY', NULL, '/dev/y', '2', '1-2', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0), modem_link('m2', 'imsi2', NULL, NULL, false, 0, 0, 0, 0);
INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
SELECT outbox_enqueue(ARRAY[1]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[], ARRAY['t'],
	ARRAY[0]::bigint[], ARRAY[0]);
DO $$
DECLARE
	v_id bigint := (SELECT id FROM message);
BEGIN
	FOR i IN 1..2 LOOP
		PERFORM outbox_claim(1, ARRAY[1], ARRAY[false]);
		PERFORM outbox_result(v_id, 1::smallint, 1, 'back', NULL, NULL, 0);
		ASSERT (SELECT message_id FROM outbox_claim(2, ARRAY[2], ARRAY[false])) = v_id, 'the other link has it';
		IF i = 2 THEN
			PERFORM outbox_result(v_id, 1::smallint, 2, 'unknown', NULL, NULL, 0);
		END IF;
		PERFORM outbox_result(v_id, 1::smallint, 1, 'back', NULL, NULL, 0);
		ASSERT NOT EXISTS (SELECT FROM queue), 'it is not queued again';
		IF i = 1 THEN
			ASSERT (SELECT link_id FROM inflight) = 2, 'the claim stands';
			PERFORM outbox_result(v_id, 1::smallint, 2, 'back', NULL, NULL, 0);
		END IF;
	END LOOP;
	ASSERT (SELECT state FROM segment) = 'unknown', 'and so does its end';
	-- Its own link's late word is believed.
	PERFORM outbox_result(v_id, 1::smallint, 2, 'back', NULL, NULL, 0);
	ASSERT (SELECT count(*) FROM queue) = 1, 'what did not leave waits again';
END $$;
