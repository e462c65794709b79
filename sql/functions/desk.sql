-- SPDX-License-Identifier: GPL-3.0-or-later
-- desk: officers draft, approve, stop and look by SMS.  What is done to an alert is 90-alert.sql's; here is what an officer's
-- SMS says, and what she hears.
--
-- What others call:
--   alert_events_set(events, languages, names, also, severities, urgencies, certainties, lasts, police): what SQL must know of the
--                  templates, a row an event and language; by the gateway as it starts and reads its configuration again
--   desk_counted(alert), desk_fault(alert): its recipients are counted; its texts could not be written (alert.fault).  Who wrote
--                  it by SMS (alert.forecast_to) hears so.  By alert_texts_set and alert_fault_set

CREATE OR REPLACE FUNCTION alert_events_set(p_events text[], p_languages text[], p_names text[], p_also text[],
	p_severities text[], p_urgencies text[], p_certainties text[], p_lasts integer[], p_police boolean[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('baraza alert events')); -- nodes that start at once
	DELETE FROM alert_event;
	INSERT INTO alert_event (event, language, name, also, severity, urgency, certainty, lasts_h, police)
	SELECT * FROM unnest(p_events, p_languages, p_names, p_also, p_severities, p_urgencies, p_certainties, p_lasts, p_police);
END $$;

-- Names, as she reads them -------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION desk_language(p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT language FROM contact WHERE id = p_contact), setting_text('default_language', 'en'));
END $$;

-- What an event is called in her language; CAP's own word is its own name.
CREATE OR REPLACE FUNCTION desk_event_name(p_event text, p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT name FROM alert_event WHERE event = p_event AND language IN (desk_language(p_contact),
			setting_text('default_language', 'en'))
		ORDER BY language = desk_language(p_contact) DESC LIMIT 1), replace(p_event, '_', ' '));
END $$;

-- All that can be drafted.
CREATE OR REPLACE FUNCTION desk_event_names(p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(n, ', ' ORDER BY n)
		FROM (SELECT DISTINCT desk_event_name(event, p_contact) AS n FROM alert_event) e);
END $$;

CREATE OR REPLACE FUNCTION desk_zone_names(p_alert alert)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT string_agg(z.name, ', ' ORDER BY u.n) FROM unnest(p_alert.zones) WITH ORDINALITY AS u(id, n)
		JOIN zone z ON z.id = u.id), '');
END $$;

-- What it is and where: a value of texts.
CREATE OR REPLACE FUNCTION desk_what(p_alert alert, p_contact bigint)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN array_to_string(ARRAY['@desk_event', 'event', desk_event_name(p_alert.event, p_contact),
		'zones', desk_zone_names(p_alert)], E'\x1e');
END $$;

-- A moment, for a text that goes on with "half", "all": at 18:42; on 24/11 at 02:10.
CREATE OR REPLACE FUNCTION desk_when(p_at timestamptz, p_assumed boolean DEFAULT false)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN CASE WHEN p_at IS NULL THEN '@desk_done' WHEN NOT isfinite(p_at) THEN '@desk_never'
		WHEN p_at::date <> city_now()::date THEN array_to_string(ARRAY['@desk_on', 'day', to_char(p_at, 'DD/MM'),
			'at', to_char(p_at, 'HH24:MI')], E'\x1e')
		ELSE array_to_string(ARRAY[CASE WHEN p_assumed THEN '@desk_about' ELSE '@desk_at' END,
			'at', to_char(p_at, 'HH24:MI')], E'\x1e') END;
END $$;

-- What it is called, to whom and by when, at what cost.
CREATE OR REPLACE FUNCTION desk_forecast(p_alert alert, p_contact bigint)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM alert_forecast(p_alert.id);
	RETURN ARRAY['reference', p_alert.reference, 'text', desk_what(p_alert, p_contact),
		'recipients', v.recipients::text, 'segments', v.segments::text,
		'cost', coalesce(trim_scale(round(v.cost, 2)) || ' ' || v.currency, ''),
		'half', desk_when(v.half_at, v.assumed), 'all', desk_when(v.all_at, v.assumed)];
END $$;

