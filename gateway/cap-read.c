/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cap-read: a CAP 1.2 document becomes a struct cap.
 *
 * libxml2 makes the tree; what it might do beyond that is kept from it: a DOCTYPE ends the parsing
 * before anything in it is read, so there are no entities but XML's own five; depth is counted as
 * elements open; no option of libxml2's that fetches, includes or lifts its limits is set.
 */
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cap-schema.h"
#include "cap.h"
#include "log.h"
#include "text.h"

#define DSIG_NAMESPACE "http://www.w3.org/2000/09/xmldsig#"
#define BLANKS " \t\r\n"
#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SHOWN 60     /* bytes of what is wrong that a reason shows */
#define RING_MIN 4   /* points of a polygon, the last one the first again */
#define KM_MAX 20040 /* half the way around the world */

struct reading {
	struct cap *cap;
	char *reason; /* CAP_REASON_MAX */
	bool has_doctype, is_deep, is_wide;
	int elements, infos, areas;
};

/* --- Words --- */

/* Returns -1, for who refuses. */
static int __attribute__((format(printf, 2, 0)))
say(struct reading *reading, const char *fmt, va_list args)
{
	char words[2 * CAP_REASON_MAX];

	vsnprintf(words, sizeof(words), fmt, args);
	text_utf8_clean(reading->reason, CAP_REASON_MAX, words, strlen(words));
	return -1;
}

static int __attribute__((format(printf, 2, 3)))
refuse(struct reading *reading, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(reading, fmt, args);
	va_end(args);
	return -1;
}

/* What an element should be and is not. */
static int
misfit(struct reading *reading, const xmlNode *node, const char *text, const char *must)
{
	return refuse(reading, "not CAP 1.2 at line %ld: %s is \"%.*s\", and must be %s",
		xmlGetLineNo(node), (const char *)node->name, SHOWN, text, must);
}

/* --- What libxml2 is kept from --- */

static void
start_cb(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int namespaces,
	const xmlChar **namespace, int attributes, int defaulted, const xmlChar **attribute)
{
	xmlParserCtxt *parser = arg;
	struct reading *reading = parser->_private;

	reading->is_deep |= parser->nameNr >= CAP_DEPTH_MAX;
	reading->is_wide |= ++reading->elements > CAP_ELEMENTS_MAX;
	if (reading->is_deep || reading->is_wide) {
		xmlStopParser(parser);
		return;
	}
	xmlSAX2StartElementNs(
		arg, name, prefix, uri, namespaces, namespace, attributes, defaulted, attribute);
}

static void
doctype_cb(void *arg, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
	xmlParserCtxt *parser = arg;

	(void)name;
	(void)public;
	(void)system;
	((struct reading *)parser->_private)->has_doctype = true;
	xmlStopParser(parser);
}

static int
malformed(struct reading *reading, xmlParserCtxt *parser)
{
	const xmlError *error = xmlCtxtGetLastError(parser);
	const char *words = error != NULL && error->message != NULL ? error->message : "no XML";
	int line = error != NULL ? error->line : 0;

	if (reading->has_doctype)
		return refuse(reading,
			"it has a DOCTYPE: none is read, and so no entity is ever declared");
	if (reading->is_deep)
		return refuse(reading, "nested too deep: more than %d elements", CAP_DEPTH_MAX);
	if (reading->is_wide)
		return refuse(reading, "too large: more than %d elements", CAP_ELEMENTS_MAX);
	return refuse(
		reading, "malformed at line %d: %.*s", line, (int)strcspn(words, "\n"), words);
}

/* Returns 0 with the tree in cap->document, or -1. */
static int
parse(struct reading *reading, const char *bytes, size_t length)
{
	const int options =
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
	xmlParserCtxt *parser = xmlNewParserCtxt();
	int bad = 0;

	if (parser == NULL)
		fatal("event=out_of_memory");
	parser->_private = reading;
	parser->sax->startElementNs = start_cb;
	parser->sax->internalSubset = doctype_cb;
	reading->cap->document = xmlCtxtReadMemory(parser, bytes, (int)length, NULL, NULL, options);
	if (reading->cap->document == NULL || reading->has_doctype || reading->is_deep ||
		reading->is_wide)
		bad = malformed(reading, parser);
	xmlFreeParserCtxt(parser);
	return bad;
}

/* --- One value --- */

