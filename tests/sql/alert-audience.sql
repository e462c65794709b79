-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who gets an alert: each number once, by the best of her ways, in the order that is asked for; zones in their tree; who has gone
-- or wants none is left out; exercises reach staff only; what follows an alert reaches those who had it, or may have.

\ir lib/alert-city.sql
-- 1 in the zone that is named, 2 in a part of it, 3 in what is around it, 4 in its neighbour, 5 in the neighbour's part.
INSERT INTO subscription VALUES (1, 2, city_now()), (2, 4, city_now()), (3, 1, city_now()), (4, 3, city_now());
-- A chief for all, one for here, one for elsewhere; schools; staff.
INSERT INTO list_member SELECT (SELECT id FROM recipient_list WHERE name = l), c, z FROM (VALUES
	('chiefs', 11, NULL), ('chiefs', 12, 2), ('chiefs', 13, 3), ('schools', 21, NULL), ('schools', 22, 3), ('schools', 23, 4),
	('staff', 31, NULL), ('staff', 32, NULL)) AS m(l, c, z);

DO $$
DECLARE
	a text;
	v text;
BEGIN
	a := pg_temp.draft();
	v := pg_temp.who(a);
	ASSERT v IN ('11 12 1 2 3', '12 11 1 2 3', '11 12 1 3 2', '12 11 1 3 2'), 'relays, then the nearest: ' || v;
	ASSERT (SELECT string_agg(why, ' ' ORDER BY contact_id) FROM alert_recipient) = 'subscriber subscriber subscriber relay relay', 'why';
	ASSERT (SELECT string_agg(zone_id || '', ' ' ORDER BY contact_id) FROM alert_recipient) = '2 4 1 2', 'by which zone';
	ASSERT (SELECT string_agg(language, ' ' ORDER BY contact_id) FROM alert_recipient) = 'fr en fr fr en', 'in her language';

	-- A part: around it are the people of the whole and of the city, not those of its neighbours.
	ASSERT pg_temp.who(pg_temp.draft('{"zones": [4], "relays": false}')) = '2 1 3', 'from within outwards';
	ASSERT pg_temp.who(pg_temp.draft('{"zones": [3], "relays": false}')) = '4 3', 'the neighbour';
	ASSERT pg_temp.who(pg_temp.draft('{"zones": [3, 2], "relays": false}')) ~ '^4 1 (2 3|3 2)$', 'as they are named';
	ASSERT pg_temp.who(pg_temp.draft('{"zones": [1], "subscribers": false}')) ~ '^11 1[23] 1[23]$', 'relays alone';
	ASSERT pg_temp.who(pg_temp.draft('{"zones": [2], "lists": ["schools"], "subscribers": false, "relays": false}'))
		~ '^(21 23|23 21)$', 'a list''s members who are for here';
	v := pg_temp.who(pg_temp.draft('{"lists": ["schools"], "order": ["lists", "zones", "relays"]}'));
	ASSERT v ~ '^2[13] 2[13] 1 [23] [23] 1[12] 1[12]$', 'another order: ' || v;
	-- Mixed: all of them, in an order that is not theirs, and the same if it is counted again.
	a := pg_temp.draft('{"order": ["random"]}');
	v := pg_temp.who(a);
	ASSERT cardinality(string_to_array(v, ' ')) = 5, 'all';
	PERFORM alert_count(alert_id(a));
	ASSERT pg_temp.who(a) = v, 'once drawn';
END $$;

-- A number counts once: the first of her ways in the order, and the nearest zone.
INSERT INTO subscription VALUES (12, 2, city_now()), (2, 2, city_now()), (2, 1, city_now());
DO $$
DECLARE
	a text := pg_temp.draft('{"lists": ["chiefs"]}');
	b text := pg_temp.draft('{"order": ["zones", "relays"]}');
