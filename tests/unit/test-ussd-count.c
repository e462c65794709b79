/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How many screens a report takes: of every kind, at every container and in every quarter of the
 * demonstration, through both menus, in each language, from the first screen to the last one.
 *
 * A caller reads her screens and does as they say. By the number she types it. By the quarter she
 * chooses what she sees, and pages where she does not see it; or types the quarter's first four
 * letters; or its name, and four letters of the container's place. Whose container is in no list
 * says so, and writes where it is: with keys alone that is one screen more.
 *
 * Figures are exact, so that one screen more (or less) is seen here.
 */
#include <libpq-fe.h>

#include "config.h"
#include "migrated.h"
#include "text.h"
#include "texts.h"
#include "unit.h"
#include "ussd-form.h"
#include "worker-parent.h"

#define LISTS_MAX 8192
#define SPOTS_MAX 256
#define NAME_BYTES 160
#define WORDS "perto da loja *2#" /* of who has no container to name */

#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

enum { NUMBER_MOST = 6, QUARTER_MOST = 8 }; /* screens that a report may take */

static const char *const languages[] = { "en", "fr", "pt", "ar" };

enum way { BY_NUMBER, BY_KEYS, BY_LETTERS, BY_NAMES, WAYS };

/* Where a report may be about: a container, or a quarter without one. */
struct spot {
	char district[NAME_BYTES], quarter[NAME_BYTES], number[16];
	char container[NAME_BYTES], narrow[NAME_BYTES]; /* as a list shows it */
	char place[NAME_BYTES];                         /* as the reply says it */
};

struct listed {
	char question[1024];
	struct ussd_row rows[USSD_ROWS_MAX];
	size_t count;
};

static struct {
	struct migrated database;
	PGconn *conn;
	struct config *config;
	struct texts *texts;
	struct ussd_menus *menus;
	struct ussd_view view;
	struct spot containers[SPOTS_MAX], quarters[SPOTS_MAX];
	size_t container_count, quarter_count;
	struct listed *lists;
	size_t list_count;
} bed;

/* --- The city --- */

static PGresult *
rows_of(const char *statement, int count, const char *const *values)
{
	PGresult *result = PQexecParams(bed.conn, statement, count, NULL, values, NULL, NULL, 0);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		printf("  %s", PQerrorMessage(bed.conn));
	REQUIRE(PQresultStatus(result) == PGRES_TUPLES_OK);
	return result;
}

static size_t
read_spots(struct spot *spots, const char *statement)
{
	PGresult *result = rows_of(statement, 0, NULL);
	size_t count = (size_t)PQntuples(result);

	REQUIRE(count > 0 && count <= SPOTS_MAX);
	for (int i = 0; i < (int)count; i++) {
		snprintf(spots[i].district, NAME_BYTES, "%s", PQgetvalue(result, i, 0));
		snprintf(spots[i].quarter, NAME_BYTES, "%s", PQgetvalue(result, i, 1));
		snprintf(spots[i].number, sizeof(spots[i].number), "%s", PQgetvalue(result, i, 2));
		snprintf(spots[i].container, NAME_BYTES, "%s", PQgetvalue(result, i, 3));
		snprintf(spots[i].narrow, NAME_BYTES, "%s", PQgetvalue(result, i, 4));
		snprintf(spots[i].place, NAME_BYTES, "%s", PQgetvalue(result, i, 5));
	}
	PQclear(result);
	return count;
}

