-- SPDX-License-Identifier: GPL-3.0-or-later
-- A change of state is one event, keeps its reason and its day, and is undone by opening the ticket again.

INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', 1, 'words', city_now());
INSERT INTO container (number) VALUES (147);

CREATE FUNCTION pg_temp.open(p_kind text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'skip';
	v.category := 'waste';
	v.kind := p_kind;
	v.container := 147;
	v := ticket_open(v, NULL, 1, 1);
	RETURN v.id;
END $$;

DO $$
DECLARE
	v_full bigint := pg_temp.open('full');
	v_other bigint;
	v ticket;
BEGIN
	SELECT * INTO v FROM ticket WHERE id = v_full;
	ASSERT v.state = 'open' AND v.due_at = office_add(city_now(), 5), 'due in five office days';
	ASSERT (SELECT words FROM report) = 'words', 'the words are the message''s';
	ASSERT ticket_change(0, 'fixed', 'crew A', NULL) = 'unknown';
	ASSERT ticket_change(v_full, 'open', 'crew A', NULL) = 'same';
	ASSERT ticket_change(v_full, 'refused', 'crew A', 'no fuel') = 'changed';
	SELECT * INTO v FROM ticket WHERE id = v_full;
	ASSERT v.state = 'refused' AND v.reason = 'no fuel' AND v.closed_at <= city_now(), 'closed, and why';
	ASSERT (SELECT what || actor || note FROM event ORDER BY id DESC LIMIT 1) = 'refusedcrew Ano fuel', 'its event';
	ASSERT ticket_change(v_full, 'open', 'clerk', NULL) = 'changed';
	SELECT * INTO v FROM ticket WHERE id = v_full;
	ASSERT v.reopened = 1 AND v.closed_at IS NULL AND v.reason IS NULL, 'as new';
	ASSERT (SELECT what FROM event ORDER BY id DESC LIMIT 1) = 'reopened', 'and told apart from the first time';
	ASSERT ticket_change(v_full, 'in_progress', 'clerk', NULL) = 'changed';
	ASSERT (SELECT reopened FROM ticket WHERE id = v_full) = 1, 'from open to open is no opening again';

	-- Of one container and kind one ticket is open: no second one is opened again beside it.
	PERFORM ticket_change(v_full, 'fixed', 'crew A', NULL);
	v_other := pg_temp.open('full');
	ASSERT ticket_change(v_full, 'open', 'clerk', NULL) = 'taken', 'another is open';
	ASSERT (SELECT state FROM ticket WHERE id = v_full) = 'fixed', 'nothing is written';
	PERFORM pg_temp.open('burning');
	PERFORM ticket_change(v_other, 'fixed', 'crew A', NULL);
	ASSERT ticket_change(v_full, 'open', 'clerk', NULL) = 'changed', 'another kind is no hindrance';
END $$;

-- Due: by the kind, else by the category, else in five days; what is restricted is never due.
INSERT INTO setting VALUES ('due_days.waste', '2'), ('due_days.burning', '0');
DO $$
BEGIN
	ASSERT ticket_due('waste', 'full') = office_add(city_now(), 2);
	ASSERT ticket_due('waste', 'burning') = office_add(city_now(), 0);
	ASSERT ticket_due('road', NULL) = office_add(city_now(), 5);
END $$;

-- Whose job it is: the container's own crew's, its zone's, a zone's around it, nobody's.
INSERT INTO zone (name, parent_id) VALUES ('City', NULL), ('District', 1), ('Quarter', 2), ('Elsewhere', NULL);
INSERT INTO crew (name, zone_id) VALUES ('Of the city', 1), ('Of the quarter', 3), ('Its own', 4);
INSERT INTO container (number, zone_id, crew_id) VALUES (1, 3, 3), (2, 3, NULL), (3, 2, NULL), (4, 4, NULL), (5, NULL, NULL);
DO $$
BEGIN
	ASSERT (SELECT name FROM crew WHERE id = crew_for(1, NULL)) = 'Its own';
	ASSERT (SELECT name FROM crew WHERE id = crew_for(2, NULL)) = 'Of the quarter';
	ASSERT (SELECT name FROM crew WHERE id = crew_for(3, NULL)) = 'Of the city';
	ASSERT (SELECT name FROM crew WHERE id = crew_for(NULL, 3)) = 'Of the quarter', 'no container';
	DELETE FROM crew WHERE name = 'Of the city';
	ASSERT crew_for(3, NULL) IS NULL AND crew_for(5, NULL) IS NULL AND crew_for(NULL, NULL) IS NULL;
END $$;
