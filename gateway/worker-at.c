/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * worker-at: the tty, one question and its answer, and the questions of the start.
 */
#include "worker-at.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "log.h"
#include "monotonic.h"
#include "worker-guard.h"

enum {
	WAKE_TRIES = 6,
	WAKE_MS = 500,   /* for the first try, more each time */
	BUSY_TRIES = 30, /* a SIM that has just been unlocked is busy for some seconds */
	BUSY_MS = 400,
	SAY_TRIES = 3, /* what must be known is asked again, when the answer is none */
	PIN_MS = 30000,
	QUIET_MS = 50,
	ROOM = 10, /* free places in a storage are enough for its messages to wait in */

	/* 27.007 9.2 */
	CME_NO_SIM = 10,
	CME_PIN = 11,
	CME_PUK = 12,
	CME_SIM_FAILURE = 13,
	CME_SIM_BUSY = 14,
	CME_WRONG = 16,
	/* 27.005 3.2.5 */
	CMS_SIM_BUSY = 314,
};

/* --- the tty --- */

static speed_t
speed_of(const char *connection)
{
	static const struct {
		int number;
		speed_t speed;
	} speeds[] = { { 4800, B4800 }, { 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 },
		{ 57600, B57600 }, { 115200, B115200 }, { 230400, B230400 }, { 460800, B460800 },
		{ 921600, B921600 } };
	int number = strncmp(connection, "at", 2) == 0 ? atoi(connection + 2) : 0;

	for (size_t i = 0; i < sizeof(speeds) / sizeof(speeds[0]); i++)
		if (speeds[i].number == number)
			return speeds[i].speed;
	return B115200;
}

static void __attribute__((noreturn)) fault_open(const char *device)
{
	switch (errno) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		guard_fault(WIRE_FAULT_DEVICE, "%s is not there: is the modem plugged in?", device);
	case EACCES:
	case EPERM:
		guard_fault(WIRE_FAULT_DEVICE,
			"%s may not be opened: add the account that runs baraza to the group of "
			"that device (dialout)",
			device);
	case EBUSY:
	case EWOULDBLOCK:
		guard_fault(WIRE_FAULT_DEVICE,
			"%s is in use by another program (ModemManager, gammu-smsd, minicom?): stop "
			"it",
			device);
	default:
		guard_fault(WIRE_FAULT_DEVICE, "%s: %s", device, strerror(errno));
	}
}

void
at_open(struct at *at, struct urc *urc, const char *device, const char *connection,
	unsigned timeout_s)
{
	struct termios raw;

	at->urc = urc;
	at->len = at->back_len = at->back_at = 0;
	at->answer_ms = (int)timeout_s * 1000;
	at->fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (at->fd == -1)
		fault_open(device);
	if (tcgetattr(at->fd, &raw) == -1)
		guard_fault(WIRE_FAULT_DEVICE, "%s is no serial device", device);
	if (flock(at->fd, LOCK_EX | LOCK_NB) == -1)
		fault_open(device);
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL | CREAD;
	raw.c_cflag &= ~(tcflag_t)CRTSCTS;
	cfsetspeed(&raw, speed_of(connection));
	if (tcsetattr(at->fd, TCSANOW, &raw) == -1)
		guard_fault(WIRE_FAULT_DEVICE, "%s cannot be set: %s", device, strerror(errno));
	ioctl(at->fd,
		TIOCNXCL); /* another program may have left it, and libgammu opens once more */
}

void
at_unlock(struct at *at)
{
	flock(at->fd, LOCK_UN);
}

/* --- a question and its answer --- */

/* What stood behind a +CUSD that never ends is read as lines. */
static void
end_cusd(struct at *at)
{
	at->back_len = cusd_quiet(&at->urc->cusd, at->back);
	at->back_at = 0;
}

/* Wait until the modem says something, or until that time.  Returns 0 when the time has come. */
static int
wait_until(struct at *at, int64_t until, short events)
{
	struct pollfd p = { .fd = at->fd, .events = events };
	int64_t left = until - monotonic_ms();
	bool open = events == POLLIN && at->urc->cusd.open;
	int64_t wait = open && left > CUSD_QUIET_MS ? CUSD_QUIET_MS : left;
	int ready = poll(&p, 1, wait > 0 ? (int)wait : 0);

	if (ready == 1 && (p.revents & (POLLHUP | POLLERR | POLLNVAL)))
		guard_fault(WIRE_FAULT_DEVICE, "the modem is gone (unplugged, or without power)");
	if (open && ready == 0)
		end_cusd(at);
	return ready == 1 || (ready == -1 && errno == EINTR) || left > 0;
}

