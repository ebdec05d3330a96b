-- The statements of the write path. Each is a volatile PL/pgSQL function, so that in READ COMMITTED every statement in it
-- has a snapshot of its own: the locks are taken first, and what is then read is as fresh as the locks. One statement that
-- both locked and read would see the world from before it waited, and could let a removed member speak.

-- Room for the new version of a row on the same page: these two tables are updated all the time, never by an indexed column.
ALTER TABLE "rooms" SET (fillfactor = 50);--> statement-breakpoint
ALTER TABLE "members" SET (fillfactor = 70);--> statement-breakpoint

-- Appends a batch of messages, in the order given. Arrays of equal length, one element a message; p_kind is the kind of room
-- that the sender believes it to be, p_delivered whether the recipient of a direct message has an open socket.
-- Answers a row per message: outcome `new`, `repeated` (client_id seen before: id and seq are the first message's),
-- `not_found` (no such room, or not a member), `muted`, `blocked` (by the sender), `refused` (the sender is blocked).
CREATE FUNCTION append_messages(
  p_room bigint[], p_kind text[], p_sender bigint[], p_body text[], p_client_id uuid[], p_delivered boolean[]
) RETURNS TABLE (ord bigint, outcome text, event_id bigint, seq bigint, created_at timestamptz)
LANGUAGE plpgsql VOLATILE
-- Batches are small and every look-up is by a unique index; a plan made while the tables were still empty must not scan.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
BEGIN
  -- In order of id, so that two processes can't wait for each other.
  PERFORM 1 FROM rooms r WHERE r.id = ANY (p_room) ORDER BY r.id FOR NO KEY UPDATE;
  -- Taken after the locks: within a room time never runs against seq.
  v_now := clock_timestamp();

  RETURN QUERY
  WITH input AS MATERIALIZED (
    SELECT i.room_id, i.kind, i.sender_id, i.body, i.client_id, i.delivered, i.ord,
           min(i.ord) OVER (PARTITION BY i.room_id, i.sender_id, i.client_id) AS first_ord
    FROM unnest(p_room, p_kind, p_sender, p_body, p_client_id, p_delivered)
         WITH ORDINALITY AS i (room_id, kind, sender_id, body, client_id, delivered, ord)
  ), judged AS MATERIALIZED (
    SELECT i.*, r.last_seq, e.id AS earlier_id, e.seq AS earlier_seq,
           CASE
             WHEN m.user_id IS NULL OR r.kind <> i.kind THEN 'not_found'
             WHEN e.id IS NOT NULL THEN 'repeated'
             WHEN m.muted_until > v_now THEN 'muted'
             WHEN c.room_id IS NOT NULL AND EXISTS (
               SELECT 1 FROM blocks b WHERE b.blocker_id = i.sender_id
                 AND b.blocked_id = CASE i.sender_id WHEN c.user_low THEN c.user_high ELSE c.user_low END
             ) THEN 'blocked'
             WHEN c.room_id IS NOT NULL AND EXISTS (
               SELECT 1 FROM blocks b WHERE b.blocked_id = i.sender_id
                 AND b.blocker_id = CASE i.sender_id WHEN c.user_low THEN c.user_high ELSE c.user_low END
             ) THEN 'refused'
             ELSE 'new'
           END AS outcome
    FROM input i
    LEFT JOIN rooms r ON r.id = i.room_id
    LEFT JOIN members m ON m.room_id = i.room_id AND m.user_id = i.sender_id
    LEFT JOIN conversations c ON c.room_id = i.room_id
    LEFT JOIN events e ON e.room_id = i.room_id AND e.actor_id = i.sender_id AND e.client_id = i.client_id
                      AND e.client_id IS NOT NULL
  ), placed AS MATERIALIZED (
    -- Ids are drawn here, in order, so that nothing has to be joined back to what was inserted.
    SELECT j.*,
           CASE WHEN j.outcome = 'new' AND j.ord = j.first_ord THEN nextval('events_id_seq') END AS new_id,
           j.last_seq + count(*) FILTER (WHERE j.outcome = 'new' AND j.ord = j.first_ord)
             OVER (PARTITION BY j.room_id ORDER BY j.ord) AS new_seq
    FROM judged j
    ORDER BY j.ord
  ), advanced AS (
    UPDATE rooms r SET last_seq = p.top, last_event_at = v_now
    FROM (SELECT room_id, max(new_seq) AS top FROM placed WHERE new_id IS NOT NULL GROUP BY room_id) p
    WHERE r.id = p.room_id
  ), inserted AS (
    INSERT INTO events (id, room_id, seq, kind, actor_id, body, client_id, created_at, delivered_at)
    OVERRIDING SYSTEM VALUE
    SELECT p.new_id, p.room_id, p.new_seq, 'message', p.sender_id, p.body, p.client_id, v_now,
           CASE WHEN p.delivered THEN v_now END
    FROM placed p
    WHERE p.new_id IS NOT NULL
  )
  SELECT p.ord,
         CASE WHEN p.outcome = 'new' AND p.new_id IS NULL THEN 'repeated' ELSE p.outcome END,
         coalesce(p.earlier_id, min(p.new_id) OVER twins),
         coalesce(p.earlier_seq, min(p.new_seq) OVER twins),
         v_now
  FROM placed p
  WINDOW twins AS (PARTITION BY p.room_id, p.sender_id, p.client_id)
  ORDER BY p.ord;
END
$$;--> statement-breakpoint

-- Moves read cursors. One element a (room, user), none twice; p_message is the last message read, null for the newest.
-- In a conversation the messages themselves get read_at; in a group only the cursor moves.
-- Outcomes: `moved`, `same` (the cursor was there already), `no_message` (no such message in this room), `not_found`.
CREATE FUNCTION mark_read(p_room bigint[], p_kind text[], p_user bigint[], p_message bigint[])
RETURNS TABLE (ord bigint, outcome text, updated_count bigint, read_seq bigint, last_message_id bigint)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
BEGIN
  PERFORM 1 FROM members m JOIN unnest(p_room, p_user) AS i (room_id, user_id)
    ON m.room_id = i.room_id AND m.user_id = i.user_id
    ORDER BY m.room_id, m.user_id FOR NO KEY UPDATE OF m;
  v_now := clock_timestamp();

  RETURN QUERY
  WITH judged AS MATERIALIZED (
    SELECT i.ord, i.room_id, i.kind, i.user_id, m.read_seq AS old_seq, t.seq AS new_seq, t.id AS message_id,
           CASE
             WHEN m.user_id IS NULL OR r.kind <> i.kind THEN 'not_found'
             WHEN t.id IS NULL THEN CASE WHEN i.message_id IS NULL THEN 'same' ELSE 'no_message' END
             WHEN t.seq <= m.read_seq THEN 'same'
             ELSE 'moved'
           END AS outcome
    FROM unnest(p_room, p_kind, p_user, p_message) WITH ORDINALITY AS i (room_id, kind, user_id, message_id, ord)
    LEFT JOIN rooms r ON r.id = i.room_id
    LEFT JOIN members m ON m.room_id = i.room_id AND m.user_id = i.user_id
    LEFT JOIN LATERAL (
      (SELECT e.id, e.seq FROM events e
        WHERE e.id = i.message_id AND e.room_id = i.room_id AND e.kind = 'message')
      UNION ALL
      (SELECT e.id, e.seq FROM events e
        WHERE i.message_id IS NULL AND e.room_id = i.room_id AND e.kind = 'message' ORDER BY e.seq DESC LIMIT 1)
    ) t ON true
  ), stamped AS (
    UPDATE events e SET read_at = v_now, delivered_at = coalesce(e.delivered_at, v_now)
    FROM judged j
    WHERE j.outcome = 'moved' AND j.kind = 'direct' AND e.room_id = j.room_id AND e.seq > j.old_seq AND e.seq <= j.new_seq
      AND e.actor_id <> j.user_id AND e.kind = 'message' AND e.read_at IS NULL
    RETURNING j.ord
  ), advanced AS (
    UPDATE members m SET read_seq = j.new_seq, delivered_seq = greatest(m.delivered_seq, j.new_seq)
    FROM judged j
    WHERE j.outcome = 'moved' AND m.room_id = j.room_id AND m.user_id = j.user_id
  )
  SELECT j.ord, j.outcome,
         CASE
           WHEN j.outcome <> 'moved' THEN 0
           WHEN j.kind = 'direct' THEN (SELECT count(*) FROM stamped s WHERE s.ord = j.ord)
           ELSE (SELECT count(*) FROM events e WHERE e.room_id = j.room_id AND e.seq > j.old_seq AND e.seq <= j.new_seq
                   AND e.actor_id <> j.user_id AND e.kind = 'message')
         END,
         greatest(j.old_seq, j.new_seq), j.message_id
  FROM judged j
  ORDER BY j.ord;
END
$$;--> statement-breakpoint

-- Marks what waited for users who have just come online, in one room or (p_room null) in all of theirs.
-- Answers a row per conversation in which messages became delivered, with the newest of them.
CREATE FUNCTION mark_delivered(p_user bigint[], p_room bigint[])
RETURNS TABLE (room_id bigint, user_id bigint, last_message_id bigint)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
BEGIN
  PERFORM 1 FROM unnest(p_user, p_room) AS i (user_id, room_id)
    JOIN members m ON m.user_id = i.user_id AND (i.room_id IS NULL OR m.room_id = i.room_id)
    JOIN rooms r ON r.id = m.room_id AND r.last_seq > m.delivered_seq
    ORDER BY m.room_id, m.user_id FOR NO KEY UPDATE OF m;
  v_now := clock_timestamp();

  RETURN QUERY
  WITH waiting AS MATERIALIZED (
    SELECT DISTINCT m.room_id, m.user_id, m.delivered_seq, r.last_seq, r.kind
    FROM unnest(p_user, p_room) AS i (user_id, room_id)
    JOIN members m ON m.user_id = i.user_id AND (i.room_id IS NULL OR m.room_id = i.room_id)
    JOIN rooms r ON r.id = m.room_id AND r.last_seq > m.delivered_seq
  ), stamped AS (
    UPDATE events e SET delivered_at = v_now
    FROM waiting w
    WHERE w.kind = 'direct' AND e.room_id = w.room_id AND e.seq > w.delivered_seq AND e.seq <= w.last_seq
      AND e.actor_id <> w.user_id AND e.kind = 'message' AND e.delivered_at IS NULL
    RETURNING w.room_id, w.user_id, e.id
  ), advanced AS (
    UPDATE members m SET delivered_seq = w.last_seq
    FROM waiting w
    WHERE m.room_id = w.room_id AND m.user_id = w.user_id
  )
  SELECT s.room_id, s.user_id, max(s.id) FROM stamped s GROUP BY s.room_id, s.user_id;
END
$$;
