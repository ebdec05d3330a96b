// `/.well-known/security.txt`, as RFC 9116 has it.
import { expect, test } from "bun:test";
import { readConfig } from "../../../src/config.ts";
import { expectRefusal, startServer } from "../../support/harness.ts";

const PATH = "/.well-known/security.txt";

test("names the contact that the operator has set, and when to ask again", async () => {
  const { securityContact } = readConfig({ SECURITY_CONTACT: "security@example.org" });
  const server = await startServer({ securityContact, publicUrl: "https://chat.example.org" });
  const { status, body, headers } = await server.call("GET", PATH);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const [contact, expires, canonical, end] = body.split("\n");
  expect([contact, canonical, end]).toEqual([
    "Contact: mailto:security@example.org",
    `Canonical: https://chat.example.org${PATH}`,
    "",
  ]);
  const days = (Date.parse(/^Expires: (\S+)$/.exec(expires)![1]!) - Date.now()) / 86_400_000;
  expect(days).toBeWithin(30, 365);
  await server.close();
});

test("there is none without a contact", async () => {
  const server = await startServer();
  expectRefusal(await server.call("GET", PATH), 404, "not_found");
  await server.close();
});
