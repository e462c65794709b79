/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Forms that a menu filled in, on their way through the inbox into a real database.
 *
 * waits
 */
#include <event2/event.h>
#include <libpq-fe.h>

#include "gateway/config.h"
#include "gateway/db.h"
#include "gateway/gateway.h"
#include "gateway/inbox.h"
#include "gateway/modem.h"
#include "gateway/modem-internal.h"
#include "gateway/outbox.h"
#include "gateway/texts.h"
#include "gateway/understand.h"
#include "migrated.h"
#include "unit.h"
#include "worker-parent.h"

/* --- The gateway's part that it takes --- */

static struct {
	struct migrated database;
	struct gateway gateway;
	struct config *config;
} bed;

/* A minute is the unit test's own limit. */
#define UNTIL(cond_)                                                    \
	do {                                                            \
		while (!(cond_))                                        \
			event_base_loop(bed.gateway.base, EVLOOP_ONCE); \
	} while (0)

/* Looked for in the database, again and again while the loop turns. */
static void
until_sql(const char *want, const char *statement)
{
	const struct timeval tv = { 0, 20000 };

	while (strcmp(migrated_sql(&bed.database, "%s", statement), want) != 0) {
		event_base_loopexit(bed.gateway.base, &tv);
		event_base_dispatch(bed.gateway.base);
	}
}

static const char *
path_of(const char *folder)
{
	static char path[4096];

	REQUIRE(realpath(folder, path) != NULL);
	return path;
}

static void
write_config(const char *path, const char *more)
{
	FILE *f = fopen(path, "w");

	REQUIRE(f != NULL);
	fprintf(f,
		"database = \"%s\"; listen = \"\"; city = \"Kigali\"; country = \"RW\";\n"
		"emergency_number = \"112\"; languages = [ \"en\", \"fr\", \"pt\", \"ar\" ];\n"
		"default_language = \"en\"; devices = [ ]; modems = ( { name = \"m1\"; } );\n%s\n",
		bed.database.conninfo, more);
	fprintf(f, "texts_dir = \"%s\";\n", path_of("conf/texts"));
	fprintf(f, "services_dir = \"%s\";\n", path_of("conf/services"));
	REQUIRE(fclose(f) == 0);
}

static void
load_config(const char *more)
{
	struct config_errors errors = { 0 };
	char path[4200];

	snprintf(path, sizeof(path), "%s/forms.cfg", parent_dir());
	write_config(path, more);
	bed.config = config_load(path, &errors);
	if (bed.config != NULL) {
		bed.gateway.texts = texts_load(bed.config, &errors);
		bed.gateway.vocabulary = vocabulary_load(bed.config, &errors);
	}
	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	config_errors_free(&errors);
	REQUIRE(bed.config != NULL && bed.gateway.texts != NULL && bed.gateway.vocabulary != NULL);
	bed.gateway.config = bed.config;
}

static void
begin(const char *settings)
{
	signal(SIGPIPE, SIG_IGN);
	migrated_make(&bed.database, "forms");
	bed.gateway.base = event_base_new();
	bed.gateway.believable = 1;
	load_config(settings);
	bed.gateway.modems = modems_new(&bed.gateway);
	bed.gateway.outbox = outbox_new(&bed.gateway);
	bed.gateway.inbox = inbox_new(&bed.gateway);
	migrated_sql(&bed.database,
		"INSERT INTO container (number, place) SELECT n, 'Avenue ' || n "
		"FROM generate_series(1, 400) n");
	inbox_start(bed.gateway.inbox);
}

static void
end(void)
{
	inbox_free(bed.gateway.inbox);
	outbox_free(bed.gateway.outbox);
	modems_free(bed.gateway.modems);
	vocabulary_free(bed.gateway.vocabulary);
	texts_free((struct texts *)(uintptr_t)bed.gateway.texts);
	config_free(bed.config);
	event_base_free(bed.gateway.base);
	migrated_drop(&bed.database);
}
#define SQL(...) migrated_sql(&bed.database, __VA_ARGS__)

