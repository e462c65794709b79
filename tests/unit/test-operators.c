/* SPDX-License-Identifier: GPL-3.0-or-later */
/* operators: what answers say, and what they do not; whose SIM it is; files and wishes that are
 * wrong. */
#include "unit.h"

#include <malloc.h>
#include <sys/stat.h>

#include "config.h"
#include "operators.h"
#include "phone.h"

static char folder[64];
static struct config config;
static struct config_errors errors;

static void
remove_folder(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (folder[0] != '\0' && system(command) != 0)
		perror(folder);
}

/* The operators of the house. */
static struct operators *
shipped(void)
{
	struct operators *operators;

	config.operators = (char *)(uintptr_t) "conf/operators";
	operators = operators_load(&config, &errors);
	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	REQUIRE(operators != NULL);
	return operators;
}

static void
write_file(const char *name, const char *contents)
{
	char path[100];
	FILE *file;

	if (folder[0] == '\0') {
		strcpy(folder, "/tmp/operators-XXXXXX");
		REQUIRE(mkdtemp(folder) != NULL);
		atexit(remove_folder);
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs(contents, file);
	fclose(file);
	config.operators = folder;
}

/* Of one file, x.cfg. */
static struct operators *
load(const char *contents)
{
	config_errors_free(&errors);
	write_file("x.cfg", contents);
	return operators_load(&config, &errors);
}

/* What an answer says, in words: "1250 RWF, 40 left, until ..., expires ..."; static. */
static const char *
said(const struct operators *operators, const char *name, enum operator_question question,
	const char *answer)
{
	static char words[300];
	struct operator_reading r;
	const struct operator_entry *o = operators_find(operators, name);
	size_t length = 0;

	REQUIRE(o != NULL);
	switch (operator_read(operators, o, question, answer, &r)) {
	case OPERATOR_UNREAD:
		CHECK(!r.has_amount && !r.has_count);
		return "unread";
	case OPERATOR_REFUSED:
		return "refused";
	case OPERATOR_READ:
		break;
	}
	strcpy(words, "read");
	length = strlen(words);
	if (r.has_amount)
		length += (size_t)snprintf(words + length, sizeof(words) - length, ", %lld %s",
			(long long)r.amount, r.currency);
	if (r.has_count)
		length += (size_t)snprintf(
			words + length, sizeof(words) - length, ", %d left", (int)r.count);
	if (r.bundle[0] != '\0')
		length += (size_t)snprintf(
			words + length, sizeof(words) - length, " of %s", r.bundle);
	if (r.until[0] != '\0')
		length += (size_t)snprintf(
			words + length, sizeof(words) - length, " until %s", r.until);
	if (r.expires[0] != '\0')
		snprintf(words + length, sizeof(words) - length, " expires %s", r.expires);
	return words;
}
#define BALANCE(name_, answer_) said(ops, name_, OPERATOR_BALANCE, answer_)
#define BUNDLE(name_, answer_) said(ops, name_, OPERATOR_BUNDLE, answer_)
#define BUY(name_, answer_) said(ops, name_, OPERATOR_BUY, answer_)

TEST(operators_read_what_answers_say)
{
	struct operators *ops = shipped();

	CHECK_STR(BALANCE("example", "Your balance is 1,250 RWF."), "read, 1250 RWF");
	CHECK_STR(BALANCE("example", "Dear customer, your balance is RWF 1 250\nEnjoy!"),
		"read, 1250 RWF");
	CHECK_STR(BALANCE("example", "Your balance is 1250 Frw. Valid until 30/12/2026"),
		"read, 1250 RWF expires 2026-12-30");
	CHECK_STR(BALANCE("example", "Cher client, votre solde est de 0F."), "read, 0 RWF");
	CHECK_STR(BALANCE("example", "Votre solde est de 12500 FRW, expire le 01-02-27"),
		"read, 12500 RWF expires 2027-02-01");
	CHECK_STR(BALANCE("example", "رصيدك هو ١٢٥٠ RWF"), "read, 1250 RWF");
	CHECK_STR(BALANCE("example", "Your balance is 12.50 USD"), "read, 1250 USD");
	CHECK_STR(BUNDLE("example", "Happy 500: 120 SMS left, valid until 30/11/2026"),
		"read, 120 left of Happy 500 until 2026-11-30");
	CHECK_STR(BUNDLE("example", "Pack: 1,200 SMS restants"), "read, 1200 left of Pack");
	CHECK_STR(BUNDLE("example", "Vous n'avez aucun forfait."), "read, 0 left");
	CHECK_STR(BUY("example", "You have bought 100 SMS."), "read");
	CHECK_STR(BUY("example", "Sorry. Your balance is too low"), "unread");
	CHECK_STR(BUY("example", "Your balance is too low."), "refused");
	/* The files for real operators, by what is publicly known of their words. */
	CHECK_STR(BALANCE("mtn-rwanda", "Y'ello, your balance is 1,000 RWF"), "read, 1000 RWF");
	CHECK_STR(BALANCE("mtn-uganda", "Your airtime balance is UGX 1,250"), "read, 1250 UGX");
	CHECK_STR(
		BALANCE("mtn-ghana", "Y'ello. Your account balance is GHS 5.20."), "read, 520 GHS");
	CHECK_STR(BALANCE("airtel-uganda", "Your main balance: UGX 700. Validity: 30-12-2026"),
		"read, 700 UGX expires 2026-12-30");
	CHECK_STR(BALANCE("orange-mali", "Votre solde principal est de 1 250 FCFA"),
		"read, 1250 XOF");
	CHECK_STR(BALANCE("orange-senegal",
			  "Cher client, votre solde est de 450F. Valable jusqu'au 05/01/2027"),
		"read, 450 XOF expires 2027-01-05");
	CHECK_STR(BALANCE("moov-benin", "Solde: 75 FCFA"), "read, 75 XOF");
	CHECK_STR(BALANCE("vodacom-mozambique", "O seu saldo é 25,50 MT. Válido até 31/12/2026"),
		"read, 2550 MZN expires 2026-12-31");
	CHECK_STR(BALANCE("maroc-telecom", "Votre solde est de 12,50 DH"), "read, 1250 MAD");
	CHECK_STR(BALANCE("ooredoo-tunisia", "Votre solde est de 1,250 DT"), "read, 1250 TND");
	CHECK_STR(BALANCE("safaricom", "Airtime Bal: 20.00 KSH"), "read, 2000 KES");
	operators_free(ops);
}

TEST(operators_guess_nothing)
{
	struct operators *ops = shipped();
	static const char *const nothing[] = {
		"",
		"Welcome to MTN. 1) Balance 2) Bundles",
		"Service temporarily unavailable",
		"You will receive an SMS shortly",
		"Buy 1000 RWF and get 500 RWF bonus!",
		"Your balance is low. Top up 1000 RWF now",
		"Your balance is",
		"Your balance is -50 RWF",
		"Your balance is 12.505.1 RWF",
		"Your balance is 1250 XYZ1",
		"balance is 99999999999999999999 RWF",
		"Your bonus balance is 300 RWF and your balance is 20 RWF",
		"Connection problem or invalid MMI code",
	};

	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		CHECK_STR(BALANCE("mtn-rwanda", nothing[i]), "unread");
		CHECK_STR(BALANCE("example", nothing[i]), "unread");
		CHECK_STR(BUNDLE("example", nothing[i]), "unread");
		CHECK_STR(BUY("example", nothing[i]), "unread");
	}
	/* What may be two amounts is none; a day that is none. */
	CHECK_STR(BALANCE("maroc-telecom", "Votre solde est de 1.600 DH"), "unread");
	CHECK_STR(BALANCE("example", "Your balance is 100 RWF. Valid until 31/02/2027"), "unread");
	CHECK_STR(BUNDLE("example", "Pack: 1.5 SMS left"), "unread");
	CHECK_STR(BUNDLE("example", "Pack: 999999999999 SMS left"), "unread");
	/* Nothing is asked of it. */
	CHECK_STR(BALANCE("simulator", "Your balance is 100 RWF"), "unread");
	CHECK_STR(BUNDLE("mtn-rwanda", "Pack: 15 SMS left"), "unread");
	operators_free(ops);
	/* Two patterns that read it differently. */
	ops = load("country = \"RW\"; balance = { code = \"*1#\"; pattern = [\"a {money}\", "
		   "\"a {sum} b {money}\"]; };");
	REQUIRE(ops != NULL);
	CHECK_STR(BALANCE("x", "a 5 RWF c 6 RWF"), "read, 5 RWF");
	CHECK_STR(BALANCE("x", "a 5 RWF b 6 RWF"), "unread");
	CHECK_STR(BALANCE("x", "a 5 RWF b 5 RWF"), "read, 5 RWF");
	operators_free(ops);
	/* Bought and not bought. */
	ops = load(
		"country = \"RW\"; bundle = { code = \"*1#\"; pattern = \"(?<count>{number}) left\"; "
		"none = \"0 left\"; }; buy = { code = \"*2#\"; below = 5; pattern = \".*ok\"; "
		"failed = \".*sorry\"; };");
	REQUIRE(ops != NULL);
	CHECK_STR(BUY("x", "ok"), "read");
	CHECK_STR(BUY("x", "sorry"), "refused");
	CHECK_STR(BUY("x", "sorry, not ok"), "unread");
	CHECK_STR(BUNDLE("x", "7 left"), "read, 7 left");
	CHECK_STR(BUNDLE("x", "0 left"), "unread");
	operators_free(ops);
}

