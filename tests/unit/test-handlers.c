/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Services: what each promises to the gateway by its contract, and the checks of its fields.
 */
#include "gateway/text.h"
#include "handlers/service.h"
#include "unit.h"

static const struct service_field *
field_of(const char *service, const char *name)
{
	const struct service *s = service_find(service);

	REQUIRE(s != NULL);
	REQUIRE(service_field_index(s, name) >= 0);
	return &s->fields[service_field_index(s, name)];
}

/* The canonical value of what was written, or "" when it is refused. */
static const char *
checked(const char *service, const char *name, const char *written)
{
	static char out[SERVICE_VALUE_MAX];
	char folded[2048];

	REQUIRE(text_fold(folded, sizeof(folded), written) >= 0);
	out[0] = '\0';
	if (!field_of(service, name)->check(written, folded, out))
		CHECK_STR(out, ""); /* untouched when refused */
	return out;
}

TEST(services_are_found_by_name)
{
	static const char *const names[] = { "complaint", "status", "help", "stop", "start",
		"language", NULL };

	for (size_t i = 0; names[i] != NULL; i++) {
		const struct service *s = service_find(names[i]);

		REQUIRE(s != NULL);
		CHECK_STR(s->name, names[i]);
	}
	CHECK(service_find("nothing") == NULL);
	CHECK_INT(service_field_index(service_find("complaint"), "nothing"), -1);
	CHECK_INT(service_field_index(service_find("help"), "place"), -1);
}

TEST(services_keep_their_contract)
{
	for (size_t i = 0; services[i] != NULL; i++) {
		const struct service *s = services[i];
		size_t fields = 0;

		for (size_t k = 0; k < i; k++)
			CHECK(strcmp(services[k]->name, s->name) != 0);
		REQUIRE(s->outcomes != NULL && s->outcomes[0].name != NULL);
		for (const struct service_outcome *o = s->outcomes; o->name != NULL; o++)
			CHECK(o->placeholders != NULL);
		for (const struct service_field *f = s->fields; f != NULL && f->name != NULL;
			f++, fields++) {
			CHECK(!f->asked || f->question != NULL);
			CHECK(!f->required || f->asked || s->files);
		}
		CHECK(fields <= SERVICE_FIELDS_MAX);
	}
}

TEST(a_complaint_is_filed_even_unanswered)
{
	CHECK(service_find("complaint")->files);
	CHECK(!service_find("complaint")->before_question);
	CHECK(service_find("stop")->before_question);
	CHECK(service_find("status")->before_question);
}

/* --- Several things in one message --- */

TEST(several_facts_have_each_ones_lock_and_urgency)
{
	const struct service *facts = service_find("facts");
	struct form_values values = { 0 };
	char lock[SERVICE_LOCK_MAX];

	REQUIRE(facts != NULL);
	strcpy(values.value[0],
		"skip\x1e"
		"container\x1e"
		"147\x1e"
		"kind\x1e"
		"full");
	strcpy(values.value[1],
		"complaint\x1e"
		"category\x1e"
		"road\x1e"
		"place\x1e"
		"burning");
	facts->lock_key(&values, lock);
	CHECK_STR(lock, "container:147");
	CHECK(!facts->urgent(&values));
	strcpy(values.value[4],
		"skip\x1e"
		"container\x1e"
		"0152\x1e"
		"kind\x1e"
		"burning");
	facts->lock_key(&values, lock);
	CHECK_STR(lock, "container:147 container:152");
	CHECK(facts->urgent(&values));
	for (int i = 0; i < 5; i++)
		snprintf(values.value[i], SERVICE_VALUE_MAX,
			"skip\x1e"
			"container\x1e"
			"99999999%d\x1e"
			"kind\x1e"
			"full",
			i);
	facts->lock_key(&values, lock);
	CHECK_STR(lock,
		"container:999999990 container:999999991 container:999999992"
		" container:999999993 container:999999994");
}

TEST(erasing_wants_a_yes_and_nothing_else)
{
	CHECK_STR(checked("erase", "sure", "Oui!"), "yes");
	CHECK_STR(checked("erase", "sure", " YES. "), "yes");
	CHECK_STR(checked("erase", "sure", "sim"), "yes");
	CHECK_STR(checked("erase", "sure", "نعم"), "yes");
	CHECK_STR(checked("erase", "sure", "1"), "yes");
	CHECK_STR(checked("erase", "sure", "oui mais non"), "");
	CHECK_STR(checked("erase", "sure", "non"), "");
	CHECK_STR(checked("erase", "sure", "11"), "");
	CHECK_STR(checked("erase", "sure", ""), "");
}

TEST(news_and_warnings_can_be_stopped)
{
	CHECK_STR(checked("stop", "what", "news"), "news");
	CHECK_STR(checked("start", "what", "warnings"), "warnings");
	CHECK_STR(checked("stop", "what", "replies"), "");
	CHECK_STR(checked("stop", "what", "new"), "");
}

