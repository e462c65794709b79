/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outbox.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "db.h"
#include "gateway.h"
#include "inbox.h"
#include "log.h"
#include "metrics.h"
#include "modem.h"
#include "outbox-policy.h"
#include "phone.h"
#include "text.h"
#include "texts.h"

#include <openssl/evp.h>

#define CONCATENATION_OCTETS 6 /* UDHL and one 8-bit concatenation element */
#define FAIR_SLOTS 4	       /* of so many slots of a link, one is for others than an alert */
#define TELL_AGAIN_S (6 * 3600)
#define TOLD_MAX 32
#define RETRY_MS 500
#define OUTCOMES_MAX 512 /* in one transaction */

/* A link's free slot, from claim to result. */
enum lane_state {
	LANE_FREE,     /* a claim may find something */
	LANE_CLAIMED,  /* written as being submitted; not yet committed */
	LANE_SENDING,  /* with the modem */
	LANE_EMPTY,    /* nothing is queued: until a wake */
	LANE_WAITING,  /* capped, paused or resting: until its timer, or a wake that may end it */
};

struct segment {
	int64_t message_id;
	int seq, segments, attempts, concat_ref;
	double validity_s;
	char number[PHONE_MAX];
	char *body;
};

struct lane {
	TAILQ_ENTRY(lane) entry;
	struct outbox *outbox;
	struct modem *modem;
	int32_t link_id;
	int32_t claims; /* the link that a claim under way is for; 0: none */
	enum lane_state state;
	struct segment segment;
	uint64_t token;
	unsigned slots;
	int refusals;	     /* in a row */
	int proven;	     /* a success since this lane began: the database's row of refusals is over */
	int resting;	     /* after a refusal: a wake does not end it */
	struct event *timer; /* ends LANE_WAITING */
};
TAILQ_HEAD(lanes, lane);

/* What became of a segment, until it is committed. */
struct outcome {
	TAILQ_ENTRY(outcome) entry;
	int64_t message_id;
	int seq;
	int32_t link_id;
	const char *word; /* sent, failed, retry, back, unknown */
	int reference;	  /* -1: none */
	int error;	  /* -1: none */
	double rest_s;
	int refused; /* counts in the link's row of refusals */
	int limit;
	double pause_s;
	char modem_name[CONFIG_NAME_MAX];
	int in_batch;
};
TAILQ_HEAD(outcomes, outcome);

/* A delivery report, until it is committed. */
struct report {
	TAILQ_ENTRY(report) entry;
	struct modem *modem;
	uint32_t generation, handle;
	int32_t link_id;
	uint8_t dedupe[16];
	int reference, status;
	char number[PHONE_MAX];
	char smsc_at[40];
	int in_batch;
};
TAILQ_HEAD(reports, report);

struct told {
	char key[64];
	time_t at;
};

struct outbox {
	struct gateway *gateway;
	struct db *db;
	struct event *turn, *reclaim, *retry;
	int reclaim_ms;
	struct lanes lanes;
	struct outcomes outcomes;
	struct reports reports;
	int busy; /* a transaction is under way */
	int woken; /* meanwhile something was queued, which its claim may not have seen */
	size_t limit; /* outcomes in one transaction: fewer while one at fault is looked for */
	int open; /* its end has not been asked for yet */
	int minute_due;
	int64_t old_epoch;
	uint64_t next_token;
	struct told told[TOLD_MAX];
	size_t told_count;
};

static const struct db_statement statements[] = {
	{ "begin", "SELECT node_begin($1)" },
	{ "adopt", "SELECT node_adopt($1, $2, $3, $4)" },
	{ "reclaim", "SELECT node_reclaim($1)" },
	{ "claim", "SELECT * FROM outbox_claim($1, $2, $3, $4)" },
	{ "result", "SELECT outbox_result($1, $2, $3, $4, $5, $6, $7)" },
	{ "refused", "SELECT outbox_link_refused($1, $2, $3, $4)" },
	{ "well", "SELECT outbox_link_well($1)" },
	{ "report", "SELECT outbox_report($1, $2, $3, $4, $5, $6)" },
	{ "tell", "SELECT outbox_tell($1, 'e164', $2, $3, $4)" },
	{ "stranded", "SELECT * FROM outbox_stranded(make_interval(mins => $1))" },
	{ "reroute", "SELECT outbox_reroute($1, $2, $3)" },
	{ NULL, NULL },
};

static void turn_later(struct outbox *outbox);
static void send_chores(struct outbox *outbox);

/* Lanes ----------------------------------------------------------------------------------------- */

