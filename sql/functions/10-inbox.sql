-- SPDX-License-Identifier: GPL-3.0-or-later
-- inbox: the database's half of a message's way in.  gateway/inbox-desk.c owns the calls:
-- inbox_snapshot (no locks), then inbox_store, the services, outbox_enqueue, all in one transaction.

-- What is known of the senders, without locks.  One row a number, in the order given; counts are already
-- brought to this moment.  Numbers of our own links (ours), this node's or another's, count as blocked.
DROP FUNCTION IF EXISTS inbox_snapshot;
CREATE FUNCTION inbox_snapshot(p_numbers text[], p_silence interval)
RETURNS TABLE (
	contact_id bigint, version integer, language text, language_chosen boolean, blocked boolean,
	nonsense smallint, hour_count integer, called_back boolean,
	session_service text, session_field text, session_values text, session_message bigint,
	crew boolean, helper boolean, followups integer, human_reads text, filed boolean, lately boolean,
	officer boolean, gauge boolean, calls boolean, ours boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v_recent timestamptz := v_now - interval '15 minutes';
BEGIN
	RETURN QUERY
	SELECT c.id, c.version, c.language, c.language_chosen,
		coalesce(c.blocked, false) OR o.ours,
		CASE WHEN c.nonsense_at > v_now - p_silence AND c.nonsense_at <= v_now
			THEN c.nonsense_count ELSE 0::smallint END,
		CASE WHEN c.hour_start > v_now - interval '1 hour' AND c.hour_start <= v_now
			THEN c.hour_count ELSE 0 END,
		c.callback_at > v_now - interval '1 day',
		s.service, s.field, s.values, s.message_id,
		EXISTS (SELECT FROM crew w WHERE w.phone = n.number)
			OR EXISTS (SELECT FROM department d WHERE d.phone = n.number), coalesce(c.helper, false),
		-- Also of the last two weeks: who answers twice, or too late, is told so.
		(SELECT count(*)::integer FROM followup f
			WHERE f.contact_id = c.id AND f.expires_at > v_now - interval '14 days')
			+ (number_asked(c.id) IS NOT NULL)::integer,
		-- Asked for when she is about to be told so: not understood for the third time.
		CASE WHEN c.nonsense_count >= 2 THEN office_when() END,
		-- Of most senders the last report is old, which costs one look at an index.
		CASE WHEN c.helper OR v_recent < (SELECT r.at FROM report r WHERE r.contact_id = c.id ORDER BY r.id DESC LIMIT 1)
			THEN correct_may(c.id, c.helper) ELSE false END,
		coalesce(c.nonsense_at > v_recent, false),
		EXISTS (SELECT FROM officer o WHERE o.contact_id = c.id AND o.active),
		EXISTS (SELECT FROM gauge g WHERE g.contact_id = c.id),
		CASE WHEN v_now - sos_while() < (SELECT r.at FROM report r WHERE r.contact_id = c.id ORDER BY r.id DESC LIMIT 1)
			THEN sos_open(c.id) IS NOT NULL ELSE false END,
		o.ours
	FROM unnest(p_numbers) WITH ORDINALITY AS n(number, ord)
	CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM link l WHERE l.number = n.number) AS ours) o
	LEFT JOIN contact c ON c.number = n.number
	LEFT JOIN session s ON s.contact_id = c.id -- an expired one counts until it is taken: none is lost
	ORDER BY n.ord;
END $$;

-- Store a batch once, one message a contact.  A contact that changed since the snapshot ('changed') stores
-- nothing: its message belongs to the next batch.  A known dedupe key ('known') is already durable.
--   p_nonsense  the contact's new count of messages not understood in a row, NULL: as it was
--   p_ask_*     the question that this message opens (NULL: none); p_close: it closes an open one
--   p_locks     the services' lock keys, those of one form separated by blanks
DROP FUNCTION IF EXISTS inbox_store;
CREATE FUNCTION inbox_store(
	p_number text[], p_number_kind text[], p_version integer[], p_link integer[], p_kind text[],
	p_dedupe uuid[], p_body text[], p_smsc_time text[], p_udh bytea[], p_octets bytea[],
	p_incomplete boolean[], p_service text[], p_language text[], p_language_chosen boolean[],
	p_nonsense smallint[], p_ask_service text[], p_ask_field text[], p_ask_values text[],
	p_close boolean[], p_locks text[], p_question interval)
