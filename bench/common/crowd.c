/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/common/crowd.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/common/bench.h"
#include "tests/scenario-runner/proc.h"
#include "tests/scenario-runner/util.h"

enum { ANSWER_S = 5, LATE_MS = 1000, TEXT_MAX = 512, ANSWER_MAX = 4096, EVENTS = 256 };
enum { BODY_MAX = 4 * TEXT_MAX, REQUEST_MAX = BODY_MAX + 512 };

struct caller {
	const struct crowd_dialogue *dialogue; /* NULL: begins anew with the next step */
	size_t at;                             /* of its keys */
	char id[48], number[24], code[16];
	char text[TEXT_MAX], screen[ANSWER_MAX];
	double next;          /* when its next step is due */
	double due, asked_at; /* when the one that is under way was, and when it was sent */
	bool busy;
	bool kept; /* its connection has been used before */
	int fd;    /* -1: none */
	size_t sent, asked, got;
	char request[REQUEST_MAX], answer[ANSWER_MAX + 1024];
	struct caller *behind; /* in the list of those whose next step is overdue */
};

struct crowd {
	const struct crowd_plan *plan;
	struct crowd_result *result;
	struct caller *callers;
	unsigned weights;
	int epoll;
	size_t room; /* of result->ms */
	double begun, end, swept;
	unsigned long steps;    /* that have been due */
	struct caller *overdue; /* answered now, and late with the next */
	bool then_called, finally_called;
};

#define SWEEP_S 0.1

static unsigned long sessions, fresh;

/* The same in every run: numbers of a linear congruence. */
static unsigned
some(unsigned below)
{
	static unsigned long long state = 20261122;

	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((state >> 33) % below);
}

/* --- dialogues -------------------------------------------------------------------------- */

static void
begin_dialogue(struct crowd *crowd, struct caller *caller)
{
	const struct crowd_dialogue *d = crowd->plan->dialogues;
	unsigned left = some(crowd->weights);
	const char *input;

	for (; left >= d->weight; d++)
		left -= d->weight;
	caller->dialogue = d;
	caller->at = 0;
	caller->screen[0] = caller->text[0] = '\0';
	snprintf(caller->id, sizeof(caller->id), "crowd-%d-%lu", (int)getpid(), ++sessions);
	if (some(2) == 0)
		snprintf(caller->number, sizeof(caller->number), "+2507882%05u",
			some(crowd->plan->known));
	else
		snprintf(caller->number, sizeof(caller->number), "+2507883%05lu", ++fresh);
	input = strchr(d->code + 1, '*');
	if (input == NULL) {
		snprintf(caller->code, sizeof(caller->code), "%s", d->code);
		return;
	}
	snprintf(caller->code, sizeof(caller->code), "%.*s#", (int)(input - d->code), d->code);
	snprintf(caller->text, sizeof(caller->text), "%ld",
		crowd->plan->containers[some((unsigned)crowd->plan->container_count)]);
}

/* The line of a screen, or NULL at its end; *at moves on. */
static const char *
next_line(const char **at, size_t *len)
{
	const char *line = *at;

	if (*line == '\0')
		return NULL;
	*len = strcspn(line, "\n");
	*at = line + *len + (line[*len] == '\n');
	return line;
}

/* The key of the line that holds these words, or '\0'; without words that of any choice. */
static char
find_key(const char *screen, const char *words, size_t words_len)
{
	const char *line;
	unsigned seen = 0;
	char key = '\0';
	size_t len;

	while ((line = next_line(&screen, &len)) != NULL) {
		if (len < 3 || line[0] < '1' || line[0] > '8' || strchr(" :", line[1]) == NULL)
			continue;
		if (words == NULL && some(++seen) == 0)
			key = line[0];
		if (words != NULL && memmem(line, len, words, words_len) != NULL)
			return line[0];
	}
	return key;
}

static bool
shows_more(const char *screen)
{
	return strncmp(screen, "9 ", 2) == 0 || strstr(screen, "\n9 ") != NULL;
}

static void
note_strange(struct crowd *crowd, const struct caller *caller, const char *wanted)
{
	struct crowd_result *r = crowd->result;

	if (r->lost++ == 0)
		snprintf(r->strange, sizeof(r->strange), "%s, for %s: %.140s",
			caller->dialogue->name, wanted, caller->screen);
}

