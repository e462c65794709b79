-- SPDX-License-Identifier: GPL-3.0-or-later
-- What only the reserve could send is due tomorrow; what was refused costs no credit; the tail of a long message on a
-- link that is gone for good is given up, visibly; an expired question still counts until it is taken.
SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 3, 0, 2, true);
INSERT INTO contact (number, kind, created_at, link_id) VALUES ('+250788000001', 'e164', city_now(), 1);
DO $$
DECLARE
	c record;
BEGIN
	PERFORM outbox_enqueue(ARRAY[1]::bigint[], ARRAY['x'], ARRAY[6]::smallint[], ARRAY[2]::smallint[], ARRAY['t'],
		ARRAY[0]::bigint[], ARRAY[0]);
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[false]);
	PERFORM outbox_result(c.message_id, c.seq, 1, 'back', NULL, 38, 0);
	ASSERT (SELECT day_count FROM link) = 0, 'a refusal costs no credit';
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[false]);
	PERFORM outbox_result(c.message_id, c.seq, 1, 'sent', 1::smallint, NULL, 0);
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[false]);
	ASSERT c.message_id IS NULL AND c.wait_s > 0, 'the rest is due when a new day begins';

	PERFORM outbox_abandon();
	ASSERT (SELECT state FROM message) = 'queued', 'not while the link is there';
	UPDATE link SET up = false, down_since = clock_timestamp() - interval '2 days';
	PERFORM outbox_abandon();
	ASSERT (SELECT state FROM message) = 'failed' AND NOT EXISTS (SELECT FROM queue), 'given up, visibly';

	INSERT INTO session VALUES (1, 'complaint', 'place', '', 1, city_now() - interval '1 minute');
	ASSERT (SELECT session_service FROM inbox_snapshot(ARRAY['+250788000001'], interval '1 day')) = 'complaint',
		'an expired question counts until it is taken';
	UPDATE contact SET hour_start = city_now() + interval '1 year', hour_count = 500, nonsense_count = 4,
		nonsense_at = city_now() + interval '1 year';
	ASSERT (SELECT (hour_count, nonsense) FROM inbox_snapshot(ARRAY['+250788000001'], interval '1 day')) = (0, 0::smallint),
		'a clock that came back from the future silences nobody';
END $$;
