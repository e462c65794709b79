-- SPDX-License-Identifier: GPL-3.0-or-later
-- What came of a form is kept with it until its gateway says whether she has seen it: seen, it is taken back; owed, it is queued;
-- of a gateway that says nothing any more it is queued by whoever looks next. Once, whoever says it.
\ir lib/ussd.sql
-- A step of hers that the inbox files, with its letter.
CREATE FUNCTION pg_temp.file(p_session text, p_letter text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
BEGIN
	PERFORM pg_temp.step(p_session, '', 'Menu');
	v_id := (SELECT id FROM pg_temp.session(p_session));
	PERFORM ussd_store(ARRAY[v_id], ARRAY[md5('1')]::uuid[], '{Done}', '{f}', '{1}', '{""}', '{NULL}', '{f}', '{""}', '{NULL}', '{NULL}',
		'{NULL}', p_letter, 'callback', 2, 0);
END $$;
CREATE FUNCTION pg_temp.told(p_session text, p_owed boolean) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	RETURN ussd_letters(ARRAY[(SELECT id FROM pg_temp.session(p_session))], ARRAY[md5('1')]::uuid[], ARRAY[p_owed], 60);
END $$;
DO $$
BEGIN
	PERFORM pg_temp.file('a', 'one'), pg_temp.file('b', 'two'), pg_temp.file('c', NULL), pg_temp.file('d', 'three');
	ASSERT (SELECT count(*) FROM ussd_letter) = 3, 'one that the inbox sends is none';
	ASSERT ussd_next() BETWEEN 9 AND 10 AND ussd_next(false) BETWEEN 9 AND 10, 'looked at in time';
	ASSERT ussd_letters('{}', '{}', '{}', 60) = 0, 'too early';

	ASSERT pg_temp.told('a', false) = 0;
	ASSERT (SELECT count(*) FROM ussd_letter) = 2, 'she has seen it';
	ASSERT pg_temp.told('a', true) = 0, 'who says so later is too late';
	ASSERT pg_temp.told('b', true) = 1, 'she has not';
	ASSERT pg_temp.told('b', true) = 0, 'once';
	ASSERT (SELECT body = 'two' AND service = 'callback' AND segments = 2 AND priority = 0 AND direction = 'out'
		AND contact_id = (SELECT contact_id FROM pg_temp.session('b')) AND valid_until - at = interval '1 hour' FROM message);
	ASSERT (SELECT count(*) FROM queue) = 2, 'its segments';

	-- Nobody says anything: by the machine's clock, since this is no matter of the city's day.
	PERFORM pg_temp.pass('1 day');
	ASSERT ussd_letters('{}', '{}', '{}', 60) = 0;
	UPDATE ussd_letter SET at = at - interval '11 seconds';
	ASSERT ussd_next() < 0;
	ASSERT ussd_letters('{}', '{}', '{}', 60) = 1;
	ASSERT NOT EXISTS (SELECT FROM ussd_letter);
	ASSERT (SELECT body FROM message ORDER BY id DESC LIMIT 1) = 'three';
	ASSERT ussd_next(false) = 60, 'nothing of letters is left, and of the rest nothing while the clock is doubted';
	-- A clock that was put back makes nobody wait.
	PERFORM pg_temp.file('e', 'four');
	UPDATE ussd_letter SET at = at + interval '1 year';
	ASSERT ussd_letters('{}', '{}', '{}', 60) = 1;

	-- Who is forgotten in between is told nothing.
	PERFORM pg_temp.file('f', 'five');
	PERFORM person_erase((SELECT id FROM contact));
	ASSERT NOT EXISTS (SELECT FROM ussd_letter);
END $$;
