-- SPDX-License-Identifier: GPL-3.0-or-later
-- Calls for help are grouped by place, container and nearness, within two hours, and by nothing else; what an officer has is
-- not given away; who joins hears at once that somebody has it.

INSERT INTO setting VALUES ('news_states', 'fixed'), ('join_metres', '200');
INSERT INTO zone (name) VALUES ('Valley'), ('Hill');
INSERT INTO place (name, kind, zone_id, lat, long) VALUES ('Valley', 'district', 1, -1.95, 30.05),
	('Low Quarter', 'quarter', 1, -1.951, 30.051), ('High Quarter', 'quarter', 1, -1.9511, 30.0511),
	('Old School', 'school', 1, -1.9600, 30.0600), ('Old Mill', 'market', 1, -1.9610, 30.0600),
	('Far Church', 'church', 2, -1.9900, 30.0900), ('Low Clinic', 'clinic', 1, -1.951, 30.051);
INSERT INTO container (number, zone_id, place, lat, long) VALUES (147, 1, 'at the bridge', -1.9700, 30.0700),
	(152, 1, 'somewhere', NULL, NULL);
INSERT INTO officer (name, contact_id, roles, duty) VALUES ('Ana', contact_of('+250788000091'), '{duty}', 1),
	('Ben', contact_of('+250788000092'), '{duty}', 2);

CREATE FUNCTION pg_temp.call(p_nth integer, p_words text, p_fields jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v_contact bigint := contact_of('+2507880001' || lpad(p_nth::text, 2, '0'));
	v_message bigint;
	v text[];
BEGIN
	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_contact, p_words, city_now()) RETURNING id INTO v_message;
	v := service_sos(CASE WHEN p_fields ? 'offered' THEN v_message - 1 ELSE v_message END, v_contact,
		p_fields || CASE WHEN p_fields ? 'offered' THEN jsonb_build_object('answer', v_message)
			ELSE jsonb_build_object('words', p_words) END);
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;
CREATE FUNCTION pg_temp.reference(p jsonb) RETURNS text LANGUAGE sql AS $$ SELECT p ->> 'reference' $$;

DO $$
DECLARE
	a jsonb;
	b jsonb;
	c jsonb;
