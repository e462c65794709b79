/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert-events: what SQL knows of the templates of warnings: which events there are, how they are
 * called in each language, and how an alert of one begins (sql/functions/desk.sql). An officer's
 * SMS and a gauge are drafted there.
 */
#ifndef ALERT_EVENTS_H
#define ALERT_EVENTS_H

#include "alert-template.h"
#include "db.h"

#define ALERT_EVENTS_STATEMENT                                                 \
	{                                                                      \
		"alert_events",                                                \
			"SELECT alert_events_set($1, $2, $3, $4, $5, $6, $7, " \
			"$8, $9)"                                              \
	}

/* Tell it, in a transaction of its own. */
void alert_events_send(struct db *db, const struct alert_templates *templates);

#endif