/* --- Forms --- */

struct filled {
	struct inbox_form form;
	char said[8192];
	bool asks;
	int stores, dones;
	enum inbox_form_end end;
};

/* Its screen is a row that is there if the transaction is. */
static int
store_cb(struct db *db, const char *said_utf8, bool asks, void *arg)
{
	struct filled *f = arg;
	struct db_params params;

	f->stores++;
	f->asks = asks;
	snprintf(f->said, sizeof(f->said), "%s", said_utf8);
	db_params_begin(&params);
	db_param_text(&params, "unconfirmed");
	db_param_text(&params, NULL);
	db_param_text(&params, NULL);
	db_param_text(&params, f->form.body);
	return db_send(db, "tray", &params, NULL, NULL);
}

static void
done_cb(enum inbox_form_end end, void *arg)
{
	struct filled *f = arg;

	f->dones++;
	f->end = end;
}

static struct filled *
fill(const char *number, const char *service, const char *body)
{
	static uint32_t key;
	struct filled *f = calloc(1, sizeof(*f));

	REQUIRE(f != NULL);
	key++;
	memcpy(f->form.dedupe, &key, sizeof(key));
	f->form.from.kind = PHONE_E164;
	snprintf(f->form.from.number, sizeof(f->form.from.number), "%s", number);
	f->form.service = service != NULL ? service_find(service) : NULL;
	f->form.body = body;
	f->form.store = store_cb;
	f->form.done = done_cb;
	f->form.arg = f;
	return f;
}

static void
set(struct filled *f, const char *field, const char *value)
{
	int i = service_field_index(f->form.service, field);

	REQUIRE(i >= 0);
	snprintf(f->form.values.value[i], SERVICE_VALUE_MAX, "%s", value);
}

static void
take(struct filled *f)
{
	f->stores = f->dones = 0;
	f->said[0] = '\0';
	REQUIRE(inbox_take_form(bed.gateway.inbox, &f->form) == 0);
}

static enum inbox_form_end
run(struct filled *f)
{
	take(f);
	UNTIL(f->dones > 0);
	CHECK_INT(f->dones, 1);
	return f->end;
}

/* A container that is full, or burns. */
static struct filled *
fill_skip(const char *number, const char *container, const char *kind)
{
	struct filled *f = fill(number, "skip", container);

	set(f, "container", container);
	set(f, "kind", kind);
	return f;
}

static void
send_sms(const char *number, const char *text)
{
	static uint32_t count;
	const uint32_t handle = ++count;
	const struct wire_sms sms = {
		.handle = handle,
		.kind = WIRE_SMS_TEXT,
		.class = -1,
		.number = wire_str(number),
		.smsc_time = { 2026, 1, 2, 3, 4, 5, 8 },
		.text = wire_str(text),
		.ordinal = (uint16_t)handle,
	};

	REQUIRE(inbox_take_sms(bed.gateway.inbox, modems_find(bed.gateway.modems, "m1"), &sms) ==
		0);
}

/* Each SMS is answered by one. */
static const char *
ask_sms(const char *number, const char *text)
{
	char had[24];

	snprintf(had, sizeof(had), "%d",
		atoi(SQL("SELECT count(*) FROM message "
			 "WHERE direction = 'out'")) +
			1);
	send_sms(number, text);
	until_sql(had, "SELECT count(*) FROM message WHERE direction = 'out'");
	return SQL("SELECT body FROM message WHERE direction = 'out' ORDER BY id DESC LIMIT 1");
}

static bool
says_reference(const struct filled *f, const char *container)
{
	return strstr(f->said,
		       SQL("SELECT reference FROM ticket WHERE container = %s", container)) != NULL;
}

#define TICKETS SQL("SELECT count(*) FROM ticket")
#define SCREENS SQL("SELECT count(*) FROM tray WHERE kind = 'unconfirmed'")
#define SENT SQL("SELECT count(*) FROM message WHERE direction = 'out'")

