/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phone: many ways to write a number, one contact.  All numbers are invented. */
#include "unit.h"

#include "phone.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void
check_phone(const char *address, const char *country, enum phone_kind kind, const char *number)
{
	struct phone phone = phone_normalise(address, country);

	if (phone.kind != kind || strcmp(phone.number, number) != 0) {
		printf("  \"%s\" in %s is kind %d \"%s\", not kind %d \"%s\"\n", address,
			country != NULL ? country : "no country", (int)phone.kind, phone.number,
			(int)kind, number);
		unit_failures++;
	}
}

/* A number of each country, as dialled there, by its calling code, and from abroad. */
struct example {
	const char *country, *national, *calling, *significant, *international;
};

static const struct example examples[] = {
	{ "AO", "923000001", "244", "923000001", "00" },
	{ "BF", "70000001", "226", "70000001", "00" },
	{ "BI", "79000001", "257", "79000001", "00" },
	{ "BJ", "0197000001", "229", "0197000001", "00" },
	{ "CA", "15065550101", "1", "5065550101", "011" },
	{ "CD", "0810000001", "243", "810000001", "00" },
	{ "CI", "0701000001", "225", "0701000001", "00" },
	{ "CM", "671000001", "237", "671000001", "00" },
	{ "ET", "0911000001", "251", "911000001", "00" },
	{ "FR", "0639980001", "33", "639980001", "00" },
	{ "GB", "07700900001", "44", "7700900001", "00" },
	{ "GH", "0241000001", "233", "241000001", "00" },
	{ "GN", "621000001", "224", "621000001", "00" },
	{ "KE", "0712000001", "254", "712000001", "000" },
	{ "MA", "0612000001", "212", "612000001", "00" },
	{ "MG", "0321000001", "261", "321000001", "00" },
	{ "ML", "76000001", "223", "76000001", "00" },
	{ "MR", "46000001", "222", "46000001", "00" },
	{ "MW", "0991000001", "265", "991000001", "00" },
	{ "MW", "01700001", "265", "1700001", "00" },
	{ "MZ", "841000001", "258", "841000001", "00" },
	{ "MZ", "21300001", "258", "21300001", "00" },
	{ "NE", "93000001", "227", "93000001", "00" },
	{ "NG", "08031000001", "234", "8031000001", "009" },
	{ "PT", "912000001", "351", "912000001", "00" },
	{ "RW", "0788000001", "250", "788000001", "00" },
	{ "SN", "771000001", "221", "771000001", "00" },
	{ "SO", "0611000001", "252", "611000001", "00" },
	{ "SO", "06100001", "252", "6100001", "00" },
	{ "TG", "90000001", "228", "90000001", "00" },
	{ "TN", "20000001", "216", "20000001", "00" },
	{ "TZ", "0712000001", "255", "712000001", "000" },
	{ "UG", "0772000001", "256", "772000001", "000" },
	{ "US", "2025550101", "1", "2025550101", "011" },
	{ "ZA", "0711000001", "27", "711000001", "00" },
	{ "ZM", "0971000001", "260", "971000001", "00" },
	{ "ZW", "0712000001", "263", "712000001", "00" },
};

TEST(phone_one_contact_however_it_is_written)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		const struct example *e = &examples[i];
		char e164[32], text[64];

		snprintf(e164, sizeof(e164), "+%s%s", e->calling, e->significant);
		check_phone(e164, e->country, PHONE_E164, e164);
		check_phone(e164, "RW", PHONE_E164, e164);
		check_phone(e164, NULL, PHONE_E164, e164);
		check_phone(e164 + 1, e->country, PHONE_E164, e164);
		check_phone(e->national, e->country, PHONE_E164, e164);
		check_phone(e->significant, e->country, PHONE_E164, e164);
		snprintf(text, sizeof(text), "%s%s", e->international, e164 + 1);
		check_phone(text, e->country, PHONE_E164, e164);
		snprintf(text, sizeof(text), "00%s", e164 + 1);
		check_phone(text, e->country, PHONE_E164, e164);
		snprintf(text, sizeof(text), " (+%s) %.2s-%s ", e->calling, e->significant,
			e->significant + 2);
		check_phone(text, e->country, PHONE_E164, e164);
	}
}

TEST(phone_a_neighbour_dials_in)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		for (size_t k = 0; k < COUNT(examples); k++) {
			char e164[32], text[64];

			snprintf(e164, sizeof(e164), "+%s%s", examples[k].calling,
				examples[k].significant);
			snprintf(text, sizeof(text), "%s%s", examples[i].international, e164 + 1);
			check_phone(text, examples[i].country, PHONE_E164, e164);
		}
	}
}

