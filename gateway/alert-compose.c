/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alert-compose.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define PAIRS_MAX 64 /* blanks that are given */
#define TIME_BYTES 20
#define BETWEEN "\x1f"  /* names and values */
#define ZONE_END "\x1e" /* zones */
#define SIGN_BYTES 16   /* what is put behind own words */
#define OWN_KEY_BYTES 32

struct pair {
	const char *name, *value;
};

/* All that one alert's texts are written with, and the language in hand. */
struct composing {
	const struct alert_templates *templates;
	const struct config *config;
	const struct alert_facts *facts;
	const struct alert_template *event; /* NULL: none is called so */
	struct alert_texts *out;
	char *given; /* the blanks, cut at their ends */
	struct pair pair[PAIRS_MAX];
	size_t pair_count;
	char start[TIME_BYTES], until[TIME_BYTES], then[TIME_BYTES];
	/* Of the language in hand. */
	const char *language;
	const struct alert_template *template; /* whose blanks there are besides */
	char zones[ALERT_TEXT_BYTES], after[ALERT_TEXT_BYTES], inner[ALERT_TEXT_BYTES];
	bool own; /* an officer's own words: brackets are brackets */
};

/* One text that grows; what is too long for it is told by its end. */
struct page {
	char text[ALERT_TEXT_BYTES];
	size_t length;
	bool full;
};

/* --- --- what is wrong --- */

static int __attribute__((format(printf, 4, 5)))
fail(struct composing *c, const char *fault, const char *what, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof words, fmt, args);
	va_end(args);
	snprintf(c->out->fault, sizeof c->out->fault, "%s", fault);
	text_utf8_clean(c->out->what, sizeof c->out->what, what, strlen(what));
	text_utf8_clean(c->out->words, sizeof c->out->words, words, strlen(words));
	return -1;
}

/* --- --- values --- */

void
alert_facts_read(const PGresult *rows, int row, struct alert_facts *out)
{
	const char *column[12];

	for (int i = 0; i < 12; i++)
		column[i] = PQgetisnull(rows, row, i) ? NULL : PQgetvalue(rows, row, i);
	*out = (struct alert_facts){ .reference = column[0],
		.event = column[1],
		.kind = column[2],
		.status = column[3],
		.sender = column[4],
		.now = column[5],
		.starts = column[6],
		.expires = column[7],
		.then = column[8],
		.blanks = column[9] != NULL ? column[9] : "",
		.zones = column[10] != NULL ? column[10] : "",
		.version = column[11] != NULL ? atoi(column[11]) : 0 };
}

/* "2026-11-22 14:05" as it is said on that day: "14:05", or "22/11 14:05" on another. */
static void
say_time(const char *at, const char *now, char out[TIME_BYTES])
{
	out[0] = '\0';
	if (at == NULL || strlen(at) != strlen("2026-11-22 14:05"))
		return;
	if (strncmp(at, now, strlen("2026-11-22")) == 0)
		snprintf(out, TIME_BYTES, "%s", at + 11);
	else
		snprintf(out, TIME_BYTES, "%.2s/%.2s %s", at + 8, at + 5, at + 11);
}

/* Names and values, cut in place; values are made clean. */
static int
read_pairs(struct composing *c)
{
	const char *blanks = c->facts->blanks;
	size_t size = 3 * strlen(blanks) + 1; /* U+FFFD takes three bytes */
	char *copy = strdup(blanks), *rest = copy, *to;

	c->given = malloc(size);
	if (copy == NULL || c->given == NULL) {
		free(copy);
		return fail(c, "memory", "", "out of memory");
	}
	to = c->given;
	while (rest != NULL && *rest != '\0' && c->pair_count < PAIRS_MAX) {
		const char *name = strsep(&rest, BETWEEN);
		const char *value = rest != NULL ? strsep(&rest, BETWEEN) : "";

		c->pair[c->pair_count].name = to;
		to += text_utf8_clean(to, size - (size_t)(to - c->given), name, strlen(name)) + 1;
		c->pair[c->pair_count++].value = to;
		to += text_utf8_clean(to, size - (size_t)(to - c->given), value, strlen(value)) + 1;
	}
	free(copy);
	return 0;
}

