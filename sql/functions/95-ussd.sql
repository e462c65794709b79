-- SPDX-License-Identifier: GPL-3.0-or-later
-- ussd: the database's half of citizens' USSD sessions.  gateway/ussd-turn.c owns the calls: ussd_begin, lists
-- (96-ussd-lists.sql), ussd_store, in one transaction for as many steps as were waiting; gateway/ussd-file.c has ussd_store
-- queued in the inbox's transaction, with what the service did.  A batch holds one step a session, and one a contact.

-- Who reads an alert's text on her first screen: her whom it was or will be sent to, who subscribed to a zone of it, around it
-- or within it, or reported something from there in the last year.  An all-clear is no alert any more.  The worst one's text,
-- in that language if there is one.
--   p_alerts  those in force: ussd_alerts()
CREATE OR REPLACE FUNCTION ussd_alert(p_alerts bigint[], p_contact bigint, p_language text)
RETURNS text
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_year timestamptz := city_now() - interval '1 year';
BEGIN
	RETURN (SELECT (SELECT t.body FROM alert_text t WHERE t.alert_id = a.id
			ORDER BY t.language = p_language DESC NULLS LAST, t.language = coalesce(a.language,
				setting_text('default_language', 'en')) DESC, t.language LIMIT 1)
		FROM alert a
		WHERE a.id = ANY (p_alerts) AND (
			EXISTS (SELECT FROM alert_recipient r WHERE r.alert_id = a.id AND r.contact_id = p_contact)
			OR EXISTS (SELECT FROM subscription s WHERE s.contact_id = p_contact
				AND s.zone_id IN (SELECT z.zone_id FROM alert_reach(a.zones) z))
			OR EXISTS (SELECT FROM report r JOIN ticket t ON t.id = r.ticket_id
				WHERE r.contact_id = p_contact AND r.at > v_year
					AND t.zone_id IN (SELECT z.zone_id FROM alert_reach(a.zones) z WHERE z.inside)))
		ORDER BY alert_severity(a.severity), a.approved_at DESC, a.id LIMIT 1);
END $$;

