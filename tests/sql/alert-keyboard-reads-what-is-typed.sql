-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is typed at a keyboard of an alert: times, zones and what is most like them, blanks that are added; and what its texts are
-- written from.

\ir lib/alert-city.sql
UPDATE city_clock SET offset_ = timestamptz '2026-11-22 14:05:30' - clock_timestamp();
INSERT INTO zone (name) VALUES ('Ariana Ville'), ('Rugezi');
INSERT INTO place (name, zone_id, aliases) SELECT name, id, '{أريانة,Aryanah}' FROM zone WHERE name = 'Ariana Ville';

DO $$
DECLARE
	v record;
	a bigint;
	z integer[] := ARRAY(SELECT id FROM zone WHERE name IN ('Ariana Ville', 'Rugezi') ORDER BY name DESC);
	r text;
BEGIN
	ASSERT alert_when('16:30') = timestamptz '2026-11-22 16:30', 'later today';
	ASSERT alert_when('9:00') = timestamptz '2026-11-23 09:00', 'past: tomorrow';
	ASSERT alert_when('2026-11-24 06:00') = timestamptz '2026-11-24 06:00' AND alert_when('2026-11-24T06:00') IS NOT NULL, 'a day';
	ASSERT alert_when('+90m') - city_now() BETWEEN interval '89 minutes' AND interval '90 minutes', 'minutes';
	ASSERT alert_when('+6h') - city_now() BETWEEN interval '359 minutes' AND interval '360 minutes', 'hours';
	FOREACH r IN ARRAY '{16h,25:00,12:61,tomorrow,now,infinity,-2h,+2,2026-13-01 06:00,2026-11-24,""}'::text[] LOOP
		ASSERT alert_when(r) IS NULL, 'no time: ' || r;
	END LOOP;
	ASSERT alert_when(NULL) IS NULL, 'nothing';

	v := alert_zones_read(' rugezi , ARIANA ville,');
	ASSERT v.zones = to_jsonb(z) AND v.unknown IS NULL, 'as named, in any case: ' || v.zones;
	v := alert_zones_read('Rugezi,Arianna');
	ASSERT v.unknown = 'Arianna' AND v.near = 'Ariana Ville', 'the nearest: ' || coalesce(v.near, 'none');
	v := alert_zones_read('Xqxq');
	ASSERT v.unknown = 'Xqxq' AND v.near IS NULL, 'none is near';

	r := (alert_draft((SELECT id FROM officer WHERE 'draft' = ANY (roles) ORDER BY id LIMIT 1), 'keyboard',
		jsonb_build_object('event', 'flood', 'zones', to_jsonb(z), 'expires', '2026-11-23 06:00', 'sender_name', 'Mairie',
			'blanks', '{"level": "3.20 m", "text.fr": "Eau."}'::jsonb))).reference;
	a := alert_id(r);
	SELECT * INTO v FROM alert_facts(a);
	ASSERT v.reference = r AND v.event = 'flood' AND v.kind = 'alert' AND v.status = 'actual' AND v.sender = 'Mairie', 'what';
	ASSERT v.now = '2026-11-22 14:05' AND v.starts = '2026-11-22 14:05' AND v.expires = '2026-11-23 06:00' AND v."then" IS NULL, 'when';
	ASSERT v.zones = E'Rugezi\x1eAriana Ville\x1fأريانة\x1fAryanah', 'where: ' || v.zones;
	ASSERT string_to_array(v.blanks, E'\x1f') @> '{level,3.20 m,text.fr,Eau.}' AND v.version = 1, 'blanks, version';
	ASSERT alert_blanks_with(r, '{"level": "4.10 m", "text.fr": "", "level.ar": "x"}') = '{"level": "4.10 m", "level.ar": "x"}',
		'blanks that are changed, taken away and added';
	ASSERT alert_blanks_with(NULL, '{"level": "1"}') = '{"level": "1"}', 'blanks of a new one';

	ASSERT alert_said_at('2026-11-22 18:00') = '18:00' AND alert_said_at('2026-11-23 18:00') = '2026-11-23 18:00'
		AND alert_said_at(NULL) = 'now' AND alert_said_at('infinity') = 'never', 'said today';
END $$;
