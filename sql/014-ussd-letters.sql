-- SPDX-License-Identifier: GPL-3.0-or-later
-- ussd: what came of a form, for an SMS to who does not see it on her screen.

-- Written with what was filed, and taken back once her screen was given in time; else it is sent. So whatever dies in between,
-- she hears of it.
CREATE TABLE ussd_letter (
	session_id bigint NOT NULL REFERENCES ussd_session ON DELETE CASCADE,
	digest uuid NOT NULL, -- of the step
	contact_id bigint NOT NULL REFERENCES contact,
	service text NOT NULL,
	body text NOT NULL,
	segments smallint NOT NULL,
	priority smallint NOT NULL, -- as in the queue
	at timestamptz NOT NULL, -- by the machine's clock
	PRIMARY KEY (session_id, digest)
);
