-- SPDX-License-Identifier: GPL-3.0-or-later
-- ledger: what was billed, what was paid, and whose payment it is.
--
-- Every movement of money is an entry whose postings sum to zero; what was wrong is undone by another.  bill.open is the
-- ledger's balance of the bill, kept beside it by whoever posts.  Of each bill, with paid = what was booked to it:
--	open - credited = amount - paid
-- Most functions take arrays: one payment of a message and a million of a statement go the same way.
-- Locks, in this order: payments, taxpayers (whose credit is spent or taken back), bills; each in the order of ids.

-- Amounts and references --------------------------------------------------------------------------

-- Digits behind the point (ISO 4217), of what gateway/money.c knows as a currency.
CREATE OR REPLACE FUNCTION currency_exponent(p_currency text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN p_currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND',
			'VUV', 'XAF', 'XOF', 'XPF') THEN 0
		WHEN p_currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 ELSE 2 END
$$;

-- An amount as money_words() of gateway/money.h writes it: "12 500 XOF", "1 250.50 KES".
CREATE OR REPLACE FUNCTION money_text(p_amount bigint, p_currency text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
	v_digits CONSTANT integer := currency_exponent(p_currency);
	v_unit CONSTANT numeric := 10 ^ v_digits;
	v_amount CONSTANT numeric := abs(p_amount::numeric);
	v_part CONSTANT numeric := v_amount % v_unit;
BEGIN
	RETURN CASE WHEN p_amount < 0 THEN '-' ELSE '' END
		|| translate(to_char(div(v_amount, v_unit), 'FM999,999,999,999,999,999,990'), ',', ' ')
		|| CASE WHEN v_part > 0 THEN '.' || lpad(v_part::bigint::text, v_digits, '0') ELSE '' END
		|| ' ' || p_currency;
END $$;

-- A reference as citizens write it: capitals, Latin digits, no blanks, dashes, dots and slashes.  NULL: nothing is left.
CREATE OR REPLACE FUNCTION tax_key(p_reference text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT nullif(upper(translate(p_reference,
		U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06F0\06F1\06F2\06F3\06F4\06F5\06F6\06F7\06F8\06F9'
			'\0020\0009\000A\000D\00A0\2009\202F\002D\2010\2011\2012\2013\2014\002E\002F\005C',
		'01234567890123456789')), '')
$$;

-- One name for one operator, however it is written: "M-Pesa" and "MPESA".
CREATE OR REPLACE FUNCTION provider_key(p_provider text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT lower(regexp_replace(p_provider, '[^[:alnum:]]+', '', 'g'))
$$;

CREATE OR REPLACE FUNCTION transaction_key(p_transaction text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT upper(regexp_replace(p_transaction, '[[:space:]]+', '', 'g'))
$$;

-- Whose a reference is: a bill and its taxpayer, or a taxpayer alone; NULL and NULL: nobody's.
CREATE OR REPLACE FUNCTION tax_find(p_key text, OUT bill_id bigint, OUT taxpayer_id bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT b.id, b.taxpayer_id INTO bill_id, taxpayer_id FROM bill b WHERE b.key = p_key;
	IF NOT FOUND THEN
		taxpayer_id := (SELECT t.id FROM taxpayer t WHERE t.key = p_key);
	END IF;
END $$;

-- What a text names that may hold several references, or other words beside them: bills, or else a taxpayer, all of one
-- taxpayer.  Within other words a reference has a digit and four characters at least; a shorter one with a letter and a
-- digit (B-77) is believed beside such a one only.
--   several  it names more than one taxpayer's: nothing is returned
CREATE OR REPLACE FUNCTION tax_find_all(p_text text, OUT bills bigint[], OUT taxpayer_id bigint, OUT several boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_most CONSTANT integer := 4; -- words of a reference
	v_words text[] := array_remove(regexp_split_to_array(left(p_text, 400), '[\s,،;+&|:()]+'), '');
	v_at integer := 1;
	v_next integer;
	v_key text;
	v_weak boolean;
	v_named boolean := false;
	v record;
BEGIN
	several := false;
	WHILE v_at <= cardinality(v_words) LOOP
		v_next := v_at + 1;
		FOR i IN REVERSE least(v_at + v_most, cardinality(v_words) + 1) - 1 .. v_at LOOP
			v_key := tax_key(array_to_string(v_words[v_at:i], ''));
			v_weak := cardinality(v_words) > i - v_at + 1 AND v_key !~ '^(?=.*[0-9]).{4}';
			CONTINUE WHEN v_key IS NULL OR v_weak AND v_key !~ '^(?=.*[0-9])(?=.*[[:alpha:]])';
			SELECT * INTO v FROM tax_find(v_key);
			CONTINUE WHEN v.taxpayer_id IS NULL;
			v_named := v_named OR NOT v_weak;
			several := several OR coalesce(taxpayer_id <> v.taxpayer_id, false);
			taxpayer_id := v.taxpayer_id;
			IF v.bill_id IS NOT NULL AND v.bill_id <> ALL (coalesce(bills, '{}')) THEN
				bills := bills || v.bill_id;
			END IF;
			v_next := i + 1;
			EXIT;
		END LOOP;
		v_at := v_next;
	END LOOP;
	IF several OR NOT v_named THEN
		bills := NULL;
		taxpayer_id := NULL;
		several := several AND v_named;
	END IF;
END $$;

-- The next receipt's number: 6 characters (later 8), scattered like tickets' references.
--   p_key  the secret of receipts
CREATE OR REPLACE FUNCTION receipt_reference(p_key bigint) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_n bigint;
	v_text text;
BEGIN
	LOOP
		v_n := nextval('receipt_number');
		IF v_n < 1073741824 THEN
			v_text := reference_scatter(v_n, 15, p_key);
		ELSE
			v_text := reference_scatter(v_n - 1073741824, 20, p_key);
		END IF;
		EXIT WHEN v_text ~ '[A-Z]' AND v_text ~ '[2-9]';
	END LOOP;
	RETURN v_text;
END $$;

-- Entries -----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the ledger is only added to: % on % is refused', TG_OP, TG_TABLE_NAME
		USING ERRCODE = 'restrict_violation', HINT = 'Undo what was wrong by an entry of its own.';
END $$;

CREATE OR REPLACE TRIGGER ledger_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER ledger_posting_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_posting
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- What the ledger refers to is there, and stays.  A foreign key would ask for each row apart, which is most of what a
-- statement of a million payments costs: each statement is looked through as one.  (Counted, since EXISTS is planned as if
-- one were soon found, and finds none row by row.)
CREATE OR REPLACE TRIGGER taxpayer_kept BEFORE DELETE OR TRUNCATE ON taxpayer
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER bill_kept BEFORE DELETE OR TRUNCATE ON bill
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER payment_kept BEFORE DELETE OR TRUNCATE ON payment
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
CREATE OR REPLACE TRIGGER receipt_kept BEFORE DELETE OR TRUNCATE ON receipt
	FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE OR REPLACE FUNCTION ledger_entry_refers() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT count(*) FROM entered e WHERE e.payment_id IS NOT NULL
			AND NOT EXISTS (SELECT FROM payment p WHERE p.id = e.payment_id)) > 0 THEN
		RAISE EXCEPTION 'an entry is of no payment' USING ERRCODE = 'foreign_key_violation';
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER ledger_entry_refers AFTER INSERT ON ledger_entry
	REFERENCING NEW TABLE AS entered FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refers();

-- All postings of an entry are made by one statement.
CREATE OR REPLACE FUNCTION ledger_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF EXISTS (SELECT FROM posted GROUP BY entry_id, currency HAVING sum(amount) <> 0) THEN
		RAISE EXCEPTION 'the postings of an entry do not sum to zero' USING ERRCODE = 'check_violation';
	END IF;
	IF (SELECT count(*) FROM posted l WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = l.entry_id)) > 0
		OR (SELECT count(*) FROM posted l WHERE l.bill_id IS NOT NULL
			AND NOT EXISTS (SELECT FROM bill b WHERE b.id = l.bill_id)) > 0
		OR (SELECT count(*) FROM posted l WHERE l.taxpayer_id IS NOT NULL
			AND NOT EXISTS (SELECT FROM taxpayer t WHERE t.id = l.taxpayer_id)) > 0 THEN
		RAISE EXCEPTION 'a posting is of no entry, bill or taxpayer' USING ERRCODE = 'foreign_key_violation';
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER ledger_posting_sums AFTER INSERT ON ledger_posting
	REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION ledger_sums();

CREATE OR REPLACE FUNCTION receipt_refers() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
	IF (SELECT count(*) FROM given r
			WHERE NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = r.entry_id AND e.payment_id = r.payment_id)) > 0
		OR (SELECT count(*) FROM given r WHERE NOT EXISTS (SELECT FROM taxpayer t WHERE t.id = r.taxpayer_id)) > 0 THEN
		RAISE EXCEPTION 'a receipt is of no booking of its payment, or of no taxpayer'
			USING ERRCODE = 'foreign_key_violation';
	END IF;
	RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER receipt_refers AFTER INSERT ON receipt
	REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION receipt_refers();

-- One entry with its postings, those of zero left out; bills' `open` follows.  Whoever calls has locked them.
CREATE OR REPLACE FUNCTION ledger_post(p_kind text, p_payment bigint, p_undoes bigint, p_actor text, p_reason text,
	p_currency text, p_accounts text[], p_bills bigint[], p_taxpayers bigint[], p_amounts bigint[])
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_entry bigint;
BEGIN
	INSERT INTO ledger_entry (kind, payment_id, undoes, actor, reason, at)
	VALUES (p_kind, p_payment, p_undoes, p_actor, p_reason, v_now) RETURNING id INTO v_entry;
	INSERT INTO ledger_posting (entry_id, account, bill_id, taxpayer_id, amount, currency)
	SELECT v_entry, u.account, u.bill_id, u.taxpayer_id, u.amount, p_currency
	FROM unnest(p_accounts, p_bills, p_taxpayers, p_amounts) AS u(account, bill_id, taxpayer_id, amount)
	WHERE u.amount <> 0;
	UPDATE bill b SET open = b.open + u.amount,
		paid_at = CASE WHEN b.open + u.amount > 0 THEN NULL ELSE coalesce(b.paid_at, v_now) END
	FROM (SELECT bill_id, sum(amount)::bigint AS amount FROM unnest(p_bills, p_amounts) AS p(bill_id, amount)
		WHERE bill_id IS NOT NULL GROUP BY 1) u
	WHERE b.id = u.bill_id;
	RETURN v_entry;
END $$;

-- What a taxpayer has to his credit.
CREATE OR REPLACE FUNCTION credit_of(p_taxpayer bigint, p_currency text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN -coalesce((SELECT sum(amount) FROM ledger_posting
		WHERE taxpayer_id = p_taxpayer AND account = 'credit' AND currency = p_currency), 0);
END $$;

-- Who is to be told that something about money is wrong.
CREATE OR REPLACE FUNCTION administrator_notice(p_key text, p_values text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := phone_contact(setting_text('administrator', ''), NULL);
BEGIN
	IF v_contact IS NOT NULL THEN
		PERFORM notice_add(v_contact, p_key, p_values, 4, 'payment');
	END IF;
END $$;

-- Bills -------------------------------------------------------------------------------------------

-- New bills, stored with all of their amount open, are billed.
CREATE OR REPLACE FUNCTION bills_post(p_bills bigint[], p_actor text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_entry bigint;
BEGIN
	IF NOT EXISTS (SELECT FROM bill WHERE id = ANY (p_bills) AND amount > 0) THEN
		RETURN;
	END IF;
	INSERT INTO ledger_entry (kind, actor, reason, at) VALUES ('billed', p_actor, p_reason, city_now())
	RETURNING id INTO v_entry;
	INSERT INTO ledger_posting (entry_id, account, bill_id, amount, currency)
	SELECT v_entry, 'bill', id, amount, currency FROM bill WHERE id = ANY (p_bills) AND amount > 0
	UNION ALL
	SELECT v_entry, 'billed', NULL, -sum(amount)::bigint, currency FROM bill WHERE id = ANY (p_bills) AND amount > 0
	GROUP BY currency;
END $$;

-- Bills' amounts change; the differences are posted by one entry.  What was paid beyond the new amount becomes the
-- taxpayer's credit, and when the bill is raised again comes back out of it, as far as it was not spent.
CREATE OR REPLACE FUNCTION bills_change(p_bills bigint[], p_amounts bigint[], p_actor text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_entry bigint;
	v_paid bigint[];
BEGIN
	PERFORM id FROM taxpayer WHERE id IN
		(SELECT taxpayer_id FROM bill WHERE id = ANY (p_bills) AND credited > 0) ORDER BY id FOR NO KEY UPDATE;
	PERFORM id FROM bill WHERE id = ANY (p_bills) ORDER BY id FOR UPDATE;
	IF NOT EXISTS (SELECT FROM unnest(p_bills, p_amounts) AS u(id, amount) JOIN bill b USING (id)
			WHERE b.amount <> u.amount) THEN
		RETURN;
	END IF;
	INSERT INTO ledger_entry (kind, actor, reason, at) VALUES ('changed', p_actor, p_reason, v_now)
	RETURNING id INTO v_entry;
	WITH wanted AS (
		SELECT b.id, b.taxpayer_id, b.currency, b.amount, b.open, b.credited, u.amount AS new,
			b.amount - b.open + b.credited AS paid,
			b.credited - greatest(b.amount - b.open + b.credited - u.amount, 0) AS back -- out of credit; < 0: into it
		FROM unnest(p_bills, p_amounts) AS u(id, amount) JOIN bill b USING (id) WHERE b.amount <> u.amount
	), spent AS (
		SELECT w.*, sum(greatest(w.back, 0)) OVER (PARTITION BY w.taxpayer_id, w.currency ORDER BY w.id) AS upto,
			CASE WHEN w.back > 0 THEN credit_of(w.taxpayer_id, w.currency) END AS credit
		FROM wanted w
	), given AS MATERIALIZED (
		SELECT s.*, CASE WHEN s.back > 0 THEN least(s.back, greatest(s.credit - (s.upto - s.back), 0))::bigint
			ELSE s.back END AS take
		FROM spent s
	), stored AS (
		UPDATE bill b SET amount = g.new, open = g.new - g.paid + g.credited - g.take, credited = g.credited - g.take,
			paid_at = CASE WHEN g.new - g.paid + g.credited - g.take = 0 THEN coalesce(b.paid_at, v_now) END,
			changed_at = v_now
		FROM given g WHERE b.id = g.id RETURNING b.id, b.open
	), posted AS (
		INSERT INTO ledger_posting (entry_id, account, bill_id, taxpayer_id, amount, currency)
		SELECT v_entry, 'bill', id, NULL::bigint, new - amount - take, currency FROM given WHERE new - amount - take <> 0
		UNION ALL
		-- Bill by bill: one that gives and one that takes back are no entry without postings.
		SELECT v_entry, 'credit', NULL, taxpayer_id, take, currency FROM given WHERE take <> 0
		UNION ALL
		SELECT v_entry, 'billed', NULL, NULL, sum(amount - new)::bigint, currency FROM given
		GROUP BY currency HAVING sum(amount - new) <> 0
	)
	SELECT array_agg(id) INTO v_paid FROM stored WHERE open = 0;
	PERFORM reminders_unsay(v_paid);
END $$;

-- Booking -----------------------------------------------------------------------------------------

-- Book payments that wait, which the caller has locked.  Each belongs to a taxpayer and to a pool of his bills; the
-- payments of a pool pay its bills of their currency, oldest due first; the rest is the taxpayer's credit.
--   p_bills, p_bill_pools  each bill once
--   p_tell                 receipts are sent, too
CREATE OR REPLACE FUNCTION ledger_book(p_payments bigint[], p_pools bigint[], p_taxpayers bigint[], p_bills bigint[],
	p_bill_pools bigint[], p_actor text, p_reason text, p_tell boolean)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_key bigint := (SELECT value FROM secret WHERE name = 'receipt');
	v_paid bigint[];
BEGIN
	PERFORM id FROM bill WHERE id = ANY (p_bills) ORDER BY id FOR UPDATE;
	-- What is written is written in the order of ids: a million rows go from page to page, not to and fro.
	WITH pay AS MATERIALIZED (
		SELECT p.id, p.amount, p.currency, u.pool, u.taxpayer_id,
			sum(p.amount) OVER (PARTITION BY u.pool, p.currency ORDER BY p.id) AS upto
		FROM unnest(p_payments, p_pools, p_taxpayers) AS u(id, pool, taxpayer_id) JOIN payment p USING (id)
	), owed AS (
		SELECT b.id, b.open, b.currency, u.pool,
			sum(b.open) OVER (PARTITION BY u.pool, b.currency ORDER BY b.due, b.id) AS upto
		FROM unnest(p_bills, p_bill_pools) AS u(id, pool) JOIN bill b USING (id) WHERE b.open > 0
	), part AS MATERIALIZED (
		-- Laid end to end, payments and bills overlap where the one pays the other.
		SELECT p.id AS payment_id, o.id AS bill_id, p.currency,
			(least(p.upto, o.upto) - greatest(p.upto - p.amount, o.upto - o.open))::bigint AS amount
		FROM pay p JOIN owed o ON o.pool = p.pool AND o.currency = p.currency
			AND o.upto > p.upto - p.amount AND o.upto - o.open < p.upto
	), entry AS (
		INSERT INTO ledger_entry (kind, payment_id, actor, reason, at)
		SELECT 'booked', id, p_actor, p_reason, v_now FROM pay ORDER BY id RETURNING id, payment_id
	), posted AS (
		INSERT INTO ledger_posting (entry_id, account, bill_id, taxpayer_id, amount, currency)
		SELECT e.id, 'unmatched', NULL::bigint, NULL::bigint, p.amount, p.currency
		FROM entry e JOIN pay p ON p.id = e.payment_id
		UNION ALL
		SELECT e.id, 'bill', t.bill_id, NULL, -t.amount, t.currency FROM entry e JOIN part t USING (payment_id)
		UNION ALL
		SELECT e.id, 'credit', NULL, p.taxpayer_id, coalesce(t.amount, 0) - p.amount, p.currency
		FROM entry e JOIN pay p ON p.id = e.payment_id
			LEFT JOIN (SELECT payment_id, sum(amount)::bigint AS amount FROM part GROUP BY 1) t USING (payment_id)
		WHERE p.amount > coalesce(t.amount, 0)
	), given AS (
		INSERT INTO receipt (number, entry_id, payment_id, taxpayer_id, amount, currency, at)
		SELECT receipt_reference(v_key), e.id, p.id, p.taxpayer_id, p.amount, p.currency, v_now
		FROM entry e JOIN pay p ON p.id = e.payment_id
	), settled AS (
		UPDATE payment p SET state = 'booked' FROM (SELECT id FROM pay ORDER BY id OFFSET 0) t WHERE p.id = t.id
	), lowered AS (
		UPDATE bill b SET open = b.open - t.amount, paid_at = CASE WHEN b.open = t.amount THEN v_now END
		FROM (SELECT bill_id, sum(amount)::bigint AS amount FROM part GROUP BY 1 ORDER BY 1 OFFSET 0) t WHERE b.id = t.bill_id
		RETURNING b.id, b.open
	)
	SELECT array_agg(id) INTO v_paid FROM lowered WHERE open = 0;
	UPDATE tray SET done_at = v_now, done_by = p_actor
	WHERE payment_id = ANY (p_payments) AND kind = 'payment' AND done_at IS NULL;
	PERFORM reminders_unsay(v_paid);
	IF p_tell THEN
		PERFORM receipts_tell(p_payments);
	END IF;
END $$;

-- Who is told of a payment's receipt: the payer, by a phone of the country, and the taxpayer's registered phones, but for
-- those of which nothing was heard for long.
CREATE OR REPLACE FUNCTION receipt_hearers(p_payments bigint[])
RETURNS TABLE (number text, contact_id bigint, registered boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_prefix text := setting_text('country_prefix', '+');
	v_silent timestamptz := city_now() - interval '90 days';
BEGIN
	RETURN QUERY
	SELECT h.number, h.contact_id, bool_or(h.registered)
	FROM (
		SELECT r.number, n.contact_id, true AS registered
		FROM receipt r JOIN taxpayer_number n ON n.taxpayer_id = r.taxpayer_id WHERE r.payment_id = ANY (p_payments)
			AND CASE WHEN n.asked_at IS NULL AND greatest(n.linked_at, n.heard_at) >= v_silent THEN true
				ELSE NOT number_silent(n, v_silent) END
		UNION ALL
		SELECT r.number, c.id, false
		FROM receipt r JOIN payment p ON p.id = r.payment_id JOIN contact c ON c.number = p.payer
		WHERE r.payment_id = ANY (p_payments) AND starts_with(c.number, v_prefix)
	) h JOIN contact c ON c.id = h.contact_id
	WHERE c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL
		AND NOT EXISTS (SELECT FROM link l WHERE l.number = c.number) -- a till's SIM pays, too
	GROUP BY 1, 2;
END $$;

-- Registered phones of receipts' taxpayers of which nothing was heard for long, and which have not paid themselves: each is
-- asked once whether it is still theirs, and hears nothing else.
CREATE OR REPLACE FUNCTION receipts_ask(p_payments bigint[], p_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_silent timestamptz := v_now - interval '90 days';
BEGIN
	WITH asked AS (
		UPDATE taxpayer_number n SET asked_at = v_now FROM contact c
		WHERE c.id = n.contact_id AND c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL
			AND n.asked_at IS NULL AND greatest(n.linked_at, n.heard_at) < v_silent AND number_silent(n, v_silent)
			AND n.taxpayer_id IN (SELECT r.taxpayer_id FROM receipt r WHERE r.payment_id = ANY (p_payments))
			AND c.id NOT IN (SELECT h.contact_id FROM receipt_hearers(p_payments) h)
		RETURNING n.contact_id
	)
	INSERT INTO notice (contact_id, text_key, values, priority, service, not_before)
	SELECT DISTINCT contact_id, 'remind_still_you', '{}'::text[], 4, 'number', p_at FROM asked;
END $$;

-- Valid receipts of payments are sent, as notice_add() does.  What is still due, or too much, only registered phones hear.
CREATE OR REPLACE FUNCTION receipts_tell(p_payments bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_at timestamptz := quiet_until(v_now);
	v_prefix text := setting_text('country_prefix', '+');
BEGIN
	INSERT INTO contact (number, kind, created_at)
	SELECT DISTINCT p.payer, 'e164', v_now FROM payment p WHERE p.id = ANY (p_payments)
		AND starts_with(p.payer, v_prefix)
		AND NOT EXISTS (SELECT FROM contact c WHERE c.number = p.payer) ORDER BY 1
	ON CONFLICT (number) DO NOTHING;
	WITH given AS (
		SELECT r.number, r.amount, r.currency, coalesce(sum(b.open), 0)::bigint AS open,
			coalesce(-sum(l.amount) FILTER (WHERE l.account = 'credit'), 0)::bigint AS credit
		FROM receipt r JOIN ledger_posting l ON l.entry_id = r.entry_id LEFT JOIN bill b ON b.id = l.bill_id
		WHERE r.payment_id = ANY (p_payments) AND r.void_at IS NULL GROUP BY r.number
	)
	INSERT INTO notice (contact_id, text_key, values, priority, service, not_before)
	SELECT h.contact_id,
		CASE WHEN h.registered AND g.open > 0 THEN 'receipt_open' WHEN h.registered AND g.credit > 0 THEN 'receipt_credit'
			ELSE 'receipt_given' END,
		ARRAY['number', g.number, 'amount', money_text(g.amount, g.currency)]
			|| CASE WHEN h.registered AND g.open > 0 THEN ARRAY['open', money_text(g.open, g.currency)]
				WHEN h.registered AND g.credit > 0 THEN ARRAY['credit', money_text(g.credit, g.currency)] ELSE '{}' END,
		4, 'payment', v_at
	FROM receipt_hearers(p_payments) h JOIN given g ON g.number = h.number ORDER BY h.contact_id, g.number;
	PERFORM receipts_ask(p_payments, v_at);
	IF v_at <= v_now + interval '2 minutes' THEN
		NOTIFY baraza_notice;
	END IF;
END $$;

-- Receipts that are void: what was not yet said of them is unsaid, and who has heard of them hears p_key.
CREATE OR REPLACE FUNCTION receipt_void(p_entry bigint, p_key text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v receipt;
	v_unsaid bigint[];
	v_contact bigint;
BEGIN
	UPDATE receipt SET void_at = city_now() WHERE entry_id = p_entry AND void_at IS NULL RETURNING * INTO v;
	IF NOT FOUND THEN
		RETURN;
	END IF;
	WITH unsaid AS (
		DELETE FROM notice n USING (SELECT id FROM notice
			WHERE text_key IN ('receipt_given', 'receipt_open', 'receipt_credit') AND values[2] = v.number
			FOR UPDATE SKIP LOCKED) u
		WHERE n.id = u.id RETURNING n.contact_id
	)
	SELECT array_agg(contact_id) INTO v_unsaid FROM unsaid;
	FOR v_contact IN SELECT contact_id FROM receipt_hearers(ARRAY[v.payment_id]) WHERE number = v.number
			AND contact_id <> ALL (coalesce(v_unsaid, '{}')) ORDER BY 1 LOOP
		PERFORM notice_add(v_contact, p_key, ARRAY['number', v.number, 'amount', money_text(v.amount, v.currency)],
			4, 'payment');
	END LOOP;
END $$;

-- The exact opposite of a booking, or of credit that was given to a bill.  Of a bill that was lowered meanwhile, what it
-- had given to credit comes back; where that is spent already, the newest bills that credit was given to owe it again.
CREATE OR REPLACE FUNCTION ledger_undo(p_entry bigint, p_actor text, p_reason text, p_void text DEFAULT 'receipt_undone')
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_taxpayer bigint;
	v_currency text;
	v_entry bigint;
	v_back bigint;
	v_bills bigint[];
	v_takes bigint[];
	v_applied bigint;
BEGIN
	SELECT max(coalesce(l.taxpayer_id, b.taxpayer_id)), max(l.currency) INTO v_taxpayer, v_currency
	FROM ledger_posting l LEFT JOIN bill b ON b.id = l.bill_id WHERE l.entry_id = p_entry;
	PERFORM id FROM taxpayer WHERE id = v_taxpayer FOR NO KEY UPDATE;
	PERFORM id FROM bill WHERE taxpayer_id = v_taxpayer ORDER BY id FOR UPDATE;
	INSERT INTO ledger_entry (kind, payment_id, undoes, actor, reason, at)
	SELECT 'undone', payment_id, id, p_actor, p_reason, v_now FROM ledger_entry WHERE id = p_entry
	RETURNING id INTO v_entry;
	INSERT INTO ledger_posting (entry_id, account, bill_id, taxpayer_id, amount, currency)
	SELECT v_entry, account, bill_id, taxpayer_id, -amount, currency FROM ledger_posting WHERE entry_id = p_entry;
	WITH owed AS (
		SELECT b.id, b.open - l.amount AS open, b.credited - greatest(b.credited - b.open + l.amount, 0) AS take
		FROM ledger_posting l JOIN bill b ON b.id = l.bill_id WHERE l.entry_id = p_entry
	), stored AS (
		UPDATE bill b SET open = o.open - o.take, credited = b.credited - o.take,
			paid_at = CASE WHEN o.open - o.take = 0 THEN b.paid_at END
		FROM owed o WHERE b.id = o.id RETURNING b.id, o.take
	)
	SELECT array_agg(id), array_agg(take) INTO v_bills, v_takes FROM stored WHERE take > 0;
	IF v_bills IS NOT NULL THEN
		INSERT INTO ledger_entry (kind, actor, reason, at) VALUES ('changed', p_actor, p_reason, v_now)
		RETURNING id INTO v_back;
		INSERT INTO ledger_posting (entry_id, account, bill_id, taxpayer_id, amount, currency)
		SELECT v_back, 'bill', u.id, NULL::bigint, -u.take, v_currency FROM unnest(v_bills, v_takes) AS u(id, take)
		UNION ALL
		SELECT v_back, 'credit', NULL, v_taxpayer, sum(u.take)::bigint, v_currency FROM unnest(v_takes) AS u(take);
	END IF;
	WHILE credit_of(v_taxpayer, v_currency) < 0 LOOP
		SELECT max(e.id) INTO v_applied FROM ledger_posting l JOIN ledger_entry e ON e.id = l.entry_id
		WHERE l.taxpayer_id = v_taxpayer AND l.currency = v_currency AND e.kind = 'applied'
			AND NOT EXISTS (SELECT FROM ledger_entry u WHERE u.undoes = e.id);
		IF v_applied IS NULL THEN
			RAISE EXCEPTION 'taxpayer % owes credit that was never given', v_taxpayer;
		END IF;
		PERFORM ledger_undo(v_applied, p_actor, 'credit taken back: ' || coalesce(p_reason, ''));
	END LOOP;
	PERFORM receipt_void(p_entry, p_void);
	RETURN v_entry;
END $$;

-- Payments ----------------------------------------------------------------------------------------

-- Whose payments may be, for a clerk to choose: by its reference's words, by an open claim, by the payer's phone, by the
-- amount where few owe it.
--   why  reference | claim | number | amount
CREATE OR REPLACE FUNCTION payment_candidates(p_payment bigint)
RETURNS TABLE (bill_id bigint, taxpayer_id bigint, why text)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
	v_few CONSTANT integer := 5;
	v payment;
BEGIN
	SELECT * INTO v FROM payment WHERE id = p_payment;
	RETURN QUERY
	WITH word AS (
		SELECT 'reference' AS why, tax_key(w) AS key FROM regexp_split_to_table(v.reference, '[\s,،;+&|:()]+') w
		UNION
		SELECT 'claim', tax_key(c.reference) FROM payment_claim c WHERE c.transaction_id = v.transaction_id
			AND (c.provider IS NULL OR c.provider = v.provider)
	), payer AS (
		SELECT n.taxpayer_id FROM contact c JOIN taxpayer_number n ON n.contact_id = c.id
		WHERE c.number IN (v.payer, '+' || v.payer)
	), found AS (
		SELECT b.id, b.taxpayer_id, w.why, CASE w.why WHEN 'reference' THEN 1 ELSE 2 END AS rank
		FROM word w JOIN bill b USING (key) WHERE b.currency = v.currency
		UNION ALL
		SELECT b.id, t.id, w.why, CASE w.why WHEN 'reference' THEN 1 ELSE 2 END
		FROM word w JOIN taxpayer t USING (key)
			LEFT JOIN bill b ON b.taxpayer_id = t.id AND b.open > 0 AND b.currency = v.currency
		UNION ALL
		SELECT b.id, p.taxpayer_id, 'number', 3
		FROM payer p LEFT JOIN bill b ON b.taxpayer_id = p.taxpayer_id AND b.open > 0 AND b.currency = v.currency
		UNION ALL
		SELECT * FROM (SELECT b.id, b.taxpayer_id, 'amount', 4 FROM bill b
			WHERE b.open = v.amount AND b.currency = v.currency ORDER BY b.due, b.id LIMIT v_few) a
	)
	SELECT DISTINCT ON (f.rank, f.taxpayer_id, f.id) f.id, f.taxpayer_id, f.why FROM found f
	WHERE NOT EXISTS (SELECT FROM found o WHERE o.rank < f.rank AND o.taxpayer_id = f.taxpayer_id
		AND o.id IS NOT DISTINCT FROM f.id)
	ORDER BY f.rank, f.taxpayer_id, f.id;
END $$;

-- Payments that are nobody's yet wait for a clerk: suggested where the payer's phone is a taxpayer's.
CREATE OR REPLACE FUNCTION payments_wait(p_payments bigint[], p_note text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE payment p SET state = 'suggested'
	WHERE p.id = ANY (p_payments) AND p.state = 'unmatched' AND EXISTS (
		SELECT FROM contact c JOIN taxpayer_number n ON n.contact_id = c.id WHERE c.number IN (p.payer, '+' || p.payer));
	INSERT INTO tray (kind, payment_id, message_id, note, at)
	SELECT 'payment', p.id, p.message_id, p_note, city_now() FROM payment p
	WHERE p.id = ANY (p_payments) AND NOT EXISTS (SELECT FROM tray t
		WHERE t.payment_id = p.id AND t.kind = 'payment' AND t.done_at IS NULL)
	ORDER BY p.id;
END $$;

-- Of payments, those whose payer's phone is registered to one taxpayer alone, who has one open bill of that amount.
CREATE OR REPLACE FUNCTION payments_by_number(p_payments bigint[])
RETURNS TABLE (payment_id bigint, bill_id bigint, taxpayer_id bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT DISTINCT ON (o.id) p.id, o.id, n.id
	FROM payment p,
		LATERAL (SELECT min(x.taxpayer_id) AS id FROM contact c JOIN taxpayer_number x ON x.contact_id = c.id
			WHERE c.number IN (p.payer, '+' || p.payer) HAVING count(DISTINCT x.taxpayer_id) = 1) n,
		LATERAL (SELECT min(b.id) AS id FROM bill b
			WHERE b.taxpayer_id = n.id AND b.open = p.amount AND b.currency = p.currency HAVING count(*) = 1) o
	WHERE p.id = ANY (p_payments)
	ORDER BY o.id, p.id;
END $$;

-- What a payment is for by the claims that count, or NULL.  The payer's phone may say so; of any other one the word alone is
-- nothing, since whoever overhears a transaction, or guesses the next one, would have it for himself: only with the amount, as a
-- forwarded confirmation has it, or where nobody was told which phone had paid.
CREATE OR REPLACE FUNCTION payment_claims(p_payment payment) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(c.reference, ' ' ORDER BY c.id) FROM payment_claim c JOIN contact k ON k.id = c.contact_id
		WHERE c.transaction_id = p_payment.transaction_id AND (c.provider IS NULL OR c.provider = p_payment.provider)
			AND (c.payment_id IS NULL OR c.payment_id = p_payment.id)
			AND (coalesce(p_payment.payer, '') NOT LIKE '+%' OR k.number = p_payment.payer
				OR (c.told_amount, c.told_currency) = (p_payment.amount, p_payment.currency)));
END $$;

-- What one payment's own words name, when they are more than one reference; else what a payer claims it is for.
CREATE OR REPLACE FUNCTION payment_named(p_payment bigint, OUT bills bigint[], OUT taxpayer_id bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v payment;
	v_several boolean;
BEGIN
	SELECT * INTO v FROM payment WHERE id = p_payment;
	SELECT f.bills, f.taxpayer_id, f.several INTO bills, taxpayer_id, v_several FROM tax_find_all(v.reference) f;
	IF taxpayer_id IS NULL AND NOT v_several THEN
		SELECT f.bills, f.taxpayer_id INTO bills, taxpayer_id FROM tax_find_all(payment_claims(v)) f;
	END IF;
	-- What is billed in another currency is not paid by this; else a taxpayer's oldest bills are.
	IF bills IS NOT NULL AND NOT EXISTS (SELECT FROM bill b WHERE b.id = ANY (bills) AND b.currency = v.currency) THEN
		taxpayer_id := NULL;
	ELSIF bills IS NULL AND taxpayer_id IS NOT NULL THEN
		bills := ARRAY(SELECT b.id FROM bill b WHERE b.taxpayer_id = payment_named.taxpayer_id AND b.open > 0);
	END IF;
END $$;

-- In order.
CREATE OR REPLACE FUNCTION ids_without(p_ids bigint[], p_gone bigint[]) RETURNS bigint[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN ARRAY(SELECT unnest(p_ids) EXCEPT SELECT unnest(p_gone) ORDER BY 1);
END $$;

-- Of payments, those that wait and that no person has undone a booking of; locked.
CREATE OR REPLACE FUNCTION payments_waiting(p_payments bigint[]) RETURNS bigint[]
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM id FROM payment WHERE id = ANY (p_payments) ORDER BY id FOR UPDATE;
	RETURN ARRAY(SELECT p.id FROM payment p WHERE p.id = ANY (p_payments) AND p.state IN ('suggested', 'unmatched')
		AND NOT EXISTS (SELECT FROM ledger_entry e WHERE e.payment_id = p.id AND e.kind = 'undone') ORDER BY p.id);
END $$;

-- Book payments whose owner can be told: by the reference of a bill or a taxpayer, else by several of them in its words,
-- else by a payer's claim, else by the payer's phone.  The others wait for a clerk.
CREATE OR REPLACE FUNCTION payments_match(p_payments bigint[], p_actor text, p_tell boolean) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_left bigint[] := payments_waiting(p_payments);
	v_ids bigint[];
	v_bills bigint[];
	v_owners bigint[];
	v_of bigint[];
	v_owner bigint;
	v_id bigint;
BEGIN
	SELECT array_agg(p.id), array_agg(b.id), array_agg(b.taxpayer_id) INTO v_ids, v_bills, v_owners
	FROM payment p JOIN bill b ON b.key = tax_key(p.reference) AND b.currency = p.currency WHERE p.id = ANY (v_left);
	IF v_ids IS NOT NULL THEN
		v_of := ARRAY(SELECT DISTINCT unnest(v_bills));
		PERFORM ledger_book(v_ids, v_bills, v_owners, v_of, v_of, p_actor, 'reference', p_tell);
		v_left := ids_without(v_left, v_ids);
	END IF;
	IF v_left = '{}' THEN
		RETURN;
	END IF;
	SELECT array_agg(p.id), array_agg(t.id) INTO v_ids, v_owners
	FROM payment p JOIN taxpayer t ON t.key = tax_key(p.reference)
	WHERE p.id = ANY (v_left) AND NOT EXISTS (SELECT FROM bill b WHERE b.key = t.key);
	IF v_ids IS NOT NULL THEN
		SELECT array_agg(b.id), array_agg(b.taxpayer_id) INTO v_bills, v_of FROM bill b
		WHERE b.taxpayer_id = ANY (v_owners) AND b.open > 0;
		PERFORM ledger_book(v_ids, v_owners, v_owners, v_bills, v_of, p_actor, 'reference', p_tell);
		v_left := ids_without(v_left, v_ids);
	END IF;
	FOR v_id IN
		SELECT p.id FROM payment p WHERE p.id = ANY (v_left) AND (btrim(p.reference) ~ '[\s,،;+&|:()]' OR EXISTS
			(SELECT FROM payment_claim c WHERE c.transaction_id = p.transaction_id AND c.reference IS NOT NULL))
		ORDER BY p.id
	LOOP
		SELECT f.bills, f.taxpayer_id INTO v_bills, v_owner FROM payment_named(v_id) f;
		CONTINUE WHEN v_owner IS NULL;
		PERFORM ledger_book(ARRAY[v_id], ARRAY[1], ARRAY[v_owner], v_bills,
			array_fill(1::bigint, ARRAY[cardinality(v_bills)]), p_actor, 'named', p_tell);
	END LOOP;
	-- Bills that are found by their amount are looked at again when nobody else can pay them.
	SELECT array_agg(n.bill_id) INTO v_bills FROM payments_by_number(v_left) n;
	IF v_bills IS NOT NULL THEN
		PERFORM id FROM bill WHERE id = ANY (v_bills) ORDER BY id FOR UPDATE;
		SELECT array_agg(n.payment_id), array_agg(n.bill_id), array_agg(n.taxpayer_id) INTO v_ids, v_of, v_owners
		FROM payments_by_number(payments_waiting(v_left)) n WHERE n.bill_id = ANY (v_bills);
		PERFORM ledger_book(v_ids, v_of, v_owners, v_of, v_of, p_actor, 'number', p_tell);
	END IF;
	PERFORM payments_wait(payments_waiting(v_left));
END $$;

-- Returns the booking, or NULL: it waits, or it is booked or reversed already.
CREATE OR REPLACE FUNCTION payment_match(p_payment bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_waits boolean := EXISTS (SELECT FROM payment WHERE id = p_payment AND state IN ('suggested', 'unmatched'));
BEGIN
	IF v_waits THEN
		PERFORM payments_match(ARRAY[p_payment], 'match', true);
		RETURN payment_booking(p_payment);
	END IF;
	RETURN NULL;
END $$;

-- The booking of a payment that stands, or NULL.
CREATE OR REPLACE FUNCTION payment_booking(p_payment bigint) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT e.id FROM ledger_entry e WHERE e.payment_id = p_payment AND e.kind = 'booked'
		AND NOT EXISTS (SELECT FROM ledger_entry u WHERE u.undoes = e.id));
END $$;

-- New payments, stored as unmatched, are received.
CREATE OR REPLACE FUNCTION payments_post(p_payments bigint[], p_actor text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	WITH entry AS (
		INSERT INTO ledger_entry (kind, payment_id, actor, at)
		SELECT 'received', id, p_actor, v_now FROM payment WHERE id = ANY (p_payments) ORDER BY id
		RETURNING id, payment_id
	)
	INSERT INTO ledger_posting (entry_id, account, amount, currency)
	SELECT e.id, s.account, s.sign * p.amount, p.currency
	FROM entry e JOIN payment p ON p.id = e.payment_id, (VALUES ('till', 1), ('unmatched', -1)) AS s(account, sign);
END $$;

-- A payment that is told again with another amount: a person looks at it.
CREATE OR REPLACE FUNCTION payment_differs(p_payment bigint, p_message bigint, p_note text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM tray WHERE payment_id = p_payment AND note = p_note AND done_at IS NULL) THEN
		INSERT INTO tray (kind, payment_id, message_id, note, at)
		VALUES ('payment', p_payment, p_message, p_note, city_now());
		PERFORM administrator_notice('payment_differs', ARRAY['transaction',
			(SELECT transaction_id FROM payment WHERE id = p_payment)]);
	END IF;
END $$;

-- Money that came is known by provider and transaction, once; what was not said before is added.
--   p_payer   E.164 when it is a phone of the city's country, else as told
--   p_source  till | statement
--   outcome   new | known | differs (another amount is told: nothing is changed, a clerk and the administrator hear)
CREATE OR REPLACE FUNCTION payment_take(p_provider text, p_transaction text, p_amount bigint, p_currency text, p_payer text,
	p_reference text, p_paid_on date, p_source text, p_message bigint, OUT payment_id bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_stated timestamptz := CASE p_source WHEN 'statement' THEN v_now END;
	v payment;
BEGIN
	INSERT INTO payment (provider, transaction_id, amount, currency, payer, reference, paid_on, source, message_id, state,
		stated_at, at)
	VALUES (provider_key(p_provider), transaction_key(p_transaction), p_amount, p_currency, p_payer, p_reference, p_paid_on,
		p_source, p_message, 'unmatched', v_stated, v_now)
	ON CONFLICT (provider, transaction_id) DO NOTHING RETURNING id INTO payment_id;
	IF FOUND THEN
		outcome := 'new';
		PERFORM payments_post(ARRAY[payment_id], p_source);
		PERFORM reversals_settle();
		RETURN;
	END IF;
	SELECT * INTO v FROM payment
	WHERE provider = provider_key(p_provider) AND transaction_id = transaction_key(p_transaction) FOR UPDATE;
	payment_id := v.id;
	IF (v.amount, v.currency) IS DISTINCT FROM (p_amount, p_currency) THEN
		outcome := 'differs';
		PERFORM payment_differs(v.id, p_message, p_source || ': ' || money_text(p_amount, p_currency) || ', not '
			|| money_text(v.amount, v.currency));
		RETURN;
	END IF;
	outcome := 'known';
	UPDATE payment SET payer = coalesce(payer, p_payer), reference = coalesce(reference, p_reference),
		paid_on = coalesce(paid_on, p_paid_on), stated_at = coalesce(stated_at, v_stated)
	WHERE id = v.id AND (payer IS NULL AND p_payer IS NOT NULL OR reference IS NULL AND p_reference IS NOT NULL
		OR paid_on IS NULL AND p_paid_on IS NOT NULL OR stated_at IS NULL AND v_stated IS NOT NULL);
END $$;

-- A clerk books a payment that waits: on bills of one taxpayer, or on a taxpayer, whose oldest bills it pays.
--   outcome  booked | unknown | booked_already | reversed | unknown_bill | several_taxpayers | currency
CREATE OR REPLACE FUNCTION payment_book(p_payment bigint, p_bills bigint[], p_taxpayer bigint, p_actor text, p_reason text,
	OUT outcome text, OUT entry_id bigint, OUT receipt text)
LANGUAGE plpgsql AS $$
DECLARE
	v payment;
	v_bills bigint[] := p_bills;
	v_owner bigint := p_taxpayer;
	v_found record;
BEGIN
	SELECT * INTO v FROM payment WHERE id = p_payment FOR UPDATE;
	SELECT count(*) AS bills, count(DISTINCT taxpayer_id) AS owners, min(taxpayer_id) AS owner,
		bool_and(currency = v.currency) AS paid INTO v_found FROM bill WHERE id = ANY (p_bills);
	outcome := CASE WHEN v.id IS NULL THEN 'unknown' WHEN v.state = 'booked' THEN 'booked_already'
		WHEN v.state = 'reversed' THEN 'reversed'
		WHEN v_found.bills < coalesce(cardinality(p_bills), 0)
			OR v_found.bills = 0 AND NOT EXISTS (SELECT FROM taxpayer WHERE id = p_taxpayer) THEN 'unknown_bill'
		WHEN v_found.owners > 1 OR v_found.owner <> p_taxpayer THEN 'several_taxpayers'
		WHEN NOT v_found.paid THEN 'currency' ELSE 'booked' END;
	IF outcome <> 'booked' THEN
		RETURN;
	END IF;
	IF v_found.bills > 0 THEN
		v_owner := v_found.owner;
	ELSE
		v_bills := ARRAY(SELECT id FROM bill WHERE taxpayer_id = p_taxpayer AND open > 0);
	END IF;
	PERFORM ledger_book(ARRAY[v.id], ARRAY[1::bigint], ARRAY[v_owner], v_bills,
		array_fill(1::bigint, ARRAY[cardinality(v_bills)]), p_actor, p_reason, true);
	entry_id := payment_booking(v.id);
	receipt := (SELECT r.number FROM receipt r WHERE r.entry_id = payment_book.entry_id);
	PERFORM audit_add(p_actor, 'payment booked', 'payment ' || v.id, p_reason);
END $$;

-- A clerk undoes a wrong match: its receipt is void, and the payment waits again until a person books it.
-- 'undone', 'unknown', or 'not_booked'.
CREATE OR REPLACE FUNCTION payment_undo(p_payment bigint, p_actor text, p_reason text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_booking bigint;
BEGIN
	PERFORM id FROM payment WHERE id = p_payment FOR UPDATE;
	IF NOT FOUND THEN
		RETURN 'unknown';
	END IF;
	v_booking := payment_booking(p_payment);
	IF v_booking IS NULL THEN
		RETURN 'not_booked';
	END IF;
	PERFORM ledger_undo(v_booking, p_actor, p_reason);
	UPDATE payment SET state = 'unmatched' WHERE id = p_payment;
	PERFORM payments_wait(ARRAY[p_payment], 'undone: ' || coalesce(p_reason, ''));
	PERFORM audit_add(p_actor, 'payment undone', 'payment ' || p_payment, p_reason);
	RETURN 'undone';
END $$;

-- Take back what one reversal takes back.
--   reversed | known (it was taken back before) | differs (not all of it: a clerk and the administrator hear)
CREATE OR REPLACE FUNCTION payment_give_back(p_reversal bigint, p_payment bigint) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v payment;
	v_reversal payment_reversal;
	v_booking bigint;
BEGIN
	SELECT * INTO v FROM payment WHERE id = p_payment FOR UPDATE;
	UPDATE payment_reversal SET payment_id = v.id WHERE id = p_reversal RETURNING * INTO v_reversal;
	IF v.state = 'reversed' THEN
		RETURN 'known';
	ELSIF (coalesce(v_reversal.amount, v.amount), coalesce(v_reversal.currency, v.currency))
			IS DISTINCT FROM (v.amount, v.currency) THEN
		PERFORM payment_differs(v.id, v_reversal.message_id, 'reversal of '
			|| money_text(coalesce(v_reversal.amount, v.amount), coalesce(v_reversal.currency, v.currency)) || ', not '
			|| money_text(v.amount, v.currency));
		RETURN 'differs';
	END IF;
	v_booking := payment_booking(v.id);
	IF v_booking IS NOT NULL THEN
		PERFORM ledger_undo(v_booking, 'till', 'reversal ' || v_reversal.reversal_id, 'receipt_reversed');
	END IF;
	PERFORM ledger_post('reversed', v.id, NULL, 'till', 'reversal ' || v_reversal.reversal_id, v.currency,
		ARRAY['unmatched', 'till'], ARRAY[NULL, NULL]::bigint[], ARRAY[NULL, NULL]::bigint[], ARRAY[v.amount, -v.amount]);
	UPDATE payment SET state = 'reversed' WHERE id = v.id;
	UPDATE tray SET done_at = city_now(), done_by = 'till'
	WHERE payment_id = v.id AND kind = 'payment' AND done_at IS NULL;
	RETURN 'reversed';
END $$;

-- Payments whose reversal was known before them.
CREATE OR REPLACE FUNCTION reversals_settle() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM payment_give_back(s.reversal, s.payment) FROM (SELECT r.id AS reversal, p.id AS payment
		FROM payment_reversal r JOIN payment p USING (provider, transaction_id)
		WHERE r.payment_id IS NULL ORDER BY p.id, r.id OFFSET 0) s;
END $$;

-- The operator takes a payment back: what it had paid is owed again.
--   p_reversal  the reversal's own transaction, NULL if it has none; p_amount  NULL: all of it
--   outcome     as payment_give_back(), or waits: the payment is not known, and is taken back should it come
CREATE OR REPLACE FUNCTION payment_reverse(p_provider text, p_transaction text, p_reversal text, p_amount bigint,
	p_currency text, p_message bigint, OUT payment_id bigint, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_reversal bigint;
BEGIN
	INSERT INTO payment_reversal (provider, transaction_id, reversal_id, amount, currency, message_id, at)
	VALUES (provider_key(p_provider), transaction_key(p_transaction), transaction_key(coalesce(p_reversal, p_transaction)),
		p_amount, p_currency, p_message, city_now())
	ON CONFLICT (provider, reversal_id) DO NOTHING RETURNING id INTO v_reversal;
	payment_id := (SELECT p.id FROM payment p
		WHERE p.provider = provider_key(p_provider) AND p.transaction_id = transaction_key(p_transaction));
	IF v_reversal IS NULL THEN
		outcome := 'known';
	ELSIF payment_id IS NOT NULL THEN
		outcome := payment_give_back(v_reversal, payment_id);
	ELSE
		outcome := 'waits';
		INSERT INTO tray (kind, message_id, note, at) VALUES ('payment', p_message, 'reversal of a payment that is not known: '
			|| transaction_key(p_transaction), city_now());
	END IF;
END $$;

-- Credit ------------------------------------------------------------------------------------------

-- A clerk gives a taxpayer's credit to one of his bills, as much as both hold.
--   outcome  applied | unknown | no_credit | paid (nothing is open)
CREATE OR REPLACE FUNCTION credit_apply(p_bill bigint, p_actor text, p_reason text,
	OUT outcome text, OUT entry_id bigint, OUT amount bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v bill;
BEGIN
	PERFORM id FROM taxpayer WHERE id = (SELECT b.taxpayer_id FROM bill b WHERE b.id = p_bill) FOR NO KEY UPDATE;
	SELECT * INTO v FROM bill WHERE id = p_bill FOR UPDATE;
	amount := least(v.open, credit_of(v.taxpayer_id, v.currency));
	outcome := CASE WHEN v.id IS NULL THEN 'unknown' WHEN v.open = 0 THEN 'paid' WHEN amount = 0 THEN 'no_credit'
		ELSE 'applied' END;
	IF outcome = 'applied' THEN
		entry_id := ledger_post('applied', NULL, NULL, p_actor, p_reason, v.currency, ARRAY['bill', 'credit'],
			ARRAY[v.id, NULL], ARRAY[NULL, v.taxpayer_id], ARRAY[-amount, amount]);
		IF amount = v.open THEN
			PERFORM reminders_unsay(ARRAY[v.id]);
		END IF;
		PERFORM audit_add(p_actor, 'credit applied', 'bill ' || v.reference, p_reason);
	END IF;
END $$;

-- 'undone', or 'unknown': no credit was given by that entry, or no longer is.
CREATE OR REPLACE FUNCTION credit_undo(p_entry bigint, p_actor text, p_reason text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM id FROM taxpayer WHERE id = (SELECT l.taxpayer_id FROM ledger_posting l
		WHERE l.entry_id = p_entry AND l.account = 'credit') FOR NO KEY UPDATE;
	IF NOT EXISTS (SELECT FROM ledger_entry e WHERE e.id = p_entry AND e.kind = 'applied'
			AND NOT EXISTS (SELECT FROM ledger_entry u WHERE u.undoes = e.id)) THEN
		RETURN 'unknown';
	END IF;
	PERFORM ledger_undo(p_entry, p_actor, p_reason);
	PERFORM audit_add(p_actor, 'credit undone', 'entry ' || p_entry, p_reason);
	RETURN 'undone';
END $$;

-- Registered phones -------------------------------------------------------------------------------

-- Her phone is registered to nobody any more, and no file registers it again.  Returns to how many it was.
CREATE OR REPLACE FUNCTION taxpayer_unlink(p_contact bigint) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_count integer;
BEGIN
	WITH gone AS (
		DELETE FROM taxpayer_number WHERE contact_id = p_contact RETURNING taxpayer_id
	)
	INSERT INTO taxpayer_unlinked (taxpayer_id, contact_id, at)
	SELECT taxpayer_id, p_contact, city_now() FROM gone ON CONFLICT DO NOTHING;
	GET DIAGNOSTICS v_count = ROW_COUNT;
	RETURN v_count;
END $$;

-- The registered phone becomes another, by its holder's code or by an officer with a reason; those before are told.
--   p_actor  the person at the keyboard, or "citizen"
CREATE OR REPLACE FUNCTION taxpayer_number_set(p_taxpayer bigint, p_contact bigint, p_actor text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_old bigint;
BEGIN
	PERFORM id FROM taxpayer WHERE id = p_taxpayer FOR NO KEY UPDATE;
	FOR v_old IN DELETE FROM taxpayer_number WHERE taxpayer_id = p_taxpayer AND contact_id <> p_contact
			RETURNING contact_id LOOP
		PERFORM number_unsay(v_old);
		PERFORM notice_add(v_old, 'number_changed', '{}', 4, 'number');
	END LOOP;
	DELETE FROM taxpayer_unlinked WHERE taxpayer_id = p_taxpayer AND contact_id = p_contact;
	INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at) VALUES (p_taxpayer, p_contact, 1, v_now)
	ON CONFLICT (taxpayer_id, contact_id) DO UPDATE SET position = 1;
	PERFORM audit_add(p_actor, 'number changed', 'taxpayer ' || (SELECT reference FROM taxpayer WHERE id = p_taxpayer),
		p_reason);
END $$;

-- The nightly check -------------------------------------------------------------------------------

-- What is wrong with the ledger: nothing, unless somebody changed the tables behind its back.
--   fault  entry (does not sum to zero, or has no postings) | bill | payment (against the till and what is unmatched)
--          | booking (twice, or not as its state says) | receipt (against bookings) | credit (owed by the taxpayer)
CREATE OR REPLACE FUNCTION money_faults()
RETURNS TABLE (fault text, id bigint)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT 'entry', e.id FROM ledger_entry e LEFT JOIN
		(SELECT entry_id, sum(amount) AS sum FROM ledger_posting GROUP BY entry_id, currency) l ON l.entry_id = e.id
	WHERE l.sum IS DISTINCT FROM 0;
	RETURN QUERY
	SELECT 'bill', coalesce(b.id, l.bill_id) FROM bill b FULL JOIN (SELECT bill_id, sum(amount) AS sum, min(currency) AS low,
		max(currency) AS high FROM ledger_posting WHERE bill_id IS NOT NULL GROUP BY 1) l ON l.bill_id = b.id
	WHERE coalesce(l.sum, 0) IS DISTINCT FROM b.open OR l.low <> b.currency OR l.high <> b.currency
		OR (b.paid_at IS NULL) IS DISTINCT FROM (b.open > 0);
	RETURN QUERY
	SELECT 'payment', p.id FROM payment p LEFT JOIN (
		SELECT e.payment_id, sum(l.amount) FILTER (WHERE l.account = 'till') AS till,
			sum(l.amount) FILTER (WHERE l.account = 'unmatched') AS unmatched
		FROM ledger_entry e JOIN ledger_posting l ON l.entry_id = e.id WHERE e.payment_id IS NOT NULL GROUP BY 1
	) s ON s.payment_id = p.id
	WHERE (s.till, s.unmatched) IS DISTINCT FROM (CASE p.state WHEN 'reversed' THEN 0 ELSE p.amount END::numeric,
		CASE WHEN p.state IN ('booked', 'reversed') THEN 0 ELSE -p.amount END::numeric);
	RETURN QUERY
	WITH live AS (
		SELECT e.id, e.payment_id FROM ledger_entry e WHERE e.kind = 'booked'
			AND NOT EXISTS (SELECT FROM ledger_entry u WHERE u.undoes = e.id)
	)
	SELECT 'booking', p.id FROM payment p LEFT JOIN (SELECT payment_id, count(*) AS count FROM live GROUP BY 1) b
		ON b.payment_id = p.id WHERE coalesce(b.count, 0) <> (p.state = 'booked')::integer
	UNION ALL
	SELECT 'receipt', coalesce(r.entry_id, b.id) FROM live b
		FULL JOIN (SELECT entry_id, payment_id FROM receipt WHERE void_at IS NULL) r ON r.entry_id = b.id
	WHERE r.payment_id IS DISTINCT FROM b.payment_id;
	RETURN QUERY
	SELECT 'credit', taxpayer_id FROM ledger_posting WHERE account = 'credit' GROUP BY taxpayer_id, currency
	HAVING sum(amount) > 0;
END $$;

-- Each minute.  Once a night, after two, the ledger is looked through; that it was, and what it was found to be, is in
-- the audit.
CREATE OR REPLACE FUNCTION money_chores() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_night date := (city_due_now() - interval '2 hours')::date;
	v_faults bigint;
	v_words text;
BEGIN
	PERFORM reversals_settle(); -- whose payment was taken at the same time
	IF v_night IS NULL OR (SELECT night FROM money_check) >= v_night THEN
		RETURN;
	END IF;
	SELECT count(*), string_agg(w, ', ') FILTER (WHERE nth <= 5) INTO v_faults, v_words
	FROM (SELECT fault || ' ' || id AS w, row_number() OVER () AS nth FROM money_faults()) f;
	UPDATE money_check SET night = v_night, faults = v_faults;
	PERFORM audit_add('job', 'ledger checked', 'ledger', CASE v_faults WHEN 0 THEN 'right'
		ELSE v_faults || ' wrong: ' || v_words END);
	IF v_faults > 0 THEN
		PERFORM administrator_notice('ledger_wrong', ARRAY['count', v_faults::text, 'text', v_words]);
	END IF;
END $$;
