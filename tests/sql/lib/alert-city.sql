-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-city: a small city for tests of alerts: zones in a tree, officers of all sorts, relays, staff, and forty citizens.
-- pg_temp.draft(fields) drafts a flood in Kimisagara by Aline and writes its texts; pg_temp.approve() has Ben approve it.

SET timezone = 'Africa/Kigali';
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 15:00' - clock_timestamp();

INSERT INTO zone (name) VALUES ('Nyarugenge');
INSERT INTO zone (name, parent_id) VALUES ('Kimisagara', 1), ('Gitega', 1);
INSERT INTO zone (name, parent_id) VALUES ('Katabaro', 2), ('Kamuhoza', 2);
INSERT INTO contact (number, kind, language, created_at)
SELECT '+250788' || lpad(n::text, 6, '0'), 'e164', (ARRAY['en', 'fr'])[1 + n % 2], city_now() FROM generate_series(1, 60) n;

INSERT INTO officer (name, login, contact_id, roles, active) VALUES
	('Aline', 'aline', 51, '{draft,approve}', true), ('Ben', 'ben', 52, '{draft,approve}', true),
	('Chef', 'chef', 53, '{approve,override}', true), ('Dan', 'dan', 54, '{draft}', true),
	('Paul', 'paul', 55, '{police}', true), ('Old', 'old', 56, '{draft,approve,override}', false),
	('Eve', 'eve', NULL, '{approve}', true);
INSERT INTO recipient_list (name, kind) VALUES ('chiefs', 'relay'), ('schools', 'contacts'), ('staff', 'staff');

-- Each officer by her name.
CREATE FUNCTION pg_temp.o(p_name text) RETURNS integer LANGUAGE sql AS $$ SELECT id FROM officer WHERE name = p_name $$;

CREATE FUNCTION pg_temp.texts(p_reference text, p_segments integer DEFAULT 1) RETURNS text LANGUAGE sql AS $$
	SELECT alert_texts_set(p_reference, '{en,fr}', '{"Flood. Go up.","Crue. Montez."}', ARRAY[p_segments, p_segments],
		'{14,14}', '{f,f}', '{Claire,NULL}', '{flood,crue}')
$$;

CREATE FUNCTION pg_temp.draft(p_fields jsonb DEFAULT '{}', p_segments integer DEFAULT 1) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM alert_draft(pg_temp.o('Aline'), 'keyboard', '{"event": "flood", "zones": [2]}'::jsonb
		|| jsonb_build_object('expires', (city_now() + interval '6 hours')::text) || p_fields);
	ASSERT v.outcome = 'drafted', v.outcome;
	ASSERT pg_temp.texts(v.reference, p_segments) = 'draft', 'written out';
	RETURN v.reference;
END $$;

-- One that follows: what it does not say is as before.
CREATE FUNCTION pg_temp.follow(p_kind text, p_reference text, p_fields jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM alert_draft(pg_temp.o('Aline'), 'keyboard',
		jsonb_build_object('kind', p_kind, 'follows', p_reference) || p_fields);
	ASSERT v.outcome = 'drafted', v.outcome;
	ASSERT pg_temp.texts(v.reference) = 'draft', 'written out';
	RETURN v.reference;
END $$;

CREATE FUNCTION pg_temp.approve(p_reference text, p_officer text DEFAULT 'Ben') RETURNS text LANGUAGE sql AS $$
	SELECT alert_approve(pg_temp.o(p_officer), p_reference, (SELECT version FROM alert WHERE reference = p_reference), 'keyboard', NULL)
$$;

-- The last code that was sent to an officer.
CREATE FUNCTION pg_temp.code(p_officer text, p_reference text) RETURNS text LANGUAGE sql AS $$
	SELECT values[array_position(values, 'code') + 1] FROM notice n JOIN officer o ON o.contact_id = n.contact_id
	WHERE o.name = p_officer AND values[2] = p_reference AND values @> '{code}' ORDER BY n.id DESC LIMIT 1
$$;

-- Who gets it, in order: contacts' ids.
CREATE FUNCTION pg_temp.who(p_reference text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(contact_id::text, ' ' ORDER BY rank), '') FROM alert_recipient WHERE alert_id = alert_id(p_reference)
$$;

-- A link takes its next segment; its message's contact, or NULL.  It stays in flight until pg_temp.ended() says what came of it.
CREATE FUNCTION pg_temp.claim(p_link integer) RETURNS bigint LANGUAGE sql AS $$
	SELECT m.contact_id FROM outbox_claim(1, ARRAY[p_link], ARRAY[false]) c JOIN message m ON m.id = c.message_id
$$;
CREATE FUNCTION pg_temp.ended(p_link integer, p_outcome text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	f inflight;
BEGIN
	SELECT * INTO f FROM inflight WHERE link_id = p_link LIMIT 1;
	PERFORM outbox_result(f.message_id, f.seq, p_link, p_outcome, 1::smallint, NULL, 0);
	RETURN (SELECT contact_id FROM message WHERE id = f.message_id);
END $$;
