-- SPDX-License-Identifier: GPL-3.0-or-later
-- tickets: what every service that files shares.

-- The next ticket's reference: 5 characters (later more) of A-Z and 2-9 without O, I, 0 and 1, scattered so that
-- neighbours look unlike, each with a letter and a digit so that none is a word or a number.  A four-round
-- Feistel permutation of the sequence under the database's own key: no two are ever equal.
CREATE OR REPLACE FUNCTION ticket_reference() RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_key bigint := (SELECT value FROM secret WHERE name = 'reference');
	v_alphabet CONSTANT text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
	v_n bigint;
	v_half integer; -- bits of each Feistel half
	v_length integer;
	v_left bigint;
	v_right bigint;
	v_swap bigint;
	v_text text;
BEGIN
	LOOP
		v_n := nextval('ticket_number');
		-- 4 characters hold 20 bits, 6 hold 30, 8 hold 40: even, so that the halves are equal.
		IF v_n < 1048576 THEN
			v_half := 10; v_length := 4;
		ELSIF v_n < 1048576 + 1073741824 THEN
			v_half := 15; v_length := 6; v_n := v_n - 1048576;
		ELSE
			v_half := 20; v_length := 8; v_n := v_n - 1048576 - 1073741824;
		END IF;
		v_left := v_n >> v_half;
		v_right := v_n & ((1::bigint << v_half) - 1);
		FOR i IN 1..4 LOOP
			v_swap := v_right;
			v_right := v_left # (hashint8extended(v_right, v_key + i) & ((1::bigint << v_half) - 1));
			v_left := v_swap;
		END LOOP;
		v_n := (v_left << v_half) | v_right;
		v_text := '';
		FOR i IN 1..v_length LOOP
			v_text := v_text || substr(v_alphabet, (v_n & 31)::integer + 1, 1);
			v_n := v_n >> 5;
		END LOOP;
		EXIT WHEN v_text ~ '[A-Z]' AND v_text ~ '[2-9]';
	END LOOP;
	RETURN v_text;
END $$;

-- Open a ticket with its first report and event.  Words that are not given are the message's.  Returns
-- its reference.
CREATE OR REPLACE FUNCTION ticket_open(p_service text, p_category text, p_place text, p_words text,
	p_incomplete boolean, p_message bigint, p_contact bigint)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_reference text := ticket_reference();
	v_ticket bigint;
	v_words text := p_words;
BEGIN
	IF v_words IS NULL THEN
		SELECT body INTO v_words FROM message WHERE id = p_message;
	END IF;
	INSERT INTO ticket (reference, service, category, place, incomplete, opened_at, changed_at, department_id)
	VALUES (v_reference, p_service, p_category, p_place, p_incomplete, v_now, v_now,
		(SELECT id FROM department WHERE p_category = ANY (categories) ORDER BY id LIMIT 1))
	RETURNING id INTO v_ticket;
	INSERT INTO report (ticket_id, contact_id, message_id, category, place, words, incomplete, at)
	VALUES (v_ticket, p_contact, p_message, p_category, p_place, v_words, p_incomplete, v_now);
	INSERT INTO event (ticket_id, what, actor, at) VALUES (v_ticket, 'opened', 'citizen', v_now);
	RETURN v_reference;
END $$;
