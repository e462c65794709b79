-- SPDX-License-Identifier: GPL-3.0-or-later
-- correct: a report that was understood wrongly, and is put right by who sent it, a moment later.
--
-- Where it is its ticket's only one, the ticket becomes what she meant; where others reported it too, her report leaves it.
-- Either way it joins what is open for that container and kind already.  Whoever was told of a wrong job is told that it
-- is none.  The ticket's history says what it was.

-- Which report ---------------------------------------------------------------------------------------

-- The last report that somebody sent, her own or a helper's for another, or NULL.
CREATE OR REPLACE FUNCTION correct_last(p_contact bigint, p_helper boolean)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_own bigint := (SELECT id FROM report WHERE contact_id = p_contact AND helper_id IS NULL ORDER BY id DESC LIMIT 1);
BEGIN
	IF p_helper THEN
		RETURN greatest(v_own, (SELECT id FROM report WHERE helper_id = p_contact ORDER BY id DESC LIMIT 1));
	END IF;
	RETURN v_own;
END $$;

-- Does her NO mean what she filed last?  For so long, unless another question that YES and NO answer was asked of her since,
-- or is open.  Of what few may read nobody speaks.
CREATE OR REPLACE FUNCTION correct_may(p_contact bigint, p_helper boolean)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v report;
BEGIN
	SELECT * INTO v FROM report WHERE id = correct_last(p_contact, p_helper);
	RETURN v.at > v_now - interval '15 minutes'
		AND EXISTS (SELECT FROM ticket WHERE id = v.ticket_id AND service IN ('skip', 'complaint') AND NOT restricted)
		AND NOT EXISTS (SELECT FROM followup WHERE contact_id = p_contact
			AND (asked_at >= v.at OR answer IS NULL AND expires_at > v_now))
		AND coalesce(number_asked(p_contact) < v.at, true);
END $$;

-- Her reports of that last message, in the order in which they were filed.
CREATE OR REPLACE FUNCTION correct_reports(p_contact bigint)
RETURNS SETOF report
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v report;
BEGIN
	SELECT r.* INTO v FROM report r
	WHERE r.id = correct_last(p_contact, (SELECT helper FROM contact WHERE id = p_contact));
	RETURN QUERY SELECT r.* FROM report r JOIN ticket t ON t.id = r.ticket_id
		WHERE r.contact_id = v.contact_id AND r.message_id = v.message_id AND NOT t.restricted ORDER BY r.id;
END $$;

-- What is asked ---------------------------------------------------------------------------------------

-- What it is then; of several, which.  The answer is to these reports.
CREATE OR REPLACE FUNCTION correct_ask(p_reports bigint[], p_message bigint, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_service text;
BEGIN
	PERFORM session_ask(p_contact, 'correct', 'what',
		concat_ws(E'\x1f', 'offered', array_to_string(p_reports, ' ')), p_message);
	IF cardinality(p_reports) > 1 THEN
		RETURN ARRAY['ask_which', 'ask', 'what', 'text', (SELECT string_agg(facts_said('created',
				jsonb_strip_nulls(jsonb_build_object('reference', t.reference, 'container', t.container, 'place', t.place,
					'kind', '@' || coalesce('kind_' || t.kind, 'category_' || t.category)))), E'\x1d' ORDER BY r.id)
			FROM report r JOIN ticket t ON t.id = r.ticket_id WHERE r.id = ANY (p_reports))];
	END IF;
	v_service := (SELECT t.service FROM report r JOIN ticket t ON t.id = r.ticket_id WHERE r.id = p_reports[1]);
	RETURN ARRAY['ask_' || v_service, 'ask', 'what'];
END $$;

-- The one of several reports that a container's number names, or NULL.
CREATE OR REPLACE FUNCTION correct_named(p_reports bigint[], p_container text)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT r.id FROM report r JOIN ticket t ON t.id = r.ticket_id
		WHERE r.id = ANY (p_reports) AND t.container::text = p_container);
END $$;

-- What is meant ---------------------------------------------------------------------------------------

-- Where a place that she names lies, as the city knows it.
CREATE OR REPLACE FUNCTION correct_place(p_ticket ticket, p_place text)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_sure CONSTANT real := 0.5;
	v ticket := p_ticket;
	v_guess record;
BEGIN
	SELECT * INTO v_guess FROM place_guess(p_place) LIMIT 1;
	v.container := NULL;
	v.place := p_place;
	v.place_id := NULL;
	v.zone_id := NULL;
	IF v_guess.similarity >= v_sure THEN
		v.place_id := v_guess.place_id;
		v.zone_id := v_guess.zone_id;
		v.place := CASE WHEN v_guess.similarity < 1 THEN complaint_place_text(p_place, v_guess.name) ELSE p_place END;
	END IF;
	RETURN v;
