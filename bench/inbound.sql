-- SPDX-License-Identifier: GPL-3.0-or-later
-- The yardstick of bench/inbound.c: one call, one transaction, writes the rows that the gateway
-- writes for one message: a complaint that files a ticket, a container that does or that joins
-- an open one; all are answered.  Written as well as we know how:
-- one function, one reading of the clock, no JSON, no arrays, statements with kept plans.

CREATE FUNCTION bench_complaint(p_number text, p_body text, p_category text, p_place text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_contact bigint;
	v_in bigint;
	v_ticket bigint;
	v_out bigint;
	v_reference text;
BEGIN
	INSERT INTO contact AS c (number, kind, language, link_id, version, hour_start, hour_count, created_at)
	VALUES (p_number, 'e164', 'fr', 1, 1, v_now, 1, v_now)
	ON CONFLICT (number) DO UPDATE SET version = c.version + 1, link_id = 1,
		hour_start = CASE WHEN c.hour_start > v_now - interval '1 hour' THEN c.hour_start ELSE v_now END,
		hour_count = CASE WHEN c.hour_start > v_now - interval '1 hour' THEN c.hour_count ELSE 0 END + 1
	RETURNING id INTO v_contact;
	INSERT INTO message (direction, contact_id, link_id, body, at, service, dedupe, smsc_time)
	VALUES ('in', v_contact, 1, p_body, v_now, 'complaint', gen_random_uuid(), '2026-01-01T08:00:00+02:00')
	ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING
	RETURNING id INTO v_in;
	v_reference := ticket_reference();
	INSERT INTO ticket (reference, service, category, place, opened_at, changed_at, due_at, department_id)
	VALUES (v_reference, 'complaint', p_category, p_place, v_now, v_now, v_now + interval '5 days',
		(SELECT id FROM department WHERE p_category = ANY (categories) ORDER BY id LIMIT 1))
	RETURNING id INTO v_ticket;
	INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, at)
	VALUES (v_ticket, v_contact, v_in, p_category, p_place, p_body, v_now);
	INSERT INTO event (ticket_id, what, actor, at) VALUES (v_ticket, 'opened', 'citizen', v_now);
	INSERT INTO message (direction, contact_id, link_id, body, at, service, state, priority, segments,
		reply_to, valid_until)
	VALUES ('out', v_contact, 1, 'Merci. Dossier ' || v_reference || ': ' || p_category || ', ' || p_place ||
		'. La ville est prévenue. Pour suivre: ETAT ' || v_reference || '. Une erreur? Ecrivez-nous.', v_now, 'complaint', 'queued', 2, 1, v_in,
		v_now + interval '1 day')
	RETURNING id INTO v_out;
	INSERT INTO queue (route, priority, message_id, seq) VALUES (1, 2, v_out, 1);
	RETURN v_reference;
END $$;

-- The message of a container, from somebody who is new or known.
CREATE FUNCTION bench_container_in(p_number text, p_container integer, p_now timestamptz, OUT contact bigint,
	OUT message bigint)
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO contact AS c (number, kind, language, link_id, version, hour_start, hour_count, created_at)
	VALUES (p_number, 'e164', 'fr', 1, 1, p_now, 1, p_now)
	ON CONFLICT (number) DO UPDATE SET version = c.version + 1, link_id = 1,
		hour_start = CASE WHEN c.hour_start > p_now - interval '1 hour' THEN c.hour_start ELSE p_now END,
		hour_count = CASE WHEN c.hour_start > p_now - interval '1 hour' THEN c.hour_count ELSE 0 END + 1
	RETURNING id INTO contact;
	INSERT INTO message (direction, contact_id, link_id, body, at, service, dedupe, smsc_time)
	VALUES ('in', contact, 1, 'Bac ' || p_container || ' plein', p_now, 'skip', gen_random_uuid(),
		'2026-01-01T08:00:00+02:00')
	ON CONFLICT (dedupe) WHERE dedupe IS NOT NULL DO NOTHING
	RETURNING id INTO message;
END $$;

CREATE FUNCTION bench_container_out(p_contact bigint, p_body text, p_now timestamptz, p_reply_to bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_out bigint;
BEGIN
	INSERT INTO message (direction, contact_id, link_id, body, at, service, state, priority, segments,
		reply_to, valid_until)
	VALUES ('out', p_contact, 1, p_body, p_now, 'skip', 'queued', 2, 1, p_reply_to, p_now + interval '1 day')
	RETURNING id INTO v_out;
	INSERT INTO queue (route, priority, message_id, seq) VALUES (1, 2, v_out, 1);
END $$;

-- A container is full: its ticket, of the crew of its zone, which is to be told.
CREATE FUNCTION bench_container_opened(p_number text, p_container integer)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_reference text := ticket_reference();
	v_in record;
	v_c record;
	v_ticket bigint;
BEGIN
	v_in := bench_container_in(p_number, p_container, v_now);
	SELECT c.place, c.zone_id, w.id AS crew, t.id AS contact INTO v_c
	FROM container c JOIN crew w ON w.zone_id = c.zone_id JOIN contact t ON t.number = w.phone
	WHERE c.number = p_container;
	INSERT INTO ticket (reference, service, category, kind, place, container, zone_id, crew_id, opened_at, changed_at,
		due_at, department_id)
	VALUES (v_reference, 'skip', 'waste', 'full', v_c.place, p_container, v_c.zone_id, v_c.crew, v_now, v_now,
		v_now + interval '5 days',
		(SELECT id FROM department WHERE 'waste' = ANY (categories) ORDER BY id LIMIT 1))
	RETURNING id INTO v_ticket;
	INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, at)
	VALUES (v_ticket, v_in.contact, v_in.message, 'waste', v_c.place, 'Bac ' || p_container || ' plein', v_now);
	INSERT INTO event (ticket_id, what, actor, at) VALUES (v_ticket, 'opened', 'citizen', v_now);
	INSERT INTO notice (contact_id, text_key, values, priority, service, ticket_id, digest, not_before)
	VALUES (v_c.contact, 'crew_job', ARRAY['job', p_container::text, 'kind', '@kind_full', 'place', v_c.place,
		'reports', '', 'reference', v_reference], 3, 'crew', v_ticket, 'crew_new', v_now);
	PERFORM bench_container_out(v_in.contact, 'Merci. Dossier ' || v_reference || ': bac ' || p_container ||
		', plein, ' || v_c.place || '. La ville est prévenue. Nous vous dirons quand c''est fait.', v_now,
		v_in.message);
	RETURN v_reference;
END $$;

-- And was already reported: one report more.
CREATE FUNCTION bench_container_joined(p_number text, p_container integer)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_in record;
	v_t record;
BEGIN
	v_in := bench_container_in(p_number, p_container, v_now);
	SELECT id, reference, place INTO v_t FROM ticket
	WHERE container = p_container AND kind = 'full' AND state IN ('open', 'assigned', 'in_progress')
	FOR NO KEY UPDATE;
	INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, at)
	VALUES (v_t.id, v_in.contact, v_in.message, 'waste', v_t.place, 'Bac ' || p_container || ' plein', v_now);
	PERFORM bench_container_out(v_in.contact, 'Merci. Bac ' || p_container || ', plein: d''autres l''ont signalé. '
		'La ville le sait. Dossier ' || v_t.reference || ': vous aurez la suite.', v_now, v_in.message);
	RETURN v_t.reference;
END $$;
