-- SPDX-License-Identifier: GPL-3.0-or-later
-- fold() folds as text_fold() does: tests/unit/test-fold.c holds the same samples against that one.
CREATE TEMP TABLE sample (said text, folded text);
\copy sample FROM 'tests/sql/fold-samples.tsv' WITH (FORMAT csv, DELIMITER E'\t', QUOTE E'\b')
DO $$
DECLARE
	v record;
BEGIN
	ASSERT (SELECT count(*) FROM sample) > 50;
	FOR v IN SELECT * FROM sample LOOP
		ASSERT fold(v.said) = coalesce(v.folded, ''), format('%s: %s is not %s', v.said, fold(v.said), v.folded);
		ASSERT fold(fold(v.said)) = fold(v.said), v.said;
	END LOOP;
	ASSERT fold('') = '' AND fold(NULL) IS NULL AND fold(' ?! ') = '' AND fold('«»') = '';
END $$;
