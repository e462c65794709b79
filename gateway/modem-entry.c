/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modem-entry: a modem's own copy of its settings, which outlives the configuration that it came
 * from. */
#include <stdlib.h>
#include <string.h>

#include "modem-internal.h"

enum { ENTRY_NAMED = 11, ENTRY_STRINGS = ENTRY_NAMED + CONFIG_LIST_MAX };

/* Where the strings stand in an entry. */
static void
strings_of(struct config_modem *entry, char **strings[ENTRY_STRINGS])
{
	char **all[ENTRY_NAMED] = { &entry->name, &entry->device, &entry->imei, &entry->usb_port,
		&entry->connection, &entry->model, &entry->pin, &entry->number, &entry->smsc,
		&entry->operator_agreement, &entry->operator_name };

	memcpy(strings, all, sizeof(all));
	for (int i = 0; i < CONFIG_LIST_MAX; i++)
		strings[ENTRY_NAMED + i] = &entry->senders[i];
}

int
entry_copy(struct config_modem *to, const struct config_modem *from)
{
	struct config_modem copy = *from;
	char **strings[ENTRY_STRINGS];
	int failed = 0;

	strings_of(&copy, strings);
	for (int i = 0; i < ENTRY_STRINGS; i++)
		if (*strings[i] != NULL && (*strings[i] = strdup(*strings[i])) == NULL)
			failed = 1;
	if (failed) {
		entry_free(&copy);
		return -1;
	}
	*to = copy;
	return 0;
}

void
entry_free(struct config_modem *entry)
{
	char **strings[ENTRY_STRINGS];

	if (entry->pin != NULL)
		explicit_bzero(entry->pin, strlen(entry->pin));
	strings_of(entry, strings);
	for (int i = 0; i < ENTRY_STRINGS; i++)
		free(*strings[i]);
	memset(entry, 0, sizeof(*entry));
}

static int
differ(const char *a, const char *b)
{
	return (a == NULL) != (b == NULL) || (a != NULL && strcmp(a, b) != 0);
}

int
entry_needs_restart(const struct config_modem *a, const struct config_modem *b)
{
	return differ(a->device, b->device) || differ(a->imei, b->imei) ||
		differ(a->usb_port, b->usb_port) || differ(a->connection, b->connection) ||
		differ(a->model, b->model) || differ(a->pin, b->pin) || differ(a->smsc, b->smsc) ||
		a->storage != b->storage || a->till != b->till ||
		a->skip_pauses != b->skip_pauses || a->call_timeout_s != b->call_timeout_s ||
		a->send_timeout_s != b->send_timeout_s;
}

int
entry_changes_link(const struct config_modem *a, const struct config_modem *b)
{
	return differ(a->number, b->number) || a->per_minute != b->per_minute ||
		a->per_day != b->per_day || a->recipients_per_day != b->recipients_per_day ||
		a->credit_reserve != b->credit_reserve ||
		differ(a->operator_agreement, b->operator_agreement);
}
