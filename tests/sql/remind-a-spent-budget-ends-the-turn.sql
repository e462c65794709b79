-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where the month's budget is reached, what is planned, or comes back from the queue later, is dropped: else it would be
-- taken, and put back, without an end.
SET timezone = 'Africa/Kigali';
SET statement_timeout = '20s';
\o /dev/null
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 09:00' - clock_timestamp();
INSERT INTO link (identity, up, agreed) VALUES ('i1', true, true);
INSERT INTO taxpayer (reference, key, changed_at) SELECT 'T' || n, 'T' || n, city_now() FROM generate_series(1, 4) n;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
SELECT id, contact_of('+25078880000' || id), 1, city_now() FROM taxpayer;
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT 'B' || id, 'B' || id, id, 'market', 1000, 'RWF', date '2026-12-15', 1000, city_now() FROM taxpayer;
INSERT INTO campaign (name, arms, weights, per_month, state, drafted_by, drafted_at, month, spent)
VALUES ('c', '{remind_due}', '{1}', 3, 'approved', 'x', city_now(), '2026-12-01', 0);
INSERT INTO reminder (day, contact_id, campaign_id, taxpayer_id, arm, bills)
SELECT '2026-12-01', n.contact_id, 1, n.taxpayer_id, 1, ARRAY[n.taxpayer_id] FROM taxpayer_number n;

-- What the gateway makes of those that are taken: SMS of two segments each.
CREATE FUNCTION pg_temp.queue_all() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO message (direction, contact_id, body, at, service, state, segments)
	SELECT 'out', r.contact_id, 'x', city_now(), 'remind', 'queued', 2 FROM reminder r
	WHERE r.state = 'queued' AND r.message_id IS NULL;
	PERFORM reminders_queued();
END $$;
DO $$
DECLARE
	v_told bigint;
BEGIN
	ASSERT (SELECT count(*) FROM reminders_take(64)) = 3;
	PERFORM pg_temp.queue_all();
	ASSERT (SELECT spent FROM campaign) = 2 AND (SELECT over FROM campaign) = '2026-12-01';
	ASSERT NOT EXISTS (SELECT FROM reminder WHERE state = 'planned'), 'would be taken again each time';
	v_told := (SELECT count(*) FROM notice) + (SELECT count(*) FROM audit);
	-- One that comes back, when nothing at all is left.
	UPDATE campaign SET spent = 3;
	UPDATE reminder SET state = 'planned', message_id = NULL WHERE id = 1;
	ASSERT (SELECT count(*) FROM reminders_take(64)) = 0;
	ASSERT (SELECT state || ' ' || reason FROM reminder WHERE id = 1) = 'dropped budget';
	ASSERT v_told = (SELECT count(*) FROM notice) + (SELECT count(*) FROM audit), 'said once';
END $$;