/* --- What comes of one --- */

TEST(it_is_filed_with_its_screen_once)
{
	struct filled *f;

	begin("");
	SQL("INSERT INTO link (identity) VALUES ('635100000000009')");
	SQL("INSERT INTO contact (number, kind, created_at, link_id, language) "
	    "VALUES ('+250788000001', 'e164', city_now(), 1, 'fr')");
	f = fill_skip("+250788000001", "147", "full");
	f->form.language = "pt";
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_INT(f->stores, 1);
	CHECK_INT(f->asks, false);
	CHECK(says_reference(f, "147") && strstr(f->said, "Merci") != NULL);
	CHECK_STR(
		SQL("SELECT concat_ws('|', m.kind, m.body, m.link_id IS NULL, m.service, c.link_id, "
		    "c.language) FROM message m JOIN contact c ON c.id = m.contact_id"),
		"ussd|147|t|skip|1|fr");
	CHECK_STR(SQL("SELECT words FROM report"), "147");
	CHECK_STR(SCREENS, "1");
	CHECK_STR(SENT, "0");
	/* Told again, nothing is done; whoever else has its key. */
	CHECK_INT(run(f), INBOX_FORM_KNOWN);
	CHECK_INT(f->stores, 0);
	CHECK_STR(TICKETS, "1");
	CHECK_STR(SCREENS, "1");
	free(f);
	end();
}

TEST(who_has_no_language_has_the_dialogues)
{
	struct filled *f = fill_skip("+250788000002", "148", "full");

	begin("");
	f->form.language = "pt";
	f->form.by_sms = true;
	f->form.words = "cheira mal";
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(strstr(f->said, "Obrigado") != NULL);
	CHECK_STR(SQL("SELECT concat_ws('|', language, language_chosen) FROM contact"), "pt|f");
	CHECK_STR(SQL("SELECT words FROM report"), "cheira mal");
	CHECK(f->form.sent);
	CHECK_STR(SQL("SELECT m.body FROM message m JOIN queue q ON q.message_id = m.id "
		      "WHERE m.reply_to = 1"),
		f->said);
	free(f);
	/* One that the city does not speak is none. */
	f = fill_skip("+250788000003", "148", "full");
	f->form.language = "xx";
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(strstr(f->said, "Thank you") != NULL);
	CHECK_STR(SQL("SELECT language FROM contact WHERE number = '+250788000003'"), "");
	/* She chooses one: it is answered in it. */
	free(f);
	f = fill("+250788000003", "language", "Français");
	set(f, "language", "fr");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_STR(SQL("SELECT concat_ws('|', language, language_chosen) FROM contact "
		      "WHERE number = '+250788000003'"),
		"fr|t");
	free(f);
	end();
}

/* Of one batch. */
static void
check_each_has_its_own(void)
{
	struct filled *f[2] = { fill_skip("+250788000004", "151", "full"),
		fill("+250788000005", "callback", "call me") };

	for (int i = 0; i < 2; i++) {
		f[i]->form.by_sms = true;
		take(f[i]);
	}
	UNTIL(f[0]->dones > 0 && f[1]->dones > 0);
	CHECK(f[0]->form.reference[0] != '\0' && says_reference(f[0], "151"));
	CHECK_STR(f[1]->form.reference, "");
	free(f[0]);
	free(f[1]);
}

/* What is told by SMS too may be told by its reference alone; but what is filed nowhere, what no
 * SMS tells, and a call for help never. */