static struct lane *
lane_of(struct outbox *outbox, const struct modem *modem)
{
	struct lane *lane;

	TAILQ_FOREACH (lane, &outbox->lanes, entry)
		if (lane->modem == modem)
			return lane;
	return NULL;
}

static void
segment_clear(struct segment *segment)
{
	free(segment->body);
	memset(segment, 0, sizeof(*segment));
}

static void
lane_wait(struct lane *lane, double seconds, int resting)
{
	double s = seconds < 0.01 ? 0.01 : seconds > 86400 ? 86400 : seconds;
	struct timeval tv = { (time_t)s, (suseconds_t)((s - (double)(time_t)s) * 1e6) };

	lane->state = LANE_WAITING;
	lane->resting = resting;
	evtimer_add(lane->timer, &tv);
}

static void
lane_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct lane *lane = arg;

	(void)fd;
	(void)what;
	if (lane->state == LANE_WAITING)
		lane->state = LANE_FREE;
	turn_later(lane->outbox);
}

void
outbox_modem_up(struct outbox *outbox, struct modem *modem)
{
	struct lane *lane = lane_of(outbox, modem);

	if (lane == NULL) {
		lane = calloc(1, sizeof(*lane));
		if (lane == NULL)
			fatal("event=out_of_memory");
		lane->outbox = outbox;
		lane->modem = modem;
		lane->timer = evtimer_new(outbox->gateway->base, lane_timer_cb, lane);
		TAILQ_INSERT_TAIL(&outbox->lanes, lane, entry);
	}
	lane->link_id = modem_link(modem);
	if (lane->state == LANE_EMPTY || lane->state == LANE_WAITING) {
		evtimer_del(lane->timer);
		lane->state = LANE_FREE;
	}
	turn_later(outbox);
}

static struct outcome *
outcome_add(struct outbox *outbox, struct lane *lane, const char *word)
{
	struct outcome *o = calloc(1, sizeof(*o));

	if (o == NULL)
		fatal("event=out_of_memory");
	o->message_id = lane->segment.message_id;
	o->seq = lane->segment.seq;
	o->link_id = lane->link_id;
	o->word = word;
	o->reference = o->error = -1;
	snprintf(o->modem_name, sizeof(o->modem_name), "%s", modem_name(lane->modem));
	TAILQ_INSERT_TAIL(&outbox->outcomes, o, entry);
	segment_clear(&lane->segment);
	lane->state = LANE_FREE;
	turn_later(outbox);
	return o;
}

void
outbox_modem_down(struct outbox *outbox, struct modem *modem)
{
	struct lane *lane = lane_of(outbox, modem);

	if (lane == NULL || lane->state != LANE_SENDING)
		return;
	log_warn("event=unknown modem=%s message=%lld segment=%d hint=%s", modem_name(modem),
		(long long)lane->segment.message_id, lane->segment.seq,
		log_quote("it may have left; it is not sent again by itself"));
	outcome_add(outbox, lane, "unknown");
}

/* Out ------------------------------------------------------------------------------------------- */

/* Build the wire's message of the lane's segment; udh and text are the caller's memory. */
static int
build_send(const struct lane *lane, struct wire_send *send, uint8_t udh[5], uint8_t text[2 * TEXT_SEGMENT_UNITS_MAX])
{
	static struct text_segments cut; /* large; the loop is one thread */
	const struct segment *segment = &lane->segment;

	if (text_segment(segment->body, CONCATENATION_OCTETS, &cut) != 0 ||
		cut.count != (size_t)segment->segments || segment->seq < 1 ||
		(size_t)segment->seq > cut.count)
		return -1;
	const struct text_segment *part = &cut.segment[segment->seq - 1];
	for (size_t i = 0; i < part->units; i++) {
		text[2 * i] = (uint8_t)(part->text[i] >> 8);
		text[2 * i + 1] = (uint8_t)part->text[i];
	}
	*send = (struct wire_send){
		.token = lane->token,
		.number = wire_str(segment->number),
		.coding = cut.coding == TEXT_GSM7 ? WIRE_GSM7 : WIRE_UCS2,
		.want_report = modem_config(lane->modem)->reports,
		.validity = validity_octet(segment->validity_s),
		.class = -1,
		.text = { (const char *)text, (uint16_t)(2 * part->units) },
	};
	if (cut.count > 1) { /* 3GPP 23.040 9.2.3.24.1 */
		udh[0] = 0x00;
		udh[1] = 0x03;
		udh[2] = (uint8_t)segment->concat_ref;
		udh[3] = (uint8_t)cut.count;
		udh[4] = (uint8_t)segment->seq;
		send->udh = (struct wire_bytes){ (const char *)udh, 5 };
	}
	return 0;
}

