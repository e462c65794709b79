-- SPDX-License-Identifier: GPL-3.0-or-later
-- node: who is alive, and what the dead were doing.

-- Begin an epoch of this node and hold its lock for the session's life.  A node may send by several sessions: the first
-- names it, the others (NULL) have epochs of their own, since what is in flight dies with its session.
CREATE OR REPLACE FUNCTION node_begin(p_name text)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_epoch bigint;
BEGIN
	IF p_name IS NULL THEN
		v_epoch := nextval(pg_get_serial_sequence('node', 'epoch'));
	ELSE
		INSERT INTO node (name) VALUES (p_name) RETURNING epoch INTO v_epoch;
	END IF;
	PERFORM pg_advisory_lock(hashtext('baraza epoch'), v_epoch::integer);
	RETURN v_epoch;
END $$;

-- After a lost connection: segments that this process itself gave to its modems stay in flight under its new epoch;
-- what else its old epoch had claimed was never given away, and goes back.  Its modems are this epoch's before
-- node_reclaim() looks for those of the dead.
CREATE OR REPLACE FUNCTION node_adopt(p_old bigint, p_new bigint, p_message bigint[], p_seq smallint[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE inflight f SET epoch = p_new
	FROM unnest(p_message, p_seq) AS k(message_id, seq)
	WHERE f.epoch = p_old AND f.message_id = k.message_id AND f.seq = k.seq;
	UPDATE modem SET epoch = p_new WHERE epoch = p_old;
	PERFORM node_return(p_old);
END $$;

-- Give an epoch's claims that never left back to the queue.
CREATE OR REPLACE FUNCTION node_return(p_epoch bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	WITH gone AS (DELETE FROM inflight WHERE epoch = p_epoch RETURNING *)
	INSERT INTO queue (route, priority, message_id, seq, attempts)
	SELECT coalesce(m.link_id, 0), g.priority, g.message_id, g.seq, g.attempts
	FROM gone g JOIN message m ON m.id = g.message_id;
END $$;

-- What dead nodes were submitting may have left: it becomes unknown, visible, never silently resent.  Their links
-- are down.  p_epochs: this node's own, also of sessions that it is just renewing.  Returns how many foreign claims
-- remain (their nodes live, or their sessions are still ending).
DROP FUNCTION IF EXISTS node_reclaim;
CREATE FUNCTION node_reclaim(VARIADIC p_epochs bigint[])
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_epoch bigint;
	v_row record;
BEGIN
	-- First, since below we hold the locks of the dead ourselves.
	UPDATE link l SET up = false, down_since = clock_timestamp()
	WHERE l.up AND l.kind = 'sim' AND NOT EXISTS (SELECT FROM modem m WHERE m.link_id = l.id
		AND (m.epoch IS NULL OR m.epoch = ANY (p_epochs) OR node_alive(m.epoch)));
	FOR v_epoch IN SELECT DISTINCT epoch FROM inflight WHERE epoch <> ALL (p_epochs) LOOP
		CONTINUE WHEN NOT pg_try_advisory_xact_lock(hashtext('baraza epoch'), v_epoch::integer);
		FOR v_row IN SELECT * FROM inflight WHERE epoch = v_epoch LOOP
			PERFORM outbox_result(v_row.message_id, v_row.seq, v_row.link_id, 'unknown', NULL, NULL, 0);
		END LOOP;
	END LOOP;
	RETURN (SELECT count(*) FROM inflight WHERE epoch <> ALL (p_epochs));
END $$;
