// What carries bundles between servers, over a real PostgreSQL and a real NATS server: what arrives, and what a broken connection does.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { NatsWire } from "../../src/bus/wire-nats.ts";
import { connect } from "../../src/db/connect.ts";
import { newDatabase } from "../support/harness.ts";
import { NatsServer } from "../support/nats.ts";
import { NatsAccounts } from "../support/nats-accounts.ts";
import { until } from "../support/patience.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { type OpenWire, openNatsWire, openPostgresWire } from "../support/wires.ts";

let database: Awaited<ReturnType<typeof newDatabase>>;
let nats: NatsServer;
let admin: ReturnType<typeof connect>;

beforeAll(async () => {
  [database, nats] = await Promise.all([newDatabase(), NatsServer.start()]);
  admin = connect(database.target, { max: 1, name: "test" });
});
afterAll(async () => {
  await admin.end();
  await Promise.all([database.drop(), nats.stop()]);
});

/** Opens wires and closes them at the end. */
async function using(open: () => Promise<OpenWire>, count: number, work: (...wires: OpenWire[]) => Promise<void>) {
  const wires: OpenWire[] = [];
  try {
    for (let i = 0; i < count; i++) wires.push(await open());
    await work(...wires);
  } finally {
    await Promise.all(wires.map((wire) => wire.close()));
  }
}

/** Sends numbered payloads until the other side has heard one of them: the wires work again. */
async function untilHeard(from: OpenWire, to: OpenWire, label: string) {
  let sent = 0;
  await until(`${label} arrives`, () => {
    from.wire.send("l.0", `${label} ${sent++}`);
    return to.heard.payloads.some((payload) => payload.startsWith(label));
  });
}

describe.each([
  ["PostgreSQL", () => openPostgresWire(database.target)],
  ["NATS", () => openNatsWire(nats.url)],
] as const)("the wire over %s", (_name, open) => {
  test("carries every payload to all others", () =>
    using(open, 3, async (a, b, c) => {
      const sent = Array.from({ length: 300 }, (_, i) => `${i}: çay ☕ 😀 "quoted" \\ {} ,\n second line`);
      for (const [i, payload] of sent.entries()) {
        const lane = i % 16;
        a!.wire.send(i % 2 ? `u.${lane}` : `l.${lane}`, payload);
      }
      await until("all have arrived", () => [b!, c!].every(({ heard }) => heard.payloads.length === 300));
      expect(b!.heard.payloads.toSorted()).toEqual(sent.toSorted());
      expect(c!.heard.payloads.toSorted()).toEqual(sent.toSorted());
      expect([a!, b!, c!].map(({ heard }) => heard.gaps)).toEqual([0, 0, 0]);
    }));

  test("carries payloads as long as it says", () =>
    using(open, 2, async (a, b) => {
      const payload = "ş".repeat(Math.floor(a!.wire.maxLength / 2));
      a!.wire.send("l.1", payload);
      await until("it has arrived", () => b!.heard.payloads.length === 1);
      expect(b!.heard.payloads[0] === payload).toBe(true);
    }));

  test("sends and hears nothing once it is closed", () =>
    using(open, 2, async (a, b) => {
      await a!.wire.close();
      a!.wire.send("l.0", "too late");
      b!.wire.send("l.0", "unheard");
      await using(open, 1, (c) => untilHeard(b!, c!, "later"));
      expect(a!.heard.payloads).toEqual([]);
      expect(b!.heard.payloads).not.toContain("too late");
    }));
});

