-- SPDX-License-Identifier: GPL-3.0-or-later
-- tax-roles: who reads what, for people and programs that look into the database themselves.  The tax office reads
-- nothing of complaints, the complaints' clerks nothing of taxes, and what a till's SIM was told, codes and balances and
-- all, one role alone.  The gateway and its commands are the owner.  A person's account is a member: GRANT baraza_tax TO ...

-- Roles are the cluster's, not the database's: where they may not be made here, it is said what to run.
DO $$
DECLARE
	v_role text;
BEGIN
	FOREACH v_role IN ARRAY ARRAY['baraza_city', 'baraza_tax', 'baraza_till'] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
			EXCEPTION
			WHEN duplicate_object OR unique_violation THEN
				NULL; -- made by another database's migration at the same moment
			WHEN insufficient_privilege THEN
				RAISE NOTICE 'as a superuser run: CREATE ROLE % NOLOGIN; then migrate again', v_role;
			END;
		END IF;
	END LOOP;
END $$;

-- What waits for whom.
DROP VIEW IF EXISTS tray_of_city, tray_of_tax;
CREATE VIEW tray_of_city AS
SELECT id, kind, contact_id, message_id, ticket_id, note, at, done_at, done_by FROM tray
WHERE kind IN ('not_understood', 'callback', 'incomplete', 'question');
CREATE VIEW tray_of_tax AS
SELECT id, kind, contact_id, message_id, payment_id, note, at, done_at, done_by FROM tray
WHERE kind IN ('payment', 'forged', 'money');

-- A role has SELECT on these and on nothing else of ours.
CREATE OR REPLACE FUNCTION role_reads(p_role text, p_tables text[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_table text;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = p_role) THEN
		RETURN;
	END IF;
	EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', current_schema(), p_role);
	EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), p_role);
	FOREACH v_table IN ARRAY p_tables LOOP
		EXECUTE format('GRANT SELECT ON %I TO %I', v_table, p_role);
	END LOOP;
END $$;

DO $$
BEGIN
	PERFORM role_reads('baraza_city', ARRAY['ticket', 'report', 'event', 'followup', 'container', 'place', 'zone',
		'holiday', 'tray_of_city', 'register_zones', 'register_places', 'register_containers',
		'register_departments', 'register_crews', 'register_holidays']);
	PERFORM role_reads('baraza_tax', ARRAY['bill', 'payment', 'payment_claim', 'payment_reversal', 'ledger_entry',
		'ledger_posting', 'receipt', 'taxpayer_number', 'taxpayer_unlinked', 'campaign', 'campaign_arm', 'reminder', 'zone',
		'holiday', 'money_check', 'tray_of_tax', 'register_taxpayers', 'register_bills', 'register_statement']);
	PERFORM role_reads('baraza_till', ARRAY['till_message']);
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'baraza_city') THEN
		GRANT SELECT (id, name, categories, phone, language) ON department TO baraza_city; -- without the PINs' hashes
	END IF;
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'baraza_tax') THEN
		-- Without the codes' hashes, which are short enough to be guessed.
		GRANT SELECT (id, reference, key, name, language, zone_id, code_failures, code_locked_until, changed_at)
			ON taxpayer TO baraza_tax;
	END IF;
END $$;
