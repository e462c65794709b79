-- SPDX-License-Identifier: GPL-3.0-or-later
-- The chain of duty officers: one after the other, at night, until one takes it; each hears what concerns her, once; a clock
-- that is moved makes nobody wait longer; whoever is closed, dropped or forgotten wakes nobody.

INSERT INTO setting VALUES ('duty_minutes', '5'), ('administrator', '+250788100000'), ('quiet_hours', '00:00 23:59'),
	('news_states', 'fixed');
INSERT INTO zone (name) VALUES ('Kimisagara');
INSERT INTO officer (name, contact_id, roles, duty) VALUES
	('Bosco', contact_of('+250788000012'), '{duty}', 2), ('Aline', contact_of('+250788000011'), '{duty,approve}', 1),
	('Chantal', contact_of('+250788000013'), '{duty}', NULL), ('Dina', contact_of('+250788000014'), '{draft}', NULL),
	('Emery', NULL, '{duty}', 0);
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+250788000001'), 'au secours', city_now());

CREATE FUNCTION pg_temp.sos(p_number text) RETURNS ticket LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := 'sos';
	v.category := 'other';
	v.urgent := true;
	v.place := 'near the bridge';
	RETURN ticket_open(v, 'au secours', 1, contact_of(p_number));
END $$;
-- Who was told what, since it was last asked: "number key", sorted.
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM notice RETURNING contact_id, text_key, priority, not_before, values)
	SELECT coalesce(string_agg(right(c.number, 3) || ' ' || g.text_key || CASE WHEN g.priority = 0
			AND g.not_before <= city_now() THEN '' ELSE ' later' END, ', ' ORDER BY c.number, g.text_key), '')
	FROM gone g JOIN contact c ON c.id = g.contact_id
$$;
CREATE FUNCTION pg_temp.take(p_number text, p_reference text) RETURNS text LANGUAGE sql AS $$
	SELECT outcome FROM duty_take(contact_of(p_number), p_reference)
$$;
CREATE FUNCTION pg_temp.pass(p_time interval) RETURNS void LANGUAGE sql AS $$
	UPDATE city_clock SET offset_ = offset_ + p_time
$$;

DO $$
DECLARE
	v ticket := pg_temp.sos('+250788000001');
	w ticket;
	x text[];
