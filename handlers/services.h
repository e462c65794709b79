/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * services: the services themselves, each in its own file, and the few checks that they share.
 * Only handlers/ includes this; the gateway reads services[] of service.h.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "service.h"

extern const struct service service_complaint;
extern const struct service service_skip;
extern const struct service service_correct;
extern const struct service service_facts;
extern const struct service service_crew;
extern const struct service service_taken;
extern const struct service service_desk;
extern const struct service service_gauge;
extern const struct service service_sos;
extern const struct service service_alert;
extern const struct service service_info;
extern const struct service service_shelter;
extern const struct service service_observation;
extern const struct service service_pickup;
extern const struct service service_confirm;
extern const struct service service_payment;
extern const struct service service_receipt;
extern const struct service service_tax;
extern const struct service service_number;
extern const struct service service_notme;
extern const struct service service_question;
extern const struct service service_status;
extern const struct service service_help;
extern const struct service service_stop;
extern const struct service service_start;
extern const struct service service_language;
extern const struct service service_data;
extern const struct service service_erase;
extern const struct service service_callback;

/* --- checks.c: verdicts on values, as service_field.check ------------------------------------- */

#define CONTAINER_DIGITS_MAX 9

/*
 * A reference is 4 to 8 of A-Z and 2-9 without O and I (0 and 1 look like them), in any case,
 * perhaps written in groups ("4F 2K7").
 */
bool check_reference(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/* One of the choices by its word, or by its number as counted from 1. */
bool check_choice(const char *const *choices, const char *folded, char out[SERVICE_VALUE_MAX]);

/* A container's number: digits, perhaps in groups, without leading zeros. */
bool check_container(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/* A zone's number in the register, as menus' lists have it. */
bool check_zone(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/* The kinds of a skip and the categories of a complaint, by their words or the numbers that the
 * stickers and questions give them.  skip.c, complaint.c */
bool check_kind(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);
bool check_category(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/* The lock key of a container's ticket, or "" when the number is none. */
void container_lock(const char *number, char out[SERVICE_LOCK_MAX]);

/* What STOP and START may name: news, warnings. */
bool check_stoppable(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/*
 * A bill's or taxpayer's reference: letters, digits (one at least) and blanks, points, dashes or
 * slashes between them, in capitals. A transaction is the same in one word. A code is 4 to 8
 * digits.  tax.c
 */
bool check_tax_reference(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);
bool check_transaction(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);
bool check_tax_code(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

/* A person's number in E.164. */
bool check_person(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);

#endif
