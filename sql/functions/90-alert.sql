-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert: a warning's life: drafted by one, approved by another, stopped by anyone.  Here it is drafted; 90-alert-approve.sql has its
-- approval and its end, 90-alert-audience.sql who gets it and how it leaves.
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
--   alert_stop(officer, reference, reason, origin DEFAULT 'keyboard', OUT outcome text, OUT left_ bigint, OUT cancel text)
--	Any officer; nothing more leaves.  origin: the cancel's.  left_: to how many it has, or may have, gone; cancel: the reference of the alert of kind
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
	DELETE FROM notice WHERE service = 'alert' AND text_key IN ('alert_to_approve', 'alert_to_approve_late', 'alert_not_read', 'alert_clock',
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
