-- SPDX-License-Identifier: GPL-3.0-or-later
-- How an alert leaves: before a queue of reminders, the worse one first, as links have room; a stop takes back what has not
-- left; late subscribers are added once; what expires stops; what is unknown is listed and sent again on purpose only.

\ir lib/alert-city.sql
INSERT INTO link (identity, up, send_ms) VALUES ('i1', true, 3000), ('i2', true, 3000);
INSERT INTO subscription SELECT n, 2, city_now() FROM generate_series(1, 8) n;
-- What others wait for: old reminders, and a reply.
SELECT count(m) FROM unnest(ARRAY[2, 4]) AS p, outbox_enqueue(ARRAY[40::bigint], ARRAY['x'], ARRAY[p::smallint],
	ARRAY[1::smallint], ARRAY['test'], ARRAY[0::bigint], ARRAY[0]) AS m \gset

DO $$
DECLARE
	a text;
	b text;
	m message;
BEGIN
	a := pg_temp.draft('{"severity": "Moderate"}');
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	ASSERT (SELECT count(*) FROM queue WHERE priority = 1) = 8, 'queued by the approval itself';
	SELECT * INTO m FROM message WHERE service = 'alert' ORDER BY id LIMIT 1;
	ASSERT m.valid_until = (SELECT expires_at FROM alert WHERE reference = a), 'valid until it expires';
	ASSERT m.link_id IS NULL AND m.priority = 1 AND m.body IN ('Flood. Go up.', 'Crue. Montez.'), 'by any link';
	ASSERT (SELECT m2.body FROM message m2 WHERE m2.contact_id = 1 AND m2.service = 'alert') = 'Crue. Montez.', 'in French';
	ASSERT pg_temp.claim(1) IN (SELECT contact_id FROM alert_recipient), 'before all that is older';

	-- A worse one passes what waits of a lesser one.
	b := pg_temp.draft('{"severity": "Extreme", "event": "fire"}');
	ASSERT pg_temp.approve(b) = 'approved', 'the worse one';
	PERFORM pg_temp.claim(2);
	ASSERT (SELECT r.alert_id FROM inflight f JOIN alert_recipient r ON r.message_id = f.message_id WHERE f.link_id = 2)
		= alert_id(b), 'it goes first';
	ASSERT alert_room('Extreme') = 1000 - 7 AND alert_room('Moderate') = 1000 - 14, 'room of a thousand, the lesser one''s after it';

	-- Stopped: nothing more of it leaves; what a link has in hand and gives back is not sent again.
	ASSERT (SELECT outcome FROM alert_stop(pg_temp.o('Old'), b, 'x')) = 'not_officer', 'no longer one';
	ASSERT (SELECT outcome FROM alert_stop(pg_temp.o('Paul'), b, '')) = 'no_reason', 'why?';
	ASSERT (SELECT outcome FROM alert_stop(pg_temp.o('Paul'), 'ZZZ9', 'x')) = 'unknown', 'unknown';
	ASSERT (SELECT outcome = 'stopped' AND left_ = 1 AND cancel IS NOT NULL FROM alert_stop(pg_temp.o('Paul'), b, 'wrong zone')), 'any officer';
	ASSERT (SELECT outcome FROM alert_stop(pg_temp.o('Paul'), b, 'x')) = 'not_running', 'once';
	ASSERT (SELECT kind = 'cancel' AND state = 'composing' AND drafted_by = pg_temp.o('Paul') FROM alert WHERE follows = alert_id(b)), 'a cancel';
	ASSERT (SELECT dropped = 7 AND queued = 1 FROM alert_status_count WHERE reference = b), 'taken back';
	PERFORM pg_temp.ended(2, 'back');
	ASSERT pg_temp.claim(2) IS NOT NULL, 'the other alert''s';
	ASSERT (SELECT expired = 1 FROM alert_status_count WHERE reference = b), 'not that one';
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'alert_halted') = 3, 'its approvers hear it';
	INSERT INTO subscription VALUES (9, 2, city_now());
	PERFORM alert_expand(100);
	ASSERT (SELECT swept FROM alert WHERE reference = b), 'done with';
	ASSERT (SELECT reason FROM alert_recipient WHERE alert_id = alert_id(b) AND state = 'dropped' LIMIT 1) = 'stopped', 'why';

	-- One came late: added once, when the others are queued; then all have left, and it is done.
	ASSERT alert_next() = 0, 'there is something to do';
	PERFORM alert_expand(100);
	ASSERT (SELECT string_agg(contact_id::text, '') = '9' FROM alert_recipient WHERE alert_id = alert_id(a) AND rank = 9
		AND state = 'queued'), 'the late one, last';
	INSERT INTO subscription VALUES (10, 2, city_now());
	PERFORM alert_expand(100);
	ASSERT (SELECT count(*) FROM alert_recipient WHERE alert_id = alert_id(a)) = 9, 'once';
	ASSERT alert_next() BETWEEN 1 AND 30, 'looked at again when some have left';
	FOR i IN 1..9 LOOP
		PERFORM pg_temp.ended(1 + i % 2, CASE i WHEN 3 THEN 'unknown' WHEN 4 THEN 'failed' ELSE 'sent' END);
		PERFORM pg_temp.claim(1 + i % 2);
	END LOOP;
	WHILE EXISTS (SELECT FROM inflight WHERE priority = 1) LOOP
		PERFORM pg_temp.ended((SELECT link_id FROM inflight WHERE priority = 1 LIMIT 1), 'sent');
	END LOOP;
	PERFORM alert_expand(100);
	ASSERT (SELECT state FROM alert WHERE reference = a) = 'done', 'all have left';
	ASSERT alert_next() IS NULL, 'nothing is under way';
	ASSERT (SELECT recipients = 9 AND sent = 7 AND unknown = 1 AND failed = 1 AND planned + queued + delivered + expired + dropped = 0
		FROM alert_status_count WHERE reference = a), 'counted';
	ASSERT (SELECT sum(sent) = 7 AND sum(unknown) = 1 FROM alert_status_link WHERE reference = a), 'by link';
	ASSERT (SELECT sent = 7 AND zone = 'Kimisagara' FROM alert_status_zone WHERE reference = a), 'by zone';
	ASSERT (SELECT count(*) FROM alert_unknown WHERE reference = a) = 1, 'listed';

	-- On purpose only.
	ASSERT (SELECT outcome FROM alert_resend(pg_temp.o('Paul'), a, 'unknown')) = 'no_role', 'not by the police';
	ASSERT (SELECT outcome FROM alert_resend(pg_temp.o('Dan'), a, 'all')) = 'bad_value', 'what?';
	ASSERT (SELECT outcome FROM alert_resend(pg_temp.o('Dan'), a, 'expired')) = 'none', 'none of these';
	ASSERT (SELECT outcome FROM alert_resend(pg_temp.o('Dan'), b, 'unknown')) = 'not_running', 'what is stopped';
	ASSERT (SELECT outcome = 'resent' AND count_ = 1 FROM alert_resend(pg_temp.o('Dan'), a, 'unknown')), 'again';
	PERFORM alert_expand(100);
	ASSERT (SELECT count(*) FROM queue WHERE priority = 1) = 1, 'that one alone';
	ASSERT (SELECT tries = 2 AND maybe FROM alert_recipient WHERE alert_id = alert_id(a) AND state = 'queued' AND message_id IN
		(SELECT message_id FROM queue)), 'and it may have had it before';
	ASSERT EXISTS (SELECT FROM audit WHERE what = 'alert resent' AND actor = 'Dan' AND reason = 'unknown 1'), 'audited';
	-- Over before it leaves: it does not.
	UPDATE city_clock SET offset_ = offset_ + interval '7 hours';
	PERFORM alert_expand(100);
	ASSERT (SELECT state FROM alert WHERE reference = a) = 'done' AND NOT EXISTS (SELECT FROM queue WHERE priority = 1), 'expired';
	ASSERT (SELECT outcome FROM alert_resend(pg_temp.o('Dan'), a, 'failed')) = 'expired', 'nor again';
	ASSERT (SELECT outcome FROM alert_stop(pg_temp.o('Dan'), a, 'it was a mistake')) = 'over', 'what has left can be taken back in words';
	ASSERT (SELECT count(*) FROM alert WHERE kind = 'cancel' AND follows = alert_id(a)) = 1, 'by a cancel';
