-- SPDX-License-Identifier: GPL-3.0-or-later
-- An alert's forecast counts what leaves before it and between its own: calls for help, worse alerts, one slot in four of
-- others; each recipient's language in the order in which they get it; what has left already while it runs.
SET timezone = 'Africa/Kigali';
\o /dev/null
CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT timestamptz '2026-12-01 09:00' -- it stands still
$$;
INSERT INTO zone (name) VALUES ('valley'), ('hill');
INSERT INTO link (identity, number, up, send_ms) VALUES ('i1', '+250789000001', true, 1000), ('i2', '+250789000002', true, 1000);
INSERT INTO contact (number, kind, created_at) SELECT '+25078800' || lpad(n::text, 4, '0'), 'e164', city_now()
FROM generate_series(1, 1000) n;

-- Another alert, of so many recipients.
CREATE FUNCTION pg_temp.alert(p_reference text, p_state text, p_severity text, p_people integer, p_follows bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
BEGIN
	INSERT INTO alert (reference, event, severity, zones, starts_at, expires_at, sender_name, origin, drafted_at, state, approved_at,
		follows, kind, language)
	VALUES (p_reference, 'flood', p_severity, '{1}', city_now() + interval '1 hour', city_now() + interval '2 days', 'City',
		'keyboard', city_now(), p_state, CASE p_state WHEN 'approved' THEN city_now() END, p_follows,
		CASE WHEN p_follows IS NULL THEN 'alert' ELSE 'update' END, 'en')
	RETURNING id INTO v_id;
	INSERT INTO alert_text (alert_id, language, body, segments, units, ucs2)
	VALUES (v_id, 'en', 'x', 1, 1, false), (v_id, 'ar', 'x', 3, 200, true);
	INSERT INTO alert_recipient (alert_id, contact_id, rank, why, zone_id, language)
	SELECT v_id, n, n, 'subscriber', 1, 'en' FROM generate_series(1, p_people) n;
	RETURN v_id;
END $$;
CREATE FUNCTION pg_temp.about(p_at timestamptz, p_s double precision) RETURNS boolean LANGUAGE sql AS $$
	SELECT coalesce(abs(extract(epoch FROM p_at - city_now()) - p_s) < 1, false)
$$;
CREATE FUNCTION pg_temp.queue(p_priority integer, p_count integer, p_route integer DEFAULT 0) RETURNS void LANGUAGE sql AS $$
	INSERT INTO queue (route, priority, message_id, seq) SELECT p_route, p_priority, 1000000 + n, 1 FROM generate_series(1, p_count) n
$$;

DO $$
DECLARE
	f record;
	v_alert bigint := pg_temp.alert('FLOOD1', 'draft', 'Severe', 200);
	v_other bigint;
BEGIN
	ASSERT (SELECT pg_temp.about(all_at, 100) AND before_segments = 0 FROM alert_forecast(v_alert)), 'alone';

	-- In the order in which they get it: a fifth of them, the first, read what takes three segments.
	UPDATE alert_recipient SET language = 'ar' WHERE alert_id = v_alert AND rank <= 40;
	SELECT * INTO f FROM alert_forecast(v_alert);
	ASSERT f.segments = 280 AND pg_temp.about(f.tenth_at, 30) AND pg_temp.about(f.half_at, 90)
		AND pg_temp.about(f.all_at, 140), f;
	-- The last.
	UPDATE alert_recipient SET language = CASE WHEN rank > 160 THEN 'ar' ELSE 'en' END WHERE alert_id = v_alert;
	SELECT * INTO f FROM alert_forecast(v_alert);
	ASSERT pg_temp.about(f.tenth_at, 10) AND pg_temp.about(f.half_at, 50) AND pg_temp.about(f.all_at, 140), f;
	UPDATE alert SET starts_at = city_now() + interval '100 seconds' WHERE id = v_alert;
	ASSERT (SELECT by_start BETWEEN 172 AND 173 FROM alert_forecast(v_alert)), '160 in 80 s, then 20 s of three segments';
	UPDATE alert_recipient SET zone_id = 2 WHERE alert_id = v_alert AND rank > 190;
	ASSERT (SELECT array_agg(zone || ' ' || language || ' ' || recipients || ' ' || segments)
		= '{"valley en 160 160","valley ar 30 90","hill ar 10 30"}' FROM alert_forecast_zone(v_alert));
	UPDATE alert_recipient SET language = 'en' WHERE alert_id = v_alert;

	-- Calls for help, always.
	PERFORM pg_temp.queue(0, 20);
	ASSERT (SELECT before_segments = 20 AND pg_temp.about(all_at, 110) FROM alert_forecast(v_alert));
	DELETE FROM queue;

	-- What was approved before it, as far as it is as bad; not what is less so, is over, or will be by this one.
	v_other := pg_temp.alert('OTHER1', 'approved', 'Severe', 100);
	ASSERT (SELECT before_segments = 100 AND pg_temp.about(tenth_at, 60) AND pg_temp.about(all_at, 150) FROM alert_forecast(v_alert));
	ASSERT (SELECT sum(share) = 200 FROM alert_forecast_link(v_alert)), 'its own alone';
	UPDATE alert_recipient SET language = 'ar' WHERE alert_id = v_other;
	ASSERT (SELECT before_segments = 300 FROM alert_forecast(v_alert));
	UPDATE alert SET severity = 'Extreme' WHERE id = v_other;
	ASSERT (SELECT before_segments = 300 FROM alert_forecast(v_alert));
	UPDATE alert SET severity = 'Minor' WHERE id = v_other;
	ASSERT (SELECT before_segments = 0 FROM alert_forecast(v_alert));
	UPDATE alert SET severity = 'Extreme', state = 'stopped' WHERE id = v_other;
	ASSERT (SELECT before_segments = 0 FROM alert_forecast(v_alert));
	UPDATE alert SET state = 'approved' WHERE id = v_other;
	UPDATE alert SET follows = v_other, kind = 'update' WHERE id = v_alert;
	ASSERT (SELECT before_segments = 0 FROM alert_forecast(v_alert)), 'it stops when this one is approved';
	UPDATE alert SET follows = NULL, kind = 'alert' WHERE id = v_alert;
	-- Some of it is in the queue.
	PERFORM alert_expand_one(alert, 40) FROM alert WHERE id = v_other;
	ASSERT (SELECT count(*) FROM queue) = 120 AND (SELECT before_segments = 300 FROM alert_forecast(v_alert));
	DELETE FROM alert_recipient WHERE alert_id = v_other;
	DELETE FROM queue;

	-- Others have one slot in four as long as they wait: 30 of them, then none.
	PERFORM pg_temp.queue(4, 30);
	SELECT * INTO f FROM alert_forecast(v_alert);
	ASSERT pg_temp.about(f.tenth_at, 20 / 2 * 4 / 3) AND pg_temp.about(f.half_at, 65) AND pg_temp.about(f.all_at, 115), f;
	ASSERT (SELECT sum(share) = 200 FROM alert_forecast_link(v_alert));
	-- Many: a third more.
	PERFORM pg_temp.queue(2, 500);
	ASSERT (SELECT pg_temp.about(all_at, 100 * 4 / 3.0) FROM alert_forecast(v_alert));
	DELETE FROM queue;
	-- Bound to one link: that one's slots alone.
	PERFORM pg_temp.queue(2, 500, 1);
	ASSERT (SELECT pg_temp.about(all_at, 200 / 1.75) FROM alert_forecast(v_alert));
	DELETE FROM queue;
	-- Reminders, by those that have an agreement.
	PERFORM pg_temp.queue(5, 500);
	ASSERT (SELECT pg_temp.about(all_at, 100) FROM alert_forecast(v_alert)), 'none has';
	UPDATE link SET agreed = true WHERE id = 1;
	ASSERT (SELECT pg_temp.about(all_at, 200 / 1.75) FROM alert_forecast(v_alert)), 'one has';
	UPDATE link SET agreed = true;
	ASSERT (SELECT pg_temp.about(all_at, 100 * 4 / 3.0) FROM alert_forecast(v_alert)), 'both have';
	-- What is due later is not counted.
	UPDATE queue SET not_before = city_now() + interval '1 day';
	ASSERT (SELECT pg_temp.about(all_at, 100) FROM alert_forecast(v_alert));
	DELETE FROM queue;
END $$;

-- What links have in hand takes its time: of others, then it is not this alert's.
DO $$
DECLARE
	v_alert bigint := pg_temp.alert('FLOOD3', 'draft', 'Severe', 4);
BEGIN
	UPDATE link SET send_ms = 100000;
	INSERT INTO inflight VALUES (1000001, 1, 1, 1, 2, 0, clock_timestamp() - interval '30 seconds');
	ASSERT (SELECT before_segments = 0 AND pg_temp.about(tenth_at, 100) AND extract(epoch FROM half_at - city_now()) BETWEEN 160 AND 170
		AND extract(epoch FROM all_at - city_now()) BETWEEN 260 AND 270 FROM alert_forecast(v_alert)), '100, 170, 200, 270';
	ASSERT (SELECT array_agg(share ORDER BY link) = '{2,2}' FROM alert_forecast_link(v_alert));
	UPDATE inflight SET submitted_at = clock_timestamp() - interval '500 seconds';
	ASSERT (SELECT pg_temp.about(all_at, 200) FROM alert_forecast(v_alert)), 'at any moment';
	-- Its own.
	PERFORM alert_expand_one(alert, 1) FROM alert WHERE id = v_alert;
	UPDATE inflight SET message_id = (SELECT message_id FROM queue), priority = 1, submitted_at = clock_timestamp() - interval '30 seconds';
	DELETE FROM queue;
	ASSERT (SELECT segments_left = 4 AND extract(epoch FROM tenth_at - city_now()) BETWEEN 60 AND 70
		AND extract(epoch FROM all_at - city_now()) BETWEEN 195 AND 201 FROM alert_forecast(v_alert)), '70, 100, 170, 200';
	DELETE FROM inflight;
	UPDATE link SET send_ms = 1000;
END $$;

-- While it runs: what has left is not to come.
DO $$
DECLARE
	f record;
	c record;
BEGIN
	UPDATE alert SET state = 'approved', approved_at = city_now(), topped_at = city_now() WHERE id = 1;
	UPDATE alert_recipient SET language = 'ar' WHERE alert_id = 1 AND rank = 1;
	PERFORM alert_expand_one(alert, 60) FROM alert WHERE id = 1;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.reached = 0 AND f.segments = 202 AND f.segments_left = 202 AND pg_temp.about(f.all_at, 101), f;
	-- Forty segments leave; two of the first one's three among them, whose third is in hand.
	FOR i IN 1..41 LOOP
		SELECT * INTO c FROM outbox_claim(1, '{1}', '{f}');
		IF i < 41 THEN
			PERFORM outbox_result(c.message_id, c.seq, 1, CASE i WHEN 9 THEN 'unknown' WHEN 10 THEN 'failed' ELSE 'sent' END,
				1::smallint, NULL, 0);
		END IF;
	END LOOP;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.recipients = 200 AND f.reached = 37 AND f.segments_left = 162, f;
	ASSERT f.tenth_at IS NULL AND pg_temp.about(f.half_at, 32) AND f.all_at = 'infinity', 'one of them never';
	ASSERT f.by_expiry = 199 AND NOT f.late;
	-- It is given to her again.
	UPDATE alert_recipient SET state = 'planned' WHERE message_id = (SELECT id FROM message WHERE state = 'failed');
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.reached = 37 AND f.segments_left = 163 AND pg_temp.about(f.all_at, 82) AND f.by_expiry = 200, f;
	-- Dropped on the way, for she is blocked now; expired.
	UPDATE alert_recipient SET state = 'dropped', reason = 'blocked' WHERE alert_id = 1 AND rank = 199;
	UPDATE alert_recipient SET state = 'dropped', reason = 'expired' WHERE alert_id = 1 AND rank = 200;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.recipients = 199 AND f.segments_left = 161 AND f.by_expiry = 198 AND f.all_at = 'infinity', f;
	-- All of it has left.
	UPDATE alert_recipient SET state = 'dropped', reason = 'blocked' WHERE alert_id = 1
		AND (state <> 'queued' OR message_id NOT IN (SELECT id FROM message WHERE state = 'sent'));
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.recipients = f.reached AND f.segments_left = 0 AND f.half_at IS NULL AND f.all_at IS NULL, f;
	ASSERT (SELECT sum(share) = 0 FROM alert_forecast_link(1));
	-- None such.
	ASSERT (SELECT recipients = 0 AND all_at IS NULL FROM alert_forecast(99));
END $$;
