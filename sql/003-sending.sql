-- SPDX-License-Identifier: GPL-3.0-or-later
-- sending: what each result and each delivery report looks for is found without walking what is done with.

-- A report that came before its result, by the time since when.
DROP INDEX delivery_report_early;
CREATE INDEX delivery_report_early ON delivery_report (link_id, received_at) WHERE message_id IS NULL;

-- What a link is submitting: one segment, behind which dead entries do not pile up.
CREATE INDEX inflight_link ON inflight (link_id);
