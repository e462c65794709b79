-- SPDX-License-Identifier: GPL-3.0-or-later
-- status: what the commands show, as views: one row a line, each column's name its heading and its JSON
-- key.  A column named ..._number holds a phone number or an IMSI, which the reader masks.

-- Does the node of this epoch live: does its session hold the lock that node_begin() took?
CREATE OR REPLACE FUNCTION node_alive(p_epoch bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM pg_locks k
		WHERE k.locktype = 'advisory' AND k.granted AND k.objsubid = 2
			AND k.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
			AND k.classid = hashtext('baraza epoch')::oid AND k.objid = p_epoch::integer::oid)
$$;

DROP VIEW IF EXISTS status_node, status_modem, status_link, status_queue, status_tray, status_count;

CREATE VIEW status_node AS
SELECT name AS node, epoch, iso_time(started_at) AS started_at
FROM node WHERE node_alive(epoch) ORDER BY epoch;

CREATE VIEW status_modem AS
SELECT m.name AS modem, m.state, m.state = 'READY' AND alive AS in_service,
	CASE WHEN alive OR m.state <> 'READY' THEN m.reason ELSE 'its gateway does not run' END AS reason,
	m.device, m.model, m.signal_percent, m.signal_dbm, m.network,
	CASE m.registration WHEN 0 THEN 'none' WHEN 1 THEN 'home' WHEN 2 THEN 'searching' WHEN 3 THEN 'denied'
		WHEN 4 THEN 'unknown' WHEN 5 THEN 'roaming' END AS registration, -- 3GPP 27.007 7.2
	l.number AS sim_number, l.identity AS imsi_number, m.smsc AS smsc_number,
	m.used AS stored, m.capacity, m.undeletable,
	iso_time(m.changed_at) AS changed_at, iso_time(m.seen_at) AS seen_at
FROM modem m LEFT JOIN link l ON l.id = m.link_id,
	LATERAL (SELECT coalesce(node_alive(m.epoch), false) AS alive) a
ORDER BY m.name;

CREATE VIEW status_link AS
SELECT l.id AS link, l.kind, l.number AS sim_number, l.identity AS imsi_number, l.up,
	CASE l.day WHEN city_now()::date THEN l.day_count ELSE 0 END AS sent_today,
	nullif(l.per_day, 0) AS per_day, nullif(l.per_minute, 0) AS per_minute,
	CASE l.day WHEN city_now()::date THEN l.day_recipients ELSE 0 END AS recipients_today,
	nullif(l.recipients_per_day, 0) AS recipients_per_day, nullif(l.credit_reserve, 0) AS credit_reserve,
	CASE WHEN paused THEN iso_time(l.paused_until) END AS paused_until,
	CASE WHEN paused THEN l.pause_reason END AS pause_reason,
	l.bundle, l.balance, iso_time(l.bundle_at) AS bundle_at,
	l.receive_only
FROM link l, LATERAL (SELECT coalesce(l.paused_until > clock_timestamp(), false) AS paused) p
ORDER BY l.id;

CREATE VIEW status_queue AS
SELECT (ARRAY['sos', 'alert', 'reply', 'job', 'notice', 'reminder', 'bulk'])[priority + 1] AS priority,
	count(*) AS segments, count(DISTINCT message_id) AS messages
FROM queue GROUP BY queue.priority ORDER BY queue.priority;

CREATE VIEW status_tray AS
SELECT kind AS tray, count(*) AS waiting, iso_time(min(at)) AS oldest
FROM tray WHERE done_at IS NULL GROUP BY kind ORDER BY kind;

CREATE VIEW status_count AS
SELECT (SELECT count(*) FROM inflight) AS in_flight,
	(SELECT count(*) FROM message WHERE state = 'unknown') AS unknown,
	(SELECT count(*) FROM message WHERE state = 'failed') AS failed,
	(SELECT count(*) FROM session) AS open_questions,
	(SELECT count(*) FROM ticket WHERE state IN ('open', 'assigned', 'in_progress')) AS open_tickets;

-- Tickets ----------------------------------------------------------------------------------------

DROP VIEW IF EXISTS ticket_list, ticket_reports, ticket_events;

-- Restricted ones among them: whoever reads these leaves them out, or is written down.
CREATE VIEW ticket_list AS
SELECT t.id, t.reference, t.service, t.category, t.kind, t.container, t.place, t.state,
	iso_time(t.opened_at) AS opened_at, iso_time(t.changed_at) AS changed_at, iso_time(t.due_at) AS due_at,
	d.name AS department, w.name AS crew, t.reason, t.reopened,
	(SELECT count(*) FROM report r WHERE r.ticket_id = t.id) AS reports,
	(SELECT count(*) FROM followup f WHERE f.ticket_id = t.id AND f.answer) AS said_fixed,
	(SELECT count(*) FROM followup f WHERE f.ticket_id = t.id AND NOT f.answer) AS said_not_fixed,
	t.urgent, t.incomplete, t.restricted
FROM ticket t LEFT JOIN department d ON d.id = t.department_id LEFT JOIN crew w ON w.id = t.crew_id;

CREATE VIEW ticket_reports AS
SELECT t.reference, r.id, iso_time(r.at) AS at, c.number AS contact_number, r.place, r.words, r.incomplete
FROM report r JOIN ticket t ON t.id = r.ticket_id JOIN contact c ON c.id = r.contact_id;

CREATE VIEW ticket_events AS
SELECT t.reference, e.id, iso_time(e.at) AS at, e.what, e.actor, e.note
FROM event e JOIN ticket t ON t.id = e.ticket_id;
