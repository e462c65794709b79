-- SPDX-License-Identifier: GPL-3.0-or-later
-- News of a ticket: to each person once, never to who wants none, within her share of SMS; some are asked; what is no
-- longer so is not said; a duplicate's reporters hear of the other.
CREATE FUNCTION person(p_n integer) RETURNS bigint LANGUAGE sql AS $$
	SELECT contact_of('+2507880000' || lpad(p_n::text, 2, '0'))
$$;
CREATE FUNCTION opened(p_container integer, p_n integer) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	v ticket;
BEGIN
	v.service := CASE WHEN p_container IS NULL THEN 'complaint' ELSE 'skip' END;
	v.category := CASE WHEN p_container IS NULL THEN 'water' ELSE 'waste' END;
	v.kind := CASE WHEN p_container IS NULL THEN NULL ELSE 'full' END;
	v.container := p_container;
	v.place := 'rue KN 5';
	v := ticket_open(v, 'x', NULL, person(p_n));
	RETURN v.id;
END $$;
CREATE FUNCTION reported(p_ticket bigint, p_n integer) RETURNS void LANGUAGE sql AS $$
	SELECT report_add(t, 'x', NULL, person(p_n)) FROM ticket t WHERE id = p_ticket
$$;
CREATE FUNCTION said() RETURNS text LANGUAGE sql AS $$
	SELECT string_agg(right(c.number, 2) || ' ' || n.text_key, ', ' ORDER BY c.number, n.id)
	FROM notice n JOIN contact c ON c.id = n.contact_id WHERE n.text_key LIKE 'news%'
$$;
DO $$
DECLARE
	t bigint;
	o bigint;
	v text;
