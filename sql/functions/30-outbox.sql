-- SPDX-License-Identifier: GPL-3.0-or-later
-- outbox: the database's half of a message's way out.  gateway/outbox-way.c owns the calls: outbox_ended,
-- outbox_result, outbox_reports and outbox_claim, for many links in one commit; the inbox's transaction calls
-- outbox_enqueue.  Each session of a node calls with its own links.

-- Wake the other nodes, if there are any: what was queued may be for one of their links.
CREATE OR REPLACE FUNCTION outbox_notify()
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT count(DISTINCT epoch) FROM modem WHERE state = 'READY') > 1 THEN
		NOTIFY baraza_queue;
	END IF;
END $$;

-- Queue messages: one item each.  A long one gets its own concatenation reference for that recipient.
-- A message goes to the link that its recipient last wrote to, or to any; reminders and bulk by none that has no
-- agreement with its operator.
DROP FUNCTION IF EXISTS outbox_enqueue;
CREATE FUNCTION outbox_enqueue(p_contact bigint[], p_body text[], p_priority smallint[], p_segments smallint[],
	p_service text[], p_reply_to bigint[], p_validity_min integer[])
RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE contact c SET concat_ref = (c.concat_ref + i.longs) % 256
	FROM (SELECT u.contact, count(*) AS longs FROM unnest(p_contact, p_segments) AS u(contact, segments)
		WHERE u.segments > 1 GROUP BY u.contact) i
	WHERE c.id = i.contact;

	RETURN QUERY
	WITH queued AS (
		INSERT INTO message (direction, contact_id, link_id, body, at, service, state, priority, segments,
			concat_ref, reply_to, valid_until)
		SELECT 'out', c.id, CASE WHEN NOT l.receive_only AND (l.agreed OR i.priority < 5) THEN c.link_id END, i.body, v_now, i.service,
			'queued', i.priority, i.segments,
			-- The last of her long ones has the newest reference, those before it the ones before.
			CASE WHEN i.segments > 1 THEN (c.concat_ref + 257 - count(*) FILTER (WHERE i.segments > 1)
				OVER (PARTITION BY i.contact ORDER BY i.ord DESC)) % 256 END, nullif(i.reply_to, 0),
			CASE WHEN i.validity > 0 THEN v_now + make_interval(mins => i.validity) END
		FROM unnest(p_contact, p_body, p_priority, p_segments, p_service, p_reply_to, p_validity_min)
			WITH ORDINALITY AS i(contact, body, priority, segments, service, reply_to, validity, ord)
		JOIN contact c ON c.id = i.contact
		LEFT JOIN link l ON l.id = c.link_id
		ORDER BY i.ord
		RETURNING id, link_id, priority, segments
	), pending AS (
		INSERT INTO queue (route, priority, message_id, seq)
		SELECT coalesce(q.link_id, 0), q.priority, q.id, s
		FROM queued q, generate_series(1, q.segments) AS s ORDER BY q.id, s
	)
	SELECT id FROM queued;
	PERFORM outbox_notify();
END $$;

