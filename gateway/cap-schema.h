/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-schema: what stands in a CAP 1.2 document and where in memory: one table for who reads and
 * who writes.
 */
#ifndef CAP_SCHEMA_H
#define CAP_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

enum cap_kind {
	CAP_TEXT,       /* const char * */
	CAP_NAME,       /* the same, not empty, without blanks, commas, < and & */
	CAP_FILLED,     /* the same, not empty */
	CAP_WORD,       /* the same, one of choices */
	CAP_LANGUAGE,   /* the same, as xs:language */
	CAP_NUMBER,     /* the same, as xs:decimal */
	CAP_INTEGER,    /* the same, as xs:integer */
	CAP_TIME,       /* struct cap_time */
	CAP_REFERENCES, /* struct cap_reference *, all of them in one element */
	CAP_POLYGON,    /* struct cap_polygon */
	CAP_CIRCLE,     /* struct cap_circle */
	CAP_GROUP,      /* a struct with elements of its own */
};

struct cap_element {
	const char *name;
	enum cap_kind kind;
	bool required, many;
	size_t offset;                      /* in the struct that it belongs to */
	const char *choices;                /* of a CAP_WORD: "Actual|Test" */
	const struct cap_element *children; /* of a CAP_GROUP; ends with name NULL */
	size_t size;                        /* of a CAP_GROUP's struct */
};

/* Those of <alert>, in their order; ends with name NULL. Offsets are in struct cap. */
extern const struct cap_element cap_elements[];

#endif