TEST(phone_nothing_is_prefixed_that_does_not_fit)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		const struct example *e = &examples[i];
		char text[64];

		if (strcmp(e->country, "SO") == 0 || strcmp(e->country, "MW") == 0 ||
			strcmp(e->country, "MZ") == 0)
			continue; /* several lengths */
		snprintf(text, sizeof(text), "%.*s", (int)strlen(e->national) - 2, e->national);
		if (strlen(text) > 6)
			check_phone(text, e->country, PHONE_INVALID, text);
		else
			check_phone(text, e->country, PHONE_SHORT, text);
		/* Two digits more are no number either, unless they make another national length.
		 */
		snprintf(text, sizeof(text), "%s23", e->national);
		check_phone(text, e->country, PHONE_INVALID, text);
	}
	check_phone("078800000", "RW", PHONE_INVALID, "078800000");
	check_phone("97000001", "BJ", PHONE_INVALID, "97000001");
	check_phone("07010001", "CI", PHONE_INVALID, "07010001");
	check_phone("076000001", "ML", PHONE_INVALID, "076000001");
	check_phone("256772000001", "RW", PHONE_INVALID, "256772000001");
	check_phone("0788000001", NULL, PHONE_INVALID, "0788000001");
	check_phone("0788000001", "XX", PHONE_INVALID, "0788000001");
	check_phone("0788000001", "rw", PHONE_INVALID, "0788000001");
}

TEST(phone_trunk_prefix_after_the_calling_code_is_taken_out)
{
	check_phone("+250 (0)788 000 001", "RW", PHONE_E164, "+250788000001");
	check_phone("+2500788000001", "RW", PHONE_E164, "+250788000001");
	check_phone("002500788000001", "RW", PHONE_E164, "+250788000001");
	check_phone("2500788000001", "RW", PHONE_E164, "+250788000001");
	check_phone("+25206100001", "SO", PHONE_E164, "+2526100001");
	check_phone("250078800000", "RW", PHONE_INVALID, "250078800000");
	check_phone("+330639980001", "RW", PHONE_E164, "+33639980001");
	/* Where 0 is a digit it stays. */
	check_phone("+2250701000001", "CI", PHONE_E164, "+2250701000001");
	check_phone("+2290197000001", "RW", PHONE_E164, "+2290197000001");
}

TEST(phone_every_script_of_digits)
{
	check_phone("\u0660\u0667\u0668\u0668\u0660\u0660\u0660\u0660\u0660\u0661", "RW",
		PHONE_E164, "+250788000001");
	check_phone("+\u06f2\u06f1\u06f2\u06f6\u06f1\u06f2\u06f0\u06f0\u06f0\u06f0\u06f0\u06f1",
		"MA", PHONE_E164, "+212612000001");
	check_phone("\uff10\uff17\uff18\uff18\uff10\uff10\uff10\uff10\uff10\uff11", "RW",
		PHONE_E164, "+250788000001");
	check_phone("\u0668\u0660\u0668\u0660", "RW", PHONE_SHORT, "8080");
}

TEST(phone_separators_are_passed_over)
{
	check_phone("  +250.788/000-001\n", "RW", PHONE_E164, "+250788000001");
	check_phone(
		"\u202a+250\u00a0788\u2009000\u2011001\u202c", "RW", PHONE_E164, "+250788000001");
	check_phone("(0788) 000\u2013001", "RW", PHONE_E164, "+250788000001");
}

TEST(phone_unlisted_countries_stay)
{
	check_phone("+4915100000001", "RW", PHONE_E164, "+4915100000001");
	check_phone("+999123456789012", "RW", PHONE_E164, "+999123456789012");
	check_phone("+2901234", "RW", PHONE_E164, "+2901234");
	check_phone("004915100000001", "RW", PHONE_E164, "+4915100000001");
	check_phone("+290123", "RW", PHONE_INVALID, "+290123");
	check_phone("+9991234567890123", "RW", PHONE_INVALID, "+9991234567890123");
	check_phone("+0788000001", "RW", PHONE_INVALID, "+0788000001");
	check_phone("000788000001", "RW", PHONE_INVALID, "000788000001");
}

TEST(phone_short_codes_are_never_prefixed)
{
	for (size_t i = 0; i < COUNT(examples); i++) {
		check_phone("112", examples[i].country, PHONE_SHORT, "112");
		check_phone("8080", examples[i].country, PHONE_SHORT, "8080");
		check_phone("00123", examples[i].country, PHONE_SHORT, "00123");
		check_phone("384000", examples[i].country, PHONE_SHORT, "384000");
	}
	check_phone("*182#", "RW", PHONE_SHORT, "*182#");
	check_phone("#100#", "ML", PHONE_SHORT, "#100#");
	check_phone("*182*1*1#", "RW", PHONE_SHORT, "*182*1*1#");
	check_phone("* 182 #", "RW", PHONE_SHORT, "*182#");
	check_phone("12", "RW", PHONE_INVALID, "12");
	check_phone("*#", "RW", PHONE_INVALID, "*#");
	check_phone("#", "RW", PHONE_INVALID, "#");
	check_phone("*182", "RW", PHONE_INVALID, "*182");
	check_phone("+*182#", "RW", PHONE_INVALID, "+*182#");
	check_phone("0788#000001", "RW", PHONE_INVALID, "0788#000001");
}

