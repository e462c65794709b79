-- SPDX-License-Identifier: GPL-3.0-or-later
-- One drafts, another approves, never the same person by whatever route; codes are one officer's, one version's, one use's; an
-- edit voids all; an override has a role and a reason and is told to all approvers; what a draft may not be is refused.

\ir lib/alert-city.sql
INSERT INTO subscription SELECT n, 2, city_now() FROM generate_series(1, 10) n;

-- Who may draft what.
DO $$
DECLARE
	v record;
	v_ok CONSTANT jsonb := '{"event": "flood", "zones": [2], "expires": "2026-12-01 21:00"}';
BEGIN
	FOR v IN SELECT * FROM (VALUES
		('Aline', v_ok, 'drafted'),
		('Ben', v_ok, 'drafted'),
		('Dan', v_ok, 'drafted'),
		('Chef', v_ok, 'no_role'),
		('Old', v_ok, 'not_officer'),
		('Nobody', v_ok, 'not_officer'),
		('Paul', v_ok, 'no_role'),
		('Paul', v_ok || '{"event": "missing_person"}', 'drafted'),
		('Aline', v_ok || '{"event": "missing_person"}', 'police_only'),
		('Aline', v_ok || '{"role": "police"}', 'police_only'),
		('Aline', v_ok - 'zones', 'no_zone'),
		('Aline', v_ok || '{"zones": [99]}', 'unknown_zone'),
		('Aline', v_ok - 'event', 'no_event'),
		('Aline', v_ok - 'expires', 'bad_time'),
		('Aline', v_ok || '{"expires": "2026-12-01 14:59"}', 'bad_time'),
		('Aline', v_ok || '{"expires": "2027-12-01 14:59"}', 'bad_time'),
		('Aline', v_ok || '{"expires": "soon"}', 'bad_time'),
		('Aline', v_ok || '{"starts": "2026-12-01 22:00"}', 'bad_time'),
		('Aline', v_ok || '{"severity": "Bad"}', 'bad_value'),
		('Aline', v_ok || '{"kind": "joke"}', 'bad_value'),
		('Aline', v_ok || '{"order": ["relays", "friends"]}', 'bad_order'),
		('Aline', v_ok || '{"order": ["relays", "relays"]}', 'bad_order'),
		('Aline', v_ok || '{"lists": ["nobody"]}', 'unknown_list'),
		('Aline', v_ok || '{"reporters": true}', 'not_allowed'),
		('Aline', v_ok || '{"colour": "red"}', 'bad_field'),
		('Aline', v_ok || '{"zones": "Gitega"}', 'bad_field'),
		('Aline', v_ok || '{"kind": "update"}', 'follows_nothing'),
		('Aline', v_ok || '{"kind": "clear", "follows": "AAAA"}', 'follows_nothing'),
		-- Exercises and tests go to staff.
		('Aline', v_ok || '{"status": "exercise"}', 'drafted'),
		('Aline', v_ok || '{"status": "test", "lists": ["staff"]}', 'drafted'),
		('Aline', v_ok || '{"status": "exercise", "subscribers": true}', 'exercise_to_citizens'),
		('Aline', v_ok || '{"status": "exercise", "relays": true}', 'exercise_to_citizens'),
		('Aline', v_ok || '{"status": "test", "lists": ["schools", "staff"]}', 'exercise_to_citizens')
	) AS t(who, fields, outcome) LOOP
		ASSERT (SELECT outcome FROM alert_draft(coalesce(pg_temp.o(v.who), -1), 'keyboard', v.fields)) = v.outcome,
			format('%s drafts %s: %s', v.who, v.fields,
				(SELECT outcome FROM alert_draft(coalesce(pg_temp.o(v.who), -1), 'keyboard', v.fields)));
	END LOOP;
	-- CAP's words, each of them, and no others.
	FOR v IN SELECT f.name, w.word, w.word <> 'now' AS fits FROM (VALUES
		('severity', '{Extreme,Severe,Moderate,Minor,Unknown,now}'::text[]),
		('urgency', '{Immediate,Expected,Future,Past,Unknown,now}'),
		('certainty', '{Observed,Likely,Possible,Unlikely,Unknown,now}')) AS f(name, words), unnest(f.words) AS w(word) LOOP
		ASSERT (SELECT outcome FROM alert_draft(pg_temp.o('Aline'), 'keyboard', v_ok || jsonb_build_object(v.name, v.word)))
			= CASE WHEN v.fits THEN 'drafted' ELSE 'bad_value' END, v.name || ' ' || v.word;
	END LOOP;
	ASSERT (SELECT outcome FROM alert_draft(NULL, 'keyboard', v_ok)) = 'not_officer', 'nobody at the keyboard';
	ASSERT (SELECT outcome FROM alert_draft(NULL, 'gauge', v_ok)) = 'drafted', 'a gauge';
	DELETE FROM recipient_list WHERE kind = 'staff';
	ASSERT (SELECT outcome FROM alert_draft(pg_temp.o('Aline'), 'keyboard', v_ok || '{"status": "exercise"}')) = 'no_staff', 'no staff';
	INSERT INTO recipient_list (name, kind) VALUES ('staff', 'staff');
	DELETE FROM alert;
	DELETE FROM notice;
	DELETE FROM audit;