/* The last value that was given by that name; NULL: none. */
static const char *
given(const struct composing *c, const char *name)
{
	for (size_t i = c->pair_count; i > 0; i--)
		if (strcmp(c->pair[i - 1].name, name) == 0)
			return c->pair[i - 1].value;
	return NULL;
}

/* The same in the language in hand: `name.fr`; NULL: none. */
static const char *
given_in(const struct composing *c, const char *name)
{
	char key[OWN_KEY_BYTES + ALERT_NAME_BYTES];
	const char *value;

	snprintf(key, sizeof key, "%s.%s", name, c->language);
	value = given(c, key);
	return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool
is_arabic(const char *name)
{
	for (uint32_t at; (at = text_next(&name)) != 0;)
		if ((at >= 0x0600 && at <= 0x06FF) || (at >= 0x0750 && at <= 0x077F))
			return true;
	return false;
}

/* Of a zone's names, separated by U+001F, the first one in the language's letters, else the first:
 * where it begins. */
static const char *
name_for(const char *names, bool arabic)
{
	char name[256];

	for (const char *at = names;; at++) {
		size_t length = strcspn(at, BETWEEN ZONE_END);

		snprintf(name, sizeof name, "%.*s", (int)length, at);
		if (length > 0 && is_arabic(name) == arabic)
			return at;
		at += length;
		if (*at != BETWEEN[0])
			return names;
	}
}

static void
put(struct page *page, const char *bytes, size_t length)
{
	if (page->length + length >= sizeof page->text) {
		page->full = true;
		return;
	}
	memcpy(page->text + page->length, bytes, length);
	page->length += length;
	page->text[page->length] = '\0';
}

/* Where: in the language in hand; the city, when no zone is named. */
static int
say_zones(struct composing *c)
{
	bool arabic = strcmp(c->language, "ar") == 0 || strcmp(c->language, "fa") == 0 ||
		strcmp(c->language, "ur") == 0;
	struct page page = { .length = 0 };

	for (const char *at = c->facts->zones; *at != '\0'; at += *at == ZONE_END[0]) {
		const char *name = name_for(at, arabic);

		if (page.length > 0)
			put(&page, arabic ? "، " : ", ", strlen(arabic ? "، " : ", "));
		put(&page, name, strcspn(name, BETWEEN ZONE_END));
		at += strcspn(at, ZONE_END);
	}
	if (page.length == 0)
		put(&page, c->config->city, strlen(c->config->city));
	if (page.full)
		return fail(c, "too_long", c->language,
			"the zones' names are too long for a text; name the zone around them");
	text_utf8_clean(c->zones, sizeof c->zones, page.text, page.length);
	return 0;
}

static const struct alert_blank *
blank_of(const struct alert_template *t, const char *name)
{
	for (size_t i = 0; t != NULL && i < t->blank_count; i++)
		if (strcmp(t->blank[i].name, name) == 0)
			return &t->blank[i];
	return NULL;
}

/* The value of what stands in braces; NULL: there is no such blank. */
static const char *
value_of(const struct composing *c, const char *name)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{ "zones", c->zones },
		{ "hour", strlen(c->facts->now) > 11 ? c->facts->now + 11 : "" },
		{ "start", c->start },
		{ "until", c->until },
		{ "then", c->then },
		{ "sender",
			c->facts->sender != NULL && c->facts->sender[0] != '\0' ? c->facts->sender
										: c->config->city },
		{ "city", c->config->city },
		{ "emergency", c->config->emergency_number },
		{ "event",
			alert_event_name(c->templates, c->config, c->facts->event, c->language) },
		{ "after", c->after },
		{ "text", c->inner },
	};
	const char *value;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].value != NULL ? known[i].value : "";
	if (blank_of(c->template, name) == NULL && blank_of(c->event, name) == NULL)
		return NULL;
	value = given_in(c, name);
	if (value == NULL)
		value = given(c, name);
	return value != NULL ? value : "";
}

/* --- --- words --- */

/* Is an empty value a fault? Not in own words, nor where brackets or the file allow it. */
static bool
must_be_given(const struct composing *c, const char *name, bool bracket)
{
	const struct alert_blank *blank = blank_of(c->template, name);

	return !c->own && !bracket && blank != NULL && !blank->optional;
}

