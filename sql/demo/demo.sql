-- SPDX-License-Identifier: GPL-3.0-or-later
-- demo: a city to try Baraza on: Maputo's districts, quarters and containers, as its public reports of 2016 and 2017
-- name them, with their middle coordinates; and a small block of Kigali's names, which the manual's examples
-- speak of.  Container numbers of five and seven digits are Maputo's own; 147, 152, 160 and 211 to 213 are ours.
-- Crews, departments and all phone numbers are invented.  A crew's PIN is 27 and the last two digits of its
-- phone: 2711 for the crew of Mafalala.
--
-- Loading it again changes nothing.  It needs search_path = baraza, public.

-- Maputo ------------------------------------------------------------------------------------------

INSERT INTO zone (name) VALUES ('KaMavota'), ('KaMaxaquene'), ('KaMpfumo'), ('KaMubukwana'), ('Nlhamankulu') ON CONFLICT (name) DO NOTHING;

INSERT INTO zone (name, parent_id)
SELECT q.name, d.id
FROM (VALUES
	('3 de Fevereiro', 'KaMavota'), ('Albazine', 'KaMavota'), ('Costa do Sol', 'KaMavota'), ('FPLM', 'KaMavota'),
	('Ferroviario', 'KaMavota'), ('Hulene A', 'KaMavota'), ('Hulene B', 'KaMavota'), ('Laulane', 'KaMavota'),
	('Mahotas', 'KaMavota'), ('Mavalane A', 'KaMavota'), ('Mavalane B', 'KaMavota'), ('Mafalala', 'KaMaxaquene'),
	('Maxaquene A', 'KaMaxaquene'), ('Maxaquene B', 'KaMaxaquene'), ('Maxaquene C', 'KaMaxaquene'),
	('Maxaquene D', 'KaMaxaquene'), ('Polana Canico A', 'KaMaxaquene'), ('Polana Canico B', 'KaMaxaquene'),
	('Urbanizacao', 'KaMaxaquene'), ('Central A', 'KaMpfumo'), ('Central B', 'KaMpfumo'), ('Coop', 'KaMpfumo'),
	('Sommerschield I', 'KaMpfumo'), ('25 de Junho A', 'KaMubukwana'), ('25 de Junho B', 'KaMubukwana'),
	('Bagamoyo', 'KaMubukwana'), ('George Dimitrov (Benfica)', 'KaMubukwana'), ('Inhagoia A', 'KaMubukwana'),
	('Inhagoia B', 'KaMubukwana'), ('Jardim', 'KaMubukwana'), ('Luis Cabral', 'KaMubukwana'),
	('Magoanine A', 'KaMubukwana'), ('Magoanine B', 'KaMubukwana'), ('Magoanine C', 'KaMubukwana'),
	('Malhazine', 'KaMubukwana'), ('Nsalane', 'KaMubukwana'), ('Zimpeto', 'KaMubukwana'),
	('Aeroporto A', 'Nlhamankulu'), ('Aeroporto B', 'Nlhamankulu'), ('Chamanculo A', 'Nlhamankulu'),
	('Chamanculo B', 'Nlhamankulu'), ('Chamanculo C', 'Nlhamankulu'), ('Chamanculo D', 'Nlhamankulu'),
	('Malanga', 'Nlhamankulu'), ('Minkadjuine', 'Nlhamankulu'), ('Munhuana', 'Nlhamankulu'),
	('Unidade 7', 'Nlhamankulu'), ('Xipamanine', 'Nlhamankulu')
) AS q (name, district)
JOIN zone d ON d.name = q.district
ON CONFLICT (name) DO NOTHING;

