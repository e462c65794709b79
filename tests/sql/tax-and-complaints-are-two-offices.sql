-- SPDX-License-Identifier: GPL-3.0-or-later
-- The tax office cannot read complaints, the complaints' office not taxes, and neither what a till's SIM was told.

-- As a role: "read", "refused", or what else came of it.
CREATE FUNCTION reads(p_role text, p_what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', p_role);
	EXECUTE 'SELECT ' || p_what || ' LIMIT 1';
	RESET ROLE;
	RETURN 'read';
EXCEPTION
WHEN insufficient_privilege THEN
	RETURN 'refused';
END $$;
DO $$
DECLARE
	v text;
	v_city CONSTANT text[] := '{* FROM ticket,* FROM report,* FROM event,* FROM tray_of_city,* FROM register_crews,name FROM department}';
	v_tax CONSTANT text[] := '{* FROM bill,* FROM payment,* FROM payment_claim,* FROM ledger_entry,* FROM ledger_posting,
		* FROM receipt,* FROM reminder,reference FROM taxpayer,* FROM taxpayer_number,* FROM tray_of_tax,* FROM register_bills,
		* FROM register_taxpayers}';
BEGIN
	FOREACH v IN ARRAY v_city LOOP
		ASSERT reads('baraza_city', v) = 'read', 'the city''s ' || v;
		ASSERT reads('baraza_tax', v) = 'refused', 'tax reads ' || v;
		ASSERT reads('baraza_till', v) = 'refused', 'the till reads ' || v;
	END LOOP;
	FOREACH v IN ARRAY v_tax LOOP
		ASSERT reads('baraza_tax', v) = 'read', 'tax''s ' || v;
		ASSERT reads('baraza_city', v) = 'refused', 'the city reads ' || v;
		ASSERT reads('baraza_till', v) = 'refused', 'the till reads ' || v;
	END LOOP;
	FOREACH v IN ARRAY ARRAY['baraza_city', 'baraza_tax'] LOOP
		ASSERT reads(v, '* FROM till_message') = 'refused', v || ' reads the till''s';
		ASSERT reads(v, 'code_hash FROM taxpayer') = 'refused' AND reads(v, 'pin_hash FROM department') = 'refused', v || ' reads codes';
		ASSERT reads(v, '* FROM tray') = 'refused' AND reads(v, '* FROM message') = 'refused'
			AND reads(v, '* FROM contact') = 'refused' AND reads(v, '* FROM crew') = 'refused', v || ' reads all';
		ASSERT NOT has_table_privilege(v, 'ledger_entry', 'INSERT') AND NOT has_table_privilege(v, 'ticket', 'UPDATE'), v || ' writes';
	END LOOP;
	ASSERT reads('baraza_till', '* FROM till_message') = 'read', 'the till''s own';
END $$;
