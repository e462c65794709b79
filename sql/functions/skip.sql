-- SPDX-License-Identifier: GPL-3.0-or-later
-- skip: containers and heaps.  One open ticket a container and kind, which later reports join; by the place alone each
-- report is a ticket, since nobody knows whether two people mean one heap.

-- What is dangerous waits for no digest and no morning.
CREATE OR REPLACE FUNCTION skip_is_urgent(p_kind text)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_kind IN ('burning', 'hazardous');
END $$;

-- The containers that somebody may mean who says this place: those whose own place it is, then those near by, then those
-- of its zone.  At most four, with where they stand.
CREATE OR REPLACE FUNCTION skip_near(p_place text)
RETURNS TABLE (number integer, place text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_near_m CONSTANT double precision := 1000;
	v_guess record;
BEGIN
	SELECT * INTO v_guess FROM place_guess(p_place) LIMIT 1;
	RETURN QUERY
	SELECT c.number, coalesce(c.place, z.name)
	FROM container c LEFT JOIN zone z ON z.id = c.zone_id,
		LATERAL (SELECT coalesce(similarity(lower(c.place), lower(p_place)), 0) >= 0.6 AS named,
			metres_between(c.lat, c.long, v_guess.lat, v_guess.long) AS metres) m
	WHERE m.named OR m.metres <= v_near_m OR (m.metres IS NULL AND c.zone_id = v_guess.zone_id)
	ORDER BY NOT m.named, m.metres NULLS LAST, c.number
	LIMIT 4;
END $$;

-- Open the ticket of this report, by a container or, when it is NULL, by the place, and where that is none by the zone that
-- was chosen in a menu; the crew is told.
DROP FUNCTION IF EXISTS skip_open(text, container, text, boolean, text, bigint, bigint, bigint);
CREATE OR REPLACE FUNCTION skip_open(p_kind text, p_container container, p_place text, p_zone integer, p_incomplete boolean,
	p_words text, p_message bigint, p_person bigint, p_sender bigint)
RETURNS ticket
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'skip';
	v.category := CASE p_kind WHEN 'drain' THEN 'drain' ELSE 'waste' END;
	v.kind := p_kind;
	v.place := p_place;
	v.incomplete := p_incomplete;
	v.urgent := skip_is_urgent(p_kind);
	IF p_container.number IS NOT NULL THEN
		v.container := p_container.number;
		v.zone_id := p_container.zone_id;
		v.crew_id := coalesce(p_container.crew_id, zone_crew(p_container.zone_id));
	ELSIF p_place IS NOT NULL THEN
		SELECT g.place_id, g.zone_id INTO v.place_id, v.zone_id FROM place_guess_in(p_place, p_zone) g LIMIT 1;
		v.zone_id := coalesce(v.zone_id, p_zone);
	END IF;
	v := ticket_open(v, p_words, p_message, p_person, p_sender);
	PERFORM ticket_job(v, 1);
	RETURN v;
END $$;

-- By a container that the city knows.
CREATE OR REPLACE FUNCTION skip_by_container(p_container container, p_kind text, p_words text, p_message bigint,
	p_person bigint, p_sender bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_place text := p_container.place;
	v_ticket ticket;
	v_outcome text := 'created';
	v_again boolean;
	v_persons bigint := 1;
BEGIN
	IF v_place IS NULL THEN
		v_place := (SELECT name FROM zone WHERE id = p_container.zone_id);
	END IF;
	PERFORM pg_advisory_xact_lock(hashtextextended('container:' || p_container.number, 0));
	SELECT * INTO v_ticket FROM ticket t
	WHERE t.container = p_container.number AND t.kind = p_kind AND t.state IN ('open', 'assigned', 'in_progress')
	FOR NO KEY UPDATE;
	IF FOUND THEN
		SELECT count(DISTINCT r.contact_id), coalesce(bool_or(r.contact_id = p_person), false) INTO v_persons, v_again
		FROM report r WHERE r.ticket_id = v_ticket.id;
		v_persons := v_persons + (NOT v_again)::integer;
		v_outcome := CASE WHEN v_again THEN 'again' ELSE 'joined' END;
		PERFORM report_add(v_ticket, p_words, p_message, p_person, p_sender);
		IF NOT v_again THEN
			PERFORM ticket_job_counts(v_ticket.id, v_persons);
		END IF;
	ELSE
		v_ticket := skip_open(p_kind, p_container, nullif(v_place, ''), NULL, false, p_words, p_message, p_person, p_sender);
	END IF;
	RETURN ARRAY[CASE p_kind WHEN 'hazardous' THEN 'hazardous' ELSE v_outcome END, 'reference', v_ticket.reference,
		'container', p_container.number::text, 'kind', '@kind_' || p_kind, 'at', coalesce(v_place, ''),
		'what', ticket_what(v_ticket, p_person),
		'reports', v_persons::text, 'since', to_char(v_ticket.opened_at, 'DD/MM')];
END $$;

-- By the place alone, or by nothing: what is not known, a person reads.
DROP FUNCTION IF EXISTS skip_by_place(text, text, text, bigint, bigint, bigint);
CREATE OR REPLACE FUNCTION skip_by_place(p_place text, p_zone integer, p_kind text, p_words text, p_message bigint,
	p_person bigint, p_sender bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_ticket ticket := skip_open(p_kind, NULL, p_place, p_zone, p_place IS NULL, p_words, p_message, p_person, p_sender);
BEGIN
	IF v_ticket.zone_id IS NULL THEN
		INSERT INTO tray (kind, contact_id, message_id, ticket_id, note, at)
		VALUES ('incomplete', p_person, p_message, v_ticket.id, CASE WHEN p_place IS NULL THEN 'no place was said'
			ELSE 'no place that is known: no crew is told where' END, city_now());
	END IF;
	RETURN ARRAY[CASE WHEN p_kind = 'hazardous' THEN 'hazardous' WHEN p_place IS NULL THEN 'incomplete' ELSE 'placed' END,
		'reference', v_ticket.reference, 'kind', '@kind_' || p_kind, 'place', coalesce(p_place, ''),
		'what', ticket_what(v_ticket, p_person)]
		|| CASE WHEN p_place IS NULL THEN ARRAY['when', office_when()] ELSE '{}' END;
END $$;

-- Ask for what is missing, once: the form keeps what is known.
CREATE OR REPLACE FUNCTION skip_ask(p_contact bigint, p_message bigint, p_field text, p_fields jsonb)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM session_ask(p_contact, 'skip', p_field,
		(SELECT string_agg(f.key || E'\x1f' || f.value, E'\x1f' ORDER BY f.key) FROM jsonb_each_text(p_fields - 'words') f),
		p_message);
END $$;

-- The one of those offered whose place she answered with.
CREATE OR REPLACE FUNCTION skip_named(p_offered text, p_answer bigint)
RETURNS container
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT c FROM container c, message m
		WHERE m.id = p_answer AND c.number = ANY (string_to_array(p_offered, ' ')::integer[])
			AND similarity(lower(c.place), lower(m.body)) >= 0.5
		ORDER BY similarity(lower(c.place), lower(m.body)) DESC, c.number LIMIT 1);
END $$;

-- Which container a number means: of a few that were offered, perhaps the first or the second.
CREATE OR REPLACE FUNCTION skip_container(p_number text, p_offered text)
RETURNS container
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_number text := p_number;
	v_offered text[] := string_to_array(p_offered, ' ');
	v container;
BEGIN
	IF v_number ~ '^[0-9]{1,9}$' THEN
		IF length(v_number) = 1 AND v_number <> ALL (v_offered) THEN
			v_number := coalesce(v_offered[v_number::integer], v_number);
		END IF;
		SELECT * INTO v FROM container c WHERE c.number = v_number::integer;
	END IF;
	RETURN v;
END $$;

CREATE OR REPLACE FUNCTION service_skip(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_digits CONSTANT text := '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹';
	v_kind text := coalesce(p_fields ->> 'kind', 'full');
	v_number text := p_fields ->> 'container';
	v_place text := nullif(trim(p_fields ->> 'place'), '');
	v_final boolean := coalesce((p_fields ->> 'final')::boolean, false);
	v_person bigint := report_person(p_contact, p_fields);
	v_words text := form_words(p_message, p_fields);
	v_zone record := form_zone(p_fields);
	v_container container;
	v_form jsonb;
	v_choices text;
	v_offered text;
BEGIN
	-- Asked where, she answered with a number.
	IF translate(v_place, v_digits, '01234567890123456789') ~ '^[0-9 ]{1,12}$' THEN
		v_number := coalesce(nullif(ltrim(translate(v_place, v_digits || ' ', '01234567890123456789'), '0'), ''), v_number);
		v_place := NULL;
	END IF;
	IF v_number IS NOT NULL THEN
		v_container := skip_container(v_number, p_fields ->> 'offered');
	ELSIF p_fields ?& '{offered,answer}' THEN
		v_container := skip_named(p_fields ->> 'offered', (p_fields ->> 'answer')::bigint);
	END IF;
	IF v_container.number IS NOT NULL THEN
		RETURN skip_by_container(v_container, v_kind, v_words, p_message, v_person, p_contact);
	END IF;
	v_place := coalesce(v_place, v_zone.name);
	v_form := p_fields || jsonb_build_object('kind', v_kind);
	IF v_number IS NOT NULL AND v_place IS NULL AND NOT v_final THEN
		PERFORM skip_ask(p_contact, p_message, 'place', v_form - 'container' - 'place');
		RETURN ARRAY['unknown_container', 'container', v_number, 'kind', '@kind_' || v_kind, 'ask', 'place'];
	ELSIF v_place IS NULL AND NOT v_final THEN
		PERFORM skip_ask(p_contact, p_message, 'place', v_form - 'place');
		RETURN ARRAY[CASE WHEN skip_is_urgent(v_kind) THEN 'where_danger' ELSE 'where' END,
			'kind', '@kind_' || v_kind, 'ask', 'place'];
	ELSIF v_kind IN ('full', 'beside', 'damaged') AND NOT v_final AND v_zone.id IS NULL THEN -- a menu has offered them
		SELECT string_agg(n.number || coalesce(' (' || n.place || ')', ''), ', ' ORDER BY n.ord),
			string_agg(n.number::text, ' ' ORDER BY n.ord) INTO v_choices, v_offered
		FROM (SELECT *, row_number() OVER () AS ord FROM skip_near(v_place)) n;
		IF v_choices IS NOT NULL THEN
			PERFORM skip_ask(p_contact, p_message, 'container',
				v_form - 'container' || jsonb_build_object('place', v_place, 'offered', v_offered));
			RETURN ARRAY['choose', 'place', v_place, 'kind', '@kind_' || v_kind, 'text', v_choices,
				'ask', 'container'];
		END IF;
	END IF;
	RETURN skip_by_place(v_place, v_zone.id, v_kind, v_words, p_message, v_person, p_contact);
END $$;