/* The claim is committed: its bytes may leave. */
static void
lane_send(struct outbox *outbox, struct lane *lane)
{
	struct wire_send send;
	uint8_t udh[5], text[2 * TEXT_SEGMENT_UNITS_MAX];

	lane->token = ++outbox->next_token;
	lane->slots++;
	if (build_send(lane, &send, udh, text) != 0) {
		log_error("event=unsendable message=%lld hint=%s", (long long)lane->segment.message_id,
			log_quote("its text cannot be cut into the segments that it was queued with"));
		outcome_add(outbox, lane, "failed");
		return;
	}
	if (modem_link(lane->modem) != lane->claims || modem_send(lane->modem, &send) != 0) {
		outcome_add(outbox, lane, "back");
		return;
	}
	lane->state = LANE_SENDING;
}

/* A refusal: whose fault, and what follows. */
static void
lane_refused(struct outbox *outbox, struct lane *lane, const struct wire_result *result)
{
	enum fault fault = fault_of(result->error);
	int attempts = lane->segment.attempts + 1, limit = modem_config(lane->modem)->refusals_before_pause;
	struct outcome *o;

	log_warn("event=refused modem=%s message=%lld error=%d attempt=%d", modem_name(lane->modem),
		(long long)lane->segment.message_id, result->error == 0xffff ? -1 : result->error, attempts);
	if (fault == FAULT_NUMBER_FOR_GOOD || (fault == FAULT_NUMBER_NOW && attempts >= FAULT_ATTEMPTS)) {
		o = outcome_add(outbox, lane, "failed");
	} else if (fault == FAULT_NUMBER_NOW) {
		o = outcome_add(outbox, lane, "retry");
		o->rest_s = fault_message_rest_s(fault, attempts);
	} else {
		lane->refusals++;
		o = outcome_add(outbox, lane, fault == FAULT_UNCLEAR && lane->refusals == 1 ? "retry" : "back");
		o->rest_s = fault_message_rest_s(fault, lane->refusals);
		o->refused = 1;
		o->limit = limit;
		o->pause_s = fault_pause_s(lane->refusals, limit);
		lane_wait(lane, fault_link_rest_s(fault, lane->refusals), 1);
	}
	o->error = result->error == 0xffff ? -1 : result->error;
}

void
outbox_result(struct outbox *outbox, struct modem *modem, const struct wire_result *result)
{
	struct lane *lane = lane_of(outbox, modem);
	struct outcome *o;

	if (lane == NULL || lane->state != LANE_SENDING || lane->token != result->token) {
		log_warn("event=stray_result modem=%s", modem_name(modem));
		return;
	}
	switch (result->outcome) {
	case WIRE_SENT:
		o = outcome_add(outbox, lane, "sent");
		if (result->reference != WIRE_REFERENCE_UNKNOWN)
			o->reference = result->reference;
		if (lane->refusals > 0 || !lane->proven)
			o->limit = -1; /* the row is broken */
		lane->refusals = 0;
		lane->proven = 1;
		break;
	case WIRE_REFUSED:
		lane_refused(outbox, lane, result);
		break;
	case WIRE_NOT_SENT:
		o = outcome_add(outbox, lane, "back");
		o->rest_s = 1;
		lane_wait(lane, 1, 1);
		break;
	default:
		outcome_add(outbox, lane, "unknown");
	}
}

/* Reports --------------------------------------------------------------------------------------- */

static int
report_key(const struct modem *modem, const struct wire_report *r, uint8_t out[16])
{
	const char *identity = modem_identity(modem);
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) &&
		EVP_DigestUpdate(ctx, identity, strlen(identity) + 1) &&
		EVP_DigestUpdate(ctx, r->number.data, r->number.len) &&
		EVP_DigestUpdate(ctx, &r->reference, 1) && EVP_DigestUpdate(ctx, &r->status, 1) &&
		EVP_DigestUpdate(ctx, &r->smsc_time, sizeof(r->smsc_time)) &&
		EVP_DigestUpdate(ctx, &r->discharge_time, sizeof(r->discharge_time)) &&
		EVP_DigestFinal_ex(ctx, digest, NULL);

	EVP_MD_CTX_free(ctx);
	if (ok)
		memcpy(out, digest, 16);
	return ok ? 0 : -1;
}

