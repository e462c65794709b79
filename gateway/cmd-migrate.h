/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-migrate: what another command asks about migrations.
 */
#ifndef CMD_MIGRATE_H
#define CMD_MIGRATE_H

#include <libpq-fe.h>

/*
 * How many migrations this program has that the database has not, checking that those applied are
 * unchanged. Sets *version to the last applied, 0 for none. Returns -1 after telling what is wrong.
 */
int cmd_migrate_pending(PGconn *db, int *version) __attribute__((warn_unused_result));

#endif