/* What she keys now; NULL: she hangs up. */
static const char *
choose(struct crowd *crowd, struct caller *caller, char *own, size_t size)
{
	const char *wanted = caller->dialogue->keys[caller->at];
	size_t len = wanted != NULL ? strlen(wanted) : 0;
	char key;

	if (crowd->plan->aside != NULL && strstr(caller->screen, crowd->plan->aside) != NULL)
		return crowd->plan->aside_key;
	if (wanted == NULL) {
		crowd->result->dialogues++;
		return NULL;
	}
	caller->at++;
	if (strcmp(wanted, "@") == 0) {
		snprintf(own, size, "%ld",
			crowd->plan->containers[some((unsigned)crowd->plan->container_count)]);
		return own;
	}
	if (wanted[0] != '/' && wanted[0] != '?')
		return wanted;
	key = find_key(caller->screen, wanted[0] == '/' ? wanted + 1 : NULL, len - 2);
	if (key == '\0' && wanted[0] == '?' && wanted[1] == '|')
		return wanted + 2;
	if (key == '\0' && shows_more(caller->screen)) {
		caller->at--;
		key = '9';
	}
	if (key == '\0') {
		note_strange(crowd, caller, wanted);
		return NULL;
	}
	snprintf(own, size, "%c", key);
	return own;
}

/* The next step's history: goes on, or begins another dialogue. */
static void
step_on(struct crowd *crowd, struct caller *caller)
{
	char own[24];
	const char *input = NULL;
	size_t len = strlen(caller->text);

	if (caller->dialogue != NULL)
		input = choose(crowd, caller, own, sizeof(own));
	if (input == NULL)
		begin_dialogue(crowd, caller);
	else
		snprintf(caller->text + len, sizeof(caller->text) - len, "%s%s", len > 0 ? "*" : "",
			input);
}

/* --- HTTP ------------------------------------------------------------------------------- */

static size_t
encode(const char *text, char *out)
{
	char *at = out;

	for (; *text != '\0'; text++)
		if (isalnum((unsigned char)*text))
			*at++ = *text;
		else
			at += sprintf(at, "%%%02X", (unsigned char)*text);
	*at = '\0';
	return (size_t)(at - out);
}

static void
write_request(const struct crowd *crowd, struct caller *caller)
{
	char body[BODY_MAX], number[80], code[64], text[3 * TEXT_MAX];

	encode(caller->number, number);
	encode(caller->code, code);
	encode(caller->text, text);
	snprintf(body, sizeof(body),
		"sessionId=%s&phoneNumber=%s&networkCode=63510&serviceCode=%s&text=%s", caller->id,
		number, code, text);
	snprintf(caller->request, sizeof(caller->request),
		"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: %s\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
		crowd->plan->path, crowd->plan->keep ? "keep-alive" : "close", strlen(body), body);
	caller->sent = caller->got = 0;
	caller->asked = strlen(caller->request);
}

/* A connection from one of many addresses, so that ports are not used up. */
static int
connect_to(const struct crowd *crowd, struct caller *caller)
{
	struct sockaddr_in from = { .sin_family = AF_INET }, to = { .sin_family = AF_INET };
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = caller };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1)
		return -1;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + some(20));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)crowd->plan->port);
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == -1 ||
		(connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1 && errno != EINPROGRESS) ||
		epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static void
disconnect(struct caller *caller)
{
	if (caller->fd != -1)
		close(caller->fd);
	caller->fd = -1;
	caller->kept = false;
}

/* --- what came of it -------------------------------------------------------------------- */

static bool
is_during(const struct crowd *crowd, const struct caller *caller)
{
	double since = caller->due - crowd->begun;

	return crowd->plan->then != NULL && since >= crowd->plan->when &&
		since < crowd->plan->later;
}

static void
count_during(struct crowd *crowd, const struct caller *caller, double ms, char kind)
{
	struct crowd_result *r = crowd->result;

	r->during++;
	r->during_more += kind == 'C';
	r->during_last += kind == 'E';
	r->during_errors += kind == '\0';
	r->during_late += ms > LATE_MS || kind == '\0';
	if (ms > r->during_most)
		r->during_most = ms;
	if (kind == 'E' && r->ended[0] == '\0')
		snprintf(r->ended, sizeof(r->ended), "%.190s", caller->screen);
}