static void
fill_city(void)
{
	char command[1024], conninfo[700];

	snprintf(command, sizeof(command),
		"PGOPTIONS='-c search_path=baraza,public' psql -Xq -v ON_ERROR_STOP=1 '%s' "
		"-f sql/demo/demo.sql",
		bed.database.conninfo);
	REQUIRE(system(command) == 0);
	snprintf(conninfo, sizeof(conninfo), "%s options='-c search_path=baraza,public -c jit=off'",
		bed.database.conninfo);
	bed.conn = PQconnectdb(conninfo);
	REQUIRE(PQstatus(bed.conn) == CONNECTION_OK);
	bed.container_count = read_spots(bed.containers,
		"SELECT d.label, q.label, c.value, c.label, n.label, coalesce(r.place, q.label)"
		" FROM ussd_list('districts', '', '', NULL, 'en', 0, 99) d,"
		" LATERAL ussd_list('quarters', d.value, '', NULL, 'en', 0, 99) q,"
		" LATERAL ussd_list('containers', q.value, '', NULL, 'en', 0, 99) c,"
		" LATERAL ussd_list('containers', q.value, '', NULL, 'ar', 0, 99) n"
		" JOIN container r ON r.number = n.value::integer"
		" WHERE n.value = c.value");
	bed.quarter_count = read_spots(bed.quarters,
		"SELECT d.label, q.label, '', '', '', ''"
		" FROM ussd_list('districts', '', '', NULL, 'en', 0, 99) d,"
		" LATERAL ussd_list('quarters', d.value, '', NULL, 'en', 0, 99) q");
	CHECK_STR(migrated_sql(&bed.database, "SELECT count(*) FROM container"),
		migrated_sql(&bed.database, "SELECT %zu", bed.container_count));
}

static void
load_menus(void)
{
	struct config_errors errors = { 0 };
	char path[4200], here[4096];
	FILE *f;

	REQUIRE(getcwd(here, sizeof(here)) != NULL);
	snprintf(path, sizeof(path), "%s/count.cfg", parent_dir());
	f = fopen(path, "w");
	REQUIRE(f != NULL);
	fprintf(f,
		"database = \"\"; city = \"Kigali\"; country = \"RW\"; emergency_number = \"112\";\n"
		"languages = [ \"en\", \"fr\", \"pt\", \"ar\" ]; default_language = \"en\";\n"
		"modems = ( { name = \"m1\"; } ); texts_dir = \"%s/conf/texts\";\n"
		"services_dir = \"%s/conf/services\"; ussd_dir = \"%s/conf/ussd\";\n",
		here, here, here);
	REQUIRE(fclose(f) == 0);
	bed.config = config_load(path, &errors);
	if (bed.config != NULL)
		bed.texts = texts_load(bed.config, &errors);
	if (bed.texts != NULL)
		bed.menus = ussd_menus_load(bed.config, bed.texts, &errors);
	for (size_t i = 0; i < errors.count; i++)
		printf("  %s\n", errors.text[i]);
	config_errors_free(&errors);
	REQUIRE(bed.menus != NULL);
	bed.view = (struct ussd_view){
		.config = bed.config,
		.texts = bed.texts,
		.room = { USSD_SEPTETS_MAX, USSD_UNITS_MAX },
		.alert = "",
		.city_number = "",
	};
}

static void
begin(void)
{
	migrated_make(&bed.database, "count");
	fill_city();
	load_menus();
	bed.lists = calloc(LISTS_MAX, sizeof(*bed.lists));
	REQUIRE(bed.lists != NULL);
}

static void
end(void)
{
	free(bed.lists);
	ussd_menus_free(bed.menus);
	texts_free(bed.texts);
	config_free(bed.config);
	PQfinish(bed.conn);
	migrated_drop(&bed.database);
}

/* --- A caller --- */

struct caller {
	const struct spot *at;
	const char *kind;
	struct ussd_state *state;
	struct ussd_out out;
	int screens;
};

static const char *
said(const char *key)
{
	static char text[1024];

	REQUIRE(texts_render(bed.texts, bed.view.language, key, NULL, text, sizeof(text)) > 0);
	return text;
}

/* In the alphabet of the screen. */
static const char *
said_on(const char *screen, const char *key)
{
	char gsm[128];

	snprintf(gsm, sizeof(gsm), "%s" TEXTS_GSM, key);
	return text_fits_gsm7(screen) && texts_raw(bed.texts, bed.view.language, gsm) != NULL
		? said(gsm)
		: said(key);
}

