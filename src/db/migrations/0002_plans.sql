DROP INDEX "blocks_blocked";--> statement-breakpoint
DROP INDEX "events_client_id";--> statement-breakpoint
CREATE INDEX "blocks_blocked" ON "blocks" USING btree ("blocked_id","blocker_id");--> statement-breakpoint
CREATE UNIQUE INDEX "events_client_id" ON "events" USING btree ("actor_id","client_id","room_id") WHERE client_id is not null;--> statement-breakpoint

-- The statements of the write path, once more, so that no plan of theirs can go wrong: a connection plans them once, perhaps
-- while the tables are still empty, and keeps the plan while they grow. So there is nothing to choose. Each look-up is a
-- sub-select of its own (OFFSET 0 keeps it one), for joins could begin at the wrong end; a row is updated by its key, in
-- rooms and members with the words of an upsert, though each is there and locked; and where an index could serve that isn't
-- exact, `+ 0` hides its column.

DROP FUNCTION append_messages(bigint[], text[], bigint[], text[], uuid[], boolean[]);--> statement-breakpoint

-- Appends a batch of messages, in the order given. Two sets of arrays. An element a (room, kind, sender), none twice: p_kind is
-- the kind of room that the sender believes it to be, p_peer the other side of a conversation (null in groups), p_delivered
-- whether that one has an open socket. An element a message: p_from is the number of its room and sender among those; no
-- client_id twice.
-- Answers one row, whose arrays have an element a message: outcomes `new`, `repeated` (client_id seen before: id and seq are
-- the first message's), `not_found` (no such room, or not a member), `muted`, `blocked` (by the sender), `refused` (the sender
-- is blocked); ids and seqs, null where it was refused. And when the new ones were stored.
CREATE FUNCTION append_messages(
  p_room bigint[], p_kind text[], p_sender bigint[], p_peer bigint[], p_delivered boolean[],
  p_from int[], p_body text[], p_client_id uuid[]
) RETURNS TABLE (outcomes text[], ids bigint[], seqs bigint[], created_at timestamptz)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_verdicts text[];
  v_last_seqs bigint[];
  v_outcomes text[];
  v_ids bigint[];
  v_seqs bigint[];
BEGIN
  -- In order of id, so that two processes can't wait for each other.
  PERFORM 1 FROM rooms r WHERE r.id = ANY (p_room) ORDER BY r.id FOR NO KEY UPDATE;
  -- Taken after the locks: within a room time never runs against seq.
  v_now := clock_timestamp();

  -- Who may speak where.
  SELECT array_agg(v.verdict), array_agg(v.last_seq) INTO v_verdicts, v_last_seqs
  FROM (
    SELECT r.last_seq,
           CASE
             WHEN m.user_id IS NULL OR r.kind <> i.kind OR (i.kind = 'direct' AND i.peer_id IS NULL) THEN 'not_found'
             WHEN m.muted_until > v_now THEN 'muted'
             WHEN EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = i.sender_id AND b.blocked_id = i.peer_id OFFSET 0) THEN 'blocked'
             WHEN EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = i.peer_id AND b.blocked_id = i.sender_id OFFSET 0) THEN 'refused'
             ELSE 'new'
           END AS verdict
    FROM unnest(p_room, p_kind, p_sender, p_peer) WITH ORDINALITY AS i (room_id, kind, sender_id, peer_id, ord)
    LEFT JOIN LATERAL (SELECT r.kind, r.last_seq FROM rooms r WHERE r.id = i.room_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (
      SELECT m.user_id, m.muted_until FROM members m WHERE m.room_id = i.room_id AND m.user_id = i.sender_id OFFSET 0
    ) m ON true
    ORDER BY i.ord
  ) v;

  -- What is new, and its place in its room.
  SELECT array_agg(p.outcome),
         array_agg(CASE p.outcome WHEN 'new' THEN nextval('events_id_seq') WHEN 'repeated' THEN p.earlier_id END),
         array_agg(CASE p.outcome WHEN 'new' THEN p.last_seq + p.nth WHEN 'repeated' THEN p.earlier_seq END)
  INTO v_outcomes, v_ids, v_seqs
  FROM (
    SELECT j.*, count(*) FILTER (WHERE j.outcome = 'new') OVER (PARTITION BY j.room_id ORDER BY j.ord) AS nth
    FROM (
      SELECT i.ord, p_room[i.origin] AS room_id, v_last_seqs[i.origin] AS last_seq, e.id AS earlier_id, e.seq AS earlier_seq,
             CASE
               WHEN e.id IS NOT NULL AND v_verdicts[i.origin] <> 'not_found' THEN 'repeated'
               ELSE v_verdicts[i.origin]
             END AS outcome
      FROM unnest(p_from, p_client_id) WITH ORDINALITY AS i (origin, client_id, ord)
      LEFT JOIN LATERAL (
        SELECT e.id, e.seq FROM events e
        WHERE e.actor_id = p_sender[i.origin] AND e.client_id = i.client_id AND e.client_id IS NOT NULL
          AND e.room_id + 0 = p_room[i.origin] OFFSET 0
      ) e ON true
      OFFSET 0
    ) j
    ORDER BY j.ord
  ) p;

  INSERT INTO rooms (id, kind, last_seq, last_event_at) OVERRIDING SYSTEM VALUE
  SELECT p_room[i.origin], '', max(i.seq), v_now
  FROM unnest(v_outcomes, v_seqs, p_from) AS i (outcome, seq, origin)
  WHERE i.outcome = 'new' GROUP BY 1
  ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq, last_event_at = excluded.last_event_at;

  INSERT INTO events (id, room_id, seq, kind, actor_id, body, client_id, created_at, delivered_at)
  OVERRIDING SYSTEM VALUE
  SELECT i.id, p_room[i.origin], i.seq, 'message', p_sender[i.origin], i.body, i.client_id, v_now,
         CASE WHEN p_delivered[i.origin] THEN v_now END
  FROM unnest(v_outcomes, v_ids, v_seqs, p_from, p_body, p_client_id) AS i (outcome, id, seq, origin, body, client_id)
  WHERE i.outcome = 'new';

  RETURN QUERY SELECT v_outcomes, v_ids, v_seqs, v_now;
