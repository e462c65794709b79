-- SPDX-License-Identifier: GPL-3.0-or-later
-- money_text() writes as money_words() does, and money_plain() as that of C, but for three digits behind the point:
-- tests/unit/test-money-samples.c holds the same samples against those.
CREATE TEMP TABLE sample (amount bigint, currency text, words text, plain text);
\copy sample FROM 'tests/sql/money-samples.tsv'
DO $$
DECLARE
	v record;
BEGIN
	ASSERT (SELECT count(*) FROM sample) > 400;
	FOR v IN SELECT * FROM sample LOOP
		ASSERT money_text(v.amount, v.currency) = v.words, format('%s, not %s', money_text(v.amount, v.currency), v.words);
		ASSERT money_plain(v.amount, v.currency) = regexp_replace(v.plain, '(\.\d{3})$', '\10'),
			format('%s, not %s', money_plain(v.amount, v.currency), v.plain);
	END LOOP;
END $$;