/* The rows that are asked for; asked of the database once. */
static const struct listed *
list(const struct ussd_out *out)
{
	struct listed *l;
	char question[sizeof(l->question)], offset[16], limit[16];
	PGresult *result;

	snprintf(question, sizeof(question), "%s|%s|%s|%s|%d|%d", bed.view.language,
		out->list.source, out->list.within, out->list.letters, out->list.offset,
		out->list.limit);
	for (size_t i = 0; i < bed.list_count; i++)
		if (strcmp(bed.lists[i].question, question) == 0)
			return &bed.lists[i];
	REQUIRE(bed.list_count < LISTS_MAX);
	l = &bed.lists[bed.list_count++];
	strcpy(l->question, question);
	snprintf(offset, sizeof(offset), "%d", out->list.offset);
	snprintf(limit, sizeof(limit), "%d", out->list.limit);
	result = rows_of("SELECT * FROM ussd_list($1, $2, $3, NULL, $4, $5::integer, $6::integer)",
		6,
		(const char *const[]){ out->list.source, out->list.within, out->list.letters,
			bed.view.language, offset, limit });
	REQUIRE(PQntuples(result) <= USSD_ROWS_MAX);
	l->count = (size_t)PQntuples(result);
	for (int i = 0; i < (int)l->count; i++) {
		snprintf(l->rows[i].value, USSD_VALUE_MAX, "%s", PQgetvalue(result, i, 0));
		snprintf(l->rows[i].label, USSD_LABEL_MAX, "%s", PQgetvalue(result, i, 1));
	}
	PQclear(result);
	return l;
}

/* What the service says of it: the ticket is new. */
static const char *
outcome(const struct caller *c)
{
	static char text[1024];
	const struct spot *at = c->at;
	char kind[64], where[2 * NAME_BYTES];
	const struct text_value values[] = { { "reference", "K7M2" }, { "kind", kind },
		{ "container", at->number }, { "at", where }, { "place", where }, { NULL, NULL } };

	snprintf(kind, sizeof(kind), "@kind_%s", c->kind);
	if (at->number[0] != '\0')
		snprintf(where, sizeof(where), "%s", at->place);
	else
		snprintf(where, sizeof(where), "%s, %s", at->quarter, WORDS);
	REQUIRE(texts_render(bed.texts, bed.view.language,
			at->number[0] != '\0' ? "skip_created" : "skip_placed", values, text,
			sizeof(text)) > 0);
	return text;
}

/* To the next screen, which is one. */
static void
settle(struct caller *c, enum ussd_next next)
{
	const struct listed *l;

	while (next != USSD_SHOW) {
		if (next == USSD_LIST) {
			l = list(&c->out);
			next = ussd_form_listed(&bed.view, c->state, l->rows, l->count, &c->out);
		} else {
			next = ussd_form_ran(
				&bed.view, c->state, outcome(c), "K7M2", false, &c->out);
		}
	}
	c->screens++;
	if (!ussd_screen_fits(&bed.view.room, c->out.screen))
		printf("  no screen: \"%s\"\n", c->out.screen);
	REQUIRE(ussd_screen_fits(&bed.view.room, c->out.screen));
}

static void
press(struct caller *c, const char *input)
{
	settle(c, ussd_form_input(&bed.view, c->state, input, &c->out));
}

/* The key of the choice on the screen, or '\0'. Its words may be abridged, or without accents. */
static char
key_of(const char *screen, const char *words_of_it)
{
	char label[1024];

	snprintf(label, sizeof(label), "%s", words_of_it);
	ussd_screen_fold(label, sizeof(label));
	for (const char *line = screen; line != NULL; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (line[0] < '1' || line[0] > '9' || (line[1] != ' ' && line[1] != ':'))
			continue;
		const char *words = line + 1 + strspn(line + 1, ": ");
		size_t length = strcspn(words, "\n");
		if (length == strlen(label) && memcmp(words, label, length) == 0)
			return line[0];
		if (length > 3 && memcmp(words + length - 3, "...", 3) == 0 &&
			strncmp(words, label, length - 3) == 0)
			return line[0];
	}
	return '\0';
}