END $$;

-- The ticket as she means it: what she does not name stays.  NULL when nothing of it is clear.
CREATE OR REPLACE FUNCTION correct_meant(p_ticket ticket, p_container container, p_fields jsonb)
RETURNS ticket
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_kind text := p_fields ->> 'kind';
	v_category text := p_fields ->> 'category';
	v_place text := nullif(trim(p_fields ->> 'place'), '');
	v ticket := p_ticket;
BEGIN
	-- A number alone chooses from what was offered, which is one of both.
	IF p_ticket.service = 'skip' AND v_kind IS NOT NULL THEN
		v_category := NULL;
	ELSIF p_ticket.service = 'complaint' AND v_category IS NOT NULL THEN
		v_kind := NULL;
	END IF;
	IF p_container.number IS NULL AND v_kind IS NULL AND v_category IS NULL AND v_place IS NULL THEN
		RETURN NULL;
	END IF;
	IF p_container.number IS NOT NULL THEN
		v.container := p_container.number;
		v.place_id := NULL;
		v.zone_id := p_container.zone_id;
		v.place := coalesce(p_container.place, (SELECT name FROM zone WHERE id = p_container.zone_id));
		v.kind := coalesce(v_kind, v.kind, 'full');
	ELSIF v_kind IS NOT NULL THEN
		v.kind := v_kind;
	ELSIF v_category IS NOT NULL THEN
		v.kind := NULL;
		v.container := NULL;
		v.category := v_category;
	END IF;
	IF v_place IS NOT NULL AND p_container.number IS NULL THEN
		v := correct_place(v, v_place);
	END IF;
	IF v.kind IS NOT NULL THEN
		v.service := 'skip';
		v.category := CASE v.kind WHEN 'drain' THEN 'drain' ELSE 'waste' END;
		v.crew_id := crew_for(v.container, v.zone_id);
	ELSE
		v.service := 'complaint';
		v.crew_id := NULL;
	END IF;
	v.urgent := v.kind IS NOT NULL AND skip_is_urgent(v.kind);
	v.incomplete := v.container IS NULL AND v.place IS NULL;
	v.department_id := (SELECT id FROM department WHERE v.category = ANY (categories) ORDER BY id LIMIT 1);
	RETURN v;
END $$;

-- A ticket in a few words of the register's own, for its history.
CREATE OR REPLACE FUNCTION correct_name(p_ticket ticket)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN concat_ws(' ', p_ticket.service, p_ticket.container, coalesce(p_ticket.kind, p_ticket.category));
END $$;

-- Who was told ----------------------------------------------------------------------------------------

-- Those who may have been told of a ticket: its crew, or its department, and those who hear of such dangers.
CREATE OR REPLACE FUNCTION correct_told(p_ticket ticket)
RETURNS SETOF bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint;
	v_phone text;
BEGIN
	IF p_ticket.service = 'skip' OR setting_text('digest_times', '') <> '' THEN
		v_contact := (SELECT phone_contact(phone, language) FROM crew WHERE id = p_ticket.crew_id);
		IF v_contact IS NULL THEN
			v_contact := department_contact(p_ticket.department_id);
		END IF;
		IF v_contact IS NOT NULL THEN
			RETURN NEXT v_contact;
		END IF;
	END IF;
	FOREACH v_phone IN ARRAY setting_list(CASE p_ticket.kind WHEN 'burning' THEN 'fire_phone'
			WHEN 'hazardous' THEN 'hazard_phone' END, '') LOOP
		RETURN NEXT contact_of(v_phone);
	END LOOP;
END $$;

-- It is no job: what was not yet said is not said, and who has heard of it hears that; at once, where what it is now is told
-- at once.
CREATE OR REPLACE FUNCTION correct_withdraw(p_ticket ticket, p_urgent boolean)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint;
BEGIN
	FOR v_contact IN SELECT DISTINCT t FROM correct_told(p_ticket) t LOOP
		DELETE FROM notice WHERE ticket_id = p_ticket.id AND contact_id = v_contact AND text_key LIKE 'crew\_%';
		IF NOT FOUND THEN
			PERFORM notice_add(v_contact, 'correct_withdrawn', ticket_job_values(p_ticket),
				CASE WHEN p_ticket.urgent OR p_urgent THEN 1 ELSE 3 END, 'crew', p_ticket.id);
		END IF;
	END LOOP;
END $$;

