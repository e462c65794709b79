-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two sessions at once: of two who answer one has it, two gateways wake the next one once, two readings draft one alert.

\ir lib/two-sessions.sql
INSERT INTO zone (name) VALUES ('Kimisagara');
INSERT INTO alert_event VALUES ('flood', 'en', 'flood', '', 'Severe', 'Immediate', 'Likely', 12, false);
INSERT INTO officer (name, contact_id, roles, duty) VALUES ('Aline', contact_of('+250788000011'), '{duty}', 1),
	('Bosco', contact_of('+250788000012'), '{duty}', 2), ('Chantal', contact_of('+250788000013'), '{duty}', 3);
INSERT INTO gauge (number, name, contact_id, zone_id, threshold) VALUES (4, 'Bridge', contact_of('+250788000004'), 1, 3);
DO $$
BEGIN
	PERFORM duty_wake('sos', 'K7Q2', NULL, NULL, 'sos_duty', '{}');
	UPDATE duty_call SET next_at = city_now();
END $$;

DO $$
BEGIN
	-- Two gateways: the second finds nothing to do, and waits for nobody.
	PERFORM dblink_exec('s1', 'BEGIN');
	ASSERT pg_temp.says('s1', 'SELECT duty_due()::text') = '1' AND pg_temp.says('s2', 'SELECT duty_due()::text') = '0', 'one';
	PERFORM dblink_exec('s1', 'COMMIT');
END $$;
DO $$
DECLARE
	v record;
BEGIN
	ASSERT (SELECT cardinality(woken) FROM duty_call) = 2 AND (SELECT count(*) FROM notice) = 2, 'woken once';

	v := pg_temp.meet($s$SELECT outcome FROM duty_take(contact_of('+250788000011'), 'K7Q2')$s$,
		$s$SELECT outcome FROM duty_take(contact_of('+250788000012'), 'K7Q2')$s$);
	ASSERT v.one = 'taken' AND v.other = 'has', v::text;

	v := pg_temp.meet($s$SELECT (service_gauge(NULL, contact_of('+250788000004'), '{"level": "3.2"}'))[1]$s$,
		$s$SELECT (service_gauge(NULL, contact_of('+250788000004'), '{"level": "3.3"}'))[1]$s$);
	ASSERT v.one = 'above' AND v.other = 'still', v::text;
END $$;
DO $$
BEGIN
	ASSERT (SELECT count(*) FROM alert) = 1 AND (SELECT count(*) FROM gauge_reading) = 2, 'one alert of two readings';
END $$;