END
$$;--> statement-breakpoint

-- Moves read cursors. One element a (room, user), none twice; p_message is the last message read, null for the newest.
-- In a conversation the messages themselves get read_at; in a group only the cursor moves.
-- Outcomes: `moved`, `same` (the cursor was there already), `no_message` (no such message in this room), `not_found`.
CREATE OR REPLACE FUNCTION mark_read(p_room bigint[], p_kind text[], p_user bigint[], p_message bigint[])
RETURNS TABLE (ord bigint, outcome text, updated_count bigint, read_seq bigint, last_message_id bigint)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
BEGIN
  PERFORM 1 FROM (SELECT * FROM unnest(p_room, p_user) AS i (room_id, user_id) ORDER BY 1, 2) i
  CROSS JOIN LATERAL (
    SELECT 1 FROM members m WHERE m.room_id = i.room_id AND m.user_id = i.user_id FOR NO KEY UPDATE
  ) m;
  v_now := clock_timestamp();

  RETURN QUERY
  WITH judged AS MATERIALIZED (
    SELECT i.ord, i.room_id, i.kind, i.user_id, m.read_seq AS old_seq, m.delivered_seq, t.seq AS new_seq, t.id AS message_id,
           CASE
             WHEN m.user_id IS NULL OR r.kind <> i.kind THEN 'not_found'
             WHEN t.id IS NULL THEN CASE WHEN i.message_id IS NULL THEN 'same' ELSE 'no_message' END
             WHEN t.seq <= m.read_seq THEN 'same'
             ELSE 'moved'
           END AS outcome
    FROM unnest(p_room, p_kind, p_user, p_message) WITH ORDINALITY AS i (room_id, kind, user_id, message_id, ord)
    LEFT JOIN LATERAL (SELECT r.kind FROM rooms r WHERE r.id = i.room_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (
      SELECT m.user_id, m.read_seq, m.delivered_seq FROM members m
      WHERE m.room_id = i.room_id AND m.user_id = i.user_id OFFSET 0
    ) m ON true
    LEFT JOIN LATERAL (
      (SELECT e.id, e.seq FROM events e
        WHERE e.id = i.message_id AND e.room_id + 0 = i.room_id AND e.kind = 'message' OFFSET 0)
      UNION ALL
      (SELECT e.id, e.seq FROM events e
        WHERE i.message_id IS NULL AND e.room_id = i.room_id AND e.kind = 'message'
        ORDER BY e.room_id DESC, e.seq DESC LIMIT 1)
    ) t ON true
  ), unread AS MATERIALIZED (
    SELECT j.ord, j.kind, e.id, e.is_marked
    FROM judged j
    CROSS JOIN LATERAL (
      SELECT e.id, e.read_at IS NOT NULL AS is_marked FROM events e
      WHERE e.room_id = j.room_id AND e.seq > j.old_seq AND e.seq <= j.new_seq AND e.actor_id + 0 <> j.user_id
        AND e.kind = 'message' OFFSET 0
    ) e
    WHERE j.outcome = 'moved' AND NOT (j.kind = 'direct' AND e.is_marked)
  ), stamped AS (
    UPDATE events e SET read_at = v_now, delivered_at = coalesce(e.delivered_at, v_now)
    WHERE e.id = ANY (ARRAY (SELECT u.id FROM unread u WHERE u.kind = 'direct'))
  ), advanced AS (
    INSERT INTO members (room_id, user_id, read_seq, delivered_seq)
    SELECT j.room_id, j.user_id, j.new_seq, greatest(j.delivered_seq, j.new_seq) FROM judged j WHERE j.outcome = 'moved'
    ON CONFLICT (room_id, user_id) DO UPDATE SET read_seq = excluded.read_seq, delivered_seq = excluded.delivered_seq
  )
  SELECT j.ord, j.outcome, (SELECT count(*) FROM unread u WHERE u.ord = j.ord), greatest(j.old_seq, j.new_seq), j.message_id
  FROM judged j
  ORDER BY j.ord;
END
$$;--> statement-breakpoint

-- Marks what waited for users who have just come online, in one room or (p_room null) in all of theirs.
-- Answers a row per conversation in which messages became delivered, with the newest of them.
CREATE OR REPLACE FUNCTION mark_delivered(p_user bigint[], p_room bigint[])
RETURNS TABLE (room_id bigint, user_id bigint, last_message_id bigint)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz;
  v_rooms bigint[];
  v_users bigint[];
BEGIN
  -- Who has something waiting where.
  SELECT array_agg(w.room_id), array_agg(w.user_id) INTO v_rooms, v_users
  FROM (
    SELECT DISTINCT m.room_id, m.user_id
    FROM unnest(p_user, p_room) AS i (user_id, room_id)
    CROSS JOIN LATERAL (
      (SELECT m.room_id, m.user_id, m.delivered_seq FROM members m
        WHERE i.room_id IS NULL AND m.user_id = i.user_id ORDER BY m.user_id, m.room_id OFFSET 0)
      UNION ALL
      (SELECT m.room_id, m.user_id, m.delivered_seq FROM members m
        WHERE m.room_id = i.room_id AND m.user_id = i.user_id OFFSET 0)
    ) m
    CROSS JOIN LATERAL (SELECT 1 FROM rooms r WHERE r.id = m.room_id AND r.last_seq > m.delivered_seq OFFSET 0) r
    ORDER BY 1, 2
  ) w;
  PERFORM 1 FROM unnest(v_rooms, v_users) AS i (room_id, user_id)
  CROSS JOIN LATERAL (
    SELECT 1 FROM members m WHERE m.room_id = i.room_id AND m.user_id = i.user_id FOR NO KEY UPDATE
  ) m;
  v_now := clock_timestamp();

  RETURN QUERY
  WITH waiting AS MATERIALIZED (
    SELECT i.room_id, i.user_id, m.delivered_seq, r.last_seq, r.kind
    FROM unnest(v_rooms, v_users) AS i (room_id, user_id)
    CROSS JOIN LATERAL (
      SELECT m.delivered_seq FROM members m WHERE m.room_id = i.room_id AND m.user_id = i.user_id OFFSET 0
    ) m
    CROSS JOIN LATERAL (
      SELECT r.kind, r.last_seq FROM rooms r WHERE r.id = i.room_id AND r.last_seq > m.delivered_seq OFFSET 0
    ) r
  ), undelivered AS MATERIALIZED (
    SELECT w.room_id, w.user_id, e.id
    FROM waiting w
    CROSS JOIN LATERAL (
      SELECT e.id FROM events e
      WHERE e.room_id = w.room_id AND e.seq > w.delivered_seq AND e.seq <= w.last_seq AND e.actor_id + 0 <> w.user_id
        AND e.kind = 'message' AND e.delivered_at IS NULL OFFSET 0
    ) e
    WHERE w.kind = 'direct'
  ), stamped AS (
    UPDATE events e SET delivered_at = v_now WHERE e.id = ANY (ARRAY (SELECT u.id FROM undelivered u))
  ), advanced AS (
    INSERT INTO members (room_id, user_id, delivered_seq)
    SELECT w.room_id, w.user_id, w.last_seq FROM waiting w
    ON CONFLICT (room_id, user_id) DO UPDATE SET delivered_seq = excluded.delivered_seq
  )
  SELECT u.room_id, u.user_id, max(u.id) FROM undelivered u GROUP BY u.room_id, u.user_id;
END
$$;
