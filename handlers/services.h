/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * services: the services themselves, each in its own file, and the few checks that they share.
 * Only handlers/ includes this; the gateway reads services[] of service.h.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "service.h"

extern const struct service service_complaint;
extern const struct service service_status;
extern const struct service service_help;
extern const struct service service_stop;
extern const struct service service_start;
extern const struct service service_language;
extern const struct service service_callback;

#endif
