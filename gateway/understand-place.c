/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * understand-place: which words of a complaint say where.
 *
 * Every token gets a role in the sentence; runs of the roles that places are made of are
 * candidates, each with a score for what speaks for it; the best one, joined with its neighbours,
 * is the place as written.
 */
#include <string.h>

#include "text.h"
#include "vocabulary.h"

enum {
	ROLE_KEYWORD = 'K',  /* says what is wrong */
	ROLE_WORD = 'F',     /* of the sentence: no part of a place */
	ROLE_BEFORE = 'P',   /* at, à: a place follows */
	ROLE_NEAR = 'A',     /* near: too, even if a keyword does */
	ROLE_BESIDE = 'B',   /* behind: the place begins here */
	ROLE_JOINING = 'J',  /* de, of: only between two parts of a name */
	ROLE_STREET = 'S',   /* with a name, a place */
	ROLE_LANDMARK = 'M', /* a place by itself */
	ROLE_NUMBER = 'N',   /* KN5, 147 */
	ROLE_UNKNOWN = 'U',  /* may be a name */
	ROLE_KNOWN = 'G',    /* of the gazetteer */
};

enum {
	SURE_KNOWN = 100,
	SURE_STREET = 85,
	SURE_LANDMARK = 75,
	SURE_LED = 65,
	SURE_CAPITAL = 55,
	SURE_NAMELESS = 52,
	SURE_APART = 50,
	SURE_PLAIN = 45,
	SURE_BARE = 35
};

#define SPANS_MAX 32
#define BESIDE_WORDS_MIN 4 /* "à côté de la" */

struct span {
	size_t first, last; /* tokens */
	int sure;
	bool led; /* by a preposition, a comma or a line's end */
	int64_t place_id;
};

struct search {
	struct vocabulary *v;
	struct token *token;
	size_t count;
	uint32_t languages;
	bool named; /* some unknown word has a name's capital, so those without are less likely
		       names */
	size_t span_count;
	struct span span[SPANS_MAX];
};

static bool
is_sort(const struct search *s, const struct token *token, enum sort sort)
{
	return (token->sort[sort] & s->languages) != 0;
}

/* Of a sort in a language that it may be written in, or in one of the city's main ones. */
static uint32_t
sort_of(const struct search *s, const struct token *token, enum sort sort)
{
	return token->sort[sort] & (s->languages | ~s->v->worded);
}

static bool
is_named(const struct search *s, size_t t)
{
	return understand_is_named(&s->v->scratch, t);
}

static bool
is_parted(const struct search *s, size_t t)
{
	return t > 0 && s->token[t].part != s->token[t - 1].part;
}

static bool
is_part(char role)
{
	return role == ROLE_UNKNOWN || role == ROLE_NUMBER || role == ROLE_KNOWN ||
		role == ROLE_STREET || role == ROLE_LANDMARK || role == ROLE_JOINING;
}

/* Is it the last word of a part of the sentence, right after what may be a name? "Mavalane A",
 * "Hotel Central" */
static bool
follows_name(const struct search *s, size_t t)
{
	return t > 0 && !is_parted(s, t) && is_part(s->token[t - 1].role) &&
		s->token[t - 1].role != ROLE_JOINING;
}

static bool
ends_part(const struct search *s, size_t t)
{
	return t + 1 == s->count || is_parted(s, t + 1);
}

/* Does it stand after a name, perhaps with joining words between: "Costa do Sol"? */
static bool
continues_name(const struct search *s, size_t t)
{
	while (t > 0 && !is_parted(s, t) && s->token[t - 1].role == ROLE_JOINING)
		t--;
	return follows_name(s, t);
}

/*
 * May an ordinary word be part of a name here? Capitals beside a name say so ("Dar Salam", "Alto
 * Mae"), and so does standing between a name and its street word ("Kigali city market").
 */
