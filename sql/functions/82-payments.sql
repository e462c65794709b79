-- SPDX-License-Identifier: GPL-3.0-or-later
-- payments: what a clerk sees of payments and taxpayers, and does with them.

-- A payment by its transaction, or by its number here.
CREATE OR REPLACE FUNCTION payment_id_of(p_name text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_ids bigint[] := ARRAY(SELECT id FROM payment WHERE transaction_id = transaction_key(p_name));
BEGIN
	IF cardinality(v_ids) = 0 AND p_name ~ '^[0-9]{1,18}$' THEN
		RETURN (SELECT id FROM payment WHERE id = p_name::bigint);
	END IF;
	RETURN CASE WHEN cardinality(v_ids) = 1 THEN v_ids[1] END;
END $$;

-- Payments as they are shown.  booked_for: the bills, or the taxpayer to whose credit it is.
DROP VIEW IF EXISTS payment_shown;
CREATE VIEW payment_shown AS
SELECT p.id, p.provider, p.transaction_id AS transaction, money_text(p.amount, p.currency) AS amount, p.payer AS payer_number,
	p.reference, p.state, (SELECT string_agg(coalesce(b.reference, t.reference), ' ' ORDER BY b.due, b.id)
		FROM ledger_posting l LEFT JOIN bill b ON b.id = l.bill_id LEFT JOIN taxpayer t ON t.id = l.taxpayer_id
		WHERE l.entry_id = k.entry AND l.account IN ('bill', 'credit')) AS booked_for,
	(SELECT r.number FROM receipt r WHERE r.entry_id = k.entry) AS receipt, p.source, p.paid_on,
	p.stated_at IS NOT NULL AS stated, iso_time(p.at) AS at
FROM payment p, LATERAL (SELECT payment_booking(p.id) AS entry) k;

-- What waits for a person: payments of nobody, messages about money that no format reads, and what pretends to be money.
DROP VIEW IF EXISTS payment_tray;
CREATE VIEW payment_tray AS
SELECT t.id, t.kind AS tray, p.transaction_id AS transaction, money_text(p.amount, p.currency) AS amount,
	c.number AS contact_number, iso_time(t.at) AS at, (extract(epoch FROM city_now() - t.at) / 3600)::integer AS hours,
	t.note, m.body AS words
FROM tray t LEFT JOIN payment p ON p.id = t.payment_id LEFT JOIN contact c ON c.id = t.contact_id
	LEFT JOIN message m ON m.id = t.message_id
WHERE t.done_at IS NULL AND t.kind IN ('payment', 'forged', 'money');

-- All that happened to a payment's money, in order.
DROP FUNCTION IF EXISTS payment_history;
CREATE FUNCTION payment_history(p_payment bigint)
RETURNS TABLE (entry bigint, what text, accounts text, actor text, reason text, at text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT e.id, e.kind, (SELECT string_agg(coalesce(b.reference, t.reference, l.account) || ' ' || money_text(l.amount, l.currency),
			', ' ORDER BY l.amount DESC, b.due, b.id)
		FROM ledger_posting l LEFT JOIN bill b ON b.id = l.bill_id LEFT JOIN taxpayer t ON t.id = l.taxpayer_id
		WHERE l.entry_id = e.id), e.actor, e.reason, iso_time(e.at)
	FROM ledger_entry e WHERE e.payment_id = p_payment ORDER BY e.id;
END $$;

-- Whose payments that wait may be: of one, or (NULL) of all of them.
DROP FUNCTION IF EXISTS payment_suggestions;
CREATE FUNCTION payment_suggestions(p_payment bigint)
RETURNS TABLE (id bigint, transaction text, amount text, taxpayer text, bill text, open text, due date, why text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT p.id, p.transaction_id, money_text(p.amount, p.currency), t.reference, b.reference,
		money_text(b.open, b.currency), b.due, k.why
	FROM payment p, LATERAL payment_candidates(p.id) k JOIN taxpayer t ON t.id = k.taxpayer_id
		LEFT JOIN bill b ON b.id = k.bill_id
	WHERE p.state IN ('suggested', 'unmatched') AND p.id = coalesce(p_payment, p.id)
	ORDER BY p.id, array_position('{reference,claim,number,amount}', k.why), b.due;
END $$;

-- A clerk books a payment for what is named: bills of one taxpayer, or a taxpayer.
--   outcome  that of payment_book(); what: the name at fault, or what it was booked for
DROP FUNCTION IF EXISTS payment_book_for;
CREATE FUNCTION payment_book_for(p_name text, p_references text[], p_actor text, p_reason text,
	OUT outcome text, OUT receipt text, OUT what text)
LANGUAGE plpgsql AS $$
DECLARE
	v_payment bigint := payment_id_of(p_name);
	v_bills bigint[] := '{}';
	v_taxpayer bigint;
	v record;
BEGIN
	FOREACH what IN ARRAY p_references LOOP
		SELECT * INTO v FROM tax_find(tax_key(what));
		IF v.taxpayer_id IS NULL THEN
			outcome := 'unknown_bill';
			RETURN;
		ELSIF v.bill_id IS NOT NULL THEN
			v_bills := v_bills || v.bill_id;
		ELSIF v_taxpayer <> v.taxpayer_id THEN
			outcome := 'several_taxpayers';
			RETURN;
		ELSE
			v_taxpayer := v.taxpayer_id;
		END IF;
	END LOOP;
	SELECT k.outcome, k.receipt INTO outcome, receipt
	FROM payment_book(v_payment, nullif(v_bills, '{}'), v_taxpayer, p_actor, p_reason) k;
	what := array_to_string(p_references, ' ');
END $$;

-- A person has seen to it.
CREATE OR REPLACE FUNCTION payment_tray_done(p_tray bigint, p_actor text, p_reason text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE tray SET done_at = city_now(), done_by = p_actor
	WHERE id = p_tray AND kind IN ('payment', 'forged', 'money') AND done_at IS NULL;
	IF FOUND THEN
		PERFORM audit_add(p_actor, 'seen to', 'tray ' || p_tray, p_reason);
	END IF;
	RETURN FOUND;
END $$;

-- Taxpayers ---------------------------------------------------------------------------------------

-- What is known of a taxpayer, but for his code.
DROP FUNCTION IF EXISTS taxpayer_show;
CREATE FUNCTION taxpayer_show(p_reference text)
RETURNS TABLE (reference text, name text, zone text, language text, has_code boolean, code_locked boolean, credit text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT t.reference, t.name, z.name, t.language, t.code_hash IS NOT NULL, coalesce(t.code_locked_until > city_now(), false),
		(SELECT string_agg(money_text(c.amount, c.currency), ', ') FROM (SELECT l.currency, -sum(l.amount)::bigint AS amount
			FROM ledger_posting l WHERE l.taxpayer_id = t.id AND l.account = 'credit' GROUP BY 1 HAVING sum(l.amount) <> 0) c)
	FROM taxpayer t LEFT JOIN zone z ON z.id = t.zone_id WHERE t.key = tax_key(p_reference);
END $$;

DROP FUNCTION IF EXISTS taxpayer_phones;
CREATE FUNCTION taxpayer_phones(p_reference text)
RETURNS TABLE (phone_number text, since text, last_heard_at text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT c.number, iso_time(n.linked_at), iso_time(n.heard_at)
	FROM taxpayer t JOIN taxpayer_number n ON n.taxpayer_id = t.id JOIN contact c ON c.id = n.contact_id
	WHERE t.key = tax_key(p_reference) ORDER BY n.position, c.id;
END $$;

DROP FUNCTION IF EXISTS taxpayer_bills;
CREATE FUNCTION taxpayer_bills(p_reference text)
RETURNS TABLE (bill text, tax text, period text, account text, amount text, open text, due date)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT b.reference, b.tax, b.period, b.account, money_text(b.amount, b.currency), money_text(b.open, b.currency), b.due
	FROM taxpayer t JOIN bill b ON b.taxpayer_id = t.id WHERE t.key = tax_key(p_reference) ORDER BY b.due, b.id;
END $$;

-- An officer gives a taxpayer another number, or takes one from him.  done | unknown (taxpayer) | not_his (number)
DROP FUNCTION IF EXISTS taxpayer_officer;
CREATE FUNCTION taxpayer_officer(p_reference text, p_number text, p_take_away boolean, p_actor text, p_reason text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_taxpayer bigint := (SELECT id FROM taxpayer WHERE key = tax_key(p_reference) FOR NO KEY UPDATE);
BEGIN
	IF v_taxpayer IS NULL THEN
		RETURN 'unknown';
	ELSIF NOT p_take_away THEN
		DELETE FROM taxpayer_change WHERE taxpayer_id = v_taxpayer;
		PERFORM taxpayer_number_set(v_taxpayer, contact_of(p_number), p_actor, p_reason);
		RETURN 'done';
	END IF;
	WITH gone AS (
		DELETE FROM taxpayer_number n USING contact c
		WHERE c.id = n.contact_id AND c.number = p_number AND n.taxpayer_id = v_taxpayer
		RETURNING n.taxpayer_id, n.contact_id
	)
	INSERT INTO taxpayer_unlinked (taxpayer_id, contact_id, at)
	SELECT taxpayer_id, contact_id, city_now() FROM gone ON CONFLICT DO NOTHING;
	IF NOT FOUND THEN
		RETURN 'not_his';
	END IF;
	PERFORM number_unsay((SELECT id FROM contact WHERE number = p_number));
	PERFORM audit_add(p_actor, 'number unlinked', 'taxpayer ' || p_reference, p_reason);
	RETURN 'done';
END $$;
