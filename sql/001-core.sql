-- SPDX-License-Identifier: GPL-3.0-or-later
-- core: who writes to the city, what was said, what waits to leave, and what the city does about it.
--
-- Time: columns named *_at hold city time (city_now(), which a test may move) unless a comment says
-- machine time (clock_timestamp()).  Nothing here says now().
-- State columns hold words; each has its list in a CHECK.

-- The city's clock -------------------------------------------------------------------------------

CREATE TABLE city_clock (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	offset_ interval NOT NULL DEFAULT '0'
);
INSERT INTO city_clock DEFAULT VALUES;

-- A random key, drawn once, that scatters ticket references.
CREATE TABLE secret (
	name text PRIMARY KEY,
	value bigint NOT NULL
);
INSERT INTO secret VALUES ('reference', (random() * 9007199254740991)::bigint);

-- Nodes, links, modems ---------------------------------------------------------------------------

-- One row a start of a gateway.  A node lives as long as its session holds the advisory lock of its
-- epoch: no clock decides.
CREATE TABLE node (
	epoch bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	started_at timestamptz NOT NULL DEFAULT clock_timestamp() -- machine time
);

-- A link is a way out: a SIM (whatever modem holds it today), later an SMPP or HTTP account.  It is what
-- messages are routed to, what has quotas, and what delivery reports come back on.
CREATE TABLE link (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL DEFAULT 'sim' CHECK (kind IN ('sim', 'smpp', 'http')),
	identity text NOT NULL UNIQUE, -- IMSI of a SIM; else its ICCID; else "modem:<name>"
	iccid text,
	number text,
	receive_only boolean NOT NULL DEFAULT false,
	up boolean NOT NULL DEFAULT false,
	down_since timestamptz, -- machine time
	per_minute integer NOT NULL DEFAULT 0, -- caps on segments, 0: none
	per_day integer NOT NULL DEFAULT 0,
	recipients_per_day integer NOT NULL DEFAULT 0,
	credit_reserve integer NOT NULL DEFAULT 0,
	minute_start timestamptz NOT NULL DEFAULT '-infinity',
	minute_count integer NOT NULL DEFAULT 0,
	day date NOT NULL DEFAULT '-infinity',
	day_count integer NOT NULL DEFAULT 0,
	day_recipients integer NOT NULL DEFAULT 0,
	refusals integer NOT NULL DEFAULT 0, -- in a row
	paused_until timestamptz, -- machine time
	pause_reason text
) WITH (fillfactor = 50);

-- Whom a link has sent to today, where its recipients are capped.
CREATE TABLE link_recipient (
	link_id integer NOT NULL REFERENCES link,
	day date NOT NULL,
	contact_id bigint NOT NULL,
	PRIMARY KEY (link_id, day, contact_id)
);

-- A modem is a port of this machine with the administrator's name for it.
CREATE TABLE modem (
	name text PRIMARY KEY,
	state text NOT NULL,
	reason text,
	epoch bigint,
	device text,
	imei text,
	usb_port text,
	model text,
	link_id integer REFERENCES link,
	signal_dbm integer,
	signal_percent integer,
	registration integer,
	network text,
	smsc text,
	used integer,
	capacity integer,
	undeletable integer,
	changed_at timestamptz NOT NULL, -- machine time
	seen_at timestamptz -- machine time
) WITH (fillfactor = 50);

-- Written and committed before a PIN is tried: three wrong ones lock a SIM.
CREATE TABLE pin_attempt (
	iccid text NOT NULL,
	pin_hash bytea NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('trying', 'ok', 'wrong')),
	tried_at timestamptz NOT NULL, -- machine time
	PRIMARY KEY (iccid, pin_hash)
);

-- People -----------------------------------------------------------------------------------------

