-- SPDX-License-Identifier: GPL-3.0-or-later
-- alert-forecast: when an alert will have left, to how many, and what it takes: before it is approved, and while it runs.
--
-- What is called:
--   alert_forecast(p_alert bigint, p_relays_only boolean DEFAULT false), one row:
--	recipients bigint	who gets it, each once; with p_relays_only the relays among them (for the plan that is proposed
--				where half cannot be reached in time)
--	reached bigint		of them, to whom all of it has left, or may have
--	segments bigint		of all of them, each in her language
--	segments_left bigint	of these, what has not left
--	cost numeric		of segments, in currency; NULL: the setting sms_cost is 0
--	currency text
--	before_segments bigint	of other alerts, and of calls for help, that leave first
--	links integer		that can send, now or when their pause or their day's cap is over
--	assumed boolean		of one of them nobody has measured the pace: the setting send_seconds stands for it
--	per_minute numeric	segments that all links together send in a minute at their pace, their caps a minute kept
--	tenth_at, half_at, all_at timestamptz
--				city time, when so many have it; NULL: they have; 'infinity': not within thirty days by these
--				links (iso_time() makes NULL of it: ask isfinite() first)
--	by_start bigint		who will have it when the danger starts (starts_at; of one that has started: who has it now)
--	by_expiry bigint	who will have it when it expires: the others will not get it
--	late boolean		half_at is after starts_at: half cannot have it before the danger.  Of one that begins as it is drafted,
--				which nobody can have before: half_at is more than alert_half_min (10) minutes from now
--   alert_forecast_link(p_alert bigint, p_relays_only boolean DEFAULT false), a row a link, those that only receive left out:
--	modem text, sim_number text, link integer
--	state text		ready | paused | capped (today) | down | mute (its SIM holds no SMSC)
--	paused_until timestamptz	city time; NULL: it is not
--	send_ms integer, assumed boolean
--	per_minute integer, per_day integer, left_today integer, recipients_per_day integer, recipients_left integer
--				caps and what is left of them today, the reserve with it; NULL: none
--	bundle integer, balance text, bundle_at timestamptz	SMS left in the bundle now; as told at bundle_at; NULL: not told
--	share bigint		segments of this alert that leave by it
--	bundle_short boolean	its share, and what leaves before, is more than its bundle
--   alert_forecast_zone(p_alert bigint), a row a zone and language, the largest first:
--	zone text (NULL: lists for all zones), language text, recipients bigint, segments bigint
--
-- Exact about what is known now: the order of recipients, their languages' segments, each link's measured pace, its caps a
-- minute, a day and of recipients, midnight, pauses, what leaves first, and the slots that are others' while an alert is on its
-- way, one in four, as many as wait for them now.  Not in it: what is yet to be written by citizens, links that come back or fail.

-- Links -------------------------------------------------------------------------------------------

-- What each link can do from now on, as the claim sees it: one that only receives does nothing.
DROP VIEW IF EXISTS alert_link CASCADE;
CREATE VIEW alert_link AS
SELECT l.id AS link_id, l.number AS sim_number, l.agreed, l.bundle, l.balance, l.bundle_at,
	CASE WHEN NOT l.up THEN 'down' WHEN outbox_is_mute(l.id) THEN 'mute' WHEN w.paused_s > 0 THEN 'paused'
		WHEN d.left_today = 0 OR d.recipients_left = 0 THEN 'capped' ELSE 'ready' END AS state,
	w.paused_s,
	x.send_ms, l.send_ms IS NULL AS assumed,
	nullif(l.per_minute, 0) AS per_minute, nullif(l.per_day, 0) AS per_day, d.left_today,
	nullif(l.recipients_per_day, 0) AS recipients_per_day, d.recipients_left,
	-- What it has in hand: how long that takes yet; NULL: nothing.
	(SELECT greatest(x.send_ms / 1000.0 - extract(epoch FROM clock_timestamp() - f.submitted_at), 0)::double precision
		FROM inflight f WHERE f.link_id = l.id ORDER BY f.submitted_at LIMIT 1) AS flies_s,
	-- The minute that it is in: how long it lasts yet, and what is left of its cap.
	CASE WHEN m.open THEN extract(epoch FROM l.minute_start + interval '1 minute' - n.at)::double precision ELSE 0 END
		AS minute_s,
	CASE WHEN m.open THEN greatest(l.per_minute - l.minute_count, 0) ELSE 0 END AS minute_left
