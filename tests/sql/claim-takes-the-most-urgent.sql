-- SPDX-License-Identifier: GPL-3.0-or-later
-- Priorities, fair slots, expiry, STOP, caps, the reserve, distinct recipients, rests.

SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0, true);
INSERT INTO contact (number, kind, created_at)
SELECT '+2507880' || lpad(n::text, 5, '0'), 'e164', city_now() FROM generate_series(1, 9) n;

CREATE FUNCTION pg_temp.queue(p_contact bigint, p_priority integer, p_validity integer DEFAULT 0) RETURNS bigint
LANGUAGE sql AS $$
	SELECT outbox_enqueue(ARRAY[p_contact], ARRAY['x'], ARRAY[p_priority::smallint], ARRAY[1::smallint], ARRAY['t'],
		ARRAY[0::bigint], ARRAY[p_validity])
$$;
-- Claims one and settles it as sent; its priority, or NULL when nothing was to be had.
CREATE FUNCTION pg_temp.next(p_fair boolean DEFAULT false) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[p_fair]);
	IF c.message_id IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM outbox_result(c.message_id, c.seq, 1, 'sent', 1::smallint, NULL, 0);
	RETURN c.priority;
END $$;

CREATE FUNCTION pg_temp.reply() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	c record;
BEGIN
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[false], true, ARRAY[true]);
	PERFORM outbox_result(c.message_id, c.seq, 1, 'sent', 1::smallint, NULL, 0);
	RETURN c.priority;
END $$;

DO $$
BEGIN
	PERFORM pg_temp.queue(1, p) FROM unnest(ARRAY[6, 3, 1, 5, 0, 4, 2]) p;
	FOR i IN 0..6 LOOP
		ASSERT pg_temp.next() = i, 'most urgent first';
	END LOOP;
	ASSERT pg_temp.next() IS NULL, 'empty';

	-- A fair slot lets a reply pass an alert, but never an SOS.
	PERFORM pg_temp.queue(1, 1); PERFORM pg_temp.queue(2, 2); PERFORM pg_temp.queue(3, 0);
	ASSERT pg_temp.next(true) = 0 AND pg_temp.next(true) = 2 AND pg_temp.next(true) = 1, 'fair slots';

	-- One for replies alone lets nothing else pass.
	PERFORM pg_temp.queue(1, 1); PERFORM pg_temp.queue(2, 3); PERFORM pg_temp.queue(3, 2);
	ASSERT pg_temp.reply() = 2 AND pg_temp.reply() = 1 AND pg_temp.reply() = 3, 'replies only';

	-- Expired ones are settled, not sent; STOP stops reminders and bulk only.
	PERFORM pg_temp.queue(1, 2, 10);
	UPDATE city_clock SET offset_ = offset_ + interval '11 minutes';
	ASSERT pg_temp.next() IS NULL, 'not sent';
	ASSERT EXISTS (SELECT FROM message WHERE state = 'expired'), 'but told as expired';
	UPDATE contact SET stopped = true WHERE id = 4;
	PERFORM pg_temp.queue(4, 5); PERFORM pg_temp.queue(4, 6); PERFORM pg_temp.queue(4, 4);
	ASSERT pg_temp.next() = 4 AND pg_temp.next() IS NULL, 'news goes out, reminders do not';
	ASSERT (SELECT count(*) FROM message WHERE state = 'cancelled') = 2, 'cancelled';
END $$;

-- Three a minute.
UPDATE link SET per_minute = 3, minute_start = '-infinity';
DO $$
DECLARE
	v_wait double precision;
BEGIN
	PERFORM pg_temp.queue(1, 2) FROM generate_series(1, 5);
	ASSERT pg_temp.next() = 2 AND pg_temp.next() = 2 AND pg_temp.next() = 2, 'three';
	SELECT wait_s INTO v_wait FROM outbox_claim(1, ARRAY[1], ARRAY[false]);
	ASSERT v_wait BETWEEN 50 AND 60, format('wait %s', v_wait);
	UPDATE city_clock SET offset_ = offset_ + interval '1 minute';
	ASSERT pg_temp.next() = 2 AND pg_temp.next() = 2, 'the rest after a minute';
END $$;

