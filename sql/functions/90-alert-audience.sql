-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-audience: who gets an alert, in which order, and how it leaves: recipients become messages as links have room.
--
-- What is called, and by whom:
--   alert_count(alert bigint) -> bigint: its recipients, written anew into alert_recipient (a draft's; alert_texts_set does it)
--   alert_candidates(alert), alert_had(alerts bigint[]): who would get it; who got them, or may have
--   alert_severity(severity) -> integer: 1 Extreme ... 5
--   alert_expand(limit integer) -> integer: queue more of what is approved, end what is over; rows done, or -1: another node is
--	at it.  By gateway/alerts.c
--   alert_rescue() -> integer: what waits for a link that cannot send is another's; messages moved
--   alert_spare(contact): what of them is on its way to her, and she wants no more.  By service_stop
--   alert_next() -> double precision: seconds until there may be more to do for these two; NULL: nothing is under way
-- Views, by reference: alert_status_count, alert_status_zone, alert_status_link, alert_unknown (whole numbers: the reader masks).
--
-- An alert's segments are of priority 1 and route 0 (any link).  queue.not_before of one that is due is
-- alert_stamp(severity): long past, the earlier the more severe: a worse alert passes what is queued of a lesser one.
-- A recipient is `planned` until a message is made for her, then `queued` whatever becomes of it (message.state says), or
-- `dropped`.  Of an alert that is over those still planned are as good as dropped: the views say so, alert_expand makes it so.

CREATE OR REPLACE FUNCTION alert_severity(p_severity text)
RETURNS integer
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN coalesce(array_position('{Extreme,Severe,Moderate,Minor}', p_severity), 5);
END $$;

CREATE OR REPLACE FUNCTION alert_stamp(p_severity text)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN timestamptz '1900-01-01 00:00+00' + make_interval(days => alert_severity(p_severity));
END $$;

-- Who gets it -------------------------------------------------------------------------------------

-- The zones whose people are meant: those that are named, those within them, and those around them, whose subscribers asked
-- for all that is in there.  distance: steps in the tree; named: which of the names it is by; inside: not around.
DROP FUNCTION IF EXISTS alert_reach;
CREATE FUNCTION alert_reach(p_zones integer[])
RETURNS TABLE (zone_id integer, distance integer, named bigint, inside boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	WITH RECURSIVE down (id, d, n) AS (
		SELECT u.id, 0, u.n FROM unnest(p_zones) WITH ORDINALITY AS u(id, n)
		UNION
		SELECT z.id, w.d + 1, w.n FROM down w JOIN zone z ON z.parent_id = w.id WHERE w.d < 32
	), up (id, d, n) AS (
		SELECT u.id, 0, u.n FROM unnest(p_zones) WITH ORDINALITY AS u(id, n)
		UNION
		SELECT z.parent_id, w.d + 1, w.n FROM up w JOIN zone z ON z.id = w.id WHERE z.parent_id IS NOT NULL AND w.d < 32
	)
	SELECT DISTINCT ON (a.id) a.id, a.d, a.n, a.inside
	FROM (SELECT id, d, n, true FROM down UNION ALL SELECT id, d, n, false FROM up) AS a(id, d, n, inside)
	ORDER BY a.id, a.inside DESC, a.d, a.n;
END $$;

-- Who got one of these, or may have: it was sent or delivered, nobody knows, a link has it now, or a part of it left.
DROP FUNCTION IF EXISTS alert_had;
CREATE FUNCTION alert_had(p_alerts bigint[])
RETURNS TABLE (contact_id bigint, why text, zone_id integer)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (r.contact_id) r.contact_id, r.why, r.zone_id
	FROM alert_recipient r LEFT JOIN message m ON m.id = r.message_id
	WHERE r.alert_id = ANY (p_alerts) AND (r.maybe OR m.state IN ('sent', 'delivered', 'unknown')
		OR m.state = 'queued' AND EXISTS (SELECT FROM inflight f WHERE f.message_id = m.id)
		OR EXISTS (SELECT FROM segment s WHERE s.message_id = m.id AND m.segments > 1
			AND s.state IN ('sent', 'delivered', 'unknown')))
	ORDER BY r.contact_id, r.why = 'before', r.alert_id;
END $$;

-- Everybody who is meant, as often as she is: by which way, by which zone, and of which of the order's kinds that is.
DROP FUNCTION IF EXISTS alert_meant;
CREATE FUNCTION alert_meant(p_alert alert)
RETURNS TABLE (contact_id bigint, why text, zone_id integer, kind text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_actual CONSTANT boolean := p_alert.status = 'actual';
	v_wide CONSTANT boolean := p_alert.kind IN ('alert', 'update'); -- else only those who had what is over
	v_family bigint[];
BEGIN
	IF p_alert.follows IS NOT NULL THEN
		v_family := array_remove(alert_family(p_alert.id), p_alert.id);
		RETURN QUERY SELECT h.contact_id, 'before'::text, h.zone_id,
			CASE h.why WHEN 'relay' THEN 'relays' WHEN 'staff' THEN 'lists' WHEN 'list' THEN 'lists' ELSE 'zones' END
			FROM alert_had(v_family) h;
	END IF;
	IF NOT v_wide THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT m.contact_id, CASE l.kind WHEN 'contacts' THEN 'list' ELSE l.kind END, m.zone_id,
		CASE l.kind WHEN 'relay' THEN 'relays' ELSE 'lists' END
	FROM recipient_list l JOIN list_member m ON m.list_id = l.id
	WHERE (l.kind = 'relay' AND p_alert.to_relays AND v_actual OR l.id = ANY (p_alert.to_lists) AND (v_actual OR l.kind = 'staff'))
		AND (m.zone_id IS NULL OR m.zone_id IN (SELECT z.zone_id FROM alert_reach(p_alert.zones) z));
	IF v_actual AND p_alert.to_subscribers THEN
		RETURN QUERY SELECT s.contact_id, 'subscriber'::text, s.zone_id, 'zones'::text
		FROM alert_reach(p_alert.zones) z JOIN subscription s ON s.zone_id = z.zone_id;
	END IF;
	IF v_actual AND p_alert.to_reporters AND setting_bool('alert_reporters', false) THEN
		RETURN QUERY SELECT DISTINCT r.contact_id, 'reporter'::text, t.zone_id, 'zones'::text
		FROM ticket t JOIN report r ON r.ticket_id = t.id
		WHERE t.zone_id IN (SELECT z.zone_id FROM alert_reach(p_alert.zones) z WHERE z.inside);
	END IF;
END $$;

-- Each of them once, by the best of her ways: the first in the alert's order, the nearest zone.  `random` in it mixes all
-- kinds that come after.  Who is forgotten, blocked or has no number is left out, and who wants no warnings, unless it is
-- her office to hear them.  sort_: her place.
DROP FUNCTION IF EXISTS alert_candidates;
CREATE FUNCTION alert_candidates(p_alert alert)
RETURNS TABLE (contact_id bigint, why text, zone_id integer, language text, sort_ bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_order text[] := p_alert.order_ || ARRAY(SELECT o FROM unnest('{relays,zones,lists,random}'::text[]) o
		WHERE o <> ALL (p_alert.order_));
	v_random integer := array_position(v_order, 'random');
BEGIN
	RETURN QUERY
	WITH way AS (
		SELECT m.contact_id, m.why, m.zone_id, least(array_position(v_order, m.kind), v_random) AS class,
			coalesce(z.distance, CASE WHEN m.kind = 'zones' THEN 99 ELSE 0 END) * 10000 + coalesce(least(z.named, 9999), 0) AS near
		FROM alert_meant(p_alert) m LEFT JOIN alert_reach(p_alert.zones) z ON z.zone_id = m.zone_id
	), best AS (
		SELECT DISTINCT ON (w.contact_id) w.contact_id, w.why, w.zone_id, w.class, w.near FROM way w
		ORDER BY w.contact_id, w.class, w.near, w.why = 'before', w.why
	)
	SELECT b.contact_id, b.why, b.zone_id, coalesce(t.language, p_alert.language, c.language, ''),
		b.class * 100000000000000 + CASE WHEN b.class = v_random THEN 0 ELSE b.near * 10000000 END
			+ abs(hashint8extended(b.contact_id, p_alert.id)) % 10000000
	FROM best b JOIN contact c ON c.id = b.contact_id
	LEFT JOIN alert_text t ON t.alert_id = p_alert.id AND t.language = c.language
	WHERE c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL
		AND (NOT c.warnings_stopped OR b.why IN ('relay', 'staff'));
END $$;

CREATE OR REPLACE FUNCTION alert_count(p_alert bigint)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_alert alert;
	v_count bigint;
BEGIN
	UPDATE alert SET counted_at = city_now() WHERE id = p_alert RETURNING * INTO v_alert;
	DELETE FROM alert_recipient WHERE alert_id = p_alert;
	INSERT INTO alert_recipient (alert_id, contact_id, rank, why, zone_id, language)
	SELECT p_alert, k.contact_id, row_number() OVER (ORDER BY k.sort_, k.contact_id), k.why, k.zone_id, k.language
	FROM alert_candidates(v_alert) k ORDER BY 3;
	GET DIAGNOSTICS v_count = ROW_COUNT;
	RETURN v_count;
END $$;

-- Those who came since it was counted, behind all others.
CREATE OR REPLACE FUNCTION alert_top_up(p_alert alert)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_last bigint := (SELECT coalesce(max(rank), 0) FROM alert_recipient WHERE alert_id = p_alert.id);
	v_count bigint;
BEGIN
	UPDATE alert SET topped_at = city_now() WHERE id = p_alert.id;
	INSERT INTO alert_recipient (alert_id, contact_id, rank, why, zone_id, language)
	SELECT p_alert.id, k.contact_id, v_last + row_number() OVER (ORDER BY k.sort_, k.contact_id), k.why, k.zone_id, k.language
	FROM alert_candidates(p_alert) k
	WHERE NOT EXISTS (SELECT FROM alert_recipient r WHERE r.alert_id = p_alert.id AND r.contact_id = k.contact_id);
	GET DIAGNOSTICS v_count = ROW_COUNT;
	RETURN v_count;
END $$;

-- How it leaves -----------------------------------------------------------------------------------

-- Segments that all links which can send now send in a second; 0: none can.
CREATE OR REPLACE FUNCTION alert_pace()
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT sum(least(1000.0 / greatest(coalesce(send_ms, 1000 * setting_int('send_seconds', 4)), 1),
			coalesce(nullif(per_minute, 0) / 60.0, 1000)))
		FROM link WHERE up AND NOT receive_only AND coalesce(paused_until <= clock_timestamp(), true)), 0);
END $$;

-- Messages of alerts that wait in the queue, of those at least as severe.
CREATE OR REPLACE FUNCTION alert_waiting(p_stamp timestamptz)
RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET jit = off AS $$
BEGIN
	RETURN (SELECT count(*) FROM queue q WHERE q.route = ANY (ARRAY(SELECT 0 UNION ALL SELECT id FROM link))
		AND q.priority = 1 AND q.not_before <= p_stamp AND q.seq = 1);
END $$;

-- How many are queued ahead of the links: what they send in twenty seconds, or a thousand.
CREATE OR REPLACE FUNCTION alert_depth()
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN greatest(1000, (20 * alert_pace())::bigint);
END $$;

CREATE OR REPLACE FUNCTION alert_room(p_severity text)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN alert_depth() - alert_waiting(alert_stamp(p_severity));
END $$;

-- Messages for the next recipients of one alert, whose row the caller has locked.  Returns how many recipients it was.  Rows
-- that were written a moment ago are in no statistics: they are found once, in order, and after that by their place.
CREATE OR REPLACE FUNCTION alert_expand_one(p_alert alert, p_limit bigint)
RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
	v_now timestamptz := city_now();
	v_place tid[];
	v_who bigint[];
	v_why text[];
	v_language text[];
	v_gone bigint[];
	v_long bigint[];
BEGIN
	SELECT array_agg(n.ctid), array_agg(n.contact_id), array_agg(n.why), array_agg(n.language)
	INTO v_place, v_who, v_why, v_language
	FROM (SELECT r.ctid, r.contact_id, r.why, r.language FROM alert_recipient r
		WHERE r.alert_id = p_alert.id AND r.state = 'planned' ORDER BY r.rank LIMIT p_limit FOR UPDATE) n;
	IF v_who IS NULL THEN
		RETURN 0;
	END IF;
	-- Who has gone since it was counted.
	v_gone := ARRAY(SELECT u.id FROM unnest(v_who, v_why, v_language) AS u(id, why, language) JOIN contact c ON c.id = u.id
		WHERE c.erased_at IS NOT NULL OR c.blocked OR c.kind <> 'e164' OR c.warnings_stopped AND u.why NOT IN ('relay', 'staff')
			OR NOT EXISTS (SELECT FROM alert_text t WHERE t.alert_id = p_alert.id AND t.language = u.language));
	IF v_gone <> '{}' THEN
		UPDATE alert_recipient SET state = 'dropped', reason = 'wants or can have none'
		WHERE ctid = ANY (ARRAY(SELECT u.place FROM unnest(v_who, v_place) AS u(id, place) WHERE u.id = ANY (v_gone)));
	END IF;
	-- A long one has her next concatenation reference; in the order in which all lock people.
	v_long := ARRAY(SELECT u.id FROM unnest(v_who, v_language) AS u(id, language)
		JOIN alert_text t ON t.alert_id = p_alert.id AND t.language = u.language WHERE t.segments > 1);
	IF v_long <> '{}' THEN
		PERFORM FROM contact WHERE id = ANY (v_long) ORDER BY id FOR NO KEY UPDATE;
		UPDATE contact SET concat_ref = (concat_ref + 1) % 256 WHERE id = ANY (v_long);
	END IF;
	WITH made AS (
		INSERT INTO message (direction, contact_id, body, at, service, state, priority, segments, concat_ref, valid_until)
		SELECT 'out', u.id, t.body, v_now, 'alert', 'queued', 1, t.segments,
			CASE WHEN t.segments > 1 THEN c.concat_ref END, p_alert.expires_at
		FROM unnest(v_who, v_language) WITH ORDINALITY AS u(id, language, ord) JOIN contact c ON c.id = u.id
		JOIN alert_text t ON t.alert_id = p_alert.id AND t.language = u.language
		WHERE u.id <> ALL (v_gone) ORDER BY u.ord
		RETURNING id, contact_id, segments
	), pending AS (
		INSERT INTO queue (route, priority, not_before, message_id, seq)
		SELECT 0, 1, alert_stamp(p_alert.severity), m.id, s FROM made m, generate_series(1, m.segments) s ORDER BY m.id, s
	)
	UPDATE alert_recipient r SET state = 'queued', message_id = m.id, tries = r.tries + 1 FROM made m
	WHERE r.alert_id = p_alert.id AND r.contact_id = m.contact_id;
	RETURN cardinality(v_who);
END $$;

-- Messages of an alert that wait, whole or in part, those that leave next first and no more than so many a route; and those that
-- a link has in hand.
DROP FUNCTION IF EXISTS alert_pending(bigint);
CREATE OR REPLACE FUNCTION alert_pending(p_alert bigint, p_most integer)
RETURNS TABLE (message_id bigint, flies boolean)
LANGUAGE plpgsql STABLE SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
BEGIN
	RETURN QUERY
	SELECT u.message_id, bool_or(u.flies) FROM (
		SELECT w.message_id, false FROM (SELECT 0 UNION ALL SELECT id FROM link) AS r(route), LATERAL (
			SELECT q.message_id FROM queue q WHERE q.route = r.route AND q.priority = 1
				AND (SELECT x.alert_id FROM alert_recipient x WHERE x.message_id = q.message_id LIMIT 1) = p_alert
			ORDER BY q.not_before, q.id LIMIT p_most) w
		UNION ALL
		SELECT f.message_id, true FROM inflight f WHERE f.priority = 1
			AND (SELECT x.alert_id FROM alert_recipient x WHERE x.message_id = f.message_id LIMIT 1) = p_alert
	) AS u(message_id, flies)
	GROUP BY u.message_id;
END $$;

-- Take back so many messages of an alert that is over of which nothing has left, those that would leave next.  One that a link has in hand, and that comes
-- back unsent, is not sent again.  A message of which a part has left goes on: a torso says nothing to anybody.
DROP FUNCTION IF EXISTS alert_take_back(bigint);
CREATE OR REPLACE FUNCTION alert_take_back(p_alert bigint, p_most integer)
RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
	v_state text := (SELECT CASE WHEN state = 'done' THEN 'expired' ELSE 'cancelled' END FROM alert WHERE id = p_alert);
	v_waiting bigint[];
	v_flying bigint[];
	v_locked bigint[];
	v_count integer;
BEGIN
	SELECT coalesce(array_agg(message_id) FILTER (WHERE NOT flies), '{}'), coalesce(array_agg(message_id) FILTER (WHERE flies), '{}')
	INTO v_waiting, v_flying FROM alert_pending(p_alert, p_most);
	-- Whose first segment no link is taking; the others follow the first.
	v_locked := ARRAY(SELECT q.message_id FROM unnest(v_waiting) AS u(id) JOIN queue q ON q.message_id = u.id AND q.seq = 1
		ORDER BY u.id FOR UPDATE OF q SKIP LOCKED);
	v_locked := ARRAY(SELECT m.id FROM unnest(v_locked) AS u(id) JOIN message m ON m.id = u.id
		WHERE m.segments <= (SELECT count(*) FROM queue q WHERE q.message_id = u.id));
	DELETE FROM queue q USING unnest(v_locked) AS u(id) WHERE q.message_id = u.id;
	UPDATE message m SET state = v_state FROM unnest(v_locked) AS u(id) WHERE m.id = u.id;
	UPDATE alert_recipient r SET state = 'dropped', reason = CASE v_state WHEN 'expired' THEN 'expired' ELSE 'stopped' END
	FROM unnest(v_locked) AS u(id) WHERE r.message_id = u.id;
	GET DIAGNOSTICS v_count = ROW_COUNT;
	v_locked := ARRAY(SELECT m.id FROM unnest(v_flying) AS u(id) JOIN message m ON m.id = u.id
		WHERE m.segments = 1 AND m.valid_until > city_now() ORDER BY m.id FOR UPDATE OF m SKIP LOCKED);
	UPDATE message m SET valid_until = city_now() FROM unnest(v_locked) AS u(id) WHERE m.id = u.id;
	RETURN v_count;
END $$;

-- She has just said that she wants no more warnings, or none of a zone: those on their way of which nothing has left to her are
-- taken back.  Whose office it is to hear them does.  What somebody has locked is being sent, or looked at again: it is left.
CREATE OR REPLACE FUNCTION alert_spare(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_segments integer;
BEGIN
	FOR v IN SELECT r.alert_id, r.message_id, r.state, m.segments
		FROM alert a JOIN alert_recipient r ON r.alert_id = a.id AND r.contact_id = p_contact
		LEFT JOIN message m ON m.id = r.message_id
		WHERE a.state = 'approved' AND r.state <> 'dropped'
			AND (r.why NOT IN ('relay', 'staff') AND (SELECT warnings_stopped FROM contact WHERE id = p_contact)
				OR r.why = 'subscriber' AND NOT EXISTS (SELECT FROM alert_reach(a.zones) z
					JOIN subscription s ON s.zone_id = z.zone_id WHERE s.contact_id = p_contact))
		ORDER BY r.alert_id FOR UPDATE OF r SKIP LOCKED
	LOOP
		PERFORM FROM queue WHERE message_id = v.message_id ORDER BY seq FOR UPDATE SKIP LOCKED;
		GET DIAGNOSTICS v_segments = ROW_COUNT;
		CONTINUE WHEN v.state = 'queued' AND v_segments < v.segments;
		DELETE FROM queue WHERE message_id = v.message_id;
		UPDATE message SET state = 'cancelled' WHERE id = v.message_id AND v.state = 'queued';
		UPDATE alert_recipient SET state = 'dropped', reason = 'wants or can have none'
		WHERE alert_id = v.alert_id AND contact_id = p_contact;
	END LOOP;
END $$;

-- Alerts that are over: what is left of them is taken back and dropped.  Returns rows done.
CREATE OR REPLACE FUNCTION alert_sweep(p_limit integer)
RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off AS $$
DECLARE
	v_alert alert;
	v_dropped integer;
	v_count integer := 0;
BEGIN
	FOR v_alert IN SELECT * FROM alert WHERE NOT swept AND state IN ('done', 'stopped', 'dropped') ORDER BY id
		FOR NO KEY UPDATE SKIP LOCKED
	LOOP
		v_count := v_count + alert_take_back(v_alert.id, p_limit);
		UPDATE alert_recipient SET state = 'dropped', reason = CASE v_alert.state WHEN 'done' THEN 'expired' ELSE 'stopped' END
		WHERE ctid = ANY (ARRAY(SELECT p.ctid FROM alert_recipient p WHERE p.alert_id = v_alert.id AND p.state = 'planned'
			ORDER BY p.rank LIMIT greatest(p_limit - v_count, 0) FOR UPDATE));
		GET DIAGNOSTICS v_dropped = ROW_COUNT;
		v_count := v_count + v_dropped;
		IF v_count < p_limit AND NOT EXISTS (SELECT FROM alert_pending(v_alert.id, 1)) THEN
			UPDATE alert SET swept = true WHERE id = v_alert.id;
		END IF;
		EXIT WHEN v_count >= p_limit;
	END LOOP;
	RETURN v_count;
END $$;

DROP FUNCTION IF EXISTS alert_expand;
CREATE FUNCTION alert_expand(p_limit integer)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_alert alert;
	v_count integer;
	v_rows integer;
BEGIN
	-- One node at a time: two would fill the room twice.
	IF NOT pg_try_advisory_xact_lock(hashtext('baraza alerts')) THEN
		RETURN -1;
	END IF;
	v_count := alert_sweep(p_limit);
	FOR v_alert IN SELECT * FROM alert WHERE state = 'approved' ORDER BY alert_severity(severity), approved_at, id
		FOR NO KEY UPDATE SKIP LOCKED
	LOOP
		EXIT WHEN v_count >= p_limit;
		IF v_alert.expires_at <= city_now() THEN
			PERFORM alert_end(v_alert.id, 'done', 'time', NULL);
			v_count := v_count + 1;
			CONTINUE;
		END IF;
		v_rows := alert_expand_one(v_alert, greatest(least(alert_room(v_alert.severity), p_limit - v_count), 0));
		v_count := v_count + v_rows;
		CONTINUE WHEN v_rows > 0 OR EXISTS (SELECT FROM alert_recipient WHERE alert_id = v_alert.id AND state = 'planned');
		IF v_alert.topped_at IS NULL THEN
			v_count := v_count + 1 + alert_top_up(v_alert);
		ELSIF NOT EXISTS (SELECT FROM alert_pending(v_alert.id, 1)) THEN
			UPDATE alert SET state = 'done', ended_by = 'all', ended_at = city_now(), swept = true WHERE id = v_alert.id;
			v_count := v_count + 1;
		END IF;
	END LOOP;
	IF v_count > 0 THEN
		NOTIFY baraza_queue;
	END IF;
	RETURN v_count;
END $$;

-- What cannot leave where it is ------------------------------------------------------------------

-- Seconds that a link must be unable to send before what waits there is another's: a modem that is plugged in again, or a
-- gateway that starts again, goes on with it.
CREATE OR REPLACE FUNCTION alert_patience()
RETURNS interval
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN make_interval(secs => setting_int('alert_patience_s', 30));
END $$;

-- From when on what waits for this link is another's; NULL: it can send, or will soon.  Machine time.
CREATE OR REPLACE FUNCTION alert_link_lost_at(p_link link)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := clock_timestamp();
BEGIN
	RETURN CASE WHEN p_link.receive_only THEN '-infinity'
		WHEN NOT p_link.up THEN coalesce(p_link.down_since, '-infinity') + alert_patience()
		WHEN p_link.paused_until > v_now + alert_patience() THEN '-infinity'
		WHEN p_link.per_day > 0 AND p_link.day = city_now()::date AND p_link.day_count >= p_link.per_day THEN '-infinity'
		WHEN outbox_is_mute(p_link.id, alert_patience()) THEN '-infinity' END;
END $$;

-- One message that waits, in whole or in part, for a link that cannot send.  Of which nothing has left: any other's.  A torso
-- is given up, and its recipient planned again, three times at most.
CREATE OR REPLACE FUNCTION alert_rescue_one(p_message bigint)
RETURNS integer
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM FROM queue WHERE message_id = p_message ORDER BY seq FOR UPDATE SKIP LOCKED;
	IF NOT FOUND OR EXISTS (SELECT FROM inflight WHERE message_id = p_message) THEN
		RETURN 0;
	ELSIF NOT EXISTS (SELECT FROM segment WHERE message_id = p_message) THEN
		UPDATE queue SET route = 0 WHERE message_id = p_message;
		UPDATE message SET link_id = NULL WHERE id = p_message;
	ELSE
		DELETE FROM queue WHERE message_id = p_message;
		UPDATE message SET state = 'failed' WHERE id = p_message;
		UPDATE alert_recipient SET maybe = true, state = CASE WHEN tries < 3 THEN 'planned' ELSE state END
		WHERE message_id = p_message;
	END IF;
	RETURN 1;
END $$;

DROP FUNCTION IF EXISTS alert_rescue;
CREATE FUNCTION alert_rescue()
RETURNS integer
LANGUAGE plpgsql SET enable_seqscan = off SET jit = off AS $$
DECLARE
	v_lost integer[] := ARRAY(SELECT l.id FROM link l WHERE alert_link_lost_at(l) <= clock_timestamp());
	v_message bigint;
	v_count integer := 0;
BEGIN
	FOR v_message IN SELECT DISTINCT q.message_id FROM queue q
		WHERE q.route = ANY (v_lost) AND q.priority = 1
			AND EXISTS (SELECT FROM alert_recipient r WHERE r.message_id = q.message_id)
	LOOP
		v_count := v_count + alert_rescue_one(v_message);
	END LOOP;
	IF v_count > 0 THEN
		NOTIFY baraza_queue;
	END IF;
	RETURN v_count;
END $$;

-- A link comes, goes or pauses: what it had, and the room, are looked at again.
CREATE OR REPLACE FUNCTION alert_link_changed()
RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM alert WHERE state = 'approved') THEN
		NOTIFY baraza_alert;
	END IF;
	RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER alert_link AFTER UPDATE OF up, paused_until, receive_only ON link
	FOR EACH ROW WHEN (OLD.up <> NEW.up OR OLD.receive_only <> NEW.receive_only OR OLD.paused_until IS DISTINCT FROM NEW.paused_until)
	EXECUTE FUNCTION alert_link_changed();

-- When to look again ------------------------------------------------------------------------------

-- There is more to queue once an eighth of what is queued ahead has left: not for each one that leaves.
CREATE OR REPLACE FUNCTION alert_next_one(p_alert alert)
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_planned boolean := EXISTS (SELECT FROM alert_recipient WHERE alert_id = p_alert.id AND state = 'planned');
	v_more double precision := alert_depth() / 8;
	v_room bigint;
	v_pace double precision := alert_pace();
BEGIN
	IF p_alert.state <> 'approved' THEN -- soon, when only what a link has in hand is left of it
		RETURN CASE WHEN v_planned OR EXISTS (SELECT FROM alert_pending(p_alert.id, 1) w WHERE NOT w.flies
			AND NOT EXISTS (SELECT FROM segment s WHERE s.message_id = w.message_id)) THEN 0 ELSE 1 END;
	ELSIF p_alert.expires_at <= city_now() OR NOT v_planned AND p_alert.topped_at IS NULL THEN
		RETURN 0;
	ELSIF v_planned THEN
		v_room := alert_room(p_alert.severity);
		IF v_room >= v_more THEN
			RETURN 0;
		END IF;
		v_more := v_more - v_room;
	ELSE
		v_more := alert_waiting('infinity') / 2; -- is it the end, soon?
	END IF;
	RETURN least(greatest(CASE WHEN v_pace > 0 THEN v_more / v_pace ELSE 30 END, 1), 30,
		extract(epoch FROM p_alert.expires_at - city_now()));
END $$;

CREATE OR REPLACE FUNCTION alert_next()
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT min(alert_next_one(a)) FROM alert a WHERE a.state = 'approved' OR NOT a.swept);
END $$;

-- What became of it -------------------------------------------------------------------------------

-- A row a recipient: what has become of her in one word.
DROP VIEW IF EXISTS alert_unknown, alert_status_link, alert_status_zone, alert_status_count, alert_fate;
CREATE VIEW alert_fate AS
SELECT a.reference, a.id AS alert_id, r.contact_id, r.zone_id, r.language, r.why, r.rank, m.link_id, m.at,
	CASE WHEN r.state = 'planned' AND a.state IN ('done', 'stopped', 'dropped') THEN 'dropped'
		WHEN r.state <> 'queued' THEN r.state
		WHEN m.state = 'cancelled' THEN 'dropped'
		ELSE m.state END AS state
FROM alert a JOIN alert_recipient r ON r.alert_id = a.id LEFT JOIN message m ON m.id = r.message_id;

CREATE VIEW alert_status_count AS
SELECT reference, count(*) AS recipients, count(*) FILTER (WHERE state = 'planned') AS planned,
	count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'sent') AS sent,
	count(*) FILTER (WHERE state = 'delivered') AS delivered, count(*) FILTER (WHERE state = 'failed') AS failed,
	count(*) FILTER (WHERE state = 'unknown') AS unknown, count(*) FILTER (WHERE state = 'expired') AS expired,
	count(*) FILTER (WHERE state = 'dropped') AS dropped
