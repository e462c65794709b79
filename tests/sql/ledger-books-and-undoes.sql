-- SPDX-License-Identifier: GPL-3.0-or-later
-- A payment is known once, finds its bill, is undone and taken back, with receipts; each posting sums to zero.

INSERT INTO taxpayer (reference, key, changed_at) SELECT r, tax_key(r), city_now()
FROM unnest(ARRAY['TP-001', 'TP-002', 'TP-003']) r;
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT r, tax_key(r), t, 'market', a, 'XOF', d::date, a, city_now()
FROM (VALUES ('B-101', 1, 5000, '2026-03-01'), ('B-102', 1, 3000, '2026-02-01'), ('B/2026.03', 1, 2000, '2026-04-01'),
	('B-201', 2, 4000, '2026-03-01'), ('B-202', 2, 4000, '2026-04-01'), ('B-301', 3, 7000, '2026-03-01'))
	AS b(r, t, a, d);
DO $$ BEGIN PERFORM bills_post(ARRAY(SELECT id FROM bill), 'import', NULL); END $$;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
VALUES (1, contact_of('+250788000001'), 1, city_now()), (2, contact_of('+250788000002'), 1, city_now()),
	(3, contact_of('+250788000003'), 1, city_now()), (1, contact_of('+250788000004'), 2, city_now());

