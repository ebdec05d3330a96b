-- Moves read positions. One element a user in a room, none twice; p_message is the last message read, null for the newest. In a
-- conversation the messages themselves get read_at; in a group only the position moves.
-- Outcomes: `moved`, `hidden` (moved, behind a block, so that nobody is notified), `private` (moved, and nobody else is to know: the
-- reader, or in a conversation either side, shows no receipts), `same` (it was there already), `no_message` (no such message in this
-- room), `not_found` (no such room of that kind, or not a member). updated_count: how many messages became read, deleted ones aside.
CREATE FUNCTION mark_read_4(p_room bigint[], p_kind text[], p_user bigint[], p_message bigint[])
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
             WHEN m.is_blocked THEN 'hidden'
             WHEN m.hides_reads THEN 'private'
             ELSE 'moved'
           END AS outcome
    FROM unnest(p_room, p_kind, p_user, p_message) WITH ORDINALITY AS i (room_id, kind, user_id, message_id, ord)
    LEFT JOIN LATERAL (SELECT r.kind FROM rooms r WHERE r.id = i.room_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (
      SELECT m.user_id, m.read_seq, m.delivered_seq, m.is_blocked, m.hides_reads FROM members m
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
    SELECT j.ord, j.kind, j.outcome, e.id, e.is_deleted
    FROM judged j
    CROSS JOIN LATERAL (
      SELECT e.id, e.read_at IS NOT NULL AS is_marked, e.deleted_at IS NOT NULL AS is_deleted FROM events e
      WHERE e.room_id = j.room_id AND e.seq > j.old_seq AND e.seq <= j.new_seq AND e.actor_id + 0 <> j.user_id
        AND e.kind = 'message' OFFSET 0
    ) e
    WHERE j.outcome IN ('moved', 'private') AND NOT (j.kind = 'direct' AND e.is_marked)
  ), stamped AS (
    UPDATE events e SET read_at = v_now, delivered_at = coalesce(e.delivered_at, v_now)
    WHERE e.id = ANY (ARRAY (SELECT u.id FROM unread u WHERE u.kind = 'direct' AND u.outcome = 'moved'))
  ), advanced AS (
    INSERT INTO members (room_id, user_id, read_seq, delivered_seq)
    -- (Where others must not know, nor must they by a delivery that only reading can have moved.)
    SELECT j.room_id, j.user_id, j.new_seq,
           CASE WHEN j.outcome = 'private' THEN j.delivered_seq ELSE greatest(j.delivered_seq, j.new_seq) END
    FROM judged j
    WHERE j.outcome IN ('moved', 'hidden', 'private')
    ON CONFLICT (room_id, user_id) DO UPDATE SET read_seq = excluded.read_seq, delivered_seq = excluded.delivered_seq
  )
  SELECT j.ord, j.outcome, (SELECT count(*) FROM unread u WHERE u.ord = j.ord AND NOT u.is_deleted), greatest(j.old_seq, j.new_seq), j.message_id
  FROM judged j
  ORDER BY j.ord;
END
$$;
