-- SPDX-License-Identifier: GPL-3.0-or-later
-- The administrator hears once that airtime is low, until it was above again; that a SIM expires, 30 and 7 days before; and what
-- became of a purchase that is not clear.  A bundle is bought on the network's own word alone, N times in any 24 hours, never twice for a crash.

SET timezone = 'Africa/Kigali';
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 15:00' - clock_timestamp();
SELECT node_begin('box1') AS epoch \gset
SELECT modem_state('m' || n, :epoch, 'READY', NULL, NULL, NULL, NULL, NULL, '+250788110000') FROM generate_series(1, 2) n;
SELECT modem_link('m' || n, '6351000000000' || n, NULL, '+25078900000' || n, n = 2, 0, 0, 0, 0) FROM generate_series(1, 2) n;

CREATE FUNCTION pg_temp.pass(p_time interval) RETURNS void LANGUAGE sql AS $$
	UPDATE city_clock SET offset_ = offset_ + p_time
$$;
CREATE FUNCTION pg_temp.plan(p_buy boolean, p_per_day integer DEFAULT 2, p_unused integer DEFAULT 0, p_low bigint DEFAULT 500)
RETURNS void LANGUAGE sql AS $$
	SELECT airtime_plan('{1}', '{m1}', '{op}', '{RWF}', '{360}', '{360}', ARRAY[p_low], '{50}', ARRAY[p_buy], '{100}',
		ARRAY[p_per_day], ARRAY[p_unused])
$$;
CREATE FUNCTION pg_temp.due(p_believable boolean DEFAULT true) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(what, ', '), '') FROM airtime_due('{1,2}',
		ARRAY(SELECT id FROM airtime_purchase WHERE epoch <> 999999), (SELECT max(epoch) FROM node), p_believable, 9)
