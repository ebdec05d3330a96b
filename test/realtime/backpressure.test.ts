// A consumer that stops reading costs only itself.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect as connectTcp } from "node:net";
import { newPair, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());

/** A WebSocket that never reads; `gone` resolves when the server cuts it off. */
async function deafSocket(path: string, token: string) {
  const { port } = new URL(server.url);
  const socket = connectTcp({ port: Number(port), host: "127.0.0.1" });
  const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    socket.once("data", () => {
      socket.pause();
      resolve();
    });
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
    socket.write(
      `GET ${path}?token=${token} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
  });
  return { socket, gone };
}

test("one that lets more than 1 MiB pile up is cut off, and those who read get everything in order", async () => {
  const { ali, veli, conversationId } = await newPair(server);
  const path = `/ws/conversations/${conversationId}`;
  const reader = await (await server.connect(ali, path)).ready();
  const deaf = await deafSocket(path, veli.token);

  // The kernel's own buffers take a few MiB before anything piles up in the server.
  const body = "x".repeat(4000);
  const waves = 80;
  const inWave = 50;
  let seq = 0;
  let isGone = false;
  deaf.gone.then(() => {
    isGone = true;
  });
  for (let wave = 0; wave < waves; wave++) {
    for (let i = 0; i < inWave; i++) reader.send({ type: "message.send", body });
    for (let i = 0; i < inWave; i++) expect((await reader.next("message.new")).seq).toBe(++seq);
  }
  // A paused socket does not notice its end before it reads again.
  deaf.socket.resume();
  await deaf.gone;
  expect(isGone).toBe(true);
  expect(await server.core.metrics.registry.getSingleMetricAsString("chat_sockets")).toContain("chat_sockets 1");
  await reader.expectSilence();
  await reader.close();
});
