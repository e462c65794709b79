-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two sessions at once: the same payment is taken once, and two payments of one bill pay no more than it owes.

\ir lib/two-sessions.sql
INSERT INTO taxpayer (reference, key, changed_at) VALUES ('TP-1', 'TP1', city_now());
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
VALUES ('B-1', 'B1', 1, 'market', 1000, 'XOF', '2026-03-01', 1000, city_now()),
	('B-2', 'B2', 1, 'market', 700, 'XOF', '2026-03-01', 700, city_now());
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
VALUES (1, contact_of('+250788000001'), 1, city_now());
CREATE FUNCTION pg_temp.match(p_transaction text) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT payment_match(%s)::text', id) FROM payment WHERE transaction_id = p_transaction
$$;
DO $$
BEGIN
	PERFORM bills_post('{1,2}', 'import', NULL);
END $$;

DO $$
DECLARE
	v record;
BEGIN
	-- The same payment, from the till and from a statement.
	v := pg_temp.meet($s$SELECT outcome FROM payment_take('M-Pesa', 'A1', 600, 'XOF', NULL, 'B-1', NULL, 'till', NULL)$s$,
		$s$SELECT outcome FROM payment_take('mpesa', 'a1', 600, 'XOF', NULL, 'B-1', '2026-01-05', 'statement', NULL)$s$,
		'SELECT payment_match(id)::text FROM payment');
	ASSERT v.one = 'new' AND v.other = 'known', v::text;
	ASSERT pg_temp.says('s2', pg_temp.match('A1')) IS NULL, 'booked already';
	ASSERT (SELECT array_agg((amount, state, stated_at IS NOT NULL)::text) FROM payment) = '{"(600,booked,t)"}', 'once';
	ASSERT (SELECT open FROM bill WHERE id = 1) = 400, 'once';

	-- Two payments of the rest of one bill.
	PERFORM payment_take('M-Pesa', 'A2', 300, 'XOF', NULL, 'B-1', NULL, 'till', NULL),
		payment_take('M-Pesa', 'A3', 300, 'XOF', NULL, 'B-1', NULL, 'till', NULL);
END $$;
DO $$
DECLARE
	v record;
BEGIN
	v := pg_temp.meet(pg_temp.match('A2'), pg_temp.match('A3'));
	ASSERT v.other IS NOT NULL, 'booked';
	ASSERT (SELECT open FROM bill WHERE id = 1) = 0 AND credit_of(1, 'XOF') = 200, credit_of(1, 'XOF');

	-- Two payments of the same amount from her phone, which is all that is known of them: the second is not hers to pay.
	PERFORM payment_take('M-Pesa', 'A4', 700, 'XOF', '+250788000001', NULL, NULL, 'till', NULL),
		payment_take('M-Pesa', 'A5', 700, 'XOF', '+250788000001', NULL, NULL, 'till', NULL);
END $$;
DO $$
DECLARE
	v record;
BEGIN
	v := pg_temp.meet(pg_temp.match('A4'), pg_temp.match('A5'));
	ASSERT v.other IS NULL, 'it waits for a clerk';
	ASSERT (SELECT state FROM payment WHERE transaction_id = 'A5') = 'suggested' AND credit_of(1, 'XOF') = 200, 'not taken for credit';

	-- Undone and reversed at once: one of them does it.
	v := pg_temp.meet($s$SELECT payment_undo((SELECT id FROM payment WHERE transaction_id = 'A4'), 'aline', 'x')$s$,
		$s$SELECT outcome FROM payment_reverse('M-Pesa', 'A4', NULL, NULL, NULL, NULL)$s$);
	ASSERT v.one = 'undone' AND v.other = 'reversed', v::text;
	ASSERT (SELECT open FROM bill WHERE id = 2) = 700 AND (SELECT state FROM payment WHERE transaction_id = 'A4') = 'reversed', 'taken back';
	ASSERT (SELECT count(*) FROM ledger_entry WHERE kind = 'undone') = 1, 'once';
	ASSERT NOT EXISTS (SELECT FROM money_faults()), (SELECT string_agg(f::text, ' ') FROM money_faults() f);
END $$;