static void
say(struct at *at, const char *bytes, int64_t until)
{
	size_t len = strlen(bytes), done = 0;

	while (done < len) {
		ssize_t wrote = write(at->fd, bytes + done, len - done);

		if (wrote > 0)
			done += (size_t)wrote;
		else if (errno != EAGAIN && errno != EINTR)
			guard_fault(WIRE_FAULT_DEVICE, "cannot write to the modem: %s",
				strerror(errno));
		else if (!wait_until(at, until, POLLOUT))
			return;
	}
}

/* Returns 0 when there is none now. */
static int
read_octet(struct at *at, char *c)
{
	ssize_t got;

	if (at->back_at < at->back_len) {
		*c = at->back[at->back_at++];
		return 1;
	}
	got = read(at->fd, c, 1);
	if (got == 0 || (got == -1 && errno != EAGAIN && errno != EINTR))
		guard_fault(WIRE_FAULT_DEVICE, "the modem is gone (unplugged, or without power)");
	return got == 1;
}

/*
 * Take bytes until a line is whole.  Returns 1 and the line in at->line, or 0 when there is no
 * whole line yet.  Empty lines are left out.
 */
static int
read_line(struct at *at)
{
	char c;

	while (read_octet(at, &c)) {
		if (at->urc->cusd.open) {
			cusd_take(&at->urc->cusd, c);
		} else if (c == '\r' || c == '\n') {
			at->line[at->len] = '\0';
			if (at->len == 0)
				continue;
			at->len = 0;
			return 1;
		} else if ((unsigned char)c >= ' ' && at->len < sizeof(at->line) - 1) {
			at->line[at->len++] = c;
			if (cusd_begins(at->line, at->len)) {
				cusd_open(&at->urc->cusd, false);
				at->len = 0;
			}
		}
	}
	return 0;
}

void
at_listen(struct at *at)
{
	while (read_line(at))
		urc_line(at->urc, at->line);
}

/* Listen for so long; what is said unasked is noted. */
static void
listen_for(struct at *at, int ms)
{
	int64_t until = monotonic_ms() + ms;

	do
		at_listen(at);
	while (wait_until(at, until, POLLIN));
}

/* The values of "+NAME: values" when that is the command's name, else NULL. */
static const char *
own_values(const char *line, const char *command)
{
	size_t len = strcspn(command, "=?");

	if (len < 2 || strncasecmp(line, command, len) != 0 || line[len] != ':')
		return NULL;
	line += len + 1;
	return line + strspn(line, " ");
}

/* The line is the command's echo, or noise and then that. */
static bool
is_echo(const char *line, const char *command)
{
	size_t len = strlen(line), wanted = strlen(command) + 2;

	return len >= wanted && strncasecmp(line + len - wanted, "AT", 2) == 0 &&
		strcasecmp(line + len - wanted + 2, command) == 0;
}

/* Returns 1 when the line ends the answer. */
static int
take_final(const char *line, struct at_answer *answer)
{
	while ((unsigned char)*line >= 0x7f)
		line++; /* noise */
	if (strcmp(line, "OK") == 0) {
		answer->result = AT_OK;
		return 1;
	}
	if (strncmp(line, "+CME ERROR:", 11) == 0 || strncmp(line, "+CMS ERROR:", 11) == 0) {
		answer->result = AT_ERROR;
		answer->code = isdigit((unsigned char)line[11 + strspn(line + 11, " ")])
			? atoi(line + 11)
			: -1;
		return 1;
	}
	if (strcmp(line, "ERROR") == 0 || strcmp(line, "COMMAND NOT SUPPORT") == 0) {
		answer->result = AT_ERROR;
		return 1;
	}
	return 0;
}

