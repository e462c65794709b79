-- SPDX-License-Identifier: GPL-3.0-or-later
-- When a human reads; what a clerk answers goes in its thread once; who is blocked stands in the tray once; STOP NEWS unsays.
CREATE FUNCTION at(p_when timestamp) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	UPDATE city_clock SET offset_ = p_when - clock_timestamp();
	RETURN replace(office_when(), E'\x1e', ' ');
END $$;
DO $$
DECLARE
	v_she bigint := contact_of('+250788000001');
	v_message bigint;
	v_tray bigint;
	v record;
	v_ticket ticket;
BEGIN
	ASSERT at('2026-11-23 10:00') = '@when_today', 'Monday, open';
	ASSERT at('2026-11-23 03:00') = '@when_today', 'before it opens';
	ASSERT at('2026-11-23 16:00') = '@when_tomorrow', 'closed';
	ASSERT at('2026-11-27 18:00') = '@when_day day @day_monday hour 08:00', 'Friday evening: ' || at('2026-11-27 18:00');
	ASSERT at('2026-11-29 18:00') = '@when_tomorrow', 'Sunday evening';
	INSERT INTO holiday SELECT d, 'x' FROM generate_series('2026-11-30'::date, '2026-12-07'::date, '1 day') d;
	ASSERT at('2026-11-29 18:00') = '@when_date day 08/12 hour 08:00', at('2026-11-29 18:00');
	INSERT INTO setting VALUES ('office_hours', '14:00 18:00');
	ASSERT at('2026-11-23 19:00') = '@when_day day @day_tuesday hour 14:00', 'tomorrow, not in the morning';

	INSERT INTO message (direction, contact_id, body, at) VALUES ('in', v_she, 'q', city_now()) RETURNING id INTO v_message;
	ASSERT (service_question(v_message, v_she, '{}'))[1] = 'noted';
	ASSERT service_question(v_message, v_she, '{"text": "@answer_hours"}') = ARRAY['answered', 'text', '@answer_hours'];
	ASSERT (service_question(v_message, v_she, '{"text": "@secret"}'))[1] = 'noted', 'no text but an answer';
	ASSERT (SELECT count(*) FROM tray WHERE done_by = 'answers' AND note = 'answer_hours') = 1;
	SELECT min(id) INTO v_tray FROM tray;
	v := tray_answer(v_tray, 'a', 1::smallint, 60, 'clerk', false);
	ASSERT v.outcome = 'sent' AND v.contact_number = '+250788000001';
	ASSERT (SELECT reply_to = v_message AND priority = 2 AND contact_id = v_she AND service = 'answer'
		AND valid_until = at + interval '1 hour' FROM message WHERE id = v.message);
	ASSERT (SELECT done_by = 'clerk' FROM tray WHERE id = v_tray);
	ASSERT (tray_answer(v_tray, 'a', 1::smallint, 60, 'clerk', false)).outcome = 'answered';
	ASSERT (tray_answer(v_tray, 'a', 1::smallint, 60, 'clerk', true)).outcome = 'sent';
	ASSERT (tray_answer(99, 'a', 1::smallint, 60, 'clerk', true)).outcome = 'unknown';
	INSERT INTO tray (kind, contact_id, at) VALUES ('restricted', v_she, city_now()), ('incomplete', NULL, city_now());
	ASSERT (SELECT (tray_answer(id, 'a', 1::smallint, 60, 'clerk', true)).outcome FROM tray WHERE kind = 'restricted') = 'unknown';
	ASSERT (SELECT (tray_answer(id, 'a', 1::smallint, 60, 'clerk', true)).outcome FROM tray WHERE kind = 'incomplete') = 'nobody';
	ASSERT (SELECT count(*) FROM tray_waiting WHERE tray = 'restricted') = 0;

	PERFORM person_set('+250788000002', NULL, true, NULL, 'clerk'), person_set('+250788000002', NULL, true, NULL, 'clerk');
	ASSERT (SELECT count(*) = 1 AND bool_and(what = 'blocked' AND object ~ '^contact \d+$') FROM audit), 'what is changed';
	PERFORM tray_add('not_understood', contact_of('+250788000002'), NULL, 'blocked') FROM generate_series(1, 3);
	PERFORM tray_add('not_understood', v_she, NULL, 'blocked');
	ASSERT (SELECT count(*) FROM tray WHERE note = 'blocked') = 1;
	ASSERT (SELECT (tray_answer(id, 'a', 1::smallint, 60, 'c', false)).outcome FROM tray WHERE note = 'blocked') = 'blocked';

	-- News that wait are not said, nor the question in them asked; other notices are.
	v_ticket.service := 'complaint'; v_ticket.category := 'road';
	v_ticket := ticket_open(v_ticket, 'w', v_message, v_she);
	PERFORM ticket_change(v_ticket.id, 'fixed', 'clerk', NULL), notice_add(v_she, 'kind_full', '{}', 5, 'skip');
	ASSERT (SELECT count(*) FROM notice WHERE contact_id = v_she) = 2 AND (SELECT count(*) FROM followup) = 1;
	PERFORM service_stop(v_message, v_she, '{"what": "news"}');
	ASSERT (SELECT string_agg(text_key, ' ') FROM notice WHERE contact_id = v_she) = 'kind_full';
	ASSERT (SELECT count(*) FROM followup) = 0 AND (SELECT news_stopped AND NOT stopped FROM contact WHERE id = v_she);
	PERFORM service_stop(v_message, v_she, '{}');
	ASSERT (SELECT count(*) FROM notice WHERE contact_id = v_she) = 0, 'no reminders';
	PERFORM service_start(v_message, v_she, '{}');
	ASSERT (SELECT NOT news_stopped AND NOT stopped FROM contact WHERE id = v_she);
END $$;