CREATE TABLE contact (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	number text NOT NULL UNIQUE, -- E.164, a short code, or an alphabetic sender
	kind text NOT NULL CHECK (kind IN ('e164', 'short', 'alphabetic', 'invalid')),
	language text,
	language_chosen boolean NOT NULL DEFAULT false, -- she said so: no guess changes it
	stopped boolean NOT NULL DEFAULT false, -- no reminders, nothing in bulk
	blocked boolean NOT NULL DEFAULT false, -- kept, never answered
	link_id integer REFERENCES link, -- the number that she last wrote to
	version integer NOT NULL DEFAULT 0, -- every handled message adds one: a snapshot is fresh or it is not
	nonsense_count smallint NOT NULL DEFAULT 0, -- not understood, in a row
	nonsense_at timestamptz NOT NULL DEFAULT '-infinity',
	hour_start timestamptz NOT NULL DEFAULT '-infinity', -- of the count of messages in an hour
	hour_count integer NOT NULL DEFAULT 0,
	callback_at timestamptz NOT NULL DEFAULT '-infinity', -- last told that we call back
	concat_ref smallint NOT NULL DEFAULT 0, -- of the last long SMS to her, 3GPP 23.040 9.2.3.24.1
	created_at timestamptz NOT NULL
) WITH (fillfactor = 70);

-- Messages ---------------------------------------------------------------------------------------

CREATE TABLE message (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	direction text NOT NULL CHECK (direction IN ('in', 'out')),
	contact_id bigint NOT NULL REFERENCES contact,
	link_id integer REFERENCES link, -- in: where it came; out: where it left
	kind text NOT NULL DEFAULT 'text'
		CHECK (kind IN ('text', 'type0', 'mwi', '8bit', 'port', 'broken', 'call')),
	body text, -- UTF-8
	at timestamptz NOT NULL,
	service text, -- in: what it was understood as; out: what sends it
	-- in only
	dedupe uuid,
	smsc_time text, -- as the network gave it: shown, never trusted
	udh bytea,
	octets bytea, -- of what is no text
	incomplete boolean NOT NULL DEFAULT false, -- parts of it never came
	-- out only
	state text CHECK (state IN ('queued', 'sent', 'delivered', 'failed', 'unknown', 'expired', 'cancelled')),
	priority smallint,
	segments smallint,
	concat_ref smallint,
	reply_to bigint,
	valid_until timestamptz, -- city time; NULL: the network's own validity
	rerouted boolean NOT NULL DEFAULT false
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX message_dedupe ON message (dedupe) WHERE dedupe IS NOT NULL;
CREATE INDEX message_contact ON message (contact_id, id);
CREATE INDEX message_unknown ON message (id) WHERE state IN ('unknown', 'failed');

-- One part of a long message, kept for good: the raw record of what came.  3GPP 23.040 9.2.3.24.1.
CREATE TABLE part (
	dedupe uuid PRIMARY KEY,
	link_id integer NOT NULL REFERENCES link,
	contact_id bigint NOT NULL REFERENCES contact,
	reference integer NOT NULL,
	total smallint NOT NULL,
	seq smallint NOT NULL,
	body text NOT NULL,
	smsc_time text,
	at timestamptz NOT NULL,
	message_id bigint -- of the joined message
);
CREATE INDEX part_waiting ON part (link_id, contact_id, reference, total) WHERE message_id IS NULL;

-- The open question to a contact: what its form already holds.
CREATE TABLE session (
	contact_id bigint PRIMARY KEY REFERENCES contact,
	service text NOT NULL,
	field text NOT NULL, -- that was asked
	values text NOT NULL, -- name, value, ... separated by U+001F
	message_id bigint NOT NULL, -- that opened it
	expires_at timestamptz NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);

-- What waits for a human.
CREATE TABLE tray (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('not_understood', 'callback', 'poison', 'incomplete', 'modem')),
	contact_id bigint REFERENCES contact,
	message_id bigint,
	note text,
	raw bytea,
	at timestamptz NOT NULL,
	done_at timestamptz,
	done_by text
);
CREATE INDEX tray_open ON tray (kind, id) WHERE done_at IS NULL;

-- The way out ------------------------------------------------------------------------------------

-- Pending segments only.  route 0 is any link.  priority: 0 sos, 1 alert, 2 reply, 3 job, 4 notice,
-- 5 reminder, 6 bulk.  not_before is -infinity for "at once".
CREATE TABLE queue (
	id bigint GENERATED ALWAYS AS IDENTITY,
	route integer NOT NULL,
	priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 6),
	not_before timestamptz NOT NULL DEFAULT '-infinity',
	message_id bigint NOT NULL,
	seq smallint NOT NULL,
	attempts smallint NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
CREATE INDEX queue_next ON queue (route, priority, not_before, id);
CREATE INDEX queue_message ON queue (message_id);

