-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two sessions at once: the same payment is taken once, and two payments of one bill pay no more than it owes.

CREATE EXTENSION dblink SCHEMA public;
INSERT INTO taxpayer (reference, key, changed_at) VALUES ('TP-1', 'TP1', city_now());
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
VALUES ('B-1', 'B1', 1, 'market', 1000, 'XOF', '2026-03-01', 1000, city_now()),
	('B-2', 'B2', 1, 'market', 700, 'XOF', '2026-03-01', 700, city_now());
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
VALUES (1, contact_of('+250788000001'), 1, city_now());
DO $$
BEGIN
	PERFORM bills_post('{1,2}', 'import', NULL);
	FOR i IN 1..2 LOOP
		PERFORM dblink_connect('s' || i, format('host=%s dbname=%s user=%s options=''-c search_path=baraza,public''',
			split_part(current_setting('unix_socket_directories'), ',', 1), current_database(), current_user));
	END LOOP;
END $$;
-- The session says something in its open transaction, and is waited for.
CREATE FUNCTION pg_temp.says(p_session text, p_sql text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT v FROM dblink(p_session, p_sql) AS d(v text));
END $$;
CREATE FUNCTION pg_temp.match(p_transaction text) RETURNS text LANGUAGE sql AS $$
	SELECT format('SELECT payment_match(%s)::text', id) FROM payment WHERE transaction_id = p_transaction
$$;
-- It says something that must wait for the other's lock.
CREATE FUNCTION pg_temp.waits(p_session text, p_sql text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_pid integer := pg_temp.says(p_session, 'SELECT pg_backend_pid()::text');
BEGIN
	PERFORM dblink_send_query(p_session, p_sql);
	WHILE pg_blocking_pids(v_pid) = '{}' LOOP
		ASSERT dblink_is_busy(p_session) = 1, 'it did not wait: ' || p_sql;
	END LOOP;
END $$;
CREATE FUNCTION pg_temp.heard(p_session text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v text := (SELECT d.v FROM dblink_get_result(p_session) AS d(v text));
BEGIN
	PERFORM FROM dblink_get_result(p_session) AS d(v text); -- the end of it
	RETURN v;
END $$;

DO $$
DECLARE
	v text;
BEGIN
	-- The same payment, from the till and from a statement.
	PERFORM dblink_exec('s1', 'BEGIN'), dblink_exec('s2', 'BEGIN');
	v := pg_temp.says('s1', $s$SELECT outcome FROM payment_take('M-Pesa', 'A1', 600, 'XOF', NULL, 'B-1', NULL, 'till', NULL)$s$);
	ASSERT v = 'new', v;
	PERFORM pg_temp.waits('s2',
		$s$SELECT outcome FROM payment_take('mpesa', 'a1', 600, 'XOF', NULL, 'B-1', '2026-01-05', 'statement', NULL)$s$);
	PERFORM pg_temp.says('s1', 'SELECT payment_match(id)::text FROM payment');
	PERFORM dblink_exec('s1', 'COMMIT');
	v := pg_temp.heard('s2');
	ASSERT v = 'known', v;
	ASSERT pg_temp.says('s2', pg_temp.match('A1')) IS NULL, 'booked already';
	PERFORM dblink_exec('s2', 'COMMIT');
END $$;
DO $$
BEGIN
	ASSERT (SELECT array_agg((amount, state, stated_at IS NOT NULL)::text) FROM payment) = '{"(600,booked,t)"}', 'once';
	ASSERT (SELECT open FROM bill WHERE id = 1) = 400, 'once';

	-- Two payments of the rest of one bill.
	PERFORM payment_take('M-Pesa', 'A2', 300, 'XOF', NULL, 'B-1', NULL, 'till', NULL),
		payment_take('M-Pesa', 'A3', 300, 'XOF', NULL, 'B-1', NULL, 'till', NULL);
END $$;
DO $$
DECLARE
	v text;
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN'), dblink_exec('s2', 'BEGIN');
	PERFORM pg_temp.says('s1', pg_temp.match('A2'));
	PERFORM pg_temp.waits('s2', pg_temp.match('A3'));
	PERFORM dblink_exec('s1', 'COMMIT');
	v := pg_temp.heard('s2');
	ASSERT v IS NOT NULL, 'booked';
	PERFORM dblink_exec('s2', 'COMMIT');
END $$;
DO $$
BEGIN
	ASSERT (SELECT open FROM bill WHERE id = 1) = 0 AND credit_of(1, 'XOF') = 200, credit_of(1, 'XOF');

	-- Two payments of the same amount from her phone, which is all that is known of them: the second is not hers to pay.
	PERFORM payment_take('M-Pesa', 'A4', 700, 'XOF', '+250788000001', NULL, NULL, 'till', NULL),
		payment_take('M-Pesa', 'A5', 700, 'XOF', '+250788000001', NULL, NULL, 'till', NULL);
END $$;
DO $$
DECLARE
	v text;
BEGIN
	PERFORM dblink_exec('s1', 'BEGIN'), dblink_exec('s2', 'BEGIN');
	PERFORM pg_temp.says('s1', pg_temp.match('A4'));
	PERFORM pg_temp.waits('s2', pg_temp.match('A5'));
	PERFORM dblink_exec('s1', 'COMMIT');
	v := pg_temp.heard('s2');
	ASSERT v IS NULL, 'it waits for a clerk';
	PERFORM dblink_exec('s2', 'COMMIT');
END $$;
DO $$
BEGIN
	ASSERT (SELECT state FROM payment WHERE transaction_id = 'A5') = 'suggested' AND credit_of(1, 'XOF') = 200, 'not taken for credit';

	-- Undone and reversed at once: one of them does it.
	PERFORM dblink_exec('s1', 'BEGIN'), dblink_exec('s2', 'BEGIN');
	ASSERT pg_temp.says('s1', $s$SELECT payment_undo((SELECT id FROM payment WHERE transaction_id = 'A4'), 'aline', 'x')$s$) = 'undone', 'undone';
	PERFORM pg_temp.waits('s2', $s$SELECT outcome FROM payment_reverse('M-Pesa', 'A4', NULL, NULL, NULL, NULL)$s$);
	PERFORM dblink_exec('s1', 'COMMIT');
	ASSERT pg_temp.heard('s2') = 'reversed', 'reversed';
	PERFORM dblink_exec('s2', 'COMMIT');
	PERFORM dblink_disconnect('s1'), dblink_disconnect('s2');
END $$;
DO $$
BEGIN
	ASSERT (SELECT open FROM bill WHERE id = 2) = 700 AND (SELECT state FROM payment WHERE transaction_id = 'A4') = 'reversed', 'taken back';
	ASSERT (SELECT count(*) FROM ledger_entry WHERE kind = 'undone') = 1, 'once';
	ASSERT NOT EXISTS (SELECT FROM money_faults()), (SELECT string_agg(f::text, ' ') FROM money_faults() f);
END $$;
