-- SPDX-License-Identifier: GPL-3.0-or-later
-- place-names: the gazetteer as it is searched, and what complaints near by are found by.

-- Every name and alias of a place, and of a zone that is no place too, folded: kept by triggers on these two.
CREATE TABLE place_name (
	folded text NOT NULL,
	core text NOT NULL, -- without the words that every market or street has
	place_id bigint REFERENCES place ON DELETE CASCADE,
	zone_id integer REFERENCES zone ON DELETE CASCADE,
	CHECK (num_nonnulls(place_id, zone_id) = 1)
);
CREATE INDEX place_name_folded ON place_name (folded);
CREATE INDEX place_name_core ON place_name USING gin (core gin_trgm_ops) WITH (fastupdate = off);
CREATE UNIQUE INDEX place_name_place ON place_name (place_id, folded) WHERE place_id IS NOT NULL;
CREATE UNIQUE INDEX place_name_zone ON place_name (zone_id) WHERE zone_id IS NOT NULL;
DROP INDEX place_trgm;

CREATE INDEX place_near ON place (lat, long);
CREATE INDEX ticket_place ON ticket (place_id, category, opened_at)
	WHERE place_id IS NOT NULL AND state IN ('open', 'assigned', 'in_progress');

-- The reference of a ticket that became another's before anybody had seen it.
CREATE TABLE ticket_alias (
	reference text PRIMARY KEY,
	ticket_id bigint NOT NULL REFERENCES ticket
);
CREATE INDEX ticket_alias_ticket ON ticket_alias (ticket_id);
