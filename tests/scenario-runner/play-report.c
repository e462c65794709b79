/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is told of a scenario that failed, and what of its logs is kept. */
#include "play-internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"
#include "scenario.h"
#include "stage.h"
#include "util.h"

enum { TAIL_LINES = 30 };

void
play_print_failure(const struct play *play, unsigned line, const char *source)
{
	const struct scenario *scenario = play->scenario;
	const char *trouble = proc_trouble();

	printf("FAIL %s %s:%u: %s: expected %s, got %s%s%s\n", scenario->name, scenario->path, line,
		source, play->expected, play->got, trouble != NULL ? "; " : "",
		trouble != NULL ? trouble : "");
}

static void
print_tail(const char *label, const char *text)
{
	const char *start = text + strlen(text);

	for (int lines = 0; start > text; start--)
		if (start[-1] == '\n' && lines++ == TAIL_LINES)
			break;
	while (*start != '\0') {
		size_t len = strcspn(start, "\n");

		printf("  %s| %.*s\n", label, (int)len, start);
		start += len;
		start += *start == '\n';
	}
}

/* Keeps one log, from an offset on, in the folder kept; shows its end when label is not NULL. */
static void
keep_log(const char *kept, const char *name, int fd, off_t from, const char *label)
{
	size_t len = 0;
	char *text = read_fd(fd, OUTPUT_MAX, &len);
	char *path = xformat("%s/%s", kept, name);

	if (text != NULL && (size_t)from <= len) {
		if (write_file(path, text + from, len - (size_t)from) == -1)
			fprintf(stderr, "run-scenario: %s: %s\n", path, strerror(errno));
		if (label != NULL)
			print_tail(label, text + from);
	}
	free(path);
	free(text);
}

static void
keep_config(const struct play *play, const char *kept)
{
	char *path = xformat("%s/baraza.cfg", kept);
	size_t len = 0;
	char *text = read_file(play->config, OUTPUT_MAX, &len);

	if (text != NULL)
		write_file(path, text, len);
	free(text);
	free(path);
}

void
play_keep_logs(const struct play *play)
{
	char *kept = xformat("%s/test-logs/%s/", play->stage->build, play->scenario->name);

	if (make_parents(kept) == -1)
		fprintf(stderr, "run-scenario: %s: %s\n", kept, strerror(errno));
	keep_log(kept, "gateway.log", play->gateway_log, 0, "gateway");
	keep_log(kept, "simulator.log", play->simulator_log, 0, "simulator");
	keep_log(kept, "database.log", play->stage->cluster_log, play->database_log, NULL);
	keep_config(play, kept);
	printf("  logs: %s\n", kept);
	free(kept);
}
