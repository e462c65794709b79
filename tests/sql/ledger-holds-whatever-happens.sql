-- SPDX-License-Identifier: GPL-3.0-or-later
-- limit 600 s
-- Random histories of bills, payments, changes, undoing and reversals: after each step the ledger is right, and what each
-- taxpayer owes is what was billed less what was paid.  As many as HISTORIES says, or 30; who changes the ledger lets it
-- look at a thousand:
--	HISTORIES=1000 make test T=ledger-holds

INSERT INTO taxpayer (reference, key, changed_at) SELECT r, tax_key(r), city_now() FROM unnest(ARRAY['TP-1', 'TP-2']) r;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
VALUES (1, contact_of('+250788000001'), 1, city_now()), (2, contact_of('+250788000002'), 1, city_now());

CREATE FUNCTION pg_temp.roll(p_sides integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	SELECT floor(random() * p_sides)::integer
$$;
CREATE FUNCTION pg_temp.bill(p_currency text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v bill;
BEGIN
	v.reference := 'B-' || nextval('bill_id_seq');
	INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at, paid_at)
	SELECT v.reference, tax_key(v.reference), 1 + pg_temp.roll(2), 'market', a, p_currency, date '2026-01-01' + pg_temp.roll(90),
		a, city_now(), CASE a WHEN 0 THEN city_now() END
	FROM (SELECT pg_temp.roll(12) * 50::bigint AS a) r RETURNING * INTO v;
	PERFORM bills_post(ARRAY[v.id], 'import', NULL);
END $$;
-- A reference that a payer may write: of a bill, of several, of a taxpayer, of nothing.
CREATE FUNCTION pg_temp.reference() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN CASE pg_temp.roll(6)
		WHEN 0 THEN 'TP 1' WHEN 1 THEN 'TP-2' WHEN 2 THEN 'thanks' WHEN 3 THEN NULL
		WHEN 4 THEN (SELECT string_agg(reference, ' + ') FROM
			(SELECT reference FROM bill ORDER BY random() LIMIT 1 + pg_temp.roll(3)) b)
		ELSE (SELECT reference FROM bill ORDER BY random() LIMIT 1) END;
END $$;
CREATE FUNCTION pg_temp.payment(VARIADIC p_states text[]) RETURNS bigint LANGUAGE sql VOLATILE AS $$
	SELECT id FROM payment WHERE state = ANY (p_states) ORDER BY random() LIMIT 1
$$;
-- One step; returns what it was.
CREATE FUNCTION pg_temp.step(p_nth integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v_step integer := pg_temp.roll(12);
	v_ids bigint[];
	v payment;
BEGIN
	CASE v_step
	WHEN 0 THEN PERFORM pg_temp.bill(CASE pg_temp.roll(5) WHEN 0 THEN 'KES' ELSE 'XOF' END);
	WHEN 1, 2, 3 THEN
		PERFORM payment_match((payment_take('M-Pesa', 'T' || p_nth, 50 * (1 + pg_temp.roll(14)), CASE pg_temp.roll(5) WHEN 0
			THEN 'KES' ELSE 'XOF' END, '+25078800000' || 1 + pg_temp.roll(3), pg_temp.reference(), NULL, 'till', NULL)).payment_id);
	WHEN 4 THEN -- several at once, as of a statement
		WITH p AS (
			INSERT INTO payment (provider, transaction_id, amount, currency, payer, reference, source, state, at)
			SELECT 'bank', 'S' || p_nth || '-' || n, 50 * (1 + pg_temp.roll(9)), 'XOF', '+25078800000' || 1 + pg_temp.roll(2),
				pg_temp.reference(), 'statement', 'unmatched', city_now() FROM generate_series(1, 4) n RETURNING id
		) SELECT array_agg(id) INTO v_ids FROM p;
		PERFORM payments_post(v_ids, 'statement');
		PERFORM payments_match(v_ids, 'statement', true);
	WHEN 5 THEN -- told again, sometimes with another amount
		SELECT * INTO v FROM payment WHERE id = pg_temp.payment('booked', 'unmatched', 'suggested', 'reversed');
		IF FOUND THEN
			PERFORM payment_match((payment_take(v.provider, lower(v.transaction_id), v.amount + pg_temp.roll(2), v.currency,
				NULL, pg_temp.reference(), NULL, 'statement', NULL)).payment_id);
		END IF;
	WHEN 6 THEN PERFORM payment_undo(pg_temp.payment('booked'), 'aline', 'wrong');
	WHEN 7 THEN
		SELECT * INTO v FROM payment WHERE id = pg_temp.payment('booked', 'unmatched', 'suggested');
		IF FOUND THEN
			PERFORM payment_reverse(v.provider, v.transaction_id, 'R' || p_nth, v.amount + pg_temp.roll(2), NULL, NULL);
		END IF;
	WHEN 8 THEN
		PERFORM payment_book(pg_temp.payment('unmatched', 'suggested'),
			CASE pg_temp.roll(2) WHEN 0 THEN ARRAY(SELECT id FROM bill ORDER BY random() LIMIT pg_temp.roll(3)) END,
			1 + pg_temp.roll(2), 'aline', 'by hand');
	WHEN 9, 10 THEN
		SELECT array_agg(id) INTO v_ids FROM (SELECT id FROM bill ORDER BY random() LIMIT 1 + pg_temp.roll(3)) b;
		PERFORM bills_change(v_ids, ARRAY(SELECT 50::bigint * pg_temp.roll(12) FROM unnest(v_ids)), 'import', NULL);
	ELSE
		IF pg_temp.roll(3) > 0 THEN
			PERFORM credit_apply((SELECT id FROM bill WHERE open > 0 ORDER BY random() LIMIT 1), 'aline', 'credit');
		ELSE
			PERFORM credit_undo((SELECT id FROM ledger_entry WHERE kind = 'applied' ORDER BY random() LIMIT 1), 'aline', 'not so');
		END IF;
	END CASE;
	RETURN v_step;
END $$;
-- Counted by hand, from what stands outside the ledger: what differs.
CREATE FUNCTION pg_temp.wrong() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT string_agg(f::text, ' ') FROM (
		SELECT fault || ' ' || id FROM money_faults()
		UNION ALL
		SELECT 'taxpayer ' || t.id || ' in ' || c FROM taxpayer t, unnest(ARRAY['XOF', 'KES']) c
		WHERE (SELECT coalesce(sum(amount - open), 0) FROM bill WHERE taxpayer_id = t.id AND currency = c) + credit_of(t.id, c)
			<> (SELECT coalesce(sum(amount), 0) FROM receipt WHERE taxpayer_id = t.id AND currency = c AND void_at IS NULL)
		UNION ALL
		SELECT 'received in ' || c FROM unnest(ARRAY['XOF', 'KES']) c
		WHERE (SELECT coalesce(sum(amount), 0) FROM ledger_posting WHERE account = 'till' AND currency = c)
			<> (SELECT coalesce(sum(amount), 0) FROM payment WHERE currency = c AND state <> 'reversed')
		UNION ALL
		SELECT 'billed in ' || c FROM unnest(ARRAY['XOF', 'KES']) c
		WHERE (SELECT coalesce(-sum(amount), 0) FROM ledger_posting WHERE account = 'billed' AND currency = c)
			<> (SELECT coalesce(sum(amount), 0) FROM bill WHERE currency = c)
		UNION ALL
		SELECT 'overpaid bill ' || id FROM bill WHERE credited > amount - open + credited
		UNION ALL
		SELECT 'no tray for ' || p.id FROM payment p WHERE state IN ('unmatched', 'suggested')
			AND NOT EXISTS (SELECT FROM tray t WHERE t.payment_id = p.id AND t.done_at IS NULL)
	) w(f));
END $$;

\getenv histories HISTORIES
\if :{?histories}
\else
\set histories 30
\endif
SELECT set_config('baraza.histories', :'histories', false) \g /dev/null

DO $$
DECLARE
	v_histories integer := current_setting('baraza.histories');
	v_done text;
	v_wrong text;
	v_steps integer := 0;
BEGIN
	FOR h IN 1..v_histories LOOP
		PERFORM setseed(h / 100000.0);
		v_done := '';
		BEGIN
			FOR i IN 1..4 LOOP
				PERFORM pg_temp.bill('XOF');
			END LOOP;
			FOR i IN 1..24 LOOP
				v_done := v_done || ' ' || pg_temp.step(i);
				v_wrong := pg_temp.wrong();
				ASSERT v_wrong IS NULL, format('history %s,%s: %s', h, v_done, v_wrong);
				v_steps := v_steps + 1;
			END LOOP;
			RAISE EXCEPTION USING ERRCODE = 'P0099'; -- each begins with nothing
		EXCEPTION WHEN SQLSTATE 'P0099' THEN
			NULL;
		END;
	END LOOP;
	ASSERT v_steps = v_histories * 24, v_steps;
END $$;
