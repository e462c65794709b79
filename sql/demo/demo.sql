-- SPDX-License-Identifier: GPL-3.0-or-later
-- demo: a small city to try Baraza on, after Kigali: two districts, their quarters, landmarks and streets,
-- departments, crews and containers.  People and phone numbers are invented.  Loading it again changes
-- nothing.  It needs search_path = baraza, public.

INSERT INTO zone (name) VALUES ('Gasabo'), ('Nyarugenge') ON CONFLICT (name) DO NOTHING;

INSERT INTO zone (name, parent_id)
SELECT q.name, d.id
FROM (VALUES
	('Kimironko', 'Gasabo'), ('Remera', 'Gasabo'), ('Kacyiru', 'Gasabo'), ('Kinyinya', 'Gasabo'),
	('Gisozi', 'Gasabo'), ('Kimihurura', 'Gasabo'), ('Gatsata', 'Gasabo'), ('Ndera', 'Gasabo'),
	('Nyamirambo', 'Nyarugenge'), ('Kimisagara', 'Nyarugenge'), ('Biryogo', 'Nyarugenge'),
	('Gitega', 'Nyarugenge'), ('Muhima', 'Nyarugenge'), ('Nyakabanda', 'Nyarugenge'),
	('Rwezamenyo', 'Nyarugenge'), ('Mageragere', 'Nyarugenge')
) AS q (name, district)
JOIN zone d ON d.name = q.district
ON CONFLICT (name) DO NOTHING;

-- Districts and quarters are places too: people name them.
INSERT INTO place (name, kind, zone_id, lat, long, aliases)
SELECT p.name, p.kind, z.id, p.lat, p.long, p.aliases
FROM (VALUES
	('Gasabo', 'district', -1.900, 30.110, '{district de Gasabo}'::text[]),
	('Nyarugenge', 'district', -1.965, 30.045, '{district de Nyarugenge}'),
	('Kimironko', 'quarter', -1.950, 30.125, '{Kimironco,Quimironko}'),
	('Remera', 'quarter', -1.957, 30.111, '{Lemera}'),
	('Kacyiru', 'quarter', -1.939, 30.082, '{Kaciru,Kacyru}'),
	('Kinyinya', 'quarter', -1.914, 30.107, '{Kinyinia}'),
	('Gisozi', 'quarter', -1.924, 30.063, '{Gisosi}'),
	('Kimihurura', 'quarter', -1.952, 30.088, '{Kimihurula,Kimi hurura}'),
	('Gatsata', 'quarter', -1.918, 30.048, '{Gatsatsa}'),
	('Ndera', 'quarter', -1.935, 30.176, '{Indera}'),
	('Nyamirambo', 'quarter', -1.979, 30.041, '{Nyamilambo,Nyamirembo}'),
	('Kimisagara', 'quarter', -1.955, 30.043, '{Kimisagala}'),
	('Biryogo', 'quarter', -1.966, 30.050, '{Biriogo,Biryoko}'),
	('Gitega', 'quarter', -1.958, 30.051, '{Guitega}'),
	('Muhima', 'quarter', -1.944, 30.055, '{Mouhima}'),
	('Nyakabanda', 'quarter', -1.969, 30.036, '{Niakabanda}'),
	('Rwezamenyo', 'quarter', -1.965, 30.043, '{Rwezamenio}'),
	('Mageragere', 'quarter', -2.020, 30.020, '{Majeragere,Magerajere}')
) AS p (name, kind, lat, long, aliases)
JOIN zone z ON z.name = p.name
ON CONFLICT (name, zone_id) DO NOTHING;

