-- SPDX-License-Identifier: GPL-3.0-or-later
-- modem: what the administrator sees of ports and SIMs, and what must outlive a restart.

-- A modem changed its state.
DROP FUNCTION IF EXISTS modem_state;
CREATE FUNCTION modem_state(p_name text, p_epoch bigint, p_state text, p_reason text, p_device text,
	p_imei text, p_usb_port text, p_model text, p_smsc text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO modem AS m (name, state, reason, epoch, device, imei, usb_port, model, smsc, changed_at)
	VALUES (p_name, p_state, p_reason, p_epoch, p_device, p_imei, p_usb_port, p_model, p_smsc, clock_timestamp())
	ON CONFLICT (name) DO UPDATE SET state = excluded.state, reason = excluded.reason, epoch = excluded.epoch,
		device = coalesce(excluded.device, m.device), imei = coalesce(excluded.imei, m.imei),
		usb_port = coalesce(excluded.usb_port, m.usb_port), model = coalesce(excluded.model, m.model),
		smsc = coalesce(excluded.smsc, m.smsc), changed_at = excluded.changed_at;
	-- SIMs may be swapped between modems: a link is up as long as one of them has it.
	IF p_state = 'READY' THEN
		UPDATE link l SET up = true, down_since = NULL
		FROM modem m WHERE m.name = p_name AND l.id = m.link_id AND NOT l.up;
	ELSE
		UPDATE link l SET up = false, down_since = coalesce(l.down_since, clock_timestamp())
		FROM modem m WHERE m.name = p_name AND l.id = m.link_id AND l.up
			AND NOT EXISTS (SELECT FROM modem o WHERE o.link_id = l.id AND o.name <> p_name
				AND o.state IN ('LINKING', 'READY'));
	END IF;
END $$;

-- Which link this modem's SIM is.  The caps are the configuration's.  Returns its id.
--   p_agreed  the operator allows bulk SMS from it
DROP FUNCTION IF EXISTS modem_link;
CREATE FUNCTION modem_link(p_name text, p_identity text, p_iccid text, p_number text, p_receive_only boolean,
	p_per_minute integer, p_per_day integer, p_recipients_per_day integer, p_credit_reserve integer,
	p_agreed boolean DEFAULT false)
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_link integer;
BEGIN
	INSERT INTO link AS l (identity, iccid, number, receive_only, up, per_minute, per_day, recipients_per_day,
		credit_reserve, agreed)
	VALUES (p_identity, p_iccid, p_number, p_receive_only, true, p_per_minute, p_per_day,
		p_recipients_per_day, p_credit_reserve, p_agreed)
	ON CONFLICT (identity) DO UPDATE SET iccid = coalesce(excluded.iccid, l.iccid),
		number = coalesce(excluded.number, l.number), receive_only = excluded.receive_only, up = true,
		down_since = NULL, per_minute = excluded.per_minute, per_day = excluded.per_day,
		recipients_per_day = excluded.recipients_per_day, credit_reserve = excluded.credit_reserve,
		agreed = excluded.agreed
	RETURNING id INTO v_link;
	IF p_agreed THEN
		NOTIFY baraza_notice; -- there is room for reminders
	ELSE
		PERFORM outbox_disagreed(v_link);
	END IF;
	UPDATE link l SET up = false, down_since = clock_timestamp()
	FROM modem m WHERE m.name = p_name AND l.id = m.link_id AND l.id <> v_link
		AND NOT EXISTS (SELECT FROM modem o WHERE o.link_id = l.id AND o.name <> p_name
			AND o.state IN ('LINKING', 'READY'));
	UPDATE modem SET link_id = v_link WHERE name = p_name;
	NOTIFY baraza_queue; -- a link that rests by an old cap looks again
	RETURN v_link;
END $$;

-- A look's findings.
DROP FUNCTION IF EXISTS modem_health;
CREATE FUNCTION modem_health(p_name text, p_signal_dbm integer, p_signal_percent integer, p_registration integer,
	p_network text, p_used integer, p_capacity integer, p_undeletable integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE modem SET signal_dbm = p_signal_dbm, signal_percent = p_signal_percent,
		registration = p_registration, network = p_network, used = coalesce(p_used, used),
		capacity = coalesce(p_capacity, capacity), undeletable = coalesce(p_undeletable, undeletable),
		seen_at = clock_timestamp()
	WHERE name = p_name;
END $$;

-- May this PIN be tried on this SIM?  True once, with the attempt already written: the caller commits
-- before the modem hears of it.  A PIN that was right before may be given again.
CREATE OR REPLACE FUNCTION modem_pin_try(p_iccid text, p_pin_hash bytea)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
	-- Two wrong ones on a SIM: the third would lock it, whatever the configuration now says.
	IF (SELECT count(*) FROM pin_attempt WHERE iccid = p_iccid AND outcome <> 'ok' AND pin_hash <> p_pin_hash) >= 2 THEN
		RETURN false;
	END IF;
	INSERT INTO pin_attempt AS a (iccid, pin_hash, outcome, tried_at)
	VALUES (p_iccid, p_pin_hash, 'trying', clock_timestamp())
	ON CONFLICT (iccid, pin_hash) DO UPDATE SET outcome = 'trying', tried_at = excluded.tried_at
	WHERE a.outcome = 'ok';
	RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION modem_pin_result(p_iccid text, p_pin_hash bytea, p_ok boolean)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE pin_attempt SET outcome = CASE WHEN p_ok THEN 'ok' ELSE 'wrong' END
	WHERE iccid = p_iccid AND pin_hash = p_pin_hash;
END $$;

-- What the administrator knows of the bundle of this modem's SIM: how many SMS are left (NULL: that is not known any
-- more), and the balance in the operator's words.  It is counted down as segments leave.  set | no_modem | no_sim.
CREATE OR REPLACE FUNCTION link_bundle_set(p_modem text, p_bundle integer, p_balance text, p_actor text)
RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
	v_link integer;
BEGIN
	SELECT link_id INTO v_link FROM modem WHERE name = p_modem;
	IF NOT FOUND THEN
		RETURN 'no_modem';
	ELSIF v_link IS NULL THEN
		RETURN 'no_sim';
	END IF;
	UPDATE link SET bundle = p_bundle, balance = p_balance,
		bundle_at = CASE WHEN p_bundle IS NOT NULL OR p_balance IS NOT NULL THEN city_now() END
	WHERE id = v_link;
	PERFORM audit_add(p_actor, 'bundle told', 'link ' || v_link,
		p_modem || ': ' || coalesce(p_bundle || ' SMS', 'not known') || coalesce(', balance ' || p_balance, ''));
	RETURN 'set';
END $$;
