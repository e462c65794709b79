-- SPDX-License-Identifier: GPL-3.0-or-later
-- Readings of a gauge are kept; the first above its threshold drafts an alert and wakes a duty officer, once until it was
-- below again; what cannot be, and what another phone says, changes nothing.

INSERT INTO zone (name) VALUES ('Kimisagara');
INSERT INTO alert_event VALUES ('flood', 'en', 'flood', '', 'Severe', 'Immediate', 'Likely', 12, false),
	('missing_person', 'en', 'missing person', '', 'Moderate', 'Immediate', 'Observed', 48, true);
INSERT INTO officer (name, contact_id, roles) VALUES ('Aline', contact_of('+250788000011'), '{duty}');
INSERT INTO gauge (number, name, contact_id, zone_id, unit, threshold, event) VALUES
	(4, 'Nyabugogo bridge', contact_of('+250788000004'), 1, 'm', 3, 'flood'),
	(5, 'Well', contact_of('+250788000004'), NULL, 'cm', 250, 'flood'),
	(6, 'Gate', contact_of('+250788000006'), 1, 'm', 1.5, 'missing_person');
INSERT INTO message (direction, contact_id, body, at) VALUES ('in', contact_of('+250788000004'), 'JAUGE', city_now());

CREATE FUNCTION pg_temp.say(p_number text, p_fields jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
	v text[] := service_gauge(1, contact_of(p_number), p_fields);
BEGIN
	RETURN jsonb_build_object('outcome', v[1]) || coalesce(jsonb_object(v[2:]), '{}');
END $$;
CREATE FUNCTION pg_temp.level(p_level text, p_unit text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
	SELECT (pg_temp.say('+250788000004', jsonb_strip_nulls(jsonb_build_object('number', '4', 'level', p_level, 'unit', p_unit))))
		->> 'outcome'
$$;

DO $$
DECLARE
	v jsonb;
	a alert;
BEGIN
	-- Refusals first.
	v := pg_temp.say('+250788000006', '{"number": "4", "level": "9"}');
	ASSERT v ->> 'outcome' = 'not_yours' AND v ->> 'number' = '4', 'another''s phone';
	ASSERT pg_temp.say('+250788000099', '{"number": "4", "level": "9"}') ->> 'outcome' = 'not_yours', 'nobody''s phone';
	ASSERT pg_temp.say('+250788000004', '{"number": "77", "level": "9"}') ->> 'outcome' = 'not_yours', 'no such gauge';
	v := pg_temp.say('+250788000004', '{"level": "2.10"}');
	ASSERT v ->> 'outcome' = 'which' AND v ->> 'text' = '4, 5', 'a phone of two gauges';
	ASSERT pg_temp.say('+250788000004', '{"number": "4", "said": "haute"}') ->> 'outcome' = 'how', 'no figures';
	v := pg_temp.say('+250788000004', '{"number": "4", "level": "320"}');
	ASSERT v ->> 'outcome' = 'nonsense' AND v ->> 'level' = '320 m', 'the point was forgotten';
	ASSERT pg_temp.level('-1') = 'nonsense', 'below nothing';
	ASSERT NOT EXISTS (SELECT FROM gauge_reading) AND NOT EXISTS (SELECT FROM alert) AND NOT EXISTS (SELECT FROM duty_call)
		AND NOT EXISTS (SELECT FROM notice), 'nothing came of it';

	-- Below and at the threshold.
	ASSERT pg_temp.level('2.10') = 'noted' AND pg_temp.level('3.00') = 'noted', 'not above';
	ASSERT NOT EXISTS (SELECT FROM alert), 'no alert';

	-- Above.
	v := pg_temp.say('+250788000004', '{"number": "4", "level": "3.20"}');
	ASSERT v ->> 'outcome' = 'above' AND v ->> 'level' = '3.2 m' AND v ->> 'threshold' = '3 m', v;
	SELECT * INTO a FROM alert;
	ASSERT (a.event, a.origin, a.state, a.certainty) = ('flood', 'gauge', 'composing', 'Observed') AND a.drafted_by IS NULL
		AND a.approved_by IS NULL AND a.zones = '{1}' AND a.blanks = '{level,3.2 m}', a;
	ASSERT a.expires_at - a.starts_at BETWEEN interval '11:59:59' AND interval '12:00:01', 'as long as the template says';
	ASSERT (SELECT kind = 'gauge' AND reference = a.reference AND alert_id = a.id AND text_key = 'gauge_duty' FROM duty_call);
	ASSERT (SELECT count(*) = 1 AND min(priority) = 0 FROM notice WHERE text_key = 'gauge_duty'
		AND contact_id = contact_of('+250788000011') AND values @> ARRAY['reference', a.reference, '3.2 m']), 'woken';

	-- Once, until it was below again.
	ASSERT pg_temp.level('3.40') = 'still' AND pg_temp.level('340', 'cm') = 'still';
	ASSERT (SELECT count(*) FROM alert) = 1 AND (SELECT count(*) FROM notice) = 1, 'once';
	ASSERT pg_temp.level('2.90') = 'below' AND pg_temp.level('2.80') = 'noted';
	ASSERT pg_temp.level('3.10') = 'above', 'again';
	ASSERT (SELECT count(*) FROM alert) = 2 AND (SELECT count(*) FROM duty_call) = 2, 'another one';
	ASSERT (SELECT array_agg(level ORDER BY at, level) FROM gauge_reading) @> '{2.10,3.00,3.20,3.40,2.90,3.10}'
		AND (SELECT count(*) FROM gauge_reading WHERE gauge_number = 4 AND message_id = 1) = 8, 'all are kept';

	-- Its texts cannot be written: who was woken hears it.
	DELETE FROM notice;
	PERFORM alert_fault_set(a.reference, 'no text');
	ASSERT (SELECT text_key = 'desk_fault' AND contact_id = contact_of('+250788000011') FROM notice), 'told';

	-- Dropped or approved, its call needs nobody any more.
	PERFORM alert_drop((SELECT id FROM officer), a.reference, 'a test');
	ASSERT (SELECT outcome FROM duty_take(contact_of('+250788000011'), a.reference)) = 'closed', 'closed';

	-- Where no alert can be drafted somebody is woken all the same: no zone; an event that is the police's.
	DELETE FROM notice;
	v := pg_temp.say('+250788000004', '{"number": "5", "level": "2.6", "unit": "m"}');
	ASSERT v ->> 'outcome' = 'above' AND v ->> 'level' = '260 cm', v;
	ASSERT pg_temp.say('+250788000006', '{"level": "1.6"}') ->> 'outcome' = 'above', 'a phone of one gauge';
	ASSERT (SELECT count(*) FROM alert) = 2 AND (SELECT count(*) FROM notice WHERE text_key = 'gauge_duty_alone') = 2;
	ASSERT (SELECT outcome FROM duty_take(contact_of('+250788000011'),
		(SELECT reference FROM duty_call ORDER BY id DESC LIMIT 1))) = 'taken', 'and can take it';
END $$;
