/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callback: she rang and let it ring, or sent her operator's free "please call me". Beeping costs
 * nothing: a person calls back, and she is told so, once a day. The field `number` is there when an
 * operator's message speaks for her. Who asks for it in a menu is told each time.
 */
#include "services.h"

static const struct service_field fields[] = {
	{ .name = "number" },
	{ 0 },
};

/* Its function also answers `again`, when she was told today: nothing is said. */
static const struct service_outcome outcomes[] = {
	{ "noted", "when" },
	{ "asked", "when" }, /* by a menu, which does not let it ring */
	{ "asked_again", "when" },
	{ 0 },
};

const struct service service_callback = {
	.name = "callback",
	.fields = fields,
	.outcomes = outcomes,
	.before_question = true,
};
