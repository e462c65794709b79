/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv: tables as spreadsheets save them; each fault told with its line, and costing no other row.
 */
#include "unit.h"

#include "csv.h"

#include <stdarg.h>

/* One reader on a text of that length; what it reads is written down: "3[a|b] 5!fault .". */
static void
read_all(char *out, size_t size, const char *text, size_t length)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, length, "r");
	struct csv *csv = csv_new(in);
	struct csv_row row;
	enum csv_got got;
	size_t at = 0;

	out[0] = '\0';
	while ((got = csv_read(csv, &row)) == CSV_ROW || got == CSV_FAULT) {
		at += (size_t)snprintf(
			out + at, size - at, "%u%s", row.line, got == CSV_FAULT ? "!" : "[");
		if (got == CSV_FAULT)
			at += (size_t)snprintf(out + at, size - at, "%.12s ", row.fault);
		for (size_t i = 0; i < row.count; i++)
			at += (size_t)snprintf(out + at, size - at, "%s%s", row.cell[i],
				i + 1 < row.count ? "|" : "] ");
	}
	snprintf(out + at, size - at, "%s", got == CSV_END ? "." : "?");
	csv_free(csv);
	fclose(in);
}

static void
check_csv(int line, const char *text, const char *want)
{
	char got[2000];

	read_all(got, sizeof got, text, strlen(text));
	if (strcmp(got, want) != 0) {
		printf("  line %d: \"%s\" not \"%s\"\n", line, got, want);
		unit_failures++;
	}
}
#define CSV(text_, want_) check_csv(__LINE__, text_, want_)

TEST(csv_rows_and_cells)
{
	CSV("a,b\n1,2\n", "1[a|b] 2[1|2] .");
	CSV("a,b\n1,2", "1[a|b] 2[1|2] .");
	CSV("a,b\r\n1,2\r\n", "1[a|b] 2[1|2] .");
	CSV("a,b\n1,\n,2\n", "1[a|b] 2[1|] 3[|2] .");
	CSV("a,b\n 1 ,\t2\n", "1[a|b] 2[ 1 |\t2] .");
	CSV("a\nb\n", "1[a] 2[b] .");
}

TEST(csv_header_tells_the_separator)
{
	CSV("a;b\n1,5;2\n", "1[a|b] 2[1,5|2] .");
	CSV("a,b\n1;5,2\n", "1[a|b] 2[1;5|2] .");
	CSV("\"a;b\",c\n1;5,2\n", "1[a;b|c] 2[1;5|2] .");
	CSV("a,b;c\n1,2\n", "1[a|b;c] 2[1|2] .");
	CSV("a\n1;2,3\n", "1[a] 2[1;2,3] .");
}

TEST(csv_byte_order_mark)
{
	CSV("\xEF\xBB\xBF"
	    "a,b\n1,2\n",
		"1[a|b] 2[1|2] .");
	CSV("\xEF\xBB\xBF\"a\",b\n1,2\n", "1[a|b] 2[1|2] .");
	CSV("\xEF\xBB"
	    "a,b\n1,2\n",
		"1!the file beg 2[1,2] .");
	CSV("\xFF\xFE"
	    "a,b\n",
		"1!this is not  .");
	CSV("\xEF\xBB\xBF", ".");
}

TEST(csv_quotes)
{
	CSV("a,b\n\"1,\"\"x\"\"\",2\n", "1[a|b] 2[1,\"x\"|2] .");
	CSV("a,b\n\"\",\"2\"\n", "1[a|b] 2[|2] .");
	CSV("a,b\n\"1\r\n\n1\",2\n3,4\n", "1[a|b] 2[1\r\n\n1|2] 5[3|4] .");
	CSV("a,b\n1,\"2\"", "1[a|b] 2[1|2] .");
	CSV("a,b\n1,\"2\"\r\n", "1[a|b] 2[1|2] .");
}

TEST(csv_empty_rows_are_passed_over)
{
	CSV("", ".");
	CSV("\n\n", ".");
	CSV("\n\na,b\n\n1,2\n\r\n,\n\"\",\n3,4\n", "3[a|b] 5[1|2] 9[3|4] .");
}

