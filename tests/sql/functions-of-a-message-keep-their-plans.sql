-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a service calls is PL/pgSQL, whose plans are kept; or SQL that PostgreSQL puts in place of the call.
DO $$
DECLARE
	v_inlined CONSTANT text[] := '{currency_exponent,place_common,place_digits,place_width,tax_key,ticket_is_open,
		transaction_key}';
	v_name text;
	v_line text;
	v_found text;
BEGIN
	v_found := (
		WITH RECURSIVE ours AS (
			SELECT p.oid, p.proname, p.prosrc, l.lanname FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
			WHERE p.pronamespace = 'baraza'::regnamespace
		), called AS (
			SELECT oid, proname, prosrc, lanname FROM ours WHERE proname LIKE 'service\_%'
			UNION
			SELECT o.* FROM called c JOIN ours o ON c.prosrc ~ ('\m' || o.proname || '\M\(')
		)
		SELECT string_agg(DISTINCT proname, ' ') FROM called WHERE lanname = 'sql' AND proname <> ALL (v_inlined)
	);
	ASSERT v_found IS NULL, 'planned anew at each call: ' || v_found;
	FOREACH v_name IN ARRAY v_inlined LOOP
		FOR v_line IN EXECUTE format('EXPLAIN (VERBOSE, COSTS OFF) SELECT %I(name) FROM zone', v_name) LOOP
			ASSERT v_line NOT LIKE '%' || v_name || '%', v_name || ' is called';
		END LOOP;
	END LOOP;
END $$;
