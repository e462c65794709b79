/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap: what is read and what is refused, and that what is written is read again. */
#include "unit.h"

#include <dirent.h>

#include "alert-template.h"
#include "cap-judge.h"
#include "cap.h"

#define HEAD                                           \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
	"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">"
#define KEY                                                 \
	"<identifier>A1</identifier>\n<sender>a@x</sender>" \
	"<sent>2026-11-22T14:05:00+02:00</sent><status>Actual</status>"
#define ALERT "<msgType>Alert</msgType><scope>Public</scope>"
#define INFO_HEAD                                                                        \
	"<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency>" \
	"<severity>Severe</severity><certainty>Likely</certainty>"
#define END "</info></alert>"

static char reason[CAP_REASON_MAX];

static struct cap *
read_text(const char *text)
{
	return cap_read(text, strlen(text), reason);
}

static struct cap *
must_read(const char *text)
{
	struct cap *cap = read_text(text);

	if (cap == NULL)
		printf("  refused: %s\n", reason);
	REQUIRE(cap != NULL);
	return cap;
}

static void
refused(const char *text, const char *words)
{
	struct cap *cap;

	reason[0] = '\0';
	cap = read_text(text);
	CHECK(cap == NULL);
	if (strstr(reason, words) == NULL) {
		printf("  the reason is \"%s\", not \"%s\"\n", reason, words);
		unit_failures++;
	}
	cap_free(cap);
}

static char *
file_of(const char *path, size_t *length)
{
	FILE *in = fopen(path, "r");
	char *bytes = malloc(CAP_BYTES_MAX + 1);

	REQUIRE(in != NULL && bytes != NULL);
	*length = fread(bytes, 1, CAP_BYTES_MAX, in);
	bytes[*length] = '\0';
	fclose(in);
	return bytes;
}

static struct cap *
read_file(const char *path)
{
	size_t length;
	char *bytes = file_of(path, &length);
	struct cap *cap = cap_read(bytes, length, reason);

	if (cap == NULL)
		printf("  %s refused: %s\n", path, reason);
	REQUIRE(cap != NULL);
	free(bytes);
	return cap;
}

/* --- what is read ---------------------------------------------------------------------------- */

TEST(cap_reads_a_storm_whole)
{
	struct cap *cap = read_file("tests/cap/storm.xml");
	const struct cap_info *info = cap->infos;

	CHECK_STR(cap->identifier, "METEO-2026-0117");
	CHECK_STR(cap->sender, "warnings@meteo.example");
	CHECK_STR(cap->sent.text, "2026-11-22T14:57:00+02:00");
	CHECK_INT(cap->sent.at, 1795352220);
	CHECK_STR(cap->status, "Actual");
	CHECK_STR(cap->type, "Alert");
	CHECK_STR(cap->scope, "Public");
	CHECK(cap->references == NULL && !cap->is_signed);
	REQUIRE(info != NULL && info->next == NULL);
	CHECK(info->language == NULL);
	CHECK_STR(info->categories->text, "Met");
	CHECK_STR(info->event, "Severe Thunderstorm");
	CHECK_STR(info->responses->text, "Shelter");
	CHECK_STR(info->event_codes->name, "METEO");
	CHECK_STR(info->event_codes->value, "TSTM");
	CHECK(info->onset.text == NULL && info->expires.text != NULL);
	CHECK_STR(info->contact, "Example Weather Service, duty desk");
	REQUIRE(info->areas != NULL && info->areas->polygons != NULL);
	CHECK_STR(info->areas->description, "Hills west of the river");
	CHECK_INT(info->areas->polygons->count, 5);
	CHECK(info->areas->polygons->point[1].lat == -25.90);
	CHECK(info->areas->polygons->point[1].lon == 32.63);
	CHECK_STR(info->areas->geocodes->value, "XX-0042");
	cap_free(cap);
}

TEST(cap_reads_an_update_with_a_circle)
{
	struct cap *cap = read_file("tests/cap/earthquake.xml");

	CHECK_STR(cap->type, "Update");
	REQUIRE(cap->references != NULL && cap->references->next == NULL);
	CHECK_STR(cap->references->sender, "alerts@seismo.example");
	CHECK_STR(cap->references->identifier, "SEIS-4711.1");
	CHECK_STR(cap->references->sent, "2026-11-22T20:30:00-00:00");
	CHECK_STR(cap->infos->parameters->next->value, "11.8 km");
	CHECK(cap->infos->areas->circles->km == 2);
	cap_free(cap);
}

