/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terminal.h - `baraza-sim phone NUMBER`: a phone whose screen and keys are a terminal, or a pipe.
 */
#ifndef SIM_TERMINAL_H
#define SIM_TERMINAL_H

/*
 * Runs the phone of `number` on the simulator in `dir` until end of input or /quit; then goes on
 * showing what comes for linger_ms.  Returns an exit code.
 */
int terminal_phone(const char *dir, const char *number, unsigned linger_ms);

#endif
