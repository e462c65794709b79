/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "phone.h"

#include "memory.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 100  /* taken or sent messages that a phone still shows */
#define JOINTS_MAX 64 /* incomplete messages; the oldest gives way */

struct joint {
	TAILQ_ENTRY(joint) next;
	char from[NUMBER_SIZE];
	unsigned ref, total, have;
	bool ref16;
	char *part[]; /* `total` of them */
};

struct phone *
phone_new(const char *number)
{
	struct phone *p = memory_zeroed(1, sizeof(*p));

	strncpy(p->number, number, sizeof(p->number) - 1);
	TAILQ_INIT(&p->box);
	TAILQ_INIT(&p->joints);
	TAILQ_INIT(&p->waiting);
	TAILQ_INIT(&p->waiters);
	return p;
}

static void
joint_free(struct phone *p, struct joint *j)
{
	TAILQ_REMOVE(&p->joints, j, next);
	p->joint_count--;
	for (unsigned i = 0; i < j->total; i++)
		free(j->part[i]);
	free(j);
}

void
phone_free(struct phone *p)
{
	struct sms *sms;
	struct joint *j;

	if (p == NULL)
		return;
	while ((sms = TAILQ_FIRST(&p->box)) != NULL) {
		TAILQ_REMOVE(&p->box, sms, next);
		free(sms);
	}
	while ((j = TAILQ_FIRST(&p->joints)) != NULL)
		joint_free(p, j);
	free(p);
}

/* --- the box ---------------------------------------------------------------------------------- */

/* The next one that was received and not taken, from sms on. */
static struct sms *
untaken_from(struct sms *sms)
{
	while (sms != NULL && (sms->sent || sms->taken))
		sms = TAILQ_NEXT(sms, next);
	return sms;
}

static void
forget(struct phone *p, struct sms *sms)
{
	if (sms == p->first_untaken)
		p->first_untaken = untaken_from(TAILQ_NEXT(sms, next));
	if (sms->sent || sms->taken)
		p->kept--;
	else
		p->untaken--;
	TAILQ_REMOVE(&p->box, sms, next);
	free(sms);
}

/* Forgets the oldest of what was taken or sent, once there is more than anyone looks at. */
static void
trim(struct phone *p)
{
	struct sms *sms = TAILQ_FIRST(&p->box);

	while (p->kept > KEPT_MAX && sms != NULL) {
		struct sms *after = TAILQ_NEXT(sms, next);

		if (sms->taken || sms->sent)
			forget(p, sms);
		sms = after;
	}
}

static const struct sms *
add(struct phone *p, const char *peer, const char *text, time_t now, uint64_t id, bool sent)
{
	size_t len = strlen(text);
	struct sms *sms = memory_zeroed(1, sizeof(*sms) + len + 1);
	struct watcher *w, *next;

	sms->id = id;
	sms->when = now;
	sms->sent = sent;
	strncpy(sms->peer, peer, sizeof(sms->peer) - 1);
	memcpy(sms->text, text, len + 1);
	TAILQ_INSERT_TAIL(&p->box, sms, next);
	if (sent) {
		p->kept++;
	} else {
		p->untaken++;
		if (p->first_untaken == NULL)
			p->first_untaken = sms;
	}
	for (w = LIST_FIRST(&p->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, next);
		w->tell(w->arg, sms);
	}
	return sms;
}

const struct sms *
phone_oldest(const struct phone *p)
{
	return p->first_untaken;
}

const struct sms *
phone_take(struct phone *p)
{
	struct sms *sms = p->first_untaken;

	trim(p);
	if (sms == NULL)
		return NULL;
	sms->taken = true;
	p->untaken--;
	p->kept++;
	p->first_untaken = untaken_from(sms);
	return sms;
}

int
phone_forget(struct phone *p, uint64_t id)
{
	struct sms *sms;

	for (sms = TAILQ_FIRST(&p->box); sms != NULL; sms = TAILQ_NEXT(sms, next)) {
		if (sms->id != id)
			continue;
		forget(p, sms);
		return 0;
	}
	return -1;
}