INSERT INTO place (name, kind, zone_id, lat, long, aliases)
SELECT p.name, p.kind, z.id, p.lat, p.long, p.aliases
FROM (VALUES
	('marché Kimironko', 'landmark', 'Kimironko', -1.949, 30.126,
		'{marché de Kimironko,Kimironko market,mercado de Kimironko,سوق كيميرونكو}'::text[]),
	('gare de Remera', 'landmark', 'Remera', -1.958, 30.113,
		'{Remera bus park,gare routière de Remera,Giporoso}'),
	('stade Amahoro', 'landmark', 'Remera', -1.955, 30.115, '{Amahoro stadium,Amahoro,estádio Amahoro}'),
	('hôpital de Kacyiru', 'landmark', 'Kacyiru', -1.937, 30.087,
		'{Kacyiru hospital,hopital Kacyiru,مستشفى كاسيرو}'),
	('mémorial de Gisozi', 'landmark', 'Gisozi', -1.931, 30.060, '{Gisozi memorial}'),
	('rond-point de Kimihurura', 'landmark', 'Kimihurura', -1.953, 30.085, '{Kimihurura roundabout}'),
	('marché de Gatsata', 'landmark', 'Gatsata', -1.919, 30.049, '{Gatsata market}'),
	('école de Kinyinya', 'landmark', 'Kinyinya', -1.913, 30.108, '{Kinyinya school}'),
	('hôpital de Ndera', 'landmark', 'Ndera', -1.936, 30.177, '{Ndera hospital}'),
	('stade de Nyamirambo', 'landmark', 'Nyamirambo', -1.978, 30.043,
		'{Nyamirambo stadium,Pelé stadium,Kigali Pelé Stadium,estádio de Nyamirambo}'),
	('marché de Nyamirambo', 'landmark', 'Nyamirambo', -1.980, 30.042,
		'{Nyamirambo market,marché Nyamirambo,mercado de Nyamirambo}'),
	('mosquée de Biryogo', 'landmark', 'Biryogo', -1.967, 30.051,
		'{Biryogo mosque,mosquée verte,green mosque,mesquita verde,المسجد الأخضر}'),
	('marché de Kimisagara', 'landmark', 'Kimisagara', -1.956, 30.044,
		'{Kimisagara market,mercado de Kimisagara}'),
	('gare de Nyabugogo', 'landmark', 'Kimisagara', -1.941, 30.044,
		'{Nyabugogo,Nyabugogo bus park,gare routière de Nyabugogo}'),
	('hôpital de Muhima', 'landmark', 'Muhima', -1.944, 30.057, '{Muhima hospital,maternité de Muhima}'),
	('poste centrale', 'landmark', 'Muhima', -1.946, 30.060, '{main post office,correio central}'),
	('pont de Gitega', 'landmark', 'Gitega', -1.957, 30.050, '{Gitega bridge,pont Gitega}'),
	('KN 5 Rd', 'street', 'Muhima', -1.951, 30.075,
		'{KN 5,rue KN 5,KN5,KN5 Road,KN 5 Road,avenue KN 5,rua KN 5}'),
	('KN 1 Rd', 'street', 'Muhima', -1.943, 30.053, '{KN 1,rue KN 1,KN1 Road,rua KN 1}'),
	('KN 3 Rd', 'street', 'Remera', -1.958, 30.105, '{KN 3,rue KN 3,KN3 Road,rua KN 3}'),
	('KN 7 Rd', 'street', 'Gitega', -1.953, 30.048, '{KN 7,rue KN 7,KN7 Road,rua KN 7}'),
	('KN 20 Ave', 'street', 'Kimisagara', -1.955, 30.047, '{KN 20,avenue KN 20,KN20 Avenue}'),
	('KN 87 St', 'street', 'Nyamirambo', -1.977, 30.042, '{KN 87,rue KN 87,KN87 Street}'),
	('KG 11 Ave', 'street', 'Kimironko', -1.947, 30.124, '{KG 11,avenue KG 11,KG11 Avenue,avenida KG 11}'),
	('KG 7 Ave', 'street', 'Kacyiru', -1.943, 30.090, '{KG 7,avenue KG 7,KG7 Avenue,avenida KG 7}'),
	('KG 9 Ave', 'street', 'Kacyiru', -1.940, 30.084, '{KG 9,avenue KG 9,KG9 Avenue}'),
	('KG 14 Ave', 'street', 'Gisozi', -1.927, 30.061, '{KG 14,avenue KG 14}'),
	('KG 17 Ave', 'street', 'Remera', -1.956, 30.112, '{KG 17,avenue KG 17,KG17 Avenue}'),
	('KG 19 Ave', 'street', 'Kinyinya', -1.916, 30.106, '{KG 19,avenue KG 19}')
) AS p (name, kind, zone, lat, long, aliases)
JOIN zone z ON z.name = p.zone
ON CONFLICT (name, zone_id) DO NOTHING;

INSERT INTO department (name, categories, phone, language) VALUES
	('Voirie', '{road}', '+250788900001', 'fr'),
	('Eau et assainissement', '{water,drain}', '+250788900002', 'fr'),
	('Éclairage public', '{light}', '+250788900003', 'fr'),
	('Propreté', '{waste}', '+250788900004', 'fr'),
	('Accueil des citoyens', '{other}', '+250788900005', 'en')
ON CONFLICT (name) DO NOTHING;

