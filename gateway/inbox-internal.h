/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbox-internal: what inbox.c (what waits), inbox-desk.c (a batch), inbox-item.c (a message as it
 * came) and inbox-think.c (the decision) share; and cmd-understand.c, which decides alike and
 * changes nothing.
 *
 * Several desks, each with a connection of its own, take from one list.  What one contact sent is
 * never in two desks' hands: so it stays in order, and no desk waits for another's locks.
 */
#ifndef INBOX_INTERNAL_H
#define INBOX_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "db.h"
#include "gateway.h"
#include "inbox.h"
#include "operators.h"
#include "outgoing.h"
#include "phone.h"
#include "understand.h"

#define BATCH_MAX 128 /* messages in one transaction */
#define INBOX_BUCKETS 1024
#define INBOX_DEDUPE_SIZE 16
#define INBOX_SEPARATOR "\x1f" /* between names and values on the way to and from SQL */

enum item_kind {
	ITEM_MESSAGE, /* a text, or something kept and left alone */
	ITEM_PART,    /* of a long message */
	ITEM_JOINED,  /* a long message, its parts already durable */
	ITEM_CALL,
	ITEM_FORM,    /* filled in by a menu */
	ITEM_EXPIRED, /* a question that nobody answered */
};

/* Where an SMS came: on a SIM of the city's, or on a till's, from a sender that is believed or not.
 */
enum till_side { TILL_NONE, TILL_STRANGER, TILL_BELIEVED };

struct airtime_word;
struct desk;
struct config_modem;
struct till_word;

/* One thing to handle.  Owned by the inbox's lists, or by the desk that has it in hand. */
struct item {
	TAILQ_ENTRY(item) entry; /* of those that wait or rest */
	LIST_ENTRY(item) held;   /* of those in hand */
	struct desk *desk;       /* NULL: in nobody's hand */
	size_t crowd; /* so many may share its batch, since a larger one failed; 0: any number */
	enum item_kind kind;
	struct modem *modem; /* to acknowledge; NULL when nothing is to be */
	uint32_t generation, handle;
	int32_t link_id;
	struct phone from;
	uint8_t dedupe[INBOX_DEDUPE_SIZE];
	const char *stored_kind; /* message.kind: "text", "type0", "call", ... */
	struct inbox_form *form; /* of a form, its caller's; else NULL */
	bool unsure;             /* its commit was under way when the connection broke */
	char *body;              /* UTF-8, clean; NULL when it is no text */
	enum till_side till;
	char *masked; /* of a till: the body without codes and balances; NULL: it has none */
	char operator_name[OPERATOR_NAME_MAX]; /* of its SIM, if no person sent it; "": not known */
	char *octets, *udh;
	size_t octets_len, udh_len;
	char smsc_time[40];
	int reference, total, seq; /* of a part; reference + 65536 for a 16-bit one */
	char *part_keys;           /* of a joined message */
	bool incomplete;
	/* of an expired question */
	int64_t contact_id, session_message;
	int32_t version;
	char language[LANGUAGE_MAX];
	char *session_service, *session_field, *session_values;
	unsigned rests; /* how often it was put off */
};
TAILQ_HEAD(items, item);
LIST_HEAD(items_in_hand, item);

/* What is known of an item's sender, what was decided, and what came of it. */
struct thought {
	struct item *item;
	/* the snapshot */
	int64_t contact_id;
	int32_t version; /* -1: a contact never met */
	char language[LANGUAGE_MAX];
	bool language_chosen, blocked;
	bool ours; /* a number of our own SIMs */
	int nonsense, hour_count, followups;
	bool crew, helper, filed, officer, gauge;
	bool lately;                 /* was not understood within the last minutes */
	bool calls;                  /* her call for help is open, and not old */
	char human_reads[96];        /* when, as a value of texts; "" unless it is to be said */
	const struct service *asked; /* of the open question */
	int asked_field;
	struct form_values asked_values;
	int64_t session_message;
	/* the decision */
	const struct service *run; /* NULL: none */
	struct form_values values;
	int64_t run_message;       /* the message that the form is about; 0: this one */
	bool restated;             /* and this message is one more report of the same */
	const struct service *old; /* an open form that this message pushes out: filed as it is */
	const struct service *ask; /* opens a question */
	int ask_field;
	const char *say;                 /* a text's key, said besides an outcome; NULL: nothing */
	bool close;                      /* the open question is answered */
	bool silent;                     /* no automatic reply, whatever comes of it */
	int new_nonsense;                /* in a row; -1: as it was */
	char set_language[LANGUAGE_MAX]; /* "": as it was */
	char speak[LANGUAGE_MAX];        /* language of the reply */
	const char *tray, *tray_note;    /* put before a human */
	bool helped;                     /* what was lately not understood need be read by nobody */
	const char *till_kind;  /* what a till was told: "payment", ...; NULL: nothing of money */
	struct till_word *told; /* with it; owned */
	struct airtime_word *heard; /* of its SIM's airtime; owned; NULL: nothing */
	/* what came of it */
	bool stored, changed;
	bool asked_back; /* its service itself asked a question */
	int64_t message_id;
	char *outcome, *old_outcome; /* as SQL answered */
};