/* A step is over. kind: 'C', 'E', or '\0' with why. */
static void
done(struct crowd *crowd, struct caller *caller, char kind, const char *why)
{
	struct crowd_result *r = crowd->result;
	double ms = (bench_now() - caller->due) * 1e3;

	caller->busy = false;
	r->more += kind == 'C';
	r->last += kind == 'E';
	r->late += ms > LATE_MS || kind == '\0';
	if (kind == '\0' && r->errors++ == 0)
		snprintf(r->error, sizeof(r->error), "%s", why);
	if (kind != '\0') {
		if (r->answers == crowd->room) {
			crowd->room = crowd->room * 2 + 1024;
			r->ms = xrealloc(r->ms, crowd->room * sizeof(*r->ms));
		}
		r->ms[r->answers++] = ms;
	}
	if (is_during(crowd, caller))
		count_during(crowd, caller, ms, kind);
	if (kind == 'E')
		r->dialogues++;
	if (kind != 'C')
		caller->dialogue = NULL;
	if (kind == '\0' || !crowd->plan->keep)
		disconnect(caller);
	else
		caller->kept = true;
	if (caller->next <= bench_now() && caller->next < crowd->end) {
		caller->behind = crowd->overdue;
		crowd->overdue = caller;
	}
}

/* The length of a whole answer within what came, or 0; *body is where its screen begins. */
static size_t
whole(struct caller *caller, char **body)
{
	char *end, *length;
	size_t len;

	caller->answer[caller->got] = '\0';
	end = strstr(caller->answer, "\r\n\r\n");
	if (end == NULL)
		return 0;
	length = strcasestr(caller->answer, "\r\nContent-Length:");
	if (length == NULL || length > end)
		return 0;
	len = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	*body = end + 4;
	if (caller->got < (size_t)(*body - caller->answer) + len)
		return 0;
	(*body)[len] = '\0';
	return (size_t)(*body - caller->answer) + len;
}

static void
judge(struct crowd *crowd, struct caller *caller, char *body)
{
	if (strncmp(caller->answer, "HTTP/1.1 200", 12) != 0 ||
		(strncmp(body, "CON ", 4) != 0 && strncmp(body, "END ", 4) != 0)) {
		done(crowd, caller, '\0', caller->answer);
		return;
	}
	snprintf(caller->screen, sizeof(caller->screen), "%s", body + 4);
	done(crowd, caller, body[0], NULL);
}

static void send_step(struct crowd *crowd, struct caller *caller);

/* A connection that was kept may have been let go meanwhile: then another. */
static void
broken(struct crowd *crowd, struct caller *caller, const char *why)
{
	bool again = caller->kept && caller->got == 0;

	disconnect(caller);
	if (again)
		send_step(crowd, caller);
	else
		done(crowd, caller, '\0', why);
}