TEST(references_transactions_and_codes_of_taxes)
{
	CHECK_STR(checked("tax", "reference", "b-1001"), "B-1001");
	CHECK_STR(checked("tax", "reference", "KLA/2026/17."), "KLA/2026/17");
	CHECK_STR(checked("tax", "reference", "kla 2026 17"), "KLA 2026 17");
	CHECK_STR(checked("tax", "reference", "B-١٠٠١"), "B 1001");
	CHECK_STR(checked("tax", "reference", "abc"), "");
	CHECK_STR(checked("tax", "reference", "b1"), "");
	CHECK_STR(checked("tax", "reference", "B-1001!"), "B 1001");
	CHECK_STR(checked("tax", "reference", "1234567890123456789012345678901234567890123"), "");
	CHECK_STR(checked("tax", "code", "4711"), "4711");
	CHECK_STR(checked("tax", "code", "٤٧١١"), "4711");
	CHECK_STR(checked("tax", "code", "471"), "");
	CHECK_STR(checked("tax", "code", "471a"), "");
	CHECK_STR(checked("payment", "transaction", "dt85th896"), "DT85TH896");
	CHECK_STR(checked("payment", "transaction", "PP260814.1106.97303900"),
		"PP260814.1106.97303900");
	CHECK_STR(checked("payment", "transaction", "dt85 th896"), "");
	CHECK_STR(checked("payment", "transaction", "a1"), "");
	CHECK_STR(checked("receipt", "number", "k7q-2mr"), "K7Q2MR");
	CHECK_STR(checked("receipt", "number", "k7"), "");
}

TEST(categories_by_number_and_name)
{
	CHECK_STR(checked("complaint", "category", "1"), "road");
	CHECK_STR(checked("complaint", "category", " 6. "), "other");
	CHECK_STR(checked("complaint", "category", "٢"), "water");
	CHECK_STR(checked("complaint", "category", "Drain"), "drain");
	CHECK_STR(checked("complaint", "category", "0"), "");
	CHECK_STR(checked("complaint", "category", "7"), "");
	CHECK_STR(checked("complaint", "category", "12"), "");
	CHECK_STR(checked("complaint", "category", ""), "");
	CHECK_STR(checked("complaint", "category", "roads"), "");
}

TEST(people_are_counted_in_digits_and_words)
{
	CHECK_STR(checked("sos", "people", "4"), "4");
	CHECK_STR(checked("sos", "people", "we are 12, two of them children"), "12");
	CHECK_STR(checked("sos", "people", "nous sommes quatre"), "4");
	CHECK_STR(checked("sos", "people", "somos três"), "3");
	CHECK_STR(checked("sos", "people", "نحن خمسة"), "5");
	CHECK_STR(checked("sos", "people", "007"), "7");
	CHECK_STR(checked("sos", "people", "4 5"), "4");
	CHECK_STR(checked("sos", "people", "0"), "");
	CHECK_STR(checked("sos", "people", "0788000001"), ""); /* a phone's number */
	CHECK_STR(checked("sos", "people", "many"), "");
	CHECK_STR(checked("sos", "people", ""), "");
}

TEST(calls_for_help_are_one_service)
{
	int count = 0;

	for (size_t i = 0; services[i] != NULL; i++)
		count += services[i]->emergency;
	CHECK_INT(count, 1);
	CHECK(service_find("sos")->emergency && service_find("sos")->before_question);
}

TEST(references_have_their_alphabet)
{
	CHECK_STR(checked("status", "reference", "4f2k"), "4F2K");
	CHECK_STR(checked("status", "reference", "4F 2K-7"), "4F2K7");
	CHECK_STR(checked("status", "reference", "ABCDEFGH"), "ABCDEFGH");
	CHECK_STR(checked("status", "reference", "4F2"), "");
	CHECK_STR(checked("status", "reference", "4F2K74F2K"), "");
	CHECK_STR(checked("status", "reference", "4F2O"), "");
	CHECK_STR(checked("status", "reference", "4F2I"), "");
	CHECK_STR(checked("status", "reference", "4F20"), "");
	CHECK_STR(checked("status", "reference", "4F21"), "");
	CHECK_STR(checked("status", "reference", "é4F2"), "E4F2");
	CHECK_STR(checked("status", "reference", "حفرة"), "");
	CHECK_STR(checked("status", "reference", ""), "");
}

TEST(languages_are_codes)
{
	CHECK_STR(checked("language", "language", "FR"), "fr");
	CHECK_STR(checked("language", "language", "fon"), "fon");
	CHECK_STR(checked("language", "language", "klingon"), "");
	CHECK_STR(checked("language", "language", "e"), "");
	CHECK_STR(checked("language", "language", "e1"), "");
	CHECK_STR(checked("language", "language", "عر"), "");
}

UNIT_MAIN