TEST(the_reference_of_what_sms_tell_comes_with_the_screen)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");

	begin("messages_per_hour = 4;");
	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_STR(f->form.reference, SQL("SELECT reference FROM ticket"));
	CHECK(says_reference(f, "147"));
	free(f);
	check_each_has_its_own();
	f = fill_skip("+250788000001", "148", "full");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_STR(f->form.reference, "");
	free(f);
	f = fill("+250788000001", "status", "my report");
	set(f, "reference", SQL("SELECT reference FROM ticket WHERE container = 147"));
	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(says_reference(f, "147"));
	CHECK_STR(f->form.reference, "");
	free(f);
	f = fill("+250788000003", "sos", "help");
	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(f->said[0] != '\0');
	CHECK_STR(f->form.reference, "");
	free(f);
	/* Beyond the hour's limit what cannot wait is filed, and no SMS says so. */
	f = fill_skip("+250788000001", "149", "burning");
	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	free(f);
	f = fill_skip("+250788000001", "150", "burning");
	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(says_reference(f, "150"));
	CHECK_STR(f->form.reference, "");
	free(f);
	end();
}

/* What is asked back is answered by the menu, or by SMS when the session has died. */
TEST(what_is_asked_back_is_answered_either_way)
{
	struct filled *f = fill("+250788000001", "skip", "plein"), *answer;

	begin("");
	set(f, "kind", "full");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_INT(f->asks, true);
	CHECK(f->said[0] != '\0');
	CHECK_STR(TICKETS, "0");
	answer = fill("+250788000001", NULL, "150");
	CHECK_INT(run(answer), INBOX_FORM_DONE);
	CHECK_INT(answer->asks, false);
	CHECK(says_reference(answer, "150"));
	CHECK_STR(SENT, "0");
	free(answer);

	snprintf(f->form.from.number, sizeof(f->form.from.number), "+250788000002");
	f->form.dedupe[15] = 1;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	ask_sms("+250788000002", "151");
	CHECK_STR(SQL("SELECT count(*) FROM ticket WHERE container = 151"), "1");

	ask_sms("+250788000003", "skip full");
	answer = fill("+250788000003", NULL, "152");
	CHECK_INT(run(answer), INBOX_FORM_DONE);
	CHECK(says_reference(answer, "152"));
	CHECK_STR(SQL("SELECT count(*) FROM session"), "0");
	free(answer);
	free(f);
	end();
}

/* "Wrong? Reply NO", by SMS, after a report by menu. */
TEST(a_report_by_menu_is_corrected_by_sms)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");

	begin("");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	ask_sms("+250788000001", "NO 152");
	CHECK_STR(SQL("SELECT string_agg(container::text, ' ') FROM ticket"), "152");
	/* And by another menu: as an SMS with these words. */
	free(f);
	f = fill("+250788000001", NULL, "NO 153");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_STR(SQL("SELECT string_agg(container::text, ' ') FROM ticket"), "153");
	free(f);
	end();
}

/* --- Who is not answered as others are --- */

TEST(what_is_not_understood_is_always_answered_and_never_counted)
{
	begin("");
	for (int i = 0; i < 5; i++) {
		struct filled *f = fill("+250788000001", NULL, "xyzzy plugh");
		CHECK_INT(run(f), INBOX_FORM_DONE);
		CHECK(f->said[0] != '\0' && !f->asks);
		free(f);
	}
	CHECK_STR(SQL("SELECT nonsense_count FROM contact"), "0");
	CHECK_STR(SQL("SELECT count(*) FROM tray WHERE kind = 'not_understood'"), "5");
	CHECK_STR(SENT, "0");
	/* Not even of who is not answered by SMS any more. */
	for (int i = 0; i < 3; i++)
		ask_sms("+250788000001", "xyzzy plugh");
	send_sms("+250788000001", "xyzzy plugh");
	struct filled *f = fill("+250788000001", NULL, "xyzzy plugh");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(f->said[0] != '\0');
	CHECK_STR(SENT, "3");
	CHECK_STR(SQL("SELECT nonsense_count FROM contact"), "3");
	free(f);
	end();
}

