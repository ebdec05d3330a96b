-- Marks as delivered what was waiting for users who have just come online, in one room or (p_room null) in all of theirs. Conversations
-- under a block are left until it is lifted. Returns a row for each conversation in which messages became delivered, with the newest.
CREATE FUNCTION mark_delivered_1(p_user bigint[], p_room bigint[])
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
        WHERE i.room_id IS NULL AND m.user_id = i.user_id AND NOT m.is_blocked ORDER BY m.user_id, m.room_id OFFSET 0)
      UNION ALL
      (SELECT m.room_id, m.user_id, m.delivered_seq FROM members m
        WHERE m.room_id = i.room_id AND m.user_id = i.user_id AND NOT m.is_blocked OFFSET 0)
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
