-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a message about taxes or money asks for is looked up: no table that grows is read from end to end, whatever plan is
-- kept.
SET timezone = 'Africa/Kigali';
\o /dev/null
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 09:00' - clock_timestamp();
INSERT INTO link (identity, up, agreed) VALUES ('i1', true, true);
INSERT INTO contact (number, kind, created_at)
SELECT '+25078' || lpad(n::text, 7, '0'), 'e164', city_now() FROM generate_series(1, 20000) n;
INSERT INTO taxpayer (reference, key, language, changed_at)
SELECT 'T' || n, 'T' || n, 'en', city_now() FROM generate_series(1, 20000) n;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
SELECT t.id, c.id, 1, city_now() FROM taxpayer t JOIN contact c ON c.number = '+25078' || lpad(substr(t.key, 2), 7, '0');
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT 'B' || id, 'B' || id, id, 'market', 1000, 'RWF', date '2026-12-15', 1000, city_now() FROM taxpayer;
SELECT bills_post(ARRAY(SELECT id FROM bill), 'test', NULL);
INSERT INTO payment (provider, transaction_id, amount, currency, payer, source, state, at)
SELECT 'mpesa', 'TX' || n, 500, 'RWF', '+25079' || lpad(n::text, 7, '0'), 'till', 'unmatched', city_now()
FROM generate_series(1, 20000) n;
SELECT payments_post(ARRAY(SELECT id FROM payment), 'test');
-- Every second one is booked, with a receipt.
SELECT ledger_book(array_agg(p.id), array_agg(b.id), array_agg(b.taxpayer_id), array_agg(b.id), array_agg(b.id), 'test', 'x', false)
FROM payment p JOIN bill b ON b.key = 'B' || substr(p.transaction_id, 3) WHERE b.id % 2 = 0;
INSERT INTO message (direction, contact_id, body, at, service)
SELECT 'in', id, 'x', city_now(), 'tax' FROM contact;
INSERT INTO payment_claim (contact_id, message_id, transaction_id, reference, at)
SELECT m.contact_id, m.id, 'CL' || m.contact_id, 'B1', city_now() FROM message m;
INSERT INTO tray (kind, payment_id, at) SELECT 'payment', id, city_now() FROM payment WHERE state = 'unmatched';
INSERT INTO campaign (name, arms, weights, state, drafted_by, drafted_at)
VALUES ('c', '{remind_due}', '{1}', 'approved', 'x', city_now());
INSERT INTO reminder (day, contact_id, campaign_id, taxpayer_id, arm, bills, state, message_id)
SELECT date '2026-12-01' - d, n.contact_id, 1, n.taxpayer_id, 1, ARRAY[b.id], CASE d WHEN 0 THEN 'planned' ELSE 'queued' END,
	CASE WHEN d > 0 THEN 1 END
FROM taxpayer_number n JOIN bill b USING (taxpayer_id), generate_series(0, 40, 10) d WHERE b.id > 100 AND (d > 0 OR b.id % 9 = 0);
VACUUM ANALYZE;

SET plan_cache_mode = force_generic_plan; -- what a long life of a connection may come to
SET jit = off;
CREATE FUNCTION pg_temp.looks_up(p_what text, p_sql text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_before jsonb := (SELECT jsonb_object_agg(relname, seq_scan) FROM pg_stat_xact_user_tables WHERE schemaname = 'baraza');
	v_read text;
BEGIN
	EXECUTE p_sql;
	v_read := (SELECT string_agg(relname, ' ') FROM pg_stat_xact_user_tables
		WHERE schemaname = 'baraza' AND seq_scan > (v_before ->> relname)::bigint
			AND relname IN ('bill', 'contact', 'ledger_entry', 'ledger_posting', 'message', 'payment', 'payment_claim',
				'receipt', 'reminder', 'taxpayer', 'taxpayer_number', 'tray'));
	ASSERT v_read IS NULL, p_what || ' reads all of: ' || v_read;
END $$;
DO $$
DECLARE
	v_message bigint := (SELECT max(id) FROM message);
	v_number text := (SELECT number FROM receipt LIMIT 1);
	v record;
BEGIN
	FOR v IN SELECT * FROM (VALUES
		('tax', '{"reference": "B77"}'), ('tax', '{"reference": "T77"}'), ('tax', '{"reference": "T77", "code": "1234"}'),
		('tax', '{}'), ('tax', '{"reference": "NONE123456"}'),
		('payment', '{"reference": "B79", "transaction": "TX301"}'), ('payment', '{"transaction": "TX303"}'),
		('payment', '{"transaction": "NEW123", "told": "500 RWF", "words": "500 RWF for B81 NEW123"}'),
		('payment', '{"reference": "TX305", "transaction": "B83"}'), ('payment', '{"transaction": "CL77"}'),
		('receipt', format('{"number": "%s"}', v_number)), ('receipt', '{"number": "NONE22"}'),
		('number', '{"reference": "T91"}'), ('number', '{"reference": "T91", "code": "123456"}'), ('notme', '{}')
	) AS s(service, fields) LOOP
		PERFORM pg_temp.looks_up(v.service || ' ' || v.fields, format('SELECT service_%s(%s, 5, %L)', v.service, v_message, v.fields));
	END LOOP;
	-- The till: by reference, by a taxpayer's, by a phone, of nobody, again, with another amount, claimed before; taken back.
	FOR v IN SELECT * FROM (VALUES ('K1', 1000, '+250780000095', 'B95'), ('K2', 400, '+250780000097', 'T97'),
		('K3', 1000, '+250780000099', NULL), ('K4', 7, '+250781000001', 'rent for me'), ('K4', 7, '+250781000001', NULL),
		('K4', 8, NULL, NULL), ('CL99', 3, '+250780000099', NULL), ('K6', 7, NULL, NULL)) AS t(id, amount, payer, reference) LOOP
		PERFORM pg_temp.looks_up('till ' || v.id, format('SELECT till_take(%s, 5, ''payment'', ''mpesa'', %L, %s, ''RWF'', %L, %L, NULL, NULL)',
			v_message, v.id, v.amount, v.payer, v.reference));
	END LOOP;
	PERFORM pg_temp.looks_up('reversal', format('SELECT till_take(%s, 5, ''reversal'', ''mpesa'', ''K1'', 1000, ''RWF'', NULL, NULL, NULL, NULL)',
		v_message));
	PERFORM pg_temp.looks_up('reminders', 'SELECT count(*) FROM reminders_take(64)');
	ASSERT (SELECT state FROM payment WHERE transaction_id = 'K3') = 'booked';
	ASSERT (SELECT state FROM payment WHERE transaction_id = 'K1') = 'reversed';
	PERFORM pg_temp.looks_up('queued', 'SELECT reminders_queued()');
END $$;
