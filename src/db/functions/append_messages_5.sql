-- Appends a batch of messages, in the order given: those that may be stored, and no others. Three sets of arrays.
-- One element a room: p_rooms, ascending, none twice, and the number of messages for each.
-- One element a sender in a room, none twice: p_kind is the kind of room that they believe it to be, p_delivered whether the other
-- side of a conversation has a socket open.
-- One element a message: p_sender_index is the number of its room and sender among those, p_offset its own among the messages for its room,
-- no client_id twice.
-- p_rich is null for a batch of plain messages. Otherwise `data` has an element a message: what it has besides its text (null: plain),
-- that is `entities`, the id that it is `reply_to` and those of the `files` that are attached; `mention_all_roles` are the roles that may mention all, and in a group of at most
-- `mention_all_members` everyone may.
-- p_after is the p_number of the batch that was sent before this one on the same connection without waiting for its result (null: there
-- is none). Unless that one was committed nothing is done and no row is returned, so that what could not be stored there comes first
-- when it is tried again.
-- Returns one row. unstored: the numbers of the messages that were not stored, with the outcomes `repeated` (client_id seen before:
-- earlier is the first message's id), `not_found` (no such room, or not a member), `muted`, `blocked` (by the sender), `refused`
-- (the sender is blocked), `no_reply_target` (there is no such message in the room, or it is deleted), `no_mention_all` (the sender may
-- not mention all), `no_file` (not a file of the sender's, or attached before), `file_not_ready`; null when all were stored. ids and seqs: of those that were, in order. created_at: of all of them, unless times has a moment for each. extras: null for a batch of
-- plain messages; otherwise for each that was stored what it has besides its text, as message_extras has it.
-- Rights are judged by the database's clock. A room whose newest event is ahead of the clock (which was set back) gives that event's
-- time to its own messages alone.
CREATE FUNCTION append_messages_5(
  p_after text, p_number text,
  p_rooms bigint[], p_counts int[],
  p_room bigint[], p_kind text[], p_sender bigint[], p_delivered boolean[],
  p_sender_index int[], p_offset int[], p_body text[], p_client_id uuid[], p_rich jsonb DEFAULT NULL
) RETURNS TABLE (
  unstored bigint[], outcomes text[], earlier bigint[], ids bigint[], seqs bigint[], created_at timestamptz, times timestamptz[], extras jsonb
)
LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off SET plan_cache_mode = force_generic_plan
AS $$
#variable_conflict use_column
DECLARE
  v_now timestamptz := clock_timestamp();
  -- The rooms that exist, ascending, with their kinds and their newest positions so far.
  v_rooms bigint[];
  v_kinds text[];
  v_last_seqs bigint[];
  -- The time of the newest event of all of them; of each of them only where that is ahead of the clock.
  v_latest timestamptz;
  v_newest timestamptz[];
  -- Numbers of senders who may not write, and of messages that were stored before.
  v_silent bigint[];
  v_repeats bigint[];
  v_first_ids bigint[];
  v_verdicts text[];
  v_unstored bigint[];
  v_outcomes text[];
  v_earlier bigint[];
  v_lost_rooms bigint[];
  v_lost_counts bigint[];
  v_ids bigint[];
  v_seqs bigint[];
  v_times timestamptz[];
  v_resolve boolean;
  -- What each message has besides its text, and the numbers of those whose data is refused, with the outcomes.
  v_data jsonb[];
  v_refused bigint[];
  v_reasons text[];
  v_extras jsonb;
BEGIN
  IF p_after IS NOT NULL AND current_setting('chat.appended', true) IS DISTINCT FROM p_after THEN
    RETURN;
  END IF;
  -- Goes back by itself if the transaction does.
  PERFORM set_config('chat.appended', p_number, false);

  -- Locks the rooms in order of id, as the index gives them, so that two processes cannot deadlock, and takes a position for each
  -- message. What others wrote to a room meanwhile was earlier than what is written now.
  WITH advanced AS (
    UPDATE rooms r
    SET last_seq = r.last_seq + p_counts[width_bucket(r.id, p_rooms)], last_event_at = greatest(r.last_event_at, v_now)
    WHERE r.id = ANY (p_rooms)
    RETURNING r.id, r.kind, r.last_seq - p_counts[width_bucket(r.id, p_rooms)] AS last_seq, r.last_event_at
  )
  SELECT array_agg(a.id), array_agg(a.kind), array_agg(a.last_seq), max(a.last_event_at)
  INTO v_rooms, v_kinds, v_last_seqs, v_latest FROM advanced a;
  IF v_latest > v_now THEN
    SELECT array_agg(r.last_event_at ORDER BY i.n) INTO v_newest
    FROM unnest(v_rooms) WITH ORDINALITY AS i (id, n)
    CROSS JOIN LATERAL (SELECT r.last_event_at FROM rooms r WHERE r.id = i.id OFFSET 0) r;
  END IF;

  -- Under the locks, and in statements of their own: each sees everything that was committed before the locks were acquired.
  SELECT array_agg(i.n) INTO v_silent
  FROM unnest(p_room, p_kind, p_sender) WITH ORDINALITY AS i (room_id, kind, sender_id, n)
  WHERE v_rooms[width_bucket(i.room_id, v_rooms)] IS DISTINCT FROM i.room_id
    OR v_kinds[width_bucket(i.room_id, v_rooms)] <> i.kind
    OR NOT EXISTS (
      SELECT 1 FROM members m
      WHERE m.room_id = i.room_id AND m.user_id = i.sender_id AND NOT m.is_blocked
        AND (m.muted_until IS NULL OR m.muted_until <= clock_timestamp()) OFFSET 0
    );

  IF p_rich IS NOT NULL THEN
    SELECT array_agg(NULLIF(i.data, 'null') ORDER BY i.n) INTO v_data FROM jsonb_array_elements(p_rich -> 'data') WITH ORDINALITY AS i (data, n);
    IF p_rich @? '$.data[*].files' THEN
      -- The sweeper takes none of them meanwhile.
      PERFORM 1 FROM files f
      WHERE f.id = ANY (ARRAY(
        SELECT x.id::bigint FROM unnest(v_data) AS i (data) CROSS JOIN LATERAL jsonb_array_elements_text(i.data -> 'files') AS x (id)
      ))
      ORDER BY f.id FOR NO KEY UPDATE;
      -- Each message gets a copy of what is shown of its files, so that reading it asks for nothing more.
      SELECT array_agg(i.data - 'files' || coalesce(jsonb_build_object('attachments', a.attachments), '{}') ORDER BY i.n),
             array_agg(i.n) FILTER (WHERE a.reason IS NOT NULL), array_agg(a.reason) FILTER (WHERE a.reason IS NOT NULL)
      INTO v_data, v_refused, v_reasons
      FROM unnest(p_sender_index, v_data) WITH ORDINALITY AS i (sender_index, data, n)
      LEFT JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('id', f.id, 'kind', f.kind, 'name', f.name, 'mime', f.mime, 'size', f.size) || f.meta ORDER BY x.position)
            AS attachments,
          CASE
            WHEN bool_or(f.id IS NULL OR f.state IN ('refused', 'deleted') OR f.used_at IS NOT NULL OR EXISTS (
              -- The same batch attaches it twice: the first one counts.
              SELECT 1 FROM unnest(v_data[:i.n - 1]) AS b (data) WHERE b.data -> 'files' @> x.id
            )) THEN 'no_file'
            WHEN bool_or(f.state <> 'ready') THEN 'file_not_ready'
          END AS reason
        FROM jsonb_array_elements(i.data -> 'files') WITH ORDINALITY AS x (id, position)
        LEFT JOIN LATERAL (SELECT f.* FROM files f WHERE f.id = x.id::bigint OFFSET 0) f ON f.owner_id = p_sender[i.sender_index]
        HAVING count(*) > 0
      ) a ON true;
    END IF;
    SELECT v_refused || array_agg(i.n), v_reasons || array_agg(i.reason) INTO v_refused, v_reasons
    FROM (
      SELECT i.n, CASE
        WHEN i.data ? 'reply_to' AND NOT EXISTS (
          SELECT 1 FROM events e
          WHERE e.id = (i.data ->> 'reply_to')::bigint AND e.room_id + 0 = p_room[i.sender_index]
            AND e.kind = 'message' AND e.deleted_at IS NULL OFFSET 0
        ) THEN 'no_reply_target'
        WHEN NOT may_mention_1(p_room[i.sender_index], p_sender[i.sender_index], i.data, p_rich) THEN 'no_mention_all'
      END AS reason
      FROM unnest(p_sender_index, v_data) WITH ORDINALITY AS i (sender_index, data, n)
      WHERE i.data IS NOT NULL AND i.n <> ALL (coalesce(v_refused, '{}'))
    ) i
    WHERE i.reason IS NOT NULL;
  END IF;

  -- Whether a client_id is new is left to its index. When one is not, what was stored since BEGIN is undone (the positions in the
  -- rooms stay taken), and the repeats are found before the second try.
  v_resolve := v_silent IS NOT NULL OR v_refused IS NOT NULL;
  LOOP
    IF v_resolve THEN
      SELECT array_agg(i.n), array_agg(e.id) INTO v_repeats, v_first_ids
      FROM unnest(p_sender_index, p_client_id) WITH ORDINALITY AS i (sender_index, client_id, n)
      CROSS JOIN LATERAL (
        SELECT e.id FROM events e
        WHERE e.actor_id = p_sender[i.sender_index] AND e.client_id = i.client_id AND e.client_id IS NOT NULL
          AND e.room_id + 0 = p_room[i.sender_index] OFFSET 0
      ) e;

      -- Why each of them may not write; null for those who may.
      SELECT array_agg(
        CASE
          WHEN v_rooms[width_bucket(i.room_id, v_rooms)] IS DISTINCT FROM i.room_id THEN 'not_found'
          WHEN v_kinds[width_bucket(i.room_id, v_rooms)] <> i.kind OR m.user_id IS NULL THEN 'not_found'
          WHEN m.muted_until > clock_timestamp() THEN 'muted'
          WHEN m.is_blocked THEN CASE
            WHEN EXISTS (
              SELECT 1 FROM conversations c
              CROSS JOIN LATERAL (
                SELECT 1 FROM blocks b
                WHERE b.blocker_id = i.sender_id
                  AND b.blocked_id = CASE c.user_low WHEN i.sender_id THEN c.user_high ELSE c.user_low END OFFSET 0
              ) b
              WHERE c.room_id = i.room_id OFFSET 0
            ) THEN 'blocked'
            ELSE 'refused'
          END
        END ORDER BY i.n
      ) INTO v_verdicts
      FROM unnest(p_room, p_kind, p_sender) WITH ORDINALITY AS i (room_id, kind, sender_id, n)
      LEFT JOIN LATERAL (
        SELECT m.user_id, m.muted_until, m.is_blocked FROM members m
        WHERE m.room_id = i.room_id AND m.user_id = i.sender_id OFFSET 0
      ) m ON true;

      -- A sender who may not write any more still gets their earlier message for a repeat, unless they are not a member.
      SELECT array_agg(j.n), array_agg(j.outcome), array_agg(j.earlier_id) INTO v_unstored, v_outcomes, v_earlier
      FROM (
        SELECT i.n, 'repeated' AS outcome, i.first_id AS earlier_id
        FROM unnest(v_repeats, v_first_ids) AS i (n, first_id)
        WHERE v_verdicts[p_sender_index[i.n]] IS DISTINCT FROM 'not_found'
        UNION ALL
        SELECT i.n, v_verdicts[i.sender_index], null
        FROM unnest(p_sender_index) WITH ORDINALITY AS i (sender_index, n)
        WHERE v_verdicts[i.sender_index] = 'not_found'
          OR (v_verdicts[i.sender_index] IS NOT NULL AND i.n <> ALL (coalesce(v_repeats, '{}')))
        UNION ALL
        SELECT i.n, i.reason, null
        FROM unnest(v_refused, v_reasons) AS i (n, reason)
        WHERE v_verdicts[p_sender_index[i.n]] IS NULL AND i.n <> ALL (coalesce(v_repeats, '{}'))
      ) j;

      -- Their rooms get the positions back.
      SELECT array_agg(l.room_id), array_agg(l.count) INTO v_lost_rooms, v_lost_counts
      FROM (SELECT p_room[p_sender_index[n]] AS room_id, count(*) AS count FROM unnest(v_unstored) n GROUP BY 1 ORDER BY 1) l;

      -- The others move up.
      SELECT array_agg(k.sender_index), array_agg(k.room_offset), array_agg(k.body), array_agg(k.client_id),
        array_agg(k.data) FILTER (WHERE p_rich IS NOT NULL)
      INTO p_sender_index, p_offset, p_body, p_client_id, v_data
      FROM (
        SELECT i.*, row_number() OVER (PARTITION BY p_room[i.sender_index] ORDER BY i.n)::int AS room_offset
        FROM unnest(p_sender_index, p_body, p_client_id, v_data) WITH ORDINALITY AS i (sender_index, body, client_id, data, n)
        WHERE i.n <> ALL (coalesce(v_unstored, '{}'))
        ORDER BY i.n
      ) k;
    END IF;

    BEGIN
      IF v_data IS NULL AND v_newest IS NULL THEN
        WITH stored AS (
          INSERT INTO events (room_id, seq, kind, actor_id, body, client_id, created_at, delivered_at)
          SELECT p_room[i.sender_index], v_last_seqs[width_bucket(p_room[i.sender_index], v_rooms)] + i.room_offset, 'message', p_sender[i.sender_index],
                 i.body, i.client_id, v_now, CASE WHEN p_delivered[i.sender_index] THEN v_now END
          FROM unnest(p_sender_index, p_offset, p_body, p_client_id) AS i (sender_index, room_offset, body, client_id)
          RETURNING id, seq
        )
        SELECT array_agg(s.id), array_agg(s.seq) INTO v_ids, v_seqs FROM stored s;
      ELSE
        WITH stored AS (
          INSERT INTO events (room_id, seq, kind, actor_id, body, client_id, data, created_at, delivered_at)
          SELECT p_room[i.sender_index], v_last_seqs[width_bucket(p_room[i.sender_index], v_rooms)] + i.room_offset, 'message', p_sender[i.sender_index],
                 i.body, i.client_id, i.data, t.at, CASE WHEN p_delivered[i.sender_index] THEN t.at END
          FROM unnest(p_sender_index, p_offset, p_body, p_client_id, v_data) AS i (sender_index, room_offset, body, client_id, data)
          CROSS JOIN LATERAL (
            SELECT CASE WHEN v_newest IS NULL THEN v_now ELSE v_newest[width_bucket(p_room[i.sender_index], v_rooms)] END AS at
          ) t
          RETURNING id, seq, created_at
        )
        SELECT array_agg(s.id), array_agg(s.seq), array_agg(s.created_at) FILTER (WHERE v_newest IS NOT NULL)
        INTO v_ids, v_seqs, v_times FROM stored s;
      END IF;
      EXIT;
    EXCEPTION WHEN unique_violation THEN
      IF v_resolve THEN
        RAISE;
      END IF;
      v_resolve := true;
    END;
  END LOOP;

  IF v_data IS NOT NULL THEN
    -- Members alone are mentioned, and not by themselves or by people whom they block.
    INSERT INTO mentions (room_id, event_id, user_id, seq, actor_id, kind)
    SELECT DISTINCT ON (s.id, t.user_id) s.room_id, s.id, t.user_id, s.seq, s.actor_id, t.kind
    FROM (
      SELECT i.id, i.seq, i.data, p_room[i.sender_index] AS room_id, p_sender[i.sender_index] AS actor_id
      FROM unnest(v_ids, v_seqs, p_sender_index, v_data) AS i (id, seq, sender_index, data)
      WHERE i.data IS NOT NULL
    ) s
    CROSS JOIN LATERAL message_mentions_1(s.room_id, s.actor_id, s.data) t
    ORDER BY s.id, t.user_id, t.rank;

    IF p_rich @? '$.data[*].files' THEN
      WITH used AS (
        INSERT INTO file_uses (room_id, event_id, file_id)
        SELECT p_room[i.sender_index], i.id, (a.attachment -> 'id')::bigint
        FROM unnest(v_ids, p_sender_index, v_data) AS i (id, sender_index, data)
        CROSS JOIN LATERAL jsonb_array_elements(i.data -> 'attachments') AS a (attachment)
        RETURNING file_id
      )
      UPDATE files f SET used_at = clock_timestamp(), touched_at = clock_timestamp() WHERE f.id = ANY (ARRAY(SELECT u.file_id FROM used u));
    END IF;

    SELECT jsonb_agg(message_extras_2(i.data, NULL, NULL, NULL) ORDER BY i.n) INTO v_extras FROM unnest(v_data) WITH ORDINALITY AS i (data, n);
  END IF;

  IF v_unstored IS NOT NULL THEN
    UPDATE rooms r
    SET last_seq = r.last_seq - v_lost_counts[width_bucket(r.id, v_lost_rooms)],
        last_event_at = coalesce(
          -- (Changes of one member's rights do not count as activity.)
          (SELECT e.created_at FROM events e
            WHERE e.room_id = r.id AND e.kind NOT IN ('member.role', 'member.muted', 'member.unmuted')
            ORDER BY e.room_id DESC, e.seq DESC LIMIT 1),
          r.created_at)
    WHERE r.id = ANY (v_lost_rooms);
  END IF;

  RETURN QUERY SELECT v_unstored, v_outcomes, v_earlier, v_ids, v_seqs, v_now, v_times, v_extras;
END
$$;
