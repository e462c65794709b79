/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-feed: an Atom feed (RFC 4287) of the city's CAP messages that hold. */
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cap-room-internal.h"
#include "cap.h"
#include "log.h"

#define ATOM_NAMESPACE "http://www.w3.org/2005/Atom"
#define ID_BYTES 48
#define NEVER "1970-01-01T00:00:00Z"

/* Columns of cap_out_shown(). */
enum { IDENTIFIER, SENDER, SENT, DOCUMENT, LIVE, TITLE, SUMMARY, AUTHOR, CATEGORY, UPDATED };

static void
must(int written)
{
	if (written < 0)
		fatal("event=out_of_memory");
}

/* The same words have the same name, for ever: a UUID of their hash (RFC 9562, version 8). */
static void
id_of(const char *a, const char *b, const char *c, char out[ID_BYTES])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char *words;
	int length = asprintf(&words, "%s\n%s\n%s", a, b, c);

	if (length == -1)
		fatal("event=out_of_memory");
	SHA256((unsigned char *)words, (size_t)length, hash);
	free(words);
	hash[6] = (unsigned char)((hash[6] & 0x0F) | 0x80);
	hash[8] = (unsigned char)((hash[8] & 0x3F) | 0x80);
	length = snprintf(out, ID_BYTES, "urn:uuid:");
	for (int i = 0; i < 16; i++)
		length += snprintf(out + length, ID_BYTES - (size_t)length, "%s%02x",
			i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", hash[i]);
}

static void
put(xmlTextWriter *out, const char *name, const char *text)
{
	must(xmlTextWriterWriteElement(out, BAD_CAST name, BAD_CAST text));
}

static void
put_link(xmlTextWriter *out, const char *rel, const char *type, const char *name)
{
	must(xmlTextWriterStartElement(out, BAD_CAST "link"));
	must(xmlTextWriterWriteAttribute(out, BAD_CAST "rel", BAD_CAST rel));
	must(xmlTextWriterWriteAttribute(out, BAD_CAST "type", BAD_CAST type));
	must(xmlTextWriterWriteAttribute(out, BAD_CAST "href", BAD_CAST name));
	must(xmlTextWriterEndElement(out));
}

static void
put_author(xmlTextWriter *out, const char *name)
{
	must(xmlTextWriterStartElement(out, BAD_CAST "author"));
	put(out, "name", name);
	must(xmlTextWriterEndElement(out));
}

static void
put_entry(xmlTextWriter *out, struct cap *words, const PGresult *rows, int row)
{
	const char *value[UPDATED + 1];
	char id[ID_BYTES], name[256];

	for (int i = 0; i <= UPDATED; i++)
		value[i] = cap_text(words, PQgetvalue(rows, row, i));
	id_of(value[SENDER], value[IDENTIFIER], value[SENT], id);
	snprintf(name, sizeof(name), "%s.xml", value[IDENTIFIER]);
	must(xmlTextWriterStartElement(out, BAD_CAST "entry"));
	put(out, "id", id);
	put(out, "title", value[TITLE]);
	put(out, "updated", value[UPDATED]);
	put_author(out, value[AUTHOR]);
	put(out, "summary", value[SUMMARY]);
	put_link(out, "alternate", "application/cap+xml", name);
	must(xmlTextWriterStartElement(out, BAD_CAST "category"));
	must(xmlTextWriterWriteAttribute(out, BAD_CAST "term", BAD_CAST value[CATEGORY]));
	must(xmlTextWriterEndElement(out));
	must(xmlTextWriterEndElement(out));
}

char *
cap_feed(const PGresult *rows, const char *sender, const char *title)
{
	struct cap *words = cap_new(); /* whose memory clean words are */
	xmlBuffer *buffer = xmlBufferCreate();
	xmlTextWriter *out = buffer != NULL ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	char id[ID_BYTES], *feed;

	if (out == NULL)
		fatal("event=out_of_memory");
	id_of(sender, "feed", "", id);
	must(xmlTextWriterSetIndent(out, 1));
	must(xmlTextWriterStartDocument(out, NULL, "UTF-8", NULL));
	must(xmlTextWriterStartElementNS(out, NULL, BAD_CAST "feed", BAD_CAST ATOM_NAMESPACE));
	put(out, "id", id);
	put(out, "title", cap_text(words, title));
	put(out, "updated", PQntuples(rows) > 0 ? PQgetvalue(rows, 0, UPDATED) : NEVER);
	put_author(out, cap_text(words, title));
	put_link(out, "self", "application/atom+xml", "feed.xml");
	for (int i = 0; i < PQntuples(rows); i++)
		if (PQgetvalue(rows, i, LIVE)[0] == 't')
			put_entry(out, words, rows, i);
	must(xmlTextWriterEndDocument(out));
	xmlFreeTextWriter(out);
	feed = strdup((const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	cap_free(words);
	if (feed == NULL)
		fatal("event=out_of_memory");
	return feed;
}
