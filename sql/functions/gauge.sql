-- SPDX-License-Identifier: GPL-3.0-or-later
-- gauge: what a gauge's phone tells of its level.  Each reading is kept.  The first one above the threshold since it was last
-- below drafts an alert of the gauge's event, which somebody must still approve, and wakes the duty officers.

-- A level with the gauge's unit, for texts.
CREATE OR REPLACE FUNCTION gauge_level(p_level numeric, p_unit text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN concat_ws(' ', p_level, nullif(p_unit, ''));
END $$;

-- Not one that this gauge can show: below zero where its threshold is not, or ten times what is too much already: somebody has
-- forgotten the point.
CREATE OR REPLACE FUNCTION gauge_is_nonsense(p_gauge gauge, p_level numeric)
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_gauge.threshold > 0 AND (p_level < 0 OR p_level > 10 * p_gauge.threshold);
END $$;

-- The level in the gauge's own unit: metres and centimetres are each other's.
CREATE OR REPLACE FUNCTION gauge_convert(p_level numeric, p_said text, p_unit text)
RETURNS numeric
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN CASE WHEN p_said = 'cm' AND p_unit = 'm' THEN p_level / 100
		WHEN p_said = 'm' AND p_unit = 'cm' THEN p_level * 100 ELSE p_level END::numeric(24, 3);
END $$;

-- It rose above its threshold: an alert is drafted, and somebody woken.  Where none can be drafted she must know it at once:
-- the call has a reference of its own then.
CREATE OR REPLACE FUNCTION gauge_alarm(p_gauge gauge, p_level text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_event alert_event;
	v_values text[] := ARRAY['name', p_gauge.name, 'level', p_level,
		'threshold', gauge_level(trim_scale(p_gauge.threshold), p_gauge.unit)];
	v_reference text;
	v_alert bigint;
BEGIN
	SELECT * INTO v_event FROM alert_event WHERE event = p_gauge.event LIMIT 1;
	IF FOUND AND p_gauge.zone_id IS NOT NULL THEN
		v_reference := (alert_draft(NULL, 'gauge', jsonb_build_object('event', v_event.event,
			'zones', ARRAY[p_gauge.zone_id], 'severity', v_event.severity, 'urgency', v_event.urgency,
			'certainty', 'Observed', 'expires', city_now() + make_interval(hours => v_event.lasts_h),
			'blanks', ARRAY['level', p_level]))).reference;
		v_alert := (SELECT id FROM alert WHERE reference = v_reference);
	END IF;
	v_reference := coalesce(v_reference, ticket_reference());
	PERFORM duty_wake('gauge', v_reference, NULL, v_alert, CASE WHEN v_alert IS NULL THEN 'gauge_duty_alone'
		ELSE 'gauge_duty' END, v_values || ARRAY['reference', v_reference]);
END $$;

-- The gauge that is meant: by its number, or the only one of this phone.  outcome NULL: that one.
CREATE OR REPLACE FUNCTION gauge_meant(p_contact bigint, p_number text, OUT meant gauge, OUT outcome text[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_numbers text[] := ARRAY(SELECT number::text FROM gauge WHERE contact_id = p_contact ORDER BY number);
BEGIN
	IF p_number IS NULL AND cardinality(v_numbers) <> 1 THEN
		outcome := ARRAY['which', 'text', array_to_string(v_numbers, ', ')];
		RETURN;
	END IF;
	SELECT * INTO meant FROM gauge WHERE number::text = coalesce(p_number, v_numbers[1]) AND contact_id = p_contact;
	IF NOT FOUND THEN
		outcome := ARRAY['not_yours', 'number', p_number];
	END IF;
END $$;

CREATE OR REPLACE FUNCTION service_gauge(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_meant record;
	v gauge;
	v_level numeric;
	v_values text[];
	v_outcome text;
BEGIN
	v_meant := gauge_meant(p_contact, p_fields ->> 'number');
	IF v_meant.outcome IS NOT NULL THEN
		RETURN v_meant.outcome;
	END IF;
	SELECT * INTO v FROM gauge WHERE number = (v_meant.meant).number FOR UPDATE; -- two readings, one alert
	IF NOT p_fields ? 'level' THEN
		RETURN ARRAY['how', 'number', v.number::text];
	END IF;
	v_level := trim_scale(gauge_convert((p_fields ->> 'level')::numeric, p_fields ->> 'unit', v.unit));
	v_values := ARRAY['name', v.name, 'level', gauge_level(v_level, v.unit), 'number', v.number::text,
		'threshold', gauge_level(trim_scale(v.threshold), v.unit)];
	IF gauge_is_nonsense(v, v_level) THEN
		RETURN ARRAY['nonsense'] || v_values;
	END IF;
	INSERT INTO gauge_reading (gauge_number, level, message_id, at) VALUES (v.number, v_level, p_message, city_now());
	v_outcome := CASE WHEN v_level > v.threshold AND v.above_since IS NULL THEN 'above'
		WHEN v_level > v.threshold THEN 'still' WHEN v.above_since IS NOT NULL THEN 'below' ELSE 'noted' END;
	IF v_outcome = 'above' THEN
		UPDATE gauge SET above_since = city_now() WHERE number = v.number;
		PERFORM gauge_alarm(v, gauge_level(v_level, v.unit));
	ELSIF v_outcome = 'below' THEN
		UPDATE gauge SET above_since = NULL WHERE number = v.number;
	END IF;
	RETURN ARRAY[v_outcome] || v_values;
END $$;
