/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payment-load: what is wrong in a file of formats is told at its place. */
#include "payment-help.h"

#include <unistd.h>

static char folder[64];

/* The first error of a folder with that file in it, "" when there is none; static. */
static const char *
fault_of(const char *contents)
{
	static char fault[600];
	struct config_errors errors = { 0 };
	char path[100];
	struct payment_formats *formats;
	FILE *file;

	snprintf(path, sizeof(path), "%s/x.cfg", folder);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs(contents, file);
	fclose(file);
	formats = payment_formats_load(folder, &errors);
	snprintf(fault, sizeof(fault), "%s", errors.count > 0 ? errors.text[0] : "");
	CHECK((formats == NULL) == (errors.count > 0));
	payment_formats_free(formats);
	config_errors_free(&errors);
	unlink(path);
	return fault;
}

static void
check_fault(int line, const char *contents, const char *want)
{
	const char *fault = fault_of(contents);

	if (strstr(fault, want) == NULL || (want[0] == '\0' && fault[0] != '\0')) {
		printf("  line %d: \"%s\" does not say \"%s\"\n", line, fault, want);
		unit_failures++;
	}
}
#define FAULT(contents_, want_) check_fault(__LINE__, contents_, want_)
#define HEAD "provider = \"P\"; senders = [\"P\"]; countries = [\"KE\"];\n"
#define ONE(format_) HEAD "formats = ( { name = \"f\"; seen = true; " format_ " } );"

TEST(payment_files_that_are_wrong_say_where_and_what_to_do)
{
	strcpy(folder, "/tmp/payments-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	FAULT(ONE("match = \"paid {money}\";"), "");
	FAULT(ONE("match = \"paid {money\";"), "x.cfg:2: ");
	FAULT(ONE("match = \"paid {mony}\";"), "\"{mony}\" is not known; write {money}");
	FAULT(ONE("match = \"paid\";"), "no amount; write {money}");
	FAULT(ONE("match = \"paid ({money}\";"), "the pattern is wrong behind");
	FAULT(ONE("match = \"{money} (?<sum>x)\";"), "the group \"sum\" is not known; use amount");
	FAULT(ONE("kind = \"in\"; match = \"{money}\";"), "kind is \"incoming\", \"reversal\"");
	FAULT(ONE("kind = \"other\"; match = \"(?<reverses>x)\";"), "write kind = \"reversal\"");
	FAULT(ONE("match = \"{money}\"; countries = [\"Kenya\"];"), "\"Kenya\" is no country");
	FAULT(ONE("match = \"{money}\"; decimal = \"x\";"), "decimal is the sign");
	FAULT(ONE("match = \"{money}\"; currency = \"KSH\";"), "\"KSH\" is no currency");
	FAULT(ONE("match = \"{money}\"; day_first = 1;"), "day_first is true where 1/2/26");
	FAULT(ONE("match = \"{money} {when}\"; day_first = false;"), "");
	FAULT(ONE("match = \"{money}\"; matches = \"\";"),
		"\"matches\" is not known here; use name");
	FAULT(HEAD "formats = ( { name = \"f\"; match = \"{money}\"; } );", "write seen = true");
	FAULT(HEAD "formats = ( { match = \"{money}\"; } );", "a format is { name");
	FAULT(HEAD, "formats is missing");
	FAULT("senders = [\"P\"]; formats = ();", "the provider's name is missing");
	FAULT("provider = \"P\"; formats = ();", "senders is missing");
	FAULT("provider = ;", "x.cfg:1");
	FAULT(ONE("match = \"b{1,3} [ {] \\\\{money\\\\} {money}\";"), "");
	rmdir(folder);
}

TEST(payment_folder_that_is_not_there_or_empty_is_an_error)
{
	struct config_errors errors = { 0 };

	strcpy(folder, "/tmp/payments-XXXXXX");
	REQUIRE(mkdtemp(folder) != NULL);
	CHECK(payment_formats_load(folder, &errors) == NULL);
	rmdir(folder);
	CHECK(payment_formats_load(folder, &errors) == NULL);
	REQUIRE(errors.count == 2);
	CHECK(strstr(errors.text[0], "there is no .cfg file in it") != NULL);
	CHECK(strstr(errors.text[1], "No such file") != NULL);
	config_errors_free(&errors);
}

UNIT_MAIN