/* One {blank} of length bytes onto the page. *empty is set when it has no value. */
static int
put_blank(struct composing *c, const char *at, size_t length, struct page *page, bool bracket,
	bool *empty)
{
	char name[ALERT_NAME_BYTES];
	const char *value;
	const struct alert_blank *blank;
	const char *p;
	int characters = 0;

	snprintf(name, sizeof name, "%.*s", (int)length, at);
	value = value_of(c, name);
	if (value == NULL)
		return fail(c, "bad_blank", name, "the text in %s has {%s}, which %s does not know",
			c->language, name, c->facts->event);
	blank = blank_of(c->template, name);
	for (p = value; blank != NULL && text_next(&p) != 0;)
		characters++;
	if (blank != NULL && characters > blank->max)
		return fail(c, "bad_blank", name, "%s has %d characters; at most %d fit", name,
			characters, blank->max);
	if (value[0] == '\0' && must_be_given(c, name, bracket))
		return fail(c, "no_blank", name, "say %s=..., as %s=\"%s\"", name, name,
			blank->example);
	*empty = *empty || value[0] == '\0';
	put(page, value, strlen(value));
	return 0;
}

/* Where the piece that begins behind a bracket, or the text, ends. */
static size_t
piece_length(const struct composing *c, const char *text, bool bracket)
{
	return c->own ? strlen(text) : strcspn(text, bracket ? "]" : "[");
}

/* length bytes of a text, without its brackets, onto the page. */
static int
put_piece(struct composing *c, const char *text, size_t length, struct page *page, bool bracket,
	bool *empty)
{
	const char *end = text + length;

	while (text < end) {
		size_t plain = strcspn(text, "{"), blank;

		if (plain > (size_t)(end - text))
			plain = (size_t)(end - text);
		put(page, text, plain);
		text += plain;
		if (text >= end)
			break;
		blank = strcspn(text + 1, "{}") + 1;
		if (text[blank] != '}')
			return fail(c, "bad_blank", "{", "the text in %s has a { without its }",
				c->language);
		if (put_blank(c, text + 1, blank - 1, page, bracket, empty) == -1)
			return -1;
		text += blank + 1;
	}
	return 0;
}

/* A text with its blanks filled, into out. out may be what a blank holds. */
static int
fill(struct composing *c, const char *text, char out[ALERT_TEXT_BYTES])
{
	struct page page = { .length = 0 };
	bool bracket = false;

	while (*text != '\0') {
		size_t length = piece_length(c, text, bracket), before = page.length;
		bool empty = false;

		if (put_piece(c, text, length, &page, bracket, &empty) == -1)
			return -1;
		if (bracket && empty)
			page.text[page.length = before] = '\0';
		text += length;
		bracket = *text == '[';
		text += *text != '\0';
	}
	if (page.full)
		return fail(c, "too_long", c->language, "the text in %s is too long", c->language);
	memcpy(out, page.text, page.length + 1);
	return 0;
}

/* An officer's own words, signed with what they leave out. */
static int
fill_own(struct composing *c, const char *words, char out[ALERT_TEXT_BYTES])
{
	char signed_words[ALERT_TEXT_BYTES];
	bool sender = strstr(words, "{sender}") != NULL, hour = strstr(words, "{hour}") != NULL;
	int length = snprintf(signed_words, sizeof signed_words, "%s%s", words,
		    sender && hour   ? ""
			    : hour   ? " ({sender})"
			    : sender ? " ({hour})"
				     : " ({sender}, {hour})"),
	    code;

	if (length >= (int)sizeof signed_words)
		return fail(c, "too_long", c->language, "the text in %s is too long", c->language);
	c->own = true;
	code = fill(c, signed_words, out);
	c->own = false;
	return code;
}

/* --- --- one language's text --- */

/* By which blank own words come: text.fr; of what follows another alert, cancel.fr. */
static const char *
own_key(const struct composing *c)
{
	return strcmp(c->facts->kind, "alert") == 0 ? "text" : c->facts->kind;
}

static const struct alert_wording *
wording_of(const struct composing *c, const char *name)
{
	const struct alert_template *t = alert_templates_find(c->templates, name);

	return t != NULL ? alert_template_wording(t, c->language) : NULL;
}