END $$;

-- Approval.
DO $$
DECLARE
	a text := pg_temp.draft();
	v_code text;
BEGIN
	ASSERT (SELECT state FROM alert) = 'draft' AND (SELECT count(*) FROM alert_recipient) = 10, 'counted';
	-- All approvers but who drafted it are asked, by code and text; that French was read by nobody is said.
	ASSERT (SELECT string_agg(DISTINCT o.name, ' ' ORDER BY o.name) FROM notice n JOIN officer o USING (contact_id)
		WHERE text_key LIKE 'alert_to_approve%') = 'Ben Chef', 'who is asked';
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'alert_its_text') = 2, 'the text';
	ASSERT (SELECT array_agg(DISTINCT values[4]) FROM notice WHERE text_key = 'alert_not_read') = '{fr}', 'unread';
	ASSERT (SELECT count(DISTINCT values[10]) FROM notice WHERE text_key = 'alert_its_text') <= 1, 'each her own language';

	ASSERT alert_approve(pg_temp.o('Aline'), a, 1, 'keyboard', NULL) = 'same_person', 'who drafted it';
	ASSERT alert_approve(pg_temp.o('Aline'), a, 1, 'override', 'alone') = 'no_role', 'nor by an override that is not hers';
	ASSERT alert_approve(pg_temp.o('Dan'), a, 1, 'keyboard', NULL) = 'no_role', 'no role';
	ASSERT alert_approve(pg_temp.o('Old'), a, 1, 'keyboard', NULL) = 'not_officer', 'no longer one';
	ASSERT alert_approve(NULL, a, 1, 'keyboard', NULL) = 'not_officer', 'nobody';
	ASSERT alert_approve(pg_temp.o('Ben'), 'ZZZ9', 1, 'keyboard', NULL) = 'unknown', 'unknown';
	ASSERT alert_approve(pg_temp.o('Ben'), a, 2, 'keyboard', NULL) = 'edited', 'another version';
	ASSERT alert_approve(pg_temp.o('Ben'), a, NULL, 'keyboard', NULL) = 'edited', 'which version is said';

	-- Her own phone is another route of the same person.
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Aline')) = 'same_person', 'no code for who drafted it';
	ASSERT (SELECT outcome FROM alert_approve_code(51, a, pg_temp.code('Ben', a))) = 'same_person', 'nor with another''s';
	-- A code is its officer's, from her phone.
	ASSERT (SELECT outcome FROM alert_approve_code(1, a, pg_temp.code('Ben', a))) = 'not_officer', 'from a citizen''s number';
	ASSERT (SELECT outcome FROM alert_approve_code(53, a, pg_temp.code('Ben', a))) = 'not_yours', 'from another officer''s';
	ASSERT (SELECT outcome FROM alert_approve_code(54, a, pg_temp.code('Ben', a))) = 'not_yours', 'who has none';
	ASSERT (SELECT outcome FROM alert_approve_code(52, 'ZZZ9', '000000')) = 'unknown', 'unknown';
	ASSERT (SELECT state FROM alert) = 'draft' AND NOT EXISTS (SELECT FROM queue), 'nothing has happened';

	-- Expired, then a new one.
	UPDATE city_clock SET offset_ = offset_ + interval '16 minutes';
	ASSERT (SELECT outcome FROM alert_approve_code(52, a, pg_temp.code('Ben', a))) = 'code_expired', 'too late';
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Eve')) = 'no_phone', 'Eve has no phone';
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Dan')) = 'no_role', 'Dan approves nothing';
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Ben')) = 'sent', 'a new one';
	-- Three wrong ones.
	FOR i IN 1..3 LOOP
		ASSERT (SELECT outcome FROM alert_approve_code(52, a, 'wrong')) = 'code_wrong', 'wrong';
	END LOOP;
	ASSERT (SELECT outcome FROM alert_approve_code(52, a, pg_temp.code('Ben', a))) = 'code_void', 'void';
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Ben')) = 'sent', 'another';

	-- Edited after the code: code and approval are void, and those who were asked hear it.
	v_code := pg_temp.code('Ben', a);
	ASSERT alert_edit(pg_temp.o('Dan'), a, '{"zones": [3]}') = 'edited', 'Dan edits';
	ASSERT (SELECT state = 'composing' AND version = 2 FROM alert), 'written anew';
	ASSERT (SELECT outcome FROM alert_approve_code(52, a, v_code)) = 'edited', 'the old code';
	ASSERT (SELECT string_agg(o.name, ' ' ORDER BY o.name) FROM notice n JOIN officer o USING (contact_id)
		WHERE text_key = 'alert_changed') = 'Ben Chef', 'told';
	ASSERT NOT EXISTS (SELECT FROM notice WHERE text_key LIKE 'alert_to_approve%'), 'what was to be asked is not';
	ASSERT pg_temp.texts(a) = 'draft', 'composed again';
	ASSERT alert_approve(pg_temp.o('Ben'), a, 1, 'keyboard', NULL) = 'edited', 'the version that she saw';
	ASSERT alert_approve(pg_temp.o('Ben'), a, 2, 'keyboard', NULL) = 'no_recipients', 'nobody is in Gitega';
	-- An editor is a drafter too.
	ASSERT alert_edit(pg_temp.o('Ben'), a, '{"zones": [2]}') = 'edited', 'Ben edits';
	PERFORM pg_temp.texts(a);
	ASSERT pg_temp.approve(a, 'Ben') = 'same_person' AND pg_temp.approve(a, 'Aline') = 'same_person', 'both have written it';
	ASSERT (SELECT outcome FROM alert_approve_code(53, NULL, pg_temp.code('Chef', a))) = 'approved', 'the third, the one that waits';
	-- Replayed.
	ASSERT (SELECT outcome FROM alert_approve_code(53, a, pg_temp.code('Chef', a))) = 'code_used', 'once';
	ASSERT pg_temp.approve(a, 'Eve') = 'already', 'already';
	ASSERT alert_edit(pg_temp.o('Dan'), a, '{"zones": [3]}') = 'not_draft', 'what is on its way is edited no more';
	ASSERT (SELECT approved_how = 'sms' AND approved_by = pg_temp.o('Chef') FROM alert), 'how';
	ASSERT (SELECT count(*) FROM queue WHERE priority = 1 AND route = 0) = 10, 'the first of them are queued with it';
	ASSERT (SELECT string_agg(what, ', ' ORDER BY id) FROM audit) = 'alert drafted, alert edited, alert edited, alert approved', 'audited';
	ASSERT (SELECT string_agg(actor, ' ' ORDER BY id) FROM audit) = 'Aline Dan Ben Chef', 'by whom';
