/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-judge: what the gateway makes of a text, for the commands that ask; cmd-understand.c is it.
 *
 * What it is: the gateway's own understand() and inbox_think() with all that they read, loaded
 * once. What it is not: it changes nothing.
 */
#ifndef CMD_JUDGE_H
#define CMD_JUDGE_H

#include "gateway.h"
#include "inbox-internal.h"
#include "phone.h"
#include "understand.h"

#define REPLY_BYTES_MAX 2048

/* All that a judgement needs. */
struct judge {
	struct config *config;
	struct texts *texts;
	struct vocabulary *vocabulary;
	struct gazetteer *gazetteer; /* NULL: by configuration alone */
	struct gateway gateway;      /* borrows the above */
	struct phone from;
	struct thought snapshot; /* of the sender, with nothing decided */
};

struct verdict {
	struct understanding u;
	struct thought thought;
	char reply[REPLY_BYTES_MAX]; /* "": none */
};

/*
 * Load the configuration of file (NULL: the default one), and, when the database answers, the
 * city's places and what is known of the number from (NULL: a stranger). judge is zeroed before.
 * Returns 0, or -1 after telling the errors; judge_free() it either way.
 */
int judge_load(struct judge *judge, const char *file, const char *from)
	__attribute__((warn_unused_result));
void judge_free(struct judge *judge);

/* Judge one text, clean UTF-8 of at most UNDERSTAND_TEXT_MAX bytes. */
void judge_text(struct judge *judge, char *text, struct verdict *verdict);

#endif