static bool
may_be_named(const struct search *s, size_t t)
{
	const struct token *next =
		t + 1 < s->count && !is_parted(s, t + 1) ? &s->token[t + 1] : NULL;

	if (is_named(s, t) && (continues_name(s, t) || (next != NULL && is_named(s, t + 1))))
		return true;
	return next != NULL && follows_name(s, t) &&
		(s->token[t].mentioned || is_sort(s, &s->token[t], SORT_FILLER)) &&
		((next->sort[SORT_STREET] | next->sort[SORT_LANDMARK]) & s->v->street_last) != 0;
}

static bool
follows_street(const struct search *s, size_t t)
{
	return follows_name(s, t) &&
		(s->token[t - 1].role == ROLE_STREET || s->token[t - 1].role == ROLE_LANDMARK);
}

/* "E. Secundaria": one capital letter and its full stop. */
static bool
is_initial(const struct search *s, size_t t)
{
	return s->token[t].folded_length == 1 && s->token[t].capital && s->v->scratch.cased &&
		t + 1 < s->count && s->token[t + 1].dot;
}

/* A name with its capital is a name, although in a language with a file of its own, which is not
 * the message's, it is a word: Adum. */
static bool
is_elsewhere(const struct search *s, size_t t, uint32_t languages)
{
	return languages != 0 && (languages & (s->languages | ~s->v->worded)) == 0 &&
		is_named(s, t);
}

/* Does the hit say what is wrong? A hint of another language than the message's does not. */
static bool
counts(const struct search *s, int hit)
{
	const struct vocabulary *v = s->v;

	for (int32_t i = hit == NONE ? NONE : v->scratch.hit[hit].meaning; i != NONE;
		i = v->meaning[i].next) {
		const struct meaning *m = &v->meaning[i];

		if (understand_is_foreign(v, &v->scratch.hit[hit], m, s->languages) ||
			is_elsewhere(s, v->scratch.hit[hit].first, m->languages))
			continue;
		if (m->weight >= WEIGHT_PLAIN ||
			(m->weight > 0 && (m->languages == 0 || (m->languages & s->languages))))
			return true;
	}
	return false;
}

/* Lower case, and with an ending that names have not: "complètement", "burning". */
static bool
is_common(const struct search *s, size_t t)
{
	const struct token *token = &s->token[t];
	const char *end = s->v->scratch.folded + token->folded + token->folded_length;

	if (token->capital || !token->ascii || token->digit)
		return false;
	for (size_t i = 0; i < s->v->ending_count; i++) {
		size_t length = strlen(s->v->ending[i].text);

		if ((s->v->ending[i].languages & s->languages) != 0 &&
			token->folded_length >= length + 3 &&
			memcmp(end - length, s->v->ending[i].text, length) == 0)
			return true;
	}
	return false;
}

/* Is the hit also a sort of place, all of its words: "pont", "rond point"? */
static bool
names_landmark(const struct search *s, int hit)
{
	const struct hit *h = &s->v->scratch.hit[hit];

	for (size_t t = h->first; t <= h->last; t++)
		if ((s->token[t].sort[SORT_STREET] | s->token[t].sort[SORT_LANDMARK]) == 0)
			return false;
	return true;
}

/* The "no" of "pole no 45". */
static bool
is_number_word(const struct search *s, size_t t)
{
	return s->token[t].ascii && s->token[t].folded_length <= 3 && !s->token[t].digit &&
		s->v->scratch.folded[s->token[t].folded] == 'n' && t + 1 < s->count &&
		s->token[t + 1].digit;
}

/* Does a number follow: "skip 147", "pole no 45"? */
static bool
is_numbered(const struct search *s, size_t t)
{
	return t + 1 < s->count && (s->token[t + 1].digit || is_number_word(s, t + 1));
}