END $$;

-- Two at once cannot both be the last word: an edit that comes while it is approved waits, and is refused.
DO $$
DECLARE
	a text := pg_temp.draft();
BEGIN
	ASSERT alert_code_send(alert_id(a), pg_temp.o('Ben')) = 'sent', 'sent';
	ASSERT pg_temp.approve(a) = 'approved', 'by the keyboard';
	ASSERT (SELECT outcome FROM alert_approve_code(52, a, pg_temp.code('Ben', a))) = 'already', 'then by SMS';
END $$;

-- Two that wait for her: a code is one alert's, and without its reference nobody can know which is meant.
DO $$
DECLARE
	a text := pg_temp.draft();
	b text := pg_temp.draft();
BEGIN
	ASSERT (SELECT outcome FROM alert_approve_code(52, NULL, pg_temp.code('Ben', a))) = 'which', 'of two';
	ASSERT (SELECT outcome FROM alert_approve_code(52, b, pg_temp.code('Ben', a))) = 'code_wrong', 'the other''s';
	ASSERT (SELECT outcome FROM alert_approve_code(52, a, pg_temp.code('Ben', a))) = 'approved', 'its own';
	ASSERT (SELECT state FROM alert WHERE reference = b) = 'draft', 'that one alone';
	ASSERT (SELECT outcome FROM alert_approve_code(52, NULL, pg_temp.code('Ben', b))) = 'approved', 'the one that is left';
END $$;

-- Override.
DO $$
DECLARE
	a text := pg_temp.draft();