static int
take_line(struct at *at, const char *command, struct at_answer *answer)
{
	const char *values = own_values(at->line, command);
	const char *text = values != NULL ? values : at->line;

	if (take_final(at->line, answer))
		return 1;
	if (is_echo(at->line, command))
		return 0;
	if (values == NULL && (urc_line(at->urc, at->line) || strchr("+^*#$%&_", at->line[0])))
		return 0;
	if (answer->text[0] == '\0' || (values != NULL && !answer->named))
		snprintf(answer->text, sizeof(answer->text), "%.*s", AT_ANSWER_MAX - 1, text);
	answer->named = answer->named || values != NULL;
	return 0;
}

void
at_try(struct at *at, const char *command, int timeout_ms, struct at_answer *answer)
{
	int64_t until = monotonic_ms() + timeout_ms;
	char line[256];

	answer->result = AT_SILENT;
	answer->code = -1;
	answer->named = false;
	answer->text[0] = '\0';
	at_listen(at);
	snprintf(line, sizeof(line), "AT%s\r", command);
	say(at, line, until);
	do {
		while (read_line(at))
			if (take_line(at, command, answer))
				return;
	} while (wait_until(at, until, POLLIN));
}

void
at_say(struct at *at, const char *command)
{
	char line[USSD_COMMAND_MAX + 8];

	snprintf(line, sizeof(line), "AT%s\r", command);
	say(at, line, monotonic_ms() + at->answer_ms);
}

void
at_break_off(struct at *at)
{
	say(at, "\r", monotonic_ms() + at->answer_ms);
}

enum ussd_charset
at_charset(struct at *at)
{
	struct at_answer answer;

	at_ask(at, "+CSCS=\"GSM\"", &answer);
	return at_ask(at, "+CSCS?", &answer) ? ussd_charset_named(answer.text) : USSD_CHARSET_GSM;
}

int
at_ask(struct at *at, const char *command, struct at_answer *answer)
{
	at_try(at, command, at->answer_ms, answer);
	if (answer->result == AT_SILENT)
		guard_fault(WIRE_FAULT_SILENT,
			"the modem stopped answering (AT%s): unplug it and plug it in again",
			command);
	return answer->result == AT_OK;
}

/* Ask again while the SIM is busy. */
static int
ask_patiently(struct at *at, const char *command, struct at_answer *answer)
{
	for (int i = 0; i < BUSY_TRIES; i++) {
		if (at_ask(at, command, answer))
			return 1;
		if (answer->code != CME_SIM_BUSY && answer->code != CMS_SIM_BUSY)
			return 0;
		listen_for(at, BUSY_MS);
	}
	return 0;
}

void
at_wake(struct at *at)
{
	struct at_answer answer;

	for (int i = 1;; i++) {
		/* It may be waiting for a message's text: ESC ends that (27.005 3.5.1). */
		say(at, "\x1b\r", monotonic_ms() + WAKE_MS);
		listen_for(at, QUIET_MS);
		at_try(at, "", i * WAKE_MS, &answer);
		if (answer.result == AT_OK)
			break;
		if (i == WAKE_TRIES)
			guard_fault(WIRE_FAULT_SILENT,
				"the modem does not answer AT: is this its command port (it may have "
				"several), has it power, is the speed right?");
	}
	at_ask(at, "E0", &answer);
	at_ask(at, "+CMEE=1", &answer);
}

/* --- who it is --- */

/* The first run of min to max digits (letters: hexadecimal ones too), or nothing. */
static void
find_digits(const char *text, size_t min, size_t max, const char *letters, char *out, size_t size)
{
	char set[32];

	snprintf(set, sizeof(set), "0123456789%s", letters);
	out[0] = '\0';
	while (*text != '\0') {
		size_t len = strspn(text, set);

		if (len >= min && len <= max && len < size) {
			memcpy(out, text, len);
			out[len] = '\0';
			return;
		}
		text += len > 0 ? len : 1;
	}
}

static void
ask_text(struct at *at, const char *command, char *out, size_t size)
{
	struct at_answer answer;
	const char *text = answer.text;

	out[0] = '\0';
	if (!at_ask(at, command, &answer))
		return;
	text += strspn(text, "\" ");
	snprintf(out, size, "%.*s", (int)strcspn(text, "\""), text);
}

