/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Statements about processes: the gateway, its settings, its workers, the database. */
#include "play-internal.h"

#include "scenario.h"
#include "settings.h"
#include "stage.h"
#include "util.h"

static int
start_gateway(struct play *play)
{
	const struct stage *stage = play->stage;
	const char *const env[] = { stage->path, NULL };

	settings_write(play->settings, play->config);
	return gateway_start(&play->gateway, stage->gateway_program, play->config, play->dir, env,
		play->gateway_log);
}

int
play_need_gateway(struct play *play)
{
	enum gateway_state state = play->gateway.state;

	if (state == GATEWAY_UP || state == GATEWAY_KILLED || start_gateway(play) == 0)
		return 0;
	return play_failed(play, xstrdup("a gateway that starts"),
		xstrdup(proc_status_text(play->gateway.proc.status)));
}

void
play_offer_gateway(struct play *play, const struct stmt *stmt)
{
	size_t at = (size_t)(stmt - play->scenario->stmts);

	settings_write(play->settings, play->config);
	if (play->gateway.state == GATEWAY_NEW && at >= play->last_config)
		start_gateway(play);
}

int
play_kill(struct play *play, const struct stmt *stmt)
{
	if (play_need_gateway(play) == -1)
		return -1;
	switch (stmt->target) {
	case TARGET_GATEWAY:
		gateway_kill(&play->gateway);
		return 0;
	case TARGET_DATABASE:
		cluster_kill(&play->stage->cluster);
		return 0;
	case TARGET_WORKER:
		break;
	}
	if (gateway_kill_worker(&play->gateway, stmt->modem, RETRY_MS) == 0)
		return 0;
	return play_failed(play, xformat("a worker for %s", stmt->modem), xstrdup("none"));
}

int
play_start(struct play *play, const struct stmt *stmt)
{
	if (stmt->target == TARGET_DATABASE) {
		if (cluster_restart(&play->stage->cluster) == 0)
			return 0;
		return play_failed(play, xstrdup("PostgreSQL to start"), xstrdup("see its log"));
	}
	if (play->gateway.state == GATEWAY_KILLED)
		play->gateway.state = GATEWAY_NEW;
	return play_need_gateway(play);
}

int
play_config(struct play *play, const struct stmt *stmt)
{
	char *error = NULL;

	if (play->gateway.state != GATEWAY_NEW)
		return play_failed(
			play, xstrdup("config before the gateway starts"), xstrdup("one after it"));
	if (settings_set(play->settings, stmt->text, stmt->value, &error) == 0)
		return 0;
	return play_failed(play, xstrdup("a setting and its value"), error);
}
