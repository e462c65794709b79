-- SPDX-License-Identifier: GPL-3.0-or-later
-- What an officer's SMS says: the event, in whatever language, the zones, the hours, the blanks; and what it does not.

SET TimeZone = 'UTC';
UPDATE city_clock SET offset_ = timestamptz '2030-03-11 14:00+00' - clock_timestamp();
INSERT INTO zone (name) VALUES ('Kimisagara'), ('Nyabugogo'), ('Gitega Nord');
INSERT INTO place (name, kind, zone_id, aliases) VALUES ('Kimisagara', 'quarter', 1, '{كيميساغارا}'),
	('Marché', 'market', 2, '{Grand marché}');
SELECT alert_events_set('{flood,flood,flood,flood,road_closed,road_closed,missing_person}', '{en,fr,pt,ar,en,fr,en}',
	ARRAY['flood', 'inondation', 'cheia', 'فيضان', 'closed road', 'route fermée', 'missing person'],
	ARRAY['', 'crue, inondations', '', '', '', '', ''], array_fill('Severe'::text, '{7}'), array_fill('Immediate'::text, '{7}'), array_fill('Likely'::text, '{7}'),
	'{12,12,12,12,24,24,48}', '{f,f,f,f,f,f,t}');

-- event zones starts expires status, as they are not what goes without saying.
CREATE FUNCTION pg_temp.read(p_text text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record := desk_read(p_text);
	f jsonb := v.fields;
BEGIN
	IF v.outcome IS NOT NULL THEN
		RETURN concat_ws(' ', v.outcome, CASE WHEN v.outcome LIKE 'unknown%' THEN v.unknown END);
	END IF;
	RETURN concat_ws(' ', f ->> 'status', f ->> 'event', translate(f ->> 'zones', '[] ', ''),
		to_char(nullif(date_trunc('minute', (f ->> 'starts')::timestamptz), timestamptz '2030-03-11 14:00+00'), 'DD"."HH24:MI'),
		'-', to_char((f ->> 'expires')::timestamptz, 'DD"."HH24:MI'), nullif(f ->> 'role', ''),
		nullif(f ->> 'blanks', '{}'));
END $$;

DO $$
DECLARE
	v text[];
BEGIN
	FOREACH v SLICE 1 IN ARRAY ARRAY[
		-- refusals
		['', 'how'],
		['tornado Kimisagara 18h', 'unknown_event tornado'],
		['une tempete Kimisagara 18h', 'unknown_event tempete'],
		['flood', 'no_zone'],
		['flood until 18h', 'no_zone'],
		['flood Kimisagra until 18h', 'unknown_zone kimisagra'],
		['flood Kimisagara, Gitega Sud et Nyabugogo 18h', 'unknown_zone gitega sud'],
		['flood Marché 18h', 'unknown_zone marche'],
		['flood Kimisagara 25h', 'bad_time'],
		['flood Kimisagara 18h75', 'bad_time'],
		['flood Kimisagara 1h 2h 3h', 'bad_time'],
		['flood Kimisagara until 31/02 8h', 'bad_time'],
		-- the words of the design
		['INONDATION KIMISAGARA NYABUGOGO 18H', 'flood 1,2 - 11.18:00'],
		['FLOOD KIMISAGARA UNTIL 18H', 'flood 1 - 11.18:00'],
		['CRUE KIMISAGARA 18H', 'flood 1 - 11.18:00'],
		['cheia Kimisagara até às 18h30', 'flood 1 - 11.18:30'],
		['فيضان كيميساغارا حتى ١٨س', 'flood 1 - 11.18:00'],
		['فيضان في Nyabugogo وكيميساغارا حتى 18:30', 'flood 2,1 - 11.18:30'],
		-- hours
		['flood Kimisagara', 'flood 1 - 12.02:00'],
		['flood Kimisagara 9h', 'flood 1 - 12.09:00'],
		['flood Kimisagara 24h', 'flood 1 - 12.00:00'],
		['flood Kimisagara from 16h', 'flood 1 11.16:00 - 12.04:00'],
		['flood Kimisagara from 10h until 6pm', 'flood 1 11.10:00 - 11.18:00'],
		['inondation Kimisagara de 22h à 6h', 'flood 1 11.22:00 - 12.06:00'],
		['cheia Kimisagara das 16h até às 18:45', 'flood 1 11.16:00 - 11.18:45'],
		['فيضان Kimisagara من 16h حتى 18h', 'flood 1 11.16:00 - 11.18:00'],
		['flood Kimisagara until tomorrow 6:30', 'flood 1 - 12.06:30'],
		['inondation Kimisagara du 12/03 8h au 13/03 8h', 'flood 1 12.08:00 - 13.08:00'],
		['inondation Kimisagara jusqu''à demain 7 heures', 'flood 1 - 12.07:00'],
		-- words around, order, slips, exercises
		['Une inondation à Kimisagara et à Gitega Nord, jusqu''à 18h', 'flood 1,3 - 11.18:00'],
		['Kimisagara flood 18h', 'flood 1 - 11.18:00'],
		['flod kimisagara KIMISAGARA 18h', 'flood 1 - 11.18:00'],
		['EXERCICE inondation Kimisagara 18h', 'exercise flood 1 - 11.18:00'],
		['teste: cheia Kimisagara 18h', 'test flood 1 - 11.18:00'],
		['تمرين فيضان كيميساغارا 18h', 'exercise flood 1 - 11.18:00'],
		-- blanks
		['route fermee Kimisagara 18H road=pont de Nyabugogo Detour = KN 7',
			'road_closed 1 - 11.18:00 {"road": "pont de Nyabugogo", "detour": "KN 7"}'],
		['flood Kimisagara 18H level=3.20 m level.fr=3,20 m', 'flood 1 - 11.18:00 {"level": "3.20 m", "level.fr": "3,20 m"}'],
		['missing person Kimisagara person=Aline, girl of 7', 'missing_person 1 - 13.14:00 police {"person": "Aline, girl of 7"}']]
	LOOP
		ASSERT pg_temp.read(v[1]) = v[2], format('%s: %s', v[1], pg_temp.read(v[1]));
	END LOOP;
	ASSERT desk_zones_near('kimisagra') LIKE 'Kimisagara%', 'the nearest first';
END $$;
