-- SPDX-License-Identifier: GPL-3.0-or-later
-- news: what is said of a ticket after the first reply: to those who reported it what became of it, and to some of
-- them whether it is fixed; to departments what is new, due and overdue.  Nothing of restricted ones, to nobody.

-- Where a ticket is, as it is said to this person: in her own words who opened it, in those of her own report who joined it, to
-- anybody else by the city's own names.  Nobody reads another's words.
CREATE OR REPLACE FUNCTION ticket_where_to(p_ticket ticket, p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_place text;
BEGIN
	IF p_contact = (SELECT contact_id FROM report WHERE ticket_id = p_ticket.id ORDER BY id LIMIT 1) THEN
		RETURN coalesce(p_ticket.place, '');
	ELSIF p_contact IS NOT NULL THEN
		v_place := (SELECT place FROM report WHERE contact_id = p_contact AND ticket_id = ANY (ticket_family(p_ticket.id))
			ORDER BY ticket_id = p_ticket.id DESC, id DESC LIMIT 1);
		p_ticket.state := 'open'; -- what a clerk gave a crew is for that crew
	END IF;
	RETURN coalesce(v_place, ticket_where(p_ticket));
END $$;

-- What a ticket is about, a value of the texts that speak of it to this person; NULL: to the city's own people.
DROP FUNCTION IF EXISTS ticket_what(ticket);
CREATE OR REPLACE FUNCTION ticket_what(p_ticket ticket, p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_ticket.container IS NOT NULL THEN
		RETURN array_to_string(ARRAY['@what_skip', 'container', p_ticket.container::text], E'\x1e');
	END IF;
	RETURN array_to_string(ARRAY['@what_place', 'kind', '@' || coalesce('kind_' || p_ticket.kind, 'category_' || p_ticket.category),
		'place', ticket_where_to(p_ticket, p_contact)], E'\x1e');
END $$;

-- Reporters ---------------------------------------------------------------------------------------

-- A ticket and those that were closed as its duplicates, and theirs.
DROP FUNCTION IF EXISTS ticket_family;
CREATE FUNCTION ticket_family(p_ticket bigint)
RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		WITH RECURSIVE family (id) AS (
			SELECT p_ticket
			UNION
			SELECT d.id FROM family f JOIN event e ON e.ticket_id = f.id AND e.what = 'merged'
			JOIN ticket d ON d.reference = e.note AND d.state = 'duplicate'
		)
		SELECT id FROM family);
END $$;

-- Who hears of a ticket: each person once, however many reports are hers, in the order in which they reported.
--   reference  that she was given: of this ticket, or of a duplicate
--   told       SMS that she had about it, beside the reply
--   p_family   ticket_family()
DROP FUNCTION IF EXISTS ticket_audience;
CREATE FUNCTION ticket_audience(p_ticket bigint, p_family bigint[])
RETURNS TABLE (contact_id bigint, reference text, told smallint, nth bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT c.id, (array_agg(t.reference ORDER BY t.id = p_ticket DESC, r.id DESC))[1], max(r.told),
		row_number() OVER (ORDER BY min(r.id))
	FROM ticket t JOIN report r ON r.ticket_id = t.id JOIN contact c ON c.id = r.contact_id
	WHERE t.id = ANY (p_family)
		AND c.kind = 'e164' AND NOT c.blocked AND NOT c.news_stopped AND c.erased_at IS NULL
	GROUP BY c.id;
END $$;

-- What was to be said of a ticket and has not been is no news any more.  What is just being said, is said.
CREATE OR REPLACE FUNCTION news_unsay(p_ticket bigint, p_closed boolean)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_family bigint[] := ticket_family(p_ticket);
	v_row record;
BEGIN
	FOR v_row IN
		DELETE FROM notice n USING (
			SELECT id FROM notice WHERE ticket_id = p_ticket AND (text_key LIKE 'news\_%'
				OR p_closed AND (text_key LIKE 'department\_%' OR text_key LIKE 'crew\_%'))
			FOR UPDATE SKIP LOCKED) u
		WHERE n.id = u.id RETURNING n.contact_id, n.text_key
	LOOP
		IF v_row.text_key LIKE 'news\_%' THEN
			UPDATE report SET told = told - 1 WHERE contact_id = v_row.contact_id AND told > 0
				AND ticket_id = ANY (v_family);
		END IF;
		IF v_row.text_key = 'news_fixed_ask' THEN
			DELETE FROM followup WHERE ticket_id = p_ticket AND contact_id = v_row.contact_id
				AND answer IS NULL AND expires_at > city_now();
		END IF;
	END LOOP;
END $$;

-- From now on her YES or NO is about this ticket; an older question about it, if she left one open, no longer is.
CREATE OR REPLACE FUNCTION followup_ask(p_ticket bigint, p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE followup SET expires_at = v_now
	WHERE ticket_id = p_ticket AND contact_id = p_contact AND answer IS NULL AND expires_at > v_now;
	INSERT INTO followup (ticket_id, contact_id, asked_at, expires_at)
	VALUES (p_ticket, p_contact, v_now,
		quiet_until(v_now) + make_interval(hours => setting_int('followup_hours', 72)));
END $$;

-- A ticket came into a state: each of its reporters is told once, where that state is one of those that are told, and
-- she has not had her share of SMS.  Of those who hear that it is fixed, some are asked whether it is: who reported it
-- first, and others by lot.  Archived is no news.  A duplicate of what is closed already is as that is: nothing would be
-- said of that later.
CREATE OR REPLACE FUNCTION ticket_news(p_ticket bigint, p_state text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_said text := p_state;
	v ticket;
	v_root ticket;
	v_row record;
	v_family bigint[];
	v_to_ask integer := CASE p_state WHEN 'fixed' THEN setting_int('followup_asked', 3) ELSE 0 END;
	v_asked boolean;
BEGIN
	PERFORM news_unsay(p_ticket, NOT ticket_is_open(p_state));
	SELECT * INTO v FROM ticket WHERE id = p_ticket;
	IF p_state = 'duplicate' THEN
		SELECT * INTO v_root FROM ticket WHERE id = ticket_root(p_ticket);
		IF NOT ticket_is_open(v_root.state) THEN
			v_said := v_root.state;
			v.reason := v_root.reason;
		END IF;
	END IF;
	IF v.restricted OR v_said = 'archived' OR v_said <> ALL (setting_list('news_states', 'fixed refused')) THEN
		RETURN;
	END IF;
	v_family := ticket_family(p_ticket);
	FOR v_row IN
		SELECT a.* FROM ticket_audience(p_ticket, v_family) a WHERE a.told < setting_int('sms_per_ticket', 4)
		ORDER BY a.nth > 1, hashint8extended(a.contact_id, p_ticket)
	LOOP
		v_asked := v_to_ask > 0;
		v_to_ask := v_to_ask - v_asked::integer;
		IF v_asked THEN
			PERFORM followup_ask(p_ticket, v_row.contact_id);
		END IF;
		PERFORM notice_add(v_row.contact_id, 'news_' || v_said || CASE WHEN v_asked THEN '_ask' ELSE '' END,
			ARRAY['what', ticket_what(v, v_row.contact_id), 'reference', v_row.reference,
				'text', coalesce(nullif(v.reason, ''), '-')],
			4, v.service, p_ticket);
		UPDATE report SET told = told + 1
		WHERE contact_id = v_row.contact_id AND ticket_id = ANY (v_family);
	END LOOP;
END $$;

-- Opened again ------------------------------------------------------------------------------------

-- What the form of a skip locks: nobody opens a ticket of this container meanwhile.
CREATE OR REPLACE FUNCTION ticket_lock(p_ticket ticket)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_ticket.container IS NOT NULL THEN
		PERFORM pg_advisory_xact_lock(hashtextextended('container:' || p_ticket.container, 0));
	END IF;
END $$;

-- Departments -------------------------------------------------------------------------------------

-- A complaint is its department's job, which hears of it at the times of digests, if the city has such times.
CREATE OR REPLACE FUNCTION department_news(p_ticket ticket)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_ticket.service = 'complaint' AND EXISTS (SELECT FROM setting WHERE name = 'digest_times' AND value <> '') THEN
		PERFORM ticket_job(p_ticket.id);
	END IF;
END $$;

-- Of one ticket's being due: an item of the digest.  It is said to nobody when there is no such phone.
CREATE OR REPLACE FUNCTION due_tell(p_ticket ticket, p_contact bigint, p_digest text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_contact IS NOT NULL THEN
		PERFORM notice_add(p_contact, 'department_item', ARRAY['what', ticket_what(p_ticket, NULL),
				'reference', p_ticket.reference, 'since', to_char(p_ticket.due_at, 'DD/MM')],
			4, p_ticket.service, p_ticket.id, NULL, p_digest);
	END IF;
END $$;

-- Until when what is due is reminded of now: so long before, and earlier where that is on days on which nobody is at the
-- office; NULL on such a day.
CREATE OR REPLACE FUNCTION due_horizon(p_at timestamptz, p_before interval)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_closed integer := 0;
BEGIN
	IF NOT office_is_open_on(p_at::date) THEN
		RETURN NULL;
	END IF;
	FOR i IN 1..366 LOOP
		EXIT WHEN office_is_open_on(p_at::date + i);
		v_closed := i;
	END LOOP;
	RETURN p_at + p_before + make_interval(days => v_closed);
END $$;

-- Each minute: departments are reminded of what is soon due, and whoever watches over them is told of what is overdue,
-- of each ticket once.
CREATE OR REPLACE FUNCTION ticket_chores()
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_due_now();
	v_soon timestamptz;
	v_escalation bigint;
	v ticket;
BEGIN
	IF v_now IS NULL THEN
		RETURN;
	END IF;
	v_soon := due_horizon(v_now, make_interval(hours => setting_int('due_reminder_hours', 24)));
	v_escalation := phone_contact(setting_text('escalation_phone', ''), NULL);
	FOR v IN
		UPDATE ticket SET reminded_at = v_now
		WHERE state IN ('open', 'assigned', 'in_progress') AND NOT restricted AND reminded_at IS NULL
			AND due_at > v_now AND due_at <= v_soon
		RETURNING *
	LOOP
		PERFORM due_tell(v, department_contact(v.department_id), 'department_due');
	END LOOP;
	IF v_escalation IS NULL THEN
		RETURN;
	END IF;
	FOR v IN
		UPDATE ticket SET escalated_at = v_now
		WHERE state IN ('open', 'assigned', 'in_progress') AND NOT restricted AND escalated_at IS NULL
			AND due_at <= v_now
		RETURNING *
	LOOP
		PERFORM due_tell(v, v_escalation, 'department_overdue');
	END LOOP;
END $$;

-- Clerks ------------------------------------------------------------------------------------------

-- A clerk changes a ticket.  p_state NULL: 'assigned' with a crew, 'duplicate' with another's reference.
--   p_restricted  she may know of restricted ones, which no crew gets
-- 'changed'; else what is wrong, and nothing is written: unknown | same | taken (another of its container and kind is
-- open) | unknown_crew | restricted | unknown_other | itself | other_is_duplicate.
DROP FUNCTION IF EXISTS ticket_set(text, text, text, text);
CREATE OR REPLACE FUNCTION ticket_set(p_reference text, p_state text, p_actor text, p_reason text, p_crew text,
	p_other text, p_restricted boolean)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
	v_state text := coalesce(p_state, CASE WHEN p_other IS NOT NULL THEN 'duplicate' ELSE 'assigned' END);
	v_crew integer;
	v_other ticket;
	v_outcome text;
BEGIN
	SELECT * INTO v FROM ticket WHERE reference = p_reference;
	IF NOT FOUND OR v.restricted AND NOT p_restricted THEN
		RETURN 'unknown';
	END IF;
	IF p_crew IS NOT NULL THEN
		SELECT id INTO v_crew FROM crew WHERE name = p_crew;
		IF NOT FOUND THEN
			RETURN 'unknown_crew';
		ELSIF v.restricted THEN
			RETURN 'restricted';
		END IF;
	END IF;
	IF p_other IS NOT NULL THEN
		SELECT * INTO v_other FROM ticket WHERE reference = p_other;
		IF NOT FOUND OR v_other.restricted <> v.restricted THEN
			RETURN 'unknown_other';
		ELSIF v_other.id = v.id THEN
			RETURN 'itself';
		ELSIF v_other.state = 'duplicate' THEN
			RETURN 'other_is_duplicate';
		END IF;
	END IF;
	PERFORM ticket_lock(v);
	v_outcome := ticket_change(v.id, v_state, p_actor, coalesce(p_other, p_reason));
	IF v_outcome = 'same' AND v.crew_id IS DISTINCT FROM v_crew AND v_crew IS NOT NULL THEN
		INSERT INTO event (ticket_id, what, actor, note, at) VALUES (v.id, v_state, p_actor, p_crew, city_now());
	ELSIF v_outcome <> 'changed' THEN
		RETURN v_outcome;
	END IF;
	IF v_other.id IS NOT NULL THEN
		INSERT INTO event (ticket_id, what, actor, note, at)
		VALUES (v_other.id, 'merged', p_actor, v.reference, city_now());
	END IF;
	UPDATE ticket SET crew_id = v_crew WHERE id = v.id AND v_crew IS NOT NULL;
	IF v_crew IS NOT NULL OR (v.crew_id IS NOT NULL AND NOT ticket_is_open(v.state) AND ticket_is_open(v_state)) THEN
		PERFORM ticket_job(v.id); -- also what is opened again
	END IF;
	PERFORM audit_add(p_actor, 'ticket ' || v_state, v.reference, coalesce(p_crew, p_other, p_reason));
	RETURN 'changed';
END $$;

-- A clerk closes many at once: those open, of that category or kind, container, zone and age, where these are given.
-- Returns the tickets that were closed.  Restricted ones never are.
CREATE OR REPLACE FUNCTION ticket_close_many(p_category text, p_container integer, p_zone text, p_days integer,
	p_state text, p_actor text, p_reason text)
RETURNS SETOF ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	FOR v IN
		SELECT * FROM ticket t
		WHERE t.state IN ('open', 'assigned', 'in_progress') AND NOT t.restricted
			AND (p_category IS NULL OR p_category IN (t.category, t.kind))
			AND (p_container IS NULL OR t.container = p_container)
			AND (p_zone IS NULL OR t.zone_id IN (SELECT zone_within(p_zone)))
			AND (p_days IS NULL OR t.opened_at < city_now() - make_interval(days => p_days))
		ORDER BY t.id FOR NO KEY UPDATE
	LOOP
		PERFORM ticket_change(v.id, p_state, p_actor, p_reason);
		PERFORM audit_add(p_actor, 'ticket ' || p_state, v.reference, p_reason);
		RETURN NEXT v;
	END LOOP;
END $$;

-- What somebody said at the counter is stored and done as if she had sent it; p_fields is final, so that nothing is
-- asked back.  The service's reply is left for her phone.
--   p_lock  the lock of the form, or ''
-- Returns the outcome, then name, value, ...
CREATE OR REPLACE FUNCTION ticket_new(p_number text, p_service text, p_words text, p_fields jsonb, p_lock text,
	p_language text, p_actor text)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of(p_number);
	v_message bigint;
	v_outcome text[];
	v_ticket bigint;
	v_reference text;
BEGIN
	UPDATE contact SET version = version + 1, language = coalesce(language, p_language) WHERE id = v_contact;
	IF p_lock <> '' THEN
		PERFORM pg_advisory_xact_lock(hashtextextended(p_lock, 0));
	END IF;
	INSERT INTO message (direction, contact_id, body, at, service)
	VALUES ('in', v_contact, p_words, city_now(), p_service) RETURNING id INTO v_message;
	EXECUTE format('SELECT %I($1, $2, $3)', 'service_' || p_service)
		INTO v_outcome USING v_message, v_contact, p_fields;
	SELECT t.id, t.reference INTO v_ticket, v_reference FROM report r JOIN ticket t ON t.id = r.ticket_id
	WHERE r.message_id = v_message;
	PERFORM notice_add(v_contact, p_service || '_' || v_outcome[1], v_outcome[2:], 4, p_service, v_ticket);
	PERFORM audit_add(p_actor, 'ticket new', coalesce(v_reference, p_service), v_outcome[1]);
	RETURN v_outcome;
END $$;