BEGIN
	-- A quarter is a place, a district is none, and two quarters whose middles lie together are two.
	a := pg_temp.call(1, 'SOS', '{"place": "Low Quarter"}');
	ASSERT a ->> 'outcome' = 'people' AND a ->> 'ask' = 'people', a;
	b := pg_temp.call(2, 'SOS', '{"place": "low quarter"}');
	ASSERT pg_temp.reference(a) = pg_temp.reference(b) AND b ->> 'place' = 'low quarter', 'in her own words';
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'sos_duty_count') = 1, 'told once';
	b := pg_temp.call(3, 'SOS', '{"place": "High Quarter"}');
	ASSERT pg_temp.reference(a) <> pg_temp.reference(b), 'another quarter';
	a := pg_temp.call(4, 'SOS', '{"place": "Valley"}');
	b := pg_temp.call(5, 'SOS', '{"place": "Valley"}');
	ASSERT pg_temp.reference(a) <> pg_temp.reference(b), 'a whole district';

	-- What lies near is near: 111 metres; and what does not, is not.
	a := pg_temp.call(6, 'SOS', '{"place": "Old School"}');
	b := pg_temp.call(7, 'SOS', '{"place": "Old Mill"}');
	ASSERT pg_temp.reference(a) = pg_temp.reference(b), 'near';
	b := pg_temp.call(8, 'SOS', '{"place": "Far Church"}');
	ASSERT pg_temp.reference(a) <> pg_temp.reference(b), 'far';
	a := pg_temp.call(9, 'SOS bac 147', '{"container": "147"}');
	b := pg_temp.call(10, 'SOS bin 147', '{"container": "147"}');
	ASSERT pg_temp.reference(a) = pg_temp.reference(b) AND a ->> 'place' = 'at the bridge', a;
	ASSERT (SELECT container = 147 AND zone_id = 1 FROM ticket WHERE reference = pg_temp.reference(a)), 'where it stands';

	a := pg_temp.call(16, 'SOS bac 152', '{"container": "152"}');
	b := pg_temp.call(17, 'SOS bin 152', '{"container": "152", "place": "by the well"}');
	ASSERT pg_temp.reference(a) = pg_temp.reference(b), 'though nobody knows where it stands';
	a := pg_temp.call(18, 'SOS', '{"place": "Low Clinic"}');
	ASSERT pg_temp.reference(a) <> (SELECT reference FROM ticket WHERE place = 'Low Quarter'), 'the middle of a quarter is near to nothing';
	b := pg_temp.call(19, 'SOS', '{"place": "Low Quarter"}');
	ASSERT pg_temp.reference(a) <> pg_temp.reference(b), 'nor is anything near to it';

	-- Without a place nothing is like another.
	a := pg_temp.call(11, 'SOS');
	b := pg_temp.call(12, 'SOS');
	ASSERT pg_temp.reference(a) <> pg_temp.reference(b) AND a ->> 'ask' = 'place', a;
	-- She says it now: hers becomes the other's, its officers hear of both, and both references lead there.
	c := pg_temp.call(11, 'Old School', jsonb_build_object('offered', pg_temp.reference(a), 'place', 'Old School'));
	ASSERT c ->> 'outcome' = 'people' AND pg_temp.reference(c) = (SELECT reference FROM ticket WHERE place = 'Old School' AND state = 'open'), c;
	ASSERT (SELECT state FROM ticket WHERE reference = pg_temp.reference(a)) = 'duplicate', 'merged';
	ASSERT NOT EXISTS (SELECT FROM duty_call WHERE reference = pg_temp.reference(a)), 'one chain';
	ASSERT (SELECT woken FROM duty_call WHERE reference = pg_temp.reference(c)) = '{1}', 'each once';
	-- What an officer has stays hers.
	PERFORM duty_take(contact_of('+250788000091'), pg_temp.reference(b));
	c := pg_temp.call(12, 'Old School', jsonb_build_object('offered', pg_temp.reference(b), 'place', 'Old School'));
	ASSERT pg_temp.reference(c) = pg_temp.reference(b), 'taken, and so not given away';
	ASSERT (SELECT place FROM ticket WHERE reference = pg_temp.reference(b)) = 'Old School', 'completed';

	-- Who joins what somebody has, hears so; after two hours it is another call.
	PERFORM duty_take(contact_of('+250788000092'), (SELECT reference FROM ticket WHERE container = 147));
	b := pg_temp.call(13, 'SOS 3 personnes', '{"container": "147"}');
	ASSERT b ->> 'outcome' = 'noted', b;
	ASSERT EXISTS (SELECT FROM notice WHERE text_key = 'sos_taken' AND contact_id = contact_of('+250788000113')), 'told';
	ASSERT (SELECT people FROM ticket WHERE container = 147) = 3, 'at least so many';
	UPDATE city_clock SET offset_ = offset_ + interval '121 minutes';
	c := pg_temp.call(14, 'SOS', '{"container": "147"}');
	ASSERT pg_temp.reference(c) <> pg_temp.reference(b), 'later';

	a := pg_temp.call(11, 'SOS again', '{"place": "Old School"}');
	ASSERT pg_temp.reference(a) <> (SELECT reference FROM ticket WHERE place = 'Old School' AND state = 'open' ORDER BY id LIMIT 1),
		'hers too';

	-- Her own: one ticket, each word told; a closed one is not hers any more.
	a := pg_temp.call(15, 'au secours', '{"place": "Low Quarter"}');
	b := pg_temp.call(15, 'vite, le toit tombe');
	ASSERT pg_temp.reference(a) = pg_temp.reference(b) AND b ->> 'outcome' = 'noted', b;
	ASSERT EXISTS (SELECT FROM notice WHERE text_key = 'sos_duty_more' AND 'vite, le toit tombe' = ANY (values)), 'told';
	ASSERT (SELECT calls FROM inbox_snapshot(ARRAY['+250788000115'], interval '1 day')), 'known as calling';
	PERFORM ticket_change((SELECT id FROM ticket WHERE reference = pg_temp.reference(a)), 'fixed', 'clerk', NULL);
	ASSERT NOT (SELECT calls FROM inbox_snapshot(ARRAY['+250788000115'], interval '1 day')), 'over';
	ASSERT (SELECT count(*) FROM notice WHERE contact_id = contact_of('+250788000115') AND text_key LIKE 'news_fixed%') = 1, 'told as any';

	-- A crowd is told by its count: the first twenty messages, then each tenth.
	FOR i IN 20..60 LOOP
		PERFORM pg_temp.call(i, 'SOS', '{"place": "Far Church"}');
	END LOOP;
	ASSERT (SELECT count(*) FROM notice n WHERE n.text_key = 'sos_duty_count'
		AND n.values[2] = (SELECT reference FROM ticket WHERE place = 'Far Church' AND state = 'open' ORDER BY id DESC LIMIT 1)) = 21,
		'nineteen and each tenth';
END $$;

-- She is forgotten, and so is what officers were told of her.
DO $$
DECLARE
	v_ana bigint := contact_of('+250788000091');
	a jsonb := pg_temp.call(70, 'SOS my name is Rose', '{"place": "Low Quarter"}');
BEGIN
	INSERT INTO message (direction, contact_id, body, at, state)
	VALUES ('out', v_ana, 'SOS X: +250788000170, Low Quarter: SOS my name is Rose', city_now(), 'sent');
	INSERT INTO subscription VALUES (contact_of('+250788000170'), 1, city_now());
	INSERT INTO recipient_list (name, kind) VALUES ('chiefs', 'relay');
	INSERT INTO list_member VALUES (1, contact_of('+250788000170'), NULL);
	ASSERT person_erase(contact_of('+250788000170')), 'erased';
	ASSERT NOT EXISTS (SELECT FROM message WHERE body LIKE '%Rose%' OR body LIKE '%+250788000170%'), 'messages';
	ASSERT NOT EXISTS (SELECT FROM notice WHERE values::text LIKE '%Rose%' OR values::text LIKE '%+250788000170%'), 'notices';
	ASSERT NOT EXISTS (SELECT FROM duty_call WHERE values::text LIKE '%Rose%' OR values::text LIKE '%+250788000170%'), 'calls';
	ASSERT NOT EXISTS (SELECT FROM subscription) AND NOT EXISTS (SELECT FROM list_member), 'lists';
	ASSERT (SELECT state FROM ticket WHERE reference = pg_temp.reference(a)) = 'open', 'the call stays';
END $$;
