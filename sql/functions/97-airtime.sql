-- SPDX-License-Identifier: GPL-3.0-or-later
-- airtime: which SIM is asked when, what its answers mean for the administrator, and when a bundle is bought.
--
-- gateway/airtime.c calls, in one transaction and in this order:
--   airtime_plan      what the configuration wants of the SIMs that are in this node's modems
--   airtime_told      what came of a dialogue
--   airtime_due       what to dial next: committed before it is dialled
--   airtime_warn      what the administrator has to hear, once: said by outbox_tell() in the same transaction
--   airtime_next      seconds until something is due
--   airtime_figures   for the metrics
-- City time decides.  A SIM that only receives (a till) is never dialled, and nothing is bought by a clock that is not believed.
-- `NOTIFY baraza_airtime` wakes the room: a modem came, somebody asks now, or an SMS was heard.
--
-- gateway/airtime-sms.c calls airtime_heard() in the inbox's transaction, of what operators tell by SMS.  An SMS that comes while
-- its question is asked is its answer, where the operator's file says that answers come so.  Any other is a notice, which anybody
-- may have sent: it is known, and shown, but it postpones no asking, buys nothing, and gives the administrator one word of each
-- kind at most until the network itself has answered.

-- A modem has come into service, or another SIM: what is due for it is asked.
CREATE OR REPLACE FUNCTION airtime_modem_came() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	NOTIFY baraza_airtime;
	RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER airtime_modem_came AFTER UPDATE OF state ON modem FOR EACH ROW
	WHEN (new.state = 'READY' AND old.state <> 'READY') EXECUTE FUNCTION airtime_modem_came();