FROM city_now() AS n(at), link l,
	LATERAL (SELECT coalesce(l.send_ms, 1000 * setting_int('send_seconds', 4)) AS send_ms) x,
	LATERAL (SELECT greatest(extract(epoch FROM l.paused_until - clock_timestamp()), 0)::double precision AS paused_s) w0,
	LATERAL (SELECT coalesce(w0.paused_s, 0) AS paused_s) w,
	LATERAL (SELECT l.minute_start > n.at - interval '1 minute' AND l.minute_start <= n.at AS open) m,
	LATERAL (SELECT l.day = n.at::date AS today) t,
	LATERAL (SELECT
		CASE WHEN l.per_day > 0 THEN greatest(l.per_day - CASE WHEN t.today THEN l.day_count ELSE 0 END, 0) END
			AS left_today,
		CASE WHEN l.recipients_per_day > 0 THEN
			greatest(l.recipients_per_day - CASE WHEN t.today THEN l.day_recipients ELSE 0 END, 0) END
			AS recipients_left) d
WHERE NOT l.receive_only;

-- Segments that a link sends in so many seconds from a fresh minute, whatever its caps a day.
CREATE OR REPLACE FUNCTION alert_link_pace(p_link alert_link, p_s double precision)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_each double precision := greatest(p_link.send_ms, 1) / 1000.0;
BEGIN
	IF p_s <= 0 THEN
		RETURN 0;
	ELSIF p_link.per_minute IS NULL OR p_link.per_minute * v_each >= 60 THEN
		RETURN floor(p_s / v_each);
	END IF;
	RETURN floor(p_s / 60) * p_link.per_minute + least(p_link.per_minute, floor((p_s - 60 * floor(p_s / 60)) / v_each));
END $$;

-- Segments that a link has sent so many seconds from now, whosever they are, without what it has in hand now.
--   p_midnights  seconds from now to the ends of the days that are looked at, today's first
--   p_each       segments of one recipient, in the mean
CREATE OR REPLACE FUNCTION alert_link_sent(p_link alert_link, p_midnights double precision[], p_each double precision,
	p_s double precision)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_sent bigint := 0;
	v_today bigint;
	v_from double precision := greatest(p_link.paused_s, p_link.flies_s);
	v_until double precision;
	v_cap double precision := least(p_link.left_today, p_link.recipients_left * p_each);
BEGIN
	IF p_link.state IN ('down', 'mute') THEN
		RETURN 0;
	END IF;
	FOR d IN 1..cardinality(p_midnights) LOOP
		EXIT WHEN v_from >= p_s;
		CONTINUE WHEN v_from >= p_midnights[d];
		-- One without a cap goes on over midnight.
		v_until := CASE WHEN p_link.per_day IS NULL AND p_link.recipients_per_day IS NULL THEN p_s
			ELSE least(p_s, p_midnights[d]) END;
		v_today := 0;
		IF v_from < p_link.minute_s AND p_link.per_minute IS NOT NULL THEN -- the rest of the minute that it is in
			v_today := least(p_link.minute_left,
				floor((least(v_until, p_link.minute_s) - v_from) * 1000 / greatest(p_link.send_ms, 1)));
			v_from := p_link.minute_s;
		END IF;
		v_today := v_today + alert_link_pace(p_link, v_until - v_from);
		v_sent := v_sent + least(v_today, floor(CASE WHEN d = 1 THEN v_cap
			ELSE least(p_link.per_day, p_link.recipients_per_day * p_each) END));
		v_from := v_until;
	END LOOP;
	RETURN v_sent;
END $$;

-- What waits -------------------------------------------------------------------------------------

-- Segments that wait in the queue for a route with these priorities, and are due; counted no further than p_most.
CREATE OR REPLACE FUNCTION alert_others(p_route integer, p_from integer, p_until integer, p_most bigint)
RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_count bigint := 0;
	v_now timestamptz := city_now();
BEGIN
	FOR p IN p_from..p_until LOOP
		v_count := v_count + (SELECT count(*) FROM (SELECT FROM queue q WHERE q.route = p_route AND q.priority = p
			AND q.not_before <= v_now LIMIT greatest(p_most - v_count, 0)) w);
	END LOOP;
	RETURN v_count;
