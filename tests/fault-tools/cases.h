/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases: the bad inputs, one file a kind; each returns an exit status.  arguments: what follows the
 * case's name on the command line.
 */
#ifndef CASES_H
#define CASES_H

int bad_database(int argc, char **argv);
int bad_desks(int argc, char **argv);
int bad_flood(int argc, char **argv);
int bad_fuzz(int argc, char **argv);
int bad_lines(int argc, char **argv);
int bad_numbers(int argc, char **argv);
int bad_parts(int argc, char **argv);
int bad_pdus(int argc, char **argv);
int bad_replies(int argc, char **argv);
int bad_sims(int argc, char **argv);
int bad_storage(int argc, char **argv);
int bad_texts(int argc, char **argv);

#endif
