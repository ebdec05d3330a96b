// A client that sends without waiting, while the server and its database are frozen for longer than senders wait; then it comes back
// and sends everything again.
import { expect, test } from "bun:test";
import { connect, newUser, type Socket } from "../support/client.ts";
import { ServerProcess } from "../support/server-process.ts";
import { databasePids, signal } from "./faults.ts";

const FREEZE_MS = 6_000;

test.each([
  ["the old socket closed", true],
  ["the old socket still open", false],
])(
  "m1 to m8, sent before and during the freeze and again after it, are stored in order: %s",
  async (_name, closes) => {
    const server = await ServerProcess.create();
    try {
      await server.start();
      const [ali, veli] = await Promise.all([newUser(server.url), newUser(server.url)]);
      const { conversation_id } = (await ali.post(`/conversations/${veli.id}`)).body;
      const address = `${server.url}/ws/conversations/${conversation_id}?token=${ali.token}`;
      const bodies = Array.from({ length: 8 }, (_, i) => `m${i + 1}`);
      const clientIds = new Map(bodies.map((body) => [body, crypto.randomUUID()]));
      const send = (socket: Socket, some: string[]) => {
        for (const body of some) socket.send({ type: "message.send", body, client_id: clientIds.get(body), ref: body });
      };
      const old = await (await connect(address)).ready();
      const pids = await databasePids(server);
      for (const pid of pids) signal(pid, "SIGSTOP");
      send(old, bodies.slice(0, 4));
      await old.ready();
      signal(server.pid, "SIGSTOP");
      send(old, bodies.slice(4));
      await Bun.sleep(FREEZE_MS);
      if (closes) old.ws.terminate();
      const connecting = connect(address);
      for (const pid of [server.pid, ...pids]) signal(pid, "SIGCONT");
      const socket = await connecting;
      for (let left = bodies; left.length > 0; ) {
        send(socket, left);
        const stored = new Set<string>();
        for (const _ of left) {
          const { type, ref, code } = await socket.nextOf("ack", "error");
          if (type === "ack") stored.add(ref!);
          else expect(["unavailable", "slow_down"]).toContain(code!);
        }
        left = left.filter((body) => !stored.has(body));
        if (left.length > 0) await Bun.sleep(100);
      }
      const { data } = (await ali.get(`/messages/${conversation_id}`)).body;
      expect(data.map(({ body }: { body: string }) => body)).toEqual(bodies);
    } finally {
      await server.remove();
    }
  },
  120_000,
);
