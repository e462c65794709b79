/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send.h - AT commands that send and write short messages (27.005, 3.5 and 4.3). */
#ifndef SIM_SEND_H
#define SIM_SEND_H

#include "at.h"

int send_cmgs(struct modem *m, enum at_op op, const struct at_args *args);
int send_cmgw(struct modem *m, enum at_op op, const struct at_args *args);
int send_cmss(struct modem *m, enum at_op op, const struct at_args *args);

#endif
