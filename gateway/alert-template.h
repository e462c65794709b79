/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alert-template: what warnings say, by event and language, from the files of conf/alerts/.
 *
 * What it is: the templates, checked: every blank known, no language missing, no text longer than
 * ALERT_SEGMENTS_MAX SMS with blanks as long as their examples. A file is an event (flood.cfg), or
 * one of five that the gateway itself goes by: `update`, `exercise` and `test` stand around an
 * event's text, which is their {text}; `cancel` and `clear` take its place. What it is not: it
 * writes no alert (alert-compose.h) and asks no database.
 *
 * A text has blanks in braces; a piece in brackets is left out when one of its blanks is empty:
 * "The water rises[ ({level})]." Every text knows
 *	{zones}      where, in the language's own letters where the register has them
 *	{hour}       the local hour at which it was written: networks deliver late
 *	{start}      when the danger begins; empty when it has begun
 *	{until}      when the warning is over
 *	{sender}     who speaks
 *	{city} {emergency}   as the configuration says
 *	{event}      what the event is called in the language
 *	{then}       when what it follows was written: of updates, cancels and all-clears
 *	{after}      an event's own advice for when it is over: of all-clears
 *	{text}       an event's text: of `update`, `exercise` and `test`
 * and the blanks that its file lists.
 */
#ifndef ALERT_TEMPLATE_H
#define ALERT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

#define ALERT_SEGMENTS_MAX 3 /* of one text */
#define ALERT_BLANKS_MAX 8   /* of a template's own */
#define ALERT_TEXT_BYTES 2048
#define ALERT_EXAMPLE_BYTES 200
#define ALERT_NAME_BYTES 32 /* of an event's or a blank's name, with NUL */

struct alert_blank {
	char name[ALERT_NAME_BYTES];
	bool optional; /* its text stands without it */
	bool words;    /* words of a language: each should have its own (level.fr) */
	int max;       /* characters that it may have */
	char example[ALERT_EXAMPLE_BYTES];
};

struct alert_wording {
	char language[8];
	char *name;        /* what the event is called in the middle of a sentence */
	char *also;        /* NULL, or other words for it, separated by commas: of drafts by SMS */
	char *headline;    /* a few words, for CAP and for lists */
	char *text;        /* what the SMS says */
	char *after;       /* NULL: no advice for when it is over */
	char *clear;       /* NULL: its all-clear is clear.cfg's */
	char *reviewed_by; /* the human who has read all of these; NULL: nobody */
};

struct alert_template {
	char event[ALERT_NAME_BYTES];
	char severity[16], urgency[16], certainty[16]; /* words of CAP 1.2; "" of the five */
	char category[16];                             /* of CAP 1.2, "Met" */
	int lasts_h;                                   /* hours from its start to its end */
	bool police;                                   /* only who has that role drafts it */
	size_t blank_count;
	struct alert_blank blank[ALERT_BLANKS_MAX];
	size_t wording_count;
	struct alert_wording wording[CONFIG_LIST_MAX];
};

struct alert_templates; /* immutable once loaded */

/*
 * Load and check all of config->alerts. Returns NULL with errors added (file and line, what to do).
 */
struct alert_templates *alert_templates_load(const struct config *config,
	struct config_errors *errors) __attribute__((warn_unused_result));
void alert_templates_free(struct alert_templates *templates); /* NULL is safe */

/* The template of an event, or one of the five; NULL: there is none. */
const struct alert_template *alert_templates_find(
	const struct alert_templates *templates, const char *event);

/* The i-th of all by name, the five included; NULL past the end. */
const struct alert_template *alert_templates_at(const struct alert_templates *templates, size_t i);

/* Is the name one of the five, of which no alert is drafted by itself? */
bool alert_template_is_frame(const char *name);

/* A template's words in exactly that language, or NULL. */
const struct alert_wording *alert_template_wording(
	const struct alert_template *template, const char *language);

/* What an event is called in the language (in the default one, else its bare name); borrowed. */
const char *alert_event_name(const struct alert_templates *templates, const struct config *config,
	const char *event, const char *language);

#endif
