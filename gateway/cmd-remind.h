/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-remind: what the files of `baraza remind` share: what was asked for, and the preview, which
 * is a file of its own.
 */
#ifndef CMD_REMIND_H
#define CMD_REMIND_H

#include "cmd-common.h"

struct texts;

enum remind_act {
	REMIND_DRAFT,
	REMIND_APPROVE,
	REMIND_PREVIEW,
	REMIND_STOP,
	REMIND_LIST,
	REMIND_RESULTS,
};

struct remind_wish {
	enum remind_act act;
	const char *name, *file, *tax, *zone, *days, *dates, *text, *control, *budget, *within;
	const char *reason, *as;
	bool json;
	bool personal; /* a text of it names persons or amounts */
	/* As SQL's arrays, of a draft. */
	char day_list[1024], date_list[1024], arms[1024], weights[1024];
	struct texts *texts;
};

/* Show what a campaign would send: the plan itself, in a transaction that is rolled back. */
int remind_preview(PGconn *db, const struct config *config, const struct remind_wish *wish);

#endif
