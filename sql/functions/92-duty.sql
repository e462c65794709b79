-- SPDX-License-Identifier: GPL-3.0-or-later
-- duty: who is woken when a human must act at once, in which order, and who has it.
--
-- A call is a row of duty_call: one a reference, that of a ticket (SOS) or of an alert (which a gauge drafted, say).  The
-- officers of role `duty` are woken one after the other by SMS of priority 0, at night too: the first at once, the next each
-- `duty_minutes` (5) while nobody has taken it.  Any of them takes it from her registered phone with VU <reference> (the
-- service `taken`), woken or not yet; those who were woken hear who has it, and so do the citizens of its ticket.  When the
-- last one was given her minutes too, the administrator hears it, and they do.  It can still be taken then.
--
-- All of it is in the table: who dies in between continues where it was.  City time decides; a clock that was put back
-- makes nobody wait longer than duty_minutes.
--
-- What others call:
--   duty_wake(kind, reference, ticket, alert, text_key, values) -> boolean
--                  Wakes the first officer, in the caller's transaction.  kind: sos | gauge | alert; ticket or alert may be NULL;
--                  text_key, values: what officers are told, the caller's own text (it should name VU and the reference).
--                  For a reference that has its call already nobody is woken again: from now on the next ones hear these
--                  words.  false: there is no duty officer, which the administrator and the citizens are told at once.
--   duty_more(reference, text_key, values) -> void
--                  Something more is known (where she is, how many they are): said to who has it, else to all who were woken.
--   duty_state(ticket) -> text
--                  waking | taken | nobody; NULL: it has no call.  For the reply to who asks, or joins it later.
--   duty_due() -> integer
--                  Takes the steps that are due; how many.  By gateway/alerts.c, on any node, when the time comes.
--   duty_next() -> double precision
--                  Seconds until the next step, 0 or less when it is due; NULL: there is none.  `baraza_alert` is notified when
--                  that changes.
--   duty_take(contact, reference, OUT outcome, OUT name, OUT officer, OUT since, OUT ticket)
--                  See there.
-- Texts of the service `sos` that are said to all who reported its ticket: sos_taken {reference}, sos_nobody {reference}.
-- A ticket that is closed, or an alert that is drafted no more, needs nobody: its call ends in silence.

-- The chain, in its order.
CREATE OR REPLACE FUNCTION duty_officers()
RETURNS SETOF officer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT o.* FROM officer o JOIN contact c ON c.id = o.contact_id
	WHERE o.active AND 'duty' = ANY (o.roles) AND c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL
	ORDER BY o.duty NULLS LAST, o.name;
END $$;

CREATE OR REPLACE FUNCTION duty_patience()
RETURNS interval
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN make_interval(mins => setting_int('duty_minutes', 5));
END $$;

-- Must still somebody come?
CREATE OR REPLACE FUNCTION duty_is_needed(p_call duty_call)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN p_call.ticket_id IS NOT NULL
			THEN (SELECT ticket_is_open(state) FROM ticket WHERE id = p_call.ticket_id)
		WHEN p_call.alert_id IS NOT NULL
			THEN (SELECT state IN ('composing', 'draft') FROM alert WHERE id = p_call.alert_id)
		ELSE true END;
END $$;

