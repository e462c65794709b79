/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * control.h - the control socket DIR/control: lines of UTF-8 in, one line out for each (`ok ...` or
 * `error ...`), in order.  What the commands are is in command.c.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <stdbool.h>

struct client; /* one connection */
struct control;
struct sim;

/*
 * Opens the socket; it appears under its name when it already listens.  NULL with errno on failure.
 */
struct control *control_open(struct sim *sim, const char *dir);
void control_close(struct control *c);

/* Whether a simulator already runs in that directory. */
bool control_taken(const char *dir);

/* Answer the command that the client waits for; exactly one of them, once for each. */
void client_done(struct client *c);
void client_ok(struct client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void client_error(struct client *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Answers `ok`, then every event is a line. */
void client_events(struct client *c);

/* Answers with the next message of the phone and takes it (`wait`), or with its absence (`quiet`).
 */
void client_wait(struct client *c, const char *number, unsigned ms, bool takes);

/* Answers `ok`, then every message and note of the phone is a line, untaken ones first and taken.
 */
void client_watch(struct client *c, const char *number);

/* Answers with the phone's next USSD screen, after dialling a code or keying a choice. */
void client_dial(struct client *c, const char *number, const char *code);
void client_keys(struct client *c, const char *number, const char *text);

/* Ends the program once the answer is out. */
void client_quit(struct client *c);

#endif
