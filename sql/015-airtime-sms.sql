-- SPDX-License-Identifier: GPL-3.0-or-later
-- airtime-sms: what operators tell of SIMs by SMS; purchases counted by 24 hours.

-- Which way it was told.  sms: the answer to what was asked; notice: by SMS, and nobody had asked.
ALTER TABLE airtime ADD COLUMN source text NOT NULL DEFAULT 'ussd' CHECK (source IN ('ussd', 'sms', 'notice'));
ALTER TABLE airtime DROP CONSTRAINT airtime_outcome_check;
-- by_sms: the network said that the answer comes by SMS.
ALTER TABLE airtime ADD CONSTRAINT airtime_outcome_check
	CHECK (outcome IN ('read', 'unread', 'by_sms', 'bought', 'refused', 'silent', 'cut'));

ALTER TABLE airtime_ask
	ADD COLUMN answer_until timestamptz, -- an SMS until then is its answer; NULL: nothing is asked
	ADD COLUMN awaits_sms boolean NOT NULL DEFAULT false; -- that one comes was said

ALTER TABLE airtime_sim
	ADD COLUMN bundle_asked_at timestamptz, -- what is known of its bundle was an answer then; NULL: a notice
	ADD COLUMN hearsay boolean NOT NULL DEFAULT false; -- a notice came since the network answered last
UPDATE airtime_sim SET bundle_asked_at = bundle_at;

ALTER TABLE airtime_purchase ADD COLUMN sms_until timestamptz; -- until then what came of it may come by SMS
DROP VIEW IF EXISTS airtime_list; -- made anew with the functions
ALTER TABLE airtime_purchase DROP COLUMN day; -- its index, too
CREATE INDEX airtime_purchase_at ON airtime_purchase (link_id, at);
