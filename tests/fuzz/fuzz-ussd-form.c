/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-ussd-form: whatever somebody keys, whatever rows a list has, whatever became of the state in
 * the database, ussd-form keeps its header's promises: each step ends in a screen that fits or in
 * something to run, whose values are valid; and the state is the same when it has gone through its
 * text. It reads conf/ of the checkout.
 *
 * An input is a script: each line one input, by its first byte and the rest of the line.
 */
#include "fuzz.h"

#include <string.h>

#include "config.h"
#include "text.h"
#include "texts.h"
#include "ussd-form.h"

enum { INPUT_MAX = 4096, STEPS_MAX = 200, LISTS_MAX = 40 };

static unsigned long steps, shown, listed, run, reread, refused;
static struct config config;
static struct texts *texts;
static struct ussd_menus *menus;
static const struct ussd_room_for rooms[] = { { 182, 70 }, { 182, 91 }, { 100, 50 } };

/* A script's own figures, from its bytes. */
static uint64_t dice;

static unsigned
roll(unsigned sides)
{
	dice ^= dice << 13;
	dice ^= dice >> 7;
	dice ^= dice << 17;
	return (unsigned)(dice % sides);
}

static void
load(void)
{
	struct config_errors errors = { .count = 0 };

	if (menus != NULL)
		return;
	config = (struct config){ .file = (char *)"fuzz.cfg",
		.default_language = (char *)"en",
		.languages = { (char *)"en", (char *)"fr", (char *)"pt", (char *)"ar" },
		.city = (char *)"Kigali",
		.emergency_number = (char *)"112",
		.texts_dir = (char *)"conf/texts",
		.ussd_dir = (char *)"conf/ussd" };
	texts = texts_load(&config, &errors);
	PROMISE(texts != NULL);
	menus = ussd_menus_load(&config, texts, &errors);
	PROMISE(menus != NULL && ussd_menu_at(menus, 0) != NULL);
}

/* --- --- a city's lists --- */

static size_t
make_rows(struct ussd_row rows[USSD_ROWS_MAX])
{
	static const char *const labels[] = { "Kimisagara", "147 Market", "أريانة",
		"A name so long that no screen which has keys has room for all of it, nor half",
		"Caniço\nB", "\xff\xfe", "", "🌊🌊🌊", "{summary}", "4F2K7 skip", "7" };
	static const char *const values[] = { "147", "12", "4F2K7", "", "no value", "\xc3",
		"1234567890123456789012345678901234567890123456789012345678901" };
	size_t count = roll(4) == 0 ? roll(3) : roll(USSD_ROWS_MAX + 1);

	for (size_t i = 0; i < count; i++) {
		memset(&rows[i], 0, sizeof rows[i]);
		strncpy(rows[i].label, labels[roll(sizeof labels / sizeof *labels)],
			USSD_LABEL_MAX - 1);
		strncpy(rows[i].value, values[roll(roll(2) ? 2 : 7)], USSD_VALUE_MAX - 1);
	}
	return count;
}

/* --- --- promises --- */

static void
check_run(const struct ussd_out *out)
{
	run++;
	PROMISE(strlen(out->words) < sizeof out->words);
	PROMISE(text_utf8_valid(out->words, strlen(out->words)));
	if (out->form == NULL) {
		PROMISE(out->words[0] != '\0');
		return;
	}
	PROMISE(out->summary[0] != '\0' && text_utf8_valid(out->summary, strlen(out->summary)));
	for (size_t i = 0; i < SERVICE_FIELDS_MAX; i++) {
		const char *value = out->values.value[i];

		PROMISE(memchr(value, '\0', SERVICE_VALUE_MAX) != NULL);
		PROMISE(text_utf8_valid(value, strlen(value)));
	}
}

static void
check_list(const struct ussd_out *out)
{
	listed++;
	PROMISE(out->list.source[0] != '\0');
	PROMISE(out->list.limit == USSD_ROWS_MAX && out->list.offset >= 0);
	PROMISE(text_utf8_valid(out->list.letters, strlen(out->list.letters)));
	PROMISE(text_utf8_valid(out->list.within, strlen(out->list.within)));
}

/* Through its text and back; the text is the same again. */
static struct ussd_state *
through_text(const struct ussd_view *view, struct ussd_state *state, char kept[USSD_STATE_MAX])
{
	char again[USSD_STATE_MAX];
	struct ussd_state *other;

	PROMISE(ussd_state_write(state, kept, USSD_STATE_MAX) == 0);
	PROMISE(text_utf8_valid(kept, strlen(kept)));
	other = ussd_state_read(view->menu, kept);
	PROMISE(other != NULL);
	PROMISE(ussd_state_write(other, again, sizeof again) == 0);
	PROMISE(strcmp(kept, again) == 0);
	PROMISE(ussd_state_service(other) == ussd_state_service(state));
	PROMISE(ussd_state_is_complete(other) == ussd_state_is_complete(state));
	ussd_state_free(state);
	return other;
}

/* --- --- a script --- */

struct script {
	struct ussd_view view;
	struct ussd_state *state;
	struct ussd_out out;
	char kept[USSD_STATE_MAX], cut[USSD_STATE_MAX];
};

