/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pattern: a statement's PCRE2 pattern, in UTF-8 with Unicode's classes (\w and \b know é and ع).
 */
#ifndef RUNNER_PATTERN_H
#define RUNNER_PATTERN_H

struct pattern;
struct vars;

/*
 * flags: REGEX_* of scenario.h.  Returns NULL with *error, the caller's to free, telling what is
 * wrong and after how many bytes.
 */
struct pattern *pattern_new(const char *regex, unsigned flags, char **error);
void pattern_free(struct pattern *pattern);

/*
 * 1 when the pattern is found in subject (invalid UTF-8 in it matches nothing, the rest does),
 * 0 when not, -1 when the match needs more work than PCRE2's limits allow.  On 1 the named groups
 * that took part become variables; vars may be NULL.
 */
int pattern_match(const struct pattern *pattern, const char *subject, struct vars *vars);

#endif
