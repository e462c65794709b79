-- SPDX-License-Identifier: GPL-3.0-or-later
-- The account of a month, against figures that were worked out by hand: medians among them, what is open at its end, and
-- nothing of restricted tickets.  What happened in December does not change November.
\o /dev/null
SET timezone = 'Africa/Kigali';

CREATE FUNCTION person(p_n integer) RETURNS bigint LANGUAGE sql AS $$ SELECT contact_of('+25078800000' || p_n) $$;
CREATE FUNCTION at(p_when text) RETURNS timestamptz LANGUAGE sql AS $$ SELECT ('2026-' || p_when)::timestamptz $$;
-- A ticket and its life: "MM-DD HH:MI what", ... ; "opened" is first, "by 3" a report of the third person.
CREATE FUNCTION lived(p_service text, p_what text, p_zone text, p_restricted boolean, VARIADIC p_life text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
	v_line text;
	v_at timestamptz;
	v_what text;
BEGIN
	INSERT INTO ticket (reference, service, category, kind, zone_id, restricted, opened_at, changed_at)
	VALUES (ticket_reference(), p_service, CASE p_service WHEN 'skip' THEN 'waste' ELSE p_what END,
		CASE p_service WHEN 'skip' THEN p_what END, (SELECT id FROM zone WHERE name = p_zone), p_restricted,
		at(left(p_life[1], 11)), at(left(p_life[1], 11)))
	RETURNING id INTO v_id;
	FOREACH v_line IN ARRAY p_life LOOP
		v_at := at(left(v_line, 11));
		v_what := substr(v_line, 13);
		IF v_what LIKE 'by %' THEN
			INSERT INTO report (ticket_id, contact_id, category, at)
			VALUES (v_id, person(substr(v_what, 4)::integer), 'x', v_at);
		ELSE
			INSERT INTO event (ticket_id, what, actor, at) VALUES (v_id, v_what, 'test', v_at);
		END IF;
	END LOOP;
	RETURN v_id;
END $$;
CREATE FUNCTION asked(p_ticket bigint, p_person integer, p_asked text, p_answer boolean, p_answered text)
RETURNS void LANGUAGE sql AS $$
	INSERT INTO followup VALUES (p_ticket, person(p_person), at(p_asked), at(p_asked) + interval '3 days', p_answer,
		at(p_answered))
$$;
CREATE FUNCTION said(p_direction text, p_service text, p_when text, p_reply_to bigint, VARIADIC p_segments text[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v_id bigint;
BEGIN
	INSERT INTO message (direction, contact_id, body, at, service, reply_to)
	VALUES (p_direction, person(1), 'x', at(p_when), p_service, p_reply_to) RETURNING id INTO v_id;
	INSERT INTO segment (message_id, seq, link_id, contact_id, state, reference, submitted_at)
	SELECT v_id, n, 1, person(1), split_part(s, ' ', 1), nullif(split_part(s, ' ', 2), '')::smallint, clock_timestamp()
	FROM unnest(p_segments) WITH ORDINALITY AS u(s, n) WHERE s <> '';
	RETURN v_id;
END $$;

INSERT INTO zone (name) VALUES ('Nord'), ('Sud');
DO $$
DECLARE
	a bigint;
	b bigint;
	j bigint;
	h bigint;
	m bigint;
BEGIN
	-- Ten, twenty and thirty hours in the north; the third was not fixed the first time.
	a := lived('skip', 'full', 'Nord', false, '11-02 08:00 opened', '11-02 08:00 by 1', '11-02 09:00 by 2',
		'11-02 10:00 by 2', '11-02 18:00 fixed');
	b := lived('skip', 'full', 'Nord', false, '11-03 08:00 opened', '11-03 08:00 by 3', '11-03 09:00 assigned',
		'11-04 04:00 fixed', '11-04 05:00 note');
	PERFORM lived('skip', 'full', 'Nord', false, '11-05 08:00 opened', '11-05 08:00 by 1', '11-06 08:00 fixed',
		'11-06 09:00 reopened', '11-06 14:00 fixed');
	-- 16, 52 and 24 in the south: one since October, which one more joined; one that was opened again in December.
	PERFORM lived('skip', 'full', 'Sud', false, '11-10 08:00 opened', '11-10 08:00 by 4', '11-11 00:00 fixed');
	PERFORM lived('skip', 'full', 'Sud', false, '10-30 06:00 opened', '10-30 06:00 by 5', '11-01 09:00 by 1',
		'11-01 10:00 fixed');
	j := lived('skip', 'full', 'Sud', false, '11-27 08:00 opened', '11-27 08:00 by 4', '11-28 08:00 fixed',
		'12-01 08:00 reopened');
	-- Open at the month's end; fixed in December, reported since.
	PERFORM lived('skip', 'full', 'Sud', false, '11-30 23:59 opened', '11-30 23:59 by 4', '12-01 00:00 by 5',
		'12-02 08:00 fixed');
	-- Over long before, and not begun: of no month but their own.
	PERFORM lived('skip', 'full', 'Nord', false, '09-02 08:00 opened', '09-02 08:00 by 1', '09-02 18:00 fixed');
	PERFORM lived('skip', 'full', 'Nord', false, '12-01 00:00 opened', '12-01 00:00 by 6');
	PERFORM lived('complaint', 'road', NULL, false, '11-12 08:00 opened', '11-12 08:00 by 1', '11-13 08:00 refused');
	PERFORM lived('complaint', 'road', 'Sud', false, '11-12 08:00 opened', '11-12 08:00 by 1', '11-13 08:00 duplicate');
	PERFORM lived('complaint', 'road', 'Sud', false, '10-12 08:00 opened', '10-12 08:00 by 1', '11-13 08:00 archived');
	h := lived('complaint', 'corruption', 'Sud', true, '11-12 08:00 opened', '11-12 08:00 by 7', '11-14 08:00 fixed');

	PERFORM asked(a, 1, '11-02 18:00', true, '11-02 20:00'), asked(a, 2, '11-02 18:00', false, '11-03 20:00'),
		asked(b, 3, '11-04 04:00', true, '11-04 06:00'), asked(j, 4, '11-28 08:00', true, '12-01 06:00'),
		asked(h, 7, '11-14 08:00', false, '11-14 09:00');

	PERFORM said('in', 'skip', '11-02 08:00', NULL, ''), said('in', 'skip', '11-02 09:00', NULL, ''),
		said('in', NULL, '11-02 09:00', NULL, ''), said('in', 'skip', '12-01 00:00', NULL, ''),
		-- Two of three segments left; one was refused, one told of as failed, which costs; one waits.
		said('out', 'skip', '11-02 08:00', NULL, 'delivered 1', 'sent 2', 'failed'),
		said('out', 'skip', '11-02 09:00', NULL, 'failed 3'), said('out', 'skip', '11-02 09:00', NULL, 'failed'),
		said('out', 'help', '11-02 09:00', NULL, 'unknown'), said('out', 'help', '11-30 23:00', NULL, '');
	m := said('in', 'complaint', '11-12 08:00', NULL, '');
	UPDATE report SET message_id = m WHERE ticket_id = h;
	PERFORM said('out', 'complaint', '11-12 08:00', m, 'sent 4');
	INSERT INTO message (direction, contact_id, kind, at) VALUES ('in', person(1), 'call', at('11-02 08:00')),
		('in', person(1), 'ussd', at('11-02 08:00'));

	INSERT INTO tray (kind, at, done_at, ticket_id) VALUES ('callback', at('10-15 08:00'), NULL, NULL),
		('callback', at('11-15 08:00'), NULL, NULL), ('question', at('11-20 08:00'), at('12-01 00:00'), NULL),
		('not_understood', at('11-02 08:00'), at('11-03 08:00'), NULL),
		('not_understood', at('10-02 08:00'), at('10-03 08:00'), NULL), ('poison', at('12-01 00:00'), NULL, NULL),
		('restricted', at('11-12 08:00'), NULL, h), ('incomplete', at('11-12 08:00'), NULL, h);
	-- Forgotten since, and a person still.
	UPDATE contact SET erased_at = at('12-03 00:00'), number = 'erased 2' WHERE id = person(2);
END $$;

CREATE FUNCTION expect(p_query text, p_want text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	v text;
BEGIN
	EXECUTE format('SELECT string_agg(regexp_replace(r::text, ''[()"]'', '''', ''g''), E''\n'') FROM (%s) r', p_query) INTO v;
	ASSERT v = p_want, format(E'%s\nis\n%s\nnot\n%s', p_query, v, p_want);
END $$;

--            what, zone, reports, joins, opened, fixed, refused, reopened, open, median, p90, confirmed
SELECT expect($$SELECT * FROM account_tickets(at('11-01 00:00'), at('12-01 00:00'))$$,
$$complaint road,-,1,0,1,0,1,0,0,,,
complaint road,Sud,1,0,1,0,0,0,0,,,
complaint road,,2,0,2,0,1,0,0,,,
skip full,Nord,5,2,3,3,0,1,0,20.0,28.0,66.7
skip full,Sud,4,1,3,3,0,0,1,24.0,46.4,
skip full,,9,3,6,6,0,1,1,22.0,41.0,66.7
,,11,3,8,6,1,1,1,22.0,41.0,66.7$$);
SELECT expect($$SELECT reports, persons, joins, opened, closed, fixed, refused, duplicate, archived, reopened,
	open_at_the_end AS open FROM account_totals(at('11-01 00:00'), at('12-01 00:00'), 15)$$,
	'11,4,3,8,9,6,1,1,1,1,1');
SELECT expect($$SELECT median_hours, p90_hours, asked_whether_fixed, said_fixed, said_not_fixed, confirmed_percent,
	waiting_for_a_person, sms_in, sms_out, segments, cost
	FROM account_totals(at('11-01 00:00'), at('12-01 00:00'), 15)$$, '22.0,41.0,4,2,1,66.7,3,4,4,5,75.00');
-- Of the restricted one no service tells.
SELECT expect($$SELECT * FROM account_sms(at('11-01 00:00'), at('12-01 00:00'), 15)$$,
$$-,2,1,1,15.00
help,0,1,1,15.00
skip,2,2,3,45.00
,4,4,5,75.00$$);
SELECT expect($$SELECT * FROM account_trays(at('11-01 00:00'), at('12-01 00:00'))$$,
$$callback,1,0,2,2026-10-15
not_understood,1,1,0,
question,1,0,1,2026-11-20
,3,1,3,2026-10-15$$);
-- December has what November had not: three were open, one of them fixed, and her late answer.
SELECT expect($$SELECT reports, joins, opened, fixed, reopened, open_at_the_end AS open, said_fixed
	FROM account_totals(at('12-01 00:00'), '2027-01-01', 15)$$, '2,1,1,1,1,2,1');
-- Nothing at all is a row of nothing.
SELECT expect($$SELECT reports, persons, opened, open_at_the_end, median_hours, sms_in, cost, waiting_for_a_person
	FROM account_totals(at('01-01 00:00'), at('02-01 00:00'), 15)$$, '0,0,0,0,,0,0.00,0');
SELECT expect($$SELECT month, begins = at('11-01 00:00') AND ends = at('12-01 00:00') AS whole FROM account_month('2026-11')$$,
	'2026-11,t');
-- Without a name it is the last that is over, in the city's own time zone.
UPDATE city_clock SET offset_ = at('12-01 00:30') - clock_timestamp();
SELECT expect('SELECT month, begun, over FROM account_month(NULL)', '2026-11,t,t');
SELECT expect($$SELECT month, begun, over FROM account_month('2026-12')$$, '2026-12,t,f');
SELECT expect($$SELECT month, begun, over FROM account_month('2027-01')$$, '2027-01,f,f');