void
outbox_report(struct outbox *outbox, struct modem *modem, const struct wire_report *r)
{
	struct report *report = calloc(1, sizeof(*report));
	char number[WIRE_NUMBER_MAX * 2];
	const struct wire_time *t = &r->smsc_time;
	int zone = t->zone_quarters < 0 ? -t->zone_quarters : t->zone_quarters;

	if (report == NULL || report_key(modem, r, report->dedupe) != 0) {
		free(report);
		return; /* it stays on the modem, and comes again */
	}
	report->modem = modem;
	report->generation = modem_generation(modem);
	report->handle = r->handle;
	report->link_id = modem_link(modem);
	report->reference = r->reference;
	report->status = r->status;
	text_utf8_clean(number, sizeof(number), r->number.data, r->number.len);
	struct phone phone = phone_normalise(number, outbox->gateway->config->country);
	snprintf(report->number, sizeof(report->number), "%s", phone.number);
	if (t->year >= 2000 && t->year <= 2099 && t->month >= 1 && t->month <= 12 && t->day >= 1 && t->day <= 28 + 3 &&
		t->hour < 24 && t->minute < 60 && t->second < 60 && zone <= 14 * 4)
		snprintf(report->smsc_at, sizeof(report->smsc_at), "%04u-%02u-%02u %02u:%02u:%02u%c%02d:%02d",
			(unsigned)t->year, (unsigned)t->month, (unsigned)t->day, (unsigned)t->hour,
			(unsigned)t->minute, (unsigned)t->second, t->zone_quarters < 0 ? '-' : '+', zone / 4,
			zone % 4 * 15);
	TAILQ_INSERT_TAIL(&outbox->reports, report, entry);
	turn_later(outbox);
}

/* One transaction: results, reports, claims ------------------------------------------------------ */

static void
send_outcome(struct outbox *outbox, struct outcome *o)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, o->message_id);
	db_param_int(&params, o->seq);
	db_param_int(&params, o->link_id);
	db_param_text(&params, o->word);
	if (o->reference >= 0)
		db_param_int(&params, o->reference);
	else
		db_param_text(&params, NULL);
	if (o->error >= 0)
		db_param_int(&params, o->error);
	else
		db_param_text(&params, NULL);
	db_param_float(&params, o->rest_s);
	db_send(outbox->db, "result", &params, NULL, NULL);
}

/* The row of refusals has just reached its limit: the administrator hears of it. */
static void
refused_cb(PGresult *result, void *arg)
{
	struct outcome *o = arg;

	o->pause_s = result != NULL && PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == 't' ? -1 : 0;
}

static void
send_link_word(struct outbox *outbox, struct outcome *o)
{
	struct db_params params;
	char reason[64];

	db_params_begin(&params);
	db_param_int(&params, o->link_id);
	if (o->refused) {
		snprintf(reason, sizeof(reason), "%d refusals in a row, the last with error %d", o->limit, o->error);
		db_param_int(&params, o->limit);
		db_param_float(&params, o->pause_s);
		db_param_text(&params, reason);
		db_send(outbox->db, "refused", &params, refused_cb, o);
	} else {
		db_send(outbox->db, "well", &params, NULL, NULL);
	}
}

static void
send_report(struct outbox *outbox, const struct report *r)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_bytes(&params, r->dedupe, sizeof(r->dedupe));
	db_param_int(&params, r->link_id);
	db_param_int(&params, r->reference);
	db_param_text(&params, r->number);
	db_param_int(&params, r->status);
	db_param_text(&params, r->smsc_at[0] != '\0' ? r->smsc_at : NULL);
	db_send(outbox->db, "report", &params, NULL, NULL);
}

static struct lane *
lane_claiming(struct outbox *outbox, int32_t link_id)
{
	struct lane *lane;

	TAILQ_FOREACH (lane, &outbox->lanes, entry)
		if (lane->claims == link_id && lane->state == LANE_FREE)
			return lane;
	return NULL;
}

static void
take_claim(struct lane *lane, PGresult *rows, int i)
{
	if (PQgetisnull(rows, i, 1)) {
		if (lane->link_id != lane->claims) /* it has another SIM meanwhile: free for that one */
			return;
		if (PQgetisnull(rows, i, 10))
			lane->state = LANE_EMPTY;
		else
			lane_wait(lane, strtod(PQgetvalue(rows, i, 10), NULL), 0);
		return;
	}
	lane->segment = (struct segment){
		.message_id = strtoll(PQgetvalue(rows, i, 1), NULL, 10),
		.seq = atoi(PQgetvalue(rows, i, 2)),
		.segments = atoi(PQgetvalue(rows, i, 3)),
		.concat_ref = atoi(PQgetvalue(rows, i, 6)),
		.attempts = atoi(PQgetvalue(rows, i, 7)),
		.validity_s = PQgetisnull(rows, i, 9) ? -1 : strtod(PQgetvalue(rows, i, 9), NULL),
		.body = strdup(PQgetvalue(rows, i, 5)),
	};
	snprintf(lane->segment.number, sizeof(lane->segment.number), "%s", PQgetvalue(rows, i, 4));
	if (lane->segment.body == NULL)
		fatal("event=out_of_memory");
	lane->state = LANE_CLAIMED;
}

