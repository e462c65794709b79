/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-sign: only the holder of the configured certificate signs, and only the whole message. */
#include "unit.h"

#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/stat.h>

#include "cap-sign.h"

#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define C14N "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define ENVELOPED "<Transform Algorithm=\"" DSIG "enveloped-signature\"/>"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define RSA256 MORE "rsa-sha256"

static char folder[PATH_MAX], reason[CAP_REASON_MAX];

static int
remove_cb(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static void
remove_folder(void)
{
	nftw(folder, remove_cb, 8, FTW_DEPTH | FTW_PHYS);
}

static void __attribute__((format(printf, 1, 2))) shell(const char *fmt, ...)
{
	char command[4096], whole[PATH_MAX + 4200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "cd '%s' && { %s; } >log 2>&1 || { cat log; exit 1; }",
		folder, command);
	REQUIRE(system(whole) == 0);
}

static const char *
path_of(const char *name)
{
	static char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
make_key(const char *name)
{
	shell("openssl req -x509 -newkey rsa:2048 -nodes -keyout %s.key -out %s.pem -days 30 "
	      "-subj /CN=%s",
		name, name, name);
}

/* A folder with the key of meteo. */
static void
make_keys(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/cap-sign-XXXXXX", tmp != NULL ? tmp : "/tmp");
	REQUIRE(mkdtemp(folder) != NULL);
	atexit(remove_folder);
	make_key("meteo");
}

static void
write_file(const char *name, const char *text)
{
	FILE *out = fopen(path_of(name), "w");

	REQUIRE(out != NULL);
	REQUIRE(fputs(text, out) >= 0 && fclose(out) == 0);
}

static char *
read_file(const char *name)
{
	static char text[65536];
	FILE *in = fopen(path_of(name), "r");
	size_t length;

	REQUIRE(in != NULL);
	length = fread(text, 1, sizeof(text) - 1, in);
	text[length] = '\0';
	fclose(in);
	return text;
}

/* A message with room for a signature of that kind in it. */
static const char *
template_of(const char *uri, const char *transforms, const char *digest, const char *method,
	const char *key_info)
{
	static char text[8192];

	snprintf(text, sizeof(text),
		"<?xml version=\"1.0\"?>\n<alert xmlns=\"" CAP_NAMESPACE "\">\n"
		"<identifier>A1</identifier><sender>meteo@x</sender>"
		"<sent>2026-11-22T14:05:00+02:00</sent><status>Actual</status>"
		"<msgType>Alert</msgType><scope>Public</scope>\n"
		"<info><category>Met</category><event>Flood</event><urgency>Immediate</urgency>"
		"<severity>Severe</severity><certainty>Likely</certainty>"
		"<headline>Flood</headline></info>\n"
		"<Signature xmlns=\"" DSIG "\"><SignedInfo>"
		"<CanonicalizationMethod Algorithm=\"" C14N "\"/>"
		"<SignatureMethod Algorithm=\"%s\"/><Reference%s><Transforms>%s</Transforms>"
		"<DigestMethod Algorithm=\"%s\"/><DigestValue/></Reference></SignedInfo>"
		"<SignatureValue/>%s</Signature></alert>\n",
		method, uri, transforms, digest, key_info);
	return text;
}

/* The bytes as cap_sign_check() sees them: 0, or -1 and the reason. */
static int
check(const char *text, const char *certificate)
{
	struct cap *cap = cap_read(text, strlen(text), reason);
	int bad;

	if (cap == NULL)
		printf("  not even read: %s\n", reason);
	REQUIRE(cap != NULL);
	bad = cap_sign_check(cap, path_of(certificate), reason);
	cap_free(cap);
	return bad;
}

static char *
sign(const char *template, const char *key)
{
	write_file("t.xml", template);
	shell("xmlsec1 --sign --privkey-pem %s --output signed.xml t.xml", key);
	return read_file("signed.xml");
}

static void
refused(const char *text, const char *words)
{
	reason[0] = '\0';
	CHECK_INT(check(text, "meteo.pem"), -1);
	if (strstr(reason, words) != NULL)
		return;
	printf("  the reason is \"%s\", not \"%s\"\n", reason, words);
	unit_failures++;
}

/* Puts words in the place of others, in place. */
static void
change(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from), rest[65536];

	REQUIRE(at != NULL);
	strcpy(rest, at + strlen(from));
	sprintf(at, "%s%s", to, rest);
}

static const char *
plain(void)
{
	return template_of(" URI=\"\"", ENVELOPED, SHA256, RSA256, "");
}

TEST(cap_sign_of_the_configured_key_verifies)
{
	make_keys();
	CHECK_INT(check(sign(plain(), "meteo.key,meteo.pem"), "meteo.pem"), 0);
	CHECK_INT(check(sign(template_of(" URI=\"\"",
				     ENVELOPED "<Transform Algorithm=\"http://www.w3.org/2001/10/"
					       "xml-exc-c14n#\"/>",
				     "http://www.w3.org/2001/04/xmlenc#sha512", MORE "rsa-sha512",
				     "<KeyInfo><X509Data/></KeyInfo>"),
				"meteo.key,meteo.pem"),
			  "meteo.pem"),
		0);
	shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key "
	      "-out ec.pem -days 30 -subj /CN=ec");
	CHECK_INT(check(sign(template_of(" URI=\"\"", ENVELOPED, SHA256, MORE "ecdsa-sha256", ""),
				"ec.key"),
			  "ec.pem"),
		0);
	CHECK_INT(cap_sign_usable(path_of("meteo.pem"), reason), 0);
}

