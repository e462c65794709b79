/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * at.h - the AT commands (ITU-T V.250, 3GPP 27.005 and 27.007).
 *
 * A handler says its lines with modem_say() and returns the result.  Each at-*.c has a table of its
 * own; at.c finds the command in them.
 */
#ifndef SIM_AT_H
#define SIM_AT_H

#include <stdbool.h>

struct modem;

enum at_op { AT_RUN, AT_READ, AT_TEST, AT_SET }; /* AT+X, AT+X?, AT+X=?, AT+X=... */

/* Results of a handler; a positive one below AT_CMS is a +CME ERROR. */
enum {
	AT_OK = 0,
	AT_ERROR = -1,
	AT_BUSY = -2,   /* modem_finish() will be called */
	AT_PROMPT = -3, /* the line now reads a PDU */
	AT_NO_CARRIER = -4,
	AT_CMS = 0x10000, /* AT_CMS + n: +CMS ERROR: n */
};

/* 27.007, 9.2 */
enum {
	CME_NOT_ALLOWED = 3,
	CME_NOT_SUPPORTED = 4,
	CME_NO_SIM = 10,
	CME_PIN = 11,
	CME_PUK = 12,
	CME_SIM_FAILURE = 13,
	CME_WRONG = 16,
	CME_NO_NETWORK = 30,
	CME_UNKNOWN = 100,
};

/* 27.005, 3.2.5 */
enum {
	CMS_NOT_ALLOWED = 302,
	CMS_BAD_PDU = 304,
	CMS_BAD_TEXT = 305,
	CMS_NO_SIM = 310,
	CMS_PIN = 311,
	CMS_SIM_FAILURE = 313,
	CMS_PUK = 316,
	CMS_MEMORY = 320,
	CMS_INDEX = 321,
	CMS_FULL = 322,
	CMS_NO_SMSC = 330,
	CMS_NO_NETWORK = 331,
	CMS_NO_ACK_EXPECTED = 340,
	CMS_UNKNOWN = 500,
};

#define AT_ARGS_MAX 8

/* What follows the `=`: values between commas, unquoted. */
struct at_args {
	int n;
	char *value[AT_ARGS_MAX]; /* into text */
	char text[2048];
};

struct at_command {
	const char *name; /* "+CMGS" */
	int (*run)(struct modem *m, enum at_op op, const struct at_args *args);
	bool needs_card; /* refused while there is no unlocked card */
	bool sms;        /* its errors are +CMS ERRORs */
};

extern const struct at_command at_general[], at_identity[], at_messages[], at_calls[];

/* Does a command line; returns the result. */
int at_line(struct modem *m, char *line);

/* What the prompt asked for has come whole: `data` as typed, without its Ctrl-Z. */
int at_prompt_data(struct modem *m, char *data);

/* A number within min and max, or `absent` where the value is missing or empty; else -1. */
int at_number(const struct at_args *args, int i, int min, int max, int absent);

/* Answers a plain setting: its value, its range, or a new value. */
int at_setting(struct modem *m, enum at_op op, const struct at_args *args, const char *name,
	int *value, int max);

#endif
