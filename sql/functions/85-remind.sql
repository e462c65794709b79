-- SPDX-License-Identifier: GPL-3.0-or-later
-- remind: who is reminded of a tax, when, and what came of it.
--
-- A campaign is planned a day at a time, all at once: reminders_plan(), at its approval and then each night.  What is
-- planned is handed out in small numbers while there is room in the queue and the hour allows it: reminders_take(), by
-- gateway/notices.c, which says it in her language in the same transaction.  That a person is reminded once a day is a
-- unique index, that a day is planned once is campaign.planned_until.  What others call:
--   reminders_unsay(bills)         these are paid, or owed no more: nothing is said that is no longer true.  Behind the
--                                  change of bill.open, in its transaction.
--   number_unsure(taxpayer, contact)  nothing was heard of this phone for 90 days: nothing personal goes to it
--   number_heard(contact)          she said that it is still she
--   reminders_drop(contact, why)   this phone is nobody's any more

-- The calendar ------------------------------------------------------------------------------------

-- From when to when reminders leave on a day, by send_hours or by the special_hours that it falls into.
CREATE OR REPLACE FUNCTION reminder_hours(p_day date, OUT opens timestamptz, OUT closes timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_special text[] := setting_list('special_hours', '');
	v_hours text[] := setting_list('send_hours', '08:00 19:00');
BEGIN
	FOR i IN 1..cardinality(v_special) / 4 LOOP
		IF p_day BETWEEN v_special[4 * i - 3]::date AND v_special[4 * i - 2]::date THEN
			v_hours := v_special[4 * i - 1:4 * i];
		END IF;
	END LOOP;
	opens := p_day + v_hours[1]::time;
	closes := p_day + v_hours[2]::time;
END $$;

-- Is it a day on which reminders leave at all?
CREATE OR REPLACE FUNCTION reminder_day(p_day date)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN day_is_open(p_day, setting_list('reminder_rest_days', 'sunday'));
END $$;

-- Until when reminders may leave from p_at on without a pause, or NULL when none may.
CREATE OR REPLACE FUNCTION reminder_open_until(p_at timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_quiet text[] := setting_list('quiet_hours', '');
	v_hours record;
	v_quiet_at timestamptz;
BEGIN
	SELECT * INTO v_hours FROM reminder_hours(p_at::date);
	IF p_at < v_hours.opens OR p_at >= v_hours.closes OR quiet_until(p_at) > p_at OR NOT reminder_day(p_at::date) THEN
		RETURN NULL;
	END IF;
	v_quiet_at := p_at::date + v_quiet[1]::time;
	RETURN CASE WHEN v_quiet_at > p_at AND v_quiet_at < v_hours.closes THEN v_quiet_at ELSE v_hours.closes END;
END $$;

-- Each day with the last working day before or on it, and the first one after or on it.
DROP FUNCTION IF EXISTS reminder_calendar;
CREATE FUNCTION reminder_calendar(p_from date, p_until date)
RETURNS TABLE (day date, earlier date, later date)
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN QUERY
	SELECT d.day, max(CASE WHEN d.works THEN d.day END) OVER (ORDER BY d.day),
		min(CASE WHEN d.works THEN d.day END) OVER (ORDER BY d.day DESC)
	FROM (SELECT g::date AS day, reminder_day(g::date) AS works
		FROM generate_series(p_from - 31, p_until + 31, interval '1 day') g) d
	ORDER BY d.day;
END $$;

-- Numbers that may be another's -------------------------------------------------------------------

-- Nothing came from this phone, and nothing arrived there, for 90 days; or it was asked about and has not answered.
--   p_before  but for this message and what came after it
DROP FUNCTION IF EXISTS number_silent(taxpayer_number, timestamptz);
CREATE OR REPLACE FUNCTION number_silent(p_number taxpayer_number, p_since timestamptz, p_before bigint DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	IF p_number.asked_at IS NOT NULL THEN
		RETURN true;
	ELSIF greatest(p_number.linked_at, p_number.heard_at) >= p_since THEN
		RETURN false;
	END IF;
	RETURN NOT EXISTS (SELECT FROM message m WHERE m.contact_id = p_number.contact_id AND m.at >= p_since
		AND (p_before IS NULL OR m.id < p_before) AND (m.direction = 'in' OR m.state = 'delivered'));
END $$;

DROP FUNCTION IF EXISTS number_unsure(bigint, bigint);
CREATE OR REPLACE FUNCTION number_unsure(p_taxpayer bigint, p_contact bigint, p_before bigint DEFAULT NULL)
RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT number_silent(n, city_now() - interval '90 days', p_before) FROM taxpayer_number n
		WHERE n.taxpayer_id = p_taxpayer AND n.contact_id = p_contact), false);
END $$;

-- She said that this is still her number.
CREATE OR REPLACE FUNCTION number_heard(p_contact bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE taxpayer_number SET heard_at = city_now(), asked_at = NULL WHERE contact_id = p_contact;
END $$;

-- When she was last asked whether this is still her number, where her answer still counts; NULL: she was not.
CREATE OR REPLACE FUNCTION number_asked(p_contact bigint)
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT max(asked_at) FROM taxpayer_number
		WHERE contact_id = p_contact AND asked_at > city_now() - interval '30 days');
END $$;

-- The plan ----------------------------------------------------------------------------------------

-- Which bill is to be reminded of on which day.  Until the bill is due a day on which nothing leaves is that before it,
-- since a reminder that comes later may come too late; after that it is the next one: she has had her time to pay.
--   p_from   the first day that has not been planned; what has passed meanwhile is today's, unless it is too late for it
DROP FUNCTION IF EXISTS reminder_candidates;
CREATE FUNCTION reminder_candidates(p_campaign campaign, p_from date, p_today date, p_until date)
RETURNS TABLE (bill_id bigint, taxpayer_id bigint, day date)
LANGUAGE plpgsql STABLE ROWS 200000 AS $$ -- so that nobody joins it row by row
DECLARE
	v_today date := (SELECT c.later FROM reminder_calendar(p_today, p_today) c WHERE c.day = p_today);
	v_zones integer[] := ARRAY(SELECT zone_within((SELECT name FROM zone WHERE id = p_campaign.zone_id)));
BEGIN
	RETURN QUERY
	WITH calendar AS MATERIALIZED (
		SELECT c.* FROM reminder_calendar(p_from, p_until) c
	), nominal AS (
		SELECT b.id, b.taxpayer_id, b.due, c.day AS said,
			CASE WHEN c.day <= b.due THEN c.earlier ELSE c.later END AS at
		FROM calendar c CROSS JOIN unnest(p_campaign.days) AS k JOIN bill b ON b.due = c.day - k
		WHERE b.open > 0 AND (p_campaign.tax IS NULL OR b.tax = p_campaign.tax)
		UNION ALL
		SELECT b.id, b.taxpayer_id, b.due, c.day, CASE WHEN c.day <= b.due THEN c.earlier ELSE c.later END
		FROM calendar c JOIN unnest(p_campaign.dates) AS f ON f = c.day CROSS JOIN bill b
		WHERE b.open > 0 AND (p_campaign.tax IS NULL OR b.tax = p_campaign.tax)
	), moved AS (
		SELECT n.id, n.taxpayer_id, n.due, n.said, n.at, CASE WHEN n.at < p_today THEN v_today ELSE n.at END AS day
		FROM nominal n WHERE n.at <= p_until AND (n.at >= p_from OR n.said >= p_today)
	)
	SELECT DISTINCT m.id, m.taxpayer_id, m.day
	FROM moved m JOIN taxpayer t ON t.id = m.taxpayer_id
	WHERE (m.said > m.due OR m.day <= m.due)
		AND (p_campaign.zone_id IS NULL OR t.zone_id = ANY (v_zones))
		-- The working day before has passed: it was said then, unless nobody knew yet.
		AND (m.at >= p_from OR NOT EXISTS (SELECT FROM taxpayer_number n JOIN reminder r ON r.contact_id = n.contact_id
			WHERE n.taxpayer_id = m.taxpayer_id AND r.day BETWEEN m.at AND p_today AND m.id = ANY (r.bills)));
END $$;

-- What was not said in its time is said on the next day, together with what is to be said then: planned ones, and what
-- waited in the queue when the hour came after which nothing leaves.  After a week it is not said at all.
CREATE OR REPLACE FUNCTION reminders_carry(p_campaign bigint, p_today date)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_day date := (SELECT c.later FROM reminder_calendar(p_today, p_today) c WHERE c.day = p_today);
	v_back integer;
BEGIN
	WITH back AS (
		UPDATE reminder r SET state = 'planned', message_id = NULL FROM message m
		WHERE r.campaign_id = p_campaign AND r.day BETWEEN p_today - 7 AND p_today - 1 AND r.state = 'queued'
			AND m.id = r.message_id AND m.state = 'expired'
			AND NOT EXISTS (SELECT FROM segment s WHERE s.message_id = m.id)
		RETURNING m.segments, m.at
	)
	SELECT sum(b.segments) FILTER (WHERE b.at >= date_trunc('month', p_today::timestamp)) INTO v_back FROM back b;
	UPDATE campaign SET spent = spent - v_back
	WHERE id = p_campaign AND v_back > 0 AND month = date_trunc('month', p_today::timestamp);
	UPDATE reminder SET state = 'dropped', reason = 'too late'
	WHERE campaign_id = p_campaign AND day < p_today - 7 AND state = 'planned';
	UPDATE reminder r SET bills = ARRAY(SELECT DISTINCT unnest(r.bills || o.bills)) FROM reminder o
	WHERE r.contact_id = o.contact_id AND r.day = v_day AND r.state = 'planned'
		AND o.campaign_id = p_campaign AND o.day < p_today AND o.state = 'planned';
	-- Of several days the newest is that one SMS, with the bills of all.
	WITH late AS (
		SELECT r.contact_id, max(r.id) AS id, array_agg(DISTINCT b) AS bills
		FROM reminder r CROSS JOIN unnest(r.bills) AS b
		WHERE r.campaign_id = p_campaign AND r.day < p_today AND r.state = 'planned'
			AND NOT EXISTS (SELECT FROM reminder o
				WHERE o.contact_id = r.contact_id AND o.day = v_day AND o.state <> 'control')
		GROUP BY r.contact_id
	)
	UPDATE reminder r SET day = v_day, bills = l.bills FROM late l WHERE r.id = l.id;
	UPDATE reminder SET state = 'dropped', reason = 'another that day'
	WHERE campaign_id = p_campaign AND day < p_today AND state = 'planned';
END $$;

-- Plan what a campaign has to say from the first day that is not planned up to p_until; days before p_today are over.
-- Who can be told: the first of a taxpayer's phones, unless it is stopped, blocked or forgotten.  Who has not been heard of
-- for long is asked whether it is still she instead, once.  Returns the rows that are new.
CREATE OR REPLACE FUNCTION reminders_plan(p_campaign bigint, p_today date, p_until date)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v campaign;
	v_from date;
	v_silent timestamptz := city_now() - interval '90 days';
	v_next date;
	v_lower integer[]; -- where each arm's share begins
	v_sum integer;
	v_rows bigint := 0;
BEGIN
	SELECT * INTO v FROM campaign WHERE id = p_campaign AND state = 'approved' FOR UPDATE;
	v_from := coalesce(v.planned_until + 1, p_today);
	IF NOT FOUND OR v_from > p_until THEN
		RETURN 0;
	END IF;
	PERFORM reminders_carry(v.id, p_today);
	UPDATE campaign SET planned_until = p_until WHERE id = v.id;
	IF v.over = date_trunc('month', p_today::timestamp) THEN
		RETURN 0; -- nothing more in this month
	END IF;
	SELECT array_agg(sum - weight ORDER BY ord), max(sum) INTO v_lower, v_sum FROM (
		SELECT w AS weight, ord, sum(w) OVER (ORDER BY ord) AS sum
		FROM unnest(v.weights) WITH ORDINALITY AS u(w, ord)) s;
	v_next := (SELECT c.later FROM reminder_calendar(p_today, p_today) c WHERE c.day = p_today + 1);

	-- In steps, each of which knows how much there is: in one statement it would be joined row by row.
	IF to_regclass('pg_temp.reminder_due') IS NOT NULL THEN
		DROP TABLE reminder_due; -- of another campaign in this transaction
	END IF;
	CREATE TEMP TABLE reminder_due ON COMMIT DROP AS
	SELECT c.bill_id, c.taxpayer_id, c.day, n.contact_id, n.asked_at,
		CASE WHEN n.asked_at IS NULL AND greatest(n.linked_at, n.heard_at) >= v_silent THEN false
			ELSE number_silent(n, v_silent) END AS unsure
	FROM reminder_candidates(v, v_from, p_today, p_until) c
	JOIN taxpayer_number n ON n.taxpayer_id = c.taxpayer_id AND NOT EXISTS (SELECT FROM taxpayer_number o
		WHERE o.taxpayer_id = n.taxpayer_id AND (o.position, o.contact_id) < (n.position, n.contact_id))
	JOIN contact p ON p.id = n.contact_id
	WHERE p.kind = 'e164' AND NOT p.stopped AND NOT p.blocked AND p.erased_at IS NULL;
	ANALYZE reminder_due;

	INSERT INTO campaign_arm (campaign_id, taxpayer_id, arm)
	SELECT v.id, d.taxpayer_id, width_bucket(floor(random() * v_sum)::integer, v_lower)
	FROM (SELECT DISTINCT taxpayer_id FROM reminder_due) d
	ON CONFLICT DO NOTHING;

	INSERT INTO reminder (day, contact_id, campaign_id, taxpayer_id, arm, bills, asks, state)
	SELECT CASE WHEN r.id IS NOT NULL THEN v_next ELSE o.day END, o.contact_id, v.id, o.taxpayer_id, o.arm, o.bills, o.asks,
		CASE WHEN o.control THEN 'control' ELSE 'planned' END
	FROM (
		SELECT d.day, d.contact_id, c.control, min(d.taxpayer_id) AS taxpayer_id,
			(array_agg(a.arm ORDER BY d.taxpayer_id))[1] AS arm, array_agg(d.bill_id) AS bills,
			bool_and(d.unsure) AND NOT c.control AS asks, max(d.asked_at) AS asked_at
		FROM reminder_due d JOIN campaign_arm a ON a.campaign_id = v.id AND a.taxpayer_id = d.taxpayer_id
		CROSS JOIN LATERAL (SELECT v.arms[a.arm] = 'control' AS control) c
		GROUP BY d.day, d.contact_id, c.control) o
	-- Another campaign has told her something today already: tomorrow then.
	LEFT JOIN reminder r ON o.day <= p_today AND r.contact_id = o.contact_id AND r.day = o.day
		AND (r.state = 'control') = o.control AND r.state <> 'planned'
	WHERE NOT o.asks OR o.asked_at IS NULL OR o.asked_at < v_silent
	ORDER BY o.day, o.contact_id
	ON CONFLICT (contact_id, day, (state = 'control')) DO UPDATE
	SET bills = ARRAY(SELECT DISTINCT unnest(reminder.bills || excluded.bills)) WHERE reminder.state IN ('planned', 'control');
	GET DIAGNOSTICS v_rows = ROW_COUNT;
	IF v_rows > 0 THEN
		NOTIFY baraza_notice;
	END IF;
	IF v_rows > 1000 THEN -- the next day is joined with these, before anybody else has looked at how many they are
		ANALYZE campaign_arm, reminder;
	END IF;
	RETURN v_rows;
END $$;

-- Each minute, by one node: the day is planned once it has begun, by a clock that is believed.
CREATE OR REPLACE FUNCTION reminder_chores()
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_today date := city_due_now()::date;
BEGIN
	PERFORM reminders_plan(c.id, v_today, v_today)
	FROM (SELECT id FROM campaign WHERE state = 'approved' AND planned_until < v_today ORDER BY id) c;
END $$;

-- On their way ------------------------------------------------------------------------------------

-- Segments that may still be sent in this month, by a campaign's budget and that of all; NULL: as many as there are.
CREATE OR REPLACE FUNCTION reminder_budget(p_campaign bigint)
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_month date := date_trunc('month', city_now()::timestamp);
	v_all integer := setting_int('reminder_budget', 0);
	v campaign;
BEGIN
	SELECT * INTO v FROM campaign WHERE id = p_campaign;
	RETURN least(
		CASE WHEN v.per_month > 0 THEN v.per_month - CASE v.month WHEN v_month THEN v.spent ELSE 0 END END,
		CASE WHEN v_all > 0 THEN v_all - (SELECT coalesce(sum(spent), 0) FROM campaign WHERE month = v_month) END);
END $$;

-- The month's budget is spent: nothing more of this campaign in this month, and the administrator hears of it once.
CREATE OR REPLACE FUNCTION reminder_over(p_campaign bigint)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_month date := date_trunc('month', city_now()::timestamp);
	v_name text;
	v_left bigint;
BEGIN
	-- Also of what came back since it was reached: what stays planned would be taken again for ever.
	UPDATE reminder SET state = 'dropped', reason = 'budget' WHERE campaign_id = p_campaign AND state = 'planned';
	GET DIAGNOSTICS v_left = ROW_COUNT;
	UPDATE campaign SET over = v_month WHERE id = p_campaign AND over IS DISTINCT FROM v_month RETURNING name INTO v_name;
	IF v_name IS NULL THEN
		RETURN;
	END IF;
	PERFORM audit_add('job', 'reminders over budget', v_name, v_left || ' not sent');
	PERFORM administrator_notice('remind_budget_reached', ARRAY['campaign', v_name, 'count', v_left::text]);
END $$;

-- How many more reminders the queue may hold: what the links that have an agreement send in two minutes.
CREATE OR REPLACE FUNCTION reminder_room()
RETURNS integer
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN coalesce((SELECT sum(CASE WHEN l.per_minute > 0 THEN least(2 * l.per_minute, 120) ELSE 120 END)
			FROM link l WHERE l.up AND l.agreed AND NOT l.receive_only AND (l.per_day = 0 OR l.day <> city_now()::date
				OR l.day_count < l.per_day - l.credit_reserve)), 0)
		- (SELECT count(*) FROM queue WHERE priority = 5);
END $$;

-- What a reminder says, as values of its text: when to pay, how many bills, for which tax when there is one; her name and
-- the amount only where the campaign's texts are made to name them.
DROP FUNCTION IF EXISTS reminder_pairs;
CREATE FUNCTION reminder_pairs(p_due date, p_count bigint, p_tax text, p_name text, p_amount text)
RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT concat_ws(E'\x1f', 'due', to_char(p_due, 'DD/MM/YYYY'), 'count', p_count, 'tax', coalesce(p_tax, ''),
		'name', coalesce(p_name, ''), 'amount', coalesce(p_amount, ''))
$$;

CREATE OR REPLACE FUNCTION reminder_values(p_taxpayer bigint, p_bills bigint[], p_personal boolean)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN (SELECT reminder_pairs(min(b.due), count(*), CASE WHEN count(DISTINCT b.tax) = 1 THEN min(b.tax) END,
			CASE WHEN p_personal THEN (SELECT t.name FROM taxpayer t WHERE t.id = p_taxpayer) END,
			CASE WHEN p_personal AND count(DISTINCT b.currency) = 1 THEN money_text(sum(b.open)::bigint, min(b.currency)) END)
		FROM bill b WHERE b.id = ANY (p_bills));
END $$;

-- What a planned reminder has become, now that its turn has come: its new state, why it is dropped, and the bills that it
-- is still about.
CREATE OR REPLACE FUNCTION reminder_now(p_reminder reminder, OUT state text, OUT reason text, OUT bills bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_contact contact;
BEGIN
	SELECT * INTO v_contact FROM contact WHERE id = p_reminder.contact_id;
	bills := ARRAY(SELECT b.id FROM bill b WHERE b.id = ANY (p_reminder.bills) AND b.open > 0
		AND EXISTS (SELECT FROM taxpayer_number n
			WHERE n.taxpayer_id = b.taxpayer_id AND n.contact_id = p_reminder.contact_id));
	reason := CASE WHEN v_contact.erased_at IS NOT NULL THEN 'erased' WHEN v_contact.stopped THEN 'stopped'
		WHEN v_contact.blocked THEN 'blocked' WHEN v_contact.kind <> 'e164' THEN 'no phone'
		WHEN bills = '{}' AND EXISTS (SELECT FROM bill b WHERE b.id = ANY (p_reminder.bills) AND b.open > 0) THEN 'unlinked'
		END;
	state := CASE WHEN reason IS NOT NULL THEN 'dropped' WHEN bills = '{}' THEN 'paid' ELSE 'queued' END;
	IF bills = '{}' THEN
		bills := p_reminder.bills; -- of what it was
	END IF;
END $$;

-- Take planned reminders of today, to be rendered and queued in this same transaction (as notice_take).  None unless the
-- hour allows it and an operator does; no more than there is room for; each is looked at once more.  They are valid
-- until the hour after which none leaves: what still waits then goes the next day.
DROP FUNCTION IF EXISTS reminders_take;
CREATE FUNCTION reminders_take(p_limit integer)
RETURNS TABLE (contact_id bigint, language text, text_key text, pairs text, priority smallint, service text,
	digest text, valid_min integer)
LANGUAGE plpgsql AS $$
DECLARE
	v_least CONSTANT interval := interval '5 minutes'; -- a network's shortest validity: 3GPP 23.040 9.2.3.12.1
	v_now timestamptz := city_due_now();
	v_until timestamptz;
	v_room integer;
	v_budget integer;
	v_over bigint[] := '{}';
	v_campaign campaign;
	v_new record;
	v reminder;
BEGIN
	IF NOT EXISTS (SELECT FROM reminder r WHERE r.day = v_now::date AND r.state = 'planned') THEN
		RETURN;
	END IF;
	v_until := reminder_open_until(v_now);
	-- One node at a time: two would fill the room twice.
	IF v_until IS NULL OR v_until < v_now + v_least OR NOT pg_try_advisory_xact_lock(hashtext('baraza reminders')) THEN
		RETURN;
	END IF;
	v_room := least(reminder_room(), p_limit);
	WHILE v_room > 0 LOOP
		FOR v IN
			SELECT r.* FROM reminder r WHERE r.day = v_now::date AND r.state = 'planned'
			ORDER BY r.id LIMIT v_room FOR UPDATE SKIP LOCKED
		LOOP
			CONTINUE WHEN v.campaign_id = ANY (v_over);
			IF v.campaign_id IS DISTINCT FROM v_campaign.id THEN
				SELECT * INTO v_campaign FROM campaign WHERE id = v.campaign_id;
				v_budget := reminder_budget(v.campaign_id);
			END IF;
			IF v_budget <= 0 THEN
				PERFORM reminder_over(v.campaign_id);
				v_over := v_over || v.campaign_id;
				CONTINUE;
			END IF;
			v_new := reminder_now(v);
			UPDATE reminder r SET state = v_new.state, reason = v_new.reason, bills = v_new.bills WHERE r.id = v.id;
			CONTINUE WHEN v_new.state <> 'queued';
			v_room := v_room - 1;
			v_budget := v_budget - 1;
			IF v.asks THEN
				UPDATE taxpayer_number n SET asked_at = v_now WHERE n.contact_id = v.contact_id;
			END IF;
			SELECT v.contact_id, coalesce(c.language, t.language, ''),
				CASE WHEN v.asks THEN 'remind_still_you' ELSE v_campaign.arms[v.arm] END,
				CASE WHEN v.asks THEN '' ELSE reminder_values(v.taxpayer_id, v_new.bills, v_campaign.personal) END,
				5, 'remind', NULL, floor(extract(epoch FROM v_until - v_now) / 60)
			INTO contact_id, language, text_key, pairs, priority, service, digest, valid_min
			FROM contact c, taxpayer t WHERE c.id = v.contact_id AND t.id = v.taxpayer_id;
			RETURN NEXT;
		END LOOP;
		EXIT WHEN NOT FOUND;
	END LOOP;
END $$;

-- Take back a reminder's SMS, if nothing of it has left or is leaving now.  False when it is too late.
CREATE OR REPLACE FUNCTION reminder_unqueue(p_message bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
	v_segments integer;
BEGIN
	-- A link that claims one has it, and those behind it follow.
	PERFORM FROM queue WHERE message_id = p_message FOR UPDATE;
	GET DIAGNOSTICS v_segments = ROW_COUNT;
	IF v_segments = 0 OR v_segments < (SELECT segments FROM message WHERE id = p_message) THEN
		RETURN false;
	END IF;
	DELETE FROM queue WHERE message_id = p_message;
	UPDATE message SET state = 'cancelled' WHERE id = p_message;
	RETURN true;
END $$;

-- What this transaction has taken is queued: each reminder learns its message, and the month's account its segments.
-- What goes beyond the budget is taken back.
CREATE OR REPLACE FUNCTION reminders_queued()
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_month date := date_trunc('month', city_now()::timestamp);
	v record;
BEGIN
	FOR v IN
		SELECT r.id, r.campaign_id, m.id AS message_id, m.segments
		FROM (SELECT q.id, q.campaign_id, (SELECT max(o.id) FROM message o
				WHERE o.contact_id = q.contact_id AND o.service = 'remind' AND o.state = 'queued') AS message_id
			FROM reminder q WHERE q.state = 'queued' AND q.message_id IS NULL OFFSET 0) r
		CROSS JOIN LATERAL (SELECT * FROM message s WHERE s.id = r.message_id LIMIT 1) m -- one by one, not all of them
		ORDER BY r.campaign_id, r.id
	LOOP
		UPDATE reminder SET message_id = v.message_id WHERE id = v.id;
		IF v.segments > reminder_budget(v.campaign_id) THEN
			PERFORM reminder_unqueue(v.message_id);
			UPDATE reminder SET state = 'planned', message_id = NULL WHERE id = v.id;
			PERFORM reminder_over(v.campaign_id);
		ELSE
			UPDATE campaign SET spent = CASE month WHEN v_month THEN spent ELSE 0 END + v.segments, month = v_month
			WHERE id = v.campaign_id;
		END IF;
	END LOOP;
	-- Nobody can say it: no file has its text.
	UPDATE reminder SET state = 'dropped', reason = 'no text' WHERE state = 'queued' AND message_id IS NULL;
END $$;

-- No longer to be said ----------------------------------------------------------------------------

-- These bills are paid, or owed no more: reminders that are about nothing else are not sent, neither planned ones nor
-- those that wait in the queue.  What a modem has is said.  The caller has changed bill.open in the same transaction: one
-- that is being queued meanwhile is waited for.
CREATE OR REPLACE FUNCTION reminders_unsay(p_bills bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_since date := city_now()::date - 7;
	v_ids bigint[];
	v reminder;
BEGIN
	SELECT array_agg(l.id) INTO v_ids FROM (
		SELECT r.id FROM reminder r
		WHERE r.state IN ('planned', 'queued') AND r.id IN (
			SELECT o.id FROM unnest(p_bills) AS u(id) JOIN bill b ON b.id = u.id
				JOIN taxpayer_number n ON n.taxpayer_id = b.taxpayer_id
				JOIN reminder o ON o.contact_id = n.contact_id AND o.day >= v_since AND u.id = ANY (o.bills))
		ORDER BY r.id FOR UPDATE) l;
	IF v_ids IS NULL THEN
		RETURN;
	END IF;
	-- Once they are locked: another that paid their other bills is seen.
	UPDATE reminder r SET state = 'paid' WHERE r.id = ANY (v_ids) AND r.state = 'planned'
		AND NOT EXISTS (SELECT FROM bill b WHERE b.id = ANY (r.bills) AND b.open > 0);
	FOR v IN
		SELECT r.* FROM reminder r WHERE r.id = ANY (v_ids) AND r.state = 'queued'
			AND NOT EXISTS (SELECT FROM bill b WHERE b.id = ANY (r.bills) AND b.open > 0)
		ORDER BY r.id
	LOOP
		CONTINUE WHEN NOT reminder_unqueue(v.message_id);
		UPDATE reminder SET state = 'paid' WHERE id = v.id;
		UPDATE campaign c SET spent = spent - m.segments FROM message m
		WHERE m.id = v.message_id AND c.id = v.campaign_id AND c.month <= m.at;
	END LOOP;
END $$;

-- Nothing more is said to this phone of any tax: neither what is planned nor what waits in the queue.
CREATE OR REPLACE FUNCTION reminders_drop(p_contact bigint, p_reason text)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v reminder;
BEGIN
	FOR v IN
		SELECT r.* FROM reminder r WHERE r.contact_id = p_contact AND r.day >= city_now()::date - 7
			AND r.state IN ('planned', 'queued')
		ORDER BY r.id FOR UPDATE
	LOOP
		CONTINUE WHEN v.state = 'queued' AND NOT reminder_unqueue(v.message_id);
		UPDATE reminder SET state = 'dropped', reason = p_reason WHERE id = v.id;
	END LOOP;
END $$;

-- Her answer to "is this still your number?", an outcome of the service confirm.
CREATE OR REPLACE FUNCTION number_answer(p_contact bigint, p_yes boolean)
RETURNS text[]
LANGUAGE plpgsql AS $$
BEGIN
	IF p_yes THEN
		PERFORM number_heard(p_contact);
		RETURN ARRAY['still'];
	END IF;
	PERFORM number_not_mine(p_contact, 'citizen', 'not still hers');
	RETURN ARRAY['not_still'];
END $$;

-- Campaigns ---------------------------------------------------------------------------------------

-- Write down a campaign; nothing is sent before another person approves it.  Returns: drafted | known | zone |
-- no_agreement (no SIM may send reminders).
DROP FUNCTION IF EXISTS campaign_draft;
CREATE FUNCTION campaign_draft(p_name text, p_tax text, p_zone text, p_days integer[], p_dates date[], p_arms text[],
	p_weights integer[], p_per_month integer, p_personal boolean, p_by text, p_actor text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_zone integer := (SELECT id FROM zone WHERE name = p_zone);
BEGIN
	IF p_zone IS NOT NULL AND v_zone IS NULL THEN
		RETURN 'zone';
	ELSIF NOT EXISTS (SELECT FROM link WHERE agreed AND NOT receive_only) THEN
		RETURN 'no_agreement';
	END IF;
	INSERT INTO campaign (name, tax, zone_id, days, dates, arms, weights, per_month, personal, drafted_by, drafted_at)
	VALUES (p_name, p_tax, v_zone, p_days, p_dates, p_arms, p_weights, p_per_month, p_personal, p_by, city_now())
	ON CONFLICT (name) DO NOTHING;
	IF NOT FOUND THEN
		RETURN 'known';
	END IF;
	PERFORM audit_add(p_actor, 'reminders drafted', p_name, nullif(p_by, p_actor));
	RETURN 'drafted';
END $$;

-- Another person than who drafted it lets it go; today's are planned at once.  Returns: approved | unknown | state |
-- same_person | no_agreement.
DROP FUNCTION IF EXISTS campaign_approve;
CREATE FUNCTION campaign_approve(p_name text, p_by text, p_actor text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_today date := city_now()::date;
	v campaign;
BEGIN
	SELECT * INTO v FROM campaign WHERE name = p_name FOR UPDATE;
	IF NOT FOUND THEN
		RETURN 'unknown';
	ELSIF v.state <> 'draft' THEN
		RETURN 'state';
	ELSIF lower(v.drafted_by) = lower(p_by) THEN
		RETURN 'same_person';
	ELSIF NOT EXISTS (SELECT FROM link WHERE agreed AND NOT receive_only) THEN
		RETURN 'no_agreement';
	END IF;
	UPDATE campaign SET state = 'approved', approved_by = p_by, approved_at = city_now() WHERE id = v.id;
	PERFORM audit_add(p_actor, 'reminders approved', p_name, nullif(p_by, p_actor));
	PERFORM reminders_plan(v.id, v_today, v_today);
	RETURN 'approved';
END $$;

-- Nothing more of it is sent: neither what is planned nor what waits in the queue.  Returns: stopped | unknown | state.
DROP FUNCTION IF EXISTS campaign_stop;
CREATE FUNCTION campaign_stop(p_name text, p_reason text, p_by text, p_actor text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v campaign;
	v_row reminder;
BEGIN
	SELECT * INTO v FROM campaign WHERE name = p_name FOR UPDATE;
	IF NOT FOUND THEN
		RETURN 'unknown';
	ELSIF v.state = 'stopped' THEN
		RETURN 'state';
	END IF;
	UPDATE campaign SET state = 'stopped', stop_reason = p_reason WHERE id = v.id;
	UPDATE reminder SET state = 'dropped', reason = 'stopped by the office' WHERE campaign_id = v.id AND state = 'planned';
	FOR v_row IN
		SELECT r.* FROM reminder r JOIN message m ON m.id = r.message_id
		WHERE r.campaign_id = v.id AND r.day >= city_now()::date - 1 AND r.state = 'queued' AND m.state = 'queued'
		ORDER BY r.id
	LOOP
		CONTINUE WHEN NOT reminder_unqueue(v_row.message_id);
		UPDATE reminder SET state = 'dropped', reason = 'stopped by the office' WHERE id = v_row.id;
	END LOOP;
	PERFORM audit_add(p_actor, 'reminders stopped', p_name, p_reason);
	RETURN 'stopped';
END $$;

DROP VIEW IF EXISTS campaign_list;
CREATE VIEW campaign_list AS
SELECT c.name, CASE WHEN c.state = 'approved' AND c.over = date_trunc('month', city_now()::timestamp) THEN 'over budget'
		ELSE c.state END AS state, c.tax, z.name AS zone, array_to_string(c.days, ' ') AS days,
	array_to_string(c.dates, ' ') AS dates,
	(SELECT string_agg(a || '=' || w, ' ' ORDER BY o) FROM unnest(c.arms, c.weights) WITH ORDINALITY u(a, w, o)) AS texts,
	c.personal, nullif(c.per_month, 0) AS budget,
	CASE WHEN c.month = date_trunc('month', city_now()::timestamp) THEN c.spent ELSE 0 END AS spent,
	c.drafted_by, c.approved_by, iso_time(c.approved_at) AS approved_at, c.stop_reason
FROM campaign c LEFT JOIN zone z ON z.id = c.zone_id ORDER BY c.id;

-- What would be, and what was ---------------------------------------------------------------------

-- Plan all that a campaign has to say of the bills that there are now, as if it were approved: for a transaction that is
-- rolled back.  Returns the campaign's id, or NULL when there is none of that name.
CREATE OR REPLACE FUNCTION campaign_rehearse(p_name text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_today date := city_now()::date;
	v campaign;
	v_last date;
BEGIN
	SELECT * INTO v FROM campaign WHERE name = p_name FOR UPDATE;
	IF NOT FOUND THEN
		RETURN NULL;
	END IF;
	UPDATE campaign SET state = 'approved', approved_by = coalesce(approved_by, '-'), over = NULL WHERE id = v.id;
	SELECT greatest(v_today, max(b.due) + (SELECT max(k) FROM unnest(v.days) k), (SELECT max(f) FROM unnest(v.dates) f))
	INTO v_last FROM bill b WHERE b.open > 0 AND (v.tax IS NULL OR b.tax = v.tax);
	v_last := least(coalesce(v_last, v_today), v_today + 3660);
	PERFORM reminders_plan(v.id, v_today, (SELECT coalesce(c.later, v_last) FROM reminder_calendar(v_last, v_last) c
		WHERE c.day = v_last));
	RETURN v.id;
END $$;

-- What a campaign's planned reminders would say: one row a day, language, text and values.
CREATE OR REPLACE FUNCTION campaign_words(p_campaign bigint)
RETURNS TABLE (day text, language text, text_key text, pairs text, sms bigint)
LANGUAGE sql STABLE AS $$
	WITH said AS (
		SELECT r.id, min(b.due) AS due, count(*) AS bills, CASE WHEN min(b.tax) = max(b.tax) THEN min(b.tax) END AS tax,
			CASE WHEN min(b.currency) = max(b.currency) THEN sum(b.open)::bigint END AS open, min(b.currency) AS currency
		FROM reminder r CROSS JOIN unnest(r.bills) AS u JOIN bill b ON b.id = u
		WHERE r.campaign_id = p_campaign AND r.state = 'planned' GROUP BY r.id
	), told AS (
		SELECT r.day, coalesce(p.language, t.language, '') AS language,
			CASE WHEN r.asks THEN 'remind_still_you' ELSE c.arms[r.arm] END AS text_key,
			CASE WHEN NOT r.asks THEN s.due END AS due, CASE WHEN NOT r.asks THEN s.bills END AS bills,
			CASE WHEN NOT r.asks THEN s.tax END AS tax,
			CASE WHEN c.personal AND NOT r.asks THEN t.name END AS name,
			CASE WHEN c.personal AND NOT r.asks THEN money_text(s.open, s.currency) END AS amount, count(*) AS sms
		FROM said s JOIN reminder r ON r.id = s.id JOIN campaign c ON c.id = r.campaign_id
		JOIN contact p ON p.id = r.contact_id JOIN taxpayer t ON t.id = r.taxpayer_id
		GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
	)
	SELECT to_char(w.day, 'YYYY-MM-DD'), w.language, w.text_key, reminder_pairs(w.due, w.bills, w.tax, w.name, w.amount),
		w.sms
	FROM told w ORDER BY 1, 2, 3, 4
$$;

-- How many people a campaign reaches, and whom it cannot.
CREATE OR REPLACE FUNCTION campaign_people(p_campaign bigint)
RETURNS TABLE (people bigint, taxpayers bigint, bills bigint, control bigint, asked bigint, no_phone bigint,
	stopped bigint)
LANGUAGE sql STABLE AS $$
	WITH said AS (
		SELECT r.contact_id, r.asks, r.state, b FROM reminder r CROSS JOIN unnest(r.bills) b WHERE r.campaign_id = p_campaign
	), owed AS (
		SELECT DISTINCT b.taxpayer_id FROM bill b JOIN campaign c ON c.id = p_campaign JOIN taxpayer t ON t.id = b.taxpayer_id
		WHERE b.open > 0 AND (c.tax IS NULL OR b.tax = c.tax) AND (c.zone_id IS NULL
			OR t.zone_id IN (SELECT zone_within((SELECT name FROM zone WHERE id = c.zone_id))))
	), phone AS (
		SELECT o.taxpayer_id, p.stopped FROM owed o LEFT JOIN LATERAL (SELECT c.stopped FROM taxpayer_number n
			JOIN contact c ON c.id = n.contact_id WHERE n.taxpayer_id = o.taxpayer_id AND c.kind = 'e164'
			ORDER BY n.position, n.linked_at LIMIT 1) p ON true
	)
	SELECT count(DISTINCT s.contact_id) FILTER (WHERE s.state = 'planned'),
		count(DISTINCT b.taxpayer_id) FILTER (WHERE s.state = 'planned'),
		count(DISTINCT s.b) FILTER (WHERE s.state = 'planned'),
		count(DISTINCT b.taxpayer_id) FILTER (WHERE s.state = 'control'),
		count(DISTINCT s.contact_id) FILTER (WHERE s.asks),
		(SELECT count(*) FROM phone WHERE phone.stopped IS NULL), (SELECT count(*) FROM phone WHERE phone.stopped)
	FROM said s LEFT JOIN bill b ON b.id = s.b
$$;

-- Who would be told, in order; p_limit NULL: all.
DROP FUNCTION IF EXISTS campaign_who;
CREATE FUNCTION campaign_who(p_campaign bigint, p_limit integer)
RETURNS TABLE (day text, contact_number text, taxpayer text, bills integer, text text)
LANGUAGE sql STABLE AS $$
	SELECT to_char(r.day, 'YYYY-MM-DD'), p.number, t.reference, cardinality(r.bills),
		CASE WHEN r.asks THEN 'remind_still_you' ELSE c.arms[r.arm] END
	FROM reminder r JOIN campaign c ON c.id = r.campaign_id JOIN contact p ON p.id = r.contact_id
	JOIN taxpayer t ON t.id = r.taxpayer_id
	WHERE r.campaign_id = p_campaign AND r.state = 'planned' ORDER BY r.day, t.reference, r.id LIMIT p_limit
$$;

-- Which SIMs may send reminders, and how fast.
DROP VIEW IF EXISTS campaign_link;
CREATE VIEW campaign_link AS
SELECT l.number AS sim_number, l.identity AS imsi_number, l.agreed AND NOT l.receive_only AS may_send, l.up,
	nullif(l.per_minute, 0) AS per_minute, nullif(l.per_day, 0) AS per_day,
	nullif(l.recipients_per_day, 0) AS recipients_per_day
FROM link l ORDER BY l.id;

-- When the last of so many segments on each of these days has left, by what the links that have an agreement may send: in
-- the hours of each day, at their pace a minute (10 of one that has no cap), within what is left of their caps.  What
-- does not fit goes on the next working day.  NULL: not within a year, or no link may.
CREATE OR REPLACE FUNCTION reminders_last(p_days date[], p_segments integer[])
RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_now timestamptz := city_now();
	v_step CONSTANT interval := interval '5 minutes';
	v_day date := v_now::date;
	v_last date := (SELECT max(d) FROM unnest(p_days) d);
	v_waits integer := 0; -- segments
	v_at timestamptz;
	v_hours record;
	v_link link;
	v_links link[] := ARRAY(SELECT l FROM link l WHERE l.agreed AND NOT l.receive_only);
	v_left integer[];
	v_pace integer; -- of all links in a step
BEGIN
	FOR i IN 0..366 + greatest(v_last - v_day, 0) LOOP
		v_waits := v_waits + coalesce((SELECT sum(s) FROM unnest(p_days, p_segments) AS u(d, s) WHERE d = v_day), 0);
		IF v_waits = 0 AND v_day >= v_last THEN
			RETURN v_at;
		END IF;
		IF v_waits > 0 AND reminder_day(v_day) THEN
			v_left := ARRAY(SELECT CASE WHEN per_day > 0 AND recipients_per_day > 0
					THEN least(per_day - credit_reserve, recipients_per_day)
					WHEN per_day > 0 THEN per_day - credit_reserve
					WHEN recipients_per_day > 0 THEN recipients_per_day ELSE 2147483647 END
				- CASE WHEN day = v_day AND (per_day > 0 OR recipients_per_day > 0) THEN day_count ELSE 0 END
				FROM unnest(v_links));
			SELECT * INTO v_hours FROM reminder_hours(v_day);
			v_at := greatest(v_hours.opens, CASE WHEN v_day = v_now::date THEN v_now END);
			WHILE v_waits > 0 AND v_at < v_hours.closes LOOP
				IF reminder_open_until(v_at) IS NOT NULL THEN
					FOR l IN 1..cardinality(v_links) LOOP
						v_link := v_links[l];
						v_pace := greatest(least(5 * coalesce(nullif(v_link.per_minute, 0), 10), v_left[l], v_waits), 0);
						v_left[l] := v_left[l] - v_pace;
						v_waits := v_waits - v_pace;
					END LOOP;
				END IF;
				v_at := v_at + v_step;
			END LOOP;
		END IF;
		v_day := v_day + 1;
	END LOOP;
	RETURN NULL;
END $$;

-- A share's interval at 95 %, by Wilson.
CREATE OR REPLACE FUNCTION wilson(p_part bigint, p_all bigint, OUT low double precision, OUT high double precision)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	z CONSTANT double precision := 1.959963984540054;
	n double precision := nullif(p_all, 0);
	v_share double precision := p_part / n;
	v_middle double precision := (v_share + z * z / (2 * n)) / (1 + z * z / n);
	v_half double precision := z / (1 + z * z / n) * sqrt(v_share * (1 - v_share) / n + z * z / (4 * n * n));
BEGIN
	IF p_all > 0 THEN
		low := greatest(v_middle - v_half, 0);
		high := least(v_middle + v_half, 1);
	END IF;
END $$;

-- What each arm of a campaign brought: of those who are assigned to it (whether or not anything arrived), how many paid
-- something of what they were, or would have been, reminded of within so many days of the first time, and how much;
-- the share with its interval, and how much more it is than in the control group, by Newcombe's interval.  Those for
-- whom the days are not over yet are counted as they are today.
DROP FUNCTION IF EXISTS campaign_results;
CREATE FUNCTION campaign_results(p_name text, p_within integer)
RETURNS TABLE (arm text, assigned bigint, sent bigint, delivered bigint, paid bigint, paid_percent numeric,
	low_percent numeric, high_percent numeric, more_percent numeric, more_low numeric, more_high numeric,
	amount bigint, currency text)
LANGUAGE sql STABLE AS $$
	WITH c AS (
		SELECT * FROM campaign WHERE name = p_name
	), told AS MATERIALIZED ( -- each taxpayer and bill
		SELECT a.taxpayer_id, a.arm, b.id AS bill_id, b.currency, min(r.day) AS first,
			bool_or(m.state IN ('sent', 'delivered', 'unknown')) AS sent, bool_or(m.state = 'delivered') AS delivered
		FROM c JOIN reminder r ON r.campaign_id = c.id AND NOT r.asks CROSS JOIN unnest(r.bills) AS u
		JOIN bill b ON b.id = u JOIN campaign_arm a ON a.campaign_id = c.id AND a.taxpayer_id = b.taxpayer_id
		LEFT JOIN message m ON m.id = r.message_id AND r.state = 'queued'
		GROUP BY a.taxpayer_id, a.arm, b.id, b.currency
	), came AS (
		SELECT t.taxpayer_id, t.arm, bool_or(t.sent) AS sent, bool_or(t.delivered) AS delivered, max(t.currency) AS currency,
			coalesce(sum(g.amount), 0)::bigint AS amount
		FROM told t CROSS JOIN LATERAL (SELECT -sum(p.amount) AS amount FROM ledger_posting p
			JOIN ledger_entry e ON e.id = p.entry_id
			WHERE p.bill_id = t.bill_id AND p.account = 'bill' AND e.kind NOT IN ('billed', 'changed')
				AND e.at >= t.first AND e.at < t.first + p_within + 1) g
		GROUP BY t.taxpayer_id, t.arm
	), every AS (
		SELECT u.key, u.ord, count(a.taxpayer_id) AS n, count(*) FILTER (WHERE w.sent) AS sent,
			count(*) FILTER (WHERE w.delivered) AS delivered, count(*) FILTER (WHERE w.amount > 0) AS paid,
			coalesce(sum(w.amount), 0)::bigint AS amount, max(w.currency) AS currency
		FROM c CROSS JOIN unnest(c.arms) WITH ORDINALITY AS u(key, ord)
		LEFT JOIN campaign_arm a ON a.campaign_id = c.id AND a.arm = u.ord
		LEFT JOIN came w ON w.taxpayer_id = a.taxpayer_id
		GROUP BY u.key, u.ord
	), share AS (
		SELECT e.*, e.paid / nullif(e.n, 0)::double precision AS p, w.low, w.high
		FROM every e CROSS JOIN LATERAL wilson(e.paid, e.n) w
	)
	SELECT s.key, s.n, s.sent, s.delivered, s.paid, round((100 * s.p)::numeric, 1), round((100 * s.low)::numeric, 1),
		round((100 * s.high)::numeric, 1), round((100 * (s.p - k.p))::numeric, 1),
		round((100 * (s.p - k.p - sqrt((s.p - s.low) ^ 2 + (k.high - k.p) ^ 2)))::numeric, 1),
		round((100 * (s.p - k.p + sqrt((s.high - s.p) ^ 2 + (k.p - k.low) ^ 2)))::numeric, 1), s.amount, s.currency
	FROM share s LEFT JOIN share k ON k.key = 'control' AND s.key <> 'control' ORDER BY s.ord
$$;

-- The month (65-account.sql) ----------------------------------------------------------------------

DROP FUNCTION IF EXISTS account_taxes;
-- By tax and currency: the bills that were due in the month, what of them was paid by its end (the collection rate), and
-- what reminders brought in: payments of the month for bills of which their debtors had been reminded in the two weeks
-- before.  How much of that they would have paid anyway, only a control group tells (baraza remind results).  Amounts are in
-- the currency's own unit, as everywhere before a comma.
CREATE FUNCTION account_taxes(p_from timestamptz, p_until timestamptz)
RETURNS TABLE (tax text, bills bigint, due numeric, collected numeric, collected_percent numeric, bills_reminded bigint,
	bills_then_paid bigint, reminders_brought numeric)
LANGUAGE sql STABLE AS $$
	WITH moved AS ( -- of each bill: what was asked for, and what was paid, by the end; and in the month after a reminder
		SELECT b.id, b.tax, b.currency, b.due >= p_from::date AND b.due < p_until::date AS in_month,
			sum(p.amount) FILTER (WHERE e.kind IN ('billed', 'changed')) AS billed,
			-sum(p.amount) FILTER (WHERE e.kind NOT IN ('billed', 'changed')) AS paid,
			-sum(p.amount) FILTER (WHERE e.kind NOT IN ('billed', 'changed') AND e.at >= p_from AND r.first IS NOT NULL
				AND e.at::date BETWEEN r.first AND r.last + 14) AS brought,
			bool_or(r.last >= p_from::date) AS reminded
		FROM bill b JOIN ledger_posting p ON p.bill_id = b.id JOIN ledger_entry e ON e.id = p.entry_id
		LEFT JOIN (SELECT u AS bill_id, min(d.day) AS first, max(d.day) AS last
			FROM reminder d JOIN message m ON m.id = d.message_id CROSS JOIN unnest(d.bills) AS u
			WHERE d.state = 'queued' AND NOT d.asks AND m.state IN ('sent', 'delivered', 'unknown')
				AND d.day >= p_from::date - 14 AND d.day < p_until::date
			GROUP BY u) r ON r.bill_id = b.id
		WHERE e.at < p_until AND (b.due >= p_from::date AND b.due < p_until::date OR r.bill_id IS NOT NULL)
		GROUP BY b.id
	)
	SELECT m.tax || ' ' || m.currency, count(*) FILTER (WHERE m.in_month),
		round(coalesce(sum(m.billed) FILTER (WHERE m.in_month), 0) / 10::numeric ^ x.digits, x.digits),
		round(coalesce(sum(m.paid) FILTER (WHERE m.in_month), 0) / 10::numeric ^ x.digits, x.digits),
		round(100.0 * coalesce(sum(m.paid) FILTER (WHERE m.in_month), 0)
			/ nullif(sum(m.billed) FILTER (WHERE m.in_month), 0), 1),
		count(*) FILTER (WHERE m.reminded), count(*) FILTER (WHERE m.brought > 0),
		round(coalesce(sum(m.brought), 0) / 10::numeric ^ x.digits, x.digits)
	FROM moved m CROSS JOIN LATERAL (SELECT currency_exponent(m.currency) AS digits) x
	GROUP BY m.tax, m.currency, x.digits ORDER BY m.tax, m.currency
$$;
