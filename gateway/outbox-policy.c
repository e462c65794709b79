/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox-policy.h"

#include <math.h>
#include <stddef.h>

#define MINUTE 60.0
#define HOUR 3600.0
#define DAY 86400.0

enum fault
fault_of(uint16_t cms_error)
{
	static const struct {
		uint16_t first, last;
		enum fault fault;
	} table[] = {
		{ 1, 1, FAULT_NUMBER_FOR_GOOD },   /* unassigned number */
		{ 8, 10, FAULT_LINK },             /* barred by the operator, call barred */
		{ 21, 22, FAULT_NUMBER_NOW },      /* transfer rejected, memory exceeded */
		{ 27, 27, FAULT_NUMBER_NOW },      /* destination out of service */
		{ 28, 28, FAULT_NUMBER_FOR_GOOD }, /* unidentified subscriber */
		{ 29, 29, FAULT_LINK },            /* facility rejected: credit, mostly */
		{ 30, 30, FAULT_NUMBER_FOR_GOOD }, /* unknown subscriber */
		{ 38, 127, FAULT_LINK },           /* network out of order ... interworking */
		{ 128, 255, FAULT_UNCLEAR },       /* TP-FCS */
		{ 300, 499, FAULT_LINK },          /* the equipment, the SIM, no network, no SMSC */
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (cms_error >= table[i].first && cms_error <= table[i].last)
			return table[i].fault;
	return FAULT_UNCLEAR;
}

static double
grow(double first, int times, double most)
{
	double s = first * pow(2, times < 1 ? 0 : times - 1);
	return s < most ? s : most;
}

double
fault_message_rest_s(enum fault fault, int attempts)
{
	switch (fault) {
	case FAULT_NUMBER_NOW:
		return grow(MINUTE, attempts, HOUR);
	case FAULT_UNCLEAR:
		return grow(0.5, attempts, 10 * MINUTE);
	default:
		return 0;
	}
}

double
fault_link_rest_s(enum fault fault, int refusals)
{
	switch (fault) {
	case FAULT_LINK:
		return grow(0.5, refusals, MINUTE);
	case FAULT_UNCLEAR:
		return grow(0.1, refusals, MINUTE);
	default:
		return 0;
	}
}

double
fault_pause_s(int refusals, int limit)
{
	return grow(5 * MINUTE, refusals - limit + 1, HOUR);
}

uint8_t
validity_octet(double seconds)
{
	if (seconds < 0)
		return 173; /* 7 days */
	if (seconds <= 12 * HOUR)
		return (uint8_t)fmax(0, ceil(seconds / (5 * MINUTE)) - 1);
	if (seconds <= DAY)
		return (uint8_t)(143 + ceil((seconds - 12 * HOUR) / (30 * MINUTE)));
	if (seconds <= 30 * DAY)
		return (uint8_t)(166 + ceil(seconds / DAY));
	return (uint8_t)fmin(255, 192 + ceil(seconds / (7 * DAY)));
}
