/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db-hosts: the servers that a connection string names, and which of them are left out for now.
 *
 * What it is: libpq's own way from host to host, target_session_attrs included, without those that
 * took a connection and then said nothing: libpq waits for such a one for ever when it may not
 * block. What it is not: an order of its own, or a memory of which server is the primary.
 */
#ifndef DB_HOSTS_H
#define DB_HOSTS_H

#include <libpq-fe.h>

struct db_hosts;

/* conninfo is copied.  Returns NULL when memory is out. */
struct db_hosts *db_hosts_new(const char *conninfo);
void db_hosts_free(struct db_hosts *hosts);

/*
 * Begin a connection (PQconnectStart) to the servers that are not left out.  A connection to a
 * machine that vanished ends by TCP's own means, after a minute when nothing is asked, unless the
 * connection string says otherwise.
 */
PGconn *db_hosts_connect(const struct db_hosts *hosts);

/* Leave out the server at which conn stands, or no more any if it is the last one. */
void db_hosts_leave_out(struct db_hosts *hosts, PGconn *conn);
/* Leave out none. */
void db_hosts_forget(struct db_hosts *hosts);

/* Seconds that a server may take for one step of connecting: connect_timeout, by default 5; 0: any.
 */
int db_hosts_connect_s(PGconn *conn);
/* Milliseconds that a server may take for an answer: tcp_user_timeout, by default 30000; 0: any. */
int db_hosts_patience_ms(PGconn *conn);

#endif