-- What else a page at a keyboard shows: when a first tenth has it, recipients by zone and language, and what each link can
-- still send: the largest and the busiest few, since an SMS is not endless.
CREATE OR REPLACE FUNCTION desk_detail(p_alert alert)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_most CONSTANT integer := 6;
	v_forecast record;
	v_zones text;
	v_links text;
BEGIN
	SELECT * INTO v_forecast FROM alert_forecast(p_alert.id);
	SELECT string_agg(CASE WHEN z.n <= v_most THEN concat_ws(' ', z.zone, z.language, z.recipients)
			WHEN z.n = v_most + 1 THEN '...' END, ', ' ORDER BY z.n) INTO v_zones
	FROM (SELECT *, row_number() OVER () AS n FROM alert_forecast_zone(p_alert.id)) z;
	SELECT string_agg(array_to_string(ARRAY['@desk_sim', 'name', coalesce(l.modem, l.sim_number, '-'),
			'left', coalesce(l.left_today::text, '-'), 'bundle', coalesce(l.bundle::text, '-'),
			'text', translate(coalesce(l.balance, ''), E'\x1d\x1e\x1f\n', '    ')], E'\x1e'), E'\x1d' ORDER BY l.n) INTO v_links
	FROM (SELECT *, row_number() OVER (ORDER BY share DESC, modem) AS n FROM alert_forecast_link(p_alert.id)) l
	WHERE l.n <= v_most;
	RETURN ARRAY['reference', p_alert.reference, 'tenth', desk_when(v_forecast.tenth_at, v_forecast.assumed),
		'zones', coalesce(v_zones, '-'), 'text', coalesce(v_links, '-')];
END $$;

-- To who wrote it ---------------------------------------------------------------------------------

