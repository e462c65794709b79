/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * skip: a container is full, burns, is damaged; waste lies beside it, in a heap, in a drain; the
 * truck or handcart did not come. By the number on the container, or by the place. Digits suffice:
 * "147", or "147 2" with the kinds as the sticker numbers them.
 *
 * One open ticket a container and kind: a later report joins it. Where the number is not known, the
 * nearest containers are offered by their numbers, once.
 */
#include "services.h"

#include <string.h>

/* As numbered on the stickers and in the USSD menu. */
static const char *const kinds[] = { "full", "burning", "beside", "damaged", "not_collected",
	"heap", "drain", "hazardous", NULL };

bool
check_kind(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(kinds, folded, out);
}

enum { CONTAINER, KIND, PLACE };

static const struct service_field fields[] = {
	[CONTAINER] = { .name = "container", .check = check_container },
	[KIND] = { .name = "kind", .check = check_kind },
	[PLACE] = { .name = "place" }, /* asked by SQL, and only when there is no container */
	{ .name = "for", .check = check_person },
	{ .name = "offered" }, /* numbers of containers, from the question to its answer */
	{ .name = "zone", .check = check_zone }, /* chosen in a menu */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference container kind at" },
	{ "joined", "reference container kind reports since" },
	{ "again", "reference container kind since" },
	{ "placed", "reference kind place" },
	{ "choose", "place kind text" },
	{ "where", "kind" },
	{ "where_danger", "kind" },
	{ "unknown_container", "container" },
	{ "hazardous", "reference what" },
	{ "incomplete", "reference kind when" },
	{ 0 },
};

static const struct service_outcome texts[] = {
	{ "kind_full", "" },
	{ "kind_burning", "" },
	{ "kind_beside", "" },
	{ "kind_damaged", "" },
	{ "kind_not_collected", "" },
	{ "kind_heap", "" },
	{ "kind_drain", "" },
	{ "kind_hazardous", "" },
	{ 0 },
};

/* Fire, and what may not be touched. */
static bool
is_urgent(const struct form_values *values)
{
	const char *kind = values->value[KIND];

	return strcmp(kind, "burning") == 0 || strcmp(kind, "hazardous") == 0;
}

/* Asked where, people answer with a number too. */
static void
lock_key(const struct form_values *values, char out[SERVICE_LOCK_MAX])
{
	container_lock(values->value[CONTAINER], out);
	if (out[0] == '\0')
		container_lock(values->value[PLACE], out);
}

const struct service service_skip = {
	.name = "skip",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
	.urgent = is_urgent,
	.lock_key = lock_key,
};
