/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify.h - tells who started this program that it is ready (systemd's notification protocol). */
#ifndef SIM_NOTIFY_H
#define SIM_NOTIFY_H

/* Sends READY=1 to the datagram socket that $NOTIFY_SOCKET names, if it names one. */
void notify_ready(void);

#endif
