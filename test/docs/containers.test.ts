// What the image and docker-compose.yml promise operators, as far as the files say it.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { Settings } from "../../src/config.ts";
import { SERVER_FLAGS } from "../../src/db/embedded/postgres.ts";

const PORT = "$".concat("{PORT:-8000}");
const root = join(import.meta.dir, "../..");
const read = (file: string) => Bun.file(join(root, file)).text();

interface Service {
  image?: string;
  build?: string | { context: string; dockerfile_inline: string };
  command?: string[];
  environment: Record<string, string>;
  ports?: string[];
  volumes?: string[];
}
const compose = async () => Bun.YAML.parse(await read("docker-compose.yml")) as { services: Record<string, Service> };

/** The Dockerfile's instructions, without comments, each on a line. */
const instructions = async () =>
  (await read("Dockerfile"))
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter(Boolean);

test("compose sets its PostgreSQL as the server sets its own", async () => {
  const { listen_addresses: _, ...flags } = SERVER_FLAGS;
  const { command } = (await compose()).services.db!;
  const given = command!.slice(1).map((flag) => flag.replace(/^-c/, "").split("="));
  expect(Object.fromEntries(given)).toEqual(flags);
});

test("compose hands every setting on, and the port inside is the one that is published", async () => {
  const { environment, ports } = (await compose()).services.server!;
  // The address inside is the image's; where data is kept is for a server without DATABASE_URL.
  const own = ["HOST", "DATA_DIR"];
  expect(Object.keys(environment).sort()).toEqual(
    Object.keys(Settings.properties)
      .filter((name) => !own.includes(name))
      .sort(),
  );
  const [, published, inside] = /:(\$\{PORT:-8000\}):(\$\{PORT:-8000\})$/.exec(ports![0]!)!;
  expect([published, inside, environment.PORT]).toEqual(Array(3).fill(PORT));
});

test("an update brings a new Caddyfile: it is part of an image that anyone may read, and no file is mounted", async () => {
  const { services } = await compose();
  for (const { volumes = [] } of Object.values(services))
    for (const volume of volumes) expect(volume).toMatch(/^[\w-]+:\//);
  const { dockerfile_inline } = services.proxy!.build as { dockerfile_inline: string };
  expect(dockerfile_inline).toContain("COPY --chmod=0644 docs/Caddyfile /etc/caddy/Caddyfile");
  expect(await read("docs/Caddyfile")).toContain("reverse_proxy server:{$PORT:8000}");
  expect(services.proxy!.environment.PORT).toBe(PORT);
});

test("everything that is copied into an image reaches the build", async () => {
  const kept = (await read(".dockerignore"))
    .split("\n")
    .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
  const copied = (await instructions())
    .filter((line) => line.startsWith("COPY ") && !line.includes("--from"))
    .flatMap((line) => line.split(" ").slice(1, -1));
  for (const path of [...copied, "docs/Caddyfile"])
    expect([path, kept.some((entry) => path === entry || path.startsWith(`${entry}/`))]).toEqual([path, true]);
});

test("the image runs as a user by number, holds the license, and asks for signs of life without the database", async () => {
  const lines = await instructions();
  expect(lines.filter((line) => line.startsWith("USER "))).toEqual(["USER 1000:1000"]);
  // With its licence beside it.
  expect(lines.some((line) => /^COPY --from=program .*\/program /.test(line))).toBe(true);
  expect(lines.find((line) => line.startsWith("HEALTHCHECK"))).toEndWith('CMD ["realtime-chat", "health"]');
});
