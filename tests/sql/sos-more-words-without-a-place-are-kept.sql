-- SPDX-License-Identifier: GPL-3.0-or-later
-- What she writes after her call for help, and names no place, is a report of it like any other.

INSERT INTO contact (number, kind, created_at) VALUES ('+250788000001', 'e164', city_now());
INSERT INTO message (direction, contact_id, body, at)
SELECT 'in', 1, body, city_now() FROM unnest(ARRAY['SOS', 'chez moi', 'elle saigne', '']) AS body;

DO $$
BEGIN
	ASSERT (service_sos(1, 1, '{"words": "SOS"}'))[1] = 'where', 'asked where';
	ASSERT (service_sos(1, 1, jsonb_build_object('offered', (SELECT reference FROM ticket), 'place', 'chez moi',
		'answer', 2)))[1] = 'people', 'a place that nobody knows';
	ASSERT (service_sos(3, 1, '{"words": "elle saigne"}'))[1] = 'noted', 'more of it';
	ASSERT (service_sos(4, 1, '{"final": true}'))[1] = 'received', 'without any words';
	ASSERT (SELECT count(*) FROM ticket) = 1 AND (SELECT count(*) FROM report) = 3, 'one call, all of it';
	ASSERT (SELECT place FROM ticket) = 'chez moi';
END $$;