END $$;

-- What an alert still has to send, in its order: a row a recipient, segments that have not left.
DROP FUNCTION IF EXISTS alert_left(bigint, boolean);
CREATE FUNCTION alert_left(p_alert bigint, p_relays_only boolean)
RETURNS TABLE (rank bigint, segments bigint)
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$ -- rows that were written a moment ago are in no statistics
DECLARE
	v_routes integer[] := ARRAY(SELECT 0 UNION ALL SELECT id FROM link);
BEGIN
	RETURN QUERY
	SELECT r.rank, t.segments::bigint FROM alert_recipient r
	JOIN alert_text t ON t.alert_id = r.alert_id AND t.language = r.language
	WHERE r.alert_id = p_alert AND r.state = 'planned' AND (NOT p_relays_only OR r.why = 'relay')
	UNION ALL
	SELECT r.rank, w.segments FROM (
		SELECT u.message_id, count(*) AS segments FROM (
			SELECT q.message_id FROM queue q WHERE q.route = ANY (v_routes) AND q.priority = 1
			UNION ALL
			SELECT f.message_id FROM inflight f WHERE f.priority = 1) u
		GROUP BY u.message_id) w
	JOIN alert_recipient r ON r.message_id = w.message_id
	WHERE r.alert_id = p_alert AND r.state = 'queued' AND (NOT p_relays_only OR r.why = 'relay');
END $$;

-- Does one alert's turn come before another's that is approved, or will be?  What that one follows stops then.
CREATE OR REPLACE FUNCTION alert_goes_before(p_one alert, p_other alert, p_family bigint[])
RETURNS boolean
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN p_one.state = 'approved' AND p_one.id <> ALL (p_family)
		AND (alert_severity(p_one.severity), p_one.approved_at, p_one.id)
			< (alert_severity(p_other.severity), coalesce(p_other.approved_at, 'infinity'), p_other.id);
END $$;

-- Segments that leave before this alert's: calls for help, and what is queued and planned of alerts whose turn comes before.
CREATE OR REPLACE FUNCTION alert_before(p_alert alert)
RETURNS bigint
LANGUAGE plpgsql STABLE SET enable_nestloop = off AS $$
DECLARE
	v_routes integer[] := ARRAY(SELECT 0 UNION ALL SELECT id FROM link);
	v_family bigint[] := alert_family(p_alert.id);
	v_before bigint[] := ARRAY(SELECT a.id FROM alert a WHERE a.state = 'approved' AND alert_goes_before(a, p_alert, v_family));
	v_count bigint := (SELECT count(*) FROM queue q WHERE q.route = ANY (v_routes) AND q.priority = 0);
BEGIN
	IF v_before <> '{}' THEN
		v_count := v_count + (SELECT count(*) FROM queue q JOIN alert_recipient r ON r.message_id = q.message_id
				WHERE q.route = ANY (v_routes) AND q.priority = 1 AND r.alert_id = ANY (v_before))
			+ coalesce((SELECT sum(t.segments) FROM alert_recipient r
				JOIN alert_text t ON t.alert_id = r.alert_id AND t.language = r.language
				WHERE r.alert_id = ANY (v_before) AND r.state = 'planned'), 0);
	END IF;
	RETURN v_count;
END $$;

-- The forecast ------------------------------------------------------------------------------------

-- What an alert has before it, and what it goes by.
DROP TYPE IF EXISTS alert_plan CASCADE;
CREATE TYPE alert_plan AS (
	now timestamptz, -- when what follows was so: to find out when it will be over takes a while
	links alert_link[],
	midnights double precision[], -- seconds from now to the ends of the days that are looked at
	people bigint, -- to whom it has not left
	segments bigint, -- of them
	hundredths bigint[], -- of them in order: the segments of the first, the first two, ... hundredth of the people
	before bigint, -- segments that leave first
	flies bigint[], -- of the alert, that each link has in hand: one or none
	-- Segments of others that wait, and that have one slot in four: bound to each link, to none, and to none but in need of
	-- an agreement.
	others bigint[],
	others_any bigint,
	others_agreed bigint
);

CREATE OR REPLACE FUNCTION alert_plan(p_alert alert, p_relays_only boolean)
RETURNS alert_plan
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_plan alert_plan;
	v_now timestamptz := city_now();
	v_most bigint;