/* A menu may name what is some people's alone: to others it does not exist. */
TEST(what_is_for_some_is_not_run_for_others)
{
	struct filled *f = fill("+250788000001", "crew", "my jobs");

	begin("");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(f->said[0] != '\0');
	CHECK_STR(SQL("SELECT concat_ws('|', m.service IS NULL, t.kind) FROM tray t "
		      "JOIN message m ON m.id = t.message_id"),
		"t|not_understood");
	SQL("INSERT INTO crew (name, phone) VALUES ('Nord', '+250788000002')");
	snprintf(f->form.from.number, sizeof(f->form.from.number), "+250788000002");
	f->form.dedupe[15] = 1;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(f->said[0] != '\0');
	CHECK_STR(SQL("SELECT service FROM message ORDER BY id DESC LIMIT 1"), "crew");
	free(f);
	end();
}

/* Runs it, and returns what is said. */
static const char *
hear(struct filled *f)
{
	static char said[8192];

	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_INT(f->stores, 1);
	memcpy(said, f->said, sizeof(said));
	free(f);
	return said;
}

TEST(who_is_blocked_and_our_own_numbers_hear_nothing)
{
	begin("");
	SQL("INSERT INTO contact (number, kind, created_at, blocked) "
	    "VALUES ('+250788000001', 'e164', city_now(), true)");
	SQL("INSERT INTO link (identity, number) VALUES ('635100000000009', '+250788000002')");
	CHECK_STR(hear(fill_skip("+250788000001", "147", "full")), "");
	CHECK_STR(hear(fill("+250788000001", NULL, "xyzzy plugh")), "");
	CHECK_STR(hear(fill_skip("+250788000002", "147", "full")), "");
	CHECK_STR(hear(fill("+250788000002", "sos", "help")), "");
	CHECK_STR(TICKETS, "0");
	CHECK_STR(SENT, "0");
	/* One of her rows stands for all. */
	CHECK_STR(SQL("SELECT string_agg(note, ' ') FROM tray WHERE kind <> 'unconfirmed'"),
		"blocked");
	CHECK_STR(SQL("SELECT count(*) FROM message WHERE kind = 'ussd'"), "4");
	/* But no block bars a call for help; more of it is answered on the screen alone. */
	CHECK(hear(fill("+250788000001", "sos", "help"))[0] != '\0');
	CHECK_STR(SQL("SELECT service FROM ticket"), "sos");
	CHECK_STR(SENT, "1");
	CHECK(hear(fill("+250788000001", "sos", "help"))[0] != '\0');
	CHECK_STR(SENT, "1");
	end();
}

TEST(beyond_the_hours_limit_a_person_reads_it_and_she_is_told)
{
	begin("messages_per_hour = 2;");
	CHECK(hear(fill_skip("+250788000001", "147", "full"))[0] != '\0');
	CHECK(hear(fill_skip("+250788000001", "148", "full"))[0] != '\0');
	CHECK_STR(SENT, "2");
	const char *kept = hear(fill_skip("+250788000001", "149", "full"));
	CHECK(strstr(kept, "person") != NULL);
	CHECK(strstr(hear(fill("+250788000001", NULL, "xyzzy")), "person") != NULL);
	CHECK_STR(SENT, "2");
	CHECK_STR(SQL("SELECT string_agg(m.body, '|' ORDER BY t.id) FROM tray t "
		      "JOIN message m ON m.id = t.message_id WHERE t.kind = 'not_understood'"),
		"149|xyzzy");
	/* What cannot wait is heard; of that her screen is her only word. */
	struct filled *f = fill_skip("+250788000001", "150", "burning");

	f->form.by_sms = true;
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK(f->said[0] != '\0' && !f->form.sent);
	free(f);
	hear(fill("+250788000001", "sos", "help"));
	CHECK_STR(SQL("SELECT string_agg(coalesce(container::text, service), ' ' ORDER BY id) "
		      "FROM ticket"),
		"147 148 150 sos");
	CHECK_STR(SENT, "3"); /* of the call for help */
	end();
}

/* --- Open questions of others --- */

