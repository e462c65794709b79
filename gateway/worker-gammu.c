/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-gammu: each call is made as it is for a reason of libgammu 1.42's, told beside it.
 */
#include "worker-gammu.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "worker-calls.h"
#include "worker-guard.h"

enum { INIT_CALLS = 4 }; /* an initialisation is some twenty commands: so many times the deadline */

/*
 * 266 kB each, of which libgammu touches the first message: never on the stack.  A listing goes on
 * from what it found in its own.
 */
static GSM_MultiSMSMessage list, single;

/* Faults that end the worker; any other error is the caller's. */
static void
check(GSM_Error error, const char *call)
{
	switch (error) {
	case ERR_TIMEOUT:
	case ERR_ABORTED:
		guard_fault(WIRE_FAULT_SILENT, "the modem did not answer (%s)", call);
	case ERR_DEVICEOPENERROR:
	case ERR_DEVICELOCKED:
	case ERR_DEVICENOTEXIST:
	case ERR_DEVICEBUSY:
	case ERR_DEVICENOPERMISSION:
	case ERR_DEVICENOTWORK:
	case ERR_DEVICEREADERROR:
	case ERR_DEVICEWRITEERROR:
		guard_fault(WIRE_FAULT_DEVICE, "%s: %s", call, GSM_ErrorString(error));
	case ERR_MOREMEMORY:
		guard_fault(WIRE_FAULT_LIBGAMMU, "%s: out of memory", call);
	default:
		break;
	}
}

static void
send_status_cb(GSM_StateMachine *state, int status, int reference, void *arg)
{
	struct gammu *g = arg;

	(void)state;
	g->sent = status == 0;
	g->refused = status != 0;
	g->send_status = status;
	g->reference = reference;
}

/* --- opening --- */

static void
set(char **field, const char *value)
{
	free(*field);
	*field = strdup(value);
	if (*field == NULL)
		fatal("event=no-memory wanted=%zu", strlen(value));
}

static GSM_Error
try_open(struct gammu *g, const char *device, const char *connection, const char *model)
{
	GSM_Config *config = GSM_GetConfig(g->state, 0);
	GSM_Error error;

	/* Reading no file sets the defaults, and says that it is an error. */
	(void)GSM_ReadConfig(NULL, config, 0);
	set(&config->Device, device);
	set(&config->Connection, connection);
	strncpy(config->Model, model, sizeof(config->Model) - 1);
	config->UseGlobalDebugFile = FALSE;
	GSM_SetConfigNum(g->state, 1);
	calls_closed();
	sieve_restart(g->sieve);
	guard_call(INIT_CALLS * g->timeout_s, "opening", true);
	error = GSM_InitConnection(g->state, 1);
	if (error != ERR_NONE) {
		log_notice("modem=%s event=open-failed connection=%s model=%s error=%s",
			worker_modem, connection, model[0] != '\0' ? model : "auto",
			log_quote(GSM_ErrorString(error)));
		GSM_TerminateConnection(g->state);
	}
	guard_done();
	return error;
}

void
gammu_open(struct gammu *g, struct sieve *sieve, const char *device, const char *connection,
	const char *model, unsigned timeout_s)
{
	GSM_Error error;

	memset(g, 0, sizeof(*g));
	g->sieve = sieve;
	g->timeout_s = timeout_s;
	/* GSM_InitLocales() is left out: the C locale is wanted, for numbers and for errors' words.
	 */
	g->state = GSM_AllocStateMachine();
	if (g->state == NULL)
		fatal("event=no-memory wanted=state-machine");
	error = try_open(g, device, connection, model);
	if (error != ERR_NONE && model[0] != '\0')
		error = try_open(g, device, connection, "");
	if (error != ERR_NONE)
		error = try_open(g, device, "at115200", "");
	check(error, "opening");
	if (error != ERR_NONE)
		guard_fault(WIRE_FAULT_LIBGAMMU, "libgammu cannot open the modem: %s",
			GSM_ErrorString(error));
	GSM_SetSendSMSStatusCallback(g->state, send_status_cb, g);
}

/* Set twice to the same, libgammu sends nothing. */
bool
gammu_arm(struct gammu *g)
{
	GSM_Error error;

	guard_call(g->timeout_s, "asking for notifications", true);
	(void)GSM_SetIncomingSMS(g->state, FALSE);
	error = GSM_SetIncomingSMS(g->state, TRUE);
	guard_done();
	check(error, "asking for notifications");
	return error == ERR_NONE;
}

/* --- reading --- */

/*
 * libgammu reads a listing from its memory in the order in which the sieve saw it pass; or, where
 * the modem has no listing, place by place.
 */
static const struct sieve_pdu *
pdu_read(struct gammu *g, unsigned listings, unsigned singles)
{
	if (g->sieve->singles != singles)
		return sieve_single(g->sieve);
	if (g->sieve->listings != listings)
		g->next = 0;
	return sieve_listed(g->sieve, g->next++);
}

/*
 * Did libgammu fill in the place of what passed?  Where it gave up before, its place is the first
 * of SM, and somebody else's message may be there.
 */
static bool
is_of_place(const struct gammu *g, const struct gammu_item *item)
{
	return item->pdu == sieve_single(g->sieve) ||
		(item->pdu != NULL && item->pdu->location == gammu_modems_number(g, item->place));
}

