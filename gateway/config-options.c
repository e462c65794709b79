/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config-options: the table of options, and what makes one option's value wrong.
 *
 * conf/baraza.cfg and docs/man/baraza.cfg.5 explain the same options to people;
 * tests/unit/test-config.c compares them with this table.
 */
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "config.h"
#include "net-range.h"
#include "phone.h"

#define DIGITS "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool
made_of(const char *value, const char *characters, size_t min, size_t max)
{
	size_t len = strlen(value);

	return len >= min && len <= max && strspn(value, characters) == len;
}

static const char *
blank_fault(const char *value)
{
	return value[strspn(value, " \t")] == '\0' ? "must not be empty" : NULL;
}

static const char *
database_fault(const char *value)
{
	PQconninfoOption *options = PQconninfoParse(value, NULL);

	PQconninfoFree(options);
	return options != NULL
		? NULL
		: "must be libpq's connection string, as \"host=/run/postgresql dbname=baraza\"";
}

static const char *
country_fault(const char *value)
{
	if (made_of(value, UPPER, 2, 2) && phone_country_known(value))
		return NULL;
	return "must be the two capital letters of a country whose numbers Baraza knows, as \"RW\"";
}

/* Believed when this machine holds no list of zones. */
static const char *
timezone_fault(const char *value)
{
	static const char folder[] = "/usr/share/zoneinfo";
	char path[sizeof folder + 65];

	if (made_of(value, LOWER UPPER DIGITS "/_+-", 1, 63) && value[0] != '/') {
		snprintf(path, sizeof path, "%s/%s", folder, value);
		if (access(folder, X_OK) == -1 || access(path, R_OK) == 0)
			return NULL;
	}
	return "must be a name of the IANA time zone database, as \"Africa/Kigali\"";
}

static const char *
currency_fault(const char *value)
{
	if (value[0] == '\0' || made_of(value, UPPER, 3, 3))
		return NULL;
	return "must be the three capital letters of ISO 4217, as \"RWF\"";
}

static const char *
language_fault(const char *value)
{
	return made_of(value, LOWER, 2, 3) ? NULL
					   : "must be a language's code of ISO 639, as \"fr\"";
}

static bool
is_port(const char *value)
{
	unsigned port = 0;

	if (!made_of(value, DIGITS, 1, 5))
		return false;
	for (const char *c = value; *c != '\0'; c++)
		port = 10 * port + (unsigned)(*c - '0');
	return port >= 1 && port <= UINT16_MAX;
}

static const char *
listen_fault(const char *value)
{
	const char *colon = strrchr(value, ':');

	if (value[0] == '\0')
		return NULL;
	if (strncmp(value, "unix:", 5) == 0)
		return value[5] == '/' && strlen(value + 5) <= 107
			? NULL
			: "must name a socket by an absolute path of at most 107 bytes, as "
			  "\"unix:/run/baraza/http\"";
	if (colon != NULL && colon != value && is_port(colon + 1))
		return NULL;
	return "must be \"ADDRESS:PORT\", \"unix:/path\", or \"\" for none";
}

static const char *
modem_name_fault(const char *value)
{
	if (made_of(value, LOWER DIGITS "-", 1, CONFIG_NAME_MAX - 1))
		return NULL;
	return "must be 1 to 15 of a-z, 0-9 and -";
}

static const char *
imei_fault(const char *value)
{
	return made_of(value, DIGITS, 15, 15)
		? NULL
		: "must be the 15 digits that the modem answers to AT+CGSN";
}

static const char *
usb_port_fault(const char *value)
{
	if (made_of(value, LOWER UPPER DIGITS "-.:_", 1, 31))
		return NULL;
	return "must be a port's name under /sys/bus/usb/devices, as \"1-1.2\"";
}

static const char *
pin_fault(const char *value)
{
	return made_of(value, DIGITS, 4, 8) ? NULL : "must be 4 to 8 digits";
}

static const char *
time_fault(const char *value)
{
	static const char shape[] = "must be a time of the day, as \"07:30\"";

	if (strcmp(value, "24:00") == 0) /* a day's end */
		return NULL;
	if (strlen(value) != 5 || value[2] != ':' || strspn(value, DIGITS) != 2 ||
		strspn(value + 3, DIGITS) != 2)
		return shape;
	return (value[0] - '0') * 10 + value[1] - '0' < 24 && value[3] < '6' ? NULL : shape;
}

static const char *
day_fault(const char *value)
{
	static const char *const days[] = { "monday", "tuesday", "wednesday", "thursday", "friday",
		"saturday", "sunday" };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		if (strcmp(value, days[i]) == 0)
			return NULL;
	return "must be a day of the week in English, as \"sunday\"";
}

