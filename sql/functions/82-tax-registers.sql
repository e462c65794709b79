-- SPDX-License-Identifier: GPL-3.0-or-later
-- tax-registers: taxpayers, bills and operators' statements from CSV, as 70-registers.sql explains.
--
-- A million rows are one statement a step: nothing here is called once a row.  What the person at the keyboard said is in
-- settings of the transaction: baraza.actor, baraza.reason (why numbers change), baraza.silent (no receipts are sent).

CREATE OR REPLACE FUNCTION import_said(p_what text) RETURNS text
LANGUAGE sql STABLE AS $$
	SELECT nullif(current_setting('baraza.' || p_what, true), '')
$$;

CREATE OR REPLACE FUNCTION tax_register_open(p_register text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	-- Plans for as many rows as there are, with memory for them.
	PERFORM set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true),
		set_config('work_mem', '64MB', true);
	CASE p_register
	WHEN 'taxpayers' THEN
		CREATE TEMPORARY TABLE import_row (line integer, reference text, name text, phones text[], language text, zone text,
			code text, key text GENERATED ALWAYS AS (tax_key(reference)) STORED) ON COMMIT DROP;
	WHEN 'bills' THEN
		CREATE TEMPORARY TABLE import_row (line integer, reference text, taxpayer text, account text, tax text, period text,
			amount bigint, currency text, due date, key text GENERATED ALWAYS AS (tax_key(reference)) STORED,
			owner_key text GENERATED ALWAYS AS (tax_key(taxpayer)) STORED) ON COMMIT DROP;
	WHEN 'statement' THEN
		CREATE TEMPORARY TABLE import_row (line integer, provider text, transaction_id text, date date, amount bigint,
			currency text, payer text, reference text,
			operator text GENERATED ALWAYS AS (provider_key(provider)) STORED,
			transaction text GENERATED ALWAYS AS (transaction_key(transaction_id)) STORED) ON COMMIT DROP;
	END CASE;
END $$;

-- What is wrong -----------------------------------------------------------------------------------

-- The phones of the file, without those that their holders have unlinked; and of the taxpayers that are known, those
-- whose phones the file changes.  An empty cell says nothing of phones.
CREATE OR REPLACE FUNCTION tax_register_phones() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	CREATE TEMPORARY TABLE import_phone ON COMMIT DROP AS
	SELECT r.line, r.key, t.id AS taxpayer_id, u.number, c.id AS contact_id, x.at AS unlinked_at,
		row_number() OVER (PARTITION BY r.line, x.at IS NULL ORDER BY u.nth)::smallint AS position
	FROM import_row r CROSS JOIN unnest(r.phones) WITH ORDINALITY AS u(number, nth)
	LEFT JOIN taxpayer t ON t.key = r.key
	LEFT JOIN contact c ON c.number = u.number
	LEFT JOIN taxpayer_unlinked x ON x.taxpayer_id = t.id AND x.contact_id = c.id;
	CREATE TEMPORARY TABLE import_renumbered ON COMMIT DROP AS
	SELECT f.taxpayer_id, f.line, n.contacts IS NOT NULL AS had
	FROM (SELECT taxpayer_id, min(line) AS line, array_agg(contact_id ORDER BY position) AS contacts
		FROM import_phone WHERE taxpayer_id IS NOT NULL AND unlinked_at IS NULL GROUP BY 1) f
	LEFT JOIN (SELECT taxpayer_id, array_agg(contact_id ORDER BY position, contact_id) AS contacts
		FROM taxpayer_number GROUP BY 1) n USING (taxpayer_id)
	WHERE f.contacts IS DISTINCT FROM n.contacts;
	ANALYZE import_phone;
END $$;

-- References of which nothing is left to find them by.
CREATE OR REPLACE FUNCTION tax_register_no_key()
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY SELECT r.line, 'reference', 'no_key', r.reference, NULL::text FROM import_row r
		WHERE r.reference IS NOT NULL AND r.key IS NULL;
END $$;

