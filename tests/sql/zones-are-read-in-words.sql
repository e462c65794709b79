-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which zones a text names, and what stands where one would and is none.

INSERT INTO zone (name) VALUES ('Kigali'), ('Remera'), ('Kimisagara'), ('3 de Fevereiro'), ('Hulene A'), ('Hulene B'),
	('Central e Sul'), ('المرسى');
UPDATE zone SET parent_id = 1 WHERE id IN (2, 3);
INSERT INTO place (name, kind, zone_id, aliases) VALUES ('Amahoro', 'stadium', 2, '{Stade Amahoro}');

CREATE FUNCTION pg_temp.said(p_text text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(zone_names(zones), '') || '|' || array_to_string(unknown, ',') FROM zone_read(p_text)
$$;

DO $$
DECLARE
	v record;
BEGIN
	FOR v IN SELECT * FROM (VALUES
		('ALERTE', '|'),
		('', '|'),
		('ALERTE KIMISAGARA', 'Kimisagara|'),
		('ALERTE KIMISAGARA, REMERA', 'Kimisagara, Remera|'),
		('alerte Remera et Kimisagara svp', 'Remera, Kimisagara|'),
		('alert remera and kimisagara please', 'Remera, Kimisagara|'),
		('ALERTA 3 de Fevereiro e Remera', '3 de Fevereiro, Remera|'),
		('alerta Central e Sul', 'Central e Sul|'),
		('alerte stade amahoro', 'Remera|'), -- by a place within it
		('alerte Kimisagra', 'Kimisagara|'), -- a letter amiss
		('alerte Hulene', '|hulene'), -- which of two?
		('alerte Zzzqqq', '|zzzqqq'),
		('alerte Remera et Zzzqqq', 'Remera|zzzqqq'),
		('alerte Remera, Remera', 'Remera|'),
		('je veux recevoir les alertes pour Remera merci beaucoup', 'Remera|'),
		('تنبيه المرسى وRemera', 'المرسى, Remera|'),
		(E'alerte\nRemera\nKimisagara', 'Remera, Kimisagara|'),
		(repeat('alerte Remera, ', 500), 'Remera|')
	) AS t(words, said) LOOP
		ASSERT pg_temp.said(v.words) = v.said, format('%s: %s', left(v.words, 40), pg_temp.said(v.words));
	END LOOP;
	ASSERT zone_near('hulen') LIKE 'Hulene A, Hulene B%', zone_near('hulen');
	ASSERT zone_near('zzzqqq') IS NULL, zone_near('zzzqqq');
	ASSERT zone_around(3) = '{3,1}', 'around';
	UPDATE zone SET parent_id = 3 WHERE id = 1; -- a mistake of the register's ends
	ASSERT zone_around(3) = '{3,1}', 'a circle';
	UPDATE zone SET parent_id = NULL WHERE id = 1;
	ASSERT zone_steps(2, 3) = 2 AND zone_steps(2, 1) = 1 AND zone_steps(2, 2) = 0 AND zone_steps(2, 4) IS NULL, 'steps';
END $$;

-- Warnings -----------------------------------------------------------------------------------------

DO $$
DECLARE
	v_contact bigint := contact_of('+250788000001');
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, 'x', city_now());
	v := service_stop(1, v_contact, '{"what": "warnings", "words": "I moved, no more danger warnings please"}');
	ASSERT v[1] = 'warnings', v::text;
	v := service_alert(1, v_contact, '{"words": "ALERTE REMERA, KIMISAGARA, ZZZQQQ"}');
	ASSERT v[1] = 'subscribed_rest' AND v[3] = 'Kimisagara, Remera' AND v[5] = 'zzzqqq', v::text;
	ASSERT NOT (SELECT warnings_stopped FROM contact WHERE id = v_contact), 'she wants them';
	ASSERT NOT EXISTS (SELECT FROM session), 'nothing is asked';
	v := service_alert(1, v_contact, '{"words": "ALERTE REMERA"}');
	ASSERT (SELECT count(*) FROM subscription) = 2, 'once';
	v := service_stop(1, v_contact, '{"what": "warnings", "words": "STOP ALERTE KIMISAGRA"}');
	ASSERT v[1] = 'zone_rest' AND v[3] = 'Kimisagara' AND v[5] = 'Remera', v::text;
	v := service_stop(1, v_contact, '{"what": "warnings", "words": "STOP ALERTE HULENE A"}');
	ASSERT v[1] = 'zone_none_rest', v::text;
	v := service_stop(1, v_contact, '{"what": "warnings", "words": "I moved away last year, no more warnings of danger please"}');
	ASSERT v[1] = 'warnings' AND (SELECT count(*) FROM subscription) = 1, v::text;
	v := service_start(1, v_contact, '{"what": "warnings"}');
	ASSERT (SELECT NOT warnings_stopped FROM contact WHERE id = v_contact), 'resumed, with its zones';
	ASSERT (service_data(1, v_contact, '{}'))[1] = 'kept_zones', 'told';
	-- Who is warned is not forgotten for having been silent.
	ASSERT (SELECT erased FROM retention_contacts(city_now() + interval '10 years', 1000, 0)) = 0, 'kept';
	DELETE FROM subscription;
	ASSERT (SELECT erased FROM retention_contacts(city_now() + interval '10 years', 1000, 0)) = 1, 'forgotten';
END $$;
