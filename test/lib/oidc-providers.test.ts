// The setting OIDC_PROVIDERS: what is taken, and what an operator reads who got it wrong.
import { describe, expect, test } from "bun:test";
import { readConfig } from "../../src/config.ts";

const SECRET = "very-secret-of-the-chat";
const provider = {
  id: "acme",
  label: "Acme",
  issuer: "https://id.example.com/realms/acme",
  client_id: "chat",
  client_secret: SECRET,
};
const PUBLIC_URL = "https://chat.example.org";
const read = (value: unknown) =>
  readConfig({ PUBLIC_URL, OIDC_PROVIDERS: typeof value === "string" ? value : JSON.stringify(value) });

describe("OIDC_PROVIDERS takes", () => {
  test("nothing, for no provider", () => {
    expect(readConfig({}).oidcProviders).toEqual([]);
  });

  test("several providers, with what is left out as most people want it", () => {
    const [one, two] = read([
      provider,
      { ...provider, id: "other", issuer: "http://127.0.0.1:9000", scopes: ["email"], create: false },
    ]).oidcProviders;
    expect(one).toMatchObject({
      id: "acme",
      clientSecret: SECRET,
      scopes: ["openid", "profile", "email"],
      create: true,
      emailDomains: null,
    });
    expect(two).toMatchObject({ id: "other", scopes: ["openid", "email"], create: false });
  });
});

describe("OIDC_PROVIDERS says what is wrong with", () => {
  const wrong: [string, unknown, RegExp][] = [
    ["text that is no JSON", "{", /expected JSON/],
    ["what is no list", provider, /expected a list/],
    ["a missing field", [{ ...provider, client_id: undefined }], /provider 1, client_id/],
    ["an unknown field", [{ ...provider, secret: SECRET }], /provider 1, secret/],
    ["an id that fits no address", [{ ...provider, id: "A b" }], /provider 1, id/],
    ["an issuer without encryption", [{ ...provider, issuer: "http://id.example.com" }], /provider 1: issuer/],
    ["an issuer with a query", [{ ...provider, issuer: "https://id.example.com/?a" }], /provider 1: issuer/],
    ["a domain with an @", [{ ...provider, email_domains: ["@example.org"] }], /provider 1, email_domains\.0/],
    ["two of one id", [provider, { ...provider, issuer: "https://b.example.com" }], /two providers have the same id/],
    ["two of one issuer", [provider, { ...provider, id: "b" }], /two providers have the same issuer/],
  ];
  for (const [what, value, sentence] of wrong)
    test(what, () => {
      expect(() => read(value)).toThrow(sentence);
      expect(() => read(value)).toThrow(/^OIDC_PROVIDERS is not valid: .*\.$/);
      expect(() => read(value)).not.toThrow(SECRET);
    });

  test("a missing PUBLIC_URL, where providers send browsers back to", () => {
    expect(() => readConfig({ OIDC_PROVIDERS: JSON.stringify([provider]) })).toThrow(/^PUBLIC_URL is required/);
  });
});