static void
claim_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		struct lane *lane = lane_claiming(outbox, atoi(PQgetvalue(result, i, 0)));
		if (lane != NULL)
			take_claim(lane, result, i);
	}
}

/* Links whose lane is free, each once.  Returns how many. */
static int
send_claims(struct outbox *outbox)
{
	struct db_array links, fair;
	struct db_params params;
	struct lane *lane;
	int n = 0;

	if (outbox->gateway->epoch == 0 || outbox->gateway->draining)
		return 0;
	db_array_begin(&links, DB_INT4);
	db_array_begin(&fair, DB_BOOL);
	TAILQ_FOREACH (lane, &outbox->lanes, entry) {
		if (lane->state != LANE_FREE || !modem_can_send(lane->modem))
			continue;
		lane->claims = lane->link_id;
		db_array_int4(&links, lane->link_id);
		db_array_bool(&fair, lane->slots % FAIR_SLOTS == FAIR_SLOTS - 1);
		n++;
	}
	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->epoch);
	db_param_take_array(&params, &links);
	db_param_take_array(&params, &fair);
	db_param_text(&params, outbox->gateway->believable ? "true" : "false");
	if (n > 0)
		db_send(outbox->db, "claim", &params, claim_cb, outbox);
	else
		db_params_free(&params);
	return n;
}

static void
committed_outcomes(struct outbox *outbox)
{
	struct outcome *o, *next;

	for (o = TAILQ_FIRST(&outbox->outcomes); o != NULL; o = next) {
		next = TAILQ_NEXT(o, entry);
		if (!o->in_batch)
			continue;
		if (o->refused && o->pause_s < 0) {
			char words[160];
			snprintf(words, sizeof(words),
				"Baraza: modem %s paused after %d refused SMS in a row (error %d). Check its credit, "
				"its SIM and the network.",
				o->modem_name, o->limit, o->error);
			outbox_tell_administrator(outbox, o->modem_name, o->link_id, words);
		}
		metric_add(strcmp(o->word, "sent") == 0	     ? METRIC_SENT
				: strcmp(o->word, "unknown") == 0 ? METRIC_UNKNOWN
								  : METRIC_REFUSED,
			1);
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	}
}

static void
committed_reports(struct outbox *outbox)
{
	struct report *r, *next;

	for (r = TAILQ_FIRST(&outbox->reports); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (!r->in_batch)
			continue;
		if (r->handle != 0)
			modem_acknowledge(r->modem, r->generation, &r->handle, 1);
		metric_add(METRIC_REPORTS, 1);
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r);
	}
}

/* Nothing was committed, or nobody knows: what was in it is told again. */
static void
batch_undo(struct outbox *outbox)
{
	struct outcome *o;
	struct report *r;
	struct lane *lane;

	TAILQ_FOREACH (o, &outbox->outcomes, entry)
		o->in_batch = 0;
	TAILQ_FOREACH (r, &outbox->reports, entry)
		r->in_batch = 0;
	TAILQ_FOREACH (lane, &outbox->lanes, entry) {
		lane->claims = 0;
		if (lane->state == LANE_CLAIMED) {
			segment_clear(&lane->segment);
			lane->state = LANE_FREE;
		}
	}
	outbox->busy = outbox->open = 0;
}

/*
 * The data of one result or report are refused.  It is looked for one at a time, then dropped, so that it holds
 * nothing else up: its segment stays in flight, and becomes unknown when this epoch has ended.
 */
static void
drop_poison(struct outbox *outbox)
{
	struct outcome *o = TAILQ_FIRST(&outbox->outcomes);
	struct report *r = TAILQ_FIRST(&outbox->reports);

	if (outbox->limit > 1) {
		outbox->limit = 1;
	} else if (o != NULL) {
		log_error("event=result_refused message=%lld segment=%d result=%s", (long long)o->message_id, o->seq,
			o->word);
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	} else if (r != NULL) {
		log_error("event=report_refused reference=%d status=%d", r->reference, r->status);
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r); /* never acknowledged: it stays with the modem */
	}
}

