-- SPDX-License-Identifier: GPL-3.0-or-later
-- account: what a month was for the council: what was reported, what became of it and how soon, what waits, what it cost.
--
-- Each function is a section, one row a line; of a row the first columns say what it is about, NULL being all of
-- them, the others are its figures.  A month is [p_from, p_until) in city time.  What a month was does not change when
-- the next one comes: states are those at its end, not today's.  Restricted tickets, their reports and what waits of them
-- are nowhere; the SMS about them are among those of no service.

-- Tickets -----------------------------------------------------------------------------------------

DROP FUNCTION IF EXISTS account_tickets, account_totals, account_ticket;
-- Each ticket that was opened before the month's end.
--   state    at the month's end; changed_at since when
--   closed   in this month, and closed at its end
--   hours    from the day it was opened to the last time it was fixed, if that was this month and it stayed so
CREATE FUNCTION account_ticket(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (id bigint, what text, zone text, opened boolean, state text, closed boolean, open boolean, reopened boolean,
	hours double precision, reports bigint, joins bigint, asked bigint, said_fixed bigint, said_not_fixed bigint)
LANGUAGE sql STABLE AS $$
	SELECT t.id, t.service || ' ' || coalesce(t.kind, t.category), coalesce(z.name, '-'), t.opened_at >= p_from,
		s.state, s.at >= p_from AND NOT o.open, o.open,
		EXISTS (SELECT FROM event e WHERE e.ticket_id = t.id AND e.what = 'reopened'
			AND e.at >= p_from AND e.at < p_until),
		CASE WHEN s.state = 'fixed' AND s.at >= p_from THEN extract(epoch FROM s.at - t.opened_at) / 3600 END,
		r.reports, r.joins, f.asked, f.said_fixed, f.said_not_fixed
	FROM ticket t
	LEFT JOIN zone z ON z.id = t.zone_id
	-- The way in and what a clerk merged or told are events too, but no states.
	CROSS JOIN LATERAL (SELECT coalesce(max(e.what), 'open') AS state, coalesce(max(e.at), t.opened_at) AS at
		FROM (SELECT what, at FROM event WHERE ticket_id = t.id AND at < p_until AND what IN ('open', 'assigned',
				'in_progress', 'reopened', 'fixed', 'refused', 'duplicate', 'archived')
			ORDER BY event.id DESC LIMIT 1) e) s
	CROSS JOIN LATERAL (SELECT s.state = 'reopened' OR ticket_is_open(s.state) AS open) o
	CROSS JOIN LATERAL (SELECT count(*) AS reports,
			count(*) FILTER (WHERE n.id <> (SELECT min(id) FROM report WHERE ticket_id = t.id)) AS joins
		FROM report n WHERE n.ticket_id = t.id AND n.at >= p_from AND n.at < p_until) r
	CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE w.asked_at >= p_from AND w.asked_at < p_until) AS asked,
			count(*) FILTER (WHERE w.answer AND u.in_month) AS said_fixed,
			count(*) FILTER (WHERE NOT w.answer AND u.in_month) AS said_not_fixed
		FROM followup w, LATERAL (SELECT w.answered_at >= p_from AND w.answered_at < p_until AS in_month) u
		WHERE w.ticket_id = t.id) f
	WHERE NOT t.restricted AND t.opened_at < p_until
$$;

-- What share the one is of both, of a hundred, to one digit; NULL when there is neither.
CREATE OR REPLACE FUNCTION account_percent(p_part bigint, p_rest bigint)
RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
	SELECT round(100.0 * p_part / nullif(p_part + p_rest, 0), 1)
$$;

-- By service with kind or category, and zone; then all zones of each; then all.
CREATE FUNCTION account_tickets(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (what text, zone text, reports bigint, joins bigint, opened bigint, fixed bigint, refused bigint,
	reopened bigint, open bigint, median_hours numeric, p90_hours numeric, confirmed_percent numeric)
LANGUAGE sql STABLE AS $$
	SELECT t.what, t.zone, sum(t.reports)::bigint, sum(t.joins)::bigint, count(*) FILTER (WHERE t.opened),
		count(*) FILTER (WHERE t.closed AND t.state = 'fixed'), count(*) FILTER (WHERE t.closed AND t.state = 'refused'),
		count(*) FILTER (WHERE t.reopened), count(*) FILTER (WHERE t.open),
		round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.hours)::numeric, 1),
		round(percentile_cont(0.9) WITHIN GROUP (ORDER BY t.hours)::numeric, 1),
		account_percent(sum(t.said_fixed)::bigint, sum(t.said_not_fixed)::bigint)
	FROM account_ticket(p_from, p_until) t
	WHERE t.opened OR t.closed OR t.open OR t.reopened OR t.reports + t.asked + t.said_fixed + t.said_not_fixed > 0
	GROUP BY ROLLUP (t.what, t.zone)
	HAVING count(*) > 0
	ORDER BY t.what NULLS LAST, t.zone NULLS LAST
$$;

-- SMS ---------------------------------------------------------------------------------------------

