-- SPDX-License-Identifier: GPL-3.0-or-later
-- people: what ends: persons who asked to be forgotten, and data whose time is over.

-- A number that is kept for one SMS alone: the word that everything is erased.  Its contact is a new one, and erased too
-- when that SMS has left, unless she wrote again meanwhile.
CREATE TABLE farewell (
	contact_id bigint PRIMARY KEY REFERENCES contact,
	at timestamptz NOT NULL
);

-- How far each kind of data has been looked through for what is too old (keep_days).
CREATE TABLE retention (
	kind text PRIMARY KEY,
	day date NOT NULL DEFAULT '-infinity', -- on which it was last done with
	position bigint NOT NULL DEFAULT 0, -- the last id that was looked at
	erased bigint NOT NULL DEFAULT 0 -- in the turn that is under way
);

CREATE INDEX contact_erased ON contact (id) WHERE erased_at IS NOT NULL;
CREATE INDEX delivery_report_age ON delivery_report USING brin (received_at);