-- First of all, when half of them cannot have it before it begins, that; and what can be done.
CREATE OR REPLACE FUNCTION desk_counted(p_alert bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v alert;
	v_contact bigint;
	v_key text := 'desk_forecast';
	v_values text[];
	v_relays record;
BEGIN
	UPDATE alert a SET forecast_to = NULL FROM (SELECT id, forecast_to FROM alert WHERE id = p_alert) o
	WHERE a.id = o.id AND o.forecast_to IS NOT NULL RETURNING (SELECT contact_id FROM officer WHERE id = o.forecast_to)
	INTO v_contact;
	IF v_contact IS NULL THEN
		RETURN;
	END IF;
	SELECT * INTO v FROM alert WHERE id = p_alert;
	v_values := desk_forecast(v, v_contact);
	IF (SELECT late FROM alert_forecast(p_alert)) THEN
		v_key := 'desk_forecast_late_relays';
		v_values := v_values || ARRAY['start', desk_when(v.starts_at)];
		SELECT recipients, all_at, assumed INTO v_relays FROM alert_forecast(p_alert, true);
		IF v_relays.recipients > 0 AND desk_others(v) THEN
			v_key := 'desk_forecast_late';
			v_values := v_values || ARRAY['relays', v_relays.recipients::text,
				'relays_all', desk_when(v_relays.all_at, v_relays.assumed)];
		END IF;
	END IF;
	PERFORM notice_add(v_contact, v_key, v_values, 2, 'desk');
END $$;

-- Does it go to others than relays?
CREATE OR REPLACE FUNCTION desk_others(p_alert alert)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_alert.to_subscribers OR p_alert.to_reporters OR p_alert.to_lists <> '{}';
END $$;

-- Written by SMS, it is dropped: it cannot be mended by one.  Of a gauge's, who was woken hears it.
CREATE OR REPLACE FUNCTION desk_fault(p_alert bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v alert;
	v_values text[];
BEGIN
	SELECT * INTO v FROM alert WHERE id = p_alert;
	v_values := ARRAY['reference', v.reference, 'text', v.fault];
	IF v.forecast_to IS NOT NULL THEN
		PERFORM notice_add(contact_id, 'desk_fault', v_values, 2, 'desk') FROM officer
		WHERE id = v.forecast_to AND contact_id IS NOT NULL;
		IF v.origin = 'sms' THEN
			PERFORM alert_drop(v.forecast_to, v.reference, v.fault);
		END IF;
	ELSIF v.origin = 'gauge' THEN
		PERFORM duty_more(v.reference, 'desk_fault', v_values);
	ELSIF v.origin = 'cap' THEN -- nobody here has written it: who may write it anew
		PERFORM officers_tell(officers_with('draft'), 'desk_fault', v_values);
	END IF;
END $$;

-- What a draft says -------------------------------------------------------------------------------

-- Arabic digits made plain, hours and days marked: "18H30", "18:30", "6 pm" become t18:30, "25/11" becomes d25/11.
CREATE OR REPLACE FUNCTION desk_mark_times(p_text text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v text := translate(p_text, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '01234567890123456789');
BEGIN
	v := regexp_replace(v, '(^|[^0-9A-Za-z/])([0-9]{1,2})(?::([0-9]{2}))? ?pm(?![A-Za-z0-9])', '\1 tpm\2x\3 ', 'gi');
	v := regexp_replace(v, '(^|[^0-9A-Za-z/])([0-9]{1,2})(?::([0-9]{2}))? ?am(?![A-Za-z0-9])', '\1 tat\2x\3 ', 'gi');
	v := regexp_replace(v, '(^|[^0-9A-Za-z/])([0-9]{1,2}) ?(?:h|hrs|heures?|horas?|س)(?: ?([0-9]{2}))?(?![A-Za-z0-9])',
		'\1 tat\2x\3 ', 'gi');
	v := regexp_replace(v, '(^|[^0-9A-Za-z/])([0-9]{1,2}):([0-9]{2})(?![A-Za-z0-9])', '\1 tat\2x\3 ', 'g');
	RETURN regexp_replace(v, '(^|[^0-9A-Za-z])([0-9]{1,2})/([0-9]{1,2})(?![A-Za-z0-9/])', '\1 dday\2x\3 ', 'g');
END $$;

-- The moment of a marked hour: on the marked day, tomorrow, or else the next time that it is so late, unless it may have been
-- already (p_past: a danger that has begun).  NULL: there is no such hour.
CREATE OR REPLACE FUNCTION desk_moment(p_time text, p_day text, p_tomorrow boolean, p_past boolean)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v text[] := regexp_match(p_time, '^t(pm|at)([0-9]{1,2})x([0-9]{0,2})$');
	v_hour integer := v[2];
	v_minute integer := coalesce(nullif(v[3], ''), '0');
	v_date text[] := regexp_match(p_day, '^dday([0-9]{1,2})x([0-9]{1,2})$');
	v_day date := v_now::date;
	v_at timestamptz;
BEGIN
	IF v[1] = 'pm' AND v_hour < 12 THEN
		v_hour := v_hour + 12;
	END IF;
	IF v_hour > 24 OR v_minute > 59 OR v_hour = 24 AND v_minute > 0 THEN
		RETURN NULL;
	END IF;
	IF v_date IS NOT NULL THEN
		BEGIN
			v_day := make_date(extract(year FROM v_now)::integer, v_date[2]::integer, v_date[1]::integer);
		EXCEPTION WHEN datetime_field_overflow THEN
			RETURN NULL;
		END;
		IF v_day < v_now::date - 1 THEN
			v_day := v_day + interval '1 year';
		END IF;
	ELSIF p_tomorrow THEN
		v_day := v_day + 1;
	END IF;
	v_at := v_day + make_interval(hours => v_hour, mins => v_minute);
	IF v_at <= v_now AND v_date IS NULL AND NOT p_tomorrow AND (NOT p_past OR v_at < v_now - interval '12 hours') THEN
		v_at := v_day + 1 + make_interval(hours => v_hour, mins => v_minute);
	END IF;
	RETURN v_at;
END $$;

-- Take the hours out of the words: one is the end, unless it is said to be the beginning; of two the first is the beginning.
--   fault  there is no such hour, or there are too many
CREATE OR REPLACE FUNCTION desk_read_times(INOUT words text[], OUT starts timestamptz, OUT expires timestamptz, OUT fault boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_from CONSTANT text[] := '{from,since,de,des,du,partir,depuis,das,da,desde,من,منذ}';
	v_little CONSTANT text[] := '{until,till,to,by,jusqu,jusque,jusqua,a,au,avant,ate,as,حتي,الي,الساعه,at,h,on,le,no,dia,يوم}';
	v_tomorrow CONSTANT text[] := '{tomorrow,demain,amanha,غدا}';
	v_times text[] := '{}';
	v_left text[] := '{}';
	v_back integer;
	v_day text;
	v_is_tomorrow boolean;
	v_is_from boolean;
	v_at timestamptz;
	v_count integer := 0;
	v_began boolean := false; -- the one hour is the beginning
BEGIN
	fault := false;
	FOR i IN 1..cardinality(words) LOOP
		IF words[i] !~ '^t(pm|at)[0-9]+x[0-9]*$' THEN
			v_left := v_left || words[i];
			CONTINUE;
		END IF;
		v_day := NULL;
		v_is_tomorrow := false;
		v_is_from := false;
		LOOP -- what stands before it and belongs to it
			v_back := cardinality(v_left);
			EXIT WHEN v_back = 0;
			IF v_left[v_back] LIKE 'dday%' THEN
				v_day := v_left[v_back];
			ELSIF v_left[v_back] = ANY (v_tomorrow) THEN
				v_is_tomorrow := true;
			ELSIF v_left[v_back] = ANY (v_from) THEN
				v_is_from := true;
			ELSIF v_left[v_back] <> ALL (v_little) THEN
				EXIT;
			END IF;
			v_left := v_left[1:v_back - 1];
		END LOOP;
		v_count := v_count + 1;
		v_began := v_count = 1 AND v_is_from;
		v_at := desk_moment(words[i], v_day, v_is_tomorrow, v_count = 1 AND v_is_from);
		fault := fault OR v_at IS NULL OR v_count > 2;
		starts := CASE WHEN v_count = 2 THEN expires ELSE NULL END;
		expires := v_at;
	END LOOP;
	IF v_count = 1 AND v_began THEN
		starts := expires;
		expires := NULL;
	END IF;
	IF expires <= starts THEN -- from 22h until 6h
		expires := expires + interval '1 day';
	END IF;
	words := v_left;
END $$;

-- Take the event out of the words: the longest name of one, in whatever language; else one that is like it.
CREATE OR REPLACE FUNCTION desk_read_event(INOUT words text[], OUT event text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v record;
BEGIN
	WITH name AS MATERIALIZED ( -- folded once
		SELECT a.event, fold(n.written) AS folded FROM alert_event a, LATERAL (
			VALUES (a.name), (replace(a.event, '_', ' ')) UNION SELECT trim(o) FROM string_to_table(a.also, ',') o) AS n(written)
	), phrase AS MATERIALIZED (
		SELECT i, j, array_to_string(words[i:j], ' ') AS said
		FROM generate_series(1, cardinality(words)) i, generate_series(i, least(i + 4, cardinality(words))) j
	)
	SELECT n.event, p.i, p.j INTO v FROM phrase p, name n
	WHERE n.folded = p.said OR length(p.said) >= 4 AND similarity(n.folded, p.said) >= 0.5
	ORDER BY similarity(n.folded, p.said) DESC, p.j - p.i DESC, p.i LIMIT 1;
	IF FOUND THEN
		event := v.event;
		words := words[1:v.i - 1] || words[v.j + 1:];
	END IF;
END $$;

-- The zone of this folded name, its own or that of the place which is the same (some have a name in other letters).
CREATE OR REPLACE FUNCTION desk_zone(p_name text)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT zone_id FROM place_name WHERE folded = p_name AND zone_id IS NOT NULL ORDER BY zone_id LIMIT 1),
		(SELECT z.id FROM place_name n JOIN place p ON p.id = n.place_id JOIN zone z ON z.id = p.zone_id
		WHERE n.folded = p_name AND fold(p.name) = fold(z.name) ORDER BY z.id LIMIT 1));
END $$;

-- The zones that the words name, longest names first from the left; unknown: the first words that are no zone's name.
CREATE OR REPLACE FUNCTION desk_read_zones(p_words text[], OUT zones integer[], OUT unknown text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_little CONSTANT text[] := '{a,an,au,aux,de,du,des,la,le,les,l,d,un,une,um,uma,et,and,at,in,of,the,for,pour,en,em,no,na,nos,nas,e,do,
		da,dos,para,و,في,ل,zone,zones,zona,zonas,secteur,secteurs,quartier,alerte,alert,alerta,انذار,منطقه}';
	v_count integer := coalesce(cardinality(p_words), 0);
	i integer := 1;
	v_zone integer;
	v_open boolean := false; -- the unknown name goes on
BEGIN
	zones := '{}';
	WHILE i <= v_count LOOP
		FOR j IN REVERSE least(i + 4, v_count)..i LOOP
			v_zone := desk_zone(array_to_string(p_words[i:j], ' '));
			IF v_zone IS NULL AND p_words[i] LIKE 'و%' THEN -- "and" is written to the word
				v_zone := desk_zone(substr(array_to_string(p_words[i:j], ' '), 2));
			END IF;
			IF v_zone IS NOT NULL THEN
				zones := CASE WHEN v_zone = ANY (zones) THEN zones ELSE zones || v_zone END;
				i := j;
				EXIT;
			END IF;
		END LOOP;
		IF v_zone IS NULL AND p_words[i] <> ALL (v_little) AND (unknown IS NULL OR v_open) THEN
			unknown := concat_ws(' ', unknown, p_words[i]);
			v_open := true;
		ELSE
			v_open := false;
		END IF;
		v_zone := NULL;
		i := i + 1;
	END LOOP;
END $$;

-- Names of zones that are like it.
CREATE OR REPLACE FUNCTION desk_zones_near(p_name text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT string_agg(n.name, ', ' ORDER BY n.alike DESC, n.name)
		FROM (SELECT z.name, similarity(fold(z.name), p_name) AS alike FROM zone z
			ORDER BY alike DESC, z.name LIMIT 3) n);
END $$;

-- "EXERCISE FLOOD Kimisagara until 18h level=3.2 m": what each field of an alert is by it.
--   outcome  NULL: all of it was understood
DROP FUNCTION IF EXISTS desk_read;
CREATE FUNCTION desk_read(p_text text, OUT fields jsonb, OUT outcome text, OUT unknown text)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_pieces text[] := regexp_split_to_array(translate(p_text, E'\n', ' '), '\s+(?=[A-Za-z_]+(\.[a-z]{2,3})?\s?=)');
	v_words text[] := array_remove(string_to_array(fold(desk_mark_times(v_pieces[1])), ' '), '');
	v_times record;
	v_event record;
	v_zones record;
	v alert_event;
BEGIN
	fields := jsonb_build_object('blanks', coalesce((SELECT jsonb_object_agg(lower(btrim(split_part(p, '=', 1))),
		btrim(substr(p, strpos(p, '=') + 1))) FROM unnest(v_pieces[2:]) p), '{}'));
	IF v_words[1] IN ('exercise', 'exercice', 'exercicio', 'تمرين', 'test', 'teste', 'essai', 'اختبار', 'تجربه') THEN
		fields := fields || jsonb_build_object('status',
			CASE WHEN v_words[1] IN ('test', 'teste', 'essai', 'اختبار', 'تجربه') THEN 'test' ELSE 'exercise' END);
		v_words := v_words[2:];
	END IF;
	v_times := desk_read_times(v_words);
	v_event := desk_read_event(v_times.words);
	v_zones := desk_read_zones(v_event.words);
	unknown := coalesce(v_zones.unknown, v_words[1]);
	outcome := CASE WHEN coalesce(cardinality(v_words), 0) = 0 THEN 'how'
		WHEN v_event.event IS NULL THEN 'unknown_event'
		WHEN v_times.fault THEN 'bad_time'
		WHEN v_zones.unknown IS NOT NULL THEN 'unknown_zone'
		WHEN v_zones.zones = '{}' THEN 'no_zone' END;
	IF outcome IS NOT NULL THEN
		RETURN;
	END IF;
	SELECT * INTO v FROM alert_event WHERE event = v_event.event LIMIT 1;
	fields := fields || jsonb_build_object('event', v.event, 'severity', v.severity, 'urgency', v.urgency,
		'certainty', v.certainty, 'role', CASE WHEN v.police THEN 'police' ELSE '' END, 'zones', v_zones.zones,
		'starts', coalesce(v_times.starts, city_now()), 'expires', coalesce(v_times.expires,
			coalesce(v_times.starts, city_now()) + make_interval(hours => v.lasts_h)));
END $$;

-- What an officer does -----------------------------------------------------------------------------

-- The outcome that says why 90-alert.sql did nothing.
CREATE OR REPLACE FUNCTION desk_refusal(p_outcome text, p_alert alert, p_role text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY[CASE p_outcome WHEN 'no_role' THEN 'no_' || p_role || '_role' WHEN 'follows_nothing' THEN 'nobody_has_it'
			WHEN 'not_draft' THEN CASE WHEN p_alert.state = 'composing' AND p_role = 'approve' THEN 'composing' ELSE 'not_draft' END
			WHEN 'over' THEN 'not_running' ELSE p_outcome END,
		'reference', coalesce(p_alert.reference, ''), 'state', '@alert_state_' || coalesce(p_alert.state, 'done'),
		'officer', coalesce((SELECT name FROM officer WHERE id = p_alert.approved_by), '-'),
		'at', coalesce(to_char(p_alert.approved_at, 'HH24:MI'), '')];
END $$;

-- Who hears how it will go.
CREATE OR REPLACE FUNCTION desk_forecast_to(p_reference text, p_officer integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE alert SET forecast_to = p_officer WHERE reference = p_reference;
END $$;

CREATE OR REPLACE FUNCTION desk_draft(p_officer officer, p_text text)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_read record := desk_read(coalesce(p_text, ''));
	v_draft record;
	v alert;
BEGIN
	IF v_read.outcome IS NOT NULL THEN
		RETURN ARRAY[v_read.outcome, 'event', coalesce(v_read.unknown, ''), 'zone', coalesce(v_read.unknown, ''),
			'text', CASE v_read.outcome WHEN 'unknown_zone' THEN coalesce(desk_zones_near(v_read.unknown), '-')
				ELSE coalesce(desk_event_names(p_officer.contact_id), '-') END];
	END IF;
	v_draft := alert_draft(p_officer.id, 'sms', v_read.fields);
	IF v_draft.outcome <> 'drafted' THEN
		RETURN desk_refusal(v_draft.outcome, v, 'draft');
	END IF;
	PERFORM desk_forecast_to(v_draft.reference, p_officer.id);
	SELECT * INTO v FROM alert WHERE reference = v_draft.reference;
	RETURN ARRAY['drafted', 'reference', v.reference, 'event', desk_event_name(v.event, p_officer.contact_id),
		'zones', desk_zone_names(v), 'until', to_char(v.expires_at, CASE WHEN v.expires_at::date = city_now()::date
			THEN 'HH24:MI' ELSE 'DD/MM HH24:MI' END)];
END $$;

CREATE OR REPLACE FUNCTION desk_approve(p_officer officer, p_alert alert, p_code text, p_message bigint)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_alert alert := p_alert;
	v_fault text := alert_approver(p_officer, p_alert);
BEGIN
	IF p_code IS NULL OR v_fault = 'no_role' THEN
		RETURN CASE WHEN v_fault IS NOT NULL THEN desk_refusal(v_fault, p_alert, 'approve')
			WHEN p_alert.state <> 'draft' THEN desk_refusal(alert_unfit(p_alert), p_alert, 'approve')
			ELSE ARRAY['no_code', 'reference', p_alert.reference] END;
	END IF;
	v := alert_approve_code(p_officer.contact_id, p_alert.reference, p_code);
	PERFORM tax_code_hide(p_message, p_code);
	SELECT * INTO v_alert FROM alert WHERE reference = coalesce(v.approved, p_alert.reference);
	IF v.outcome = 'which' THEN
		RETURN desk_list(p_officer, 'which');
	ELSIF v.outcome = 'approved' THEN
		RETURN ARRAY['approved', 'reference', v_alert.reference,
			'recipients', (SELECT count(*) FROM alert_recipient WHERE alert_id = v_alert.id)::text];
	END IF;
	RETURN desk_refusal(v.outcome, v_alert, 'approve');
END $$;

CREATE OR REPLACE FUNCTION desk_code(p_officer officer, p_alert alert)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_outcome text := alert_preview_send(p_alert.id, p_officer.id);
BEGIN
	RETURN CASE WHEN v_outcome = 'sent' THEN ARRAY['sent'] -- which is the reply
		WHEN v_outcome = 'not_draft' THEN desk_refusal(alert_unfit(p_alert), p_alert, 'approve')
		ELSE desk_refusal(v_outcome, p_alert, 'approve') END;
END $$;

CREATE OR REPLACE FUNCTION desk_stop(p_officer officer, p_alert alert, p_reason text)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	IF p_alert.state IN ('composing', 'draft') THEN
		RETURN desk_refusal((alert_drop(p_officer.id, p_alert.reference, p_reason)), p_alert, 'draft');
	END IF;
	v := alert_stop(p_officer.id, p_alert.reference, coalesce(p_reason, 'SMS'), 'sms');
	IF v.outcome NOT IN ('stopped', 'over') OR v.outcome = 'over' AND v.cancel IS NULL THEN
		RETURN desk_refusal(v.outcome, p_alert, 'draft');
	END IF;
	PERFORM desk_forecast_to(v.cancel, p_officer.id);
	RETURN ARRAY[v.outcome || CASE WHEN v.outcome = 'stopped' AND v.cancel IS NOT NULL THEN '_cancel' ELSE '' END,
		'reference', p_alert.reference, 'left', v.left_::text, 'cancel', coalesce(v.cancel, '')];
END $$;

-- Does anybody have one of these, or may have?  alert_had() tells who.
CREATE OR REPLACE FUNCTION desk_is_had(p_alerts bigint[])
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN EXISTS (SELECT FROM alert_recipient r JOIN message m ON m.id = r.message_id
		WHERE r.alert_id = ANY (p_alerts) AND (r.maybe OR m.state IN ('sent', 'delivered', 'unknown')
			OR EXISTS (SELECT FROM inflight f WHERE f.message_id = m.id)
			OR EXISTS (SELECT FROM segment s WHERE s.message_id = m.id AND s.state IN ('sent', 'delivered', 'unknown'))));
END $$;

CREATE OR REPLACE FUNCTION desk_clear(p_officer officer, p_alert alert)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	IF p_alert.state IN ('composing', 'draft') OR NOT desk_is_had(alert_family(p_alert.id)) THEN
		RETURN ARRAY['nobody_has_it', 'reference', p_alert.reference];
	END IF;
	v := alert_draft(p_officer.id, 'sms', jsonb_build_object('kind', 'clear', 'follows', p_alert.reference));
	IF v.outcome <> 'drafted' THEN
		RETURN desk_refusal(v.outcome, p_alert, 'draft');
	END IF;
	PERFORM desk_forecast_to(v.reference, p_officer.id);
	RETURN ARRAY['clearing', 'reference', v.reference, 'follows', p_alert.reference];
END $$;

CREATE OR REPLACE FUNCTION desk_relays(p_officer officer, p_alert alert)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_outcome text;
BEGIN
	IF p_alert.to_relays AND NOT desk_others(p_alert) THEN
		RETURN ARRAY['relays_already', 'reference', p_alert.reference];
	END IF;
	v_outcome := alert_edit(p_officer.id, p_alert.reference,
		'{"relays": true, "subscribers": false, "reporters": false, "lists": []}');
	IF v_outcome <> 'edited' THEN
		RETURN desk_refusal(v_outcome, p_alert, 'draft');
	END IF;
	PERFORM desk_forecast_to(p_alert.reference, p_officer.id);
	RETURN ARRAY['relays_only', 'reference', p_alert.reference];
END $$;

-- How one stands.
CREATE OR REPLACE FUNCTION desk_state(p_officer officer, p_alert alert)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v record;
	v_forecast text[];
BEGIN
	IF p_alert.state = 'draft' THEN
		PERFORM notice_add(p_officer.contact_id, 'desk_detail', desk_detail(p_alert), 2, 'desk');
		RETURN ARRAY['state'] || desk_forecast(p_alert, p_officer.contact_id);
	ELSIF p_alert.state IN ('composing', 'dropped') THEN
		RETURN desk_refusal('not_running', p_alert, 'draft');
	END IF;
	SELECT coalesce(sum(sent + delivered), 0)::text AS sent, coalesce(sum(planned + queued), 0)::text AS planned,
		coalesce(sum(failed + expired), 0)::text AS failed, coalesce(sum(unknown), 0)::text AS unknown
	INTO v FROM alert_status_count WHERE reference = p_alert.reference;
	v_forecast := CASE WHEN p_alert.state = 'approved' THEN desk_forecast(p_alert, p_officer.contact_id)
		ELSE ARRAY['reference', p_alert.reference, 'text', desk_what(p_alert, p_officer.contact_id),
			'state', '@alert_state_' || p_alert.state] END;
	RETURN ARRAY[CASE WHEN p_alert.state = 'approved' THEN 'running' ELSE 'ended' END] || v_forecast
		|| ARRAY['sent', v.sent, 'planned', v.planned, 'failed', v.failed, 'unknown', v.unknown];
END $$;

-- Those that something can be done with: what waits, what is on its way, and what those who have it still go by.
CREATE OR REPLACE FUNCTION desk_open()
RETURNS SETOF alert
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT a.* FROM alert a
	WHERE (a.state IN ('composing', 'draft', 'approved') OR a.state IN ('done', 'stopped') AND desk_is_had(ARRAY[a.id])
			AND NOT EXISTS (SELECT FROM alert f WHERE f.follows = a.id AND f.state <> 'dropped'))
		AND a.expires_at > city_now()
	ORDER BY a.id DESC LIMIT 6;
END $$;

CREATE OR REPLACE FUNCTION desk_list(p_officer officer, p_outcome text)
RETURNS text[]
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_text text;
BEGIN
	SELECT string_agg(array_to_string(ARRAY['@desk_item', 'reference', o.reference,
		'event', desk_event_name(o.event, p_officer.contact_id), 'zones', desk_zone_names(o::alert),
		'state', '@alert_state_' || o.state], E'\x1e'), E'\x1d' ORDER BY o.id DESC) INTO v_text FROM desk_open() o;
	RETURN CASE WHEN v_text IS NULL THEN ARRAY['none'] ELSE ARRAY[p_outcome, 'text', v_text] END;
END $$;

-- The one that is meant when none is named: drafts for what is done to drafts, those that people have for an all-clear; NULL:
-- there is none, or are several.
CREATE OR REPLACE FUNCTION desk_only(p_officer officer, p_verb text)
RETURNS alert
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v alert[] := ARRAY(SELECT o::alert FROM desk_open() o WHERE CASE p_verb
		WHEN 'clear' THEN o.kind IN ('alert', 'update') AND desk_is_had(ARRAY[o.id])
		WHEN 'relays' THEN o.state IN ('composing', 'draft')
		WHEN 'stop' THEN false -- a slip would stop another's
		ELSE o.state = 'draft' AND alert_approver(p_officer, o::alert) IS NULL END);
BEGIN
	RETURN CASE WHEN cardinality(v) = 1 THEN v[1] END;
END $$;

CREATE OR REPLACE FUNCTION service_desk(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_officer officer := officer_by_contact(p_contact);
	v_verb text := p_fields ->> 'verb';
	v_reference text := p_fields ->> 'reference';
	v alert;
	v_status text[];
BEGIN
	IF v_officer.id IS NULL THEN
		RETURN ARRAY['no_officer']; -- she was one when she wrote: nothing is said
	ELSIF v_verb = 'draft' THEN
		RETURN desk_draft(v_officer, p_fields ->> 'text');
	ELSIF v_verb = 'list' THEN
		RETURN desk_list(v_officer, 'list');
	END IF;
	IF v_reference IS NOT NULL THEN
		SELECT * INTO v FROM alert WHERE id = alert_id(v_reference);
	ELSE
		v := desk_only(v_officer, v_verb);
	END IF;
	IF v.id IS NULL AND v_verb = 'state' AND ticket_by_reference(v_reference) IS NOT NULL THEN
		v_status := service_status(p_message, p_contact, jsonb_build_object('reference', v_reference));
		PERFORM notice_add(p_contact, 'status_' || v_status[1], v_status[2:], 2, 'status');
		RETURN ARRAY['is_a_ticket']; -- which is the reply
	ELSIF v.id IS NULL AND NOT (v_verb = 'approve' AND p_fields ? 'code' AND v_reference IS NULL) THEN
		RETURN CASE WHEN v_reference IS NULL THEN desk_list(v_officer, 'which')
			ELSE ARRAY['unknown', 'reference', v_reference] END;
	END IF;
	RETURN CASE v_verb WHEN 'approve' THEN desk_approve(v_officer, v, p_fields ->> 'code', p_message)
		WHEN 'code' THEN desk_code(v_officer, v)
		WHEN 'stop' THEN desk_stop(v_officer, v, p_fields ->> 'text')
		WHEN 'clear' THEN desk_clear(v_officer, v)
		WHEN 'relays' THEN desk_relays(v_officer, v)
		ELSE desk_state(v_officer, v) END;
END $$;
