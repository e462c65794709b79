-- SPDX-License-Identifier: GPL-3.0-or-later
-- airtime: what is left on each SIM, as its operator says by USSD, and bundles that were bought.

-- A SIM that is looked after: what its modem's entry and its operator's file (conf/operators) want of it.  Amounts are of the
-- currency's minor unit.
CREATE TABLE airtime_sim (
	link_id integer PRIMARY KEY REFERENCES link,
	modem text NOT NULL, -- that holds it, or held it last
	operator text, -- NULL: no file knows it, and nothing is asked
	currency text, -- of the operator
	balance_low bigint NOT NULL DEFAULT 0, -- below it the administrator is told; 0: never
	bundle_low integer NOT NULL DEFAULT 0, -- SMS
	buy boolean NOT NULL DEFAULT false,
	buy_below integer NOT NULL DEFAULT 0, -- SMS
	buy_per_day integer NOT NULL DEFAULT 0,
	unused_days integer NOT NULL DEFAULT 0, -- unused for so long it expires; 0: nobody knows
	-- What was read last.
	balance bigint,
	balance_currency text,
	balance_at timestamptz,
	bundle integer,
	bundle_name text,
	bundle_until date, -- its last day
	bundle_at timestamptz,
	expires date, -- of the SIM, as the operator said
	since date NOT NULL, -- known from this day on
	used_on date, -- the last day on which something that is paid for left it
	-- What the administrator was told, and needs not hear again.
	balance_told boolean NOT NULL DEFAULT false,
	bundle_told boolean NOT NULL DEFAULT false,
	expiry_told smallint NOT NULL DEFAULT 0 -- 0, or the days before it of which he was told: 30, 7
);

-- What is asked of it, and when.
CREATE TABLE airtime_ask (
	link_id integer NOT NULL REFERENCES airtime_sim,
	what text NOT NULL CHECK (what IN ('balance', 'bundle')),
	every interval NOT NULL,
	next_at timestamptz NOT NULL, -- city time
	tries smallint NOT NULL DEFAULT 0, -- since the last answer
	answered_at timestamptz, -- when a pattern read the answer last
	words text, -- of the last answer that none read, masked; NULL: it was read
	words_at timestamptz,
	unread_told boolean NOT NULL DEFAULT false,
	silent_told boolean NOT NULL DEFAULT false,
	PRIMARY KEY (link_id, what)
);

-- A bundle that was bought, or may have been: committed before it is dialled.
CREATE TABLE airtime_purchase (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	link_id integer NOT NULL REFERENCES airtime_sim,
	day date NOT NULL, -- of the city
	at timestamptz NOT NULL,
	epoch bigint NOT NULL, -- whose node dials
	-- NULL: it is being dialled.  bought; refused: the operator said that it sold none; unclear: nobody knows.
	outcome text CHECK (outcome IN ('bought', 'refused', 'unclear')),
	words text, -- of the answer, masked
	ended_at timestamptz,
	told boolean NOT NULL DEFAULT false
);
CREATE INDEX airtime_purchase_day ON airtime_purchase (link_id, day);
CREATE INDEX airtime_purchase_open ON airtime_purchase (id) WHERE outcome IS NULL OR NOT told;

-- All that was asked, for graphs.
CREATE TABLE airtime (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	link_id integer NOT NULL REFERENCES link,
	what text NOT NULL CHECK (what IN ('balance', 'bundle', 'buy')),
	at timestamptz NOT NULL, -- city time
	-- read, unread: an answer came; refused: the network would not; silent: none came in time; cut: the modem was lost
	outcome text NOT NULL CHECK (outcome IN ('read', 'unread', 'bought', 'refused', 'silent', 'cut')),
	amount bigint,
	currency text,
	count integer,
	bundle text, -- its name
	until date,
	expires date,
	words text -- masked
);
CREATE INDEX airtime_link ON airtime (link_id, id);
CREATE INDEX airtime_at ON airtime (at);
