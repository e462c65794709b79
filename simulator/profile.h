/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * profile.h - what makes one make of modem unlike another: the parts of its behaviour that software
 * trips over.  A modem has a copy, whose members `set` may change one by one.
 */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

#include <stdbool.h>

enum memory { MEMORY_SM, MEMORY_ME, MEMORY_SR, N_MEMORIES };

enum chatter {
	CHATTER_NONE,
	CHATTER_BETWEEN, /* a line of its own before an answer */
	CHATTER_INSIDE,  /* a line inside an answer, before its final result */
};

enum ussd_format {
	USSD_TEXT,   /* in the character set of +CSCS, UTF-8 for GSM */
	USSD_PACKED, /* 7-bit packed, in hexadecimal (Huawei) */
	USSD_GSM,    /* the GSM alphabet's own octets (Telit) */
	USSD_UCS2,   /* UCS-2 in hexadecimal whatever +CSCS says (ZTE, Quectel) */
	USSD_OCTETS, /* 8-bit data in hexadecimal: UTF-8 */
	N_USSD_FORMATS,
};

/* What it writes as <dcs> behind a text. */
enum ussd_dcs {
	USSD_DCS_TRUE,
	USSD_DCS_15,   /* always 15 */
	USSD_DCS_NONE, /* nothing; and it takes no <dcs> either */
	N_USSD_DCS,
};

struct profile {
	const char *name, *maker, *model, *revision;
	const char *iccid; /* the command that tells the ICCID: "+CCID", "+ICCID", "^ICCID" */
	const char *chatter_line;
	unsigned base;        /* number of a memory's first place, 0 or 1 */
	bool me, sr;          /* it has these memories */
	enum memory receives; /* where messages are stored */
	bool cnmi;            /* it takes +CNMI at all */
	bool plain;           /* it takes no command that it may leave out */
	bool text_mode;       /* +CMGF after a restart is 1 */
	bool echo_data;       /* it echoes what is typed at the prompt */
	enum chatter chatter;
	enum ussd_format ussd;
	enum ussd_dcs ussd_dcs;
	bool ussd_bare;  /* without quotes */
	bool ussd_early; /* the result of +CUSD comes after the network's answer */
	bool ussd_deaf;  /* +CUSD=2 does not stop an answer that is on its way */
};

/* The profile of that name, or NULL; a NULL name is the default. */
const struct profile *profile_find(const char *name);

/* Calls `each` for every one. */
void profile_each(void (*each)(void *arg, const struct profile *p), void *arg);

const char *memory_name(enum memory m);

/* The memory of a two-letter name, or -1. */
int memory_find(const char *name);

#endif
