-- SPDX-License-Identifier: GPL-3.0-or-later
-- confirm: the answers to "is it fixed?".  YES is counted; NO in time opens the ticket again.

-- Questions put to a contact, the last about each ticket, newest first: of the last two weeks, so that who answers
-- twice or too late is told what became of it.
CREATE OR REPLACE FUNCTION followup_of(p_contact bigint)
RETURNS SETOF followup
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT f.* FROM (
		SELECT DISTINCT ON (f.ticket_id) f.* FROM followup f
		WHERE f.contact_id = p_contact AND f.expires_at > city_now() - interval '14 days'
		ORDER BY f.ticket_id, f.asked_at DESC) f
	ORDER BY f.asked_at DESC, f.ticket_id DESC;
END $$;

-- The one that she means by a reference or a container's number, if it is one of hers.
CREATE OR REPLACE FUNCTION followup_named(p_contact bigint, p_name text)
RETURNS followup
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v followup;
BEGIN
	SELECT f.* INTO v FROM followup_of(p_contact) f
	WHERE EXISTS (SELECT FROM ticket t WHERE t.reference = p_name AND t.id = ANY (ticket_family(f.ticket_id)))
		OR EXISTS (SELECT FROM ticket t WHERE t.id = f.ticket_id AND t.container::text = p_name)
	ORDER BY f.answer IS NULL DESC, f.asked_at DESC LIMIT 1;
	RETURN v;
END $$;

-- Which one, of the three newest?  What she said already is carried from the question to its answer.
CREATE OR REPLACE FUNCTION confirm_ask(p_message bigint, p_contact bigint, p_answer text)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_names CONSTANT text[] := '{one,two,three}';
	v_offered text := p_answer;
	v_values text[] := '{}';
	v_count integer := 0;
	v ticket;
BEGIN
	FOR v IN
		SELECT t.* FROM followup_of(p_contact) WITH ORDINALITY AS f JOIN ticket t ON t.id = f.ticket_id
		WHERE f.answer IS NULL AND f.expires_at > city_now() ORDER BY f.ordinality LIMIT 3
	LOOP
		v_count := v_count + 1;
		v_offered := v_offered || ' ' || v.reference;
		v_values := v_values || ARRAY[v_names[v_count], ticket_what(v, p_contact)];
	END LOOP;
	PERFORM session_ask(p_contact, 'confirm', 'reference',
		concat_ws(E'\x1f', 'answer', p_answer, 'offered', v_offered), p_message);
	RETURN ARRAY[CASE v_count WHEN 2 THEN 'which' ELSE 'which_of_three' END, 'ask', 'reference'] || v_values;
END $$;