static void
batch_end_cb(enum db_end end, const char *sqlstate, void *arg)
{
	struct outbox *outbox = arg;
	struct lane *lane;

	if (end == DB_LOST)
		return; /* `down` undoes it */
	if (end == DB_FAILED) {
		struct timeval tv = { 0, RETRY_MS * 1000 };
		log_error("event=outbox_failed sqlstate=%s", sqlstate);
		if (db_fault_of_data(sqlstate))
			drop_poison(outbox);
		batch_undo(outbox);
		evtimer_add(outbox->retry, &tv);
		return;
	}
	outbox->busy = 0;
	outbox->limit = OUTCOMES_MAX;
	committed_outcomes(outbox);
	committed_reports(outbox);
	TAILQ_FOREACH (lane, &outbox->lanes, entry) {
		if (lane->state == LANE_CLAIMED)
			lane_send(outbox, lane);
		lane->claims = 0;
	}
	if (outbox->woken)
		outbox_wake(outbox);
	turn_later(outbox);
}

static void
turn_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outbox *outbox = arg;
	struct outcome *o;
	struct report *r;
	int n = 0;

	(void)fd;
	(void)what;
	if (outbox->busy || !db_is_up(outbox->db) || outbox->gateway->epoch == 0 ||
		evtimer_pending(outbox->retry, NULL))
		return;
	if (outbox->minute_due && !outbox->gateway->draining) {
		send_chores(outbox);
		return;
	}
	TAILQ_FOREACH (o, &outbox->outcomes, entry) {
		if ((size_t)n >= outbox->limit)
			break;
		o->in_batch = 1;
		send_outcome(outbox, o);
		if (o->refused || o->limit < 0)
			send_link_word(outbox, o);
		n++;
	}
	TAILQ_FOREACH (r, &outbox->reports, entry) {
		if ((size_t)n >= outbox->limit)
			break;
		r->in_batch = 1;
		send_report(outbox, r);
		n++;
	}
	if (outbox->limit > 1)
		n += send_claims(outbox);
	if (n == 0)
		return;
	outbox->busy = 1;
	if (db_commit(outbox->db, batch_end_cb, outbox) != 0)
		outbox->busy = 0;
}

static void
turn_later(struct outbox *outbox)
{
	if (!outbox->busy && db_is_up(outbox->db))
		event_active(outbox->turn, EV_TIMEOUT, 0);
}

static void
retry_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	turn_later(arg);
}

void
outbox_wake(struct outbox *outbox)
{
	struct lane *lane;

	outbox->woken = outbox->busy;
	TAILQ_FOREACH (lane, &outbox->lanes, entry) {
		if (lane->state == LANE_EMPTY || (lane->state == LANE_WAITING && !lane->resting)) {
			evtimer_del(lane->timer);
			lane->state = LANE_FREE;
		}
	}
	turn_later(outbox);
}

int
outbox_sending(const struct outbox *outbox)
{
	struct lane *lane;

	TAILQ_FOREACH (lane, &outbox->lanes, entry)
		if (lane->state == LANE_SENDING)
			return 1;
	return 0;
}

/* Reports need not be waited for: one that is not acknowledged comes again. */
int
outbox_idle(const struct outbox *outbox)
{
	struct lane *lane;

	if (outbox->busy || !TAILQ_EMPTY(&outbox->outcomes))
		return 0;
	TAILQ_FOREACH (lane, &outbox->lanes, entry)
		if (lane->state == LANE_SENDING || lane->state == LANE_CLAIMED)
			return 0;
	return 1;
}

/* The administrator ----------------------------------------------------------------------------- */

/* True when this key was told lately; else remembers that it is told now. */
static int
told_lately(struct outbox *outbox, const char *key)
{
	struct timespec ts;
	size_t oldest = 0;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	for (size_t i = 0; i < outbox->told_count; i++) {
		if (outbox->told[i].at < outbox->told[oldest].at)
			oldest = i;
		if (strcmp(outbox->told[i].key, key) != 0)
			continue;
		if (ts.tv_sec - outbox->told[i].at < TELL_AGAIN_S)
			return 1;
		outbox->told[i].at = ts.tv_sec;
		return 0;
	}
	size_t slot = outbox->told_count < TOLD_MAX ? outbox->told_count++ : oldest;
	snprintf(outbox->told[slot].key, sizeof(outbox->told[slot].key), "%s", key);
	outbox->told[slot].at = ts.tv_sec;
	return 0;
}