/* "Grand marché", "Yantala haut": does it stand with a landmark or a name? */
static bool
qualifies(const struct search *s, size_t t)
{
	if (!sort_of(s, &s->token[t], SORT_QUALIFYING))
		return false;
	return follows_name(s, t) ||
		(t + 1 < s->count && !is_parted(s, t + 1) &&
			sort_of(s, &s->token[t + 1], SORT_LANDMARK));
}

/* "10h", "7pm", "8h30": the time of the day. */
static bool
is_time(const struct search *s, size_t t)
{
	const char *text = s->v->scratch.folded + s->token[t].folded;
	size_t length = s->token[t].folded_length, digits = 0;

	while (digits < length && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	if (digits == 0 || digits > 2 || digits == length)
		return false;
	return text[digits] == 'h' ||
		(length == digits + 2 && text[digits + 1] == 'm' &&
			(text[digits] == 'a' || text[digits] == 'p'));
}

/* "My gate", "notre hôtel": whose it is tells nobody where it is; a name or a number does. */
static bool
is_owned(const struct search *s, size_t t)
{
	if (t == 0 || is_parted(s, t) || !sort_of(s, &s->token[t - 1], SORT_OWN) || is_named(s, t))
		return false;
	return t + 1 == s->count || is_parted(s, t + 1) ||
		!(s->token[t + 1].digit || is_named(s, t + 1));
}

/* "Rua da Mesquita" in a message of another language. */
static bool
joins_street(const struct search *s, size_t t)
{
	const struct token *before = t > 0 ? &s->token[t - 1] : NULL;

	return before != NULL && !is_parted(s, t) &&
		((before->role == ROLE_STREET &&
			 (before->sort[SORT_STREET] & s->token[t].sort[SORT_JOINING]) != 0) ||
			(before->role == ROLE_LANDMARK &&
				(before->sort[SORT_LANDMARK] & s->token[t].sort[SORT_JOINING]) !=
					0));
}

/* A letter, then digits: T3, KN5, ACI2000. */
static bool
is_code(const struct search *s, size_t t)
{
	char first = s->v->scratch.folded[s->token[t].folded];

	return s->token[t].digit && first >= 'a' && first <= 'z';
}

/* "50k", "N15k": an amount of money. */
static bool
is_amount(const struct search *s, size_t t)
{
	const char *text = s->v->scratch.folded + s->token[t].folded;
	size_t length = s->token[t].folded_length, at = text[0] == 'n';

	if (length < at + 2 || text[length - 1] != 'k')
		return false;
	while (at < length - 1 && text[at] >= '0' && text[at] <= '9')
		at++;
	return at == length - 1;
}

/* "2km", "3 km": how far. */
static bool
is_distance(const struct search *s, size_t t)
{
	const char *text = s->v->scratch.folded + s->token[t].folded;
	size_t length = s->token[t].folded_length, at = 0;

	while (at < length && text[at] >= '0' && text[at] <= '9')
		at++;
	if (length - at != 2 || memcmp(text + at, "km", 2) != 0)
		return false;
	return at > 0 ? !is_numbered(s, t) : t > 0 && s->token[t - 1].digit && !is_numbered(s, t);
}

/* "Ggaba road (have) damaged": the street's word, with which the phrase of the matter begins. */
static bool
ends_street(const struct search *s, size_t t)
{
	const struct hit *hit = &s->v->scratch.hit[s->token[t].hit];

	return hit->first == t && hit->last > t &&
		(s->token[t].sort[SORT_STREET] & s->v->street_last) != 0 && follows_name(s, t) &&
		is_named(s, t - 1);
}

/* After a name, the Arabic "and the" begins another sentence: "the pipe is broken in hay X and the
 * water runs". */
static bool
goes_on_in_arabic(const struct search *s, size_t t)
{
	const char *folded = s->v->scratch.folded + s->token[t].folded;

	return s->token[t].folded_length > 6 && memcmp(folded, "وال", 6) == 0 && t > 0 &&
		s->token[t - 1].role == ROLE_UNKNOWN;
}

/* "hay salam": a greeting too, but not after a street's word. */
static bool
names_quarter(const struct search *s, size_t t)
{
	return s->token[t].sort[SORT_POLITE] != 0 && t > 0 && !is_parted(s, t) &&
		s->token[t - 1].role == ROLE_STREET &&
		(s->token[t - 1].sort[SORT_STREET] & ~s->v->street_last) != 0;
}

static char
role_of(const struct search *s, size_t t)
{
	const struct token *token = &s->token[t];
	bool hit = counts(s, token->hit);

	if (token->claimed)
		return ROLE_KEYWORD;
	if (token->sort[SORT_NUMBERED] && is_numbered(s, t))
		return ROLE_STREET;
	if (t > 0 && s->token[t - 1].role == ROLE_STREET &&
		s->token[t - 1].sort[SORT_NUMBERED] != 0 && is_number_word(s, t))
		return ROLE_JOINING;
	if (hit && !names_landmark(s, token->hit) && !ends_street(s, t))
		return ROLE_KEYWORD;
	if (is_owned(s, t))
		return ROLE_WORD;
	if (is_time(s, t) || is_amount(s, t) || is_distance(s, t) || goes_on_in_arabic(s, t))
		return ROLE_WORD;
	if (qualifies(s, t))
		return ROLE_UNKNOWN;
	if (token->folded_length == 1 ? is_sort(s, token, SORT_STREET)
				      : sort_of(s, token, SORT_STREET) != 0)
		return ROLE_STREET;
	if (sort_of(s, token, SORT_LANDMARK))
		return ROLE_LANDMARK;
	if (token->folded_length == 1 && follows_name(s, t) && ends_part(s, t))
		return ROLE_NUMBER;
	if (is_initial(s, t) || (token->hyphen && follows_name(s, t)))
		return ROLE_UNKNOWN;
	if (is_sort(s, token, SORT_BESIDE))
		return ROLE_BESIDE;
	if (is_sort(s, token, SORT_NEAR))
		return ROLE_NEAR;
	if (is_sort(s, token, SORT_BEFORE_PLACE) && follows_name(s, t) && t + 1 < s->count &&
		s->token[t + 1].digit && token->ascii && token->folded_length <= 2)
		return ROLE_JOINING; /* "rua no 9" */
	if (is_sort(s, token, SORT_BEFORE_PLACE))
		return follows_name(s, t) && is_named(s, t) && may_be_named(s, t) ? ROLE_UNKNOWN
										  : ROLE_BEFORE;
	if (is_sort(s, token, SORT_JOINING) || joins_street(s, t))
		return ROLE_JOINING;
	if (is_sort(s, token, SORT_FUNCTION) || is_sort(s, token, SORT_FILLER) ||
		is_sort(s, token, SORT_POLITE))
		return may_be_named(s, t) || names_quarter(s, t) ? ROLE_UNKNOWN : ROLE_WORD;
	if (token->digit)
		return is_code(s, t) ? ROLE_UNKNOWN : ROLE_NUMBER;
	if (token->mentioned)
		return may_be_named(s, t) ? ROLE_UNKNOWN : ROLE_WORD;
	return is_common(s, t) && !follows_street(s, t) ? ROLE_WORD : ROLE_UNKNOWN;
}

static bool
is_name(char role)
{
	return role == ROLE_UNKNOWN || role == ROLE_NUMBER || role == ROLE_KNOWN;
}

static bool
names_street(char role)
{
	return is_name(role) || role == ROLE_LANDMARK;
}

/* Has it the Arabic article? "The street flooded" names no street, "street of the Republic" does.
 */
static bool
is_definite(const struct search *s, size_t t)
{
	const char *folded = s->v->scratch.folded + s->token[t].folded;

	return s->token[t].folded_length > 4 && memcmp(folded, "ال", 4) == 0;
}

/* "Pole no 214": a number stands behind its word in every language. */
static bool
has_number(const struct search *s, size_t t)
{
	for (t++; t < s->count && !is_parted(s, t); t++)
		if (s->token[t].role != ROLE_JOINING)
			return s->token[t].role == ROLE_NUMBER;
	return false;
}

/* Is there a name beside the street or landmark word at t, on the side where its language puts it?
 */
static bool
has_name(const struct search *s, size_t t, enum sort sort)
{
	const struct token *token = &s->token[t];
	size_t next = t + 1;

	if (token->sort[SORT_NUMBERED] != 0 && has_number(s, t))
		return true;
	if (token->sort[sort] & ~s->v->street_last) {
		while (next < s->count && s->token[next].role == ROLE_JOINING &&
			!is_parted(s, next))
			next++;
		if (next < s->count && names_street(s->token[next].role) && !is_parted(s, next) &&
			(!is_definite(s, t) || is_definite(s, next)))
			return true;
	}
	return t > 0 && !is_parted(s, t) && (token->sort[sort] & s->v->street_last) &&
		names_street(s->token[t - 1].role);
}

/* "full bin, behind the drain": where it is, not what is wrong. */
static bool
stands_near(const struct search *s, size_t t)
{
	size_t first = s->v->scratch.hit[s->token[t].hit].first;

	while (first > 0 && s->token[first - 1].role == ROLE_JOINING)
		first--;
	return first > 0 &&
		(s->token[first - 1].role == ROLE_NEAR || s->token[first - 1].role == ROLE_BESIDE);
}

static bool
names_value(const struct vocabulary *v, int32_t meaning)
{
	for (; meaning != NONE; meaning = v->meaning[meaning].next)
		if (v->meaning[meaning].kind == MEANS_VALUE && v->meaning[meaning].weight > 0)
			return true;
	return false;
}

/* Does another phrase of the message say what is wrong? */
static bool
is_said_elsewhere(const struct search *s, int hit)
{
	const struct scratch *scratch = &s->v->scratch;

	for (int h = 0; h < (int)scratch->hit_count; h++)
		if (h != hit && names_value(s->v, scratch->hit[h].meaning))
			return true;
	return false;
}

/* A word that names a category and a sort of place ("route", "pont") is a place only with a name.
 */
static void
settle_roles(struct search *s)
{
	for (size_t t = 0; t < s->count; t++) {
		struct token *token = &s->token[t];
		bool hit = counts(s, token->hit);

		if (token->role == ROLE_STREET && hit && !has_name(s, t, SORT_STREET))
			token->role = ROLE_KEYWORD;
		if (token->role == ROLE_LANDMARK && hit && !has_name(s, t, SORT_LANDMARK))
			token->role = ROLE_KEYWORD;
		if (token->role == ROLE_KEYWORD && !token->claimed && !token->mentioned &&
			stands_near(s, t) && is_said_elsewhere(s, token->hit))
			token->role = ROLE_LANDMARK;
	}
}

/* How many words from token t on may be a name that is misspelt: unknown ones, with what may stand
 * in a name between them. */
static size_t
count_unknown(const struct search *s, size_t t)
{
	size_t end = t, n = t;

	for (; n < s->count && is_part(s->token[n].role) && (n == t || !is_parted(s, n)); n++)
		if (s->token[n].role == ROLE_UNKNOWN)
			end = n + 1;
	return end - t;
}

static size_t
match_known(const struct search *s, const struct gazetteer *gazetteer, size_t t, int64_t *id)
{
	size_t n = gazetteer_match(gazetteer, s->v->scratch.folded, s->token, s->count, t, id);

	if (n > 0)
		return n == 1 && s->token[t].role == ROLE_KEYWORD ? 0 : n;
	if (s->token[t].role == ROLE_JOINING)
		return 0;
	n = count_unknown(s, t);
	return n == 0 ? 0 : gazetteer_near(gazetteer, s->v->scratch.folded, s->token, t + n, t, id);
}

static void
find_known(struct search *s, const struct gazetteer *gazetteer, int64_t *place_id)
{
	size_t longest = 0;

	for (size_t t = 0; t < s->count;) {
		int64_t id = 0;
		size_t n = match_known(s, gazetteer, t, &id);

		if (n == 0) {
			t++;
			continue;
		}
		if (n > longest) {
			longest = n;
			*place_id = id;
		}
		for (; n > 0; n--)
			s->token[t++].role = ROLE_KNOWN;
	}
}

static size_t
count_role(const struct search *s, const struct span *span, char role)
{
	size_t count = 0;

	for (size_t t = span->first; t <= span->last; t++)
		count += s->token[t].role == role;
	return count;
}

/* "(emporté le) petit pont": the first token from which no bare word stands before `at`. */
static size_t
skip_bare(const struct search *s, size_t first, size_t at)
{
	for (size_t t = first; t < at; t++)
		if (s->token[t].role != ROLE_JOINING &&
			(s->token[t].role != ROLE_UNKNOWN || s->token[t].capital ||
				s->token[t].digit))
			return first;
	return at;
}

/* Begin at the street word where bare words stand before it: "importante rue 12". */
static void
trim_start(const struct search *s, struct span *span)
{
	while (span->first < span->last && s->token[span->first].role == ROLE_JOINING)
		span->first++;
	for (size_t t = span->first + 1; t <= span->last; t++) {
		const struct token *token = &s->token[t], *before = &s->token[t - 1];
		uint32_t sorts = token->role == ROLE_STREET ? token->sort[SORT_STREET]
			: token->role == ROLE_LANDMARK      ? token->sort[SORT_LANDMARK]
							    : 0;

		if ((sorts & s->languages) != 0)
			sorts &= s->languages;
		if ((sorts & ~s->v->street_last) == 0)
			continue;
		if (before->role == ROLE_UNKNOWN && before->sort[SORT_QUALIFYING])
			span->first = skip_bare(s, span->first, t - 1);
		else if (before->role == ROLE_UNKNOWN && !before->capital && !before->digit)
			span->first = t;
		break;
	}
}

static bool
is_small(const struct token *token)
{
	return token->role == ROLE_UNKNOWN && token->ascii && !token->capital;
}

/*
 * Cut off joining words at both ends and words that only stand beside the name; where beside, the
 * start stays. False: nothing is left.
 */
static bool
trim(const struct search *s, struct span *span, bool beside)
{
	size_t name;

	if (!beside)
		trim_start(s, span);
	while (span->last > span->first && s->token[span->last].role == ROLE_JOINING)
		span->last--;
	name = span->last;
	while (s->v->scratch.cased && name > span->first && is_small(&s->token[name]))
		name--;
	/* "Faladié sema" is a name, "Hamdallaye tourne mal" is one and what happens there. */
	if (span->last - name > 1 && s->token[name].capital)
		span->last = name;
	return is_part(s->token[span->last].role) && s->token[span->last].role != ROLE_JOINING;
}

static bool
any_named(const struct search *s, const struct span *span)
{
	for (size_t t = span->first; t <= span->last; t++)
		if ((s->token[t].role == ROLE_UNKNOWN || s->token[t].role == ROLE_LANDMARK) &&
			is_named(s, t))
			return true;
	return false;
}

/* Does the span stand between commas or at the text's ends, and is there more than it? */
static bool
is_apart(const struct search *s, const struct span *span)
{
	return (span->first == 0 || is_parted(s, span->first)) && ends_part(s, span->last) &&
		s->count > span->last - span->first + 1;
}

/*
 * Bare words may be a name where a part of the message begins or ends, "no water kibagabaga", in a
 * language of which most words are known.
 */
static bool
is_at_end(const struct search *s, const struct span *span)
{
	return (s->languages & ~s->v->worded) != 0 &&
		(span->first == 0 || is_parted(s, span->first) || ends_part(s, span->last));
}

/* How sure a street or landmark is of which no word is a name's: less so where others have. */
static int
unless_named(const struct search *s, const struct span *span, int sure)
{
	if (!s->named || any_named(s, span) || count_role(s, span, ROLE_NUMBER) > 0)
		return sure;
	return SURE_NAMELESS;
}

static int
judge(const struct search *s, const struct span *span)
{
	size_t street = count_role(s, span, ROLE_STREET);
	size_t landmark = count_role(s, span, ROLE_LANDMARK);
	size_t unknown = count_role(s, span, ROLE_UNKNOWN);
	size_t number = count_role(s, span, ROLE_NUMBER);

	if (count_role(s, span, ROLE_KNOWN) > 0)
		return SURE_KNOWN;
	if (street > 0 && unknown + number + landmark > 0)
		return unless_named(s, span, SURE_STREET);
	if (landmark > 0 && unknown + number > 0)
		return unless_named(s, span, SURE_LANDMARK);
	if (landmark > 1 && any_named(s, span))
		return SURE_LANDMARK;
	if (landmark > 0)
		return span->led            ? unless_named(s, span, SURE_LED)
			: is_apart(s, span) ? SURE_APART
					    : 0;
	if (unknown == 0)
		return street == 1 && is_named(s, span->last) && span->first == span->last
			? SURE_BARE
			: 0;
	if (any_named(s, span))
		return span->led ? SURE_LED : SURE_CAPITAL;
	if (span->led)
		return s->named ? SURE_PLAIN : SURE_LED;
	if (is_apart(s, span))
		return SURE_APART;
	return unknown <= 3 && is_at_end(s, span) ? SURE_BARE : 0;
}

static bool
leads(char role)
{
	return role == ROLE_BEFORE || role == ROLE_NEAR || role == ROLE_BESIDE;
}

/* "à côté de la clinique de Djeffa": the clinic has a name, so the long way to say "near" may go.
 */
static void
drop_beside(const struct search *s, struct span *span)
{
	size_t t = span->first;

	while (t < span->last && (leads(s->token[t].role) || s->token[t].role == ROLE_JOINING))
		t++;
	if (t - span->first < BESIDE_WORDS_MIN ||
		(s->token[t].role != ROLE_LANDMARK && s->token[t].role != ROLE_STREET))
		return;
	for (size_t n = t; n <= span->last; n++)
		if (s->token[n].role == ROLE_UNKNOWN && is_named(s, n)) {
			span->first = t;
			return;
		}
}

static void
find_spans(struct search *s)
{
	for (size_t t = 0; t < s->count && s->span_count < SPANS_MAX;) {
		struct span span = { .first = t };
		bool beside = false;

		while (t < s->count && leads(s->token[t].role)) {
			if (s->token[t].role == ROLE_BESIDE && !beside) {
				beside = true;
				span.first = t;
			}
			span.led = true;
			t++;
		}
		if (!beside)
			span.first = t;
		if (t == s->count || !is_part(s->token[t].role)) {
			t += t < s->count && !leads(s->token[t].role);
			continue;
		}
		do
			span.last = t++;
		while (t < s->count && is_part(s->token[t].role) && !is_parted(s, t));
		if (!trim(s, &span, beside))
			continue;
		if (beside)
			drop_beside(s, &span);
		span.sure = judge(s, &span);
		if (beside && span.sure < SURE_LED)
			span.sure = unless_named(s, &span, SURE_LED);
		s->span[s->span_count++] = span;
	}
}

/* May the two spans be read as one place? Nothing but prepositions and joining words is between
 * them. */
static bool
continues(const struct search *s, const struct span *before, const struct span *after)
{
	for (size_t t = before->last + 1; t < after->first; t++) {
		char role = s->token[t].role;

		if (!leads(role) && role != ROLE_JOINING)
			return false;
	}
	return before->sure != 0 && after->sure != 0;
}

/* A bare word is no part of a longer place: "fuite importante à Kimironko". */
static bool
joins(const struct span *span)
{
	return span->sure >= SURE_APART;
}

static bool
best_span(const struct search *s, struct span *out)
{
	size_t best = SPANS_MAX;

	for (size_t i = 0; i < s->span_count; i++)
		if (s->span[i].sure > 0 &&
			(best == SPANS_MAX || s->span[i].sure > s->span[best].sure))
			best = i;
	if (best == SPANS_MAX)
		return false;
	*out = s->span[best];
	for (size_t i = best; i > 0 && joins(&s->span[i - 1]) && joins(&s->span[i]) &&
		continues(s, &s->span[i - 1], &s->span[i]);
		i--)
		out->first = s->span[i - 1].first;
	for (size_t i = best; i + 1 < s->span_count && joins(&s->span[i]) &&
		joins(&s->span[i + 1]) && continues(s, &s->span[i], &s->span[i + 1]);
		i++)
		out->last = s->span[i + 1].last;
	return true;
}

/* The bytes of the Arabic "in" or "to" that is written together with a street word: "bi-shari'". */
static size_t
particle_length(const struct search *s, size_t t)
{
	const struct token *token = &s->token[t];
	const char *folded = s->v->scratch.folded + token->folded;
	const size_t letter = 2;

	if ((token->role != ROLE_STREET && token->role != ROLE_LANDMARK) || token->ascii ||
		(memcmp(folded, "ب", letter) != 0 && memcmp(folded, "ل", letter) != 0))
		return 0;
	for (size_t w = 0; w < token->word_count; w++)
		if (token->word[w].form == FORM_SAME)
			return 0; /* the word itself begins so */
	return memcmp(s->v->scratch.text + token->written, folded, letter) == 0 ? letter : 0;
}

/* The text between two tokens as it was written, on one line. */
static void
copy_written(const struct search *s, const struct span *span, char out[SERVICE_VALUE_MAX])
{
	const struct token *last = &s->token[span->last];
	size_t start = s->token[span->first].written + particle_length(s, span->first);
	size_t end = last->written + last->written_length;

	if (s->v->scratch.text[end] == ')' &&
		memchr(s->v->scratch.text + start, '(', end - start) != NULL)
		end++;
	text_utf8_clean(out, SERVICE_VALUE_MAX, s->v->scratch.text + start, end - start);
	for (char *p = out; *p != '\0'; p++)
		if (*p == '\n')
			*p = ' ';
}

int
understand_place(struct vocabulary *v, const struct gazetteer *gazetteer, uint32_t languages,
	char out[SERVICE_VALUE_MAX], int64_t *place_id)
{
	struct search s = { .v = v,
		.token = v->scratch.token,
		.count = v->scratch.token_count,
		.languages = languages };
	struct span span;

	for (size_t t = 0; t < s.count; t++)
		s.token[t].role = role_of(&s, t);
	settle_roles(&s);
	find_known(&s, gazetteer, place_id);
	for (size_t t = 0; t < s.count; t++)
		s.named |= s.token[t].role == ROLE_KNOWN ||
			(s.token[t].role == ROLE_UNKNOWN && is_named(&s, t));
	find_spans(&s);
	if (!best_span(&s, &span))
		return 0;
	copy_written(&s, &span, out);
	/* What is part of the place's name does not say what is wrong there. */
	for (size_t t = span.first; t <= span.last; t++) {
		s.token[t].in_place = true;
		if (s.token[t].hit != NONE && s.token[t].role != ROLE_KEYWORD &&
			s.token[t].sort[SORT_NUMBERED] == 0 &&
			v->scratch.hit[s.token[t].hit].last <= span.last)
			v->scratch.hit[s.token[t].hit].silent = true;
	}
	return span.sure;
}
