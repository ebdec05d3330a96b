// What the server is measured against: the least that a chat over Bun's native topics can do. It reads a frame, makes the same
// `message.new` of it that the server would, and publishes it. No sessions, no members, nothing stored. It shares no code with
// the server, so that a faster server is never a faster floor. Takes the server's addresses, with the user's id for a token,
// and `rooms` (topics, comma-separated) on /ws.

interface Member {
  userId: number;
  /** What it subscribes to when it opens; kept only on a room's own socket, whose frames don't name the room. */
  topics: string[];
}

interface Sent {
  type: string;
  body: string;
  client_id: string;
  ref?: string;
  conversation_id?: number;
  group_id?: number;
}

const seqs = new Map<string, number>();
let lastId = 0;

const server = Bun.serve<Member>({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request, server) {
    const { pathname, searchParams } = new URL(request.url);
    const [, , kind, id] = pathname.split("/");
    const topics = kind
      ? [`${kind === "groups" ? "group" : "conversation"}:${id}`]
      : searchParams.get("rooms")!.split(",");
    if (server.upgrade(request, { data: { userId: Number(searchParams.get("token")), topics } })) return;
    return new Response(null, { status: 400 });
  },
  // As the server's own.
  websocket: {
    idleTimeout: 120,
    sendPings: true,
    maxPayloadLength: 1024 * 1024,
    backpressureLimit: 1024 * 1024,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    open(ws) {
      for (const topic of ws.data.topics) ws.subscribe(topic);
      if (ws.data.topics.length > 1) ws.data.topics = [];
    },
    message(ws, raw) {
      const sent: Sent = JSON.parse(raw as string);
      if (sent.type === "ping") return void ws.send('{"type":"pong"}', false);
      const named = sent.conversation_id ?? sent.group_id;
      const topic = named === undefined ? ws.data.topics[0]! : `${sent.group_id ? "group" : "conversation"}:${named}`;
      const data = toMessage(topic, ws.data.userId, sent);
      const type = topic.startsWith("group") ? "group.message.new" : "message.new";
      server.publish(topic, JSON.stringify({ type, seq: data.seq, data }), false);
      if (sent.ref !== undefined) ws.send(JSON.stringify({ type: "ack", ref: sent.ref, data }), false);
    },
  },
});

function toMessage(topic: string, userId: number, sent: Sent) {
  const [kind, id] = topic.split(":");
  const seq = (seqs.get(topic) ?? 0) + 1;
  seqs.set(topic, seq);
  // Six more digits, as the server's are from the database.
  const createdAt = `${new Date().toISOString().slice(0, -1)}000+00:00`;
  return {
    id: ++lastId,
    ...(kind === "conversation"
      ? { conversation_id: Number(id) }
      : { group_id: Number(id), sender_name: `user${userId}` }),
    sender_id: userId,
    body: sent.body,
    client_id: sent.client_id,
    seq,
    created_at: createdAt,
    edited_at: null,
    deleted_at: null,
    delivered_at: kind === "conversation" ? createdAt : null,
    read_at: null,
  };
}

console.log(`The floor is at http://127.0.0.1:${server.port}`);