void
outbox_tell_administrator(struct outbox *outbox, const char *key, int32_t not_link, const char *words)
{
	const char *number = outbox->gateway->config->administrator;
	struct phone phone;
	struct db_params params;
	char body[600];

	if (told_lately(outbox, key))
		return;
	log_error("event=administrator words=%s", log_quote(words));
	if (number == NULL || number[0] == '\0' || !db_is_up(outbox->db))
		return;
	phone = phone_normalise(number, outbox->gateway->config->country);
	if (phone.kind != PHONE_E164 || text_transliterate(body, sizeof(body), words) < 0)
		return;
	int segments = text_count_segments(body, NULL);
	if (segments < 1)
		return;
	db_params_begin(&params);
	db_param_text(&params, phone.number);
	db_param_text(&params, body);
	db_param_int(&params, segments);
	db_param_int(&params, not_link);
	db_send(outbox->db, "tell", &params, NULL, NULL);
	if (!outbox->open)
		db_commit(outbox->db, NULL, NULL);
	outbox_wake(outbox);
}

/* Epochs, and what the dead were doing ------------------------------------------------------------ */

static void
send_reclaim(struct outbox *outbox);

static void
reclaimed_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	if (result == NULL || PQntuples(result) != 1 || atoi(PQgetvalue(result, 0, 0)) == 0) {
		outbox->reclaim_ms = 0;
		return;
	}
	/* Foreign claims: of a living node, or of a session that is just ending. */
	outbox->reclaim_ms = outbox->reclaim_ms == 0 ? 100
		: outbox->reclaim_ms < 30000	     ? outbox->reclaim_ms * 2
						     : 60000;
	struct timeval tv = { outbox->reclaim_ms / 1000, outbox->reclaim_ms % 1000 * 1000 };
	evtimer_add(outbox->reclaim, &tv);
}

static void
send_reclaim(struct outbox *outbox)
{
	struct db_params params;

	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->epoch);
	db_send(outbox->db, "reclaim", &params, reclaimed_cb, outbox);
	if (!outbox->open)
		db_commit(outbox->db, NULL, NULL);
}

static void
reclaim_cb(evutil_socket_t fd, short what, void *arg)
{
	struct outbox *outbox = arg;

	(void)fd;
	(void)what;
	if (db_is_up(outbox->db) && outbox->gateway->epoch != 0)
		send_reclaim(outbox);
}

/* Keep what our modems have under the new epoch; the rest of the old one never left. */
static void
send_adopt(struct outbox *outbox, int64_t epoch)
{
	struct db_array messages, seqs;
	struct db_params params;
	struct lane *lane;
	struct outcome *o;

	db_array_begin(&messages, DB_INT8);
	db_array_begin(&seqs, DB_INT2);
	TAILQ_FOREACH (lane, &outbox->lanes, entry) {
		if (lane->state == LANE_SENDING) {
			db_array_int8(&messages, lane->segment.message_id);
			db_array_int2(&seqs, (int16_t)lane->segment.seq);
		}
	}
	TAILQ_FOREACH (o, &outbox->outcomes, entry) {
		db_array_int8(&messages, o->message_id);
		db_array_int2(&seqs, (int16_t)o->seq);
	}
	db_params_begin(&params);
	db_param_int(&params, outbox->old_epoch);
	db_param_int(&params, epoch);
	db_param_take_array(&params, &messages);
	db_param_take_array(&params, &seqs);
	db_send(outbox->db, "adopt", &params, NULL, NULL);
}

static void
begun_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	if (result == NULL || PQntuples(result) != 1)
		return;
	int64_t epoch = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
	if (outbox->old_epoch != 0)
		send_adopt(outbox, epoch);
	outbox->old_epoch = epoch;
	db_commit(outbox->db, NULL, NULL);
	outbox->gateway->epoch = epoch;
	send_reclaim(outbox);
	outbox_wake(outbox);
}

static void
up_cb(struct db *db, void *arg)
{
	struct outbox *outbox = arg;
	struct db_params params;
	char host[128];

	if (gethostname(host, sizeof(host)) != 0)
		snprintf(host, sizeof(host), "unknown");
	host[sizeof(host) - 1] = '\0';
	db_params_begin(&params);
	db_param_text(&params, host);
	db_send(db, "begin", &params, begun_cb, outbox);
	db_flush(db);
}

static void
down_cb(struct db *db, void *arg)
{
	struct outbox *outbox = arg;

	(void)db;
	outbox->gateway->epoch = 0;
	batch_undo(outbox);
}

