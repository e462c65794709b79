/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cap-out.h"

#include <ctype.h>
#include <string.h>

#include "alert-template.h"
#include "config.h"
#include "text.h"

#define LIST_END "\x1e"
#define PART_END "\x1f"
#define HEADLINE_MAX 160 /* characters: what chapter 3.2.2 advises */

/* Columns of cap_out_due(). */
enum {
	ID,
	REFERENCE,
	KIND,
	STATUS,
	EVENT,
	SEVERITY,
	URGENCY,
	CERTAINTY,
	SENDER_NAME,
	SENT,
	ONSET,
	EXPIRES,
	REFERENCES,
	TEXTS,
	AREAS,
	SOURCE
};

/* One alert in the making. */
struct making {
	const struct config *config;
	const struct alert_templates *templates;
	struct cap *cap;
	struct cap *source; /* the message that it came as; NULL: none */
	const PGresult *rows;
	int row;
};

static const char *
value(const struct making *m, int column)
{
	return cap_text(m->cap, PQgetvalue(m->rows, m->row, column));
}

static bool
is(const struct making *m, int column, const char *word)
{
	return strcmp(PQgetvalue(m->rows, m->row, column), word) == 0;
}

/* Its next part, cut off; NULL when there is none. */
static char *
next_part(char **rest, const char *end)
{
	return *rest != NULL ? strsep(rest, end) : NULL;
}

static char *
list_of(const struct making *m, int column)
{
	const char *text = PQgetvalue(m->rows, m->row, column);
	char *copy;

	if (text[0] == '\0')
		return NULL;
	copy = cap_alloc(m->cap, strlen(text) + 1);
	strcpy(copy, text);
	return copy;
}

static void
add_word(struct making *m, struct cap_word **list, const char *text)
{
	struct cap_word *word = cap_alloc(m->cap, sizeof(*word));

	word->text = cap_text(m->cap, text);
	cap_append(list, word);
}

static void
add_pair(struct making *m, struct cap_pair **list, const char *name, const char *text)
{
	struct cap_pair *pair = cap_alloc(m->cap, sizeof(*pair));

	pair->name = cap_text(m->cap, name);
	pair->value = cap_text(m->cap, text);
	cap_append(list, pair);
}

static void
set_time(const struct making *m, struct cap_time *time, int column)
{
	time->text = value(m, column);
	if (cap_time_read(time->text, &time->at) != 0)
		time->text = NULL;
}

/* --- What it says --- */

/* By the template; as the message said from which it came; else Other. */
static void
add_categories(struct making *m, struct cap_info *info)
{
	const struct alert_template *template =
		alert_templates_find(m->templates, PQgetvalue(m->rows, m->row, EVENT));
	const struct cap_info *first = m->source != NULL ? m->source->infos : NULL;

	if (template != NULL && template->category[0] != '\0')
		add_word(m, &info->categories, template->category);
	else if (first != NULL)
		for (const struct cap_word *w = first->categories; w != NULL; w = w->next)
			add_word(m, &info->categories, w->text);
	else
		add_word(m, &info->categories, "Other");
	if (template != NULL)
		add_pair(m, &info->event_codes, "baraza", template->event);
	else if (first != NULL)
		for (const struct cap_pair *p = first->event_codes; p != NULL; p = p->next)
			add_pair(m, &info->event_codes, p->name, p->value);
}

/* One headline's length of a text. */
static const char *
headline_of(struct making *m, const char *headline, const char *body)
{
	const char *text = headline[0] != '\0' ? headline : body, *at = text;
	char *copy;
	size_t length;

	for (int i = 0; i < HEADLINE_MAX && *at != '\0'; i++)
		text_next(&at);
	length = (size_t)(at - text);
	copy = cap_alloc(m->cap, length + 1);
	memcpy(copy, text, length);
	return cap_text(m->cap, copy);
}

