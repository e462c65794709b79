-- SPDX-License-Identifier: GPL-3.0-or-later
-- ussd: sessions that an aggregator brings, and what SIMs say of their own airtime.

-- Citizens' sessions ------------------------------------------------------------------------------

ALTER TABLE message DROP CONSTRAINT message_kind_check;
ALTER TABLE message ADD CONSTRAINT message_kind_check
	CHECK (kind IN ('text', 'type0', 'mwi', '8bit', 'port', 'broken', 'call', 'ussd'));

-- One session of a phone, as its aggregator names it.
CREATE TABLE ussd_session (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	way text NOT NULL, -- of the configuration: who brings it
	session text NOT NULL, -- its name there
	contact_id bigint NOT NULL REFERENCES contact,
	code text NOT NULL, -- that was dialled: *384#
	menu text NOT NULL,
	started_at timestamptz NOT NULL,
	stepped_at timestamptz NOT NULL,
	steps integer NOT NULL DEFAULT 0,
	history text NOT NULL DEFAULT '', -- all that was keyed; emptied when it has ended
	state text NOT NULL DEFAULT '', -- gateway/ussd-form.h; emptied with the history
	service text, -- of the form that is begun and not filed; NULL: nothing to go on with
	complete boolean NOT NULL DEFAULT false, -- but for the confirmation
	summary text NOT NULL DEFAULT '', -- of that form, as she saw it
	-- She has confirmed it, and the inbox has it: nobody else may go on with it.  Taken back with what is stored of it.
	running boolean NOT NULL DEFAULT false,
	offers bigint, -- her session that was cut, which this one asks whether to go on with
	ended_at timestamptz,
	-- shown: its last screen; cut: told by the aggregator, or no step came; resumed: by a later one
	how text CHECK (how IN ('shown', 'cut', 'resumed')),
	settled boolean NOT NULL DEFAULT false, -- a cut one is neither resumed nor put before a human any more
	UNIQUE (way, session)
) WITH (fillfactor = 70);
CREATE INDEX ussd_session_contact ON ussd_session (contact_id, id);
-- Of stepped_at there is none, since each step would write to it.
CREATE INDEX ussd_session_open ON ussd_session (id) WHERE ended_at IS NULL;
CREATE INDEX ussd_session_unsettled ON ussd_session (ended_at) WHERE how = 'cut' AND NOT settled;

-- What each step was answered with: told again, it gets the same.
CREATE TABLE ussd_step (
	session_id bigint NOT NULL REFERENCES ussd_session ON DELETE CASCADE,
	digest uuid NOT NULL, -- of the whole text
	screen text NOT NULL,
	more boolean NOT NULL,
	PRIMARY KEY (session_id, digest)
);

ALTER TABLE tray DROP CONSTRAINT tray_kind_check;
ALTER TABLE tray ADD CONSTRAINT tray_kind_check CHECK (kind IN ('not_understood', 'callback', 'poison', 'incomplete',
	'modem', 'question', 'restricted', 'payment', 'forged', 'money', 'unconfirmed'));
