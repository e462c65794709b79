/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-publish: documents of approved alerts are written once, and those of late kept for whoever
 * asks: in memory for HTTP, as files in cap_out. Files are written under another name and renamed;
 * what is missing there or differs is written again.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cap-out.h"
#include "cap-room-internal.h"
#include "config.h"
#include "gateway.h"
#include "log.h"

#define SHOWN_MAX 500 /* messages that are kept */
#define RETRY_MS 1000
#define FEED "feed.xml"

/* --- Files --- */

/* What is published, others read: whatever the umask says. Returns the folder, or -1. */
static int
open_folder(const char *path)
{
	int made = mkdir(path, 0755) == 0, fd;

	if (!made && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1 &&
		((made && fchmod(fd, 0755) == -1) ||
			faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) == -1)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Does the file hold exactly that? */
static int
is_there(int folder, const char *name, const char *text, size_t length)
{
	char piece[4096];
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t at = 0;
	ssize_t got = -1;

	while (fd != -1 && (got = read(fd, piece, sizeof(piece))) > 0) {
		if ((size_t)got > length - at || memcmp(piece, text + at, (size_t)got) != 0)
			break;
		at += (size_t)got;
	}
	if (fd != -1)
		close(fd);
	return got == 0 && at == length;
}

static int
write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t part = write(fd, text, length);

		if (part == -1 && errno != EINTR)
			return -1;
		text += part > 0 ? part : 0;
		length -= part > 0 ? (size_t)part : 0;
	}
	return 0;
}

static void
put_file(const struct cap_room *room, const char *name, const char *text)
{
	char early[NAME_MAX + 1];
	size_t length = strlen(text);
	int fd, bad;

	if (room->out_fd == -1 || is_there(room->out_fd, name, text, length))
		return;
	snprintf(early, sizeof(early), ".%.200s.new", name);
	fd = openat(
		room->out_fd, early, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	bad = fd == -1 || fchmod(fd, 0644) != 0 || write_all(fd, text, length) != 0;
	if (fd != -1)
		bad |= close(fd) != 0;
	if (bad || renameat(room->out_fd, early, room->out_fd, name) != 0)
		log_error("event=cap_out file=%s error=%s hint=%s", log_quote(name),
			log_quote(strerror(errno)),
			log_quote("it is written again when something changes, and at each start"));
}

/* --- What is shown --- */

static void
shown_free(struct cap_room *room)
{
	for (size_t i = 0; i < room->shown_count; i++) {
		free(room->shown[i].identifier);
		free(room->shown[i].document);
	}
	free(room->shown);
	free(room->feed);
	room->shown = NULL;
	room->feed = NULL;
	room->shown_count = 0;
}

static char *
copy_of(const PGresult *rows, int row, int column)
{
	char *copy = strdup(PQgetvalue(rows, row, column));

	if (copy == NULL)
		fatal("event=out_of_memory");
	return copy;
}

/* The oldest first: who reads the folder meets nothing before what it refers to; the feed last. */
static void
put_files(const struct cap_room *room)
{
	char name[NAME_MAX + 1];

	for (size_t i = room->shown_count; i-- > 0;) {
		snprintf(name, sizeof(name), "%.200s.xml", room->shown[i].identifier);
		if (strchr(name, '/') == NULL)
			put_file(room, name, room->shown[i].document);
	}
	put_file(room, FEED, room->feed);
}

static void
shown_cb(PGresult *result, void *arg)
{
	struct cap_room *room = arg;
	size_t count = result != NULL ? (size_t)PQntuples(result) : 0;

	if (result == NULL)
		return;
	shown_free(room);
	room->shown = calloc(count + 1, sizeof(*room->shown));
	if (room->shown == NULL)
		fatal("event=out_of_memory");
	for (size_t i = 0; i < count; i++) {
		room->shown[i].identifier = copy_of(result, (int)i, 0);
		room->shown[i].document = copy_of(result, (int)i, 3);
	}
	room->shown_count = count;
	room->feed = cap_feed(result, room->sender, room->gateway->config->city);
	room->stale = 0;
	put_files(room);
}

/* --- Turns --- */

void
cap_out_ended(enum db_end end, const char *sqlstate, void *arg)
{
	struct cap_room *room = arg;

	if (end == DB_FAILED) {
		log_error("event=cap_out_failed sqlstate=%s", sqlstate);
		room->look = room->stale = 1;
		room_rest(room->turns, RETRY_MS);
	} else if (room->stale || room->look) {
		room_wake(room->turns);
	}
}

static void
store(struct cap_room *room, const PGresult *rows, int row)
{
	const struct gateway *gateway = room->gateway;
	struct cap *cap =
		cap_of_alert(gateway->config, gateway->templates, room->sender, rows, row);
	char *document = cap_write(cap);
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, PQgetvalue(rows, row, 0));
	db_param_text(&params, cap->identifier);
	db_param_text(&params, cap->sender);
	db_param_text(&params, cap->sent.text);
	db_param_text(&params, cap->status);
	db_param_text(&params, cap->type);
	db_param_text(&params, PQgetvalue(rows, row, 12));
	db_param_text(&params, document);
	db_send(room->db, "store", &params, NULL, NULL);
	log_notice("event=cap_out identifier=%s type=%s status=%s", cap->identifier, cap->type,
		cap->status);
	free(document);
	cap_free(cap);
}

/* One a transaction: who follows it refers to what is stored. */
static void
due_cb(PGresult *result, void *arg)
{
	struct cap_room *room = arg;

	if (result != NULL && PQntuples(result) > 0) {
		store(room, result, 0);
		room->stale = room->look = 1;
	}
	room_commit(room->turns);
}

static void
read_shown(struct cap_room *room)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, SHOWN_MAX);
	db_send(room->db, "shown", &params, shown_cb, room);
	db_params_begin(&params);
	db_send(room->db, "next", &params, room_due_cb, room->turns);
	room_commit(room->turns);
}

/* First what is to be written, then what is shown. */
int
cap_out_turn(void *arg)
{
	struct cap_room *room = arg;
	struct db_params params;

	if (room->gateway->draining || !room->gateway->believable || (!room->look && !room->stale))
		return 0;
	if (!room->look) {
		read_shown(room);
		return 1;
	}
	room->look = 0;
	db_params_begin(&params);
	db_param_int(&params, 1);
	db_send(room->db, "due", &params, due_cb, room);
	db_flush(room->db);
	return 1;
}

void
cap_out_wake(struct cap_room *room, int stale)
{
	if (room->sender == NULL)
		return;
	room->look = 1;
	room->stale |= stale;
	room_wake(room->turns);
}

void
cap_out_begin(struct cap_room *room)
{
	const struct config *config = room->gateway->config;

	room->out_fd = -1;
	if (config->cap_sender == NULL || config->cap_sender[0] == '\0')
		return;
	room->sender = strdup(config->cap_sender);
	if (room->sender == NULL)
		fatal("event=out_of_memory");
	if (config->cap_out != NULL && (room->out_fd = open_folder(config->cap_out)) == -1)
		fatal("event=cap_out folder=%s error=%s hint=%s", log_quote(config->cap_out),
			log_quote(strerror(errno)),
			log_quote(
				"make it one that the gateway's account may write in, or take cap_out away"));
}

void
cap_out_end(struct cap_room *room)
{
	shown_free(room);
	if (room->out_fd != -1)
		close(room->out_fd);
	free(room->sender);
}