CREATE FUNCTION pg_temp.pay(p_id text, p_amount bigint, p_reference text, p_payer text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM payment_take('M-Pesa', p_id, p_amount, 'XOF', p_payer, p_reference, NULL, 'till', NULL);
	ASSERT v.outcome = 'new', v.outcome;
	PERFORM payment_match(v.payment_id);
	ASSERT NOT EXISTS (SELECT FROM money_faults()), (SELECT string_agg(f::text, ' ') FROM money_faults() f);
	RETURN v.payment_id;
END $$;
CREATE FUNCTION pg_temp.open(p_reference text) RETURNS bigint LANGUAGE sql AS $$
	SELECT open FROM bill WHERE key = tax_key(p_reference)
$$;
CREATE FUNCTION pg_temp.state(p_payment bigint) RETURNS text LANGUAGE sql AS $$
	SELECT state FROM payment WHERE id = p_payment
$$;
-- Notices since the last call: who and what.
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v text;
BEGIN
	WITH n AS (DELETE FROM notice RETURNING *)
	SELECT string_agg(right(c.number, 1) || ' ' || text_key || coalesce(' ' || n.values[6], ''), ', ' ORDER BY c.number, n.id)
	INTO v FROM n JOIN contact c ON c.id = n.contact_id;
	RETURN coalesce(v, '');
END $$;

-- Amounts are said as gateway/money.c says them.
DO $$
BEGIN
	ASSERT money_text(12500, 'XOF') = '12 500 XOF' AND money_text(125000, 'KES') = '1 250 KES'
		AND money_text(125050, 'KES') = '1 250.50 KES' AND money_text(1005, 'TND') = '1.005 TND'
		AND money_text(-7, 'RWF') = '-7 RWF' AND money_text(0, 'UGX') = '0 UGX'
		AND money_text(9223372036854775807, 'USD') = '92 233 720 368 547 758.07 USD', money_text(125050, 'KES');
	ASSERT tax_key(' b-2026/٠٣.x ') = 'B202603X' AND tax_key(' - ') IS NULL, tax_key(' b-2026/٠٣.x ');
END $$;

DO $$
DECLARE
	v bigint;
	v_number text;
	r record;
BEGIN
	-- By a bill's reference, however it is written; in part; then too much of it.
	v := pg_temp.pay('AA1', 1200, 'b 101', '+250788000009');
	ASSERT pg_temp.state(v) = 'booked' AND pg_temp.open('B-101') = 3800, pg_temp.state(v);
	ASSERT pg_temp.told() = '1 receipt_open 3 800 XOF, 4 receipt_open 3 800 XOF, 9 receipt_given', 'the payer hears no more';
	v := pg_temp.pay('AA2', 4000, 'B-101', '+250788000001');
	ASSERT pg_temp.open('B-101') = 0 AND credit_of(1, 'XOF') = 200, credit_of(1, 'XOF');
	ASSERT (SELECT paid_at FROM bill WHERE reference = 'B-101') IS NOT NULL, 'paid';
	ASSERT pg_temp.told() = '1 receipt_credit 200 XOF, 4 receipt_credit 200 XOF', 'each phone once';
	ASSERT (SELECT count(DISTINCT number) FROM receipt WHERE number ~ '^[A-HJ-NP-Z2-9]{6}$') = 2, 'receipts';

	-- Known again, in any spelling; another amount is told and changes nothing.
	SELECT * INTO r FROM payment_take('mpesa', 'aa 2', 4000, 'XOF', NULL, NULL, '2026-01-05', 'statement', NULL);
	ASSERT r.outcome = 'known' AND r.payment_id = v AND payment_match(v) IS NULL, r.outcome;
	ASSERT (SELECT stated_at IS NOT NULL AND paid_on = '2026-01-05' FROM payment WHERE id = v), 'stated';
	INSERT INTO setting VALUES ('administrator', '+250788000099');
	FOR i IN 1..2 LOOP
		SELECT * INTO r FROM payment_take('M-Pesa', 'AA2', 4001, 'XOF', NULL, NULL, NULL, 'till', NULL);
		ASSERT r.outcome = 'differs', r.outcome;
	END LOOP;
	ASSERT (SELECT array_agg(note) FROM tray) = '{"till: 4 001 XOF, not 4 000 XOF"}', (SELECT array_agg(note) FROM tray);
	ASSERT pg_temp.told() = '9 payment_differs', 'the administrator hears once';

	-- By a taxpayer's reference: the oldest due first.
	v := pg_temp.pay('AA3', 4000, 'TP 001');
	ASSERT pg_temp.open('B-102') = 0 AND pg_temp.open('B/2026.03') = 1000, 'oldest first';
	ASSERT credit_of(1, 'XOF') = 200, 'credit is not taken silently';
	PERFORM pg_temp.told();

	-- Undone: the exact opposite, its receipt void, who heard of it hears, and nobody but a person books it again.
	v_number := (SELECT number FROM receipt WHERE payment_id = v);
	ASSERT payment_undo(v, 'aline', 'wrong person') = 'undone' AND payment_undo(v, 'aline', 'x') = 'not_booked', 'undo';
	ASSERT pg_temp.open('B-102') = 3000 AND pg_temp.open('B/2026.03') = 2000, 'as before';
	ASSERT (SELECT void_at IS NOT NULL FROM receipt WHERE number = v_number), 'void';
	ASSERT pg_temp.told() = '1 receipt_undone, 4 receipt_undone', 'said';
	ASSERT payment_match(v) IS NULL AND pg_temp.state(v) = 'unmatched', 'a person decided';
	ASSERT EXISTS (SELECT FROM tray WHERE payment_id = v AND done_at IS NULL AND note = 'undone: wrong person'), 'it waits';
	SELECT * INTO r FROM payment_book(v, ARRAY[4, 5], NULL, 'aline', 'she says so');
	ASSERT r.outcome = 'booked' AND pg_temp.open('B-201') = 0 AND pg_temp.open('B-202') = 4000, r.outcome;
	ASSERT r.receipt <> v_number AND NOT EXISTS (SELECT FROM tray WHERE payment_id = v AND done_at IS NULL), 'done';
	ASSERT payment_undo(v, 'aline', 'again') = 'undone' AND pg_temp.told() = '', 'what nobody heard is unsaid';
	ASSERT (SELECT string_agg(outcome, ' ') FROM (VALUES
			((payment_book(99, '{1}', NULL, 'a', 'r')).outcome), ((payment_book(1, '{1}', NULL, 'a', 'r')).outcome),
			((payment_book(v, '{1,4}', NULL, 'a', 'r')).outcome), ((payment_book(v, '{77}', NULL, 'a', 'r')).outcome),
			((payment_book(v, NULL, 77, 'a', 'r')).outcome), ((payment_book(v, '{1}', 2, 'a', 'r')).outcome)) o(outcome))
		= 'unknown booked_already several_taxpayers unknown_bill unknown_bill several_taxpayers', 'refused';
	SELECT * INTO r FROM payment_book(v, NULL, 2, 'aline', 'of the second');
	ASSERT r.outcome = 'booked' AND pg_temp.open('B-201') = 0, 'on a taxpayer';
	ASSERT (SELECT count(*) FROM audit WHERE actor = 'aline') = 4, 'audited';
	PERFORM pg_temp.told();
	ASSERT NOT EXISTS (SELECT FROM money_faults()), 'right';
END $$;

-- Several references in one text; those of two taxpayers wait.
DO $$
DECLARE
	v bigint;
BEGIN
	v := pg_temp.pay('BB1', 4500, 'stalls B-102, B/2026.03 March');
	ASSERT pg_temp.open('B-102') = 0 AND pg_temp.open('B/2026.03') = 500, pg_temp.open('B/2026.03');
	v := pg_temp.pay('BB2', 100, 'B-202 and B-301');
	ASSERT pg_temp.state(v) = 'unmatched', 'of two persons';
	ASSERT (SELECT string_agg(b.reference || ' ' || why, ', ') FROM payment_candidates(v) c JOIN bill b ON b.id = c.bill_id)
		= 'B-202 reference, B-301 reference', 'both are suggested';
	v := pg_temp.pay('BB3', 100, 'nothing known');
	ASSERT pg_temp.state(v) = 'unmatched' AND NOT EXISTS (SELECT FROM payment_candidates(v)), 'nobody''s';
	ASSERT (SELECT count(*) FROM tray WHERE kind = 'payment' AND done_at IS NULL AND payment_id = v) = 1, 'a clerk looks';
END $$;

-- By the payer's phone alone: one taxpayer, one open bill of that amount.
DO $$
DECLARE
	v bigint;
BEGIN
	v := pg_temp.pay('CC1', 6999, NULL, '+250788000003');
	ASSERT pg_temp.state(v) = 'suggested', 'another amount';
	ASSERT (SELECT string_agg(why, ',') FROM payment_candidates(v)) = 'number', 'suggested';
	v := pg_temp.pay('CC2', 7000, NULL, '250788000003');
	ASSERT pg_temp.state(v) = 'booked' AND pg_temp.open('B-301') = 0, 'hers';
	INSERT INTO taxpayer_number VALUES (2, contact_of('+250788000003'), 2, city_now());
	UPDATE taxpayer_number SET position = 2 WHERE taxpayer_id = 2 AND contact_id = contact_of('+250788000003');
	v := pg_temp.pay('CC3', 4000, NULL, '+250788000003');
	ASSERT pg_temp.state(v) = 'suggested' AND pg_temp.open('B-202') = 4000, 'two taxpayers have that phone';
	DELETE FROM taxpayer_number WHERE taxpayer_id = 2 AND contact_id = contact_of('+250788000003');
END $$;

-- A claim that names a reference, and one that does not.
DO $$
DECLARE
	v bigint;
	v_contact bigint := contact_of('+250788000055');
	v_message bigint;
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, 'x', city_now()) RETURNING id INTO v_message;
	INSERT INTO payment_claim (contact_id, message_id, transaction_id, reference, at)
	VALUES (v_contact, v_message, 'DD1', 'B-202', city_now()), (v_contact, v_message, 'DD2', NULL, city_now());
	v := pg_temp.pay('dd1', 1000, NULL);
	ASSERT pg_temp.state(v) = 'booked' AND pg_temp.open('B-202') = 3000, pg_temp.state(v);
	v := pg_temp.pay('DD2', 1000, NULL);
	ASSERT pg_temp.state(v) = 'unmatched', 'names nothing';
