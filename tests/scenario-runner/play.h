/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * play: does what a scenario says, with a database, a simulator and a gateway of its own.
 *
 * What each statement does exactly stands in docs/scenarios.md.
 */
#ifndef RUNNER_PLAY_H
#define RUNNER_PLAY_H

struct scenario;
struct stage;

enum play_result { PLAY_OK, PLAY_FAILED, PLAY_INTERRUPTED };

/*
 * Plays it from its first to its last statement, or to the first that fails, and prints one line,
 * ok or FAIL; behind a FAIL the ends of the logs, which are kept whole in test-logs/NAME beside the
 * programs.  number: of the scenario in this invocation.  Nothing that it started is left running.
 */
enum play_result play(struct stage *stage, const struct scenario *scenario, unsigned number);

#endif
