-- SPDX-License-Identifier: GPL-3.0-or-later
-- tax: who owes what, what was paid, the ledger that says so, and who is reminded.
--
-- Money is bigint of the currency's minor unit (ISO 4217: XOF, XAF, UGX and RWF have none, TND three digits).
-- Nothing here is read by whoever works on complaints, nor theirs by the tax office: sql/functions/80-tax-roles.sql.

-- The register ------------------------------------------------------------------------------------

CREATE TABLE taxpayer (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reference text NOT NULL, -- as the city writes it
	key text NOT NULL UNIQUE, -- as citizens do: tax_key(reference)
	name text,
	language text,
	zone_id integer REFERENCES zone,
	code_salt text, -- with the code, amounts are told to any phone
	code_hash bytea, -- NULL: no code
	code_failures smallint NOT NULL DEFAULT 0, -- in a row
	code_locked_until timestamptz,
	changed_at timestamptz NOT NULL
) WITH (fillfactor = 90);

-- A taxpayer's phones, and a phone's taxpayers.
CREATE TABLE taxpayer_number (
	taxpayer_id bigint NOT NULL REFERENCES taxpayer,
	contact_id bigint NOT NULL REFERENCES contact,
	position smallint NOT NULL, -- 1 is reminded
	linked_at timestamptz NOT NULL,
	heard_at timestamptz, -- when this phone last wrote or got something delivered
	asked_at timestamptz, -- "is this still you?", unanswered
	PRIMARY KEY (taxpayer_id, contact_id)
) WITH (fillfactor = 90);
CREATE INDEX taxpayer_number_contact ON taxpayer_number (contact_id);

-- A phone whose holder has said that it is not this taxpayer's.  No file links it again; a person may, with a reason.
CREATE TABLE taxpayer_unlinked (
	taxpayer_id bigint NOT NULL REFERENCES taxpayer,
	contact_id bigint NOT NULL REFERENCES contact,
	at timestamptz NOT NULL,
	PRIMARY KEY (taxpayer_id, contact_id)
);
CREATE INDEX taxpayer_unlinked_contact ON taxpayer_unlinked (contact_id);

CREATE TABLE bill (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	reference text NOT NULL,
	key text NOT NULL UNIQUE, -- tax_key(reference)
	taxpayer_id bigint NOT NULL REFERENCES taxpayer,
	account text, -- the stall, property, licence or taxi
	tax text NOT NULL,
	period text,
	amount bigint NOT NULL CHECK (amount >= 0),
	currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
	due date NOT NULL,
	open bigint NOT NULL CHECK (open >= 0), -- what is still owed: the ledger's balance of this bill, kept beside it
	credited bigint NOT NULL DEFAULT 0 CHECK (credited >= 0), -- was paid, and became credit when the bill was lowered
	paid_at timestamptz, -- since when nothing is
	changed_at timestamptz NOT NULL,
	CHECK (open <= amount)
) WITH (fillfactor = 80);
CREATE INDEX bill_taxpayer ON bill (taxpayer_id);
CREATE INDEX bill_due ON bill (due, tax); -- of paid ones too: one that is paid then stays where it is (HOT)

-- Payments ----------------------------------------------------------------------------------------

-- Money that came: known by provider and transaction, once, whichever way it was told.
CREATE TABLE payment (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	provider text NOT NULL,
	transaction_id text NOT NULL,
	amount bigint NOT NULL CHECK (amount > 0),
	currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
	payer text, -- E.164 when it is a phone of the city's country, else digits as told
	reference text, -- as told
	paid_on date, -- as the statement tells
	source text NOT NULL CHECK (source IN ('till', 'statement')), -- which told first
	message_id bigint REFERENCES message,
	state text NOT NULL CHECK (state IN ('booked', 'suggested', 'unmatched', 'reversed')),
	stated_at timestamptz, -- the operator's statement has it too
	at timestamptz NOT NULL,
	UNIQUE (transaction_id, provider) -- who claims one does not say whose it is
);
CREATE INDEX payment_open ON payment (id) WHERE state IN ('suggested', 'unmatched');

