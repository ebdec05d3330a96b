CREATE TABLE "epoch" (
	"id" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"epoch" text NOT NULL,
	"system" text NOT NULL,
	"timeline" text NOT NULL,
	"drawn_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	CONSTRAINT "epoch_one_row" CHECK ("epoch"."id")
);
--> statement-breakpoint
-- Marks this session as one that may write, if the database still holds the history that the caller knows: the same epoch, drawn on
-- this very database (system identifier and timeline), and no event id given out below p_published. The append statement and every
-- change of a room refuse in a session that is not marked. Answers whether it was.
CREATE FUNCTION confirm_epoch(p_epoch text, p_published bigint) RETURNS boolean
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
