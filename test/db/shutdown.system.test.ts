// SIGTERM while the database does not answer: those who are connected are still told.
import { expect, test } from "bun:test";
import { connect, newUser } from "../support/client.ts";
import { ServerProcess } from "../support/server-process.ts";

test("sockets are closed with 1001 although the database is frozen and a message is under way", async () => {
  const server = await ServerProcess.create();
  let frozen: number[] = [];
  try {
    await server.start();
    const [ali, veli] = [await newUser(server.url), await newUser(server.url)];
    const { conversation_id: id } = (await ali.post(`/conversations/${veli.id}`)).body;
    const sockets = await Promise.all(
      [ali, veli].map(({ token }) => connect(`${server.url}/ws/conversations/${id}?token=${token}`)),
    );
    for (const socket of sockets) await socket.ready();
    const postmaster = server.databasePid()!;
    const children = await Bun.$`ps -o pid= --ppid ${postmaster}`.text();
    frozen = [postmaster, ...children.trim().split(/\s+/).map(Number)];
    for (const pid of frozen) process.kill(pid, "SIGSTOP");
    sockets[0]!.send({ type: "message.send", body: "under way" });
    void server.end("SIGTERM");
    for (const socket of sockets) expect((await socket.closed).code).toBe(1001);
  } finally {
    for (const pid of frozen) {
      try {
        process.kill(pid, "SIGCONT");
      } catch {
        // Gone meanwhile.
      }
    }
    await server.remove();
  }
});
