-- SPDX-License-Identifier: GPL-3.0-or-later
-- A link that goes away in mid-alert: of a long message of which a part has left the rest is given up, and its recipient gets a
-- whole one by another link, three times at most; what has not begun is any other's; a message whose only segment was in its
-- hands is unknown, and never sent again by itself.

\ir lib/alert-city.sql
INSERT INTO link (identity, up, send_ms) VALUES ('i1', true, 3000), ('i2', true, 3000);
INSERT INTO subscription SELECT n, 2, city_now() FROM generate_series(1, 3) n;

-- The link has sent the first part of its message, and goes away.
CREATE FUNCTION pg_temp.begin_one(p_link integer) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_temp.claim(p_link);
	RETURN pg_temp.ended(p_link, 'sent');
END $$;

DO $$
DECLARE
	a text := pg_temp.draft('{}', 2);
	v_who bigint;
	v_first bigint;
BEGIN
	ASSERT pg_temp.approve(a) = 'approved', 'approved';
	v_who := pg_temp.begin_one(1);
	v_first := (SELECT message_id FROM alert_recipient WHERE contact_id = v_who);
	ASSERT alert_rescue() = 0, 'while the link is well its messages are its own';
	UPDATE link SET up = false, down_since = clock_timestamp() WHERE id = 1;
	ASSERT alert_rescue() = 0, 'it may come again';
	UPDATE link SET down_since = clock_timestamp() - interval '31 s' WHERE id = 1;
	ASSERT alert_rescue() = 1, 'it does not';
	ASSERT (SELECT state FROM message WHERE id = v_first) = 'failed' AND NOT EXISTS (SELECT FROM queue WHERE message_id = v_first),
		'the torso is given up';
	ASSERT (SELECT state = 'planned' AND maybe AND tries = 1 FROM alert_recipient WHERE contact_id = v_who), 'planned again';
	ASSERT alert_rescue() = 0, 'once';
	ASSERT alert_next() = 0, 'at once';
	PERFORM alert_expand(100);
	ASSERT (SELECT state = 'queued' AND message_id <> v_first AND tries = 2 FROM alert_recipient WHERE contact_id = v_who), 'a whole one';
	ASSERT (SELECT count(*) FROM message WHERE contact_id = v_who AND service = 'alert' AND state = 'queued') = 1, 'one';

	-- The other link goes the same way, twice: then it is enough.
	FOR i IN 1..2 LOOP
		UPDATE queue SET not_before = '-infinity' WHERE message_id = (SELECT message_id FROM alert_recipient WHERE contact_id = v_who);
		ASSERT pg_temp.begin_one(2) = v_who, 'hers';
		UPDATE link SET paused_until = clock_timestamp() + interval '10 minutes' WHERE id = 2;
		ASSERT alert_rescue() = 1, 'a pause of ten minutes';
		UPDATE link SET paused_until = NULL WHERE id = 2;
		PERFORM alert_expand(100);
	END LOOP;
	ASSERT (SELECT state = 'queued' AND tries = 3 FROM alert_recipient WHERE contact_id = v_who), 'three times';
	ASSERT (SELECT failed = 1 AND queued = 2 FROM alert_status_count WHERE reference = a), 'failed, visibly';
	-- She may have had a part of it: what follows reaches her.
	ASSERT EXISTS (SELECT FROM alert_had(ARRAY[alert_id(a)]) WHERE contact_id = v_who), 'may have had it';
END $$;

-- Each sort of a link that cannot send; and a cap, which midnight ends.
DO $$
DECLARE
	v record;
	a text;