/* An OK without it answers what somebody asked before us, and so would all that follow. */
static void
ask_imei(struct at *at, char *out, size_t size)
{
	struct at_answer answer;

	out[0] = '\0';
	for (int i = 0; i < SAY_TRIES && out[0] == '\0'; i++) {
		if (i > 0)
			listen_for(at, BUSY_MS);
		if (!at_ask(at, "+CGSN", &answer))
			return;
		find_digits(answer.text, 14, 17, "", out, size);
	}
}

static void
ask_iccid(struct at *at, char *out, size_t size)
{
	static const char *const commands[] = { "+CCID", "+ICCID", "^ICCID?", "+QCCID" };
	struct at_answer answer;
	size_t len;

	out[0] = '\0';
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]) && out[0] == '\0'; i++)
		if (at_ask(at, commands[i], &answer))
			find_digits(answer.text, 18, 20, "Ff", out, size);
	len = strlen(out);
	while (len > 0 && toupper((unsigned char)out[len - 1]) == 'F')
		out[--len] = '\0'; /* filler of an odd number of digits */
}

static enum wire_sim
sim_of(const struct at_answer *answer)
{
	if (answer->result == AT_OK) {
		if (strcmp(answer->text, "READY") == 0 || strcmp(answer->text, "SIM PIN2") == 0 ||
			strcmp(answer->text, "SIM PUK2") == 0)
			return WIRE_SIM_READY;
		if (strcmp(answer->text, "SIM PIN") == 0)
			return WIRE_SIM_PIN;
		return strcmp(answer->text, "SIM PUK") == 0 ? WIRE_SIM_PUK : WIRE_SIM_UNKNOWN;
	}
	switch (answer->code) {
	case CME_PIN:
		return WIRE_SIM_PIN;
	case CME_PUK:
		return WIRE_SIM_PUK;
	case CME_NO_SIM:
	case CME_SIM_FAILURE:
		return WIRE_SIM_ABSENT;
	default:
		return WIRE_SIM_UNKNOWN;
	}
}

/* What the SIM waits for.  An OK that says nothing of it answers what somebody asked before us. */
static enum wire_sim
ask_sim(struct at *at)
{
	struct at_answer answer;
	enum wire_sim sim = WIRE_SIM_UNKNOWN;

	for (int i = 0; i < SAY_TRIES && sim == WIRE_SIM_UNKNOWN; i++) {
		if (i > 0)
			listen_for(at, BUSY_MS);
		ask_patiently(at, "+CPIN?", &answer);
		sim = sim_of(&answer);
		if (answer.result != AT_OK)
			break;
	}
	return sim;
}

/* How often the PIN may still be tried: 27.007 8.65, else as makers have it. */
static unsigned
ask_attempts(struct at *at)
{
	static const struct {
		const char *command, *format;
	} ways[] = { { "+CPINR=\"SIM PIN\"", "%*[^,],%u" }, { "+SPIC", "%u" },
		{ "^CPIN?", "%*[^,],%u" }, { "+QPINC=\"SC\"", "%*[^,],%u" } };
	struct at_answer answer;
	unsigned left;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (at_ask(at, ways[i].command, &answer) &&
			sscanf(answer.text, ways[i].format, &left) == 1 && left < 255)
			return left;
	return 255;
}

/* +CSCA: "<number>",<type> */
static void
ask_smsc(struct at *at, char *out, size_t size)
{
	struct at_answer answer;
	const char *from, *to;

	out[0] = '\0';
	if (!ask_patiently(at, "+CSCA?", &answer))
		return;
	from = strchr(answer.text, '"');
	to = from != NULL ? strchr(from + 1, '"') : NULL;
	if (to == NULL || to == from + 1)
		return;
	snprintf(out, size, "%s%.*s", from[1] != '+' && strncmp(to, "\",145", 5) == 0 ? "+" : "",
		(int)(to - from - 1), from + 1);
	if (strspn(out, "+0123456789") != strlen(out)) {
		log_warn("modem=%s event=smsc-not-understood", worker_modem);
		out[0] = '\0';
	}
}