END $$;

-- A reversal takes back what it reverses, once, and before its payment if it comes so.
DO $$
DECLARE
	v bigint;
	r record;
BEGIN
	PERFORM pg_temp.told();
	v := (SELECT id FROM payment WHERE transaction_id = 'CC2');
	SELECT * INTO r FROM payment_reverse('M-Pesa', 'CC2', 'RR0', 5, 'XOF', NULL);
	ASSERT r.outcome = 'differs' AND pg_temp.state(v) = 'booked', r.outcome;
	SELECT * INTO r FROM payment_reverse('M-Pesa', 'CC2', 'RR1', NULL, NULL, NULL);
	ASSERT r.outcome = 'reversed' AND pg_temp.state(v) = 'reversed' AND pg_temp.open('B-301') = 7000, r.outcome;
	ASSERT pg_temp.told() = '3 receipt_reversed, 9 payment_differs', 'who had the receipt hears';
	SELECT * INTO r FROM payment_reverse('M-Pesa', 'CC2', 'RR1', 7000, 'XOF', NULL);
	ASSERT r.outcome = 'known', r.outcome;
	SELECT * INTO r FROM payment_reverse('M-Pesa', 'CC2', 'RR2', 7000, 'XOF', NULL);
	ASSERT r.outcome = 'known', r.outcome;
	SELECT * INTO r FROM payment_reverse('M-Pesa', 'EE1', NULL, NULL, NULL, NULL);
	ASSERT r.outcome = 'waits' AND r.payment_id IS NULL, r.outcome;
	v := pg_temp.pay('EE1', 7000, 'B-301');
	ASSERT pg_temp.state(v) = 'reversed' AND pg_temp.open('B-301') = 7000, 'never booked';
	ASSERT NOT EXISTS (SELECT FROM money_faults()), 'right';
