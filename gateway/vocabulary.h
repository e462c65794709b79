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
	SORT_NUMBERED,     /* lampadaire, casa: with a number, a place */
	SORT_UNIT,         /* days, fois, km: the number before it counts something */
	SORT_QUALIFYING,   /* new, haut, central: of the name or landmark that it stands with */
	SORT_OWN,          /* my, notre: what follows is hers, and no place that others know */
	SORT_NEGATION,     /* not, ne, plus: turns what is said into its opposite */
	SORT_COUNT
};

enum meaning_kind {
	MEANS_SORT,    /* target: enum sort */
	MEANS_VALUE,   /* of field of service; target: index into values */
	MEANS_SERVICE, /* names the service */
	MEANS_ALONE, /* is the service when it is the whole message; field may be NONE, target then
			too */
	MEANS_GATE,  /* target: the pattern that is to be tried */
	MEANS_IDEA,  /* target: the idea that it mentions */
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
	int8_t field;    /* what it says besides its groups; NONE: nothing */
	int32_t value;
	uint8_t group_count;
	struct {
		uint8_t number;
		int8_t field;
	} group[PATTERN_GROUPS_MAX];
};

#define IDEAS_MAX 128 /* a bit each */
typedef unsigned __int128 ideaset;
#define ONE_IDEA ((ideaset)1)
#define RULE_PARTS_MAX 4
#define TAKERS_MAX 16

/* What a message that mentions certain ideas means. */
struct rule {
	int8_t service, field; /* field NONE: names the service alone */
	uint8_t rank;          /* of several rules, the one of the highest decides */
	uint8_t part_count;
	ideaset part[RULE_PARTS_MAX]; /* an idea of each must be mentioned */
	ideaset none;                 /* and none of these */
	bool first;                   /* part[0] by the first word */
	bool when_asked;              /* tried while a question is open */
	bool weak;                    /* not when a word decides for a value by itself */
	bool bare;                    /* not when one does more than hint at a value */
	bool rest;                    /* what remains of the message is taken too */
	int8_t words;                 /* at most so many words besides, or NONE */
	int32_t value;                /* of the field, or NONE */
};

/* How a field is taken from anywhere in the message. */
enum take {
	TAKE_NUMBER,    /* the number that belongs to a word: bac n° 147 */
	TAKE_NUMBERS,   /* all other numbers */
	TAKE_REFERENCE, /* letters and digits that the field accepts */
	TAKE_REST,      /* the words after the last number */
};

struct taker {
	int8_t service, field;
	uint8_t take;
	bool leading;  /* a number that begins the message will do, when `with` follows it */
	ideaset after; /* ideas that it belongs to */
	ideaset with;
	ideaset said; /* the idea that counts as mentioned when there is one, or 0 */
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
	uint16_t part;  /* of the message, numbered; commas and full stops part them */
	bool in_place;  /* part of the place that was found */
	bool mentioned; /* part of a phrase that mentions an idea */
	bool claimed;   /* a number that is known not to be of a place, and its word */
	uint8_t word_count;
	struct {
		int32_t entry;
		uint8_t form; /* enum form */
	} word[TOKEN_WORDS_MAX];
	uint32_t sort[SORT_COUNT]; /* languages in which it is of that sort */
	int16_t hit;               /* index into hits, or NONE */
	int32_t torn;              /* the entry of the word that was written apart, or NONE */
	char role;                 /* see understand-place.c */
};

/* A phrase found in the message that names a value or a service. */
struct hit {
	uint16_t first, last; /* tokens */
	int32_t meaning;
	uint8_t form; /* enum form: the worst of its words' */
	bool silent;  /* within a street's name: does not count */
};

#define MENTIONS_MAX 256

/* A phrase of the message that mentions an idea. */
struct mention {
	uint16_t first, last; /* tokens */
	uint8_t idea, form;
	bool beside; /* "beside the skip": says where */
	uint32_t languages;
};