TEST(cap_sign_of_another_is_refused)
{
	make_keys();
	make_key("enemy");
	refused(sign(plain(), "enemy.key,enemy.pem"), "does not verify");
	/* Nor does a certificate help that the document brings along. */
	refused(sign(template_of(" URI=\"\"", ENVELOPED, SHA256, RSA256,
			     "<KeyInfo><X509Data/><KeyValue/></KeyInfo>"),
			"enemy.key,enemy.pem"),
		"does not verify");
	CHECK_INT(cap_sign_usable(path_of("none.pem"), reason), -1);
	CHECK(strstr(reason, "no certificate in PEM") != NULL);
}

TEST(cap_sign_of_other_words_is_refused)
{
	char *text;

	make_keys();
	text = sign(plain(), "meteo.key,meteo.pem");
	change(text, "<headline>Flood", "<headline>Party");
	refused(text, "does not verify");
	text = sign(plain(), "meteo.key,meteo.pem");
	change(text, "</info>", "<area><areaDesc>everywhere</areaDesc></area></info>");
	refused(text, "does not verify");
	/* A comment is no part of what is signed: it must not change what is read either. */
	text = sign(plain(), "meteo.key,meteo.pem");
	change(text, "<sender>meteo@x", "<sender>meteo<!-- @y -->@x");
	CHECK_INT(check(text, "meteo.pem"), 0);
}

TEST(cap_sign_is_asked_for)
{
	char text[8192];
	char *from;

	make_keys();
	strcpy(text, plain());
	from = strstr(text, "<Signature ");
	strcpy(from, "</alert>");
	refused(text, "it is not signed");
}

TEST(cap_sign_of_a_part_is_refused)
{
	char wrapped[65536], *text, *signature;

	make_keys();
	/* The attacker's alert around the true one, which the signature is of: by its Id. */
	write_file("t.xml",
		"<?xml version=\"1.0\"?><alert xmlns=\"" CAP_NAMESPACE
		"\"><identifier>A2</identifier>"
		"<sender>meteo@x</sender><sent>2026-11-22T14:05:00+02:00</sent>"
		"<status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
		"<Signature xmlns=\"" DSIG "\"><SignedInfo>"
		"<CanonicalizationMethod Algorithm=\"" C14N
		"\"/><SignatureMethod Algorithm=\"" RSA256
		"\"/><Reference URI=\"#o\"><DigestMethod Algorithm=\"" SHA256 "\"/><DigestValue/>"
		"</Reference></SignedInfo><SignatureValue/><Object Id=\"o\">"
		"<alert xmlns=\"" CAP_NAMESPACE "\"><identifier>A1</identifier></alert></Object>"
		"</Signature></alert>");
	shell("xmlsec1 --sign --privkey-pem meteo.key --id-attr:Id " DSIG ":Object "
	      "--output signed.xml t.xml");
	refused(read_file("signed.xml"), "cannot be checked");
	/* A transform that leaves nothing of the message to be signed. */
	refused(sign(template_of(" URI=\"\"",
			     ENVELOPED "<Transform Algorithm=\"http://www.w3.org/TR/1999/"
				       "REC-xpath-19991116\"><XPath>false()</XPath></Transform>",
			     SHA256, RSA256, ""),
			"meteo.key"),
		"cannot be checked");
	/* Two signatures, or one in another place. */
	text = sign(plain(), "meteo.key");
	signature = strstr(text, "<Signature ");
	strcpy(wrapped, text);
	sprintf(strstr(wrapped, "</alert>"), "%s", signature);
	refused(wrapped, "more than one signature");
}

TEST(cap_sign_by_weak_means_is_refused)
{
	make_keys();
	refused(sign(template_of(" URI=\"\"", ENVELOPED, DSIG "sha1", RSA256, ""), "meteo.key"),
		"cannot be checked");
	refused(sign(template_of(" URI=\"\"", ENVELOPED, SHA256, DSIG "rsa-sha1", ""), "meteo.key"),
		"cannot be checked");
	/* A secret that everybody has: the certificate itself. */
	write_file("t.xml", template_of(" URI=\"\"", ENVELOPED, SHA256, MORE "hmac-sha256", ""));
	shell("xmlsec1 --sign --hmackey meteo.pem --output signed.xml t.xml");
	refused(read_file("signed.xml"), "cannot be checked");
	refused(template_of(" URI=\"\"", ENVELOPED, SHA256, RSA256, ""), "cannot be checked");
}

UNIT_MAIN
