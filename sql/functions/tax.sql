-- SPDX-License-Identifier: GPL-3.0-or-later
-- tax: what is due, when, and how to pay.  Amounts are for a registered number, or for who knows the bill's code; anyone
-- else hears when and how.  A registered number of which nothing was heard for long is asked first whether it is still hers.
-- Three wrong codes in a row, and no code is taken for a day.

-- How to pay, as a value of texts: by the till's number, with this reference (NULL: with that of each bill); without a
-- till at the office.
CREATE OR REPLACE FUNCTION tax_how(p_reference text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_till text := (SELECT number FROM link WHERE receive_only AND number IS NOT NULL ORDER BY up DESC, id LIMIT 1);
BEGIN
	IF v_till IS NULL THEN
		RETURN '@tax_how_office';
	END IF;
	RETURN array_to_string(CASE WHEN p_reference IS NULL THEN ARRAY['@tax_how_each', 'till', v_till]
		ELSE ARRAY['@tax_how', 'till', v_till, 'reference', p_reference] END, E'\x1e');
END $$;

-- Whose a reference is that was written with or without a code behind it.  Blanks between its parts do not count, so
-- that a code may be its last digits.  Nothing: taxpayer_id is NULL.
CREATE OR REPLACE FUNCTION tax_asked(p_reference text, INOUT code text, OUT bill_id bigint, OUT taxpayer_id bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_key text := tax_key(p_reference);
BEGIN
	SELECT f.bill_id, f.taxpayer_id INTO bill_id, taxpayer_id FROM tax_find(v_key) f;
	IF coalesce(bill_id, taxpayer_id) IS NULL AND code IS NOT NULL THEN
		SELECT f.bill_id, f.taxpayer_id INTO bill_id, taxpayer_id FROM tax_find(v_key || tax_key(code)) f;
		code := CASE WHEN coalesce(bill_id, taxpayer_id) IS NULL THEN code END;
	END IF;
	FOR v_length IN 4..8 LOOP
		EXIT WHEN coalesce(bill_id, taxpayer_id) IS NOT NULL OR code IS NOT NULL OR v_key !~ ('[0-9]{' || v_length || '}$');
		SELECT f.bill_id, f.taxpayer_id INTO bill_id, taxpayer_id FROM tax_find(left(v_key, -v_length)) f;
		IF coalesce(bill_id, taxpayer_id) IS NOT NULL THEN
			code := right(v_key, v_length);
		END IF;
	END LOOP;
	IF bill_id IS NOT NULL THEN
		SELECT b.taxpayer_id INTO taxpayer_id FROM bill b WHERE b.id = tax_asked.bill_id;
	END IF;
END $$;

-- Is this the taxpayer's code?  right | wrong | locked; none: nobody has given it one.
CREATE OR REPLACE FUNCTION taxpayer_code(p_taxpayer bigint, p_code text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v taxpayer;
	v_now timestamptz := city_now();
BEGIN
	SELECT * INTO v FROM taxpayer WHERE id = p_taxpayer FOR NO KEY UPDATE;
	IF v.code_hash IS NULL THEN
		RETURN 'none';
	ELSIF v.code_locked_until > v_now THEN
		RETURN 'locked';
	ELSIF v.code_hash = sha256(convert_to(v.code_salt || p_code, 'UTF8')) THEN
		UPDATE taxpayer SET code_failures = 0, code_locked_until = NULL
		WHERE id = p_taxpayer AND (code_failures > 0 OR code_locked_until IS NOT NULL);
		RETURN 'right';
	END IF;
	UPDATE taxpayer SET code_failures = CASE WHEN v.code_failures < 2 THEN v.code_failures + 1 ELSE 0 END,
		code_locked_until = CASE WHEN v.code_failures >= 2 THEN v_now + interval '1 day' END
	WHERE id = p_taxpayer;
	RETURN CASE WHEN v.code_failures >= 2 THEN 'locked' ELSE 'wrong' END;
END $$;

-- A code is not kept in what was written.
CREATE OR REPLACE FUNCTION tax_code_hide(p_message bigint, p_code text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	IF p_code ~ '^[0-9]{4,8}$' THEN
		UPDATE message SET body = regexp_replace(body, '(?:' || p_code || '|' ||
			translate(p_code, '0123456789', '٠١٢٣٤٥٦٧٨٩') || '|' || translate(p_code, '0123456789', '۰۱۲۳۴۵۶۷۸۹') || ')(?=[^0-9]*$)',
			'****')
		WHERE id = p_message;
	END IF;
END $$;

-- What is owed: one bill, or all that taxpayers have open.  p_reference stands for all of them.
CREATE OR REPLACE FUNCTION tax_due(p_bill bigint, p_taxpayers bigint[], p_reference text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_most CONSTANT integer := 3;
	v bill;
	v_count bigint;
	v_bill bigint; -- if it is one
	v_items text;
	v_total text;
BEGIN
	SELECT count(*), min(b.id) INTO v_count, v_bill FROM bill b WHERE b.open > 0
		AND (b.id = p_bill OR p_bill IS NULL AND b.taxpayer_id = ANY (p_taxpayers));
	IF v_count = 0 THEN
		RETURN CASE WHEN p_reference IS NULL THEN ARRAY['nothing'] ELSE ARRAY['none', 'reference', p_reference] END;
	ELSIF v_count = 1 THEN
		SELECT * INTO v FROM bill b WHERE b.id = v_bill;
		RETURN ARRAY['due', 'reference', v.reference, 'tax', v.tax, 'amount', money_text(v.open, v.currency),
			'day', to_char(v.due, 'DD/MM/YYYY'), 'how', tax_how(v.reference)];
	END IF;
	SELECT string_agg(array_to_string(ARRAY['@tax_item', 'reference', b.reference,
			'amount', money_text(b.open, b.currency), 'day', to_char(b.due, 'DD/MM')], E'\x1e'), E'\x1d' ORDER BY b.due, b.id)
	INTO v_items FROM (SELECT * FROM bill WHERE taxpayer_id = ANY (p_taxpayers) AND open > 0 ORDER BY due, id LIMIT v_most) b;
	IF v_count > v_most THEN
		v_items := v_items || E'\x1d@tax_more\x1e' || 'count' || E'\x1e' || v_count - v_most;
	END IF;
	SELECT string_agg(money_text(s.open, s.currency), ' + ' ORDER BY s.currency) INTO v_total
	FROM (SELECT currency, sum(open)::bigint AS open FROM bill WHERE taxpayer_id = ANY (p_taxpayers) AND open > 0
		GROUP BY currency) s;
	RETURN ARRAY['several', 'text', v_items, 'total', v_total, 'how', tax_how(
		CASE (SELECT count(DISTINCT taxpayer_id) FROM bill WHERE taxpayer_id = ANY (p_taxpayers) AND open > 0)
		WHEN 1 THEN coalesce(p_reference, (SELECT t.reference FROM taxpayer t JOIN bill b ON b.taxpayer_id = t.id
			WHERE t.id = ANY (p_taxpayers) AND b.open > 0 LIMIT 1)) END)];
END $$;

-- To who may not hear amounts: when, and how.
CREATE OR REPLACE FUNCTION tax_due_stranger(p_bill bigint, p_taxpayer bigint, p_reference text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v bill;
BEGIN
	SELECT * INTO v FROM bill b WHERE b.open > 0
		AND (b.id = p_bill OR p_bill IS NULL AND b.taxpayer_id = p_taxpayer)
	ORDER BY b.due, b.id LIMIT 1;
	IF NOT FOUND THEN
		RETURN ARRAY['none', 'reference', p_reference];
	END IF;
	RETURN ARRAY['stranger', 'reference', p_reference, 'tax', v.tax, 'day', to_char(v.due, 'DD/MM/YYYY'),
		'how', tax_how(p_reference)];
END $$;

-- A registered number that may be another's by now: is it still hers?
CREATE OR REPLACE FUNCTION tax_unsure(p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE taxpayer_number SET asked_at = city_now() WHERE contact_id = p_contact;
	RETURN ARRAY['unsure'];
END $$;

CREATE OR REPLACE FUNCTION service_tax(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_mine bigint[];
	v_asked record;
	v_reference text;
	v_registered boolean;
	v_code text;
BEGIN
	IF NOT p_fields ? 'reference' THEN
		v_mine := ARRAY(SELECT taxpayer_id FROM taxpayer_number
			WHERE contact_id = p_contact AND NOT number_unsure(taxpayer_id, p_contact, p_message)
			ORDER BY position, taxpayer_id);
		RETURN CASE WHEN v_mine <> '{}' THEN tax_due(NULL, v_mine, NULL)
			WHEN EXISTS (SELECT FROM taxpayer_number WHERE contact_id = p_contact) THEN tax_unsure(p_contact)
			ELSE ARRAY['unregistered'] END;
	END IF;
	SELECT * INTO v_asked FROM tax_asked(p_fields ->> 'reference', p_fields ->> 'code');
	PERFORM tax_code_hide(p_message, v_asked.code);
	IF v_asked.taxpayer_id IS NULL THEN
		RETURN ARRAY['unknown', 'reference', p_fields ->> 'reference'];
	END IF;
	v_reference := coalesce((SELECT reference FROM bill WHERE id = v_asked.bill_id),
		(SELECT reference FROM taxpayer WHERE id = v_asked.taxpayer_id));
	v_registered := EXISTS (SELECT FROM taxpayer_number WHERE contact_id = p_contact AND taxpayer_id = v_asked.taxpayer_id);
	IF NOT v_registered OR number_unsure(v_asked.taxpayer_id, p_contact, p_message) THEN
		v_code := CASE WHEN v_asked.code IS NOT NULL THEN taxpayer_code(v_asked.taxpayer_id, v_asked.code) ELSE 'none' END;
		CASE v_code
		WHEN 'none' THEN RETURN CASE WHEN v_registered THEN tax_unsure(p_contact)
			ELSE tax_due_stranger(v_asked.bill_id, v_asked.taxpayer_id, v_reference) END;
		WHEN 'wrong' THEN RETURN ARRAY['wrong_code', 'reference', v_reference];
		WHEN 'locked' THEN RETURN ARRAY['locked', 'reference', v_reference];
		ELSE NULL;
		END CASE;
	END IF;
	RETURN tax_due(v_asked.bill_id, ARRAY[v_asked.taxpayer_id], v_reference);
END $$;
