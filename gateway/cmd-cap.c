/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cmd-cap: CAP messages in files: what they say, and taking them as the gateway would.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert-template.h"
#include "cap-judge.h"
#include "cap-sign.h"
#include "cmd-common.h"

struct wish {
	const char *file;
	char **names;
	int count;
	struct alert_templates *templates;
	int refused;
};

/* --- One file --- */

/* Its bytes, one more than a document may have at most; NULL after telling why not. */
static char *
read_file(const char *name, size_t *length)
{
	FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char *bytes = malloc(CAP_BYTES_MAX + 1);

	if (in == NULL || bytes == NULL) {
		cmd_error(&cmd_cap_command, "%s: %s", name, strerror(errno));
		free(bytes);
		return NULL;
	}
	*length = fread(bytes, 1, CAP_BYTES_MAX + 1, in);
	if (ferror(in)) {
		cmd_error(&cmd_cap_command, "%s: %s", name, strerror(errno));
		free(bytes);
		bytes = NULL;
	}
	if (in != stdin)
		fclose(in);
	return bytes;
}

static void
refuse(struct wish *wish, const char *name, const char *reason)
{
	cmd_error(&cmd_cap_command, "%s: refused: %s", name, reason);
	wish->refused++;
}

/* --- Reading --- */

static void
print_infos(const struct cap *cap)
{
	char language[CAP_LANGUAGE_BYTES], text[CAP_TEXT_BYTES];

	for (const struct cap_info *info = cap->infos; info != NULL; info = info->next) {
		printf("%-12s%s, %s, %s, %s\n", "event", info->event, info->severity, info->urgency,
			info->certainty);
		for (const struct cap_area *area = info->areas; area != NULL; area = area->next)
			printf("%-12s%s\n", "area", area->description);
		if (info->expires.text != NULL)
			printf("%-12s%s\n", "expires", info->expires.text);
		if (cap_language(info, language) != 0)
			continue;
		printf("%-12s%s\n", language,
			cap_sms(info, cap_speaker(cap), 0, text) == 0
				? text
				: "(not even its headline fits into an SMS)");
	}
}

static const char *
signature_words(const struct config *config, const struct cap *cap, char words[CAP_REASON_MAX])
{
	const struct config_cap_source *source = cap_source_of(config, cap->sender);

	if (source == NULL && config->cap_source_count > 0)
		return "not asked: cap_sources does not name its sender";
	if (source == NULL || source->certificate == NULL)
		return cap->is_signed ? "there is one; no certificate is configured for its sender"
				      : "none, and none is asked for";
	return cap_sign_check(cap, source->certificate, words) == 0 ? "verifies" : words;
}

static void
print_one(struct wish *wish, const struct config *config, const char *name)
{
	char reason[CAP_REASON_MAX];
	size_t length;
	char *bytes = read_file(name, &length);
	struct cap *cap = bytes != NULL ? cap_read(bytes, length, reason) : NULL;

	if (bytes == NULL) {
		wish->refused++;
	} else if (cap == NULL) {
		refuse(wish, name, reason);
	} else {
		printf("%-12s%s\n%-12s%s\n%-12s%s\n%-12s%s %s, %s\n", "identifier", cap->identifier,
			"sender", cap->sender, "sent", cap->sent.text, "is", cap->status, cap->type,
			cap->scope);
		for (const struct cap_reference *r = cap->references; r != NULL; r = r->next)
			printf("%-12s%s,%s,%s\n", "refers to", r->sender, r->identifier, r->sent);
		print_infos(cap);
		printf("%-12s%s\n\n", "signature", signature_words(config, cap, reason));
	}
	cap_free(cap);
	free(bytes);
}

static int
read_files(struct wish *wish)
{
	struct config *config = cmd_config(wish->file);

	if (config == NULL)
		return COMMAND_USAGE;
	for (int i = 0; i < wish->count; i++)
		print_one(wish, config, wish->names[i]);
	config_free(config);
	if (cmd_flush(&cmd_cap_command) != 0)
		return COMMAND_FAILED;
	return wish->refused > 0 ? COMMAND_USAGE : COMMAND_DONE;
}

/* --- Taking --- */

static int
prepare(const struct config *config, void *arg)
{
	struct config_errors errors = { .count = 0 };
	struct wish *wish = arg;

	wish->templates = alert_templates_load(config, &errors);
	cmd_print_errors(&errors);
	return wish->templates != NULL ? COMMAND_DONE : COMMAND_USAGE;
}

/* Each file is a transaction of its own. Returns 0, or -1 after telling. */
static int
take_judged(PGconn *db, const char *name, const struct cap_taking *taking)
{
	const char *params[] = { taking->wish, taking->document, "command" };
	PGresult *rows = cmd_query(&cmd_cap_command, db, CAP_TAKE_SQL, 3, params);

	if (rows == NULL)
		return -1;
	printf("%s: %s\n", name, PQgetvalue(rows, 0, 2));
	PQclear(rows);
	return 0;
}

static int
take(PGconn *db, const struct config *config, void *arg)
{
	struct wish *wish = arg;
	char reason[CAP_REASON_MAX];

	for (int i = 0; i < wish->count; i++) {
		struct cap_taking taking = { .wish = NULL };
		size_t length;
		char *bytes = read_file(wish->names[i], &length);
		int bad = 0;

		if (bytes == NULL)
			wish->refused++;
		else if (cap_judge(config, wish->templates, bytes, length, reason, &taking) != 0)
			refuse(wish, wish->names[i], reason);
		else
			bad = take_judged(db, wish->names[i], &taking);
		cap_taking_free(&taking);
		free(bytes);
		if (bad != 0)
			return COMMAND_FAILED;
	}
	return wish->refused > 0 ? COMMAND_USAGE : COMMAND_DONE;
}

static int
take_files(struct wish *wish)
{
	const struct cmd_work work = {
		.file = wish->file, .prepare = prepare, .work = take, .arg = wish
	};
	int code = cmd_work(&cmd_cap_command, &work);

	alert_templates_free(wish->templates);
	return code;
}

/* --- The command --- */

static int
run(int argc, char **argv)
{
	struct wish wish = { .file = NULL };
	const struct cmd_option options[] = {
		{ .name = "config", .letter = 'c', .value = &wish.file },
		{ .name = NULL },
	};
	int at = cmd_options(&cmd_cap_command, options, argc, argv);

	if (at == -1)
		return COMMAND_USAGE;
	if (argc - at < 2)
		return cmd_usage(&cmd_cap_command, "say read or take, and which files");
	wish.names = argv + at + 1;
	wish.count = argc - at - 1;
	if (strcmp(argv[at], "read") == 0)
		return read_files(&wish);
	if (strcmp(argv[at], "take") == 0)
		return take_files(&wish);
	return cmd_usage(&cmd_cap_command, "there is no `cap %s`; say read or take", argv[at]);
}

const struct command cmd_cap_command = {
	.name = "cap",
	.summary = "Reads and takes warnings of others: CAP 1.2 messages in files.",
	.usage = "[-c FILE] read|take FILE...",
	.help = "  read      prints what each says, as an SMS too, and whether its signature verifies;\n"
		"            nothing is changed, no database is asked\n"
		"  take      takes each as the gateway does: of status Actual, an alert is drafted, which\n"
		"            an officer must approve unless its sender is trusted for such an event\n"
		"  -c, --config FILE   the configuration\n"
		"FILE - is standard input.  What is refused is told with its reason, and the exit code is\n"
		"2; the other files are taken.\n",
	.run = run,
};
