/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config: the administrator's settings, read by libconfig through one table of options.
 *
 * What it is: the settings as written, checked for name, type and range, each error with file and
 * line. What it is not: any working state. A reload reads a second struct config beside the first;
 * whoever holds the first keeps it until it swaps.
 *
 * The table (config_options) gives every option's name, type, range, default and one line of help;
 * the teaching configuration conf/baraza.cfg and the man page baraza.cfg(5) must name each of them
 * (a test compares).
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define CONFIG_MODEMS_MAX 64
#define CONFIG_LIST_MAX 32
#define CONFIG_DATABASE_CONNECTIONS_MAX 8
#define CONFIG_NAME_MAX 16 /* bytes of a modem's name with NUL */

#define CONFIG_CAP_SOURCES_MAX 32
#define CONFIG_USSD_MAX 16 /* ways to USSD */

enum config_storage { CONFIG_STORAGE_AUTO, CONFIG_STORAGE_SM, CONFIG_STORAGE_ME };

struct config_modem {
	char *name;       /* 1 to 15 of a-z 0-9 - */
	char *device;     /* first place to look; NULL: found by imei or usb_port among `devices` */
	char *imei;       /* NULL: learnt at the first meeting */
	char *usb_port;   /* as under /sys, "1-1.2"; NULL: learnt */
	char *connection; /* libgammu's, default "dku2at" */
	char *model;      /* libgammu's, default "at" */
	char *pin;        /* NULL: the SIM has none */
	char *number;     /* the SIM's own number; NULL: unknown */
	char *smsc;       /* the operator's message centre; NULL: as the SIM has it */
	char *operator_agreement; /* the contract that allows bulk SMS; NULL: none */
	char *operator_name;      /* a file of `operators`, or "none"; NULL: by the SIM's IMSI */
	double balance_low;       /* below it the administrator is told; 0: never */
	int bundle_low;      /* SMS, the same; also when one is bought; 0: as the operator has it */
	bool buy;            /* bundles */
	int sim_unused_days; /* after which the SIM expires; 0: as the operator has it */
	enum config_storage storage;
	bool till;                      /* only receives */
	char *senders[CONFIG_LIST_MAX]; /* a till's: whose confirmations are believed */
	bool skip_pauses;               /* default true: do without libgammu's fixed pauses */
	bool reports;                   /* default true: ask for delivery reports */
	int per_minute;                 /* caps on segments sent, 0: none */
	int per_day;
	int recipients_per_day;
	int credit_reserve; /* segments of per_day that only sos, alerts and replies may spend */
	int refusals_before_pause; /* in a row; default 5 */
	int call_timeout_s;        /* deadline of one call into libgammu, default 60 */
	int send_timeout_s;        /* default 60 */
	unsigned line;             /* where the entry stands in the file */
};

/* Who may send CAP messages. */
struct config_cap_source {
	char *sender;                          /* as its messages have it */
	char *certificate;                     /* absolute path of its X.509 in PEM; NULL: it need
						  not sign */
	char *trusted_events[CONFIG_LIST_MAX]; /* of which its alerts need nobody's approval */
	unsigned line;                         /* where the entry stands in the file */
};

enum config_ussd_format { CONFIG_USSD_FORM, CONFIG_USSD_JSON };
enum config_ussd_history { CONFIG_USSD_WHOLE, CONFIG_USSD_LAST };
enum config_ussd_answer { CONFIG_USSD_ANSWER_TEXT, CONFIG_USSD_ANSWER_JSON };

/* A way by which USSD sessions come: an aggregator, or an operator. */
struct config_ussd {
	char *name;   /* 1 to 15 of a-z 0-9 - : /ussd/<name>/... */
	char *secret; /* of who posts there */
	char *header; /* NULL: the secret is the path's end; else it comes in this header */
	char *addresses[CONFIG_LIST_MAX]; /* who may: "10.0.0.0/8", "::1", "unix"; none: any */
	char *menus[CONFIG_LIST_MAX];     /* "*384# menu": which menu a code shows */
	char *language;                   /* NULL: default_language */
	char *adapter;                    /* ussd-adapter.h */
	enum config_ussd_format format;   /* of what is posted */
	enum config_ussd_history history; /* is the text all that was keyed, or the last input? */
	enum config_ussd_answer answer;
	/* Names of what is posted; NULL: there is none such. */
	char *field_session, *field_number, *field_code, *field_text, *field_step, *field_event;
	char *event_over; /* the value of field_event when the session has ended; NULL: any */
	char *answer_text, *answer_more; /* members of a JSON answer */
	int answer_within_ms;            /* the latest that a step is answered */
	int screen_characters;           /* of GSM 7-bit on a screen */
	int screen_ucs2;                 /* of others */
	unsigned line;                   /* where the entry stands in the file */
};

