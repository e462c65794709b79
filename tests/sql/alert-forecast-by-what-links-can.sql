-- SPDX-License-Identifier: GPL-3.0-or-later
-- When an alert will have left: by each link's pace, its caps, its pause; by none that is down, mute, or only receives.
SET timezone = 'Africa/Kigali';
\o /dev/null
CREATE OR REPLACE FUNCTION city_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
	SELECT timestamptz '2026-12-01 09:00' -- it stands still
$$;
INSERT INTO zone (name) VALUES ('valley');
INSERT INTO alert (reference, event, zones, starts_at, expires_at, sender_name, origin, drafted_at, state)
VALUES ('FLOOD1', 'flood', '{1}', '2026-12-01 12:00', '2026-12-03 09:00', 'City', 'keyboard', city_now(), 'draft');
INSERT INTO alert_text (alert_id, language, body, segments, units, ucs2) VALUES (1, 'en', 'x', 1, 1, false);

-- So many links, all alike, and so many people.
CREATE FUNCTION pg_temp.stage(p_links integer, p_ms integer, p_people integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM modem;
	DELETE FROM link;
	DELETE FROM alert_recipient;
	INSERT INTO link (identity, number, up, send_ms) SELECT 'i' || n, '+25078900000' || n, true, p_ms
	FROM generate_series(1, p_links) n;
	INSERT INTO modem (name, state, link_id, smsc, changed_at) SELECT 'm' || row_number() OVER (ORDER BY id), 'READY', id, '+1',
		clock_timestamp() FROM link;
	INSERT INTO alert_recipient (alert_id, contact_id, rank, why, zone_id, language)
	SELECT 1, n, n, CASE WHEN n <= p_people / 20 THEN 'relay' ELSE 'subscriber' END, 1, 'en' FROM generate_series(1, p_people) n;
END $$;
-- Is it after so many seconds?  Pauses end by the machine's clock, which goes on meanwhile.
CREATE FUNCTION pg_temp.about(p_at timestamptz, p_s double precision, p_off double precision DEFAULT 0.01) RETURNS boolean
LANGUAGE sql AS $$
	SELECT coalesce(extract(epoch FROM p_at - city_now()) - p_s BETWEEN -p_off AND 0.01, false)
$$;

DO $$
DECLARE
	f record;
	l record;
BEGIN
	-- Four modems at three seconds a send: 40,000 take 10,000 sends each, eight hours and twenty minutes.
	PERFORM pg_temp.stage(4, 3000, 40000);
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.recipients = 40000 AND f.reached = 0 AND f.segments = 40000 AND f.segments_left = 40000 AND f.links = 4;
	ASSERT pg_temp.about(f.tenth_at, 3000) AND pg_temp.about(f.half_at, 15000) AND pg_temp.about(f.all_at, 30000), f;
	ASSERT f.late AND f.by_start = 14400 AND f.by_expiry = 40000, 'three hours until it starts';
	ASSERT NOT f.assumed AND f.per_minute = 80 AND f.cost IS NULL AND f.before_segments = 0;
	ASSERT (SELECT count(*) = 4 AND bool_and(share = 10000 AND state = 'ready' AND NOT bundle_short AND bundle IS NULL)
		FROM alert_forecast_link(1));
	-- The relays alone are the first twentieth.
	SELECT * INTO f FROM alert_forecast(1, true);
	ASSERT f.recipients = 2000 AND pg_temp.about(f.half_at, 750) AND pg_temp.about(f.all_at, 1500) AND NOT f.late;
	-- What it costs.
	INSERT INTO setting VALUES ('sms_cost', '15.500000'), ('currency', 'RWF');
	ASSERT (SELECT cost = 620000 AND currency = 'RWF' FROM alert_forecast(1));

	-- In time.
	UPDATE alert SET starts_at = '2026-12-01 13:15';
	ASSERT (SELECT NOT late AND by_start > 20000 FROM alert_forecast(1)), 'half in four hours and ten minutes';
	UPDATE alert SET starts_at = '2026-12-01 12:00', expires_at = '2026-12-01 10:00';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.by_expiry = 4800, 'an hour';
	ASSERT (SELECT sum(share) = 4800 FROM alert_forecast_link(1)), 'then nothing leaves';
	UPDATE alert SET starts_at = '2026-12-01 08:00', expires_at = '2026-12-03 09:00';
	ASSERT (SELECT late AND by_start = 0 FROM alert_forecast(1)), 'it has started';
	-- One that begins as it is drafted is late when half take more than ten minutes; one that begins later, by a second.
	UPDATE alert SET starts_at = drafted_at;
	PERFORM pg_temp.stage(4, 3000, 1600);
	ASSERT (SELECT NOT late AND pg_temp.about(half_at, 600) FROM alert_forecast(1)), 'ten minutes';
	PERFORM pg_temp.stage(4, 3000, 1608);
	ASSERT (SELECT late FROM alert_forecast(1)), 'three seconds more';
	INSERT INTO setting VALUES ('alert_half_min', '11');
	ASSERT (SELECT NOT late FROM alert_forecast(1)), 'a city that allows it eleven';
	UPDATE alert SET starts_at = city_now() + interval '602 seconds';
	ASSERT (SELECT late FROM alert_forecast(1)), 'a second after it starts';
	UPDATE alert SET starts_at = '2026-12-01 12:00';

	-- One that nobody has measured is assumed, and said to be; the faster takes more.
	PERFORM pg_temp.stage(2, 2000, 900);
	UPDATE link SET send_ms = NULL WHERE id = (SELECT max(id) FROM link);
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.assumed AND pg_temp.about(f.all_at, 1200), f;
	ASSERT (SELECT array_agg(share ORDER BY modem) = '{600,300}' AND array_agg(send_ms ORDER BY modem) = '{2000,4000}'
		AND array_agg(assumed ORDER BY modem) = '{f,t}' FROM alert_forecast_link(1));
	INSERT INTO setting VALUES ('send_seconds', '1');
	ASSERT pg_temp.about((SELECT all_at FROM alert_forecast(1)), 600);

	-- Down, mute, only receiving: nothing by these; paused: when that is over.
	PERFORM pg_temp.stage(5, 1000, 1000);
	UPDATE link SET up = false WHERE number LIKE '%1';
	UPDATE modem SET smsc = '' WHERE name = 'm2';
	UPDATE link SET receive_only = true WHERE number LIKE '%3';
	UPDATE link SET paused_until = clock_timestamp() + interval '10 minutes' WHERE number LIKE '%4';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.links = 2 AND pg_temp.about(f.tenth_at, 100) AND pg_temp.about(f.all_at, 800, 10), f;
	ASSERT (SELECT array_agg(state ORDER BY modem) = '{down,mute,paused,ready}' AND sum(share) = 1000
		AND min(share) = 0 FROM alert_forecast_link(1));
	ASSERT (SELECT pg_temp.about(paused_until, 600, 20) FROM alert_forecast_link(1) WHERE state = 'paused');

	-- None at all.
	UPDATE link SET up = false;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.links = 0 AND f.per_minute = 0 AND f.tenth_at = 'infinity' AND f.all_at = 'infinity' AND f.by_expiry = 0 AND f.late;
	DELETE FROM modem;
	DELETE FROM link;
	ASSERT (SELECT half_at = 'infinity' AND late AND links = 0 FROM alert_forecast(1));
	ASSERT NOT EXISTS (SELECT FROM alert_forecast_link(1));

	-- Nobody.
	PERFORM pg_temp.stage(1, 1000, 0);
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.recipients = 0 AND f.segments = 0 AND f.all_at IS NULL AND NOT f.late AND f.by_start = 0;
	ASSERT (SELECT share = 0 FROM alert_forecast_link(1));

	-- Ten a minute, of which four have left in this minute, of which half a minute is over: six, then ten more each minute.
	PERFORM pg_temp.stage(1, 1000, 27);
	UPDATE link SET per_minute = 10, minute_start = city_now() - interval '30 seconds', minute_count = 4;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT pg_temp.about(f.tenth_at, 3) AND pg_temp.about(f.half_at, 38) AND pg_temp.about(f.all_at, 30 + 120 + 1), f;
	ASSERT f.per_minute = 10;
	-- More than its pace allows: no cap.
	UPDATE link SET per_minute = 1000;
	ASSERT pg_temp.about((SELECT all_at FROM alert_forecast(1)), 27);
END $$;

-- Caps a day, and of recipients; midnight brings new ones.
DO $$
DECLARE
	f record;
	v_midnight double precision := extract(epoch FROM timestamptz '2026-12-02 00:00' - city_now());
BEGIN
	PERFORM pg_temp.stage(2, 1000, 1000);
	UPDATE link SET per_day = 300, credit_reserve = 50, day = city_now()::date, day_count = 200 WHERE number LIKE '%1';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT pg_temp.about(f.half_at, 400) AND pg_temp.about(f.all_at, 900), 'a hundred by the first, its reserve with it';
	ASSERT (SELECT array_agg(left_today ORDER BY modem) = '{100,NULL}' AND array_agg(share ORDER BY modem) = '{100,900}'
		FROM alert_forecast_link(1));
	UPDATE link SET day_count = 300 WHERE number LIKE '%1';
	ASSERT (SELECT array_agg(state ORDER BY modem) = '{capped,ready}' FROM alert_forecast_link(1));
	UPDATE link SET day = day - 1;
	ASSERT (SELECT left_today = 300 AND state = 'ready' FROM alert_forecast_link(1) WHERE modem = 'm1'), 'yesterday''s';
	-- Both: 300 and 100 today, as many tomorrow, and the rest on the day after.
	UPDATE link SET per_day = 300, day = city_now()::date, day_count = 200 WHERE number LIKE '%2';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT pg_temp.about(f.tenth_at, 50) AND pg_temp.about(f.half_at, v_midnight + 50), f;
	ASSERT pg_temp.about(f.all_at, v_midnight + 300), f;
	UPDATE link SET per_day = 250 WHERE number LIKE '%2';
	ASSERT pg_temp.about((SELECT all_at FROM alert_forecast(1)), v_midnight + 86400 + 50), '300 + 50, 300 + 250, 100 of two';
	-- So few that it is never over.
	UPDATE link SET per_day = 10;
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT isfinite(f.half_at) AND f.all_at = 'infinity' AND f.by_expiry < 100;

	-- Recipients, each of two segments.
	PERFORM pg_temp.stage(2, 1000, 1000);
	UPDATE alert_text SET segments = 2;
	UPDATE link SET recipients_per_day = 150, day = city_now()::date, day_recipients = 50 WHERE number LIKE '%1';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT f.segments = 2000 AND pg_temp.about(f.tenth_at, 100) AND pg_temp.about(f.all_at, 1800), f;
	ASSERT (SELECT array_agg(recipients_left ORDER BY modem) = '{100,NULL}' AND array_agg(share ORDER BY modem) = '{200,1800}'
		FROM alert_forecast_link(1));
	UPDATE link SET recipients_per_day = 450 WHERE number LIKE '%2';
	SELECT * INTO f FROM alert_forecast(1);
	ASSERT pg_temp.about(f.half_at, 800) AND pg_temp.about(f.all_at, v_midnight + 600), '100 + 450; 150 + 300';
	UPDATE alert_text SET segments = 1;

	-- A pause over midnight.
	PERFORM pg_temp.stage(1, 1000, 100);
	UPDATE link SET per_day = 60, day = city_now()::date, day_count = 60,
		paused_until = clock_timestamp() + make_interval(secs => v_midnight + 600);
	ASSERT pg_temp.about((SELECT half_at FROM alert_forecast(1)), v_midnight + 650, 20);
	ASSERT pg_temp.about((SELECT all_at FROM alert_forecast(1)), v_midnight + 86400 + 40);

	-- What is left in a bundle: told, then counted as it leaves; what comes back was not paid.
	PERFORM pg_temp.stage(1, 1000, 100);
	UPDATE link SET bundle = 80, balance = '1200 RWF', bundle_at = city_now();
	ASSERT (SELECT bundle = 80 AND balance = '1200 RWF' AND bundle_at IS NOT NULL AND bundle_short FROM alert_forecast_link(1));
	UPDATE link SET bundle = 100;
	ASSERT (SELECT NOT bundle_short FROM alert_forecast_link(1));
END $$;

INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
DO $$
DECLARE
	c record;
BEGIN
	PERFORM outbox_enqueue('{1,1,1}', '{x,x,x}', '{2,2,2}', '{1,1,1}', '{t,t,t}', '{0,0,0}', '{0,0,0}');
	SELECT * INTO c FROM outbox_claim(1, ARRAY(SELECT id FROM link), '{f}');
	ASSERT (SELECT bundle = 99 FROM link);
	PERFORM outbox_result(c.message_id, c.seq, c.link_id, 'back', NULL, NULL, 0);
	ASSERT (SELECT bundle = 100 FROM link);
	UPDATE link SET bundle = 0;
	PERFORM outbox_claim(1, ARRAY(SELECT id FROM link), '{f}');
	ASSERT (SELECT bundle = 0 FROM link), 'never less than none';
	UPDATE link SET bundle = NULL;
	PERFORM outbox_claim(1, ARRAY(SELECT id FROM link), '{f}');
	ASSERT (SELECT bundle IS NULL FROM link), 'not known';
	-- Its pace, as the gateway measures it.
	PERFORM outbox_link_pace(link.id, 2345) FROM link;
	ASSERT (SELECT send_ms = 2345 FROM link);
END $$;