static bool
takes_place(const struct composing *c)
{
	return strcmp(c->facts->kind, "cancel") == 0 || strcmp(c->facts->kind, "clear") == 0;
}

/* Has the language words of its own, and by which blank? */
static const char *
own_words(const struct composing *c, const char **reviewed_by)
{
	const char *key = own_key(c), *words = given_in(c, key);
	char by[OWN_KEY_BYTES];

	/* An update of own words says them again, unless it has its own. */
	if (words == NULL && strcmp(key, "update") == 0)
		words = given_in(c, key = "text");
	snprintf(by, sizeof by, "%s_by", key);
	if (words != NULL)
		*reviewed_by = given_in(c, by);
	return words;
}

/* What says that it is an update, an exercise, a test, around c->inner. */
static int
put_frame(struct composing *c, const char *name, const char **reviewed_by)
{
	const struct alert_wording *frame = wording_of(c, name);

	if (frame == NULL)
		return fail(c, "no_text", c->language, "%s.cfg has no %s", name, c->language);
	if (frame->reviewed_by == NULL)
		*reviewed_by = NULL;
	c->template = alert_templates_find(c->templates, name);
	return fill(c, frame->text, c->inner);
}

/* What is said where nobody has written own words: the event's text or its end. NULL: nothing. */
static const char *
template_words(struct composing *c, const char **reviewed_by)
{
	const struct alert_wording *event = wording_of(c, c->facts->event), *wording = event;

	c->template = c->event;
	if (takes_place(c)) {
		bool own_end = strcmp(c->facts->kind, "clear") == 0 && event != NULL &&
			event->clear != NULL;

		if (own_end) {
			*reviewed_by = event->reviewed_by;
			return event->clear;
		}
		wording = wording_of(c, c->facts->kind);
		c->template = alert_templates_find(c->templates, c->facts->kind);
	}
	if (wording == NULL)
		return NULL;
	*reviewed_by = event != NULL && event->reviewed_by == NULL ? NULL : wording->reviewed_by;
	return wording->text;
}

/* An event's own advice for when it is over. */
static int
put_after(struct composing *c)
{
	const struct alert_wording *event = wording_of(c, c->facts->event);

	c->after[0] = '\0';
	c->template = c->event;
	if (!takes_place(c) || event == NULL || event->after == NULL)
		return 0;
	return fill(c, event->after, c->after);
}

/* The text within all frames, into c->inner. */
static int
put_words(struct composing *c, const char **reviewed_by)
{
	const char *own = own_words(c, reviewed_by), *words;

	if (put_after(c) == -1)
		return -1;
	if (own != NULL) {
		c->template = c->event;
		return fill_own(c, own, c->inner);
	}
	words = template_words(c, reviewed_by);
	if (words != NULL)
		return fill(c, words, c->inner);
	return fail(c, "no_text", c->language,
		c->event == NULL ? "no template is called %s; write its text, as %s.%s=\"...\""
				 : "%s has no such words; write them, as %s.%s=\"...\"",
		c->facts->event, own_key(c), c->language);
}

static int
put_headline(struct composing *c, char out[ALERT_TEXT_BYTES])
{
	const struct alert_wording *event = wording_of(c, c->facts->event);

	c->template = c->event;
	if (event != NULL && event->headline != NULL)
		return fill(c, event->headline, out);
	snprintf(out, ALERT_TEXT_BYTES, "%s",
		alert_event_name(c->templates, c->config, c->facts->event, c->language));
	return 0;
}

/* --- --- measuring --- */

static int
measure(struct composing *c, struct alert_text *text)
{
	enum text_coding coding;
	char plain[ALERT_TEXT_BYTES];

	if (c->config->transliterate && text_transliterate(plain, sizeof plain, c->inner) >= 0)
		memcpy(c->inner, plain, sizeof plain);
	text->segments = text_count_segments(c->inner, &coding);
	text->ucs2 = text->segments == -1 ? !text_fits_gsm7(c->inner) : coding == TEXT_UCS2;
	text->units = text->ucs2 ? (int)text_utf16_units(c->inner) : text_gsm7_septets(c->inner);
	if (text->segments == -1 || text->segments > ALERT_SEGMENTS_MAX)
		return fail(c, "too_long", c->language,
			"the text in %s is longer than %d SMS: %d characters, %d fit; shorten what is "
			"filled in, or name the zone around the zones",
			c->language, ALERT_SEGMENTS_MAX, text->units,
			ALERT_SEGMENTS_MAX * (text->ucs2 ? 67 : 153));
	return 0;
}

