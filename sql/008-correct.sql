-- SPDX-License-Identifier: GPL-3.0-or-later
-- correct: what a helper filed last for another is found, as what a person filed herself is.

CREATE INDEX report_helper ON report (helper_id, id) WHERE helper_id IS NOT NULL;