END $$;

-- A long one: its segments stay together, and have her next reference.
DELETE FROM queue;
DELETE FROM inflight;
DO $$
DECLARE
	a text := pg_temp.draft('{}', 2);
	v_ref smallint := (SELECT concat_ref FROM contact WHERE id = 1);
BEGIN
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	ASSERT (SELECT concat_ref FROM message WHERE contact_id = 1 AND segments = 2) = (v_ref + 1) % 256, 'her next reference';
	PERFORM pg_temp.claim(1);
	PERFORM pg_temp.ended(1, 'sent');
	PERFORM pg_temp.claim(1);
	ASSERT (SELECT f.seq = 2 AND s.seq = 1 FROM inflight f JOIN segment s USING (message_id)), 'then its second part';
	PERFORM pg_temp.ended(1, 'back');
	-- Stopped now: a message of which a part has left goes on; the others do not.
	PERFORM alert_stop(pg_temp.o('Ben'), a, 'x');
	PERFORM alert_expand(100);
	ASSERT (SELECT count(*) FROM queue) = 1 AND (SELECT not swept FROM alert WHERE reference = a), 'the torso';
	PERFORM pg_temp.claim(1);
	PERFORM pg_temp.ended(1, 'sent');
	PERFORM alert_expand(100);
	ASSERT (SELECT sent = 1 AND dropped = recipients - 1 FROM alert_status_count WHERE reference = a), 'one has it';
	ASSERT (SELECT swept FROM alert WHERE reference = a), 'done with';
