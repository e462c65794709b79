/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * net-range: is an address among those that the administrator has named?
 *
 * What it is: pure functions on texts: "192.0.2.7", "10.0.0.0/8", "2001:db8::/32", and "unix" for
 * who comes by a Unix socket. An IPv4 address within IPv6 (::ffff:192.0.2.7) is the IPv4 address.
 * What it is not: a resolver of names.
 */
#ifndef NET_RANGE_H
#define NET_RANGE_H

#include <stdbool.h>

/* Is it an address, a range, or "unix"? */
bool net_range_valid(const char *range);

/* Is the address within it? False when either is none. */
bool net_range_holds(const char *range, const char *address);

#endif