/* A desk's state: what the next answer of the database is for. */
enum batch_state {
	BATCH_NONE,
	BATCH_SNAPSHOT, /* who are they? */
	BATCH_STORE,    /* stored once? */
	BATCH_RUN,      /* services are working */
	BATCH_COMMIT,   /* replies are queued */
	BATCH_LOOK,     /* not a batch: looking for what is due */
	BATCH_POISON,   /* setting one message aside */
};

/* One connection to the database, and the batch that it has in hand. */
struct desk {
	struct inbox *inbox;
	struct db *db;
	enum batch_state state;
	enum batch_state failed_in; /* what failed, when desk_abort() told */
	struct thought batch[BATCH_MAX];
	size_t batch_count;
	struct item *parts[BATCH_MAX];
	size_t parts_count;
	size_t runs_due; /* services' answers still to come */
	int replies;     /* queued in this transaction */
};

/* What waits, for all desks; each takes what it can when it is free. */
struct inbox {
	struct gateway *gateway;
	struct db_statement *statements;
	struct desk *desks;
	size_t desk_count;
	struct event *turn;     /* gives to the desks once the loop has read what there is */
	struct event *patience; /* few wait, and another desk is at work: not for long */
	struct event *due;      /* something timed */
	struct event *retry;    /* after an error that passes: until then nothing begins */
	struct event *rested;
	struct items waiting;
	struct items resting; /* put off, each alone: something that it needs is missing */
	size_t waiting_count, resting_count;
	struct items_in_hand in_hand[INBOX_BUCKETS]; /* of all desks, by number */
	size_t joined_count, expired_count;          /* of those that wait or are in hand */
	size_t form_count;                           /* these too */
	unsigned failures;                           /* in a row, of the installation */
	int impatient;                               /* the few that wait have waited long enough */
	int look_parts; /* parts were stored: is something whole?  Asked once the last ones are done
			 */
	int look_due;   /* is something due, and when is the next? */
};

/* inbox.c: the list of what waits. */
void inbox_wait_push(struct inbox *inbox, struct item *item, int first);
void inbox_turn_later(struct inbox *inbox);
/* What a desk has in hand comes from this list, and goes back to it or is forgotten. */
void inbox_take(struct inbox *inbox, struct item *item, struct desk *desk);
void inbox_put_back(struct inbox *inbox, struct item *item);
void inbox_forget(struct inbox *inbox, struct item *item);
/* The desk that has something of this number in hand, or NULL. */
const struct desk *inbox_desk_of(const struct inbox *inbox, const char *number);

/* inbox-desk.c: a batch from its beginning to its end. */
/* Takes what waits, and begins; without anything that it may take it stays free. */
void desk_begin(struct desk *desk);
/* Ends a transaction that cannot go on, rolled back: by its first error, or by one of our own. */
void desk_abort(struct desk *desk);
void desk_end_cb(enum db_end end, const char *sqlstate, void *arg);
/* All of the batch is durable: tell the sources. */
void desk_finish(struct desk *desk);
/* Put everything back in front, in its order. */
void desk_return(struct desk *desk);

/* inbox-fail.c: what becomes of a batch that the database refused. */
void desk_failed(struct desk *desk, const char *sqlstate);
/* A statement's columns are not those that this session knows, since a migration changed them: it
 * is left for a new one. */
void desk_heal(struct desk *desk, const char *sqlstate);
/* What was put off waits again. */
void inbox_wake_resting(struct inbox *inbox);
/* 1 when such a joined message or expired question was put off: it is told again and again. */
int inbox_is_resting(const struct inbox *inbox, const struct item *item);

/* inbox-store.c: each queues statements; its answers go on with desk_run(). */
void desk_send_store(struct desk *desk);
void desk_send_parts(struct desk *desk);
void desk_send_take_expired(struct desk *desk);

/* inbox-run.c: services of what was stored; then, from their answers, replies and the commit. */
void desk_run(struct desk *desk);
void desk_replies(struct desk *desk);

/* inbox-due.c: look at what is due, one desk at a time; new items wait, a timer is set. */
void desk_look(struct desk *desk);

/* inbox-item.c: every one returns a new item, or NULL when out of memory. */
struct item *item_from_sms(
	const struct gateway *gateway, struct modem *modem, const struct wire_sms *sms);
