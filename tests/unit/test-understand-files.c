/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of words: what is wrong with them is told.
 */
#include "understand-help.h"

/* The file is refused, with one error that holds the words. */
static void
check_refused(const char *name, const char *contents, const char *words)
{
	char folder[64];
	struct config_errors errors = { 0 };
	struct config config;
	struct vocabulary *v;

	make_folder(folder, name, contents);
	config = make_config(folder);
	v = vocabulary_load(&config, &errors);
	CHECK(v == NULL);
	CHECK(errors.count > 0);
	if (errors.count > 0 &&
		(strstr(errors.text[0], words) == NULL ||
			strstr(errors.text[0], ".cfg:") == NULL)) {
		printf("  %s\n", errors.text[0]);
		CHECK_STR("another error", words);
	}
	config_errors_free(&errors);
	vocabulary_free(v);
	remove_folder(folder);
}

TEST(faults_in_files_are_told)
{
	check_refused("help", "patterns = ( { match = \"(\"; } );", "the pattern is wrong");
	check_refused("help", "patterns = ( { match = \"(?<nothing>x)\"; } );", "no field of help");
	check_refused("help", "patterns = ( { words = [\"a\"]; } );", "a pattern is");
	check_refused("help", "alone = { en = \"help\"; };", "must be a list");
	check_refused("help", "alone = [ \"\" ];", "empty keyword");
	check_refused("help", "alone = [ \"!!!\" ];", "no word");
	check_refused("help", "alone = [ \"a b c d e f g\" ];", "more than 6 words");
	check_refused("help", "words = [ \"a\" ];", "not known here");
	check_refused("help", "fields = ( { name = \"place\"; } );", "no field");
	check_refused("common", "en = { adverbs = [ \"very\" ]; };", "no sort of words");
	check_refused("complaint",
		"fields = ( { name = \"category\"; values = { road = { en = [ \"pit\" ]; };"
		" water = { en = [ \"pit\" ]; }; }; } );",
		"means both road and water");
}

/* Matched to the end, most of them would take years. */
TEST(a_pattern_that_would_never_end_is_given_up)
{
	static const char *const patterns[] = { "match = \"^(a+)+$\";",
		"match = \"^(?:a|aa|aaa)*c\";", "match = \"(?:.*a){20}c\";",
		"match = \"^(\\\\w+\\\\s?)*$\"; written = true;", "match = \"(?R)?a(?R)?b\";" };
	char folder[64], text[128], contents[256];

	memset(text, 'a', 60);
	strcpy(text + 60, "b c!");
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		struct understanding u;
		struct vocabulary *v;

		snprintf(contents, sizeof(contents), "patterns = ( { %s } );", patterns[i]);
		make_folder(folder, "help", contents);
		v = load(folder);
		u = judge(v, text);
		CHECK_STR(name_of(&u), "");
		vocabulary_free(v);
		remove_folder(folder);
	}
}

UNIT_MAIN
