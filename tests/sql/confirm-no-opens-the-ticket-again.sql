-- SPDX-License-Identifier: GPL-3.0-or-later
-- "Is it fixed?": YES is counted; NO in time opens the ticket once, or that which it was found to be the same as, or joins
-- the other that is open; two questions ask which; too late is kept for a person, and opens nothing.
CREATE FUNCTION opened(p_container integer, p_contact bigint) RETURNS ticket LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'skip';
	v.category := 'waste';
	v.kind := 'full';
	v.container := p_container;
	RETURN ticket_open(v, 'x', NULL, p_contact);
END $$;
CREATE FUNCTION says(p_contact bigint, p_fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v_message bigint;
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', p_contact, 'NON', city_now())
	RETURNING id INTO v_message;
	RETURN array_to_string(service_confirm(v_message, p_contact, p_fields), ' ');
END $$;
DO $$
DECLARE
	a bigint := contact_of('+250788000001');
	b bigint := contact_of('+250788000002');
	t ticket;
	o ticket;
	v text;
BEGIN
	INSERT INTO container (number, place) VALUES (147, 'marché'), (148, 'marché'), (149, 'gare'), (150, 'gare'), (151, 'gare');
	INSERT INTO department (name, categories, phone) VALUES ('Propreté', '{waste}', '+250788900004');
	t := opened(147, a);
	PERFORM report_add(t, 'x', NULL, b);
	ASSERT says(a, '{"answer":"no"}') LIKE E'unclear when @when\\_%', 'nobody was asked';
	ASSERT (SELECT count(*) FROM tray WHERE contact_id = a) = 1;
	PERFORM ticket_change(t.id, 'fixed', 'test', NULL);
	ASSERT says(b, '{"answer":"yes"}') LIKE 'yes reference ' || t.reference || '%';
	ASSERT (SELECT answer FROM followup WHERE contact_id = b);
	-- NO: open again, a day to do it, and who does it is told.
	DELETE FROM notice;
	ASSERT says(a, '{"answer":"no"}') LIKE 'no reference ' || t.reference || '%';
	ASSERT (SELECT state = 'open' AND reopened = 1 AND closed_at IS NULL AND due_at > city_now() FROM ticket WHERE id = t.id);
	ASSERT (SELECT count(*) FROM notice n JOIN contact c ON c.id = n.contact_id
		WHERE n.ticket_id = t.id AND c.number = '+250788900004') = 1, 'the department is told';
	ASSERT (SELECT array_agg(what ORDER BY id) FROM event WHERE ticket_id = t.id) = '{opened,fixed,reopened}';
	-- A second NO, hers or another's: counted, and told that it is open already.
	ASSERT says(a, '{"answer":"no"}') LIKE 'no_again reference ' || t.reference || '%';
	ASSERT says(b, '{"answer":"no"}') LIKE 'no_again %', 'who changes her mind';
	ASSERT (SELECT reopened FROM ticket WHERE id = t.id) = 1;
	ASSERT (SELECT count(*) FROM followup WHERE NOT answer) = 2;

	-- Another is open for the same container meanwhile: her NO joins it, once.
	PERFORM ticket_change(t.id, 'fixed', 'test', NULL);
	o := opened(147, b);
	ASSERT says(a, '{"answer":"no"}') LIKE 'no_joined reference ' || o.reference || '%';
	ASSERT says(a, '{"answer":"no"}') LIKE 'no_joined reference ' || o.reference || '%';
	ASSERT (SELECT count(*) FROM report WHERE ticket_id = o.id AND contact_id = a) = 1;
	ASSERT (SELECT state FROM ticket WHERE id = t.id) = 'fixed';

	-- Two questions: which?  By number, by reference, by the number on the skip.
	DELETE FROM followup;
	PERFORM ticket_change(o.id, 'fixed', 'test', NULL);
	t := opened(148, a);
	PERFORM ticket_change(t.id, 'fixed', 'test', NULL);
	v := says(a, '{"answer":"no"}');
	ASSERT v LIKE E'which ask reference one @what_skip\x1econtainer\x1e148 two @what_skip\x1econtainer\x1e147', v;
	SELECT values INTO v FROM session WHERE contact_id = a;
	ASSERT v = E'answer\x1fno\x1foffered\x1fno ' || t.reference || ' ' || o.reference, v;
	ASSERT says(a, jsonb_build_object('offered', 'no ' || t.reference || ' ' || o.reference, 'reference', '2',
		'answer', 77, 'final', true)) LIKE 'no reference ' || o.reference || '%';
	ASSERT says(a, jsonb_build_object('offered', 'no ' || t.reference || ' ' || o.reference, 'reference', 'ZZZ9',
		'final', true)) LIKE E'unclear when @when\\_%';
	ASSERT says(a, jsonb_build_object('answer', 'yes', 'reference', t.reference)) LIKE 'yes reference ' || t.reference || '%';
	ASSERT says(a, '{"answer":"no","reference":"148"}') LIKE 'no reference ' || t.reference || '%';

	-- Too late: said so, kept for a person, and nothing is opened.
	PERFORM ticket_change(t.id, 'fixed', 'test', NULL);
	UPDATE followup SET expires_at = city_now() - interval '1 hour';
	DELETE FROM tray;
	ASSERT says(a, '{"answer":"no"}') LIKE 'late reference ' || t.reference || '%';
	ASSERT (SELECT kind = 'incomplete' AND message_id IS NOT NULL FROM tray WHERE contact_id = a);
	ASSERT (SELECT state FROM ticket WHERE id = t.id) = 'fixed';
	ASSERT says(a, '{"answer":"yes"}') LIKE 'late reference ' || t.reference || '%';
	ASSERT (SELECT count(*) FROM tray) = 2;
	-- Too late, but another is open for the same, or it is itself: she is told that one, and it counts.
	o := opened(148, b);
	ASSERT says(a, '{"answer":"no"}') LIKE 'no_joined reference ' || o.reference || '%';
	ASSERT (SELECT count(*) FROM report WHERE ticket_id = o.id AND contact_id = a) = 1;
	PERFORM ticket_change(o.id, 'refused', 'test', 'x');
	PERFORM ticket_change(t.id, 'open', 'test', NULL);
	ASSERT says(a, '{"answer":"no"}') LIKE 'no_again reference ' || t.reference || '%';
	ASSERT (SELECT count(*) FROM tray) = 2, 'nobody need read it';
	ASSERT (SELECT answer IS NULL FROM followup WHERE contact_id = a ORDER BY asked_at DESC LIMIT 1), 'nor is it counted';
	-- Refused since: a person reads it.
	UPDATE followup SET expires_at = city_now() + interval '1 hour';
	PERFORM ticket_change(t.id, 'refused', 'test', 'x');
	v := says(a, jsonb_build_object('answer', 'no', 'reference', t.reference));
	ASSERT v LIKE 'noted reference ' || t.reference || E' what %148 when @when\\_%', v;
END $$;

-- Asked about one that a clerk then closed as the duplicate of another: her NO is about that.
DO $$
DECLARE
	a bigint := contact_of('+250788000001');
	t ticket := opened(150, a);
	x ticket;
	o ticket := opened(149, contact_of('+250788000002'));
	v text;
BEGIN
	DELETE FROM followup;
	DELETE FROM tray;
	PERFORM ticket_change(t.id, 'fixed', 'test', NULL);
	DELETE FROM notice; -- she was told
	ASSERT ticket_set(t.reference, NULL, 'test', NULL, NULL, o.reference, false) = 'changed';
	v := says(a, '{"answer":"no"}');
	ASSERT v LIKE 'no_joined reference ' || o.reference || ' what %149', v;
	x := opened(151, a);
	ASSERT ticket_set(o.reference, NULL, 'test', NULL, NULL, x.reference, false) = 'changed';
	v := says(a, '{"answer":"no"}');
	ASSERT v LIKE 'no_joined reference ' || x.reference || ' what %151', 'and so on: ' || v;
	PERFORM ticket_change(o.id, 'open', 'test', NULL);
	PERFORM ticket_change(o.id, 'fixed', 'test', NULL);
	DELETE FROM followup WHERE ticket_id = o.id;
	v := says(a, '{"answer":"no"}');
	ASSERT v LIKE 'no reference ' || o.reference || '%', v;
	ASSERT (SELECT state FROM ticket WHERE id = t.id) = 'duplicate';
	ASSERT (SELECT state FROM ticket WHERE id = o.id) = 'open';
	PERFORM ticket_change(o.id, 'fixed', 'test', NULL);
	UPDATE followup SET expires_at = city_now() - interval '1 hour';
	v := says(a, '{"answer":"no"}');
	ASSERT v LIKE 'late reference ' || o.reference || '%', v;
	ASSERT (SELECT state FROM ticket WHERE id = o.id) = 'fixed';
	ASSERT (SELECT count(*) FROM tray) = 1;
END $$;
