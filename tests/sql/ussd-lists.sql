-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a USSD menu lists, of the demonstration city and of one without districts: in order, page by page, by first letters.
\ir ../../sql/demo/demo.sql

CREATE FUNCTION pg_temp.labels(p_source text, p_within text DEFAULT '', p_letters text DEFAULT '', p_offset integer DEFAULT 0,
	p_limit integer DEFAULT 99, p_contact bigint DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg(label, ', ' ORDER BY n), '')
	FROM (SELECT label, row_number() OVER () AS n
		FROM ussd_list(p_source, p_within, p_letters, p_contact, 'en', p_offset, p_limit)) r
$$;
CREATE FUNCTION pg_temp.zone(p_name text) RETURNS text LANGUAGE sql AS $$ SELECT id::text FROM zone WHERE name = p_name $$;

-- Districts, quarters, containers: all of them, each once, by their names.
DO $$
DECLARE
	v_max CONSTANT text := pg_temp.zone('KaMaxaquene');
BEGIN
	ASSERT pg_temp.labels('districts') = 'KaMavota, KaMaxaquene, KaMpfumo, KaMubukwana, Kigali, Nlhamankulu',
		pg_temp.labels('districts');
	ASSERT pg_temp.labels('quarters', v_max) = 'Mafalala, Maxaquene A, Maxaquene B, Maxaquene C, Maxaquene D, '
		'Polana Canico A, Polana Canico B, Urbanizacao', pg_temp.labels('quarters', v_max);
	ASSERT (SELECT array_agg(value::integer ORDER BY value::integer)
			FROM ussd_list('districts', '', '', NULL, 'en', 0, 99) d(d, l),
				LATERAL ussd_list('quarters', d, '', NULL, 'en', 0, 99) q)
		= ARRAY(SELECT id FROM zone WHERE parent_id IS NOT NULL ORDER BY id), 'every quarter is in one district';
	ASSERT (SELECT count(DISTINCT c.value) = count(*) AND count(*) = (SELECT count(*) FROM container)
			FROM ussd_list('quarters', '', '', NULL, 'en', 0, 99) q, LATERAL ussd_list('containers', q.value, '', NULL, 'en', 0, 99) c),
		'every container is in one quarter';
	ASSERT pg_temp.labels('containers', pg_temp.zone('Mafalala')) = '147 Av. Marien Ngouabi, 152 Av. Marien Ngouabi, '
		'160 Av. Paulo Samuel Kankhomba, 9999390 Av. Marien Ngouabi, 9999393 Av. Paulo Samuel Kankhomba';
	ASSERT pg_temp.labels('containers', pg_temp.zone('Coop')) = '9999524', 'without a place';
	ASSERT pg_temp.labels('containers', pg_temp.zone('Nsalane')) = '', 'none there';
	-- Pages, and what is behind the last.
	ASSERT pg_temp.labels('quarters', v_max, '', 2, 3) = 'Maxaquene B, Maxaquene C, Maxaquene D';
	ASSERT pg_temp.labels('quarters', v_max, '', 8, 3) = '';
	-- What is none, and what is no number of a zone.
	ASSERT pg_temp.labels('nothing') = '' AND pg_temp.labels('quarters', '99999') <> 'Mafalala';
	ASSERT pg_temp.labels('containers', '') = '' AND pg_temp.labels('containers', 'x') = '';
END $$;