struct scratch {
	char text[UNDERSTAND_TEXT_MAX + 1]; /* clean UTF-8 */
	char folded[FOLDED_MAX];
	uint16_t written_at[FOLDED_MAX]; /* where in text each folded byte comes from */
	size_t text_length, folded_length;
	size_t token_count, hit_count, mention_count;
	bool question; /* ends in a question mark */
	bool cased;    /* some words have capitals and some have not, so capitals mean something */
	struct token token[TOKENS_MAX];
	struct hit hit[TOKENS_MAX];
	struct mention mention[MENTIONS_MAX];
	uint16_t order[TOKENS_MAX];
	uint8_t *tried; /* a bit a pattern */
	char taken[TAKERS_MAX][SERVICE_VALUE_MAX];
	size_t taken_at[TAKERS_MAX]; /* token */
	uint32_t languages;          /* in which the message may be written */
	ideaset said;                /* ideas that takers found */
	size_t second_number;        /* token at which another thing is named by its number */
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
	char idea[IDEAS_MAX][24]; /* names */
	size_t idea_count;
	ideaset idea_who[WHO_COUNT]; /* ideas that rules for each enum service_who ask for */
	ideaset idea_numbers;        /* ideas whose words have numbers */
	ideaset idea_references;     /* and references */
	struct rule *rule;           /* highest rank first */
	size_t rule_count, rule_size;
	struct taker taker[TAKERS_MAX];
	size_t taker_count;
	int32_t *short_word; /* entries of words that have numbers, too short to be indexed */
	size_t short_count, short_size;
	int32_t standard[32][SERVICE_FIELDS_MAX]; /* value of a field of which nothing is said */
	int8_t unless[32][SERVICE_FIELDS_MAX];    /* needed only while that field is unknown */
	uint32_t spoken;                          /* languages that have texts */
	uint32_t worded; /* languages that have a file of words of their own */
	struct pattern *pattern;
	size_t pattern_count, pattern_size;
	pcre2_match_context *match_context;
	pcre2_match_data *match_data;
	pcre2_jit_stack *jit_stack;
	struct scratch scratch;
	struct fact more[UNDERSTAND_MORE_MAX]; /* of the last judgement */
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

/* Is there one typing error between the two words? */
bool understand_is_near(const char *a, size_t a_length, const char *b, size_t b_length);

/* Add to a token that is no known word the words that it is with one typing error.
 * understand-near.c */
void understand_near(const struct vocabulary *v, struct token *token);

/* Does its capital speak for a name? Not at a sentence's beginning, nor where all is capitals. */
bool understand_is_named(const struct scratch *s, size_t token);

/* Fill scratch from a text: clean, folded, cut into tokens. understand-read.c */
void understand_read(struct vocabulary *v, const char *text_utf8);

/* Find the vocabulary's phrases among the tokens: sorts, hits, mentions, patterns to try.
 * understand-read.c
 */
void understand_scan(struct vocabulary *v);

/* Part tokens that are a word and its number ("bac147"), and join torn words ("b a c").
 * understand-mend.c */
void understand_mend(struct vocabulary *v);

/* Give a short token before a number that is no known word the words that have numbers and that it
 * is with one error: "bak 147". understand-mend.c */
void understand_mend_short(struct vocabulary *v, size_t token);

/* Is the token a word of a sentence, of whatever sort and language? understand-rule.c */
bool understand_is_sorted(const struct token *token);

/* Is the token nothing but digits? */
bool understand_is_number(const struct scratch *s, size_t token);

/*
 * Keep the mentions that may be meant: by words of languages that the message may be written in
 * (long words count in any), of ideas that this asker may mean. understand-rule.c
 */
void understand_keep_mentions(struct vocabulary *v, uint32_t languages, ideaset ideas);

/* Find what the takers take, and which ideas that says. understand-take.c */
void understand_take(struct vocabulary *v);

/* The digits of the number that begins at a token, its groups joined. Returns the index after its
 * last token. understand-take.c */
#define NUMBER_DIGITS_MAX 9
size_t understand_join_digits(const struct scratch *s, size_t t, char out[NUMBER_DIGITS_MAX + 1]);

/* Does a unit follow the number ("3 jours")? understand-take.c */
bool understand_counts_something(const struct scratch *s, size_t t);

/* The ideas that are mentioned at a token, a bit each. understand-take.c */
ideaset understand_ideas_at(const struct scratch *s, size_t t);

/* The words after the last number or reference, else the longest run that nothing accounts for; ""
 * when there are none. understand-take.c */
void understand_rest(const struct vocabulary *v, char out[SERVICE_VALUE_MAX]);

/* When rules are tried: all but the lowest; the lowest, after keywords; while a question is open,
 * of services that are heard then, those that leave little else to be said. */
enum when { WHEN_FIRST, WHEN_LATE, WHEN_ASKED };

/* The rule that the mentions before the token `limit` satisfy, of services that `who` (bits of enum
 * service_who) may mean; NULL: none. understand-rule.c */
const struct rule *understand_rule(
	const struct vocabulary *v, unsigned who, size_t limit, enum when when);

/* Is it one word of at most three letters, which means something else in another language? */
bool understand_is_short(const struct scratch *s, size_t first, size_t last);

/* Is the hit such a word, or a misspelt one, of a language with a file of its own in which the
 * message is not written? Then it does not count. */
bool understand_is_foreign(const struct vocabulary *v, const struct hit *hit,
	const struct meaning *m, uint32_t languages);

/* The bits of the ideas that the words of an entry mention by themselves. */
ideaset vocabulary_entry_ideas(const struct vocabulary *v, int32_t entry);

/* The idea of that name, or NONE. */
int vocabulary_idea(const struct vocabulary *v, const char *name);

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

/* The longest run of at most four words that begins at token at and is a known name with one typing
 * error, or glued, or written apart: its count of tokens, or 0. *place_id is 0 when it is near to
 * several. gazetteer.c */
size_t gazetteer_near(const struct gazetteer *gazetteer, const char *folded,
	const struct token *token, size_t count, size_t at, int64_t *place_id);

#endif
