// The network does to connections what it is told to, and nothing else.
import { afterAll, beforeEach, expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { TcpProxy } from "./tcp-proxy.ts";

const heard: Socket[] = [];
let received = "";
const server = createServer((socket) => {
  heard.push(socket);
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    received += bytes;
    socket.write(bytes);
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const proxy = await TcpProxy.start(`http://127.0.0.1:${(server.address() as { port: number }).port}`);

afterAll(() => {
  proxy.close();
  server.close();
});

beforeEach(() => {
  received = "";
});

/** A client of the echoing server: what it sends and hears, and whether its line has ended. */
async function newClient() {
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const client = {
    socket,
    text: "",
    ended: new Promise<void>((resolve) => socket.on("close", () => resolve())),
    send: (text: string) => socket.write(text),
    async hears(text: string) {
      while (client.text !== text) await Bun.sleep(1);
    },
  };
  socket.on("error", () => {});
  socket.on("data", (bytes) => {
    client.text += bytes;
  });
  client.send("!");
  await client.hears("!");
  return client;
}

test("carries both ways, and an end too", async () => {
  const client = await newClient();
  client.send("hello");
  await client.hears("!hello");
  heard.at(-1)!.end("bye");
  await client.ended;
  expect(client.text).toBe("!hellobye");
});

test.each(["reset", "close"] as const)("cuts (%s) on both sides, all or the chosen", async (how) => {
  const clients = await Promise.all([newClient(), newClient()]);
  const far = heard.slice(-2).map((socket) => new Promise<void>((resolve) => socket.on("close", () => resolve())));
  let asked = 0;
  expect(proxy.cut(how, () => asked++ === 0)).toBe(1);
  await Promise.race(clients.map(({ ended }) => ended));
  expect(proxy.connections).toBe(1);
  expect(proxy.cut(how)).toBe(1);
  await Promise.all([...clients.map(({ ended }) => ended), ...far]);
});

test("delays without reordering", async () => {
  const client = await newClient();
  const words = Array.from({ length: 50 }, (_, i) => `${i} `);
  proxy.delay(30);
  for (const word of words) {
    client.send(word);
    await Bun.sleep(1);
  }
  proxy.delay(0);
  client.send("end");
  await client.hears(`!${words.join("")}end`);
  await client.socket.destroy();
});

test.each([
  ["requests", "!", ""],
  ["answers", "!", "!lost"],
  ["both", "!", ""],
] as const)("swallows %s for as long as it lasts, then cuts", async (what, told, asked) => {
  const client = await newClient();
  const cut = proxy.silence(what);
  client.send("lost");
  if (asked) while (received !== asked) await Bun.sleep(1);
  // A connection made later is not touched, and tells that time enough has passed.
  const other = await newClient();
  expect(client.text).toBe(told);
  expect(cut()).toBe(1);
  await client.ended;
  other.send("through");
  await other.hears("!through");
  other.socket.destroy();
});
