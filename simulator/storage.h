/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storage.h - a message memory of a SIM or a modem (SM, ME, SR; 27.005, 3.2.2): numbered places,
 * each free or holding one PDU as hexadecimal text.
 *
 * Places count from 0 here; what a modem shows is its own affair.  Every operation but a listing
 * costs the same however much is stored (the lowest free place is found by a bitmap).
 */
#ifndef SIM_STORAGE_H
#define SIM_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 27.005, <stat> in PDU mode */
enum place_status { REC_UNREAD, REC_READ, STO_UNSENT, STO_SENT };

struct place {
	char *hex;         /* NULL: free */
	unsigned tpdu_len; /* what +CMGL tells: octets without the SMSC's address */
	enum place_status status;
	bool stuck; /* cannot be deleted (a fault) */
};

struct storage {
	struct place *places;
	uint64_t *taken; /* one bit a place */
	unsigned size, used;
	unsigned hint; /* no word of `taken` before this one has a free place */
};

void storage_init(struct storage *s, unsigned size);
void storage_free(struct storage *s);

/* Gives it another size; what lies beyond is lost. */
void storage_resize(struct storage *s, unsigned size);

/* Puts a message on the lowest free place (hex is copied); returns the place, or -1 when full. */
int storage_put(struct storage *s, const char *hex, unsigned tpdu_len, enum place_status status);

/* The place if it holds a message, else NULL. */
struct place *storage_get(struct storage *s, unsigned at);

/* 0, or -1 if the place is free, stuck or none. */
int storage_delete(struct storage *s, unsigned at);

#endif
