/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory.h - memory that is there: the simulator is a tool on a developer's machine, and when that
 * has no memory left it says so and ends.  All results are the caller's to free().
 */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include <stddef.h>

void *memory_zeroed(size_t n, size_t size);
void *memory_resized(void *old, size_t size);
char *memory_text(const char *s);
/* At most `len` octets of s, and a NUL. */
char *memory_text_n(const char *s, size_t len);
/* As printf. */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
