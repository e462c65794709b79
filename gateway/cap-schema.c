/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap-schema: chapter 3.2 of the standard (the data dictionary) and its schema, as a table. */
#include "cap-schema.h"

#include "cap.h"

#define IN(member_) offsetof(struct cap_pair, member_)
static const struct cap_element pair_elements[] = {
	{ .name = "valueName", .kind = CAP_TEXT, .required = true, .offset = IN(name) },
	{ .name = "value", .kind = CAP_TEXT, .required = true, .offset = IN(value) },
	{ .name = NULL },
};
#undef IN

#define IN(member_) offsetof(struct cap_resource, member_)
static const struct cap_element resource_elements[] = {
	{ .name = "resourceDesc", .kind = CAP_TEXT, .required = true, .offset = IN(description) },
	{ .name = "mimeType", .kind = CAP_TEXT, .required = true, .offset = IN(mime_type) },
	{ .name = "size", .kind = CAP_INTEGER, .offset = IN(size) },
	{ .name = "uri", .kind = CAP_TEXT, .offset = IN(uri) },
	{ .name = "derefUri", .kind = CAP_TEXT, .offset = IN(content) },
	{ .name = "digest", .kind = CAP_TEXT, .offset = IN(digest) },
	{ .name = NULL },
};
#undef IN

#define PAIRS(name_, offset_)                                                          \
	{                                                                              \
		.name = (name_), .kind = CAP_GROUP, .many = true, .offset = (offset_), \
		.children = pair_elements, .size = sizeof(struct cap_pair)             \
	}

#define IN(member_) offsetof(struct cap_area, member_)
static const struct cap_element area_elements[] = {
	{ .name = "areaDesc", .kind = CAP_FILLED, .required = true, .offset = IN(description) },
	{ .name = "polygon", .kind = CAP_POLYGON, .many = true, .offset = IN(polygons) },
	{ .name = "circle", .kind = CAP_CIRCLE, .many = true, .offset = IN(circles) },
	PAIRS("geocode", IN(geocodes)),
	{ .name = "altitude", .kind = CAP_NUMBER, .offset = IN(altitude) },
	{ .name = "ceiling", .kind = CAP_NUMBER, .offset = IN(ceiling) },
	{ .name = NULL },
};
#undef IN

#define IN(member_) offsetof(struct cap_info, member_)
static const struct cap_element info_elements[] = {
	{ .name = "language", .kind = CAP_LANGUAGE, .offset = IN(language) },
	{ .name = "category",
		.kind = CAP_WORD,
		.required = true,
		.many = true,
		.offset = IN(categories),
		.choices = "Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|"
			   "Other" },
	{ .name = "event", .kind = CAP_FILLED, .required = true, .offset = IN(event) },
	{ .name = "responseType",
		.kind = CAP_WORD,
		.many = true,
		.offset = IN(responses),
		.choices = "Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None" },
	{ .name = "urgency",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(urgency),
		.choices = "Immediate|Expected|Future|Past|Unknown" },
	{ .name = "severity",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(severity),
		.choices = "Extreme|Severe|Moderate|Minor|Unknown" },
	{ .name = "certainty",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(certainty),
		.choices = "Observed|Likely|Possible|Unlikely|Unknown" },
	{ .name = "audience", .kind = CAP_TEXT, .offset = IN(audience) },
	PAIRS("eventCode", IN(event_codes)),
	{ .name = "effective", .kind = CAP_TIME, .offset = IN(effective) },
	{ .name = "onset", .kind = CAP_TIME, .offset = IN(onset) },
	{ .name = "expires", .kind = CAP_TIME, .offset = IN(expires) },
	{ .name = "senderName", .kind = CAP_TEXT, .offset = IN(sender_name) },
	{ .name = "headline", .kind = CAP_TEXT, .offset = IN(headline) },
	{ .name = "description", .kind = CAP_TEXT, .offset = IN(description) },
	{ .name = "instruction", .kind = CAP_TEXT, .offset = IN(instruction) },
	{ .name = "web", .kind = CAP_TEXT, .offset = IN(web) },
	{ .name = "contact", .kind = CAP_TEXT, .offset = IN(contact) },
	PAIRS("parameter", IN(parameters)),
	{ .name = "resource",
		.kind = CAP_GROUP,
		.many = true,
		.offset = IN(resources),
		.children = resource_elements,
		.size = sizeof(struct cap_resource) },
	{ .name = "area",
		.kind = CAP_GROUP,
		.many = true,
		.offset = IN(areas),
		.children = area_elements,
		.size = sizeof(struct cap_area) },
	{ .name = NULL },
};
#undef IN

#define IN(member_) offsetof(struct cap, member_)
const struct cap_element cap_elements[] = {
	{ .name = "identifier", .kind = CAP_NAME, .required = true, .offset = IN(identifier) },
	{ .name = "sender", .kind = CAP_NAME, .required = true, .offset = IN(sender) },
	{ .name = "sent", .kind = CAP_TIME, .required = true, .offset = IN(sent) },
	{ .name = "status",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(status),
		.choices = "Actual|Exercise|System|Test|Draft" },
	{ .name = "msgType",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(type),
		.choices = "Alert|Update|Cancel|Ack|Error" },
	{ .name = "source", .kind = CAP_TEXT, .offset = IN(source) },
	{ .name = "scope",
		.kind = CAP_WORD,
		.required = true,
		.offset = IN(scope),
		.choices = "Public|Restricted|Private" },
	{ .name = "restriction", .kind = CAP_TEXT, .offset = IN(restriction) },
	{ .name = "addresses", .kind = CAP_TEXT, .offset = IN(addresses) },
	{ .name = "code", .kind = CAP_TEXT, .many = true, .offset = IN(codes) },
	{ .name = "note", .kind = CAP_TEXT, .offset = IN(note) },
	{ .name = "references", .kind = CAP_REFERENCES, .offset = IN(references) },
	{ .name = "incidents", .kind = CAP_TEXT, .offset = IN(incidents) },
	{ .name = "info",
		.kind = CAP_GROUP,
		.many = true,
		.offset = IN(infos),
		.children = info_elements,
		.size = sizeof(struct cap_info) },
	{ .name = NULL },
};