BEGIN
	FOR v IN SELECT * FROM (VALUES
		('receive_only = true', 'receive_only = false'),
		('up = false, down_since = NULL', 'up = true'),
		('paused_until = clock_timestamp() + interval ''1 hour''', 'paused_until = NULL'),
		('per_day = 5, day = city_now()::date, day_count = 5', 'per_day = 0, day_count = 0')) AS x(lost, well)
	LOOP
		DELETE FROM queue;
		DELETE FROM alert_recipient;
		UPDATE alert SET state = 'done';
		a := pg_temp.draft('{}', 2);
		UPDATE link SET up = true, paused_until = NULL, receive_only = false;
		PERFORM pg_temp.approve(a);
		PERFORM pg_temp.begin_one(2);
		ASSERT alert_rescue() = 0, 'well';
		EXECUTE 'UPDATE link SET ' || v.lost || ' WHERE id = 2';
		ASSERT alert_rescue() = 1, v.lost;
		EXECUTE 'UPDATE link SET ' || v.well || ' WHERE id = 2';
		PERFORM alert_expand(100);
		ASSERT (SELECT queued = 3 FROM alert_status_count WHERE reference = a), 'all again: ' || v.lost;
	END LOOP;
	-- A pause of a moment is none.
	PERFORM pg_temp.begin_one(2);
	UPDATE link SET paused_until = clock_timestamp() + interval '5 s' WHERE id = 2;
	ASSERT alert_rescue() = 0, 'five seconds';
END $$;

-- What has not begun, but was given to that link, is any other's; what it has in hand stays, and becomes unknown.
DELETE FROM queue;
DELETE FROM alert_recipient;
UPDATE alert SET state = 'done';
UPDATE link SET up = true, paused_until = NULL;
DO $$
DECLARE
	a text := pg_temp.draft();
	v_who bigint;
BEGIN
	PERFORM pg_temp.approve(a);
	v_who := pg_temp.claim(1);
	PERFORM outbox_follow((SELECT message_id FROM queue ORDER BY id LIMIT 1), 1);
	UPDATE link SET up = false, down_since = '-infinity' WHERE id = 1;
	ASSERT alert_rescue() = 1, 'the one that waits';
	ASSERT (SELECT count(*) FROM queue WHERE route = 0) = 2, 'any link''s';
	PERFORM pg_temp.ended(1, 'unknown');
	ASSERT alert_rescue() = 0, 'unknown is unknown';
	ASSERT pg_temp.claim(2) IS NOT NULL AND pg_temp.ended(2, 'sent') IS NOT NULL AND pg_temp.claim(2) IS NOT NULL
		AND pg_temp.ended(2, 'sent') IS NOT NULL, 'the other link has them';
	PERFORM alert_expand(100), alert_expand(100);
	ASSERT (SELECT state FROM alert WHERE reference = a) = 'done', 'done';
	ASSERT (SELECT unknown = 1 AND sent = 2 FROM alert_status_count WHERE reference = a), 'nobody twice';
	ASSERT (SELECT contact_number FROM alert_unknown WHERE reference = a) = (SELECT number FROM contact WHERE id = v_who), 'listed';
	-- What is settled later settles it.
	PERFORM outbox_ended(ARRAY[message_id], ARRAY[1::smallint], ARRAY[1], ARRAY['sent'], ARRAY[7::smallint], ARRAY[NULL::integer])
	FROM alert_recipient WHERE contact_id = v_who;
	ASSERT (SELECT unknown = 0 AND sent = 3 FROM alert_status_count WHERE reference = a), 'known after all';
END $$;

-- A link that comes or goes while an alert is on its way is told of; else nobody is.
\ir lib/two-sessions.sql
UPDATE alert SET state = 'done';
DO $$
BEGIN
	PERFORM dblink_exec('s1', 'LISTEN baraza_alert');
	PERFORM dblink_exec('s2', 'UPDATE link SET up = true, day_count = 3');
	ASSERT (SELECT count(*) FROM dblink_get_notify('s1')) = 0, 'nothing is on its way';
	UPDATE alert SET state = 'approved';
END $$;
DO $$
BEGIN
	PERFORM dblink_exec('s2', 'UPDATE link SET day_count = 4');
	PERFORM pg_temp.says('s1', 'SELECT ''by now it has come''');
	ASSERT (SELECT count(*) FROM dblink_get_notify('s1')) = 0, 'a claim tells nobody';
	PERFORM dblink_exec('s2', 'UPDATE link SET up = false WHERE id = 1');
	PERFORM pg_temp.says('s1', 'SELECT ''by now it has come''');
	ASSERT (SELECT count(*) FROM dblink_get_notify('s1')) = 1, 'a lost link does';
END $$;
