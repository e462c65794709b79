/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz-ussd-answer [COUNT [SEED]], or FILE...: whatever a modem writes as +CUSD, and amid whatever
 * else, reading it stays within its bounds, what comes out is UTF-8 without control characters, and
 * libgammu's next answer is whole.  Run it under the sanitizers.
 */
#include <string.h>

#include "fuzz.h"
#include "log.h"
#include "text.h"
#include "worker-sieve.h"
#include "worker-ussd-text.h"

static struct urc urc;
static struct sieve sieve;
static unsigned long n_read, n_texts;

/* The octets in a block of their own, so that a sanitizer sees any step outside. */
static void
check_decoded(const struct cusd_raw *raw, enum ussd_charset charset, bool packs)
{
	struct cusd_raw *exact = malloc(sizeof(*exact));
	struct cusd_answer answer;
	char out[WIRE_USSD_MAX], *text;
	size_t len;

	PROMISE(exact != NULL && raw->len <= CUSD_RAW_MAX);
	memset(exact, 0xa5, sizeof(*exact));
	exact->len = raw->len;
	memcpy(exact->octets, raw->octets, raw->len);
	cusd_parse(exact, &answer);
	PROMISE(answer.m >= -1 && answer.m <= 9);
	PROMISE(answer.dcs >= CUSD_NO_DCS && answer.dcs <= 255);
	if (answer.text != NULL) {
		PROMISE(answer.text >= exact->octets &&
			answer.text + answer.len <= exact->octets + exact->len);
		text = malloc(answer.len + (answer.len == 0));
		PROMISE(text != NULL);
		memcpy(text, answer.text, answer.len);
		answer.text = text;
		len = ussd_decode(&answer, charset, packs, out);
		free(text);
		PROMISE(len <= WIRE_USSD_MAX && text_utf8_valid(out, len));
		for (size_t i = 0; i < len; i++)
			PROMISE((unsigned char)out[i] >= ' ' || out[i] == '\n');
		n_texts += len > 0;
	}
	n_read++;
	free(exact);
}

static void
check_all_kept(void)
{
	for (; urc.cusd.n_kept > 0; cusd_drop(&urc.cusd))
		for (int charset = USSD_CHARSET_GSM; charset <= USSD_CHARSET_HEX; charset++)
			for (int packs = 0; packs < 2; packs++)
				check_decoded(
					&urc.cusd.kept[0], (enum ussd_charset)charset, packs != 0);
}

/* What libgammu asks next is answered whole. */
static void
check_next_answer(void)
{
	static const char asked[] = "AT+CSQ\r", said[] = "AT+CSQ\r\r\n+CSQ: 15,99\r\n\r\nOK\r\n",
			  want[] = "AT+CSQ\r\n+CSQ: 15,99\r\nOK\r\n";
	char given[256];
	size_t len;

	while (sieve_take(&sieve, given, sizeof(given)) > 0)
		;
	urc.in_pdu = false;
	sieve_restart(&sieve); /* what was being answered is given up, as after a time-out */
	sieve_asked(&sieve, asked, strlen(asked));
	sieve_feed(&sieve, said, strlen(said));
	len = sieve_take(&sieve, given, sizeof(given));
	PROMISE(len == strlen(want) && memcmp(given, want, len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t step = size > 0 ? data[0] % 31 + 1u : 1;

	log_set_level(LOG_LEVEL_ERROR);
	memset(&urc, 0, sizeof(urc));
	sieve_init(&sieve, &urc);
	if (size % 3 == 0)
		sieve_aside(&sieve, "AT+CUSD=1,\"*131#\",15");
	for (size_t at = 0; at < size; at += step) {
		size_t len = size - at < step ? size - at : step;

		sieve_feed(&sieve, (const char *)data + at, len);
		if (data[at] % 64 == 0)
			sieve_quiet(&sieve);
		check_all_kept();
	}
	for (int i = 0; urc.cusd.open && i < CUSD_RAW_MAX; i++)
		sieve_quiet(&sieve);
	PROMISE(!urc.cusd.open);
	check_all_kept();
	check_next_answer();
	sieve_free(&sieve);
	return 0;
}

/* --- made inputs --- */

static uint64_t state;

static uint32_t
roll(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

/* Pieces of which answers are made, hexadecimal among them, and then damage. */
static size_t
make(uint8_t *out, size_t room)
{
	static const char *const pieces[] = { "\r\n+CUSD: ", "\r\n+CUSD:1,\"", "0,\"", "\",15\r\n",
		"\",72\r\n", "\",17\r", "\",16\r\n", "\"\r\n", "\"", "\r\n", "\r\nOK\r\n", "\r\n> ",
		"+CMTI: \"SM\",3\r\n", "Solde: 120 F", "Crédit", "\x05\x7f\x1b\x65", "fr\r",
		"0053006F0639", "D83DDE00", "D8", "CC", "AA180C3602", "6139", ",", "15",
		"AT+CUSD=1", "+CME ERROR: 30\r\n", "w{hlen" };
	size_t len = 0, count = 1 + roll(24);

	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[roll(sizeof(pieces) / sizeof(pieces[0]))];
		size_t times = roll(20) == 0 ? 1 + roll(200) : 1;

		for (; times > 0 && len + strlen(piece) <= room; times--) {
			memcpy(out + len, piece, strlen(piece));
			len += strlen(piece);
		}
	}
	for (size_t i = roll(4); i > 0 && len > 0; i--)
		out[roll((uint32_t)len)] = (uint8_t)roll(256);
	return len;
}

static int
play(unsigned long count, uint64_t seed)
{
	static uint8_t input[8192];

	state = seed;
	for (unsigned long i = 0; i < count; i++)
		LLVMFuzzerTestOneInput(input, make(input, sizeof(input)));
	printf("%lu inputs, %lu answers read, %lu texts\n", count, n_read, n_texts);
	return n_texts > 0 ? 0 : 1;
}

FUZZ_MAIN(play)
