// Bodies of every wrong kind, to every endpoint that takes one: what they are refused with, and that none makes the server
// fail or say too much.
import { afterAll, beforeAll, describe, expect, spyOn, test } from "bun:test";
import { readBody } from "../../src/http/body.ts";
import { expectClientError, newScene, rawCall, titled, WITH_BODY } from "../support/endpoints.ts";
import { expectInvalid, expectRefusal, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
let scene: Awaited<ReturnType<typeof newScene>>;
beforeAll(async () => {
  server = await startServer();
  scene = await newScene(server);
});
afterAll(() => server.close());

describe("a body", () => {
  const deep = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  const cases = titled(WITH_BODY);
  const title = "to %s";

  describe("that is no JSON answers 400", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      const path = scene.fill(endpoint.path);
      for (const text of ["{", "nope", "{'a': 1}", '{"a": 1,}', "NaN", "[".repeat(10), '{"a": "\t\n"}', "\u0000"]) {
        expectRefusal(await scene.send(endpoint, path, text), 400, "bad_request");
      }
    });
  });

  describe("that is no object answers 422", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      const path = scene.fill(endpoint.path);
      for (const text of ["[]", "[{}]", "1", "0", "true", "null", '"text"', deep(16)]) {
        expectInvalid(await scene.send(endpoint, path, text), "body");
      }
    });
  });

  describe("that is missing or empty answers 422, unless there need be none", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      for (const body of [undefined, ""]) {
        const answer = await scene.send(endpoint, scene.fill(endpoint.path), body);
        if (endpoint.bodyOptional) expect(answer.status).toBe(200);
        else expectRefusal(answer, 422, "invalid");
      }
    });
  });

  describe("with something nested in a field answers 422 there, up to 16 levels, and 400 beyond them", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      const path = scene.fill(endpoint.path);
      const withField = (field: string, value: string) =>
        scene.send(endpoint, path, JSON.stringify({ ...endpoint.body, [field]: "HERE" }).replace('"HERE"', value));
      for (const field of Object.keys(endpoint.body!)) expectInvalid(await withField(field, deep(15)), field);
      expect((await withField("unknown", deep(15))).status).not.toBe(500);
      for (const value of [
        deep(16),
        deep(20_000),
        `${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}`,
        "[".repeat(20_000),
      ]) {
        for (const field of [...Object.keys(endpoint.body!), "unknown"]) {
          expectRefusal(await withField(field, value), 400, "bad_request");
        }
      }
    });
  });

  describe("of 70 KB answers 413, whether its length is announced or not", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      const path = scene.fill(endpoint.path);
      const text = JSON.stringify({ ...endpoint.body, padding: "x".repeat(70_000) });
      const stream = () =>
        new ReadableStream({
          start(controller) {
            for (let i = 0; i < text.length; i += 9_000) controller.enqueue(Buffer.from(text.slice(i, i + 9_000)));
            controller.close();
          },
        });
      for (const body of [text, stream()]) expectRefusal(await scene.send(endpoint, path, body), 413, "too_large");
    });
  });

  describe("of another type, or in broken UTF-8, answers 400", () => {
    test.each(cases)(title, async (_title, endpoint) => {
      const path = scene.fill(endpoint.path);
      const text = JSON.stringify(endpoint.body);
      for (const type of [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "x",
      ]) {
        expectRefusal(await scene.send(endpoint, path, text, type), 400, "bad_request");
      }
      for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]]) {
        const broken = Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]);
        expectRefusal(await scene.send(endpoint, path, broken), 400, "bad_request");
      }
    });
  });

  describe("with a NUL or half a surrogate pair in a text answers 422 at its field", () => {
    const texts = (body: object) => Object.keys(body).filter((name) => typeof body[name as keyof object] === "string");
    test.each(titled(WITH_BODY.filter(({ body }) => texts(body!).length > 0)))(title, async (_title, endpoint) => {
      for (const field of texts(endpoint.body!)) {
        for (const broken of ["\\u0000", "\\ud800", "\\udc00", "\\udc00\\ud800"]) {
          const text = JSON.stringify({ ...endpoint.body, [field]: "some-HERE-text" }).replace("HERE", broken);
          const answer = await scene.send(endpoint, scene.fill(endpoint.path), text);
          expectInvalid(answer, field);
          expectClientError(answer);
        }
      }
    });
  });

  describe("with a value of another kind is refused without the server failing", () => {
    const VALUES: unknown[] = [
      null,
      true,
      0,
      -1,
      1.5,
      1e308,
      2 ** 53,
      "",
      " ",
      "x".repeat(20_000),
      [],
      {},
      [[]],
      [null],
      { $ne: 1 },
      { toString: 1 },
      [{ toString: 1, valueOf: 1 }],
      "__proto__",
      "' or 1=1 --",
      "%00",
      "\u202e",
      "1e3",
    ];
    test.each(cases)(title, async (_title, endpoint) => {
      const { fill, send } = await newScene(server);
      for (const field of Object.keys(endpoint.body!)) {
        for (const value of VALUES) {
          const body = JSON.stringify({ ...endpoint.body, [field]: value });
          const answer = await send(endpoint, fill(endpoint.path), body);
          if (answer.status >= 300) expectClientError(answer);
        }
      }
    });
  });

  test("keeps what is nested in its fields", async () => {
    const body = { list: [1, { deep: ["text", null] }], object: { a: { b: true } } };
    const headers = { "content-type": "application/json" };
    const request = new Request("http://localhost/", { method: "POST", headers, body: JSON.stringify(body) });
    expect(await readBody(request, () => {})).toEqual(body);
  });

  test("may come as JSON in any spelling of the type, with a character set, or with a byte order mark", async () => {
    const endpoint = WITH_BODY.find(({ path }) => path === "/groups")!;
    for (const type of ["application/json; charset=utf-8", "Application/JSON", " application/json "]) {
      expect((await scene.send(endpoint, "/groups", '{"name":"x"}', type)).status).toBe(201);
    }
    expect((await scene.send(endpoint, "/groups", '\ufeff{"name":"x"}')).status).toBe(201);
  });

  test("may hold what nobody asked for, which changes nothing", async () => {
    const endpoint = WITH_BODY.find(({ path }) => path === "/groups")!;
    const more = '"id":1,"owner_id":1,"role":"owner","__proto__":{"is_private":false},"constructor":{"prototype":{}}';
    const { status, body } = await scene.send(endpoint, "/groups", `{"name":"x",${more}}`);
    expect(status).toBe(201);
    expect(body.data.is_private).toBe(true);
    expect(body.group_id).not.toBe(1);
    expect(Object.hasOwn(Object.prototype, "is_private")).toBe(false);
  });
});

