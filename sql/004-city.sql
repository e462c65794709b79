-- SPDX-License-Identifier: GPL-3.0-or-later
-- city: skips and their crews, what is due and when, who is told what, and what waits for a human.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

-- What SQL must know of the configuration: every gateway writes it at its start and at a reload, and
-- setting_*() read it.  Absent: the default that the reader gives.
CREATE TABLE setting (
	name text PRIMARY KEY,
	value text NOT NULL
);

-- The office's calendar.
CREATE TABLE holiday (
	day date PRIMARY KEY,
	name text NOT NULL
);

-- People ------------------------------------------------------------------------------------------

ALTER TABLE contact
	ADD COLUMN helper boolean NOT NULL DEFAULT false, -- registered to report for others
	ADD COLUMN news_stopped boolean NOT NULL DEFAULT false, -- wants no news of her own tickets
	ADD COLUMN warnings_stopped boolean NOT NULL DEFAULT false, -- wants no danger warnings
	ADD COLUMN erased_at timestamptz; -- the person was forgotten; the number is no number any more

-- A crew is one phone, its chief's.  The PIN's hash is salted; four digits are guessed quickly by whoever reads
-- this table, so what protects them is the count of failures.
ALTER TABLE crew
	ADD COLUMN pin_salt text,
	ADD COLUMN pin_hash bytea, -- NULL: no PIN
	ADD COLUMN pin_failures smallint NOT NULL DEFAULT 0, -- in a row
	ADD COLUMN pin_locked_until timestamptz; -- city time
CREATE INDEX crew_phone ON crew (phone);
CREATE INDEX crew_zone ON crew (zone_id);
CREATE INDEX container_zone ON container (zone_id);
CREATE INDEX place_trgm ON place USING gin (lower(name) gin_trgm_ops);

-- Who did what to whom, where the law or a quarrel may ask.  Kept when the person is forgotten.
CREATE TABLE audit (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	actor text NOT NULL, -- the person at the keyboard, "citizen", or "job"
	what text NOT NULL,
	object text NOT NULL, -- a reference, a row's id: never a number or words
	reason text,
	at timestamptz NOT NULL
);

-- Tickets -----------------------------------------------------------------------------------------

ALTER TABLE ticket
	ADD COLUMN kind text, -- of a skip: full, burning, beside, damaged, not_collected, heap, drain, hazardous
	ADD COLUMN container integer REFERENCES container,
	ADD COLUMN zone_id integer REFERENCES zone,
	ADD COLUMN crew_id integer REFERENCES crew,
	ADD COLUMN urgent boolean NOT NULL DEFAULT false,
	ADD COLUMN restricted boolean NOT NULL DEFAULT false, -- for named readers only: no crew, no news, no export
	ADD COLUMN reason text, -- why refused, or archived
	ADD COLUMN due_at timestamptz,
	ADD COLUMN reminded_at timestamptz, -- the department, before it is due
	ADD COLUMN escalated_at timestamptz, -- after
	ADD COLUMN closed_at timestamptz,
	ADD COLUMN reopened smallint NOT NULL DEFAULT 0;
-- One open ticket per container and kind: a later report joins it.
CREATE UNIQUE INDEX ticket_container ON ticket (container, kind)
	WHERE container IS NOT NULL AND state IN ('open', 'assigned', 'in_progress');
CREATE INDEX ticket_crew ON ticket (crew_id, id) WHERE state IN ('open', 'assigned', 'in_progress');
CREATE INDEX ticket_due ON ticket (due_at) WHERE state IN ('open', 'assigned', 'in_progress');

ALTER TABLE report
	ADD COLUMN helper_id bigint REFERENCES contact, -- who sent it for this person
	ADD COLUMN told smallint NOT NULL DEFAULT 0; -- SMS about this ticket, beside the reply

-- "Is it fixed?": asked of three of a ticket's reporters; her answer is the satisfaction count too.
CREATE TABLE followup (
	ticket_id bigint NOT NULL REFERENCES ticket,
	contact_id bigint NOT NULL REFERENCES contact,
	asked_at timestamptz NOT NULL,
	expires_at timestamptz NOT NULL,
	answer boolean, -- NULL: none yet
	answered_at timestamptz,
	PRIMARY KEY (ticket_id, contact_id, asked_at)
);
CREATE INDEX followup_open ON followup (contact_id, expires_at) WHERE answer IS NULL;

-- What is to be said ------------------------------------------------------------------------------

-- A text of conf/texts to be said to someone at a time.  The gateway renders due ones in the contact's language and
-- queues them; SQL knows no language.  Those with the same digest to one contact become one SMS.
CREATE TABLE notice (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	contact_id bigint NOT NULL REFERENCES contact,
	text_key text NOT NULL,
	values text[] NOT NULL DEFAULT '{}', -- name, value, ... as an outcome's
	priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 6),
	service text NOT NULL, -- that speaks, for the account of costs
	ticket_id bigint REFERENCES ticket,
	digest text, -- NULL: alone.  Else the key of the text around them, which has {items}
	not_before timestamptz NOT NULL,
	valid_min integer NOT NULL DEFAULT 0
);
CREATE INDEX notice_due ON notice (not_before, id);
CREATE INDEX notice_ticket ON notice (ticket_id);

-- What waits for a human.
ALTER TABLE tray DROP CONSTRAINT tray_kind_check;
ALTER TABLE tray ADD CONSTRAINT tray_kind_check CHECK (kind IN ('not_understood', 'callback', 'poison', 'incomplete',
	'modem', 'question', 'restricted'));
ALTER TABLE tray ADD COLUMN ticket_id bigint REFERENCES ticket;
CREATE INDEX tray_contact ON tray (contact_id) WHERE done_at IS NULL;