END $$;

-- More than there is room for: what links send in twenty seconds, or a thousand; what was planned and expires is dropped.
DELETE FROM queue;
DELETE FROM subscription;
INSERT INTO contact (number, kind, created_at) SELECT '+250790' || lpad(n::text, 6, '0'), 'e164', city_now() FROM generate_series(1, 3000) n;
INSERT INTO subscription SELECT id, 2, city_now() FROM contact WHERE number LIKE '+250790%';
DO $$
DECLARE
	a text := pg_temp.draft();
BEGIN
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	ASSERT (SELECT count(*) FROM queue) BETWEEN 16 AND 100, 'some at once';
	WHILE alert_next() = 0 LOOP
		PERFORM alert_expand(256);
	END LOOP;
	ASSERT (SELECT count(*) FROM queue) = 1000, 'a thousand';
	UPDATE link SET send_ms = 20;
	WHILE alert_next() = 0 LOOP
		PERFORM alert_expand(250);
	END LOOP;
	ASSERT (SELECT count(*) FROM queue) = 2000, 'twenty seconds';
	ASSERT (SELECT array_agg(rank ORDER BY rank) = ARRAY(SELECT generate_series(1, 2000)::bigint) FROM alert_recipient
		WHERE alert_id = alert_id(a) AND state = 'queued'), 'in their order';
	ASSERT (SELECT planned = 1000 AND queued = 2000 FROM alert_status_count WHERE reference = a), 'counted';
	CREATE TEMP TABLE left_ AS SELECT id, not_before FROM queue ORDER BY id LIMIT 100;
	UPDATE queue SET not_before = 'infinity' WHERE id IN (SELECT id FROM left_);
	ASSERT alert_next() BETWEEN 1 AND 2, 'not for each one that leaves';
	INSERT INTO left_ SELECT id, not_before FROM queue WHERE not_before < 'infinity' ORDER BY id LIMIT 200;
	UPDATE queue SET not_before = 'infinity' WHERE id IN (SELECT id FROM left_);
	ASSERT alert_next() = 0, 'an eighth has left';
	UPDATE queue q SET not_before = l.not_before FROM left_ l WHERE q.id = l.id;
	-- A link that is capped a minute, paused or down makes no room.
	UPDATE link SET per_minute = 60 WHERE id = 1;
	UPDATE link SET paused_until = clock_timestamp() + interval '1 hour' WHERE id = 2;
	ASSERT abs(alert_pace() - 1) < 0.01, 'its cap';
	UPDATE link SET up = false;
	ASSERT alert_pace() = 0 AND alert_next() = 30, 'none: later';
	UPDATE city_clock SET offset_ = offset_ + interval '7 hours';
	WHILE alert_next() = 0 LOOP
		PERFORM alert_expand(250);
	END LOOP;
	PERFORM alert_expand(250); -- a second later: was that the end?
	ASSERT NOT EXISTS (SELECT FROM queue), 'nothing is left';
	ASSERT (SELECT count(*) FROM alert_recipient WHERE alert_id = alert_id(a) AND state = 'dropped' AND reason = 'expired') = 3000, 'expired';
	ASSERT (SELECT state = 'done' AND swept FROM alert WHERE reference = a), 'done';
END $$;
