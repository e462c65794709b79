/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * proc: the processes that the runner starts, and every wait of the runner.
 *
 * What it is: each process in a group of its own, killed with the runner should that be killed;
 * the runner adopts orphans (PR_SET_CHILD_SUBREAPER), so that nothing that it started, however
 * indirectly, outlives it.  All waiting goes through proc_wait_fd(), which also notices that a
 * process ended that must not, and that the user wants to stop.
 * What it is not: what any of the processes is for.
 *
 * One thread; call proc_init() first.
 */
#ifndef RUNNER_PROC_H
#define RUNNER_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proc {
	const char *name; /* for reports */
	bool needed;      /* its end is trouble until proc_stop() or proc_kill() asked for it */
	bool running;
	pid_t pid;
	int status; /* as waitpid() gives it, once running is false again */
	struct proc *next;
};

struct proc_spec {
	const char *const *argv; /* argv[0] is looked for in PATH unless it holds a slash */
	const char *cwd;         /* NULL: the runner's */
	const char *const *env;  /* "NAME=value" set besides the runner's own; NULL: none */
	int out, err;            /* descriptors for its output */
};

/* What proc_wait_fd() and its like return. */
enum { PROC_TIME_UP = 0, PROC_READY = 1, PROC_TROUBLE = -1 };

void proc_init(void);

/*
 * Starts it; the struct must stay where it is until it ended (or proc_end_all()).  Input is
 * /dev/null.  A program that cannot be executed ends with status 127, the reason on err.
 */
void proc_start(struct proc *proc, const struct proc_spec *spec);

/*
 * The same, and waits up to ms until it says READY=1 (sd_notify's protocol).  Returns 0, or -1 when
 * it ended before, is late (it is killed), or on trouble.
 */
int proc_start_ready(struct proc *proc, const struct proc_spec *spec, int64_t ms);

/*
 * Waits until events (poll()'s) happen on fd (-1: on none) or until deadline (of now_ms()).
 * Returns at PROC_READY also when any process ended.
 */
int proc_wait_fd(int fd, short events, int64_t deadline);

/* Waits until the process ended, up to deadline: 0 ended, -1 not. Trouble of others does not stop
 * it. */
int proc_wait_end(struct proc *proc, int64_t deadline);

/* SIGTERM, ms to end by itself, then SIGKILL for its group: 0, or -1 if it had to be killed. */
int proc_stop(struct proc *proc, int64_t ms);

/* kill -9 of this process alone (its children are left to themselves), and waits for its end. */
void proc_kill(struct proc *proc);

/* kill -9 of every child that no struct proc stands for and whose program is called so; waits. */
void proc_kill_orphans(const char *program);

/* kill -9 of everything that is left, orphans included; waits. */
void proc_end_all(void);

/* The signal that asked the runner to stop, or 0. */
int proc_stop_signal(void);

/* Forgets that a needed process ended; a signal to stop is never forgotten. */
void proc_forget_trouble(void);

/* What is wrong, in words, borrowed until the next call; NULL: nothing. */
const char *proc_trouble(void);

/* "exit 3" or "killed by signal 11 (Segmentation fault)"; borrowed until the next call. */
const char *proc_status_text(int status);

/*
 * The process id of the child of parent whose first argument is word, or -1: one look.
 */
pid_t proc_find_child(pid_t parent, const char *word);

#endif
