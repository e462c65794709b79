/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of folding: the database's fold() is held against the same by
 * tests/sql/fold-is-the-gateways-own.sql. */
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "unit.h"

TEST(fold_is_the_databases_own)
{
	FILE *file = fopen("tests/sql/fold-samples.tsv", "re");
	char line[4096], folded[3 * sizeof(line)];
	int count = 0;

	REQUIRE(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *tab = strchr(line, '\t');

		REQUIRE(tab != NULL);
		*tab = '\0';
		tab[1 + strcspn(tab + 1, "\n")] = '\0';
		CHECK(text_fold(folded, sizeof(folded), line) >= 0);
		CHECK_STR(folded, tab + 1);
		count++;
	}
	fclose(file);
	CHECK(count > 50);
}

UNIT_MAIN
