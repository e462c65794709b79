-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an operator tells by SMS answers what is being asked, where its answers come so, and is waited for; told by itself it is known,
-- but postpones no asking, calms no warning, and buys nothing: anybody may have sent it.

SET timezone = 'Africa/Kigali';
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 15:00' - clock_timestamp();
SELECT node_begin('box1') AS epoch \gset
SELECT modem_state('m' || n, :epoch, 'READY', NULL, NULL, NULL, NULL, NULL, '+250788110000') FROM generate_series(1, 2) n;
SELECT modem_link('m' || n, '6351000000000' || n, NULL, '+25078900000' || n, false, 0, 0, 0, 0) FROM generate_series(1, 2) n;
SELECT modem_state('m3', :epoch, 'READY', NULL, NULL, NULL, NULL, NULL, '+250788110000');
SELECT modem_link('m3', '63510000000003', NULL, '+250789000003', true, 0, 0, 0, 0);

CREATE FUNCTION pg_temp.pass(p_time interval) RETURNS void LANGUAGE sql AS $$
	UPDATE city_clock SET offset_ = offset_ + p_time
$$;
CREATE FUNCTION pg_temp.plan(p_buy boolean DEFAULT false) RETURNS void LANGUAGE sql AS $$
	SELECT airtime_plan('{1,2}', '{m1,m2}', '{op,op}', '{RWF,RWF}', '{360,NULL}', '{360,NULL}', '{500,0}', '{50,0}', ARRAY[p_buy, false],
		'{100,0}', '{1,0}', '{0,0}')
$$;
CREATE FUNCTION pg_temp.due() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(what, ', '), '')
	FROM airtime_due('{1,2}', ARRAY(SELECT id FROM airtime_purchase), (SELECT max(epoch) FROM node), true, 9)