enum gammu_found
gammu_list(struct gammu *g, bool first, struct gammu_item *item)
{
	unsigned listings = g->sieve->listings, singles = g->sieve->singles;
	int before = first ? -1 : list.SMS[0].Location;
	GSM_Error error;

	guard_call(g->timeout_s, "listing messages", true);
	error = GSM_GetNextSMS(g->state, &list, first);
	guard_done();
	check(error, "listing messages");
	if (error == ERR_EMPTY)
		return GAMMU_END;
	item->pdu = pdu_read(g, listings, singles);
	item->sms = &list.SMS[0];
	item->place.store = list.SMS[0].Memory == MEM_ME ? STORE_ME : STORE_SM;
	item->place.location = list.SMS[0].Location;
	if (error == ERR_NONE && is_of_place(g, item))
		return GAMMU_MESSAGE;
	log_warn("modem=%s event=not-decoded error=%s", worker_modem,
		log_quote(GSM_ErrorString(error)));
	return is_of_place(g, item) && item->place.location != before ? GAMMU_SKIPPED
								      : GAMMU_FAILED;
}

/* With Memory and Folder 0 libgammu needs no +CPMS before, and takes the location as it listed it.
 */
static void
aim(GSM_SMSMessage *sms, struct gammu_place place)
{
	memset(sms, 0, sizeof(*sms));
	sms->Location = place.location;
	if (place.store == STORE_SR) {
		sms->Memory = MEM_SR;
		sms->Folder = 1;
	}
}

/* Read one place. */
static enum gammu_found
read_single(struct gammu *g, struct gammu_place place, struct gammu_item *item)
{
	GSM_SMSMessage *sms = &single.SMS[0];
	unsigned singles = g->sieve->singles;
	GSM_Error error;

	aim(sms, place);
	guard_call(g->timeout_s, "reading a message", true);
	error = GSM_GetSMS(g->state, &single);
	guard_done();
	check(error, "reading a message");
	if (error == ERR_EMPTY || error == ERR_INVALIDLOCATION)
		return GAMMU_END;
	if (g->sieve->singles == singles)
		return GAMMU_FAILED;
	item->pdu = sieve_single(g->sieve);
	item->sms = sms;
	item->place = place;
	return error == ERR_NONE ? GAMMU_MESSAGE : GAMMU_SKIPPED;
}

enum gammu_found
gammu_report(struct gammu *g, int location, struct gammu_item *item)
{
	return read_single(
		g, (struct gammu_place){ .store = STORE_SR, .location = location }, item);
}

enum gammu_found
gammu_reread(struct gammu *g, struct gammu_place place, struct gammu_item *item)
{
	return read_single(g, place, item);
}

enum gammu_found
gammu_decode(const struct pdu *pdu, struct gammu_item *item)
{
	static struct sieve_pdu passed;
	GSM_SMSMessage *sms = &single.SMS[0];
	unsigned char bytes[PDU_SAFE_MAX / 2];
	size_t len = strlen(pdu->safe), end;

	memset(sms, 0, sizeof(*sms));
	passed = (struct sieve_pdu){ .kind = pdu->kind, .pid = pdu->pid, .dcs = pdu->dcs };
	if (!DecodeHexBin(bytes, (const unsigned char *)pdu->safe, len) ||
		GSM_DecodePDUFrame(GSM_GetGlobalDebug(), sms, bytes, len / 2, &end, TRUE) !=
			ERR_NONE)
		return GAMMU_FAILED;
	item->sms = sms;
	item->pdu = &passed;
	item->place = (struct gammu_place){ .store = STORE_UNKNOWN };
	return GAMMU_MESSAGE;
}

int
gammu_modems_number(const struct gammu *g, struct gammu_place place)
{
	int number = place.location % GSM_PHONE_MAXSMSINFOLDER;

	return GSM_IsPhoneFeatureAvailable(GSM_GetModelInfo(g->state), F_SMS_LOCATION_0)
		? number - 1
		: number;
}

/* --- sending --- */

enum gammu_sending
gammu_send(struct gammu *g, GSM_SMSMessage *sms)
{
	GSM_Error error;

	g->sent = g->refused = false;
	g->send_status = g->reference = -1;
	guard_call(g->timeout_s, "sending a message", true);
	error = GSM_SendSMS(g->state, sms);
	guard_done();
	if (error == ERR_NONE)
		return GAMMU_TYPED;
	log_notice("modem=%s event=send-failed error=%s", worker_modem,
		log_quote(GSM_ErrorString(error)));
	if (error == ERR_TIMEOUT)
		return GAMMU_NO_PROMPT;
	check(error, "sending a message");
	return GAMMU_NOT_TYPED;
}

void
gammu_glance(struct gammu *g)
{
	guard_call(g->timeout_s, "reading", false);
	GSM_ReadDevice(g->state, FALSE);
	guard_done();
}

/* --- the rest --- */

void
gammu_signal(struct gammu *g, int *dbm, unsigned *percent)
{
	GSM_SignalQuality signal = { .SignalStrength = -1, .SignalPercent = -1 };
	GSM_Error error;

	guard_call(g->timeout_s, "asking for the signal", true);
	error = GSM_GetSignalQuality(g->state, &signal);
	guard_done();
	check(error, "asking for the signal");
	*dbm = error == ERR_NONE && signal.SignalStrength < -1 ? signal.SignalStrength : 0;
	*percent = error == ERR_NONE && signal.SignalPercent >= 0 && signal.SignalPercent <= 100
		? (unsigned)signal.SignalPercent
		: 255;
}

bool
gammu_hang_up(struct gammu *g)
{
	GSM_Error error;

	guard_call(g->timeout_s, "refusing a call", true);
	error = GSM_CancelCall(g->state, 0, TRUE);
	guard_done();
	check(error, "refusing a call");
	return error == ERR_NONE;
}