-- Those who reported its ticket hear what becomes of it, each once, under the reference that she was given.
CREATE OR REPLACE FUNCTION duty_tell_citizens(p_call duty_call, p_key text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM notice_add(a.contact_id, p_key, ARRAY['reference', a.reference], 0, 'sos', p_call.ticket_id)
	FROM (SELECT DISTINCT ON (c.id) c.id AS contact_id, t.reference
		FROM ticket t JOIN report r ON r.ticket_id = t.id JOIN contact c ON c.id = r.contact_id
		WHERE t.id = ANY (ticket_family(p_call.ticket_id))
			AND c.kind = 'e164' AND c.erased_at IS NULL -- no block bars a call for help
		ORDER BY c.id, t.id = p_call.ticket_id DESC, r.id DESC) a;
END $$;

-- Nobody is left who could be woken.
CREATE OR REPLACE FUNCTION duty_nobody(p_call duty_call)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_administrator bigint := phone_contact(setting_text('administrator', ''), NULL);
BEGIN
	UPDATE duty_call SET next_at = NULL, nobody_at = city_now() WHERE id = p_call.id;
	IF v_administrator IS NOT NULL THEN
		PERFORM notice_add(v_administrator, 'duty_nobody', ARRAY['reference', p_call.reference,
			'count', cardinality(p_call.woken)::text, 'kind', '@duty_kind_' || p_call.kind], 0, 'taken');
	END IF;
	IF p_call.kind = 'sos' THEN
		PERFORM duty_tell_citizens(p_call, 'sos_nobody');
	END IF;
	PERFORM audit_add('duty', 'duty nobody', p_call.reference, NULL);
END $$;

-- Wake the next one, or, when all were woken, say so.
CREATE OR REPLACE FUNCTION duty_step(p_call duty_call)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer;
BEGIN
	SELECT * INTO v_officer FROM duty_officers() o WHERE o.id <> ALL (p_call.woken)
	ORDER BY o.duty NULLS LAST, o.name LIMIT 1;
	IF NOT FOUND THEN
		PERFORM duty_nobody(p_call);
		RETURN false;
	END IF;
	UPDATE duty_call SET woken = woken || v_officer.id, next_at = city_now() + duty_patience() WHERE id = p_call.id;
	PERFORM notice_add(v_officer.contact_id, p_call.text_key, p_call.values, 0, 'taken');
	PERFORM audit_add('duty', 'duty woken', p_call.reference, v_officer.name);
	RETURN true;
END $$;

CREATE OR REPLACE FUNCTION duty_wake(p_kind text, p_reference text, p_ticket bigint, p_alert bigint, p_text_key text,
	p_values text[])
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v_call duty_call;
BEGIN
	INSERT INTO duty_call (kind, reference, ticket_id, alert_id, text_key, values, at)
	VALUES (p_kind, p_reference, p_ticket, p_alert, p_text_key, p_values, city_now())
	ON CONFLICT (reference) DO NOTHING RETURNING * INTO v_call;
	IF NOT FOUND THEN
		UPDATE duty_call SET text_key = p_text_key, values = p_values WHERE reference = p_reference
		RETURNING * INTO v_call;
		RETURN cardinality(v_call.woken) > 0;
	END IF;
	NOTIFY baraza_alert;
	RETURN duty_step(v_call);
END $$;

CREATE OR REPLACE FUNCTION duty_more(p_reference text, p_text_key text, p_values text[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM notice_add(o.contact_id, p_text_key, p_values, 0, 'taken')
	FROM duty_call d
	JOIN officer o ON CASE WHEN d.taken_by IS NULL THEN o.id = ANY (d.woken) ELSE o.id = d.taken_by END
	JOIN contact c ON c.id = o.contact_id
	WHERE d.reference = p_reference AND NOT c.blocked AND c.erased_at IS NULL;
END $$;

CREATE OR REPLACE FUNCTION duty_state(p_ticket bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT CASE WHEN taken_by IS NOT NULL THEN 'taken' WHEN nobody_at IS NOT NULL THEN 'nobody' ELSE 'waking' END
		FROM duty_call WHERE ticket_id = ticket_root(p_ticket));
END $$;

CREATE OR REPLACE FUNCTION duty_due()
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_patience interval := duty_patience();
	v_call duty_call;
	v_count integer := 0;
BEGIN
	UPDATE duty_call SET next_at = v_now + v_patience WHERE next_at > v_now + v_patience; -- the clock was put back
	FOR v_call IN SELECT * FROM duty_call WHERE next_at <= v_now ORDER BY next_at, id FOR UPDATE SKIP LOCKED LOOP
		IF duty_is_needed(v_call) THEN
			PERFORM duty_step(v_call);
		ELSE
			UPDATE duty_call SET next_at = NULL WHERE id = v_call.id;
		END IF;
		v_count := v_count + 1;
	END LOOP;
	RETURN v_count;
END $$;

CREATE OR REPLACE FUNCTION duty_next()
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN extract(epoch FROM least((SELECT min(next_at) FROM duty_call WHERE next_at IS NOT NULL) - city_now(),
		CASE WHEN EXISTS (SELECT FROM duty_call WHERE next_at IS NOT NULL) THEN duty_patience() END));
END $$;

-- An officer takes the call of a reference; p_reference NULL: the one call that nobody has, if it is one.
--   outcome  taken | mine (she has it already) | has (another has it: officer, since) | closed (needs nobody any more) |
--            unknown | no_duty (she is no duty officer) | none | which (name: the references of those that nobody has)
--   name     the call's reference; ticket: its ticket, or NULL
DROP FUNCTION IF EXISTS duty_take;
CREATE FUNCTION duty_take(p_contact bigint, p_reference text, OUT outcome text, OUT name text, OUT officer text,
	OUT since timestamptz, OUT ticket bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer;
	v_call duty_call;
	v_open text[];
BEGIN
	SELECT * INTO v_officer FROM duty_officers() o WHERE o.contact_id = p_contact;
	IF NOT FOUND THEN
		outcome := 'no_duty';
		RETURN;
	END IF;
	IF p_reference IS NULL THEN
		v_open := ARRAY(SELECT d.reference FROM duty_call d WHERE d.taken_by IS NULL AND duty_is_needed(d)
			AND d.at > city_now() - interval '1 day' ORDER BY d.id DESC LIMIT 8);
		IF cardinality(v_open) <> 1 THEN
			outcome := CASE cardinality(v_open) WHEN 0 THEN 'none' ELSE 'which' END;
			name := array_to_string(v_open, ', ');
			RETURN;
		END IF;
	END IF;
	SELECT * INTO v_call FROM duty_call d
	WHERE d.reference = coalesce(p_reference, v_open[1]) OR d.ticket_id = ticket_root(ticket_by_reference(p_reference))
	ORDER BY d.id LIMIT 1 FOR UPDATE;
	IF NOT FOUND THEN
		outcome := 'unknown';
		name := p_reference;
		RETURN;
	END IF;
	name := v_call.reference;
	ticket := v_call.ticket_id;
	officer := coalesce((SELECT o.name FROM officer o WHERE o.id = v_call.taken_by), v_officer.name);
	since := coalesce(v_call.taken_at, city_now());
	outcome := CASE WHEN v_call.taken_by = v_officer.id THEN 'mine' WHEN v_call.taken_by IS NOT NULL THEN 'has'
		WHEN NOT duty_is_needed(v_call) THEN 'closed' ELSE 'taken' END;
	IF outcome = 'taken' THEN
		PERFORM duty_taken(v_call, v_officer);
	END IF;
END $$;

-- She has it: the others who were woken, and the citizens, hear so.
CREATE OR REPLACE FUNCTION duty_taken(p_call duty_call, p_officer officer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE duty_call SET taken_by = p_officer.id, taken_at = city_now(), next_at = NULL WHERE id = p_call.id;
	PERFORM notice_add(o.contact_id, 'duty_taken', ARRAY['reference', p_call.reference, 'officer', p_officer.name], 0, 'taken')
	FROM officer o JOIN contact c ON c.id = o.contact_id
	WHERE o.id = ANY (p_call.woken) AND o.id <> p_officer.id AND NOT c.blocked AND c.erased_at IS NULL;
	IF p_call.ticket_id IS NOT NULL THEN
		PERFORM ticket_change(p_call.ticket_id, 'in_progress', 'officer ' || p_officer.name, NULL);
	END IF;
	IF p_call.kind = 'sos' THEN
		PERFORM duty_tell_citizens(p_call, 'sos_taken');
	END IF;
	PERFORM audit_add(p_officer.name, 'duty taken', p_call.reference, NULL);
END $$;