-- Four a day, two of them kept for what cannot wait.
UPDATE link SET per_minute = 0, per_day = 4, credit_reserve = 2, day = '-infinity';
DO $$
BEGIN
	PERFORM pg_temp.queue(1, 6) FROM generate_series(1, 3);
	ASSERT pg_temp.next() = 6 AND pg_temp.next() = 6 AND pg_temp.next() IS NULL, 'bulk leaves the reserve alone';
	PERFORM pg_temp.queue(1, 2); PERFORM pg_temp.queue(1, 0); PERFORM pg_temp.queue(1, 1);
	ASSERT pg_temp.next() = 0 AND pg_temp.next() = 1 AND pg_temp.next() IS NULL, 'the reserve, then nothing';
	UPDATE city_clock SET offset_ = offset_ + interval '1 day';
	ASSERT pg_temp.next() = 2 AND pg_temp.next() = 6, 'a new day';
	DELETE FROM queue;
END $$;

-- Two people a day; those two as often as they like.
UPDATE link SET per_day = 0, credit_reserve = 0, recipients_per_day = 2, day = '-infinity';
DO $$
BEGIN
	PERFORM pg_temp.queue(5, 2); PERFORM pg_temp.queue(6, 2); PERFORM pg_temp.queue(7, 2); PERFORM pg_temp.queue(5, 2);
	ASSERT pg_temp.next() = 2 AND pg_temp.next() = 2 AND pg_temp.next() IS NULL AND pg_temp.next() = 2,
		'the third person waits, the first does not';
	UPDATE city_clock SET offset_ = offset_ + interval '1 day';
	ASSERT pg_temp.next() = 2, 'tomorrow';
END $$;

-- A refused message rests while others go; attempts count.
UPDATE link SET recipients_per_day = 0;
DO $$
DECLARE
	c record;
BEGIN
	PERFORM pg_temp.queue(8, 2); PERFORM pg_temp.queue(9, 2);
	SELECT * INTO c FROM outbox_claim(1, ARRAY[1], ARRAY[false]);
	PERFORM outbox_result(c.message_id, c.seq, 1, 'retry', NULL, 500, 30);
	ASSERT pg_temp.next() = 2 AND pg_temp.next() IS NULL, 'another goes first';
	ASSERT (SELECT attempts FROM queue) = 1, 'it counts';
	ASSERT (SELECT wait_s FROM outbox_claim(1, ARRAY[1], ARRAY[false])) BETWEEN 25 AND 30, 'and is due';
	UPDATE city_clock SET offset_ = offset_ + interval '31 seconds';
	ASSERT pg_temp.next() = 2, 'then again';
END $$;

-- A link paused after refusals in a row says so once.
DO $$
BEGIN
	ASSERT NOT outbox_link_refused(1, 3, 60, 'x') AND NOT outbox_link_refused(1, 3, 60, 'x')
		AND outbox_link_refused(1, 3, 60, 'x') AND NOT outbox_link_refused(1, 3, 60, 'x'), 'told at the third';
	PERFORM pg_temp.queue(1, 0);
	ASSERT pg_temp.next() IS NULL, 'paused';
	PERFORM outbox_link_well(1);
	ASSERT pg_temp.next() = 0, 'well again';
END $$;

-- Without an agreement with its operator a SIM sends neither reminders nor bulk: another does, whomever she wrote to last.
UPDATE link SET per_minute = 0, per_day = 0, recipients_per_day = 0, credit_reserve = 0;
DELETE FROM queue;
SELECT modem_state('m2', 1, 'READY', NULL, '/dev/y', '2', '1-2', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0), modem_link('m2', 'imsi2', NULL, NULL, false, 0, 0, 0, 0, true);
UPDATE contact SET link_id = 1, stopped = false;
DO $$
DECLARE
	v_message bigint;
	v_other integer := (SELECT id FROM link WHERE identity = 'imsi2');
BEGIN
	PERFORM pg_temp.queue(1, 5); PERFORM pg_temp.queue(2, 6); PERFORM pg_temp.queue(3, 4);
	ASSERT pg_temp.next() = 4 AND pg_temp.next(true) IS NULL AND pg_temp.next() IS NULL, 'the news alone';
	ASSERT (SELECT priority = 5 FROM outbox_claim(1, ARRAY[v_other], ARRAY[false])), 'the other sends the reminder';
	-- What was on its way by a link whose agreement ends goes by the other.
	UPDATE link SET agreed = true WHERE id = 1;
	DELETE FROM queue;
	v_message := pg_temp.queue(5, 5);
	ASSERT (SELECT route FROM queue WHERE message_id = v_message) = 1;
	PERFORM modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
	ASSERT (SELECT route FROM queue WHERE message_id = v_message) = 0 AND pg_temp.next() IS NULL;
	ASSERT outbox_other(v_other, 1, 4::smallint, city_now()::date) = 1
		AND outbox_other(v_other, 1, 5::smallint, city_now()::date) IS NULL, 'no other has one';
END $$;