/* The text of an element that holds nothing else; NULL: refused. */
static const char *
content(struct reading *reading, const xmlNode *node)
{
	xmlChar *text;
	const char *copy;

	for (const xmlNode *child = node->children; child != NULL; child = child->next)
		if (child->type == XML_ELEMENT_NODE) {
			refuse(reading,
				"not CAP 1.2 at line %ld: there is an element in %s, which holds text",
				xmlGetLineNo(node), (const char *)node->name);
			return NULL;
		}
	text = xmlNodeGetContent(node);
	if (text == NULL)
		fatal("event=out_of_memory");
	copy = cap_text(reading->cap, (const char *)text);
	xmlFree(text);
	return copy;
}

static bool
is_choice(const char *word, const char *choices)
{
	while (*choices != '\0') {
		size_t length = strcspn(choices, "|");

		if (strlen(word) == length && strncmp(word, choices, length) == 0)
			return true;
		choices += length + (choices[length] == '|');
	}
	return false;
}

/* xs:language: "fr", "fr-RW"; empty is none. */
static bool
is_language(const char *text)
{
	size_t length = strspn(text, LETTERS);

	if (length < 1 || length > 8)
		return false;
	for (text += length; *text == '-'; text += length) {
		length = strspn(++text, LETTERS DIGITS);
		if (length < 1 || length > 8)
			return false;
	}
	return *text == '\0';
}

/* xs:integer, or with a fraction xs:decimal. */
static bool
is_number(const char *text, bool whole)
{
	size_t before, behind = 0;

	text += *text == '-' || *text == '+';
	before = strspn(text, DIGITS);
	text += before;
	if (!whole && *text == '.') {
		behind = strspn(++text, DIGITS);
		text += behind;
	}
	return before + behind > 0 && *text == '\0';
}

/* A number as CAP's places have it, up to one of the characters `until` or the end. */
static bool
read_degrees(const char **at, const char *until, double most, double *out)
{
	const char *from = *at;
	size_t length = strspn(from, "+-." DIGITS);
	char number[32], *end;

	if (length == 0 || length >= sizeof(number))
		return false;
	snprintf(number, sizeof(number), "%.*s", (int)length, from);
	*out = strtod(number, &end);
	*at = from + length;
	return *end == '\0' && fabs(*out) <= most && (**at == '\0' || strchr(until, **at) != NULL);
}

/* "lat,lon" */
static bool
read_point(const char **at, struct cap_point *out)
{
	if (!read_degrees(at, ",", 90, &out->lat) || **at != ',')
		return false;
	++*at;
	return read_degrees(at, BLANKS, 180, &out->lon);
}

static size_t
count_words(const char *text)
{
	size_t count = 0;

	for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS), count++)
		text += strcspn(text, BLANKS);
	return count;
}

struct cap_polygon *
cap_polygon_read(struct cap *cap, const char *text)
{
	struct cap_polygon *polygon = cap_alloc(cap, sizeof(*polygon));
	const struct cap_point *first, *last;

	polygon->point = cap_alloc(cap, count_words(text) * sizeof(*polygon->point));
	for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS))
		if (!read_point(&text, &polygon->point[polygon->count++]))
			return NULL;
	if (polygon->count < RING_MIN)
		return NULL;
	first = &polygon->point[0];
	last = &polygon->point[polygon->count - 1];
	return first->lat == last->lat && first->lon == last->lon ? polygon : NULL;
}

static int
take_polygon(struct reading *reading, const xmlNode *node, const char *text, void *into)
{
	struct cap_polygon *polygon = cap_polygon_read(reading->cap, text);

	if (polygon == NULL)
		return misfit(reading, node, text,
			"a ring of \"latitude,longitude\", four at least, the last the first");
	cap_append(into, polygon);
	return 0;
}

static int
take_circle(struct reading *reading, const xmlNode *node, const char *text, void *into)
{
	struct cap_circle *circle = cap_alloc(reading->cap, sizeof(*circle));
	const char *at = text;

	if (!read_point(&at, &circle->centre) || *at == '\0')
		return misfit(reading, node, text, "\"latitude,longitude radius\", in km");
	at += strspn(at, BLANKS);
	if (!read_degrees(&at, "", KM_MAX, &circle->km) || circle->km < 0)
		return misfit(reading, node, text, "\"latitude,longitude radius\", in km");
	cap_append(into, circle);
	return 0;
}

/* One "sender,identifier,sent". */
static struct cap_reference *
read_reference(struct cap *cap, const char *word, size_t length)
{
	struct cap_reference *reference = cap_alloc(cap, sizeof(*reference));
	char *copy = cap_alloc(cap, length + 1), *first, *last;
	int64_t at;

	memcpy(copy, word, length);
	first = strchr(copy, ',');
	last = strrchr(copy, ',');
	if (first == NULL || first == last || first == copy || first + 1 == last)
		return NULL;
	*first = *last = '\0';
	reference->sender = copy;
	reference->identifier = first + 1;
	reference->sent = last + 1;
	return cap_time_read(reference->sent, &at) == 0 ? reference : NULL;
}

