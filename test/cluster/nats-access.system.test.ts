// How servers get at NATS, as their operator sees it: over TLS, with a user or a credentials file, and without the package for it.
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, newUser } from "../support/client.ts";
import { newDatabase } from "../support/harness.ts";
import { databaseSettings, startMain } from "../support/main-process.ts";
import { NatsServer } from "../support/nats.ts";
import { NatsAccounts } from "../support/nats-accounts.ts";

const ROOT = join(import.meta.dir, "../..");

let database: Awaited<ReturnType<typeof newDatabase>>;
let dir: string;
/** The certificate of `localhost`, which is its own authority. */
let ca: string;
let tls: string;
const servers: ReturnType<typeof startMain>[] = [];
const brokers: NatsServer[] = [];

beforeAll(async () => {
  database = await newDatabase();
  dir = await mkdtemp(join(tmpdir(), "chat-nats-access-"));
  ca = join(dir, "ca.pem");
  const key = join(dir, "key.pem");
  await Bun.$`openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${key} -out ${ca}`.quiet();
  tls = `tls { cert_file: "${ca}", key_file: "${key}" }`;
});
afterEach(async () => {
  for (const server of servers) server.kill();
  for (const server of servers.splice(0)) await server.ended();
  for (const broker of brokers.splice(0)) await broker.stop();
});
afterAll(async () => {
  await database.drop();
  await rm(dir, { recursive: true, force: true });
});

async function broker(config: string) {
  const started = await NatsServer.start(config);
  brokers.push(started);
  return started;
}

function start(settings: Record<string, string>, main?: string) {
  const server = startMain({ ...databaseSettings(database.target), JWT_SECRET: "s".repeat(32), ...settings }, main);
  servers.push(server);
  return server;
}

/** Starts two servers with these settings and lets people on both chat. */
async function chat(settings: Record<string, string>) {
  const [a, b] = (await Promise.all([start(settings).listening(), start(settings).listening()])) as [string, string];
  const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text();
  for (const url of [a, b]) while (!/^chat_nodes 2$/m.test(await metrics(url))) await Bun.sleep(20);
  const [ali, veli] = [await newUser(a), await newUser(b)];
  const { conversation_id: id } = (await ali.post(`/conversations/${veli.id}`)).body;
  const socket = await (await connect(`${b}/ws?token=${veli.token}`)).ready();
  await ali.post(`/messages/${id}`, { body: "over there" });
  expect((await socket.next("message.new")).data.body).toBe("over there");
  // By NATS: by nothing else while it is up.
  for (const url of [a, b]) expect(await metrics(url)).toMatch(/^chat_bus_up 1$/m);
}

async function refusal(settings: Record<string, string>, main?: string) {
  const { code, stderr } = await start(settings, main).ended();
  expect(code).toBe(1);
  return stderr;
}

test("over TLS with a user, and the certificate of an authority of one's own", async () => {
  const { port } = await broker(`${tls}\nauthorization { user: chat, password: "a/b" }`);
  await chat({ BUS_URL: `tls://chat:a%2Fb@localhost:${port}`, NODE_EXTRA_CA_CERTS: ca });
});

test("over TLS with a token", async () => {
  const { port } = await broker(`${tls}\nauthorization { token: "a-token" }`);
  await chat({ BUS_URL: `tls://a-token@localhost:${port}`, NODE_EXTRA_CA_CERTS: ca });
});

test("with a credentials file", async () => {
  const accounts = new NatsAccounts();
  const { url } = await broker(accounts.config);
  const file = join(dir, "server.creds");
  await Bun.write(file, accounts.newCredentials());
  await chat({ BUS_URL: url, BUS_CREDENTIALS: file });
});

test("what waiting does not help stops the start with a sentence", async () => {
  const [secure, plain] = [await broker(tls), await broker("")];
  expect(await refusal({ BUS_URL: `tls://localhost:${secure.port}` })).toMatch(
    /^The certificate of the NATS server of BUS_URL is not accepted \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/,
  );
  expect(await refusal({ BUS_URL: `tls://127.0.0.1:${secure.port}`, NODE_EXTRA_CA_CERTS: ca })).toContain(
    "ERR_TLS_CERT_ALTNAME_INVALID",
  );
  expect(await refusal({ BUS_URL: `tls://localhost:${plain.port}` })).toContain("offers no TLS");
  expect(await refusal({ BUS_URL: plain.url, BUS_CREDENTIALS: join(dir, "none") })).toContain("can't be read (ENOENT)");
});

test("without the package for it the start says what to install, and servers without BUS_URL do not miss it", async () => {
  const copy = await mkdtemp(join(dir, "copy-"));
  for (const part of ["src", "package.json", "tsconfig.json"])
    await cp(join(ROOT, part), join(copy, part), { recursive: true });
  await mkdir(join(copy, "node_modules"));
  for (const name of await readdir(join(ROOT, "node_modules")))
    if (name !== "@nats-io") await symlink(join(ROOT, "node_modules", name), join(copy, "node_modules", name));
  const main = join(copy, "src/main.ts");
  const { url } = await broker("");
  expect(await refusal({ BUS_URL: url }, main)).toMatch(
    /^BUS_URL needs the package @nats-io\/transport-node, which is not installed: install it with `bun install`/,
  );
  await start({}, main).listening();
});
