-- SPDX-License-Identifier: GPL-3.0-or-later
-- A clock before what is remembered is not believed; nothing expires by it; once it is set, what was
-- stamped meanwhile has its whole time.

SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());

DO $$
DECLARE
	v_offset interval := '1970-01-01 00:05+00' - clock_timestamp();
	v record;
BEGIN
	ASSERT clock_believable(), 'an empty database believes';
	PERFORM node_begin('x');
	UPDATE node SET started_at = started_at + interval '2 minutes';
	ASSERT NOT clock_believable(), 'before an earlier start';
	UPDATE node SET started_at = started_at - interval '2 minutes';
	INSERT INTO message (direction, contact_id, at) VALUES ('in', 1, city_now() + interval '2 minutes');
	ASSERT NOT clock_believable(), 'before the last message';
	DELETE FROM message;
	ASSERT clock_believable(), 'again';

	-- In 1970.
	UPDATE city_clock SET offset_ = v_offset;
	PERFORM outbox_enqueue(ARRAY[1], ARRAY['x'], ARRAY[2::smallint], ARRAY[1::smallint], ARRAY['t'], ARRAY[0::bigint],
		ARRAY[60]);
	INSERT INTO session VALUES (1, 'complaint', 'place', '', (SELECT id FROM message), city_now() + interval '15 min');
	INSERT INTO part VALUES (gen_random_uuid(), 1, 1, 1, 2, 1, 'x', NULL, city_now(), NULL);

	-- Set: by itself, all of it would be long over.
	UPDATE city_clock SET offset_ = '0';
	ASSERT (SELECT count(*) FROM inbox_expired()) = 1 AND (SELECT count(*) FROM inbox_parts_ready('600 s')) = 1;
	UPDATE node SET started_at = started_at + interval '1 day';
	ASSERT NOT EXISTS (SELECT FROM inbox_expired()), 'not while it is not believed';
	UPDATE node SET started_at = started_at - interval '1 day';
	INSERT INTO alert (reference, event, starts_at, expires_at, sender_name, origin, drafted_at, state)
	VALUES ('A197', 'flood', '1970-01-01 03:00', '1970-01-01 09:00', 'City', 'sms', '1970-01-01 02:00', 'approved');
	PERFORM clock_mend();
	ASSERT (SELECT expires_at - city_now() BETWEEN '6:59' AND '7:00' AND starts_at < expires_at FROM alert), 'an alert of it is not over';
	ASSERT NOT EXISTS (SELECT FROM inbox_expired()), 'the question has its time';
	ASSERT NOT EXISTS (SELECT FROM inbox_parts_ready('600 s')), 'the parts have theirs';
	ASSERT inbox_next_due('600 s') BETWEEN 590 AND 600, 'and are due';

	-- Not believed, validity is what it was when queued; believed, what is left of it.
	SELECT * INTO v FROM outbox_claim(1, ARRAY[1], ARRAY[false], true);
	ASSERT v.validity_s BETWEEN 3590 AND 3600, format('validity %s', v.validity_s);
	PERFORM outbox_result(v.message_id, v.seq, 1, 'back', NULL, NULL, 0);
	UPDATE city_clock SET offset_ = '2 hours';
	UPDATE message SET at = valid_until - interval '1 hour';
	SELECT * INTO v FROM outbox_claim(1, ARRAY[1], ARRAY[false], false);
	ASSERT v.validity_s BETWEEN 3590 AND 3600, format('validity unbelieved %s', v.validity_s);
	PERFORM outbox_result(v.message_id, v.seq, 1, 'back', NULL, NULL, 0);
	SELECT * INTO v FROM outbox_claim(1, ARRAY[1], ARRAY[false], true);
	ASSERT v.message_id IS NULL AND (SELECT state FROM message) = 'expired', 'over';
END $$;
