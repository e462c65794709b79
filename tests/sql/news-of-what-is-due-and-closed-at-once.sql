-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is soon due is said to its department once, what is overdue to whoever watches, restricted tickets to nobody; many
-- are closed at once by what they have in common, and by nothing else.
CREATE FUNCTION opened(p_service text, p_category text, p_container integer, p_restricted boolean) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := p_service;
	v.category := p_category;
	v.kind := CASE p_service WHEN 'skip' THEN 'full' END;
	v.container := p_container;
	v.restricted := p_restricted;
	v := ticket_open(v, 'her words', NULL, contact_of('+250788000001'));
	RETURN v.id;
END $$;
CREATE FUNCTION said() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(right(c.number, 2) || ' ' || coalesce(n.digest, n.text_key), ', ' ORDER BY n.id)
	FROM notice n JOIN contact c ON c.id = n.contact_id
$$;
-- A Monday with four more office days after it.
UPDATE city_clock SET offset_ = timestamp '2030-03-11 10:00' - clock_timestamp();
DO $$
DECLARE
	r bigint;
	w bigint;
	s bigint;
	x bigint;
	v_count integer;
BEGIN
	INSERT INTO department (name, categories, phone, language) VALUES ('Voirie', '{road,corruption}', '+250788900001', 'fr'),
		('Eau', '{water}', NULL, NULL), ('Propreté', '{waste}', '+250788900004', 'fr');
	INSERT INTO zone (name) VALUES ('Gasabo');
	INSERT INTO zone (name, parent_id) SELECT 'Remera', id FROM zone;
	INSERT INTO container (number, zone_id) SELECT 147, id FROM zone WHERE name = 'Remera';
	INSERT INTO setting VALUES ('due_days.road', '0'), ('due_days.full', '3');
	r := opened('complaint', 'road', NULL, false);
	w := opened('complaint', 'water', NULL, false);
	s := opened('skip', 'waste', 147, false);
	x := opened('complaint', 'corruption', NULL, true);
	ASSERT (SELECT due_at FROM ticket WHERE id = w) = office_add(city_now(), 5), 'others: five office days';
	ASSERT (SELECT due_at FROM ticket WHERE id = s) = office_add(city_now(), 3), 'by its kind';
	ASSERT (SELECT due_at FROM ticket WHERE id = x) IS NULL, 'a restricted one is never due';
	ASSERT said() IS NULL, 'departments hear at the times of digests, if there are any: ' || said();

	UPDATE ticket SET due_at = city_now() + interval '23 hours';
	PERFORM ticket_chores();
	ASSERT said() = '01 department_due, 04 department_due', said();
	ASSERT (SELECT bool_and(NOT values::text LIKE '%her words%') FROM notice);
	ASSERT (SELECT language FROM contact WHERE number = '+250788900001') = 'fr';
	PERFORM ticket_chores();
	ASSERT said() = '01 department_due, 04 department_due', 'once';
	DELETE FROM notice;

	UPDATE ticket SET due_at = city_now() - interval '1 hour';
	PERFORM ticket_chores();
	ASSERT said() IS NULL AND NOT EXISTS (SELECT FROM ticket WHERE escalated_at IS NOT NULL), 'nobody watches';
	INSERT INTO setting VALUES ('escalation_phone', '+250788900099');
	UPDATE ticket SET state = 'fixed' WHERE id = r;
	PERFORM ticket_chores();
	PERFORM ticket_chores();
	ASSERT said() = '99 department_overdue, 99 department_overdue', said();
	-- Closed before it was said: no longer so.
	PERFORM ticket_change(s, 'archived', 'test', 'x');
	ASSERT said() = '99 department_overdue', said();
	DELETE FROM notice;

	-- New complaints, with those that came since the last digest.
	INSERT INTO setting VALUES ('digest_times', '07:00 13:00');
	PERFORM opened('complaint', 'road', NULL, false), opened('complaint', 'corruption', NULL, true);
	ASSERT (SELECT count(*) = 1 AND bool_and(n.not_before > city_now() AND c.number = '+250788900001'
		AND NOT n.values::text LIKE '%her words%') FROM notice n JOIN contact c ON c.id = n.contact_id), said();
	DELETE FROM notice;

	-- Many at once.
	UPDATE ticket SET state = 'open', opened_at = city_now() - interval '100 days' WHERE id IN (s, w, x);
	SELECT count(*) INTO v_count FROM ticket_close_many(NULL, NULL, 'Elsewhere', NULL, 'fixed', 'clerk', 'r');
	ASSERT v_count = 0;
	SELECT count(*) INTO v_count FROM ticket_close_many('corruption', NULL, NULL, NULL, 'fixed', 'clerk', 'r');
	ASSERT v_count = 0, 'restricted ones never';
	SELECT count(*) INTO v_count FROM ticket_close_many('full', 147, 'Gasabo', 90, 'fixed', 'clerk', 'r');
	ASSERT v_count = 1 AND (SELECT state = 'fixed' FROM ticket WHERE id = s), 'all four, the zone with those within it';
	ASSERT said() = '01 news_fixed_ask', said();
	SELECT count(*) INTO v_count FROM ticket_close_many(NULL, NULL, NULL, 90, 'archived', 'clerk', 'lost');
	ASSERT v_count = 1 AND (SELECT state = 'archived' AND reason = 'lost' FROM ticket WHERE id = w);
	ASSERT said() = '01 news_fixed_ask', 'archived tells nobody: ' || said();
	ASSERT (SELECT count(*) FROM audit WHERE actor = 'clerk') = 2;