RETURNS TABLE (status text, message_id bigint, contact_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_lock text;
BEGIN
	INSERT INTO contact (number, kind, created_at)
	SELECT DISTINCT ON (n.number) n.number, n.kind, v_now
	FROM unnest(p_number, p_number_kind, p_version) AS n(number, kind, version)
	WHERE n.version < 0
	ORDER BY n.number
	ON CONFLICT (number) DO NOTHING;

	-- Everyone locks contacts in the order of their ids: two nodes cannot deadlock.
	PERFORM 1 FROM contact c WHERE c.number = ANY (p_number) ORDER BY c.id FOR NO KEY UPDATE;

	FOR v_lock IN SELECT DISTINCT k FROM unnest(p_locks) AS l, string_to_table(l, ' ') AS k ORDER BY k LOOP
		PERFORM pg_advisory_xact_lock(hashtextextended(v_lock, 0));
	END LOOP;

	RETURN QUERY
	WITH item AS MATERIALIZED (
		SELECT i.*, c.id AS cid, coalesce(c.version = greatest(i.version, 0), false) AS fresh
		FROM unnest(p_number, p_version, p_link, p_kind, p_dedupe, p_body, p_smsc_time, p_udh, p_octets,
			p_incomplete, p_service, p_language, p_language_chosen, p_nonsense,
			p_ask_service, p_ask_field, p_ask_values, p_close)
			WITH ORDINALITY AS i(number, version, link, kind, dedupe, body, smsc_time, udh, octets,
			incomplete, service, language, chosen, nonsense,
			ask_service, ask_field, ask_values, close, ord)
		LEFT JOIN contact c ON c.number = i.number -- none: she was forgotten since the snapshot
	), stored AS (
		INSERT INTO message (direction, contact_id, link_id, kind, body, at, service, dedupe, smsc_time,
			udh, octets, incomplete)
		SELECT 'in', cid, nullif(link, 0), kind, body, v_now, service, dedupe, smsc_time, udh, octets,
			incomplete
		FROM item WHERE fresh ORDER BY ord
		ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING
		RETURNING id, dedupe
	), fresh AS (
		SELECT i.*, s.id AS mid FROM item i JOIN stored s ON s.dedupe = i.dedupe
	), touched AS (
		UPDATE contact c SET version = c.version + 1,
			link_id = coalesce(nullif(f.link, 0), c.link_id),
			language = coalesce(f.language, c.language),
			language_chosen = c.language_chosen OR f.chosen,
			nonsense_count = coalesce(f.nonsense, c.nonsense_count),
			nonsense_at = CASE WHEN f.nonsense > 0 THEN v_now ELSE c.nonsense_at END,
			hour_start = CASE WHEN c.hour_start > v_now - interval '1 hour' AND c.hour_start <= v_now
				THEN c.hour_start ELSE v_now END,
			hour_count = CASE WHEN c.hour_start > v_now - interval '1 hour' AND c.hour_start <= v_now
				THEN c.hour_count ELSE 0 END + 1
		FROM fresh f WHERE c.id = f.cid
	), opened AS (
		INSERT INTO session AS s (contact_id, service, field, values, message_id, expires_at)
		SELECT cid, ask_service, ask_field, ask_values, mid, v_now + p_question
		FROM fresh WHERE ask_service IS NOT NULL
		ON CONFLICT ON CONSTRAINT session_pkey DO UPDATE SET service = excluded.service, field = excluded.field,
			values = excluded.values, message_id = excluded.message_id, expires_at = excluded.expires_at
	), closed AS (
		DELETE FROM session s USING fresh f
		WHERE s.contact_id = f.cid AND f.close AND f.ask_service IS NULL
	)
	SELECT CASE WHEN f.mid IS NOT NULL THEN 'new' WHEN i.fresh THEN 'known' ELSE 'changed' END,
		f.mid, i.cid
	FROM item i LEFT JOIN fresh f ON f.ord = i.ord
	ORDER BY i.ord;
END $$;

-- Store parts of long messages.  Known ones are already durable.
DROP FUNCTION IF EXISTS inbox_store_parts;
CREATE FUNCTION inbox_store_parts(p_number text[], p_number_kind text[], p_link integer[], p_dedupe uuid[],
	p_reference integer[], p_total smallint[], p_seq smallint[], p_body text[], p_smsc_time text[],
	p_believed boolean[] DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	INSERT INTO contact (number, kind, created_at)
	SELECT DISTINCT ON (n.number) n.number, n.kind, v_now
	FROM unnest(p_number, p_number_kind) AS n(number, kind)
	WHERE NOT EXISTS (SELECT FROM contact c WHERE c.number = n.number)
	ORDER BY n.number
	ON CONFLICT (number) DO NOTHING;

	INSERT INTO part (dedupe, link_id, contact_id, reference, total, seq, body, smsc_time, at, believed)
	SELECT p.dedupe, p.link, c.id, p.reference, p.total, p.seq, p.body, p.smsc_time, v_now, coalesce(p.believed, false)
	FROM unnest(p_number, p_link, p_dedupe, p_reference, p_total, p_seq, p_body, p_smsc_time, p_believed)
		AS p(number, link, dedupe, reference, total, seq, body, smsc_time, believed)
	JOIN contact c ON c.number = p.number
	ON CONFLICT (dedupe) DO NOTHING;
END $$;

-- Of what a till got, the parts hold codes and balances: once joined, each is kept as its digest alone.
CREATE OR REPLACE FUNCTION part_digest(p_body text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN sha256(convert_to((SELECT value FROM secret WHERE name = 'reference') || p_body, 'UTF8'))::text;
END $$;

-- What is kept of a part that is handled.
CREATE OR REPLACE FUNCTION part_kept(p_link integer, p_body text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN (SELECT receive_only FROM link WHERE id = p_link) THEN part_digest(p_body) ELSE p_body END;
END $$;

-- Phones and SMSCs that miss an acknowledgement send a part again, under another time stamp.  What has
-- waited its time and only repeats parts of a message that was joined in the day before is that message's.
CREATE OR REPLACE FUNCTION inbox_parts_repeated(p_waited_since timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE part p SET message_id = r.message_id, body = part_kept(p.link_id, p.body)
	FROM (
		SELECT q.link_id, q.contact_id, q.reference, q.total, max(j.message_id) AS message_id
		FROM part q LEFT JOIN part j ON j.contact_id = q.contact_id AND j.reference = q.reference
			AND j.seq = q.seq AND j.message_id IS NOT NULL AND j.link_id = q.link_id
			AND j.total = q.total AND j.body IN (q.body, part_digest(q.body)) AND j.at > q.at - interval '1 day'
		WHERE q.message_id IS NULL
		GROUP BY q.link_id, q.contact_id, q.reference, q.total
		HAVING max(q.at) <= p_waited_since AND bool_and(j.message_id IS NOT NULL)
	) r
	WHERE p.message_id IS NULL AND p.link_id = r.link_id AND p.contact_id = r.contact_id
		AND p.reference = r.reference AND p.total = r.total;
END $$;

-- Long messages that are whole, or have waited long enough: one row each, its text joined in order, and
-- the keys of the parts that it takes: of each place the part that came first.  By a clock that is not believed none has waited.
DROP FUNCTION IF EXISTS inbox_parts_ready;
CREATE FUNCTION inbox_parts_ready(p_wait interval)
RETURNS TABLE (number text, number_kind text, link_id integer, body text, smsc_time text,
	incomplete boolean, keys text, till boolean, believed boolean, operator text)
LANGUAGE plpgsql AS $$
DECLARE
	v_waited_since timestamptz := city_due_now() - p_wait;
BEGIN
	PERFORM inbox_parts_repeated(v_waited_since);
	RETURN QUERY
	SELECT c.number, c.kind, g.link_id, g.body, g.smsc_time, g.have < g.total, g.keys,
		(SELECT l.receive_only FROM link l WHERE l.id = g.link_id), g.believed,
		(SELECT s.operator FROM airtime_sim s WHERE s.link_id = g.link_id)
	FROM (
		SELECT p.link_id, p.contact_id, p.reference, p.total,
			count(DISTINCT p.seq) AS have, max(p.at) AS last_at,
			string_agg(p.body, '' ORDER BY p.seq) FILTER (WHERE p.nth = 1) AS body,
			min(p.smsc_time) AS smsc_time, bool_and(p.believed) AS believed,
			string_agg(p.dedupe::text, ',' ORDER BY p.seq) FILTER (WHERE p.nth = 1) AS keys
		FROM (
			SELECT q.*, row_number() OVER (
				PARTITION BY q.link_id, q.contact_id, q.reference, q.total, q.seq
				ORDER BY q.at, q.dedupe) AS nth
			FROM part q WHERE q.message_id IS NULL
		) p
		GROUP BY p.link_id, p.contact_id, p.reference, p.total
	) g JOIN contact c ON c.id = g.contact_id
	WHERE g.have = g.total OR g.last_at <= v_waited_since;
END $$;

-- The joined message took these parts.
CREATE OR REPLACE FUNCTION inbox_parts_taken(p_message bigint, p_keys text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE part SET message_id = p_message, body = part_kept(link_id, body)
	WHERE dedupe = ANY (string_to_array(p_keys, ',')::uuid[]);
END $$;

-- Questions that nobody answered in time, oldest first.  None by a clock that is not believed, also when whoever asks has not
-- heard of that yet.
DROP FUNCTION IF EXISTS inbox_expired;
CREATE FUNCTION inbox_expired()
RETURNS TABLE (contact_id bigint, number text, language text, version integer,
	service text, field text, "values" text, message_id bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	IF NOT EXISTS (SELECT FROM session s WHERE s.expires_at <= v_now) THEN
		RETURN;
	ELSIF NOT clock_believable() THEN
		RETURN;
	END IF;
	RETURN QUERY
	SELECT c.id, c.number, c.language, c.version, s.service, s.field, s.values, s.message_id
	FROM session s JOIN contact c ON c.id = s.contact_id
	WHERE s.expires_at <= v_now
	ORDER BY s.expires_at LIMIT 128;
END $$;

-- Take an expired question; false when she answered or another node took it meanwhile.
CREATE OR REPLACE FUNCTION inbox_take_expired(p_contact bigint, p_version integer)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE contact SET version = version + 1 WHERE id = p_contact AND version = p_version;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	DELETE FROM session WHERE contact_id = p_contact;
	RETURN FOUND;
END $$;

-- Seconds until something of the inbox is due: an expiring question, a long message's patience.
CREATE OR REPLACE FUNCTION inbox_next_due(p_wait interval)
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN extract(epoch FROM least(
		(SELECT min(expires_at) FROM session),
		(SELECT min(g.last_at) + p_wait FROM (
			SELECT max(p.at) AS last_at FROM part p WHERE p.message_id IS NULL
			GROUP BY p.link_id, p.contact_id, p.reference, p.total) g)) - city_now());
END $$;

-- Put a message before a human.  Of who is blocked one stands for all, until it is done with; of the city's own numbers,
-- which are not answered either, none.
CREATE OR REPLACE FUNCTION tray_add(p_kind text, p_contact bigint, p_message bigint, p_note text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_note = 'blocked' AND (NOT (SELECT blocked FROM contact WHERE id = p_contact) OR EXISTS (SELECT FROM tray
			WHERE contact_id = p_contact AND note = 'blocked' AND done_at IS NULL)) THEN
		RETURN;
	END IF;
	INSERT INTO tray (kind, contact_id, message_id, note, at)
	VALUES (p_kind, p_contact, p_message, p_note, city_now());
END $$;

-- She has got what she wrote for: what she wrote in the minutes before and was not understood is nobody's work any more.
-- It is kept as it is.  Only of who was not understood lately is this called.
CREATE OR REPLACE FUNCTION tray_helped(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE tray SET done_at = v_now, done_by = 'understood'
	WHERE contact_id = p_contact AND done_at IS NULL AND kind = 'not_understood' AND note IS NULL
		AND at > v_now - interval '15 minutes';
END $$;

-- A form that a menu filled in and that cannot be run: in words into the tray, once.
CREATE OR REPLACE FUNCTION inbox_form_refused(p_number text, p_dedupe uuid, p_body text, p_note text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_contact bigint;
	v_message bigint;
BEGIN
	INSERT INTO contact (number, kind, created_at) VALUES (p_number, 'e164', v_now) ON CONFLICT (number) DO NOTHING;
	SELECT id INTO v_contact FROM contact WHERE number = p_number FOR NO KEY UPDATE;
	INSERT INTO message (direction, contact_id, kind, body, at, dedupe)
	VALUES ('in', v_contact, 'ussd', p_body, v_now, p_dedupe)
	ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING RETURNING id INTO v_message;
	IF v_message IS NOT NULL THEN
		PERFORM tray_add('not_understood', v_contact, v_message, p_note);
	END IF;
END $$;

-- A message that the database refuses by its data: raw into the tray, once.  Of a long one the parts are handled
-- with it (they belong to message 0), of an expired question the question.
DROP FUNCTION IF EXISTS inbox_poison(bytea, text);
CREATE OR REPLACE FUNCTION inbox_poison(p_raw bytea, p_note text, p_keys text, p_contact bigint, p_version integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tray (kind, contact_id, message_id, note, raw, at)
	SELECT 'poison', p_contact, (SELECT s.message_id FROM session s WHERE s.contact_id = p_contact), p_note,
		p_raw, city_now()
	WHERE NOT EXISTS (SELECT FROM tray t WHERE t.kind = 'poison' AND t.raw = p_raw);
	PERFORM inbox_parts_taken(0, p_keys);
	PERFORM inbox_take_expired(p_contact, p_version);
END $$;
