-- SPDX-License-Identifier: GPL-3.0-or-later
-- The zone that was chosen in a menu says where, as far as the place's words do not; and what was asked of zones in words is
-- told of it.
\ir ../../sql/demo/demo.sql

INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
INSERT INTO message (direction, contact_id, kind, body, at)
SELECT 'in', id, 'ussd', 'heap, Kimironko', city_now() FROM contact WHERE number = '+250788000001';

-- A form of a menu, with the zone of this name; what came of it.
CREATE FUNCTION pg_temp.run(p_service text, p_zone text, p_fields jsonb) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
	v_said text[];
BEGIN
	EXECUTE format('SELECT service_%s(max(m.id), max(m.contact_id), $1) FROM message m WHERE kind = ''ussd''', p_service)
	INTO v_said USING p_fields || coalesce(jsonb_build_object('zone', (SELECT id::text FROM zone WHERE name = p_zone)), '{}');
	RETURN v_said;
END $$;
-- Of the ticket that came of it: outcome, zone, the city's own place, place; what it asks.
CREATE FUNCTION pg_temp.filed(p_service text, p_zone text, p_fields jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v_said text[] := pg_temp.run(p_service, p_zone, p_fields);
BEGIN
	RETURN (SELECT concat_ws('|', v_said[1], z.name, coalesce(p.name, '-'), t.place, c.name)
		FROM ticket t LEFT JOIN zone z ON z.id = t.zone_id LEFT JOIN place p ON p.id = t.place_id LEFT JOIN crew c ON c.id = t.crew_id
		WHERE t.id = (SELECT max(id) FROM ticket));
END $$;

DO $$
BEGIN
	-- Words that say nothing of where: the zone's, and its crew's; no container is offered once more.
	ASSERT pg_temp.filed('skip', 'Laulane', '{"kind":"heap","place":"atras da casa amarela"}')
		= 'placed|Laulane|-|atras da casa amarela|KaMavota Sul', pg_temp.filed('skip', 'Laulane', '{"kind":"heap","place":"x y"}');
	ASSERT pg_temp.filed('skip', 'Mafalala', '{"kind":"full","place":"perto da loja, Mafalala"}')
		= 'placed|Mafalala|Mafalala|perto da loja, Mafalala|Mafalala';
	ASSERT pg_temp.filed('skip', 'Mafalala', '{"kind":"drain"}') = 'placed|Mafalala|Mafalala|Mafalala|Mafalala', 'the zone is the place';
	-- Words that name a place decide; a container's own zone does.
	ASSERT pg_temp.filed('skip', 'Mafalala', '{"kind":"heap","place":"Mercado Bagamoyo"}') LIKE 'placed|Bagamoyo|Mercado Bagamoyo|%',
		pg_temp.filed('skip', 'Mafalala', '{"kind":"heap","place":"Mercado Bagamoyo"}');
	ASSERT pg_temp.filed('skip', 'Laulane', '{"kind":"full","container":"147"}') LIKE 'created|Mafalala|%|Av. Marien Ngouabi|Mafalala';
	-- A number that none has, and no such zone: as without.
	ASSERT pg_temp.filed('skip', NULL, '{"kind":"heap","place":"Laulane","zone":"999999"}') LIKE 'placed|Laulane|Laulane|%';
	ASSERT (pg_temp.run('skip', NULL, '{"kind":"heap"}'))[1] = 'where';
END $$;

-- Of several places with one name the one in that zone, and she is not asked; what is only like a name elsewhere is none.
INSERT INTO place (name, kind, zone_id, lat, long)
SELECT 'escola nova', 'landmark', id, -1.9, 30.1 FROM zone WHERE name IN ('Laulane', 'Remera', 'Ndera');
DO $$
BEGIN
	ASSERT (pg_temp.run('complaint', NULL, '{"category":"road","place":"escola nova"}'))[1] = 'where', 'in words alone';
	ASSERT pg_temp.filed('complaint', 'Remera', '{"category":"light","place":"escola nova"}') = 'created|Remera|escola nova|escola nova';
	ASSERT pg_temp.filed('complaint', 'Kigali', '{"category":"water","place":"escola nova"}') LIKE 'where|Kigali|-|%', 'two are in it';
	ASSERT pg_temp.filed('complaint', 'Coop', '{"category":"drain","place":"Mercado Bagamojo"}') = 'created|Coop|-|Mercado Bagamojo',
		pg_temp.filed('complaint', 'Coop', '{"category":"waste","place":"Mercado Bagamojo"}');
	ASSERT pg_temp.filed('complaint', 'Coop', '{"category":"other"}') = 'created|Coop|Coop|Coop'
		OR pg_temp.filed('complaint', 'Coop', '{"category":"other"}') LIKE 'created|Coop|%', 'complete';
	ASSERT pg_temp.filed('observation', 'Ndera', '{"kind":"rising","place":"junto da ponte velha"}')
		LIKE 'created|Ndera|-|junto da ponte velha%';
	ASSERT pg_temp.filed('observation', 'Ndera', '{"kind":"road_cut"}') LIKE 'created|Ndera|%|Ndera';
END $$;

-- Warnings and shelters, without a word.
INSERT INTO shelter (name, zone_id, capacity) SELECT 'stadium', id, 600 FROM zone WHERE name = 'Nyamirambo';
DO $$
DECLARE
	v text[];
BEGIN
	v := pg_temp.run('info', NULL, '{}');
	ASSERT v = '{none}', v::text;
	ASSERT pg_temp.run('info', 'Ndera', '{}') = '{none_there,place,Ndera}';
	ASSERT (pg_temp.run('alert', NULL, '{}'))[1] = 'which', 'what is kept of a form is no zone''s name';
	ASSERT pg_temp.run('alert', 'Ndera', '{}') = '{subscribed,text,Ndera}';
	ASSERT pg_temp.run('alert', 'Mafalala', '{}') = '{subscribed,text,"Mafalala, Ndera"}';
	ASSERT pg_temp.run('shelter', 'Biryogo', '{}') = ARRAY['near', 'place', 'Biryogo', 'text',
		E'@shelter_item_room\x1ename\x1estadium\x1eplace\x1eNyamirambo\x1ecount\x1e600'], pg_temp.run('shelter', 'Biryogo', '{}')::text;
	ASSERT pg_temp.run('stop', 'Ndera', '{"what":"warnings"}') = '{zone_rest,text,Ndera,rest,Mafalala}';
	ASSERT pg_temp.run('stop', 'Ndera', '{"what":"warnings"}') = '{zone_none_rest,unknown,Ndera,rest,Mafalala}';
	ASSERT NOT (SELECT warnings_stopped FROM contact WHERE number = '+250788000001');
	ASSERT pg_temp.run('stop', NULL, '{"what":"warnings"}') = '{warnings}';
	ASSERT (SELECT warnings_stopped FROM contact WHERE number = '+250788000001');
END $$;

-- A call back that was asked for is told of each time, and is in the tray once.
DO $$
DECLARE
	v_contact text := (SELECT id::text FROM contact WHERE number = '+250788000001');
BEGIN
	ASSERT (pg_temp.run('callback', NULL, '{}'))[1:3] = ARRAY['asked', 'recipient', v_contact];
	ASSERT (pg_temp.run('callback', NULL, '{}'))[1] = 'asked_again';
	ASSERT (SELECT count(*) FROM tray WHERE kind = 'callback') = 1;
	UPDATE tray SET done_at = city_now();
	ASSERT (pg_temp.run('callback', NULL, '{}'))[1] = 'asked', 'it was seen to';
END $$;