/* "road 5": a word and a number of days. */
static const char *
days_fault(const char *value)
{
	size_t word = strspn(value, LOWER "_");
	const char *number = value + word + 1;

	if (word > 0 && value[word] == ' ' && made_of(number, DIGITS, 1, 4))
		return NULL;
	return "must be a word and a number of days, as \"road 5\"";
}

static const char *
news_fault(const char *value)
{
	static const char *const states[] = { "assigned", "in_progress", "fixed", "refused",
		"duplicate" };

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(value, states[i]) == 0)
			return NULL;
	return "must be one of assigned, in_progress, fixed, refused, duplicate";
}

/* A day as 2026-12-25 that there is. */
static bool
is_day(const char *word)
{
	struct tm day = { 0 }, same;
	const char *end = strptime(word, "%Y-%m-%d", &day);

	same = day;
	return end != NULL && *end == '\0' && strlen(word) == 10 && timegm(&same) != -1 &&
		same.tm_mday == day.tm_mday;
}

/* "2026-02-18 2026-03-19 10:00 16:30": from a day to a day, from an hour to an hour. */
static const char *
period_fault(const char *value)
{
	static const char shape[] =
		"must be two days and two hours, as \"2026-02-18 2026-03-19 10:00 16:30\"";
	char first[11], last[11], opens[6], closes[6];

	if (strlen(value) != 33 ||
		sscanf(value, "%10s %10s %5s %5s", first, last, opens, closes) != 4 ||
		!is_day(first) || !is_day(last) || time_fault(opens) != NULL ||
		time_fault(closes) != NULL)
		return shape;
	return strcmp(first, last) <= 0 && strcmp(opens, closes) < 0
		? NULL
		: "must end after it begins, its days and its hours";
}

static const char *
operator_fault(const char *value)
{
	return made_of(value, LOWER DIGITS "-", 1, 31)
		? NULL
		: "must be the name of a file of operators without its .cfg, as \"mtn-rwanda\"";
}

static const char *
cap_name_fault(const char *value)
{
	return value[0] != '\0' && strlen(value) <= 100 && strpbrk(value, " \t\n,<&\"") == NULL
		? NULL
		: "must be a name without blanks and commas, as \"warnings@kigali.example\"";
}

static const char *
cap_sender_fault(const char *value)
{
	return value[0] == '\0' ? NULL : cap_name_fault(value);
}

static const char *
cap_key_fault(const char *value)
{
	if (value[0] == '\0' || made_of(value, LOWER UPPER DIGITS "-._~+/=", 16, 128))
		return NULL;
	return "must be 16 to 128 of letters, digits and -._~+/=";
}

static const char *
ussd_secret_fault(const char *value)
{
	return made_of(value, LOWER UPPER DIGITS "-._~", 16, 128)
		? NULL
		: "must be 16 to 128 of letters, digits and -._~";
}

static const char *
header_fault(const char *value)
{
	return made_of(value, LOWER UPPER DIGITS "-", 1, 63)
		? NULL
		: "must be a header's name, as \"X-Baraza-Key\"";
}

static const char *
address_fault(const char *value)
{
	return net_range_valid(value)
		? NULL
		: "must be an address, a range as \"10.0.0.0/8\", or \"unix\"";
}

/* "*384# menu": a code as it is dialled, and the name of a file of menus. */
static const char *
ussd_menu_fault(const char *value)
{
	size_t code = strcspn(value, " ");

	if (code >= 3 && code <= 31 && value[0] == '*' && value[code - 1] == '#' &&
		strspn(value + 1, DIGITS "*") == code - 2 && value[code] == ' ' &&
		made_of(value + code + 1, LOWER DIGITS "-_", 1, 31))
		return NULL;
	return "must be a code and a menu's name, as \"*384# menu\"";
}

static const char *
field_fault(const char *value)
{
	return strlen(value) <= 63 ? NULL : "must be a name of at most 63 bytes";
}

static const char *
needed_fault(const char *value)
{
	return value[0] == '\0' ? "must not be empty" : field_fault(value);
}

#define TOP(member) offsetof(struct config, member)
#define MODEM(member) offsetof(struct config_modem, member)
#define SOURCE(member) offsetof(struct config_cap_source, member)
#define USSD(member) offsetof(struct config_ussd, member)

