// The back end of a product that has customers of its own: it signs their tokens for the chat, and keeps the rooms that they meet in.
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import page from "./index.html";

const CHAT = process.env.CHAT_URL ?? "http://localhost:8000";
/** An API key with the scope `admin`. It stays here: whoever has it may act as everybody. */
const CHAT_KEY = process.env.CHAT_KEY;
const CUSTOMERS: Record<string, string> = { ada: "Ada Lovelace", grace: "Grace Hopper" };

// A key pair for each start is enough for an example; a product keeps its own.
const { publicKey, privateKey } = await generateKeyPair("ES256");
const kid = crypto.randomUUID();
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }] };

/** A token by which the chat knows a customer for ten minutes. */
const tokenFor = (customer: string) =>
  new SignJWT({ name: CUSTOMERS[customer] })
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuer("https://shop.example.com")
    .setAudience("chat")
    .setSubject(customer)
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(privateKey);

/** Makes or changes something at the chat, under ids of this product. Done twice, it changes nothing. */
async function put(path: string, body: object) {
  const response = await fetch(`${CHAT}/admin${path}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${CHAT_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The chat answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { group_id: number };
}

/** The room about an order, with all customers in it. */
async function roomOf(order: string): Promise<number> {
  const members = Object.keys(CUSTOMERS).map((customer) => `shop:${customer}`);
  for (const [customer, display_name] of Object.entries(CUSTOMERS))
    await put(`/users/shop:${customer}`, { display_name });
  return (await put(`/rooms/order-${order}`, { name: `Order ${order}`, members })).group_id;
}

export const server = Bun.serve({
  port: process.env.PORT ?? 3000,
  routes: {
    "/": page,
    "/jwks.json": () => Response.json(jwks),
    // In a product the customer is known by its own log-in, never by what the page says.
    "/chat/:customer": async ({ params: { customer } }) => {
      if (!Object.hasOwn(CUSTOMERS, customer)) return new Response(null, { status: 403 });
      return Response.json({ url: CHAT, token: await tokenFor(customer), room: await roomOf("4711") });
    },
  },
});
console.log(`The shop is at ${server.url}?customer=ada and ${server.url}?customer=grace`);