INSERT INTO crew (name, zone_id, phone, language)
SELECT c.name, z.id, c.phone, c.language
FROM (VALUES
	('Gasabo Est', 'Kimironko', '+250788900011', 'fr'),
	('Gasabo Nord', 'Gisozi', '+250788900012', 'en'),
	('Nyarugenge Sud', 'Nyamirambo', '+250788900013', 'fr'),
	('Nyarugenge Centre', 'Muhima', '+250788900014', 'en')
) AS c (name, zone, phone, language)
JOIN zone z ON z.name = c.zone
ON CONFLICT (name) DO NOTHING;

INSERT INTO container (number, zone_id, place, lat, long, crew_id, capacity)
SELECT c.number, z.id, c.place, z.lat + c.number % 7 * 0.0004, z.long + c.number % 5 * 0.0005, crew.id, c.capacity
FROM (VALUES
	(101, 'Kimironko', 'marché Kimironko', 'Gasabo Est', 6000),
	(102, 'Kimironko', 'KG 11 Ave', 'Gasabo Est', 6000),
	(103, 'Kimironko', 'KG 11 Ave', 'Gasabo Est', 1100),
	(104, 'Remera', 'gare de Remera', 'Gasabo Est', 6000),
	(105, 'Remera', 'stade Amahoro', 'Gasabo Est', 6000),
	(106, 'Remera', 'KG 17 Ave', 'Gasabo Est', 1100),
	(107, 'Ndera', 'hôpital de Ndera', 'Gasabo Est', 6000),
	(108, 'Kimihurura', 'rond-point de Kimihurura', 'Gasabo Est', 1100),
	(111, 'Kacyiru', 'hôpital de Kacyiru', 'Gasabo Nord', 6000),
	(112, 'Kacyiru', 'KG 7 Ave', 'Gasabo Nord', 1100),
	(113, 'Kacyiru', 'KG 9 Ave', 'Gasabo Nord', 1100),
	(114, 'Gisozi', 'mémorial de Gisozi', 'Gasabo Nord', 6000),
	(115, 'Gisozi', 'KG 14 Ave', 'Gasabo Nord', 1100),
	(116, 'Kinyinya', 'école de Kinyinya', 'Gasabo Nord', 6000),
	(117, 'Kinyinya', 'KG 19 Ave', 'Gasabo Nord', 1100),
	(118, 'Gatsata', 'marché de Gatsata', 'Gasabo Nord', 6000),
	(141, 'Nyamirambo', 'marché de Nyamirambo', 'Nyarugenge Sud', 6000),
	(142, 'Nyamirambo', 'stade de Nyamirambo', 'Nyarugenge Sud', 6000),
	(143, 'Nyamirambo', 'KN 87 St', 'Nyarugenge Sud', 1100),
	(144, 'Nyakabanda', 'Nyakabanda', 'Nyarugenge Sud', 1100),
	(145, 'Rwezamenyo', 'Rwezamenyo', 'Nyarugenge Sud', 1100),
	(146, 'Biryogo', 'mosquée de Biryogo', 'Nyarugenge Sud', 6000),
	(147, 'Biryogo', 'mosquée de Biryogo', 'Nyarugenge Sud', 6000),
	(148, 'Mageragere', 'Mageragere', 'Nyarugenge Sud', 1100),
	(161, 'Muhima', 'hôpital de Muhima', 'Nyarugenge Centre', 6000),
	(162, 'Muhima', 'poste centrale', 'Nyarugenge Centre', 6000),
	(163, 'Muhima', 'KN 1 Rd', 'Nyarugenge Centre', 1100),
	(164, 'Kimisagara', 'marché de Kimisagara', 'Nyarugenge Centre', 6000),
	(165, 'Kimisagara', 'gare de Nyabugogo', 'Nyarugenge Centre', 6000),
	(166, 'Kimisagara', 'KN 20 Ave', 'Nyarugenge Centre', 1100),
	(167, 'Gitega', 'pont de Gitega', 'Nyarugenge Centre', 6000),
	(168, 'Gitega', 'KN 7 Rd', 'Nyarugenge Centre', 1100)
) AS c (number, zone, place, crew, capacity)
JOIN LATERAL (
	SELECT zone.id, place.lat, place.long FROM zone JOIN place ON place.zone_id = zone.id AND place.name = zone.name
	WHERE zone.name = c.zone
) z ON true
JOIN crew ON crew.name = c.crew
ON CONFLICT (number) DO NOTHING;
