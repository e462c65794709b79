/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crowd: many phones in USSD sessions at once, by an aggregator of Africa's Talking's kind.
 *
 * What it is: each session keys by a script of what its screens show, a step each so often, on a
 * schedule that waits for nobody: a step whose answer is late delays the next, and that one's time
 * counts from when it was due (no coordinated omission). A session that has ended is followed by
 * another, of another caller. Every step is a connection of its own, or each session keeps one.
 * What it is not: a test of what the screens say.
 */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a caller does: dials the code, then for each screen the next of keys, until NULL, when she
 * hangs up, or until the session ends.
 *	"/words/"      the number of the line that holds these words; 9 as long as that shows more
 *	"?"            any of the choices shown
 *	"?|words"      the same; the words where there is none
 *	"@"            the number of a container
 *	anything else  that
 */
struct crowd_dialogue {
	const char *name, *code;
	unsigned weight;
	const char *keys[12];
};

struct crowd_plan {
	int port; /* of 127.0.0.1 */
	const char *path;
	const struct crowd_dialogue *dialogues; /* ends with a NULL name */
	/* What a screen says that no script knows of, and its answer; NULL: nothing. */
	const char *aside, *aside_key;
	const long *containers;
	size_t container_count;
	unsigned known; /* callers +2507882xxxxxx below this one come again and again */
	unsigned sessions;
	double rate, seconds; /* steps a second, all sessions together */
	bool keep;            /* connections */
	/* Called once, when so many seconds are over; it must not wait. */
	double when;
	void (*then)(void *arg);
	double later;
	void (*finally)(void *arg);
	void *arg;
};

struct crowd_result {
	double *ms; /* of each answer, from when its step was due; crowd_free() */
	size_t answers;
	size_t more, last; /* CON, END */
	size_t errors;     /* no answer in 5 s, none of HTTP, no 200, neither CON nor END */
	size_t late;       /* answers after 1 s, and errors */
	size_t lost;       /* screens that held nothing that the script looks for */
	size_t dialogues;  /* that were gone through to their end */
	double took;       /* seconds from the first step to the last answer */
	/* The same from `when` to `later`, the longest answer among them in ms. */
	size_t during, during_more, during_last, during_errors, during_late;
	double during_most;
	char error[200];   /* the first */
	char strange[200]; /* the first screen that made one lost */
	char ended[200];   /* the first last screen within `during` */
};

/* Takes plan->seconds, and up to 5 more. Callers differ from one run of a process to the next. */
void crowd_run(const struct crowd_plan *plan, struct crowd_result *result);
void crowd_free(struct crowd_result *result);

#endif