$$;
CREATE FUNCTION pg_temp.told(p_what text, p_outcome text, p_amount bigint DEFAULT NULL, p_count integer DEFAULT NULL,
	p_expires date DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT airtime_told(1, p_what, CASE p_what WHEN 'buy' THEN (SELECT max(id) FROM airtime_purchase) END, p_outcome, p_amount,
		CASE WHEN p_amount IS NOT NULL THEN 'RWF' END, p_amount || ' RWF', p_count, NULL, NULL, p_expires, 'words')
$$;
CREATE FUNCTION pg_temp.warned(p_believable boolean DEFAULT true) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', kind, what, amount, count, day), ', ' ORDER BY kind), '') FROM airtime_warn(p_believable)
$$;

-- Low, once.
DO $$
BEGIN
	PERFORM pg_temp.plan(false);
	ASSERT pg_temp.warned() = '', 'nothing is known';
	PERFORM pg_temp.told('balance', 'read', 500), pg_temp.told('bundle', 'read', NULL, 50);
	ASSERT pg_temp.warned() = '', 'at the limit is not below it';
	PERFORM pg_temp.told('balance', 'read', 499), pg_temp.told('bundle', 'read', NULL, 49);
	ASSERT pg_temp.warned() = 'balance_low 499, bundle_low 49', 'both';
	PERFORM pg_temp.told('balance', 'read', 400), pg_temp.told('bundle', 'read', NULL, 40);
	ASSERT pg_temp.warned() = '', 'once';
	PERFORM pg_temp.told('balance', 'read', 501), pg_temp.told('bundle', 'read', NULL, 51);
	ASSERT pg_temp.warned() = '';
	PERFORM pg_temp.told('balance', 'read', 1);
	UPDATE link SET bundle = 49 WHERE id = 1; -- counted down
	ASSERT pg_temp.warned() = 'balance_low 1, bundle_low 49', 'it was above again';
	PERFORM link_bundle_set('m1', 1000, NULL, 'clerk');
	ASSERT pg_temp.warned() = '';
	ASSERT NOT (SELECT bundle_told FROM airtime_sim), 'a bundle that was told by hand is one';
	PERFORM airtime_told(1, 'balance', NULL, 'read', 5, 'USD', '0.05 USD', NULL, NULL, NULL, NULL, 'words');
	ASSERT pg_temp.warned() = '', 'another money than the limit is in';
	-- Words that no pattern reads, and no words at all.
	PERFORM pg_temp.told('balance', 'unread');
	ASSERT pg_temp.warned() = 'unread balance', 'the pattern fits no more';
	PERFORM pg_temp.told('balance', 'unread');
	ASSERT pg_temp.warned() = '', 'once';
	PERFORM pg_temp.told('balance', 'read', 900);
	PERFORM pg_temp.told('balance', 'unread');
	ASSERT pg_temp.warned() = 'unread balance', 'it was read in between';
	UPDATE airtime_ask SET tries = 4;
	ASSERT pg_temp.warned() = '';
	UPDATE airtime_ask SET tries = 5 WHERE what = 'balance';
	ASSERT pg_temp.warned() = 'silent balance 5' AND pg_temp.warned() = '', 'once';
	PERFORM pg_temp.told('balance', 'read', 900);
END $$;

-- It expires.
DO $$
BEGIN
	PERFORM pg_temp.plan(false, p_unused => 60);
	UPDATE airtime_sim SET since = '2026-10-30'; -- to 29 December
	ASSERT (SELECT expires_days FROM airtime_figures) = 28;
	ASSERT pg_temp.warned(false) = '', 'not by a clock that is not believed';
	-- Nor by one that lost its word after the gateway had asked.
	UPDATE node SET started_at = clock_timestamp() + interval '10 minutes';
	UPDATE link SET day = city_now()::date, day_count = 1 WHERE id = 1;
	ASSERT pg_temp.warned() = '';
	ASSERT (SELECT used_on IS NULL FROM airtime_sim);
	UPDATE link SET day = '-infinity', day_count = 0 WHERE id = 1;
	UPDATE node SET started_at = clock_timestamp();
	ASSERT pg_temp.warned() = 'expires 28 2026-12-29' AND pg_temp.warned() = '', 'once';
	PERFORM pg_temp.pass('20 days');
	ASSERT pg_temp.warned() = '', 'eight days before';
	PERFORM pg_temp.pass('1 day');
	ASSERT pg_temp.warned() = 'expires 7 2026-12-29' AND pg_temp.warned() = '', 'a week before';
	-- Something left it.
	UPDATE link SET day = city_now()::date, day_count = 0 WHERE id = 1;
	ASSERT pg_temp.warned() = '';
	ASSERT (SELECT used_on IS NULL FROM airtime_sim), 'what came back was no use';
	UPDATE link SET day_count = 1 WHERE id = 1;
	ASSERT pg_temp.warned() = '';
	ASSERT (SELECT airtime_expires(s) = city_now()::date + 60 AND expiry_told = 0 FROM airtime_sim s);
	UPDATE link SET day = '-infinity', day_count = 0 WHERE id = 1;
	ASSERT (SELECT used_on = city_now()::date FROM airtime_sim), 'which is kept';
	-- The operator's word holds before a count; the first look may come late.
	PERFORM pg_temp.told('balance', 'read', 900, NULL, city_now()::date + 5);
	ASSERT pg_temp.warned() = 'expires 5 ' || city_now()::date + 5 AND pg_temp.warned() = '', 'one SMS, not two';
	PERFORM pg_temp.told('balance', 'read', 900, NULL, city_now()::date + 90);
	ASSERT pg_temp.warned() = '';
	ASSERT (SELECT expiry_told = 0 FROM airtime_sim), 'topped up';
	PERFORM pg_temp.pass('60 days');
	ASSERT pg_temp.warned() = 'expires 30 ' || (city_now()::date + 30), 'the next time';
	UPDATE airtime_sim SET expires = NULL;
	PERFORM pg_temp.plan(false);
END $$;

-- It is bought.
CREATE FUNCTION pg_temp.asks_nothing() RETURNS void LANGUAGE sql AS $$
	UPDATE airtime_ask SET tries = 0, next_at = city_now() + interval '5 hours'
$$;
DO $$
DECLARE
	v_id bigint;
BEGIN
	DELETE FROM audit;
	PERFORM pg_temp.plan(true);
	UPDATE airtime_ask SET next_at = city_now() + interval '5 hours', tries = 0;
	PERFORM link_bundle_set('m1', 150, NULL, 'clerk');
	ASSERT pg_temp.due() = '', 'enough is left';
	UPDATE link SET bundle = 99 WHERE id = 1;
	ASSERT pg_temp.due(false) = '', 'a clock that is not believed buys nothing';
	ASSERT pg_temp.due() = 'bundle', 'what was counted is asked for first';
	PERFORM pg_temp.told('bundle', 'read', NULL, 120);
	ASSERT pg_temp.due() = '', 'the network says that enough is left';
	PERFORM pg_temp.pass('61 minutes');
	PERFORM pg_temp.told('bundle', 'read', NULL, 40);
	ASSERT pg_temp.warned() = '', 'it is about to be bought: nobody is needed';
	ASSERT pg_temp.due(false) = '', 'a clock that is not believed buys nothing, also now';
	UPDATE node SET started_at = clock_timestamp() + interval '10 minutes';
	ASSERT pg_temp.due() = '', 'nor one that lost its word meanwhile';
	UPDATE airtime_sim SET bundle_told = false;
	ASSERT pg_temp.warned() = 'bundle_low 40', 'by it none is about to be bought';
	UPDATE airtime_sim SET bundle_told = false;
	UPDATE node SET started_at = clock_timestamp();
	ASSERT pg_temp.due() = 'buy', 'bought';
	ASSERT (SELECT count(*) = 1 AND bool_and(outcome IS NULL AND at = city_now() OR at > city_now() - interval '1 minute') FROM airtime_purchase);
	ASSERT pg_temp.due() = '' AND pg_temp.warned() = '', 'it is under way';
	UPDATE airtime_sim SET used_on = NULL;
	PERFORM pg_temp.told('buy', 'bought');
	ASSERT (SELECT used_on = city_now()::date FROM airtime_sim), 'the SIM was used';
	ASSERT pg_temp.due() = '' AND pg_temp.warned() = '', 'the network needs a moment';
	PERFORM pg_temp.pass('2 minutes 1 second');
	ASSERT pg_temp.due() = 'balance', 'then it is asked, what it cost';
	PERFORM pg_temp.told('balance', 'read', 700);
	ASSERT pg_temp.due() = 'bundle', 'and what there is';
	PERFORM pg_temp.told('bundle', 'read', NULL, 30);
	ASSERT pg_temp.due() = 'buy', 'the second of the day';
	PERFORM pg_temp.told('buy', 'silent');
	ASSERT pg_temp.warned() = 'not_bought unclear' AND pg_temp.warned() = '', 'nobody knows: it counts, and is told once';
	PERFORM pg_temp.pass('3 minutes');
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.told('balance', 'read', 700);
	ASSERT pg_temp.due() = 'bundle';
	PERFORM pg_temp.told('bundle', 'read', NULL, 20);
	ASSERT pg_temp.due() = '', 'no third one today';
	ASSERT pg_temp.warned() = 'bundle_low 20', 'somebody has to know';
	ASSERT (SELECT string_agg(what, ', ' ORDER BY id) FROM audit WHERE what LIKE 'bundle %' AND actor = 'job')
		= 'bundle is bought, bundle bought, bundle is bought, bundle unclear', 'the audit';

	-- The next day.  Who dies over it never buys again what he may have bought.
	PERFORM pg_temp.pass('1 day');
	UPDATE airtime_ask SET tries = 0, next_at = city_now() + CASE what WHEN 'bundle' THEN interval '0' ELSE '5 hours' END;
	ASSERT pg_temp.due() = 'bundle';
	PERFORM pg_temp.told('bundle', 'read', NULL, 20);
	ASSERT pg_temp.due() = 'buy';
	v_id := (SELECT max(id) FROM airtime_purchase);
	UPDATE airtime_purchase SET epoch = 999999 WHERE id = v_id; -- whose session is gone
	ASSERT pg_temp.due() = '', 'not at once';
	ASSERT (SELECT outcome FROM airtime_purchase WHERE id = v_id) = 'unclear';
	ASSERT pg_temp.warned() = 'not_bought unclear';
	-- Its answer may come yet, if it lives after all.
	PERFORM pg_temp.told('buy', 'bought');
	ASSERT (SELECT outcome FROM airtime_purchase WHERE id = v_id) = 'bought';
	PERFORM pg_temp.told('buy', 'refused');
	ASSERT (SELECT outcome FROM airtime_purchase WHERE id = v_id) = 'bought', 'said once';
	ASSERT pg_temp.warned() = '';

	-- Refused: it counts as a try; told.
	PERFORM pg_temp.pass('3 minutes');
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.told('balance', 'read', 700);
	ASSERT pg_temp.due() = 'bundle';
	PERFORM pg_temp.told('bundle', 'read', NULL, 20);
	ASSERT pg_temp.due() = 'buy';
	PERFORM pg_temp.told('buy', 'refused');
	ASSERT pg_temp.warned() = 'not_bought refused';

	-- What never left the modem is no purchase.
	PERFORM pg_temp.pass('1 day');
	UPDATE airtime_ask SET tries = 0, next_at = city_now() + CASE what WHEN 'bundle' THEN interval '0' ELSE '5 hours' END;
	PERFORM pg_temp.due(), pg_temp.told('bundle', 'read', NULL, 20);
	ASSERT pg_temp.due() = 'buy';
	v_id := (SELECT count(*) FROM airtime_purchase);
	PERFORM pg_temp.told('buy', 'undialled');
	ASSERT (SELECT count(*) FROM airtime_purchase) = v_id - 1;
	ASSERT pg_temp.warned() = '' AND pg_temp.due() = '', 'not at once';
	PERFORM pg_temp.pass('61 seconds');
	ASSERT pg_temp.due() = 'bundle';
	PERFORM pg_temp.told('bundle', 'read', NULL, 20);
	ASSERT pg_temp.due() = 'buy';

	-- N in any 24 hours: what was bought late today counts tomorrow morning.
	PERFORM pg_temp.told('buy', 'bought'), pg_temp.pass('2 days');
	UPDATE city_clock SET offset_ = offset_ + ((city_now()::date + 1)::timestamptz - interval '10 minutes' - city_now());
	PERFORM pg_temp.plan(true, 1);
	PERFORM pg_temp.told('bundle', 'read', NULL, 200), pg_temp.told('bundle', 'read', NULL, 20), pg_temp.asks_nothing();
	ASSERT pg_temp.due() = 'buy', 'ten minutes to midnight';
	PERFORM pg_temp.told('buy', 'bought'), pg_temp.pass('20 minutes');
	PERFORM pg_temp.told('bundle', 'read', NULL, 20), pg_temp.asks_nothing();
	ASSERT pg_temp.due() = '', 'another day, and not another one';
	ASSERT pg_temp.warned() = 'bundle_low 20', 'somebody has to know';
	PERFORM pg_temp.pass('23 hours 39 minutes');
	PERFORM pg_temp.told('bundle', 'read', NULL, 19), pg_temp.asks_nothing();
	ASSERT pg_temp.due() = '' AND (SELECT bought_24h FROM airtime_list WHERE modem = 'm1') = 1, 'not yet';
	PERFORM pg_temp.pass('2 minutes');
	ASSERT pg_temp.due() = 'buy', '24 hours';
	ASSERT (SELECT bought_24h FROM airtime_list WHERE modem = 'm1') = 1;
	-- One that a clock ahead of its time wrote down counts, whatever the clock says now.
	PERFORM pg_temp.told('buy', 'bought'), pg_temp.pass('-2 days');
	UPDATE airtime_purchase SET ended_at = '-infinity';
	PERFORM pg_temp.told('bundle', 'read', NULL, 19), pg_temp.asks_nothing();
	ASSERT pg_temp.due() = '', 'never more';

	-- A SIM that has become a till is never dialled.
	PERFORM pg_temp.pass('2 days');
	UPDATE link SET receive_only = true WHERE id = 1;
	ASSERT pg_temp.due() = '' AND pg_temp.warned() = '' AND airtime_next('{1}') IS NULL;
END $$;
