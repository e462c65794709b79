-- SPDX-License-Identifier: GPL-3.0-or-later
-- Three wrong codes lock a taxpayer's for a day, a right one between begins anew; a number's change takes the code that was
-- sent to the old one, three tries, half an hour, and three codes a day.

INSERT INTO contact (number, kind, created_at) SELECT '+25078800000' || n, 'e164', city_now() FROM generate_series(1, 5) n;
INSERT INTO taxpayer (reference, key, code_salt, code_hash, changed_at)
VALUES ('TP-1', 'TP1', 's', sha256('s4711'), city_now()), ('TP-2', 'TP2', NULL, NULL, city_now());
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
SELECT t.id, c.id, 1, city_now() FROM taxpayer t, contact c WHERE t.key = 'TP1' AND c.number LIKE '%1';

DO $$
DECLARE
	v_id bigint := (SELECT id FROM taxpayer WHERE key = 'TP1');
BEGIN
	ASSERT taxpayer_code((SELECT id FROM taxpayer WHERE key = 'TP2'), '4711') = 'none', 'one without';
	ASSERT taxpayer_code(v_id, '1111') = 'wrong' AND taxpayer_code(v_id, '1112') = 'wrong', 'two';
	ASSERT taxpayer_code(v_id, '4711') = 'right', 'a right one between';
	ASSERT taxpayer_code(v_id, '1111') = 'wrong' AND taxpayer_code(v_id, '1112') = 'wrong', 'two again';
	ASSERT taxpayer_code(v_id, '1113') = 'locked', 'the third';
	ASSERT taxpayer_code(v_id, '4711') = 'locked', 'the right one too';
	UPDATE city_clock SET offset_ = offset_ + interval '23 hours 59 minutes';
	ASSERT taxpayer_code(v_id, '4711') = 'locked', 'for nearly a day';
	UPDATE city_clock SET offset_ = offset_ + interval '2 minutes';
	ASSERT taxpayer_code(v_id, '4711') = 'right', 'and no longer';
END $$;

-- What was written with a code behind it: as one word, with a blank, or as several.
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT r, tax_key(r), id, 'fee', 10, 'RWF', '2030-01-01', 10, city_now()
FROM taxpayer, unnest(ARRAY['B-1001', 'KLA 2026 0017']) r WHERE key = 'TP1';
DO $$
BEGIN
	ASSERT (SELECT code IS NULL AND bill_id IS NOT NULL FROM tax_asked('b1001', NULL)), 'alone';
	ASSERT (SELECT code = '4711' AND bill_id IS NOT NULL FROM tax_asked('b1001', '4711')), 'with its code';
	ASSERT (SELECT code IS NULL AND bill_id IS NOT NULL FROM tax_asked('KLA 2026', '0017')), 'what looked like a code';
	ASSERT (SELECT code = '4711' AND bill_id IS NOT NULL FROM tax_asked('kla 2026 0017 4711', NULL)), 'all in one';
	ASSERT (SELECT taxpayer_id IS NULL FROM tax_asked('X-1', NULL)), 'nobody''s';
	ASSERT (SELECT bill_id IS NULL AND taxpayer_id IS NOT NULL FROM tax_asked('tp-1', NULL)), 'a taxpayer''s';
END $$;

CREATE FUNCTION pg_temp.contact(p_n integer) RETURNS bigint
LANGUAGE sql AS $$ SELECT id FROM contact WHERE number = '+25078800000' || p_n $$;
CREATE FUNCTION pg_temp.sent() RETURNS text
LANGUAGE sql AS $$ SELECT values[4] FROM notice WHERE text_key = 'number_code' ORDER BY id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.says(p_n integer, p_code text) RETURNS text
LANGUAGE sql AS $$
	SELECT (service_number(NULL, pg_temp.contact(p_n), jsonb_strip_nulls(jsonb_build_object('reference', 'tp 1', 'code', p_code))))[1]
$$;

DO $$
DECLARE
	v_code text;
BEGIN
	ASSERT pg_temp.says(1, NULL) = 'already', 'hers';
	ASSERT pg_temp.says(2, NULL) = 'asked' AND pg_temp.sent() ~ '^[0-9]{6}$', 'a code is sent';
	v_code := pg_temp.sent();
	ASSERT (SELECT bool_and(contact_id = pg_temp.contact(1)) FROM notice WHERE text_key = 'number_code'), 'to the old one';
	ASSERT pg_temp.says(3, v_code) = 'wrong_code', 'of another phone it is none';
	ASSERT pg_temp.says(2, '000000') = 'wrong_code' AND pg_temp.says(2, '000001') = 'wrong_code'
		AND pg_temp.says(2, '000002') = 'wrong_code', 'guessed';
	ASSERT pg_temp.says(2, v_code) = 'wrong_code', 'after three it is none';
	ASSERT pg_temp.says(2, NULL) = 'asked', 'a new one';
	v_code := pg_temp.sent();
	UPDATE city_clock SET offset_ = offset_ + interval '31 minutes';
	ASSERT pg_temp.says(2, v_code) = 'wrong_code', 'too late';
	ASSERT pg_temp.says(3, NULL) = 'asked', 'the third in a day';
	ASSERT pg_temp.says(2, NULL) = 'office' AND pg_temp.says(4, NULL) = 'office', 'no fourth, whoever asks';
	v_code := pg_temp.sent();
	ASSERT pg_temp.says(3, v_code) = 'done', 'and now it is another''s';
	ASSERT (SELECT array_agg(contact_id) = ARRAY[pg_temp.contact(3)] FROM taxpayer_number), 'alone';
	ASSERT NOT EXISTS (SELECT FROM taxpayer_change), 'nothing is left of it';
	ASSERT (SELECT (service_notme(NULL, pg_temp.contact(3), '{}'))[1]) = 'done', 'not me';
	ASSERT (SELECT (service_notme(NULL, pg_temp.contact(3), '{}'))[1]) = 'none', 'once';
	ASSERT (SELECT (service_tax(NULL, pg_temp.contact(3), '{}'))[1]) = 'unregistered', 'from that moment';
	ASSERT pg_temp.says(5, NULL) = 'office', 'nobody could be sent a code';
END $$;
