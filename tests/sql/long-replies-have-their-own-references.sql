-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two long messages to one person, even when queued at once, never share a concatenation reference.
INSERT INTO contact (number, kind, created_at, concat_ref)
VALUES ('+250788000001', 'e164', city_now(), 254), ('+250788000002', 'e164', city_now(), 7);
DO $$
BEGIN
	PERFORM outbox_enqueue(ARRAY[1, 1, 2, 1, 1]::bigint[], ARRAY['a', 'b', 'c', 'd', 'e'], ARRAY[2, 2, 2, 2, 2]::smallint[],
		ARRAY[2, 1, 3, 2, 2]::smallint[], ARRAY['t', 't', 't', 't', 't'], ARRAY[0, 0, 0, 0, 0]::bigint[],
		ARRAY[0, 0, 0, 0, 0]);
	ASSERT (SELECT array_agg(concat_ref ORDER BY id) FROM message WHERE contact_id = 1)
		= ARRAY[255, NULL, 0, 1]::smallint[], (SELECT array_agg(concat_ref ORDER BY id)::text FROM message);
	ASSERT (SELECT concat_ref FROM message WHERE contact_id = 2) = 8, 'each person has her own';
	ASSERT (SELECT concat_ref FROM contact WHERE id = 1) = 1, 'and the next goes on from there';
END $$;
