-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who is reminded, once; arms drawn once and near their weights; what each arm brought against figures worked out by hand;
-- the month's collection rate.
SET timezone = 'Africa/Kigali';
\o /dev/null
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 09:00' - clock_timestamp();
INSERT INTO link (identity, up, agreed) VALUES ('i1', true, true);
INSERT INTO taxpayer (reference, key, language, changed_at)
SELECT 'T' || n, 'T' || n, 'en', city_now() FROM generate_series(1, 4000) n;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at)
SELECT id, contact_of('+25078' || lpad(id::text, 7, '0')), 1, city_now() FROM taxpayer;
INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at) VALUES (1, 2, 2, city_now());
INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
SELECT 'B' || id, 'B' || id, id, 'market', 1000, 'RWF', date '2026-12-15', 1000, city_now() FROM taxpayer;
SELECT bills_post(ARRAY(SELECT id FROM bill), 'test', NULL);
SET jit = off;
ANALYZE;

DO $$
BEGIN
	ASSERT campaign_draft('c', 'market', NULL, '{-14,-13}', '{}', '{remind_due,remind_roads,control}', '{2,1,1}', 0, false,
		'Claire', 'x') = 'drafted';
	ASSERT campaign_draft('c', NULL, NULL, '{1}', '{}', '{remind_due}', '{1}', 0, false, 'x', 'x') = 'known';
	ASSERT campaign_approve('c', ' CLAIRE'::text, 'x') IN ('same_person', 'approved');
	ASSERT campaign_approve('d', 'x', 'x') = 'unknown';
END $$;
UPDATE campaign SET state = 'draft', approved_by = NULL, approved_at = NULL, planned_until = NULL;
DELETE FROM reminder; DELETE FROM campaign_arm;

DO $$
DECLARE
	v_arms text;
	v_share double precision;
BEGIN
	ASSERT campaign_approve('c', 'claire', 'x') = 'same_person' AND campaign_approve('c', 'Denise', 'x') = 'approved'
		AND campaign_approve('c', 'Denise', 'x') = 'state';
	ASSERT (SELECT count(*) = 4000 AND count(DISTINCT contact_id) = 4000 AND bool_and(day = '2026-12-01') FROM reminder);
	ASSERT (SELECT count(*) FILTER (WHERE state = 'control') BETWEEN 850 AND 1150
		AND count(*) FILTER (WHERE arm = 1) BETWEEN 1850 AND 2150 FROM reminder), 'near their weights';
	ASSERT reminders_plan(1, '2026-12-01', '2026-12-01') = 0, 'a day is planned once';
	v_arms := (SELECT md5(string_agg(arm::text, '' ORDER BY taxpayer_id)) FROM campaign_arm);

	-- 256 at most are taken, and no more than there is room for: two minutes of the link.
	ASSERT (SELECT count(*) = 120 AND bool_and(text_key IN ('remind_due', 'remind_roads') AND valid_min IN (599, 600)
		AND pairs ~ 'due.15/12/2026') FROM reminders_take(256));
	ASSERT (SELECT count(*) FROM reminder WHERE state = 'queued') = 120;
	PERFORM reminders_queued();
	ASSERT (SELECT count(*) FROM reminder WHERE state = 'dropped' AND reason = 'no text') = 120, 'nobody rendered them';

	-- The next day's are those that were left, with the new day's, in one.
	UPDATE city_clock SET offset_ = offset_ + interval '1 day';
	PERFORM reminder_chores();
	ASSERT (SELECT count(*) FROM reminder WHERE state = 'planned' AND day = '2026-12-02')
		= (SELECT count(*) FROM campaign_arm WHERE arm < 3);
	ASSERT NOT EXISTS (SELECT FROM reminder WHERE state = 'planned' AND day < '2026-12-02');
	ASSERT v_arms = (SELECT md5(string_agg(arm::text, '' ORDER BY taxpayer_id)) FROM campaign_arm), 'drawn once';