BEGIN
	v_plan.now := v_now;
	v_plan.links := ARRAY(SELECT l FROM alert_link l ORDER BY l.link_id);
	v_plan.midnights := ARRAY(SELECT extract(epoch FROM (v_now::date + d)::timestamptz - v_now)
		FROM generate_series(1, 31) AS d ORDER BY d);
	SELECT count(*), coalesce(sum(o.segments), 0),
		array_agg(o.sum ORDER BY o.n) FILTER (WHERE o.n * 100 / o.all_ > (o.n - 1) * 100 / o.all_)
	INTO v_plan.people, v_plan.segments, v_plan.hundredths
	FROM (SELECT w.segments, sum(w.segments) OVER in_order AS sum, row_number() OVER in_order AS n, count(*) OVER () AS all_
		FROM alert_left(p_alert.id, p_relays_only) w WINDOW in_order AS (ORDER BY w.rank)) o;
	v_plan.before := alert_before(p_alert);
	v_plan.flies := ARRAY(SELECT (SELECT count(*) FROM inflight f JOIN alert_recipient r ON r.message_id = f.message_id
			WHERE f.link_id = l.link_id AND r.alert_id = p_alert.id AND (NOT p_relays_only OR r.why = 'relay'))
		FROM alert_link l ORDER BY l.link_id);
	v_most := (v_plan.segments + v_plan.before) / 3 + 1; -- no more of others can have a slot meanwhile
	v_plan.others := ARRAY(SELECT alert_others(l.link_id, 2, CASE WHEN l.agreed THEN 6 ELSE 4 END, v_most)
		FROM alert_link l ORDER BY l.link_id);
	v_plan.others_any := alert_others(0, 2, 4, v_most);
	v_plan.others_agreed := alert_others(0, 5, 6, v_most);
	RETURN v_plan;
END $$;

-- Segments of one recipient in the mean, among the first so many.
CREATE OR REPLACE FUNCTION alert_plan_each(p_plan alert_plan, p_people bigint)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_of integer := cardinality(p_plan.hundredths);
	v_nth integer := least(greatest(ceil(p_people * v_of / p_plan.people::numeric), 1), v_of);
BEGIN
	RETURN coalesce(p_plan.hundredths[v_nth] / ceil(v_nth * p_plan.people / v_of::numeric), 1);
END $$;

-- Segments of this alert, and of what leaves before it, that each link has sent so many seconds from now.
CREATE OR REPLACE FUNCTION alert_plan_sent(p_plan alert_plan, p_each double precision, p_s double precision)
RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_sent double precision[] := '{}';
	v_spare double precision[] := '{}'; -- slots for others that are not yet spoken for
	v_spares double precision := 0;
	v_agreed double precision := 0; -- of them, of links that may send anything
	v_part double precision;
	v_part_agreed double precision;
	v_one bigint;
	v_fair bigint;
	v_count integer := coalesce(cardinality(p_plan.links), 0);
BEGIN
	FOR i IN 1..v_count LOOP
		v_one := alert_link_sent(p_plan.links[i], p_plan.midnights, p_each, p_s);
		v_fair := least(v_one / 4, p_plan.others[i]);
		v_sent := v_sent || (v_one - v_fair + CASE WHEN (p_plan.links[i]).flies_s <= p_s THEN p_plan.flies[i] ELSE 0 END)
			::double precision;
		v_spare := v_spare || (v_one / 4 - v_fair)::double precision;
		v_spares := v_spares + v_spare[i];
		v_agreed := v_agreed + CASE WHEN (p_plan.links[i]).agreed THEN v_spare[i] ELSE 0 END;
	END LOOP;
	IF v_spares = 0 OR p_plan.others_any + p_plan.others_agreed = 0 THEN
		RETURN v_sent;
	END IF;
	v_part := least(p_plan.others_any / v_spares, 1);
	v_part_agreed := coalesce(least(p_plan.others_agreed / nullif(v_agreed * (1 - v_part), 0), 1), 0) * (1 - v_part);
	FOR i IN 1..v_count LOOP
		v_sent[i] := v_sent[i] - v_spare[i] * (v_part + CASE WHEN (p_plan.links[i]).agreed THEN v_part_agreed ELSE 0 END);
	END LOOP;
	RETURN v_sent;
END $$;

