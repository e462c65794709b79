-- SPDX-License-Identifier: GPL-3.0-or-later
-- people: when a human reads, who wants no news, what a clerk says and sets, and how a person is forgotten: at her
-- word, at the office's, or because the time to keep something is over.

-- When a human reads what comes now, as a value of texts: today, tomorrow morning, or the day and the hour.
CREATE OR REPLACE FUNCTION office_when()
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v_at timestamptz := office_reads(v_now);
	v_days integer := v_at::date - v_now::date;
	v_hour text := to_char(v_at, 'HH24:MI');
BEGIN
	IF v_days = 0 THEN
		RETURN '@when_today';
	ELSIF v_days = 1 AND v_at::time < '12:00' THEN
		RETURN '@when_tomorrow';
	ELSIF v_days < 7 THEN
		RETURN array_to_string(ARRAY['@when_day', 'day', '@day_' || trim(to_char(v_at, 'day')), 'hour', v_hour], E'\x1e');
	END IF;
	RETURN array_to_string(ARRAY['@when_date', 'day', to_char(v_at, 'DD/MM'), 'hour', v_hour], E'\x1e');
END $$;

-- News of her tickets that were to be said to her and have not been.  Nothing is asked of who was not asked.
CREATE OR REPLACE FUNCTION news_unsay_to(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH gone AS (
		DELETE FROM notice n WHERE n.contact_id = p_contact AND n.text_key LIKE 'news\_%'
		RETURNING n.ticket_id, n.text_key
	)
	DELETE FROM followup f USING gone g
	WHERE f.ticket_id = g.ticket_id AND g.text_key = 'news_fixed_ask' AND f.contact_id = p_contact
		AND f.answer IS NULL AND f.expires_at > city_now();
END $$;

-- Clerks ------------------------------------------------------------------------------------------

-- What waits for an answer.  Restricted ones are for their own readers.
DROP VIEW IF EXISTS tray_waiting;
CREATE VIEW tray_waiting AS
SELECT t.id, t.kind AS tray, c.number AS contact_number, c.language, m.body AS words, t.note,
	iso_time(t.at) AS at, (extract(epoch FROM city_now() - t.at) / 3600)::integer AS hours
FROM tray t JOIN contact c ON c.id = t.contact_id LEFT JOIN message m ON m.id = t.message_id
WHERE t.done_at IS NULL AND t.kind NOT IN ('restricted', 'poison', 'modem', 'payment', 'forged', 'money');

-- A clerk's answer to what waits in the tray, in its thread.
--   p_again  also to what is answered already
-- What came of it, and the message's id: sent | unknown | nobody (no phone is known) | blocked | answered.
DROP FUNCTION IF EXISTS tray_answer;
CREATE FUNCTION tray_answer(p_tray bigint, p_body text, p_segments smallint, p_validity_min integer, p_actor text,
	p_again boolean, OUT outcome text, OUT message bigint, OUT contact_number text)
LANGUAGE plpgsql AS $$
DECLARE
	v tray;
	v_contact contact;
BEGIN
	SELECT * INTO v FROM tray WHERE id = p_tray AND kind NOT IN ('restricted', 'poison', 'modem') FOR UPDATE;
	IF NOT FOUND THEN
		outcome := 'unknown';
		RETURN;
	END IF;
	SELECT * INTO v_contact FROM contact WHERE id = v.contact_id;
	outcome := CASE WHEN v_contact.kind IS DISTINCT FROM 'e164' THEN 'nobody'
		WHEN v_contact.blocked THEN 'blocked'
		WHEN v.done_at IS NOT NULL AND NOT p_again THEN 'answered' ELSE 'sent' END;
	IF outcome <> 'sent' THEN
		RETURN;
	END IF;
	contact_number := v_contact.number;
	SELECT outbox_enqueue(ARRAY[v.contact_id], ARRAY[p_body], ARRAY[2::smallint], ARRAY[p_segments], ARRAY['answer'],
		ARRAY[coalesce(v.message_id, 0)], ARRAY[p_validity_min]) INTO message;
	UPDATE tray SET done_at = city_now(), done_by = p_actor WHERE id = p_tray;
	NOTIFY baraza_queue;
END $$;

-- What is known of a number, for a clerk who was given it.  Confidential reports are not counted.
DROP FUNCTION IF EXISTS person_show;
CREATE FUNCTION person_show(p_number text)
RETURNS TABLE (contact bigint, contact_number text, language text, helper boolean, blocked boolean, stopped boolean,
	news_stopped boolean, warnings_stopped boolean, since text, last_wrote_at text, messages bigint, sent bigint,
	reports bigint, reports_for_others bigint, waiting bigint, open_tickets text)
LANGUAGE sql STABLE AS $$
	SELECT c.id, c.number, c.language, c.helper, c.blocked, c.stopped, c.news_stopped, c.warnings_stopped,
		iso_time(c.created_at),
		iso_time((SELECT m.at FROM message m WHERE m.contact_id = c.id AND m.direction = 'in' ORDER BY m.id DESC LIMIT 1)),
		(SELECT count(*) FROM message m WHERE m.contact_id = c.id AND m.direction = 'in'),
		(SELECT count(*) FROM message m WHERE m.contact_id = c.id AND m.direction = 'out'),
		(SELECT count(*) FROM report r JOIN ticket t ON t.id = r.ticket_id WHERE r.contact_id = c.id AND NOT t.restricted),
		(SELECT count(*) FROM report r JOIN ticket t ON t.id = r.ticket_id WHERE r.helper_id = c.id AND NOT t.restricted),
		(SELECT count(*) FROM tray_waiting w WHERE w.contact_number = c.number),
		coalesce((SELECT string_agg(DISTINCT t.reference, ' ') FROM report r JOIN ticket t ON t.id = r.ticket_id
			WHERE r.contact_id = c.id AND NOT t.restricted AND ticket_is_open(t.state)), '')
	FROM contact c WHERE c.number = p_number
$$;

-- A clerk sets what is not NULL; the contact is made if need be.
DROP FUNCTION IF EXISTS person_set;
CREATE FUNCTION person_set(p_number text, p_helper boolean, p_blocked boolean, p_language text, p_actor text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint := contact_of(p_number);
	v contact;
BEGIN
	SELECT * INTO v FROM contact WHERE id = v_id FOR NO KEY UPDATE;
	IF p_helper <> v.helper THEN
		UPDATE contact SET helper = p_helper WHERE id = v.id;
		PERFORM audit_add(p_actor, CASE WHEN p_helper THEN 'helper' ELSE 'helper no more' END, 'contact ' || v.id, NULL);
	END IF;
	IF p_blocked <> v.blocked THEN
		UPDATE contact SET blocked = p_blocked WHERE id = v.id;
		PERFORM audit_add(p_actor, CASE WHEN p_blocked THEN 'blocked' ELSE 'blocked no more' END, 'contact ' || v.id, NULL);
	END IF;
	IF p_language IS NOT NULL AND (p_language IS DISTINCT FROM v.language OR NOT v.language_chosen) THEN
		UPDATE contact SET language = p_language, language_chosen = true WHERE id = v.id;
		PERFORM audit_add(p_actor, 'language ' || p_language, 'contact ' || v.id, NULL);
	END IF;
END $$;

-- Forgetting --------------------------------------------------------------------------------------

-- A closed ticket's place, where the words for it were those of persons who are forgotten, is as the register has it.
-- While it is open, the city has to find it.
CREATE OR REPLACE FUNCTION ticket_forget_place(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE ticket t SET place = (SELECT p.name FROM place p WHERE p.id = t.place_id)
	WHERE t.id IN (SELECT ticket_id FROM report WHERE contact_id = p_contact)
		AND t.container IS NULL AND NOT t.restricted AND NOT ticket_is_open(t.state) AND t.place IS NOT NULL
		AND t.place IS DISTINCT FROM (SELECT p.name FROM place p WHERE p.id = t.place_id)
		AND NOT EXISTS (SELECT FROM report r JOIN contact c ON c.id = r.contact_id
			WHERE r.ticket_id = t.id AND c.erased_at IS NULL AND r.place = t.place);
END $$;

-- Erase a person: her number, her words, and what waits to be said to her.  What stays: her tickets with category and
-- place, that so many messages came and went, and the words of confidential reports, which their readers keep.  The
-- digest by which a message is known when a modem gives it once more stays a day, and so does a USSD session's name, since
-- of one that nobody knew the next step would begin anew with all that was keyed.  Of messages that are being sent now,
-- nothing is sent again.  False when she is erased already.
CREATE OR REPLACE FUNCTION person_erase(p_contact bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_number text;
	v_about bigint[]; -- messages of others that are about her
BEGIN
	SELECT number INTO v_number FROM contact WHERE id = p_contact AND erased_at IS NULL FOR UPDATE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	SELECT array_agg(message_id) INTO v_about FROM (
		SELECT message_id FROM report WHERE contact_id = p_contact
		UNION SELECT message_id FROM tray WHERE contact_id = p_contact
		-- A helper may have named her in words that nobody understood.
		UNION SELECT m.id FROM message m JOIN contact h ON h.id = m.contact_id
		WHERE h.helper AND m.direction = 'in' AND length(v_number) > 9
			AND translate(m.body, ' .-()/', '') LIKE '%' || right(v_number, 8) || '%'
		-- Officers were told her number, and her words beside it.
		UNION SELECT m.id FROM message m JOIN officer o ON o.contact_id = m.contact_id
		WHERE m.direction = 'out' AND m.state <> 'queued' AND m.body LIKE '%' || v_number || '%') a;
	DELETE FROM notice WHERE text_key LIKE 'sos\_duty%' AND v_number = ANY (values);
	UPDATE duty_call SET values[8] = '-', values[10] = '-' WHERE text_key = 'sos_duty' AND values[8] = v_number;

	DELETE FROM queue WHERE message_id IN
		(SELECT id FROM message WHERE contact_id = p_contact AND direction = 'out' AND state = 'queued');
	UPDATE message SET state = 'cancelled' WHERE contact_id = p_contact AND direction = 'out' AND state = 'queued'
		AND NOT EXISTS (SELECT FROM inflight f WHERE f.message_id = message.id);
	DELETE FROM notice WHERE contact_id = p_contact;
	DELETE FROM session WHERE contact_id = p_contact;
	-- The rows are others, so that a step which is under way finds nothing.
	WITH old AS (DELETE FROM ussd_session WHERE contact_id = p_contact RETURNING *)
	INSERT INTO ussd_session (way, session, contact_id, code, menu, started_at, stepped_at, steps, ended_at, how, settled)
	SELECT way, session, contact_id, code, menu, started_at, stepped_at, steps, v_now, 'cut', true FROM old
	WHERE stepped_at > v_now - interval '1 day';
	DELETE FROM subscription WHERE contact_id = p_contact;
	DELETE FROM list_member WHERE contact_id = p_contact;
	UPDATE officer SET contact_id = NULL WHERE contact_id = p_contact;

	UPDATE message SET body = NULL, octets = NULL, udh = NULL, smsc_time = NULL,
		dedupe = CASE WHEN at > v_now - interval '1 day' THEN dedupe END
	WHERE contact_id = p_contact;
	UPDATE message SET body = NULL, octets = NULL WHERE id = ANY (v_about);
	DELETE FROM till_message t USING message m WHERE m.id = t.message_id AND m.contact_id = p_contact;
	DELETE FROM taxpayer_change WHERE p_contact IN (contact_id, old_contact_id);
	PERFORM taxpayer_unlink(p_contact);
	-- Parts that wait for others are waited for no more.
	DELETE FROM part WHERE contact_id = p_contact AND at <= v_now - interval '1 day';
	UPDATE part SET body = '', smsc_time = NULL, message_id = coalesce(message_id, 0) WHERE contact_id = p_contact;

	UPDATE report r SET words = NULL, place = NULL FROM ticket t
	WHERE r.contact_id = p_contact AND t.id = r.ticket_id AND NOT t.restricted;
	PERFORM ticket_forget_place(p_contact);
	UPDATE tray SET note = NULL, raw = NULL, done_at = coalesce(done_at, v_now), done_by = coalesce(done_by, 'erased')
	WHERE contact_id = p_contact AND kind <> 'restricted';
	UPDATE tray SET raw = NULL WHERE kind = 'poison' AND position(convert_to(v_number, 'UTF8') IN raw) > 0;
	DELETE FROM delivery_report WHERE number = v_number;

	UPDATE contact SET number = 'erased-' || gen_random_uuid(), kind = 'invalid', language = NULL, language_chosen = false,
		stopped = false, news_stopped = false, warnings_stopped = false, blocked = false, helper = false, link_id = NULL,
		version = version + 1, nonsense_count = 0, nonsense_at = '-infinity', hour_start = '-infinity', hour_count = 0,
		callback_at = '-infinity', erased_at = v_now
	WHERE id = p_contact;
	RETURN true;
END $$;

-- A new contact for the number of one who was erased, to whom one last SMS goes; it has her hour's count, so that nobody
-- escapes the limit by being forgotten.  Returns its id.
CREATE OR REPLACE FUNCTION person_farewell(p_old contact)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
BEGIN
	INSERT INTO contact (number, kind, language, link_id, version, hour_start, hour_count, created_at)
	VALUES (p_old.number, p_old.kind, p_old.language, p_old.link_id, p_old.version + 1, p_old.hour_start, p_old.hour_count,
		city_now())
	RETURNING id INTO v_id;
	INSERT INTO farewell VALUES (v_id, city_now());
	RETURN v_id;
END $$;

-- Those to whom the last word has been said are erased: when it arrived, or an hour after it left, and after a day at the
-- latest.  Who wrote again stays, as the new person that she is.
CREATE OR REPLACE FUNCTION farewell_chores()
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_due_now();
	v farewell;
	v_back boolean;
BEGIN
	IF v_now IS NULL THEN
		RETURN;
	END IF;
	FOR v IN SELECT * FROM farewell ORDER BY contact_id LIMIT 500 LOOP
		v_back := EXISTS (SELECT FROM message WHERE contact_id = v.contact_id AND direction = 'in');
		CONTINUE WHEN NOT v_back AND v.at > v_now - interval '1 day' AND EXISTS (
			SELECT FROM message m WHERE m.contact_id = v.contact_id AND (m.state = 'queued'
				OR m.state IN ('sent', 'unknown') AND v.at > v_now - interval '1 hour'));
		UPDATE message SET reply_to = NULL WHERE contact_id = v.contact_id AND service = 'erase';
		IF NOT v_back THEN
			PERFORM person_erase(v.contact_id);
		END IF;
		DELETE FROM farewell WHERE contact_id = v.contact_id;
	END LOOP;
END $$;

-- What is left of erased persons until a day has passed, or their tickets are closed: digests of messages, parts, places;
-- and delivery reports that came for them afterwards.  p_since: the day on which this was last done.
CREATE OR REPLACE FUNCTION erased_chores(p_since date)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_day timestamptz := city_due_now() - interval '1 day';
BEGIN
	UPDATE message SET dedupe = NULL WHERE dedupe IS NOT NULL AND contact_id IN
		(SELECT id FROM contact WHERE erased_at BETWEEN v_day - interval '30 days' AND v_day);
	DELETE FROM part WHERE contact_id IN
		(SELECT id FROM contact WHERE erased_at BETWEEN v_day - interval '30 days' AND v_day);
	DELETE FROM delivery_report d WHERE d.message_id IS NULL AND d.received_at < v_day
		AND NOT EXISTS (SELECT FROM contact c WHERE c.number = d.number);
	PERFORM ticket_forget_place(c.id) FROM ticket t JOIN report r ON r.ticket_id = t.id JOIN contact c ON c.id = r.contact_id
	WHERE t.closed_at >= p_since AND c.erased_at IS NOT NULL;
END $$;

-- How long what is kept ---------------------------------------------------------------------------

-- The ids up to which a table was looked through in order, and which of the next p_limit are from before p_before.  What
-- a wrong clock stamped with a time to come is passed over.
CREATE OR REPLACE FUNCTION retention_window(p_table regclass, p_before timestamptz, p_limit integer,
	INOUT p_position bigint, OUT ids bigint[], OUT finished boolean)
LANGUAGE plpgsql AS $$
DECLARE
	v_seen integer;
	v_young bigint;
BEGIN
	EXECUTE format('SELECT count(*), min(id) FILTER (WHERE at >= $1 AND at <= city_now())'
		' FROM (SELECT id, at FROM %s WHERE id > $2 ORDER BY id LIMIT $3) w', p_table)
	INTO v_seen, v_young USING p_before, p_position, p_limit;
	EXECUTE format('SELECT coalesce(array_agg(id) FILTER (WHERE at < $1), ''{}''), coalesce(max(id), $2)'
		' FROM (SELECT id, at FROM %s WHERE id > $2 ORDER BY id LIMIT $3) w'
		' WHERE id < coalesce($4, 9223372036854775807)', p_table)
	INTO ids, p_position USING p_before, p_position, p_limit, v_young;
	finished := v_young IS NOT NULL OR v_seen < p_limit;
END $$;

-- Persons who have sent nothing since p_before, of the next p_limit contacts; those whom the office has registered or
-- blocked, and who have something open, stay.  One is some ten milliseconds' work, so few are erased at a time.
CREATE OR REPLACE FUNCTION retention_contacts(p_before timestamptz, p_limit integer, INOUT p_position bigint,
	OUT erased bigint, OUT finished boolean)
LANGUAGE plpgsql AS $$
DECLARE
	v_most CONSTANT integer := greatest(p_limit / 50, 1);
	v record;
	v_seen integer := 0;
BEGIN
	erased := 0;
	FOR v IN
		SELECT c.id, c.erased_at IS NULL AND c.kind = 'e164' AND NOT c.helper AND NOT c.blocked AND c.created_at < p_before
			AND NOT coalesce((SELECT m.at >= p_before FROM message m WHERE m.contact_id = c.id AND m.direction = 'in'
				ORDER BY m.id DESC LIMIT 1), false)
			AND NOT EXISTS (SELECT FROM ussd_session u WHERE u.contact_id = c.id AND u.stepped_at >= p_before)
			AND NOT EXISTS (SELECT FROM crew w WHERE w.phone = c.number)
			AND NOT EXISTS (SELECT FROM taxpayer_number n WHERE n.contact_id = c.id)
			AND NOT EXISTS (SELECT FROM subscription s WHERE s.contact_id = c.id AND NOT c.warnings_stopped)
			AND NOT EXISTS (SELECT FROM list_member m WHERE m.contact_id = c.id)
			AND NOT EXISTS (SELECT FROM officer o WHERE o.contact_id = c.id)
			AND NOT EXISTS (SELECT FROM gauge g WHERE g.contact_id = c.id)
			AND NOT EXISTS (SELECT FROM department d WHERE d.phone = c.number)
			AND NOT EXISTS (SELECT FROM setting s WHERE s.value = c.number)
			AND NOT EXISTS (SELECT FROM report r JOIN ticket t ON t.id = r.ticket_id
				WHERE r.contact_id = c.id AND ticket_is_open(t.state))
			AND NOT EXISTS (SELECT FROM tray t WHERE t.contact_id = c.id AND t.done_at IS NULL) AS old
		FROM contact c WHERE c.id > p_position ORDER BY c.id LIMIT p_limit
	LOOP
		v_seen := v_seen + 1;
		p_position := v.id;
		IF v.old AND person_erase(v.id) THEN
			erased := erased + 1;
		END IF;
		EXIT WHEN erased >= v_most;
	END LOOP;
	finished := v_seen < p_limit AND erased < v_most;
	IF finished THEN
		p_position := 0;
	END IF;
END $$;

-- One piece of one kind's turn: what is from before p_before, at most p_limit rows.
CREATE OR REPLACE FUNCTION retention_piece(p_kind text, p_before timestamptz, p_limit integer, INOUT p_position bigint,
	OUT erased bigint, OUT finished boolean)
LANGUAGE plpgsql AS $$
DECLARE
	v_ids bigint[];
BEGIN
	CASE p_kind
	WHEN 'messages' THEN
		SELECT w.p_position, w.ids, w.finished INTO p_position, v_ids, finished
		FROM retention_window('message', p_before, p_limit, p_position) w;
		UPDATE message SET body = NULL, octets = NULL, udh = NULL, smsc_time = NULL, dedupe = NULL
		WHERE id = ANY (v_ids) AND state IS DISTINCT FROM 'queued';
		GET DIAGNOSTICS erased = ROW_COUNT;
		DELETE FROM till_message WHERE message_id = ANY (v_ids);
		IF finished THEN
			DELETE FROM part WHERE dedupe IN (SELECT dedupe FROM part WHERE at < p_before LIMIT p_limit);
		END IF;
	WHEN 'words' THEN
		SELECT w.p_position, w.ids, w.finished INTO p_position, v_ids, finished
		FROM retention_window('report', p_before, p_limit, p_position) w;
		UPDATE report SET words = NULL, place = NULL WHERE id = ANY (v_ids);
		GET DIAGNOSTICS erased = ROW_COUNT;
	WHEN 'contacts' THEN
		SELECT r.p_position, r.erased, r.finished INTO p_position, erased, finished
		FROM retention_contacts(p_before, p_limit, p_position) r;
	WHEN 'delivery_reports' THEN
		DELETE FROM delivery_report WHERE dedupe IN
			(SELECT dedupe FROM delivery_report WHERE received_at < p_before LIMIT p_limit);
		GET DIAGNOSTICS erased = ROW_COUNT;
		finished := erased < p_limit;
	WHEN 'trays' THEN
		DELETE FROM tray WHERE id IN (SELECT id FROM tray WHERE done_at < p_before ORDER BY id LIMIT p_limit);
		GET DIAGNOSTICS erased = ROW_COUNT;
		finished := erased < p_limit;
	WHEN 'audit' THEN
		DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < p_before ORDER BY id LIMIT p_limit);
		GET DIAGNOSTICS erased = ROW_COUNT;
		finished := erased < p_limit;
	WHEN 'airtime' THEN
		DELETE FROM airtime WHERE id IN (SELECT id FROM airtime WHERE at < p_before ORDER BY at LIMIT p_limit);
		GET DIAGNOSTICS erased = ROW_COUNT;
		finished := erased < p_limit;
	WHEN 'ussd' THEN
		DELETE FROM ussd_session WHERE settled AND started_at < p_before
			AND id IN (SELECT id FROM ussd_session ORDER BY id LIMIT p_limit);
		GET DIAGNOSTICS erased = ROW_COUNT;
		finished := erased < p_limit;
	END CASE;
END $$;

-- Each minute a piece of what is not yet done today; of a kind with which today is done, a line of the audit tells how
-- much was erased, if anything was.
CREATE OR REPLACE FUNCTION retention_chores(p_limit integer)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_due_now();
	v_kinds CONSTANT text[] := '{messages,words,delivery_reports,contacts,trays,audit,ussd,airtime}';
	v_days CONSTANT integer[] := '{730,730,90,1095,365,3650,30,730}';
	v retention;
	v_piece record;
BEGIN
	IF v_now IS NULL THEN
		RETURN;
	END IF;
	INSERT INTO retention (kind) SELECT unnest(v_kinds || 'erased'::text) ON CONFLICT DO NOTHING;
	SELECT * INTO v FROM retention WHERE kind = 'erased';
	IF v.day <> v_now::date THEN
		PERFORM erased_chores(v.day);
		UPDATE retention SET day = v_now::date WHERE kind = 'erased';
	END IF;
	FOR i IN 1..cardinality(v_kinds) LOOP
		SELECT * INTO v FROM retention WHERE kind = v_kinds[i];
		CONTINUE WHEN v.day = v_now::date;
		SELECT * INTO v_piece FROM retention_piece(v.kind,
			v_now - make_interval(days => setting_int('keep_days.' || v.kind, v_days[i])), p_limit, v.position);
		UPDATE retention SET position = v_piece.p_position,
			erased = CASE WHEN v_piece.finished THEN 0 ELSE v.erased + v_piece.erased END,
			day = CASE WHEN v_piece.finished THEN v_now::date ELSE day END
		WHERE kind = v.kind;
		IF v_piece.finished AND v.erased + v_piece.erased > 0 THEN
			PERFORM audit_add('job', 'erased ' || v.kind, 'retention', (v.erased + v_piece.erased)::text);
		END IF;
	END LOOP;
END $$;

-- Each minute.  A clock that stands before what the database remembers decides nothing.
CREATE OR REPLACE FUNCTION person_chores()
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM farewell_chores();
	PERFORM retention_chores(1000);
END $$;
