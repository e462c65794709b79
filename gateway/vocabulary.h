/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vocabulary: the words and patterns by which messages are understood, compiled; and the scratch
 * memory of one judgement. The inside of understand.h: only understand*.c include this.
 *
 * A phrase is one to six words, each whole or the beginning of one ("pothol*"). What a phrase says
 * is a chain of meanings: a value of a field, a service, or what sort of word it is in a sentence.
 * Phrases hang on their first word, which is found by hash. All words are folded (text_fold).
 */
#ifndef VOCABULARY_H
#define VOCABULARY_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdint.h>

#include "understand.h"

#define PHRASE_WORDS_MAX 6
#define TOKENS_MAX 1024 /* words of a message that are looked at */
#define FOLDED_MAX (3 * UNDERSTAND_TEXT_MAX + 1)
#define TOKEN_WORDS_MAX 8 /* vocabulary words that one token may be */
#define PATTERN_GROUPS_MAX SERVICE_FIELDS_MAX
#define NONE (-1)

/* The sorts of words in a sentence, from conf/services/common.cfg. */
enum sort {
	SORT_FUNCTION,     /* the, est, não: shows the language, is never a place */
	SORT_FILLER,       /* words of complaints that are neither category nor place */
	SORT_POLITE,       /* please, bonjour */
	SORT_JOINING,      /* de, la, of: may stand inside a name */
	SORT_BEFORE_PLACE, /* at, à, em: a place follows */
	SORT_NEAR,         /* near, perto de: too, but never what is wrong: "near the drain" */
	SORT_BESIDE,       /* behind, derrière: belongs to the place that follows */
	SORT_STREET,       /* rue, avenue, bairro: with a name, a place */
	SORT_LANDMARK,     /* market, école: a place with or without a name */
	SORT_NUMBERED,     /* contentor, lampadaire: with a number, a place */
	SORT_COUNT
};

enum meaning_kind {
	MEANS_SORT,    /* target: enum sort */
	MEANS_VALUE,   /* of field of service; target: index into values */
	MEANS_SERVICE, /* names the service */
	MEANS_ALONE, /* is the service when it is the whole message; field may be NONE, target then
			too */
	MEANS_GATE,  /* target: the pattern that is to be tried */
};

enum { WEIGHT_NONE = 0, WEIGHT_WEAK = 6, WEIGHT_PLAIN = 30, WEIGHT_STRONG = 100 };

struct meaning {
	uint8_t kind;
	uint8_t weight;
	int8_t service; /* index into services[] */
	int8_t field;
	int32_t target;
	uint32_t languages; /* bit i: language i; 0: of none in particular */
	int32_t next;       /* meaning of the same phrase, or NONE */
};

struct word {          /* of a phrase, or an entry of the hash */
	uint32_t text; /* offset into letters */
	uint16_t length;
	bool begins; /* "pothol*" */
};

struct phrase {
	uint8_t count;
	struct word word[PHRASE_WORDS_MAX];
	int32_t meaning;
	int32_t next; /* phrase with the same first word, or NONE */
};

struct entry {
	uint32_t hash; /* 0: empty */
	struct word word;
	int32_t phrase;
};

/* A word without one of its letters, by which a misspelt one is found. */
struct near {
	uint32_t hash; /* 0: empty */
	int32_t entry;
};

struct pattern {
	pcre2_code *code;
	uint32_t language; /* its bit, or 0 */
	int8_t service;
	bool written;    /* matched against the text as written, not folded */
	bool when_asked; /* heard although a question is open */
	bool always;     /* without gate words: tried on every message */
	uint8_t group_count;
	struct {
		uint8_t number;
		int8_t field;
	} group[PATTERN_GROUPS_MAX];
};

/* How a word of the message is like the vocabulary's. */
enum form { FORM_SAME, FORM_INFLECTED, FORM_MISSPELT };

struct token {
	uint32_t folded, written; /* where it begins */
	uint16_t folded_length, written_length;
	bool comma; /* punctuation or a line's end stands before it */
	bool dot;   /* a full stop or colon stands before it, which may belong to "Av." or "Bairro:"
		     */
	bool hyphen;  /* only a hyphen stands before it: Dar-es-Salaam */
	bool stop;    /* what stands before it ended a sentence */
	bool capital; /* begins with a capital letter */
	bool digit;   /* holds a digit */
	bool ascii;
	uint16_t part; /* of the message, numbered; commas and full stops part them */
	bool in_place; /* part of the place that was found */
	uint8_t word_count;
	struct {
		int32_t entry;
		uint8_t form; /* enum form */
	} word[TOKEN_WORDS_MAX];
	uint32_t sort[SORT_COUNT]; /* languages in which it is of that sort */
	int16_t hit;               /* index into hits, or NONE */
	char role;                 /* see understand-place.c */
};

