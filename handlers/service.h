/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * service: the contract between the gateway and a service. A service is a form: a short list of
 * fields, filled by an SMS, by one question, or by a USSD menu's screens; when it is complete, one
 * SQL function does all of its work and answers with an outcome, which the gateway speaks.
 *
 * A service
 *	MUST be one const struct service in handlers/<name>.c, listed once in handlers/services.c;
 *	MUST name its SQL function `service_<name>(message bigint, contact bigint, fields jsonb)
 *	     RETURNS text[]`, whose array is the outcome followed by name, value pairs for the text,
 *	     and which does all of its work in the caller's transaction;
 *	MUST have for each outcome a text `<name>_<outcome>` in every required language, using only
 *	     the outcome's listed values as placeholders. An outcome that is not listed is one about
 *	     which nothing is said;
 *	MUST give in check() a verdict on values from outside: nothing reaches SQL unchecked;
 *	MAY NOT block, sleep, do I/O, keep state between messages, or allocate memory;
 *	MAY NOT log or echo a citizen's words or number;
 *	MAY NOT tell a stranger anything about another person's report.
 *
 * The JSON of fields holds the known values by their names; and
 *	`answer`    the id of the message that answered, when `message` is the one asked back;
 *	`restated`  in its stead, when that one says all of it again;
 *	`final`     true when no question may be asked any more: file what there is.
 * Without `final`, SQL may itself ask one question: it calls session_ask() and answers with the
 * outcome whose text asks it and the pair `ask`, field. A field that is never asked and has no
 * patterns carries what was offered from the question to its answer.
 *
 * Among the values of an outcome, `recipient` is for no text: the id of the contact to answer, when
 * it is another. What is to be said to anyone else, or later, SQL leaves as a notice_add().
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#define SERVICE_FIELDS_MAX 8
#define SERVICE_VALUE_MAX 512 /* bytes of a field's value with NUL */
#define SERVICE_LOCK_MAX 128  /* bytes of all lock keys of a form with NUL */

/* The values of a form: value[i] belongs to service->fields[i]; "" is missing. */
struct form_values {
	char value[SERVICE_FIELDS_MAX][SERVICE_VALUE_MAX];
};

struct service_field {
	const char *name;     /* "place": also the named group in patterns */
	bool required;        /* a form without it is incomplete */
	bool asked;           /* may be the one question */
	const char *question; /* key of the text that asks it; NULL when never asked */
	/*
	 * Take an answer (or a pattern's group), UTF-8 as written and folded (text_fold); write the
	 * canonical value. Returns true, or false when it is not a value of this field. NULL: any
	 * text that is not blank, as written, trimmed.
	 */
	bool (*check)(const char *written, const char *folded, char out[SERVICE_VALUE_MAX]);
};

struct service_outcome {
	const char *name;         /* "created" */
	const char *placeholders; /* names its text may use, blank-separated: "reference category
				     place" */
};

/* Who may be understood to mean it; to others it does not exist. */
enum service_who {
	WHO_ANYONE,
	WHO_CREW,    /* the sender's number is a crew's */
	WHO_ASKED,   /* "is it fixed?" is an open question to the sender */
	WHO_FILED,   /* has just filed a report, and was asked nothing since */
	WHO_OFFICER, /* the sender's number is an officer's (of alerts) */
	WHO_GAUGE,   /* it is the phone of a gauge */
	WHO_COUNT
};

struct service {
	const char *name;
	enum service_who who;
	const struct service_field
		*fields; /* ends with name NULL; NULL for a service without fields */
	const struct service_outcome *outcomes; /* ends with name NULL */
	/* What else is said in its name, by the whole of the text's key: its notices, the names of
	 * its values ("kind_full"). Ends with name NULL; may be NULL. */
	const struct service_outcome *texts;
	bool files; /* an unanswered question still runs it (a ticket marked incomplete) */
	bool before_question; /* is heard even while a question is open: stop, help, language,
				 status */
	/* A call for help: answered before everything else, also to whoever has sent too much; what
	 * was asked of her gives way to it; and while hers is open, what else she writes belongs to
	 * it. */
	bool emergency;
	/* May this not wait? Then it is heard from whoever has sent too much, too. May be NULL. */
	bool (*urgent)(const struct form_values *values);
	/* Is this all that is to be known, whatever else is missing? Then nothing is asked. May be
	 * NULL. */
	bool (*enough)(const struct form_values *values);
	/* The lock keys of a complete form, separated by blanks ("container:147"), or "" for none.
	 * May be NULL. */
	void (*lock_key)(const struct form_values *values, char out[SERVICE_LOCK_MAX]);
};

extern const struct service *const services[]; /* ends with NULL */

/* The service of that name, or NULL. */
const struct service *service_find(const char *name);

/* Index of a field by its name, or -1. */
int service_field_index(const struct service *service, const char *name);

/* What complaints are about, in words of English; ends with NULL. Departments answer for them. */
extern const char *const complaint_categories[];

#endif
