-- Adds and removes reactions to messages of many rooms: those that are allowed, and no others. Its rules are those of append_messages:
-- rooms are locked in ascending order, rights are checked under the locks and by the database's clock, and the planner has nothing to
-- choose (docs/design.md).
-- p_after, p_number: as in append_messages, with which it shares the link. Unless the batch before it was committed nothing is done and
-- no row returned.
-- p_rooms: the rooms of the batch, ascending, none twice. p_limit: how many different emojis a message may have.
-- An element a change, the same person, message and emoji not twice: p_change is the kind of event that it appends (`reaction.added`,
-- `reaction.removed`), p_kind the kind of room that its actor believes it to be.
-- Returns a row a change, in order. outcome is `changed`, with the event that was appended, the name of the actor and how many people
-- there are with the emoji then; `same` (there was nothing to do); or as append_changes has it, or `too_many`.
CREATE FUNCTION append_reactions_1(
  p_after text, p_number text,
  p_rooms bigint[], p_limit int,
  p_room bigint[], p_kind text[], p_change text[], p_actor bigint[], p_message bigint[], p_emoji text[]
) RETURNS TABLE (outcome text, event_id bigint, event_seq bigint, created_at timestamptz, username text, count bigint)
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
  -- By change, how many people there are with the emoji after it.
  v_counts bigint[];
  -- Of the changes that are applied, in order: their numbers, and what they append.
  v_applied bigint[];
  v_event_rooms bigint[];
  v_event_seqs bigint[];
  v_event_ids bigint[];
  -- The messages that are changed, ascending, with their new reactions (null: none are left).
  v_messages bigint[];
  v_reactions jsonb[];
  v_changed_rooms bigint[];
  v_changes bigint[];
  v_n bigint;