void
at_identify(struct at *at, struct at_identity *id)
{
	struct at_answer answer;

	memset(id, 0, sizeof(*id));
	ask_imei(at, id->imei, sizeof(id->imei));
	ask_text(at, "+CGMI", id->manufacturer, sizeof(id->manufacturer));
	ask_text(at, "+CGMM", id->model, sizeof(id->model));
	ask_text(at, "+CGMR", id->revision, sizeof(id->revision));
	id->sim = ask_sim(at);
	id->pin_attempts_left = id->sim == WIRE_SIM_PIN ? ask_attempts(at) : 255;
	if (id->sim == WIRE_SIM_ABSENT)
		return;
	ask_iccid(at, id->iccid, sizeof(id->iccid));
	if (id->sim != WIRE_SIM_READY && id->sim != WIRE_SIM_UNKNOWN)
		return;
	if (ask_patiently(at, "+CIMI", &answer))
		find_digits(answer.text, 14, 15, "", id->imsi, sizeof(id->imsi));
	at_ask(at, "+CSCS=\"GSM\"", &answer); /* so that numbers come as digits */
	ask_smsc(at, id->smsc, sizeof(id->smsc));
}

enum wire_pin_outcome
at_pin(struct at *at, const char *pin)
{
	struct at_answer answer;
	char command[32];

	if (strlen(pin) < 4 || strlen(pin) > WIRE_PIN_MAX ||
		strspn(pin, "0123456789") != strlen(pin))
		return WIRE_PIN_WRONG; /* cannot be any SIM's: not tried */
	snprintf(command, sizeof(command), "+CPIN=\"%s\"", pin);
	at_try(at, command, PIN_MS, &answer);
	explicit_bzero(command, sizeof(command));
	if (answer.result == AT_SILENT)
		return WIRE_PIN_FAILED;
	if (answer.result == AT_ERROR)
		return answer.code == CME_SIM_BUSY ? WIRE_PIN_FAILED : WIRE_PIN_WRONG;
	for (int i = 0; i < BUSY_TRIES; i++) {
		at_ask(at, "+CPIN?", &answer);
		if (sim_of(&answer) == WIRE_SIM_READY)
			return WIRE_PIN_OK;
		listen_for(at, BUSY_MS);
	}
	return WIRE_PIN_FAILED;
}

/* --- storages --- */

static const char *const store_names[STORES] = { "SM", "ME", "SR" };

/* +CPMS: <used1>,<total1>,...; 27.005 3.2.2 */
static bool
take_usage(const struct at_answer *answer, struct sieve_usage *usage)
{
	struct sieve_usage got = { .known = true };

	if (sscanf(answer->text, "%d ,%d", &got.used, &got.total) != 2 || got.used < 0 ||
		got.total < 0)
		return false;
	*usage = got;
	return true;
}

/* Make it the storage for reading, writing and receiving.  False when the modem refuses. */
static bool
receive_into(struct at *at, enum store store, struct sieve_usage *usage)
{
	const char *name = store_names[store];
	struct at_answer answer;
	char command[64];

	snprintf(command, sizeof(command), "+CPMS=\"%s\",\"%s\",\"%s\"", name, name, name);
	if (!ask_patiently(at, command, &answer))
		return false;
	return take_usage(&answer, usage);
}

bool
at_select(struct at *at, enum store store, struct sieve_usage *usage)
{
	struct at_answer answer;
	char command[32];

	snprintf(command, sizeof(command), "+CPMS=\"%s\"", store_names[store]);
	if (!at_ask(at, command, &answer))
		return false;
	take_usage(&answer, usage);
	return true;
}

static int
free_places(const struct sieve_usage *usage)
{
	return usage->total - usage->used;
}

/* Both are there. */
static enum store
better_storage(const struct sieve_usage usage[STORES])
{
	enum store larger = usage[STORE_ME].total > usage[STORE_SM].total ? STORE_ME : STORE_SM;
	enum store other = larger == STORE_ME ? STORE_SM : STORE_ME;

	if (free_places(&usage[larger]) >= ROOM ||
		free_places(&usage[larger]) >= free_places(&usage[other]))
		return larger;
	return other;
}

