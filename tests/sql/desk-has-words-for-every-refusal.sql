-- SPDX-License-Identifier: GPL-3.0-or-later
-- An officer drafts, another approves with her code, both hear what they must; each refusal is one of its own.

SET TimeZone = 'UTC';
UPDATE city_clock SET offset_ = timestamptz '2030-03-11 14:00+00' - clock_timestamp();
INSERT INTO setting VALUES ('city', 'Kigali'), ('sms_cost', '15'), ('currency', 'RWF'), ('default_language', 'en'), ('alert_half_min', '0');
INSERT INTO link (identity, up, send_ms) VALUES ('635100000000001', true, 3000);
INSERT INTO zone (name) VALUES ('Kimisagara'), ('Nyabugogo');
SELECT alert_events_set('{flood,missing_person}', '{en,en}', '{flood,missing person}', '{"",""}', '{Severe,Severe}',
	'{Immediate,Immediate}', '{Likely,Likely}', '{12,48}', '{f,t}');
INSERT INTO officer (name, contact_id, roles) VALUES
	('Aline', contact_of('+250788000011'), '{draft}'), ('Bosco', contact_of('+250788000012'), '{approve}'),
	('Chantal', contact_of('+250788000013'), '{draft,approve}'), ('Dina', contact_of('+250788000014'), '{duty}'),
	('Emery', contact_of('+250788000015'), '{draft}');
INSERT INTO subscription SELECT contact_of('+2507881000' || n), 1, city_now() FROM generate_series(10, 49) n;
INSERT INTO recipient_list (name, kind) VALUES ('chiefs', 'relay');
INSERT INTO list_member SELECT 1, contact_of('+2507882000' || n), NULL FROM generate_series(10, 13) n;
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+250788000011'), 'x', city_now());

CREATE FUNCTION pg_temp.say(p_who integer, p_verb text, p_reference text DEFAULT NULL, p_text text DEFAULT NULL,
	p_code text DEFAULT NULL) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v text[];
BEGIN
	UPDATE message SET body = concat_ws(' ', p_verb, p_reference, p_code) WHERE id = 1;
	v := service_desk(1, contact_of('+2507880000' || p_who), jsonb_strip_nulls(jsonb_build_object(
		'verb', p_verb, 'reference', p_reference, 'text', p_text, 'code', p_code)));
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;
CREATE FUNCTION pg_temp.outcome(p_who integer, p_verb text, p_reference text DEFAULT NULL, p_text text DEFAULT NULL,
	p_code text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT pg_temp.say(p_who, p_verb, p_reference, p_text, p_code) ->> 'outcome'
$$;
-- As the gateway writes its texts.
CREATE FUNCTION pg_temp.compose(p_reference text) RETURNS text LANGUAGE sql AS $$
	SELECT alert_texts_set(p_reference, '{en}', '{FLOOD in Kimisagara. Go up to high ground.}', '{1}', '{42}', '{f}', '{NULL}', '{x}')
$$;
-- What a notice tells that officer, then gone; NULL: nothing.
CREATE FUNCTION pg_temp.heard(p_who integer, p_key text) RETURNS jsonb LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM notice WHERE contact_id = contact_of('+2507880000' || p_who) AND text_key LIKE p_key RETURNING *)
	SELECT jsonb_object(values) || jsonb_build_object('key', text_key) FROM gone ORDER BY id DESC LIMIT 1
$$;

DO $$
DECLARE
	v jsonb;
	v_draft text;
	v_code text;
	v_other text;
	a alert;
