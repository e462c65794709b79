/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-read: a message becomes tokens (words, each with its place in the text as written),
 * and the vocabulary's phrases are found among them.
 */
#include <string.h>

#include "text.h"
#include "vocabulary.h"

#define PREFIX_BYTES_MIN 2 /* "bac*" is a beginning of bac147 */

uint32_t
vocabulary_hash(uint32_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 16777619u;
	return hash;
}

int32_t
vocabulary_find(
	const struct vocabulary *v, uint32_t hash, const char *word, size_t length, bool begins)
{
	size_t i;

	if (v->entry_size == 0)
		return NONE;
	hash = (hash ^ begins) | 1;
	for (i = hash & (v->entry_size - 1); v->entry[i].hash != 0;
		i = (i + 1) & (v->entry_size - 1)) {
		const struct entry *entry = &v->entry[i];

		if (entry->hash == hash && entry->word.begins == begins &&
			entry->word.length == length &&
			memcmp(v->letters + entry->word.text, word, length) == 0)
			return (int32_t)i;
	}
	return NONE;
}

/* --- --- Reading --- */

struct reader {
	struct scratch *s;
	struct token *open;    /* the token being read, or NULL */
	bool comma, dot, stop; /* seen since the last token */
	size_t hyphen;         /* where the byte after a hyphen is, that ended the last token */
};

static bool
ends_sentence(uint32_t cp)
{
	return cp == '!' || cp == '?' || cp == '\n' || cp == 0x61f || cp == 0x6d4;
}

static bool
is_capital(uint32_t cp)
{
	if (cp < 0x80)
		return cp >= 'A' && cp <= 'Z';
	return cp >= 0xc0 && cp <= 0xde && cp != 0xd7;
}

static void
close_token(struct reader *r, size_t written)
{
	if (r->open == NULL)
		return;
	r->open->folded_length = (uint16_t)(r->s->folded_length - r->open->folded);
	r->open->written_length = (uint16_t)(written - r->open->written);
	r->open = NULL;
}

static bool
open_token(struct reader *r, size_t written, bool capital)
{
	struct scratch *s = r->s;

	if (r->open != NULL)
		return true;
	if (s->token_count == TOKENS_MAX)
		return false;
	if (s->token_count > 0) {
		s->written_at[s->folded_length] = (uint16_t)written;
		s->folded[s->folded_length++] = ' ';
	}
	r->open = &s->token[s->token_count++];
	memset(r->open, 0, sizeof(*r->open));
	r->open->folded = (uint32_t)s->folded_length;
	r->open->written = (uint32_t)written;
	r->open->comma = r->comma;
	r->open->dot = r->dot;
	r->open->hyphen = r->hyphen == written;
	r->open->stop = r->stop;
	r->open->capital = capital;
	r->open->ascii = true;
	r->open->hit = NONE;
	r->open->torn = NONE;
	r->comma = r->dot = r->stop = false;
	return true;
}

/* Add the plain letters of one character. Returns false when no more tokens fit. */
static bool
add_letters(struct reader *r, const char *letters, size_t length, size_t written, bool capital)
{
	struct scratch *s = r->s;

	if (s->folded_length + length + 2 > FOLDED_MAX || !open_token(r, written, capital))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)letters[i];

		s->written_at[s->folded_length] = (uint16_t)written;
		s->folded[s->folded_length++] = (char)c;
		r->open->digit |= c >= '0' && c <= '9';
		r->open->ascii &= c < 0x80;
	}
	return true;
}

static void
separate(struct reader *r, size_t written, uint32_t cp)
{
	if (cp == '-' && r->open != NULL)
		r->hyphen = written + 1;
	close_token(r, written);
	if (cp == '.' || cp == ':')
		r->dot = true;
	if (cp == ',' || cp == ';' || cp == '(' || cp == ')' || cp == 0x60c || cp == 0x61b ||
		ends_sentence(cp))
		r->comma = true;
	if (ends_sentence(cp))
		r->stop = true;
}

/* One character beyond ASCII: folded between two letters, it shows whether it parts, joins or is
 * nothing. */
static bool
read_wide(struct reader *r, const char *character, size_t length, size_t written, uint32_t cp)
{
	char between[8] = "a", folded[64];
	const struct token *open = r->open;
	int got;

	if ((cp == 0xb0 || cp == 0xba) && open != NULL && r->s->folded_length - open->folded == 1 &&
		r->s->folded[open->folded] == 'n') { /* n° is "no" */
		if (!add_letters(r, "o", 1, written, false))
			return false;
		close_token(r, written + length);
		return true;
	}
	memcpy(between + 1, character, length);
	memcpy(between + 1 + length, "b", 2);
	got = text_fold(folded, sizeof(folded), between);
	if (got < 2)
		return true;
	for (char *part = folded + 1, *end = folded + got - 1; part < end;) {
		size_t n;

		*end = '\0';
		n = strcspn(part, " ");
		if (n > 0 && !add_letters(r, part, n, written, is_capital(cp)))
			return false;
		part += n;
		if (*part == ' ') {
			separate(r, written, cp);
			part++;
		}
	}
	return true;
}