BEGIN
	ASSERT (SELECT count(*) = 5 AND count(DISTINCT contact_id) = 5 FROM alert_recipient WHERE alert_id = alert_id(a)), 'once';
	ASSERT (SELECT why FROM alert_recipient WHERE alert_id = alert_id(a) AND contact_id = 12) = 'relay', 'a chief first';
	ASSERT (SELECT why FROM alert_recipient WHERE alert_id = alert_id(b) AND contact_id = 12) = 'subscriber', 'where zones are first';
	ASSERT (SELECT zone_id FROM alert_recipient WHERE alert_id = alert_id(a) AND contact_id = 2) = 2, 'the nearest';
END $$;
DELETE FROM subscription WHERE contact_id = 12 OR contact_id = 2 AND zone_id <> 4;

-- Who has gone, is blocked, or wants no warnings; whose office it is hears them all the same.
DO $$
DECLARE
	a text;
BEGIN
	UPDATE contact SET warnings_stopped = true WHERE id IN (1, 12);
	UPDATE contact SET blocked = true WHERE id = 2;
	UPDATE contact SET erased_at = city_now() WHERE id = 11;
	UPDATE contact SET kind = 'short' WHERE id = 3;
	ASSERT pg_temp.who(pg_temp.draft()) = '12', 'only the chief';
	UPDATE contact SET warnings_stopped = false, blocked = false, erased_at = NULL, kind = 'e164' WHERE id < 50;
	-- Who goes between draft and approval.
	a := pg_temp.draft();
	UPDATE contact SET warnings_stopped = true WHERE id IN (1, 12);
	UPDATE contact SET blocked = true WHERE id = 2;
	UPDATE contact SET erased_at = city_now() WHERE id = 11;
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient
		WHERE alert_id = alert_id(a) AND state = 'queued') = '3 12', 'who is left';
	ASSERT (SELECT count(*) FROM alert_recipient WHERE alert_id = alert_id(a) AND state = 'dropped') = 3, 'the others are told apart';
	UPDATE contact SET warnings_stopped = false, blocked = false, erased_at = NULL WHERE id < 50;
	DELETE FROM queue;
END $$;

-- Those who reported something there, where the law allows it; never from around it.
DO $$
DECLARE
	v_ticket bigint;
	v_zone integer;
BEGIN
	FOREACH v_zone IN ARRAY '{2,4,1,3}'::integer[] LOOP
		INSERT INTO ticket (reference, service, category, zone_id, opened_at, changed_at)
		VALUES (ticket_reference(), 'skip', 'waste', v_zone, city_now(), city_now()) RETURNING id INTO v_ticket;
		INSERT INTO report (ticket_id, contact_id, category, at) VALUES (v_ticket, 40 + v_zone, 'waste', city_now()),
			(v_ticket, 40 + v_zone, 'waste', city_now());
	END LOOP;
	INSERT INTO setting VALUES ('alert_reporters', 'true');
	ASSERT pg_temp.who(pg_temp.draft('{"reporters": true, "relays": false, "subscribers": false}')) = '42 44', 'there and within';
	UPDATE setting SET value = 'false' WHERE name = 'alert_reporters';
	ASSERT (SELECT count(*) FROM alert a, alert_candidates(a) WHERE a.to_reporters) = 0, 'nor is a draft of before';
END $$;

-- Exercises and tests go to staff lists, whatever a row says.
DO $$
DECLARE
	a text := pg_temp.draft('{"status": "exercise"}');
	b text;
BEGIN
	ASSERT pg_temp.who(a) ~ '^(31 32|32 31)$', 'staff';
	UPDATE alert SET to_subscribers = true, to_relays = true, to_reporters = true, to_lists = '{1,2,3}' WHERE reference = a;
	PERFORM alert_count(alert_id(a));
	ASSERT pg_temp.who(a) ~ '^(31 32|32 31)$', 'still staff';
	UPDATE alert SET to_subscribers = false, to_relays = false, to_reporters = false, to_lists = '{3}' WHERE reference = a;
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	DELETE FROM queue;
	b := (SELECT reference FROM alert_draft(pg_temp.o('Aline'), 'keyboard', jsonb_build_object('kind', 'clear', 'follows', a)));
	ASSERT (SELECT outcome FROM alert_draft(pg_temp.o('Aline'), 'keyboard', jsonb_build_object('kind', 'clear', 'follows', a,
		'status', 'actual'))) = 'bad_value', 'the end of an exercise is one';
	ASSERT (SELECT status FROM alert WHERE reference = b) = 'exercise', 'by itself';