static void
settle(struct script *s, enum ussd_next next)
{
	struct ussd_row rows[USSD_ROWS_MAX];
	int lists = 0;

	for (;;) {
		if (s->out.language[0] != '\0')
			s->view.language = config.languages[config_speaks(&config, s->out.language)
					? (strcmp(s->out.language, "ar") == 0 ? 3 : 1)
					: 0];
		if (next == USSD_LIST) {
			size_t count = make_rows(rows);

			PROMISE(lists++ < LISTS_MAX);
			check_list(&s->out);
			next = ussd_form_listed(&s->view, s->state, rows, count, &s->out);
		} else if (next == USSD_RUN) {
			static const char *const said[] = {
				"", "Ticket 4F2K7.", "\xff", "نعم",
				"Done. A long answer, 4F2K7, of which there is so much that one screen does not hold it; "
				"so it goes on and on over pages, one after the other, until all of it has "
				"been read by whoever has the patience that it takes to read all of this"
			};

			check_run(&s->out);
			next = ussd_form_ran(&s->view, s->state, said[roll(5)],
				roll(2) == 0 ? "4F2K7" : "", roll(4) == 0, &s->out);
			PROMISE(next == USSD_SHOW);
		} else {
			break;
		}
	}
	shown++;
	PROMISE(ussd_screen_fits(&s->view.room, s->out.screen));
	s->state = through_text(&s->view, s->state, s->kept);
}

/* The database brings back something else. */
static void
tamper(struct script *s)
{
	size_t length = strlen(s->kept);
	struct ussd_state *other;

	for (unsigned n = roll(4) + 1; n > 0 && length > 0; n--) {
		unsigned at = roll((unsigned)length);

		s->kept[at] = roll(3) == 0 ? (char)(roll(255) + 1) : "0123456789 :"[roll(12)];
	}
	if (roll(4) == 0)
		s->kept[roll((unsigned)length + 1)] = '\0';
	other = ussd_state_read(s->view.menu, s->kept);
	if (other == NULL) {
		refused++;
		return;
	}
	reread++;
	ussd_state_free(s->state);
	s->state = other;
}

static void
dial(struct script *s, const char *input)
{
	struct ussd_state *resumed =
		s->cut[0] != '\0' ? ussd_state_read(s->view.menu, s->cut) : NULL;

	ussd_state_free(s->state);
	s->state = ussd_state_new();
	PROMISE(s->state != NULL);
	settle(s, ussd_form_begin(&s->view, s->state, resumed, input, &s->out));
	ussd_state_free(resumed);
}

static void
step(struct script *s, char *line)
{
	static const char *const alerts[] = { "", "FLOOD. Go to high ground.",
		"DANGER, in so many words that more than one screen is needed for all of what the city "
		"wants everybody there to know about it, and to do at once, wherever they may be, with "
		"whatever they can carry, as fast as they can" };

	steps++;
	switch (line[0]) {
	case 'D':
		strcpy(s->cut, roll(2) == 0 ? s->kept : "");
		dial(s, line + 1);
		break;
	case 'A':
		s->view.alert = alerts[roll(3)];
		break;
	case 'T':
		tamper(s);
		break;
	case 'L':
		s->view.language = config.languages[roll(4)];
		break;
	default:
		settle(s, ussd_form_input(&s->view, s->state, line, &s->out));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script s;
	char text[INPUT_MAX + 1], *rest = text;
	int count = 0;

	load();
	size = size < INPUT_MAX ? size : INPUT_MAX;
	memcpy(text, data, size);
	text[size] = '\0';
	dice = 0x9E3779B97F4A7C15u;
	for (size_t i = 0; i < size; i++)
		dice = (dice ^ data[i]) * 1099511628211u;
	dice |= 1;
	memset(&s, 0, sizeof s);
	s.view = (struct ussd_view){ .config = &config,
		.texts = texts,
		.menu = ussd_menu_at(menus, roll(2)),
		.room = rooms[roll(3)],
		.language = config.languages[roll(4)],
		.alert = "",
		.city_number = "+250788000001" };
	if (s.view.menu == NULL)
		s.view.menu = ussd_menu_at(menus, 0);
	dial(&s, "");
	while (rest != NULL && count++ < STEPS_MAX)
		step(&s, strsep(&rest, "\n"));
	ussd_state_free(s.state);
	return 0;
}

/* --- --- by itself --- */

static size_t
make_input(uint8_t *out)
{
	static const char *const pieces[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "0",
		"00", "147", "07", "999", "gik", "quarter", "١", "４", "", " ", "*", "#",
		"1*2*147#", "D", "D147*2#", "D1*1*1", "D*", "A", "T", "T", "L", "4F2K7",
		"a place with *stars* and #", "\xff\xc3", "🌊", "112233445566778899", "{summary}",
		"@skip_created" };
	size_t length = 0, count = 10 + roll(120);

	for (size_t i = 0; i < count && length < INPUT_MAX - 64; i++) {
		const char *p = pieces[roll(2) ? roll(8) : roll(sizeof pieces / sizeof *pieces)];

		memcpy(out + length, p, strlen(p));
		length += strlen(p);
		if (roll(16) == 0)
			out[length++] = (uint8_t)roll(256);
		out[length++] = '\n';
	}
	return length;
}

static int
play(unsigned long count, uint64_t seed)
{
	static uint8_t input[INPUT_MAX];
	uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;

	/* A script is a dialogue of some sixty steps. */
	for (unsigned long i = 0; i < count / 20 + 1; i++) {
		size_t size;

		dice = state;
		size = make_input(input);
		state = dice;
		LLVMFuzzerTestOneInput(input, size);
	}
	printf("%lu steps: %lu screens, %lu lists, %lu run; of states that were tampered with %lu "
	       "refused, %lu read\n",
		steps, shown, listed, run, refused, reread);
	PROMISE(count < 1000 || (shown > 1000 && listed > 1000 && run > 50 && refused > 50));
	return 0;
}

FUZZ_MAIN(play)
