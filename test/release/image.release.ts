// The image, built by buildah from the executable and from Debian's packages, and run as it runs everywhere: as its own user, with a volume.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildFolder } from "../../release/executable.ts";
import { buildImage, IMAGE } from "../../release/image.ts";
import { HOST } from "../../release/targets.ts";
import { asUser, logIn, newUser } from "../support/client.ts";
import { until } from "../support/patience.ts";
import { freePort } from "../support/server-process.ts";
import { chatInBrowsers } from "./chat-in-browsers.ts";

let volume: string;
let container: string;
let port: number;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "executable-"));
  await buildFolder(HOST, folder);
  await buildImage(folder);
  await rm(folder, { recursive: true });
  volume = await mkdtemp(join(tmpdir(), "volume-"));
  await chown(volume, 1000, 1000);
  container = (await Bun.$`buildah from ${IMAGE}`.text()).trim();
  port = await freePort();
  await Bun.$`buildah config --env PORT=${port} --env RATE_LIMITS=off ${container}`;
});
afterAll(async () => {
  await Bun.$`buildah rm ${container}`.quiet().nothrow();
  await rm(volume, { recursive: true, force: true });
});

/** What the image's entry point is given. */
const start = (...args: string[]) =>
  Bun.spawn(
    [
      "buildah",
      "run",
      "--isolation",
      "chroot",
      "--volume",
      `${volume}:/data`,
      container,
      "--",
      "realtime-chat",
      ...args,
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );

async function serve() {
  const child = start();
  const url = `http://127.0.0.1:${port}`;
  await until("the server in the container is healthy", async () => {
    if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
    return fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  return { url, child };
}

/** As a supervisor does: the signal goes to the server itself, the first process of the container. */
async function stop({ child }: Awaited<ReturnType<typeof serve>>) {
  const processes = await Bun.$`ps -eo pid=,ppid=,comm=`.text();
  const rows = processes
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const below = (pid: string): string[] =>
    rows.filter(([, parent]) => parent === pid).flatMap(([id]) => [id!, ...below(id!)]);
  const own = new Set(below(String(child.pid)));
  for (const [pid, , name] of rows) if (own.has(pid!) && name === "realtime-chat") process.kill(Number(pid), "SIGTERM");
  await child.exited;
}

test("it runs as user 1000 from nothing to a chat in a browser, keeps its data in the volume, and is looked after by commands", async () => {
  const { config } = (await Bun.$`buildah inspect --type image ${IMAGE}`.json()).Docker;
  expect(config).toMatchObject({ User: "1000:1000", Volumes: { "/data": {} }, Entrypoint: ["realtime-chat"] });
  expect(config.Healthcheck.Test).toEqual(["CMD", "realtime-chat", "health"]);

  const first = await serve();
  await chatInBrowsers(first.url, "Hello from a container");
  const user = await newUser(first.url);
  expect(await start("health").exited).toBe(0);
  expect(await start("health", "/nothing").exited).toBe(1);
  expect(await start("admin", "role", user.username, "admin").exited).toBe(0);
  expect(await start("backup", "/data/saved").exited).toBe(0);
  await stop(first);

  const second = await serve();
  const again = asUser(second.url, await logIn(second.url, user.username));
  expect((await again.get("/me")).body.data).toMatchObject({ username: user.username, role: "admin" });
  await stop(second);
});