-- Districts and quarters are places too: people name them.
INSERT INTO place (name, kind, zone_id, lat, long, aliases)
SELECT p.name, p.kind, z.id, p.lat, p.long, p.aliases
FROM (VALUES
	('KaMavota', 'district', -25.8862, 32.6207, '{distrito de KaMavota,district de KaMavota,KaMavota district}'::text[]),
	('KaMaxaquene', 'district', -25.9378, 32.5852, '{distrito de KaMaxaquene,district de KaMaxaquene,KaMaxaquene district}'),
	('KaMpfumo', 'district', -25.9648, 32.5858, '{distrito de KaMpfumo,district de KaMpfumo,KaMpfumo district}'),
	('KaMubukwana', 'district', -25.8803, 32.5730, '{KaMubukwane,distrito de KaMubukwana,district de KaMubukwana,KaMubukwana district}'),
	('Nlhamankulu', 'district', -25.9427, 32.5575, '{Lhamankulo,Nhlamankulu,distrito de Nlhamankulu,district de Nlhamankulu,Nlhamankulu district}'),
	('3 de Fevereiro', 'quarter', -25.8843, 32.6365, '{}'),
	('Albazine', 'quarter', -25.8843, 32.6341, '{Albasine}'),
	('Costa do Sol', 'quarter', -25.9450, 32.6166, '{}'),
	('FPLM', 'quarter', -25.9263, 32.6033, '{}'),
	('Ferroviario', 'quarter', -25.9168, 32.6126, '{Ferroviário}'),
	('Hulene A', 'quarter', -25.9134, 32.5940, '{Ulene A}'),
	('Hulene B', 'quarter', -25.8843, 32.6365, '{Ulene B}'),
	('Laulane', 'quarter', -25.8923, 32.6137, '{}'),
	('Mahotas', 'quarter', -25.8862, 32.6207, '{Maotas}'),
	('Mavalane A', 'quarter', -25.9218, 32.5859, '{}'),
	('Mavalane B', 'quarter', -25.8843, 32.6365, '{}'),
	('Mafalala', 'quarter', -25.9563, 32.5745, '{"Mafalala, Distrito Urbano de KaMaxaquene",Mafalalah}'),
	('Maxaquene A', 'quarter', -25.9409, 32.5791, '{Machaquene A}'),
	('Maxaquene B', 'quarter', -25.9434, 32.5897, '{Machaquene B}'),
	('Maxaquene C', 'quarter', -25.9378, 32.5852, '{Machaquene C}'),
	('Maxaquene D', 'quarter', -25.9364, 32.6005, '{Machaquene D}'),
	('Polana Canico A', 'quarter', -25.9378, 32.5852, '{Polana Caniço A}'),
	('Polana Canico B', 'quarter', -25.9378, 32.5852, '{Polana Caniço B}'),
	('Urbanizacao', 'quarter', -25.9378, 32.5852, '{Urbanização}'),
	('Central A', 'quarter', -25.9652, 32.5815, '{}'),
	('Central B', 'quarter', -25.9653, 32.5780, '{}'),
	('Coop', 'quarter', -25.9496, 32.5900, '{}'),
	('Sommerschield I', 'quarter', -25.9644, 32.5988, '{Sommerschield,Somershield}'),
	('25 de Junho A', 'quarter', -25.9061, 32.5654, '{}'),
	('25 de Junho B', 'quarter', -25.9098, 32.5725, '{}'),
	('Bagamoyo', 'quarter', -25.8875, 32.5730, '{}'),
	('George Dimitrov (Benfica)', 'quarter', -25.8870, 32.5714, '{George Dimitrov,Benfica}'),
	('Inhagoia A', 'quarter', -25.9180, 32.5602, '{Nhagoia A}'),
	('Inhagoia B', 'quarter', -25.8763, 32.5791, '{Nhagoia B}'),
	('Jardim', 'quarter', -25.9247, 32.5569, '{}'),
	('Luis Cabral', 'quarter', -25.9350, 32.5508, '{Luís Cabral}'),
	('Magoanine A', 'quarter', -25.8763, 32.5791, '{Magoanine}'),
	('Magoanine B', 'quarter', -25.8567, 32.6041, '{}'),
	('Magoanine C', 'quarter', -25.8763, 32.5791, '{}'),
	('Malhazine', 'quarter', -25.8803, 32.5860, '{Malazine}'),
	('Nsalane', 'quarter', -25.8763, 32.5791, '{Insalane}'),
	('Zimpeto', 'quarter', -25.8763, 32.5791, '{}'),
	('Aeroporto A', 'quarter', -25.9427, 32.5575, '{}'),
	('Aeroporto B', 'quarter', -25.9376, 32.5624, '{}'),
	('Chamanculo A', 'quarter', -25.9554, 32.5575, '{Xamanculo A}'),
	('Chamanculo B', 'quarter', -25.9434, 32.5555, '{Xamanculo B}'),
	('Chamanculo C', 'quarter', -25.9427, 32.5575, '{Xamanculo C}'),
	('Chamanculo D', 'quarter', -25.9358, 32.5604, '{Xamanculo D}'),
	('Malanga', 'quarter', -25.9442, 32.5521, '{}'),
	('Minkadjuine', 'quarter', -25.9488, 32.5703, '{Mincadjuine}'),
	('Munhuana', 'quarter', -25.9427, 32.5575, '{}'),
	('Unidade 7', 'quarter', -25.9339, 32.5564, '{}'),
	('Xipamanine', 'quarter', -25.9427, 32.5624, '{Chipamanine}')
) AS p (name, kind, lat, long, aliases)
JOIN zone z ON z.name = p.name
ON CONFLICT (name, zone_id) DO NOTHING;

