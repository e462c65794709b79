-- SPDX-License-Identifier: GPL-3.0-or-later
-- The yardstick of bench/inbound.c: one call, one transaction, writes the rows that the gateway
-- writes for one complaint that files a ticket and is answered.  Written as well as we know how:
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
	INSERT INTO ticket (reference, service, category, place, opened_at, changed_at, department_id)
	VALUES (v_reference, 'complaint', p_category, p_place, v_now, v_now,
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
