/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-write: a struct cap becomes a CAP 1.2 document, by the table that reading goes by. */
#include <libxml/tree.h>
#include <libxml/xmlwriter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cap-schema.h"
#include "cap.h"
#include "log.h"

/* A failure of libxml2's writer in memory is want of memory. */
static void
must(int written)
{
	if (written < 0)
		fatal("event=out_of_memory");
}

static void
put(xmlTextWriter *out, const char *name, const char *text)
{
	if (text != NULL)
		must(xmlTextWriterWriteElement(out, BAD_CAST name, BAD_CAST text));
}

static void
put_words(xmlTextWriter *out, const char *name, const struct cap_word *word)
{
	for (; word != NULL; word = word->next)
		put(out, name, word->text);
}

static void
put_references(xmlTextWriter *out, const char *name, const struct cap_reference *reference)
{
	if (reference == NULL)
		return;
	must(xmlTextWriterStartElement(out, BAD_CAST name));
	for (; reference != NULL; reference = reference->next) {
		const char *part[] = { reference->sender, ",", reference->identifier, ",",
			reference->sent, reference->next != NULL ? " " : "" };

		for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
			must(xmlTextWriterWriteString(out, BAD_CAST part[i]));
	}
	must(xmlTextWriterEndElement(out));
}

static void
put_polygons(xmlTextWriter *out, const char *name, const struct cap_polygon *polygon)
{
	for (; polygon != NULL; polygon = polygon->next) {
		must(xmlTextWriterStartElement(out, BAD_CAST name));
		for (size_t i = 0; i < polygon->count; i++)
			must(xmlTextWriterWriteFormatString(out, "%s%.6f,%.6f", i > 0 ? " " : "",
				polygon->point[i].lat, polygon->point[i].lon));
		must(xmlTextWriterEndElement(out));
	}
}

static void
put_circles(xmlTextWriter *out, const char *name, const struct cap_circle *circle)
{
	for (; circle != NULL; circle = circle->next)
		must(xmlTextWriterWriteFormatElement(out, BAD_CAST name, "%.6f,%.6f %.3f",
			circle->centre.lat, circle->centre.lon, circle->km));
}

static void put_group(xmlTextWriter *out, const struct cap_element *elements, const void *base);

/* Of a list of groups, each `next` comes first. */
static void
put_groups(xmlTextWriter *out, const struct cap_element *element, const void *group)
{
	for (; group != NULL; group = *(void *const *)group) {
		must(xmlTextWriterStartElement(out, BAD_CAST element->name));
		put_group(out, element->children, group);
		must(xmlTextWriterEndElement(out));
	}
}

static void
put_element(xmlTextWriter *out, const struct cap_element *element, const void *at)
{
	switch (element->kind) {
	case CAP_GROUP:
		put_groups(out, element, *(void *const *)at);
		break;
	case CAP_TIME:
		put(out, element->name, ((const struct cap_time *)at)->text);
		break;
	case CAP_REFERENCES:
		put_references(out, element->name, *(struct cap_reference *const *)at);
		break;
	case CAP_POLYGON:
		put_polygons(out, element->name, *(struct cap_polygon *const *)at);
		break;
	case CAP_CIRCLE:
		put_circles(out, element->name, *(struct cap_circle *const *)at);
		break;
	default:
		if (element->many)
			put_words(out, element->name, *(struct cap_word *const *)at);
		else
			put(out, element->name, *(const char *const *)at);
	}
}

static void
put_group(xmlTextWriter *out, const struct cap_element *elements, const void *base)
{
	for (; elements->name != NULL; elements++)
		put_element(out, elements, (const char *)base + elements->offset);
}

char *
cap_write(const struct cap *cap)
{
	xmlBuffer *buffer = xmlBufferCreate();
	xmlTextWriter *out = buffer != NULL ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	char *document;

	if (out == NULL)
		fatal("event=out_of_memory");
	must(xmlTextWriterSetIndent(out, 1));
	must(xmlTextWriterSetIndentString(out, BAD_CAST "  "));
	must(xmlTextWriterStartDocument(out, NULL, "UTF-8", NULL));
	must(xmlTextWriterStartElementNS(out, NULL, BAD_CAST "alert", BAD_CAST CAP_NAMESPACE));
	put_group(out, cap_elements, cap);
	must(xmlTextWriterEndDocument(out));
	xmlFreeTextWriter(out);
	document = strdup((const char *)xmlBufferContent(buffer));
	xmlBufferFree(buffer);
	if (document == NULL)
		fatal("event=out_of_memory");
	return document;
}

char *
cap_document(const struct cap *cap)
{
	xmlChar *text;
	int length;
	char *document;

	xmlDocDumpMemoryEnc(cap->document, &text, &length, "UTF-8");
	document = text != NULL ? strdup((const char *)text) : NULL;
	xmlFree(text);
	if (document == NULL)
		fatal("event=out_of_memory");
	return document;
}