-- Money that the operator took back: known once, and before its payment if it comes so.
CREATE TABLE payment_reversal (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	provider text NOT NULL,
	transaction_id text NOT NULL, -- of what is taken back
	reversal_id text NOT NULL, -- its own; where it has none, the same
	amount bigint, -- NULL: not said, so all of it
	currency text,
	payment_id bigint REFERENCES payment, -- NULL: not yet known
	message_id bigint REFERENCES message,
	at timestamptz NOT NULL,
	UNIQUE (provider, reversal_id)
);
CREATE INDEX payment_reversal_open ON payment_reversal (provider, transaction_id) WHERE payment_id IS NULL;

-- A payer's own word for a payment that the ledger does not know, or not whose: it waits, and proves nothing alone.
CREATE TABLE payment_claim (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	contact_id bigint NOT NULL REFERENCES contact,
	message_id bigint NOT NULL REFERENCES message,
	provider text, -- NULL: she did not say
	transaction_id text NOT NULL,
	reference text, -- of a bill or taxpayer; NULL: a confirmation that she forwarded
	payment_id bigint REFERENCES payment, -- what it turned out to be
	told_amount bigint, -- of a confirmation that she forwarded
	told_currency text,
	at timestamptz NOT NULL,
	UNIQUE (transaction_id, contact_id)
);

-- A phone that wants to take the place of a taxpayer's number, and must say the code that the old one was sent.
CREATE TABLE taxpayer_change (
	taxpayer_id bigint NOT NULL REFERENCES taxpayer,
	contact_id bigint NOT NULL REFERENCES contact, -- the new one
	old_contact_id bigint NOT NULL REFERENCES contact,
	code_salt text NOT NULL,
	code_hash bytea NOT NULL,
	failures smallint NOT NULL,
	asked smallint NOT NULL, -- codes sent in a day
	at timestamptz NOT NULL, -- when the last one was
	expires_at timestamptz NOT NULL,
	PRIMARY KEY (taxpayer_id, contact_id)
);

-- The till ----------------------------------------------------------------------------------------

-- What came on a till's SIM, where it holds codes or balances: message.body has them masked, this is as it came, and for
-- one role alone.
CREATE TABLE till_message (
	message_id bigint PRIMARY KEY REFERENCES message,
	body text NOT NULL
);

-- Part of what one of the till's own senders sent.
ALTER TABLE part ADD COLUMN believed boolean NOT NULL DEFAULT false;

-- The ledger --------------------------------------------------------------------------------------

-- One thing that happened to money.  Its postings sum to zero; neither is ever changed or deleted: what was wrong
-- is undone by an entry of its own.  All bills of an import are billed by one entry; `applied` is credit that a clerk
-- has given to a bill.  What the three tables of the ledger refer to is looked for by triggers of sql/functions/80-ledger.sql,
-- a statement at a time, and is never deleted: a foreign key would look a row at a time.
CREATE TABLE ledger_entry (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	kind text NOT NULL CHECK (kind IN ('billed', 'changed', 'received', 'booked', 'applied', 'undone', 'reversed')),
	payment_id bigint, -- of payment
	undoes bigint REFERENCES ledger_entry, -- once
	actor text NOT NULL, -- the person at the keyboard, "till", "statement", "import"
	reason text,
	at timestamptz NOT NULL
);
CREATE UNIQUE INDEX ledger_entry_undoes ON ledger_entry (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id) WHERE payment_id IS NOT NULL;