BEGIN
	DELETE FROM notice;
	ASSERT alert_approve(pg_temp.o('Ben'), a, 1, 'override', 'urgent') = 'no_role', 'not Ben''s';
	ASSERT alert_approve(pg_temp.o('Chef'), a, 1, 'override', ' ') = 'no_reason', 'why?';
	-- She may have drafted it.
	UPDATE alert SET drafted_by = pg_temp.o('Chef') WHERE reference = a;
	ASSERT alert_approve(pg_temp.o('Chef'), a, 1, 'keyboard', NULL) = 'same_person', 'not without saying so';
	ASSERT alert_approve(pg_temp.o('Chef'), a, 1, 'override', 'the bridge is gone') = 'approved', 'alone';
	ASSERT (SELECT string_agg(o.name, ' ' ORDER BY o.name) FROM notice n JOIN officer o USING (contact_id)
		WHERE text_key = 'alert_overridden' AND values @> '{"the bridge is gone"}') = 'Aline Ben', 'all approvers who have a phone';
	ASSERT (SELECT reason FROM audit WHERE what = 'alert approved alone' AND actor = 'Chef') = 'the bridge is gone', 'audited';
END $$;

-- Time, place and people.
DO $$
DECLARE
	a text := pg_temp.draft();
	b text;
	c text;
BEGIN
	UPDATE city_clock SET offset_ = offset_ + interval '7 hours';
	ASSERT pg_temp.approve(a) = 'expired', 'over before it was approved';
	ASSERT (SELECT outcome FROM alert_drop(pg_temp.o('Old'), a, 'late') AS d(outcome)) = 'not_officer', 'no longer one';
	ASSERT alert_drop(pg_temp.o('Dan'), a, 'late') = 'dropped' AND alert_drop(pg_temp.o('Dan'), a, 'late') = 'not_draft', 'dropped';
	ASSERT pg_temp.approve(a) = 'not_draft', 'what is dropped';
	SELECT reference INTO b FROM alert_draft(NULL, 'cap', jsonb_build_object('event', 'Tsunami', 'expires', (city_now() + interval '1h')::text));
	PERFORM pg_temp.texts(b);
	ASSERT pg_temp.approve(b) = 'no_zone', 'a machine knew no zone';
	ASSERT alert_edit(pg_temp.o('Aline'), b, '{"zones": [2]}') = 'edited' AND pg_temp.texts(b) = 'draft', 'somebody does';
	ASSERT pg_temp.approve(b, 'Aline') = 'same_person' AND pg_temp.approve(b) = 'approved', 'then it goes';
	-- What is composing cannot be approved; texts of an older version are none.
	SELECT reference INTO c FROM alert_draft(pg_temp.o('Aline'), 'sms', jsonb_build_object('event', 'fire', 'zones', '[2]'::jsonb,
		'expires', (city_now() + interval '1h')::text));
	ASSERT pg_temp.approve(c) = 'not_draft' AND alert_edit(pg_temp.o('Aline'), c, '{"blanks": {"level": "3"}}') = 'edited', 'edited';
	ASSERT alert_texts_set(c, '{en}', '{Fire}', '{1}', '{4}', '{f}', '{NULL}', '{fire}', 1) = 'edited', 'the old blanks'' text';
	ASSERT alert_texts_set(c, '{en}', '{Fire}', '{1}', '{4}', '{f}', '{NULL}', '{fire}', 2) = 'draft', 'the new ones''';
	ASSERT alert_texts_set(c, '{en}', '{Fire}', '{1}', '{4}', '{f}', '{NULL}', '{fire}', 2) = 'not_composing', 'once';
	ASSERT (SELECT blanks FROM alert WHERE reference = c) = '{level,3}', 'blanks';
END $$;

-- A trusted sender's needs nobody, and all approvers hear of it; trust is of CAP alone, and ends with an edit.
DO $$
DECLARE
	v_fields jsonb := jsonb_build_object('event', 'flood', 'zones', '[2]'::jsonb, 'trusted', true,
		'expires', (city_now() + interval '1h')::text);
	a text := (SELECT reference FROM alert_draft(NULL, 'cap', v_fields));
	b text := (SELECT reference FROM alert_draft(NULL, 'gauge', v_fields));
	c text := (SELECT reference FROM alert_draft(NULL, 'cap', v_fields));
BEGIN
	DELETE FROM notice;
	ASSERT pg_temp.texts(a) = 'approved', 'at once';
	ASSERT (SELECT count(*) FROM notice WHERE text_key = 'alert_by_trust') = 3, 'told';
	ASSERT (SELECT approved_by IS NULL AND approved_how = 'trusted sender' FROM alert WHERE reference = a), 'by nobody';
	ASSERT pg_temp.texts(b) = 'draft', 'a gauge is not trusted';
	PERFORM alert_edit(pg_temp.o('Aline'), c, '{"zones": [1]}');
	ASSERT pg_temp.texts(c) = 'draft', 'an edited one is no longer its sender''s';
END $$;