BEGIN
	-- Who may not, and what is wrong: nothing is drafted.
	ASSERT pg_temp.outcome(12, 'draft', NULL, 'flood Kimisagara until 18h') = 'no_draft_role';
	ASSERT pg_temp.outcome(11, 'draft', NULL, 'missing person Kimisagara 18h') = 'police_only';
	ASSERT pg_temp.outcome(11, 'draft', NULL, 'exercise flood Kimisagara 18h') = 'no_staff';
	v := pg_temp.say(11, 'draft', NULL, 'tornado Kimisagara');
	ASSERT v ->> 'outcome' = 'unknown_event' AND v ->> 'event' = 'tornado' AND v ->> 'text' = 'flood, missing person', v;
	v := pg_temp.say(11, 'draft', NULL, 'flood Kimisagra 18h');
	ASSERT v ->> 'outcome' = 'unknown_zone' AND v ->> 'zone' = 'kimisagra' AND v ->> 'text' LIKE 'Kimisagara%', v;
	ASSERT pg_temp.outcome(11, 'draft') = 'how' AND pg_temp.outcome(11, 'draft', NULL, 'flood 18h') = 'no_zone'
		AND pg_temp.outcome(11, 'draft', NULL, 'flood Kimisagara 26h') = 'bad_time';
	ASSERT pg_temp.outcome(99, 'draft', NULL, 'flood Kimisagara') = 'no_officer', 'nobody';
	ASSERT pg_temp.outcome(11, 'list') = 'none' AND pg_temp.outcome(11, 'clear') = 'none' AND NOT EXISTS (SELECT FROM alert);
	ASSERT pg_temp.outcome(12, 'approve', 'ZZ99', NULL, '123456') = 'unknown' AND pg_temp.outcome(12, 'stop', 'ZZ99') = 'unknown'
		AND pg_temp.outcome(12, 'state', 'ZZ99') = 'unknown';

	-- A draft; its forecast comes once its texts are written and its recipients counted.
	v := pg_temp.say(11, 'draft', NULL, 'FLOOD KIMISAGARA FROM 14H UNTIL 18H');
	v_draft := v ->> 'reference';
	ASSERT v ->> 'outcome' = 'drafted' AND v ->> 'event' = 'flood' AND v ->> 'zones' = 'Kimisagara' AND v ->> 'until' = '18:00', v;
	ASSERT pg_temp.outcome(12, 'approve', v_draft) = 'composing' AND pg_temp.outcome(12, 'code', v_draft) = 'composing';
	ASSERT NOT EXISTS (SELECT FROM notice), 'nothing yet';
	ASSERT pg_temp.compose(v_draft) = 'draft';
	v := pg_temp.heard(11, 'desk%');
	ASSERT v ->> 'key' = 'desk_forecast_late' AND v ->> 'recipients' = '44' AND v ->> 'segments' = '44'
		AND v ->> 'cost' = '660 RWF' AND v ->> 'relays' = '4', v;
	ASSERT v ->> 'half' LIKE E'@desk_at\x1eat\x1e14:0_' AND v ->> 'all' LIKE E'@desk_at\x1eat\x1e14:0_', v;
	ASSERT pg_temp.heard(11, 'alert%') IS NULL AND pg_temp.heard(14, '%') IS NULL, 'who may not approve gets no code';
	v_code := pg_temp.heard(12, 'alert_to_approve%') ->> 'code';
	v_other := pg_temp.heard(13, 'alert_to_approve%') ->> 'code';
	ASSERT v_code ~ '^[0-9]{6}$' AND v_other ~ '^[0-9]{6}$';

	-- Refused approvals.
	ASSERT pg_temp.outcome(11, 'approve', v_draft, NULL, v_code) = 'same_person', 'with whatever code';
	ASSERT pg_temp.outcome(11, 'code', v_draft) = 'same_person' AND pg_temp.outcome(14, 'code', v_draft) = 'no_approve_role'
		AND pg_temp.outcome(14, 'approve', v_draft) = 'no_approve_role';
	ASSERT pg_temp.outcome(15, 'approve', v_draft, NULL, v_code) = 'no_approve_role', 'another''s code';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_other) = 'not_yours', 'another''s code';
	ASSERT pg_temp.outcome(12, 'approve', v_draft) = 'no_code';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, translate(v_code, '0123456789', '1234567890')) = 'code_wrong';
	ASSERT (SELECT body FROM message) NOT LIKE '%' || translate(v_code, '0123456789', '1234567890') || '%', 'not kept';
	UPDATE city_clock SET offset_ = offset_ + interval '16 minutes';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) = 'code_expired';
	ASSERT pg_temp.outcome(12, 'code', v_draft) = 'sent', 'a new one';
	v_code := pg_temp.heard(12, 'alert_to_approve%') ->> 'code';

	-- Relays only: by who drafted it, and told what that brings; the codes that were sent are of another version.
	ASSERT pg_temp.outcome(12, 'relays', v_draft) = 'no_draft_role';
	ASSERT pg_temp.outcome(11, 'relays') = 'relays_only', 'the only draft';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) = 'edited';
	ASSERT pg_temp.compose(v_draft) = 'draft';
	v := pg_temp.heard(11, 'desk%');
	ASSERT v ->> 'key' = 'desk_forecast_late_relays' AND v ->> 'recipients' = '4', v;
	ASSERT pg_temp.outcome(11, 'relays', v_draft) = 'relays_already';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) IN ('code_wrong', 'edited'), 'an old one';
	v_code := pg_temp.heard(12, 'alert_to_approve%') ->> 'code';

	-- How it stands; what is open.
	v := pg_temp.say(14, 'state', v_draft);
	ASSERT v ->> 'outcome' = 'state' AND v ->> 'recipients' = '4', v;
	ASSERT pg_temp.outcome(14, 'list') = 'list' AND pg_temp.say(14, 'list') ->> 'text' LIKE '%' || v_draft || '%';
	ASSERT pg_temp.outcome(11, 'stop') = 'which', 'nothing is stopped by a slip';
	ASSERT pg_temp.outcome(11, 'clear', v_draft) = 'nobody_has_it';

	-- Approved, by the code alone; once.
	v := pg_temp.say(12, 'approve', NULL, NULL, v_code);
	ASSERT v ->> 'outcome' = 'approved' AND v ->> 'reference' = v_draft AND v ->> 'recipients' = '4', v;
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) = 'code_used';
	v := pg_temp.say(13, 'approve', v_draft);
	ASSERT v ->> 'outcome' = 'already' AND v ->> 'officer' = 'Bosco' AND v ->> 'at' = '14:16', v;
	ASSERT pg_temp.outcome(13, 'code', v_draft) = 'already' AND pg_temp.outcome(11, 'relays', v_draft) = 'relays_already';
	v := pg_temp.say(14, 'state', v_draft);
	ASSERT v ->> 'outcome' = 'running' AND v ->> 'planned' = '4' AND v ->> 'sent' = '0', v;

	-- Stopped by any officer: nobody has it, so nothing is cancelled; what is stopped is not stopped again.
	v := pg_temp.say(14, 'stop', v_draft, 'a false alarm');
	ASSERT v ->> 'outcome' = 'stopped' AND v ->> 'left' = '0', v;
	ASSERT (SELECT reason FROM alert WHERE reference = v_draft) = 'a false alarm';
	ASSERT pg_temp.outcome(14, 'stop', v_draft) = 'not_running' AND pg_temp.say(14, 'state', v_draft) ->> 'outcome' = 'ended';
	ASSERT pg_temp.outcome(11, 'clear', v_draft) = 'nobody_has_it';

	-- Three wrong codes; a draft that is dropped, or over.
	v_draft := pg_temp.say(11, 'draft', NULL, 'flood Kimisagara 15h') ->> 'reference';
	PERFORM pg_temp.compose(v_draft);
	v_code := pg_temp.heard(12, 'alert_to_approve%') ->> 'code';
	FOR i IN 1..3 LOOP
		ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, translate(v_code, '0123456789', '9012345678')) = 'code_wrong', i;
	END LOOP;
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) = 'code_void';
	PERFORM pg_temp.say(12, 'code', v_draft);
	v_code := pg_temp.heard(12, 'alert_to_approve%') ->> 'code';
	UPDATE city_clock SET offset_ = offset_ + interval '1 hour';
	UPDATE alert_code SET expires_at = city_now() + interval '1 hour';
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, v_code) = 'expired', 'its last hour has passed';
	ASSERT pg_temp.outcome(11, 'stop', v_draft) = 'dropped' AND pg_temp.outcome(12, 'approve', v_draft) = 'not_draft';
	v_draft := pg_temp.say(11, 'draft', NULL, 'flood Nyabugogo 20h') ->> 'reference';
	DELETE FROM list_member;
	PERFORM pg_temp.compose(v_draft);
	ASSERT pg_temp.outcome(12, 'approve', v_draft, NULL, pg_temp.heard(12, 'alert_to_approve%') ->> 'code') = 'no_recipients';

	-- Those who have it: an all-clear, and a cancel, are drafted for them, and need another's approval.
	v_draft := pg_temp.say(11, 'draft', NULL, 'flood Kimisagara 20h') ->> 'reference';
	PERFORM pg_temp.compose(v_draft);
	PERFORM pg_temp.say(12, 'approve', v_draft, NULL, pg_temp.heard(12, 'alert_to_approve%') ->> 'code');
	PERFORM alert_expand(1000);
	DELETE FROM queue;
	UPDATE message SET state = 'sent' WHERE service = 'alert' AND state = 'queued';
	v := pg_temp.say(11, 'clear');
	ASSERT v ->> 'outcome' = 'clearing' AND v ->> 'follows' = v_draft, v;
	SELECT * INTO a FROM alert WHERE reference = v ->> 'reference';
	ASSERT a.kind = 'clear' AND a.origin = 'sms' AND a.state = 'composing' AND a.follows IS NOT NULL;
	PERFORM pg_temp.compose(a.reference);
	ASSERT pg_temp.heard(11, 'desk%') ->> 'recipients' = '40', 'its forecast';
	v := pg_temp.say(14, 'stop', v_draft);
	ASSERT v ->> 'outcome' IN ('stopped_cancel', 'over') AND v ->> 'left' = '40', v;
	SELECT * INTO a FROM alert WHERE reference = v ->> 'cancel';
	ASSERT a.kind = 'cancel' AND a.state = 'composing', 'drafted';

	-- The texts could not be written: who wrote it by SMS hears it.
	v_draft := pg_temp.say(11, 'draft', NULL, 'flood Kimisagara 20h') ->> 'reference';
	PERFORM alert_fault_set(v_draft, 'the blank road is missing');
	v := pg_temp.heard(11, 'desk_fault');
	ASSERT v ->> 'reference' = v_draft AND v ->> 'text' = 'the blank road is missing', v;
	ASSERT (SELECT state FROM alert WHERE reference = v_draft) = 'dropped', 'it cannot be mended by SMS';
END $$;
