-- SPDX-License-Identifier: GPL-3.0-or-later
-- Parts of what a till got are kept as digests once they are handled; by those, a part that comes again is known.

SELECT modem_state('m1', 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1');
SELECT modem_link('m1', 'imsi1', NULL, NULL, true, 0, 0, 0, 0);

CREATE SEQUENCE pg_temp.came;
CREATE FUNCTION pg_temp.part(p_seq integer, p_body text, p_believed boolean) RETURNS void
LANGUAGE sql AS $$
	SELECT inbox_store_parts(ARRAY['M-Money'], ARRAY['alphabetic'], ARRAY[1],
		ARRAY[md5(nextval('pg_temp.came')::text)::uuid], ARRAY[7], ARRAY[2::smallint],
		ARRAY[p_seq::smallint], ARRAY[p_body], ARRAY[NULL::text], ARRAY[p_believed])
$$;

DO $$
DECLARE
	v record;
BEGIN
	PERFORM pg_temp.part(1, 'received 500 RWF, ', true);
	PERFORM pg_temp.part(2, 'balance 21032', true);
	SELECT * INTO STRICT v FROM inbox_parts_ready(interval '10 minutes');
	ASSERT v.body = 'received 500 RWF, balance 21032' AND v.till AND v.believed AND NOT v.incomplete, 'joined, and whose';
	PERFORM inbox_parts_taken(1, v.keys);
	ASSERT (SELECT count(*) = 2 AND bool_and(length(body) = 66 AND body NOT LIKE '%21032%') FROM part), 'digests';
	-- Its second part again.
	PERFORM pg_temp.part(2, 'balance 21032', true);
	UPDATE city_clock SET offset_ = offset_ + interval '11 minutes';
	PERFORM inbox_parts_ready(interval '10 minutes');
	ASSERT (SELECT count(*) = 3 AND bool_and(message_id = 1 AND length(body) = 66) FROM part), 'known, and hidden too';
	-- Another text under the same reference is no repetition; what one stranger's part is in, is not believed.
	PERFORM pg_temp.part(1, 'received 900 RWF, ', true);
	PERFORM pg_temp.part(2, 'balance 1', false);
	SELECT * INTO STRICT v FROM inbox_parts_ready(interval '10 minutes');
	ASSERT v.body = 'received 900 RWF, balance 1' AND v.till AND NOT v.believed, 'not all of it is believed';
END $$;

-- Of an ordinary SIM they stay as they are.
SELECT modem_link('m1', 'imsi1', NULL, NULL, false, 0, 0, 0, 0);
DO $$
DECLARE
	v record;
BEGIN
	SELECT * INTO STRICT v FROM inbox_parts_ready(interval '10 minutes');
	ASSERT NOT v.till, 'no till';
	PERFORM inbox_parts_taken(2, v.keys);
	ASSERT (SELECT string_agg(body, '' ORDER BY seq) = v.body FROM part WHERE message_id = 2), 'as they came';
END $$;
