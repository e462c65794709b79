-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-approve: who may send an alert, by keyboard, code, override or trust; and how it ends: stopped by anyone, or sent again
-- on purpose.  What is called, with which outcomes, stands in 90-alert.sql.

-- Approving ---------------------------------------------------------------------------------------

-- Its text as this officer would read it: in her language, or that of those who read none of its languages.
CREATE OR REPLACE FUNCTION alert_text_for(p_alert alert, p_officer integer)
RETURNS alert_text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_text alert_text;
BEGIN
	SELECT t.* INTO v_text FROM alert_text t LEFT JOIN officer o ON o.id = p_officer LEFT JOIN contact c ON c.id = o.contact_id
	WHERE t.alert_id = p_alert.id
	ORDER BY t.language IS DISTINCT FROM c.language, t.language IS DISTINCT FROM p_alert.language, t.language LIMIT 1;
	RETURN v_text;
END $$;

-- Say a text about an alert to these officers: which it is, in their own language, and what else there is to say.
CREATE OR REPLACE FUNCTION alert_tell(p_officers integer[], p_key text, p_alert alert, p_values text[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_zones text := (SELECT string_agg(z.name, ', ' ORDER BY u.ord) FROM unnest(p_alert.zones) WITH ORDINALITY AS u(id, ord)
		JOIN zone z ON z.id = u.id);
BEGIN
	PERFORM officers_tell(ARRAY[o.id], p_key, ARRAY['reference', p_alert.reference,
		'event', desk_event_name(p_alert.event, o.contact_id), 'zones', coalesce(v_zones, '')] || p_values)
	FROM officer o WHERE o.id = ANY (p_officers) ORDER BY o.id;
END $$;

-- Why she may not approve it.  NULL: she may.
CREATE OR REPLACE FUNCTION alert_approver(p_officer officer, p_alert alert)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN p_officer.id IS NULL THEN 'not_officer'
		WHEN p_officer.id IN (p_alert.drafted_by, p_alert.edited_by) THEN 'same_person'
		WHEN NOT 'approve' = ANY (p_officer.roles) THEN 'no_role' END;
END $$;

-- An hour of today, or of another day.
CREATE OR REPLACE FUNCTION alert_hour(p_at timestamptz)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN NOT isfinite(p_at) THEN '-' WHEN p_at::date = city_now()::date THEN to_char(p_at, 'HH24:MI')
		ELSE to_char(p_at, 'DD/MM HH24:MI') END;
END $$;

-- What its forecast says in a few words.
CREATE OR REPLACE FUNCTION alert_in_short(p_alert alert, OUT words text[], OUT late boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v record := alert_forecast(p_alert.id);
BEGIN
	late := v.late AND p_alert.kind IN ('alert', 'update'); -- the end of a danger is never late
	words := ARRAY['people', v.recipients::text, 'segments', v.segments::text,
		'cost', coalesce(trim_scale(v.cost)::text || ' ' || v.currency, ''), 'half', coalesce(alert_hour(v.half_at), '-'),
		'all', coalesce(alert_hour(v.all_at), '-'), 'start', alert_hour(p_alert.starts_at)];
END $$;

-- A code that is good for this version, this officer, her phone, once, and for a quarter of an hour.
CREATE OR REPLACE FUNCTION alert_code_send(p_alert bigint, p_officer integer)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_alert alert;
	v_officer officer := officer_active(p_officer);
	v_minutes integer := setting_int('alert_code_min', 15);
	v_code text := number_code();
	v_salt text := replace(gen_random_uuid()::text, '-', '');
	v_fault text;
	v_short record;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = p_alert;
	v_fault := CASE WHEN v_alert.state IS DISTINCT FROM 'draft' THEN 'not_draft'
		ELSE coalesce(alert_approver(v_officer, v_alert), CASE WHEN v_officer.contact_id IS NULL THEN 'no_phone' END) END;
	IF v_fault IS NOT NULL THEN
		RETURN v_fault;
	END IF;
	INSERT INTO alert_code AS c (alert_id, officer_id, version, salt, hash, expires_at)
	VALUES (v_alert.id, v_officer.id, v_alert.version, v_salt, sha256(convert_to(v_salt || v_code, 'UTF8')),
		city_now() + make_interval(mins => v_minutes))
	ON CONFLICT (alert_id, officer_id) DO UPDATE SET version = excluded.version, salt = excluded.salt, hash = excluded.hash,
		failures = 0, expires_at = excluded.expires_at, used_at = NULL;
	v_short := alert_in_short(v_alert);
	PERFORM alert_tell(ARRAY[v_officer.id], 'alert_to_approve' || CASE WHEN v_short.late THEN '_late' ELSE '' END, v_alert,
		v_short.words || ARRAY['code', v_code, 'count', v_minutes::text]);
	RETURN 'sent';
END $$;

-- The code, what nobody has read, that its hours may be wrong, and the text as she would read it.
CREATE OR REPLACE FUNCTION alert_preview_send(p_alert bigint, p_officer integer)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_outcome text := alert_code_send(p_alert, p_officer);
	v_alert alert;
	v_unread text;
BEGIN
	IF v_outcome <> 'sent' THEN
		RETURN v_outcome;
	END IF;
	SELECT * INTO v_alert FROM alert WHERE id = p_alert;
	SELECT string_agg(language, ', ' ORDER BY language) INTO v_unread FROM alert_text
	WHERE alert_id = p_alert AND coalesce(reviewed_by, '') = '';
	IF v_unread IS NOT NULL THEN
		PERFORM officers_tell(ARRAY[p_officer], 'alert_not_read', ARRAY['reference', v_alert.reference, 'text', v_unread]);
	END IF;
	IF NOT clock_believable() THEN
		PERFORM officers_tell(ARRAY[p_officer], 'alert_clock', ARRAY['reference', v_alert.reference,
			'at', to_char(city_now(), 'DD/MM/YYYY HH24:MI')]);
	END IF;
	PERFORM officers_tell(ARRAY[p_officer], 'alert_its_text', ARRAY['reference', v_alert.reference,
		'text', (alert_text_for(v_alert, p_officer)).body]);
	RETURN 'sent';
END $$;

-- What of it can be said against sending it, whoever wants to.  NULL: nothing.
CREATE OR REPLACE FUNCTION alert_unfit(p_alert alert)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN p_alert.state IN ('approved', 'done') THEN 'already'
		WHEN p_alert.state <> 'draft' THEN 'not_draft'
		WHEN p_alert.expires_at <= city_now() THEN 'expired'
		WHEN p_alert.zones = '{}' AND p_alert.follows IS NULL THEN 'no_zone'
		WHEN p_alert.follows IS NULL AND NOT EXISTS (SELECT FROM alert_recipient
			WHERE alert_id = p_alert.id AND state = 'planned') THEN 'no_recipients' END;
END $$;

-- It may go: whoever approved it is known to be allowed to.  The first of its recipients are queued at once; what it follows
-- stops.  The caller holds its row.
CREATE OR REPLACE FUNCTION alert_approve_row(p_alert bigint, p_officer integer, p_how text, p_reason text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_first CONSTANT integer := 64; -- more than links there are: the others while these leave
	v_alert alert;
	v_fault text;
	v_name text := coalesce((SELECT name FROM officer WHERE id = p_officer), 'cap');
	v_old bigint;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = p_alert;
	v_fault := alert_unfit(v_alert);
	IF v_fault IS NOT NULL THEN
		RETURN v_fault;
	END IF;
	UPDATE alert SET state = 'approved', approved_by = p_officer, approved_at = city_now(), approved_how = p_how,
		reason = p_reason, swept = false
	WHERE id = p_alert RETURNING * INTO v_alert;
	PERFORM alert_unsay(v_alert.reference);
	FOR v_old IN SELECT a.id FROM alert a WHERE a.id = ANY (alert_family(p_alert)) AND a.id <> p_alert AND a.state = 'approved'
		ORDER BY a.id FOR UPDATE
	LOOP
		PERFORM alert_end(v_old, 'stopped', v_name, 'followed by ' || v_alert.reference);
	END LOOP;
	PERFORM alert_expand_one(v_alert, v_first);
	PERFORM audit_add(v_name, CASE WHEN p_how = 'override' THEN 'alert approved alone' ELSE 'alert approved' END,
		v_alert.reference, p_reason);
	IF p_how IN ('override', 'trusted sender') THEN
		PERFORM alert_tell(array_remove(officers_with('approve'), p_officer),
			CASE p_how WHEN 'override' THEN 'alert_overridden' ELSE 'alert_by_trust' END, v_alert,
			ARRAY['name', v_name, 'reason', coalesce(p_reason, '')]);
	END IF;
	NOTIFY baraza_queue;
	NOTIFY baraza_alert;
	RETURN 'approved';
END $$;

CREATE OR REPLACE FUNCTION alert_approve(p_officer integer, p_reference text, p_version integer, p_how text, p_reason text,
	OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_alert alert;
	v_officer officer := officer_active(p_officer);
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	IF NOT FOUND THEN
		outcome := 'unknown';
	ELSIF v_officer.id IS NULL THEN
		outcome := 'not_officer';
	ELSIF p_how = 'override' THEN
		outcome := CASE WHEN NOT 'override' = ANY (v_officer.roles) THEN 'no_role'
			WHEN btrim(coalesce(p_reason, '')) = '' THEN 'no_reason' END;
	ELSE
		outcome := alert_approver(v_officer, v_alert);
	END IF;
	outcome := coalesce(outcome, CASE WHEN v_alert.version IS DISTINCT FROM p_version THEN 'edited' END,
		alert_approve_row(v_alert.id, v_officer.id, p_how, p_reason));
END $$;

-- The alert that waits for her code: NULL: none, or more than one.
CREATE OR REPLACE FUNCTION alert_waits_for(p_officer integer, OUT alert bigint, OUT several boolean)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT CASE count(*) WHEN 1 THEN min(a.id) END, count(*) > 1 INTO alert, several
	FROM alert a JOIN alert_code c ON c.alert_id = a.id AND c.version = a.version
	WHERE a.state = 'draft' AND c.officer_id = p_officer AND c.used_at IS NULL;
END $$;

DROP FUNCTION IF EXISTS alert_approve_code;
CREATE FUNCTION alert_approve_code(p_contact bigint, p_reference text, p_code text, OUT outcome text, OUT approved text)
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer := officer_by_contact(p_contact);
	v_waits record := alert_waits_for(v_officer.id);
	v_alert alert;
	v_code alert_code;
	v_right boolean;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = CASE WHEN p_reference IS NULL THEN v_waits.alert ELSE alert_id(p_reference) END
	FOR UPDATE;
	IF v_officer.id IS NULL OR v_alert.id IS NULL THEN
		outcome := CASE WHEN v_officer.id IS NULL THEN 'not_officer' WHEN p_reference IS NOT NULL THEN 'unknown'
			WHEN v_waits.several THEN 'which' ELSE 'not_yours' END;
		RETURN;
	END IF;
	approved := v_alert.reference;
	SELECT * INTO v_code FROM alert_code WHERE alert_id = v_alert.id AND officer_id = v_officer.id FOR UPDATE;
	v_right := v_code.hash = sha256(convert_to(v_code.salt || p_code, 'UTF8'));
	outcome := CASE
		WHEN v_officer.id IN (v_alert.drafted_by, v_alert.edited_by) THEN 'same_person'
		WHEN v_code.officer_id IS NULL THEN 'not_yours'
		WHEN v_code.failures >= 3 THEN 'code_void'
		WHEN NOT v_right THEN CASE WHEN EXISTS (SELECT FROM alert_code o WHERE o.alert_id = v_alert.id
			AND o.hash = sha256(convert_to(o.salt || p_code, 'UTF8'))) THEN 'not_yours' ELSE 'code_wrong' END
		WHEN v_code.used_at IS NOT NULL THEN 'code_used'
		WHEN v_code.version <> v_alert.version THEN 'edited'
		WHEN v_code.expires_at <= city_now() THEN 'code_expired' END;
	IF outcome IS NULL THEN
		outcome := (alert_approve(v_officer.id, v_alert.reference, v_code.version, 'sms', NULL));
		UPDATE alert_code SET used_at = city_now() WHERE alert_id = v_alert.id AND officer_id = v_officer.id;
	ELSIF NOT v_right THEN
		UPDATE alert_code SET failures = least(failures + 1, 3) WHERE alert_id = v_alert.id AND officer_id = v_officer.id;
	END IF;
END $$;

-- Ending ------------------------------------------------------------------------------------------

-- Nothing more of it leaves: what would leave next is taken back at once, unless a link has it in hand this moment; alert_expand
-- takes back the rest, faster than links send it, and drops the planned ones.
CREATE OR REPLACE FUNCTION alert_end(p_alert bigint, p_state text, p_by text, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE alert SET state = p_state, ended_by = p_by, ended_at = city_now(), reason = coalesce(p_reason, reason), swept = false
	WHERE id = p_alert;
	PERFORM alert_take_back(p_alert, 500);
	NOTIFY baraza_alert;
END $$;

DROP FUNCTION IF EXISTS alert_stop;
CREATE FUNCTION alert_stop(p_officer integer, p_reference text, p_reason text, p_origin text DEFAULT 'keyboard',
	OUT outcome text, OUT left_ bigint, OUT cancel text)
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer := officer_active(p_officer);
	v_alert alert;
	v_new alert;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	outcome := CASE WHEN v_alert.id IS NULL THEN 'unknown' WHEN v_officer.id IS NULL THEN 'not_officer'
		WHEN btrim(coalesce(p_reason, '')) = '' THEN 'no_reason'
		WHEN v_alert.state = 'approved' THEN 'stopped' WHEN v_alert.state = 'done' THEN 'over' ELSE 'not_running' END;
	IF outcome NOT IN ('stopped', 'over') THEN
		RETURN;
	END IF;
	IF outcome = 'stopped' THEN
		PERFORM alert_end(v_alert.id, 'stopped', v_officer.name, p_reason);
		PERFORM audit_add(v_officer.name, 'alert stopped', v_alert.reference, p_reason);
		PERFORM alert_tell(array_remove(officers_with('approve'), p_officer), 'alert_halted', v_alert,
			ARRAY['name', v_officer.name, 'reason', p_reason]);
	END IF;
	SELECT count(*) INTO left_ FROM alert_had(ARRAY[v_alert.id]);
	IF left_ > 0 THEN
		v_new := alert_after(v_alert.reference);
		v_new.kind := 'cancel';
		v_new.origin := p_origin;
		v_new.trusted := false;
		v_new.drafted_by := p_officer;
		cancel := alert_insert(v_new);
	END IF;
END $$;

DROP FUNCTION IF EXISTS alert_resend;
CREATE FUNCTION alert_resend(p_officer integer, p_reference text, p_what text, OUT outcome text, OUT count_ bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer := officer_active(p_officer);
	v_alert alert;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	outcome := CASE WHEN v_alert.id IS NULL THEN 'unknown' WHEN v_officer.id IS NULL THEN 'not_officer'
		WHEN NOT v_officer.roles && '{draft,approve}' THEN 'no_role'
		WHEN p_what NOT IN ('unknown', 'failed', 'expired') THEN 'bad_value'
		WHEN v_alert.state NOT IN ('approved', 'done') THEN 'not_running'
		WHEN v_alert.expires_at <= city_now() THEN 'expired' END;
	IF outcome IS NOT NULL THEN
		RETURN;
	END IF;
	WITH again AS (
		UPDATE alert_recipient r SET state = 'planned', maybe = r.maybe OR p_what = 'unknown' FROM message m
		WHERE r.alert_id = v_alert.id AND r.state = 'queued' AND m.id = r.message_id AND m.state = p_what RETURNING 1
	)
	SELECT count(*) INTO count_ FROM again;
	outcome := CASE count_ WHEN 0 THEN 'none' ELSE 'resent' END;
	IF count_ > 0 THEN
		UPDATE alert SET state = 'approved', ended_by = NULL, ended_at = NULL, swept = false WHERE id = v_alert.id;
		PERFORM audit_add(v_officer.name, 'alert resent', v_alert.reference, p_what || ' ' || count_);
		NOTIFY baraza_alert;
	END IF;
END $$;
