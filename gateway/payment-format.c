/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * payment-format: a text made flat, tried against each format of its country.
 *
 * Flat is: one line, single blanks, letters without accents, Latin digits, plain apostrophes. A
 * reference is taken from the text as it was written; everything else from the flat one.
 */
#include "payment-format.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "payment-internal.h"
#include "text.h"

#define ID_LENGTH_MIN 6    /* a shorter one does not name one transaction of all */
#define PAYER_DIGITS_MIN 7 /* fewer are an agent's or a paybill's */

struct flat {
	size_t length;
	char text[PAYMENT_TEXT_MAX + 1];
	uint16_t at[PAYMENT_TEXT_MAX + 1]; /* where each byte came from */
	const char *written;               /* the text itself */
	size_t written_length;             /* of it, that is flattened */
};

/* --- Making flat --- */

static bool
is_blank(uint32_t c)
{
	return c <= ' ' || (c >= 0x7f && c <= 0xa0) || c == 0x1680 ||
		(c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
		c == 0x205f || c == 0x3000;
}

/* Without width, or a mark on the letter before it. */
static bool
is_nothing(uint32_t c)
{
	return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) ||
		(c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff ||
		c == 0xad;
}

static int
add(struct flat *f, const char *bytes, size_t length, size_t from)
{
	if (f->length + length > PAYMENT_TEXT_MAX)
		return -1;
	for (size_t i = 0; i < length; i++) {
		f->text[f->length] = bytes[i];
		f->at[f->length++] = (uint16_t)from;
	}
	return 0;
}

static bool
is_stop(uint32_t c)
{
	return c == '.' || c == ',' || c == ';' || c == ':';
}

/* A blank before the stop that was added last is a slip, or the hole of a template. */
static void
close_up(struct flat *f)
{
	size_t last = f->length - 1;

	if (f->length < 3 || !is_stop((unsigned char)f->text[last]) || f->text[last - 1] != ' ' ||
		is_stop((unsigned char)f->text[last - 2]))
		return;
	f->text[last - 1] = f->text[last];
	f->at[last - 1] = f->at[last];
	f->length--;
}

/* What stands for a character beyond ASCII: plain letters and digits where there are any. */
static size_t
plain(uint32_t c, const char *bytes, size_t length, char out[16])
{
	char one[5] = "";

	if (c == 0x2018 || c == 0x2019 || c == 0x2bc || c == 0x60 || c == 0xb4) {
		out[0] = '\'';
		return 1;
	}
	if (c >= 0x2010 && c <= 0x2015) {
		out[0] = '-';
		return 1;
	}
	memcpy(one, bytes, length);
	if (text_fold(out, 16, one) > 0 && (unsigned char)out[0] < 0x80)
		return strlen(out);
	return text_put(out, c);
}

static void
flatten(const char *text, struct flat *f)
{
	const char *at = text;

	f->length = 0;
	f->written = text;
	for (;;) {
		const char *from = at;
		uint32_t c = text_next(&at);
		char letters[16];
		size_t length;

		f->written_length = (size_t)(from - text);
		if (c == 0 || f->written_length > PAYMENT_TEXT_MAX)
			break;
		if (is_nothing(c))
			continue;
		if ((c < '0' || c > '9') && !is_stop(c))
			close_up(f);
		if (is_blank(c)) {
			if (f->length > 0 && f->text[f->length - 1] != ' ' &&
				add(f, " ", 1, f->written_length) == -1)
				break;
			continue;
		}
		letters[0] = (char)c;
		length = c < 0x80 ? 1 : plain(c, from, (size_t)(at - from), letters);
		if (add(f, letters, length, f->written_length) == -1)
			break;
	}
	f->text[f->length] = '\0';
	f->at[f->length] = (uint16_t)f->written_length;
}

void
payment_flatten(const char *text, char out[PAYMENT_TEXT_MAX + 1])
{
	struct flat flat;

	flatten(text, &flat);
	memcpy(out, flat.text, flat.length + 1);
}

/* --- Taking what a format found --- */

struct found {
	const struct flat *flat;
	const struct payment_format *format;
	const PCRE2_SIZE *place; /* pairs by group; PCRE2_UNSET */
	uint32_t count;
};

/* The first group of that field that took part. Returns false when none did. */
static bool
find_field(const struct found *found, enum payment_field field, size_t *begin, size_t *end)
{
	const struct field_groups *groups = &found->format->field[field];

	for (size_t i = 0; i < groups->count; i++) {
		size_t number = groups->number[i];

		if (number >= found->count || found->place[2 * number] == PCRE2_UNSET)
			continue;
		*begin = found->place[2 * number];
		*end = found->place[2 * number + 1];
		return *begin < *end;
	}
	return false;
}

/* A field's flat text. Returns false (out empty) when it is not said or does not fit. */
static bool
take_flat(const struct found *found, enum payment_field field, char *out, size_t size)
{
	size_t begin, end;

	out[0] = '\0';
	if (!find_field(found, field, &begin, &end) || end - begin >= size)
		return false;
	memcpy(out, found->flat->text + begin, end - begin);
	out[end - begin] = '\0';
	return true;
}

static void
take_id(const struct found *found, enum payment_field field, char out[PAYMENT_ID_MAX])
{
	if (take_flat(found, field, out, PAYMENT_ID_MAX) && strlen(out) < ID_LENGTH_MIN)
		out[0] = '\0';
}

static void
take_payer(const struct found *found, char out[PAYMENT_PAYER_MAX])
{
	char text[64];
	size_t length = 0;

	out[0] = '\0';
	if (!take_flat(found, FIELD_PAYER, text, sizeof(text)))
		return;
	for (const char *p = text; *p != '\0'; p++)
		if (*p >= '0' && *p <= '9' && length + 1 < PAYMENT_PAYER_MAX)
			out[length++] = *p;
	out[length >= PAYER_DIGITS_MIN ? length : 0] = '\0';
}

/* Are blanks doubled in the message outside of these bytes? Then its way here did it. */
static bool
is_stretched(const struct flat *flat, size_t begin, size_t end)
{
	bool blank = true; /* what leads does not count */

	for (size_t i = flat->at[0]; i < flat->written_length; i++) {
		bool now = flat->written[i] == ' ';

		if (i == begin && end > begin)
			i = end - 1;
		else if (now && blank && flat->written[i + 1] != '\0')
			return true;
		blank = now;
	}
	return false;
}

/* Nothing is said by "-", "." and the like, nor by the hole of a template: $REFERENCE_NO. */
static bool
says_nothing(const char *reference)
{
	static const char hole[] = "$<{[}]>_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char *const words[] = { "null", "none", "n/a", "na", "nil", "undefined" };

	if (strchr("$<{[", reference[0]) != NULL && reference[strspn(reference, hole)] == '\0')
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(reference, words[i]) == 0)
			return true;
	return reference[strspn(reference, " .,:;-_'\"/*()")] == '\0';
}