CREATE OR REPLACE FUNCTION tax_register_faults(p_register text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'taxpayers' THEN
		RETURN QUERY SELECT * FROM register_twice('reference', 'key');
		RETURN QUERY SELECT * FROM tax_register_no_key();
		RETURN QUERY SELECT * FROM register_unknown('zone', 'zone');
		PERFORM tax_register_phones();
		RETURN QUERY SELECT n.line, 'phones', 'no_reason', NULL::text, NULL::text FROM import_renumbered n
			WHERE n.had AND import_said('reason') IS NULL;
	WHEN 'bills' THEN
		RETURN QUERY SELECT * FROM register_twice('reference', 'key');
		RETURN QUERY SELECT * FROM tax_register_no_key();
		RETURN QUERY SELECT r.line, 'taxpayer', 'no_taxpayer', r.taxpayer, NULL::text FROM import_row r
			WHERE r.taxpayer IS NOT NULL AND NOT EXISTS (SELECT FROM taxpayer t WHERE t.key = r.owner_key);
		RETURN QUERY SELECT r.line, 'currency', 'other_currency', r.currency, b.currency
			FROM import_row r JOIN bill b ON b.key = r.key WHERE b.currency <> r.currency;
		RETURN QUERY SELECT r.line, 'taxpayer', 'paid_by_other', r.taxpayer, o.reference
			FROM import_row r JOIN bill b ON b.key = r.key JOIN taxpayer o ON o.id = b.taxpayer_id
			WHERE o.key <> r.owner_key AND b.amount - b.open + b.credited > 0;
	WHEN 'statement' THEN
		RETURN QUERY SELECT * FROM register_twice('transaction_id', 'operator, transaction');
		RETURN QUERY SELECT r.line, 'provider', 'no_key', r.provider, NULL::text FROM import_row r WHERE r.operator = '';
	END CASE;
END $$;

-- What is taken, but not as it stands in the file.
CREATE OR REPLACE FUNCTION register_warnings(p_register text)
RETURNS TABLE (line integer, "column" text, fault text, value text, other text)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'taxpayers' THEN
		RETURN QUERY SELECT p.line, 'phones', 'unlinked', left(p.number, 7) || '***' || right(p.number, 3),
			to_char(p.unlinked_at, 'YYYY-MM-DD') FROM import_phone p WHERE p.unlinked_at IS NOT NULL;
	WHEN 'statement' THEN
		RETURN QUERY SELECT r.line, 'amount', 'differs', money_text(r.amount, r.currency), money_text(p.amount, p.currency)
			FROM import_row r JOIN payment p ON p.provider = r.operator AND p.transaction_id = r.transaction
			WHERE (p.amount, p.currency) IS DISTINCT FROM (r.amount, r.currency);
	ELSE
		RETURN QUERY SELECT * FROM alert_register_warnings(p_register);
	END CASE;
END $$;

-- What is stored ----------------------------------------------------------------------------------

-- The phones of new taxpayers, and of those whose phones change: the old ones are told.
CREATE OR REPLACE FUNCTION tax_register_link() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_at timestamptz := quiet_until(v_now);
	v_told bigint;
BEGIN
	INSERT INTO contact (number, kind, language, created_at)
	SELECT DISTINCT ON (p.number) p.number, 'e164', r.language, v_now
	FROM import_phone p JOIN import_row r USING (line)
	WHERE p.contact_id IS NULL ORDER BY p.number, p.line
	ON CONFLICT (number) DO NOTHING;
	CREATE TEMPORARY TABLE import_link ON COMMIT DROP AS
	SELECT t.id AS taxpayer_id, c.id AS contact_id, p.position, r.language
	FROM import_phone p JOIN import_row r USING (line) JOIN taxpayer t ON t.key = p.key JOIN contact c ON c.number = p.number
	WHERE p.unlinked_at IS NULL
		AND (p.taxpayer_id IS NULL OR p.taxpayer_id IN (SELECT n.taxpayer_id FROM import_renumbered n));
	WITH gone AS (
		DELETE FROM taxpayer_number n USING import_renumbered r
		WHERE n.taxpayer_id = r.taxpayer_id AND NOT EXISTS (SELECT FROM import_link l
			WHERE l.taxpayer_id = n.taxpayer_id AND l.contact_id = n.contact_id)
		RETURNING n.contact_id
	)
	INSERT INTO notice (contact_id, text_key, priority, service, not_before)
	SELECT DISTINCT g.contact_id, 'number_changed', 4, 'number', v_at FROM gone g JOIN contact c ON c.id = g.contact_id
	WHERE c.kind = 'e164' AND NOT c.blocked AND c.erased_at IS NULL;
	GET DIAGNOSTICS v_told = ROW_COUNT;
	IF v_told > 0 AND v_at <= v_now + interval '2 minutes' THEN
		NOTIFY baraza_notice;
	END IF;
	INSERT INTO taxpayer_number AS n (taxpayer_id, contact_id, position, linked_at)
	SELECT taxpayer_id, contact_id, position, v_now FROM import_link
	ON CONFLICT (taxpayer_id, contact_id) DO UPDATE SET position = excluded.position WHERE n.position <> excluded.position;
	-- Spoken to as the register says, until they say otherwise.
	UPDATE contact c SET language = l.language
	FROM (SELECT DISTINCT ON (contact_id) contact_id, language FROM import_link WHERE language IS NOT NULL
		ORDER BY contact_id, taxpayer_id) l
	WHERE c.id = l.contact_id AND c.language IS NULL;
	INSERT INTO audit (actor, what, object, reason, at)
	SELECT coalesce(import_said('actor'), 'import'), 'number changed', 'taxpayer ' || t.reference, import_said('reason'), v_now
	FROM import_renumbered n JOIN taxpayer t ON t.id = n.taxpayer_id WHERE n.had ORDER BY n.line;
END $$;

-- A code that is empty keeps the old one; one that is the old one changes nothing, a lock neither.
CREATE OR REPLACE FUNCTION tax_register_taxpayers(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	WITH given AS (
		SELECT t.id, r.reference, r.name, r.language, z.id AS zone_id, r.code IS NOT NULL AND t.code_hash IS DISTINCT FROM
				sha256(convert_to(coalesce(t.code_salt, '') || r.code, 'UTF8')) AS recoded,
			r.code, replace(gen_random_uuid()::text, '-', '') AS salt,
			(t.reference, t.name, t.language, t.zone_id) IS DISTINCT FROM (r.reference, r.name, r.language, z.id) AS other
		FROM import_row r JOIN taxpayer t ON t.key = r.key LEFT JOIN zone z ON z.name = r.zone
	), stored AS (
		UPDATE taxpayer t SET reference = r.reference, name = r.name, language = r.language, zone_id = r.zone_id,
			code_salt = CASE WHEN r.recoded THEN r.salt ELSE t.code_salt END,
			code_hash = CASE WHEN r.recoded THEN sha256(convert_to(r.salt || r.code, 'UTF8')) ELSE t.code_hash END,
			code_failures = CASE WHEN r.recoded THEN 0 ELSE t.code_failures END,
			code_locked_until = CASE WHEN r.recoded THEN NULL ELSE t.code_locked_until END, changed_at = v_now
		FROM given r WHERE t.id = r.id AND (r.other OR r.recoded)
		RETURNING t.id
	)
	SELECT count(*) INTO changed FROM (SELECT id FROM stored UNION SELECT taxpayer_id FROM import_renumbered) c;
	INSERT INTO taxpayer (reference, key, name, language, zone_id, code_salt, code_hash, changed_at)
	SELECT n.reference, n.key, n.name, n.language, n.zone_id, CASE WHEN n.code IS NOT NULL THEN n.salt END,
		sha256(convert_to(n.salt || n.code, 'UTF8')), v_now
	FROM (SELECT r.*, z.id AS zone_id, replace(gen_random_uuid()::text, '-', '') AS salt
		FROM import_row r LEFT JOIN zone z ON z.name = r.zone
		WHERE NOT EXISTS (SELECT FROM taxpayer t WHERE t.key = r.key) ORDER BY r.line OFFSET 0) n;
	GET DIAGNOSTICS added = ROW_COUNT;
	PERFORM tax_register_link();
END $$;

-- A bill whose amount changed posts the difference; what was paid beyond it becomes credit.
CREATE OR REPLACE FUNCTION tax_register_bills(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_bills bigint[];
	v_amounts bigint[];
BEGIN
	-- Payments book bills meanwhile: what changes is locked in the order of ids, as they do.
	SELECT array_agg(d.id), array_agg(d.amount) INTO v_bills, v_amounts FROM (
		SELECT b.id, r.amount FROM import_row r JOIN bill b ON b.key = r.key
		WHERE (b.amount, b.reference, b.account, b.tax, b.period, b.due)
				IS DISTINCT FROM (r.amount, r.reference, r.account, r.tax, r.period, r.due)
			OR b.taxpayer_id <> (SELECT t.id FROM taxpayer t WHERE t.key = r.owner_key)
		ORDER BY b.id) d;
	changed := coalesce(cardinality(v_bills), 0);
	IF changed > 0 THEN
		PERFORM bills_change(v_bills, v_amounts, coalesce(import_said('actor'), 'import'), 'import');
		UPDATE bill b SET reference = r.reference, account = r.account, tax = r.tax, period = r.period, due = r.due,
			taxpayer_id = t.id, changed_at = v_now
		FROM import_row r JOIN taxpayer t ON t.key = r.owner_key
		WHERE b.key = r.key AND (b.reference, b.account, b.tax, b.period, b.due, b.taxpayer_id)
			IS DISTINCT FROM (r.reference, r.account, r.tax, r.period, r.due, t.id);
	END IF;
	WITH new AS (
		INSERT INTO bill (reference, key, taxpayer_id, account, tax, period, amount, currency, due, open, paid_at, changed_at)
		SELECT r.reference, r.key, t.id, r.account, r.tax, r.period, r.amount, r.currency, r.due, r.amount,
			CASE r.amount WHEN 0 THEN v_now END, v_now
		FROM import_row r JOIN taxpayer t ON t.key = r.owner_key
		WHERE NOT EXISTS (SELECT FROM bill b WHERE b.key = r.key)
		RETURNING id
	)
	SELECT array_agg(id), count(*) INTO v_bills, added FROM new;
	PERFORM bills_post(v_bills, coalesce(import_said('actor'), 'import'), 'import');
END $$;

-- What the operator says came: new payments are received and matched; known ones are marked, and what was not said
-- before is added to them.  Changed are those that were not marked, or had something added.  Receipts are sent of what was
-- paid in the last days: of last month's payments nobody is told by the thousand.
CREATE OR REPLACE FUNCTION tax_register_statement(OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_new bigint[];
	v_named bigint[];
	v_told_since date := v_now::date - setting_int('receipt_days', 3);
	v record;
BEGIN
	WITH new AS (
		INSERT INTO payment (provider, transaction_id, amount, currency, payer, reference, paid_on, source, state, stated_at, at)
		SELECT operator, transaction, amount, currency, payer, reference, date, 'statement', 'unmatched', v_now, v_now
		FROM import_row ORDER BY line
		ON CONFLICT (provider, transaction_id) DO NOTHING RETURNING id
	)
	SELECT array_agg(id), count(*) INTO v_new, added FROM new;
	PERFORM p.id FROM payment p JOIN import_row r ON p.provider = r.operator AND p.transaction_id = r.transaction
	WHERE p.source <> 'statement' OR p.at < v_now ORDER BY p.id FOR UPDATE OF p;
	WITH told AS (
		UPDATE payment p SET payer = coalesce(p.payer, r.payer), reference = coalesce(p.reference, r.reference),
			paid_on = coalesce(p.paid_on, r.date), stated_at = coalesce(p.stated_at, v_now)
		FROM import_row r JOIN payment o ON o.provider = r.operator AND o.transaction_id = r.transaction
		WHERE p.id = o.id AND (p.amount, p.currency) = (r.amount, r.currency)
			AND (p.payer IS NULL AND r.payer IS NOT NULL OR p.reference IS NULL AND r.reference IS NOT NULL
				OR p.paid_on IS NULL AND r.date IS NOT NULL OR p.stated_at IS NULL)
		RETURNING p.id, p.state IN ('suggested', 'unmatched')
			AND (o.reference IS NULL AND p.reference IS NOT NULL OR o.payer IS NULL AND p.payer IS NOT NULL) AS named
	)
	SELECT array_agg(id) FILTER (WHERE named), count(*) INTO v_named, changed FROM told;
	FOR v IN SELECT p.id, w.value, w.other FROM register_warnings('statement') w JOIN import_row r USING (line)
			JOIN payment p ON p.provider = r.operator AND p.transaction_id = r.transaction ORDER BY p.id LOOP
		PERFORM payment_differs(v.id, NULL, 'statement: ' || v.value || ', not ' || v.other);
	END LOOP;
	PERFORM payments_post(v_new, 'statement');
	PERFORM reversals_settle();
	PERFORM payments_match(v_new || v_named, 'statement', false);
	IF import_said('silent') IS NULL THEN
		PERFORM receipts_tell(ARRAY(SELECT p.id FROM payment p WHERE p.id = ANY (v_new || v_named) AND p.state = 'booked'
			AND (p.paid_on IS NULL OR p.paid_on >= v_told_since) ORDER BY p.id));
	END IF;
END $$;

CREATE OR REPLACE FUNCTION tax_register_store(p_register text, OUT added bigint, OUT changed bigint)
LANGUAGE plpgsql AS $$
BEGIN
	CASE p_register
	WHEN 'taxpayers' THEN SELECT s.added, s.changed INTO added, changed FROM tax_register_taxpayers() s;
	WHEN 'bills' THEN SELECT s.added, s.changed INTO added, changed FROM tax_register_bills() s;
	WHEN 'statement' THEN SELECT s.added, s.changed INTO added, changed FROM tax_register_statement() s;
	END CASE;
END $$;

-- Of a statement's payments, as they stand now: booked | waiting | reversed, and how many.
CREATE OR REPLACE FUNCTION register_outcome(p_register text)
RETURNS TABLE (what text, count bigint)
LANGUAGE plpgsql AS $$
BEGIN
	IF p_register = 'statement' THEN
		RETURN QUERY
		SELECT CASE WHEN p.state IN ('booked', 'reversed') THEN p.state ELSE 'waiting' END, count(*)
		FROM import_row r JOIN payment p ON p.provider = r.operator AND p.transaction_id = r.transaction GROUP BY 1 ORDER BY 1;
	END IF;
END $$;

-- What is exported --------------------------------------------------------------------------------

-- An amount as gateway/money.c reads it back: a plain decimal, with another zero behind three digits, which might group
-- thousands.
CREATE OR REPLACE FUNCTION money_plain(p_amount bigint, p_currency text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT regexp_replace(trim_scale(p_amount / 10::numeric ^ currency_exponent(p_currency))::text, '(\.\d{3})$', '\10')
$$;

CREATE OR REPLACE VIEW register_taxpayers AS
SELECT register_text(t.reference) AS reference, register_text(t.name) AS name, n.phones, t.language,
	register_text(z.name) AS zone, NULL::text AS code
FROM taxpayer t LEFT JOIN zone z ON z.id = t.zone_id
	LEFT JOIN (SELECT x.taxpayer_id, register_text(string_agg(c.number, '|' ORDER BY x.position, x.contact_id)) AS phones
		FROM taxpayer_number x JOIN contact c ON c.id = x.contact_id WHERE c.kind = 'e164' GROUP BY 1) n ON n.taxpayer_id = t.id
ORDER BY t.id;

CREATE OR REPLACE VIEW register_bills AS
SELECT register_text(b.reference) AS reference, register_text(t.reference) AS taxpayer, register_text(b.account) AS account,
	register_text(b.tax) AS tax, register_text(b.period) AS period, money_plain(b.amount, b.currency) AS amount, b.currency,
	b.due
FROM bill b JOIN taxpayer t ON t.id = b.taxpayer_id
ORDER BY b.id;

CREATE OR REPLACE VIEW register_statement AS
SELECT register_text(p.provider) AS provider, register_text(p.transaction_id) AS transaction_id, p.paid_on AS date,
	money_plain(p.amount, p.currency) AS amount, p.currency, register_text(p.payer) AS payer,
	register_text(p.reference) AS reference
FROM payment p
ORDER BY p.id;