END $$;

-- Credit goes to a bill by a person's word alone, and comes back; a lowered bill gives credit.
DO $$
DECLARE
	r record;
BEGIN
	SELECT * INTO r FROM credit_apply(3, 'aline', 'asked for it');
	ASSERT r.outcome = 'applied' AND r.amount = 200 AND pg_temp.open('B/2026.03') = 300 AND credit_of(1, 'XOF') = 0, r.amount;
	ASSERT (credit_apply(3, 'aline', 'x')).outcome = 'no_credit' AND (credit_apply(99, 'aline', 'x')).outcome = 'unknown'
		AND (credit_apply(1, 'aline', 'x')).outcome = 'paid', 'refused';
	ASSERT credit_undo(r.entry_id, 'aline', 'not that') = 'undone' AND credit_undo(r.entry_id, 'aline', 'x') = 'unknown', 'undone';
	ASSERT credit_of(1, 'XOF') = 200 AND pg_temp.open('B/2026.03') = 500, 'as before';
	PERFORM credit_apply(3, 'aline', 'again');

	PERFORM bills_change('{1}', '{4000}', 'import', NULL); -- of 5,000, paid
	ASSERT (SELECT amount = 4000 AND open = 0 AND credited = 1000 FROM bill WHERE id = 1) AND credit_of(1, 'XOF') = 1000, 'lowered';
	PERFORM bills_change('{1}', '{4500}', 'import', NULL);
	ASSERT (SELECT open = 0 AND credited = 500 FROM bill WHERE id = 1) AND credit_of(1, 'XOF') = 500, 'its own credit comes back';
	-- The overpayment of 200 is spent: when its payment is undone, the bill that had it owes it again.
	PERFORM payment_undo((SELECT id FROM payment WHERE transaction_id = 'AA2'), 'aline', 'wrong');
	ASSERT (SELECT open = 3300 AND credited = 0 FROM bill WHERE id = 1), (SELECT open FROM bill WHERE id = 1);
	ASSERT credit_of(1, 'XOF') = 0 AND pg_temp.open('B/2026.03') = 500, credit_of(1, 'XOF');
	ASSERT NOT EXISTS (SELECT FROM money_faults()), 'right';
END $$;