static int
take_references(struct reading *reading, const xmlNode *node, const char *text, void *into)
{
	if (count_words(text) > CAP_REFERENCES_MAX)
		return refuse(reading, "too large: more than %d references", CAP_REFERENCES_MAX);
	for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS)) {
		size_t length = strcspn(text, BLANKS);
		struct cap_reference *reference = read_reference(reading->cap, text, length);

		if (reference == NULL)
			return misfit(
				reading, node, text, "\"sender,identifier,sent\", again and again");
		cap_append(into, reference);
		text += length;
	}
	return 0;
}

static int
take_time(struct reading *reading, const xmlNode *node, const char *text, struct cap_time *into)
{
	into->text = text;
	return cap_time_read(text, &into->at) == 0
		? 0
		: misfit(reading, node, text, "a time with its zone, as 2026-11-22T14:05:00+02:00");
}

/* What is wrong with a text of that kind ("must be ..."); NULL: nothing. */
static const char *
text_fault(const struct cap_element *element, const char *text)
{
	switch (element->kind) {
	case CAP_NAME:
		return text[0] != '\0' && strpbrk(text, BLANKS ",<&") == NULL
			? NULL
			: "filled, without blanks, commas, < and &";
	case CAP_FILLED:
		return text[0] != '\0' ? NULL : "filled";
	case CAP_WORD:
		return is_choice(text, element->choices) ? NULL : element->choices;
	case CAP_LANGUAGE:
		return is_language(text) ? NULL : "a language's code, as fr-RW";
	case CAP_NUMBER:
		return is_number(text, false) ? NULL : "a number";
	case CAP_INTEGER:
		return is_number(text, true) ? NULL : "a whole number";
	default:
		return NULL;
	}
}

static int
take_text(struct reading *reading, const xmlNode *node, const struct cap_element *element,
	const char *text, void *into)
{
	const char *must = text_fault(element, text);
	struct cap_word *word;

	if (must != NULL)
		return misfit(reading, node, text, must);
	if (!element->many) {
		*(const char **)into = text;
		return 0;
	}
	word = cap_alloc(reading->cap, sizeof(*word));
	word->text = text;
	cap_append(into, word);
	return 0;
}

/* --- Elements --- */

static int take_group(struct reading *reading, const xmlNode *node,
	const struct cap_element *elements, void *base);

/* Of what is looked up one by one later there are bounds. */
static int
count_group(struct reading *reading, const struct cap_element *element)
{
	reading->infos += strcmp(element->name, "info") == 0;
	reading->areas += strcmp(element->name, "area") == 0;
	if (reading->infos > CAP_INFOS_MAX)
		return refuse(reading, "too large: more than %d infos", CAP_INFOS_MAX);
	if (reading->areas > CAP_AREAS_MAX)
		return refuse(reading, "too large: more than %d areas", CAP_AREAS_MAX);
	return 0;
}

static int
take(struct reading *reading, const xmlNode *node, const struct cap_element *element, void *base)
{
	void *into = (char *)base + element->offset, *group;
	const char *text;

	if (element->kind == CAP_GROUP) {
		if (count_group(reading, element) != 0)
			return -1;
		group = cap_alloc(reading->cap, element->size);
		cap_append(into, group);
		return take_group(reading, node, element->children, group);
	}
	text = content(reading, node);
	if (text == NULL)
		return -1;
	switch (element->kind) {
	case CAP_TIME:
		return take_time(reading, node, text, into);
	case CAP_REFERENCES:
		return take_references(reading, node, text, into);
	case CAP_POLYGON:
		return take_polygon(reading, node, text, into);
	case CAP_CIRCLE:
		return take_circle(reading, node, text, into);
	default:
		return take_text(reading, node, element, text, into);
	}
}

static bool
is_blank(const xmlNode *node)
{
	return node->content == NULL ||
		node->content[strspn((const char *)node->content, BLANKS)] == '\0';
}

static bool
is_in(const xmlNode *node, const char *namespace)
{
	return node->ns != NULL && strcmp((const char *)node->ns->href, namespace) == 0;
}

