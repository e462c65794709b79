/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * register: the city's own tables (containers, places, zones, departments, crews, holidays,
 * taxpayers, bills, officers, recipients, gauges, shelters) and operators' statements as files.
 *
 * What it is: which columns each register has and what may stand in them; a reading of a whole file
 * into rows as PostgreSQL's COPY takes them, each fault with its line. What it is not: it knows no
 * database. What only the other rows or the database can tell (names that are not there, rows that
 * come twice) is checked by sql/functions/70-, 72- and 82-*registers.sql.
 */
#ifndef REGISTER_H
#define REGISTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "config.h"

#define REGISTER_NAMES                                                                           \
	"containers, places, zones, departments, crews, holidays, taxpayers, bills, statement, " \
	"officers, recipients, gauges, shelters"
#define REGISTER_COLUMNS_MAX 8
#define REGISTER_TEXT_MAX 200      /* bytes of a name */
#define REGISTER_ITEMS_MAX 64      /* of a list */
#define REGISTER_LIST_MAX 4000     /* bytes of a list */
#define REGISTER_OUTLINE_MAX 12000 /* bytes of a zone's outline */
#define REGISTER_POINTS_MAX 1000   /* of an outline; the value is two bytes a point longer */
#define REGISTER_VALUE_MAX 16384   /* bytes of a value as COPY takes it, with NUL */

enum register_type {
	REGISTER_TEXT,
	REGISTER_TEXTS,    /* a|b|c */
	REGISTER_CATEGORY, /* of complaints; a list too */
	REGISTER_WORD,     /* a place's kind: a-z 0-9 - _ */
	REGISTER_NUMBER,   /* 1 to 2147483647 */
	REGISTER_LATITUDE, /* WGS 84, degrees, decimal */
	REGISTER_LONGITUDE,
	REGISTER_PHONE,
	REGISTER_PHONES,   /* a|b|c */
	REGISTER_LANGUAGE, /* of the configuration's */
	REGISTER_PIN,      /* 4 to 8 digits; told to no one */
	REGISTER_DATE,     /* ISO 8601 */
	REGISTER_DAY,      /* the same; a time may stand behind it */
	REGISTER_CURRENCY, /* ISO 4217, or a word for one; empty: the city's */
	REGISTER_MONEY,    /* of its row's currency, not negative; read into the minor unit */
	REGISTER_PAID,     /* the same, more than nothing */
	REGISTER_PAYER,    /* a phone, else as the operator writes it */
	REGISTER_LOGIN,    /* an account's name */
	REGISTER_ROLES,    /* of officers; a list, separated by blanks or | */
	REGISTER_LIST,     /* a list's kind */
	REGISTER_EVENT,    /* an alert's template: a-z 0-9 - _; empty: flood */
	REGISTER_UNIT,     /* a few letters; empty: m */
	REGISTER_LEVEL,    /* a decimal, below nothing too */
	REGISTER_COUNT,    /* 0 to 2147483647 */
	REGISTER_YES,      /* yes or no; empty: yes */
	REGISTER_OUTLINE,  /* "lat,long lat,long ..." as CAP 1.2 writes polygons, or none */
};

struct register_column {
	const char *name; /* in the file's header, and in import_row */
	enum register_type type;
	bool required;
};

struct city_register {
	const char *name;
	const char *optional; /* a column that a file may lack, as if it were empty; NULL: none */
	struct register_column column[REGISTER_COLUMNS_MAX + 1]; /* ends with name NULL */
};

/* The register of that name, or NULL. `payments`, as statements are exported, is one. */
const struct city_register *register_find(const char *name);

/*
 * Check one cell. currency is its row's, for money alone: NULL when that is none, and then money is
 * not looked at and comes out as empty. Returns 0 with the value as a COPY column's text takes it,
 * not yet escaped, 1 when the cell is empty (NULL), or -1 with what is wrong and what to do.
 */
int register_cell(const struct register_column *column, const struct config *config,
	const char *currency, const char *cell, char out[REGISTER_VALUE_MAX])
	__attribute__((warn_unused_result));

/*
 * How a file names the register's columns that has other names for them: by the place of a column
 * in the register. What is NULL is called as the register calls it. All owned.
 */
struct register_map {
	bool given;                         /* then the file's other columns are passed over */
	char *header[REGISTER_COLUMNS_MAX]; /* the file's name */
	char *value[REGISTER_COLUMNS_MAX];  /* not in the file: this in each row */
};

/*
 * Take "column=name,column=name", or with constant set "column=value,...", or a file of lines
 * "column = name" and "column := value", in which # begins a comment. Returns 0, or -1 with what is
 * wrong in wrong.
 */
#define REGISTER_WRONG_MAX 400
int register_map_words(struct register_map *map, const struct city_register *what,
	const char *words, bool constant, char wrong[REGISTER_WRONG_MAX])
	__attribute__((warn_unused_result));
int register_map_file(struct register_map *map, const struct city_register *what, const char *path,
	char wrong[REGISTER_WRONG_MAX]) __attribute__((warn_unused_result));
void register_map_free(struct register_map *map);

/* What is wrong with a file, in any order until it is sorted. */
struct register_fault {
	unsigned line;
	const char *column; /* NULL: the row, not one of its cells; borrowed from the register */
	char *text;
};
struct register_faults {
	size_t count, size;
	struct register_fault *fault;
};

/* Says so and ends the program. */
void register_out_of_memory(void) __attribute__((noreturn));

/* Ends the program when memory is out: half a list of faults would be a lie. */
void register_fault_add(struct register_faults *faults, unsigned line, const char *column,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* By line. Returns how many rows they are of. */
size_t register_faults_sort(struct register_faults *faults);
void register_faults_free(struct register_faults *faults);

/* A reading of a file: what comes in and where it goes. All borrowed. */
struct register_reading {
	const struct city_register *what;
	const struct config *config;
	const struct register_map *map;
	FILE *in;
	struct register_faults *faults;
	/* Rows in COPY's text format, columns in the register's order behind the line. 0, or -1 to
	 * end. */
	int (*put)(void *arg, const char *rows, size_t length);
	/* Called now and then. */
	void (*progress)(void *arg, unsigned long rows);
	void *arg;
};

/*
 * Read the whole file. Rows with faults are put too, with NULL for what is faulty, so that other
 * rows may name them. Returns the number of rows, or -1: the file cannot be read (errno), or put()
 * failed (errno 0). A header that is none is a fault, and no row is read.
 */
long register_read(const struct register_reading *reading) __attribute__((warn_unused_result));

#endif
