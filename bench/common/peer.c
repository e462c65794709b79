/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/common/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

#define GAMMU "/usr/bin/gammu-smsd"
#define GAMMU_SCHEMA "/usr/share/doc/gammu-smsd/examples/pgsql.sql"
#define GAMMU_DATABASE "gammu"
#define SMSTOOLS "/usr/sbin/smsd"

enum { STOP_MS = 10000 };

const char *
peer_name(enum peer_kind kind)
{
	return kind == PEER_GAMMU ? "gammu-smsd, PostgreSQL" : "smstools3, files";
}

const char *
peer_missing(enum peer_kind kind)
{
	if (kind == PEER_SMSTOOLS)
		return access(SMSTOOLS, X_OK) == 0 ? NULL : "not installed (apt install smstools)";
	if (access(GAMMU, X_OK) != 0)
		return "not installed (apt install gammu-smsd)";
	return access(GAMMU_SCHEMA, R_OK) == 0 ? NULL : "its " GAMMU_SCHEMA " is not here";
}

static void
put_file(const char *path, char *text)
{
	if (text == NULL || write_file(path, text, strlen(text)) == -1)
		die("%s: %s", path, strerror(errno));
	free(text);
}

static void
launch(struct peer *peer, const char *const *argv)
{
	const struct proc_spec spec = {
		.argv = argv, .cwd = peer->dir, .out = peer->field->log, .err = peer->field->log
	};

	peer->proc.needed = true;
	proc_start(&peer->proc, &spec);
}

/* LoopSleep 0 and no other looks: it asks the modem and the database again at once. */
static void
start_gammu(struct peer *peer)
{
	const struct stage *stage = peer->field->stage;
	char *conninfo = cluster_conninfo(&stage->cluster, GAMMU_DATABASE);
	char *config = xformat("%s/smsdrc", peer->dir);
	const char *const schema[] = { STAGE_PG_BIN "/psql", "-Xq", "-f", GAMMU_SCHEMA, conninfo,
		NULL };
	const char *const argv[] = { GAMMU, "-c", config, NULL };

	cluster_drop(&stage->cluster, GAMMU_DATABASE);
	cluster_create(&stage->cluster, GAMMU_DATABASE, NULL);
	free(bench_run(stage, schema));
	put_file(config,
		xformat("[gammu]\ndevice = %s\nconnection = at\n"
			"[smsd]\nservice = sql\ndriver = native_pgsql\nhost = %s/socket\nuser = baraza\n"
			"database = " GAMMU_DATABASE "\nlogfile = %s/log\ndebuglevel = 0\n"
			"loopsleep = 0\nreceivefrequency = 0\nstatusfrequency = 0\nresetfrequency = 0\n"
			"checksecurity = 0\ncheckbattery = 0\nchecksignal = 0\nchecknetwork = 0\n"
			"deliveryreport = no\n",
			peer->device, stage->cluster_dir, peer->dir));
	launch(peer, argv);
	free(config);
	free(conninfo);
}

static void
start_smstools(struct peer *peer)
{
	static const char *const folders[] = { "outgoing", "checked", "failed", "incoming",
		"sent" };
	char *config = xformat("%s/smsd.conf", peer->dir), *lines = xstrdup("");
	const char *const argv[] = { SMSTOOLS, "-t", "-c", config, NULL };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *folder = xformat("%s/%s", peer->dir, folders[i]);
		char *more = xformat("%s%s = %s\n", lines, folders[i], folder);

		if (mkdir(folder, 0700) == -1)
			die("%s: %s", folder, strerror(errno));
		free(folder);
		free(lines);
		lines = more;
	}
	put_file(config,
		xformat("devices = GSM1\n%slogfile = %s/log\ninfofile = %s/info\npidfile = %s/pid\n"
			"loglevel = 3\ndelaytime = 1\nreceive_before_send = no\nautosplit = 3\n"
			"[GSM1]\ndevice = %s\nincoming = yes\nreport = no\nbaudrate = 115200\n",
			lines, peer->dir, peer->dir, peer->dir, peer->device));
	launch(peer, argv);
	free(lines);
	free(config);
}

void
peer_start(struct peer *peer, enum peer_kind kind, struct field *field, unsigned modem)
{
	*peer = (struct peer){ .kind = kind, .field = field };
	peer->proc.name = peer_name(kind);
	peer->dir = xformat("%s/peer%u", field->dir, modem);
	peer->device = xformat("%s/sim/dev/ttySIM%u", field->dir, modem - 1);
	if (mkdir(peer->dir, 0700) == -1)
		die("%s: %s", peer->dir, strerror(errno));
	if (kind == PEER_GAMMU)
		start_gammu(peer);
	else
		start_smstools(peer);
}

void
peer_stop(struct peer *peer)
{
	proc_stop(&peer->proc, STOP_MS);
	if (peer->kind == PEER_GAMMU)
		cluster_drop(&peer->field->stage->cluster, GAMMU_DATABASE);
	remove_tree(peer->dir);
	free(peer->device);
	free(peer->dir);
}

void
peer_queue(struct peer *peer, unsigned count, const char *text)
{
	if (peer->kind == PEER_GAMMU) {
		bench_sql(peer->field->stage, GAMMU_DATABASE,
			"INSERT INTO public.outbox (\"DestinationNumber\", \"TextDecoded\", \"CreatorID\", "
			"\"Coding\") SELECT '+25078800' || lpad(n::text, 7, '0'), '%s', 'bench', "
			"'Default_No_Compression' FROM generate_series(1, %u) AS n",
			text, count);
		return;
	}
	for (unsigned i = 1; i <= count; i++) {
		char *made = xformat("%s/m%u", peer->dir, i);
		char *path = xformat("%s/outgoing/m%u", peer->dir, i);

		put_file(made, xformat("To: 25078800%07u\n\n%s\n", i, text));
		if (rename(made, path) == -1)
			die("%s: %s", path, strerror(errno));
		free(path);
		free(made);
	}
}