TEST(csv_fault_costs_no_other_row)
{
	CSV("a,b\n1\n1,2,3\n1,2\n", "1[a|b] 2!the row has  3!the row has  4[1|2] .");
	CSV("a,b\nx\"y,2\n1,2\n", "1[a|b] 2!a quote stan 3[1|2] .");
	CSV("a,b\n\"x\"y,2\n1,2\n", "1[a|b] 2!something st 3[1|2] .");
	CSV("a,b\n\"x\" ,2\n1,2\n", "1[a|b] 2!something st 3[1|2] .");
	CSV("a,b\n1\r2,3\n1,2\n", "1[a|b] 2!a carriage r 3[1|2] .");
	CSV("a,b\n1,2\r", "1[a|b] 2!a carriage r .");
	CSV("a,b\n\xC3,2\n1,2\n", "1[a|b] 2!cell 1 is no 3[1|2] .");
	CSV("a,b\n1,\xED\xA0\x80\n1,2\n", "1[a|b] 2!cell 2 is no 3[1|2] .");
	CSV("a,b\n1,2\n\"x,2\n3,4\n", "1[a|b] 2[1|2] 3!a quote is o .");
}

TEST(csv_nul_is_no_text)
{
	static const char text[] = "a,b\n\0,\0\n1,2\n";
	char got[200];

	read_all(got, sizeof got, text, sizeof text - 1);
	CHECK_STR(got, "1[a|b] 2!cell 1 is no 3[1|2] .");
}

/* A text of parts, each repeated. */
static char *
repeat(const char *first, ...)
{
	va_list args;
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	va_start(args, first);
	for (const char *part = first; part != NULL; part = va_arg(args, const char *))
		for (int i = va_arg(args, int); i > 0; i--)
			fputs(part, out);
	va_end(args);
	fclose(out);
	return text;
}

TEST(csv_lengths_have_limits)
{
	static char got[2 * CSV_ROW_MAX];
	char *fits = repeat("a,b\n", 1, "x", CSV_ROW_MAX - 3, ",y\n", 1, "1,2\n", 1, (char *)NULL);
	char *over = repeat("a,b\n", 1, "x", CSV_ROW_MAX - 2, ",y\n", 1, "1,2\n", 1, (char *)NULL);
	char *open = repeat("a,b\n\"", 1, "x", CSV_ROW_MAX + 1, "\n1,2\n", 1, (char *)NULL);
	char *widest = repeat("a,", CSV_COLUMNS_MAX - 1, "a\n", 1, (char *)NULL);
	char *wide = repeat("a,", CSV_COLUMNS_MAX, "a\n", 1, "1,2\n", 1, (char *)NULL);

	read_all(got, sizeof got, fits, strlen(fits));
	CHECK(strlen(got) > CSV_ROW_MAX && strstr(got, "|y] 3[1|2] .") != NULL);
	CSV(over, "1[a|b] 2!the row is l 3[1|2] .");
	CSV(open, "1[a|b] 2!the row is l 3[1|2] .");
	read_all(got, sizeof got, widest, strlen(widest));
	CHECK(strncmp(got, "1[a|a|", 6) == 0);
	CSV(wide, "1!the row has  2[1|2] .");
	free(fits);
	free(over);
	free(open);
	free(widest);
	free(wide);
}

TEST(csv_lists)
{
	const char *at = "a|bc||d", *item;
	size_t length;

	item = csv_item(&at, &length);
	CHECK(item != NULL && length == 1 && item[0] == 'a');
	item = csv_item(&at, &length);
	CHECK(item != NULL && length == 2 && strncmp(item, "bc", 2) == 0);
	CHECK(csv_item(&at, &length) != NULL);
	CHECK_INT(length, 0);
	CHECK(csv_item(&at, &length) != NULL);
	CHECK(csv_item(&at, &length) == NULL);
	at = "";
	CHECK(csv_item(&at, &length) == NULL);
}

TEST(csv_guard_is_taken_away)
{
	CHECK_STR(csv_unguarded("'=1+1"), "=1+1");
	CHECK_STR(csv_unguarded("''=1+1"), "'=1+1");
	CHECK_STR(csv_unguarded("'-x"), "-x");
	CHECK_STR(csv_unguarded("=1+1"), "=1+1");
	CHECK_STR(csv_unguarded("'t Hof"), "'t Hof");
	CHECK_STR(csv_unguarded("'"), "'");
	CHECK_STR(csv_unguarded(""), "");
}

UNIT_MAIN
