-- Applies a batch of changes of messages (edits and deletions) in many rooms: those that are allowed, and no others. Its rules are
-- those of append_messages: rooms are locked in ascending order, rights are checked under the locks and by the database's clock,
-- and the planner has nothing to choose (docs/design.md).
-- p_after, p_number: as in append_messages, with which it shares the link. Unless the batch before it was committed nothing is
-- done and no row returned.
-- p_rooms: the rooms of the batch, ascending, none twice. p_moderators: the roles that may delete what others wrote.
-- An element a change, no message twice: p_change is the kind of event that it appends (`message.updated`, `message.deleted`),
-- p_activity whether that moves its room up in lists by activity, p_kind the kind of room that its actor believes it to be, p_body
-- the new text (null for a deletion). p_rich is null when none of the edits has more than a text; otherwise as in append_messages, but that
-- `files` are those that the message keeps: without them it keeps all.
-- Returns a row a change, in order. outcome is `changed` or `same` (there was nothing to do), both with the message as it is now, without its reactions, which have not changed;
-- or `not_found` (no such room for this actor), `not_member` (of a public group), `muted`, `blocked` (by the actor), `refused` (the
-- actor is blocked), `no_message`, `not_author`, `may_not_delete`, `deleted`, `no_file` (it does not have one
-- that it is to keep), `no_text` (neither a text nor a file is left), `no_mention_all`. event_id and event_seq: of the appended event.
CREATE FUNCTION append_changes_4(
  p_after text, p_number text,
  p_rooms bigint[], p_moderators text[],
  p_room bigint[], p_kind text[], p_change text[], p_activity boolean[], p_actor bigint[], p_message bigint[], p_body text[],
  p_rich jsonb DEFAULT NULL
) RETURNS TABLE (
  outcome text, event_id bigint, event_seq bigint,
  message_id bigint, message_room_id bigint, message_seq bigint, message_actor_id bigint, message_username text,
  message_body text, message_client_id uuid, message_created_at timestamptz, message_edited_at timestamptz,
  message_deleted_at timestamptz, message_delivered_at timestamptz, message_read_at timestamptz,
  message_extras jsonb
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  -- The rooms that exist, ascending, with their kinds, their newest seqs and the times of what is appended to them.
  v_rooms bigint[];
  v_kinds text[];
  v_last_seqs bigint[];
  v_times timestamptz[];
  v_outcomes text[];
  -- Of the changes that are applied, in order: their numbers, and what they append.
  v_applied bigint[];
  v_event_rooms bigint[];
  v_event_seqs bigint[];
  v_event_ids bigint[];
  -- What the new texts have besides, by change; and whether anything of the batch has, or had, more than text.
  v_data jsonb[];
  v_is_rich boolean;
  -- The messages that are changed, ascending, with their new texts (null: deleted) and what these have besides.
  v_messages bigint[];
  v_bodies text[];
  v_new_data jsonb[];
  -- The rooms that get events, ascending, how many, and whether any of those is activity.
  v_changed_rooms bigint[];
  v_counts bigint[];
  v_active boolean[];
  v_n bigint;
BEGIN
  IF p_after IS NOT NULL AND current_setting('chat.appended', true) IS DISTINCT FROM p_after THEN
    RETURN;
  END IF;
  -- Undone by itself if the transaction is.
  PERFORM set_config('chat.appended', p_number, false);

  IF p_rich IS NOT NULL THEN
    SELECT array_agg(NULLIF(i.data, 'null') ORDER BY i.n) INTO v_data FROM jsonb_array_elements(p_rich -> 'data') WITH ORDINALITY AS i (data, n);
  END IF;

  -- In ascending order, so that two processes can't wait for each other in a circle.
  WITH locked AS MATERIALIZED (
    SELECT r.id, r.kind, r.last_seq, r.last_event_at FROM rooms r WHERE r.id = ANY (p_rooms) ORDER BY r.id FOR NO KEY UPDATE
  )
  SELECT array_agg(l.id), array_agg(l.kind), array_agg(l.last_seq), array_agg(greatest(l.last_event_at, clock_timestamp()))
  INTO v_rooms, v_kinds, v_last_seqs, v_times FROM locked l;

  -- Under the locks, and in a statement of its own: it sees all that was committed before the locks were acquired.
  SELECT array_agg(
    CASE
      WHEN v_rooms[width_bucket(i.room_id, v_rooms)] IS DISTINCT FROM i.room_id THEN 'not_found'
      WHEN v_kinds[width_bucket(i.room_id, v_rooms)] <> i.kind THEN 'not_found'
      WHEN m.user_id IS NULL THEN CASE
        WHEN EXISTS (SELECT 1 FROM groups g WHERE g.room_id = i.room_id AND NOT g.is_private OFFSET 0) THEN 'not_member'
        ELSE 'not_found'
      END
      WHEN i.change = 'message.updated' AND m.muted_until > clock_timestamp() THEN 'muted'
      WHEN i.change = 'message.updated' AND m.is_blocked THEN CASE
        WHEN EXISTS (
          SELECT 1 FROM conversations c
          CROSS JOIN LATERAL (
            SELECT 1 FROM blocks b
            WHERE b.blocker_id = i.actor_id
              AND b.blocked_id = CASE c.user_low WHEN i.actor_id THEN c.user_high ELSE c.user_low END OFFSET 0
          ) b
          WHERE c.room_id = i.room_id OFFSET 0
        ) THEN 'blocked'
        ELSE 'refused'
      END
      WHEN e.id IS NULL THEN 'no_message'
      WHEN i.change = 'message.updated' THEN CASE
        WHEN e.actor_id <> i.actor_id THEN 'not_author'
        WHEN e.deleted_at IS NOT NULL THEN 'deleted'
        WHEN v_data[i.n] ? 'files' AND EXISTS (
          SELECT 1 FROM jsonb_array_elements(v_data[i.n] -> 'files') AS x (id)
          WHERE NOT coalesce(e.data -> 'attachments', '[]') @> jsonb_build_array(jsonb_build_object('id', x.id))
        ) THEN 'no_file'
        WHEN i.body = '' AND CASE WHEN v_data[i.n] ? 'files' THEN v_data[i.n] -> 'files' = '[]' ELSE NOT coalesce(e.data ? 'attachments', false) END
          THEN 'no_text'
        WHEN e.body = i.body AND e.data -> 'entities' IS NOT DISTINCT FROM v_data[i.n] -> 'entities'
          AND coalesce(jsonb_array_length(v_data[i.n] -> 'files') = coalesce(jsonb_array_length(e.data -> 'attachments'), 0), true) THEN 'same'
        WHEN NOT may_mention_1(i.room_id, i.actor_id, v_data[i.n], p_rich) THEN 'no_mention_all'
        ELSE 'changed'
      END
      WHEN e.actor_id <> i.actor_id AND m.role <> ALL (p_moderators) THEN 'may_not_delete'
      WHEN e.deleted_at IS NOT NULL THEN 'same'
      ELSE 'changed'
    END ORDER BY i.n
  ) INTO v_outcomes
  FROM unnest(p_room, p_kind, p_change, p_actor, p_message, p_body)
    WITH ORDINALITY AS i (room_id, kind, change, actor_id, message_id, body, n)
  LEFT JOIN LATERAL (
    SELECT m.user_id, m.role, m.muted_until, m.is_blocked FROM members m
    WHERE m.room_id = i.room_id AND m.user_id = i.actor_id OFFSET 0
  ) m ON true
  LEFT JOIN LATERAL (
    SELECT e.id, e.actor_id, e.body, e.data, e.deleted_at FROM events e
    WHERE e.id = i.message_id AND e.room_id + 0 = i.room_id AND e.kind = 'message' OFFSET 0
  ) e ON true;

  SELECT array_agg(a.n ORDER BY a.n), array_agg(a.room_id ORDER BY a.n),
         array_agg(v_last_seqs[width_bucket(a.room_id, v_rooms)] + a.position ORDER BY a.n),
         array_agg(a.message_id ORDER BY a.message_id), array_agg(a.body ORDER BY a.message_id),
         array_agg(v_data[a.n] ORDER BY a.message_id)
  INTO v_applied, v_event_rooms, v_event_seqs, v_messages, v_bodies, v_new_data
  FROM (
    SELECT i.*, row_number() OVER (PARTITION BY i.room_id ORDER BY i.n) AS position
    FROM unnest(p_room, p_message, p_body, v_outcomes) WITH ORDINALITY AS i (room_id, message_id, body, outcome, n)
    WHERE i.outcome = 'changed'
  ) a;

  IF v_applied IS NOT NULL THEN
    v_is_rich := p_rich IS NOT NULL OR EXISTS (SELECT 1 FROM events e WHERE e.id = ANY (v_messages) AND e.data IS NOT NULL);

    -- By ascending id, as receipts lock them. The time is that of the event: clients take the room's activity from it.
    UPDATE events e
    SET body = v_bodies[width_bucket(e.id, v_messages)],
        edited_at = CASE WHEN v_bodies[width_bucket(e.id, v_messages)] IS NULL THEN e.edited_at ELSE v_times[width_bucket(e.room_id, v_rooms)] END,
        deleted_at = CASE WHEN v_bodies[width_bucket(e.id, v_messages)] IS NULL THEN v_times[width_bucket(e.room_id, v_rooms)] END,
        data = CASE WHEN v_is_rich AND v_bodies[width_bucket(e.id, v_messages)] IS NOT NULL
          THEN (
            SELECT NULLIF(
              CASE WHEN n.data ? 'files' THEN jsonb_strip_nulls(jsonb_build_object('attachments', (
                SELECT jsonb_agg(a.attachment ORDER BY a.position)
                FROM jsonb_array_elements(e.data -> 'attachments') WITH ORDINALITY AS a (attachment, position)
                WHERE n.data -> 'files' @> (a.attachment -> 'id')
              ))) || (coalesce(e.data, '{}') - 'entities' - 'attachments') ELSE coalesce(e.data, '{}') - 'entities' END
                || coalesce(n.data - 'files', '{}'), '{}')
            FROM (SELECT v_new_data[width_bucket(e.id, v_messages)] AS data) n
          ) END
    WHERE e.id = ANY (v_messages);

    IF v_is_rich THEN
      -- One by one: a plan for all of them, made while the tables were small, might read all of them later.
      FOREACH v_n IN ARRAY v_applied LOOP
        DELETE FROM mentions m
        WHERE m.room_id = p_room[v_n] AND m.event_id = p_message[v_n] AND (m.kind <> 'reaction' OR p_body[v_n] IS NULL);
        IF p_body[v_n] IS NULL THEN
          DELETE FROM reactions r WHERE r.room_id = p_room[v_n] AND r.event_id = p_message[v_n];
        ELSIF v_data[v_n] ? 'files' THEN
          PERFORM drop_files_1(p_room[v_n], p_message[v_n], v_data[v_n] -> 'files');
        END IF;
      END LOOP;
      PERFORM release_files_1(array_agg(i.room_id), array_agg(p_message[i.n]))
      FROM unnest(v_event_rooms, v_applied) AS i (room_id, n) WHERE p_body[i.n] IS NULL HAVING count(*) > 0;
      INSERT INTO mentions (room_id, event_id, user_id, seq, actor_id, kind)
      SELECT DISTINCT ON (e.id, t.user_id) e.room_id, e.id, t.user_id, e.seq, e.actor_id, t.kind
      FROM events e
      CROSS JOIN LATERAL message_mentions_1(e.room_id, e.actor_id, e.data) t
      WHERE e.id = ANY (v_messages) AND e.data IS NOT NULL
      ORDER BY e.id, t.user_id, t.rank;
    END IF;

    WITH appended AS (
      INSERT INTO events (room_id, seq, kind, actor_id, target_id, created_at)
      SELECT i.room_id, i.seq, p_change[i.n], p_actor[i.n], p_message[i.n], v_times[width_bucket(i.room_id, v_rooms)]
      FROM unnest(v_event_rooms, v_event_seqs, v_applied) AS i (room_id, seq, n)
      RETURNING id
    )
    SELECT array_agg(a.id) INTO v_event_ids FROM appended a;

    SELECT array_agg(c.room_id ORDER BY c.room_id), array_agg(c.count ORDER BY c.room_id), array_agg(c.active ORDER BY c.room_id)
    INTO v_changed_rooms, v_counts, v_active
    FROM (
      SELECT i.room_id, count(*) AS count, bool_or(p_activity[i.n]) AS active
      FROM unnest(v_event_rooms, v_applied) AS i (room_id, n) GROUP BY i.room_id
    ) c;
    UPDATE rooms r
    SET last_seq = r.last_seq + v_counts[width_bucket(r.id, v_changed_rooms)],
        last_event_at = CASE
          WHEN v_active[width_bucket(r.id, v_changed_rooms)] THEN v_times[width_bucket(r.id, v_rooms)] ELSE r.last_event_at
        END
    WHERE r.id = ANY (v_changed_rooms);
  END IF;

  RETURN QUERY
  SELECT i.outcome, v_event_ids[i.position], v_event_seqs[i.position],
         e.id, e.room_id, e.seq, e.actor_id, u.username, e.body, e.client_id, e.created_at, e.edited_at, e.deleted_at,
         e.delivered_at, e.read_at, message_extras_2(NULLIF(e.data - 'reactions', '{}'), NULL, NULL, NULL)
  FROM (
    SELECT o.outcome, o.message_id, o.n,
           CASE WHEN o.outcome = 'changed' THEN count(*) FILTER (WHERE o.outcome = 'changed') OVER (ORDER BY o.n) END AS position
    FROM unnest(v_outcomes, p_message) WITH ORDINALITY AS o (outcome, message_id, n)
  ) i
  LEFT JOIN LATERAL (SELECT e.* FROM events e WHERE e.id = i.message_id AND i.outcome IN ('changed', 'same') OFFSET 0) e ON true
  LEFT JOIN LATERAL (SELECT u.username FROM users u WHERE u.id = e.actor_id OFFSET 0) u ON true
  ORDER BY i.n;
END
$$;
