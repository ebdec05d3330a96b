-- Takes files out of a message that stays: all but those of these ids. One that no other message has can't be read any more, and is left
-- to the sweeper.
CREATE FUNCTION drop_files_1(p_room bigint, p_event bigint, p_kept jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_files bigint[];
BEGIN
  WITH dropped AS (
    DELETE FROM file_uses u
    WHERE u.room_id = p_room AND u.event_id = p_event AND NOT p_kept @> to_jsonb(u.file_id)
    RETURNING u.file_id
  )
  SELECT array_agg(d.file_id) INTO v_files FROM dropped d;
  IF v_files IS NULL THEN RETURN; END IF;

  UPDATE files f SET state = 'deleted', touched_at = clock_timestamp()
  WHERE f.id = ANY (ARRAY(
    SELECT l.id FROM files l
    WHERE l.id = ANY (v_files) AND l.state <> 'deleted' AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file_id = l.id)
    ORDER BY l.id FOR NO KEY UPDATE
  ));
END
$$;
