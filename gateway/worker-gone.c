/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker-gone: a ring of hashes, 0 for none. */
#include "worker-gone.h"

#include "worker-up.h"

void
gone_tell(struct gone *gone)
{
	struct wire_msg msg = { .type = WIRE_GONE };

	if (gone->news.count == 0)
		return;
	msg.gone = gone->news;
	gone->news.count = 0;
	up_send(&msg);
}

static void
add_news(struct gone *gone, uint64_t hash, bool back)
{
	struct wire_gone *news = &gone->news;

	if (news->count == WIRE_HASHES_MAX || (news->count > 0 && news->back != back))
		gone_tell(gone);
	news->back = back;
	news->hashes[news->count++] = hash;
}

void
gone_add(struct gone *gone, uint64_t hash, bool known)
{
	gone->ring[gone->n++ % GONE_KEPT] = hash;
	if (known)
		add_news(gone, hash, false);
}

void
gone_take_back(struct gone *gone, uint64_t hash)
{
	for (size_t i = 0; i < GONE_KEPT; i++)
		if (gone->ring[i] == hash) {
			gone->ring[i] = 0;
			break;
		}
	add_news(gone, hash, true);
}

size_t
gone_count(const struct gone *gone, uint64_t hash)
{
	size_t kept = gone->n < GONE_KEPT ? gone->n : GONE_KEPT, count = 0;

	for (size_t i = 0; i < kept; i++)
		count += gone->ring[i] == hash;
	return count;
}

void
gone_recall(struct gone *gone, const struct wire_gone *of_others)
{
	for (size_t i = 0; i < of_others->count; i++)
		gone_add(gone, of_others->hashes[i], false);
}
