-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert: warnings of danger, who drafts and approves them and who gets them; calls for help and who goes; shelters, gauges.

-- A zone's outline, as (longitude, latitude); NULL: not known.
ALTER TABLE zone ADD COLUMN outline polygon;

-- People ------------------------------------------------------------------------------------------

-- Who may do what about alerts: one row a person, whichever way she comes: her login at a keyboard, her phone, later the console.
-- That the same person does not approve what she drafted is a matter of these rows.
CREATE TABLE officer (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	login text UNIQUE,
	contact_id bigint UNIQUE REFERENCES contact, -- her registered phone
	roles text[] NOT NULL DEFAULT '{}' CHECK (roles <@ '{draft,approve,override,duty,police}'),
	duty integer, -- her place in the chain of who is woken; NULL: by name, after the others
	active boolean NOT NULL DEFAULT true -- false: was one
);

-- Lists of numbers beside those who subscribed: chiefs, mosques, churches, radio, schools, health posts, staff.
CREATE TABLE recipient_list (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	kind text NOT NULL CHECK (kind IN ('relay', 'contacts', 'staff')) -- relay: goes first; staff: exercises and tests go to it
);
CREATE TABLE list_member (
	list_id integer NOT NULL REFERENCES recipient_list,
	contact_id bigint NOT NULL REFERENCES contact,
	zone_id integer REFERENCES zone, -- for alerts there; NULL: for all
	PRIMARY KEY (list_id, contact_id)
);
CREATE INDEX list_member_contact ON list_member (contact_id);

-- Who asked to be warned of what happens in a zone, and in those within it.
CREATE TABLE subscription (
	contact_id bigint NOT NULL REFERENCES contact,
	zone_id integer NOT NULL REFERENCES zone,
	at timestamptz NOT NULL,
	PRIMARY KEY (contact_id, zone_id)
);
CREATE INDEX subscription_zone ON subscription (zone_id);

-- Alerts ------------------------------------------------------------------------------------------

-- Words of severity, urgency and certainty are those of CAP 1.2.  An update, cancel or all-clear `follows` the one before it.
CREATE TABLE alert (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reference text NOT NULL UNIQUE,
	kind text NOT NULL DEFAULT 'alert' CHECK (kind IN ('alert', 'update', 'cancel', 'clear')),
	follows bigint REFERENCES alert,
	status text NOT NULL DEFAULT 'actual' CHECK (status IN ('actual', 'exercise', 'test')),
	event text NOT NULL, -- the template's name, or CAP's own word
	severity text NOT NULL DEFAULT 'Severe'
		CHECK (severity IN ('Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown')),
	urgency text NOT NULL DEFAULT 'Immediate'
		CHECK (urgency IN ('Immediate', 'Expected', 'Future', 'Past', 'Unknown')),
	certainty text NOT NULL DEFAULT 'Likely'
		CHECK (certainty IN ('Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown')),
	zones integer[] NOT NULL DEFAULT '{}', -- as named: those within them are meant too
	starts_at timestamptz NOT NULL, -- city time: when the danger begins
	expires_at timestamptz NOT NULL, -- city time: when the warning is over; no SMS of it is delivered later
	sender_name text NOT NULL, -- who speaks
	to_subscribers boolean NOT NULL DEFAULT true,
	to_relays boolean NOT NULL DEFAULT true,
	to_lists integer[] NOT NULL DEFAULT '{}', -- of recipient_list
	to_reporters boolean NOT NULL DEFAULT false, -- who reported something there: where the city's law allows it
	order_ text[] NOT NULL DEFAULT '{relays,zones,lists,random}',
	blanks text[] NOT NULL DEFAULT '{}', -- name, value, ... of the template's blanks
	state text NOT NULL DEFAULT 'composing'
		CHECK (state IN ('composing', 'draft', 'approved', 'done', 'stopped', 'dropped')),
	fault text, -- why its texts could not be composed
	version integer NOT NULL DEFAULT 1, -- an edit makes a new one, and voids approval and codes
	origin text NOT NULL CHECK (origin IN ('keyboard', 'sms', 'cap', 'gauge', 'console')),
	trusted boolean NOT NULL DEFAULT false, -- its sender needs nobody's approval for such an event
	language text, -- of those who read none of its languages
	drafted_by integer REFERENCES officer, -- NULL: a machine did
	drafted_at timestamptz NOT NULL,
	edited_by integer REFERENCES officer, -- last: counts as who drafted it, too
	forecast_to integer REFERENCES officer, -- wrote it by SMS, and hears so what it will take once it is counted
	approved_by integer REFERENCES officer, -- NULL of one that is approved: a trusted sender's
	approved_at timestamptz,
	approved_how text, -- keyboard, sms, override, trusted sender
	ended_by text, -- who stopped or dropped it
	ended_at timestamptz,
	reason text, -- of the override, or of its end
	counted_at timestamptz, -- when its recipients were last counted
	topped_at timestamptz, -- when those who came after that were added, once it was approved
	swept boolean NOT NULL DEFAULT true -- false: once it is over, what is planned or queued of it is still to be taken back
) WITH (fillfactor = 70);
CREATE INDEX alert_open ON alert (id) WHERE state IN ('composing', 'draft', 'approved') OR NOT swept;
CREATE INDEX alert_follows ON alert (follows) WHERE follows IS NOT NULL;

-- What SQL must know of the templates (conf/alerts/), to draft what comes by SMS or from a gauge: the gateway keeps it.
CREATE TABLE alert_event (
	event text NOT NULL,
	language text NOT NULL,
	name text NOT NULL, -- what it is called there
	also text NOT NULL, -- and other words for it, separated by commas
	severity text NOT NULL,
	urgency text NOT NULL,
	certainty text NOT NULL,
	lasts_h integer NOT NULL,
	police boolean NOT NULL, -- only an officer of that role drafts it
	PRIMARY KEY (event, language)
);

