-- Marks this session as one that may write, if the database still holds the history that the caller knows: the same epoch, drawn on
-- this very database (system identifier and timeline), and no event id issued below p_published. The append statement and every
-- other change of a room refuse to run in a session that is not marked. Returns whether it was.
CREATE FUNCTION confirm_epoch_1(p_epoch text, p_published bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_confirmed boolean := EXISTS (
    SELECT 1 FROM epoch e
    WHERE e.epoch = p_epoch
      AND e.system = (SELECT system_identifier::text FROM pg_control_system())
      AND e.timeline = left(pg_walfile_name(pg_current_wal_lsn()), 8)
  ) AND coalesce(pg_sequence_last_value(pg_get_serial_sequence('events', 'id')::regclass) >= p_published, true);
BEGIN
  PERFORM set_config('chat.epoch', CASE WHEN v_confirmed THEN p_epoch ELSE '' END, false);
  RETURN v_confirmed;
END
$$;
