/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int
link_open(const char *dir)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (snprintf(at.sun_path, sizeof(at.sun_path), "%s/control", dir) >=
		(int)sizeof(at.sun_path)) {
		fprintf(stderr, "baraza-sim: %s: the path is too long for a socket\n", dir);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || connect(fd, (const struct sockaddr *)&at, sizeof(at)) == -1) {
		fprintf(stderr,
			"baraza-sim: %s: %s (is a simulator running there? "
			"start one with: baraza-sim run --dir %s)\n",
			at.sun_path, strerror(errno), dir);
		if (fd != -1)
			close(fd);
		return -1;
	}
	return fd;
}

int
link_ctl(const char *dir, int n_words, char **words)
{
	bool streams = strcmp(words[0], "events") == 0 || strcmp(words[0], "watch") == 0;
	int fd = link_open(dir), code = 1;
	char *line = NULL;
	size_t cap = 0;
	FILE *io;

	if (fd == -1)
		return 2;
	io = fdopen(fd, "r");
	if (io == NULL)
		return 2;
	for (int i = 0; i < n_words; i++)
		dprintf(fd, "%s%s", i > 0 ? " " : "", words[i]);
	dprintf(fd, "\n");
	if (getline(&line, &cap, io) > 0) {
		code = strncmp(line, "ok", 2) == 0 ? 0 : 1;
		fputs(line, stdout);
		fflush(stdout);
	}
	while (streams && code == 0 && getline(&line, &cap, io) > 0) {
		fputs(line, stdout);
		fflush(stdout);
	}
	free(line);
	fclose(io);
	return code;
}