/* Which of the elements a node is; NULL: refused. */
static const struct cap_element *
element_of(struct reading *reading, const xmlNode *node, const struct cap_element *elements)
{
	for (const struct cap_element *e = elements; e->name != NULL; e++)
		if (is_in(node, CAP_NAMESPACE) && strcmp((const char *)node->name, e->name) == 0)
			return e;
	refuse(reading, "not CAP 1.2 at line %ld: %.*s does not belong into %s", xmlGetLineNo(node),
		SHOWN, (const char *)node->name, (const char *)node->parent->name);
	return NULL;
}

/* The elements from *at on that were passed over for `to`: is one of them required? */
static int
pass(struct reading *reading, const xmlNode *parent, const struct cap_element *at,
	const struct cap_element *to, bool seen)
{
	for (; at != to; at++, seen = false)
		if (at->required && !seen)
			return refuse(reading, "not CAP 1.2 at line %ld: %s is missing in %s",
				xmlGetLineNo(parent), at->name, (const char *)parent->name);
	return 0;
}

/* The signature of the whole; where it may stand, cap-sign.c looks closer. */
static bool
take_signature(struct reading *reading, const xmlNode *node)
{
	if (!is_in(node, DSIG_NAMESPACE) || node->parent != xmlDocGetRootElement(node->doc))
		return false;
	reading->cap->is_signed = true;
	return true;
}

/* Children in the schema's order, each as often as it may be. */
static int
take_group(struct reading *reading, const xmlNode *node, const struct cap_element *elements,
	void *base)
{
	const struct cap_element *at = elements, *end = elements, *element;
	bool seen = false;

	while (end->name != NULL)
		end++;
	for (const xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type == XML_TEXT_NODE && !is_blank(child))
			return refuse(reading,
				"not CAP 1.2 at line %ld: %s holds words between elements",
				xmlGetLineNo(child), (const char *)node->name);
		if (child->type != XML_ELEMENT_NODE || take_signature(reading, child))
			continue;
		element = element_of(reading, child, elements);
		if (element == NULL)
			return -1;
		if (element < at || reading->cap->is_signed || (element == at && seen && !at->many))
			return refuse(reading, "not CAP 1.2 at line %ld: %s %s",
				xmlGetLineNo(child), element->name,
				element == at ? "stands twice" : "does not stand in its place");
		if (pass(reading, node, at, element, seen) != 0)
			return -1;
		at = element;
		seen = true;
		if (take(reading, child, element, base) != 0)
			return -1;
	}
	return pass(reading, node, at, end, seen);
}

/* --- The whole --- */

static int
take_root(struct reading *reading)
{
	const xmlNode *root = xmlDocGetRootElement(reading->cap->document);
	const char *namespace =
		root != NULL && root->ns != NULL ? (const char *)root->ns->href : "";

	if (root == NULL || strcmp((const char *)root->name, "alert") != 0 ||
		strcmp(namespace, CAP_NAMESPACE) != 0)
		return refuse(reading,
			"not CAP 1.2: the document is %.*s of the namespace \"%.*s\"", SHOWN,
			root != NULL ? (const char *)root->name : "empty", SHOWN, namespace);
	return take_group(reading, root, cap_elements, reading->cap);
}

/* What the standard says in words alone. */
static int
check_sense(struct reading *reading)
{
	const struct cap *cap = reading->cap;

	if (cap->references == NULL &&
		(strcmp(cap->type, "Update") == 0 || strcmp(cap->type, "Cancel") == 0))
		return refuse(
			reading, "not CAP 1.2: a message of type %s without references", cap->type);
	if (strcmp(cap->scope, "Restricted") == 0 && cap->restriction == NULL)
		return refuse(reading, "not CAP 1.2: of scope Restricted, without restriction");
	if (strcmp(cap->scope, "Private") == 0 && cap->addresses == NULL)
		return refuse(reading, "not CAP 1.2: of scope Private, without addresses");
	for (const struct cap_info *info = cap->infos; info != NULL; info = info->next)
		if (info->expires.text != NULL && info->onset.text != NULL &&
			info->expires.at < info->onset.at)
			return refuse(reading, "not CAP 1.2: it expires before its onset");
	return 0;
}

struct cap *
cap_read(const char *bytes, size_t length, char reason[CAP_REASON_MAX])
{
	struct reading reading = { .reason = reason };

	if (length > CAP_BYTES_MAX) {
		refuse(&reading, "too large: over %d bytes", CAP_BYTES_MAX);
		return NULL;
	}
	if (length == 0) {
		refuse(&reading, "empty");
		return NULL;
	}
	reading.cap = cap_new();
	if (parse(&reading, bytes, length) == 0 && take_root(&reading) == 0 &&
		check_sense(&reading) == 0)
		return reading.cap;
	cap_free(reading.cap);
	return NULL;
}