CREATE OR REPLACE FUNCTION ussd_alerts()
RETURNS bigint[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
	RETURN ARRAY(SELECT a.id FROM info_in_force() a WHERE a.kind IN ('alert', 'update'));
END $$;

-- What is known of each step's session, which is made if there is none; it is locked until the transaction's end.  One row a
-- step, in the order given.
--   p_digest    of the whole text; NULL: not known yet, and no step is looked for
--   outcome     new: no step of it is stored yet; open; known: screen and more are what this step was answered with;
--               ended: it is over, and this is no step of it; other: it is another phone's, or nobody's any more
--   history, state, menu   of the session, as they were stored
--   language    hers, or NULL
--   alert       the text of the alert for her, or NULL
--   offers      of a new one: her session that was cut, and may be gone on with: `resume` is its state
DROP FUNCTION IF EXISTS ussd_begin;
CREATE FUNCTION ussd_begin(p_way text[], p_session text[], p_number text[], p_code text[], p_menu text[], p_digest uuid[])
RETURNS TABLE (session_id bigint, contact_id bigint, outcome text, screen text, more boolean, history text, state text,
	menu text, language text, blocked boolean, alert text, offers bigint, resume text)
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
	v_alerts bigint[] := ussd_alerts();
	v_new bigint[];
BEGIN
	INSERT INTO contact (number, kind, created_at)
	SELECT n.number, 'e164', v_now FROM unnest(p_way, p_session, p_number) AS n(way, session, number)
	WHERE NOT EXISTS (SELECT FROM contact c WHERE c.number = n.number)
		AND NOT EXISTS (SELECT FROM ussd_session o WHERE o.way = n.way AND o.session = n.session) -- of who was forgotten
	ORDER BY n.number
	ON CONFLICT (number) DO NOTHING;

	WITH made AS (
		INSERT INTO ussd_session AS s (way, session, contact_id, code, menu, started_at, stepped_at)
		SELECT i.way, i.session, c.id, i.code, i.menu, v_now, v_now
		FROM unnest(p_way, p_session, p_number, p_code, p_menu) AS i(way, session, number, code, menu)
		JOIN contact c ON c.number = i.number
		WHERE NOT EXISTS (SELECT FROM ussd_session o WHERE o.way = i.way AND o.session = i.session)
		ORDER BY i.way, i.session
		ON CONFLICT ON CONSTRAINT ussd_session_way_session_key DO NOTHING
		RETURNING s.id
	)
	SELECT array_agg(m.id) INTO v_new FROM made m;

	-- The same step may have come to another node too: the second one sees what the first has stored.
	PERFORM FROM unnest(p_way, p_session) AS i(way, session)
	JOIN ussd_session s ON s.way = i.way AND s.session = i.session
	ORDER BY s.id FOR NO KEY UPDATE OF s;

	-- A phone has one session at a time: with a new one its last one was cut, whether anybody told so or not. As this is asked,
	-- no index but that of contacts serves: whatever a plan was made of, her sessions are looked through and not all there are.
	IF v_new IS NOT NULL THEN
		UPDATE ussd_session SET ended_at = least(v_now, stepped_at + ussd_patience()), how = 'cut'
		WHERE id = ANY (ARRAY(
			SELECT o.id FROM ussd_session n JOIN ussd_session o ON o.contact_id = n.contact_id AND o.id <> n.id
			WHERE n.id = ANY (v_new) AND o.code = n.code AND o.how IS NULL
			FOR NO KEY UPDATE OF o SKIP LOCKED));
	END IF;

	RETURN QUERY
	SELECT s.id, s.contact_id, CASE WHEN s.contact_id = c.id IS NOT TRUE THEN 'other' WHEN k.digest IS NOT NULL THEN 'known'
			WHEN s.ended_at IS NOT NULL AND (s.how <> 'cut' OR s.settled) THEN 'ended'
			WHEN s.steps = 0 THEN 'new' ELSE 'open' END,
		k.screen, k.more, s.history, s.state, s.menu, c.language,
		c.blocked OR EXISTS (SELECT FROM link l WHERE l.number = i.number),
		CASE WHEN v_alerts <> '{}' THEN ussd_alert(v_alerts, c.id, c.language) END,
		o.id, o.state
	FROM unnest(p_way, p_session, p_number, p_digest) WITH ORDINALITY AS i(way, session, number, digest, ord)
	LEFT JOIN ussd_session s ON s.way = i.way AND s.session = i.session
	LEFT JOIN contact c ON c.number = i.number -- none: she was forgotten within this moment
	LEFT JOIN ussd_step k ON k.session_id = s.id AND k.digest = i.digest
	LEFT JOIN LATERAL ( -- which is "cut", said so that no index but that of contacts serves
		SELECT p.id, p.state FROM ussd_session p
		WHERE s.steps = 0 AND p.contact_id = s.contact_id AND p.id < s.id AND p.code = s.code AND p.menu = s.menu
			AND p.how NOT IN ('shown', 'resumed') AND NOT p.settled AND NOT p.running AND p.service IS NOT NULL AND p.state <> ''
			AND p.ended_at > v_now - ussd_resumable()
		ORDER BY p.id DESC LIMIT 1) o ON true
	ORDER BY i.ord;
END $$;

-- What the steps were answered with.
--   p_screen    NULL: nothing is shown yet: the inbox has the form that she has confirmed, of p_service, p_complete when
--               what is filed would be missed, and p_summary
--   p_state     where the dialogue stands, and p_service, p_complete, p_summary what form is begun there
--   p_language  that she has chosen; NULL: none
--   p_offers    of a new session: her session that is offered to be gone on with
--   p_went      resumed, declined: what she said of that; lost: the menu is another than when she began; NULL: nothing
--   p_letter    of the one step that the inbox files: what came of it, for an SMS unless she sees it (ussd_letters); NULL: none
DROP FUNCTION IF EXISTS ussd_store;
CREATE FUNCTION ussd_store(p_session bigint[], p_digest uuid[], p_screen text[], p_more boolean[], p_history text[],
	p_state text[], p_service text[], p_complete boolean[], p_summary text[], p_language text[], p_offers bigint[],
	p_went text[], p_letter text DEFAULT NULL, p_letter_service text DEFAULT NULL, p_letter_segments integer DEFAULT NULL,
	p_letter_priority integer DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_now();
BEGIN
	-- What she goes on with is this session's from now on, and what that one in its turn had only asked about: she has answered
	-- for all of them, but for one that has had a step since.  Who is asked a question of hers can have been forgotten meanwhile.
	IF EXISTS (SELECT FROM unnest(p_went) AS w WHERE w IS NOT NULL) THEN
		WITH RECURSIVE gone (id, went) AS (
			SELECT s.offers, i.went FROM unnest(p_session, p_went) AS i(session, went) JOIN ussd_session s ON s.id = i.session
			WHERE i.went <> 'lost' AND s.offers IS NOT NULL
			UNION
			SELECT p.id, g.went FROM gone g JOIN ussd_session o ON o.id = g.id JOIN ussd_session p ON p.id = o.offers
			WHERE p.stepped_at <= o.started_at
		)
		UPDATE ussd_session o SET settled = true, state = '', history = '',
			how = CASE g.went WHEN 'resumed' THEN 'resumed' ELSE o.how END
		FROM gone g WHERE o.id = g.id AND o.how = 'cut' AND NOT o.settled;

		-- Her screens are others now: what was complete but for its confirmation is a human's.
		INSERT INTO tray (kind, contact_id, note, at)
		SELECT 'unconfirmed', s.contact_id, s.summary, v_now
		FROM unnest(p_session, p_went) AS i(session, went) JOIN ussd_session s ON s.id = i.session
		WHERE i.went = 'lost' AND s.service IS NOT NULL AND s.complete AND NOT s.running;
	END IF;

	INSERT INTO ussd_step (session_id, digest, screen, more)
	SELECT s.id, i.digest, i.screen, i.more
	FROM unnest(p_session, p_digest, p_screen, p_more) AS i(session, digest, screen, more)
	JOIN ussd_session s ON s.id = i.session
	WHERE i.screen IS NOT NULL
	ON CONFLICT ON CONSTRAINT ussd_step_pkey DO NOTHING;

	UPDATE ussd_session s SET stepped_at = v_now, steps = s.steps + (i.screen IS NOT NULL)::integer,
		running = i.screen IS NULL,
		service = CASE WHEN i.screen IS NULL OR i.more THEN i.service END,
		complete = (i.screen IS NULL OR i.more) AND i.complete,
		summary = CASE WHEN i.screen IS NULL OR i.more THEN i.summary ELSE '' END,
		history = CASE WHEN i.screen IS NULL THEN s.history WHEN i.more THEN i.history ELSE '' END,
		state = CASE WHEN i.screen IS NULL THEN s.state WHEN i.more THEN i.state ELSE '' END,
		offers = coalesce(i.offers, s.offers),
		ended_at = CASE WHEN i.screen IS NULL OR i.more THEN NULL ELSE v_now END,
		how = CASE WHEN i.screen IS NULL OR i.more THEN NULL ELSE 'shown' END,
		settled = i.screen IS NOT NULL AND NOT i.more
	FROM unnest(p_session, p_screen, p_more, p_history, p_state, p_service, p_complete, p_summary, p_offers)
		AS i(session, screen, more, history, state, service, complete, summary, offers)
	WHERE s.id = i.session;

	IF p_letter IS NOT NULL THEN
		INSERT INTO ussd_letter (session_id, digest, contact_id, service, body, segments, priority, at)
		SELECT s.id, p_digest[1], s.contact_id, p_letter_service, p_letter, p_letter_segments, p_letter_priority, clock_timestamp()
		FROM ussd_session s WHERE s.id = p_session[1]
		ON CONFLICT ON CONSTRAINT ussd_letter_pkey DO NOTHING;
	END IF;

	IF EXISTS (SELECT FROM unnest(p_language) AS l WHERE l IS NOT NULL) THEN
		UPDATE contact c SET language = i.language, language_chosen = true
		FROM unnest(p_session, p_language) AS i(session, language) JOIN ussd_session s ON s.id = i.session
		WHERE i.language IS NOT NULL AND c.id = s.contact_id;
	END IF;
END $$;

-- The inbox does not have these forms any more: nothing was filed, and she may go on where she was.
CREATE OR REPLACE FUNCTION ussd_halted(p_session bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE ussd_session SET running = false WHERE id = ANY (p_session) AND running;
END $$;

-- How long a letter waits for its gateway's word: longer than one takes that is alive.
CREATE OR REPLACE FUNCTION ussd_letter_patience()
RETURNS interval
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN interval '10 seconds';
END $$;

-- What the gateway knows of its letters: those that are not owed, since she has seen the screen, are taken back, the others are
-- queued; also those of which nobody has said anything for longer than a gateway lives without a word, since it is gone, and what
-- she saw nobody knows.  Each once, whoever calls.  Returns how many were queued.
CREATE OR REPLACE FUNCTION ussd_letters(p_session bigint[], p_digest uuid[], p_owed boolean[], p_validity_min integer)
RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
	v_letter ussd_letter[];
BEGIN
	DELETE FROM ussd_letter l USING unnest(p_session, p_digest, p_owed) AS i(session, digest, owed)
	WHERE l.session_id = i.session AND l.digest = i.digest AND NOT i.owed;

	WITH due AS (
		SELECT l.session_id, l.digest FROM ussd_letter l
		WHERE l.at NOT BETWEEN clock_timestamp() - ussd_letter_patience() AND clock_timestamp() + ussd_letter_patience()
			OR (l.session_id, l.digest) IN (SELECT i.session, i.digest FROM unnest(p_session, p_digest) AS i(session, digest))
		ORDER BY l.session_id, l.digest LIMIT 500 FOR UPDATE SKIP LOCKED
	), gone AS (
		DELETE FROM ussd_letter l USING due d WHERE l.session_id = d.session_id AND l.digest = d.digest RETURNING l
	)
	SELECT array_agg(g.l ORDER BY (g.l).at) INTO v_letter FROM gone g;

	IF v_letter IS NOT NULL THEN
		PERFORM outbox_enqueue(array_agg(l.contact_id), array_agg(l.body), array_agg(l.priority), array_agg(l.segments),
			array_agg(l.service), array_agg(0::bigint), array_agg(p_validity_min)) FROM unnest(v_letter) AS l;
	END IF;
	RETURN coalesce(cardinality(v_letter), 0);
END $$;

-- An aggregator tells that these sessions have ended.
CREATE OR REPLACE FUNCTION ussd_over(p_way text[], p_session text[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE ussd_session SET ended_at = city_now(), how = 'cut'
	WHERE id = ANY (ARRAY(
		SELECT s.id FROM unnest(p_way, p_session) AS i(way, session)
		JOIN ussd_session s ON s.way = i.way AND s.session = i.session
		WHERE s.ended_at IS NULL ORDER BY s.id FOR NO KEY UPDATE OF s));
END $$;

-- Time --------------------------------------------------------------------------------------------

-- Without a step for so long a session is cut.  The network's own limit is shorter.
CREATE OR REPLACE FUNCTION ussd_patience()
RETURNS interval
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN interval '180 seconds';
END $$;

-- For so long a cut one can be gone on with.
CREATE OR REPLACE FUNCTION ussd_resumable()
RETURNS interval
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
	RETURN interval '10 minutes';
END $$;

-- What is due: sessions without a step are cut; of cut ones that nobody goes on with, a form that was complete is put before a
-- human, and nothing else is left; that of one which a later one still asks about is that one's.  Returns rows done.  What
-- another node is at is passed over.  A clock that was put back makes nobody wait for longer; by one that cannot be believed
-- nothing is due.
CREATE OR REPLACE FUNCTION ussd_due()
RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
	v_now timestamptz := city_due_now();
	v_cut integer;
	v_settled integer;
BEGIN
	UPDATE ussd_session SET ended_at = least(v_now, stepped_at + ussd_patience()), how = 'cut'
	WHERE id = ANY (ARRAY(SELECT id FROM ussd_session WHERE ended_at IS NULL
			AND stepped_at NOT BETWEEN v_now - ussd_patience() AND v_now + ussd_patience()
		ORDER BY id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED));
	GET DIAGNOSTICS v_cut = ROW_COUNT;

	WITH old AS (
		SELECT s.id, s.contact_id, s.summary, s.service IS NOT NULL AND s.complete AND NOT EXISTS (
			SELECT FROM ussd_session n WHERE n.contact_id = s.contact_id AND n.id > s.id AND n.offers = s.id
				AND NOT n.settled AND n.service IS NOT NULL AND n.started_at >= s.stepped_at) AS unconfirmed
		FROM ussd_session s
		WHERE s.how = 'cut' AND NOT s.settled
			AND s.ended_at NOT BETWEEN v_now - ussd_resumable() AND v_now + ussd_resumable()
		ORDER BY s.id LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED
	), told AS (
		INSERT INTO tray (kind, contact_id, note, at)
		SELECT 'unconfirmed', o.contact_id, o.summary, v_now FROM old o JOIN contact c ON c.id = o.contact_id
		WHERE o.unconfirmed AND c.erased_at IS NULL ORDER BY o.id
	)
	UPDATE ussd_session s SET settled = true, history = '', state = '', summary = '' FROM old o WHERE s.id = o.id;
	GET DIAGNOSTICS v_settled = ROW_COUNT;
	RETURN v_cut + v_settled;
END $$;

-- Seconds until there is something to do for it, or for ussd_letters(); NULL: nothing is under way.
--   p_believable  else no more than letters is, and whether it is so is looked at again in a minute
DROP FUNCTION IF EXISTS ussd_next;
CREATE FUNCTION ussd_next(p_believable boolean DEFAULT true)
RETURNS double precision
LANGUAGE plpgsql STABLE AS $$
DECLARE
	v_letters double precision := extract(epoch FROM (SELECT min(at) FROM ussd_letter) + ussd_letter_patience()
		- clock_timestamp());
BEGIN
	IF NOT p_believable THEN
		RETURN least(v_letters, 60);
	END IF;
	RETURN least(v_letters, extract(epoch FROM least(
		(SELECT min(stepped_at) FROM ussd_session WHERE ended_at IS NULL) + ussd_patience(),
		(SELECT min(ended_at) FROM ussd_session WHERE how = 'cut' AND NOT settled) + ussd_resumable()) - city_now()));
END $$;