int
alert_text_over(const struct alert_text *text)
{
	int room = text->ucs2 ? 70 : 160;

	return text->units > room ? text->units - room : 0;
}

/* The language in hand, as the next of all texts. */
static int
write_text(struct composing *c)
{
	struct alert_text *text = &c->out->text[c->out->count];
	char headline[ALERT_TEXT_BYTES];
	const char *reviewed_by = NULL;

	memset(text, 0, sizeof *text);
	c->inner[0] = '\0';
	if (say_zones(c) == -1 || put_words(c, &reviewed_by) == -1)
		return -1;
	if (strcmp(c->facts->kind, "update") == 0 && put_frame(c, "update", &reviewed_by) == -1)
		return -1;
	if (strcmp(c->facts->status, "actual") != 0 &&
		put_frame(c, c->facts->status, &reviewed_by) == -1)
		return -1;
	if (measure(c, text) == -1 || put_headline(c, headline) == -1)
		return -1;
	snprintf(text->language, sizeof text->language, "%s", c->language);
	text->body = strdup(c->inner);
	text->headline = strdup(headline);
	text->reviewed_by = reviewed_by != NULL ? strdup(reviewed_by) : NULL;
	c->out->count++;
	return text->body != NULL && text->headline != NULL
		? 0
		: fail(c, "memory", "", "out of memory");
}

/* --- --- all --- */

/* The default language and the required ones must be written; others where there are words. */
static bool
is_needed(const struct composing *c)
{
	return strcmp(c->config->default_language, c->language) == 0 ||
		config_lists(c->config->required_languages, c->language);
}

static bool
has_words(const struct composing *c)
{
	const char *by;

	return own_words(c, &by) != NULL ||
		wording_of(c, takes_place(c) ? c->facts->kind : c->facts->event) != NULL;
}

static int
write_all(struct composing *c)
{
	c->language = c->config->default_language;
	if (write_text(c) == -1)
		return -1;
	for (size_t i = 0; i < CONFIG_LIST_MAX && c->config->languages[i] != NULL; i++) {
		c->language = c->config->languages[i];
		if (strcmp(c->language, c->config->default_language) == 0 ||
			(!is_needed(c) && !has_words(c)))
			continue;
		if (c->out->count < CONFIG_LIST_MAX && write_text(c) == -1)
			return -1;
	}
	return 0;
}

int
alert_compose(const struct alert_templates *templates, const struct config *config,
	const struct alert_facts *facts, struct alert_texts *out)
{
	struct composing *c = calloc(1, sizeof *c);
	int code;

	memset(out, 0, sizeof *out);
	if (c == NULL) {
		snprintf(out->fault, sizeof out->fault, "memory");
		snprintf(out->words, sizeof out->words, "out of memory");
		return -1;
	}
	*c = (struct composing){ .templates = templates,
		.config = config,
		.facts = facts,
		.event = alert_templates_find(templates, facts->event),
		.out = out };
	if (strcmp(facts->starts, facts->now) > 0)
		say_time(facts->starts, facts->now, c->start);
	say_time(facts->expires, facts->now, c->until);
	say_time(facts->then, facts->now, c->then);
	code = read_pairs(c) == -1 ? -1 : write_all(c);
	free(c->given);
	free(c);
	if (code == -1)
		alert_texts_free(out); /* why stays in it */
	return code;
}

int
alert_compose_example(const struct alert_templates *templates, const struct config *config,
	const struct alert_template *template, const char *kind, const char *status,
	struct alert_texts *out)
{
	struct alert_facts facts = { .reference = "4F2K",
		.event = template->event,
		.kind = kind,
		.status = status,
		.sender = config->city,
		.now = "2026-11-22 14:05",
		.starts = "2026-11-22 16:00",
		.expires = "2026-11-23 06:00",
		.then = "2026-11-22 13:10",
		.zones = "Kimisagara" };
	char blanks[ALERT_BLANKS_MAX * (ALERT_NAME_BYTES + ALERT_EXAMPLE_BYTES)] = "";
	size_t length = 0;