-- What the configuration wants, an entry a SIM.  A column is NULL where nothing is wanted.
DROP FUNCTION IF EXISTS airtime_plan;
CREATE FUNCTION airtime_plan(p_link integer[], p_modem text[], p_operator text[], p_currency text[], p_balance_minutes integer[],
	p_bundle_minutes integer[], p_balance_low bigint[], p_bundle_low integer[], p_buy boolean[], p_buy_below integer[],
	p_buy_per_day integer[], p_unused_days integer[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	INSERT INTO airtime_sim AS s (link_id, modem, operator, currency, balance_low, bundle_low, buy, buy_below, buy_per_day,
		unused_days, since)
	SELECT u.link, u.modem, u.operator, u.currency, u.balance_low, u.bundle_low, u.buy, u.buy_below, u.buy_per_day,
		u.unused_days, v_now::date
	FROM unnest(p_link, p_modem, p_operator, p_currency, p_balance_low, p_bundle_low, p_buy, p_buy_below, p_buy_per_day,
			p_unused_days)
		AS u(link, modem, operator, currency, balance_low, bundle_low, buy, buy_below, buy_per_day, unused_days)
	JOIN link l ON l.id = u.link AND NOT l.receive_only
	ORDER BY u.link
	ON CONFLICT (link_id) DO UPDATE SET modem = excluded.modem, operator = excluded.operator, currency = excluded.currency,
		balance_low = excluded.balance_low, bundle_low = excluded.bundle_low, buy = excluded.buy,
		buy_below = excluded.buy_below, buy_per_day = excluded.buy_per_day, unused_days = excluded.unused_days
	WHERE (s.modem, s.operator, s.currency, s.balance_low, s.bundle_low, s.buy, s.buy_below, s.buy_per_day, s.unused_days)
		IS DISTINCT FROM (excluded.modem, excluded.operator, excluded.currency, excluded.balance_low, excluded.bundle_low,
			excluded.buy, excluded.buy_below, excluded.buy_per_day, excluded.unused_days);
	WITH wanted AS (
		SELECT u.link, w.what, make_interval(mins => w.minutes) AS every
		FROM unnest(p_link, p_balance_minutes, p_bundle_minutes) AS u(link, balance, bundle)
		JOIN airtime_sim s ON s.link_id = u.link JOIN link l ON l.id = u.link AND NOT l.receive_only,
		LATERAL (VALUES ('balance', u.balance), ('bundle', u.bundle)) AS w(what, minutes)
		WHERE w.minutes > 0
	), gone AS (
		DELETE FROM airtime_ask a WHERE a.link_id = ANY (p_link)
			AND NOT EXISTS (SELECT FROM wanted w WHERE w.link = a.link_id AND w.what = a.what)
	)
	INSERT INTO airtime_ask AS a (link_id, what, every, next_at)
	SELECT w.link, w.what, w.every, v_now FROM wanted w ORDER BY w.link, w.what
	ON CONFLICT (link_id, what) DO UPDATE SET every = excluded.every, next_at = least(a.next_at, v_now + excluded.every)
	WHERE a.every <> excluded.every;
END $$;

-- The next time after an answer: up to a tenth later than `every`, each SIM by its own number, so that not all ask at once.
CREATE OR REPLACE FUNCTION airtime_later(p_link integer, p_every interval) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_every + p_every * (p_link % 16) / 160
$$;

-- How long a network is left in peace that has not answered so many times in a row; a dialogue is shorter than the first.
CREATE OR REPLACE FUNCTION airtime_rest(p_tries integer, p_every interval) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
	SELECT greatest(least(interval '10 minutes' * 2 ^ least(p_tries - 1, 12), p_every), interval '10 minutes')
$$;

-- Is that asking's time come?  A clock that was put back makes it wait no longer than its interval.
CREATE OR REPLACE FUNCTION airtime_is_due(p_ask airtime_ask, p_now timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT p_ask.next_at <= p_now OR p_ask.next_at > p_now + 1.2 * p_ask.every + interval '1 hour'
$$;

-- May a bundle be bought for this SIM now?  Only where the network itself has said lately, and after the last purchase ended,
-- that too little is left.
CREATE OR REPLACE FUNCTION airtime_may_buy(p_sim airtime_sim, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN p_sim.buy AND p_sim.buy_per_day > 0
		AND (SELECT l.bundle < p_sim.buy_below FROM link l WHERE l.id = p_sim.link_id AND NOT l.receive_only)
		-- In any 24 hours.  What a clock ahead of its time wrote down counts, too.
		AND (SELECT count(*) FROM airtime_purchase p WHERE p.link_id = p_sim.link_id AND p.at > p_now - interval '24 hours')
			< p_sim.buy_per_day;
END $$;

CREATE OR REPLACE FUNCTION airtime_is_fresh(p_sim airtime_sim, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN p_sim.bundle_asked_at BETWEEN p_now - interval '15 minutes' AND p_now
		AND NOT EXISTS (SELECT FROM airtime_purchase p WHERE p.link_id = p_sim.link_id
			AND coalesce(p.ended_at, 'infinity') >= p_sim.bundle_asked_at);
END $$;

-- Is an SMS waited for, until then?  No longer than any file may want, whatever became of the clock.
CREATE OR REPLACE FUNCTION airtime_awaits(p_until timestamptz, p_now timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT coalesce(p_until > p_now AND p_until <= p_now + interval '2 hours', false)
$$;

-- SMS that were to come and have not: as if the network had been silent.
CREATE OR REPLACE FUNCTION airtime_overdue(p_links integer[], p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	FOR v IN
		UPDATE airtime_ask a SET awaits_sms = false, answer_until = NULL
		WHERE a.link_id = ANY (p_links) AND a.awaits_sms AND NOT airtime_awaits(a.answer_until, p_now)
		RETURNING a.link_id, a.what
	LOOP
		INSERT INTO airtime (link_id, what, at, outcome) VALUES (v.link_id, v.what, p_now, 'silent');
		PERFORM pg_notify('baraza_airtime_told', v.link_id::text);
	END LOOP;
END $$;

-- What to dial: at most one a link, of those that have no dialogue under way.  what: balance | bundle | buy; purchase: its row.
--   p_links      of this node's modems in service
--   p_purchases  that this node has under way
DROP FUNCTION IF EXISTS airtime_due;
CREATE FUNCTION airtime_due(p_links integer[], p_purchases bigint[], p_epoch bigint, p_believable boolean, p_most integer)
RETURNS TABLE (link_id integer, what text, purchase bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_due timestamptz := city_due_now();
	v_now timestamptz := coalesce(v_due, city_now());
	v_sim airtime_sim;
	v_ask airtime_ask;
	v_may boolean;
BEGIN
	-- What a node that is gone was buying, or this one and knows no more: nobody knows what came of it.
	UPDATE airtime_purchase p SET outcome = 'unclear', ended_at = v_now
	WHERE p.outcome IS NULL AND p.id <> ALL (p_purchases) AND (p.epoch = p_epoch OR NOT node_alive(p.epoch));
	PERFORM airtime_overdue(p_links, v_now);
	FOR v_sim IN
		SELECT s.* FROM airtime_sim s JOIN link l ON l.id = s.link_id
		WHERE s.link_id = ANY (p_links) AND NOT l.receive_only AND s.operator IS NOT NULL
		ORDER BY s.link_id FOR UPDATE OF s
	LOOP
		EXIT WHEN p_most <= 0;
		link_id := v_sim.link_id;
		purchase := NULL;
		what := NULL;
		v_may := p_believable AND v_due IS NOT NULL AND p_epoch > 0 AND airtime_may_buy(v_sim, v_due);
		IF v_may AND airtime_is_fresh(v_sim, v_now) THEN
			what := 'buy';
			INSERT INTO airtime_purchase AS p (link_id, at, epoch) VALUES (v_sim.link_id, v_now, p_epoch)
			RETURNING p.id INTO purchase;
			PERFORM audit_add('job', 'bundle is bought', 'link ' || v_sim.link_id, v_sim.modem || ': purchase ' || purchase);
		ELSE
			SELECT a.* INTO v_ask FROM airtime_ask a
			WHERE a.link_id = v_sim.link_id AND (airtime_is_due(a, v_now)
				-- What was counted down says that one is to be bought: what does the network say?
				OR (a.what = 'bundle' AND v_may AND a.tries = 0 AND NOT EXISTS (SELECT FROM airtime_purchase p
					WHERE p.link_id = a.link_id AND coalesce(p.ended_at, 'infinity') > v_now - interval '2 minutes')
					AND coalesce(a.words_at, '-infinity') < v_now - interval '1 hour'))
			ORDER BY a.next_at, a.what LIMIT 1;
			IF FOUND THEN
				what := v_ask.what;
				-- Who dies over it asks again after a rest.
				UPDATE airtime_ask a SET tries = least(v_ask.tries + 1, 1000),
					next_at = v_now + airtime_rest(v_ask.tries + 1, v_ask.every),
					answer_until = v_now + interval '10 minutes', awaits_sms = false
				WHERE a.link_id = v_sim.link_id AND a.what = v_ask.what;
			END IF;
		END IF;
		IF what IS NOT NULL THEN
			p_most := p_most - 1;
			RETURN NEXT;
		END IF;
	END LOOP;
END $$;

-- What is known of a SIM becomes what alerts, commands and metrics go by.  What is not told stays.
--   p_asked  it was asked for; what is only heard forgets no warning, and is no reason to buy
DROP FUNCTION IF EXISTS airtime_read(integer, text, bigint, text, text, integer, text, date, date);
CREATE OR REPLACE FUNCTION airtime_read(p_link integer, p_asked boolean, p_amount bigint, p_currency text, p_amount_words text,
	p_count integer, p_bundle text, p_until date, p_expires date)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE airtime_sim s SET
		balance = coalesce(p_amount, s.balance),
		balance_currency = CASE WHEN p_amount IS NULL THEN s.balance_currency ELSE p_currency END,
		balance_at = CASE WHEN p_amount IS NULL THEN s.balance_at ELSE v_now END,
		balance_told = s.balance_told AND (NOT p_asked OR p_amount IS NULL OR p_amount < s.balance_low),
		bundle = coalesce(p_count, s.bundle),
		bundle_name = CASE WHEN p_count IS NULL THEN s.bundle_name ELSE p_bundle END,
		bundle_until = CASE WHEN p_count IS NULL THEN s.bundle_until ELSE p_until END,
		bundle_at = CASE WHEN p_count IS NULL THEN s.bundle_at ELSE v_now END,
		bundle_asked_at = CASE WHEN p_count IS NULL THEN s.bundle_asked_at WHEN p_asked THEN v_now END,
		bundle_told = s.bundle_told AND (NOT p_asked OR p_count IS NULL OR p_count < s.bundle_low),
		expires = coalesce(p_expires, s.expires),
		hearsay = NOT p_asked
	WHERE s.link_id = p_link;
	UPDATE link l SET balance = coalesce(p_amount_words, l.balance), bundle = coalesce(p_count, l.bundle),
		bundle_at = CASE WHEN p_count IS NOT NULL OR l.bundle IS NULL THEN v_now ELSE l.bundle_at END
	WHERE l.id = p_link AND (p_amount_words IS NOT NULL OR p_count IS NOT NULL);
END $$;

-- What came of a purchase; one that was never dialled is none.
--   p_wait  minutes in which an SMS may tell yet, of what is unclear; NULL: none
DROP FUNCTION IF EXISTS airtime_bought;
CREATE FUNCTION airtime_bought(p_purchase bigint, p_outcome text, p_words text, p_wait integer)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_due timestamptz := city_due_now();
	v_now timestamptz := coalesce(v_due, city_now());
	v_purchase airtime_purchase;
	v_outcome text := CASE WHEN p_outcome IN ('bought', 'refused') THEN p_outcome ELSE 'unclear' END;
	v_modem text;
BEGIN
	IF p_outcome = 'undialled' THEN
		DELETE FROM airtime_purchase WHERE id = p_purchase AND outcome IS NULL RETURNING * INTO v_purchase;
		v_outcome := 'not dialled';
		UPDATE airtime_sim SET bundle_asked_at = NULL WHERE link_id = v_purchase.link_id; -- asked anew before the next
		UPDATE airtime_ask SET next_at = v_now + interval '1 minute'
		WHERE link_id = v_purchase.link_id AND airtime_ask.what = 'bundle';
	ELSE
		UPDATE airtime_purchase SET outcome = v_outcome, words = p_words, ended_at = v_now,
			sms_until = v_now + make_interval(mins => p_wait),
			told = told AND outcome IS NOT DISTINCT FROM v_outcome OR v_outcome = 'bought'
		WHERE id = p_purchase AND (outcome IS NULL OR outcome = 'unclear') RETURNING * INTO v_purchase;
	END IF;
	IF v_purchase.id IS NULL THEN
		RETURN;
	END IF;
	UPDATE airtime_sim SET used_on = greatest(used_on, v_due::date)
	WHERE link_id = v_purchase.link_id AND v_outcome = 'bought'; -- it was paid for
	SELECT modem INTO v_modem FROM airtime_sim WHERE link_id = v_purchase.link_id;
	PERFORM audit_add('job', 'bundle ' || v_outcome, 'link ' || v_purchase.link_id, v_modem || ': purchase ' || p_purchase);
	-- A network needs a moment until it knows of what it sold.
	UPDATE airtime_ask SET next_at = least(next_at, v_now + interval '2 minutes')
	WHERE link_id = v_purchase.link_id AND tries = 0 AND v_outcome <> 'not dialled';
END $$;

-- An answer has come, by USSD or by SMS: when it is asked again.
CREATE OR REPLACE FUNCTION airtime_answered(p_link integer, p_what text, p_read boolean, p_until date, p_words text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	UPDATE airtime_ask a SET tries = 0, silent_told = false, answer_until = NULL, awaits_sms = false,
		next_at = least(v_now + airtime_later(p_link, a.every),
			CASE WHEN p_until >= v_now::date THEN (p_until + 1)::timestamptz END),
		answered_at = CASE WHEN p_read THEN v_now ELSE a.answered_at END,
		words = CASE WHEN NOT p_read THEN p_words END, words_at = v_now,
		unread_told = a.unread_told AND NOT p_read
	WHERE a.link_id = p_link AND a.what = p_what;
END $$;

-- What came of a dialogue.
--   p_outcome  read | unread | bought | refused | silent | cut; by_sms: the answer comes by SMS, within p_wait minutes; or
--              undialled: nothing left the modem
DROP FUNCTION IF EXISTS airtime_told;
CREATE FUNCTION airtime_told(p_link integer, p_what text, p_purchase bigint, p_outcome text, p_amount bigint, p_currency text,
	p_amount_words text, p_count integer, p_bundle text, p_until date, p_expires date, p_words text, p_wait integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_until timestamptz := CASE p_outcome WHEN 'by_sms' THEN v_now + make_interval(mins => p_wait) END;
BEGIN
	PERFORM FROM airtime_sim WHERE link_id = p_link FOR UPDATE; -- first of all, as everybody does
	IF p_outcome = 'undialled' THEN
		UPDATE airtime_ask SET tries = greatest(tries - 1, 0), next_at = v_now + interval '1 minute', answer_until = NULL
		WHERE link_id = p_link AND what = p_what;
	ELSE
		INSERT INTO airtime (link_id, what, at, outcome, amount, currency, count, bundle, until, expires, words)
		VALUES (p_link, p_what, v_now, p_outcome, p_amount, p_currency, p_count, p_bundle, p_until, p_expires, p_words);
		IF p_outcome IN ('read', 'unread') THEN
			PERFORM airtime_answered(p_link, p_what, p_outcome = 'read', p_until, p_words);
		ELSE
			UPDATE airtime_ask a SET answer_until = v_until, awaits_sms = v_until IS NOT NULL,
				next_at = greatest(a.next_at, v_until)
			-- It may be there already.
			WHERE a.link_id = p_link AND a.what = p_what AND a.answer_until IS NOT NULL;
		END IF;
		IF p_outcome = 'read' THEN
			PERFORM airtime_read(p_link, true, p_amount, p_currency, p_amount_words, p_count, p_bundle, p_until, p_expires);
		END IF;
	END IF;
	IF p_purchase IS NOT NULL THEN
		PERFORM airtime_bought(p_purchase, p_outcome, p_words, CASE p_outcome WHEN 'by_sms' THEN p_wait END);
	END IF;
	PERFORM pg_notify('baraza_airtime_told', p_link::text);
END $$;

-- What came of a purchase, by SMS; of none that waits for one it is nothing.
CREATE OR REPLACE FUNCTION airtime_heard_buy(p_link integer, p_outcome text, p_words text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_purchase bigint := (SELECT p.id FROM airtime_purchase p WHERE p.link_id = p_link
		AND (p.outcome IS NULL OR (p.outcome = 'unclear' AND airtime_awaits(p.sms_until, v_now))) ORDER BY p.id DESC LIMIT 1);
BEGIN
	IF v_purchase IS NOT NULL THEN
		INSERT INTO airtime (link_id, what, at, outcome, source, words) VALUES (p_link, 'buy', v_now, p_outcome, 'sms', p_words);
		PERFORM airtime_bought(v_purchase, p_outcome, p_words, NULL);
	END IF;
END $$;

-- How long a network has had an SMS, by its own word.  That is never trusted: it lets nothing be younger than it is known to be.
CREATE OR REPLACE FUNCTION airtime_sms_age(p_smsc_time text) RETURNS interval
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN greatest(clock_timestamp() - p_smsc_time::timestamptz, '0');
EXCEPTION WHEN data_exception THEN
	RETURN '0';
END $$;

-- What operators told by SMS, in the transaction that stores the messages: an entry a message and question.
--   p_by_sms   its answers come by SMS; else all is a notice
--   p_outcome  read | bought | refused
DROP FUNCTION IF EXISTS airtime_heard;
CREATE FUNCTION airtime_heard(p_message bigint[], p_link integer[], p_what text[], p_by_sms boolean[], p_outcome text[],
	p_amount bigint[], p_currency text[], p_amount_words text[], p_count integer[], p_bundle text[], p_until text[],
	p_expires text[], p_words text[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v record;
	v_asked boolean;
BEGIN
	UPDATE message SET service = 'airtime' WHERE id = ANY (p_message);
	PERFORM FROM airtime_sim WHERE link_id = ANY (p_link) ORDER BY link_id FOR UPDATE;
	FOR v IN
		SELECT u.*, airtime_sms_age((SELECT m.smsc_time FROM message m WHERE m.id = u.message)) AS age
		FROM unnest(p_message, p_link, p_what, p_by_sms, p_outcome, p_amount, p_currency, p_amount_words, p_count, p_bundle,
				p_until::date[], p_expires::date[], p_words) WITH ORDINALITY
			AS u(message, link, what, by_sms, outcome, amount, currency, amount_words, count, bundle, until, expires, words, ord)
		JOIN airtime_sim s ON s.link_id = u.link JOIN link l ON l.id = u.link AND NOT l.receive_only
		ORDER BY u.link, u.ord
	LOOP
		IF v.what = 'buy' AND v.by_sms THEN
			PERFORM airtime_heard_buy(v.link, v.outcome, v.words);
		ELSIF v.what <> 'buy' THEN
			v_asked := v.by_sms AND EXISTS (SELECT FROM airtime_ask a
				WHERE a.link_id = v.link AND a.what = v.what AND airtime_awaits(a.answer_until, v_now));
			INSERT INTO airtime (link_id, what, at, outcome, source, amount, currency, count, bundle, until, expires, words)
			VALUES (v.link, v.what, v_now, v.outcome, CASE WHEN v_asked THEN 'sms' ELSE 'notice' END, v.amount, v.currency,
				v.count, v.bundle, v.until, v.expires, v.words);
			IF v_asked THEN
				PERFORM airtime_answered(v.link, v.what, true, v.until, v.words);
			END IF;
			PERFORM airtime_read(v.link, v_asked, v.amount, v.currency, v.amount_words, v.count, v.bundle, v.until, v.expires);
			-- One that a network kept while its modem was away was said then: no reason to buy.
			UPDATE airtime_sim SET bundle_asked_at = bundle_asked_at - v.age
			WHERE airtime_sim.link_id = v.link AND v_asked AND v.count IS NOT NULL AND v.age > '0';
		END IF;
		PERFORM pg_notify('baraza_airtime_told', v.link::text);
	END LOOP;
	NOTIFY baraza_airtime;
END $$;

-- When a SIM expires, NULL: nobody knows.  What the operator said was said by a clock of its own, and holds before a count.
CREATE OR REPLACE FUNCTION airtime_expires(p_sim airtime_sim) RETURNS date
LANGUAGE sql STABLE AS $$
	SELECT coalesce(p_sim.expires, CASE WHEN p_sim.unused_days > 0
		THEN greatest(p_sim.used_on, p_sim.since) + p_sim.unused_days END)
$$;

-- Words that the administrator has to hear, each once.  kind, with what it needs of the others:
--   balance_low    amount, currency, low           bundle_low     count, low
--   unread         what, words                     silent         what, count (times)
--   expires        day, count (days left)          not_bought     outcome (refused | unclear)
DROP FUNCTION IF EXISTS airtime_warn;
CREATE FUNCTION airtime_warn(p_believable boolean)
RETURNS TABLE (link_id integer, modem text, number text, kind text, what text, amount bigint, currency text, count bigint,
	low bigint, day date, words text)
LANGUAGE plpgsql AS $$
DECLARE
	v_due timestamptz := city_due_now();
	v_now timestamptz := coalesce(v_due, city_now());
	v_today date := v_now::date;
BEGIN
	p_believable := p_believable AND v_due IS NOT NULL;
	-- The last day of use, before the link's counts begin anew.
	UPDATE airtime_sim s SET used_on = l.day FROM link l
	WHERE l.id = s.link_id AND l.day_count > 0 AND isfinite(l.day) AND l.day > coalesce(s.used_on, '-infinity')
		AND p_believable;
	-- Above again, also by what was told by hand.
	UPDATE airtime_sim s SET bundle_told = false FROM link l
	WHERE l.id = s.link_id AND s.bundle_told AND NOT s.hearsay AND (l.bundle IS NULL OR l.bundle >= s.bundle_low);
	RETURN QUERY
	UPDATE airtime_sim s SET balance_told = true FROM link l
	WHERE l.id = s.link_id AND NOT l.receive_only AND NOT s.balance_told AND s.balance < s.balance_low
		AND s.balance_currency = s.currency
	RETURNING s.link_id, s.modem, l.number, 'balance_low', NULL::text, s.balance, s.currency, NULL::bigint, s.balance_low,
		NULL::date, NULL::text;
	RETURN QUERY
	UPDATE airtime_sim s SET bundle_told = true FROM link l
	WHERE l.id = s.link_id AND NOT l.receive_only AND NOT s.bundle_told AND l.bundle < s.bundle_low
		-- One that is about to be bought needs nobody, nor one of which the network was not asked since.
		AND NOT (s.buy AND p_believable AND (airtime_may_buy(s, v_now) OR EXISTS (SELECT FROM airtime_purchase p
			WHERE p.link_id = s.link_id AND coalesce(p.ended_at, 'infinity') >= coalesce(s.bundle_asked_at, '-infinity')
				AND p.outcome IS DISTINCT FROM 'refused')))
	RETURNING s.link_id, s.modem, l.number, 'bundle_low', NULL::text, NULL::bigint, NULL::text, l.bundle::bigint,
		s.bundle_low::bigint, NULL::date, NULL::text;
	RETURN QUERY
	UPDATE airtime_ask a SET unread_told = true FROM airtime_sim s, link l
	WHERE s.link_id = a.link_id AND l.id = a.link_id AND NOT l.receive_only AND a.words IS NOT NULL AND NOT a.unread_told
	RETURNING a.link_id, s.modem, l.number, 'unread', a.what, NULL::bigint, NULL::text, NULL::bigint, NULL::bigint,
		NULL::date, a.words;
	RETURN QUERY
	UPDATE airtime_ask a SET silent_told = true FROM airtime_sim s, link l
	WHERE s.link_id = a.link_id AND l.id = a.link_id AND NOT l.receive_only AND a.tries >= 5 AND NOT a.silent_told
		AND EXISTS (SELECT FROM airtime h WHERE h.link_id = a.link_id AND h.what = a.what)
	RETURNING a.link_id, s.modem, l.number, 'silent', a.what, NULL::bigint, NULL::text, a.tries::bigint, NULL::bigint,
		NULL::date, NULL::text;
	RETURN QUERY
	UPDATE airtime_purchase p SET told = true FROM airtime_sim s, link l
	WHERE s.link_id = p.link_id AND l.id = p.link_id AND NOT p.told AND p.outcome IN ('refused', 'unclear')
		AND NOT airtime_awaits(p.sms_until, v_now)
	RETURNING p.link_id, s.modem, l.number, 'not_bought', p.outcome, NULL::bigint, NULL::text, NULL::bigint, NULL::bigint,
		NULL::date, p.words;
	IF NOT p_believable THEN
		RETURN;
	END IF;
	UPDATE airtime_sim s SET expiry_told = 0
	WHERE s.expiry_told > 0 AND NOT s.hearsay AND airtime_expires(s) > v_today + 30;
	RETURN QUERY
	UPDATE airtime_sim s SET expiry_told = CASE WHEN airtime_expires(s) <= v_today + 7 THEN 7 ELSE 30 END
	FROM link l
	WHERE l.id = s.link_id AND NOT l.receive_only
		AND airtime_expires(s) <= v_today + CASE s.expiry_told WHEN 0 THEN 30 WHEN 30 THEN 7 END
	RETURNING s.link_id, s.modem, l.number, 'expires', NULL::text, NULL::bigint, NULL::text,
		(airtime_expires(s) - v_today)::bigint, NULL::bigint, airtime_expires(s), NULL::text;
END $$;

-- Seconds until something is due for these links, NULL: nothing.  What is counted down is looked at each minute besides.
CREATE OR REPLACE FUNCTION airtime_next(p_links integer[]) RETURNS double precision
LANGUAGE sql STABLE AS $$
	SELECT extract(epoch FROM least(min(a.next_at), min(a.answer_until) FILTER (WHERE a.awaits_sms),
		city_now() + max(a.every) * 1.2 + interval '1 hour',
		(SELECT min(p.sms_until) FROM airtime_purchase p WHERE p.link_id = ANY (p_links) AND NOT p.told
			AND airtime_awaits(p.sms_until, city_now()))) - city_now())
	FROM airtime_ask a JOIN link l ON l.id = a.link_id WHERE a.link_id = ANY (p_links) AND NOT l.receive_only
$$;

-- Somebody asks now, at the keyboard.  asked | no_modem | no_sim | away | till | no_operator.
DROP FUNCTION IF EXISTS airtime_ask_now;
CREATE FUNCTION airtime_ask_now(p_modem text, OUT outcome text, OUT link integer, OUT asks integer, OUT last bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_modem modem;
BEGIN
	SELECT m.* INTO v_modem FROM modem m WHERE m.name = p_modem;
	IF NOT FOUND THEN
		outcome := 'no_modem';
		RETURN;
	END IF;
	link := v_modem.link_id;
	IF link IS NULL THEN
		outcome := 'no_sim';
	ELSIF (SELECT receive_only FROM link l WHERE l.id = v_modem.link_id) THEN
		outcome := 'till';
	ELSIF v_modem.state <> 'READY' OR NOT coalesce(node_alive(v_modem.epoch), false) THEN
		outcome := 'away';
	ELSIF NOT EXISTS (SELECT FROM airtime_ask a WHERE a.link_id = v_modem.link_id) THEN
		outcome := 'no_operator';
	ELSE
		outcome := 'asked';
		UPDATE airtime_ask a SET next_at = least(a.next_at, city_now()) WHERE a.link_id = v_modem.link_id;
		GET DIAGNOSTICS asks = ROW_COUNT;
		last := coalesce((SELECT max(id) FROM airtime), 0);
		NOTIFY baraza_airtime;
	END IF;
END $$;

-- What is shown -----------------------------------------------------------------------------------

DROP VIEW IF EXISTS airtime_figures, airtime_list, airtime_history;

CREATE VIEW airtime_figures AS
SELECT s.link_id, s.modem, s.operator, s.balance, s.balance_currency AS currency,
	extract(epoch FROM n.at - s.balance_at)::double precision AS balance_age_s,
	l.bundle, extract(epoch FROM n.at - l.bundle_at)::double precision AS bundle_age_s,
	airtime_expires(s) - n.at::date AS expires_days
FROM airtime_sim s JOIN link l ON l.id = s.link_id, city_now() AS n(at)
WHERE NOT l.receive_only;

CREATE VIEW airtime_list AS
SELECT m.name AS modem, l.number AS sim_number, s.operator, l.receive_only AS till, l.balance,
	iso_time(s.balance_at) AS balance_at, l.bundle, iso_time(l.bundle_at) AS bundle_at, s.bundle_until AS until,
	iso_time((SELECT min(a.next_at) FROM airtime_ask a WHERE a.link_id = l.id)) AS next_at,
	airtime_expires(s)::text AS expires,
	(SELECT string_agg(a.what || ': ' || a.words, '; ' ORDER BY a.what) FROM airtime_ask a
		WHERE a.link_id = l.id AND a.words IS NOT NULL) AS unread,
	(SELECT count(*) FROM airtime_purchase p WHERE p.link_id = l.id AND p.at > city_now() - interval '24 hours') AS bought_24h
FROM modem m JOIN link l ON l.id = m.link_id LEFT JOIN airtime_sim s ON s.link_id = l.id
ORDER BY m.name;

CREATE VIEW airtime_history AS
SELECT h.id, h.link_id, iso_time(h.at) AS at, h.what, h.outcome, h.source, h.amount, h.currency, h.count, h.bundle, h.until::text,
	h.expires::text, h.words
FROM airtime h;
