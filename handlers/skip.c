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

#include <stdio.h>
#include <string.h>

/* As numbered on the stickers and in the USSD menu. */
static const char *const kinds[] = { "full", "burning", "beside", "damaged", "not_collected",
	"heap", "drain", "hazardous", NULL };

static bool
check_kind(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	(void)written;
	return check_choice(kinds, folded, out);
}

static const struct service_field fields[] = {
	{ .name = "container", .check = check_container },
	{ .name = "kind", .check = check_kind },
	{ .name = "place", .required = true, .asked = true, .question = "ask_container" },
	{ .name = "for", .check = check_person },
	{ .name = "offered" }, /* numbers of containers, from the question to its answer */
	{ .name = "words" },
	{ 0 },
};

static const struct service_outcome outcomes[] = {
	{ "created", "reference container kind place" },
	{ "joined", "reference container kind place reports since" },
	{ "again", "reference container kind place since" },
	{ "choose", "place kind choices" },
	{ "unknown_container", "container kind" },
	{ "placed", "reference kind place" },
	{ "hazardous", "reference container place" },
	{ "incomplete", "reference kind" },
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

static void
lock_key(const struct form_values *values, char out[64])
{
	if (values->value[0][0] != '\0')
		snprintf(out, 64, "container:%.20s", values->value[0]);
}

const struct service service_skip = {
	.name = "skip",
	.fields = fields,
	.outcomes = outcomes,
	.texts = texts,
	.files = true,
	.lock_key = lock_key,
};
