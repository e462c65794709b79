-- SPDX-License-Identifier: GPL-3.0-or-later
-- A form that cannot be run stands before a person in words, once, and its key is known; of who is new or met before.

DO $$
DECLARE
	v_key CONSTANT uuid := '00000000-0000-0000-0000-000000000001';
	v record;
BEGIN
	PERFORM inbox_form_refused('+250788000001', v_key, 'plein, bac 147', 'the database refused it: 22003') FROM generate_series(1, 2);
	PERFORM inbox_form_refused('+250788000001', '00000000-0000-0000-0000-000000000002', 'plein, bac 148', 'why');
	ASSERT (SELECT count(*) FROM contact) = 1 AND (SELECT count(*) FROM message) = 2, 'each once';
	SELECT * INTO v FROM tray_waiting ORDER BY id LIMIT 1;
	ASSERT (v.tray, v.contact_number, v.words, v.note) = ('not_understood', '+250788000001', 'plein, bac 147',
		'the database refused it: 22003'), 'readable';
	SELECT * INTO v FROM inbox_store(ARRAY['+250788000001'], ARRAY['e164'], ARRAY[0], ARRAY[0], ARRAY['ussd'],
		ARRAY[v_key], ARRAY['plein, bac 147'], ARRAY[NULL], ARRAY[NULL::bytea], ARRAY[NULL::bytea], ARRAY[false],
		ARRAY['skip'], ARRAY[NULL], ARRAY[false], ARRAY[NULL::smallint], ARRAY[NULL], ARRAY[NULL], ARRAY[NULL],
		ARRAY[false], ARRAY[NULL], interval '15 minutes');
	ASSERT v.status = 'known', 'told again, nothing is run';
	ASSERT (tray_answer((SELECT min(id) FROM tray), 'Merci', 1::smallint, 0, 'clerk', false)).outcome = 'sent',
		'answered like any other';
	-- She reads it on whichever SIM is free: by a menu she came to none.
	ASSERT (SELECT route FROM queue) = 0, 'any SIM';
END $$;

-- A form changes no SIM of hers, and is a message of its own kind.
INSERT INTO link (identity) VALUES ('635100000000001');
UPDATE contact SET link_id = 1;
DO $$
BEGIN
	PERFORM inbox_store(ARRAY['+250788000001'], ARRAY['e164'], ARRAY[version], ARRAY[0], ARRAY['ussd'],
		ARRAY['00000000-0000-0000-0000-000000000003'::uuid], ARRAY['plein, bac 149'], ARRAY[NULL], ARRAY[NULL::bytea],
		ARRAY[NULL::bytea], ARRAY[false], ARRAY['skip'], ARRAY['pt'], ARRAY[false], ARRAY[NULL::smallint], ARRAY[NULL],
		ARRAY[NULL], ARRAY[NULL], ARRAY[false], ARRAY[NULL], interval '15 minutes') FROM contact;
	ASSERT (SELECT concat_ws('|', link_id, language, language_chosen, hour_count) FROM contact) = '1|pt|f|1';
	ASSERT (SELECT link_id IS NULL AND kind = 'ussd' FROM message ORDER BY id DESC LIMIT 1);
END $$;