static void
add_polygon(struct making *m, struct cap_area *area, const char *outline)
{
	struct cap_polygon *polygon = cap_polygon_read(m->cap, outline);

	if (polygon != NULL)
		cap_append(&area->polygons, polygon);
}

static void
add_areas(struct making *m, struct cap_info *info)
{
	char *rest = list_of(m, AREAS), *item;

	while ((item = next_part(&rest, LIST_END)) != NULL) {
		struct cap_area *area = cap_alloc(m->cap, sizeof(*area));

		area->description = cap_text(m->cap, next_part(&item, PART_END));
		add_polygon(m, area, item != NULL ? item : "");
		add_pair(m, &area->geocodes, "zone", area->description);
		cap_append(&info->areas, area);
	}
}

static void
add_info(struct making *m, char *item)
{
	struct cap_info *info = cap_alloc(m->cap, sizeof(*info));
	const char *language = next_part(&item, PART_END);
	const char *headline = next_part(&item, PART_END), *body = item != NULL ? item : "";
	bool clear = is(m, KIND, "clear");

	info->language = cap_text(m->cap, language);
	info->event = cap_text(m->cap,
		alert_event_name(m->templates, m->config, PQgetvalue(m->rows, m->row, EVENT),
			info->language));
	add_categories(m, info);
	if (clear)
		add_word(m, &info->responses, "AllClear");
	info->urgency = clear ? "Past" : value(m, URGENCY);
	info->severity = value(m, SEVERITY);
	info->certainty = value(m, CERTAINTY);
	set_time(m, &info->effective, SENT);
	set_time(m, &info->onset, ONSET);
	set_time(m, &info->expires, EXPIRES);
	info->sender_name = value(m, SENDER_NAME);
	info->headline = headline_of(m, headline != NULL ? headline : "", body);
	info->description = cap_text(m->cap, body);
	add_areas(m, info);
	cap_append(&m->cap->infos, info);
}

/* --- What it is --- */

static void
add_references(struct making *m)
{
	char *rest = list_of(m, REFERENCES), *item;

	while ((item = next_part(&rest, " ")) != NULL) {
		struct cap_reference *reference = cap_alloc(m->cap, sizeof(*reference));

		reference->sender = cap_text(m->cap, next_part(&item, ","));
		reference->identifier = cap_text(m->cap, next_part(&item, ","));
		reference->sent = cap_text(m->cap, item);
		if (reference->identifier != NULL && reference->sent != NULL)
			cap_append(&m->cap->references, reference);
	}
}

/* Who follows what never was a message of ours says it as news. */
static const char *
type_of(const struct making *m)
{
	if (is(m, KIND, "alert") || m->cap->references == NULL)
		return "Alert";
	return is(m, KIND, "cancel") ? "Cancel" : "Update";
}

static void
add_head(struct making *m, const char *sender)
{
	struct cap *cap = m->cap;

	cap->identifier = value(m, REFERENCE);
	cap->sender = cap_text(cap, sender);
	set_time(m, &cap->sent, SENT);
	cap->status = is(m, STATUS, "actual") ? "Actual"
		: is(m, STATUS, "exercise")   ? "Exercise"
					      : "Test";
	cap->scope = "Public";
	add_references(m);
	cap->type = type_of(m);
}

struct cap *
cap_of_alert(const struct config *config, const struct alert_templates *templates,
	const char *sender, const PGresult *rows, int row)
{
	char reason[CAP_REASON_MAX], *rest, *item;
	const char *source = PQgetvalue(rows, row, SOURCE);
	struct making m = { config, templates, cap_new(), NULL, rows, row };

	if (source[0] != '\0')
		m.source = cap_read(source, strlen(source), reason);
	add_head(&m, sender);
	if (m.source != NULL)
		m.cap->source = cap_text(m.cap, m.source->sender);
	rest = list_of(&m, TEXTS);
	while ((item = next_part(&rest, LIST_END)) != NULL)
		add_info(&m, item);
	cap_free(m.source);
	return m.cap;
}
