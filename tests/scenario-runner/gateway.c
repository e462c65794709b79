/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway.h"

#include <signal.h>
#include <stddef.h>
#include <sys/wait.h>

#include "util.h"

enum { START_MS = 20000, STOP_MS = 5000, LOOK_MS = 20 };

int
gateway_start(struct gateway *gateway, const char *program, const char *config, const char *cwd,
	const char *const *env, int log)
{
	const char *const argv[] = { program, "run", "-c", config, NULL };
	const struct proc_spec spec = {
		.argv = argv, .cwd = cwd, .env = env, .out = log, .err = log
	};

	gateway->proc.name = "gateway";
	gateway->proc.needed = true;
	if (proc_start_ready(&gateway->proc, &spec, START_MS) == -1) {
		gateway->state = GATEWAY_FAILED;
		return -1;
	}
	gateway->state = GATEWAY_UP;
	return 0;
}

void
gateway_kill(struct gateway *gateway)
{
	proc_kill(&gateway->proc);
	gateway->state = GATEWAY_KILLED;
}

int
gateway_stop(struct gateway *gateway)
{
	int status;

	if (gateway->state != GATEWAY_UP || !gateway->proc.running)
		return 0;
	if (proc_stop(&gateway->proc, STOP_MS) == -1)
		return 1;
	status = gateway->proc.status;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

int
gateway_kill_worker(struct gateway *gateway, const char *modem, int64_t ms)
{
	int64_t deadline = now_ms() + ms;
	pid_t pid;

	while ((pid = proc_find_child(gateway->proc.pid, modem)) == -1) {
		int64_t next = now_ms() + LOOK_MS;

		if (now_ms() >= deadline || proc_wait_fd(-1, 0, next) == PROC_TROUBLE)
			return -1;
	}
	return kill(pid, SIGKILL);
}
