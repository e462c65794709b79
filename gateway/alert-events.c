/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alert-events.h"

/* The columns of alert_event, in their order. */
struct columns {
	struct db_array event, language, name, also, severity, urgency, certainty, lasts, police;
};

static void
add(struct columns *c, const struct alert_template *t)
{
	for (size_t i = 0; i < t->wording_count; i++) {
		db_array_text(&c->event, t->event);
		db_array_text(&c->language, t->wording[i].language);
		db_array_text(&c->name, t->wording[i].name);
		db_array_text(&c->also, t->wording[i].also != NULL ? t->wording[i].also : "");
		db_array_text(&c->severity, t->severity);
		db_array_text(&c->urgency, t->urgency);
		db_array_text(&c->certainty, t->certainty);
		db_array_int4(&c->lasts, t->lasts_h);
		db_array_bool(&c->police, t->police);
	}
}

void
alert_events_send(struct db *db, const struct alert_templates *templates)
{
	struct columns c;
	struct db_array *const texts[] = { &c.event, &c.language, &c.name, &c.also, &c.severity,
		&c.urgency, &c.certainty };
	const struct alert_template *t;
	struct db_params params;

	db_params_begin(&params);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		db_array_begin(texts[i], DB_TEXT);
	db_array_begin(&c.lasts, DB_INT4);
	db_array_begin(&c.police, DB_BOOL);
	for (size_t i = 0; (t = alert_templates_at(templates, i)) != NULL; i++)
		if (!alert_template_is_frame(t->event))
			add(&c, t);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		db_param_take_array(&params, texts[i]);
	db_param_take_array(&params, &c.lasts);
	db_param_take_array(&params, &c.police);
	if (db_send(db, "alert_events", &params, NULL, NULL) == 0)
		db_commit(db, NULL, NULL);
}