TEST(an_open_question_of_another_service_stays_open)
{
	struct filled *f = fill("+250788000001", "skip", "plein");

	begin("");
	ask_sms("+250788000001", "water leak");
	CHECK_STR(SQL("SELECT service FROM session"), "complaint");
	set(f, "kind", "full");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_INT(f->asks, false); /* one question at a time */
	CHECK_STR(SQL("SELECT concat_ws('|', service, incomplete) FROM ticket"), "skip|t");
	CHECK_STR(SQL("SELECT service FROM session"), "complaint");
	free(f);
	/* A call for help pushes it out: it is filed as it is, which she hears by SMS. */
	f = fill("+250788000001", "sos", "help");
	CHECK_INT(run(f), INBOX_FORM_DONE);
	CHECK_INT(f->asks, true);
	CHECK_STR(f->form.reference, "");
	CHECK_STR(SQL("SELECT string_agg(service, ' ' ORDER BY id) FROM ticket"),
		"skip complaint sos");
	CHECK_STR(SQL("SELECT service FROM session"), "sos");
	CHECK_STR(SENT, "2");
	CHECK(strstr(f->said, SQL("SELECT reference FROM ticket WHERE service = 'sos'")) != NULL);
	CHECK(strstr(f->said, SQL("SELECT reference FROM ticket WHERE service = 'complaint'")) ==
		NULL);
	free(f);
	end();
}

/* --- What fails --- */

#define FORMS 6

/* So many containers' forms at once, from 1 on; the end of each. */
static void
run_many(struct filled *f[FORMS])
{
	char number[24], container[8];

	for (int i = 0; i < FORMS; i++) {
		snprintf(number, sizeof(number), "+25078800010%d", i);
		snprintf(container, sizeof(container), "%d", i + 1);
		f[i] = fill_skip(number, container, "full");
		f[i]->form.body = strdup(container);
		take(f[i]);
	}
	for (int i = 0; i < FORMS; i++)
		UNTIL(f[i]->dones > 0);
}

static void
free_many(struct filled *f[FORMS])
{
	for (int i = 0; i < FORMS; i++) {
		free((char *)(uintptr_t)f[i]->form.body);
		free(f[i]);
	}
}

