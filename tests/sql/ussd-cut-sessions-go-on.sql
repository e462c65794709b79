-- SPDX-License-Identifier: GPL-3.0-or-later
-- A session that was cut is offered to her next one for ten minutes, once; then a form that was complete is put before a person,
-- and of any other nothing is left.

\ir lib/ussd.sql
DO $$
DECLARE
	v text;
BEGIN
	-- Without an end that anybody told: by dialling again.
	PERFORM pg_temp.step('a', '', 'Menu'), pg_temp.step('a', '1', 'Kind?', p_service => 'skip');
	v := pg_temp.step('b', '', 'Go on?');
	ASSERT v = 'new offers state 1', v;
	ASSERT (SELECT how = 'cut' AND NOT settled FROM pg_temp.session('a'));
	ASSERT (SELECT offers = (SELECT id FROM pg_temp.session('a')) FROM pg_temp.session('b'));
	PERFORM pg_temp.step('b', '1', 'Kind?', p_service => 'skip', p_went => 'resumed');
	ASSERT (SELECT how = 'resumed' AND settled AND state = '' FROM pg_temp.session('a'));
	ASSERT pg_temp.step('a', '1*2', 'x') = 'ended', 'one of them has it';
	ASSERT pg_temp.step('c', '', 'Go on?') = 'new offers state 1', 'the one that goes on is cut, too';
	PERFORM pg_temp.step('c', '2', 'Menu', p_went => 'declined');
	ASSERT (SELECT how = 'cut' AND settled FROM pg_temp.session('b'));
	ASSERT pg_temp.step('d', '', 'Menu') = 'new', 'who says no is not asked again';

	-- Told by the aggregator; its next step all the same: it was not cut after all.
	PERFORM pg_temp.step('e', '', 'Menu', p_number => '+250788000002'),
		pg_temp.step('e', '1', 'Kind?', p_service => 'skip', p_number => '+250788000002');
	PERFORM ussd_over('{sim,sim,sim}', '{e,nobody,c}');
	ASSERT (SELECT how = 'cut' AND NOT settled FROM pg_temp.session('e'));
	ASSERT pg_temp.step('e', '1*2', 'Where?', p_service => 'skip', p_number => '+250788000002') = 'open 1';
	ASSERT (SELECT ended_at IS NULL AND how IS NULL FROM pg_temp.session('e')), 'it goes on';
	PERFORM ussd_over('{sim}', '{e}');

	-- Another code, another phone, nothing begun: nothing is offered.
	ASSERT pg_temp.step('f', '', 'Menu', p_number => '+250788000002', p_code => '*311#') = 'new';
	ASSERT pg_temp.step('g', '', 'Menu', p_number => '+250788000003') = 'new';
	ASSERT pg_temp.step('h', '', 'Menu', p_number => '+250788000003') = 'new';
	PERFORM pg_temp.pass('9 minutes');
	ASSERT pg_temp.step('i', '', 'Menu', p_number => '+250788000002') LIKE 'new offers%', 'within ten minutes';
	PERFORM pg_temp.pass('2 minutes');
	ASSERT pg_temp.step('j', '', 'Menu', p_number => '+250788000002') = 'new', 'not later';
END $$;