struct item *item_from_call(const struct gateway *gateway, struct modem *modem, const char *number);
struct item *item_joined(const struct gateway *gateway, const char *number, const char *kind,
	int32_t link_id, const char *body, const char *smsc_time, bool incomplete, const char *keys,
	enum till_side till, const char *operator_name);
void item_free(struct item *item);

/* inbox-form.c: what a menu filled in. */
/* 1: a form's own service is meant, and nothing is to be judged. */
bool form_is_filled(const struct item *item);
/* Its end, for its caller. May take or forget other forms. */
struct form_end {
	const struct inbox_form *form;
	enum inbox_form_end end;
};
void forms_tell(const struct form_end *ends, size_t count);
/* The desk's connection broke while its commit was under way. */
void forms_unsure(struct desk *desk);
/* 1 when the batch has any. */
int desk_has_forms(const struct desk *desk);
/* What a form's screen says: texts one below the other. */
#define FORM_SAID_MAX (2 * OUTGOING_BYTES_MAX)
struct form_said {
	char text[FORM_SAID_MAX];
	char reference[INBOX_REFERENCE_MAX]; /* as inbox_form has it */
	bool sent;                           /* this too */
};
void form_say(struct form_said *said, const char *text);
/* Queues the screen of one that was stored. Returns 0, or -1 when the connection is lost. */
int form_store(struct desk *desk, const struct thought *thought, const struct form_said *said);
/* Queues what keeps one for a person that cannot be run. Returns as above. */
int form_keep(struct desk *desk, const struct item *item, const char *note);
#define FORM_STATEMENTS                                                           \
	{                                                                         \
		"form_refused", "SELECT inbox_form_refused($1, $2::uuid, $3, $4)" \
	}

/* inbox-till.c: what comes on the SIM of a till. */
/* Whose side the sender is on, by the modem's settings; what the body has to hide is masked. */
void till_mark(struct item *item, const struct gateway *gateway, const struct config_modem *entry);
/* The same where the side is known already. */
void till_take(struct item *item, const struct gateway *gateway, enum till_side side);
/* The body as anyone but one role may read it. */
const char *item_shown(const struct item *item);
/* Decides what came on a till. Returns false when it is like any other message. */
bool till_think(const struct gateway *gateway, struct thought *thought);
/* Does the text, from an ordinary phone, read as money that came? */
bool till_claims(const struct gateway *gateway, const char *text);
/* Then that goes into the field `told` of the service payment's form. */
void till_claim(const struct gateway *gateway, struct thought *thought);
/* Queues what one stored message of a till sets off. Returns 0, or -1 when the connection is lost.
 */
int till_run(struct desk *desk, const struct thought *thought);
/* It is durable: the administrator hears of what needs a person. */
void till_told(const struct desk *desk, const struct thought *thought);
#define TILL_STATEMENTS                                                                    \
	{ "till_take", "SELECT till_take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)" }, \
	{                                                                                  \
		"till_keep", "SELECT till_keep($1, $2)"                                    \
	}

/* airtime-sms.c: what operators tell of their SIMs. */
/* Whose SIM it came to, unless a person or a till is meant. */
void airtime_mark(struct item *item, const struct gateway *gateway, const struct modem *modem);
/* Decides what an operator tells of a balance or bundle. Returns false when it is no such thing. */
bool airtime_hears(const struct gateway *gateway, struct thought *thought);
/* Queues what the batch's stored messages tell so. Returns 0, or -1 when the connection is lost. */
int airtime_run(struct desk *desk);
#define AIRTIME_STATEMENTS                                                                             \
	{                                                                                              \
		"airtime_heard",                                                                       \
			"SELECT airtime_heard($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)" \
	}

/* inbox-think.c: decide from the item and the snapshot; pure but for the vocabulary's scratch
 * memory. */
void inbox_think(const struct gateway *gateway, struct thought *thought);

/*
 * The text of thought->say in the language of the reply, with what its form holds already.  Returns
 * bytes written, or -1 when there is no such text or no room.
 */
int inbox_say(const struct gateway *gateway, const struct thought *thought, char *out, size_t size);

/* Forms on the way to and from SQL: name, value, ... separated by U+001F; and as one JSON object.
 */
void form_to_text(
	const struct service *service, const struct form_values *values, char *out, size_t size);
void form_from_text(const struct service *service, const char *text, struct form_values *values);
/* words: NULL for the message's own; answer: the message that answered the form's question, or
 * NULL; final: no question may be asked any more. */
char *form_to_json(const struct service *service, const struct form_values *values,
	const char *words, const struct thought *answer, bool final);

#endif