struct config {
	char *file;                       /* absolute path of the file read */
	char *database;                   /* libpq connection string */
	int database_connections;         /* transactions at once, each way; default 2 */
	char *listen;                     /* "127.0.0.1:8080", "unix:/path" or "" */
	char *city;                       /* the name that replies use */
	char *country;                    /* ISO 3166-1 alpha-2 */
	char *timezone;                   /* IANA name */
	char *currency;                   /* ISO 4217, for costs */
	char *emergency_number;           /* for texts; "" when there is none */
	char *administrator;              /* a number that is told of trouble by SMS; "" for none */
	char *languages[CONFIG_LIST_MAX]; /* in which texts and keywords are loaded; NULL-terminated
					   */
	char *required_languages[CONFIG_LIST_MAX]; /* which must be complete */
	char *default_language;
	char *texts_dir, *services_dir; /* absolute */
	char *answers;                  /* absolute; NULL: the city answers no question by itself */
	char *payments;                 /* absolute: the folder of payment formats */
	char *alerts;                   /* absolute: the folder of warnings' templates */
	char *operators;                /* absolute: the folder of operators' codes */
	char *ussd_dir;                 /* absolute: the folder of USSD menus */
	char *devices[CONFIG_LIST_MAX]; /* globs of ttys to watch */
	char *sysfs;                    /* "/sys" */
	char *worker;                   /* absolute path of baraza-modem */
	bool transliterate;             /* fit GSM 7-bit by dropping accents */
	double sms_cost;                /* of one segment */
	int send_seconds;               /* a segment, by a link not yet measured; default 4 */
	int question_timeout_min;       /* an unanswered question files what is known; default 15 */
	int messages_per_hour;      /* of one sender, above which nothing is answered; default 20 */
	int nonsense_silence_hours; /* default 24 */
	int multipart_timeout_s;    /* parts wait this long for the rest; default 600 */
	int reply_validity_min;     /* TP-VP of replies; default 1440 */
	int reroute_min;            /* a link down so long lets another send; default 5 */
	int alive_interval_s;       /* housekeeping of modems; 60 at least */
	int log_level;              /* 3 error ... 7 debug */
	/* What the city's services go by; SQL reads them as settings (settings.h). */
	char *quiet_hours[CONFIG_LIST_MAX];        /* none, or two "HH:MM" */
	char *send_hours[CONFIG_LIST_MAX];         /* two "HH:MM" */
	char *special_hours[CONFIG_LIST_MAX];      /* "2026-02-18 2026-03-19 10:00 16:30" */
	char *reminder_rest_days[CONFIG_LIST_MAX]; /* "sunday" */
	int reminder_budget;                       /* segments a month; 0: none */
	int receipt_days;                          /* of a statement's payments; default 3 */
	char *digest_times[CONFIG_LIST_MAX]; /* "HH:MM"; none: a crew hears of each job at once */
	char *office_hours[CONFIG_LIST_MAX]; /* two "HH:MM" */
	char *rest_days[CONFIG_LIST_MAX];    /* "sunday" */
	char *due_days[CONFIG_LIST_MAX];     /* "road 5": office days, by category or kind */
	int due_reminder_hours;              /* default 24 */
	char *escalation_phone;              /* E.164, or "" */
	int duty_minutes;                    /* default 5 */
	int alert_code_min;                  /* for which a code is good; default 15 */
	int alert_half_min;                  /* for half to have what begins at once; default 10 */
	int alert_patience_s;                /* with a link that is lost; default 30 */
	bool alert_reporters;                /* alerts go to them too; default false */
	char *news_states[CONFIG_LIST_MAX];  /* "fixed": of which reporters are told */
	int sms_per_ticket;                  /* to one reporter, beside the reply; default 4 */
	int followup_asked;               /* "is it fixed?": of so many of a ticket's reporters */
	int followup_hours;               /* for so long an answer counts; default 72 */
	bool crew_pin;                    /* default true */
	char *fire_phone, *hazard_phone;  /* E.164, or "" */
	int join_metres, join_days;       /* complaints: how near is the same? */
	int helper_messages_per_hour;     /* default 200 */
	char *keep_days[CONFIG_LIST_MAX]; /* "messages 730" */
	char *cap_in;     /* absolute: a folder of CAP messages to take; NULL: none */
	char *cap_out;    /* absolute: a folder for the city's own; NULL: none */
	char *cap_sender; /* under which name; "" for none */
	char *cap_key;    /* of who posts by HTTP; "": nobody does */
	size_t cap_source_count;
	struct config_cap_source cap_source[CONFIG_CAP_SOURCES_MAX];
	size_t ussd_count;
	struct config_ussd ussd[CONFIG_USSD_MAX];
	size_t modem_count;
	struct config_modem modem[CONFIG_MODEMS_MAX];
};