describe("a form", () => {
  const FORM = "application/x-www-form-urlencoded";
  const post = (form: string) => rawCall(server.url, "POST", "/login", form, { "content-type": FORM });

  test("that gives a field twice answers 400", async () => {
    for (const form of [
      "username=a&username=b&password=c",
      "username=a&password=b&password=b",
      "username=a&username=",
    ]) {
      expectRefusal(await post(form), 400, "bad_request");
    }
  });

  test("with a NUL answers 422 at its field", async () => {
    expectInvalid(await post("username=a%00b&password=abcdef"), "username");
    expectInvalid(await post("username=ab&password=abc%00def"), "password");
  });

  test("in any disorder is refused without the server failing", async () => {
    for (const form of [
      "%",
      "&&&",
      "=",
      "username",
      "username=%ff%fe&password=%",
      "username[]=a&password[]=b",
      "__proto__=1",
      "a".repeat(60_000),
      "username=%ED%A0%80&password=abcdef",
    ]) {
      expectClientError(await post(form));
    }
  });
});

test("a body that does not arrive in time is waited for no longer", async () => {
  const endless = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("{")) });
  const request = new Request("http://chat.example.org/", { method: "POST", body: endless });
  const reading = readBody(request, () => {}, 50);
  expect(await reading.catch(({ code }) => code)).toBe("bad_request");
});

test("a body whose caller can't be looked up is answered 503, whatever the database's error", async () => {
  const headers = { "content-type": "application/json", authorization: "Bearer x" };
  for (const code of ["ECONNREFUSED", "57P01", "55P03"]) {
    const spy = spyOn(server.core.sessions, "find").mockRejectedValue(Object.assign(new Error("gone"), { code }));
    try {
      for (const body of ["{}", "{"])
        expectRefusal(await server.call("POST", "/groups", body, headers), 503, "unavailable");
    } finally {
      spy.mockRestore();
    }
  }
});