TEST(cap_reads_languages_and_resources)
{
	struct cap *cap = read_file("tests/cap/child.xml");

	CHECK_STR(cap->infos->language, "en-GB");
	CHECK_STR(cap->infos->next->language, "fr-RW");
	CHECK_STR(cap->infos->next->event, "Enlèvement d'enfant");
	CHECK(cap->infos->next->next == NULL);
	cap_free(cap);
	cap = read_file("tests/cap/advisory.xml");
	CHECK_STR(cap->infos->web, "https://security.example/levels?now=orange&lang=en");
	CHECK_STR(cap->infos->resources->mime_type, "image/png");
	CHECK_STR(cap->infos->resources->size, "2048");
	cap_free(cap);
}

TEST(cap_written_is_read_again_and_the_same)
{
	static const char *const files[] = { "storm", "advisory", "earthquake", "child" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[128], *first, *second;
		struct cap *cap, *again;

		snprintf(path, sizeof(path), "tests/cap/%s.xml", files[i]);
		cap = read_file(path);
		first = cap_write(cap);
		again = must_read(first);
		second = cap_write(again);
		CHECK_STR(second, first);
		CHECK_STR(again->identifier, cap->identifier);
		CHECK_STR(again->infos->description, cap->infos->description);
		free(first);
		free(second);
		cap_free(cap);
		cap_free(again);
	}
}