-- Queue one message from outside the gateway's own process, and wake it.
CREATE OR REPLACE FUNCTION outbox_send(p_number text, p_kind text, p_body text, p_priority smallint,
	p_segments smallint, p_service text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint;
	v_message bigint;
BEGIN
	INSERT INTO contact (number, kind, created_at) VALUES (p_number, p_kind, city_now())
	ON CONFLICT (number) DO NOTHING;
	SELECT id INTO v_contact FROM contact WHERE number = p_number;
	SELECT outbox_enqueue(ARRAY[v_contact], ARRAY[p_body], ARRAY[p_priority], ARRAY[p_segments],
		ARRAY[p_service], ARRAY[0::bigint], ARRAY[0]) INTO v_message;
	NOTIFY baraza_queue;
	RETURN v_message;
END $$;

-- End messages whose last segment has ended.  A message's state is the worst of its segments'.
DROP FUNCTION IF EXISTS outbox_settle;
CREATE FUNCTION outbox_settle(p_message bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_failed bigint[];
BEGIN
	-- Segments of one message may end in two transactions at once: the second counts the first's.
	PERFORM FROM message m WHERE m.id = ANY (p_message) AND m.segments > 1 ORDER BY m.id FOR NO KEY UPDATE;
	WITH ended AS (
		SELECT s.message_id, count(*) AS done, (array_agg(s.link_id ORDER BY s.seq DESC))[1] AS link_id, CASE
				WHEN bool_or(s.state = 'failed') THEN 'failed'
				WHEN bool_or(s.state = 'expired') THEN 'expired'
				WHEN bool_or(s.state = 'unknown') THEN 'unknown'
				WHEN bool_and(s.state = 'delivered') THEN 'delivered'
				ELSE 'sent' END AS state
		FROM segment s WHERE s.message_id = ANY (p_message) GROUP BY s.message_id
	), settled AS (
		UPDATE message m SET state = e.state, link_id = e.link_id FROM ended e
		WHERE m.id = e.message_id AND (e.done >= m.segments OR e.state = 'failed')
			AND m.state IS DISTINCT FROM e.state
	)
	SELECT array_agg(e.message_id) INTO v_failed FROM ended e WHERE e.state = 'failed';
	IF v_failed IS NOT NULL THEN -- the rest of them would arrive as torsos
		DELETE FROM queue WHERE message_id = ANY (v_failed);
	END IF;
END $$;

-- Record the ends of segments given to modems, each once: sent | failed (this number will not have it) | unknown.
-- One that another start of this node already gave up as unknown is settled by what is known now.
CREATE OR REPLACE FUNCTION outbox_ended(p_message bigint[], p_seq smallint[], p_link integer[], p_outcome text[],
	p_reference smallint[], p_error integer[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_early uuid;
BEGIN
	WITH told AS (
		SELECT * FROM unnest(p_message, p_seq, p_link, p_outcome, p_reference, p_error)
			AS t(message_id, seq, link_id, outcome, reference, error)
	), flown AS (
		DELETE FROM inflight f USING told t WHERE f.message_id = t.message_id AND f.seq = t.seq
		RETURNING f.message_id, f.seq, f.submitted_at
	)
	INSERT INTO segment AS s (message_id, seq, link_id, contact_id, state, reference, error, submitted_at)
	SELECT t.message_id, t.seq, t.link_id, m.contact_id, t.outcome, t.reference, t.error,
		coalesce(f.submitted_at, clock_timestamp())
	FROM told t LEFT JOIN message m ON m.id = t.message_id
	LEFT JOIN flown f ON f.message_id = t.message_id AND f.seq = t.seq
	ON CONFLICT (message_id, seq) DO UPDATE SET
		state = CASE WHEN s.state = 'unknown' THEN excluded.state ELSE s.state END,
		reference = coalesce(s.reference, excluded.reference), error = excluded.error;
	-- A report may have overtaken its result.
	FOR v_early IN
		SELECT DISTINCT r.dedupe, r.received_at
		FROM unnest(p_message, p_seq) AS t(message_id, seq)
		JOIN segment s ON s.message_id = t.message_id AND s.seq = t.seq
		JOIN delivery_report r ON r.link_id = s.link_id AND r.message_id IS NULL AND r.received_at >= s.submitted_at
		JOIN contact c ON c.id = s.contact_id AND c.number = r.number
		ORDER BY r.received_at, r.dedupe
	LOOP
		PERFORM outbox_match(v_early);
	END LOOP;
	PERFORM outbox_settle(p_message);
END $$;

-- Record what became of a segment given to a modem.
--   p_outcome  an end (outbox_ended), or: retry (this message rests a while) |
--              back (a fault of the link: nothing is held against the message)
DROP FUNCTION IF EXISTS outbox_result;
CREATE FUNCTION outbox_result(p_message bigint, p_seq smallint, p_link integer, p_outcome text,
	p_reference smallint, p_error integer, p_retry_s double precision)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_flight inflight;
	v_known boolean;
BEGIN
	IF p_outcome NOT IN ('retry', 'back') THEN
		PERFORM outbox_ended(ARRAY[p_message], ARRAY[p_seq], ARRAY[p_link], ARRAY[p_outcome],
			ARRAY[p_reference], ARRAY[p_error]);
		RETURN;
	END IF;
	-- Told again after a lost connection, it may have returned already, and another link may have it by now.
	DELETE FROM inflight WHERE message_id = p_message AND seq = p_seq AND link_id = p_link RETURNING * INTO v_flight;
	v_known := FOUND;
	IF NOT v_known THEN
		-- Another start of this node already gave it up as unknown: now we know that it did not leave.
		DELETE FROM segment WHERE message_id = p_message AND seq = p_seq AND link_id = p_link AND state = 'unknown';
		IF NOT FOUND THEN
			RETURN;
		END IF;
	END IF;
	INSERT INTO queue (route, priority, not_before, message_id, seq, attempts)
	SELECT coalesce(m.link_id, 0), m.priority,
		CASE WHEN p_retry_s > 0 THEN city_now() + make_interval(secs => p_retry_s)
			ELSE '-infinity' END,
		p_message, p_seq, coalesce(v_flight.attempts, 0) + CASE p_outcome WHEN 'retry' THEN 1 ELSE 0 END
	FROM message m WHERE m.id = p_message;
	-- It cost no credit.
	UPDATE link SET day_count = greatest(day_count - 1, 0), minute_count = greatest(minute_count - 1, 0),
		bundle = bundle + 1
	WHERE id = p_link AND v_known;
END $$;

-- The segment that a report is about: by link, reference, recipient and the nearest time of the SMSC, among those not
-- yet finally reported; else one whose result never came.  NULLs: none, or none yet.
CREATE OR REPLACE FUNCTION outbox_find(p_link integer, p_reference smallint, p_number text, p_smsc_at timestamptz)
RETURNS segment
LANGUAGE plpgsql AS $$
DECLARE
	v_segment segment;
BEGIN
	SELECT s.* INTO v_segment FROM contact c JOIN segment s ON s.contact_id = c.id
	WHERE c.number = p_number AND s.link_id = p_link AND s.reference = p_reference
		AND (s.report_status IS NULL OR s.report_status BETWEEN 32 AND 63)
	ORDER BY abs(extract(epoch FROM s.submitted_at - p_smsc_at)), s.message_id LIMIT 1;
	IF NOT FOUND THEN
		SELECT s.* INTO v_segment FROM contact c JOIN segment s ON s.contact_id = c.id
		WHERE c.number = p_number AND s.link_id = p_link AND s.reference IS NULL AND s.state = 'unknown'
			AND (s.report_status IS NULL OR s.report_status BETWEEN 32 AND 63)
		ORDER BY abs(extract(epoch FROM s.submitted_at - p_smsc_at)), s.message_id LIMIT 1;
		IF NOT FOUND THEN
			RETURN NULL;
		END IF;
	END IF;
	-- Nearer to one that is being submitted now: that one's result looks again.
	IF EXISTS (SELECT FROM inflight f JOIN message m ON m.id = f.message_id
		WHERE f.link_id = p_link AND m.contact_id = v_segment.contact_id
			AND abs(extract(epoch FROM f.submitted_at - p_smsc_at))
				< abs(extract(epoch FROM v_segment.submitted_at - p_smsc_at))) THEN
		RETURN NULL;
	END IF;
	RETURN v_segment;
END $$;

-- A report's status settles a segment: 3GPP 23.040 9.2.3.15.  0x20-0x3f: still trying.  outbox_settle follows.
DROP FUNCTION IF EXISTS outbox_reported;
CREATE FUNCTION outbox_reported(p_message bigint, p_seq smallint, p_status smallint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE segment SET report_status = p_status, report_at = clock_timestamp(),
		state = CASE
			WHEN p_status < 32 THEN 'delivered'
			WHEN p_status < 64 THEN CASE state WHEN 'unknown' THEN 'sent' ELSE state END
			WHEN p_status = 70 THEN 'expired'
			ELSE 'failed' END
	WHERE message_id = p_message AND seq = p_seq AND state <> 'delivered';
END $$;

-- Take delivery reports.  One that finds no segment may be early and waits for its result.  Known keys change nothing.
CREATE OR REPLACE FUNCTION outbox_reports(p_dedupe uuid[], p_link integer[], p_reference smallint[], p_number text[],
	p_status smallint[], p_smsc_at timestamptz[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_at timestamptz;
	v_segment segment;
	v_found bigint[];
BEGIN
	FOR i IN 1..coalesce(array_length(p_dedupe, 1), 0) LOOP
		v_at := clock_timestamp();
		v_segment := outbox_find(p_link[i], p_reference[i], p_number[i], coalesce(p_smsc_at[i], v_at));
		INSERT INTO delivery_report (dedupe, link_id, reference, number, status, smsc_at, received_at,
			message_id, seq)
		VALUES (p_dedupe[i], p_link[i], p_reference[i], p_number[i], p_status[i], p_smsc_at[i], v_at,
			v_segment.message_id, v_segment.seq)
		ON CONFLICT (dedupe) DO NOTHING;
		IF FOUND AND v_segment.message_id IS NOT NULL THEN
			PERFORM outbox_reported(v_segment.message_id, v_segment.seq, p_status[i]);
			v_found := v_found || v_segment.message_id;
		END IF;
	END LOOP;
	IF v_found IS NOT NULL THEN
		PERFORM outbox_settle(v_found);
	END IF;
END $$;

DROP FUNCTION IF EXISTS outbox_report;
CREATE FUNCTION outbox_report(p_dedupe uuid, p_link integer, p_reference smallint, p_number text,
	p_status smallint, p_smsc_at timestamptz)
RETURNS void
LANGUAGE sql AS $$
	SELECT outbox_reports(ARRAY[p_dedupe], ARRAY[p_link], ARRAY[p_reference], ARRAY[p_number], ARRAY[p_status],
		ARRAY[p_smsc_at])
$$;

-- A stored report looks again for its segment.
CREATE OR REPLACE FUNCTION outbox_match(p_dedupe uuid)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_report delivery_report;
	v_segment segment;
BEGIN
	SELECT * INTO v_report FROM delivery_report WHERE dedupe = p_dedupe;
	v_segment := outbox_find(v_report.link_id, v_report.reference, v_report.number,
		coalesce(v_report.smsc_at, v_report.received_at));
	IF v_segment.message_id IS NULL THEN
		RETURN;
	END IF;
	UPDATE delivery_report SET message_id = v_segment.message_id, seq = v_segment.seq WHERE dedupe = p_dedupe;
	PERFORM outbox_reported(v_segment.message_id, v_segment.seq, v_report.status);
	PERFORM outbox_settle(ARRAY[v_segment.message_id]);
END $$;

-- The next segment of one link, most urgent first, taken out of the queue; NULLs: none.  Of a message that any link may
-- send only the first: the others follow it, since a phone joins what comes from one number.  Expired and stopped
-- ones are settled on the way.  p_fair: this slot is for others than an alert; p_reply: for a reply (gateway/outbox-fair.h).
-- p_reserved: only sos, alerts and replies may spend what is left.  p_agreed: the operator allows reminders and bulk.
DROP FUNCTION IF EXISTS outbox_pick;
CREATE FUNCTION outbox_pick(p_link integer, p_fair boolean, p_reply boolean, p_reserved boolean, p_agreed boolean,
	p_now timestamptz, p_believable boolean, OUT row_ queue, OUT contact_id bigint, OUT segments smallint)
LANGUAGE plpgsql AS $$
DECLARE
	v_order smallint[] := CASE
		WHEN (p_fair OR p_reply) AND p_reserved THEN '{0,2,1}' WHEN p_reserved THEN '{0,1,2}'
		WHEN p_fair AND p_agreed THEN '{0,2,3,4,5,6,1}' WHEN p_fair THEN '{0,2,3,4,1}'
		WHEN p_reply AND p_agreed THEN '{0,2,1,3,4,5,6}' WHEN p_reply THEN '{0,2,1,3,4}'
		WHEN p_agreed THEN '{0,1,2,3,4,5,6}' ELSE '{0,1,2,3,4}' END;
	v record;
BEGIN
	LOOP
		-- One step after the other, and no further than the first that is free: priorities in their order; its
		-- own route and any link's, the older first; what another node does not hold.
		WITH taken AS (
			DELETE FROM queue AS whole WHERE ctid = ANY (ARRAY(
				SELECT free.ctid
				FROM unnest(v_order) AS p(priority),
				LATERAL (SELECT head.route FROM (
						(SELECT q.route, q.id FROM queue q WHERE q.route = 0 AND q.priority = p.priority
							AND q.not_before <= p_now AND q.seq = 1 ORDER BY q.not_before, q.id LIMIT 1)
						UNION ALL
						(SELECT q.route, q.id FROM queue q WHERE q.route = p_link AND q.priority = p.priority
							AND q.not_before <= p_now ORDER BY q.not_before, q.id LIMIT 1)
					) head ORDER BY head.id LIMIT 2) r,
				LATERAL (SELECT q.ctid FROM queue q
					WHERE q.route = r.route AND q.priority = p.priority AND q.not_before <= p_now
						AND (q.route <> 0 OR q.seq = 1)
					ORDER BY q.not_before, q.id LIMIT 1 FOR UPDATE SKIP LOCKED) free
				LIMIT 1))
			RETURNING whole
		)
		SELECT t.whole, m.id AS message_id, m.contact_id AS contact, m.segments AS count, CASE
			WHEN p_believable AND m.valid_until <= p_now AND m.valid_until <= city_due_now() THEN 'expired'
			WHEN c.stopped AND m.priority >= 5 OR c.erased_at IS NOT NULL THEN 'cancelled' END AS gone
		INTO v FROM taken t
		-- By its key, also by a plan that was made while there were no messages.
		LEFT JOIN LATERAL (SELECT * FROM message o WHERE o.id = (t.whole).message_id LIMIT 1) m ON true
		LEFT JOIN LATERAL (SELECT * FROM contact o WHERE o.id = m.contact_id LIMIT 1) c ON true;
		IF v.gone IS NULL THEN
			row_ := v.whole;
			contact_id := v.contact;
			segments := v.count;
			RETURN;
		END IF;
		UPDATE message SET state = v.gone WHERE id = v.message_id;
		DELETE FROM queue WHERE message_id = v.message_id;
	END LOOP;
END $$;

-- A SIM that holds no SMSC number receives and cannot send (modem.smsc is empty, not unknown), for so long already.
CREATE OR REPLACE FUNCTION outbox_is_mute(p_link integer, p_for interval DEFAULT '0')
RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM modem m WHERE m.link_id = p_link AND m.state = 'READY' AND m.smsc = ''
		AND m.changed_at <= clock_timestamp() - p_for)
$$;

-- Another link that may send to this contact today, or NULL: always the same one for a contact while the same
-- links are up, so that her messages keep their order.
DROP FUNCTION IF EXISTS outbox_other;
CREATE FUNCTION outbox_other(p_not_link integer, p_contact bigint, p_priority smallint, p_today date)
RETURNS integer
LANGUAGE sql STABLE AS $$
	SELECT l.id FROM link l
	WHERE l.up AND NOT l.receive_only AND (l.agreed OR p_priority < 5) AND l.id <> p_not_link AND NOT outbox_is_mute(l.id)
		AND (l.recipients_per_day = 0 OR l.day <> p_today OR l.day_recipients < l.recipients_per_day
			OR EXISTS (SELECT FROM link_recipient r WHERE r.link_id = l.id AND r.day = p_today
				AND r.contact_id = p_contact))
	ORDER BY coalesce(l.paused_until > clock_timestamp(), false), hashint8(p_contact * 64 + l.id), l.id LIMIT 1
$$;

-- What is left of a message goes by this link; nothing is changed when it is NULL.
CREATE OR REPLACE FUNCTION outbox_follow(p_message bigint, p_link integer)
RETURNS void
LANGUAGE sql AS $$
	UPDATE queue SET route = p_link WHERE message_id = p_message AND p_link IS NOT NULL;
	UPDATE message SET link_id = p_link WHERE id = p_message AND p_link IS NOT NULL;
$$;

-- A link has no agreement with its operator, any more: what waits there that needs one is any other's, but for a message
-- of which a part has left there: that one is given up, visibly.
CREATE OR REPLACE FUNCTION outbox_disagreed(p_link integer)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_begun bigint[];
BEGIN
	IF NOT EXISTS (SELECT FROM queue WHERE route = p_link AND priority >= 5) THEN
		RETURN;
	END IF;
	SELECT array_agg(DISTINCT q.message_id) INTO v_begun FROM queue q
	WHERE q.route = p_link AND q.priority >= 5 AND (EXISTS (SELECT FROM segment s WHERE s.message_id = q.message_id)
		OR EXISTS (SELECT FROM inflight f WHERE f.message_id = q.message_id));
	WITH gone AS (
		DELETE FROM queue WHERE message_id = ANY (v_begun) RETURNING message_id
	)
	UPDATE message SET state = 'failed' WHERE id IN (SELECT message_id FROM gone);
	UPDATE message SET link_id = NULL WHERE id IN
		(SELECT message_id FROM queue WHERE route = p_link AND priority >= 5);
	UPDATE queue SET route = 0 WHERE route = p_link AND priority >= 5;
END $$;

-- Seconds until a link for which nothing is due may find something, NULL: nothing is queued for it.
CREATE OR REPLACE FUNCTION outbox_wait(p_link link, p_now timestamptz)
RETURNS double precision
LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT CASE WHEN min(nb) IS NOT NULL THEN greatest(extract(epoch FROM min(nb) - p_now), 0.05) END
		FROM (
			-- What only the reserve could send waits for the new day.
			SELECT (p_now::date + 1)::timestamptz AS nb
			WHERE p_link.per_day > 0 AND p_link.credit_reserve > 0
				AND p_link.day_count >= p_link.per_day - p_link.credit_reserve
			UNION ALL
			SELECT (SELECT q.not_before FROM queue q WHERE q.route = r AND q.priority = p
				AND q.not_before > p_now ORDER BY q.not_before LIMIT 1)
			FROM unnest(ARRAY[0, p_link.id]) AS r, generate_series(0, 6) AS p) later);
END $$;

-- Claim the next segment of each free link, and write it as being submitted.  A row a link: a segment, or
-- wait_s seconds until the link may send again (NULL: nothing is queued for it).
--   p_believable  the clock is right, as far as is known: else nothing expires.  (A clock that cannot be believed is behind; what it
--                 makes due is due.)
DROP FUNCTION IF EXISTS outbox_claim;
CREATE FUNCTION outbox_claim(p_epoch bigint, p_link integer[], p_fair boolean[], p_believable boolean DEFAULT true,
	p_reply boolean[] DEFAULT '{}')
RETURNS TABLE (link_id integer, message_id bigint, seq smallint, segments smallint, number text, body text,
	concat_ref smallint, attempts smallint, priority smallint, validity_s double precision,
	wait_s double precision)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_today date := v_now::date;
	v_link link;
	v_pick record;
	v_row queue;
	v_other integer;
	v_wait double precision;
	v_links link[];
	v_rows queue[];
BEGIN
	FOR v_link IN
		SELECT l.* FROM unnest(p_link) WITH ORDINALITY AS u(id, ord) JOIN link l ON l.id = u.id
		ORDER BY u.ord FOR NO KEY UPDATE OF l
	LOOP
		link_id := v_link.id;
		IF v_link.day <> v_today THEN
			v_link.day := v_today;
			v_link.day_count := 0;
			v_link.day_recipients := 0;
		END IF;
		IF v_link.minute_start <= v_now - interval '1 minute' OR v_link.minute_start > v_now THEN
			v_link.minute_start := v_now;
			v_link.minute_count := 0;
		END IF;
		v_wait := CASE
			WHEN v_link.receive_only THEN 86400
			WHEN v_link.paused_until > clock_timestamp()
				THEN extract(epoch FROM v_link.paused_until - clock_timestamp())
			WHEN v_link.per_day > 0 AND v_link.day_count >= v_link.per_day
				THEN extract(epoch FROM (v_today + 1)::timestamptz - v_now)
			WHEN v_link.per_minute > 0 AND v_link.minute_count >= v_link.per_minute
				THEN extract(epoch FROM v_link.minute_start + interval '1 minute' - v_now) END;
		IF v_wait IS NOT NULL THEN
			wait_s := greatest(v_wait, 0.05);
			RETURN NEXT;
			CONTINUE;
		END IF;
		v_pick := outbox_pick(v_link.id, p_fair[array_position(p_link, v_link.id)],
			coalesce(p_reply[array_position(p_link, v_link.id)], false),
			v_link.per_day > 0 AND v_link.credit_reserve > 0
				AND v_link.day_count >= v_link.per_day - v_link.credit_reserve, v_link.agreed, v_now, p_believable);
		v_row := v_pick.row_;
		IF v_row.id IS NULL THEN
			wait_s := outbox_wait(v_link, v_now);
			RETURN NEXT;
			CONTINUE;
		END IF;
		IF v_link.recipients_per_day > 0 THEN
			INSERT INTO link_recipient VALUES (v_link.id, v_today, v_pick.contact_id)
			ON CONFLICT DO NOTHING;
			IF FOUND THEN
				IF v_link.day_recipients >= v_link.recipients_per_day THEN
					DELETE FROM link_recipient r WHERE r.link_id = v_link.id AND r.day = v_today
						AND r.contact_id = v_pick.contact_id;
					-- Not this one today from here: by another link if any will do, else tomorrow.
					v_other := CASE v_row.route WHEN 0
						THEN outbox_other(v_link.id, v_pick.contact_id, v_row.priority, v_today) END;
					INSERT INTO queue (route, priority, not_before, message_id, seq, attempts)
					VALUES (coalesce(v_other, v_row.route), v_row.priority,
						CASE WHEN v_other IS NULL THEN (v_today + 1)::timestamptz ELSE '-infinity' END,
						v_row.message_id, v_row.seq, v_row.attempts);
					PERFORM outbox_follow(v_row.message_id, v_other);
					IF v_other IS NOT NULL THEN -- whose session may have found nothing, and sleeps
						NOTIFY baraza_queue;
					END IF;
					wait_s := 0.05;
					RETURN NEXT;
					CONTINUE;
				END IF;
				v_link.day_recipients := v_link.day_recipients + 1;
				-- At once, since the links after this one ask for it.
				UPDATE link l SET day = v_today, day_count = v_link.day_count,
					day_recipients = v_link.day_recipients WHERE l.id = v_link.id;
			END IF;
		END IF;
		IF v_row.route = 0 AND v_pick.segments > 1 THEN
			PERFORM outbox_follow(v_row.message_id, v_link.id);
		END IF;
		v_link.minute_count := v_link.minute_count + 1;
		v_link.day_count := v_link.day_count + 1;
		IF v_link.bundle > 0 THEN
			v_link.bundle := v_link.bundle - 1;
		END IF;
		v_links := v_links || v_link;
		v_row.route := v_link.id;
		v_rows := v_rows || v_row;
	END LOOP;
	IF v_rows IS NULL THEN
		RETURN;
	END IF;
	UPDATE link l SET minute_start = u.minute_start, minute_count = u.minute_count, day = u.day,
		day_count = u.day_count, day_recipients = u.day_recipients, bundle = u.bundle
	FROM unnest(v_links) u WHERE l.id = u.id;
	INSERT INTO inflight (message_id, seq, epoch, link_id, priority, attempts, submitted_at)
	SELECT u.message_id, u.seq, p_epoch, u.route, u.priority, u.attempts, clock_timestamp() FROM unnest(v_rows) u;
	RETURN QUERY
	SELECT u.route, u.message_id, u.seq, m.segments, c.number, m.body, m.concat_ref, u.attempts, u.priority,
		extract(epoch FROM m.valid_until - CASE WHEN p_believable AND m.valid_until > v_now THEN v_now ELSE m.at END)::double precision,
		NULL::double precision
	FROM unnest(v_rows) u JOIN message m ON m.id = u.message_id JOIN contact c ON c.id = m.contact_id;
END $$;

-- A refusal or a success of a link: counts refusals in a row.  At p_limit the link pauses; true then, once.
CREATE OR REPLACE FUNCTION outbox_link_refused(p_link integer, p_limit integer, p_pause_s double precision,
	p_reason text)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v_refusals integer;
BEGIN
	UPDATE link SET refusals = refusals + 1 WHERE id = p_link RETURNING refusals INTO v_refusals;
	IF v_refusals < p_limit THEN
		RETURN false;
	END IF;
	UPDATE link SET paused_until = clock_timestamp() + make_interval(secs => p_pause_s),
		pause_reason = p_reason WHERE id = p_link;
	RETURN v_refusals = p_limit;
END $$;

CREATE OR REPLACE FUNCTION outbox_link_well(p_link integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE link SET refusals = 0, paused_until = NULL, pause_reason = NULL
	WHERE id = p_link AND (refusals > 0 OR paused_until IS NOT NULL);
END $$;

-- What a segment takes by a link has changed, as its last sends tell (gateway/outbox-pace.h).
CREATE OR REPLACE FUNCTION outbox_link_pace(p_link integer, p_ms integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE link SET send_ms = p_ms WHERE id = p_link;
END $$;

-- Messages of which nothing has left and whose link has been down or mute for long, or only receives by now: another
-- link may send them.  rerouted: it was so before, and the city is named already.
DROP FUNCTION IF EXISTS outbox_stranded;
CREATE FUNCTION outbox_stranded(p_down interval)
RETURNS TABLE (message_id bigint, body text, language text, rerouted boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT m.id, m.body, c.language, m.rerouted
	FROM link l JOIN queue q ON q.route = l.id AND q.seq = 1
	JOIN message m ON m.id = q.message_id JOIN contact c ON c.id = m.contact_id
	WHERE (NOT l.up AND l.down_since < clock_timestamp() - p_down OR l.receive_only
			OR outbox_is_mute(l.id, p_down))
		AND EXISTS (SELECT FROM link o WHERE o.up AND NOT o.receive_only AND (o.agreed OR q.priority < 5))
		AND NOT EXISTS (SELECT FROM segment s WHERE s.message_id = m.id)
		AND NOT EXISTS (SELECT FROM inflight f WHERE f.message_id = m.id)
	ORDER BY q.priority, q.id LIMIT 200;
END $$;

-- Give a stranded message to another link.
CREATE OR REPLACE FUNCTION outbox_reroute(p_message bigint, p_body text, p_segments smallint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_old queue;
	v_ref smallint;
	v_link integer;
BEGIN
	SELECT * INTO v_old FROM queue WHERE message_id = p_message AND seq = 1 FOR UPDATE SKIP LOCKED;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	SELECT outbox_other(v_old.route, contact_id, v_old.priority, city_now()::date) INTO v_link
	FROM message WHERE id = p_message;
	IF v_link IS NULL THEN
		RETURN;
	END IF;
	DELETE FROM queue WHERE message_id = p_message;
	IF p_segments > 1 THEN
		UPDATE contact c SET concat_ref = (c.concat_ref + 1) % 256 FROM message m
		WHERE m.id = p_message AND c.id = m.contact_id RETURNING c.concat_ref INTO v_ref;
	END IF;
	UPDATE message SET body = p_body, segments = p_segments, link_id = v_link, rerouted = true,
		concat_ref = v_ref WHERE id = p_message;
	INSERT INTO queue (route, priority, not_before, message_id, seq, attempts)
	SELECT v_link, v_old.priority, v_old.not_before, p_message, s, v_old.attempts
	FROM generate_series(1, p_segments) AS s;
	PERFORM outbox_notify();
END $$;

-- Word to the administrator, from another link than the one in trouble.
DROP FUNCTION IF EXISTS outbox_tell;
CREATE FUNCTION outbox_tell(p_number text, p_kind text, p_body text, p_segments smallint, p_not_link integer)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_message bigint := outbox_send(p_number, p_kind, p_body, 2::smallint, p_segments, 'administrator');
	v_link integer := (SELECT id FROM link WHERE up AND NOT receive_only AND id <> p_not_link AND NOT outbox_is_mute(id)
		AND (paused_until IS NULL OR paused_until < clock_timestamp()) ORDER BY id LIMIT 1);
BEGIN
	UPDATE message SET link_id = v_link WHERE id = v_message;
	UPDATE queue SET route = coalesce(v_link, 0) WHERE message_id = v_message;
END $$;

-- What waits for a link that has been down for a day and cannot go another way (a part of it has left there): its
-- message is given up, visibly.
CREATE OR REPLACE FUNCTION outbox_abandon()
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH gone AS (
		DELETE FROM queue q USING link l
		WHERE q.route = l.id AND NOT l.up AND l.down_since < clock_timestamp() - interval '1 day'
			AND EXISTS (SELECT FROM segment s WHERE s.message_id = q.message_id)
		RETURNING q.message_id
	)
	UPDATE message SET state = 'failed' WHERE id IN (SELECT message_id FROM gone);
END $$;