-- First letters: of the name, of its words, of other names that the place has; folded.
DO $$
BEGIN
	ASSERT pg_temp.labels('quarters', '', 'maf') = 'Mafalala';
	ASSERT pg_temp.labels('quarters', '', ' MÁF ') = 'Mafalala';
	ASSERT pg_temp.labels('quarters', '', 'mah') = 'Mahotas';
	ASSERT pg_temp.labels('quarters', '', 'maxaquene a') = 'Maxaquene A';
	ASSERT pg_temp.labels('quarters', '', 'c') LIKE 'Central A, Central B, Chamanculo A, %Costa do Sol, %Polana Canico A, %',
		pg_temp.labels('quarters', '', 'c');
	ASSERT pg_temp.labels('quarters', '', 'benf') = 'George Dimitrov (Benfica)', 'a word between brackets';
	ASSERT pg_temp.labels('quarters', '', 'chipam') = 'Xipamanine', 'another name of it';
	ASSERT pg_temp.labels('quarters', '', 'malaz') = 'Malhazine';
	ASSERT pg_temp.labels('quarters', '', 'canico b') = 'Polana Canico B', 'from the second word on';
	ASSERT pg_temp.labels('quarters', '', 'sol') = 'Costa do Sol';
	ASSERT pg_temp.labels('quarters', '', 'alala') = '' AND pg_temp.labels('quarters', '', '%') = ''
		AND pg_temp.labels('quarters', '', '_af') = '' AND pg_temp.labels('quarters', '', '*#') = '';
	ASSERT pg_temp.labels('quarters', pg_temp.zone('Kigali'), 'maf') = '', 'not in that district';
	ASSERT pg_temp.labels('districts', '', 'kam') = 'KaMavota, KaMaxaquene, KaMpfumo, KaMubukwana';
	ASSERT pg_temp.labels('districts', '', 'distr') LIKE 'KaMavota, %', 'their other names begin so';
	ASSERT pg_temp.labels('zones', '', 'kam', 1, 1) = 'KaMaxaquene';
	ASSERT pg_temp.labels('zones', '', 'ka', 0, 3) = 'Kacyiru, KaMavota, KaMaxaquene';
	ASSERT pg_temp.labels('containers', pg_temp.zone('Mafalala'), 'kank')
		= '160 Av. Paulo Samuel Kankhomba, 9999393 Av. Paulo Samuel Kankhomba';
	ASSERT pg_temp.labels('containers', pg_temp.zone('Coop'), 'av') = '', 'one that has no place';
END $$;

-- On narrow screens, the words that tell one place from another.
DO $$
BEGIN
	ASSERT (SELECT string_agg(label, ', ') FROM ussd_list('containers', pg_temp.zone('Mafalala'), '', NULL, 'ar', 0, 9))
		= '147 Marien, 152 Marien, 160 Paulo Samuel, 9999390 Marien, 9999393 Paulo Samuel';
	ASSERT (SELECT label FROM ussd_list('containers', pg_temp.zone('Mafalala'), 'av paulo', NULL, 'ar', 0, 1)) = '160 Paulo Samuel',
		'found by the words that are not shown';
	ASSERT (SELECT label FROM ussd_list('container', '', '80035', NULL, 'ar', 0, 9)) = '80035 Governo';
	ASSERT (SELECT label FROM ussd_list('container', '', '80010', NULL, 'ar', 0, 9)) = '80010 Jardim'
		AND ussd_place('Rua', true) = 'Rua' AND ussd_place('Rua da Igreja da Praca', true) = 'Rua da'
		AND ussd_place(NULL, true) IS NULL AND ussd_place('سوق المدينة الجديدة', true) = 'المدينة';
END $$;

-- A number, as it is keyed.
DO $$
BEGIN
	ASSERT pg_temp.labels('container', '', '147') = '147 Av. Marien Ngouabi' AND pg_temp.labels('container', '', '0147')
		= '147 Av. Marien Ngouabi' AND pg_temp.labels('container', '', '99 99 524') = '9999524 Coop'
		AND pg_temp.labels('container', '', '١٤٧') = '147 Av. Marien Ngouabi';
	ASSERT pg_temp.labels('container', '', '148') = '' AND pg_temp.labels('container', '', '14') = ''
		AND pg_temp.labels('container', '', '0') = '' AND pg_temp.labels('container', '', '12345678901234567890') = ''
		AND pg_temp.labels('container', '', 'x147') = '' AND pg_temp.labels('container') = '';
END $$;

-- Her own: warnings by name, tickets open ones first and then the newest; nothing that few may read, nothing of others.
INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now()), ('+250788000002', 'e164', city_now());
DO $$
DECLARE
	v_me bigint := contact_of('+250788000001');
	v_other bigint := contact_of('+250788000002');
	v_message bigint;
	v_ref text[] := '{}';