-- Accounts: `till` (what the operators hold for the city), `billed` (what the city has asked for), `bill` (what one
-- bill's debtor owes), `unmatched` (received, not known whose), `credit` (a taxpayer paid more than was owed).
-- Positive is owed to the city or held for it (debit), negative the other side (credit).
CREATE TABLE ledger_posting (
	entry_id bigint NOT NULL, -- of ledger_entry
	account text NOT NULL CHECK (account IN ('till', 'billed', 'bill', 'unmatched', 'credit')),
	bill_id bigint, -- of bill
	taxpayer_id bigint, -- of taxpayer
	amount bigint NOT NULL CHECK (amount <> 0),
	currency text NOT NULL,
	CHECK ((account = 'bill') = (bill_id IS NOT NULL)),
	CHECK ((account = 'credit') = (taxpayer_id IS NOT NULL))
);
CREATE INDEX ledger_posting_entry ON ledger_posting (entry_id);
CREATE INDEX ledger_posting_bill ON ledger_posting (bill_id) WHERE bill_id IS NOT NULL;
CREATE INDEX ledger_posting_credit ON ledger_posting (taxpayer_id) WHERE taxpayer_id IS NOT NULL;

-- What a payer is given; `RECU <number>` verifies it from any phone.
CREATE TABLE receipt (
	number text PRIMARY KEY,
	entry_id bigint NOT NULL UNIQUE, -- of ledger_entry: the booking
	payment_id bigint NOT NULL, -- of payment
	taxpayer_id bigint NOT NULL, -- of taxpayer
	amount bigint NOT NULL,
	currency text NOT NULL,
	at timestamptz NOT NULL,
	void_at timestamptz -- the booking was undone
);
CREATE INDEX receipt_payment ON receipt (payment_id);
CREATE SEQUENCE receipt_number;
INSERT INTO secret VALUES ('receipt', (random() * 9007199254740991)::bigint);

-- The nightly check of the ledger: one row.
CREATE TABLE money_check (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	night date NOT NULL DEFAULT '-infinity', -- that was last looked through
	faults bigint NOT NULL DEFAULT 0
);
INSERT INTO money_check DEFAULT VALUES;

-- Reminders ---------------------------------------------------------------------------------------

CREATE TABLE campaign (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE,
	tax text, -- NULL: all
	zone_id integer REFERENCES zone, -- NULL: all; else with those within it
	days integer[] NOT NULL DEFAULT '{}', -- before (negative) and after the due date
	dates date[] NOT NULL DEFAULT '{}', -- or fixed ones
	arms text[] NOT NULL, -- keys of texts; `control` is told nothing
	weights integer[] NOT NULL, -- of the arms
	per_month integer NOT NULL DEFAULT 0, -- budget in segments; 0: none
	personal boolean NOT NULL DEFAULT false, -- its texts may name persons and amounts
	state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'stopped')),
	drafted_by text NOT NULL,
	drafted_at timestamptz NOT NULL,
	approved_by text,
	approved_at timestamptz,
	stop_reason text,
	planned_until date, -- the last day that is planned
	month date, -- the month that spent is of: its first day
	spent integer NOT NULL DEFAULT 0, -- segments of that month
	over date, -- the month in which the budget was reached
	CHECK (approved_by IS NULL OR approved_by <> drafted_by),
	CHECK (cardinality(arms) = cardinality(weights))
);

-- Which arm of a trial a taxpayer is in: drawn once.
CREATE TABLE campaign_arm (
	campaign_id bigint NOT NULL,
	taxpayer_id bigint NOT NULL,
	arm smallint NOT NULL, -- index of campaign.arms, from 1
	PRIMARY KEY (campaign_id, taxpayer_id)
);

-- One SMS to one person on one day, for all the bills that are then to be reminded of.  Of who is in a control group, what
-- would have been said: a row that is never sent.  Both tables are made from those that they refer to, a quarter of a
-- million rows at once, and nothing of those is deleted: no foreign keys.
CREATE TABLE reminder (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	day date NOT NULL,
	contact_id bigint NOT NULL,
	campaign_id bigint NOT NULL,
	taxpayer_id bigint NOT NULL, -- of several with one phone the first
	arm smallint NOT NULL,
	bills bigint[] NOT NULL,
	asks boolean NOT NULL DEFAULT false, -- only whether this is still her number
	state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'queued', 'paid', 'dropped', 'control')),
	message_id bigint, -- once queued
	reason text -- why dropped
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX reminder_once ON reminder (contact_id, day, (state = 'control'));
CREATE INDEX reminder_planned ON reminder (day, id) WHERE state = 'planned';
CREATE INDEX reminder_unlinked ON reminder (id) WHERE state = 'queued' AND message_id IS NULL;
CREATE INDEX reminder_campaign ON reminder (campaign_id, day);

-- Operators block SIMs that send in bulk without a contract: reminders and bulk leave by those that have one.
ALTER TABLE link ADD COLUMN agreed boolean NOT NULL DEFAULT false;

ALTER TABLE tray DROP CONSTRAINT tray_kind_check;
ALTER TABLE tray ADD CONSTRAINT tray_kind_check CHECK (kind IN ('not_understood', 'callback', 'poison', 'incomplete',
	'modem', 'question', 'restricted', 'payment', 'forged', 'money'));
ALTER TABLE tray ADD COLUMN payment_id bigint REFERENCES payment;
CREATE INDEX tray_payment ON tray (payment_id) WHERE payment_id IS NOT NULL AND done_at IS NULL;
