-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert: a warning's life: drafted by one, approved by another, stopped by anyone.  Who gets it and how it leaves is in
-- 90-alert-audience.sql.
--
--	composing -> draft -> approved -> done | stopped ; composing, draft -> dropped
--
-- What is called, and by whom.  Each outcome is one word, which the callers give meaning to; nothing is changed but by the
-- outcome that is named first.
--   officer_by_login(login text) -> officer, officer_by_contact(contact bigint) -> officer: NULLs: nobody, or no longer one
--   alert_zones(names text[], OUT zones integer[], OUT unknown text[])
--   alert_id(reference text) -> bigint
--   alert_draft(officer integer, origin text, fields jsonb, OUT outcome text, OUT reference text)
--	officer NULL: a machine (origin cap, gauge).  Fields, all of them optional but event, zones and expires of a first alert:
--	kind follows(reference) status event severity urgency certainty zones(ids) starts expires(times) sender_name lists(names)
--	order(words) subscribers relays reporters(booleans) blanks({"name": "value"} or [name, value...]) role(that its template
--	asks for) trusted(of origin cap alone).  What a follower does not say is as in what it follows; its expiry is that or in 6
--	hours, whichever is later.
--	drafted | not_officer | no_role | police_only | bad_field (no such field, or not of that kind) | bad_value | bad_time |
--	bad_order | unknown_zone | unknown_list | no_zone | no_event | follows_nothing | exercise_to_citizens | no_staff (no such
--	list) | not_allowed (to reporters: setting alert_reporters)
--	It is `composing` then, and baraza_alert is notified.
--   alert_texts_set(reference, languages text[], bodies text[], segments integer[], units integer[], ucs2 boolean[],
--	reviewed text[], headlines text[], version integer DEFAULT NULL, OUT outcome text)
--	The first language is that of those who read none of them.  Counts recipients, sends codes and texts to approvers.
--	draft | approved (trusted) | unknown | edited (another version by now) | not_composing | no_text
--   alert_fault_set(reference, fault text): why it could not be composed; it stays `composing` until it is edited
--   alert_edit(officer, reference, fields, OUT outcome): edited | those of alert_draft | unknown | not_draft
--	kind, follows, status and trusted cannot be edited (bad_field).
--   alert_drop(officer, reference, reason, OUT outcome): dropped | unknown | not_officer | not_draft
--   alert_approve(officer, reference, version integer, how text, reason text, OUT outcome)
--	how: keyboard | sms | console | override.  version: that she was shown.
--	approved | unknown | not_officer | no_role | no_reason (of an override) | same_person | edited | already | not_draft (state
--	composing, dropped, stopped) | expired | no_zone | no_recipients
--   alert_code_send(alert bigint, officer integer) -> sent | no_phone | no_role | same_person | not_draft
--	A new code to her phone; alert_preview_send(alert, officer) sends code and text.
--   alert_approve_code(contact bigint, reference text, code text, OUT outcome text, OUT approved text)
--	reference NULL: the one alert that waits for her.  approved: its reference.
--	those of alert_approve | code_wrong | code_void (three were wrong) | code_expired | code_used | not_yours (another's code, or
--	none was sent to her) | which (of several)
--   alert_stop(officer, reference, reason, OUT outcome text, OUT left_ bigint, OUT cancel text)
--	Any officer; nothing more leaves.  left_: to how many it has, or may have, gone; cancel: the reference of the alert of kind
--	cancel that is drafted for those (NULL: nobody has it).
--	stopped | over (all of it has left: a cancel is drafted) | unknown | not_officer | no_reason | not_running
--   alert_resend(officer, reference, what text, OUT outcome text, OUT count_ bigint)
--	what: unknown | failed | expired.  resent | unknown | not_officer | no_role | bad_value | not_running | expired | none
-- NOTIFY baraza_alert wakes gateway/alerts.c, baraza_queue the outbox.

-- People ------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION officer_by_login(p_login text)
RETURNS officer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v officer;
BEGIN
	SELECT * INTO v FROM officer WHERE login = p_login AND active;
	RETURN v;
