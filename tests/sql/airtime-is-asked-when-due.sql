-- SPDX-License-Identifier: GPL-3.0-or-later
-- A SIM's airtime is asked when its time comes, once; a network that is silent is left in peace for longer and longer; what is
-- read stays until the network says otherwise; a till is never dialled.

SET timezone = 'Africa/Kigali';
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 15:00' - clock_timestamp();
SELECT node_begin('box1') AS epoch \gset
SELECT modem_state('m' || n, :epoch, 'READY', NULL, NULL, NULL, NULL, NULL, '+250788110000') FROM generate_series(1, 3) n;
SELECT modem_link('m' || n, '6351000000000' || n, NULL, '+25078900000' || n, n = 3, 0, 0, 0, 0) FROM generate_series(1, 3) n;

CREATE FUNCTION pg_temp.pass(p_time interval) RETURNS void LANGUAGE sql AS $$
	UPDATE city_clock SET offset_ = offset_ + p_time
$$;
CREATE FUNCTION pg_temp.plan() RETURNS void LANGUAGE sql AS $$
	SELECT airtime_plan('{1,2,3}', '{m1,m2,m3}', '{op,NULL,op}', '{RWF,NULL,RWF}', '{360,NULL,360}', '{720,NULL,360}', '{0,0,0}',
		'{0,0,0}', '{f,f,f}', '{0,0,0}', '{0,0,0}', '{0,0,0}')
$$;
CREATE FUNCTION pg_temp.due(p_most integer DEFAULT 9) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(link_id || ' ' || what, ', '), '')
	FROM airtime_due('{1,2,3}', '{}', (SELECT max(epoch) FROM node), true, p_most)
$$;
CREATE FUNCTION pg_temp.told(p_what text, p_outcome text, p_amount bigint DEFAULT NULL, p_count integer DEFAULT NULL,
	p_until date DEFAULT NULL, p_words text DEFAULT 'words') RETURNS void LANGUAGE sql AS $$
	SELECT airtime_told(1, p_what, NULL, p_outcome, p_amount, CASE WHEN p_amount IS NOT NULL THEN 'RWF' END,
		p_amount || ' RWF', p_count, NULL, p_until, NULL, p_words)
$$;

DO $$
DECLARE
	v_next double precision;
BEGIN
	PERFORM pg_temp.plan();
	ASSERT (SELECT count(*) FROM airtime_sim) = 2 AND (SELECT count(*) FROM airtime_ask WHERE link_id = 2) = 0, 'no operator';
	ASSERT airtime_next('{1,2}') <= 0 AND airtime_next('{2}') IS NULL AND airtime_next('{3}') IS NULL, 'at once, no till';
	ASSERT pg_temp.due(0) = '', 'none more than are wanted';
	ASSERT pg_temp.due() = '1 balance', 'one a link, and no till';
	-- It is committed before it is dialled: who dies over it asks again after a rest.
	ASSERT pg_temp.due() = '1 bundle', 'the other';
	ASSERT pg_temp.due() = '', 'not again';
	v_next := airtime_next('{1}');
	ASSERT v_next BETWEEN 590 AND 601, 'a rest: ' || v_next;
	PERFORM pg_temp.told('balance', 'read', 1200);
	PERFORM pg_temp.told('bundle', 'read', NULL, 300, '2026-12-20');
	ASSERT (SELECT (balance, bundle) = ('1200 RWF', 300) AND bundle_at = city_now() OR bundle_at > city_now() - interval '1 min'
		FROM link WHERE id = 1);
	ASSERT (SELECT count(*) = 2 AND bool_and(outcome = 'read') FROM airtime);

	-- Six hours, and up to a tenth more.
	PERFORM pg_temp.pass('5 hours 59 minutes');
	ASSERT pg_temp.due() = '', 'not yet';
	PERFORM pg_temp.pass('37 minutes');
	PERFORM pg_temp.plan();
	ASSERT pg_temp.due() = '1 balance', 'the balance alone';

	-- A network that does not answer: 10 minutes, 20, 40, and never rarer than it is asked anyway.
	PERFORM pg_temp.told('balance', 'silent');
	PERFORM pg_temp.pass('10 minutes 1 second');
	ASSERT pg_temp.due() = '1 balance', 'again';
	PERFORM pg_temp.told('balance', 'refused');
	PERFORM pg_temp.pass('10 minutes 1 second');
	ASSERT pg_temp.due() = '', 'twice as long';
	PERFORM pg_temp.pass('10 minutes');
	ASSERT pg_temp.due() = '1 balance', 'then again';
	UPDATE airtime_ask SET tries = 900, next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = '1 balance';
	ASSERT (SELECT next_at - city_now() <= interval '6 hours' AND next_at - city_now() > interval '5 hours 59 min'
		FROM airtime_ask WHERE what = 'balance'), 'no rarer';
	ASSERT (SELECT balance = '1200 RWF' AND bundle = 300 FROM link WHERE id = 1), 'what was read stays';

	-- What never left the modem is no try.
	UPDATE airtime_ask SET tries = 0, next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = '1 balance';
	PERFORM pg_temp.told('balance', 'undialled');
	ASSERT (SELECT tries = 0 AND next_at <= city_now() + interval '1 minute' FROM airtime_ask WHERE what = 'balance');

	-- Told by hand: it stays until the network says otherwise, and is counted down meanwhile.
	PERFORM link_bundle_set('m1', 1500, '9 F', 'clerk');
	PERFORM pg_temp.told('balance', 'read', 1000);
	ASSERT (SELECT bundle = 1500 AND balance = '1000 RWF' FROM link WHERE id = 1), 'its balance alone was said';
	PERFORM pg_temp.told('bundle', 'unread');
	ASSERT (SELECT bundle = 1500 FROM link WHERE id = 1), 'nothing was said';
	PERFORM pg_temp.told('bundle', 'read', NULL, 0);
	ASSERT (SELECT bundle = 0 FROM link WHERE id = 1), 'otherwise';

	-- A bundle that ends is asked for the day after.
	PERFORM pg_temp.told('bundle', 'read', NULL, 100, city_now()::date);
	ASSERT (SELECT next_at = (city_now()::date + 1)::timestamptz FROM airtime_ask WHERE what = 'bundle'), 'at midnight';

	-- A clock that is put back makes nobody wait longer.
	PERFORM pg_temp.pass('-3 years');
	ASSERT pg_temp.due() <> '', 'at once';

	-- Somebody asks now.
	ASSERT (SELECT outcome = 'asked' AND asks = 2 AND link = 1 FROM airtime_ask_now('m1'));
	ASSERT (SELECT outcome FROM airtime_ask_now('m2')) = 'no_operator';
	ASSERT (SELECT outcome FROM airtime_ask_now('m3')) = 'till';
	ASSERT (SELECT outcome FROM airtime_ask_now('m4')) = 'no_modem';
	PERFORM modem_state('m1', NULL, 'ABSENT', NULL, NULL, NULL, NULL, NULL, NULL);
	ASSERT (SELECT outcome FROM airtime_ask_now('m1')) = 'away';

	-- An operator that is named no more.
	PERFORM airtime_plan('{1}', '{m1}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{0}', '{0}', '{f}', '{0}', '{0}', '{0}');
	ASSERT (SELECT count(*) = 0 FROM airtime_ask WHERE link_id = 1) AND pg_temp.due() = '';
	ASSERT (SELECT count(*) FROM airtime_list) = 3 AND (SELECT count(*) FROM airtime_figures) = 2, 'tills have no figures';
END $$;