/* --- waiting ---------------------------------------------------------------------------------- */

void
phone_unwait(struct waiter *w)
{
	if (w->phone == NULL)
		return;
	TAILQ_REMOVE(&w->phone->waiters, w, next);
	w->phone = NULL;
	event_free(w->timer);
	w->timer = NULL;
}

static void
over_cb(evutil_socket_t fd, short what, void *arg)
{
	struct waiter *w = arg;

	(void)fd;
	(void)what;
	phone_unwait(w);
	w->done(w->arg, NULL);
}

/* Serves those who wait, first come first served, while there is something for them. */
static void
serve(struct phone *p)
{
	struct waiter *w;

	while (p->first_untaken != NULL && (w = TAILQ_FIRST(&p->waiters)) != NULL) {
		const struct sms *sms = w->takes ? phone_take(p) : p->first_untaken;

		phone_unwait(w);
		w->done(w->arg, sms);
	}
}

void
phone_wait(struct phone *p, struct waiter *w, struct event_base *base, unsigned ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000L };

	w->phone = p;
	w->timer = evtimer_new(base, over_cb, w);
	TAILQ_INSERT_TAIL(&p->waiters, w, next);
	if (p->first_untaken != NULL)
		serve(p);
	else
		evtimer_add(w->timer, &tv);
}

void
phone_note(struct phone *p, const char *note)
{
	struct watcher *w, *next;

	for (w = LIST_FIRST(&p->watchers); w != NULL; w = next) {
		next = LIST_NEXT(w, next);
		if (w->note != NULL)
			w->note(w->arg, note);
	}
}

/* --- joining ---------------------------------------------------------------------------------- */

static struct joint *
joint_of(struct phone *p, const char *from, const struct submit *s)
{
	struct joint *j;

	for (j = TAILQ_FIRST(&p->joints); j != NULL; j = TAILQ_NEXT(j, next))
		if (j->ref == s->ref && j->ref16 == s->ref16 && j->total == s->total &&
			strcmp(j->from, from) == 0)
			return j;
	if (p->joint_count >= JOINTS_MAX)
		joint_free(p, TAILQ_FIRST(&p->joints));
	j = memory_zeroed(1, sizeof(*j) + s->total * sizeof(j->part[0]));
	strncpy(j->from, from, sizeof(j->from) - 1);
	j->ref = s->ref;
	j->ref16 = s->ref16;
	j->total = s->total;
	TAILQ_INSERT_TAIL(&p->joints, j, next);
	p->joint_count++;
	return j;
}

static char *
joined(const struct joint *j)
{
	size_t len = 0;
	char *text;

	for (unsigned i = 0; i < j->total; i++)
		len += strlen(j->part[i]);
	text = memory_zeroed(len + 1, 1);
	len = 0;
	for (unsigned i = 0; i < j->total; i++) {
		strcpy(text + len, j->part[i]);
		len += strlen(j->part[i]);
	}
	return text;
}

void
phone_receive(struct phone *p, const char *from, const struct submit *s, time_t now, uint64_t *id)
{
	struct joint *j;
	char *text;

	if (!s->concat) {
		add(p, from, s->text, now, (*id)++, false);
		serve(p);
		return;
	}
	j = joint_of(p, from, s);
	if (j->part[s->part - 1] == NULL)
		j->have++;
	free(j->part[s->part - 1]);
	j->part[s->part - 1] = memory_text(s->text);
	if (j->have < j->total)
		return;
	text = joined(j);
	joint_free(p, j);
	add(p, from, text, now, (*id)++, false);
	free(text);
	serve(p);
}

void
phone_sent(struct phone *p, const char *to, const char *text, time_t now, uint64_t id)
{
	add(p, to, text, now, id, true);
	trim(p);
}