-- The change ------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION correct_noted(p_was ticket, p_is ticket)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO event (ticket_id, what, actor, note, at) VALUES (p_was.id, 'corrected', 'citizen',
		correct_name(p_was) || ' -> ' || CASE WHEN p_is.id = p_was.id THEN correct_name(p_is) ELSE p_is.reference END,
		city_now());
	PERFORM audit_add('citizen', 'ticket corrected', p_was.reference,
		correct_name(p_was) || ' -> ' || correct_name(p_is));
END $$;

-- Her report is the ticket's only one: the ticket becomes what she means.
CREATE OR REPLACE FUNCTION correct_in_place(p_was ticket, p_is ticket, p_report report, p_words text)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket := p_is;
BEGIN
	PERFORM correct_withdraw(p_was, p_is.urgent);
	UPDATE ticket SET service = v.service, category = v.category, kind = v.kind, container = v.container,
		place = v.place, place_id = v.place_id, zone_id = v.zone_id, crew_id = v.crew_id, department_id = v.department_id,
		urgent = v.urgent, incomplete = v.incomplete, due_at = ticket_due(v.category, v.kind, opened_at),
		reminded_at = NULL, escalated_at = NULL, changed_at = city_now()
	WHERE id = p_was.id RETURNING * INTO v;
	UPDATE report SET category = v.category, place = v.place, incomplete = v.incomplete, words = p_words
	WHERE id = p_report.id;
	PERFORM correct_noted(p_was, v);
	PERFORM ticket_danger(v);
	IF v.service = 'skip' THEN
		PERFORM ticket_job(v, 1);
	ELSE
		PERFORM department_news(v);
	END IF;
	RETURN v;
END $$;

-- Her report leaves the ticket, for the open one that it belongs to, or a new one.
CREATE OR REPLACE FUNCTION correct_moved(p_was ticket, p_is ticket, p_other ticket, p_report report, p_words text)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v_sender bigint := coalesce(p_report.helper_id, p_report.contact_id);
	v_left bigint;
	v ticket := p_other;
BEGIN
	DELETE FROM report WHERE id = p_report.id;
	IF v.id IS NOT NULL THEN
		PERFORM report_add(v, p_words, p_report.message_id, p_report.contact_id, v_sender);
		PERFORM ticket_job_counts(v.id, (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = v.id));
	ELSE
		v := ticket_open(p_is, p_words, p_report.message_id, p_report.contact_id, v_sender);
		IF v.service = 'skip' THEN
			PERFORM ticket_job(v, 1);
		END IF;
	END IF;
	PERFORM correct_noted(p_was, v);
	v_left := (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_was.id);
	IF v_left > 0 THEN
		PERFORM ticket_job_counts(p_was.id, v_left);
	ELSE
		PERFORM correct_withdraw(p_was, v.urgent);
		PERFORM ticket_change(p_was.id, 'duplicate', 'citizen', v.reference);
	END IF;
	RETURN v;
END $$;

CREATE OR REPLACE FUNCTION correct_said(p_ticket ticket)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_persons bigint := (SELECT count(DISTINCT contact_id) FROM report WHERE ticket_id = p_ticket.id);
BEGIN
	RETURN ARRAY[CASE WHEN p_ticket.container IS NULL THEN 'placed' WHEN v_persons > 1 THEN 'joined' ELSE 'done' END,
		'reference', p_ticket.reference, 'container', p_ticket.container::text,
		'kind', '@' || coalesce('kind_' || p_ticket.kind, 'category_' || p_ticket.category),
		'at', p_ticket.place, 'place', p_ticket.place, 'reports', v_persons::text,
		'since', to_char(p_ticket.opened_at, 'DD/MM')];
END $$;

-- Put one report right.
CREATE OR REPLACE FUNCTION correct_apply(p_report report, p_is ticket, p_words text)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_is ticket := p_is;
	v_was ticket;
	v_other ticket;
BEGIN
	SELECT * INTO v_was FROM ticket WHERE id = p_report.ticket_id FOR NO KEY UPDATE;
	IF v_is.container IS NOT NULL THEN
		PERFORM pg_advisory_xact_lock(hashtextextended('container:' || v_is.container, 0));
		SELECT * INTO v_other FROM ticket t WHERE t.container = v_is.container AND t.kind = v_is.kind
			AND t.state IN ('open', 'assigned', 'in_progress') AND t.id <> v_was.id FOR NO KEY UPDATE;
	END IF;
	IF v_other.id IS NULL
			AND NOT EXISTS (SELECT FROM report WHERE ticket_id = v_was.id AND id <> p_report.id) THEN
		v_is := correct_in_place(v_was, v_is, p_report, p_words);
	ELSE
		v_is := correct_moved(v_was, v_is, v_other, p_report, p_words);
	END IF;
	UPDATE tray SET done_at = city_now(), done_by = 'citizen'
	WHERE ticket_id = v_was.id AND kind = 'incomplete' AND done_at IS NULL AND v_is.zone_id IS NOT NULL;
	RETURN correct_said(v_is);
