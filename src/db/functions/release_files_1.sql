-- Takes the files of messages that are being deleted: one that no other message has can't be read any more, and is left to the sweeper.
-- Two messages that are deleted at the same time may each leave a file to the other one; the sweeper finds it as well.
CREATE FUNCTION release_files_1(p_rooms bigint[], p_events bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  v_files bigint[];
  v_room bigint;
BEGIN
  -- Room by room: a plan for all of them, made while the table was small, might read all of it later.
  FOR v_room IN SELECT DISTINCT i.id FROM unnest(p_rooms) AS i (id) LOOP
    WITH released AS (
      DELETE FROM file_uses u
      WHERE u.room_id = v_room AND u.event_id = ANY (ARRAY(
        SELECT i.event_id FROM unnest(p_rooms, p_events) AS i (room_id, event_id) WHERE i.room_id = v_room
      ))
      RETURNING u.file_id
    )
    SELECT v_files || array_agg(DISTINCT r.file_id) INTO v_files FROM released r;
  END LOOP;
  IF v_files IS NULL THEN RETURN; END IF;

  UPDATE files f SET state = 'deleted', touched_at = clock_timestamp()
  WHERE f.id = ANY (ARRAY(
    SELECT l.id FROM files l
    WHERE l.id = ANY (v_files) AND l.state <> 'deleted' AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.file_id = l.id)
    ORDER BY l.id FOR NO KEY UPDATE
  ));
END
$$;