BEGIN
	ASSERT duty_next() IS NULL AND duty_due() = 0 AND duty_state(v.id) IS NULL, 'nothing is under way';
	ASSERT duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', ARRAY['reference', v.reference]), 'somebody';
	ASSERT pg_temp.told() = '011 sos_duty', 'the first at once, in quiet hours, and nobody else';
	ASSERT duty_next() BETWEEN 295 AND 300 AND duty_due() = 0 AND duty_state(v.id) = 'waking', 'not yet';

	-- One call a ticket: the second changes the words only.
	ASSERT duty_wake('sos', v.reference, v.id, NULL, 'sos_duty_more', ARRAY['reference', v.reference]);
	ASSERT pg_temp.told() = '', 'nobody twice';
	PERFORM pg_temp.pass('4 minutes 50 seconds');
	ASSERT duty_due() = 0 AND pg_temp.told() = '', 'not yet';
	PERFORM pg_temp.pass('11 seconds');
	ASSERT duty_next() <= 0 AND duty_due() = 1 AND pg_temp.told() = '012 sos_duty_more', 'the next, with the later words';
	ASSERT duty_due() = 0, 'once';

	-- More is known: who was woken hears it.
	PERFORM duty_more(v.reference, 'sos_more', '{}');
	ASSERT pg_temp.told() = '011 sos_more, 012 sos_more', 'both';

	-- A clock that was put back.
	PERFORM pg_temp.pass('-3 hours');
	ASSERT duty_next() BETWEEN 295 AND 300, duty_next();
	ASSERT duty_due() = 0 AND pg_temp.told() = '', 'not due';
	ASSERT duty_next() BETWEEN 295 AND 300, 'five minutes from now';
	-- And far ahead: the next is due, and then the one after in his minutes.
	PERFORM pg_temp.pass('3 days');
	ASSERT duty_due() = 1 AND pg_temp.told() = '013 sos_duty_more', 'the third';
	ASSERT duty_due() = 0 AND duty_next() BETWEEN 295 AND 300, 'has his minutes';

	-- Who may not take it, and what is not to be taken.
	ASSERT pg_temp.take('+250788000014', v.reference) = 'no_duty' AND pg_temp.take('+250788000099', v.reference) = 'no_duty';
	ASSERT pg_temp.take('+250788000012', 'ZZ99') = 'unknown';
	ASSERT pg_temp.told() = '' AND (SELECT taken_by FROM duty_call) IS NULL, 'nothing came of it';

	-- Who was woken second takes it; the others, and she who called, hear it; nobody is woken any more.
	ASSERT pg_temp.take('+250788000012', v.reference) = 'taken';
	ASSERT pg_temp.told() = '001 sos_taken, 011 duty_taken, 013 duty_taken', 'all who wait';
	ASSERT (SELECT state FROM ticket WHERE id = v.id) = 'in_progress' AND duty_state(v.id) = 'taken';
	ASSERT (SELECT actor FROM event WHERE ticket_id = v.id AND what = 'in_progress') = 'officer Bosco';
	ASSERT duty_next() IS NULL;
	PERFORM pg_temp.pass('1 hour');
	ASSERT duty_due() = 0 AND pg_temp.told() = '', 'silence';
	ASSERT pg_temp.take('+250788000011', v.reference) = 'has' AND (SELECT name || ' ' || officer FROM
		duty_take(contact_of('+250788000011'), v.reference)) = v.reference || ' Bosco', 'the second hears who';
	ASSERT pg_temp.take('+250788000012', v.reference) = 'mine' AND pg_temp.told() = '', 'and nobody else anything';
	PERFORM duty_more(v.reference, 'sos_more', '{}');
	ASSERT pg_temp.told() = '012 sos_more', 'who has it';
	ASSERT (SELECT string_agg(what || ' ' || coalesce(reason, actor), ', ' ORDER BY id) FROM audit WHERE object = v.reference)
		= 'duty woken Aline, duty woken Bosco, duty woken Chantal, duty taken Bosco', 'who was woken when is known';

	-- Nobody answers: the administrator and all who called hear it; it can still be taken.
	v := pg_temp.sos('+250788000001');
	PERFORM report_add(v, 'we too', 1, contact_of('+250788000002')), report_add(v, 'again', 1, contact_of('+250788000001'));
	PERFORM duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', '{}');
	FOR i IN 1..2 LOOP
		PERFORM pg_temp.pass('5 minutes'), duty_due();
	END LOOP;
	ASSERT pg_temp.told() = '011 sos_duty, 012 sos_duty, 013 sos_duty', 'one after the other';
	PERFORM pg_temp.pass('5 minutes');
	ASSERT duty_due() = 1 AND pg_temp.told() = '001 sos_nobody, 002 sos_nobody, 000 duty_nobody', 'each once';
	ASSERT duty_next() IS NULL AND duty_due() = 0 AND duty_state(v.id) = 'nobody';
	ASSERT pg_temp.take('+250788000013', NULL) = 'taken' AND pg_temp.told() = '001 sos_taken, 002 sos_taken, 011 duty_taken, '
		'012 duty_taken', 'later than never';

	-- VU alone: the one that nobody has; of several, which.
	ASSERT pg_temp.take('+250788000013', NULL) = 'none';
	v := pg_temp.sos('+250788000001');
	w := pg_temp.sos('+250788000002');
	PERFORM duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', '{}'), duty_wake('sos', w.reference, w.id, NULL, 'sos_duty', '{}');
	x := (SELECT ARRAY[outcome, name] FROM duty_take(contact_of('+250788000011'), NULL));
	ASSERT x[1] = 'which' AND x[2] LIKE '%' || v.reference || '%' AND x[2] LIKE '%' || w.reference || '%', x;
	-- A ticket that a clerk closes needs nobody.
	PERFORM ticket_change(w.id, 'archived', 'clerk', 'a child');
	ASSERT pg_temp.take('+250788000011', w.reference) = 'closed', 'closed';
	ASSERT pg_temp.take('+250788000011', NULL) = 'taken', 'the other one is the one';
	ASSERT duty_state(v.id) = 'taken';
	PERFORM pg_temp.told(), pg_temp.pass('5 minutes');
	ASSERT duty_due() = 1 AND pg_temp.told() = '', 'ends in silence';
	ASSERT duty_next() IS NULL;

	-- A ticket that became another's duplicate: its reference is that one's.
	v := pg_temp.sos('+250788000001');
	w := pg_temp.sos('+250788000002');
	PERFORM duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', '{}');
	PERFORM ticket_set(w.reference, NULL, 'clerk', NULL, NULL, v.reference, true);
	PERFORM pg_temp.told();
	ASSERT pg_temp.take('+250788000011', w.reference) = 'taken' AND pg_temp.told() = '001 sos_taken, 002 sos_taken', 'both';

	-- Forgotten or blocked officers are not woken; without anybody it is said at once, also to her who is blocked.
	UPDATE contact SET blocked = true WHERE number IN ('+250788000011', '+250788000001');
	UPDATE officer SET active = false WHERE name = 'Bosco';
	UPDATE contact SET erased_at = city_now() WHERE number = '+250788000013';
	v := pg_temp.sos('+250788000001');
	ASSERT NOT duty_wake('sos', v.reference, v.id, NULL, 'sos_duty', '{}'), 'nobody';
	ASSERT pg_temp.told() = '001 sos_nobody, 000 duty_nobody' AND duty_state(v.id) = 'nobody' AND duty_next() IS NULL, 'at once';
	ASSERT pg_temp.take('+250788000011', v.reference) = 'no_duty' AND pg_temp.take('+250788000012', v.reference) = 'no_duty';
END $$;