TEST(one_that_the_database_refuses_goes_to_a_person_alone)
{
	struct filled *f[FORMS];

	begin("");
	SQL("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	    "RAISE 'no' USING ERRCODE = '22003'; END $$");
	SQL("CREATE TRIGGER refuse BEFORE INSERT ON ticket FOR EACH ROW WHEN (NEW.container = 3) "
	    "EXECUTE FUNCTION refuse()");
	run_many(f);
	for (int i = 0; i < FORMS; i++)
		CHECK_INT(f[i]->end, i == 2 ? INBOX_FORM_REFUSED : INBOX_FORM_DONE);
	CHECK(f[0]->stores == 1 || f[0]->stores == 2);
	CHECK_STR(TICKETS, "5");
	CHECK_STR(SCREENS, "5");
	/* Readable, and answered as others in the tray are. */
	CHECK_STR(
		SQL("SELECT concat_ws('|', w.words, w.contact_number, w.note) FROM tray_waiting w "
		    "WHERE w.tray = 'not_understood'"),
		"3|+250788000102|the database refused it: 22003");
	/* Told again, it is known. */
	CHECK_INT(run(f[2]), INBOX_FORM_KNOWN);
	free_many(f);
	end();
}

TEST(where_a_function_is_missing_nobody_waits)
{
	struct filled *f[FORMS];

	begin("");
	struct filled *first = fill_skip("+250788000001", "200", "full");
	CHECK_INT(run(first), INBOX_FORM_DONE); /* the connections are up */
	free(first);
	SQL("ALTER FUNCTION service_skip(bigint, bigint, jsonb) RENAME TO gone");
	send_sms("+250788000001", "skip 147 full");
	run_many(f);
	for (int i = 0; i < FORMS; i++)
		CHECK_INT(f[i]->end, INBOX_FORM_REFUSED);
	CHECK_STR(SQL("SELECT count(*) FROM tray_waiting WHERE tray = 'not_understood'"), "6");
	CHECK_STR(SCREENS, "1");
	/* An SMS waits until it is there. */
	SQL("ALTER FUNCTION gone(bigint, bigint, jsonb) RENAME TO service_skip");
	until_sql("1", "SELECT count(*) FROM ticket WHERE container = 147");
	free_many(f);
	end();
}

TEST(where_a_screen_cannot_be_stored_sms_go_on)
{
	struct filled *f[FORMS];

	begin("");
	SQL("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	    "RAISE 'no' USING ERRCODE = '42501'; END $$");
	SQL("CREATE TRIGGER refuse BEFORE INSERT ON tray FOR EACH ROW "
	    "WHEN (NEW.kind = 'unconfirmed') EXECUTE FUNCTION refuse()");
	for (int i = 0; i < 3; i++)
		send_sms("+250788000001", "skip 147 full");
	run_many(f);
	for (int i = 0; i < FORMS; i++)
		CHECK_INT(f[i]->end, INBOX_FORM_REFUSED);
	until_sql("3", "SELECT count(*) FROM message WHERE kind = 'text' AND direction = 'in'");
	CHECK_STR(TICKETS, "1");
	free_many(f);
	end();
}

/* --- Others at the database --- */

/* A session of somebody else's. */
static PGconn *
other(const char *statement)
{
	char conninfo[700];
	PGconn *conn;

	snprintf(conninfo, sizeof(conninfo), "%s options='-c search_path=baraza,public'",
		bed.database.conninfo);
	conn = PQconnectdb(conninfo);
	PQclear(PQexec(conn, "BEGIN"));
	PGresult *result = PQexec(conn, statement);
	REQUIRE(PQresultStatus(result) == PGRES_COMMAND_OK ||
		PQresultStatus(result) == PGRES_TUPLES_OK);
	PQclear(result);
	return conn;
}

static void
other_end(PGconn *conn, const char *statement)
{
	PQclear(PQexec(conn, statement));
	PQclear(PQexec(conn, "COMMIT"));
	PQfinish(conn);
}

#define WAITING                                                                 \
	"SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' " \
	"AND datname = current_database()"

TEST(a_contact_that_changed_meanwhile_is_asked_again)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");

	begin("");
	SQL("INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', "
	    "city_now())");
	PGconn *conn = other("SELECT FROM contact FOR UPDATE");
	take(f);
	until_sql("1", WAITING);
	CHECK(!inbox_forget_form(bed.gateway.inbox, &f->form)); /* it is being written */
	other_end(conn, "UPDATE contact SET version = version + 1, language = 'fr'");
	UNTIL(f->dones > 0);
	CHECK_INT(f->end, INBOX_FORM_DONE);
	CHECK_INT(f->stores, 1);
	CHECK(strstr(f->said, "Merci") != NULL);
	free(f);
	end();
}

#define END_THE_WAITING                                               \
	SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity " \
	    "WHERE datname = current_database() AND wait_event_type = 'Lock'")

/* Both desks' connections break while they write: what they had in hand waits, and goes on by
 * itself when they are up, unless it is taken back before. */
TEST(a_lost_connection_loses_no_form)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");
	struct filled *back = fill_skip("+250788000002", "148", "full");
	bool forgot = false;

	begin("");
	PGconn *conn = other("LOCK TABLE message IN SHARE ROW EXCLUSIVE MODE");
	take(f);
	until_sql("1", WAITING);
	take(back);
	until_sql("2", WAITING);
	CHECK(!inbox_forget_form(bed.gateway.inbox, &back->form));
	END_THE_WAITING;
	while (!forgot && strcmp(SQL(WAITING), "2") != 0) {
		event_base_loop(bed.gateway.base, EVLOOP_ONCE);
		forgot = inbox_forget_form(bed.gateway.inbox, &back->form);
	}
	other_end(conn, "SELECT 1");
	UNTIL(f->dones > 0 && (forgot || back->dones > 0));
	CHECK_INT(f->end, INBOX_FORM_DONE);
	CHECK_INT(back->dones, !forgot);
	CHECK_STR(TICKETS, forgot ? "1" : "2");
	free(f);
	free(back);
	end();
}