/* The standard's own, where somebody has them: README.md in tests/cap. */
TEST(cap_reads_the_examples_of_the_standard)
{
	const char *folder = getenv("CAP_EXAMPLES");
	DIR *dir = folder != NULL ? opendir(folder) : NULL;
	struct dirent *entry;
	int count = 0;

	if (dir == NULL)
		SKIP("CAP_EXAMPLES names no folder with the standard's examples");
	while ((entry = readdir(dir)) != NULL) {
		char path[512];

		if (strstr(entry->d_name, ".xml") == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		cap_free(read_file(path));
		count++;
	}
	closedir(dir);
	CHECK(count > 0);
}

TEST(cap_reads_other_encodings)
{
	static const char latin[] =
		"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>"
		"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">" KEY ALERT
		"<info><category>Met</category><event>Temp\xEAte</event><urgency>Past</urgency>"
		"<severity>Minor</severity><certainty>Likely</certainty></info></alert>";
	struct cap *cap = must_read(latin);
	char *document = cap_document(cap);

	CHECK_STR(cap->infos->event, "Tempête");
	CHECK(strstr(document, "Tempête") != NULL);
	free(document);
	cap_free(cap);
}

TEST(cap_times_are_those_of_the_standard)
{
	static const char *const bad[] = { "", "2026-11-22", "2026-11-22T14:05:00Z",
		"2026-11-22T14:05:00", "2026-02-29T14:05:00+02:00", "2026-11-22T24:05:00+02:00",
		"2026-13-22T14:05:00+02:00", "2026-11-22T14:05:00.5+02:00",
		"2026-11-22T14:05:00+15:00", "2026-11-22T14:05:00,02:00",
		" 2026-11-22T14:05:00+02:00", "0000-01-01T00:00:00+00:00",
		"2026-11-22T14:60:00+02:00", "2026-00-22T14:05:00+02:00" };
	int64_t at = 7;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK_INT(cap_time_read(bad[i], &at), -1);
	CHECK_INT(at, 7);
	CHECK_INT(cap_time_read("1970-01-01T02:00:01+02:00", &at), 0);
	CHECK_INT(at, 1);
	CHECK_INT(cap_time_read("2024-02-29T23:59:59-00:00", &at), 0);
	CHECK_INT(at, 1709251199);
}

/* --- what is refused ------------------------------------------------------------------------- */

TEST(cap_malformed_is_refused_with_its_line)
{
	refused("", "empty");
	refused("Muraho", "malformed at line 1");
	refused(HEAD "\n<identifier>A</identifer></alert>", "malformed at line 3");
	refused(HEAD KEY ALERT, "malformed");
	refused(HEAD KEY ALERT "</alert><alert/>", "malformed");
	refused(HEAD "<identifier>\xff</identifier></alert>", "malformed");
}

TEST(cap_entities_are_never_declared)
{
	refused("<!DOCTYPE alert [<!ENTITY a \"b\">]>" HEAD, "DOCTYPE");
	refused("<?xml version=\"1.0\"?><!DOCTYPE alert [<!ENTITY a \"1234567890\">"
		"<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
		"<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
		"<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">&c;</alert>",
		"DOCTYPE");
	refused("<!DOCTYPE alert SYSTEM \"file:///etc/passwd\"><alert/>", "DOCTYPE");
	refused("<?xml version=\"1.0\"?><!DOCTYPE alert [<!ENTITY % x SYSTEM \"http://127.0.0.1/\"> %x;]>"
		"<alert/>",
		"DOCTYPE");
	refused(HEAD "<identifier>&unknown;</identifier></alert>", "malformed");
}

TEST(cap_too_large_is_refused_before_parsing)
{
	size_t length = 10 * 1024 * 1024;
	char *bytes = malloc(length);

	REQUIRE(bytes != NULL);
	memset(bytes, 'x', length);
	CHECK(cap_read(bytes, length, reason) == NULL);
	CHECK(strstr(reason, "too large: over 1048576 bytes") != NULL);
	free(bytes);
}

TEST(cap_too_deep_is_refused)
{
	char *text = malloc(200000 * 4);
	size_t length = 0;

	REQUIRE(text != NULL);
	for (int i = 0; i < 200000; i++)
		length += (size_t)sprintf(text + length, "<a>");
	CHECK(cap_read(text, length, reason) == NULL);
	CHECK(strstr(reason, "nested too deep") != NULL);
	free(text);
}

/* head, then so many times the piece, then tail. */
static void
refused_so_many(const char *head, int count, const char *piece, const char *tail, const char *words)
{
	char *text = malloc(strlen(head) + (size_t)count * strlen(piece) + strlen(tail) + 1);
	char *at = text;

	REQUIRE(text != NULL);
	at = stpcpy(at, head);
	while (count-- > 0)
		at = stpcpy(at, piece);
	strcpy(at, tail);
	refused(text, words);
	free(text);
}

TEST(cap_of_too_many_parts_is_refused)
{
	refused_so_many(HEAD KEY ALERT, 10001, "<code/>", "</alert>", "more than 10000 elements");
	refused_so_many(HEAD KEY ALERT, 65, INFO_HEAD "</info>", "</alert>", "more than 64 infos");
	refused_so_many(HEAD KEY ALERT INFO_HEAD, 513, "<area><areaDesc>x</areaDesc></area>", END,
		"more than 512 areas");
	refused_so_many(HEAD KEY ALERT "<references>", 501, "a,b,2026-11-22T14:05:00+02:00 ",
		"</references></alert>", "more than 500 references");
}

TEST(cap_of_another_kind_is_refused)
{
	refused("<alert/>", "not CAP 1.2");
	refused("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.1\"/>", "cap:1.1");
	refused("<feed xmlns=\"http://www.w3.org/2005/Atom\"/>", "the document is feed");
}

TEST(cap_missing_and_misplaced_elements_are_named)
{
	refused(HEAD "</alert>", "identifier is missing in alert");
	refused(HEAD KEY "<scope>Public</scope></alert>", "msgType is missing in alert");
	refused(HEAD KEY "<msgType>Alert</msgType></alert>", "scope is missing");
	refused(HEAD KEY ALERT "<info><event>x</event></info></alert>",
		"category is missing in info");
	refused(HEAD KEY ALERT INFO_HEAD "<area><circle>1,2 3</circle></area>" END,
		"areaDesc is missing in area");
	refused(HEAD KEY ALERT INFO_HEAD "<eventCode><valueName>a</valueName></eventCode>" END,
		"value is missing in eventCode");
	refused(HEAD KEY ALERT INFO_HEAD "<web>x</web><headline>y</headline>" END,
		"headline does not stand in its place");
	refused(HEAD KEY ALERT INFO_HEAD "<parameter><valueName>a</valueName></parameter>" END,
		"value is missing in parameter");
	refused(HEAD KEY "<scope>Public</scope><msgType>Alert</msgType></alert>", "msgType");
	refused(HEAD "<identifier>B</identifier>" KEY ALERT "</alert>", "identifier stands twice");
	refused(HEAD KEY ALERT "<colour>red</colour></alert>", "colour does not belong into alert");
	refused(HEAD KEY ALERT "<x xmlns=\"urn:y\">red</x></alert>", "x does not belong");
	refused(HEAD KEY ALERT "words</alert>", "words between elements");
	refused(HEAD KEY ALERT INFO_HEAD "<web><b/></web>" END, "an element in web");
}

TEST(cap_values_that_are_none_are_shown)
{
	refused(HEAD "<identifier> </identifier></alert>",
		"identifier is \"\", and must be filled");
	refused(HEAD "<identifier>a b</identifier></alert>", "without blanks");
	refused(HEAD "<identifier>a,b</identifier></alert>", "commas");
	refused(HEAD "<identifier>a</identifier><sender>s</sender><sent>today</sent></alert>",
		"sent is \"today\"");
	refused(HEAD "<identifier>a</identifier><sender>s</sender>"
		     "<sent>2026-11-22T14:05:00+02:00</sent><status>actual</status></alert>",
		"status is \"actual\", and must be Actual|");
	refused(HEAD KEY "<msgType>Warning</msgType></alert>", "msgType is \"Warning\"");
	refused(HEAD KEY ALERT "<references>a,b</references></alert>", "sender,identifier,sent");
	refused(HEAD KEY ALERT "<references>a,b,c</references></alert>", "sender,identifier,sent");
	refused(HEAD KEY ALERT "<info><language>x_y</language></info></alert>",
		"a language's code");
	refused(HEAD KEY ALERT "<info><category>Water</category></info></alert>", "category is");
#define AREA(inner_) HEAD KEY ALERT INFO_HEAD "<area><areaDesc>x</areaDesc>" inner_ "</area>" END
	refused(AREA("<polygon>1,1 2,2 3,3</polygon>"), "a ring");
	refused(AREA("<polygon>1,1 2,2 3,3 4,4</polygon>"), "a ring");
	refused(AREA("<polygon>1,1 2,2 3,x 1,1</polygon>"), "a ring");
	refused(AREA("<polygon>91,1 2,2 3,3 91,1</polygon>"), "a ring");
	refused(AREA("<polygon>nan,1 2,2 3,3 nan,1</polygon>"), "a ring");
	refused(AREA("<polygon>1e999,1 2,2 3,3 1e999,1</polygon>"), "a ring");
	refused(AREA("<circle>1,2</circle>"), "radius");
	refused(AREA("<circle>1,2 -1</circle>"), "radius");
	refused(AREA("<circle>1,2 99999</circle>"), "radius");
	refused(AREA("<altitude>high</altitude>"), "a number");
}

TEST(cap_that_makes_no_sense_is_refused)
{
	refused(HEAD KEY "<msgType>Update</msgType><scope>Public</scope></alert>",
		"Update without references");
	refused(HEAD KEY "<msgType>Cancel</msgType><scope>Public</scope></alert>",
		"Cancel without references");
	refused(HEAD KEY "<msgType>Alert</msgType><scope>Restricted</scope></alert>",
		"without restriction");
	refused(HEAD KEY "<msgType>Alert</msgType><scope>Private</scope></alert>",
		"without addresses");
	refused(HEAD KEY ALERT INFO_HEAD "<onset>2026-11-22T14:05:00+02:00</onset>"
					 "<expires>2026-11-22T14:04:59+02:00</expires>" END,
		"expires before its onset");
}

/* --- as an SMS ------------------------------------------------------------------------------- */

static void
check_sms(const char *file, bool second, const char *want)
{
	struct cap *cap = read_file(file);
	char text[CAP_TEXT_BYTES];

	CHECK_INT(cap_sms(second ? cap->infos->next : cap->infos, cap_speaker(cap), 0, text), 0);
	CHECK_STR(text, want);
	cap_free(cap);
}

TEST(cap_sms_says_what_where_and_what_to_do)
{
	check_sms("tests/cap/storm.xml", false,
		"Severe thunderstorm warning. Hills west of the river. At 14:54 our radar saw a severe "
		"storm over the hills, moving east at 20 km/h. Hail, heavy rain and strong wind are "
		"likely. Roofs may be lost. Go into a strong house until the storm has passed. Keep "
		"away from windows and trees. ({sender}, {hour})");
	check_sms("tests/cap/child.xml", true,
		"Enfant disparu à Nyamirambo. Garçon de 2 ans, culotte rouge, chemise blanche à col "
		"bleu, enlevé à 19:15 près du marché. Voiture bleue à deux portes. ({sender}, "
		"{hour})");
}

/* A message whose description and instruction are so many sentences of one kind. */
static void
sms_of(int described, int instructed, size_t margin, int want, char out[CAP_TEXT_BYTES])
{
	char text[32768];
	size_t length = 0;
	struct cap *cap;

	length += (size_t)sprintf(text, "%s",
		HEAD KEY ALERT INFO_HEAD "<headline>Flood {now}</headline>"
					 "<description>");
	for (int i = 0; i < described; i++)
		length += (size_t)sprintf(text + length, "The water number %d rises.\n ", i);
	length += (size_t)sprintf(text + length, "</description><instruction>");
	for (int i = 0; i < instructed; i++)
		length += (size_t)sprintf(text + length, "Go up to hill number %d now! ", i);
	sprintf(text + length, "</instruction>" END);
	cap = must_read(text);
	CHECK_INT(cap_sms(cap->infos, "Meteo", margin, out), want);
	cap_free(cap);
}

TEST(cap_sms_leaves_out_whole_sentences)
{
	char text[CAP_TEXT_BYTES];

	sms_of(2, 2, 0, 0, text);
	CHECK_STR(text,
		"Flood (now). The water number 0 rises. The water number 1 rises. Go up to hill "
		"number 0 now! Go up to hill number 1 now! ({sender}, {hour})");
	sms_of(40, 2, 0, 0, text);
	CHECK(strstr(text, "The water number 0 rises.") != NULL);
	CHECK(strstr(text, "The water number 39 rises.") == NULL);
	CHECK(strstr(text, "rises. Go up to hill number 0 now! Go up to hill number 1 now! (") !=
		NULL);
	CHECK(strlen(text) <= 3 * 153 && strlen(text) > 3 * 153 - 60);
	sms_of(40, 2, 100, 0, text);
	CHECK(strlen(text) <= 3 * 153 - 90);
	sms_of(1, 40, 0, 0, text);
	CHECK(strstr(text, "The water") == NULL);
	CHECK(strstr(text, "Flood (now). Go up to hill number 0 now!") == text);
	CHECK(strstr(text, "now! ({sender}") != NULL);
	sms_of(1, 1, 3 * 153, -1, text);
}

TEST(cap_languages_are_the_citys_codes)
{
	struct cap *cap = must_read(
		HEAD KEY ALERT "<info><language>FR-ca</language><category>Met</category>"
			       "<event>x</event><urgency>Past</urgency><severity>Minor</severity>"
			       "<certainty>Likely</certainty></info></alert>");
	struct cap_info none = { .language = NULL }, odd = { .language = "x-klingon" };
	char language[CAP_LANGUAGE_BYTES];

	CHECK_INT(cap_language(cap->infos, language), 0);
	CHECK_STR(language, "fr");
	CHECK_INT(cap_language(&none, language), 0);
	CHECK_STR(language, "en");
	CHECK_INT(cap_language(&odd, language), -1);
	cap_free(cap);
}

/* --- who may send ---------------------------------------------------------------------------- */

TEST(cap_unknown_senders_are_refused_where_others_are_named)
{
	struct config config = { .languages = { (char *)"en" }, .default_language = (char *)"en" };
	struct config_errors errors = { .count = 0 };
	struct alert_templates *templates;
	struct cap_taking taking;
	size_t length;
	char *bytes = file_of("tests/cap/storm.xml", &length);

	config.alerts = (char *)"conf/alerts";
	templates = alert_templates_load(&config, &errors);
	REQUIRE(templates != NULL);
	REQUIRE(cap_judge(&config, templates, bytes, length, reason, &taking) == 0);
	CHECK(strstr(taking.wish, "\"trusted\": false") != NULL);
	CHECK(strstr(taking.wish, "\"text.en\": \"Severe thunderstorm warning.") != NULL);
	CHECK(strstr(taking.wish, "((32.550000,-25.900000),(32.630000,-25.900000)") != NULL);
	cap_taking_free(&taking);
	config.cap_source_count = 1;
	config.cap_source[0].sender = (char *)"other@x";
	CHECK_INT(cap_judge(&config, templates, bytes, length, reason, &taking), -1);
	CHECK(strstr(reason, "unknown sender warnings@meteo.example") != NULL);
	config.cap_source[0].sender = (char *)"warnings@meteo.example";
	config.cap_source[0].certificate = (char *)"tests/cap/none.pem";
	CHECK_INT(cap_judge(&config, templates, bytes, length, reason, &taking), -1);
	CHECK(strstr(reason, "not signed") != NULL);
	alert_templates_free(templates);
	config_errors_free(&errors);
	free(bytes);
}

UNIT_MAIN
