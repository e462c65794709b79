-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who claims a payment that another phone made has it only as the confirmation tells it; receipts go to nobody's SIM of ours.
\o /dev/null
INSERT INTO taxpayer (reference, key, changed_at) VALUES ('T1', 'T1', city_now()), ('T2', 'T2', city_now());
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
VALUES ('B-101', 'B101', 1, 'market', 5000, 'RWF', '2030-01-01', 5000, city_now()),
	('B-201', 'B201', 2, 'market', 5000, 'RWF', '2030-01-01', 5000, city_now());
SELECT bills_post('{1,2}', 'test', NULL);
INSERT INTO link (identity, number, receive_only) VALUES ('till', '+250788000099', true);

CREATE FUNCTION pg_temp.says(p_number text, p_fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of(p_number);
	v_message bigint;
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, 'x', city_now()) RETURNING id INTO v_message;
	RETURN (service_payment(v_message, v_contact, p_fields))[1];
END $$;
CREATE FUNCTION pg_temp.comes(p_id text, p_payer text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM payment_take('momo', p_id, 1000, 'RWF', p_payer, NULL, NULL, 'till', NULL);
	PERFORM payment_match(v.payment_id);
	RETURN (SELECT state FROM payment WHERE id = v.payment_id);
END $$;
CREATE FUNCTION pg_temp.state(p_id text) RETURNS text LANGUAGE sql AS
	$$ SELECT state FROM payment WHERE transaction_id = p_id $$;

DO $$
BEGIN
	-- Claimed before it comes: by a thief, and by the payer.
	ASSERT pg_temp.says('+250788000066', '{"reference": "B-101", "transaction": "AAA001"}') = 'waiting';
	ASSERT pg_temp.comes('AAA001', '+250788000001') = 'unmatched', 'a stranger''s word';
	ASSERT pg_temp.says('+250788000066', '{"reference": "B-101", "transaction": "AAA001"}') = 'read';
	ASSERT pg_temp.state('AAA001') = 'unmatched', 'nor behind it';
	ASSERT pg_temp.says('+250788000001', '{"reference": "B-201", "transaction": "AAA001"}') = 'booked';
	ASSERT (SELECT string_agg(open::text, ' ' ORDER BY id) FROM bill) = '5000 4000';
	-- Forwarded by another phone: the amount is told too.
	ASSERT pg_temp.comes('AAA002', '+250788000001') = 'unmatched';
	ASSERT pg_temp.says('+250788000067', '{"transaction": "AAA002", "told": "1000 RWF", "words": "1000 for B-201"}') = 'booked';
	-- A forged confirmation of another amount, before the payment comes.
	ASSERT pg_temp.says('+250788000066', '{"transaction": "AAA003", "told": "900 RWF", "words": "900 for B-101"}') = 'flagged';
	ASSERT pg_temp.comes('AAA003', '+250788000001') = 'unmatched';
	-- The operator hides who paid.
	ASSERT pg_temp.says('+250788000068', '{"reference": "B-201", "transaction": "AAA004"}') = 'waiting';
	ASSERT pg_temp.comes('AAA004', NULL) = 'booked';
	-- Paid from a SIM of the city.
	DELETE FROM notice;
	ASSERT pg_temp.comes('AAA005', '+250788000099') = 'unmatched';
	ASSERT (payment_book((SELECT id FROM payment WHERE transaction_id = 'AAA005'), '{2}', NULL, 'x', 'x')).outcome = 'booked';
	ASSERT NOT EXISTS (SELECT FROM notice), 'not to ourselves';
	ASSERT NOT EXISTS (SELECT FROM money_faults());
END $$;