static bool
read_ascii(struct reader *r, char c, size_t written)
{
	bool capital = c >= 'A' && c <= 'Z';

	if (capital)
		c = (char)(c - 'A' + 'a');
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return add_letters(r, &c, 1, written, capital);
	separate(r, written, (unsigned char)c);
	return true;
}

static bool
is_cased(const struct token *token, size_t count)
{
	size_t capital = 0, small = 0;

	for (size_t t = 0; t < count; t++) {
		capital += token[t].capital;
		small += !token[t].capital && !token[t].digit;
	}
	return capital > 0 && small > 0;
}

bool
understand_is_named(const struct scratch *s, size_t t)
{
	const struct token *token = &s->token[t];

	return t > 0 && s->cased && token->capital && !token->stop;
}

/* Is the last sign, blanks aside, a question mark, Latin or Arabic? */
static bool
ends_in_question(const struct scratch *s)
{
	size_t length = s->text_length;

	while (length > 0 && (s->text[length - 1] == ' ' || s->text[length - 1] == '\n'))
		length--;
	return length > 1 &&
		(s->text[length - 1] == '?' || memcmp(s->text + length - 2, "؟", 2) == 0);
}

void
understand_read(struct vocabulary *v, const char *text_utf8)
{
	struct scratch *s = &v->scratch;
	struct reader r = { .s = s };
	const char *at;

	s->text_length = text_utf8_clean(
		s->text, sizeof(s->text), text_utf8, strnlen(text_utf8, UNDERSTAND_TEXT_MAX));
	s->folded_length = s->token_count = s->hit_count = s->mention_count = 0;
	for (at = s->text; *at != '\0';) {
		const char *next = at;
		size_t written = (size_t)(at - s->text);
		uint32_t cp = text_next(&next);
		bool room = cp < 0x80 ? read_ascii(&r, (char)cp, written)
				      : read_wide(&r, at, (size_t)(next - at), written, cp);

		if (!room)
			break;
		at = next;
	}
	close_token(&r, (size_t)(at - s->text));
	s->folded[s->folded_length] = '\0';
	s->written_at[s->folded_length] = (uint16_t)(at - s->text);
	s->question = ends_in_question(s);
	s->cased = is_cased(s->token, s->token_count);
}

/* --- --- Words --- */

/* Letters that Arabic writes before a word, folded: and-, with-, the-. Longest first. */
static size_t
arabic_prefix(const char *word, size_t length)
{
	static const char *const prefixes[] = { "وبال", "وال", "فال", "بال", "كال", "ولل", "لل",
		"ال", "و", "ب", "ل", "ف" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t n = strlen(prefixes[i]);

		if (length >= n + 4 && memcmp(word, prefixes[i], n) == 0)
			return n;
	}
	return 0;
}

static void
add_word(struct token *token, int32_t entry, enum form form)
{
	if (entry == NONE || token->word_count == TOKEN_WORDS_MAX)
		return;
	token->word[token->word_count].entry = entry;
	token->word[token->word_count++].form = (uint8_t)form;
}

/* The letters that may be left off a word, at its end: buracos, potholes, tuyaux; paix is no
 * plural. */
static bool
is_ending(const char *ending, size_t length)
{
	return (length == 1 && (ending[0] == 's' || (ending[0] == 'x' && ending[-1] == 'u'))) ||
		(length == 2 && memcmp(ending, "es", 2) == 0);
}

static void
find_words(const struct vocabulary *v, struct token *token, const char *word, size_t length,
	enum form form)
{
	uint32_t hash = HASH_SEED;

	for (size_t n = 1; n <= length; n++) {
		hash = vocabulary_hash(hash, word + n - 1, 1);
		if (n == length)
			add_word(token, vocabulary_find(v, hash, word, n, false), form);
		else if (token->ascii && n >= 3 && is_ending(word + n, length - n))
			add_word(token, vocabulary_find(v, hash, word, n, false), FORM_INFLECTED);
		if (n >= PREFIX_BYTES_MIN)
			add_word(token, vocabulary_find(v, hash, word, n, true), FORM_INFLECTED);
	}
}