END $$;

-- 20 of 100, and 10 of 100 in the control group: Wilson 13.3 to 28.9 and 5.5 to 17.4; Newcombe 0 to 20 (the method 10 of
-- his paper: sqrt((0.2-0.1334)^2+(0.1744-0.1)^2) = 0.0998, sqrt((0.2888-0.2)^2+(0.1-0.0552)^2) = 0.0994).
DELETE FROM reminder; DELETE FROM campaign_arm;
INSERT INTO campaign_arm SELECT 1, n, CASE WHEN n <= 100 THEN 1 ELSE 3 END FROM generate_series(1, 200) n;
INSERT INTO reminder (day, contact_id, campaign_id, taxpayer_id, arm, bills, state)
SELECT '2026-12-01', n.contact_id, 1, a.taxpayer_id, a.arm, ARRAY[b.id], CASE a.arm WHEN 3 THEN 'control' ELSE 'queued' END
FROM campaign_arm a JOIN taxpayer_number n ON n.taxpayer_id = a.taxpayer_id AND n.position = 1
JOIN bill b ON b.taxpayer_id = a.taxpayer_id;
WITH said AS (
	INSERT INTO message (direction, contact_id, at, service, state)
	SELECT 'out', contact_id, '2026-12-01 10:00', 'remind', CASE WHEN taxpayer_id <= 90 THEN 'delivered' ELSE 'failed' END
	FROM reminder WHERE state = 'queued' RETURNING id, contact_id
)
UPDATE reminder r SET message_id = s.id FROM said s WHERE r.contact_id = s.contact_id AND r.state = 'queued';
SELECT payment_match((payment_take('mtn', 'T' || n, CASE n WHEN 1 THEN 400 ELSE 1000 END, 'RWF', NULL, 'B' || n, NULL, 'till',
	NULL)).payment_id) FROM (SELECT generate_series(1, 20) AS n UNION ALL SELECT generate_series(101, 110)) s;
-- Later than 14 days.
UPDATE city_clock SET offset_ = timestamptz '2026-12-20 09:00' - clock_timestamp();
SELECT payment_match((payment_take('mtn', 'T50', 1000, 'RWF', NULL, 'B50', NULL, 'till', NULL)).payment_id);

DO $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM campaign_results('c', 14) WHERE arm = 'remind_due';
	ASSERT (v.assigned, v.sent, v.delivered, v.paid, v.amount, v.currency) = (100, 90, 90, 20, 19400, 'RWF'), v;
	ASSERT (v.paid_percent, v.low_percent, v.high_percent) = (20.0, 13.3, 28.9), v;
	ASSERT (v.more_percent, v.more_low, v.more_high) = (10.0, 0.0, 19.9), v;
	SELECT * INTO v FROM campaign_results('c', 14) WHERE arm = 'control';
	ASSERT (v.assigned, v.sent, v.paid, v.low_percent, v.high_percent) = (100, 0, 10, 5.5, 17.4) AND v.more_percent IS NULL, v;
	ASSERT (SELECT paid FROM campaign_results('c', 30) WHERE arm = 'remind_due') = 21;
	ASSERT (SELECT assigned = 0 AND paid_percent IS NULL FROM campaign_results('c', 14) WHERE arm = 'remind_roads');
	ASSERT (SELECT low IS NULL FROM wilson(0, 0)) AND (SELECT low < 1e-9 AND high < 0.05 FROM wilson(0, 100));

	SELECT * INTO v FROM account_taxes('2026-12-01', '2027-01-01');
	ASSERT (v.tax, v.bills, v.due, v.collected, v.collected_percent) = ('market RWF', 4000, 4000000, 30400, 0.8), v;
	-- Of failed ones nobody was reminded; of those who were, B50 paid after 19 days.
	ASSERT (v.bills_reminded, v.bills_then_paid, v.reminders_brought) = (90, 20, 19400), v;
END $$;
