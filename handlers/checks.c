/* SPDX-License-Identifier: GPL-3.0-or-later */
/* checks: verdicts on values that several services take.  See services.h. */
#include "services.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REFERENCE_MIN 4
#define REFERENCE_MAX 8
#define DIGITS "0123456789"

bool
check_reference(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const char alphabet[] = "abcdefghjklmnpqrstuvwxyz23456789";
	char reference[REFERENCE_MAX + 1];
	size_t length = 0;

	(void)written;
	for (const char *p = folded; *p != '\0'; p++) {
		if (*p == ' ')
			continue;
		if (strchr(alphabet, *p) == NULL || length == REFERENCE_MAX)
			return false;
		reference[length++] = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
	}
	if (length < REFERENCE_MIN)
		return false;
	reference[length] = '\0';
	strcpy(out, reference);
	return true;
}

bool
check_choice(const char *const *choices, const char *folded, char out[SERVICE_VALUE_MAX])
{
	bool digit = folded[0] >= '1' && folded[0] <= '9' && folded[1] == '\0';

	for (int i = 0; choices[i] != NULL; i++) {
		if ((digit && folded[0] - '1' == i) || strcmp(folded, choices[i]) == 0) {
			strcpy(out, choices[i]);
			return true;
		}
	}
	return false;
}

bool
check_container(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	char number[CONTAINER_DIGITS_MAX + 1];
	size_t length = 0;

	(void)written;
	for (; *folded != '\0'; folded++) {
		if (*folded == ' ' || (*folded == '0' && length == 0))
			continue;
		if (strspn(folded, DIGITS) == 0 || length == CONTAINER_DIGITS_MAX)
			return false;
		number[length++] = *folded;
	}
	if (length == 0)
		return false;
	number[length] = '\0';
	strcpy(out, number);
	return true;
}

bool
check_zone(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	return strchr(folded, ' ') == NULL && check_container(written, folded, out);
}

void
container_lock(const char *number, char out[SERVICE_LOCK_MAX])
{
	char canonical[SERVICE_VALUE_MAX];

	out[0] = '\0';
	if (check_container("", number, canonical))
		snprintf(out, SERVICE_LOCK_MAX, "container:%.20s", canonical);
}

bool
check_stoppable(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	static const char *const stoppable[] = { "news", "warnings" };

	(void)written;
	for (size_t i = 0; i < sizeof(stoppable) / sizeof(stoppable[0]); i++)
		if (strcmp(folded, stoppable[i]) == 0) {
			strcpy(out, stoppable[i]);
			return true;
		}
	return false;
}

/* The gateway makes it E.164 before it comes here: a plus and digits. */
bool
check_person(const char *written, const char *folded, char out[SERVICE_VALUE_MAX])
{
	size_t digits = written[0] == '+' ? strspn(written + 1, DIGITS) : 0;

	(void)folded;
	if (digits < 7 || digits > 15 || written[1 + digits] != '\0')
		return false;
	strcpy(out, written);
	return true;
}
