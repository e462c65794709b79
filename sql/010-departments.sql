-- SPDX-License-Identifier: GPL-3.0-or-later
-- departments: they answer for their tickets by SMS, as crews do; each may have a PIN, as crews have.

ALTER TABLE department
	ADD COLUMN pin_salt text,
	ADD COLUMN pin_hash bytea, -- NULL: no PIN
	ADD COLUMN pin_failures smallint NOT NULL DEFAULT 0, -- in a row
	ADD COLUMN pin_locked_until timestamptz; -- city time
CREATE INDEX department_phone ON department (phone);
