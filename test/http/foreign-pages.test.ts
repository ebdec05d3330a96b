// Pages of other sites in the browser of somebody who has this server's address: what takes no session costs their network its limits.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readDocument } from "../docs/document.ts";
import { call, expectRefusal, startServer, type TestServer } from "../support/harness.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ corsOrigins: ["https://app.example.org"], publicUrl: "https://chat.example.org" });
});
afterAll(() => server.close());

const FOREIGN: Record<string, string>[] = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }];
// Each a body that the call would otherwise take, as a form can send it.
const FORMS: Record<string, string> = {
  "post /register": "username=mallory&email=mallory@example.com&password=StrongPassword123",
  "post /login": "username=mallory&password=StrongPassword123",
  "post /password/forgot": "email=mallory@example.com",
  "post /password/reset": "token=none&new_password=StrongPassword123",
  "post /email/verify": "token=none",
  "post /login/passkey/options": "",
  "get /invites/{code}": "",
};
// Of what only scripts can send, which may not send it to other origins.
const TAKES_OBJECTS = ["post /login/passkey"];
const OF_PROVIDERS = ["post /sso/{provider}/start", "post /sso/token"];

test("every call that takes no session and is counted refuses them", async () => {
  const { operations } = await readDocument(server);
  const open = operations.filter(({ operation, method }) => operation.security.length === 0 && method === "post");
  expect(open.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(FORMS), ...TAKES_OBJECTS, ...OF_PROVIDERS].filter((name) => name.startsWith("post")).toSorted(),
  );
  for (const [name, form] of Object.entries(FORMS)) {
    const [method, path] = name.split(" ") as [string, string];
    for (const headers of FOREIGN) {
      const answer = await call(
        server.url,
        method.toUpperCase(),
        path.replace("{code}", "x".repeat(22)),
        form || undefined,
        {
          ...headers,
          "content-type": "application/x-www-form-urlencoded",
        },
      );
      expectRefusal(answer, 403, "forbidden");
    }
  }
});