-- A payer's phone of another country is told nothing.
DO $$
BEGIN
	DELETE FROM notice;
	INSERT INTO setting VALUES ('country_prefix', '+250');
	PERFORM pg_temp.pay('FF1', 100, 'TP-003', '+254700000009'), pg_temp.pay('FF2', 100, 'TP-003', '+250788000009');
	ASSERT pg_temp.told() LIKE '3 receipt_%, 3 receipt_%, 9 receipt_given', 'its own payers alone';
	ASSERT NOT EXISTS (SELECT FROM contact WHERE number = '+254700000009'), 'nobody';
END $$;

-- What is written stays, and nothing that does not sum to zero is.
CREATE FUNCTION pg_temp.refused(p_sql text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE p_sql;
	RETURN false;
EXCEPTION WHEN restrict_violation OR check_violation OR foreign_key_violation THEN
	RETURN true;
END $$;
DO $$
BEGIN
	ASSERT pg_temp.refused('UPDATE ledger_posting SET amount = 1') AND pg_temp.refused('DELETE FROM ledger_posting')
		AND pg_temp.refused('TRUNCATE ledger_posting') AND pg_temp.refused('UPDATE ledger_entry SET kind = kind')
		AND pg_temp.refused('DELETE FROM ledger_entry') AND pg_temp.refused('TRUNCATE ledger_entry CASCADE'), 'append-only';
	ASSERT pg_temp.refused('SELECT ledger_post(''changed'', NULL, NULL, ''x'', NULL, ''XOF'', ''{till,billed}'', ''{NULL,NULL}'',
		''{NULL,NULL}'', ''{5,-4}'')'), 'sums';
	ASSERT pg_temp.refused('INSERT INTO ledger_posting (entry_id, account, amount, currency)
		VALUES (1, ''till'', 5, ''XOF''), (1, ''billed'', -5, ''KES'')'), 'per currency';
	ASSERT pg_temp.refused('DELETE FROM bill') AND pg_temp.refused('DELETE FROM payment') AND pg_temp.refused('DELETE FROM receipt')
		AND pg_temp.refused('DELETE FROM taxpayer') AND pg_temp.refused('TRUNCATE bill CASCADE'), 'what it refers to stays';
	ASSERT pg_temp.refused('INSERT INTO ledger_posting (entry_id, account, bill_id, amount, currency)
		VALUES (1, ''bill'', 999, 5, ''XOF''), (1, ''billed'', NULL, -5, ''XOF'')'), 'a bill that is not there';
	ASSERT pg_temp.refused('INSERT INTO ledger_posting (entry_id, account, amount, currency)
		VALUES (999, ''till'', 5, ''XOF''), (999, ''billed'', -5, ''XOF'')'), 'an entry that is not there';
	ASSERT pg_temp.refused('INSERT INTO ledger_entry (kind, payment_id, actor, at)
		VALUES (''received'', 999, ''x'', city_now())'), 'a payment that is not there';
	ASSERT pg_temp.refused('INSERT INTO receipt (number, entry_id, payment_id, taxpayer_id, amount, currency, at)
		VALUES (''X'', (SELECT min(id) FROM ledger_entry WHERE payment_id = 1), 2, 1, 5, ''XOF'', city_now())'), 'of its own payment';
END $$;

-- The nightly check, once a night, says what it finds.
DO $$
BEGIN
	DELETE FROM notice;
	PERFORM money_chores();
	PERFORM money_chores();
	ASSERT (SELECT string_agg(reason, '|') FROM audit WHERE what = 'ledger checked') = 'right', 'once';
	UPDATE bill SET open = open - 1 WHERE reference = 'B-301';
	UPDATE city_clock SET offset_ = offset_ + interval '1 day';
	PERFORM money_chores();
	ASSERT (SELECT reason FROM audit WHERE what = 'ledger checked' ORDER BY id DESC LIMIT 1) = '1 wrong: bill 6', 'wrong';
	ASSERT pg_temp.told() = '9 ledger_wrong', 'the administrator hears';
END $$;