-- What is cut while she is asked whether to go on: she answers once for all of them, and one person sees one form.
DELETE FROM ussd_session;
DO $$
BEGIN
	FOR i IN 1..3 LOOP
		PERFORM pg_temp.step('a' || i, '1', 'Confirm?', p_service => 'skip', p_complete => true),
			pg_temp.step('b' || i, '', 'Go on?', p_service => 'skip', p_complete => true);
		ASSERT pg_temp.step('c' || i, '', 'Go on?', p_service => 'skip', p_complete => true) = 'new offers state ';
		EXIT WHEN i = 3;
		PERFORM pg_temp.step('c' || i, '1', CASE i WHEN 1 THEN 'Confirm?' ELSE 'Menu' END,
			p_went => (ARRAY['resumed', 'declined'])[i]);
		ASSERT (SELECT bool_and(settled AND state = '') FROM ussd_session WHERE session IN ('a' || i, 'b' || i));
		PERFORM pg_temp.step('c' || i, '1*1', 'Bye', p_more => false);
		ASSERT pg_temp.step('d' || i, '', 'Menu', p_more => false) = 'new', 'she has answered';
	END LOOP;
	-- She goes on with the first of them after all, and is cut there: what she is asked of is the later one.
	PERFORM pg_temp.pass('1 s');
	ASSERT pg_temp.step('a3', '1*1', 'Confirm?', p_service => 'skip', p_complete => true) = 'open 1';
	PERFORM pg_temp.step('c3', '2', 'Menu', p_went => 'declined', p_more => false);
	ASSERT (SELECT settled FROM pg_temp.session('b3')) AND NOT (SELECT settled FROM pg_temp.session('a3'));
	PERFORM pg_temp.pass('13 minutes');
	PERFORM ussd_due(), ussd_due(), pg_temp.pass('11 minutes');
	PERFORM ussd_due();
	ASSERT (SELECT array_agg(note) = '{"summary 1*1"}' FROM tray), 'that one';
	DELETE FROM tray;
	-- Nobody answers.
	PERFORM pg_temp.step('e', '1', 'Confirm?', p_service => 'skip', p_complete => true);
	PERFORM pg_temp.step('f', '', 'Go on?', p_service => 'skip', p_complete => true), pg_temp.pass('9 minutes');
	PERFORM pg_temp.step('g', '', 'Go on?', p_service => 'skip', p_complete => true), pg_temp.pass('3 minutes');
	PERFORM ussd_due(), pg_temp.pass('1 hour');
	PERFORM ussd_due(), ussd_due();
	ASSERT (SELECT count(*) FROM tray) = 1, 'of one form there is one';
	DELETE FROM tray;
END $$;

-- Time.
DELETE FROM ussd_session;
DO $$
DECLARE
	n double precision;
BEGIN
	ASSERT ussd_next() IS NULL AND ussd_due() = 0;
	PERFORM pg_temp.step('a', '', 'Menu', p_number => '+250788000001'),
		pg_temp.step('b', '1', 'Confirm?', p_service => 'skip', p_complete => true, p_number => '+250788000002'),
		pg_temp.step('c', '1', 'Kind?', p_service => 'skip', p_number => '+250788000003'),
		pg_temp.step('d', '1', 'Confirm?', p_service => 'skip', p_complete => true, p_number => '+250788000004'),
		pg_temp.step('e', '1', 'Bye', p_more => false, p_number => '+250788000005');
	PERFORM pg_temp.pass('100 s');
	n := ussd_next();
	ASSERT n BETWEEN 70 AND 81, n::text;
	PERFORM pg_temp.step('d', '1*1', 'Confirm?', p_service => 'skip', p_complete => true, p_number => '+250788000004');
	ASSERT ussd_due() = 0;
	PERFORM pg_temp.pass('81 s');
	ASSERT ussd_due() = 3, 'three have been silent for three minutes';
	ASSERT (SELECT string_agg(session, '' ORDER BY session) FROM ussd_session WHERE how = 'cut') = 'abc';
	n := ussd_next();
	ASSERT n BETWEEN 90 AND 100, n::text;
	PERFORM pg_temp.pass('100 s');
	ASSERT ussd_due() = 1 AND ussd_due() = 0, 'the fourth';
	n := ussd_next();
	ASSERT n BETWEEN 490 AND 500, n::text;
	PERFORM pg_temp.pass('501 s');
	ASSERT ussd_due() = 3;
	ASSERT (SELECT bool_and(settled AND history = '' AND state = '' AND summary = '') FROM ussd_session WHERE session IN ('a', 'b', 'c'));
	ASSERT (SELECT count(*) FROM tray) = 1, 'nothing half-filled';
	ASSERT (SELECT t.kind = 'unconfirmed' AND note = 'summary 1' AND number = '+250788000002' AND done_at IS NULL
		FROM tray t JOIN contact c ON c.id = t.contact_id);
	-- She declined, or went on: no person has to see it.
	PERFORM pg_temp.step('f', '', 'Go on?', p_number => '+250788000004');
	PERFORM pg_temp.step('f', '2', 'Menu', p_went => 'declined', p_number => '+250788000004');
	PERFORM pg_temp.pass('1 day');
	PERFORM ussd_due(), ussd_due();
	ASSERT (SELECT count(*) FROM tray) = 1;