-- Segments being handed to a modem: written before their bytes leave.
CREATE TABLE inflight (
	message_id bigint NOT NULL,
	seq smallint NOT NULL,
	epoch bigint NOT NULL,
	link_id integer NOT NULL,
	priority smallint NOT NULL,
	attempts smallint NOT NULL,
	submitted_at timestamptz NOT NULL, -- machine time
	PRIMARY KEY (message_id, seq)
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 1000);

-- What became of each segment.
CREATE TABLE segment (
	message_id bigint NOT NULL,
	seq smallint NOT NULL,
	link_id integer NOT NULL,
	contact_id bigint NOT NULL,
	state text NOT NULL CHECK (state IN ('sent', 'delivered', 'failed', 'unknown', 'expired')),
	reference smallint, -- TP-MR; NULL when no result came
	error integer, -- +CMS ERROR
	submitted_at timestamptz NOT NULL, -- machine time
	report_status smallint, -- TP-ST of the last report
	report_at timestamptz, -- machine time
	PRIMARY KEY (message_id, seq)
) WITH (fillfactor = 80);
CREATE INDEX segment_report ON segment (link_id, reference, contact_id);
CREATE INDEX segment_unknown ON segment (link_id, contact_id) WHERE state = 'unknown';

-- Every delivery report, also those that come before their segment's result or belong to nothing.
CREATE TABLE delivery_report (
	dedupe uuid PRIMARY KEY,
	link_id integer NOT NULL,
	reference smallint NOT NULL, -- TP-MR
	number text NOT NULL, -- TP-RA as E.164
	status smallint NOT NULL, -- TP-ST
	smsc_at timestamptz, -- when the SMSC took the message: its own clock
	received_at timestamptz NOT NULL, -- machine time
	message_id bigint,
	seq smallint
);
CREATE INDEX delivery_report_early ON delivery_report (link_id, reference) WHERE message_id IS NULL;

-- The city ---------------------------------------------------------------------------------------

CREATE TABLE zone (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	parent_id integer REFERENCES zone
);

CREATE TABLE place (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL,
	kind text NOT NULL DEFAULT 'landmark',
	zone_id integer REFERENCES zone,
	lat double precision,
	long double precision,
	aliases text[] NOT NULL DEFAULT '{}',
	UNIQUE (name, zone_id)
);

CREATE TABLE department (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	categories text[] NOT NULL DEFAULT '{}',
	phone text,
	language text
);

CREATE TABLE crew (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	zone_id integer REFERENCES zone,
	phone text,
	language text
);

CREATE TABLE container (
	number integer PRIMARY KEY CHECK (number > 0),
	zone_id integer REFERENCES zone,
	place text,
	lat double precision,
	long double precision,
	crew_id integer REFERENCES crew,
	capacity integer
);

-- Tickets ----------------------------------------------------------------------------------------

CREATE SEQUENCE ticket_number;

CREATE TABLE ticket (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reference text NOT NULL UNIQUE CHECK (reference ~ '^[A-HJ-NP-Z2-9]{4,8}$'),
	service text NOT NULL,
	category text NOT NULL,
	state text NOT NULL DEFAULT 'open'
		CHECK (state IN ('open', 'assigned', 'in_progress', 'fixed', 'refused', 'duplicate', 'archived')),
	place text,
	place_id bigint REFERENCES place,
	department_id integer REFERENCES department,
	incomplete boolean NOT NULL DEFAULT false,
	opened_at timestamptz NOT NULL,
	changed_at timestamptz NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX ticket_open ON ticket (category, opened_at) WHERE state IN ('open', 'assigned', 'in_progress');

-- One person's report; a ticket may have many.
CREATE TABLE report (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket_id bigint NOT NULL REFERENCES ticket,
	contact_id bigint NOT NULL REFERENCES contact,
	message_id bigint REFERENCES message,
	category text NOT NULL,
	place text,
	words text,
	incomplete boolean NOT NULL DEFAULT false,
	at timestamptz NOT NULL
);
CREATE INDEX report_contact ON report (contact_id, id);
CREATE INDEX report_ticket ON report (ticket_id);

-- What happened to a ticket, in order.
CREATE TABLE event (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	ticket_id bigint NOT NULL REFERENCES ticket,
	what text NOT NULL,
	actor text NOT NULL,
	note text,
	at timestamptz NOT NULL
);
CREATE INDEX event_ticket ON event (ticket_id, id);