/* Bytes that are in use, 0 where a sanitizer counts for itself. */
static size_t
in_use(void)
{
	return mallinfo2().uordblks;
}

TEST(operators_take_no_memory_for_patterns_that_nobody_tries)
{
	size_t before = in_use(), loaded, tried;
	struct operators *ops = shipped();

	loaded = in_use();
	CHECK(loaded - before < (size_t)200 * 1024);
	CHECK_STR(BALANCE("mtn-uganda", "Your airtime balance is UGX 1,250"), "read, 1250 UGX");
	tried = in_use();
	CHECK(tried > loaded || tried == 0);
	CHECK_STR(BALANCE("mtn-uganda", "Your airtime balance is UGX 1,250"), "read, 1250 UGX");
	CHECK_INT(in_use(), tried);
	operators_free(ops);
}

TEST(operators_take_hostile_words)
{
	struct operators *ops = shipped();
	char *text = malloc(100001);
	static const char *const pieces[] = { "1,", "1 ", "balance ", "balance is ", "\xff",
		"\xe2\x80\x8f", "solde ", "9", "(", "RWF ", "dear a", "ر" };
	char masked[OPERATOR_WORDS_MAX];
	const struct operator_entry *o;

	REQUIRE(text != NULL);
	for (size_t p = 0; p < sizeof(pieces) / sizeof(pieces[0]); p++) {
		size_t length = strlen(pieces[p]);

		for (size_t at = 0; at + length <= 100000; at += length)
			memcpy(text + at, pieces[p], length + 1);
		for (size_t i = 0; (o = operators_at(ops, i)) != NULL; i++)
			for (int q = 0; q < OPERATOR_QUESTIONS; q++) {
				struct operator_reading r;

				CHECK(operator_read(ops, o, (enum operator_question)q, text, &r) ==
					OPERATOR_UNREAD);
				operator_mask(ops, text, NULL, masked);
				CHECK(strlen(masked) < sizeof(masked));
			}
	}
	free(text);
	operators_free(ops);
}