DROP FUNCTION IF EXISTS account_sms;
-- By service, '-' being none: what nobody understood, menus, what clerks and warnings said.  segments: those that a
-- network took, and asks money for.
CREATE FUNCTION account_sms(p_from timestamptz, p_until timestamptz, p_cost numeric)
RETURNS TABLE (service text, sms_in bigint, sms_out bigint, segments bigint, cost numeric)
LANGUAGE sql STABLE AS $$
	WITH hidden AS (
		SELECT r.message_id AS id FROM report r JOIN ticket t ON t.id = r.ticket_id WHERE t.restricted
	), said AS (
		SELECT CASE WHEN m.id IN (SELECT id FROM hidden) OR m.reply_to IN (SELECT id FROM hidden) THEN '-'
				ELSE coalesce(nullif(m.service, ''), '-') END AS service,
			m.direction, s.left_us
		FROM message m
		CROSS JOIN LATERAL (SELECT count(*) AS left_us FROM segment s WHERE m.direction = 'out'
			AND s.message_id = m.id AND (s.state <> 'failed' OR s.reference IS NOT NULL)) s
		WHERE m.at >= p_from AND m.at < p_until AND m.kind NOT IN ('call', 'ussd')
	)
	SELECT s.service, count(*) FILTER (WHERE s.direction = 'in'), count(*) FILTER (WHERE s.left_us > 0),
		coalesce(sum(s.left_us), 0)::bigint, round(coalesce(sum(s.left_us), 0) * p_cost, 2)
	FROM said s
	WHERE s.direction = 'in' OR s.left_us > 0
	GROUP BY ROLLUP (s.service)
	ORDER BY s.service NULLS LAST
$$;

-- Trays -------------------------------------------------------------------------------------------

DROP FUNCTION IF EXISTS account_trays;
-- What waits for a human at the month's end, or today while it lasts; since when the oldest has.
CREATE FUNCTION account_trays(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (tray text, came bigint, done bigint, waiting bigint, oldest text)
LANGUAGE sql STABLE AS $$
	SELECT y.kind, count(*) FILTER (WHERE y.at >= p_from), count(*) FILTER (WHERE y.done_at >= p_from AND NOT w.waits),
		count(*) FILTER (WHERE w.waits), to_char(min(y.at) FILTER (WHERE w.waits), 'YYYY-MM-DD')
	FROM tray y CROSS JOIN LATERAL (SELECT y.done_at IS NULL OR y.done_at >= p_until AS waits) w
	WHERE y.at < p_until AND (w.waits OR y.at >= p_from OR y.done_at >= p_from) AND y.kind <> 'restricted'
		AND NOT EXISTS (SELECT FROM ticket t WHERE t.id = y.ticket_id AND t.restricted)
	GROUP BY ROLLUP (y.kind)
	HAVING count(*) > 0
	ORDER BY y.kind NULLS LAST
$$;

-- All of it ---------------------------------------------------------------------------------------

-- One row.  persons: whose reports they are, also those who were forgotten since; through_helpers: reports that
-- somebody registered sent for another.
CREATE FUNCTION account_totals(p_from timestamptz, p_until timestamptz, p_cost numeric)
RETURNS TABLE (reports bigint, persons bigint, through_helpers bigint, joins bigint, opened bigint, closed bigint,
	fixed bigint, refused bigint, duplicate bigint, archived bigint, reopened bigint, open_at_the_end bigint,
	median_hours numeric, p90_hours numeric, asked_whether_fixed bigint, said_fixed bigint, said_not_fixed bigint,
	confirmed_percent numeric, waiting_for_a_person bigint, sms_in bigint, sms_out bigint, segments bigint, cost numeric)
LANGUAGE sql STABLE AS $$
	SELECT coalesce(sum(t.reports), 0)::bigint, max(p.persons), max(p.helped), coalesce(sum(t.joins), 0)::bigint,
		count(*) FILTER (WHERE t.opened), count(*) FILTER (WHERE t.closed),
		count(*) FILTER (WHERE t.closed AND t.state = 'fixed'), count(*) FILTER (WHERE t.closed AND t.state = 'refused'),
		count(*) FILTER (WHERE t.closed AND t.state = 'duplicate'),
		count(*) FILTER (WHERE t.closed AND t.state = 'archived'),
		count(*) FILTER (WHERE t.reopened), count(*) FILTER (WHERE t.open),
		round(percentile_cont(0.5) WITHIN GROUP (ORDER BY t.hours)::numeric, 1),
		round(percentile_cont(0.9) WITHIN GROUP (ORDER BY t.hours)::numeric, 1),
		coalesce(sum(t.asked), 0)::bigint, coalesce(sum(t.said_fixed), 0)::bigint,
		coalesce(sum(t.said_not_fixed), 0)::bigint,
		account_percent(sum(t.said_fixed)::bigint, sum(t.said_not_fixed)::bigint),
		coalesce(max(y.waiting), 0), max(m.sms_in), max(m.sms_out), max(m.segments), max(m.cost)
	FROM (SELECT count(DISTINCT r.contact_id) AS persons, count(r.helper_id) AS helped
			FROM report r JOIN ticket k ON k.id = r.ticket_id
			WHERE NOT k.restricted AND r.at >= p_from AND r.at < p_until) p
	CROSS JOIN (SELECT * FROM account_sms(p_from, p_until, p_cost) WHERE service IS NULL) m
	LEFT JOIN account_trays(p_from, p_until) y ON y.tray IS NULL
	LEFT JOIN account_ticket(p_from, p_until) t ON true
$$;

-- The month of a text YYYY-MM, without one the last that is over.
DROP FUNCTION IF EXISTS account_month;
CREATE FUNCTION account_month(p_month text)
RETURNS TABLE (month text, begins timestamptz, ends timestamptz, begun boolean, over boolean, made text)
LANGUAGE sql STABLE AS $$
	SELECT to_char(m.first, 'YYYY-MM'), m.first::timestamptz, (m.first + interval '1 month')::timestamptz,
		m.first <= city_now(), m.first + interval '1 month' <= city_now(), iso_time(city_now())
	FROM (SELECT coalesce(to_date(p_month || '-01', 'YYYY-MM-DD')::timestamp,
		date_trunc('month', city_now()::timestamp) - interval '1 month') AS first) m
$$;