BEGIN
	INSERT INTO container (number, place) VALUES (147, 'marché'), (148, 'marché');
	-- Six people, of whom two want or get none, one has reported three times.
	t := opened(147, 1);
	PERFORM reported(t, n) FROM unnest('{2,3,3,4,5,6,3}'::integer[]) n;
	UPDATE contact SET news_stopped = true WHERE id = person(4);
	UPDATE contact SET blocked = true WHERE id = person(5);
	UPDATE contact SET stopped = true WHERE id = person(2); -- of bulk only
	ASSERT ticket_change(t, 'assigned', 'test', NULL) = 'changed' AND said() IS NULL, 'not configured: ' || said();
	ASSERT ticket_change(t, 'fixed', 'test', NULL) = 'changed';
	v := said();
	ASSERT regexp_count(v, 'news_fixed_ask') = 3 AND regexp_count(v, 'news_fixed') = 4, v;
	ASSERT v LIKE '01 news_fixed_ask%' AND v NOT LIKE '%04 %' AND v NOT LIKE '%05 %', v;
	ASSERT (SELECT count(*) FROM followup WHERE ticket_id = t) = 3;
	ASSERT (SELECT count(DISTINCT told) = 1 AND min(told) = 1 FROM report WHERE ticket_id = t AND contact_id = person(3));
	ASSERT (SELECT values[2] FROM notice WHERE contact_id = person(1)) = E'@what_skip\x1econtainer\x1e147';
	-- Opened again before it was said: it is not said, and nobody was asked or told.
	ASSERT ticket_change(t, 'open', 'test', NULL) = 'changed' AND said() IS NULL, said();
	ASSERT NOT EXISTS (SELECT FROM followup) AND (SELECT max(told) FROM report) = 0;
	-- At most so many to each; archived tells nobody.
	INSERT INTO setting VALUES ('sms_per_ticket', '2'), ('followup_asked', '1');
	FOR i IN 1..3 LOOP
		ASSERT ticket_change(t, 'fixed', 'test', NULL) = 'changed';
		DELETE FROM notice WHERE i < 3; -- as said
		ASSERT ticket_change(t, 'archived', 'test', 'old') = 'changed' AND said() IS NULL, said();
		ASSERT ticket_change(t, 'open', 'test', NULL) = 'changed';
	END LOOP;
	ASSERT (SELECT min(told) = 2 AND max(told) = 2 FROM report WHERE contact_id NOT IN (person(4), person(5)));
	ASSERT (SELECT count(*) = 2 AND bool_and(contact_id = person(1)) FROM followup), 'who reported first is asked';
	ASSERT (SELECT count(*) FROM followup WHERE expires_at > city_now()) = 1, 'one open question about a ticket';
	-- Refused, with the reason.
	t := opened(148, 1);
	ASSERT ticket_change(t, 'refused', 'test', 'camion en panne') = 'changed';
	ASSERT said() = '01 news_refused', said();
	ASSERT (SELECT values @> '{text,"camion en panne"}' FROM notice);
	DELETE FROM notice;
	-- Restricted: nothing, in no state.
	t := opened(NULL, 1);
	UPDATE ticket SET restricted = true WHERE id = t;
	ASSERT ticket_change(t, 'fixed', 'test', NULL) = 'changed' AND NOT EXISTS (SELECT FROM notice);
	-- A duplicate's reporter hears once, with the reference that she has; so does hers of a duplicate of that.
	t := opened(NULL, 11);
	o := opened(NULL, 12);
	PERFORM reported(o, 11);
	ASSERT ticket_set((SELECT reference FROM ticket WHERE id = o), NULL, 'test', NULL, NULL,
		(SELECT reference FROM ticket WHERE id = t), false) = 'changed';
	ASSERT said() IS NULL, said();
	ASSERT ticket_change(t, 'fixed', 'test', NULL) = 'changed';
	ASSERT said() = '11 news_fixed_ask, 12 news_fixed', said();
	ASSERT (SELECT values @> ARRAY[(SELECT reference FROM ticket WHERE id = o)] FROM notice WHERE contact_id = person(12));
	ASSERT (SELECT values @> ARRAY[(SELECT reference FROM ticket WHERE id = t)] FROM notice WHERE contact_id = person(11)),
		'of two the one that is done';
	-- The same as one that is closed already: told at once, as nothing will be said of that; of archived ones nothing.
	DELETE FROM notice;
	o := opened(NULL, 14);
	ASSERT ticket_set((SELECT reference FROM ticket WHERE id = o), NULL, 'test', NULL, NULL,
		(SELECT reference FROM ticket WHERE id = t), false) = 'changed';
	ASSERT said() = '14 news_fixed', said();
	ASSERT (SELECT values @> ARRAY[(SELECT reference FROM ticket WHERE id = o)] FROM notice), 'hers';
	DELETE FROM notice;
	PERFORM ticket_change(t, 'archived', 'test', 'old');
	o := opened(NULL, 15);
	ASSERT ticket_set((SELECT reference FROM ticket WHERE id = o), NULL, 'test', NULL, NULL,
		(SELECT reference FROM ticket WHERE id = t), false) = 'changed';
	ASSERT said() IS NULL, said();
	ASSERT (SELECT count(*) FROM audit WHERE what = 'ticket duplicate') = 3;
END $$;
-- In quiet hours it waits, and her time to answer begins when she hears.
DO $$
DECLARE
	t bigint;
	v_now time := city_now()::time;
BEGIN
	DELETE FROM notice;
	DELETE FROM followup;
	INSERT INTO setting VALUES ('quiet_hours', to_char(v_now - interval '1 hour', 'HH24:MI') || ' ' ||
		to_char(v_now + interval '3 hours', 'HH24:MI'));
	t := opened(NULL, 13);
	PERFORM ticket_change(t, 'fixed', 'test', NULL);
	ASSERT (SELECT not_before - city_now() BETWEEN interval '2 h' AND interval '3 h 1 min' FROM notice), 'quiet';
	ASSERT (SELECT expires_at - not_before = interval '72 h' FROM notice, followup), 'her time';
END $$;