describe("the wire over PostgreSQL", () => {
  const open = () => openPostgresWire(database.target);
  const listeners = () =>
    admin<{ pid: number }[]>`
      select pid from pg_stat_activity where datname = current_database() and application_name like 'realtime-chat listener %'`;

  test("listens again after its session was terminated, and says that payloads may have been lost", () =>
    using(open, 2, async (a, b) => {
      for (let round = 1; round <= 3; round++) {
        const before = [a!.heard.gaps, b!.heard.gaps] as const;
        for (const { pid } of await listeners()) await admin`select pg_terminate_backend(${pid})`;
        await until("both listen again", () => a!.heard.gaps > before[0] && b!.heard.gaps > before[1]);
        expect([a!.wire.isUp, b!.wire.isUp]).toEqual([true, true]);
        await untilHeard(a!, b!, `round ${round}`);
      }
    }));

  test("listens again after the database has refused connections for a while", async () => {
    const proxy = await PostgresProxy.to(database.target);
    try {
      await using(
        () => openPostgresWire(proxy.target),
        1,
        async (a) => {
          proxy.refuse();
          // After many attempts.
          await until("the wire knows that it is down", () => !a!.wire.isUp);
          expect(a!.heard.gaps).toBe(0);
          proxy.open();
          await until("it listens again", () => a!.heard.gaps > 0);
          await using(
            () => openPostgresWire(database.target),
            1,
            (b) => untilHeard(b!, a!, "again"),
          );
        },
      );
    } finally {
      await proxy.close();
    }
  });

  /** Stops a backend; false, and it goes on, when it was at work in this moment, which the server would wait for. */
  async function freezeIdle(pid: number): Promise<boolean> {
    process.kill(pid, "SIGSTOP");
    const [found] = await admin<{ idle: boolean }[]>`
      select wait_event_type is not distinct from 'Client' as idle from pg_stat_activity where pid = ${pid}`;
    if (!found!.idle) process.kill(pid, "SIGCONT");
    return found!.idle;
  }

  test("notices a session that no longer responds", () =>
    using(
      () => openPostgresWire(database.target, 200),
      2,
      async (a, b) => {
        // (A stopped backend is what a half-open connection looks like from here.)
        const pids = (await listeners()).map(({ pid }) => pid);
        try {
          for (const pid of pids) await until(`session ${pid} stands still while it is idle`, () => freezeIdle(pid));
          // On a busy machine a new one may be found silent as well.
          await until("both listen over new sessions", () => a!.heard.gaps > 0 && b!.heard.gaps > 0);
          await untilHeard(a!, b!, "over new ones");
        } finally {
          for (const pid of pids) process.kill(pid, "SIGCONT");
        }
      },
    ));
});