static void
choose(struct caller *c, const char *words)
{
	char key[2] = "", label[1024];

	snprintf(label, sizeof(label), "%s", words);
	while ((key[0] = key_of(c->out.screen, label)) == '\0') {
		if (key_of(c->out.screen, said_on(c->out.screen, "ussd_more")) != '9')
			printf("  no \"%s\" on \"%s\"\n", label, c->out.screen);
		REQUIRE(key_of(c->out.screen, said_on(c->out.screen, "ussd_more")) == '9');
		press(c, "9");
	}
	press(c, key);
}

static bool
is_asked(const struct caller *c, const char *key)
{
	const char *text = said_on(c->out.screen, key);

	return strncmp(c->out.screen, text, strlen(text)) == 0;
}

/* --- Her ways --- */

/* So many letters of the name; of several quarters that begin so she chooses. */
static void
type_quarter(struct caller *c, const char *name, int letters)
{
	char typed[NAME_BYTES];

	snprintf(typed, sizeof(typed), "%.*s", letters, name);
	press(c, typed);
	if (is_asked(c, "ussd_quarter"))
		choose(c, name);
}

/* Of the longest word of its place, where it has one. */
static void
type_container(struct caller *c, const char *place, const char *label)
{
	char letters[8] = "";
	size_t longest = 3, length;

	for (const char *word = place + strcspn(place, " "); *word != '\0'; word += length) {
		word += strspn(word, " ");
		length = strcspn(word, " ");
		if (length > longest && strcspn(word, "0123456789") >= length) {
			longest = length;
			snprintf(letters, sizeof(letters), "%.4s", word);
		}
	}
	if (letters[0] != '\0')
		press(c, letters);
	if (letters[0] == '\0' || is_asked(c, "ussd_container"))
		choose(c, label);
}

static void
find_container(struct caller *c, const struct spot *at, enum way way)
{
	if (way == BY_KEYS) {
		choose(c, at->district);
		choose(c, at->quarter);
	} else {
		type_quarter(c, at->quarter, way == BY_NAMES ? NAME_BYTES - 1 : 4);
	}
	if (at->number[0] == '\0') {
		if (is_asked(c, "ussd_container"))
			choose(c, said_on(c->out.screen, "ussd_none_of_these"));
		REQUIRE(is_asked(c, "ussd_place"));
		press(c, WORDS);
		return;
	}
	REQUIRE(is_asked(c, "ussd_container"));
	bool narrow = strcmp(bed.view.language, "ar") == 0;
	if (way == BY_NAMES)
		type_container(c, at->container, narrow ? at->narrow : at->container);
	else
		choose(c, narrow ? at->narrow : at->container);
}

/* Screens of one report, the last included. */
static int
report(const char *menu, const char *kind, const struct spot *at, enum way way)
{
	struct caller c = { .at = at, .kind = kind, .state = ussd_state_new() };
	char key[64];

	REQUIRE(c.state != NULL);
	bed.view.menu = ussd_menu_find(bed.menus, menu);
	REQUIRE(bed.view.menu != NULL);
	settle(&c, ussd_form_begin(&bed.view, c.state, NULL, "", &c.out));
	choose(&c, said(strcmp(menu, "menu") == 0 ? "ussd_item_skip" : "ussd_item_report"));
	snprintf(key, sizeof(key), "ussd_kind_%s", kind);
	choose(&c, said(key));
	if (way == BY_NUMBER)
		press(&c, at->number);
	else
		find_container(&c, at, way);
	REQUIRE(c.out.more);
	choose(&c, said("ussd_send"));
	CHECK(strstr(c.out.screen, "K7M2") != NULL);
	CHECK(!c.out.more);
	ussd_state_free(c.state);
	return c.screens;
}

/* --- Counting --- */