static void
check_mask(const struct operators *ops, const char *answer, bool read, const char *want)
{
	char out[OPERATOR_WORDS_MAX];
	struct operator_reading r;

	if (read)
		CHECK(operator_read(ops, operators_find(ops, "example"), OPERATOR_BALANCE, answer,
			      &r) == OPERATOR_READ);
	operator_mask(ops, answer, read ? &r : NULL, out);
	CHECK_STR(out, want);
}

TEST(operators_hide_numbers_and_codes)
{
	struct operators *ops = shipped();

	check_mask(ops, "Number 0788000001, balance 12500", false, "Number ***, balance 12500");
	check_mask(ops, "Call +250 788 000 001 now", false, "Call *** now");
	check_mask(ops, "PIN: 4821. Code is 991", false, "PIN: ***. Code is 991");
	check_mask(ops, "Until 30/11/2026 23:59", false, "Until 30/11/2026 23:59");
	check_mask(ops, "Your balance is 1,250,000 RWF", true, "Your balance is 1,250,000 RWF");
	check_mask(ops, "Your balance is 1250000 RWF, call 0788000001", true,
		"Your balance is 1250000 RWF, call ***");
	check_mask(ops, "12345 is five, 123456 is six", false, "12345 is five, *** is six");
	check_mask(ops, "two\nlines", false, "two lines");
	operators_free(ops);
}