BEGIN
  IF p_after IS NOT NULL AND current_setting('chat.appended', true) IS DISTINCT FROM p_after THEN
    RETURN;
  END IF;
  -- Undone by itself if the transaction is.
  PERFORM set_config('chat.appended', p_number, false);

  -- In ascending order, so that two processes can't wait for each other in a circle.
  WITH locked AS MATERIALIZED (
    SELECT r.id, r.kind, r.last_seq, r.last_event_at FROM rooms r WHERE r.id = ANY (p_rooms) ORDER BY r.id FOR NO KEY UPDATE
  )
  SELECT array_agg(l.id), array_agg(l.kind), array_agg(l.last_seq), array_agg(greatest(l.last_event_at, clock_timestamp()))
  INTO v_rooms, v_kinds, v_last_seqs, v_times FROM locked l;

  -- Under the locks, and in a statement of its own: it sees all that was committed before the locks were acquired.
  WITH asked AS (
    SELECT i.*, coalesce(o.count, 0) AS old_count, o.count IS NULL AS is_new,
      coalesce(jsonb_array_length(e.data -> 'reactions'), 0) AS old_emojis,
      CASE
        WHEN v_rooms[width_bucket(i.room_id, v_rooms)] IS DISTINCT FROM i.room_id THEN 'not_found'
        WHEN v_kinds[width_bucket(i.room_id, v_rooms)] <> i.kind THEN 'not_found'
        WHEN m.user_id IS NULL THEN CASE
          WHEN EXISTS (SELECT 1 FROM groups g WHERE g.room_id = i.room_id AND NOT g.is_private OFFSET 0) THEN 'not_member'
          ELSE 'not_found'
        END
        WHEN i.change = 'reaction.added' AND m.muted_until > clock_timestamp() THEN 'muted'
        WHEN i.change = 'reaction.added' AND m.is_blocked THEN CASE
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
        WHEN i.change = 'reaction.added' AND e.deleted_at IS NOT NULL THEN 'deleted'
        WHEN (i.change = 'reaction.added') = (r.user_id IS NOT NULL) THEN 'same'
        ELSE 'changed'
      END AS outcome
    FROM unnest(p_room, p_kind, p_change, p_actor, p_message, p_emoji)
      WITH ORDINALITY AS i (room_id, kind, change, actor_id, message_id, emoji, n)
    LEFT JOIN LATERAL (
      SELECT m.user_id, m.muted_until, m.is_blocked FROM members m
      WHERE m.room_id = i.room_id AND m.user_id = i.actor_id OFFSET 0
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT e.id, e.data, e.deleted_at FROM events e
      WHERE e.id = i.message_id AND e.room_id + 0 = i.room_id AND e.kind = 'message' OFFSET 0
    ) e ON true
    LEFT JOIN LATERAL (
      SELECT (x.reaction ->> 'count')::bigint AS count FROM jsonb_array_elements(e.data -> 'reactions') AS x (reaction)
      WHERE x.reaction ->> 'emoji' = i.emoji
    ) o ON true
    LEFT JOIN LATERAL (
      SELECT r.user_id FROM reactions r
      WHERE r.room_id = i.room_id AND r.event_id = i.message_id AND r.emoji = i.emoji AND r.user_id = i.actor_id OFFSET 0
    ) r ON true
  ),
  -- An emoji that the message does not have yet, with the first change that brings it.
  brought AS (
    SELECT a.*, min(a.n) FILTER (WHERE a.outcome = 'changed' AND a.is_new) OVER (PARTITION BY a.message_id, a.emoji) AS first FROM asked a
  ),
  judged AS (
    SELECT b.n, b.message_id, b.emoji, b.change, b.old_count, CASE
      WHEN b.outcome = 'changed' AND b.is_new
        AND b.old_emojis + dense_rank() OVER (PARTITION BY b.message_id ORDER BY b.first) > p_limit THEN 'too_many'
      ELSE b.outcome
    END AS outcome
    FROM brought b
  )
  SELECT array_agg(j.outcome ORDER BY j.n), array_agg(j.count ORDER BY j.n)
  INTO v_outcomes, v_counts
  FROM (
    SELECT j.n, j.outcome, j.old_count + sum(
      CASE WHEN j.outcome <> 'changed' THEN 0 WHEN j.change = 'reaction.added' THEN 1 ELSE -1 END
    ) OVER (PARTITION BY j.message_id, j.emoji ORDER BY j.n) AS count
    FROM judged j
  ) j;

  SELECT array_agg(a.n ORDER BY a.n), array_agg(a.room_id ORDER BY a.n),
         array_agg(v_last_seqs[width_bucket(a.room_id, v_rooms)] + a.position ORDER BY a.n)
  INTO v_applied, v_event_rooms, v_event_seqs
  FROM (
    SELECT i.n, i.room_id, row_number() OVER (PARTITION BY i.room_id ORDER BY i.n) AS position
    FROM unnest(p_room, v_outcomes) WITH ORDINALITY AS i (room_id, outcome, n)
    WHERE i.outcome = 'changed'
  ) a;

  IF v_applied IS NOT NULL THEN
    WITH appended AS (
      INSERT INTO events (room_id, seq, kind, actor_id, data, created_at)
      SELECT i.room_id, i.seq, p_change[i.n], p_actor[i.n],
        jsonb_build_object(
          CASE p_kind[i.n] WHEN 'direct' THEN 'conversation_id' ELSE 'group_id' END, i.room_id,
          'message_id', p_message[i.n], 'user_id', p_actor[i.n], 'emoji', p_emoji[i.n], 'count', v_counts[i.n]),
        v_times[width_bucket(i.room_id, v_rooms)]
      FROM unnest(v_event_rooms, v_event_seqs, v_applied) AS i (room_id, seq, n)
      RETURNING id
    )
    SELECT array_agg(a.id) INTO v_event_ids FROM appended a;

    INSERT INTO reactions (room_id, event_id, emoji, user_id, seq, created_at)
    SELECT i.room_id, p_message[i.n], p_emoji[i.n], p_actor[i.n], i.seq, v_times[width_bucket(i.room_id, v_rooms)]
    FROM unnest(v_event_rooms, v_event_seqs, v_applied) AS i (room_id, seq, n) WHERE p_change[i.n] = 'reaction.added';
    -- One by one: a plan for all of them, made while the table was small, might read all of it later.
    FOREACH v_n IN ARRAY v_applied LOOP
      IF p_change[v_n] = 'reaction.removed' THEN
        DELETE FROM reactions r
        WHERE r.room_id = p_room[v_n] AND r.event_id = p_message[v_n] AND r.emoji = p_emoji[v_n] AND r.user_id = p_actor[v_n];
      END IF;
    END LOOP;

    -- Of each message: the emojis that it had, with their new counts, and behind them those that were brought.
    SELECT array_agg(c.message_id ORDER BY c.message_id), array_agg(c.reactions ORDER BY c.message_id)
    INTO v_messages, v_reactions
    FROM (
      SELECT m.message_id, jsonb_agg(
        jsonb_build_object('emoji', m.emoji, 'count', m.count) ORDER BY m.old_position, m.first
      ) FILTER (WHERE m.count > 0) AS reactions
      FROM (
        SELECT coalesce(n.message_id, o.message_id) AS message_id, coalesce(n.emoji, o.emoji) AS emoji,
          coalesce(n.count, o.count) AS count, o.position AS old_position, n.first
        FROM (
          SELECT p_message[a.n] AS message_id, p_emoji[a.n] AS emoji, min(a.n) AS first,
            (array_agg(v_counts[a.n] ORDER BY a.n DESC))[1] AS count
          FROM unnest(v_applied) AS a (n) GROUP BY 1, 2
        ) n
        FULL JOIN (
          SELECT e.id AS message_id, x.reaction ->> 'emoji' AS emoji, (x.reaction ->> 'count')::bigint AS count, x.position
          FROM (SELECT DISTINCT p_message[a.n] AS message_id FROM unnest(v_applied) AS a (n)) d
          CROSS JOIN LATERAL (SELECT e.id, e.data FROM events e WHERE e.id = d.message_id OFFSET 0) e
          CROSS JOIN LATERAL jsonb_array_elements(e.data -> 'reactions') WITH ORDINALITY AS x (reaction, position)
        ) o ON o.message_id = n.message_id AND o.emoji = n.emoji
      ) m
      GROUP BY m.message_id
    ) c;

    -- By ascending id, as receipts lock them.
    UPDATE events e
    SET data = NULLIF(
      coalesce(e.data, '{}') - 'reactions' || CASE
        WHEN v_reactions[width_bucket(e.id, v_messages)] IS NULL THEN '{}'::jsonb
        ELSE jsonb_build_object('reactions', v_reactions[width_bucket(e.id, v_messages)])
      END, '{}')
    WHERE e.id = ANY (v_messages);

    -- The authors' inboxes: one entry a message, moved up by each reaction of somebody whom they do not block.
    INSERT INTO mentions AS t (room_id, event_id, user_id, seq, actor_id, kind, reaction_id)
    SELECT DISTINCT ON (e.id) e.room_id, e.id, e.actor_id, i.seq, p_actor[i.n], 'reaction', i.event_id
    FROM unnest(v_event_seqs, v_event_ids, v_applied) AS i (seq, event_id, n)
    CROSS JOIN LATERAL (SELECT e.id, e.room_id, e.actor_id FROM events e WHERE e.id = p_message[i.n] OFFSET 0) e
    WHERE p_change[i.n] = 'reaction.added' AND e.actor_id <> p_actor[i.n]
      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker_id = e.actor_id AND b.blocked_id = p_actor[i.n] OFFSET 0)
    ORDER BY e.id, i.n DESC
    ON CONFLICT (room_id, event_id, user_id) DO UPDATE
    SET seq = excluded.seq, actor_id = excluded.actor_id, reaction_id = excluded.reaction_id;
    FOREACH v_n IN ARRAY v_applied LOOP
      IF v_reactions[width_bucket(p_message[v_n], v_messages)] IS NULL THEN
        DELETE FROM mentions t WHERE t.room_id = p_room[v_n] AND t.event_id = p_message[v_n] AND t.kind = 'reaction';
      END IF;
    END LOOP;

    SELECT array_agg(c.room_id ORDER BY c.room_id), array_agg(c.count ORDER BY c.room_id) INTO v_changed_rooms, v_changes
    FROM (SELECT i.room_id, count(*) AS count FROM unnest(v_event_rooms) AS i (room_id) GROUP BY i.room_id) c;
    UPDATE rooms r SET last_seq = r.last_seq + v_changes[width_bucket(r.id, v_changed_rooms)] WHERE r.id = ANY (v_changed_rooms);
  END IF;

  RETURN QUERY
  SELECT i.outcome, v_event_ids[i.position], v_event_seqs[i.position], v_times[width_bucket(p_room[i.n], v_rooms)],
         (SELECT u.username FROM users u WHERE u.id = p_actor[i.n] AND i.outcome = 'changed'), v_counts[i.n]
  FROM (
    SELECT o.outcome, o.n,
           CASE WHEN o.outcome = 'changed' THEN count(*) FILTER (WHERE o.outcome = 'changed') OVER (ORDER BY o.n) END AS position
    FROM unnest(v_outcomes) WITH ORDINALITY AS o (outcome, n)
  ) i
  ORDER BY i.n;
END
$$;
