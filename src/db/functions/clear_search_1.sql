-- Takes deleted messages out of the index of search, in ascending order as the feed of search writes it; in the transaction of their
-- deletion. p_is_fed: whether a feed may be storing one of them at this moment. Then each is left an empty row, which keeps its text
-- out until the feed comes to the deletion; else nothing is left. Returns how many rows it wrote.
CREATE FUNCTION clear_search_1(p_messages bigint[], p_rooms bigint[], p_is_fed boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_count bigint := 0;
  v_n bigint;
BEGIN
  IF p_is_fed THEN
    INSERT INTO search (event_id, room_id, words)
    SELECT i.event_id, i.room_id, '' FROM unnest(p_messages, p_rooms) AS i (event_id, room_id) ORDER BY i.event_id
    ON CONFLICT (room_id, event_id) DO UPDATE SET words = '';
  ELSE
    -- One by one: a plan for all of them, made while the table was small, might read all of it later.
    FOR v_n IN SELECT i.n FROM unnest(p_messages) WITH ORDINALITY AS i (id, n) ORDER BY i.id LOOP
      DELETE FROM search s WHERE s.room_id = p_rooms[v_n] AND s.event_id = p_messages[v_n];
      v_count := v_count + FOUND::int;
    END LOOP;
    RETURN v_count;
  END IF;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
