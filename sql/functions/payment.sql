-- SPDX-License-Identifier: GPL-3.0-or-later
-- payment: a payer's own word for a payment.  It is looked up in the ledger: what the till or a statement told, and is
-- nobody's yet, is booked to whom he names, if payment_claims() lets it count.  What nobody told stays his word alone.

-- What a payer says about money that the till did not hear of so: kept, for a person to look at.
CREATE OR REPLACE FUNCTION payment_flag(p_message bigint, p_contact bigint, p_transaction text, p_note text)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM tray_add('forged', p_contact, p_message, p_note);
	RETURN ARRAY['flagged', 'transaction', coalesce(p_transaction, '-')];
END $$;

-- A claim, once a phone and transaction.
--   p_told  minor units and currency, of a confirmation
DROP FUNCTION IF EXISTS payment_claim_add(bigint, bigint, text, text, bigint);
CREATE OR REPLACE FUNCTION payment_claim_add(p_message bigint, p_contact bigint, p_transaction text, p_reference text,
	p_told text[], p_payment bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO payment_claim AS c (contact_id, message_id, transaction_id, reference, told_amount, told_currency, payment_id, at)
	VALUES (p_contact, p_message, p_transaction, p_reference, p_told[1]::bigint, p_told[2], p_payment, city_now())
	ON CONFLICT (contact_id, transaction_id) DO UPDATE SET reference = coalesce(excluded.reference, c.reference),
		told_amount = coalesce(excluded.told_amount, c.told_amount),
		told_currency = coalesce(excluded.told_currency, c.told_currency),
		payment_id = coalesce(excluded.payment_id, c.payment_id), message_id = excluded.message_id, at = excluded.at;
END $$;

-- Of a payment that waits, whose is it?  Booked, asked, or left to a person.
CREATE OR REPLACE FUNCTION payment_claimed(p_payment payment, p_reference text, p_message bigint, p_contact bigint,
	p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_booking bigint;
	v receipt;
BEGIN
	IF p_reference IS NOT NULL THEN
		v_booking := payment_match(p_payment.id);
		SELECT * INTO v FROM receipt WHERE entry_id = v_booking;
		IF FOUND THEN
			RETURN ARRAY['booked', 'transaction', p_payment.transaction_id, 'reference', p_reference, 'receipt', v.number];
		END IF;
	ELSIF NOT p_fields ? 'final' THEN
		PERFORM session_ask(p_contact, 'payment', 'reference', 'transaction' || E'\x1f' || p_payment.transaction_id, p_message);
		RETURN ARRAY['ask', 'transaction', p_payment.transaction_id, 'ask', 'reference'];
	ELSIF NOT p_fields ? 'answer' AND NOT EXISTS (SELECT FROM session WHERE contact_id = p_contact) THEN
		RETURN ARRAY['unanswered'];
	END IF;
	RETURN ARRAY['read', 'transaction', p_payment.transaction_id, 'when', office_when()];
END $$;

CREATE OR REPLACE FUNCTION service_payment(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_transaction text := transaction_key(p_fields ->> 'transaction');
	v_reference text := p_fields ->> 'reference';
	v_told text[] := string_to_array(p_fields ->> 'told', ' ');
	v_named record;
	v_count bigint;
	v payment;
BEGIN
	-- The one may stand where the other is looked for.
	IF v_reference IS NOT NULL AND EXISTS (SELECT FROM payment WHERE transaction_id = transaction_key(v_reference))
			AND NOT EXISTS (SELECT FROM payment WHERE transaction_id = v_transaction) THEN
		SELECT v_transaction, transaction_key(v_reference) INTO v_reference, v_transaction;
	ELSIF v_reference IS NULL AND v_told IS NULL
			AND (SELECT f.taxpayer_id FROM tax_find(tax_key(v_transaction)) f) IS NOT NULL
			AND NOT EXISTS (SELECT FROM payment WHERE transaction_id = v_transaction) THEN
		RETURN ARRAY['how'];
	END IF;
	IF v_transaction IS NULL THEN
		RETURN CASE WHEN v_told IS NULL THEN ARRAY['how']
			ELSE payment_flag(p_message, p_contact, NULL, 'claims ' || money_text(v_told[1]::bigint, v_told[2])) END;
	END IF;
	-- Forwarded: somewhere in its words.
	IF v_reference IS NULL AND p_fields ? 'words' THEN
		SELECT * INTO v_named FROM tax_find_all(p_fields ->> 'words');
		v_reference := coalesce((SELECT string_agg(b.reference, ' ' ORDER BY b.due, b.id) FROM bill b WHERE b.id = ANY (v_named.bills)),
			(SELECT t.reference FROM taxpayer t WHERE t.id = v_named.taxpayer_id));
	ELSIF (SELECT f.taxpayer_id FROM tax_find_all(v_reference) f) IS NULL THEN
		v_reference := NULL; -- nobody's
	END IF;
	SELECT count(*) INTO v_count FROM payment WHERE transaction_id = v_transaction;
	SELECT * INTO v FROM payment WHERE transaction_id = v_transaction FOR UPDATE;
	PERFORM payment_claim_add(p_message, p_contact, v_transaction, coalesce(v_reference, p_fields ->> 'reference'),
		v_told, CASE WHEN v_count = 1 THEN v.id END);
	IF v_told IS NOT NULL AND (v_count = 0 OR (v.amount, v.currency) IS DISTINCT FROM (v_told[1]::bigint, v_told[2])) THEN
		RETURN payment_flag(p_message, p_contact, v_transaction, 'claims ' || money_text(v_told[1]::bigint, v_told[2])
			|| ' by ' || v_transaction || CASE WHEN v_count > 0 THEN ', which was ' || money_text(v.amount, v.currency) ELSE
				', of which the till was not told' END);
	ELSIF v_count = 0 THEN
		RETURN ARRAY['waiting', 'transaction', v_transaction];
	ELSIF v_count > 1 THEN
		RETURN ARRAY['read', 'transaction', v_transaction, 'when', office_when()];
	ELSIF v.state IN ('booked', 'reversed') THEN
		RETURN ARRAY[CASE v.state WHEN 'booked' THEN 'known' ELSE 'reversed' END, 'transaction', v_transaction];
	END IF;
	RETURN payment_claimed(v, v_reference, p_message, p_contact, p_fields);
END $$;