END $$;

-- Nothing is changed, and a person reads it.
CREATE OR REPLACE FUNCTION correct_unclear(p_ticket ticket, p_message bigint, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO tray (kind, contact_id, message_id, ticket_id, note, at)
	VALUES ('incomplete', p_contact, p_message, p_ticket.id, 'she says that it was understood wrongly: ' || p_ticket.reference,
		city_now());
	RETURN ARRAY['unclear', 'reference', p_ticket.reference, 'when', office_when()];
END $$;

-- What she wrote in all: the report's words, her NO, and her answer to what it is.
CREATE OR REPLACE FUNCTION correct_words(p_report report, p_message bigint, p_fields jsonb)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN concat_ws(E'\n', p_report.words, form_words(p_message, p_fields));
END $$;

-- Correct this report as the form says.
CREATE OR REPLACE FUNCTION correct_report(p_report report, p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_was ticket;
	v_is ticket;
	v_container container;
	v_said bigint := coalesce((p_fields ->> 'answer')::bigint, p_message);
	v_words text := correct_words(p_report, p_message, p_fields);
BEGIN
	SELECT * INTO v_was FROM ticket WHERE id = p_report.ticket_id;
	PERFORM ticket_lock(v_was);
	SELECT * INTO v_was FROM ticket WHERE id = p_report.ticket_id;
	IF v_was.state <> 'open' THEN
		RETURN correct_unclear(v_was, v_said, p_contact); -- somebody works on it
	ELSIF complaint_is_restricted(coalesce(p_fields ->> 'category', '')) THEN
		PERFORM correct_unclear(v_was, v_said, p_contact);
		PERFORM complaint_restricted(p_fields ->> 'category', p_fields ->> 'place', v_words, p_report.message_id,
			p_report.contact_id, p_contact);
		RETURN ARRAY['neutral'];
	ELSIF p_fields ? 'container' THEN
		SELECT * INTO v_container FROM container WHERE number = (p_fields ->> 'container')::integer;
		IF NOT FOUND THEN
			RETURN ARRAY['unknown_container', 'container', p_fields ->> 'container', 'reference', v_was.reference,
				'what', ticket_what(v_was, p_report.contact_id)];
		END IF;
	END IF;
	v_is := correct_meant(v_was, v_container, p_fields);
	IF v_is.id IS NULL THEN
		RETURN correct_unclear(v_was, v_said, p_contact);
	ELSIF (v_is.service, v_is.container, v_is.kind, v_is.category, v_is.place)
			IS NOT DISTINCT FROM (v_was.service, v_was.container, v_was.kind, v_was.category, v_was.place) THEN
		RETURN ARRAY['same', 'reference', v_was.reference, 'what', ticket_what(v_was, p_report.contact_id)];
	END IF;
	RETURN correct_apply(p_report, v_is, v_words);
END $$;

CREATE OR REPLACE FUNCTION service_correct(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_reports bigint[] := string_to_array(p_fields ->> 'offered', ' ');
	v_answered boolean := p_fields ? 'answer';
	v_named bigint;
	v_ticket ticket;
	v report;
BEGIN
	IF v_reports IS NULL THEN
		v_reports := ARRAY(SELECT id FROM correct_reports(p_contact));
	END IF;
	SELECT * INTO v FROM report WHERE id = ANY (v_reports) AND p_contact IN (contact_id, helper_id) ORDER BY id LIMIT 1;
	IF NOT FOUND THEN
		PERFORM tray_add('incomplete', p_contact, p_message, 'she says that something was understood wrongly');
		RETURN ARRAY['kept'];
	ELSIF cardinality(v_reports) > 1 THEN
		v_named := correct_named(v_reports, p_fields ->> 'container');
		IF v_named IS NULL AND NOT v_answered THEN
			RETURN correct_ask(v_reports, p_message, p_contact);
		ELSIF v_named IS NULL THEN
			SELECT * INTO v_ticket FROM ticket WHERE id = v.ticket_id;
			RETURN correct_unclear(v_ticket, (p_fields ->> 'answer')::bigint, p_contact);
		END IF;
		SELECT * INTO v FROM report WHERE id = v_named;
	ELSIF NOT v_answered AND NOT p_fields ?| ARRAY['container', 'kind', 'category', 'place'] THEN
		RETURN correct_ask(v_reports, p_message, p_contact);
	END IF;
	RETURN correct_report(v, p_message, p_contact, p_fields);
END $$;