-- How many more have all of it so many seconds from now, p_each segments each in the mean.  A message leaves by one link.
CREATE OR REPLACE FUNCTION alert_plan_people(p_plan alert_plan, p_each double precision, p_s double precision)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_sent double precision[] := alert_plan_sent(p_plan, p_each, p_s);
	v_one CONSTANT boolean := p_each = 1;
BEGIN
	RETURN least(p_plan.people, greatest(floor((SELECT coalesce(sum(CASE WHEN v_one THEN u ELSE floor(u / p_each + 1e-9) END), 0)
		FROM unnest(v_sent) AS u) - p_plan.before / p_each + 1e-9), 0));
END $$;

-- The same at a time of the city: the most of whom it is true that the first so many have it.
CREATE OR REPLACE FUNCTION alert_plan_by(p_plan alert_plan, p_at timestamptz)
RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_s double precision := extract(epoch FROM p_at - p_plan.now);
	v_low bigint := 0;
	v_high bigint := p_plan.people + 1;
	v_middle bigint;
BEGIN
	IF v_s <= 0 THEN
		RETURN 0;
	END IF;
	WHILE v_low + 1 < v_high LOOP
		v_middle := (v_low + v_high) / 2;
		IF alert_plan_people(p_plan, alert_plan_each(p_plan, v_middle), v_s) >= v_middle THEN
			v_low := v_middle;
		ELSE
			v_high := v_middle;
		END IF;
	END LOOP;
	RETURN v_low;
END $$;

-- Seconds until so many more have it; infinity: not within thirty days.
CREATE OR REPLACE FUNCTION alert_plan_when(p_plan alert_plan, p_people bigint)
RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_each double precision;
	v_low bigint := 0; -- milliseconds
	v_high bigint := 1000;
	v_far CONSTANT bigint := 30 * 86400 * 1000::bigint;
BEGIN
	IF p_people > p_plan.people THEN
		RETURN 'infinity';
	END IF;
	v_each := alert_plan_each(p_plan, p_people);
	WHILE alert_plan_people(p_plan, v_each, v_high / 1000.0) < p_people LOOP
		IF v_high = v_far THEN
			RETURN 'infinity';
		END IF;
		v_low := v_high;
		v_high := least(2 * v_high, v_far);
	END LOOP;
	WHILE v_low + 1 < v_high LOOP
		IF alert_plan_people(p_plan, v_each, (v_low + v_high) / 2 / 1000.0) < p_people THEN
			v_low := (v_low + v_high) / 2;
		ELSE
			v_high := (v_low + v_high) / 2;
		END IF;
	END LOOP;
	RETURN v_high / 1000.0;
END $$;

-- When so many of all have it: NULL: they have.
CREATE OR REPLACE FUNCTION alert_plan_at(p_plan alert_plan, p_more bigint)
RETURNS timestamptz
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	v_s double precision;
BEGIN
	IF p_more <= 0 THEN
		RETURN NULL;
	END IF;
	v_s := alert_plan_when(p_plan, p_more);
	RETURN CASE WHEN v_s = 'infinity' THEN 'infinity' ELSE p_plan.now + make_interval(secs => v_s) END;
END $$;

