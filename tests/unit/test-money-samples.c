/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Samples of amounts: the database's money_text() is held against the same by
 * tests/sql/ledger-says-money-as-the-gateway.sql. What is exported is read again as it was. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "money.h"
#include "unit.h"

TEST(money_words_are_the_databases_own)
{
	FILE *file = fopen("tests/sql/money-samples.tsv", "re");
	char line[256], words[MONEY_WORDS_MAX], plain[MONEY_PLAIN_MAX + 1];
	int count = 0;

	REQUIRE(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		char *rest = line, *cell[4];
		int64_t minor, again = -1;

		line[strcspn(line, "\n")] = '\0';
		for (int i = 0; i < 4; i++)
			REQUIRE((cell[i] = strsep(&rest, "\t")) != NULL);
		minor = strtoll(cell[0], NULL, 10);
		CHECK_INT(money_words(minor, cell[1], words), 0);
		CHECK_STR(words, cell[2]);
		CHECK_INT(money_plain(minor, cell[1], plain), 0);
		CHECK_STR(plain, cell[3]);
		if (minor % 10 != 0 && money_exponent(cell[1]) == 3)
			strcat(plain, "0"); /* as it is exported */
		if (minor >= 0) {
			CHECK_INT(money_parse(plain, cell[1], 0, &again), 0);
			CHECK_INT(again, minor);
		}
		count++;
	}
	fclose(file);
	CHECK(count > 400);
}

UNIT_MAIN
