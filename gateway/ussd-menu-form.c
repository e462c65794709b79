/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ussd-menu-form: the forms of a menu's file, their questions first by name, then each whole. */
#include <stdio.h>
#include <string.h>

#include "ussd-menu-internal.h"

#define FORMS_MAX 64
#define FORM_SHAPE "( { name = \"skip\"; service = \"skip\"; questions = ( ... ); }, ... )"
#define QUESTION_SHAPE "( { name = \"kind\"; text = \"ussd_kind\"; ... }, ... )"
#define QUESTION_MEMBERS                                                                   \
	"name text field unless only among optional skip wrong values labels list within " \
	"letters answers number known typed ask "

/* A question, and where it stands. */
struct asking {
	struct ussd_loader *l;
	struct ussd_form *form;
	const config_setting_t *group;
	struct ussd_question *q;
	int index;
};

/* --- --- names --- */

const struct ussd_form *
ussd_menu_form(const struct ussd_menu *menu, const char *name)
{
	for (size_t i = 0; i < menu->form_count; i++)
		if (menu->forms[i].name != NULL && strcmp(menu->forms[i].name, name) == 0)
			return &menu->forms[i];
	return NULL;
}

int
ussd_form_question(const struct ussd_form *form, const char *name)
{
	for (size_t i = 0; i < form->question_count; i++)
		if (form->questions[i].name != NULL && strcmp(form->questions[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* The service's field; -1: there is none, which is told. */
static int
field_named(struct ussd_loader *l, const config_setting_t *at, const struct ussd_form *form,
	const char *name)
{
	int field = form->service->fields != NULL ? service_field_index(form->service, name) : -1;

	if (field == -1)
		USSD_WRONG(l, at, "the service %s has no field \"%s\"", form->service->name, name);
	return field;
}

/* The field that a member names; -1: there is no such member, or its fault was told. */
static int
field_of(struct ussd_loader *l, const config_setting_t *group, const struct ussd_form *form,
	const char *member)
{
	const char *name = ussd_word(l, group, member);

	return name != NULL ? field_named(l, config_setting_get_member(group, member), form, name)
			    : -1;
}

/* The question that a member names, of first to last; -1: none, which is told likewise. */
static int
question_of(const struct asking *a, const char *member, int first, int last)
{
	const char *name = ussd_word(a->l, a->group, member);
	int index = name != NULL ? ussd_form_question(a->form, name) : -1;

	if (name == NULL || (index >= first && index <= last))
		return index;
	USSD_WRONG(a->l, config_setting_get_member(a->group, member),
		index == -1 ? "%s: there is no question \"%s\""
			    : "%s: the question \"%s\" stands in the wrong place for that",
		member, name);
	return -1;
}

/* --- --- choices --- */

/* [ "full", ... ] of a group, as the field's check makes them; ends with NULL. */
static int
take_values(const struct asking *a, const char *member, int field, int most,
	const char *out[USSD_PAGE_CHOICES + 1])
{
	const config_setting_t *list = config_setting_get_member(a->group, member);
	int count = list != NULL ? config_setting_length(list) : 0;

	if (list == NULL || !config_setting_is_array(list) || count < 1 || count > most ||
		config_setting_get_string_elem(list, 0) == NULL) {
		USSD_WRONG(a->l, list != NULL ? list : a->group,
			"%s is 1 to %d words, as [ \"full\", \"burning\" ]", member, most);
		return 0;
	}
	for (int i = 0; i < count; i++) {
		out[i] = ussd_checked(a->l, list, a->form->service, field,
			config_setting_get_string_elem(list, i));
		if (out[i] == NULL) {
			out[0] = NULL;
			return 0;
		}
	}
	return count;
}

static void
take_choices(const struct asking *a)
{
	struct ussd_question *q = a->q;
	const config_setting_t *labels = config_setting_get_member(a->group, "labels");
	char key[256];
	int count;

	q->ask = USSD_ASK_CHOICE;
	count = take_values(
		a, "values", q->field, USSD_PAGE_CHOICES - (q->skip != NULL), q->values);
	q->labels = ussd_word(a->l, a->group, "labels");
	if (labels == NULL)
		USSD_WRONG(a->l, a->group,
			"values need labels: what their texts' keys begin with, as \"kind_\"");
	for (int i = 0; q->labels != NULL && i < count; i++) {
		snprintf(key, sizeof key, "%s%s", q->labels, q->values[i]);
		ussd_is_text(a->l, labels, key);
	}
}

/* --- --- lists --- */

const char *const ussd_sources[] = { "districts", "quarters", "zones", "containers", "container",
	"my_tickets", "my_warnings", "in_force", NULL };

static const char *
source_of(const struct asking *a, const char *member)
{
	const char *source = ussd_name(a->l, a->group, member);

	if (source == NULL)
		return NULL;
	for (size_t i = 0; ussd_sources[i] != NULL; i++)
		if (strcmp(ussd_sources[i], source) == 0)
			return source;
	USSD_WRONG(a->l, config_setting_get_member(a->group, member),
		"%s: there is no source \"%s\"; there are districts, quarters, zones, containers, "
		"container, my_tickets, my_warnings and in_force",
		member, source);
	return NULL;
}

static void
take_list(const struct asking *a)
{
	struct ussd_question *q = a->q;
	int last = (int)a->form->question_count - 1, answers;

	q->ask = USSD_ASK_LIST;
	q->source = source_of(a, "list");
	q->within = question_of(a, "within", 0, a->index - 1);
	q->letters = source_of(a, "letters");
	answers = question_of(a, "answers", a->index, last);
	q->answers = answers != -1 ? answers : a->index;
	q->number = question_of(a, "number", a->index, last);
	q->known = source_of(a, "known");
	q->typed = field_of(a->l, a->group, a->form, "typed");
	if (q->answers != a->index && q->letters == NULL)
		USSD_WRONG(a->l, a->group, "answers needs letters: the source that is searched");
}

/* What a list refers to is a list too. */
static void
check_list(const struct asking *a)
{
	const struct ussd_question *q = a->q, *all = a->form->questions;

	if (q->ask != USSD_ASK_LIST)
		return;
	if (all[q->answers].ask != USSD_ASK_LIST)
		USSD_WRONG(a->l, a->group, "answers: %s has no list", all[q->answers].name);
	if (q->number != -1 && all[q->number].known == NULL)
		USSD_WRONG(a->l, a->group,
			"number: %s has no `known`, the source in which it is looked up",
			all[q->number].name);
}

/* --- --- a question --- */

static void
take_unless(const struct asking *a)
{
	const char *name = ussd_word(a->l, a->group, "unless");

	if (name == NULL)
		return;
	a->q->unless_question = ussd_form_question(a->form, name);
	if (a->form->service->fields != NULL)
		a->q->unless_field = service_field_index(a->form->service, name);
	if (a->q->unless_question == -1 && a->q->unless_field == -1)
		USSD_WRONG(a->l, config_setting_get_member(a->group, "unless"),
			"unless: \"%s\" is neither a question nor a field of %s", name,
			a->form->service->name);
}

static void
take_only(const struct asking *a)
{
	const struct ussd_question *other;

	if ((config_setting_get_member(a->group, "only") == NULL) !=
		(config_setting_get_member(a->group, "among") == NULL))
		USSD_WRONG(a->l, a->group, "only and among stand together");
	a->q->only = question_of(a, "only", 0, a->index - 1);
	if (a->q->only == -1)
		return;
	other = &a->form->questions[a->q->only];
	if (other->ask != USSD_ASK_CHOICE)
		USSD_WRONG(a->l, a->group, "only: %s has no values", other->name);
	else
		take_values(a, "among", other->field, USSD_PAGE_CHOICES, a->q->among);
}

/* One of values, list, ask; and only what belongs to it. */
static void
take_kind(const struct asking *a)
{
	static const char *const of_lists[] = { "within", "letters", "answers", "number", "known",
		"typed" };
	bool values = config_setting_get_member(a->group, "values") != NULL;
	bool list = config_setting_get_member(a->group, "list") != NULL;
	const char *ask = ussd_word(a->l, a->group, "ask");

	if (values + list + (ask != NULL) != 1 || (ask != NULL && strcmp(ask, "text") != 0)) {
		USSD_WRONG(a->l, a->group,
			"a question has one of values = [...], list = \"...\" and ask = \"text\"");
		return;
	}
	for (size_t i = 0; !list && i < sizeof of_lists / sizeof *of_lists; i++)
		if (config_setting_get_member(a->group, of_lists[i]) != NULL)
			USSD_WRONG(a->l, a->group, "%s is of a list", of_lists[i]);
	if (!values && config_setting_get_member(a->group, "labels") != NULL)
		USSD_WRONG(a->l, a->group, "labels are of values");
	if (values)
		take_choices(a);
	else if (list)
		take_list(a);
	else
		a->q->ask = USSD_ASK_TEXT;
}

static void
take_question(const struct asking *a)
{
	struct ussd_question *q = a->q;

	if (!ussd_knows(a->l, a->group, QUESTION_MEMBERS))
		return;
	if (config_setting_get_member(a->group, "text") == NULL)
		USSD_WRONG(a->l, a->group, "the question has no text");
	q->text = ussd_text(a->l, a->group, "text");
	q->field = field_of(a->l, a->group, a->form, "field");
	q->optional = ussd_bool(a->l, a->group, "optional");
	q->skip = ussd_text(a->l, a->group, "skip");
	q->wrong = ussd_text(a->l, a->group, "wrong");
	if (q->skip != NULL && !q->optional)
		USSD_WRONG(a->l, a->group, "skip is of a question that is optional = true");
	take_unless(a);
	take_kind(a);
	take_only(a);
}

/* Its name alone: questions name each other. */
static void
name_question(const struct asking *a)
{
	struct ussd_question *q = a->q;

	q->field = q->unless_question = q->unless_field = q->only = -1;
	q->within = q->number = q->typed = -1;
	q->answers = a->index;
	if (!config_setting_is_group(a->group))
		return; /* told later */
	q->name = ussd_name(a->l, a->group, "name");
	if (config_setting_get_member(a->group, "name") == NULL)
		USSD_WRONG(a->l, a->group, "the question has no name");
	else if (q->name != NULL && ussd_form_question(a->form, q->name) != a->index)
		USSD_WRONG(a->l, a->group, "there are two questions \"%s\"", q->name);
}

static void
each_question(struct ussd_loader *l, struct ussd_form *form, const config_setting_t *list,
	void (*take)(const struct asking *a))
{
	for (int i = 0; i < (int)form->question_count; i++)
		take(&(struct asking){ .l = l,
			.form = form,
			.group = config_setting_get_elem(list, (unsigned)i),
			.q = &form->questions[i],
			.index = i });
}

static void
take_questions(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	size_t before = l->errors->count;
	const config_setting_t *list =
		ussd_list_of(l, group, "questions", 0, USSD_SCREENS_MAX, QUESTION_SHAPE);

	if (list == NULL)
		return;
	form->question_count = (size_t)config_setting_length(list);
	each_question(l, form, list, name_question);
	if (l->errors->count == before)
		each_question(l, form, list, take_question);
	if (l->errors->count == before)
		each_question(l, form, list, check_list);
}

/* --- --- the rest of a form --- */

static void
take_preset(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	const config_setting_t *preset = config_setting_get_member(group, "preset");
	int count = preset != NULL ? config_setting_length(preset) : 0;

	if (preset == NULL)
		return;
	if (!config_setting_is_group(preset) || count > USSD_FILLS_MAX) {
		USSD_WRONG(l, preset, "preset is at most %d fields, as { what = \"warnings\"; }",
			USSD_FILLS_MAX);
		return;
	}
	for (int i = 0; i < count; i++) {
		const config_setting_t *at = config_setting_get_elem(preset, (unsigned)i);
		const char *written = config_setting_get_string(at), *value = NULL;
		int field = field_named(l, at, form, config_setting_name(at));

		if (written == NULL)
			USSD_WRONG(l, at, "the value of a field must be in quotes");
		else if (field != -1)
			value = ussd_checked(l, at, form->service, field, written);
		if (value == NULL)
			continue;
		form->presets[form->preset_count].field = field;
		form->presets[form->preset_count++].value = value;
	}
}

static void
take_fill(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	struct ussd_fill *fill = &form->fills[form->fill_count++];
	const config_setting_t *of;

	fill->field = -1;
	if (!ussd_knows(l, group, "field of labels "))
		return;
	fill->field = field_of(l, group, form, "field");
	fill->labels = ussd_bool(l, group, "labels");
	of = config_setting_get_member(group, "of");
	if (fill->field == -1 || of == NULL || !config_setting_is_array(of) ||
		config_setting_length(of) < 1 || config_setting_length(of) > USSD_FILL_OF_MAX ||
		config_setting_get_string_elem(of, 0) == NULL) {
		USSD_WRONG(l, group,
			"a fill is { field = \"place\"; of = [ \"place\", \"quarter\" ]; }, of at most %d "
			"questions",
			USSD_FILL_OF_MAX);
		return;
	}
	for (int i = 0; i < config_setting_length(of); i++) {
		const char *name = config_setting_get_string_elem(of, i);
		int question = ussd_form_question(form, name);

		if (question == -1)
			USSD_WRONG(l, of, "there is no question \"%s\"", name);
		else
			fill->of[fill->of_count++] = question;
	}
}

static void
take_fills(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	const config_setting_t *list = ussd_list_of(l, group, "fill", 0, USSD_FILLS_MAX,
		"( { field = \"place\"; of = [ \"place\" ]; }, ... )");

	for (int i = 0; list != NULL && i < config_setting_length(list); i++)
		take_fill(l, config_setting_get_elem(list, (unsigned)i), form);
}

static void
take_direct(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	const config_setting_t *at = config_setting_get_member(group, "direct");
	const char *name = ussd_word(l, group, "direct");

	form->direct = name != NULL ? ussd_form_question(form, name) : -1;
	if (name == NULL)
		return;
	if (form->direct == -1 || form->questions[form->direct].known == NULL)
		USSD_WRONG(l, at, "direct: \"%s\" is no question with `known`", name);
	else if (l->menu->direct != NULL)
		USSD_WRONG(l, at, "the form %s has direct already; a menu has one",
			l->menu->direct->name);
	else
		l->menu->direct = form;
}

/* Returns false when its service is none: then nothing of it can be looked at. */
static bool
take_head(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	const char *name = ussd_name(l, group, "name"), *service;

	if (name != NULL && ussd_menu_form(l->menu, name) != NULL)
		USSD_WRONG(l, group, "there are two forms \"%s\"", name);
	else if (config_setting_get_member(group, "name") == NULL)
		USSD_WRONG(l, group, "the form has no name");
	form->name = name;
	service = ussd_word(l, group, "service");
	if (service == NULL) {
		USSD_WRONG(l, group, "the form has no service");
		return false;
	}
	form->service = service_find(service);
	if (form->service == NULL)
		USSD_WRONG(l, group, "there is no service \"%s\"", service);
	return form->service != NULL;
}

static void
take_form(struct ussd_loader *l, const config_setting_t *group, struct ussd_form *form)
{
	size_t before = l->errors->count;

	form->direct = -1;
	if (!ussd_knows(l, group, "name service questions fill preset confirm direct by_sms ") ||
		!take_head(l, group, form))
		return;
	form->confirm = ussd_bool(l, group, "confirm");
	form->by_sms = ussd_bool(l, group, "by_sms");
	take_preset(l, group, form);
	take_questions(l, group, form);
	if (l->errors->count > before)
		return;
	take_fills(l, group, form);
	take_direct(l, group, form);
}

void
ussd_take_forms(struct ussd_loader *l, const config_setting_t *root)
{
	const config_setting_t *list = ussd_list_of(l, root, "forms", 0, FORMS_MAX, FORM_SHAPE);
	size_t count = list != NULL ? (size_t)config_setting_length(list) : 0;

	l->menu->forms = count > 0 ? ussd_memory(l, count * sizeof *l->menu->forms) : NULL;
	for (size_t i = 0; l->menu->forms != NULL && i < count; i++) {
		take_form(l, config_setting_get_elem(list, (unsigned)i), &l->menu->forms[i]);
		l->menu->form_count++;
	}
}