describe("the wire over NATS", () => {
  test("brings no payload back to its sender", () =>
    using(
      () => openNatsWire(nats.url),
      2,
      async (a, b) => {
        a!.wire.send("l.0", "own");
        b!.wire.send("l.0", "foreign");
        await until("the others have arrived", () => a!.heard.payloads.length > 0 && b!.heard.payloads.length > 0);
        await untilHeard(b!, a!, "last");
        expect(a!.heard.payloads).not.toContain("own");
      },
    ));

  test("is up again after its broker was killed and started again, and says that payloads may have been lost", () =>
    using(
      () => openNatsWire(nats.url),
      2,
      async (a, b) => {
        for (let round = 1; round <= 2; round++) {
          await nats.kill();
          await until("both have noticed", () => !a!.wire.isUp && !b!.wire.isUp);
          a!.wire.send("l.0", "into the void");
          await nats.restart();
          await until("both are back", () => a!.wire.isUp && b!.wire.isUp);
          for (const { heard } of [a!, b!]) expect(heard.gaps).toBeGreaterThanOrEqual(round);
          await untilHeard(a!, b!, `round ${round}`);
        }
        expect(b!.heard.payloads).not.toContain("into the void");
      },
    ));

  test("notices a broker that stands still, and is back when it goes on", () =>
    using(
      () => openNatsWire(nats.url),
      2,
      async (a, b) => {
        nats.freeze();
        try {
          await until("both have noticed", () => !a!.wire.isUp && !b!.wire.isUp);
        } finally {
          nats.thaw();
        }
        await until("both are back", () => a!.wire.isUp && b!.wire.isUp);
        for (const { heard } of [a!, b!]) expect(heard.gaps).toBeGreaterThan(0);
        await untilHeard(a!, b!, "back");
      },
    ));

  test("bounds what it keeps for a broker that stands still", () =>
    using(
      () => openNatsWire(nats.url),
      1,
      async (a) => {
        const wire = a!.wire as NatsWire;
        const payload = "x".repeat(wire.maxLength);
        let sent = 0;
        nats.freeze();
        try {
          while (wire.dropped === 0 && sent++ < 1_000) wire.send("l.0", payload);
        } finally {
          nats.thaw();
        }
        expect(wire.dropped).toBe(1);
        expect(sent * payload.length).toBeLessThan(40 * 1024 * 1024);
      },
    ));

  test("says that payloads may have been lost after it was too slow for the broker", async () => {
    const strict = await NatsServer.start(`max_pending: 1MB, write_deadline: "1s"`);
    try {
      await using(
        () => openNatsWire(strict.url),
        1,
        async (a) => {
          // Nothing is read here while the other process floods.
          const flood = `
          const line = Buffer.from("PUB test.l.0 200000\\r\\n" + "x".repeat(200000) + "\\r\\n");
          const socket = require("node:net").connect(${strict.port}, "127.0.0.1", () => {
            socket.write('CONNECT {"verbose":false}\\r\\n');
            let left = 300;
            const more = () => { while (left-- > 0) if (!socket.write(line)) return socket.once("drain", more); socket.write("PING\\r\\n"); };
            more();
          });
          socket.on("data", (data) => { if (String(data).includes("PONG")) process.exit(0); });`;
          Bun.spawnSync([process.execPath, "-e", flood]);
          await until("it is back", () => a!.heard.gaps > 0 && a!.wire.isUp);
          await using(
            () => openNatsWire(strict.url),
            1,
            (b) => untilHeard(b!, a!, "back"),
          );
        },
      );
    } finally {
      await strict.stop();
    }
  });

  test("starts while no broker can be reached, and connects later", () =>
    using(
      () => openNatsWire(nats.url),
      1,
      async (b) => {
        await nats.kill();
        try {
          await using(
            () => openNatsWire(nats.url),
            1,
            async (a) => {
              expect(a!.wire.isUp).toBe(false);
              a!.wire.send("l.0", "into the void");
              await nats.restart();
              await until("both are up", () => a!.wire.isUp && b!.wire.isUp);
              expect(a!.heard.gaps).toBeGreaterThan(0);
              await untilHeard(a!, b!, "later");
            },
          );
        } finally {
          await nats.kill();
          await nats.restart();
        }
      },
    ));

  describe("with a user, a token or credentials", () => {
    let users: NatsServer;
    let tokens: NatsServer;
    beforeAll(async () => {
      [users, tokens] = await Promise.all([
        NatsServer.start(
          `authorization { users: [
            { user: "chat", password: "a/b@c" },
            { user: "reader", password: "pass", permissions: { subscribe: "other.>" } }
          ] }`,
        ),
        NatsServer.start(`authorization { token: "a-private-token" }`),
      ]);
    });
    afterAll(() => Promise.all([users.stop(), tokens.stop()]));
    test("is let in by a credentials file, and refused with another operator's, or without one", async () => {
      const accounts = new NatsAccounts();
      const server = await NatsServer.start(accounts.config);
      const refused = /refuses the user, token or credentials/;
      try {
        await using(
          () => openNatsWire(server.url, accounts.newCredentials()),
          2,
          (a, b) => untilHeard(a!, b!, "let in"),
        );
        await expect(openNatsWire(server.url, new NatsAccounts().newCredentials())).rejects.toThrow(refused);
        await expect(openNatsWire(server.url)).rejects.toThrow(refused);
        const elsewhere = accounts.newCredentials({ sub: { allow: ["other.>"] } });
        await expect(openNatsWire(server.url, elsewhere)).rejects.toThrow(/does not let this user subscribe/);
      } finally {
        await server.stop();
      }
    });

    test("is refused with a credentials file that is none, in a sentence that does not repeat it", async () => {
      const error = await openNatsWire(nats.url, "a private matter").catch((error) => error);
      expect(error.message).toMatch(/BUS_CREDENTIALS holds no credentials/);
      expect(error.message).not.toContain("private");
    });

    const at = (server: NatsServer, login: string) => server.url.replace("//", `//${login}@`);

    test("is let in", async () => {
      for (const url of [at(users, "chat:a%2Fb%40c"), at(tokens, "a-private-token")]) {
        await using(
          () => openNatsWire(url),
          2,
          (a, b) => untilHeard(a!, b!, "let in"),
        );
      }
    });

    test.each([
      ["wrong password", () => at(users, "chat:private"), /refuses the user, token or credentials/],
      ["no user", () => users.url, /refuses the user, token or credentials/],
      ["wrong token", () => at(tokens, "private"), /refuses the user, token or credentials/],
      ["user who may not subscribe", () => at(users, "reader:pass"), /does not let this user subscribe to test\.l\.\*/],
    ] as const)("stops the start with a sentence that repeats no secret: %s", async (_name, url, sentence) => {
      const error = await openNatsWire(url()).then(
        (open) => open.close().then(() => null),
        (error) => error,
      );
      expect(error?.message).toMatch(sentence);
      expect(error.message).not.toMatch(/private|pass\b/);
    });
  });
});
