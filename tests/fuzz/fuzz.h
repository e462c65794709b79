/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz.h - what programs that fuzz one function have in common.
 *
 *	static int play(unsigned long count, uint64_t seed) { ... made inputs ... }
 *	FUZZ_MAIN(play)
 *
 * With libFuzzer, which brings its own main(), LLVMFuzzerTestOneInput() is all that is used.
 * Without it, `fuzz-x FILE...` replays inputs (a corpus, a crash), and `fuzz-x [COUNT [SEED]]`
 * plays made ones, always the same. A broken promise aborts.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { FUZZ_COUNT = 20000, FUZZ_SEED = 1, FUZZ_FILE_MAX = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(cond_)                                                      \
	do {                                                                \
		if (!(cond_)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #cond_); \
			abort();                                            \
		}                                                           \
	} while (0)

static inline void
fuzz_replay(const char *path)
{
	static uint8_t data[FUZZ_FILE_MAX];
	FILE *file = fopen(path, "rb");
	size_t length;

	if (file == NULL) {
		perror(path);
		exit(2);
	}
	length = fread(data, 1, sizeof(data), file);
	fclose(file);
	LLVMFuzzerTestOneInput(data, length);
}

/* The next of a made-up series, below limit. */
static inline uint64_t
fuzz_draw(uint64_t *state, uint64_t limit)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (*state >> 33) % limit;
}

/*
 * An input from pieces: those of `whole` (ends with NULL), one in `spoilt` of them another one; or,
 * when it is NULL, fewer than `most` of any. Returns its size.
 */
static inline size_t
fuzz_make(uint64_t *state, const char *const *whole, uint64_t spoilt, uint64_t most,
	const char *const *pieces, size_t piece_count, uint8_t *data, size_t room)
{
	size_t size = 0, turns = fuzz_draw(state, most);

	for (size_t i = 0; whole != NULL ? whole[i] != NULL : i < turns; i++) {
		const char *piece = whole != NULL && fuzz_draw(state, spoilt) != 0
			? whole[i]
			: pieces[fuzz_draw(state, piece_count)];

		for (; *piece != '\0' && size < room; piece++)
			data[size++] = (uint8_t)*piece;
	}
	return size;
}

static inline int
fuzz_main(int argc, char **argv, int (*play)(unsigned long count, uint64_t seed))
{
	unsigned long count = argc > 1 ? strtoul(argv[1], NULL, 10) : FUZZ_COUNT;

	if (count > 0)
		return play(count, argc > 2 ? strtoull(argv[2], NULL, 10) : FUZZ_SEED);
	for (int i = 1; i < argc; i++)
		fuzz_replay(argv[i]);
	return 0;
}

/* Weak, so that libFuzzer's own comes before it. */
#define FUZZ_MAIN(play_)                                      \
	__attribute__((weak)) int main(int argc, char **argv) \
	{                                                     \
		return fuzz_main(argc, argv, play_);          \
	}

#endif