/* +CPMS: "SM",3,20,"SM",3,20,"ME",0,100: the third is where new messages go. */
static enum store
told_storage(struct at *at)
{
	struct at_answer answer;
	char name[3];

	if (at_ask(at, "+CPMS?", &answer) &&
		sscanf(answer.text, "%*[^,],%*d ,%*d ,%*[^,],%*d ,%*d , \"%2s", name) == 1 &&
		strcmp(name, store_names[STORE_ME]) == 0)
		return STORE_ME;
	return STORE_SM;
}

/* The modem does not let it be chosen. */
static enum store
storage_as_it_is(struct at *at, struct sieve_usage usage[STORES])
{
	enum store receives = told_storage(at);

	at_select(at, STORE_ME, &usage[STORE_ME]);
	at_select(at, STORE_SM, &usage[STORE_SM]);
	at_select(at, receives, &usage[receives]);
	log_info("modem=%s event=storage-not-chosen storage=%s", worker_modem,
		store_names[receives]);
	return receives;
}

enum store
at_choose_storage(struct at *at, enum wire_storage wanted, struct sieve_usage usage[STORES])
{
	struct at_answer answer;
	bool sm, me;
	enum store chosen;

	memset(usage, 0, STORES * sizeof(usage[0]));
	if (!at_ask(at, "+CMGF=0", &answer))
		guard_fault(WIRE_FAULT_LIBGAMMU,
			"the modem refuses PDU mode (AT+CMGF=0): it cannot be used");
	sm = receive_into(at, STORE_SM, &usage[STORE_SM]);
	me = receive_into(at, STORE_ME, &usage[STORE_ME]);
	at_select(at, STORE_SR, &usage[STORE_SR]);
	if (!sm && !me)
		return storage_as_it_is(at, usage);
	if (wanted == WIRE_STORAGE_AUTO)
		chosen = !me ? STORE_SM : !sm ? STORE_ME : better_storage(usage);
	else
		chosen = wanted == WIRE_STORAGE_ME ? STORE_ME : STORE_SM;
	if ((chosen == STORE_SM && !sm) || (chosen == STORE_ME && !me))
		log_warn("modem=%s event=storage-refused storage=%s", worker_modem,
			store_names[chosen]);
	receive_into(at, chosen, &usage[chosen]);
	return chosen;
}

bool
at_arm(struct at *at)
{
	/* Buffered while the line is busy, told of when stored; reports stored, told of, or
	 * neither. */
	static const char *const ways[] = { "+CNMI=2,1,0,2,0", "+CNMI=2,1,0,1,0", "+CNMI=2,1",
		"+CNMI=1,1", "+CNMI=3,1" };
	struct at_answer answer;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (at_ask(at, ways[i], &answer))
			return true;
	return false;
}

bool
at_delete(struct at *at, enum store store, const int *locations, size_t count)
{
	struct at_answer answer;
	char command[24 + AT_DELETE_MAX * 18];
	int len = snprintf(command, sizeof(command), "+CPMS=\"%s\"", store_names[store]);

	for (size_t i = 0; i < count && i < AT_DELETE_MAX; i++)
		len += snprintf(
			command + len, sizeof(command) - (size_t)len, ";+CMGD=%d", locations[i]);
	return at_ask(at, command, &answer);
}

bool
at_delete_plainly(struct at *at, enum store store, int location)
{
	struct sieve_usage unused;
	struct at_answer answer;
	char command[32];

	snprintf(command, sizeof(command), "+CMGD=%d", location);
	return at_select(at, store, &unused) && at_ask(at, command, &answer);
}

/* --- the network --- */

unsigned
at_registration(struct at *at, char *network, size_t size)
{
	struct at_answer answer;
	unsigned reported, stat = 255;
	const char *from;

	network[0] = '\0';
	if (at_ask(at, "+CREG?", &answer) && sscanf(answer.text, "%u ,%u", &reported, &stat) < 1)
		stat = 255;
	if (stat > 5)
		stat = 255;
	if (!at_ask(at, "+COPS?", &answer))
		return stat;
	from = strchr(answer.text, '"');
	if (from != NULL)
		snprintf(network, size, "%.*s", (int)strcspn(from + 1, "\""), from + 1);
	return stat;
}

bool
at_hang_up(struct at *at)
{
	struct at_answer answer;

	return at_ask(at, "+CHUP", &answer) || at_ask(at, "H", &answer);
}
