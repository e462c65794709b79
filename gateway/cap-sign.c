/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cap-sign.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xmlsec/crypto.h>
#include <xmlsec/errors.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

#include "log.h"

#define CERTIFICATE_BYTES_MAX 65536

/* xmlsec tells its errors line by line, in words for its own programmers. */
static void
error_cb(const char *file, int line, const char *function, const char *object, const char *subject,
	int code, const char *words)
{
	(void)file;
	(void)line;
	(void)object;
	log_debug("event=xmlsec function=%s about=%s code=%d words=%s", log_quote(function),
		log_quote(subject != NULL ? subject : ""), code,
		log_quote(words != NULL ? words : ""));
}

/* Once a process; it lasts as long. */
static void
begin(void)
{
	static bool begun;

	if (begun)
		return;
	xmlInitParser();
	if (xmlSecInit() < 0 || xmlSecCryptoAppInit(NULL) < 0 || xmlSecCryptoInit() < 0)
		fatal("event=xmlsec cannot be initialised");
	xmlSecErrorsSetCallback(error_cb); /* its own is set as it begins */
	begun = true;
}

static int
refuse(char reason[CAP_REASON_MAX], const char *words)
{
	snprintf(reason, CAP_REASON_MAX, "%s", words);
	return -1;
}

/* A whole file's bytes, or what fits of it; 0: it cannot be read, or is empty. */
static size_t
read_certificate(const char *path, xmlSecByte bytes[CERTIFICATE_BYTES_MAX])
{
	FILE *in = fopen(path, "re");
	size_t length = 0;

	if (in != NULL) {
		length = fread(bytes, 1, CERTIFICATE_BYTES_MAX, in);
		fclose(in);
	}
	return length;
}

static xmlSecKey *
key_of(const char *certificate, char reason[CAP_REASON_MAX])
{
	xmlSecByte bytes[CERTIFICATE_BYTES_MAX];
	size_t length = read_certificate(certificate, bytes);
	xmlSecKey *key = NULL;

	begin();
	if (length > 0)
		key = xmlSecCryptoAppKeyLoadMemory(
			bytes, (xmlSecSize)length, xmlSecKeyDataFormatCertPem, NULL, NULL, NULL);
	if (key == NULL)
		snprintf(reason, CAP_REASON_MAX, "no certificate in PEM can be read from %.200s",
			certificate);
	return key;
}

int
cap_sign_usable(const char *certificate, char reason[CAP_REASON_MAX])
{
	xmlSecKey *key = key_of(certificate, reason);

	if (key == NULL)
		return -1;
	xmlSecKeyDestroy(key);
	return 0;
}

/* How many signatures there are anywhere within a node. */
static int
count_signatures(xmlNode *node)
{
	int count = 0;

	for (xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_ELEMENT_NODE)
			continue;
		count += xmlSecCheckNodeName(child, xmlSecNodeSignature, xmlSecDSigNs);
		count += count_signatures(child);
	}
	return count;
}

/* Only what is named here may be used; xmlsec's own list is long. */
static int
enable(xmlSecDSigCtx *dsig)
{
	const xmlSecTransformId on_reference[] = { xmlSecTransformEnvelopedId,
		xmlSecTransformInclC14NId, xmlSecTransformInclC14N11Id, xmlSecTransformExclC14NId,
		xmlSecTransformSha256Id, xmlSecTransformSha384Id, xmlSecTransformSha512Id };
	const xmlSecTransformId on_signature[] = { xmlSecTransformInclC14NId,
		xmlSecTransformInclC14N11Id, xmlSecTransformExclC14NId, xmlSecTransformRsaSha256Id,
		xmlSecTransformRsaSha384Id, xmlSecTransformRsaSha512Id,
		xmlSecTransformEcdsaSha256Id, xmlSecTransformEcdsaSha384Id,
		xmlSecTransformEcdsaSha512Id };
	int bad = 0;

	for (size_t i = 0; i < sizeof(on_reference) / sizeof(on_reference[0]); i++)
		bad |= xmlSecDSigCtxEnableReferenceTransform(dsig, on_reference[i]) < 0;
	for (size_t i = 0; i < sizeof(on_signature) / sizeof(on_signature[0]); i++)
		bad |= xmlSecDSigCtxEnableSignatureTransform(dsig, on_signature[i]) < 0;
	dsig->enabledReferenceUris = xmlSecTransformUriTypeEmpty;
	dsig->flags |= XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS;
	return bad ? -1 : 0;
}

/* What was signed is the whole document, once. */
static bool
covers_all(xmlSecDSigCtx *dsig)
{
	const xmlSecDSigReferenceCtx *reference;

	if (xmlSecPtrListGetSize(&dsig->signedInfoReferences) != 1)
		return false;
	reference = xmlSecPtrListGetItem(&dsig->signedInfoReferences, 0);
	return reference != NULL && reference->uri != NULL && reference->uri[0] == '\0';
}

static int
verify(xmlNode *signature, xmlSecKey *key, char reason[CAP_REASON_MAX])
{
	xmlSecDSigCtx *dsig = xmlSecDSigCtxCreate(NULL);
	int bad = -1;

	if (dsig == NULL || enable(dsig) != 0)
		fatal("event=out_of_memory");
	dsig->signKey = xmlSecKeyDuplicate(key);
	if (dsig->signKey == NULL)
		fatal("event=out_of_memory");
	if (xmlSecDSigCtxVerify(dsig, signature) < 0)
		refuse(reason,
			"its signature cannot be checked: it is not the enveloped one of the whole "
			"document, or not by RSA or ECDSA with SHA-2, or of another kind of key");
	else if (dsig->status != xmlSecDSigStatusSucceeded)
		refuse(reason, "its signature does not verify");
	else if (!covers_all(dsig))
		refuse(reason, "its signature is not one of the whole document");
	else
		bad = 0;
	xmlSecDSigCtxDestroy(dsig);
	return bad;
}

int
cap_sign_check(const struct cap *cap, const char *certificate, char reason[CAP_REASON_MAX])
{
	xmlNode *root = xmlDocGetRootElement(cap->document), *signature;
	xmlSecKey *key;
	int bad;

	begin();
	if (!cap->is_signed)
		return refuse(reason, "it is not signed, and its sender must sign");
	signature = xmlSecFindChild(root, xmlSecNodeSignature, xmlSecDSigNs);
	if (signature == NULL || count_signatures(root) != 1)
		return refuse(reason, "it holds more than one signature, or one in a wrong place");
	key = key_of(certificate, reason);
	if (key == NULL)
		return -1;
	bad = verify(signature, key, reason);
	xmlSecKeyDestroy(key);
	return bad;
}