	for (size_t i = 0; i < template->blank_count; i++)
		length += (size_t)snprintf(blanks + length, sizeof blanks - length, "%s%s%s%s",
			i > 0 ? BETWEEN : "", template->blank[i].name, BETWEEN,
			template->blank[i].example);
	facts.blanks = blanks;
	return alert_compose(templates, config, &facts, out);
}

void
alert_texts_free(struct alert_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++) {
		free(texts->text[i].headline);
		free(texts->text[i].body);
		free(texts->text[i].reviewed_by);
	}
	texts->count = 0;
}

/* What is foreign among a template's blanks, behind what out holds. */
static void
add_foreign(struct composing *c, const struct alert_template *t, char out[256])
{
	for (size_t i = 0; t != NULL && i < t->blank_count; i++) {
		const char *name = t->blank[i].name, *value = given(c, name);
		size_t length = strlen(out);

		if (t->blank[i].words && value != NULL && value[0] != '\0' &&
			given_in(c, name) == NULL)
			snprintf(out + length, 256 - length, "%s%s", length > 0 ? ", " : "", name);
	}
}

void
alert_blanks_foreign(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *kind, const char *blanks, const char *language,
	char out[256])
{
	const struct alert_facts facts = { .event = event, .kind = kind, .blanks = blanks };
	struct alert_texts told = { .count = 0 };
	struct composing *c = calloc(1, sizeof *c);
	const char *by;

	out[0] = '\0';
	if (c == NULL)
		return;
	*c = (struct composing){ .templates = templates,
		.config = config,
		.facts = &facts,
		.out = &told,
		.language = language };
	if (strcmp(language, config->default_language) != 0 && read_pairs(c) == 0 &&
		own_words(c, &by) == NULL)
		add_foreign(c, alert_templates_find(templates, takes_place(c) ? kind : event), out);
	free(c->given);
	free(c);
}

/* A blank by which own words come, its language cut off. */
static bool
is_own_key(const char *name)
{
	static const char *const keys[] = { "text", "update", "cancel", "clear", "text_by",
		"update_by", "cancel_by", "clear_by" };

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i], name) == 0)
			return true;
	return false;
}

bool
alert_blank_known(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *name)
{
	char base[ALERT_NAME_BYTES];
	size_t length = strcspn(name, ".");
	const char *language = name[length] == '.' ? name + length + 1 : NULL;

	if (length >= sizeof base || (language != NULL && !config_speaks(config, language)))
		return false;
	snprintf(base, sizeof base, "%.*s", (int)length, name);
	if (is_own_key(base))
		return language != NULL;
	return blank_of(alert_templates_find(templates, event), base) != NULL ||
		blank_of(alert_templates_find(templates, "cancel"), base) != NULL ||
		blank_of(alert_templates_find(templates, "clear"), base) != NULL;
}

void
alert_texts_params(
	const struct alert_facts *facts, const struct alert_texts *texts, struct db_params *params)
{
	enum { LANGUAGE, BODY, SEGMENTS, UNITS, UCS2, REVIEWED, HEADLINE, COUNT };
	struct db_array array[COUNT];
	char version[12];

	for (int i = 0; i < COUNT; i++)
		db_array_begin(&array[i],
			i == UCS2                             ? DB_BOOL
				: i == SEGMENTS || i == UNITS ? DB_INT4
							      : DB_TEXT);
	for (size_t i = 0; i < texts->count; i++) {
		const struct alert_text *text = &texts->text[i];

		db_array_text(&array[LANGUAGE], text->language);
		db_array_text(&array[BODY], text->body);
		db_array_int4(&array[SEGMENTS], text->segments);
		db_array_int4(&array[UNITS], text->units);
		db_array_bool(&array[UCS2], text->ucs2);
		db_array_text(&array[REVIEWED], text->reviewed_by);
		db_array_text(&array[HEADLINE], text->headline);
	}
	db_params_begin(params);
	db_param_text(params, facts->reference);
	for (int i = 0; i < COUNT; i++)
		db_param_take_array(params, &array[i]);
	snprintf(version, sizeof version, "%d", facts->version);
	db_param_text(params, version);
}
