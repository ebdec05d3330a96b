-- What a message has besides its text, as this viewer is shown it (null: everybody): as message_extras_1, and with its reactions.
CREATE FUNCTION message_extras_2(p_data jsonb, p_room bigint, p_message bigint, p_viewer bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  IF p_data IS NULL OR NOT p_data ? 'reactions' THEN
    RETURN message_extras_1(p_data);
  END IF;
  RETURN message_extras_1(p_data) || jsonb_build_object('reactions', (
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
END
$$;
