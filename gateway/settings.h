/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings: what SQL must know of the configuration.
 *
 * What it is: every option marked as a setting, written into the table `setting` under its name: a
 * list as its strings joined by blanks, a truth as true or false.  "road 5" of a list of days
 * becomes due_days.road = 5 besides; the country is told as country_prefix ("+250").  What it is
 * not: read back; the file alone says what holds.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

struct config;
struct db;

/* The statement that settings_send() needs; for the table of a connection. */
#define SETTINGS_STATEMENT                                \
	{                                                 \
		"settings", "SELECT settings_set($1, $2)" \
	}

/* Queue it as one transaction of its own.  A failure is logged by db; the next start tries again.
 */
void settings_send(struct db *db, const struct config *config);

#endif
