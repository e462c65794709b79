-- SPDX-License-Identifier: GPL-3.0-or-later
-- parts-again: a part that comes once more finds the message that has it already.

CREATE INDEX part_joined ON part (contact_id, reference, seq) WHERE message_id IS NOT NULL;
