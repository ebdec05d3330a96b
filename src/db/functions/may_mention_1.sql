-- Whether a member may send a message with this data as far as mentioning all goes: by role, or because the room is small. p_rules: as
-- p_rich of append_messages.
CREATE FUNCTION may_mention_1(p_room bigint, p_actor bigint, p_data jsonb, p_rules jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  v_limit int := p_rules ->> 'mention_all_members';
BEGIN
  IF p_data IS NULL OR NOT p_data @> '{"entities": [{"type": "mention_all"}]}' THEN
    RETURN true;
  END IF;
  RETURN EXISTS (
      SELECT 1 FROM members m
      WHERE m.room_id = p_room AND m.user_id = p_actor AND p_rules -> 'mention_all_roles' ? m.role OFFSET 0
    )
    OR (SELECT count(*) FROM (SELECT 1 FROM members m WHERE m.room_id = p_room LIMIT v_limit + 1) few) <= v_limit;
END
$$;
