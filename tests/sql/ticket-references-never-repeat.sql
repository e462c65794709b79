-- SPDX-License-Identifier: GPL-3.0-or-later
-- 20,000 references: all different, of the alphabet, in each both change more than once; then past the end of
-- the four-character ones, and past six.
DO $$
DECLARE
	v_count integer;
BEGIN
	CREATE TEMP TABLE r AS SELECT ticket_reference() AS reference FROM generate_series(1, 20000);
	SELECT count(DISTINCT reference) INTO v_count FROM r;
	ASSERT v_count = 20000, format('only %s different references', v_count);
	ASSERT NOT EXISTS (SELECT FROM r WHERE reference !~ '^[A-HJ-NP-Z2-9]{4}$'), 'a reference outside the alphabet';
	ASSERT NOT EXISTS (SELECT FROM r WHERE reference !~ '[A-Z][2-9]' OR reference !~ '[2-9][A-Z]'),
		'a reference that is a word or a number';
	PERFORM setval('ticket_number', 1048575);
	ASSERT length(ticket_reference()) = 6, 'six characters after a million';
	PERFORM setval('ticket_number', 1048576 + 1073741824::bigint);
	ASSERT length(ticket_reference()) = 8, 'eight characters after a thousand million';
END $$;