END $$;

-- What the inbox has is nobody else's; taken back, it may be gone on with; lost with the gateway, it is put before a person.
DELETE FROM tray;
DELETE FROM ussd_session;
DO $$
DECLARE
	v bigint;
BEGIN
	PERFORM pg_temp.step('a', '1', 'Confirm?', p_service => 'skip', p_complete => true);
	v := (SELECT session_id FROM ussd_begin('{sim}', '{a}', '{+250788000001}', '{*384#}', '{menu}', ARRAY[md5('1*1')]::uuid[]));
	PERFORM ussd_store(ARRAY[v], ARRAY[md5('1*1')]::uuid[], '{NULL}', '{f}', '{1*1}', ARRAY[''], '{skip}', '{t}', '{full skip 147}',
		'{NULL}', '{NULL}', '{NULL}');
	ASSERT (SELECT running AND history = '1' AND state = 'state 1' AND summary = 'full skip 147' AND ended_at IS NULL
		FROM pg_temp.session('a'));
	ASSERT NOT EXISTS (SELECT FROM ussd_step WHERE screen IS NULL);
	ASSERT pg_temp.step('b', '', 'Menu') = 'new', 'she dials meanwhile';
	PERFORM ussd_halted(ARRAY[v]);
	ASSERT pg_temp.step('c', '', 'Menu') = 'new offers state 1', 'taken back';
	-- And again; but nobody comes back to it.
	UPDATE ussd_session SET running = true WHERE id = v;
	PERFORM pg_temp.pass('11 minutes');
	PERFORM ussd_due();
	ASSERT (SELECT note FROM tray WHERE kind = 'unconfirmed') = 'full skip 147';

	-- Filed in the meantime, with its screen.
	PERFORM ussd_store(ARRAY[v], ARRAY[md5('1*1')]::uuid[], '{Thanks}', '{f}', '{1*1}', ARRAY[''], '{NULL}', '{f}', ARRAY[''],
		'{NULL}', '{NULL}', '{NULL}');
	ASSERT (SELECT NOT running AND how = 'shown' FROM pg_temp.session('a'));
	ASSERT pg_temp.step('a', '1*1', 'x') = 'known Thanks';
END $$;

-- The menu is another than when she began: what was complete waits for a person, and is not offered again.
DELETE FROM ussd_session;
DELETE FROM tray;
DO $$
BEGIN
	PERFORM pg_temp.step('a', '', 'Menu'), pg_temp.step('a', '1', 'Right?', p_service => 'skip', p_complete => true),
		pg_temp.step('a', '1*1', 'New menu', p_went => 'lost');
	ASSERT (SELECT array_agg(kind || ': ' || note) FROM tray) = '{unconfirmed: summary 1}';
	PERFORM pg_temp.step('a', '1*1*1', 'Kind?', p_service => 'skip'),
		pg_temp.step('a', '1*1*1*1', 'New menu', p_went => 'lost');
	ASSERT (SELECT count(*) = 1 FROM tray), 'nothing half-filled';
END $$;

-- A clock that was put back makes nobody wait.
DELETE FROM ussd_session;
DO $$
BEGIN
	PERFORM pg_temp.step('a', '', 'Menu');
	PERFORM pg_temp.pass('-1 day');
	ASSERT ussd_due() = 1;
	PERFORM pg_temp.pass('-1 day');
	ASSERT ussd_due() = 1 AND (SELECT settled FROM pg_temp.session('a'));
END $$;

-- What is old goes, by keep_days.
DO $$
BEGIN
	PERFORM pg_temp.pass('40 days');
	PERFORM pg_temp.step('young', '', 'Menu');
	DELETE FROM retention;
	PERFORM person_chores();
	ASSERT (SELECT string_agg(session, '') FROM ussd_session) = 'young', 'thirty days';
END $$;