-- An answer for which the time is over: she is told what to do, and a person reads what she said.
CREATE OR REPLACE FUNCTION confirm_late(p_ticket ticket, p_message bigint, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tray_add('incomplete', p_contact, p_message, 'an answer too late: ' || p_ticket.reference);
	RETURN ARRAY['late', 'reference', p_ticket.reference, 'what', ticket_what(p_ticket, p_contact)];
END $$;

-- She says that it is not fixed: the ticket, or that which it was found to be the same as, is opened again; or it is open
-- already; or her word joins another that is open for the same container and kind.  Too late it opens nothing.
DROP FUNCTION IF EXISTS confirm_no(bigint, bigint, bigint);
CREATE OR REPLACE FUNCTION confirm_no(p_ticket bigint, p_message bigint, p_contact bigint, p_late boolean)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
	v_other ticket;
BEGIN
	SELECT * INTO v FROM ticket WHERE id = ticket_root(p_ticket);
	PERFORM ticket_lock(v);
	SELECT * INTO v FROM ticket WHERE id = v.id FOR NO KEY UPDATE;
	IF ticket_is_open(v.state) THEN
		INSERT INTO event (ticket_id, what, actor, at) VALUES (v.id, 'not_fixed', 'citizen', city_now());
		RETURN ARRAY[CASE WHEN v.id = p_ticket THEN 'no_again' ELSE 'no_joined' END,
			'reference', v.reference, 'what', ticket_what(v, p_contact)];
	ELSIF v.state NOT IN ('fixed', 'archived') THEN
		PERFORM tray_add('incomplete', p_contact, p_message, 'not fixed, says who was asked: ' || v.reference);
		RETURN ARRAY['noted', 'reference', v.reference, 'what', ticket_what(v, p_contact), 'when', office_when()];
	END IF;
	SELECT * INTO v_other FROM ticket t WHERE t.container = v.container AND t.kind = v.kind AND ticket_is_open(t.state);
	IF v_other.id IS NULL THEN
		IF p_late THEN
			RETURN confirm_late(v, p_message, p_contact);
		END IF;
		PERFORM ticket_change(v.id, 'open', 'citizen', NULL);
		PERFORM ticket_job(v.id);
		RETURN ARRAY['no', 'reference', v.reference, 'what', ticket_what(v, p_contact)];
	END IF;
	IF NOT EXISTS (SELECT FROM report WHERE ticket_id = v_other.id AND contact_id = p_contact) THEN
		PERFORM report_add(v_other, NULL, p_message, p_contact);
	END IF;
	INSERT INTO event (ticket_id, what, actor, note, at)
	VALUES (v_other.id, 'not_fixed', 'citizen', v.reference, city_now());
	RETURN ARRAY['no_joined', 'reference', v_other.reference, 'what', ticket_what(v_other, p_contact)];
END $$;

-- Her answer about one of them.
CREATE OR REPLACE FUNCTION confirm_decide(p_followup followup, p_yes boolean, p_message bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_late boolean := p_followup.expires_at <= v_now;
	v ticket;
BEGIN
	IF NOT v_late THEN
		UPDATE followup SET answer = p_yes, answered_at = v_now
		WHERE ticket_id = p_followup.ticket_id AND contact_id = p_followup.contact_id AND asked_at = p_followup.asked_at;
	END IF;
	IF NOT p_yes THEN
		RETURN confirm_no(p_followup.ticket_id, p_message, p_followup.contact_id, v_late);
	END IF;
	SELECT * INTO v FROM ticket WHERE id = p_followup.ticket_id;
	IF v_late THEN
		RETURN confirm_late(v, p_message, p_followup.contact_id);
	END IF;
	RETURN ARRAY['yes', 'reference', v.reference, 'what', ticket_what(v, p_followup.contact_id)];
END $$;

CREATE OR REPLACE FUNCTION service_confirm(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_offered text[] := string_to_array(p_fields ->> 'offered', ' ');
	v_name text := p_fields ->> 'reference';
	v_answer text := coalesce(v_offered[1], p_fields ->> 'answer');
	v_open integer;
	v followup;
BEGIN
	IF coalesce(v_name, '') = '' AND v_answer IS NOT NULL AND number_asked(p_contact) > coalesce((SELECT max(f.asked_at)
			FROM followup_of(p_contact) f WHERE f.answer IS NULL AND f.expires_at > city_now()), '-infinity') THEN
		RETURN number_answer(p_contact, v_answer = 'yes');
	END IF;
	-- A number chooses among what was offered.
	IF v_name ~ '^[1-9]$' AND v_offered[v_name::integer + 1] IS NOT NULL THEN
		v_name := v_offered[v_name::integer + 1];
	END IF;
	IF v_name <> '' THEN
		v := followup_named(p_contact, v_name);
	ELSE
		SELECT count(*) INTO v_open FROM followup_of(p_contact) f WHERE f.answer IS NULL AND f.expires_at > city_now();
		IF v_open > 1 AND NOT p_fields ? 'final' THEN
			RETURN confirm_ask(p_message, p_contact, v_answer);
		ELSIF v_open < 2 THEN
			SELECT f.* INTO v FROM followup_of(p_contact) f
			ORDER BY f.answer IS NULL AND f.expires_at > city_now() DESC, f.asked_at DESC LIMIT 1;
		END IF;
	END IF;
	IF v.ticket_id IS NULL OR v_answer IS NULL THEN
		PERFORM tray_add('incomplete', p_contact, p_message, 'is it fixed? ' || coalesce(v_answer, '') || ', but which is not clear');
		RETURN ARRAY['unclear', 'when', office_when()];
	END IF;
	RETURN confirm_decide(v, v_answer = 'yes', p_message);
END $$;