static void
receive(struct crowd *crowd, struct caller *caller)
{
	char *body;
	ssize_t n;

	for (;;) {
		n = recv(caller->fd, caller->answer + caller->got,
			sizeof(caller->answer) - 1 - caller->got, 0);
		if (n == -1 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			break;
		caller->got += (size_t)n;
		if (whole(caller, &body) > 0) {
			judge(crowd, caller, body);
			return;
		}
	}
	broken(crowd, caller, n == 0 ? "closed before the answer" : strerror(errno));
}

/* Sends what is left of the request, as far as it goes. */
static void
push(struct crowd *crowd, struct caller *caller)
{
	ssize_t n;

	while (caller->sent < caller->asked) {
		n = send(caller->fd, caller->request + caller->sent, caller->asked - caller->sent,
			MSG_NOSIGNAL);
		if (n == -1 && (errno == EAGAIN || errno == ENOTCONN || errno == EINTR))
			return;
		if (n == -1) {
			broken(crowd, caller, strerror(errno));
			return;
		}
		caller->sent += (size_t)n;
	}
}

static void
send_step(struct crowd *crowd, struct caller *caller)
{
	caller->sent = caller->got = 0;
	if (caller->fd == -1 && (caller->fd = connect_to(crowd, caller)) == -1) {
		done(crowd, caller, '\0', strerror(errno));
		return;
	}
	push(crowd, caller);
}

static void
next_step(struct crowd *crowd, struct caller *caller)
{
	caller->due = caller->next;
	caller->asked_at = bench_now();
	caller->next += crowd->plan->sessions / crowd->plan->rate;
	caller->busy = true;
	step_on(crowd, caller);
	write_request(crowd, caller);
	send_step(crowd, caller);
}

/* --- the run ---------------------------------------------------------------------------- */

static void
take_event(struct crowd *crowd, const struct epoll_event *event)
{
	struct caller *caller = event->data.ptr;

	if (caller->fd == -1)
		return;
	if (!caller->busy) {
		if (event->events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP))
			disconnect(caller);
		return;
	}
	if (event->events & EPOLLOUT)
		push(crowd, caller);
	if (caller->fd != -1 && caller->busy && (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		receive(crowd, caller);
}

/* Gives up what has waited too long. True: some are open. */
static bool
sweep(struct crowd *crowd, double now)
{
	bool open = false;

	for (unsigned i = 0; i < crowd->plan->sessions; i++) {
		struct caller *caller = &crowd->callers[i];

		if (caller->busy && now > caller->due + ANSWER_S &&
			now > caller->asked_at + ANSWER_S)
			done(crowd, caller, '\0', "no answer in 5 s");
		open = open || caller->busy || caller->next < crowd->end;
	}
	crowd->swept = now;
	return open;
}

/* Begins every step that is due; *next is when to look again. False: all is over. */
static bool
look(struct crowd *crowd, double now, double *next)
{
	const struct crowd_plan *plan = crowd->plan;
	struct caller *caller;

	while ((caller = crowd->overdue) != NULL) {
		crowd->overdue = caller->behind;
		if (!caller->busy)
			next_step(crowd, caller);
	}
	while ((*next = crowd->begun + (double)crowd->steps / plan->rate) <= now &&
		*next < crowd->end) {
		caller = &crowd->callers[crowd->steps++ % plan->sessions];
		if (!caller->busy)
			next_step(crowd, caller);
	}
	if (now > crowd->swept + SWEEP_S && !sweep(crowd, now))
		return false;
	if (*next > now + SWEEP_S)
		*next = now + SWEEP_S;
	if (crowd->overdue != NULL)
		*next = now;
	return now < crowd->end + ANSWER_S + 1;
}

/* What was due and never asked, or asked and never answered. */
static void
count_left(struct crowd *crowd)
{
	for (unsigned i = 0; i < crowd->plan->sessions; i++) {
		struct caller *caller = &crowd->callers[i];

		if (caller->busy)
			done(crowd, caller, '\0', "no answer by the end");
		for (; caller->next < crowd->end;
			caller->next += crowd->plan->sessions / crowd->plan->rate) {
			crowd->result->errors++;
			crowd->result->late++;
		}
		disconnect(caller);
	}
}

static void
call_back(struct crowd *crowd, double now)
{
	const struct crowd_plan *plan = crowd->plan;

	if (plan->then != NULL && !crowd->then_called && now >= crowd->begun + plan->when) {
		crowd->then_called = true;
		plan->then(plan->arg);
	}
	if (plan->finally != NULL && !crowd->finally_called && now >= crowd->begun + plan->later) {
		crowd->finally_called = true;
		plan->finally(plan->arg);
	}
}

static void
play(struct crowd *crowd)
{
	struct epoll_event events[EVENTS];
	double next, now;

	for (;;) {
		struct timespec wait = { 0, 0 };
		int n;

		now = bench_now();
		call_back(crowd, now);
		if (!look(crowd, now, &next))
			break;
		if (proc_trouble() != NULL)
			die("%s", proc_trouble());
		if (next > now)
			wait.tv_nsec = (long)((next - now) * 1e9);
		n = epoll_pwait2(crowd->epoll, events, EVENTS, &wait, NULL);
		for (int i = 0; i < n; i++)
			take_event(crowd, &events[i]);
	}
	crowd->result->took = bench_now() - crowd->begun;
}

void
crowd_run(const struct crowd_plan *plan, struct crowd_result *result)
{
	struct crowd crowd = { .plan = plan, .result = result };

	if (plan->sessions == 0 || plan->rate <= 0)
		die("crowd: nobody is in it");
	memset(result, 0, sizeof(*result));
	for (const struct crowd_dialogue *d = plan->dialogues; d->name != NULL; d++)
		crowd.weights += d->weight;
	crowd.callers = xcalloc(plan->sessions, sizeof(*crowd.callers));
	crowd.epoll = epoll_create1(EPOLL_CLOEXEC);
	crowd.begun = bench_now();
	crowd.end = crowd.begun + plan->seconds;
	for (unsigned i = 0; i < plan->sessions; i++) {
		crowd.callers[i].fd = -1;
		crowd.callers[i].next = crowd.begun + i / plan->rate;
	}
	play(&crowd);
	count_left(&crowd);
	close(crowd.epoll);
	free(crowd.callers);
}

void
crowd_free(struct crowd_result *result)
{
	free(result->ms);
	result->ms = NULL;
}