enum config_type {
	CONFIG_STRING,
	CONFIG_PATH, /* made absolute: relative to the folder of the file read */
	CONFIG_INT,
	CONFIG_BOOL,
	CONFIG_FLOAT,
	CONFIG_STRINGS, /* an array of strings */
	CONFIG_CHOICE,  /* an int: the index of the word in choices */
};

struct config_option {
	const char *name; /* "question_timeout_min"; modems' options in their own table */
	enum config_type type;
	size_t offset;        /* in struct config, or the struct of an entry of a list */
	double min, max;      /* of a number */
	const char *choices;  /* of a CONFIG_CHOICE: "auto|sm|me" */
	const char *fallback; /* default as written in a file; "": not set (NULL), as is ""; NULL:
				 required */
	bool secret;          /* its value is told to no one */
	bool setting;         /* SQL reads it too: settings.h */
	/* What is wrong with a value ("must be ..."), or NULL. Of each string of a CONFIG_STRINGS.
	 * May be NULL. */
	const char *(*fault)(const char *value);
	const char *help;
};

extern const struct config_option config_options[];            /* ends with name NULL */
extern const struct config_option config_modem_options[];      /* ends with name NULL */
extern const struct config_option config_cap_source_options[]; /* ends with name NULL */
extern const struct config_option config_ussd_options[];       /* ends with name NULL */

/* Errors of a configuration, told in words with file and line; the caller prints them. */
#define CONFIG_ERRORS_MAX 50
struct config_errors {
	size_t count;
	char *text[CONFIG_ERRORS_MAX]; /* owned: config_errors_free() */
};

/*
 * Add an error ("file:line: what is wrong; what to do"). file may be NULL, line 0 when unknown.
 * After CONFIG_ERRORS_MAX - 1 of them one more says that there are more.
 */
void config_error(struct config_errors *errors, const char *file, unsigned line, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));
void config_verror(struct config_errors *errors, const char *file, unsigned line, const char *fmt,
	va_list args) __attribute__((format(printf, 4, 0)));
void config_errors_free(struct config_errors *errors);

/*
 * Read and check one file. Returns the configuration (config_free() it), or NULL with at least one
 * error added: unknown options, wrong types, values out of range, two modems of one name are all
 * listed.
 */
struct config *config_load(const char *file, struct config_errors *errors)
	__attribute__((warn_unused_result));
void config_free(struct config *config);

/* The file to read when none is named: $BARAZA_CONF, ./conf/baraza.cfg, /etc/baraza/baraza.cfg;
 * static. */
const char *config_default_file(void);

/* Is the word in a list of the configuration's, exactly as it is written there? */
bool config_lists(char *const *list, const char *word);
/* The same of `languages`: a language's code. */
bool config_speaks(const struct config *config, const char *language);

/* The modem of that name, or NULL. */
const struct config_modem *config_modem_find(const struct config *config, const char *name);

/* The way to USSD of that name, or NULL. */
const struct config_ussd *config_ussd_find(const struct config *config, const char *name);

#endif
