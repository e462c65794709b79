/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cap-room.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "administrator.h"
#include "cap-room-internal.h"
#include "config.h"
#include "gateway.h"
#include "log.h"

static const struct db_statement statements[] = {
	{ "take", CAP_TAKE_SQL },
	CAP_OUT_STATEMENTS,
	{ NULL, NULL },
};

/* --- One document --- */

static char *
copy_of(const PGresult *result, int column)
{
	char *copy = strdup(PQgetvalue(result, 0, column));

	if (copy == NULL)
		fatal("event=out_of_memory");
	return copy;
}

static void
took_cb(PGresult *result, void *arg)
{
	struct cap_job *job = arg;

	if (result == NULL || PQntuples(result) != 1)
		return;
	job->outcome = copy_of(result, 0);
	job->reference = copy_of(result, 1);
	job->words = copy_of(result, 2);
	job->tell = PQgetvalue(result, 0, 3)[0] == 't';
}

static void
job_free(struct cap_job *job)
{
	cap_taking_free(&job->taking);
	if (job->early != NULL)
		event_free(job->early);
	free(job->outcome);
	free(job->reference);
	free(job->words);
	free(job);
}

static void
tell(struct cap_job *job)
{
	char key[64], words[CAP_REASON_MAX + 160];

	snprintf(key, sizeof(key), "cap:%.50s", job->taking.sender);
	snprintf(words, sizeof(words), "CAP message %.60s of %.60s: %s", job->taking.identifier,
		job->taking.sender, job->words);
	administrator_tell(job->room->gateway->administrator, key, 0, words);
}

/* Only now it is taken. */
static void
taken_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct cap_job *job = arg;
	struct db *db = job->room->db;
	enum cap_verdict verdict = CAP_LATER;
	const char *words = "not now: the database is away";

	if (end == DB_COMMITTED && job->outcome != NULL) {
		verdict = strcmp(job->outcome, "known") == 0 ? CAP_KNOWN : CAP_TAKEN;
		words = job->words;
		log_notice("event=cap way=%s sender=%s identifier=%s outcome=%s alert=%s", job->way,
			log_quote(job->taking.sender), log_quote(job->taking.identifier),
			job->outcome, job->reference);
		if (job->tell)
			tell(job);
	} else if (end == DB_FAILED) {
		log_error("event=cap_failed way=%s sender=%s identifier=%s sqlstate=%s", job->way,
			log_quote(job->taking.sender), log_quote(job->taking.identifier), sqlstate);
		if (db_fault_of_data(sqlstate)) {
			verdict = CAP_REFUSED;
			words = "the database does not take it; the log says why";
		}
	}
	TAILQ_REMOVE(&job->room->jobs, job, entry);
	job->told(verdict, words, job->arg);
	job_free(job);
	if (end == DB_FAILED && db_fault_of_session(sqlstate))
		db_reset(db);
}

static void
end_early(struct cap_room *room, struct cap_job *job)
{
	TAILQ_REMOVE(&room->jobs, job, entry);
	job->told(job->early_verdict, job->words, job->arg);
	job_free(job);
}

static void
early_cb(evutil_socket_t fd, short what, void *arg)
{
	struct cap_job *job = arg;

	(void)fd;
	(void)what;
	end_early(job->room, job);
}

/* What cannot begin is told as everything else is: from the loop. */
static void
tell_early(struct cap_job *job, enum cap_verdict verdict, const char *words)
{
	job->early_verdict = verdict;
	job->words = strdup(words);
	job->early = event_new(job->room->gateway->base, -1, 0, early_cb, job);
	if (job->words == NULL || job->early == NULL)
		fatal("event=out_of_memory");
	event_active(job->early, EV_TIMEOUT, 0);
}

static int
send_job(struct cap_job *job)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_text(&params, job->taking.wish);
	db_param_text(&params, job->taking.document);
	db_param_text(&params, job->way);
	if (db_send(job->room->db, "take", &params, took_cb, job) != 0)
		return -1;
	return db_commit(job->room->db, taken_cb, job);
}

void
cap_room_take(struct cap_room *room, const char *bytes, size_t length, const char *way,
	cap_told_cb told, void *arg)
{
	struct cap_job *job = calloc(1, sizeof(*job));
	char reason[CAP_REASON_MAX];

	if (job == NULL)
		fatal("event=out_of_memory");
	*job = (struct cap_job){ .room = room, .way = way, .told = told, .arg = arg };
	TAILQ_INSERT_TAIL(&room->jobs, job, entry);
	if (cap_judge(room->gateway->config, room->gateway->templates, bytes, length, reason,
		    &job->taking) != 0) {
		log_warn("event=cap_refused way=%s reason=%s", way, log_quote(reason));
		tell_early(job, CAP_REFUSED, reason);
	} else if (room->gateway->draining || send_job(job) != 0) {
		tell_early(job, CAP_LATER, "not now: the database is away");
	}
}

/* --- The connection --- */

static void
heard(enum room_news news, const char *channel, void *arg)
{
	struct cap_room *room = arg;

	if (news != ROOM_DOWN)
		cap_out_wake(room, channel == NULL || strcmp(channel, "baraza_alert") != 0);
	if (news == ROOM_UP)
		cap_folder_look(room->folder);
}

static int
is_wanted(const struct config *config)
{
	return config->cap_in != NULL || (config->cap_key != NULL && config->cap_key[0] != '\0') ||
		(config->cap_sender != NULL && config->cap_sender[0] != '\0');
}

struct cap_room *
cap_room_new(struct gateway *gateway)
{
	static const struct room_owner owner = { .name = "cap",
		.first = "LISTEN baraza_alert; LISTEN baraza_cap; LISTEN baraza_clock",
		.statements = statements,
		.turn = cap_out_turn,
		.end = cap_out_ended,
		.heard = heard };
	const struct config *config = gateway->config;
	struct cap_room *room;

	if (!is_wanted(config))
		return NULL;
	room = calloc(1, sizeof(*room));
	if (room == NULL)
		fatal("event=out_of_memory");
	room->gateway = gateway;
	TAILQ_INIT(&room->jobs);
	TAILQ_INIT(&room->postings);
	cap_out_begin(room);
	if (config->cap_in != NULL)
		room->folder = cap_folder_new(room, config->cap_in);
	room->turns = room_new(gateway, &owner, room);
	room->db = room_db(room->turns);
	return room;
}

void
cap_room_start(struct cap_room *room)
{
	if (room != NULL)
		room_start(room->turns);
}

void
cap_room_wake(struct cap_room *room)
{
	if (room != NULL)
		cap_out_wake(room, 1);
}

int
cap_room_idle(const struct cap_room *room)
{
	return room == NULL || (TAILQ_EMPTY(&room->jobs) && room_idle(room->turns));
}

void
cap_room_free(struct cap_room *room)
{
	struct cap_job *job, *next;

	if (room == NULL)
		return;
	cap_http_end(room);
	room_free(room->turns); /* which tells the jobs that they are lost */
	for (job = TAILQ_FIRST(&room->jobs); job != NULL; job = next) {
		next = TAILQ_NEXT(job, entry);
		end_early(room, job);
	}
	cap_folder_free(room->folder);
	cap_out_end(room);
	free(room);
}