/* How many blanks stand for those at *at, which is moved behind them. */
static size_t
take_blanks(const char **at, const char *end, bool stretched)
{
	const char *begin = *at;
	size_t blanks = 0, breaks = 0, width;

	while (*at < end) {
		const char *next = *at;
		uint32_t c = text_next(&next);

		if (!is_blank(c))
			break;
		if (c == '\n' || c == '\r')
			breaks += c == '\r' || *at == begin || (*at)[-1] != '\r';
		else
			blanks++;
		*at = next;
	}
	width = breaks == 0 ? blanks : blanks > 0 ? 1 : breaks;
	return stretched && width > 1 ? width / 2 : width;
}

/* As it was written, but on one line, without blanks around it and those that its way here doubled.
 */
static void
take_reference(const struct found *found, char out[PAYMENT_REFERENCE_MAX])
{
	const struct flat *flat = found->flat;
	size_t begin, end, length = 0;
	const char *at, *behind;
	bool stretched;

	out[0] = '\0';
	if (!find_field(found, FIELD_REFERENCE, &begin, &end) ||
		flat->at[end] - flat->at[begin] >= PAYMENT_REFERENCE_MAX)
		return;
	at = flat->written + flat->at[begin];
	behind = flat->written + flat->at[end];
	stretched = is_stretched(flat, flat->at[begin], flat->at[end]);
	while (at < behind) {
		size_t blanks = take_blanks(&at, behind, stretched);
		char letters[4];
		size_t size = at < behind ? text_put(letters, text_next(&at)) : 0;

		if (length > 0 && size > 0 && length + blanks + size < PAYMENT_REFERENCE_MAX) {
			memset(out + length, ' ', blanks);
			length += blanks;
		}
		if (length + size >= PAYMENT_REFERENCE_MAX)
			break;
		memcpy(out + length, letters, size);
		length += size;
	}
	out[length] = '\0';
	if (says_nothing(out))
		out[0] = '\0';
}