TEST(operators_know_whose_sim_it_is)
{
	struct operators *ops = shipped();
	struct config_modem entry = { .operator_name = NULL };
	const struct {
		const char *named, *imsi, *want;
	} cases[] = {
		{ NULL, "635101234567890", "mtn-rwanda" },
		{ NULL, "635100000000001", "simulator" },
		{ NULL, "620011234567890", "mtn-ghana" },
		{ NULL, "610021234567890", "orange-mali" },
		{ NULL, "999991234567890", "" },
		{ NULL, "8925010000000000017", "" },
		{ NULL, "modem:m1", "" },
		{ NULL, "", "" },
		{ "orange-mali", "635101234567890", "orange-mali" },
		{ "example", "635100000000001", "example" },
		{ "none", "635101234567890", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct operator_entry *o;

		entry.operator_name = (char *)(uintptr_t)cases[i].named;
		o = operators_of(ops, &entry, cases[i].imsi);
		CHECK_STR(o != NULL ? operator_name(o) : "", cases[i].want);
	}
	operators_free(ops);
}

TEST(operators_key_nothing_into_another_menu)
{
	struct operators *ops = shipped();
	const struct operator_entry *o = operators_find(ops, "example");
	const struct operator_asking *asking = operator_asking(o, OPERATOR_BALANCE);

	CHECK_INT(asking->steps, 2);
	CHECK_STR(asking->code, "*131#");
	CHECK_STR(asking->step[1], "2");
	CHECK(operator_menu_fits(ops, o, OPERATOR_BALANCE, 0, "Welcome\n1) My account\n2) Offers"));
	CHECK(!operator_menu_fits(
		ops, o, OPERATOR_BALANCE, 0, "Welcome\n1) Offers\n2) My account"));
	CHECK(operator_menu_fits(ops, o, OPERATOR_BALANCE, 1, "1) Number 2) Balance"));
	CHECK(!operator_menu_fits(ops, o, OPERATOR_BALANCE, 1, ""));
	CHECK(operator_asking(o, OPERATOR_BUY)->per_day == 1);
	CHECK_INT(operator_asking(o, OPERATOR_BUY)->below, 50);
	CHECK(operator_asking(operators_find(ops, "simulator"), OPERATOR_BALANCE) == NULL);
	operators_free(ops);
}

static bool
sends(const struct operators *ops, const char *name, const char *from)
{
	const struct phone phone = phone_normalise(from, "RW");

	return operator_sends_from(operators_find(ops, name), &phone);
}

TEST(operators_send_from_their_own_names_and_codes_alone)
{
	struct operators *ops =
		load("country = \"RW\"; sms_from = [\"MTN\", \"131\", \"Info 1\"];");
	struct phone doubtful = { PHONE_INVALID, "MTN" };
	static const char *const others[] = { "Mtn", "MTNR", "1311", "13", "+250131", "131#",
		"0788000131", "+250788000131", "", "Info  1" };

	REQUIRE(ops != NULL);
	CHECK(sends(ops, "x", "MTN"));
	CHECK(sends(ops, "x", "131"));
	CHECK(sends(ops, "x", "Info 1"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK(!sends(ops, "x", others[i]));
	CHECK(!operator_sends_from(operators_find(ops, "x"), &doubtful));
	operators_free(ops);
	ops = shipped();
	CHECK(!sends(ops, "simulator", "MTN"));
	CHECK(!sends(ops, "simulator", ""));
	operators_free(ops);
}

TEST(operators_say_that_an_answer_comes_by_sms)
{
	struct operators *ops =
		load("country = \"RW\"; sms_from = \"131\"; balance = { code = \"*1#\"; "
		     "pattern = \"is {money}\"; told_by_sms = [\"you will receive an sms\", "
		     "\"recevrez un sms\"]; sms_minutes = 3; }; "
		     "bundle = { code = \"*2#\"; pattern = \"(?<count>{number}) left\"; };");
	const struct operator_entry *o;

	REQUIRE(ops != NULL);
	o = operators_find(ops, "x");
	CHECK_INT(operator_asking(o, OPERATOR_BALANCE)->sms_minutes, 3);
	CHECK_INT(operator_asking(o, OPERATOR_BUNDLE)->sms_minutes, 0);
	CHECK(operator_tells_by_sms(
		ops, o, OPERATOR_BALANCE, "Thank you. You will  receive an\nSMS with it."));
	CHECK(operator_tells_by_sms(ops, o, OPERATOR_BALANCE, "Vous recevrez un SMS"));
	CHECK(!operator_tells_by_sms(ops, o, OPERATOR_BALANCE, "You will receive a call"));
	CHECK(!operator_tells_by_sms(ops, o, OPERATOR_BALANCE, ""));
	CHECK(!operator_tells_by_sms(ops, o, OPERATOR_BUNDLE, "You will receive an SMS"));
	CHECK(!operator_tells_by_sms(ops, o, OPERATOR_BUY, "You will receive an SMS"));
	operators_free(ops);
}

static void
check_fault(int line, const char *contents, const char *want)
{
	struct operators *ops = load(contents);
	const char *fault = errors.count > 0 ? errors.text[0] : "";

	CHECK((ops == NULL) == (errors.count > 0));
	if (strstr(fault, want) == NULL || (want[0] == '\0' && fault[0] != '\0')) {
		printf("  line %d: \"%s\" does not say \"%s\"\n", line, fault, want);
		unit_failures++;
	}
	operators_free(ops);
}
#define FAULT(contents_, want_) check_fault(__LINE__, contents_, want_)
#define HEAD "country = \"RW\"; "
#define ASK(more_) HEAD "balance = { code = \"*131#\"; pattern = \"is {money}\"; " more_ "};"

TEST(operators_files_that_are_wrong_say_where_and_what_to_do)
{
	FAULT(ASK(""), "");
	FAULT(HEAD "balance = 1;", "x.cfg:1: balance is { code");
	FAULT("country = 5;", "x.cfg:1: country is missing");
	FAULT("", "country is missing");
	FAULT("country = \"XX\";", "country is missing or not known");
	FAULT(HEAD "currency = \"FRW\";", "\"FRW\" is no currency");
	FAULT(HEAD "networks = [\"MTN\"];", "\"MTN\" is no beginning of an IMSI");
	FAULT(HEAD "networks = \"63510\"; x = 1;", "\"x\" is not known here; use country");
	FAULT(HEAD "decimal = \"x\";", "decimal is the sign");
	FAULT(HEAD "day_first = 1;", "day_first is true where");
	FAULT(HEAD "balance = { };", "balance is { code");
	FAULT(HEAD "balance = { code = \"131\"; pattern = \"{money}\"; };", "\"131\" is no code");
	FAULT(HEAD "balance = { code = \"*131#\"; };", "pattern is a pattern between quotes");
	FAULT(HEAD "balance = { code = \"*131#\"; pattern = \"x\"; };",
		"has no amount; write {money}");
	FAULT(HEAD "balance = { code = \"*131#\"; pattern = \"({money}\"; };",
		"the pattern is wrong behind");
	FAULT(HEAD "balance = { code = \"*131#\"; pattern = \"{mony}\"; };",
		"\"{mony}\" is not known");
	FAULT(HEAD "balance = { code = \"*131#\"; pattern = \"{money} (?<who>x)\"; };",
		"the group \"who\" is not known; use amount");
	FAULT(HEAD "balance = { code = \"*131#\"; pattern = \"{money} (?<expires>{date})\"; };",
		"write day_first = true");
	FAULT(HEAD "bundle = { code = \"*131#\"; pattern = \"x\"; };", "has no count");
	FAULT(ASK("script = [];"), "script is an array");
	FAULT(ASK("script = [\"\"];"), "\"\" is no answer to a menu");
	FAULT(ASK("menus = [\"x\"];"), "menus has one pattern for each step");
	FAULT(ASK("script = [\"1\"]; menus = [\"x(\"];"), "the pattern is wrong behind");
	FAULT(ASK("every_hours = 0;"), "every_hours must be a number from 0.25 to 720");
	FAULT(ASK("per_day = 1;"), "\"per_day\" is not known here");
	FAULT(ASK("script = [\"1\", \"2\"]; menus = [\"x\"];"),
		"menus has one pattern for each step");
	FAULT(ASK("\ntold_by_sms = \"x(\";"), "told_by_sms needs sms_from");
	FAULT(HEAD "sms_from = 131;", "x.cfg:1: sms_from is an array");
	FAULT(HEAD "sms_from = [];", "sms_from is an array");
	FAULT(HEAD "sms_from = [\"\"];", "\"\" is no name nor short code");
	FAULT(HEAD "sms_from = [\"MTN\", \"0788000131\"];", "\"0788000131\" is no name nor short");
	FAULT(HEAD "sms_from = \"+250788000131\";", "\"+250788000131\" is no name nor short code");
	FAULT(HEAD "sms_from = \"A name that is longer than any\";", "is no name nor short code");
	FAULT(HEAD "sms_from = \"131\";\nbalance = { code = \"*1#\"; pattern = \"{money}\";\n"
		   "told_by_sms = \"x(\"; };",
		"x.cfg:3: the pattern is wrong behind");
	FAULT(HEAD
		"sms_from = \"131\"; balance = { code = \"*1#\"; pattern = \"{money}\"; told_by_sms = 1; };",
		"told_by_sms is a pattern between quotes");
	FAULT(ASK("sms_minutes = 0;"), "sms_minutes must be a number from 1 to 120");
	FAULT(HEAD
		"\nbundle = { code = \"*1#\"; pattern = \"(?<count>{number})\";\nnone = \"x(\"; };",
		"x.cfg:3: the pattern is wrong behind");
	FAULT(HEAD "buy = { code = \"*1#\"; pattern = \"ok\"; };", "buy needs below");
	FAULT(HEAD "buy = { code = \"*1#\"; pattern = \"ok\"; below = 3; };", "buy needs bundle");
	write_file("y.cfg", HEAD "networks = [\"63510\"];");
	FAULT(HEAD "networks = [\"63510\"];", "x and y are both of the network 63510");
	write_file("none.cfg", HEAD);
	FAULT(HEAD, "an operator's file is named");
}

TEST(operators_lack_what_a_modem_wants)
{
	struct operators *ops = shipped();
	struct config_modem *m = &config.modem[0];
	struct config_modem wishes[] = {
		{ .operator_name = (char *)(uintptr_t) "mtn-kenia" },
		{ .operator_name = (char *)(uintptr_t) "none", .balance_low = 1 },
		{ .operator_name = (char *)(uintptr_t) "simulator", .balance_low = 1 },
		{ .operator_name = (char *)(uintptr_t) "mtn-rwanda", .bundle_low = 1 },
		{ .operator_name = (char *)(uintptr_t) "mtn-rwanda", .buy = true },
		{ .till = true, .balance_low = 1 },
		{ .operator_name = (char *)(uintptr_t) "example",
			.balance_low = 1,
			.bundle_low = 1,
			.buy = true },
		{ .operator_name = (char *)(uintptr_t) "none" },
		{ .balance_low = 1 },
	};
	static const char *const want[] = { "unknown operator \"mtn-kenia\"",
		"balance_low needs an operator with a code", "which simulator has not",
		"bundle_low needs an operator", "buy needs an operator with a code that buys",
		"a till never dials", "", "", "" };

	config.file = (char *)(uintptr_t) "t.cfg";
	config.modem_count = 1;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(wishes[0]); i++) {
		*m = wishes[i];
		m->name = (char *)(uintptr_t) "m1";
		m->line = 7;
		config_errors_free(&errors);
		CHECK(operators_check(ops, &config, &errors) == (want[i][0] == '\0'));
		CHECK_INT(errors.count, want[i][0] != '\0');
		if (errors.count == 1 && strstr(errors.text[0], want[i]) == NULL)
			CHECK_STR(errors.text[0], want[i]);
	}
	operators_free(ops);
}

UNIT_MAIN
