/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-out: an approved alert as a CAP 1.2 message.
 *
 * What it is: pure C on memory: a row of cap_out_due() becomes a struct cap, in the words that its
 * recipients got: one info a language, one area a zone. An all-clear is an Update whose
 * responseType is AllClear. What it is not: it stores and publishes nothing (cap-publish.c does).
 */
#ifndef CAP_OUT_H
#define CAP_OUT_H

#include <libpq-fe.h>

#include "cap.h"

struct alert_templates;
struct config;

/* The message of a row, from that sender; cap_free() it. Never NULL. */
struct cap *cap_of_alert(const struct config *config, const struct alert_templates *templates,
	const char *sender, const PGresult *rows, int row);

#endif