/*
 * An Arabic verb in another person than the vocabulary's: ya-, ta- or na- at its beginning, and the
 * plural's mute alef left out at its end.
 */
static void
find_arabic_verb(const struct vocabulary *v, struct token *token, const char *word, size_t length)
{
	static const char *const persons[] = { "ي", "ت", "ن" };
	char other[64];

	if (length < 6 || length + 2 >= sizeof(other))
		return;
	for (size_t i = 0; i < sizeof(persons) / sizeof(persons[0]); i++) {
		if (memcmp(word, persons[i], 2) != 0)
			continue;
		for (size_t other_person = 0; other_person < 3; other_person++) {
			memcpy(other, persons[other_person], 2);
			memcpy(other + 2, word + 2, length - 2);
			find_words(v, token, other, length, FORM_INFLECTED);
			memcpy(other + length, "ا", 2);
			if (memcmp(other + length - 2, "و", 2) == 0)
				find_words(v, token, other, length + 2, FORM_INFLECTED);
		}
		return;
	}
}

static bool
may_be_name(const struct vocabulary *v, size_t t)
{
	const struct scratch *s = &v->scratch;
	const struct token *before = t > 0 ? &s->token[t - 1] : NULL;

	return understand_is_named(s, t) ||
		(before != NULL &&
			((before->sort[SORT_STREET] | before->sort[SORT_LANDMARK]) &
				~v->street_last) != 0);
}

static void
find_token(struct vocabulary *v, size_t t)
{
	struct token *token = &v->scratch.token[t];
	const char *word = v->scratch.folded + token->folded;
	size_t length = token->folded_length, prefix;

	if (token->torn != NONE) {
		add_word(token, token->torn, FORM_SAME);
		return;
	}
	find_words(v, token, word, length, FORM_SAME);
	if (token->digit && token->word_count > 0 && !understand_is_number(&v->scratch, t) &&
		token->word[token->word_count - 1].form == FORM_SAME)
		token->digit = false; /* "tri9" */
	if (token->ascii) {
		if (!may_be_name(v, t)) /* names are no misspelt words */
			understand_near(v, token);
		return;
	}
	prefix = arabic_prefix(word, length);
	if (prefix > 0)
		find_words(v, token, word + prefix, length - prefix, FORM_INFLECTED);
	if (token->word_count == 0)
		find_arabic_verb(v, token, word, length);
}

/* Is the token that word, perhaps in another form? */
static bool
token_is(const struct vocabulary *v, const struct token *token, const struct word *word, int *form)
{
	for (size_t i = 0; i < token->word_count; i++) {
		const struct word *known = &v->entry[token->word[i].entry].word;

		if (known->text == word->text && known->length == word->length &&
			known->begins == word->begins) {
			if (token->word[i].form > *form)
				*form = token->word[i].form;
			return true;
		}
	}
	return false;
}

/* Little words may stand inside a phrase: "fuite (de l')eau", "tap (is) broken". */
static bool
may_skip(const struct token *token)
{
	return (token->sort[SORT_JOINING] != 0 || token->sort[SORT_FUNCTION] != 0) &&
		token->sort[SORT_NEGATION] == 0;
}

size_t
understand_phrase_at(struct vocabulary *v, const struct phrase *phrase, const uint16_t *order,
	size_t count, size_t at, int *form)
{
	const struct token *token = v->scratch.token;

	for (size_t w = 1; w < phrase->count; w++) {
		at++;
		for (int skipped = 0; skipped < 2 && at < count && may_skip(&token[order[at]]) &&
			!token_is(v, &token[order[at]], &phrase->word[w], form);
			skipped++)
			at++;
		if (at >= count || !token_is(v, &token[order[at]], &phrase->word[w], form))
			return 0;
	}
	return at + 1;
}

/* --- --- Phrases --- */

/* Words of a sentence stand as they are; only names and things have plurals and other forms. */
static bool
may_inflect(const struct meaning *m)
{
	return m->kind != MEANS_SORT || m->target == SORT_STREET || m->target == SORT_LANDMARK ||
		m->target == SORT_FILLER || m->target == SORT_NUMBERED;
}

static bool
names_something(const struct vocabulary *v, int32_t meaning)
{
	for (; meaning != NONE; meaning = v->meaning[meaning].next)
		if (v->meaning[meaning].kind == MEANS_VALUE ||
			v->meaning[meaning].kind == MEANS_SERVICE)
			return true;
	return false;
}

