/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * desk: the disaster desk without power or Internet, by SMS: an officer drafts an alert from a
 * template, hears what it will take, approves another's with a code, stops, clears, looks. From an
 * officer's registered phone only; to everyone else these words do not exist.
 *
 * What a draft says, its event, zones, hours and blanks, is read by SQL, which knows their names.
 */
#include "services.h"

#include <string.h>

static const char *const verbs[] = { "draft", "approve", "code", "stop", "clear", "state", "list",
	"relays", NULL };

static bool
check_verb(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(verbs, folded, out);
}

static bool
check_code(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t length = 0;
	char code[SERVICE_VALUE_MAX];

	(void)written;
	for (; *folded != '\0'; folded++) {
		if (*folded == ' ') /* "483 920" */
			continue;
		if (*folded < '0' || *folded > '9' || length == 8)
			return false;
		code[length++] = *folded;
	}
	if (length < 4)
		return false;
	code[length] = '\0';
	strcpy(out, code);
	return true;
}

static const struct service_field fields[] = {
	{ .name = "verb", .check = check_verb },
	{ .name = "reference", .check = check_reference },
	{ .name = "code", .check = check_code },
	{ .name = "text" }, /* what is drafted; why it is stopped */
	{ 0 },
};

#define FORECAST "reference text recipients segments cost half all"

static const struct service_outcome outcomes[] = {
	/* drafting */
	{ "drafted", "reference event zones until" },
	{ "how", "text" }, /* the events that there are */
	{ "unknown_event", "event text" },
	{ "unknown_zone", "zone text" },
	{ "no_zone", "" },
	{ "bad_time", "" },
	{ "police_only", "" },
	{ "no_draft_role", "" },
	{ "no_staff", "" },
	{ "exercise_to_citizens", "reference" },
	/* approving */
	{ "approved", "reference recipients" },
	{ "same_person", "reference" },
	{ "no_approve_role", "" },
	{ "code_wrong", "reference" },
	{ "code_expired", "reference" },
	{ "code_used", "reference" },
	{ "code_void", "reference" },
	{ "not_yours", "reference" },
	{ "no_code", "reference" },
	{ "edited", "reference" },
	{ "already", "reference officer at" },
	{ "not_draft", "reference state" },
	{ "composing", "reference" },
	{ "no_recipients", "reference" },
	{ "expired", "reference" },
	{ "unknown", "reference" },
	{ "which", "text" },
	/* stopping, clearing, relays only */
	{ "stopped", "reference left" },
	{ "stopped_cancel", "reference left cancel" },
	{ "over", "reference left cancel" },
	{ "dropped", "reference" },
	{ "not_running", "reference state" },
	{ "clearing", "reference follows" },
	{ "nobody_has_it", "reference" },
	{ "relays_only", "reference" },
	{ "relays_already", "reference" },
	/* looking */
	{ "state", FORECAST },
	{ "running", "reference text sent planned failed unknown half all" },
	{ "ended", "reference text state sent failed unknown" },
	{ "list", "text" },
	{ "none", "" },
	{ 0 },
};

/* What who drafted it hears once it is counted, and names that stand in values. */
static const struct service_outcome texts[] = {
	{ "desk_forecast", FORECAST },
	{ "desk_forecast_late", FORECAST " start relays relays_all" }, /* for half, that is */
	{ "desk_forecast_late_relays", FORECAST " start" },            /* of relays only */
	{ "desk_detail", "reference tenth zones text" }, /* behind `state`, in an SMS of its own */
	{ "desk_sim", "name left bundle text" },
	{ "desk_fault", "reference text" }, /* its texts could not be written */
	{ "desk_item", "reference event zones state" },
	{ "desk_event", "event zones" },
	{ "desk_at", "at" },
	{ "desk_about", "at" }, /* by a link of which nobody has measured the pace */
	{ "desk_on", "day at" },
	{ "desk_never", "" },
	{ "desk_done", "" },
	{ "alert_state_composing", "" },
	{ "alert_state_draft", "" },
	{ "alert_state_approved", "" },
	{ "alert_state_done", "" },
	{ "alert_state_stopped", "" },
	{ "alert_state_dropped", "" },
	{ 0 },
};

const struct service service_desk = {
	.name = "desk",
	.who = WHO_OFFICER,
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.before_question = true,
};