DROP FUNCTION IF EXISTS alert_forecast(bigint, boolean);
CREATE FUNCTION alert_forecast(p_alert bigint, p_relays_only boolean DEFAULT false, OUT recipients bigint, OUT reached bigint,
	OUT segments bigint, OUT segments_left bigint, OUT cost numeric, OUT currency text, OUT before_segments bigint,
	OUT links integer, OUT assumed boolean, OUT per_minute numeric, OUT tenth_at timestamptz, OUT half_at timestamptz,
	OUT all_at timestamptz, OUT by_start bigint, OUT by_expiry bigint, OUT late boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_alert alert;
	v_plan alert_plan;
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = p_alert;
	v_plan := alert_plan(v_alert, p_relays_only);
	SELECT count(*),
		count(*) FILTER (WHERE r.state = 'queued' AND m.state IN ('sent', 'delivered', 'unknown')), coalesce(sum(t.segments), 0)
	INTO recipients, reached, segments
	FROM alert_recipient r JOIN alert_text t ON t.alert_id = r.alert_id AND t.language = r.language
	LEFT JOIN message m ON m.id = r.message_id
	WHERE r.alert_id = p_alert AND (r.state <> 'dropped' OR r.reason = 'expired') AND (NOT p_relays_only OR r.why = 'relay');
	segments_left := v_plan.segments;
	cost := nullif(setting_text('sms_cost', '0')::numeric, 0) * segments;
	currency := setting_text('currency', '');
	before_segments := v_plan.before;
	SELECT count(*), coalesce(bool_or(l.assumed), false),
		sum(least(60000.0 / greatest(l.send_ms, 1), l.per_minute)) FILTER (WHERE l.state = 'ready')
	INTO links, assumed, per_minute FROM unnest(v_plan.links) l WHERE l.state IN ('ready', 'paused', 'capped');
	per_minute := round(coalesce(per_minute, 0), 1);
	tenth_at := alert_plan_at(v_plan, (recipients + 9) / 10 - reached);
	half_at := alert_plan_at(v_plan, (recipients + 1) / 2 - reached);
	all_at := alert_plan_at(v_plan, recipients - reached);
	by_start := reached + alert_plan_by(v_plan, v_alert.starts_at);
	by_expiry := reached + alert_plan_by(v_plan, v_alert.expires_at);
	late := coalesce(half_at > CASE WHEN v_alert.starts_at > v_alert.drafted_at THEN v_alert.starts_at
		ELSE v_plan.now + make_interval(mins => setting_int('alert_half_min', 10)) END, false);
END $$;

DROP FUNCTION IF EXISTS alert_forecast_link(bigint, boolean);
CREATE FUNCTION alert_forecast_link(p_alert bigint, p_relays_only boolean DEFAULT false)
RETURNS TABLE (modem text, sim_number text, link integer, state text, paused_until timestamptz, send_ms integer,
	assumed boolean, per_minute integer, per_day integer, left_today integer, recipients_per_day integer,
	recipients_left integer, bundle integer, balance text, bundle_at timestamptz, share bigint, bundle_short boolean)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_alert alert;
	v_plan alert_plan;
	v_s double precision;
	v_sent double precision[];
	v_part double precision; -- of what they send, this alert's
BEGIN
	SELECT * INTO v_alert FROM alert WHERE id = p_alert;
	v_plan := alert_plan(v_alert, p_relays_only);
	IF v_plan.people > 0 THEN
		v_s := least(alert_plan_when(v_plan, v_plan.people), extract(epoch FROM v_alert.expires_at - v_plan.now), 30 * 86400);
		v_sent := alert_plan_sent(v_plan, v_plan.segments::double precision / v_plan.people, v_s);
		v_part := (SELECT least(v_plan.segments / nullif(sum(u), 0), greatest(1 - v_plan.before / nullif(sum(u), 0), 0))
			FROM unnest(v_sent) AS u);
	END IF;
	RETURN QUERY
	SELECT (SELECT m.name FROM modem m WHERE m.link_id = l.link_id ORDER BY m.state = 'READY' DESC, m.name LIMIT 1),
		l.sim_number, l.link_id, l.state,
		CASE WHEN l.paused_s > 0 THEN v_plan.now + make_interval(secs => l.paused_s) END, l.send_ms, l.assumed,
		l.per_minute, l.per_day, l.left_today, l.recipients_per_day, l.recipients_left, l.bundle, l.balance, l.bundle_at,
		coalesce(round(v_sent[i] * v_part)::bigint, 0), coalesce(v_sent[i] > l.bundle, false)
	FROM unnest(v_plan.links) WITH ORDINALITY AS l(link_id, sim_number, agreed, bundle, balance, bundle_at, state, paused_s,
		send_ms, assumed, per_minute, per_day, left_today, recipients_per_day, recipients_left, flies_s, minute_s, minute_left, i)
	ORDER BY 1, l.link_id;
END $$;

DROP FUNCTION IF EXISTS alert_forecast_zone(bigint);
CREATE FUNCTION alert_forecast_zone(p_alert bigint)
RETURNS TABLE (zone text, language text, recipients bigint, segments bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT z.name, r.language, count(*), sum(t.segments)::bigint
	FROM alert_recipient r JOIN alert_text t ON t.alert_id = r.alert_id AND t.language = r.language
	LEFT JOIN zone z ON z.id = r.zone_id
	WHERE r.alert_id = p_alert AND (r.state <> 'dropped' OR r.reason = 'expired')
	GROUP BY z.name, r.language ORDER BY count(*) DESC, z.name, r.language;
END $$;
