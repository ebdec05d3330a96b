-- What a message has besides its text, as this viewer is shown it (null: everybody), from what is stored. What it is `reply_to` becomes a
-- quote, as it stands now, with its formatting but without links; reactions get the first of their people by id, and `mine`. Times are PostgreSQL's text. Null for a plain message.
CREATE FUNCTION message_extras_2(p_data jsonb, p_room bigint, p_message bigint, p_viewer bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  v_extras jsonb := p_data;
BEGIN
  IF p_data ? 'reply_to' THEN
    v_extras := v_extras - 'reply_to' || coalesce(
      (
        SELECT jsonb_build_object('reply_to', jsonb_strip_nulls(jsonb_build_object(
          'id', e.id, 'seq', e.seq, 'sender_id', e.actor_id,
          'sender_name', (SELECT u.username FROM users u WHERE u.id = e.actor_id),
          'body', coalesce(left(e.body, 200), ''), 'kind', e.data #> '{attachments,0,kind}', 'deleted_at', e.deleted_at::text,
          -- Those of the text that is quoted. A quote leads to its message alone, and addresses are long.
          'entities', (
            SELECT jsonb_agg(
              CASE WHEN x.start + x.length > 200 THEN x.entity || jsonb_build_object('length', 200 - x.start) ELSE x.entity END ORDER BY x.n)
            FROM (
              SELECT i.entity, i.n, (i.entity -> 'offset')::int AS start, (i.entity -> 'length')::int AS length
              FROM jsonb_array_elements(e.data -> 'entities') WITH ORDINALITY AS i (entity, n)
            ) x
            WHERE e.deleted_at IS NULL AND x.start < 200 AND x.entity ->> 'type' <> 'link'
          ))))
        FROM events e WHERE e.id = (p_data ->> 'reply_to')::bigint
      ),
      '{}');
  END IF;
  IF p_data ? 'reactions' THEN
    v_extras := v_extras || jsonb_build_object('reactions', (
      SELECT jsonb_agg(i.reaction || jsonb_build_object('user_ids', (
          SELECT jsonb_agg(u.user_id)
          FROM (
            SELECT r.user_id FROM reactions r
            WHERE r.room_id = p_room AND r.event_id = p_message AND r.emoji = i.reaction ->> 'emoji' ORDER BY r.user_id LIMIT 10
          ) u
        )) || CASE
          WHEN EXISTS (
            SELECT 1 FROM reactions r
            WHERE r.room_id = p_room AND r.event_id = p_message AND r.emoji = i.reaction ->> 'emoji' AND r.user_id = p_viewer
          ) THEN '{"mine": true}'
          ELSE '{}'::jsonb
        END ORDER BY i.n)
      FROM jsonb_array_elements(p_data -> 'reactions') WITH ORDINALITY AS i (reaction, n)
    ));
  END IF;
  RETURN v_extras;
END
$$;
