// What two servers promise while NATS comes and goes: what happens on one of them reaches the other all the same.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { newPair } from "../support/harness.ts";
import { NatsServer } from "../support/nats.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

let nats: NatsServer;
let two: TwoServers;
beforeAll(async () => {
  nats = await NatsServer.start();
  two = await startTwo("notify", { busUrl: nats.url });
});
afterAll(async () => {
  await two.close();
  await nats.stop();
});

/** What /metrics of both servers says of the bus. */
async function busUp(): Promise<string[]> {
  const texts = await Promise.all([two.a, two.b].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  return texts.map((text) => /^chat_bus_up (\d)$/m.exec(text)?.[1] ?? "");
}

async function untilBus(state: "0" | "1") {
  while ((await busUp()).some((value) => value !== state)) await Bun.sleep(10);
}

test("messages reach the other server in order while NATS is killed, away and back, and both say so in their metrics", async () => {
  const { ali, veli, conversationId } = await newPair(two.a);
  const onA = await (await two.a.connect(ali, "/ws")).ready();
  const onB = await (await two.b.connect(veli, "/ws")).ready();
  const post = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await ali.post(`/messages/${conversationId}`, { body: `a${i}` });
      await two.onB(veli).post(`/messages/${conversationId}`, { body: `b${i}` });
    }
  };
  await untilBus("1");
  await post(5);
  await nats.kill();
  await post(5);
  await untilBus("0");
  await post(5);
  expect((await two.a.call("GET", "/ready")).status).toBe(200);
  await nats.restart();
  await post(5);
  await untilBus("1");
  await post(5);
  for (const socket of [onA, onB]) {
    const seqs: number[] = [];
    while (seqs.length < 50) seqs.push((await socket.next("message.new")).seq!);
    expect(seqs).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  }
});