BEGIN
	INSERT INTO subscription SELECT v_me, id, city_now() FROM zone WHERE name IN ('Mafalala', 'Kigali');
	ASSERT pg_temp.labels('my_warnings', p_contact => v_me) = 'Kigali, Mafalala';
	ASSERT pg_temp.labels('my_warnings', p_contact => v_other) = '' AND pg_temp.labels('my_warnings') = '';

	INSERT INTO message (direction, contact_id, kind, body, at) VALUES ('in', v_me, 'text', 'x', city_now())
	RETURNING id INTO v_message;
	v_ref := v_ref || (service_skip(v_message, v_me, '{"container":"147","kind":"full"}'))[3];
	v_ref := v_ref || (service_complaint(v_message, v_me, '{"category":"road","place":"KN 5 Rd","final":true}'))[3];
	v_ref := v_ref || (service_skip(v_message, v_me, '{"container":"152","kind":"full"}'))[3];
	PERFORM service_complaint(v_message, v_me, '{"category":"corruption","words":"x"}');
	PERFORM service_skip(v_message, v_other, '{"container":"160","kind":"full"}');
	PERFORM ticket_change((SELECT id FROM ticket WHERE reference = v_ref[3]), 'fixed', 'x', NULL);
	ASSERT pg_temp.labels('my_tickets', p_contact => v_me) = format('%s KN 5 Rd, %s 147 Av. Marien Ngouabi, %s 152 Av. Marien Ngouabi',
		v_ref[2], v_ref[1], v_ref[3]), pg_temp.labels('my_tickets', p_contact => v_me);
	ASSERT pg_temp.labels('my_tickets', '', lower(v_ref[3]), p_contact => v_me) LIKE v_ref[3] || ' %';
	ASSERT pg_temp.labels('my_tickets', '', lower(v_ref[3]), p_contact => v_other) = '';
	ASSERT (SELECT value FROM ussd_list('my_tickets', '', '', v_me, 'en', 0, 1)) = v_ref[2];
END $$;

-- Zones that a warning in force names: hers first, and those around or within hers.
DO $$
DECLARE
	v_me bigint := contact_of('+250788000001');
BEGIN
	ASSERT pg_temp.labels('in_force', p_contact => v_me) = '';
	INSERT INTO alert (reference, event, zones, starts_at, expires_at, sender_name, state, origin, drafted_at, approved_at)
	SELECT 'W' || n, 'flood', ARRAY(SELECT id FROM zone WHERE name = ANY (names) ORDER BY name), city_now(),
		city_now() + interval '6 hours', 'City', state, 'keyboard', city_now(), city_now()
	FROM (VALUES (1, '{Jardim,Remera}'::text[], 'done'), (2, '{Albazine,Mafalala}', 'approved'), (3, '{Coop}', 'draft'),
		(4, '{FPLM}', 'stopped')) v(n, names, state);
	ASSERT pg_temp.labels('in_force', p_contact => v_me) = 'Mafalala, Remera, Albazine, Jardim',
		pg_temp.labels('in_force', p_contact => v_me);
	ASSERT pg_temp.labels('in_force', '', '', 1, 2, contact_of('+250788000002')) = 'Jardim, Mafalala';
END $$;

-- A city whose zones are not nested has quarters alone.
DELETE FROM subscription;
UPDATE zone SET parent_id = NULL;
DO $$
BEGIN
	ASSERT pg_temp.labels('districts') = '' AND pg_temp.labels('quarters', '', 'kam') LIKE 'KaMavota, %';
	-- A district without quarters is its own quarter.
	UPDATE zone SET parent_id = pg_temp.zone('Kigali')::integer WHERE name = 'Remera';
	ASSERT pg_temp.labels('districts', '', 'maf') = 'Mafalala' AND pg_temp.labels('quarters', pg_temp.zone('Mafalala')) = 'Mafalala';
	ASSERT pg_temp.labels('quarters', pg_temp.zone('Kigali')) = 'Remera';
END $$;
