/* SPDX-License-Identifier: GPL-3.0-or-later */
/* airtime-sms: which SMS are an operator's word about its SIM, and which are anybody's message. */
#include "unit.h"

#include "config.h"
#include "gateway.h"
#include "inbox-internal.h"
#include "operators.h"

static struct config config = { .operators = (char *)(uintptr_t) "conf/operators",
	.country = (char *)(uintptr_t) "RW" };
static struct gateway gateway = { .config = &config };

static void
set_up(void)
{
	struct config_errors errors = { .count = 0 };

	if (gateway.operators == NULL)
		gateway.operators = operators_load(&config, &errors);
	REQUIRE(gateway.operators != NULL);
}

/* As it comes from 131 to a SIM of conf/operators/example.cfg. */
static struct item
item_of(const char *body)
{
	struct item item = { .kind = ITEM_MESSAGE,
		.from = { PHONE_SHORT, "131" },
		.stored_kind = "text",
		.operator_name = "example",
		.link_id = 1,
		.body = (char *)(uintptr_t)body };

	return item;
}

static bool
hears(struct item item)
{
	struct thought *t = calloc(1, sizeof(*t));
	bool heard;

	REQUIRE(t != NULL);
	t->item = &item;
	heard = airtime_hears(&gateway, t);
	CHECK(t->silent == heard && (t->heard != NULL) == heard);
	CHECK(t->run == NULL && t->say == NULL && t->tray == NULL);
	free(t->heard);
	free(t);
	return heard;
}

TEST(airtime_hears_its_operator)
{
	static const char *const said[] = { "Your balance is 1,250 RWF.", "Votre solde est de 0F",
		"Happy 500: 120 SMS left", "You have no bundle", "You have bought 100 SMS",
		"Your balance is too low" };
	struct item item;

	set_up();
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		CHECK(hears(item_of(said[i])));
	item = item_of(said[0]);
	item.kind = ITEM_JOINED;
	CHECK(hears(item));
	item.from = (struct phone){ PHONE_ALPHABETIC, "Example" };
	CHECK(hears(item));
}

TEST(airtime_hears_nobody_else)
{
	static const struct phone others[] = { { PHONE_E164, "+250788000131" },
		{ PHONE_E164, "131" }, { PHONE_INVALID, "131" }, { PHONE_INVALID, "unknown" },
		{ PHONE_ALPHABETIC, "example" }, { PHONE_ALPHABETIC, "Example1" },
		{ PHONE_ALPHABETIC, "" }, { PHONE_SHORT, "132" }, { PHONE_SHORT, "1310" } };
	struct item item;

	set_up();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		item = item_of("Your balance is 1,250 RWF.");
		item.from = others[i];
		CHECK(!hears(item));
	}
}

TEST(airtime_hears_nothing_of_what_is_no_whole_text_of_its_sim)
{
	static const char balance[] = "Your balance is 1,250 RWF.";
	struct item item;

	set_up();
	item = item_of(balance);
	item.incomplete = true;
	CHECK(!hears(item));
	item = item_of(balance);
	item.stored_kind = "type0";
	CHECK(!hears(item));
	item = item_of(NULL);
	CHECK(!hears(item));
	item = item_of(balance);
	item.till = TILL_STRANGER;
	CHECK(!hears(item));
	item.till = TILL_BELIEVED;
	CHECK(!hears(item));
	item = item_of(balance);
	item.operator_name[0] = '\0';
	CHECK(!hears(item));
	strcpy(item.operator_name, "of a file that is gone");
	CHECK(!hears(item));
	strcpy(item.operator_name, "mtn-rwanda"); /* whose file names no sender */
	CHECK(!hears(item));
	strcpy(item.operator_name, "simulator");
	CHECK(!hears(item));
}

TEST(airtime_leaves_what_it_cannot_read_to_others)
{
	static const char *const words[] = { "", "Win 9,000 RWF today! Dial *500#",
		"You will receive an SMS", "Your balance is", "Your balance is 1.2.3.4 RWF",
		"Your balance is 99999999999999999999999999 RWF", "\xff\xfe", "Please call me" };
	char *long_text = malloc(4000);

	set_up();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CHECK(!hears(item_of(words[i])));
	REQUIRE(long_text != NULL);
	memset(long_text, '9', 3999);
	memcpy(long_text, "Your balance is ", 16);
	long_text[3999] = '\0';
	CHECK(!hears(item_of(long_text)));
	free(long_text);
}

/* Where a file tells of no purchase by SMS, what somebody else bought is none of ours. */
TEST(airtime_hears_of_purchases_only_where_they_are_told_so)
{
	struct config_errors errors = { .count = 0 };
	char folder[] = "/tmp/airtime-sms-XXXXXX", path[64], command[80];
	FILE *file;

	REQUIRE(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/example.cfg", folder);
	file = fopen(path, "w");
	REQUIRE(file != NULL);
	fputs("country = \"RW\"; sms_from = \"131\"; bundle = { code = \"*1#\"; pattern = "
	      "\"(?<count>{number}) left\"; told_by_sms = \"by sms\"; }; buy = { code = \"*2#\"; "
	      "pattern = \"bought\"; below = 5; };",
		file);
	fclose(file);
	config.operators = folder;
	operators_free((struct operators *)(uintptr_t)gateway.operators);
	gateway.operators = operators_load(&config, &errors);
	config.operators = (char *)(uintptr_t) "conf/operators";
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	CHECK_INT(system(command), 0);
	REQUIRE(gateway.operators != NULL);
	CHECK(hears(item_of("7 left")));
	CHECK(!hears(item_of("bought 100")));
	operators_free((struct operators *)(uintptr_t)gateway.operators);
	gateway.operators = NULL;
}

UNIT_MAIN
