-- SPDX-License-Identifier: GPL-3.0-or-later
-- A dead node's submitting segments become unknown; a living one's are left alone; our own that never left return.
SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
SELECT count(*) FROM (SELECT outbox_enqueue(ARRAY[1]::bigint[], ARRAY['x'], ARRAY[2]::smallint[], ARRAY[1]::smallint[], ARRAY['t'],
	ARRAY[0]::bigint[], ARRAY[0]) FROM generate_series(1, 4)) q;
DO $$
DECLARE
	v_dead bigint;
	v_ours bigint;
	v_kept bigint;
BEGIN
	INSERT INTO node (name) VALUES ('dead') RETURNING epoch INTO v_dead; -- holds no lock
	v_ours := node_begin('ours');
	PERFORM outbox_claim(v_dead, ARRAY[1], ARRAY[false]);
	ASSERT node_reclaim(v_ours) = 0, 'nothing foreign remains';
	ASSERT (SELECT count(*) FROM message WHERE state = 'unknown') = 1, 'unknown, visible';
	ASSERT (SELECT count(*) FROM queue) = 3, 'and not sent again';

	SELECT message_id INTO v_kept FROM outbox_claim(v_ours, ARRAY[1], ARRAY[false]);
	PERFORM outbox_claim(v_ours, ARRAY[1], ARRAY[false]);
	PERFORM node_adopt(v_ours, v_ours + 1, ARRAY[v_kept], ARRAY[1::smallint]);
	ASSERT (SELECT array_agg(message_id) FROM inflight WHERE epoch = v_ours + 1) = ARRAY[v_kept], 'what a modem has is kept';
	ASSERT (SELECT count(*) FROM queue) = 2, 'what never left returns';

	-- A late result of one that was given up as unknown.
	PERFORM outbox_result((SELECT id FROM message WHERE state = 'unknown'), 1::smallint, 1, 'sent', 9::smallint, NULL, 0);
	ASSERT NOT EXISTS (SELECT FROM message WHERE state = 'unknown'), 'settled by its result';

	-- A connection that is renewed takes no link down; the end of a node does.
	PERFORM modem_state('m1', v_ours + 8, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
	PERFORM node_adopt(v_ours + 8, v_ours, '{}', '{}');
	PERFORM node_reclaim(v_ours);
	ASSERT (SELECT up FROM link WHERE id = 1), 'its epoch is another, its modem the same';
	PERFORM modem_state('m1', v_ours + 8, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
	PERFORM node_reclaim(v_ours);
	ASSERT NOT (SELECT up FROM link WHERE id = 1), 'nobody holds the lock of that epoch';
END $$;
