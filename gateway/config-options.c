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
#include <unistd.h>

#include "config.h"
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

#define TOP(member) offsetof(struct config, member)
#define MODEM(member) offsetof(struct config_modem, member)

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
		.help = "what one segment costs, in currency" },
	{ .name = "question_timeout_min",
		.type = CONFIG_INT,
		.offset = TOP(question_timeout_min),
		.min = 1,
		.max = 10080,
		.fallback = "15",
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
