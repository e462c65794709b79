/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-sms: what an info of a CAP message says, as one SMS. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cap-judge.h"
#include "text.h"

#define SENTENCES_MAX 64 /* of a description or an instruction; what is more is left out */
#define SPEAKER_BYTES 60
#define WHERE_BYTES 80
#define SIGNED " ({sender}, {hour})"
#define HOUR "00:00" /* as long as any */

/* A text cut into sentences, in place. */
struct sentences {
	char text[CAP_TEXT_BYTES];
	const char *sentence[SENTENCES_MAX];
	size_t count;
};

const char *
cap_speaker(const struct cap *cap)
{
	for (const struct cap_info *info = cap->infos; info != NULL; info = info->next)
		if (info->sender_name != NULL && info->sender_name[0] != '\0' &&
			strlen(info->sender_name) <= SPEAKER_BYTES &&
			strpbrk(info->sender_name, "{}\n") == NULL)
			return info->sender_name;
	return cap->sender;
}

int
cap_language(const struct cap_info *info, char out[CAP_LANGUAGE_BYTES])
{
	const char *language = info->language != NULL ? info->language : "en-US";
	size_t length = strcspn(language, "-");

	if (length < 2 || length > 3)
		return -1;
	for (size_t i = 0; i < length; i++)
		out[i] = (char)tolower((unsigned char)language[i]);
	out[length] = '\0';
	return 0;
}

/* A copy on one line, without braces; cut at a character where it is too long for any SMS. */
static void
flatten(const char *text, char out[CAP_TEXT_BYTES])
{
	char *to = out;

	text_utf8_clean(
		out, CAP_TEXT_BYTES, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
	for (const char *from = out; *from != '\0'; from++) {
		char c = *from == '\n' ? ' ' : *from == '{' ? '(' : *from == '}' ? ')' : *from;

		if (c != ' ' || (to > out && to[-1] != ' '))
			*to++ = c;
	}
	while (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
}

static bool
ends_sentence(uint32_t c)
{
	return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x061F || c == 0x06D4;
}

/* A sentence ends at its mark with a blank behind it. */
static void
cut_sentences(const char *text, struct sentences *out)
{
	char *at = out->text;

	flatten(text, out->text);
	out->count = 0;
	while (*at != '\0' && out->count < SENTENCES_MAX) {
		const char *next = at;
		uint32_t c;

		out->sentence[out->count++] = at;
		while ((c = text_next(&next)) != 0 && !(ends_sentence(c) && *next == ' '))
			;
		at = out->text + (next - out->text);
		if (*at == ' ')
			*at++ = '\0';
	}
}

/* Add a sentence, with a mark at its end. Returns 0, or -1: full. */
static int
add_sentence(char out[CAP_TEXT_BYTES], const char *words)
{
	size_t length = strlen(out), room = CAP_TEXT_BYTES - length;
	uint32_t last = 0;

	for (const char *at = words; *at != '\0';)
		last = text_next(&at);
	if (last == 0)
		return 0;
	return snprintf(out + length, room, "%s%s%s", length > 0 ? " " : "", words,
		       ends_sentence(last) ? "" : ".") < (int)room
		? 0
		: -1;
}

static bool
holds(const char *text, const char *words)
{
	char a[3 * CAP_TEXT_BYTES], b[3 * WHERE_BYTES + 1];

	return text_fold(a, sizeof(a), text) >= 0 && text_fold(b, sizeof(b), words) >= 0 &&
		strstr(a, b) != NULL;
}

/* Where it is, when the words do not say; "" when they do, or when it is too long to be said. */
static const char *
where_of(const struct cap_info *info, const char *headline)
{
	const struct cap_area *area = info->areas;

	if (area == NULL || strlen(area->description) > WHERE_BYTES ||
		holds(headline, area->description) ||
		(info->description != NULL && strlen(info->description) < CAP_TEXT_BYTES &&
			holds(info->description, area->description)))
		return "";
	return area->description;
}

/* With so many sentences of each. Returns 0, or -1: too long. */
static int
compose(const char *headline, const char *where, const struct sentences *description,
	size_t described, const struct sentences *instruction, size_t instructed,
	char out[CAP_TEXT_BYTES])
{
	out[0] = '\0';
	if (add_sentence(out, headline) != 0 || add_sentence(out, where) != 0)
		return -1;
	for (size_t i = 0; i < described; i++)
		if (add_sentence(out, description->sentence[i]) != 0)
			return -1;
	for (size_t i = 0; i < instructed; i++)
		if (add_sentence(out, instruction->sentence[i]) != 0)
			return -1;
	return strlen(out) + sizeof(SIGNED) <= CAP_TEXT_BYTES ? 0 : -1;
}

/* Does it fit, signed and within what may stand around it? */
static bool
fits(const char *text, const char *speaker, size_t margin)
{
	char whole[2 * CAP_TEXT_BYTES];
	int length = snprintf(whole, sizeof(whole), "%s (%s, %s)", text, speaker, HOUR), segments;

	if (length < 0 || (size_t)length + margin >= sizeof(whole))
		return false;
	memset(whole + length, 'x', margin);
	whole[(size_t)length + margin] = '\0';
	segments = text_count_segments(whole, NULL);
	return segments > 0 && segments <= CAP_SEGMENTS_MAX;
}

int
cap_sms(const struct cap_info *info, const char *speaker, size_t margin, char out[CAP_TEXT_BYTES])
{
	struct sentences description = { .count = 0 }, instruction = { .count = 0 };
	char headline[CAP_TEXT_BYTES], where[CAP_TEXT_BYTES], text[CAP_TEXT_BYTES];
	size_t described, instructed;

	flatten(info->headline != NULL && info->headline[0] != '\0' ? info->headline : info->event,
		headline);
	flatten(where_of(info, headline), where);
	cut_sentences(info->description, &description);
	cut_sentences(info->instruction, &instruction);
	described = description.count;
	instructed = instruction.count;
	while (compose(headline, where, &description, described, &instruction, instructed, text) !=
			0 ||
		!fits(text, speaker, margin)) {
		if (described > 0)
			described--;
		else if (instructed > 1)
			instructed--;
		else if (where[0] != '\0')
			where[0] = '\0';
		else
			return -1;
	}
	memcpy(out, text, strlen(text) + 1);
	strcat(out, SIGNED); /* compose() left room */
	return 0;
}
