/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash: FNV-1a, 64 bits: buckets of a table, and marks by which it is seen that something was
 * changed.
 *
 * What it is not: no secret is kept by it, and who may choose what is hashed can make two alike; so
 * a table's entries are compared, too.
 */
#ifndef HASH_H
#define HASH_H

#include <stdint.h>

#define HASH_BEGIN UINT64_C(14695981039346656037)

static inline uint64_t
hash_octet(uint64_t hash, unsigned char octet)
{
	return (hash ^ octet) * UINT64_C(1099511628211);
}

/* With its end, so that "ab" and "c" are not "a" and "bc". */
static inline uint64_t
hash_text(uint64_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = hash_octet(hash, (unsigned char)*text);
	return hash_octet(hash, '\0');
}

#endif
