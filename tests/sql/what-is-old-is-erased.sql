-- SPDX-License-Identifier: GPL-3.0-or-later
-- Each kind of data goes when its days are over: in pieces, counted in the audit, once a day; what is younger stays.
DO $$
DECLARE
	v_she bigint := contact_of('+250788000001');
	v_late bigint := contact_of('+250788000002');
	v_crew bigint := contact_of('+250788000003');
	v_ticket bigint;
	v ticket;
BEGIN
	INSERT INTO setting VALUES ('keep_days.messages', '100'), ('keep_days.words', '50'), ('keep_days.delivery_reports', '10'),
		('keep_days.contacts', '200'), ('keep_days.trays', '20'), ('keep_days.audit', '300');
	INSERT INTO link (identity) VALUES ('SIM');
	INSERT INTO crew (name, phone) VALUES ('Est', '+250788000003');
	INSERT INTO message (direction, contact_id, body, at, dedupe) SELECT 'in', v_she, 'old', city_now(), gen_random_uuid()
	FROM generate_series(1, 25);
	v.service := 'complaint'; v.category := 'road'; v.place := 'KN 5';
	v := ticket_open(v, 'her words', (SELECT min(id) FROM message), v_she);
	UPDATE ticket SET state = 'fixed', closed_at = city_now() WHERE id = v.id;
	PERFORM tray_add('question', v_she, NULL, 'open'), tray_add('callback', v_she, NULL, 'done');
	UPDATE tray SET done_at = city_now(), done_by = 'clerk';
	PERFORM tray_add('callback', v_late, NULL, 'waits');
	PERFORM audit_add('clerk', 'x', 'y', NULL);
	INSERT INTO delivery_report (dedupe, link_id, reference, number, status, received_at, message_id)
	SELECT gen_random_uuid(), 1, 1, '+250788000001', 0, city_now(), 1 FROM generate_series(1, 3);
	INSERT INTO part VALUES (gen_random_uuid(), 1, v_she, 1, 2, 1, 'old', 'x', city_now(), 1);

	PERFORM person_chores();
	ASSERT (SELECT count(*) FROM message WHERE body = 'old') = 25 AND NOT EXISTS (SELECT FROM audit WHERE actor = 'job');
	ASSERT (SELECT bool_and(day = city_now()::date) FROM retention), 'nothing is old, and the day is done with';

	UPDATE city_clock SET offset_ = interval '11 days';
	INSERT INTO delivery_report (dedupe, link_id, reference, number, status, received_at, message_id)
	VALUES (gen_random_uuid(), 1, 1, '+250788000001', 0, city_now(), 1);
	PERFORM person_chores();
	ASSERT (SELECT count(*) FROM delivery_report) = 1, 'the young one';
	ASSERT (SELECT what || ' ' || reason FROM audit WHERE actor = 'job') = 'erased delivery_reports 3';

	UPDATE city_clock SET offset_ = interval '51 days';
	PERFORM person_chores();
	ASSERT (SELECT words IS NULL AND place IS NULL FROM report) AND (SELECT place = 'KN 5' FROM ticket);
	ASSERT (SELECT count(*) FROM tray) = 1 AND (SELECT note = 'waits' FROM tray), 'what waits, waits';

	-- In pieces: ten rows at a time, until the day is done with; then nothing before the next day.
	UPDATE city_clock SET offset_ = interval '101 days';
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_she, 'young', city_now());
	PERFORM retention_chores(10);
	ASSERT (SELECT count(*) FROM message WHERE body = 'old') = 15;
	ASSERT (SELECT erased = 10 AND day < city_now()::date FROM retention WHERE kind = 'messages');
	PERFORM retention_chores(10), retention_chores(10);
	ASSERT (SELECT count(*) FROM message WHERE body = 'old' OR dedupe IS NOT NULL) = 0;
	ASSERT (SELECT body = 'young' FROM message WHERE body IS NOT NULL), 'the young one stays';
	ASSERT NOT EXISTS (SELECT FROM part);
	ASSERT (SELECT reason FROM audit WHERE what = 'erased messages') = '25', 'one line for the whole turn';
	UPDATE message SET at = at - interval '150 days' WHERE body = 'young';
	PERFORM retention_chores(10);
	ASSERT EXISTS (SELECT FROM message WHERE body = 'young'), 'not twice a day';
	UPDATE city_clock SET offset_ = interval '102 days';
	PERFORM retention_chores(10);
	ASSERT NOT EXISTS (SELECT FROM message WHERE body = 'young');

	-- Persons: she has sent nothing for so long; another has something waiting; a crew is the city's own.
	UPDATE city_clock SET offset_ = interval '201 days';
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+250788000004'), 'hello', city_now());
	PERFORM person_chores();
	ASSERT (SELECT string_agg(number, ' ' ORDER BY number) FROM contact WHERE erased_at IS NULL)
		= '+250788000002 +250788000003 +250788000004', (SELECT string_agg(number, ' ') FROM contact);
	ASSERT (SELECT count(*) FROM ticket) = 1 AND (SELECT count(*) FROM report) = 1;

	-- A clock that stands before what the database remembers erases nothing.
	UPDATE city_clock SET offset_ = interval '301 days';
	INSERT INTO node (name, started_at) VALUES ('n', clock_timestamp() + interval '1 day');
	PERFORM person_chores();
	ASSERT EXISTS (SELECT FROM audit WHERE actor = 'clerk');
	DELETE FROM node;
	PERFORM person_chores();
	ASSERT NOT EXISTS (SELECT FROM audit WHERE actor = 'clerk');
END $$;
