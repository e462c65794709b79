-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reroute: a link down for long, a till, a dead node's; whole messages, in order, by one link.

SELECT modem_state('m' || n, 1, 'READY', NULL, '/dev/x', '1', '1-1', 'x', '+1'),
	modem_link('m' || n, 'imsi' || n, NULL, NULL, false, 0, 0, 0, 0) FROM generate_series(1, 3) n;
INSERT INTO contact (number, kind, created_at, link_id)
SELECT '+2507880' || lpad(n::text, 5, '0'), 'e164', city_now(), 1 FROM generate_series(1, 9) n;

CREATE FUNCTION pg_temp.queue(p_contact bigint, p_segments integer, p_priority integer DEFAULT 2) RETURNS bigint
LANGUAGE sql AS $$
	SELECT outbox_enqueue(ARRAY[p_contact], ARRAY['x'], ARRAY[p_priority::smallint], ARRAY[p_segments::smallint],
		ARRAY['t'], ARRAY[0::bigint], ARRAY[0])
$$;
CREATE FUNCTION pg_temp.claim(p_link integer) RETURNS text LANGUAGE sql AS $$
	SELECT message_id || '.' || seq FROM outbox_claim(1, ARRAY[p_link], ARRAY[false]) WHERE message_id IS NOT NULL
$$;
CREATE FUNCTION pg_temp.reroute() RETURNS bigint LANGUAGE sql AS $$
	SELECT count(outbox_reroute(message_id, 'Kigali: ' || body, 2::smallint)) FROM outbox_stranded('5 min')
$$;

DO $$
DECLARE
	v_route integer;
BEGIN
	-- Two messages to each of two contacts; the link is down for four minutes, then for six.
	PERFORM pg_temp.queue(1 + n % 2, 1) FROM generate_series(0, 3) n;
	PERFORM modem_state('m1', 1, 'RESTING', NULL, NULL, NULL, NULL, NULL, NULL);
	UPDATE link SET down_since = clock_timestamp() - interval '4 min' WHERE id = 1;
	ASSERT pg_temp.reroute() = 0, 'not yet';
	UPDATE link SET down_since = clock_timestamp() - interval '6 min' WHERE id = 1;
	ASSERT pg_temp.reroute() = 4, 'all';
	ASSERT (SELECT count(*) FROM queue WHERE route = 1) = 0 AND (SELECT count(*) FROM queue) = 8, 'whole, and gone';
	ASSERT (SELECT bool_and(one) FROM (SELECT count(DISTINCT q.route) = 1 AS one FROM queue q
		JOIN message m ON m.id = q.message_id GROUP BY m.contact_id) c), 'one link a contact';
	ASSERT (SELECT array_agg(message_id ORDER BY id) FROM queue WHERE seq = 1) = ARRAY[1, 2, 3, 4]::bigint[], 'in order';
	-- Again, since that one goes down too: the city is named once.
	SELECT route INTO v_route FROM queue LIMIT 1;
	UPDATE link SET up = false, down_since = '-infinity' WHERE id = v_route;
	ASSERT (SELECT bool_and(rerouted) FROM outbox_stranded('5 min')), 'it says so';
	DELETE FROM queue;
	UPDATE link SET up = true, down_since = NULL;

	-- What has begun to leave stays.
	PERFORM pg_temp.queue(1, 2);
	ASSERT pg_temp.claim(1) = '5.1', 'the first part';
	UPDATE link SET up = false, down_since = '-infinity' WHERE id = 1;
	ASSERT pg_temp.reroute() = 0, 'a torso helps nobody';
	DELETE FROM queue;
	DELETE FROM inflight;
	UPDATE link SET up = true, down_since = NULL;

	-- A till only receives: what was queued for it goes by another, what comes later never to it.
	PERFORM pg_temp.queue(1, 1);
	UPDATE link SET receive_only = true WHERE id = 1;
	ASSERT pg_temp.claim(1) IS NULL, 'nothing leaves it';
	ASSERT pg_temp.reroute() = 1, 'its old ones are moved at once';
	PERFORM pg_temp.queue(1, 1);
	ASSERT NOT EXISTS (SELECT FROM queue WHERE route = 1), 'nor its new ones';
	ASSERT pg_temp.claim(1) IS NULL, 'nothing leaves it';
	DELETE FROM queue;
	UPDATE link SET receive_only = false;

	-- A SIM without an SMSC number is up, and sends nothing: after as long as if it were down, others do.
	PERFORM pg_temp.queue(1, 1);
	PERFORM modem_state('m1', 1, 'READY', NULL, NULL, NULL, NULL, NULL, '');
	ASSERT pg_temp.reroute() = 0, 'not yet';
	UPDATE modem SET changed_at = clock_timestamp() - interval '6 min' WHERE name = 'm1';
	UPDATE modem SET smsc = '' WHERE name = 'm2';
	ASSERT pg_temp.reroute() = 1, 'now';
	ASSERT (SELECT bool_and(route = 3) FROM queue), 'by the one that can';
	DELETE FROM queue;
	UPDATE modem SET smsc = '+1';

	-- A long message that any link may send leaves by one.
	UPDATE contact SET link_id = NULL;
	PERFORM pg_temp.queue(3, 3);
	ASSERT pg_temp.claim(2) LIKE '%.1' AND pg_temp.claim(3) IS NULL AND pg_temp.claim(2) LIKE '%.2'
		AND pg_temp.claim(3) IS NULL AND pg_temp.claim(2) LIKE '%.3', 'all by the second';

	-- A link that has had its recipients today leaves it to another.
	UPDATE link SET recipients_per_day = 1, day = '-infinity' WHERE id = 2;
	PERFORM pg_temp.queue(4, 1); PERFORM pg_temp.queue(5, 2);
	ASSERT pg_temp.claim(2) IS NOT NULL AND pg_temp.claim(2) IS NULL, 'one only';
	ASSERT (SELECT count(DISTINCT route) = 1 AND min(route) <> 2 AND max(not_before) = '-infinity' FROM queue), 'another';
	DELETE FROM queue;

	-- A dead node's links are down; our own and a living one's are not.
	UPDATE modem SET epoch = node_begin('ours') WHERE name = 'm2';
	UPDATE modem SET epoch = 999 WHERE name <> 'm2';
	PERFORM node_reclaim((SELECT epoch FROM modem WHERE name = 'm2'));
	ASSERT (SELECT string_agg(id::text, ' ' ORDER BY id) FROM link WHERE up) = '2', 'only ours is up';
	ASSERT (SELECT count(*) FROM link WHERE down_since IS NOT NULL) = 2, 'since now';
END $$;