$$;
CREATE FUNCTION pg_temp.told(p_what text, p_outcome text, p_amount bigint DEFAULT NULL, p_count integer DEFAULT NULL, p_wait integer DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
	SELECT airtime_told(1, p_what, CASE p_what WHEN 'buy' THEN (SELECT max(id) FROM airtime_purchase) END, p_outcome, p_amount,
		CASE WHEN p_amount IS NOT NULL THEN 'RWF' END, p_amount || ' RWF', p_count, NULL, NULL, NULL, 'words', p_wait)
$$;
-- By SMS; by_sms: its file says that answers come so.
CREATE FUNCTION pg_temp.heard(p_what text, p_amount bigint DEFAULT NULL, p_count integer DEFAULT NULL, p_by_sms boolean DEFAULT true,
	p_outcome text DEFAULT 'read', p_link integer DEFAULT 1, p_expires date DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
	SELECT airtime_heard('{0}', ARRAY[p_link], ARRAY[p_what], ARRAY[p_by_sms], ARRAY[p_outcome], ARRAY[p_amount],
		ARRAY[CASE WHEN p_amount IS NOT NULL THEN 'RWF' END], ARRAY[p_amount || ' RWF'], ARRAY[p_count], ARRAY[NULL], ARRAY[NULL],
		ARRAY[p_expires::text], '{heard}')
$$;
CREATE FUNCTION pg_temp.warned() RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(concat_ws(' ', kind, what, amount, count, day), ', ' ORDER BY kind), '') FROM airtime_warn(true)
$$;
CREATE FUNCTION pg_temp.last() RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws(' ', what, outcome, source, amount, count) FROM airtime ORDER BY id DESC LIMIT 1
$$;
CREATE FUNCTION pg_temp.until(p_what text) RETURNS interval LANGUAGE sql AS $$
	SELECT date_trunc('minute', next_at - city_now() + interval '1 s') FROM airtime_ask WHERE link_id = 1 AND what = p_what
$$;

-- Its answer.
DO $$
BEGIN
	PERFORM pg_temp.plan();
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.told('balance', 'by_sms', p_wait => 7);
	ASSERT pg_temp.last() = 'balance by_sms ussd';
	ASSERT pg_temp.until('balance') = '10 minutes', 'no sooner than it would be asked again anyway';
	PERFORM pg_temp.pass('6 minutes');
	ASSERT pg_temp.due() = 'bundle', 'it is waited for';
	PERFORM pg_temp.told('bundle', 'by_sms', p_wait => 90);
	ASSERT pg_temp.until('bundle') = '01:30', 'nor before the wait is over';
	ASSERT (SELECT airtime_next('{1}') BETWEEN 0 AND 61), 'the first wait''s end';
	PERFORM pg_temp.heard('balance', 700);
	ASSERT pg_temp.last() = 'balance read sms 700';
	ASSERT (SELECT tries = 0 AND NOT awaits_sms AND answer_until IS NULL AND answered_at IS NOT NULL FROM airtime_ask
		WHERE link_id = 1 AND what = 'balance');
	ASSERT pg_temp.until('balance') BETWEEN '6 hours' AND '7 hours', 'as by USSD';
	ASSERT (SELECT balance = '700 RWF' FROM link WHERE id = 1);
	PERFORM pg_temp.heard('balance', 650);
	ASSERT pg_temp.last() = 'balance read notice 650', 'one answer';
	-- It comes before the dialogue's end is known.
	UPDATE airtime_ask SET next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.heard('balance', 600);
	PERFORM pg_temp.told('balance', 'by_sms', p_wait => 7);
	ASSERT (SELECT NOT awaits_sms AND tries = 0 FROM airtime_ask WHERE link_id = 1 AND what = 'balance'), 'it was there already';
	ASSERT pg_temp.until('balance') BETWEEN '6 hours' AND '7 hours';
	-- Nothing was asked that never left the modem.
	UPDATE airtime_ask SET next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.told('balance', 'undialled'), pg_temp.heard('balance', 590);
	ASSERT pg_temp.last() = 'balance read notice 590';
	-- Where answers do not come by SMS, none is one.
	UPDATE airtime_ask SET next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.heard('balance', 1, p_by_sms => false);
	ASSERT pg_temp.last() = 'balance read notice 1';
	PERFORM pg_temp.told('balance', 'read', 600);
	ASSERT (SELECT balance = '600 RWF' FROM link WHERE id = 1);
	-- What is asked once more is not waited for twice.
	PERFORM airtime_ask_now('m1');
	ASSERT pg_temp.due() IN ('balance', 'bundle') AND pg_temp.due() IN ('balance', 'bundle');
	ASSERT (SELECT NOT bool_or(awaits_sms) FROM airtime_ask);
	PERFORM pg_temp.told('balance', 'read', 600), pg_temp.told('bundle', 'read', NULL, 60);
END $$;

-- None comes: as if the network had been silent.
DO $$
BEGIN
	UPDATE airtime_ask SET next_at = city_now() WHERE what = 'balance';
	ASSERT pg_temp.due() = 'balance';
	PERFORM pg_temp.told('balance', 'by_sms', p_wait => 12);
	PERFORM pg_temp.pass('11 minutes 59 seconds');
	ASSERT pg_temp.due() = '' AND pg_temp.last() = 'balance by_sms ussd', 'not yet';
	PERFORM pg_temp.pass('2 seconds');
	ASSERT pg_temp.due() = 'balance', 'asked again';
	ASSERT pg_temp.last() = 'balance silent ussd' AND (SELECT count(*) FROM airtime WHERE outcome = 'silent') = 1;
	ASSERT (SELECT tries = 2 AND NOT awaits_sms FROM airtime_ask WHERE link_id = 1 AND what = 'balance'), 'and it counts';
	PERFORM pg_temp.told('balance', 'by_sms', p_wait => 12);
	ASSERT pg_temp.until('balance') = '20 minutes', 'rarer and rarer';
	PERFORM pg_temp.pass('13 minutes');
	ASSERT pg_temp.due() = '' AND pg_temp.last() = 'balance silent ussd';
	-- Too late, it is known, and it is no answer.
	PERFORM pg_temp.heard('balance', 610);
	ASSERT pg_temp.last() = 'balance read notice 610' AND (SELECT tries FROM airtime_ask WHERE link_id = 1 AND what = 'balance') = 2;
	UPDATE airtime_ask SET tries = 5 WHERE what = 'balance';
	ASSERT pg_temp.warned() = 'silent balance 5';
	-- A clock that is put back makes nobody wait.
	PERFORM pg_temp.pass('1 day');
	PERFORM pg_temp.due(), pg_temp.told('bundle', 'by_sms', p_wait => 120), pg_temp.told('balance', 'by_sms', p_wait => 120);
	PERFORM pg_temp.pass('-3 days');
	PERFORM pg_temp.heard('bundle', NULL, 70);
	ASSERT pg_temp.last() = 'bundle read notice 70', 'nor is anything an answer for days';
	PERFORM pg_temp.due();
	ASSERT (SELECT NOT bool_or(awaits_sms) FROM airtime_ask);
	PERFORM pg_temp.pass('3 days');
	PERFORM pg_temp.due(), pg_temp.due(), pg_temp.told('balance', 'read', 600), pg_temp.told('bundle', 'read', NULL, 60);
END $$;

-- By itself.
DO $$
DECLARE
	v_next timestamptz := (SELECT next_at FROM airtime_ask WHERE link_id = 1 AND what = 'balance');
BEGIN
	ASSERT pg_temp.warned() = '';
	PERFORM pg_temp.heard('balance', 499), pg_temp.heard('bundle', NULL, 49);
	ASSERT (SELECT next_at = v_next FROM airtime_ask WHERE link_id = 1 AND what = 'balance'), 'the network is asked when it is due';
	ASSERT pg_temp.warned() = 'balance_low 499, bundle_low 49', 'low';
	PERFORM pg_temp.heard('balance', 900), pg_temp.heard('bundle', NULL, 900);
	ASSERT (SELECT (balance, bundle) = ('900 RWF', 900) FROM link WHERE id = 1);
	ASSERT pg_temp.warned() = '';
	PERFORM pg_temp.heard('balance', 1), pg_temp.heard('bundle', NULL, 1);
	ASSERT pg_temp.warned() = '', 'whoever lies wakes the administrator once';
	PERFORM pg_temp.told('balance', 'read', 700), pg_temp.told('bundle', 'read', NULL, 70);
	ASSERT pg_temp.warned() = '';
	PERFORM pg_temp.heard('balance', 2);
	ASSERT pg_temp.warned() = 'balance_low 2', 'the network itself said that it was above';
	PERFORM pg_temp.told('balance', 'read', 700);
	-- It expires: the same.
	PERFORM pg_temp.heard('balance', 700, p_expires => city_now()::date + 5);
	ASSERT pg_temp.warned() LIKE 'expires 5 %';
	PERFORM pg_temp.heard('balance', 700, p_expires => city_now()::date + 90), pg_temp.warned();
	PERFORM pg_temp.heard('balance', 700, p_expires => city_now()::date + 4);
	ASSERT pg_temp.warned() = '', 'once';
	PERFORM pg_temp.heard('balance', 700, p_expires => city_now()::date + 90);
	PERFORM pg_temp.told('balance', 'read', 700);
	ASSERT pg_temp.warned() = '';
	ASSERT (SELECT expiry_told = 0 FROM airtime_sim WHERE link_id = 1), 'the network itself said so';
	-- Of a SIM that nobody asks anything, too; of a till, and of one that is not looked after, nothing.
	PERFORM pg_temp.heard('balance', 80, p_link => 2), pg_temp.heard('balance', 80, p_link => 3);
	UPDATE link SET receive_only = true WHERE id = 2;
	PERFORM pg_temp.heard('balance', 90, p_link => 2);
	UPDATE link SET receive_only = false WHERE id = 2;
	ASSERT (SELECT string_agg(link_id || ' ' || source, ',') FROM airtime WHERE link_id > 1) = '2 notice';
	ASSERT (SELECT string_agg(id::text, ',') FROM link WHERE balance = '80 RWF') = '2';
END $$;

-- Nothing is bought by what is told by itself.
DO $$
BEGIN
	PERFORM pg_temp.pass('2 hours');
	PERFORM pg_temp.plan(true);
	PERFORM pg_temp.heard('bundle', NULL, 5);
	ASSERT pg_temp.due() = 'bundle', 'the network is asked';
	PERFORM pg_temp.heard('bundle', NULL, 4, p_by_sms => false);
	ASSERT pg_temp.due() = '', 'and has not answered';
	PERFORM pg_temp.told('bundle', 'read', NULL, 150);
	ASSERT pg_temp.due() = '', 'enough';
	-- A word of the network's that said enough is none any more for what came behind it.
	PERFORM pg_temp.heard('bundle', NULL, 3);
	ASSERT pg_temp.due() = '' AND (SELECT count(*) FROM airtime_purchase) = 0, 'not within the hour';
	PERFORM pg_temp.pass('61 minutes');
	ASSERT pg_temp.due() = 'bundle', 'asked again';
	-- Its answer comes by SMS: it was asked for.
	PERFORM pg_temp.told('bundle', 'by_sms', p_wait => 10);
	ASSERT pg_temp.due() = '';
	PERFORM pg_temp.heard('bundle', NULL, 6);
	ASSERT pg_temp.last() = 'bundle read sms 6' AND pg_temp.due() = 'buy', 'bought';
	-- What came of it is told by SMS, too.
	PERFORM pg_temp.told('buy', 'by_sms', p_wait => 1);
	ASSERT (SELECT outcome FROM airtime_purchase) = 'unclear' AND pg_temp.warned() = '', 'it is waited for';
	ASSERT (SELECT airtime_next('{1}') BETWEEN 0 AND 61), 'its end';
	PERFORM pg_temp.heard('buy', p_outcome => 'bought');
	ASSERT (SELECT outcome FROM airtime_purchase) = 'bought' AND pg_temp.last() = 'buy bought sms';
	PERFORM pg_temp.heard('buy', p_outcome => 'refused');
	ASSERT (SELECT outcome FROM airtime_purchase) = 'bought' AND pg_temp.last() = 'buy bought sms', 'said once';
	ASSERT pg_temp.warned() = '';
	-- The next: none comes.
	PERFORM pg_temp.pass('25 hours');
	UPDATE airtime_ask SET tries = 0, next_at = city_now() + CASE what WHEN 'bundle' THEN interval '0' ELSE '5 hours' END;
	ASSERT pg_temp.due() = 'bundle';
	PERFORM pg_temp.told('bundle', 'read', NULL, 6);
	ASSERT pg_temp.due() = 'buy';
	PERFORM pg_temp.heard('buy', p_outcome => 'refused', p_by_sms => false);
	ASSERT (SELECT count(*) FROM airtime_purchase WHERE outcome IS NULL) = 1, 'no word of its';
	PERFORM pg_temp.told('buy', 'by_sms', p_wait => 10);
	PERFORM pg_temp.pass('9 minutes');
	ASSERT pg_temp.warned() = '';
	PERFORM pg_temp.pass('2 minutes');
	ASSERT pg_temp.warned() LIKE 'not_bought unclear%' AND pg_temp.warned() = '', 'nobody knows';
	PERFORM pg_temp.heard('buy', p_outcome => 'bought');
	ASSERT (SELECT count(*) FROM airtime_purchase WHERE outcome = 'unclear') = 1, 'too late';
	-- The SMS is there before the dialogue's end is known.
	PERFORM pg_temp.pass('25 hours');
	UPDATE airtime_ask SET tries = 0, next_at = city_now() + CASE what WHEN 'bundle' THEN interval '0' ELSE '5 hours' END;
	PERFORM pg_temp.due(), pg_temp.told('bundle', 'read', NULL, 6);
	ASSERT pg_temp.due() = 'buy';
	PERFORM pg_temp.heard('buy', p_outcome => 'refused');
	PERFORM pg_temp.told('buy', 'by_sms', p_wait => 10);
	ASSERT pg_temp.warned() LIKE '%not_bought refused', 'told at once';
	ASSERT (SELECT count(*) FROM airtime_purchase) = 3 AND pg_temp.due() = '';
END $$;

-- What a network kept while its modem was away came in time for what is asked, and was said long before: it buys nothing.
INSERT INTO contact (number, kind, created_at) VALUES ('131', 'short', city_now());
CREATE FUNCTION pg_temp.kept(p_smsc_time text, p_count integer) RETURNS text LANGUAGE sql AS $$
	UPDATE airtime_ask SET tries = 0, words_at = NULL, next_at = city_now() + CASE what WHEN 'bundle' THEN interval '0' ELSE '5 hours' END;
	SELECT pg_temp.due();
	WITH m AS (
		INSERT INTO message (direction, contact_id, link_id, kind, body, at, smsc_time)
		SELECT 'in', id, 1, 'text', 'SMS left', city_now(), p_smsc_time FROM contact WHERE number = '131' RETURNING id
	)
	SELECT airtime_heard(ARRAY[id], '{1}', '{bundle}', '{t}', '{read}', '{NULL}', '{NULL}', '{NULL}', ARRAY[p_count], '{NULL}', '{NULL}',
		'{NULL}', '{heard}') FROM m;
	SELECT pg_temp.last() || ': ' || pg_temp.due();
$$;
DO $$
BEGIN
	PERFORM pg_temp.pass('25 hours');
	ASSERT pg_temp.kept((clock_timestamp() - interval '3 days')::text, 6) = 'bundle read sms 6: ';
	ASSERT pg_temp.kept((clock_timestamp() - interval '16 minutes')::text, 6) = 'bundle read sms 6: ';
	ASSERT (SELECT count(*) FROM airtime_purchase) = 3;
	-- A word that is none, and one of the future, are no word.
	ASSERT pg_temp.kept('2026-13-32 25:61:00', 150) = 'bundle read sms 150: ' AND pg_temp.kept('', 150) = 'bundle read sms 150: ';
	ASSERT pg_temp.kept(NULL, 150) = 'bundle read sms 150: ';
	ASSERT pg_temp.kept((clock_timestamp() + interval '3 hours')::text, 6) = 'bundle read sms 6: buy', 'bought';
	PERFORM pg_temp.told('buy', 'bought');
	PERFORM pg_temp.pass('25 hours');
	ASSERT pg_temp.kept((clock_timestamp() - interval '1 minute')::text, 6) = 'bundle read sms 6: buy', 'bought';
	PERFORM pg_temp.told('buy', 'bought');
	DELETE FROM message;
END $$;

-- A message bears the mark, and what its transaction undoes is undone.
INSERT INTO contact (number, kind, created_at) VALUES ('MTN', 'alphabetic', city_now());
INSERT INTO message (direction, contact_id, link_id, kind, body, at)
SELECT 'in', id, 1, 'text', 'Your balance is 321 RWF', city_now() FROM contact WHERE number = 'MTN' RETURNING id AS message \gset
BEGIN;
SELECT airtime_heard(ARRAY[:message], '{1}', '{balance}', '{f}', '{read}', '{321}', '{RWF}', '{321 RWF}', '{NULL}', '{NULL}', '{NULL}', '{NULL}',
	'{heard}');
ROLLBACK;
DO $$ BEGIN
	ASSERT NOT EXISTS (SELECT FROM airtime WHERE amount = 321) AND NOT EXISTS (SELECT FROM message WHERE service = 'airtime');
END $$;
SELECT airtime_heard(ARRAY[:message], '{1}', '{balance}', '{f}', '{read}', '{321}', '{RWF}', '{321 RWF}', '{NULL}', '{NULL}', '{NULL}', '{NULL}',
	'{heard}');
DO $$ BEGIN
	ASSERT (SELECT count(*) FROM airtime WHERE amount = 321) = 1 AND (SELECT count(*) FROM message WHERE service = 'airtime') = 1;
	ASSERT (SELECT source = 'notice' AND amount = 321 FROM airtime_history ORDER BY id DESC LIMIT 1);
END $$;
