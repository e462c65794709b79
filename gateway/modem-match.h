/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modem-match: how well a device fits a modem's entry.
 *
 * What it is: one pure function.  Known again by IMEI, then by USB port; what the administrator
 * wrote counts more than what was learnt, and what contradicts it never fits.
 */
#ifndef MODEM_MATCH_H
#define MODEM_MATCH_H

/* An entry.  Strings are never NULL, "" is unknown. */
struct match_entry {
	const char *written_imei, *written_port; /* in the configuration */
	const char *imei, *port, *iccid;         /* learnt at earlier meetings */
	int imei_shared;  /* other entries are known by the same IMEI: it tells little */
	int names_device; /* the configuration names a device, whichever */
};

/* A device.  identified: a worker asked it, and imei and iccid are its answers. */
struct match_device {
	int identified;
	const char *imei, *port, *iccid;
	int named; /* it is the very device that the entry names */
};

/* An entry of which nothing is known takes whom nobody else fits: the least of all scores. */
#define MATCH_NEWCOMER 1

/* Greater is better; 0: it does not fit. */
int match_score(const struct match_entry *entry, const struct match_device *device);

#endif