static void
notify_cb(const char *channel, void *arg)
{
	struct outbox *outbox = arg;

	outbox_wake(outbox);
	if (strcmp(channel, "baraza_clock") == 0)
		inbox_wake(outbox->gateway->inbox);
}

/* Messages whose link has long been down ----------------------------------------------------------- */

static void
stranded_cb(PGresult *result, void *arg)
{
	struct outbox *outbox = arg;

	for (int i = 0; result != NULL && i < PQntuples(result); i++) {
		const struct text_value values[] = { { "text", PQgetvalue(result, i, 1) }, { NULL, NULL } };
		char body[4096];
		struct db_params params;
		if (PQgetvalue(result, i, 3)[0] == 't')
			snprintf(body, sizeof(body), "%s", PQgetvalue(result, i, 1));
		else if (texts_render(outbox->gateway->texts, PQgetvalue(result, i, 2), "from_city", values, body,
			    sizeof(body)) < 0)
			continue;
		int segments = text_count_segments(body, NULL);
		if (segments < 1)
			continue;
		db_params_begin(&params);
		db_param_text(&params, PQgetvalue(result, i, 0));
		db_param_text(&params, body);
		db_param_int(&params, segments);
		db_send(outbox->db, "reroute", &params, NULL, NULL);
	}
	if (result != NULL && PQntuples(result) > 0) {
		log_notice("event=rerouted messages=%d reason=%s", PQntuples(result),
			log_quote("their link has been down for long"));
		outbox->woken = 1; /* the other links' lanes are empty no more */
	}
	outbox->open = 0;
	if (db_commit(outbox->db, batch_end_cb, outbox) != 0)
		outbox->busy = 0;
}

/* The minute's chores: a transaction of their own, which the answer ends. */
static void
send_chores(struct outbox *outbox)
{
	struct db_params params;

	outbox->minute_due = 0;
	send_reclaim(outbox);
	outbox->busy = outbox->open = 1;
	db_params_begin(&params);
	db_param_int(&params, outbox->gateway->config->reroute_min);
	if (db_send(outbox->db, "stranded", &params, stranded_cb, outbox) != 0)
		outbox->busy = outbox->open = 0;
	else
		db_flush(outbox->db);
}

void
outbox_minute(struct outbox *outbox)
{
	outbox->minute_due = 1;
	turn_later(outbox);
}

/* Birth and death --------------------------------------------------------------------------------- */

struct outbox *
outbox_new(struct gateway *gateway)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox));
	char first[256];

	if (outbox == NULL)
		fatal("event=out_of_memory");
	outbox->gateway = gateway;
	outbox->limit = OUTCOMES_MAX;
	TAILQ_INIT(&outbox->lanes);
	TAILQ_INIT(&outbox->outcomes);
	TAILQ_INIT(&outbox->reports);
	outbox->turn = event_new(gateway->base, -1, 0, turn_cb, outbox);
	outbox->reclaim = evtimer_new(gateway->base, reclaim_cb, outbox);
	outbox->retry = evtimer_new(gateway->base, retry_cb, outbox);
	snprintf(first, sizeof(first),
		"SET search_path = baraza, public; SET TimeZone = '%s'; LISTEN baraza_queue; LISTEN baraza_clock",
		gateway->config->timezone);
	const struct db_handlers handlers = { up_cb, down_cb, notify_cb, outbox };
	outbox->db = db_new(gateway->base, "outbox", gateway->config->database, first, statements, &handlers);
	return outbox;
}

void
outbox_start(struct outbox *outbox)
{
	db_start(outbox->db);
}

void
outbox_free(struct outbox *outbox)
{
	struct lane *lane;
	struct outcome *o;
	struct report *r;

	if (outbox == NULL)
		return;
	db_free(outbox->db);
	while ((lane = TAILQ_FIRST(&outbox->lanes)) != NULL) {
		TAILQ_REMOVE(&outbox->lanes, lane, entry);
		segment_clear(&lane->segment);
		event_free(lane->timer);
		free(lane);
	}
	while ((o = TAILQ_FIRST(&outbox->outcomes)) != NULL) {
		TAILQ_REMOVE(&outbox->outcomes, o, entry);
		free(o);
	}
	while ((r = TAILQ_FIRST(&outbox->reports)) != NULL) {
		TAILQ_REMOVE(&outbox->reports, r, entry);
		free(r);
	}
	event_free(outbox->turn);
	event_free(outbox->reclaim);
	event_free(outbox->retry);
	free(outbox);
}
