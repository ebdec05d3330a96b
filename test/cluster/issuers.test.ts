// Issuers of tokens that are added on one of two servers: the other one knows at once, and closes sockets when they are gone.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { SignJWT } from "jose";
import type { Signal } from "../../src/bus/bus.ts";
import { asUser } from "../support/harness.ts";
import { nowSeconds } from "../support/issuer.ts";
import { makeAdmin, withKey } from "../support/keys.ts";
import { until } from "../support/patience.ts";
import { startTwo, type TwoServers } from "./two-servers.ts";

const SHOP = { issuer: "https://shop.example.com", audience: "chat", algorithms: ["HS256"] };
const SECRET = "a secret of the tests, that stays one";

let two: TwoServers;
beforeAll(async () => {
  two = await startTwo("notify");
});
afterAll(() => two.close());

const newToken = (secret = SECRET) =>
  new SignJWT({
    iss: SHOP.issuer,
    aud: SHOP.audience,
    sub: crypto.randomUUID(),
    iat: nowSeconds(),
    exp: nowSeconds() + 600,
  })
    .setProtectedHeader({ alg: "HS256" })
    .sign(Buffer.from(secret));
const statusOnB = async (token: string) => (await asUser(two.b.url, token).get("/me")).status;

test("an issuer that is added, given another secret and deleted is so on the other server when that is told", async () => {
  const admin = await two.a.newUser();
  await makeAdmin(two.a, admin);
  const key = await withKey(two.a, admin, ["admin"]);
  let told = 0;
  two.b.core.bus.onSignal(({ type }: Signal) => {
    if (type === "issuers.changed") told++;
  });
  const untilTold = (times: number) => until(`it is told ${times} times`, () => told === times);
  // From now on the other server knows that there are none.
  expect(await statusOnB(await newToken())).toBe(401);

  await key.put("/admin/issuers/shop", { ...SHOP, secret: SECRET });
  await untilTold(1);
  const token = await newToken();
  expect(await statusOnB(token)).toBe(200);
  const socket = await (await two.b.connect({ token }, "/ws")).ready();

  const other = "another secret that nobody has seen";
  await key.put("/admin/issuers/shop", { ...SHOP, secret: other });
  await untilTold(2);
  expect(await socket.closed).toEqual({ code: 1008, reason: "unauthorized" });
  expect([await statusOnB(token), await statusOnB(await newToken())]).toEqual([401, 401]);
  expect(await statusOnB(await newToken(other))).toBe(200);

  // What changes nothing is told to nobody.
  await key.put("/admin/issuers/shop", { ...SHOP, secret: other });
  await key.delete("/admin/issuers/shop");
  await untilTold(3);
  expect(await statusOnB(await newToken(other))).toBe(401);
});
