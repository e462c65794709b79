/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire: the whole protocol between the gateway (parent) and one baraza-modem (worker).
 *
 * What it is: message types, their fields, and strict encoding and decoding.
 * What it is not: it does no I/O beyond one send or receive on a socket, keeps no state, logs
 *nothing.
 *
 * The two talk over a socketpair of type SOCK_SEQPACKET: one message is one datagram, so there is
 * no framing.  The worker finds its end on descriptor WIRE_FD.  Both are built together; the
 * version in every message's first byte only guards against a mixed installation.
 *
 * The conversation:
 *	parent			worker
 *	OPEN device...
 *				IDENTITY imei iccid sim_state...	(nothing sent to libgammu
 *yet) PIN "1234"						(only after the attempt is durable)
 *				PIN_RESULT, IDENTITY again
 *	GONE hashes...						(what this SIM's last workers said)
 *	START							(the parent knows whose modem it is)
 *				READY, HEALTH, SMS..., REPORT..., LISTED
 *	DELETE handles						(only after PostgreSQL committed)
 *				GONE hashes, DELETED counts
 *	SEND token...						(one at a time)
 *				RESULT token...
 *	LOOK							(housekeeping, once a minute at
 *most) HEALTH, SMS..., REPORT..., LISTED CALL number LISTED, SMS..., whenever the modem tells of a
 *new message FAULT class words, then it exits CLOSE exits 0
 *	USSD token dial "*131#"					(one dialogue at a time)
 *				USSD_ANSWER token more "1) Balance ..."
 *	USSD token reply "1"					(or cancel, which has no answer)
 *				USSD_ANSWER token done "120 F"
 *				USSD_UNASKED text		(what the network says by itself)
 *
 * An answer MORE leaves the dialogue open.  It ends with the next answer that is not MORE, with
 * cancel, or, unanswered, after the time that its last step was given: then USSD_ANSWER comes once
 * again for that step, TIMEOUT or, when the network ended it, REFUSED.
 *
 * Ownership: a decoded message borrows from the buffer it was decoded from.
 * A child's garbage is the parent's reason to warn and restart it: decoding never aborts.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_VERSION 4
#define WIRE_FD 3
#define WIRE_MAX 4096 /* bytes of the largest message */

#define WIRE_NUMBER_MAX 40   /* bytes of an address in UTF-8, with its final NUL */
#define WIRE_TEXT_MAX 1024   /* bytes of one segment's text in UTF-8 */
#define WIRE_UDH_MAX 140     /* octets: TP-UD's own limit, 3GPP 23.040 9.2.3.24 */
#define WIRE_HANDLES_MAX 256 /* handles in one DELETE */
#define WIRE_HASHES_MAX 128  /* messages in one GONE */
#define WIRE_UNITS_MAX 160   /* UTF-16 units of one segment to send, any coding */
#define WIRE_PIN_MAX 8       /* digits, 3GPP 31.101 9.5.1 */
#define WIRE_TYPED_MAX 160   /* bytes of a USSD code or answer: ASCII, of wire_ussd_typed() */
#define WIRE_USSD_MAX 1024   /* bytes of what the network says by USSD, in UTF-8 */
#define WIRE_USSD_S_MAX 600  /* seconds that one step may take */

#define WIRE_REFERENCE_UNKNOWN 0xffff /* the modem did not tell the TP-MR */
#define WIRE_ERROR_NONE 0xffff        /* no +CMS ERROR code was given */

enum wire_type {
	/* parent to worker */
	WIRE_OPEN = 1,
	WIRE_PIN,
	WIRE_START,
	WIRE_SEND,
	WIRE_DELETE,
	WIRE_LOOK,
	WIRE_CLOSE,
	WIRE_USSD,
	/* worker to parent */
	WIRE_IDENTITY = 64,
	WIRE_PIN_RESULT,
	WIRE_READY,
	WIRE_SMS,
	WIRE_REPORT,
	WIRE_LISTED,
	WIRE_DELETED,
	WIRE_RESULT,
	WIRE_CALL,
	WIRE_HEALTH,
	WIRE_FAULT,
	WIRE_USSD_ANSWER,
	WIRE_USSD_UNASKED,
	/* either to the other */
	WIRE_GONE,
};

/* A piece of text or octets inside the datagram; text is UTF-8, not NUL-terminated. */
struct wire_bytes {
	const char *data;
	uint16_t len;
};

/* A time stamp as the network gave it: shown, never trusted (3GPP 23.040 9.2.3.11). */
struct wire_time {
	uint16_t year; /* 0 when absent or absurd */
	uint8_t month, day, hour, minute, second;
	int8_t zone_quarters; /* quarters of an hour east of UTC */
};

enum wire_storage { WIRE_STORAGE_AUTO, WIRE_STORAGE_SM, WIRE_STORAGE_ME };

struct wire_open {
	struct wire_bytes name;       /* the modem's, for log lines */
	struct wire_bytes device;     /* path of the tty */
	struct wire_bytes connection; /* libgammu's name: "dku2at", "at115200" */
	struct wire_bytes model;      /* libgammu's model, "at"; empty: let it look */
	struct wire_bytes smsc;  /* E.164: to be used in place of the SIM's; empty: the SIM's */
	uint8_t storage;         /* enum wire_storage */
	uint8_t skip_pauses;     /* 1: override libgammu's fixed pauses */
	uint8_t receive_only;    /* 1: refuse SEND (a till) */
	uint16_t call_timeout_s; /* deadline of one libgammu call; then the worker exits */
	uint16_t send_timeout_s; /* no result of a send by then: it is unknown */
};

enum wire_sim {
	WIRE_SIM_READY,
	WIRE_SIM_PIN, /* waits for its PIN */
	WIRE_SIM_PUK, /* locked by wrong PINs: needs a person */
	WIRE_SIM_ABSENT,
	WIRE_SIM_UNKNOWN, /* the modem does not say */
};

struct wire_identity {
	struct wire_bytes imei, imsi, iccid; /* digits; empty when not (yet) readable */
	struct wire_bytes manufacturer, model, revision;
	struct wire_bytes smsc;    /* OPEN's, else the SIM's; empty: there is none */
	uint8_t sim;               /* enum wire_sim */
	uint8_t pin_attempts_left; /* 255: the modem does not say */
};

struct wire_pin {
	struct wire_bytes pin;
};

enum wire_pin_outcome {
	WIRE_PIN_OK,
	WIRE_PIN_WRONG,
	WIRE_PIN_FAILED /* not known whether tried */
};

struct wire_pin_result {
	uint8_t outcome;
};

enum wire_coding { WIRE_GSM7, WIRE_UCS2, WIRE_8BIT };

struct wire_send {
	uint64_t token;           /* the parent's name for this segment, returned in RESULT */
	struct wire_bytes number; /* recipient, E.164 with + or a short code */
	uint8_t coding;           /* enum wire_coding: WIRE_GSM7 or WIRE_UCS2 */
	uint8_t want_report;      /* TP-SRR */
	uint8_t validity;         /* TP-VP, relative format, 3GPP 23.040 9.2.3.12.1 */
	int8_t class;             /* message class 0-3, or -1 for none */
	struct wire_bytes udh;    /* without UDHL; empty for a single segment */
	struct wire_bytes text;   /* UTF-16BE, already known to fit one segment in that coding */
};

struct wire_delete {
	uint16_t count;
	uint32_t handles[WIRE_HANDLES_MAX];
};

/*
 * Messages that are in the modem no more, each by a hash of what makes it equal to another: for the
 * ordinals of equal ones to come.  The parent keeps them as they are, by SIM, and gives them to the
 * SIM's next worker before START.
 */
struct wire_gone {
	uint8_t back; /* 1: one of each is there after all; take it away again */
	uint16_t count;
	uint64_t hashes[WIRE_HASHES_MAX];
};

/*
 * Half of a character at the edge of a part of a long message: some senders cut between the two
 * units of a UTF-16 pair, or between an escape and what it escapes (3GPP 23.038 6.2.1).  Text
 * carries it as a code point for private use, which a database keeps; wire_mend() makes one of two.
 */
#define WIRE_HALF_HIGH 0xf0000u   /* and 0x3ff more: U+D800 to U+DBFF */
#define WIRE_HALF_LOW 0xf0400u    /* and 0x3ff more: U+DC00 to U+DFFF */
#define WIRE_HALF_ESCAPE 0xf0800u /* of GSM 7-bit */

enum wire_sms_kind {
	WIRE_SMS_TEXT,
	WIRE_SMS_TYPE0,  /* silent: TP-PID 0x40 */
	WIRE_SMS_MWI,    /* message waiting indication */
	WIRE_SMS_8BIT,   /* data */
	WIRE_SMS_PORT,   /* addressed to an application port by its UDH */
	WIRE_SMS_BROKEN, /* could not be decoded; number and time only when they could */
};

struct wire_sms {
	uint32_t handle;  /* the worker's name for its place in the modem; 0: nothing to delete */
	uint16_t ordinal; /* among messages equal in number, smsc_time, dcs, udh and text */
	uint8_t kind;     /* enum wire_sms_kind */
	uint8_t coding;   /* enum wire_coding */
	int8_t class;     /* 0-3, -1 for none */
	uint8_t pid, dcs; /* TP-PID and TP-DCS, 3GPP 23.040 9.2.3.9 and 9.2.3.10; 0 when broken */
	uint8_t number_doubtful;  /* the UDH overran libgammu's fields: do not believe the sender */
	struct wire_bytes number; /* originator as given, "+250...", "0788...", "MobileMoney" */
	struct wire_bytes smsc;
	struct wire_time smsc_time;
	struct wire_bytes udh; /* without UDHL */
	/* UTF-8; octets when coding is WIRE_8BIT; the PDU in hexadecimal, cut, when kind is BROKEN
	 */
	struct wire_bytes text;
};

struct wire_report {
	uint32_t handle;          /* 0: nothing to delete */
	uint8_t reference;        /* TP-MR */
	uint8_t status;           /* TP-ST, 3GPP 23.040 9.2.3.15 */
	struct wire_bytes number; /* TP-RA */
	struct wire_time smsc_time, discharge_time;
};

struct wire_listed {
	uint16_t found;          /* messages and reports seen in this listing */
	uint16_t fresh;          /* of them, sent up just now */
	uint16_t used, capacity; /* of the storage; 0, 0 when unknown */
	uint16_t undeletable;    /* places that refuse to be deleted */
	uint16_t drafts;         /* places with messages saved for sending: not ours, left alone */
	uint8_t complete;        /* 0: the listing broke off; another will follow */
};

struct wire_deleted {
	uint16_t count; /* how many are gone: of the handles, and of those that were held back */
	uint16_t failed;
	/* Kept for now: an equal message is there that the parent has not named yet. */
	uint16_t held;
};

enum wire_outcome {
	WIRE_SENT,
	WIRE_REFUSED,  /* the modem or the network said no: error says why */
	WIRE_UNKNOWN,  /* no answer in time: it may have left */
	WIRE_NOT_SENT, /* nothing left for the network (a bad request, a till) */
};

struct wire_result {
	uint64_t token;
	uint8_t outcome;    /* enum wire_outcome */
	uint16_t reference; /* TP-MR 0-255 when sent, or WIRE_REFERENCE_UNKNOWN */
	uint16_t error;     /* +CMS ERROR code (27.005 3.2.5), or WIRE_ERROR_NONE */
	struct wire_bytes words;
};

struct wire_call {
	struct wire_bytes number; /* empty when withheld */
};

enum wire_ussd_kind {
	WIRE_USSD_KIND_DIAL,
	WIRE_USSD_KIND_REPLY, /* in the dialogue that is open */
	WIRE_USSD_KIND_CANCEL,
};

struct wire_ussd {
	uint64_t token; /* the parent's name for this step, returned in USSD_ANSWER */
	uint8_t kind;   /* enum wire_ussd_kind */
	uint16_t timeout_s;
	struct wire_bytes text; /* empty for cancel */
};

enum wire_ussd_outcome {
	WIRE_USSD_DONE,        /* the network's last word */
	WIRE_USSD_MORE,        /* it asks, and waits for a reply */
	WIRE_USSD_REFUSED,     /* the network or the modem said no */
	WIRE_USSD_TIMEOUT,     /* no answer in time: it may have had its effect */
	WIRE_USSD_UNSUPPORTED, /* the network knows no such thing, the modem no USSD */
	WIRE_USSD_NETWORK,     /* there is no network just now */
	WIRE_USSD_LOST,        /* the worker ended meanwhile; never on the wire */
};

struct wire_ussd_answer {
	uint64_t token;
	uint8_t outcome; /* enum wire_ussd_outcome */
	struct wire_bytes text;
};

/* What the network says without being asked.  A question among it was declined by the worker. */
struct wire_ussd_unasked {
	struct wire_bytes text;
};

struct wire_health {
	int16_t signal_dbm;        /* 0: unknown */
	uint8_t signal_percent;    /* 255: unknown */
	uint8_t registration;      /* +CREG's <stat> 0-5, 255 unknown */
	struct wire_bytes network; /* operator's code or name */
	uint16_t used, capacity;
	uint8_t notifies; /* 0: the modem refuses +CMTI; the worker looks every few seconds itself
			   */
};

enum wire_fault {
	WIRE_FAULT_DEVICE,    /* cannot open, or hung up */
	WIRE_FAULT_SILENT,    /* the modem does not answer */
	WIRE_FAULT_SIM,       /* no SIM, or it failed */
	WIRE_FAULT_RESTARTED, /* the modem restarted by itself: begin again at once */
	WIRE_FAULT_LIBGAMMU,  /* anything else libgammu reports */
	WIRE_FAULT_PROTOCOL,  /* the parent sent what cannot be */
};

struct wire_fault_msg {
	uint8_t class; /* enum wire_fault */
	struct wire_bytes words;
};

struct wire_msg {
	enum wire_type type;
	union {
		struct wire_open open;
		struct wire_pin pin;
		struct wire_send send;
		struct wire_delete delete;
		struct wire_gone gone;
		struct wire_identity identity;
		struct wire_pin_result pin_result;
		struct wire_sms sms;
		struct wire_report report;
		struct wire_listed listed;
		struct wire_deleted deleted;
		struct wire_result result;
		struct wire_call call;
		struct wire_health health;
		struct wire_fault_msg fault;
		struct wire_ussd ussd;
		struct wire_ussd_answer ussd_answer;
		struct wire_ussd_unasked ussd_unasked;
	};
};

/* A borrowed view of a C string; NULL is empty. Longer than 65,535 bytes is cut. */
struct wire_bytes wire_str(const char *s);

/*
 * Copy bytes into a NUL-terminated string of size octets. Returns 0, or -1 (out left untouched)
 * if they do not fit or contain a NUL.
 */
int wire_copy(char *out, size_t size, struct wire_bytes b) __attribute__((warn_unused_result));

/*
 * 1 when the text can be dialled or typed as USSD on every modem: 1 to WIRE_TYPED_MAX characters of
 * those that ASCII and the GSM alphabet (23.038 6.2.1) have in the same place, no quote.
 */
int wire_ussd_typed(const char *text, size_t len);

/*
 * Put the halves in a joined text together, in place.  One without its other becomes U+FFFD, an
 * escape of nothing a space.  What is no UTF-8 is left as it is.
 */
void wire_mend(char *text);

/* Encode msg into buf. Returns the length in bytes, or -1 if it does not fit or a field is out of
 * range. */
int wire_encode(const struct wire_msg *msg, uint8_t buf[WIRE_MAX])
	__attribute__((warn_unused_result));

/*
 * Decode one datagram, strictly: version, type, every length, every enum, nothing left over.
 * Returns 0, or -1 with msg untouched. msg borrows from buf.
 */
int wire_decode(const uint8_t *buf, size_t len, struct wire_msg *msg)
	__attribute__((warn_unused_result));

/*
 * Encode and send on a socket. Returns 0, or -1 with errno (EAGAIN on a full non-blocking socket,
 * EMSGSIZE when the message cannot be encoded).
 */
int wire_send(int fd, const struct wire_msg *msg) __attribute__((warn_unused_result));

/*
 * Receive one datagram into buf and decode it. Returns 1 for a message, 0 at end of file, -1 with
 * errno (EAGAIN, or EBADMSG for garbage).  What the other end had sent before it closed comes
 * before the end of file, also when that end left messages unread.
 */
int wire_receive(int fd, uint8_t buf[WIRE_MAX], struct wire_msg *msg)
	__attribute__((warn_unused_result));

#endif
