-- SPDX-License-Identifier: GPL-3.0-or-later
-- number: a taxpayer's new phone takes the old one's place once it says the code that the old one was sent.

-- Six digits, from the same source as keys.
CREATE OR REPLACE FUNCTION number_code()
RETURNS text
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	RETURN lpad((('x' || right(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))::text, 15))
		::bit(60)::bigint % 1000000)::text, 6, '0');
END $$;

-- A code goes to the number that is reminded; three a day at most, whoever asks.  An officer helps where there is none, or
-- one that may be another's by now.
CREATE OR REPLACE FUNCTION number_ask(p_taxpayer taxpayer, p_contact bigint)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_old bigint := (SELECT contact_id FROM taxpayer_number WHERE taxpayer_id = p_taxpayer.id ORDER BY position LIMIT 1);
	v_code text := number_code();
	v_salt text := replace(gen_random_uuid()::text, '-', '');
BEGIN
	IF v_old IS NULL OR number_unsure(p_taxpayer.id, v_old) OR (SELECT coalesce(sum(asked), 0) FROM taxpayer_change
			WHERE taxpayer_id = p_taxpayer.id AND at > v_now - interval '1 day') >= 3 THEN
		RETURN 'office';
	END IF;
	INSERT INTO taxpayer_change AS t (taxpayer_id, contact_id, old_contact_id, code_salt, code_hash, failures, asked, at, expires_at)
	VALUES (p_taxpayer.id, p_contact, v_old, v_salt, sha256(convert_to(v_salt || v_code, 'UTF8')), 0, 1, v_now,
		v_now + interval '30 minutes')
	ON CONFLICT (taxpayer_id, contact_id) DO UPDATE SET old_contact_id = excluded.old_contact_id,
		code_salt = excluded.code_salt, code_hash = excluded.code_hash, failures = 0,
		asked = CASE WHEN t.at > v_now - interval '1 day' THEN t.asked ELSE 0 END + 1,
		at = excluded.at, expires_at = excluded.expires_at;
	-- At once, at night too: she is waiting for it.
	PERFORM notice_add(v_old, 'number_code', ARRAY['reference', p_taxpayer.reference, 'code', v_code], 2, 'number');
	RETURN 'asked';
END $$;

-- The code is said: three wrong ones, or half an hour, and it is none any more.
CREATE OR REPLACE FUNCTION number_say(p_taxpayer taxpayer, p_contact bigint, p_code text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v taxpayer_change;
BEGIN
	SELECT * INTO v FROM taxpayer_change WHERE taxpayer_id = p_taxpayer.id AND contact_id = p_contact FOR UPDATE;
	IF NOT FOUND OR v.expires_at <= city_now() OR v.failures >= 3
			OR v.code_hash <> sha256(convert_to(v.code_salt || p_code, 'UTF8')) THEN
		UPDATE taxpayer_change SET failures = least(failures + 1, 3)
		WHERE taxpayer_id = p_taxpayer.id AND contact_id = p_contact;
		RETURN 'wrong_code';
	END IF;
	DELETE FROM taxpayer_change WHERE taxpayer_id = p_taxpayer.id;
	PERFORM taxpayer_number_set(p_taxpayer.id, p_contact, 'citizen', 'the old number''s code');
	RETURN 'done';
END $$;

CREATE OR REPLACE FUNCTION service_number(p_message bigint, p_contact bigint, p_fields jsonb)
RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
	v_code text := p_fields ->> 'code';
	v_reference text := p_fields ->> 'reference';
	v taxpayer;
BEGIN
	SELECT * INTO v FROM taxpayer WHERE key = tax_key(v_reference) FOR NO KEY UPDATE;
	IF NOT FOUND THEN
		RETURN ARRAY['unknown', 'reference', v_reference];
	ELSIF v.id IN (SELECT taxpayer_id FROM taxpayer_number WHERE contact_id = p_contact AND position = 1) THEN
		RETURN ARRAY['already', 'reference', v.reference];
	END IF;
	PERFORM tax_code_hide(p_message, v_code);
	RETURN ARRAY[CASE WHEN v_code IS NULL THEN number_ask(v, p_contact) ELSE number_say(v, p_contact, v_code) END,
		'reference', v.reference];
END $$;