END $$;

-- The calendar: days of rest and holidays are no office days, what comes after closing counts from the next one, and what would
-- be reminded of on a closed day is reminded of on the last open one before.
DO $$
BEGIN
	DELETE FROM setting;
	INSERT INTO holiday VALUES ('2030-03-08', 'a Friday');
	ASSERT office_add('2030-03-04 10:00', 3) = '2030-03-07 16:00', 'within a week';
	ASSERT office_add('2030-03-07 10:00', 0) = '2030-03-07 16:00', 'today';
	ASSERT office_add('2030-03-07 16:00', 0) = '2030-03-07 16:00', 'until it closes';
	ASSERT office_add('2030-03-07 16:01', 0) = '2030-03-11 16:00', 'after it: a holiday, and two days of rest';
	ASSERT office_add('2030-03-07 10:00', 1) = '2030-03-11 16:00';
	ASSERT office_add('2030-03-07 10:00', 5) = '2030-03-15 16:00';
	ASSERT office_add('2030-03-09 10:00', 1) = '2030-03-12 16:00', 'a Saturday is no office day';
	ASSERT due_horizon('2030-03-05 15:00', '24 hours') = '2030-03-06 15:00', 'so long before';
	ASSERT due_horizon('2030-03-07 15:59', '24 hours') < '2030-03-11 16:00';
	ASSERT due_horizon('2030-03-07 16:00', '24 hours') = '2030-03-11 16:00', 'three closed days lie between';
	ASSERT due_horizon('2030-03-08 12:00', '24 hours') IS NULL, 'a holiday';
	ASSERT due_horizon('2030-03-10 12:00', '24 hours') IS NULL, 'a Sunday';
	INSERT INTO setting VALUES ('rest_days', 'friday'), ('office_hours', '07:00 13:30');
	DELETE FROM holiday;
	ASSERT office_add('2030-03-07 13:31', 0) = '2030-03-09 13:30', 'another city''s days';
	ASSERT office_add('2030-03-06 09:00', 2) = '2030-03-09 13:30';
	ASSERT due_horizon('2030-03-07 12:00', '24 hours') = '2030-03-09 12:00';
	UPDATE setting SET value = '00:00 24:00' WHERE name = 'office_hours';
	ASSERT office_add('2030-03-06 23:30', 0)::date = '2030-03-06', 'an office that never closes';
	ASSERT office_add('2030-03-06 23:30', 1)::date = '2030-03-07';
END $$;
