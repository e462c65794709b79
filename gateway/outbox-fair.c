/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-fair.h"

#define SLOT 3 /* alert's segments that pay for one of others */

enum { SOS, ALERT, REPLY }; /* priorities; what is above is the rest */

enum fair
fair_slot(int credit)
{
	return credit >= SLOT ? FAIR_REST : credit >= 0 ? FAIR_REPLY : FAIR_ALERT;
}

int
fair_after(int credit, enum fair slot, int priority)
{
	if (priority == SOS)
		return credit;
	if (priority == ALERT)
		return credit < SLOT ? credit + 1 : SLOT;
	/* Nothing was passed by: there is no alert. */
	if (slot == FAIR_ALERT || (slot == FAIR_REPLY && priority > REPLY))
		return FAIR_BEGIN;
	return credit - SLOT;
}
