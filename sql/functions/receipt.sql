-- SPDX-License-Identifier: GPL-3.0-or-later
-- receipt: is this receipt the city's, and does it hold?  Told to any phone: of how much and when, never whose.

CREATE OR REPLACE FUNCTION service_receipt(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v receipt;
	v_number text := p_fields ->> 'number';
BEGIN
	IF v_number IS NULL THEN
		RETURN ARRAY['which'];
	END IF;
	SELECT * INTO v FROM receipt WHERE number = v_number;
	IF NOT FOUND THEN
		RETURN ARRAY['unknown', 'number', v_number];
	END IF;
	RETURN ARRAY[CASE WHEN v.void_at IS NULL THEN 'valid' ELSE 'void' END, 'number', v.number,
		'amount', money_text(v.amount, v.currency), 'day', to_char(coalesce(v.void_at, v.at), 'DD/MM/YYYY')];
END $$;
