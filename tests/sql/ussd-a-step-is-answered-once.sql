-- SPDX-License-Identifier: GPL-3.0-or-later
-- A step is known by its session and all that was keyed: told again it gets the screen that it had; what goes on from there is
-- new; what is another phone's, or of a session that is over, is none of them.

\ir lib/ussd.sql
DO $$
DECLARE
	v text;
	n bigint;
BEGIN
	v := pg_temp.step('a', '', 'Menu');
	ASSERT v = 'new', v;
	v := pg_temp.step('a', '', 'another');
	ASSERT v = 'known Menu', 'told again: ' || v;
	v := pg_temp.step('a', '1', 'Kind?', p_service => 'skip');
	ASSERT v = 'open', v;
	v := pg_temp.step('a', '1*2', 'Where?', p_service => 'skip');
	ASSERT v = 'open 1', 'what was keyed: ' || v;
	ASSERT pg_temp.step('a', '1', 'x') = 'known Kind? 1*2', 'an earlier one again';
	ASSERT (SELECT steps = 3 AND state = 'state 1*2' AND service = 'skip' AND summary = 'summary 1*2' FROM pg_temp.session('a'));
	ASSERT (SELECT count(*) FROM ussd_step) = 3 AND (SELECT count(*) FROM contact) = 1;

	ASSERT pg_temp.step('a', '1*2*3', 'x', p_number => '+250788000002') = 'other 1*2', 'another phone';
	ASSERT pg_temp.step('a', '1', 'x', p_number => '+250788000002') NOT LIKE 'known%', 'nor is a screen shown to it';

	v := pg_temp.step('a', '1*2*3', 'Thanks', p_more => false);
	ASSERT (SELECT how = 'shown' AND settled AND history = '' AND state = '' AND summary = '' AND service IS NULL
		FROM pg_temp.session('a')), 'an end leaves nothing';
	ASSERT pg_temp.step('a', '1*2*3', 'x') = 'known Thanks' AND pg_temp.step('a', '1*2', 'x') = 'known Where?';
	ASSERT pg_temp.step('a', '1*2*3*4', 'x') = 'ended', 'behind the end';
	ASSERT (SELECT count(*) FROM ussd_step) = 4, 'which stores nothing';

	-- A batch: each its own, in the order given; who is not known is met.
	v := (SELECT string_agg(outcome || ' ' || (screen IS NOT NULL), ', ')
		FROM ussd_begin('{sim,sim,other}', '{b,a,a}', '{+250788000003,+250788000001,+250788000004}', '{*384#,*384#,*1#}',
			'{menu,menu,menu}', ARRAY[md5(''), md5('1'), NULL]::uuid[]));
	ASSERT v = 'new false, known true, new false', v;

	-- Language: by her choice, from now on.
	ASSERT pg_temp.step('c', '', 'Menu', p_number => '+250788000005', p_language => 'pt') = 'new';
	ASSERT (SELECT language = 'pt' AND language_chosen FROM contact WHERE number = '+250788000005');
	ASSERT (SELECT language FROM ussd_begin('{sim}', '{d}', '{+250788000005}', '{*384#}', '{menu}', '{NULL}')) = 'pt';
	ASSERT (SELECT NOT blocked FROM ussd_begin('{sim}', '{d}', '{+250788000005}', '{*384#}', '{menu}', '{NULL}'));
	UPDATE contact SET blocked = true;
	ASSERT (SELECT blocked FROM ussd_begin('{sim}', '{d}', '{+250788000005}', '{*384#}', '{menu}', '{NULL}'));
	INSERT INTO link (identity, number) VALUES ('SIM', '+250789000001');
	ASSERT (SELECT blocked FROM ussd_begin('{sim}', '{e}', '{+250789000001}', '{*384#}', '{menu}', '{NULL}')), 'ours';

	-- Who is forgotten in the midst of it: nothing of her comes back.
	n := (SELECT id FROM pg_temp.session('a'));
	PERFORM person_erase((SELECT id FROM contact WHERE number = '+250788000001'));
	ASSERT (SELECT settled AND history = '' AND state = '' AND summary = '' AND service IS NULL FROM pg_temp.session('a'));
	PERFORM ussd_store(ARRAY[n], ARRAY[md5('x')]::uuid[], '{x}', '{t}', '{x}', '{x}', '{NULL}', '{f}', '{x}', '{fr}', '{NULL}', '{NULL}');
	ASSERT (SELECT count(*) FROM ussd_step WHERE screen = 'x') = 0;
	ASSERT pg_temp.step('a', '1', 'x') = 'other', 'all that she had keyed does not begin anew';
	ASSERT NOT EXISTS (SELECT FROM contact WHERE number = '+250788000001'), 'and does not make her known again';
	ASSERT pg_temp.step('z', '', 'x') = 'new', 'and then she is somebody else';
END $$;
