-- SPDX-License-Identifier: GPL-3.0-or-later
-- ussd: a step of a USSD session as gateway/ussd-turn.c takes it, one at a time.  A test reads this by \ir.

-- A step that is answered with a screen; p_service: of the form that is begun there.  Returns what was known of it.
CREATE FUNCTION pg_temp.step(p_session text, p_text text, p_screen text, p_more boolean DEFAULT true, p_service text DEFAULT NULL,
	p_complete boolean DEFAULT false, p_went text DEFAULT NULL, p_language text DEFAULT NULL,
	p_number text DEFAULT '+250788000001', p_code text DEFAULT '*384#')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	SELECT * INTO v FROM ussd_begin(ARRAY['sim'], ARRAY[p_session], ARRAY[p_number], ARRAY[p_code], ARRAY['menu'],
		ARRAY[md5(p_text)::uuid]);
	IF v.outcome IN ('new', 'open') THEN
		PERFORM ussd_store(ARRAY[v.session_id], ARRAY[md5(p_text)::uuid], ARRAY[p_screen], ARRAY[p_more], ARRAY[p_text],
			ARRAY['state ' || p_text], ARRAY[p_service], ARRAY[p_complete], ARRAY['summary ' || p_text], ARRAY[p_language],
			ARRAY[v.offers], ARRAY[p_went]);
	END IF;
	RETURN concat_ws(' ', v.outcome, v.screen, nullif(v.history, ''), 'offers ' || v.resume);
END $$;

-- Time passes.
CREATE FUNCTION pg_temp.pass(p_time interval) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	UPDATE city_clock SET offset_ = offset_ + p_time;
END $$;

CREATE FUNCTION pg_temp.session(p_session text) RETURNS ussd_session LANGUAGE plpgsql AS $$
BEGIN
	RETURN (SELECT s FROM ussd_session s WHERE s.way = 'sim' AND s.session = p_session);
END $$;