INSERT INTO place (name, kind, zone_id, lat, long, aliases)
SELECT p.name, p.kind, z.id, p.lat, p.long, p.aliases
FROM (VALUES
	('Av. 24 de Julho', 'street', 'Chamanculo A', -25.9559, 32.5567,
		'{Avenida 24 de Julho,avenue 24 de Julho,24 de Julho avenue}'::text[]),
	('Av. Marien Ngouabi', 'street', 'Mafalala', -25.9563, 32.5702,
		'{Avenida Marien Ngouabi,avenue Marien Ngouabi,Marien Ngouabi avenue,Marien Ngouabi}'),
	('Av. Palmar Triunfo', 'street', 'Costa do Sol', -25.9450, 32.6113,
		'{Avenida Palmar Triunfo,avenue Palmar Triunfo,Palmar Triunfo avenue}'),
	('Av. Paulo Samuel Kankhomba', 'street', 'Mafalala', -25.9570, 32.5745,
		'{Avenida Paulo Samuel Kankhomba,avenue Paulo Samuel Kankhomba,Paulo Samuel Kankhomba avenue,Paulo Samuel Kankhomba,Av. Kankhomba}'),
	('Av. Vladimir Lenine', 'street', 'Maxaquene D', -25.9364, 32.6005,
		'{Avenida Vladimir Lenine,Av. Vladimire Lenine,Av. Lenine,avenue Lénine,Vladimir Lenine avenue}'),
	('Av. de Moçambique', 'street', 'Unidade 7', -25.9313, 32.5533,
		'{Avenida de Moçambique,avenue de Moçambique}'),
	('Av. do Rio Tembe', 'street', 'Chamanculo A', -25.9546, 32.5595,
		'{Avenida do Rio Tembe,avenue do Rio Tembe}'),
	('Av. do Trabalho', 'street', 'Chamanculo A', -25.9543, 32.5602, '{Avenida do Trabalho,avenue do Trabalho}'),
	('Bombas Mahotas', 'landmark', 'Mahotas', -25.8862, 32.6207, '{}'),
	('Bombas Total', 'landmark', '25 de Junho B', -25.9046, 32.5657, '{}'),
	('Campo Aeronautica', 'landmark', 'George Dimitrov (Benfica)', -25.8870, 32.5725, '{}'),
	('Campo Mahotas', 'landmark', 'Ferroviario', -25.9168, 32.6126, '{}'),
	('Campo Zixaxa', 'landmark', 'Chamanculo D', -25.9358, 32.5604, '{}'),
	('Campo da Base Aerea', 'landmark', 'Aeroporto B', -25.9309, 32.5626, '{}'),
	('Campo de Futebol de Malhazine', 'landmark', 'Malhazine', -25.8803, 32.5860, '{}'),
	('Centro de Saude do Aeroporto B', 'landmark', 'Aeroporto B', -25.9376, 32.5661, '{}'),
	('Direccao de Geologia e Minas', 'landmark', 'Magoanine B', -25.8386, 32.6241, '{}'),
	('Dom Bosco', 'landmark', 'Jardim', -25.9272, 32.5455, '{}'),
	('Entrada da Base Aerea', 'landmark', 'Aeroporto B', -25.9230, 32.5616, '{}'),
	('Escola 14 de Novembro', 'landmark', 'Albazine', -25.8974, 32.6186,
		'{école 14 de Novembro,14 de Novembro school}'),
	('Escola Primaria de Malhazine', 'landmark', 'Malhazine', -25.8430, 32.6365,
		'{escola de Malhazine,école de Malhazine,Malhazine school}'),
	('Escola Secundaria Mubukwane', 'landmark', 'Bagamoyo', -25.8875, 32.5826,
		'{Escola Secundária Mubukwane,escola de Mubukwane,école de Mubukwane,Mubukwane school}'),
	('Escola Secundaria de Albazine', 'landmark', 'Albazine', -25.8484, 32.6325,
		'{Escola Secundária Albazine,escola de Albazine,école de Albazine,Albazine school}'),
	('Esquadra Vulcano', 'landmark', 'Aeroporto B', -25.9353, 32.5624, '{}'),
	('Estaleiro de Carvão', 'landmark', 'Unidade 7', -25.9339, 32.5611, '{}'),
	('Feira de Hulene', 'landmark', 'Hulene A', -25.9134, 32.5940, '{}'),
	('Hospital de Mavalane', 'landmark', 'Mavalane A', -25.9303, 32.5842,
		'{Hospital Mavalane,hôpital de Mavalane,Mavalane hospital,مستشفى مافالاني}'),
	('Igreja Assembleia de Deus', 'landmark', 'Aeroporto B', -25.9321, 32.5679, '{}'),
	('Igreja Catolica de Inhagoia', 'landmark', 'Inhagoia A', -25.9196, 32.5602, '{}'),
	('Igreja São Joaquim', 'landmark', 'Munhuana', -25.9439, 32.5687, '{}'),
	('Jardim Zoologico', 'landmark', 'Jardim', -25.9273, 32.5569, '{Jardim Zoológico,zoo}'),
	('Mercado Bagamoyo', 'landmark', 'Bagamoyo', -25.8976, 32.5730,
		'{mercado de Bagamoyo,mercado do Bagamoyo,marché Bagamoyo,marché de Bagamoyo,Bagamoyo market}'),
	('Mercado Benfica', 'landmark', 'George Dimitrov (Benfica)', -25.8888, 32.5652,
		'{mercado de Benfica,mercado do Benfica,marché Benfica,marché de Benfica,Benfica market}'),
	('Mercado Carimbo', 'landmark', 'Maxaquene B', -25.9434, 32.5897,
		'{mercado de Carimbo,mercado do Carimbo,marché Carimbo,marché de Carimbo,Carimbo market}'),
	('Mercado Grossista', 'landmark', 'Zimpeto', -25.8332, 32.5725,
		'{Mercado Grossista do Zimpeto,marché de gros de Zimpeto,Zimpeto wholesale market}'),
	('Mercado Inhagoia A', 'landmark', 'Inhagoia A', -25.9180, 32.5555,
		'{mercado de Inhagoia A,mercado do Inhagoia A,marché Inhagoia A,marché de Inhagoia A,Inhagoia A market}'),
	('Mercado Luis Cabral', 'landmark', 'Luis Cabral', -25.9403, 32.5351,
		'{mercado de Luis Cabral,mercado do Luis Cabral,marché Luis Cabral,marché de Luis Cabral,Luis Cabral market}'),
	('Mercado Maguiguane', 'landmark', 'Laulane', -25.9068, 32.6137,
		'{mercado de Maguiguane,mercado do Maguiguane,marché Maguiguane,marché de Maguiguane,Maguiguane market}'),
	('Mercado Mavalane', 'landmark', 'Mavalane A', -25.9218, 32.5859,
		'{mercado de Mavalane,mercado do Mavalane,marché Mavalane,marché de Mavalane,Mavalane market}'),
	('Mercado Mbuzine', 'landmark', 'Magoanine C', -25.8339, 32.6012,
		'{mercado de Mbuzine,mercado do Mbuzine,marché Mbuzine,marché de Mbuzine,Mbuzine market}'),
	('Mercado Vulcano', 'landmark', 'Aeroporto B', -25.9333, 32.5624,
		'{mercado de Vulcano,mercado do Vulcano,marché Vulcano,marché de Vulcano,Vulcano market}'),
	('Mercado Xipamanine', 'landmark', 'Xipamanine', -25.9460, 32.5640,
		'{mercado de Xipamanine,mercado do Xipamanine,marché Xipamanine,marché de Xipamanine,Xipamanine market}'),
	('Paragem Estaleiro', 'landmark', 'Maxaquene A', -25.9446, 32.5789, '{}'),
	('Parque do Banco de Moçambique', 'landmark', 'Maxaquene A', -25.9333, 32.5893, '{}'),
	('Ponte de Ferroviario', 'landmark', 'Ferroviario', -25.9219, 32.6048,
		'{Ponte do Ferroviário,pont de Ferroviario,Ferroviario bridge}'),
	('Praça 16 de Junho', 'street', 'Malanga', -25.9534, 32.5534, '{}'),
	('Procuradoria', 'landmark', 'Mahotas', -25.9041, 32.6172, '{}'),
	('Rua 2315', 'street', 'Munhuana', -25.9410, 32.5665, '{rue 2315,2315 street}'),
	('Rua 5080', 'street', 'Jardim', -25.9288, 32.5500, '{rue 5080,5080 street}'),
	('Rua 5114', 'street', 'Malhazine', -25.8916, 32.5752, '{rue 5114,5114 street}'),
	('Rua 9', 'street', 'Magoanine B', -25.8567, 32.6207, '{}'),
	('Rua Acordos de Nkomati', 'street', 'Costa do Sol', -25.9229, 32.6303,
		'{rue Acordos de Nkomati,Acordos de Nkomati street}'),
	('Rua Zundap', 'street', 'Xipamanine', -25.9429, 32.5650, '{rue Zundap,Zundap street}'),
	('Rua da Agricultura', 'street', 'Jardim', -25.9275, 32.5489, '{rue da Agricultura,Agricultura street}'),
	('Rua da Mesquita', 'street', '25 de Junho B', -25.9058, 32.5661, '{rue da Mesquita,Mesquita street}'),
	('Rua da Tanzania', 'street', 'Chamanculo A', -25.9574, 32.5635, '{rue da Tanzania,Tanzania street}'),
	('Rua do Algodão', 'street', 'Jardim', -25.9236, 32.5469, '{rue do Algodão,Algodão street}'),
	('Rua do Complexo', 'street', 'Hulene A', -25.9187, 32.6036, '{rue do Complexo,Complexo street}'),
	('Rua dos Irmãos Roby', 'street', 'Xipamanine', -25.9405, 32.5624, '{rue dos Irmãos Roby,Irmãos Roby street}'),
	('Sede do bairro 25 de Junho A', 'landmark', '25 de Junho A', -25.9061, 32.5590, '{}')
) AS p (name, kind, zone, lat, long, aliases)
JOIN zone z ON z.name = p.zone
ON CONFLICT (name, zone_id) DO NOTHING;