/* Nobody knows whether it is committed: so it is not taken back, but told when it is known. */
TEST(a_connection_lost_at_the_commit_leaves_it_unsure)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");

	begin("");
	SQL("CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
	    "PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$");
	SQL("CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ticket DEFERRABLE INITIALLY DEFERRED "
	    "FOR EACH ROW EXECUTE FUNCTION hold()");
	PGconn *conn = other("SELECT pg_advisory_xact_lock(4711)");
	take(f);
	until_sql("1", WAITING);
	SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
	    "WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), %d)",
		PQbackendPID(conn));
	/* It waits until a connection is up, which waits at the commit again. */
	while (f->stores == 1) {
		event_base_loop(bed.gateway.base, EVLOOP_ONCE);
		CHECK(!inbox_forget_form(bed.gateway.inbox, &f->form));
	}
	other_end(conn, "SELECT 1");
	UNTIL(f->dones > 0);
	CHECK_INT(f->end, INBOX_FORM_DONE);
	CHECK_STR(TICKETS, "1");
	CHECK_STR(SCREENS, "1");
	free(f);
	end();
}

/* --- How many, and in which order --- */

TEST(forms_go_before_what_modems_brought)
{
	enum { SMS = 1000 };
	struct filled *f = fill_skip("+250788000001", "147", "full");
	char number[24], text[64];

	begin("");
	for (int i = 0; i < SMS; i++) {
		snprintf(number, sizeof(number), "+2507881%05d", i);
		snprintf(text, sizeof(text), "skip %d full", 1 + i % 100);
		send_sms(number, text);
	}
	take(f);
	UNTIL(f->dones > 0);
	/* Before it at most the other desk's first batch. */
	CHECK(atoi(SQL("SELECT count(*) FROM message WHERE direction = 'in' AND id < "
		       "(SELECT id FROM message WHERE kind = 'ussd')")) <= 128);
	until_sql("1000", "SELECT count(*) FROM message WHERE kind = 'text' AND direction = 'in'");
	free(f);
	end();
}

TEST(there_is_room_for_some_and_who_is_taken_back_leaves_it)
{
	enum { MANY = 2000 };
	static struct filled *f[MANY + 1];
	int taken = 0;

	begin("");
	while (taken < MANY) {
		f[taken] = fill_skip("+250788000001", "147", "full");
		if (inbox_take_form(bed.gateway.inbox, &f[taken]->form) != 0)
			break;
		taken++;
	}
	CHECK_INT(taken, 1024);
	CHECK(inbox_forget_form(bed.gateway.inbox, &f[500]->form));
	CHECK(!inbox_forget_form(bed.gateway.inbox, &f[500]->form));
	CHECK_INT(inbox_take_form(bed.gateway.inbox, &f[taken]->form), 0);
	for (int i = 1; i <= taken; i++)
		if (i != 500)
			CHECK(inbox_forget_form(bed.gateway.inbox, &f[i]->form));
	UNTIL(f[0]->dones > 0);
	CHECK_STR(SQL("SELECT count(*) FROM message"), "1");
	for (int i = 0; i <= taken; i++)
		free(f[i]);
	end();
}

/* SIGTERM: what somebody waits for is nowhere else. */
TEST(a_drain_waits_for_forms)
{
	struct filled *f = fill_skip("+250788000001", "147", "full");

	begin("");
	bed.gateway.draining = 1;
	take(f);
	CHECK(!inbox_idle(bed.gateway.inbox));
	UNTIL(inbox_idle(bed.gateway.inbox));
	CHECK_INT(f->dones, 1);
	CHECK_INT(f->end, INBOX_FORM_DONE);
	free(f);
	end();
}

UNIT_MAIN