/* The most screens that any report takes, by each way; and where her container is in no list. */
struct count {
	int most[WAYS], unlisted[WAYS];
};

static void
count_report(int most[WAYS], const char *menu, const char *kind, const struct spot *at)
{
	for (enum way way = 0; way < WAYS; way++) {
		if (at->number[0] == '\0' && way == BY_NUMBER)
			continue;
		int screens = report(menu, kind, at, way);
		if (screens > most[way])
			most[way] = screens;
	}
}

/* Kinds of which a container has a number, and those of a quarter. */
static struct count
count_all(const char *menu, const char *language, const char *const *of_containers,
	const char *const *of_quarters)
{
	struct count count = { .most = { 0 } };

	bed.view.language = language;
	for (; *of_containers != NULL; of_containers++) {
		for (size_t i = 0; i < bed.container_count; i++)
			count_report(count.most, menu, *of_containers, &bed.containers[i]);
		for (size_t i = 0; i < bed.quarter_count; i++)
			count_report(count.unlisted, menu, *of_containers, &bed.quarters[i]);
	}
	for (; *of_quarters != NULL; of_quarters++)
		for (size_t i = 0; i < bed.quarter_count; i++)
			count_report(count.most, menu, *of_quarters, &bed.quarters[i]);
	printf("  %s, %s: %d by number; by quarter %d with keys alone, %d with letters, %d with "
	       "names; %d, %d, %d where the container is in no list\n",
		menu, language, count.most[BY_NUMBER], count.most[BY_KEYS], count.most[BY_LETTERS],
		count.most[BY_NAMES], count.unlisted[BY_KEYS], count.unlisted[BY_LETTERS],
		count.unlisted[BY_NAMES]);
	CHECK(count.most[BY_NUMBER] <= NUMBER_MOST);
	CHECK(count.most[BY_KEYS] <= QUARTER_MOST);
	CHECK(count.most[BY_LETTERS] <= QUARTER_MOST);
	CHECK(count.most[BY_NAMES] <= QUARTER_MOST);
	return count;
}

static void
check_menu(const char *menu, const char *const *of_containers, const char *const *of_quarters)
{
	struct count count;

	for (size_t i = 0; i < LANGUAGES; i++) {
		count = count_all(menu, languages[i], of_containers, of_quarters);
		CHECK_INT(count.most[BY_NUMBER], 5);
		CHECK_INT(count.most[BY_KEYS], 8);
		CHECK_INT(count.most[BY_LETTERS], 8);
		CHECK_INT(count.most[BY_NAMES], 7);
		CHECK_INT(count.unlisted[BY_KEYS], 9);
		CHECK_INT(count.unlisted[BY_LETTERS], 8);
		CHECK_INT(count.unlisted[BY_NAMES], 7);
	}
}

/* Dialled with the code: its kind, the confirmation, the end. */
static void
check_dialled(void)
{
	bed.view.menu = ussd_menu_find(bed.menus, "menu");
	for (size_t i = 0; i < LANGUAGES; i++) {
		struct caller c = {
			.at = bed.containers, .kind = "full", .state = ussd_state_new()
		};
		bed.view.language = languages[i];
		settle(&c, ussd_form_begin(&bed.view, c.state, NULL, "147", &c.out));
		choose(&c, said("ussd_kind_full"));
		choose(&c, said("ussd_send"));
		CHECK(!c.out.more);
		CHECK_INT(c.screens, 3);
		ussd_state_free(c.state);
	}
}

TEST(screens_of_a_report)
{
	static const char *const city[][5] = { { "full", "burning", "beside", "damaged", NULL },
		{ "not_collected", "heap", "drain", "hazardous", NULL } };
	static const char *const maputo[][4] = { { "full", "burning", "beside", NULL },
		{ "not_collected", "heap", "drain", NULL } };

	begin();
	check_menu("menu", city[0], city[1]);
	check_menu("maputo", maputo[0], maputo[1]);
	check_dialled();
	end();
}

UNIT_MAIN
