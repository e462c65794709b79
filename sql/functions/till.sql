-- SPDX-License-Identifier: GPL-3.0-or-later
-- till: what an operator told the city's own SIM of money that came, or was taken back.

-- A message as it came, codes and balances too; message.body has them masked.
CREATE OR REPLACE FUNCTION till_keep(p_message bigint, p_body text)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO till_message (message_id, body) VALUES (p_message, p_body) ON CONFLICT DO NOTHING;
END $$;

-- One message of a till (gateway/inbox-till.c).
--   p_kind      payment | reversal, both of a sender that is believed; unread: about money, and no format reads it;
--               forged: money that somebody else tells of
--   p_amount    minor units, 0: not said
--   p_reverses  the transaction that a reversal takes back, where it names its own too
--   p_paid_on   the day that the message says, NULL where it does not
CREATE OR REPLACE FUNCTION till_take(p_message bigint, p_contact bigint, p_kind text, p_provider text, p_transaction text,
	p_amount bigint, p_currency text, p_payer text, p_reference text, p_reverses text, p_paid_on date)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v record;
BEGIN
	UPDATE message SET service = 'till' WHERE id = p_message;
	IF p_kind IN ('payment', 'reversal') AND coalesce(p_reverses, p_transaction) IS NULL THEN
		PERFORM tray_add('payment', p_contact, p_message, p_kind || ' without a transaction number'
			|| CASE WHEN p_amount > 0 THEN ': ' || money_text(p_amount, p_currency) ELSE '' END);
	ELSIF p_kind = 'payment' THEN
		SELECT * INTO v FROM payment_take(p_provider, p_transaction, p_amount, p_currency, p_payer, p_reference, p_paid_on, 'till',
			p_message);
		IF v.outcome <> 'differs' THEN
			PERFORM payment_match(v.payment_id);
			UPDATE payment_claim SET payment_id = v.payment_id
			WHERE transaction_id = transaction_key(p_transaction) AND payment_id IS NULL;
		END IF;
	ELSIF p_kind = 'reversal' THEN
		PERFORM payment_reverse(p_provider, coalesce(p_reverses, p_transaction),
			CASE WHEN p_reverses IS NOT NULL THEN p_transaction END, nullif(p_amount, 0),
			CASE WHEN p_amount > 0 THEN p_currency END, p_message);
	ELSE
		PERFORM tray_add(CASE p_kind WHEN 'forged' THEN 'forged' ELSE 'money' END, p_contact, p_message,
			CASE p_kind WHEN 'forged' THEN 'written to the till, not by the operator' ELSE 'no format reads it' END);
	END IF;
END $$;
