-- Who is told of a message with this data by this sender: the members that it mentions, 0 for all of them, and the author of the message
-- that it replies to; none who blocks the sender. Somebody may come twice: the lowest rank counts.
CREATE FUNCTION message_mentions_1(p_room bigint, p_actor bigint, p_data jsonb) RETURNS TABLE (user_id bigint, kind text, rank int)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
  IF p_data ? 'entities' OR p_data ? 'reply_to' THEN
    RETURN QUERY
    SELECT t.user_id, t.kind, t.rank
    FROM (
      SELECT (i.entity ->> 'user_id')::bigint AS user_id, 'mention' AS kind, 1 AS rank
      FROM jsonb_array_elements(p_data -> 'entities') AS i (entity) WHERE i.entity ->> 'type' = 'mention'
      UNION ALL
      SELECT e.actor_id, 'reply', 2 FROM events e WHERE e.id = (p_data ->> 'reply_to')::bigint
    ) t
    WHERE t.user_id <> p_actor
      AND EXISTS (SELECT 1 FROM members m WHERE m.room_id = p_room AND m.user_id = t.user_id OFFSET 0)
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = t.user_id AND b.blocked_id = p_actor OFFSET 0);
    IF p_data @> '{"entities": [{"type": "mention_all"}]}' THEN
      RETURN QUERY SELECT 0::bigint, 'mention', 1;
    END IF;
  END IF;
END
$$;