-- What it says in each language: all that somebody is told who gets nothing else.
CREATE TABLE alert_text (
	alert_id bigint NOT NULL REFERENCES alert,
	language text NOT NULL,
	headline text, -- for CAP alone
	body text NOT NULL,
	segments smallint NOT NULL CHECK (segments > 0),
	units integer NOT NULL, -- of its coding: what is over one segment can be told
	ucs2 boolean NOT NULL,
	reviewed_by text, -- the human who has read it; NULL: nobody
	PRIMARY KEY (alert_id, language)
);

-- Who gets it, each number once.  Expanded into messages in the order of `rank`, as links have room.
CREATE TABLE alert_recipient (
	alert_id bigint NOT NULL, -- of alert; a hundred thousand rows at once: no foreign keys
	contact_id bigint NOT NULL,
	rank bigint NOT NULL,
	why text NOT NULL CHECK (why IN ('relay', 'subscriber', 'list', 'reporter', 'staff', 'before')), -- before: got what this one follows
	zone_id integer, -- by which; NULL: a list for all zones
	language text NOT NULL, -- of the text that she gets
	state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'queued', 'dropped')),
	reason text, -- why dropped
	message_id bigint, -- the last one
	tries smallint NOT NULL DEFAULT 0, -- messages that were made for her
	maybe boolean NOT NULL DEFAULT false, -- one before the last may have reached her, or a part of it
	PRIMARY KEY (alert_id, contact_id)
) WITH (fillfactor = 80);
CREATE INDEX alert_recipient_next ON alert_recipient (alert_id, rank) WHERE state = 'planned';
CREATE INDEX alert_recipient_message ON alert_recipient (message_id) WHERE message_id IS NOT NULL;

-- A code that lets one officer approve one version from her registered phone, once.
CREATE TABLE alert_code (
	alert_id bigint NOT NULL REFERENCES alert,
	officer_id integer NOT NULL REFERENCES officer,
	version integer NOT NULL,
	salt text NOT NULL,
	hash bytea NOT NULL,
	failures smallint NOT NULL DEFAULT 0,
	expires_at timestamptz NOT NULL,
	used_at timestamptz,
	PRIMARY KEY (alert_id, officer_id)
);

-- CAP messages, in and out: known by who sent them, which one, and when.
CREATE TABLE cap_message (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	direction text NOT NULL CHECK (direction IN ('in', 'out')),
	identifier text NOT NULL,
	sender text NOT NULL,
	sent text NOT NULL, -- as written
	status text NOT NULL,
	type text NOT NULL,
	names text NOT NULL DEFAULT '', -- its references
	alert_id bigint REFERENCES alert, -- NULL: nothing came of it
	outcome text NOT NULL, -- what came of it
	document text NOT NULL,
	at timestamptz NOT NULL,
	UNIQUE (identifier, sender, sent)
);
CREATE INDEX cap_message_alert ON cap_message (alert_id) WHERE alert_id IS NOT NULL;

-- Help --------------------------------------------------------------------------------------------

CREATE TABLE gauge (
	number integer PRIMARY KEY CHECK (number > 0),
	name text NOT NULL,
	contact_id bigint NOT NULL REFERENCES contact, -- the phone that tells its level
	zone_id integer REFERENCES zone,
	unit text NOT NULL DEFAULT 'm',
	threshold numeric NOT NULL,
	event text NOT NULL DEFAULT 'flood', -- the template of the alert that it drafts
	above_since timestamptz -- NULL: it was below when it last told
);
CREATE INDEX gauge_contact ON gauge (contact_id);
CREATE TABLE gauge_reading (
	gauge_number integer NOT NULL REFERENCES gauge,
	level numeric NOT NULL,
	message_id bigint REFERENCES message,
	at timestamptz NOT NULL
);
CREATE INDEX gauge_reading_last ON gauge_reading (gauge_number, at);

CREATE TABLE shelter (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	zone_id integer NOT NULL REFERENCES zone,
	place text,
	lat double precision,
	long double precision,
	capacity integer CHECK (capacity >= 0),
	open boolean NOT NULL DEFAULT true,
	UNIQUE (name, zone_id)
);

-- Something that a duty officer must take: who was woken, who is next, and who has it.
CREATE TABLE duty_call (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('sos', 'gauge', 'alert')),
	reference text NOT NULL UNIQUE, -- answered as VU <reference>: the ticket's or the alert's
	ticket_id bigint REFERENCES ticket,
	alert_id bigint REFERENCES alert,
	text_key text NOT NULL, -- what they are told, with
	values text[] NOT NULL,
	woken integer[] NOT NULL DEFAULT '{}', -- officers, in their order
	next_at timestamptz, -- when the next one is woken; NULL: nobody is left, or it is taken
	taken_by integer REFERENCES officer,
	taken_at timestamptz,
	nobody_at timestamptz, -- when the chain came to its end
	at timestamptz NOT NULL
);
CREATE INDEX duty_call_next ON duty_call (next_at) WHERE next_at IS NOT NULL;

-- What a call for help says beside where: on the ticket, which it opens before anything is asked.
ALTER TABLE ticket ADD COLUMN people integer;

-- Links -------------------------------------------------------------------------------------------

ALTER TABLE link
	ADD COLUMN send_ms integer, -- what a segment takes, as last measured; NULL: not yet
	ADD COLUMN bundle integer, -- SMS left in its bundle: what was told at bundle_at without what has left since; NULL: not told
	ADD COLUMN balance text, -- as the operator or the administrator said it, at bundle_at
	ADD COLUMN bundle_at timestamptz;
