/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bad-replies: long SMS of ours whose cuts fall on what may not be cut: escape pairs of GSM 7-bit,
 * surrogate pairs of UCS-2.  The simulated phones decode each segment by itself, so a pair that was
 * cut would not come out whole.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "rig.h"
#include "tests/scenario-runner/util.h"

enum { NUMBERS = 70000, TEXT_MAX = 16384, WAIT_MS = 30000 };

struct sent {
	char *number, *text;
	struct sent *next;
};

struct replies {
	struct rig rig;
	struct sent *all;
	unsigned count;
};

/* As a person at the keyboard would. */
static void
give(struct replies *r, char *text)
{
	struct sent *sent = xcalloc(1, sizeof(*sent));

	*sent = (struct sent){ .number = xformat("+2507880%05u", NUMBERS + r->count++),
		.text = text,
		.next = r->all };
	r->all = sent;
	char *program = xformat("%s/baraza", r->rig.stage->build);
	const char *const argv[] = { program, "send", "-c", r->rig.field.config, sent->number, text,
		NULL };
	free(bench_run(r->rig.stage, argv));
	free(program);
}

/* before characters a, then each count times, then after characters z. */
static char *
made(size_t before, const char *each, size_t count, size_t after)
{
	char *text = xcalloc(1, before + count * strlen(each) + after + 1);

	memset(text, 'a', before);
	for (size_t i = 0; i < count; i++)
		strcat(text, each);
	for (size_t at = strlen(text), end = at + after; at < end; at++)
		text[at] = 'z';
	return text;
}

/* Cuts are behind 153 septets, or one less. */
static void
escapes(struct replies *r)
{
	for (size_t before = 151; before <= 154; before++)
		give(r, made(before, "\u20ac", 3, 10));
	give(r, made(159, "]", 1, 0));
	give(r, made(158, "]", 1, 0));
	give(r, made(0, "\u20ac", 200, 0));
	give(r, made(1, "~", 200, 0));
	give(r, made(2 * 153 - 1, "\\", 1, 153));
	give(r, made(0, "a[b]{c}", 100, 0));
}

/* Cuts are behind 67 units, or one less. */
static void
surrogates(struct replies *r)
{
	for (size_t before = 64; before <= 67; before++)
		give(r, made(before, "\U0001F600", 2, 10));
	give(r, made(69, "\U0001F4A7", 1, 0));
	give(r, made(68, "\U0001F4A7", 1, 0));
	give(r, made(0, "\U0001F600", 100, 0));
	give(r, made(1, "\U0001F600", 100, 0));
	give(r, made(2 * 67 - 1, "\U0001F600", 1, 66));
	give(r, made(0, "~\u0645\u064a\u0627\u0647~", 40, 0));
	give(r, made(0, "~", 69, 1));
	give(r, made(0, "\U00010348~", 90, 0));
}

static void
most(struct replies *r)
{
	give(r, made(20 * 153, "", 0, 0));
	give(r, made(0, "\u062d", 20 * 67, 0));
}

/* libgammu has no room for a full UCS-2 segment's tildes: a similar sign stands for some. */
static void
mend_tildes(char *text)
{
	static const char similar[] = "\u02dc";

	for (char *at = strstr(text, similar); at != NULL; at = strstr(at, similar)) {
		*at = '~';
		memmove(at + 1, at + strlen(similar), strlen(at + strlen(similar)) + 1);
	}
}

static void
judge(struct rig *rig, const struct sent *sent)
{
	char *answer = sim_ask(&rig->field.sim, 2 * WAIT_MS, "wait %s %d", sent->number, WAIT_MS);
	char *text = sim_unescape(answer != NULL ? answer : "nothing"), *from = strchr(text, '+');
	const char *got = from != NULL ? strchr(from, ' ') : NULL;
	char *want = one_line(sent->text, 100);

	mend_tildes(text);
	rig_check(rig, got != NULL && strcmp(got + 1, sent->text) == 0, "'%s' comes as %s", want,
		text);
	free(want);
	free(text);
	free(answer);
}

int
bad_replies(int argc, char **argv)
{
	static struct replies r;
	struct rig *rig = &r.rig;

	(void)argc;
	(void)argv;
	rig_open(rig);
	rig_start(rig);
	escapes(&r);
	surrogates(&r);
	most(&r);
	while (r.all != NULL) {
		struct sent *sent = r.all;

		judge(rig, sent);
		r.all = sent->next;
		free(sent->number);
		free(sent->text);
		free(sent);
	}
	rig_gives(rig, "0",
		"SELECT count(*) FROM message WHERE direction = 'out' "
		"AND state NOT IN ('sent', 'delivered')");
	rig_works(rig, "m1", "long messages of ours");
	rig_works(rig, "m2", "long messages of ours");
	rig_same_workers(rig);
	printf("%u long messages of ours\n", r.count);
	return rig_close(rig);
}