END $$;

-- What follows.  Of an alert's recipients one had it, one may have, of one a part left, one failed, one is in flight, one waits.
INSERT INTO link (identity, up) VALUES ('i1', true);
INSERT INTO subscription SELECT n, 5, city_now() FROM generate_series(15, 20) n;
DO $$
DECLARE
	a text := pg_temp.draft('{"zones": [5], "relays": false}', 2);
	u text;
	c text;
	m bigint[];
BEGIN
	UPDATE subscription SET zone_id = 4 WHERE contact_id IN (1, 3);
	PERFORM alert_count(alert_id(a));
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	m := ARRAY(SELECT message_id FROM alert_recipient WHERE alert_id = alert_id(a) ORDER BY contact_id);
	DELETE FROM queue WHERE message_id = ANY (m[1:5]);
	UPDATE message SET state = (ARRAY['delivered', 'unknown', 'failed', 'failed', 'queued'])[array_position(m, id)] WHERE id = ANY (m[1:5]);
	INSERT INTO segment (message_id, seq, link_id, contact_id, state, submitted_at)
	VALUES (m[3], 1, 1, 17, 'sent', clock_timestamp()), (m[3], 2, 1, 17, 'failed', clock_timestamp()),
		(m[4], 1, 1, 18, 'failed', clock_timestamp());
	INSERT INTO inflight VALUES (m[5], 1, 1, 1, 1, 0, clock_timestamp());
	c := pg_temp.follow('clear', a);
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient WHERE alert_id = alert_id(c)) = '15 16 17 19',
		'had it, may have, a part, in flight';
	ASSERT (SELECT count(*) FROM alert_recipient WHERE alert_id = alert_id(c) AND why <> 'before') = 0, 'for that reason alone';
	-- An update: those, and all who are meant; who is new in the zone besides, and who was meant before.
	INSERT INTO subscription VALUES (45, 5, city_now());
	u := pg_temp.follow('update', a);
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient WHERE alert_id = alert_id(u))
		= '15 16 17 18 19 20 45', 'and the audience';
	ASSERT (SELECT zones = '{5}' AND severity = 'Severe' AND event = 'flood' FROM alert WHERE reference = u), 'as it was';
	-- To other zones: those who had it hear all the same that it has changed.
	u := pg_temp.follow('update', a, '{"zones": [3]}');
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient WHERE alert_id = alert_id(u))
		= '4 15 16 17 19', 'moved';
	-- What it follows stops, and what waits of it is not sent; a clear of the update reaches those of both.
	ASSERT pg_temp.approve(u) = 'approved', 'the update';
	ASSERT (SELECT state = 'stopped' AND reason = 'followed by ' || u FROM alert WHERE reference = a), 'stopped';
	ASSERT (SELECT state FROM message WHERE id = m[6]) = 'cancelled', 'taken back';
	ASSERT (SELECT count(*) FROM queue WHERE message_id = m[6]) = 0, 'not in the queue';
	UPDATE message SET state = 'sent' WHERE id IN (SELECT message_id FROM alert_recipient WHERE alert_id = alert_id(u));
	DELETE FROM queue;
	c := pg_temp.follow('clear', u);
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient WHERE alert_id = alert_id(c))
		= '4 15 16 17 19', 'both''s';
	-- Who gets it between the clear's draft and its approval is told too.
	UPDATE message SET state = 'sent' WHERE id = m[6];
	ASSERT pg_temp.approve(c) = 'approved', 'all clear';
	UPDATE message SET state = 'sent' WHERE id IN (SELECT message_id FROM alert_recipient WHERE alert_id = alert_id(c));
	DELETE FROM queue;
	PERFORM alert_expand(100);
	PERFORM alert_expand(100);
	ASSERT (SELECT string_agg(contact_id::text, ' ' ORDER BY contact_id) FROM alert_recipient WHERE alert_id = alert_id(c))
		= '4 15 16 17 19 20', 'the late one';
END $$;