-- Kigali's block ----------------------------------------------------------------------------------

INSERT INTO zone (name) VALUES ('Kigali') ON CONFLICT (name) DO NOTHING;

INSERT INTO zone (name, parent_id)
SELECT q.name, z.id
FROM zone z, unnest('{Kimironko,Remera,Kacyiru,Kinyinya,Gisozi,Kimihurura,Gatsata,Ndera,Nyamirambo,Kimisagara,Biryogo,
	Gitega,Muhima,Nyakabanda,Rwezamenyo,Mageragere}'::text[]) AS q (name)
WHERE z.name = 'Kigali'
ON CONFLICT (name) DO NOTHING;

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
JOIN zone z ON z.name = CASE p.kind WHEN 'district' THEN 'Kigali' ELSE p.name END
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

-- Who does the work -------------------------------------------------------------------------------

INSERT INTO department (name, categories, phone, language) VALUES
	('Estradas', '{road}', '+250788100001', 'pt'),
	('Eau et assainissement', '{water,drain}', '+250788100002', 'fr'),
	('Street lighting', '{light}', '+250788100003', 'en'),
	('Salubridade', '{waste}', '+250788100004', 'pt'),
	('Atendimento ao munícipe', '{other}', '+250788100005', 'pt'),
	('Gabinete de integridade', '{corruption,violence,misconduct}', '+250788100006', 'pt')
