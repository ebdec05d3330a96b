// Connections that have not said who they are: how many one network may have, and what they may make the server keep or parse.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { type Socket, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ rateLimits: true, trustProxy: 1 });
});
afterAll(() => server.close());

const from = (address: string) => ({ "x-forwarded-for": address });
const stranger = (address: string) => server.connect(null, "/ws", from(address));
const TOO_MANY = { code: 1013, reason: "too_many_sockets" };

describe("a thousand sockets of one network without a token", () => {
  let crowd: Socket[];
  beforeAll(async () => {
    crowd = [];
    for (let i = 0; i < 10; i++)
      crowd.push(
        ...(await Promise.all(Array.from({ length: 100 }, (_, k) => stranger(`[2001:db8::${i}:${k}]:${k + 1}`)))),
      );
  });

  test("are the most it may have, however its addresses are spelled", async () => {
    for (const address of ["2001:db8::ffff", "2001:0DB8:0:0:1::1", '"[2001:db8::1]:443"', "2001:db8::1%eth0"])
      expect(await (await stranger(address)).closed).toEqual(TOO_MANY);
  });

  test("keep nobody else out, and make room when they leave or say who they are", async () => {
    const user = await server.newUser();
    const greet = async (socket: Socket) => {
      socket.send({ type: "auth", token: user.token, ref: "a" });
      await socket.next("ack");
    };
    for (const address of ["2001:db8:0:1::1", "203.0.113.5"]) await greet(await stranger(address));
    await crowd.pop()!.close();
    const [later] = await until(async () => {
      const socket = await stranger("2001:db8::1");
      return (await isOpen(socket)) ? [socket] : null;
    });
    // One socket whose user is known is a stranger's no longer.
    await greet(later!);
    await greet(await stranger("2001:db8::2"));
  });

  afterAll(() => Promise.all(crowd.map((socket) => socket.close())));
});

/** Whether the server has let the socket in rather than closed it at once. */
async function isOpen(socket: Socket) {
  const { promise: answered, resolve } = Promise.withResolvers<null>();
  // Bun's own event, which the standard does not have. A server that closes at once has done so before it answers.
  socket.ws.addEventListener("pong" as never, () => resolve(null));
  socket.ws.ping();
  return (await Promise.race([socket.closed, answered])) === null;
}

async function until<T>(ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
  }
}

test("a first frame of more than 8 KiB ends the connection unparsed; one of 8 KiB is taken", async () => {
  const user = await server.newUser();
  const frame = (size: number, fill: string) => {
    const bare = JSON.stringify({ type: "auth", token: user.token, ref: "a", x: "" });
    return bare.replace('"x":""', `"x":"${fill.repeat((size - bare.length) / Buffer.byteLength(fill))}"`);
  };
  const parse = spyOn(JSON, "parse");
  try {
    for (const long of [frame(8 * 1024 + 1, "x"), frame(8 * 1024 + 4, "é"), frame(60_000, "x")]) {
      const socket = await stranger("203.0.113.7");
      socket.send(long);
      expect(await socket.closed).toEqual({ code: 1009, reason: "frame_too_large" });
      expect(parse.mock.calls.some(([text]) => text === long)).toBe(false);
    }
  } finally {
    parse.mockRestore();
  }
  const socket = await stranger("203.0.113.7");
  socket.send(frame(8 * 1024, "x"));
  await socket.next("ack");
});

test("first frames of one network past its rate are not parsed, and another's are", async () => {
  const { limits } = server.core;
  const take = limits.authFrame;
  expect(() => {
    for (let i = 0; i < 1_000_000; i++) take("203.0.113.10");
  }).toThrow("Too many connections");
  // Until it is full, whatever has come back meanwhile.
  const full = spyOn(limits, "authFrame").mockImplementation((network) => {
    for (;;) take(network);
  });
  const parse = spyOn(JSON, "parse");
  try {
    const socket = await stranger("203.0.113.11:4711");
    socket.send('{"type":"guess"}');
    expect(await socket.closed).toEqual(TOO_MANY);
    expect(parse.mock.calls.some(([text]) => text === '{"type":"guess"}')).toBe(false);
  } finally {
    parse.mockRestore();
    full.mockRestore();
  }
  const other = await stranger("203.0.113.12");
  other.send({ type: "auth", token: (await server.newUser()).token, ref: "a" });
  await other.next("ack");
});

describe("frames behind a token that is being checked", () => {
  /** Runs `work` while every look-up of a session waits. */
  async function whileChecking(work: (release: () => void) => Promise<void>) {
    const { sessions } = server.core;
    const find = sessions.find.bind(sessions);
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    const spy = spyOn(sessions, "find").mockImplementation((token) => gate.then(() => find(token)));
    try {
      await work(release);
    } finally {
      release();
      spy.mockRestore();
    }
  }

  test("wait unparsed, up to 64 and with the ordinary limit of each, and are then answered in order", async () => {
    const user = await server.newUser();
    await whileChecking(async (release) => {
      const socket = await server.connect(user, "/ws", from("203.0.113.8"));
      const parse = spyOn(JSON, "parse");
      const frames = Array.from({ length: 64 }, (_, i) => `{"type":"ping","ref":"r${i}","x":"${"x".repeat(20_000)}"}`);
      for (const frame of [...frames, '{"type":"ping","ref":"one too many"}']) socket.send(frame);
      expect(await socket.next("error")).toMatchObject({ code: "slow_down", ref: "one too many" });
      expect(parse.mock.calls.filter(([text]) => frames.includes(text))).toEqual([]);
      parse.mockRestore();
      release();
      for (let i = 0; i < 64; i++) expect((await socket.nextOf("ack", "error")).ref).toBe(`r${i}`);
    });
  });

  test("of more than 64 KiB end the connection", async () => {
    const user = await server.newUser();
    await whileChecking(async () => {
      const socket = await server.connect(user, "/ws", from("203.0.113.8"));
      socket.send("x".repeat(64 * 1024 + 1));
      expect(await socket.closed).toEqual({ code: 1009, reason: "frame_too_large" });
    });
  });

  test("of one network are kept up to 16 MiB, and others' wait beside them", async () => {
    const user = await server.newUser();
    await whileChecking(async (release) => {
      const frame = `{"type":"ping","x":"${"x".repeat(64 * 1024 - 30)}"}`;
      const sockets = await Promise.all(
        Array.from({ length: 6 }, () => server.connect(user, "/ws", from("203.0.113.9"))),
      );
      for (const socket of sockets) for (let i = 0; i < 50; i++) socket.send(frame);
      // 300 frames of almost 64 KiB are more than 16 MiB: some of the last ones are refused.
      expect(await Promise.any(sockets.map((socket) => socket.next("error")))).toMatchObject({ code: "slow_down" });
      const other = await server.connect(user, "/ws", from("203.0.113.10"));
      other.send({ type: "ping", ref: "mine" });
      release();
      expect((await other.next("ack")).ref).toBe("mine");
    });
  });
});

test("a token that can't be checked in time is answered `unavailable`, for the session may be good", async () => {
  const hasty = await startServer({}, server.target, { sweep: 20, auth: 100 });
  const spy = spyOn(hasty.core.sessions, "find").mockImplementation(() => new Promise(() => {}));
  try {
    const named = await hasty.connect(await hasty.newUser(), "/ws");
    const unnamed = await hasty.connect(null, "/ws");
    expect(await named.closed).toEqual({ code: 1013, reason: "unavailable" });
    expect(await unnamed.closed).toEqual({ code: 1008, reason: "unauthorized" });
  } finally {
    spy.mockRestore();
    await hasty.close();
  }
});
