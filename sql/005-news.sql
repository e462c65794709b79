-- SPDX-License-Identifier: GPL-3.0-or-later
-- news: who answers twice, or too late, is known as one who was asked.

DROP INDEX followup_open;
CREATE INDEX followup_contact ON followup (contact_id, expires_at);