ON CONFLICT (name) DO NOTHING;

INSERT INTO crew (name, zone_id, phone, language)
SELECT c.name, z.id, c.phone, c.language
FROM (VALUES
	('Mafalala', 'Mafalala', '+250788100011', 'fr'),
	('KaMaxaquene', 'KaMaxaquene', '+250788100012', 'pt'),
	('KaMavota Norte', 'Mahotas', '+250788100013', 'pt'),
	('KaMavota Sul', 'KaMavota', '+250788100014', 'en'),
	('KaMubukwana', 'KaMubukwana', '+250788100015', 'pt'),
	('Nlhamankulu', 'Nlhamankulu', '+250788100016', 'pt'),
	('KaMpfumo', 'KaMpfumo', '+250788100017', 'ar'),
	('Kimironko', 'Kigali', '+250788100018', 'fr')
) AS c (name, zone, phone, language)
JOIN zone z ON z.name = c.zone
ON CONFLICT (name) DO NOTHING;

DO $$
BEGIN
	PERFORM crew_pin_set(id, '27' || right(phone, 2)) FROM crew
	WHERE pin_hash IS NULL AND phone BETWEEN '+250788100011' AND '+250788100018';
END $$;

-- Containers --------------------------------------------------------------------------------------

INSERT INTO container (number, zone_id, place, lat, long, crew_id, capacity)
SELECT c.number, z.id, c.place, c.lat, c.long, w.id, CASE WHEN c.number < 1000 THEN 6000 END
FROM (VALUES
	(147, 'Mafalala', 'Av. Marien Ngouabi', -25.9566, 32.5719, 'Mafalala'),
	(152, 'Mafalala', 'Av. Marien Ngouabi', -25.9559, 32.5690, 'Mafalala'),
	(160, 'Mafalala', 'Av. Paulo Samuel Kankhomba', -25.9574, 32.5752, 'Mafalala'),
	(211, 'Kimironko', 'marché Kimironko', -1.9491, 30.1262, 'Kimironko'),
	(212, 'Kimironko', 'marché Kimironko', -1.9486, 30.1255, 'Kimironko'),
	(213, 'Kimironko', 'KG 11 Ave', -1.9474, 30.1243, 'Kimironko'),
	(80000, 'Minkadjuine', 'Xibamate', -25.9488, 32.5703, 'Nlhamankulu'),
	(80001, 'Aeroporto B', 'Centro de Saude do Aeroporto B', -25.9376, 32.5661, 'Nlhamankulu'),
	(80003, 'Maxaquene A', 'Parque do Banco de Moçambique', -25.9333, 32.5893, 'KaMaxaquene'),
	(80005, '25 de Junho B', 'Timbila', -25.9143, 32.5655, 'KaMubukwana'),
	(80006, '25 de Junho A', 'Construa', -25.9100, 32.5654, 'KaMubukwana'),
	(80007, '25 de Junho A', 'Sede do bairro 25 de Junho A', -25.9061, 32.5590, 'KaMubukwana'),
	(80008, '25 de Junho B', 'Rua da Mesquita', -25.9058, 32.5661, 'KaMubukwana'),
	(80009, 'George Dimitrov (Benfica)', 'Mercado Benfica', -25.8888, 32.5652, 'KaMubukwana'),
	(80010, 'Jardim', 'Jardim Zoologico', -25.9273, 32.5569, 'KaMubukwana'),
	(80011, '25 de Junho B', 'Bombas Total', -25.9046, 32.5657, 'KaMubukwana'),
	(80012, 'Maxaquene A', 'Soveste', -25.9312, 32.5959, 'KaMaxaquene'),
	(80013, 'Maxaquene A', NULL, -25.9409, 32.5791, 'KaMaxaquene'),
	(80014, 'Maxaquene A', NULL, -25.9439, 32.5789, 'KaMaxaquene'),
	(80018, 'Xipamanine', 'Mercado Xipamanine', -25.9460, 32.5640, 'Nlhamankulu'),
	(80019, 'Maxaquene A', 'Paragem Estaleiro', -25.9446, 32.5789, 'KaMaxaquene'),
	(80021, 'Luis Cabral', 'Volvo', -25.9419, 32.5376, 'KaMubukwana'),
	(80022, 'Maxaquene A', 'Micoa', -25.9370, 32.5793, 'KaMaxaquene'),
	(80023, 'Mavalane A', 'Eucaliptos', -25.9323, 32.5791, 'KaMavota Sul'),
	(80025, 'Mavalane A', 'Hospital de Mavalane', -25.9303, 32.5842, 'KaMavota Sul'),
	(80026, 'Inhagoia A', 'Igreja Catolica de Inhagoia', -25.9196, 32.5602, 'KaMubukwana'),
	(80027, 'Aeroporto B', 'Campo da Base Aerea', -25.9309, 32.5626, 'Nlhamankulu'),
	(80032, 'Bagamoyo', 'Escola Secundaria Mubukwane', -25.8875, 32.5826, 'KaMubukwana'),
	(80035, 'Laulane', 'Casa do Governo', -25.8960, 32.6125, 'KaMavota Norte'),
	(80036, 'George Dimitrov (Benfica)', 'Campo Aeronautica', -25.8870, 32.5725, 'KaMubukwana'),
	(80037, 'George Dimitrov (Benfica)', 'Estaleiro', -25.8760, 32.5714, 'KaMubukwana'),
	(80038, 'Malhazine', 'Rua 5114', -25.8916, 32.5752, 'KaMubukwana'),
	(80039, 'Mahotas', 'Procuradoria', -25.9041, 32.6172, 'KaMavota Norte'),
	(80040, 'Mahotas', 'Antena', -25.9007, 32.6175, 'KaMavota Norte'),
	(80041, 'Albazine', 'Escola 14 de Novembro', -25.8974, 32.6186, 'KaMavota Norte'),
	(80042, 'Mahotas', 'Bombas Mahotas', -25.8862, 32.6207, 'KaMavota Norte'),
	(80044, 'Magoanine B', 'Direccao de Geologia e Minas', -25.8386, 32.6241, 'KaMubukwana'),
	(80045, 'Maxaquene B', 'Mercado Carimbo', -25.9434, 32.5897, 'KaMaxaquene'),
	(80046, 'Magoanine B', 'Rua 9', -25.8567, 32.6207, 'KaMubukwana'),
	(80047, 'Malhazine', 'Campo de Futebol de Malhazine', -25.8803, 32.5860, 'KaMubukwana'),
	(80048, 'Laulane', 'Vodacom', -25.8923, 32.6198, 'KaMavota Norte'),
	(80049, 'Laulane', 'PT da EDM', -25.8854, 32.6044, 'KaMavota Norte'),
	(80050, 'Laulane', 'Dragão', -25.9071, 32.6026, 'KaMavota Norte'),
	(80053, 'Inhagoia A', 'Mercado Inhagoia A', -25.9180, 32.5555, 'KaMubukwana'),
	(80054, 'Luis Cabral', 'Mercado Luis Cabral', -25.9403, 32.5351, 'KaMubukwana'),
	(80055, 'Aeroporto B', 'Mercado Vulcano', -25.9333, 32.5624, 'Nlhamankulu'),
	(80056, '25 de Junho A', 'MGC', -25.8984, 32.5633, 'KaMubukwana'),
	(80057, '25 de Junho B', 'Policiamento Comunitario', -25.9098, 32.5725, 'KaMubukwana'),
	(80058, 'Mavalane A', 'TTA', -25.9237, 32.5793, 'KaMavota Sul'),
	(80059, 'Mavalane A', 'Mercado Mavalane', -25.9218, 32.5859, 'KaMavota Sul'),
	(80060, 'Hulene A', 'Teka Naha', -25.9151, 32.5921, 'KaMavota Sul'),
	(80061, 'Hulene A', 'Feira de Hulene', -25.9134, 32.5940, 'KaMavota Sul'),
	(80063, 'Magoanine B', 'Estaleiro', -25.8276, 32.6041, 'KaMubukwana'),
	(80068, 'Malanga', 'Mega', -25.9442, 32.5382, 'Nlhamankulu'),
	(80069, 'Zimpeto', 'Mercado Grossista', -25.8332, 32.5725, 'KaMubukwana'),
	(80071, 'Bagamoyo', NULL, -25.8915, 32.5719, 'KaMubukwana'),
	(80072, 'Bagamoyo', NULL, -25.8869, 32.5725, 'KaMubukwana'),
	(80076, 'Luis Cabral', 'Junta', -25.9350, 32.5508, 'KaMubukwana'),
	(80077, 'Jardim', 'Dom Bosco', -25.9272, 32.5455, 'KaMubukwana'),
	(80079, 'Hulene A', 'Cemiterio', -25.8824, 32.6018, 'KaMavota Sul'),
	(80081, 'Ferroviario', 'Ponte de Ferroviario', -25.9219, 32.6048, 'KaMavota Norte'),
	(80083, 'Malhazine', 'Escola Primaria de Malhazine', -25.8430, 32.6365, 'KaMubukwana'),
	(80084, 'Albazine', 'Estaleiro', -25.8444, 32.6341, 'KaMavota Norte'),
	(80085, 'Magoanine C', 'Mercado Mbuzine', -25.8339, 32.6012, 'KaMubukwana'),
	(80087, 'Zimpeto', NULL, -25.8474, 32.5762, 'KaMubukwana'),
	(80088, 'Aeroporto B', 'Entrada da Base Aerea', -25.9230, 32.5616, 'Nlhamankulu'),
	(80090, 'Ferroviario', 'Primeiro Andar', -25.9080, 32.6101, 'KaMavota Norte'),
	(80091, 'Laulane', 'Mercado Maguiguane', -25.9068, 32.6137, 'KaMavota Norte'),
	(80092, 'Aeroporto B', 'Igreja Assembleia de Deus', -25.9321, 32.5679, 'Nlhamankulu'),
	(80093, 'Albazine', 'Escola Secundaria de Albazine', -25.8484, 32.6325, 'KaMavota Norte'),
	(80095, 'Ferroviario', 'Chapa Amarela', -25.9193, 32.6039, 'KaMavota Norte'),
	(80097, 'Chamanculo D', 'Campo Zixaxa', -25.9358, 32.5604, 'Nlhamankulu'),
	(80098, 'Chamanculo D', 'Campo Zixaxa', -25.9354, 32.5605, 'Nlhamankulu'),
	(80099, 'Chamanculo B', 'Zaza', -25.9457, 32.5593, 'Nlhamankulu'),
	(80100, 'Chamanculo B', 'Cape-Cape', -25.9434, 32.5555, 'Nlhamankulu'),
	(80102, 'Unidade 7', 'Agencia Algos', -25.9352, 32.5564, 'Nlhamankulu'),
	(80103, 'Chamanculo B', 'UFA', -25.9485, 32.5528, 'Nlhamankulu'),
	(80104, 'Munhuana', 'Igreja São Joaquim', -25.9439, 32.5687, 'Nlhamankulu'),
	(80105, 'Unidade 7', 'Estaleiro de Carvão', -25.9339, 32.5611, 'Nlhamankulu'),
	(80108, 'Malanga', 'Coca-Cola', -25.9503, 32.5509, 'Nlhamankulu'),
	(80109, 'Aeroporto B', 'Esquadra Vulcano', -25.9353, 32.5624, 'Nlhamankulu'),
	(80110, 'Aeroporto B', 'Esquadra Vulcano', -25.9505, 32.5511, 'Nlhamankulu'),
	(80113, 'Ferroviario', 'Quarteirao 13', -25.9190, 32.6160, 'KaMavota Norte'),
	(80114, 'Ferroviario', 'Campo Mahotas', -25.9168, 32.6126, 'KaMavota Norte'),
	(80115, 'FPLM', 'Mercado Informal', -25.9263, 32.6033, 'KaMavota Norte'),
	(80116, 'FPLM', 'Mercado Informal', -25.8977, 32.6125, 'KaMavota Norte'),
	(80118, 'Hulene A', 'Vedação Aeroporto', -25.8810, 32.5948, 'KaMavota Sul'),
	(80119, 'Hulene A', 'Rua do Complexo', -25.9187, 32.6036, 'KaMavota Sul'),
	(80120, 'Zimpeto', NULL, -25.8335, 32.5867, 'KaMubukwana'),
	(80122, 'Bagamoyo', 'Mercado Bagamoyo', -25.8976, 32.5730, 'KaMubukwana'),
	(9999344, 'Central B', NULL, -25.9653, 32.5780, 'KaMpfumo'),
	(9999374, 'Central A', NULL, -25.9652, 32.5815, 'KaMpfumo'),
	(9999390, 'Mafalala', 'Av. Marien Ngouabi', -25.9563, 32.5702, 'Mafalala'),
	(9999393, 'Mafalala', 'Av. Paulo Samuel Kankhomba', -25.9570, 32.5745, 'Mafalala'),
	(9999524, 'Coop', NULL, -25.9496, 32.5900, 'KaMpfumo'),
	(9999528, 'Maxaquene D', 'Av. Vladimir Lenine', -25.9364, 32.6005, 'KaMaxaquene'),
	(9999560, 'Unidade 7', 'Av. de Moçambique', -25.9313, 32.5533, 'Nlhamankulu'),
	(9999561, 'Jardim', 'Rua da Agricultura', -25.9303, 32.5537, 'KaMubukwana'),
	(9999571, 'Jardim', 'Rua 5080', -25.9288, 32.5500, 'KaMubukwana'),
	(9999572, 'Jardim', 'Rua da Agricultura', -25.9247, 32.5442, 'KaMubukwana'),
	(9999576, 'Jardim', 'Rua do Algodão', -25.9236, 32.5469, 'KaMubukwana'),
	(9999577, 'Jardim', 'Rua do Algodão', -25.9236, 32.5469, 'KaMubukwana'),
	(9999594, 'Sommerschield I', NULL, -25.9644, 32.5988, 'KaMpfumo'),
	(9999624, 'Costa do Sol', 'Av. Palmar Triunfo', -25.9450, 32.6113, 'KaMavota Sul'),
	(9999625, 'Costa do Sol', 'Av. Palmar Triunfo', -25.9450, 32.6113, 'KaMavota Sul'),
	(9999627, 'Costa do Sol', 'Av. Palmar Triunfo', -25.9462, 32.6142, 'KaMavota Sul'),
	(9999629, 'Costa do Sol', 'Av. Palmar Triunfo', -25.9481, 32.6166, 'KaMavota Sul'),
	(9999638, 'Costa do Sol', 'Rua Acordos de Nkomati', -25.9229, 32.6303, 'KaMavota Sul'),
	(9999640, 'Costa do Sol', 'Rua Acordos de Nkomati', -25.9256, 32.6362, 'KaMavota Sul'),
	(9999654, 'Chamanculo A', 'Rua da Tanzania', -25.9574, 32.5635, 'Nlhamankulu'),
	(9999655, 'Chamanculo A', 'Av. do Rio Tembe', -25.9559, 32.5608, 'Nlhamankulu'),
	(9999656, 'Chamanculo A', 'Av. do Rio Tembe', -25.9533, 32.5582, 'Nlhamankulu'),
	(9999657, 'Chamanculo A', 'Av. do Trabalho', -25.9543, 32.5602, 'Nlhamankulu'),
	(9999658, 'Chamanculo A', 'Av. do Trabalho', -25.9548, 32.5607, 'Nlhamankulu'),
	(9999661, 'Xipamanine', 'Rua dos Irmãos Roby', -25.9405, 32.5624, 'Nlhamankulu'),
	(9999662, 'Xipamanine', 'Rua Zundap', -25.9429, 32.5650, 'Nlhamankulu'),
	(9999663, 'Munhuana', 'Rua 2315', -25.9410, 32.5665, 'Nlhamankulu'),
	(9999689, 'Chamanculo A', 'Rua da Tanzania', -25.9582, 32.5615, 'Nlhamankulu'),
	(9999703, 'Chamanculo A', 'Av. 24 de Julho', -25.9559, 32.5567, 'Nlhamankulu'),
	(9999704, 'Malanga', 'Praça 16 de Junho', -25.9534, 32.5534, 'Nlhamankulu'),
	(9999705, 'Chamanculo A', 'Av. 24 de Julho', -25.9554, 32.5563, 'Nlhamankulu'),
	(9999706, 'Chamanculo A', 'Av. 24 de Julho', -25.9574, 32.5597, 'Nlhamankulu')
) AS c (number, zone, place, lat, long, crew)
JOIN zone z ON z.name = c.zone
JOIN crew w ON w.name = c.crew
ON CONFLICT (number) DO NOTHING;