/* Amount and currency. Returns 0, or -1 (nothing set) when they are not clear or nothing. */
static int
take_money(const struct found *found, const char *country, struct payment_read *out)
{
	char amount[64], word[32];
	const char *currency = found->format->currency;
	int64_t minor;

	if (!take_flat(found, FIELD_AMOUNT, amount, sizeof(amount)))
		return -1;
	if (currency[0] == '\0')
		currency = take_flat(found, FIELD_CURRENCY, word, sizeof(word))
			? money_currency(word, country)
			: money_of_country(country);
	if (currency == NULL ||
		money_parse(amount, currency, found->format->decimal, &minor) == -1 || minor <= 0 ||
		minor > MONEY_MOST)
		return -1;
	out->amount = minor;
	snprintf(out->currency, sizeof(out->currency), "%s", currency);
	return 0;
}

/* When it was. A date that cannot be is not said. */
static void
take_when(const struct found *found, struct payment_read *out)
{
	char text[48];

	if (take_flat(found, FIELD_DATE, text, sizeof(text)))
		payment_date(text, found->format->dates, out->date);
	if (take_flat(found, FIELD_TIME, text, sizeof(text)))
		payment_time(text, out->time);
}

static void
take_all(const struct found *found, const char *country, struct payment_read *out)
{
	bool paid = take_money(found, country, out) == 0;

	out->kind = found->format->kind;
	if (out->kind == PAYMENT_INCOMING && !paid)
		out->kind = PAYMENT_UNREAD;
	if (out->kind == PAYMENT_OTHER)
		return;
	take_id(found, FIELD_ID, out->transaction_id);
	take_id(found, FIELD_REVERSES, out->reverses);
	take_payer(found, out->payer);
	take_reference(found, out->reference);
	take_when(found, out);
}

/* --- Trying --- */

struct trying {
	struct payment_formats *formats;
	const struct flat *flat;
	const char *country;
	char sender[130]; /* "\nname\n", or "" */
	bool undecided;   /* a pattern met its limits */
};

/* Of several formats that read a text, the one that reads most of it. */
struct best {
	const struct payment_format *format;
	size_t length;
	bool shared; /* another provider's reads as much */
};

static bool
is_sender_of(const struct payment_provider *provider, const char *sender)
{
	return sender[0] != '\0' && strstr(provider->senders, sender) != NULL;
}

static bool
holds_for(const struct payment_format *format, const char *country)
{
	char wanted[8];

	snprintf(wanted, sizeof(wanted), " %.4s ", country);
	return strstr(format->countries, wanted) != NULL;
}

/* Bytes that the pattern matches, 0 for none. */
static size_t
match(struct trying *t, const pcre2_code *code)
{
	int result = pcre2_match(code, (PCRE2_SPTR)t->flat->text, t->flat->length, 0,
		PCRE2_NO_UTF_CHECK, t->formats->data, t->formats->context);
	const PCRE2_SIZE *place = pcre2_get_ovector_pointer(t->formats->data);

	if (result < 0 && result != PCRE2_ERROR_NOMATCH)
		t->undecided = true;
	return result > 0 && place[1] > place[0] ? place[1] - place[0] : 0;
}

static void
compare(struct best *best, const struct payment_format *format, size_t length)
{
	if (length > best->length)
		*best = (struct best){ .format = format, .length = length };
	else if (length > 0 && length == best->length)
		best->shared |= best->format->provider != format->provider;
}

/* The best of the formats that read money in, or of the others. */
static struct best
try_formats(struct trying *t, bool incoming, bool of_sender)
{
	struct best best = { .format = NULL };

	for (size_t i = 0; i < t->formats->format_count; i++) {
		const struct payment_format *format = &t->formats->format[i];

		if ((format->kind == PAYMENT_INCOMING) == incoming &&
			is_sender_of(&t->formats->provider[format->provider], t->sender) ==
				of_sender &&
			holds_for(format, t->country))
			compare(&best, format, match(t, format->code));
	}
	return best;
}

static void
set_sender(struct trying *t, const char *sender)
{
	char folded[128];

	t->sender[0] = '\0';
	if (sender != NULL && payment_fold_sender(sender, folded, sizeof(folded)) > 0)
		snprintf(t->sender, sizeof(t->sender), "\n%s\n", folded);
}

/* What is no payment comes first, and each time the sender's own formats. */
static struct best
find_format(struct trying *t)
{
	struct best best = { .format = NULL };

	for (int turn = 0; turn < 4 && best.format == NULL; turn++)
		best = try_formats(t, turn >= 2, turn % 2 == 0);
	return best;
}

