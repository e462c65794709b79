/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link.h - the other end of the control socket, for `baraza-sim ctl` and `baraza-sim phone`. */
#ifndef SIM_LINK_H
#define SIM_LINK_H

/* Connects to DIR/control; returns the socket, or -1 after saying why on stderr. */
int link_open(const char *dir);

/* `baraza-sim ctl DIR COMMAND...`: sends one command, prints what comes.  Returns an exit code. */
int link_ctl(const char *dir, int n_words, char **words);

#endif