static void
add_mention(struct scratch *s, const struct meaning *m, size_t first, size_t end, int form)
{
	if (s->mention_count == MENTIONS_MAX)
		return;
	s->mention[s->mention_count++] = (struct mention){ .first = (uint16_t)first,
		.last = (uint16_t)(end - 1),
		.idea = (uint8_t)m->target,
		.form = (uint8_t)form,
		.languages = m->languages };
}

/* Give the tokens order[at..end) the phrase's sorts, note what it mentions, and open the patterns
 * that it gates. */
static void
apply_meanings(struct vocabulary *v, const struct phrase *phrase, size_t at, size_t end, int form)
{
	struct scratch *s = &v->scratch;

	for (int32_t i = phrase->meaning; i != NONE; i = v->meaning[i].next) {
		const struct meaning *m = &v->meaning[i];

		if (m->kind == MEANS_GATE)
			s->tried[m->target / 8] |= (uint8_t)(1 << m->target % 8);
		if (m->kind == MEANS_IDEA)
			add_mention(s, m, at, end, form);
		if (m->kind != MEANS_SORT ||
			(form != FORM_SAME && !phrase->word[0].begins && !may_inflect(m)) ||
			(form == FORM_MISSPELT && understand_is_short(s, at, end - 1)))
			continue;
		for (size_t t = at; t < end; t++)
			s->token[t].sort[m->target] |= m->languages;
	}
}

/* The meanings of the words that token t is by itself, from its word `from` on. */
static void
apply_words(struct vocabulary *v, size_t t, size_t from)
{
	const struct token *token = &v->scratch.token[t];

	for (size_t w = from; w < token->word_count; w++)
		for (int32_t p = v->entry[token->word[w].entry].phrase; p != NONE;
			p = v->phrase[p].next)
			if (v->phrase[p].count == 1)
				apply_meanings(v, &v->phrase[p], t, t + 1, token->word[w].form);
}

/* Words that join are needed before phrases are looked for: they may stand inside one. */
static void
scan_words(struct vocabulary *v)
{
	struct scratch *s = &v->scratch;

	for (size_t t = 0; t < s->token_count; t++) {
		size_t known;

		find_token(v, t);
		s->order[t] = (uint16_t)t;
		apply_words(v, t, 0);
		known = s->token[t].word_count;
		understand_mend_short(v, t);
		apply_words(v, t, known);
	}
}

/*
 * Number the parts of the message that punctuation sets apart. The full stop of "Av." and "E.
 * Secundaria" and the colon of "Bairro:" do not.
 */
static void
mark_parts(struct scratch *s)
{
	for (size_t t = 1; t < s->token_count; t++) {
		const struct token *before = &s->token[t - 1];
		bool belongs = before->sort[SORT_STREET] != 0 ||
			(before->folded_length == 1 && !before->digit);

		s->token[t].part = (uint16_t)(before->part +
			(s->token[t].comma || (s->token[t].dot && !belongs)));
	}
}

/* The longest phrase at token t that names something; the nearest to its own form among equals. */
static void
scan_hit(struct vocabulary *v, size_t t, struct hit *best)
{
	struct scratch *s = &v->scratch;

	best->meaning = NONE;
	for (size_t w = 0; w < s->token[t].word_count; w++) {
		int32_t p = v->entry[s->token[t].word[w].entry].phrase;

		for (; p != NONE; p = v->phrase[p].next) {
			int form = s->token[t].word[w].form;
			size_t end = understand_phrase_at(
				v, &v->phrase[p], s->order, s->token_count, t, &form);

			if (end == 0)
				continue;
			if (v->phrase[p].count > 1)
				apply_meanings(v, &v->phrase[p], t, end, form);
			if (!names_something(v, v->phrase[p].meaning))
				continue;
			/* Words come shortest beginning first, so a later one is nearer. */
			if (best->meaning == NONE || end - 1 > best->last ||
				(end - 1 == best->last && form <= best->form))
				*best = (struct hit){ (uint16_t)t, (uint16_t)(end - 1),
					v->phrase[p].meaning, (uint8_t)form, false };
		}
	}
}

void
understand_scan(struct vocabulary *v)
{
	struct scratch *s = &v->scratch;
	size_t covered = 0; /* tokens before this one belong to a hit */

	memset(s->tried, 0, v->pattern_count / 8 + 1);
	scan_words(v);
	mark_parts(s);
	for (size_t t = 0; t < s->token_count; t++) {
		struct hit hit;

		scan_hit(v, t, &hit);
		if (hit.meaning == NONE || t < covered)
			continue;
		for (size_t i = t; i <= hit.last; i++)
			s->token[i].hit = (int16_t)s->hit_count;
		s->hit[s->hit_count++] = hit;
		covered = hit.last + 1u;
	}
}
