-- Takes the files of messages that are being deleted: one that no other message has can't be read any more, and is left to the sweeper.
-- Two messages that are deleted at the same time may each leave a file to the other one; the sweeper finds it as well.
CREATE FUNCTION release_files_1(p_rooms bigint[], p_events bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_files bigint[];
BEGIN
  WITH released AS (
    DELETE FROM file_uses u USING unnest(p_rooms, p_events) AS i (room_id, event_id)
    WHERE u.room_id = i.room_id AND u.event_id = i.event_id
    RETURNING u.file_id
  )
  SELECT array_agg(DISTINCT r.file_id) INTO v_files FROM released r;
  IF v_files IS NULL THEN RETURN; END IF;

  UPDATE files f SET state = 'deleted', touched_at = clock_timestamp()
  WHERE f.id IN (
    SELECT l.id FROM files l
    WHERE l.id = ANY (v_files) AND l.state <> 'deleted' AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file_id = l.id)
    ORDER BY l.id FOR NO KEY UPDATE
  );
END
$$;
