/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap: a message of the Common Alerting Protocol, version 1.2 (OASIS, 1 July 2010), in memory.
 *
 * What it is: the elements of the standard's chapter 3.2 as a tree of lists, read by cap_read() and
 * written by cap_write() through one table (cap-schema.h). All strings are UTF-8 without control
 * characters but line feeds and tabs, without blanks at their ends; NULL: the element is not there.
 * What it is not: it knows neither who may send such a message nor what comes of it.
 *
 * A message owns all that hangs on it: cap_free() frees it whole. Who builds one allocates from it.
 */
#ifndef CAP_H
#define CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAP_BYTES_MAX (1024 * 1024) /* of a document */
#define CAP_DEPTH_MAX 24            /* of its elements; CAP's own are 5, a signature's about 8 */
#define CAP_ELEMENTS_MAX 10000      /* of a document */
#define CAP_INFOS_MAX 64
#define CAP_AREAS_MAX 512 /* of all infos */
#define CAP_REFERENCES_MAX 500
#define CAP_REASON_MAX 256 /* bytes of a refusal's words, with NUL */
#define CAP_NAMESPACE "urn:oasis:names:tc:emergency:cap:1.2"

/* Every list's element begins with `next`. */
struct cap_word {
	struct cap_word *next;
	const char *text;
};

struct cap_pair { /* eventCode, parameter, geocode */
	struct cap_pair *next;
	const char *name, *value;
};

struct cap_time {
	const char *text; /* as written: 2026-11-22T14:05:00+02:00 */
	int64_t at;       /* seconds since 1970, UTC */
};

struct cap_point {
	double lat, lon; /* degrees, WGS 84 */
};

struct cap_polygon { /* closed: the last point is the first */
	struct cap_polygon *next;
	size_t count;
	struct cap_point *point;
};

struct cap_circle {
	struct cap_circle *next;
	struct cap_point centre;
	double km;
};

struct cap_reference { /* another message, by what makes it the one that it is */
	struct cap_reference *next;
	const char *sender, *identifier, *sent;
};

struct cap_resource {
	struct cap_resource *next;
	const char *description, *mime_type, *size, *uri, *content, *digest;
};

struct cap_area {
	struct cap_area *next;
	const char *description;
	struct cap_polygon *polygons;
	struct cap_circle *circles;
	struct cap_pair *geocodes;
	const char *altitude, *ceiling;
};

struct cap_info {
	struct cap_info *next;
	const char *language; /* RFC 3066; NULL: en-US */
	struct cap_word *categories;
	const char *event;
	struct cap_word *responses;
	const char *urgency, *severity, *certainty;
	const char *audience;
	struct cap_pair *event_codes;
	struct cap_time effective, onset, expires;
	const char *sender_name, *headline, *description, *instruction, *web, *contact;
	struct cap_pair *parameters;
	struct cap_resource *resources;
	struct cap_area *areas;
};

struct cap_block; /* a piece of memory */
struct _xmlDoc;   /* libxml2's */

struct cap {
	const char *identifier, *sender;
	struct cap_time sent;
	const char *status, *type; /* msgType */
	const char *source, *scope, *restriction, *addresses;
	struct cap_word *codes;
	const char *note;
	struct cap_reference *references;
	const char *incidents;
	struct cap_info *infos;
	bool is_signed;           /* the document holds a signature; who checks it is cap-sign.h */
	struct _xmlDoc *document; /* that it was read from; NULL of one that was built */
	struct cap_block *blocks;
};

/* An empty message. */
struct cap *cap_new(void);
void cap_free(struct cap *cap); /* NULL is safe */

/* Memory that lives as long as the message, zeroed. Never NULL: without memory the program ends. */
void *cap_alloc(struct cap *cap, size_t size);
/* A copy of the text as the standard lets it stand: valid UTF-8, no control character but line feed
 * and tab, no blanks at its ends. NULL for NULL. */
const char *cap_text(struct cap *cap, const char *text);
/* Hang an element behind the last of a list: cap_append(&info->areas, area). */
#define cap_append(list_, element_) cap_append_to((void **)(list_), (element_))
void cap_append_to(void **list, void *element);

/*
 * Read a document. Refused are: one over CAP_BYTES_MAX; one with a DOCTYPE, so that no entity is
 * ever declared or fetched; one nested deeper than CAP_DEPTH_MAX; malformed XML; and whatever the
 * OASIS schema or the words of chapter 3.2 do not allow. Returns the message, or NULL with the
 * reason in words. Nothing is fetched from anywhere.
 */
struct cap *cap_read(const char *bytes, size_t length, char reason[CAP_REASON_MAX])
	__attribute__((warn_unused_result));

/* The document of a message that is complete: UTF-8, owned by the caller. */
char *cap_write(const struct cap *cap) __attribute__((warn_unused_result));

/* The document that a message was read from, as UTF-8 whatever it was in; owned by the caller. */
char *cap_document(const struct cap *cap) __attribute__((warn_unused_result));

/* A time as the standard writes it. Returns 0 and the seconds since 1970, or -1: it is none. */
int cap_time_read(const char *text, int64_t *out) __attribute__((warn_unused_result));

/* A ring of "latitude,longitude", separated by blanks; of the message's memory. NULL: it is none.
 */
struct cap_polygon *cap_polygon_read(struct cap *cap, const char *text)
	__attribute__((warn_unused_result));

#endif
