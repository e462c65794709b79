-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whatever is timed, asked for by a gateway that still believes the clock, is not over while the database does not: a statement
-- may have been sent before the clock lost its word, and be run behind it.  Once it is believed again all of it is.
\ir lib/ussd.sql
\o /dev/null
SET timezone = 'Africa/Kigali';
UPDATE city_clock SET offset_ = timestamptz '2026-12-01 09:00' - clock_timestamp();
INSERT INTO setting VALUES ('escalation_phone', '+250788000099')
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
SELECT modem_state('m1', node_begin('x'), 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
UPDATE link SET up = true, agreed = true;
UPDATE modem SET link_id = 1;

-- One of each, due in an hour or less.
CREATE FUNCTION pg_temp.prepare() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v_she bigint := contact_of('+250788000001');
	v_other bigint := contact_of('+250788000002');
	v ticket;
BEGIN
	PERFORM outbox_enqueue(ARRAY[v_she], ARRAY['x'], ARRAY[2::smallint], ARRAY[1::smallint], ARRAY['t'], ARRAY[0::bigint],
		ARRAY[30]);
	INSERT INTO session VALUES (v_she, 'complaint', 'place', '', (SELECT min(id) FROM message), city_now() + interval '15 min');
	INSERT INTO part VALUES (gen_random_uuid(), 1, v_she, 1, 2, 1, 'x', NULL, city_now(), NULL);
	PERFORM notice_add(v_she, 'news_fixed', '{}', 4, 't', NULL, city_now() + interval '30 minutes');
	v.service := 'complaint'; v.category := 'road'; v.place := 'KN 5';
	PERFORM ticket_open(v, 'words', NULL, v_other);
	UPDATE ticket SET due_at = city_now() + interval '30 minutes', reminded_at = city_now();
	INSERT INTO farewell VALUES (v_other, city_now() - interval '23 hours 30 minutes');
	INSERT INTO message (direction, contact_id, body, at, state) VALUES ('out', v_other, 'bye', city_now(), 'sent');
	UPDATE money_check SET night = city_now()::date - 1;
	INSERT INTO taxpayer (reference, key, language, changed_at) VALUES ('T', 'T', 'en', city_now());
	INSERT INTO taxpayer_number (taxpayer_id, contact_id, position, linked_at) VALUES (1, v_she, 1, city_now());
	INSERT INTO bill (reference, key, taxpayer_id, tax, amount, currency, due, open, changed_at)
	VALUES ('B', 'B', 1, 'market', 1000, 'RWF', date '2026-12-15', 1000, city_now());
	PERFORM bills_post(ARRAY[1::bigint], 'test', NULL);
	PERFORM campaign_draft('c', 'market', NULL, '{-14}', '{}', '{remind_due}', '{1}', 0, false, 'Ana', 'x'),
		campaign_approve('c', 'Ben', 'x');
	UPDATE campaign SET planned_until = NULL;
	UPDATE campaign SET planned_until = city_now()::date - 1;
	DELETE FROM reminder;
	PERFORM pg_temp.step('a', '', 'Menu', p_number => '+250788000003'),
		pg_temp.step('a', '1', 'Send?', p_service => 'skip', p_complete => true, p_number => '+250788000003');
	DELETE FROM retention;
END $$;

-- What comes of it, by a gateway that believes.  Nobody is told anything: rolled back.
CREATE FUNCTION pg_temp.decided() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v text[] := '{}';
	v_claimed record;
	v_planned boolean;
BEGIN
	BEGIN
		PERFORM person_chores(), ticket_chores(), money_chores(), reminder_chores();
		v_planned := EXISTS (SELECT FROM reminder);
		INSERT INTO reminder (day, contact_id, campaign_id, taxpayer_id, arm, bills, asks, state)
		VALUES (city_now()::date, contact_of('+250788000001'), 1, 1, 1, '{1}', false, 'planned') ON CONFLICT DO NOTHING;
		SELECT * INTO v_claimed FROM outbox_claim(1, ARRAY[1], ARRAY[false], true);
		PERFORM ussd_due(), pg_temp.pass('20 minutes'), ussd_due();
		v := ARRAY[
			CASE WHEN EXISTS (SELECT FROM inbox_expired()) THEN 'question' END,
			CASE WHEN EXISTS (SELECT FROM inbox_parts_ready('10 minutes')) THEN 'parts' END,
			CASE WHEN EXISTS (SELECT FROM notice_take(9, true) WHERE text_key = 'news_fixed') THEN 'notice' END,
			CASE WHEN EXISTS (SELECT FROM reminders_take(9)) THEN 'reminder' END,
			CASE WHEN v_planned THEN 'campaign' END,
			CASE WHEN EXISTS (SELECT FROM message WHERE state = 'expired') THEN 'validity' END,
			CASE WHEN v_claimed.message_id IS NOT NULL AND v_claimed.validity_s <= 0 THEN 'no validity' END,
			CASE WHEN EXISTS (SELECT FROM ticket WHERE escalated_at IS NOT NULL) THEN 'ticket' END,
			CASE WHEN NOT EXISTS (SELECT FROM farewell) THEN 'farewell' END,
			CASE WHEN EXISTS (SELECT FROM retention) THEN 'retention' END,
			CASE WHEN (SELECT night = city_now()::date - 1 FROM money_check) THEN NULL ELSE 'ledger' END,
			CASE WHEN EXISTS (SELECT FROM ussd_session WHERE how = 'cut') THEN 'session' END,
			CASE WHEN EXISTS (SELECT FROM tray WHERE kind = 'unconfirmed') THEN 'unconfirmed' END];
		RAISE SQLSTATE 'TT000';
	EXCEPTION WHEN SQLSTATE 'TT000' THEN
		RETURN array_to_string(v, ' ');
	END;
END $$;

DO $$
DECLARE
	v text;
BEGIN
	PERFORM pg_temp.prepare();
	PERFORM pg_temp.pass('1 hour');
	UPDATE node SET started_at = clock_timestamp() + interval '1 day';
	ASSERT NOT clock_believable();
	v := pg_temp.decided();
	ASSERT v = '', 'not believed: ' || v;
	UPDATE node SET started_at = clock_timestamp();
	v := pg_temp.decided();
	ASSERT v = 'question parts notice reminder campaign validity ticket farewell retention ledger session unconfirmed',
		'believed: ' || v;
END $$;