const struct config_option config_options[] = {
	{ .name = "database",
		.type = CONFIG_STRING,
		.offset = TOP(database),
		.secret = true,
		.fallback = "\"dbname=baraza\"",
		.fault = database_fault,
		.help = "where PostgreSQL is: libpq's connection string" },
	{ .name = "database_connections",
		.type = CONFIG_INT,
		.offset = TOP(database_connections),
		.min = 1,
		.max = CONFIG_DATABASE_CONNECTIONS_MAX,
		.fallback = "2",
		.help = "transactions that may be under way at once, each way" },
	{ .name = "listen",
		.type = CONFIG_STRING,
		.offset = TOP(listen),
		.fallback = "\"127.0.0.1:8080\"",
		.fault = listen_fault,
		.help = "where the HTTP listener is: ADDRESS:PORT, unix:/path, or empty for none" },
	{ .name = "city",
		.type = CONFIG_STRING,
		.offset = TOP(city),
		.fault = blank_fault,
		.help = "the city's name as citizens read it: {city} in texts" },
	{ .name = "country",
		.type = CONFIG_STRING,
		.offset = TOP(country),
		.fault = country_fault,
		.help = "the modems' country (ISO 3166-1), which decides how national numbers are read" },
	{ .name = "timezone",
		.type = CONFIG_STRING,
		.offset = TOP(timezone),
		.fallback = "\"UTC\"",
		.fault = timezone_fault,
		.help = "the city's time zone (IANA)" },
	{ .name = "currency",
		.type = CONFIG_STRING,
		.offset = TOP(currency),
		.fallback = "\"\"",
		.fault = currency_fault,
		.setting = true,
		.help = "the currency of sms_cost (ISO 4217)" },
	{ .name = "emergency_number",
		.type = CONFIG_STRING,
		.offset = TOP(emergency_number),
		.fallback = "\"\"",
		.help = "the number to call in danger: {emergency} in texts" },
	{ .name = "administrator",
		.type = CONFIG_STRING,
		.offset = TOP(administrator),
		.fallback = "\"\"",
		.setting = true,
		.help = "a phone that is told of trouble by SMS; empty for none" },
	{ .name = "languages",
		.type = CONFIG_STRINGS,
		.offset = TOP(languages),
		.fallback = "[\"en\"]",
		.fault = language_fault,
		.help = "the languages whose texts and keywords are loaded" },
	{ .name = "required_languages",
		.type = CONFIG_STRINGS,
		.offset = TOP(required_languages),
		.fallback = "[]",
		.fault = language_fault,
		.help = "those that must be complete; the default language always must" },
	{ .name = "default_language",
		.type = CONFIG_STRING,
		.offset = TOP(default_language),
		.fallback = "\"en\"",
		.fault = language_fault,
		.setting = true,
		.help = "spoken to whoever has shown no other, and where another lacks a text" },
	{ .name = "texts_dir",
		.type = CONFIG_PATH,
		.offset = TOP(texts_dir),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <language>.cfg: what citizens read" },
	{ .name = "services_dir",
		.type = CONFIG_PATH,
		.offset = TOP(services_dir),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <service>.cfg: keywords and patterns" },
	{ .name = "answers",
		.type = CONFIG_PATH,
		.offset = TOP(answers),
		.fallback = "",
		.fault = blank_fault,
		.help = "the file of what the city answers to known questions" },
	{ .name = "payments",
		.type = CONFIG_PATH,
		.offset = TOP(payments),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <provider>.cfg: what mobile-money messages look like" },
	{ .name = "alerts",
		.type = CONFIG_PATH,
		.offset = TOP(alerts),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <event>.cfg: what warnings of danger say" },
	{ .name = "ussd_dir",
		.type = CONFIG_PATH,
		.offset = TOP(ussd_dir),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <menu>.cfg: what those see who dial a USSD code" },
	{ .name = "operators",
		.type = CONFIG_PATH,
		.offset = TOP(operators),
		.fallback = "",
		.fault = blank_fault,
		.help = "the folder of <operator>.cfg: codes for balances and bundles, and their answers" },
	{ .name = "quiet_hours",
		.type = CONFIG_STRINGS,
		.offset = TOP(quiet_hours),
		.fallback = "[]",
		.fault = time_fault,
		.setting = true,
		.help = "from when to when nobody is told anything, but for replies and alerts" },
	{ .name = "send_hours",
		.type = CONFIG_STRINGS,
		.offset = TOP(send_hours),
		.fallback = "[\"08:00\", \"19:00\"]",
		.fault = time_fault,
		.setting = true,
		.help = "from when to when reminders leave" },
	{ .name = "special_hours",
		.type = CONFIG_STRINGS,
		.offset = TOP(special_hours),
		.fallback = "[]",
		.fault = period_fault,
		.setting = true,
		.help = "other send_hours from a day to a day, as in Ramadan" },
	{ .name = "reminder_rest_days",
		.type = CONFIG_STRINGS,
		.offset = TOP(reminder_rest_days),
		.fallback = "[\"sunday\"]",
		.fault = day_fault,
		.setting = true,
		.help = "days on which no reminder leaves, besides holidays" },
	{ .name = "reminder_budget",
		.type = CONFIG_INT,
		.offset = TOP(reminder_budget),
		.min = 0,
		.max = 100000000,
		.fallback = "0",
		.setting = true,
		.help = "segments of reminders in a month at most; 0: no limit but each campaign's own" },
	{ .name = "receipt_days",
		.type = CONFIG_INT,
		.offset = TOP(receipt_days),
		.min = 0,
		.max = 3650,
		.fallback = "3",
		.setting = true,
		.help = "days for which a payment that a statement tells of still gets its receipt by SMS" },
	{ .name = "digest_times",
		.type = CONFIG_STRINGS,
		.offset = TOP(digest_times),
		.fallback = "[]",
		.fault = time_fault,
		.setting = true,
		.help = "when crews get their new jobs together; none: each at once" },
	{ .name = "office_hours",
		.type = CONFIG_STRINGS,
		.offset = TOP(office_hours),
		.fallback = "[\"08:00\", \"16:00\"]",
		.fault = time_fault,
		.setting = true,
		.help = "when the office opens and closes" },
	{ .name = "rest_days",
		.type = CONFIG_STRINGS,
		.offset = TOP(rest_days),
		.fallback = "[\"saturday\", \"sunday\"]",
		.fault = day_fault,
		.setting = true,
		.help = "days on which the office is closed every week" },
	{ .name = "due_days",
		.type = CONFIG_STRINGS,
		.offset = TOP(due_days),
		.fallback = "[]",
		.fault = days_fault,
		.setting = true,
		.help = "office days in which a category or kind is due; others 5" },
	{ .name = "due_reminder_hours",
		.type = CONFIG_INT,
		.offset = TOP(due_reminder_hours),
		.min = 1,
		.max = 720,
		.fallback = "24",
		.setting = true,
		.help = "hours before it is due that a department is reminded" },
	{ .name = "escalation_phone",
		.type = CONFIG_STRING,
		.offset = TOP(escalation_phone),
		.fallback = "\"\"",
		.setting = true,
		.help = "a phone that is told of what is overdue; empty for none" },
	{ .name = "news_states",
		.type = CONFIG_STRINGS,
		.offset = TOP(news_states),
		.fallback = "[\"fixed\", \"refused\"]",
		.fault = news_fault,
		.setting = true,
		.help = "the states of a ticket of which its reporters are told" },
	{ .name = "sms_per_ticket",
		.type = CONFIG_INT,
		.offset = TOP(sms_per_ticket),
		.min = 0,
		.max = 100,
		.fallback = "4",
		.setting = true,
		.help = "SMS that one reporter gets about a ticket at most, beside the reply" },
	{ .name = "followup_asked",
		.type = CONFIG_INT,
		.offset = TOP(followup_asked),
		.min = 0,
		.max = 100,
		.fallback = "3",
		.setting = true,
		.help = "reporters of a ticket who are asked whether it is fixed" },
	{ .name = "followup_hours",
		.type = CONFIG_INT,
		.offset = TOP(followup_hours),
		.min = 1,
		.max = 720,
		.fallback = "72",
		.setting = true,
		.help = "hours in which her answer may open it again" },
	{ .name = "crew_pin",
		.type = CONFIG_BOOL,
		.offset = TOP(crew_pin),
		.fallback = "true",
		.setting = true,
		.help = "crews say their PIN with what they did" },
	{ .name = "fire_phone",
		.type = CONFIG_STRING,
		.offset = TOP(fire_phone),
		.fallback = "\"\"",
		.setting = true,
		.help = "a phone that is told of what burns; empty for none" },
	{ .name = "hazard_phone",
		.type = CONFIG_STRING,
		.offset = TOP(hazard_phone),
		.fallback = "\"\"",
		.setting = true,
		.help = "a phone that is told of hazardous waste; empty for none" },
	{ .name = "duty_minutes",
		.type = CONFIG_INT,
		.offset = TOP(duty_minutes),
		.min = 1,
		.max = 120,
		.fallback = "5",
		.setting = true,
		.help = "minutes that a duty officer has to answer before the next is woken" },
	{ .name = "alert_code_min",
		.type = CONFIG_INT,
		.offset = TOP(alert_code_min),
		.min = 1,
		.max = 120,
		.fallback = "15",
		.setting = true,
		.help = "minutes for which an officer's code to approve an alert is good" },
	{ .name = "alert_half_min",
		.type = CONFIG_INT,
		.offset = TOP(alert_half_min),
		.min = 0,
		.max = 1440,
		.fallback = "10",
		.setting = true,
		.help = "minutes in which half must have an alert that begins at once, or it is said" },
	{ .name = "alert_patience_s",
		.type = CONFIG_INT,
		.offset = TOP(alert_patience_s),
		.min = 0,
		.max = 3600,
		.fallback = "30",
		.setting = true,
		.help = "seconds after which what a lost link has of an alert is another's" },
	{ .name = "alert_reporters",
		.type = CONFIG_BOOL,
		.offset = TOP(alert_reporters),
		.fallback = "false",
		.setting = true,
		.help = "the law allows alerts to those who reported something in a zone" },
	{ .name = "join_metres",
		.type = CONFIG_INT,
		.offset = TOP(join_metres),
		.min = 0,
		.max = 10000,
		.fallback = "200",
		.setting = true,
		.help = "how near an open complaint is offered as the same" },
	{ .name = "join_days",
		.type = CONFIG_INT,
		.offset = TOP(join_days),
		.min = 0,
		.max = 365,
		.fallback = "14",
		.setting = true,
		.help = "how old it may be for that" },
	{ .name = "helper_messages_per_hour",
		.type = CONFIG_INT,
		.offset = TOP(helper_messages_per_hour),
		.min = 1,
		.max = 100000,
		.fallback = "200",
		.setting = true,
		.help = "messages_per_hour of those who report for others" },
	{ .name = "keep_days",
		.type = CONFIG_STRINGS,
		.offset = TOP(keep_days),
		.fallback =
			"[\"messages 730\", \"words 730\", \"delivery_reports 90\", \"contacts 1095\", \"trays 365\", \"audit 3650\", \"ussd 30\", \"airtime 730\"]",
		.fault = days_fault,
		.setting = true,
		.help = "days after which each kind of data is erased" },
	{ .name = "cap_in",
		.type = CONFIG_PATH,
		.offset = TOP(cap_in),
		.fallback = "",
		.fault = blank_fault,
		.help = "a folder whose files are taken as CAP messages from others" },
	{ .name = "cap_out",
		.type = CONFIG_PATH,
		.offset = TOP(cap_out),
		.fallback = "",
		.fault = blank_fault,
		.help = "a folder for the city's alerts as CAP messages, and a feed of them" },
	{ .name = "cap_sender",
		.type = CONFIG_STRING,
		.offset = TOP(cap_sender),
		.fallback = "\"\"",
		.fault = cap_sender_fault,
		.help = "under which name the city sends CAP messages; empty: it sends none" },
	{ .name = "cap_key",
		.type = CONFIG_STRING,
		.offset = TOP(cap_key),
		.secret = true,
		.fallback = "\"\"",
		.fault = cap_key_fault,
		.help = "what POST /cap must bring in its header X-Baraza-Key; empty: none is taken" },
	{ .name = "devices",
		.type = CONFIG_STRINGS,
		.offset = TOP(devices),
		.fallback = "[\"/dev/ttyUSB*\", \"/dev/ttyACM*\"]",
		.fault = blank_fault,
		.help = "patterns of serial devices among which modems are looked for" },
	{ .name = "sysfs",
		.type = CONFIG_PATH,
		.offset = TOP(sysfs),
		.fallback = "\"/sys\"",
		.fault = blank_fault,
		.help = "where the kernel tells which USB port a device is on" },
	{ .name = "worker",
		.type = CONFIG_PATH,
		.offset = TOP(worker),
		.fallback = "",
		.fault = blank_fault,
		.help = "the program baraza-modem; by default beside baraza itself" },
	{ .name = "transliterate",
		.type = CONFIG_BOOL,
		.offset = TOP(transliterate),
		.fallback = "false",
		.help = "fit texts into GSM 7-bit by dropping the accents that it lacks" },
	{ .name = "sms_cost",
		.type = CONFIG_FLOAT,
		.offset = TOP(sms_cost),
		.max = 1e6,
		.fallback = "0.0",
		.setting = true,
		.help = "what one segment costs, in currency" },
	{ .name = "send_seconds",
		.type = CONFIG_INT,
		.offset = TOP(send_seconds),
		.min = 1,
		.max = 60,
		.fallback = "4",
		.setting = true,
		.help = "seconds a segment by a SIM that has not sent yet: what an alert's forecast assumes" },
	{ .name = "question_timeout_min",
		.type = CONFIG_INT,
		.offset = TOP(question_timeout_min),
		.min = 1,
		.max = 10080,
		.fallback = "15",
		.setting = true,
		.help = "minutes after which an unanswered question files what is known" },
	{ .name = "messages_per_hour",
		.type = CONFIG_INT,
		.offset = TOP(messages_per_hour),
		.min = 1,
		.max = 100000,
		.fallback = "20",
		.help = "messages of one sender in an hour above which nothing is answered" },
	{ .name = "nonsense_silence_hours",
		.type = CONFIG_INT,
		.offset = TOP(nonsense_silence_hours),
		.min = 1,
		.max = 720,
		.fallback = "24",
		.help = "hours of silence towards who was not understood three times in a row" },
	{ .name = "multipart_timeout_s",
		.type = CONFIG_INT,
		.offset = TOP(multipart_timeout_s),
		.min = 1,
		.max = 604800,
		.fallback = "600",
		.help = "seconds that parts of a long SMS wait for the rest" },
	{ .name = "reply_validity_min",
		.type = CONFIG_INT,
		.offset = TOP(reply_validity_min),
		.min = 5,
		.max = 635040,
		.fallback = "1440",
		.help = "minutes that the network keeps trying to deliver a reply" },
	{ .name = "reroute_min",
		.type = CONFIG_INT,
		.offset = TOP(reroute_min),
		.min = 1,
		.max = 1440,
		.fallback = "5",
		.help = "minutes that a modem is out of service before another sends for it" },
	{ .name = "alive_interval_s",
		.type = CONFIG_INT,
		.offset = TOP(alive_interval_s),
		.min = 60,
		.max = 3600,
		.fallback = "60",
		.help = "seconds between two looks at each modem" },
	{ .name = "log_level",
		.type = CONFIG_INT,
		.offset = TOP(log_level),
		.min = 3,
		.max = 7,
		.fallback = "6",
		.help = "3 errors, 4 warnings, 5 notices, 6 information, 7 debugging" },
	{ .name = NULL },
};

const struct config_option config_modem_options[] = {
	{ .name = "name",
		.type = CONFIG_STRING,
		.offset = MODEM(name),
		.fault = modem_name_fault,
		.help = "the administrator's name for the modem" },
	{ .name = "device",
		.type = CONFIG_PATH,
		.offset = MODEM(device),
		.fallback = "",
		.fault = blank_fault,
		.help = "the serial device where it is looked for first" },
	{ .name = "imei",
		.type = CONFIG_STRING,
		.offset = MODEM(imei),
		.fallback = "",
		.fault = imei_fault,
		.help = "its IMEI, by which it is known under any device's name" },
	{ .name = "usb_port",
		.type = CONFIG_STRING,
		.offset = MODEM(usb_port),
		.fallback = "",
		.fault = usb_port_fault,
		.help = "its USB port, which tells clones of one IMEI apart" },
	{ .name = "connection",
		.type = CONFIG_STRING,
		.offset = MODEM(connection),
		.fallback = "\"dku2at\"",
		.fault = blank_fault,
		.help = "libgammu's connection" },
	{ .name = "model",
		.type = CONFIG_STRING,
		.offset = MODEM(model),
		.fallback = "\"at\"",
		.help = "libgammu's model; empty lets it find out" },
	{ .name = "pin",
		.type = CONFIG_STRING,
		.offset = MODEM(pin),
		.fallback = "",
		.secret = true,
		.fault = pin_fault,
		.help = "the SIM's PIN; tried once, since three wrong ones lock the SIM" },
	{ .name = "number",
		.type = CONFIG_STRING,
		.offset = MODEM(number),
		.fallback = "",
		.help = "the SIM's own number" },
	{ .name = "smsc",
		.type = CONFIG_STRING,
		.offset = MODEM(smsc),
		.fallback = "",
		.help = "the operator's message centre, where the SIM holds none or a wrong one" },
	{ .name = "operator_agreement",
		.type = CONFIG_STRING,
		.offset = MODEM(operator_agreement),
		.fallback = "",
		.fault = blank_fault,
		.help = "the contract by which the operator allows bulk SMS from this SIM" },
	{ .name = "operator",
		.type = CONFIG_STRING,
		.offset = MODEM(operator_name),
		.fallback = "",
		.fault = operator_fault,
		.help = "whose SIM it is, a file of operators, or none; not set: by the SIM's IMSI" },
	{ .name = "balance_low",
		.type = CONFIG_FLOAT,
		.offset = MODEM(balance_low),
		.max = 1e9,
		.fallback = "0.0",
		.help = "below this balance the administrator is told, once; 0: never" },
	{ .name = "bundle_low",
		.type = CONFIG_INT,
		.offset = MODEM(bundle_low),
		.max = 100000000,
		.fallback = "0",
		.help = "with fewer SMS in its bundle the administrator is told, or one is bought; 0: never" },
	{ .name = "buy",
		.type = CONFIG_BOOL,
		.offset = MODEM(buy),
		.fallback = "false",
		.help = "buys a bundle by USSD when too little is left of it" },
	{ .name = "sim_unused_days",
		.type = CONFIG_INT,
		.offset = MODEM(sim_unused_days),
		.max = 3650,
		.fallback = "0",
		.help = "days without use after which the operator ends the SIM; 0: as its file says" },
	{ .name = "storage",
		.type = CONFIG_CHOICE,
		.offset = MODEM(storage),
		.choices = "auto|sm|me",
		.fallback = "\"auto\"",
		.help = "where SMS are received: the SIM, the modem's memory, or the better" },
	{ .name = "till",
		.type = CONFIG_BOOL,
		.offset = MODEM(till),
		.fallback = "false",
		.help = "only receives (a mobile-money till): nothing is ever sent from it" },
	{ .name = "senders",
		.type = CONFIG_STRINGS,
		.offset = MODEM(senders),
		.fallback = "[]",
		.fault = blank_fault,
		.help = "of a till: the operators' names whose confirmations are believed" },
	{ .name = "skip_pauses",
		.type = CONFIG_BOOL,
		.offset = MODEM(skip_pauses),
		.fallback = "true",
		.help = "does without libgammu's fixed pauses; turn off for a modem that needs them" },
	{ .name = "reports",
		.type = CONFIG_BOOL,
		.offset = MODEM(reports),
		.fallback = "true",
		.help = "asks for delivery reports" },
	{ .name = "per_minute",
		.type = CONFIG_INT,
		.offset = MODEM(per_minute),
		.max = 100000,
		.fallback = "0",
		.help = "segments sent in a minute at most; 0 for no limit" },
	{ .name = "per_day",
		.type = CONFIG_INT,
		.offset = MODEM(per_day),
		.max = 10000000,
		.fallback = "0",
		.help = "segments sent in a day at most; 0 for no limit" },
	{ .name = "recipients_per_day",
		.type = CONFIG_INT,
		.offset = MODEM(recipients_per_day),
		.max = 10000000,
		.fallback = "0",
		.help = "distinct numbers sent to in a day at most; 0 for no limit" },
	{ .name = "credit_reserve",
		.type = CONFIG_INT,
		.offset = MODEM(credit_reserve),
		.max = 10000000,
		.fallback = "0",
		.help = "segments of per_day that only sos, alerts and replies may spend" },
	{ .name = "refusals_before_pause",
		.type = CONFIG_INT,
		.offset = MODEM(refusals_before_pause),
		.min = 1,
		.max = 1000,
		.fallback = "5",
		.help = "refused sends in a row after which the SIM pauses and the administrator is told" },
	{ .name = "call_timeout_s",
		.type = CONFIG_INT,
		.offset = MODEM(call_timeout_s),
		.min = 1,
		.max = 600,
		.fallback = "60",
		.help = "seconds that one exchange with the modem may take" },
	{ .name = "send_timeout_s",
		.type = CONFIG_INT,
		.offset = MODEM(send_timeout_s),
		.min = 1,
		.max = 600,
		.fallback = "60",
		.help = "seconds after which a send without a result is counted as unknown" },
	{ .name = NULL },
};

const struct config_option config_cap_source_options[] = {
	{ .name = "sender",
		.type = CONFIG_STRING,
		.offset = SOURCE(sender),
		.fault = cap_name_fault,
		.help = "the sender, exactly as its messages have it" },
	{ .name = "certificate",
		.type = CONFIG_PATH,
		.offset = SOURCE(certificate),
		.fallback = "",
		.fault = blank_fault,
		.help = "its certificate (X.509, PEM): then its messages must be signed by it" },
	{ .name = "trusted_events",
		.type = CONFIG_STRINGS,
		.offset = SOURCE(trusted_events),
		.fallback = "[]",
		.fault = blank_fault,
		.help = "events of which its alerts go out without anybody's approval" },
	{ .name = NULL },
};

const struct config_option config_ussd_options[] = {
	{ .name = "name",
		.type = CONFIG_STRING,
		.offset = USSD(name),
		.fault = modem_name_fault,
		.help = "the way's name: it is posted to /ussd/NAME/SECRET" },
	{ .name = "secret",
		.type = CONFIG_STRING,
		.offset = USSD(secret),
		.secret = true,
		.fault = ussd_secret_fault,
		.help = "what who posts there must know" },
	{ .name = "header",
		.type = CONFIG_STRING,
		.offset = USSD(header),
		.fault = header_fault,
		.fallback = "",
		.help = "the header that brings the secret, in the path's stead" },
	{ .name = "addresses",
		.type = CONFIG_STRINGS,
		.offset = USSD(addresses),
		.fault = address_fault,
		.fallback = "[]",
		.help = "from which addresses it may come; none: from any" },
	{ .name = "menus",
		.type = CONFIG_STRINGS,
		.offset = USSD(menus),
		.fault = ussd_menu_fault,
		.help = "which menu is shown to who dials which code" },
	{ .name = "language",
		.type = CONFIG_STRING,
		.offset = USSD(language),
		.fault = language_fault,
		.fallback = "",
		.help = "spoken to whom no language is known of; by default default_language" },
	{ .name = "adapter",
		.type = CONFIG_STRING,
		.offset = USSD(adapter),
		.fallback = "\"form\"",
		.help = "what reads and writes this aggregator's messages" },
	{ .name = "format",
		.type = CONFIG_CHOICE,
		.offset = USSD(format),
		.choices = "form|json",
		.fallback = "\"form\"",
		.help = "how what is posted is written" },
	{ .name = "history",
		.type = CONFIG_CHOICE,
		.offset = USSD(history),
		.choices = "whole|last",
		.fallback = "\"whole\"",
		.help = "whether the text is all that was keyed, or the last input" },
	{ .name = "answer",
		.type = CONFIG_CHOICE,
		.offset = USSD(answer),
		.choices = "text|json",
		.fallback = "\"text\"",
		.help = "how answers are written: CON and END, or JSON" },
	{ .name = "field_session",
		.type = CONFIG_STRING,
		.offset = USSD(field_session),
		.fault = needed_fault,
		.fallback = "\"sessionId\"",
		.help = "the field that names the session" },
	{ .name = "field_number",
		.type = CONFIG_STRING,
		.offset = USSD(field_number),
		.fault = needed_fault,
		.fallback = "\"phoneNumber\"",
		.help = "the field with the caller's number" },
	{ .name = "field_code",
		.type = CONFIG_STRING,
		.offset = USSD(field_code),
		.fault = field_fault,
		.fallback = "\"serviceCode\"",
		.help = "the field with the code that was dialled" },
	{ .name = "field_text",
		.type = CONFIG_STRING,
		.offset = USSD(field_text),
		.fault = needed_fault,
		.fallback = "\"text\"",
		.help = "the field with what was keyed" },
	{ .name = "field_step",
		.type = CONFIG_STRING,
		.offset = USSD(field_step),
		.fault = field_fault,
		.fallback = "",
		.help = "the field that tells one step from another; empty: none does" },
	{ .name = "field_event",
		.type = CONFIG_STRING,
		.offset = USSD(field_event),
		.fault = field_fault,
		.fallback = "\"status\"",
		.help = "the field that tells that the session has ended; empty: none does" },
	{ .name = "event_over",
		.type = CONFIG_STRING,
		.offset = USSD(event_over),
		.fault = field_fault,
		.fallback = "",
		.help = "its value when it has; empty: any, where the field with what was keyed is missing" },
	{ .name = "answer_text",
		.type = CONFIG_STRING,
		.offset = USSD(answer_text),
		.fault = needed_fault,
		.fallback = "\"message\"",
		.help = "the member of a JSON answer with the screen" },
	{ .name = "answer_more",
		.type = CONFIG_STRING,
		.offset = USSD(answer_more),
		.fault = field_fault,
		.fallback = "\"continue\"",
		.help = "the member that is true while the session goes on" },
	{ .name = "answer_within_ms",
		.type = CONFIG_INT,
		.offset = USSD(answer_within_ms),
		.min = 100,
		.max = 30000,
		.fallback = "900",
		.help = "the latest that a step is answered, if need be that it did not work" },
	{ .name = "screen_characters",
		.type = CONFIG_INT,
		.offset = USSD(screen_characters),
		.min = 100,
		.max = 182,
		.fallback = "182",
		.help = "characters of GSM 7-bit on a screen" },
	{ .name = "screen_ucs2",
		.type = CONFIG_INT,
		.offset = USSD(screen_ucs2),
		.min = 50,
		.max = 91,
		.fallback = "70",
		.help = "characters on a screen with any other" },
	{ .name = NULL },
};