END $$;

CREATE OR REPLACE FUNCTION officer_by_contact(p_contact bigint)
RETURNS officer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v officer;
BEGIN
	SELECT * INTO v FROM officer WHERE contact_id = p_contact AND active;
	RETURN v;
END $$;

CREATE OR REPLACE FUNCTION officer_active(p_officer integer)
RETURNS officer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v officer;
BEGIN
	SELECT * INTO v FROM officer WHERE id = p_officer AND active;
	RETURN v;
END $$;

-- Say a text about an alert to these officers, at night too; who has no phone is told nothing.
CREATE OR REPLACE FUNCTION officers_tell(p_officers integer[], p_key text, p_values text[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM notice_add(o.contact_id, p_key, p_values, 2, 'alert')
	FROM officer o JOIN contact c ON c.id = o.contact_id
	WHERE o.id = ANY (p_officers) AND o.active AND c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL
	ORDER BY o.id;
END $$;

CREATE OR REPLACE FUNCTION officers_with(p_role text)
RETURNS integer[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(SELECT id FROM officer WHERE active AND p_role = ANY (roles) ORDER BY id);
END $$;

-- Names and references ----------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION alert_id(p_reference text)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT id FROM alert WHERE reference = upper(p_reference));
END $$;

-- The zones of these names, in their order; unknown: those that name none.
CREATE OR REPLACE FUNCTION alert_zones(p_names text[], OUT zones integer[], OUT unknown text[])
LANGUAGE plpgsql STABLE AS $$
BEGIN
	SELECT coalesce(array_agg(z.id ORDER BY u.ord) FILTER (WHERE z.id IS NOT NULL), '{}'),
		coalesce(array_agg(u.name ORDER BY u.ord) FILTER (WHERE z.id IS NULL), '{}')
	INTO zones, unknown
	FROM unnest(p_names) WITH ORDINALITY AS u(name, ord)
	LEFT JOIN LATERAL (SELECT id FROM zone WHERE fold(zone.name) = fold(u.name) ORDER BY zone.name <> u.name, id LIMIT 1) z ON true;
END $$;

-- All that an alert follows, and all that follows them: what is said of one danger.
CREATE OR REPLACE FUNCTION alert_family(p_alert bigint)
RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(
		WITH RECURSIVE up (id, follows) AS (
			SELECT id, follows FROM alert WHERE id = p_alert
			UNION
			SELECT a.id, a.follows FROM up JOIN alert a ON a.id = up.follows
		), down (id) AS (
			SELECT id FROM up WHERE follows IS NULL
			UNION
			SELECT a.id FROM down JOIN alert a ON a.follows = down.id
		)
		SELECT id FROM down ORDER BY id);
END $$;

-- Drafting ----------------------------------------------------------------------------------------

-- The values of a JSON array of words, or of an object's names and values in turn.
CREATE OR REPLACE FUNCTION jsonb_words(p jsonb)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT AS $$
BEGIN
	IF jsonb_typeof(p) = 'object' THEN
		RETURN ARRAY(SELECT w FROM jsonb_each_text(p) e, LATERAL (VALUES (1, e.key), (2, coalesce(e.value, ''))) AS x(n, w)
			ORDER BY e.key, x.n);
	END IF;
	RETURN ARRAY(SELECT w FROM jsonb_array_elements_text(p) WITH ORDINALITY AS u(w, n) ORDER BY n);
END $$;

-- What each field must be.
CREATE OR REPLACE FUNCTION alert_field_type(p_name text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE
		WHEN p_name IN ('kind', 'follows', 'status', 'event', 'severity', 'urgency', 'certainty', 'starts', 'expires',
			'sender_name', 'role') THEN 'string'
		WHEN p_name IN ('zones', 'lists', 'order') THEN 'array'
		WHEN p_name = 'blanks' THEN 'words'
		WHEN p_name IN ('subscribers', 'relays', 'reporters', 'trusted') THEN 'boolean' END;
END $$;

CREATE OR REPLACE FUNCTION alert_fields_fit(p_fields jsonb)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN jsonb_typeof(p_fields) = 'object' AND NOT EXISTS (
		SELECT FROM jsonb_each(p_fields) f WHERE CASE coalesce(alert_field_type(f.key), 'none')
			WHEN 'none' THEN true
			WHEN 'words' THEN jsonb_typeof(f.value) NOT IN ('array', 'object')
			ELSE jsonb_typeof(f.value) <> alert_field_type(f.key) END);
END $$;

-- Times are local, or say their offset.  They are bad when it is over before it begins, or by now, or after a month: a slip.
CREATE OR REPLACE FUNCTION alert_read_times(INOUT p_row alert, p_fields jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	BEGIN
		p_row.starts_at := coalesce((p_fields ->> 'starts')::timestamptz, p_row.starts_at, v_now);
		p_row.expires_at := coalesce((p_fields ->> 'expires')::timestamptz, p_row.expires_at);
	EXCEPTION WHEN data_exception THEN
		outcome := 'bad_time';
		RETURN;
	END;
	IF p_row.expires_at IS NULL OR NOT isfinite(p_row.expires_at) OR NOT isfinite(p_row.starts_at)
			OR p_row.expires_at <= greatest(v_now, p_row.starts_at) OR p_row.expires_at > v_now + interval '31 days' THEN
		outcome := 'bad_time';
	END IF;
END $$;

-- Who is meant.
CREATE OR REPLACE FUNCTION alert_read_audience(INOUT p_row alert, p_fields jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_actual CONSTANT boolean := p_row.status = 'actual';
	v_lists text[];
BEGIN
	p_row.to_subscribers := coalesce((p_fields ->> 'subscribers')::boolean, p_row.to_subscribers, v_actual);
	p_row.to_relays := coalesce((p_fields ->> 'relays')::boolean, p_row.to_relays, v_actual);
	p_row.to_reporters := coalesce((p_fields ->> 'reporters')::boolean, p_row.to_reporters, false);
	IF p_fields ? 'lists' THEN
		v_lists := jsonb_words(p_fields -> 'lists');
		p_row.to_lists := ARRAY(SELECT id FROM recipient_list WHERE name = ANY (v_lists) ORDER BY id);
		IF cardinality(p_row.to_lists) < (SELECT count(DISTINCT l) FROM unnest(v_lists) l) THEN
			outcome := 'unknown_list';
			RETURN;
		END IF;
	ELSIF NOT v_actual AND p_row.to_lists IS NULL THEN
		p_row.to_lists := ARRAY(SELECT id FROM recipient_list WHERE kind = 'staff' ORDER BY id);
	END IF;
	p_row.to_lists := coalesce(p_row.to_lists, '{}');
	outcome := CASE
		WHEN NOT v_actual AND (p_row.to_subscribers OR p_row.to_relays OR p_row.to_reporters OR EXISTS (
			SELECT FROM recipient_list WHERE id = ANY (p_row.to_lists) AND kind <> 'staff')) THEN 'exercise_to_citizens'
		WHEN NOT v_actual AND p_row.to_lists = '{}' THEN 'no_staff'
		WHEN p_row.to_reporters AND NOT setting_bool('alert_reporters', false) THEN 'not_allowed' END;
END $$;

-- The row with what these fields say; outcome NULL: all of it can be.
CREATE OR REPLACE FUNCTION alert_read(INOUT p_row alert, p_fields jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_kinds CONSTANT text[] := '{relays,zones,lists,random}';
BEGIN
	p_row.event := coalesce(p_fields ->> 'event', p_row.event);
	p_row.severity := coalesce(p_fields ->> 'severity', p_row.severity, 'Severe');
	p_row.urgency := coalesce(p_fields ->> 'urgency', p_row.urgency, 'Immediate');
	p_row.certainty := coalesce(p_fields ->> 'certainty', p_row.certainty, 'Likely');
	p_row.sender_name := coalesce(p_fields ->> 'sender_name', p_row.sender_name, setting_text('city', ''));
	p_row.order_ := coalesce(jsonb_words(p_fields -> 'order'), p_row.order_, v_kinds);
	p_row.blanks := coalesce(jsonb_words(p_fields -> 'blanks'), p_row.blanks, '{}');
	BEGIN
		p_row.zones := coalesce(jsonb_words(p_fields -> 'zones')::integer[], p_row.zones, '{}');
	EXCEPTION WHEN data_exception THEN
		outcome := 'unknown_zone';
		RETURN;
	END;
	outcome := CASE
		WHEN coalesce(p_row.event, '') = '' THEN 'no_event'
		WHEN p_row.severity NOT IN ('Extreme', 'Severe', 'Moderate', 'Minor', 'Unknown')
			OR p_row.urgency NOT IN ('Immediate', 'Expected', 'Future', 'Past', 'Unknown')
			OR p_row.certainty NOT IN ('Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown') THEN 'bad_value'
		WHEN NOT p_row.order_ <@ v_kinds OR (SELECT count(*) > count(DISTINCT o) FROM unnest(p_row.order_) o) THEN 'bad_order'
		WHEN EXISTS (SELECT FROM unnest(p_row.zones) z WHERE z NOT IN (SELECT id FROM zone)) THEN 'unknown_zone'
		WHEN p_row.zones = '{}' AND p_row.follows IS NULL AND p_row.drafted_by IS NOT NULL THEN 'no_zone' END;
	IF outcome IS NULL THEN
		v := alert_read_audience(p_row, p_fields);
		p_row := v.p_row;
		outcome := v.outcome;
	END IF;
	IF outcome IS NULL THEN
		v := alert_read_times(p_row, p_fields);
		p_row := v.p_row;
		outcome := v.outcome;
	END IF;
END $$;

-- May she draft such an alert?  NULL: yes.  A machine may what its origin may.
CREATE OR REPLACE FUNCTION alert_drafter(p_officer integer, p_origin text, p_event text, p_role text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_officer officer := officer_active(p_officer);
	v_police boolean := coalesce('police' = ANY (v_officer.roles), false);
	v_for_police boolean := p_event IS NOT DISTINCT FROM 'missing_person' OR p_role IS NOT DISTINCT FROM 'police';
BEGIN
	RETURN CASE
		WHEN v_officer.id IS NULL AND (p_officer IS NOT NULL OR p_origin NOT IN ('cap', 'gauge')) THEN 'not_officer'
		WHEN v_for_police AND NOT v_police THEN 'police_only'
		WHEN v_officer.id IS NOT NULL AND NOT v_for_police AND NOT 'draft' = ANY (v_officer.roles) THEN 'no_role' END;
END $$;

-- What a follower begins as.  NULL: nobody can have had what it follows.
CREATE OR REPLACE FUNCTION alert_after(p_follows text)
RETURNS alert
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v alert;
BEGIN
	SELECT * INTO v FROM alert WHERE id = alert_id(p_follows) AND state IN ('approved', 'done', 'stopped');
	v.follows := v.id;
	v.expires_at := greatest(v.expires_at, city_now() + interval '6 hours');
	RETURN v;
END $$;

-- Write down a new alert as it is now.
CREATE OR REPLACE FUNCTION alert_insert(p_row alert)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_reference text := ticket_reference(); -- of one sequence with tickets: VU takes both
BEGIN
	INSERT INTO alert (reference, kind, follows, status, event, severity, urgency, certainty, zones, starts_at, expires_at,
		sender_name, to_subscribers, to_relays, to_lists, to_reporters, order_, blanks, origin, trusted, drafted_by,
		drafted_at)
	VALUES (v_reference, p_row.kind, p_row.follows, p_row.status, p_row.event, p_row.severity, p_row.urgency,
		p_row.certainty, p_row.zones, p_row.starts_at, p_row.expires_at, p_row.sender_name, p_row.to_subscribers,
		p_row.to_relays, p_row.to_lists, p_row.to_reporters, p_row.order_, p_row.blanks, p_row.origin, p_row.trusted,
		p_row.drafted_by, city_now());
	PERFORM audit_add(coalesce((SELECT name FROM officer WHERE id = p_row.drafted_by), p_row.origin), 'alert drafted',
		v_reference, NULL);
	NOTIFY baraza_alert;
	RETURN v_reference;
END $$;

CREATE OR REPLACE FUNCTION alert_draft(p_officer integer, p_origin text, p_fields jsonb, OUT outcome text,
	OUT reference text)
LANGUAGE plpgsql AS $$
DECLARE
	v_kind text := coalesce(p_fields ->> 'kind', 'alert');
	v_row alert;
	v_read record;
BEGIN
	IF NOT alert_fields_fit(p_fields) THEN
		outcome := 'bad_field';
	ELSIF v_kind NOT IN ('alert', 'update', 'cancel', 'clear')
			OR coalesce(p_fields ->> 'status', 'actual') NOT IN ('actual', 'exercise', 'test') THEN
		outcome := 'bad_value';
	ELSIF v_kind <> 'alert' OR p_fields ? 'follows' THEN
		v_row := alert_after(p_fields ->> 'follows');
		outcome := CASE WHEN v_row.id IS NULL OR v_kind = 'alert' THEN 'follows_nothing'
			WHEN p_fields ->> 'status' <> v_row.status THEN 'bad_value' END;
	END IF;
	v_row.kind := v_kind;
	v_row.status := coalesce(v_row.status, p_fields ->> 'status', 'actual');
	v_row.origin := p_origin;
	v_row.drafted_by := p_officer;
	v_row.trusted := p_origin = 'cap' AND coalesce((p_fields ->> 'trusted')::boolean, false);
	outcome := coalesce(outcome, alert_drafter(p_officer, p_origin, coalesce(p_fields ->> 'event', v_row.event),
		p_fields ->> 'role'));
	IF outcome IS NULL THEN
		v_read := alert_read(v_row, p_fields);
		outcome := v_read.outcome;
	END IF;
	IF outcome IS NULL THEN
		reference := alert_insert(v_read.p_row);
		outcome := 'drafted';
	END IF;
END $$;

-- What those who were asked to approve have not heard yet, they need not hear any more.
CREATE OR REPLACE FUNCTION alert_unsay(p_reference text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM notice WHERE service = 'alert' AND text_key IN ('alert_to_approve', 'alert_to_approve_late', 'alert_not_read',
		'alert_its_text') AND values[1:2] = ARRAY['reference', p_reference];
END $$;

CREATE OR REPLACE FUNCTION alert_edit(p_officer integer, p_reference text, p_fields jsonb, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_row alert;
	v_new alert;
	v_read record;
	v_officer officer := officer_active(p_officer);
BEGIN
	SELECT * INTO v_row FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	IF NOT FOUND THEN
		outcome := 'unknown';
	ELSIF NOT alert_fields_fit(p_fields) OR p_fields ?| '{kind,follows,status,trusted}' THEN
		outcome := 'bad_field';
	ELSE
		outcome := alert_drafter(p_officer, 'keyboard', coalesce(p_fields ->> 'event', v_row.event), p_fields ->> 'role');
	END IF;
	IF outcome IS NULL AND v_row.state NOT IN ('composing', 'draft') THEN
		outcome := 'not_draft';
	END IF;
	IF outcome IS NULL THEN
		v_read := alert_read(v_row, p_fields);
		outcome := v_read.outcome;
	END IF;
	IF outcome IS NOT NULL THEN
		RETURN;
	END IF;
	v_new := v_read.p_row;
	UPDATE alert SET event = v_new.event, severity = v_new.severity, urgency = v_new.urgency, certainty = v_new.certainty,
		zones = v_new.zones, starts_at = v_new.starts_at, expires_at = v_new.expires_at, sender_name = v_new.sender_name,
		to_subscribers = v_new.to_subscribers, to_relays = v_new.to_relays, to_lists = v_new.to_lists,
		to_reporters = v_new.to_reporters, order_ = v_new.order_, blanks = v_new.blanks, state = 'composing', fault = NULL,
		version = version + 1, trusted = false, edited_by = p_officer
	WHERE id = v_row.id;
	DELETE FROM alert_text WHERE alert_id = v_row.id;
	PERFORM alert_unsay(v_row.reference);
	PERFORM officers_tell(ARRAY(SELECT officer_id FROM alert_code WHERE alert_id = v_row.id AND officer_id <> p_officer
			AND version = v_row.version), 'alert_changed', ARRAY['reference', v_row.reference, 'name', v_officer.name]);
	PERFORM audit_add(v_officer.name, 'alert edited', v_row.reference, NULL);
	NOTIFY baraza_alert;
	outcome := 'edited';
END $$;

CREATE OR REPLACE FUNCTION alert_drop(p_officer integer, p_reference text, p_reason text, OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer := officer_active(p_officer);
	v_row alert;
BEGIN
	SELECT * INTO v_row FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	outcome := CASE WHEN v_row.id IS NULL THEN 'unknown' WHEN v_officer.id IS NULL THEN 'not_officer'
		WHEN v_row.state NOT IN ('composing', 'draft') THEN 'not_draft' ELSE 'dropped' END;
	IF outcome <> 'dropped' THEN
		RETURN;
	END IF;
	UPDATE alert SET state = 'dropped', ended_by = v_officer.name, ended_at = city_now(), reason = p_reason
	WHERE id = v_row.id;
	PERFORM alert_unsay(v_row.reference);
	PERFORM audit_add(v_officer.name, 'alert dropped', v_row.reference, p_reason);
END $$;

CREATE OR REPLACE FUNCTION alert_fault_set(p_reference text, p_fault text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE alert SET fault = p_fault WHERE id = alert_id(p_reference) AND state = 'composing';
	IF FOUND THEN
		PERFORM desk_fault(alert_id(p_reference));
	END IF;
END $$;

DROP FUNCTION IF EXISTS alert_texts_set;
CREATE FUNCTION alert_texts_set(p_reference text, p_languages text[], p_bodies text[], p_segments integer[],
	p_units integer[], p_ucs2 boolean[], p_reviewed text[], p_headlines text[], p_version integer DEFAULT NULL,
	OUT outcome text)
LANGUAGE plpgsql AS $$
DECLARE
	v_row alert;
BEGIN
	SELECT * INTO v_row FROM alert WHERE id = alert_id(p_reference) FOR UPDATE;
	outcome := CASE WHEN v_row.id IS NULL THEN 'unknown' WHEN v_row.version <> p_version THEN 'edited'
		WHEN v_row.state <> 'composing' THEN 'not_composing'
		WHEN coalesce(cardinality(p_languages), 0) = 0 THEN 'no_text' END;
	IF outcome IS NOT NULL THEN
		RETURN;
	END IF;
	DELETE FROM alert_text WHERE alert_id = v_row.id;
	INSERT INTO alert_text (alert_id, language, body, segments, units, ucs2, reviewed_by, headline)
	SELECT v_row.id, u.* FROM unnest(p_languages, p_bodies, p_segments, p_units, p_ucs2, p_reviewed, p_headlines) u;
	UPDATE alert SET state = 'draft', fault = NULL, language = p_languages[1] WHERE id = v_row.id;
	PERFORM alert_count(v_row.id);
	IF v_row.trusted THEN
		outcome := alert_approve_row(v_row.id, NULL, 'trusted sender', NULL);
	END IF;
	IF outcome IS DISTINCT FROM 'approved' THEN
		PERFORM alert_preview_send(v_row.id, o) FROM unnest(officers_with('approve')) o;
		outcome := 'draft';
	END IF;
	PERFORM desk_counted(v_row.id);
END $$;

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

-- The code, what nobody has read, and the text as she would read it.
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
CREATE FUNCTION alert_stop(p_officer integer, p_reference text, p_reason text, OUT outcome text, OUT left_ bigint,
	OUT cancel text)
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
		v_new.origin := 'keyboard';
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