/* How the word before a number ends, "id" of "Trans. ID: ": in small letters. False: by no word. */
static bool
label_of(const char *text, size_t at, char out[2])
{
	size_t end = at;

	while (end > 0 && at - end < 4 && !isalnum((unsigned char)text[end - 1]))
		end--;
	if (end < 2 || !isalpha((unsigned char)text[end - 1]) ||
		!isalpha((unsigned char)text[end - 2]))
		return false;
	out[0] = (char)tolower((unsigned char)text[end - 2]);
	out[1] = (char)tolower((unsigned char)text[end - 1]);
	return true;
}

/* Does another number stand behind a word like that of the one at begin, after it? */
static bool
is_labelled_twice(const char *text, size_t begin, size_t end)
{
	char label[2], other[2];

	if (!label_of(text, begin, label))
		return false;
	for (size_t at = end, length = 0; text[at] != '\0'; at += length > 0 ? length : 1) {
		bool digit = false;

		for (length = 0; isalnum((unsigned char)text[at + length]); length++)
			digit |= isdigit((unsigned char)text[at + length]) != 0;
		if (length >= ID_LENGTH_MIN && digit && label_of(text, at, other) &&
			memcmp(label, other, sizeof(label)) == 0 &&
			strncmp(text + begin, text + at, end - begin) != 0)
			return true;
	}
	return false;
}

/*
 * Is there another transaction where this one's format looks for it? A payer's own words stand in
 * the message, and may look like its end: which of them the operator wrote cannot be told.
 */
static bool
is_told_twice(struct trying *t, const struct found *found, const char *id)
{
	struct flat without = *found->flat;
	struct found again = { .flat = &without, .format = found->format };
	char other[PAYMENT_ID_MAX];
	size_t begin, end;

	if (!find_field(found, FIELD_ID, &begin, &end))
		return false;
	if (is_labelled_twice(without.text, begin, end))
		return true;
	memset(without.text + begin, '~', end - begin);
	t->flat = &without;
	bool matched = match(t, found->format->code) > 0;
	t->flat = found->flat;
	if (!matched)
		return false;
	again.place = pcre2_get_ovector_pointer(t->formats->data);
	again.count = pcre2_get_ovector_count(t->formats->data);
	take_id(&again, FIELD_ID, other);
	return other[0] != '\0' && strcmp(other, id) != 0;
}

/* Matches it once more: what others matched since stands in the match's memory. */
static void
take_found(struct trying *t, const struct best *best, struct payment_read *out)
{
	struct payment_formats *formats = t->formats;
	struct found found = { .flat = t->flat, .format = best->format };
	const struct payment_provider *provider = &formats->provider[best->format->provider];

	match(t, best->format->code);
	found.place = pcre2_get_ovector_pointer(formats->data);
	found.count = pcre2_get_ovector_count(formats->data);
	take_all(&found, t->country, out);
	if (out->kind == PAYMENT_INCOMING && out->transaction_id[0] != '\0' &&
		is_told_twice(t, &found, out->transaction_id))
		out->transaction_id[0] = '\0';
	out->format = best->format->name;
	if (best->shared && out->kind == PAYMENT_OTHER)
		return;
	out->provider = provider->name;
	out->sender_known = is_sender_of(provider, t->sender);
}

void
payment_read(struct payment_formats *formats, const char *text, const char *country,
	const char *sender, struct payment_read *out)
{
	struct flat flat;
	struct trying t = { .formats = formats, .flat = &flat, .country = country };
	struct best best;

	memset(out, 0, sizeof(*out));
	flatten(text, &flat);
	set_sender(&t, sender);
	best = find_format(&t);
	if (best.format != NULL)
		take_found(&t, &best, out);
	/* Had the pattern that met its limits matched, it might have said that this is no payment.
	 */
	if ((best.format == NULL && match(&t, formats->money_like) > 0) ||
		(t.undecided && (best.format == NULL || out->kind == PAYMENT_INCOMING)))
		out->kind = PAYMENT_UNREAD;
}

bool
payment_sender_known(const struct payment_formats *formats, const char *sender)
{
	struct trying t;

	set_sender(&t, sender);
	for (size_t i = 0; i < formats->provider_count; i++)
		if (is_sender_of(&formats->provider[i], t.sender))
			return true;
	return false;
}

bool
payment_formats_list(const struct payment_formats *formats, size_t i, const char **provider,
	const char **format, enum payment_kind *kind, bool *seen)
{
	const struct payment_format *f = &formats->format[i];

	if (i >= formats->format_count)
		return false;
	if (provider != NULL)
		*provider = formats->provider[f->provider].name;
	if (format != NULL)
		*format = f->name;
	if (kind != NULL)
		*kind = f->kind;
	if (seen != NULL)
		*seen = f->seen;
	return true;
}