/* A phrase found in the message that names a value or a service. */
struct hit {
	uint16_t first, last; /* tokens */
	int32_t meaning;
	uint8_t form; /* enum form: the worst of its words' */
	bool silent;  /* within a street's name: does not count */
};

struct scratch {
	char text[UNDERSTAND_TEXT_MAX + 1]; /* clean UTF-8 */
	char folded[FOLDED_MAX];
	uint16_t written_at[FOLDED_MAX]; /* where in text each folded byte comes from */
	size_t text_length, folded_length;
	size_t token_count, hit_count;
	bool cased; /* some words have capitals and some have not, so capitals mean something */
	struct token token[TOKENS_MAX];
	struct hit hit[TOKENS_MAX];
	uint16_t order[TOKENS_MAX];
	uint8_t *tried; /* a bit a pattern */
};

struct vocabulary {
	size_t language_count;
	char language[CONFIG_LIST_MAX][LANGUAGE_MAX];
	int default_language, arabic; /* indexes, or NONE */
	uint32_t street_last; /* languages that write "Airport Road", not "rue de l'Aeroport" */
	uint32_t letters_of[0x180 - 0xc0]; /* languages that write these letters, from U+00C0 */
	char *letters;
	size_t letters_length, letters_size;
	struct entry *entry; /* open addressing, a power of two */
	size_t entry_count, entry_size;
	struct ending { /* of words that are no names: "-ing", "-ement" */
		char text[8];
		uint32_t languages;
	} ending[64];
	size_t ending_count;
	struct near *near; /* open addressing, a power of two; several may have one hash */
	size_t near_count, near_size;
	struct phrase *phrase;
	size_t phrase_count, phrase_size;
	struct meaning *meaning;
	size_t meaning_count, meaning_size;
	char **value;
	size_t value_count, value_size;
	struct pattern *pattern;
	size_t pattern_count, pattern_size;
	pcre2_match_context *match_context;
	pcre2_match_data *match_data;
	pcre2_jit_stack *jit_stack;
	struct scratch scratch;
};

uint32_t vocabulary_hash(
	uint32_t hash, const char *bytes, size_t length); /* begin with HASH_SEED */
#define HASH_SEED 2166136261u

/* The entry of a word, or NONE. */
int32_t vocabulary_find(
	const struct vocabulary *v, uint32_t hash, const char *word, size_t length, bool begins);

/* Index the words that name something, so that one typing error in them is found. Returns 0 or
 * NONE. */
int vocabulary_index_near(struct vocabulary *v);

/* Add to a token that is no known word the words that it is with one typing error.
 * understand-near.c */
void understand_near(const struct vocabulary *v, struct token *token);

/* Does its capital speak for a name? Not at a sentence's beginning, nor where all is capitals. */
bool understand_is_named(const struct scratch *s, size_t token);

/* Fill scratch from a text: clean, folded, cut into tokens. understand-read.c */
void understand_read(struct vocabulary *v, const char *text_utf8);

/* Find the vocabulary's phrases among the tokens: sorts, hits, patterns to try. understand-read.c
 */
void understand_scan(struct vocabulary *v);

/*
 * Does the phrase stand at order[at..count)? Returns the index after its last token, or 0;
 * *form becomes the worst of its words' forms.
 */
size_t understand_phrase_at(struct vocabulary *v, const struct phrase *phrase,
	const uint16_t *order, size_t count, size_t at, int *form);

/*
 * Find the place that the message names; languages: those that it may be written in. Returns how
 * sure it is, 0 (none) to 100; first and last are its tokens, the text between them is written in
 * out. understand-place.c
 */
int understand_place(struct vocabulary *v, const struct gazetteer *gazetteer, uint32_t languages,
	char out[SERVICE_VALUE_MAX], int64_t *place_id);

/* The longest known name that begins at token at: its count of tokens, or 0. gazetteer.c */
size_t gazetteer_match(const struct gazetteer *gazetteer, const char *folded,
	const struct token *token, size_t count, size_t at, int64_t *place_id);

#endif
