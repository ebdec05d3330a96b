-- What a message has besides its text, as it is shown, from what is stored: what it is `reply_to` becomes a quote, as it stands now. Its
-- times are PostgreSQL's text. Null for a plain message.
CREATE FUNCTION message_extras_1(p_data jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
AS $$
BEGIN
  IF NOT p_data ? 'reply_to' THEN
    RETURN p_data;
  END IF;
  RETURN p_data - 'reply_to' || coalesce(
    (
      SELECT jsonb_build_object('reply_to', jsonb_strip_nulls(jsonb_build_object(
        'id', e.id, 'seq', e.seq, 'sender_id', e.actor_id,
        'sender_name', (SELECT u.username FROM users u WHERE u.id = e.actor_id),
        'body', coalesce(left(e.body, 200), ''), 'deleted_at', e.deleted_at::text)))
      FROM events e WHERE e.id = (p_data ->> 'reply_to')::bigint
    ),
    '{}');
END
$$;