TEST(phone_names_are_never_prefixed)
{
	check_phone("MobileMoney", "RW", PHONE_ALPHABETIC, "MobileMoney");
	check_phone("M-Pesa", "KE", PHONE_ALPHABETIC, "M-Pesa");
	check_phone("  Airtel 123 ", "RW", PHONE_ALPHABETIC, "Airtel 123");
	check_phone("T\u00e9l\u00e9com ML", "ML", PHONE_ALPHABETIC, "T\u00e9l\u00e9com ML");
	check_phone("\u0627\u062a\u0635\u0627\u0644\u0627\u062a", "MA", PHONE_ALPHABETIC,
		"\u0627\u062a\u0635\u0627\u0644\u0627\u062a");
	check_phone("O788000001", "RW", PHONE_ALPHABETIC, "O788000001");
	check_phone("A\nB", "RW", PHONE_ALPHABETIC, "A B");
}

TEST(phone_what_cannot_be_read_is_kept_cut)
{
	check_phone("", "RW", PHONE_INVALID, "");
	check_phone(" \t ", "RW", PHONE_INVALID, "");
	check_phone("+", "RW", PHONE_INVALID, "+");
	check_phone("\U0001f600", "RW", PHONE_INVALID, "\U0001f600");
	check_phone("0788_000001", "RW", PHONE_INVALID, "0788_000001");
	check_phone("0788000001 & 0788000002", "RW", PHONE_INVALID, "0788000001 & 0788000002");
	check_phone("+250+788000001", "RW", PHONE_INVALID, "+250+788000001");
	check_phone("0788+000001", "RW", PHONE_INVALID, "0788+000001");
	check_phone("\xff\xfe", "RW", PHONE_INVALID, "\ufffd\ufffd");
	check_phone(
		"12345678901234567890123456789", "RW", PHONE_INVALID, "12345678901234567890123");
	check_phone(
		"A name that no network brings", "RW", PHONE_INVALID, "A name that no network ");
	check_phone("1234567890123456789012\u00e9", "RW", PHONE_INVALID, "1234567890123456789012");
}

TEST(phone_countries_of_the_table)
{
	for (size_t i = 0; i < COUNT(examples); i++)
		CHECK_INT(phone_country_known(examples[i].country), 1);
	CHECK_INT(phone_country_known("XX"), 0);
	CHECK_INT(phone_country_known(""), 0);
	CHECK_INT(phone_country_known("RWA"), 0);
	CHECK_INT(phone_country_known(NULL), 0);
	CHECK_STR(phone_calling_code("RW"), "250");
	CHECK(phone_calling_code("XX") == NULL && phone_calling_code(NULL) == NULL);
}

static bool
all_in(const char *s, const char *set)
{
	return s[strspn(s, set)] == '\0';
}

static bool
is_sound(const struct phone *phone)
{
	size_t len = strnlen(phone->number, PHONE_MAX);

	switch (phone->kind) {
	case PHONE_E164:
		return len >= 8 && len <= 16 && phone->number[0] == '+' &&
			phone->number[1] != '0' && all_in(phone->number + 1, "0123456789");
	case PHONE_SHORT:
		return len >= 3 && len < PHONE_MAX && all_in(phone->number, "0123456789*#");
	case PHONE_ALPHABETIC:
		return len >= 1 && len < PHONE_MAX;
	case PHONE_INVALID:
		return len < PHONE_MAX;
	}
	return false;
}

/* Anything at all: what comes out is sound, and is itself read as what it is. */
TEST(phone_of_anything_is_sound_and_settled)
{
	static const char *const pieces[] = { "0", "1", "2", "5", "7", "8", "9", "00", "+", "*",
		"#", " ", "-", "(0)", "250", "256", "000", "009", "A", "\u0660", "\u06f9", "\u00e9",
		"\xff", "\xe2\x80", "\n", "\U0001f600", "788000001", "07" };
	unsigned seed = 1;

	for (int round = 0; round < 200000; round++) {
		const char *country = examples[round % COUNT(examples)].country;
		char text[200] = "";
		struct phone once, twice;

		for (unsigned n = (seed = seed * 1103515245 + 12345) >> 16 & 15; n > 0; n--) {
			seed = seed * 1103515245 + 12345;
			strcat(text, pieces[(seed >> 16) % COUNT(pieces)]);
		}
		once = phone_normalise(text, country);
		REQUIRE(is_sound(&once));
		twice = phone_normalise(once.number, country);
		if (once.kind == PHONE_E164 || once.kind == PHONE_SHORT) {
			REQUIRE(twice.kind == once.kind);
			REQUIRE(strcmp(twice.number, once.number) == 0);
		}
	}
}

UNIT_MAIN