FROM alert_fate GROUP BY reference;

CREATE VIEW alert_status_zone AS
SELECT f.reference, z.name AS zone, count(*) AS recipients, count(*) FILTER (WHERE f.state IN ('planned', 'queued')) AS waiting,
	count(*) FILTER (WHERE f.state IN ('sent', 'delivered')) AS sent,
	count(*) FILTER (WHERE f.state = 'delivered') AS delivered, count(*) FILTER (WHERE f.state = 'failed') AS failed,
	count(*) FILTER (WHERE f.state = 'unknown') AS unknown, count(*) FILTER (WHERE f.state = 'expired') AS expired,
	count(*) FILTER (WHERE f.state = 'dropped') AS dropped
FROM alert_fate f LEFT JOIN zone z ON z.id = f.zone_id GROUP BY f.reference, z.name;

CREATE VIEW alert_status_link AS
SELECT f.reference, f.link_id AS link, l.number AS sim_number, count(*) FILTER (WHERE f.state IN ('sent', 'delivered')) AS sent,
	count(*) FILTER (WHERE f.state = 'delivered') AS delivered, count(*) FILTER (WHERE f.state = 'failed') AS failed,
	count(*) FILTER (WHERE f.state = 'unknown') AS unknown, count(*) FILTER (WHERE f.state = 'expired') AS expired
FROM alert_fate f JOIN link l ON l.id = f.link_id GROUP BY f.reference, f.link_id, l.number;

CREATE VIEW alert_unknown AS
SELECT f.reference, c.number AS contact_number, z.name AS zone, f.language, l.number AS sim_number, f.at
FROM alert_fate f JOIN contact c ON c.id = f.contact_id LEFT JOIN zone z ON z.id = f.zone_id LEFT JOIN link l ON l.id = f.link_id
WHERE f.state = 'unknown';
