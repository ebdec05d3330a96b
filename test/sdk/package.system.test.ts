// The published SDK: nothing of the server in the bundle, a size that fits a web page, a package that works in Node and strict
// TypeScript, and a guide whose examples run.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { buildSdk } from "../../src/sdk/build/build.ts";
import { startServer, type TestServer } from "../support/harness.ts";

const ROOT = resolve(import.meta.dir, "../..");
/** An import that is loaded at once; of nothing by name where a chunk only has to run before another one. */
const STATIC = /\b(?:from|import) ?"\.\/([^"]+)"/g;
// In bytes, compressed, of what every page loads; the web client is to load 60 KB in all. What is seldom used is a chunk of its own.
const SIZE_LIMIT = 25 * 1024;
/** A chunk, by its name and a hash. */
const CHUNK = /^[\w-]+-[0-9a-z]{8}\.js(\.map)?$/;

let dir: string;
let server: TestServer;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "chat-sdk-"));
  await install();
  server = await startServer({ search: true });
});
afterAll(async () => {
  await rm(dir, { recursive: true, force: true });
  await server.close();
});

/** Packs the SDK and installs it, as its guide says, into a directory that has nothing, with no registry to be had. */
async function install() {
  const built = join(dir, "built");
  await buildSdk(built);
  const packed = await run([process.execPath, "pm", "pack", "--destination", dir], built);
  expect(packed).toMatchObject({ code: 0 });
  await Bun.write(join(dir, "package.json"), "{}");
  await Bun.write(join(dir, "bunfig.toml"), '[install]\nregistry = "http://127.0.0.1:1"\n');
  const tarball = (await readdir(dir)).find((name) => name.endsWith(".tgz"))!;
  const added = await run([process.execPath, "add", `./${tarball}`]);
  expect(added).toMatchObject({ code: 0 });
}

async function run(command: string[], cwd = dir) {
  const child = Bun.spawn(command, { cwd, stdout: "pipe", stderr: "pipe", timeout: 15_000 });
  const [code, out, errors] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { code, out, errors };
}

const typeCheck = () => run([process.execPath, join(ROOT, "node_modules/typescript/bin/tsc"), "-p", dir]);

test("the installed package contains only the SDK, and is small", async () => {
  // Bun's own notes begin with a dot.
  const listed = async (path: string) => (await readdir(join(dir, path))).filter((name) => !name.startsWith("."));
  expect(await listed("node_modules")).toEqual(["realtime-chat"]);
  const home = join(dir, "node_modules/realtime-chat");
  const files = ["LICENSE", "README.md", "cjs", "index.js", "index.js.map", "package.json"];
  files.push("markdown", "markdown.js", "markdown.js.map", "react", "react.js", "react.js.map", "sdk", "types");
  const shipped = await listed("node_modules/realtime-chat");
  expect(shipped.filter((name) => !CHUNK.test(name)).toSorted()).toEqual(files.toSorted());
  const declarations = await readdir(join(home, "types"), { recursive: true });
  expect(declarations.filter((name) => name.endsWith(".d.ts")).length).toBeGreaterThan(10);
  const manifest = await Bun.file(join(home, "package.json")).json();
  const project = await Bun.file(join(ROOT, "package.json")).json();
  expect(manifest).toMatchObject({ name: project.name, version: project.version, license: project.license });
  expect(manifest).not.toHaveProperty("dependencies");
  // Whoever publishes it has to prove what it was built from.
  expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
  // The same imports from this repository's own package.
  for (const name of ["./sdk", "./markdown", "./react"])
    for (const way of ["import", "require"])
      for (const kind of ["types", "default"])
        expect(join("dist/sdk", manifest.exports[name][way][kind])).toBe(join(project.exports[name][way][kind]));
  expect(manifest.exports["."]).toEqual(manifest.exports["./sdk"]);

  const texts = new Map<string, string>();
  for (const name of shipped.filter((name) => name.endsWith(".js")))
    texts.set(name, await Bun.file(join(home, name)).text());
  const importedBy = (text: string, how: RegExp) => Array.from(text.matchAll(how), ([, path]) => path!);
  const loaded = ["index.js"];
  for (const name of loaded)
    for (const path of importedBy(texts.get(name)!, STATIC)) if (!loaded.includes(path)) loaded.push(path);
  const core = loaded.map((name) => texts.get(name)!);
  // What is imported, then or later, is in the package.
  for (const [name, text] of texts) {
    if (name === "react.js" || name === "markdown.js") continue;
    expect(text).not.toMatch(/\brequire\(|TypeBox/);
    const known = [...importedBy(text, /\bimport\("\.\/([^"]+)"\)/g), ...importedBy(text, STATIC)];
    expect(known.filter((path) => !texts.has(path))).toEqual([]);
    expect(text.match(/\bimport\b|\bfrom ?"/g)?.length ?? 0).toBeLessThanOrEqual(2 * known.length);
  }
  // What moves the bytes of files is not in it.
  expect(core.join("").includes("upload-offset")).toBe(false);
  expect([...texts.values()].join("").includes("upload-offset")).toBe(true);
  const size = core.reduce(
    (sum, text) => sum + Bun.gzipSync(new TextEncoder().encode(text), { level: 9 }).byteLength,
    0,
  );
  expect(size).toBeLessThan(SIZE_LIMIT);
  // The guide says how much it is.
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  const said = Number(/Compressed it is about (\d+) KB/.exec(guide)![1]);
  expect(Math.abs(said - size / 1000)).toBeLessThan(1);
});

test("a second pack contains nothing of the first one, and names the repository that built it", async () => {
  const again = join(dir, "again");
  await buildSdk(again, "https://git.example.org/chat");
  expect(await Bun.file(join(again, "package.json")).json()).toMatchObject({
    repository: { type: "git", url: "git+https://git.example.org/chat.git" },
  });
  const listings: string[][] = [];
  for (let i = 0; i < 2; i++) {
    expect(await run([process.execPath, "pm", "pack"], again)).toMatchObject({ code: 0 });
    const tarball = (await readdir(again)).find((name) => name.endsWith(".tgz"))!;
    listings.push((await run(["tar", "-tzf", tarball], again)).out.trim().split("\n").toSorted());
  }
  expect(listings[1]).toEqual(listings[0]!);
  expect(listings[1]!.filter((name) => name.endsWith(".tgz"))).toEqual([]);
});

test("an uncaught error names the SDK's own files, by a source map, and shows one line of code", async () => {
  const home = join(dir, "node_modules/realtime-chat");
  for (const name of ["index.js", "cjs/index.js"]) {
    // (The list of exports is one line, and nothing in it fails.)
    const lines = (await Bun.file(join(home, name)).text()).split("\n").filter((line) => !line.startsWith("export{"));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(500);
    const map = await Bun.file(join(home, `${name}.map`)).json();
    // Names as in the repository, wherever it lies.
    expect(map.sources).toContain("src/sdk/chat.ts");
    expect(map.sources.filter((source: string) => !/^src\/(sdk|protocol)\//.test(source))).toEqual([]);
    expect(map.sourcesContent).toHaveLength(map.sources.length);
  }
  await Bun.write(
    join(dir, "fails.mjs"),
    `import { createChat } from "realtime-chat"; createChat({ url: "chat.example.org", token: "", WebSocket: class {} });`,
  );
  const { code, errors } = await run(["node", "--enable-source-maps", "fails.mjs"]);
  expect(code).toBe(1);
  expect(errors).toContain("http.ts");
  expect(errors.length).toBeLessThan(2_000);
});

test("every way of importing the package works, with types", async () => {
  await Bun.write(
    join(dir, "ways.mjs"),
    `import { createRequire } from "node:module";
    const require = createRequire(import.meta.url);
    const ways = [await import("realtime-chat"), await import("realtime-chat/sdk")];
    ways.push(require("realtime-chat"), require("realtime-chat/sdk"));
    console.log(ways.map((sdk) => typeof sdk.createChat + typeof sdk.ChatError).join(" "));
    console.log(require("realtime-chat/package.json").name);`,
  );
  expect(await run(["node", "ways.mjs"])).toMatchObject({
    code: 0,
    out: `${Array(4).fill("functionfunction").join(" ")}\nrealtime-chat\n`,
  });
  const use = (name: string) => `import { createChat, type Chat, type StorageLike } from "${name}";
    declare const storage: StorageLike | null | undefined;
    export const chat: Chat = createChat({ url: "/", token: "", storage });
    // @ts-expect-error
    createChat({ url: 7 });`;
  for (const extension of ["cts", "mts"]) {
    const name = extension === "cts" ? "realtime-chat" : "realtime-chat/sdk";
    await Bun.write(join(dir, `way.${extension}`), use(name));
    const compilerOptions = { strict: true, noEmit: true, target: "ES2022", module: "Node16", types: [] };
    const more = { exactOptionalPropertyTypes: true, lib: ["ES2023", "DOM"] };
    const config = { compilerOptions: { ...compilerOptions, ...more }, include: [`way.${extension}`] };
    await Bun.write(join(dir, "tsconfig.json"), JSON.stringify(config));
    expect([extension, await typeCheck()]).toMatchObject([extension, { code: 0, out: "" }]);
  }
});

test("Markdown is a module of its own, with types, and small", async () => {
  const text = await Bun.file(join(dir, "node_modules/realtime-chat/markdown.js")).text();
  expect(text).not.toMatch(/\bimport\b|\brequire\(|TypeBox/);
  expect(Bun.gzipSync(new TextEncoder().encode(text), { level: 9 }).byteLength).toBeLessThan(6_000);
  await Bun.write(
    join(dir, "markdown.ts"),
    `import { parseMarkdown, toMarkdown } from "realtime-chat/markdown";
    import type { Entity } from "realtime-chat";
    const { body, entities }: { body: string; entities: Entity[] } = parseMarkdown("**bold**");
    console.log(body, entities.length, toMarkdown({ body, entities }));`,
  );
  const { code, out, errors } = await run([process.execPath, "markdown.ts"]);
  expect([code, out.trim(), errors]).toEqual([0, "bold 1 **bold**", ""]);
});

test("the hooks for React are a module of their own, with types, that brings neither React nor the SDK", async () => {
  const home = join(dir, "node_modules/realtime-chat");
  const text = await Bun.file(join(home, "react.js")).text();
  // For frameworks that render on the server.
  expect(text).toStartWith('"use client";');
  expect([...text.matchAll(/from"([^"]+)"/g)].map(([, name]) => name)).toEqual(["react"]);
  expect(text.length).toBeLessThan(1_000);
  expect((await Bun.file(join(home, "package.json")).json()).peerDependenciesMeta).toEqual({
    react: { optional: true },
  });
  for (const name of ["react", "react-dom"])
    await cp(join(ROOT, "node_modules", name), join(dir, "node_modules", name), { recursive: true, dereference: true });
  // The provider and the hooks, rendered by either kind of module.
  const use = `const chat = {
      connection: { subscribe: () => () => {}, getSnapshot: () => ({ state: "waiting", queued: 2 }) },
    };
    const Line = () => {
      const { state } = useConnection();
      return state + " " + useStore(useChat().connection, ({ queued }) => queued);
    };
    const Orphan = () => useChat();
    console.log(renderToString(createElement(ChatProvider, { chat }, createElement(Line))));
    try { renderToString(createElement(Orphan)); } catch (error) { console.log(error.message); }`;
  const names = ["ChatProvider, useChat, useConnection, useStore", "createElement", "renderToString"];
  const modules = ["realtime-chat/react", "react", "react-dom/server"];
  await Bun.write(
    join(dir, "hooks.mjs"),
    names.map((name, i) => `import { ${name} } from "${modules[i]}";\n`).join("") + use,
  );
  await Bun.write(
    join(dir, "hooks.cjs"),
    names.map((name, i) => `const { ${name} } = require("${modules[i]}");\n`).join("") + use,
  );
  const out = "waiting 2\nuseChat needs a <ChatProvider chat={…}> above it\n";
  for (const name of ["hooks.mjs", "hooks.cjs"])
    expect([name, await run(["node", name])]).toMatchObject([name, { code: 0, out }]);
  for (const name of ["react", "react-dom"]) await rm(join(dir, "node_modules", name), { recursive: true });
});

test("the bundle contains modules of the SDK and of the protocol alone", async () => {
  const built = await Bun.build({
    entrypoints: [join(ROOT, "src/sdk/index.ts")],
    target: "browser",
    metafile: true,
  });
  const inputs = Object.keys(built.metafile!.inputs).map((path) => relative(ROOT, resolve(path)));
  expect(inputs.length).toBeGreaterThan(10);
  expect(inputs.filter((path) => !/^src\/(sdk|protocol)\//.test(path))).toEqual([]);
});

test("Node runs the package, and exits when the chat is closed", async () => {
  const [ali, veli] = await Promise.all([server.newUser(), server.newUser()]);
  await Bun.write(
    join(dir, "talk.mjs"),
    `import { createChat, ChatError, signIn } from "realtime-chat/sdk";
    const [url, token, other] = process.argv.slice(2);
    await signIn({ url, username: "nobody", password: "nothing" }).catch((error) => {
      console.log(error instanceof ChatError, error.code);
    });
    const chat = createChat({ url, token });
    const room = await chat.openConversation(Number(other));
    const sent = new Promise((resolve) => room.subscribe(() => {
      if (room.getSnapshot().messages[0]?.state === "sent") resolve();
    }));
    room.send("from Node", { attachments: [chat.files.upload(new Blob(["of Node"]), { name: "node.txt" })] });
    await sent;
    chat.close();`,
  );
  const node = ["node", "--experimental-websocket", "talk.mjs", server.url, ali.token, String(veli.id)];
  const { code, out, errors } = await run(node);
  expect({ out, errors: errors.replace(/.*(Warning|--trace).*\n/g, "") }).toEqual({
    out: "true bad_credentials\n",
    errors: "",
  });
  expect(code).toBe(0);
  const { body } = await veli.get("/conversations");
  expect(body.data[0].last_message).toMatchObject({ body: "from Node", attachments: [{ name: "node.txt", size: 7 }] });
});

test("the declarations depend on nothing, and equal the types of the protocol's schemas", async () => {
  const built = "realtime-chat/sdk";
  await Bun.write(
    join(dir, "use.ts"),
    `import { createChat, type Chat, type Group, type RoomMessage } from "${built}";
    export const chat: Chat = createChat({ url: "/", token: "", storage: localStorage, WebSocket, fetch });
    export const bodies = (messages: readonly RoomMessage[]): string[] => messages.map(({ body }) => body);
    export const owner = (group: Group): number => group.owner_id;
    // @ts-expect-error
    export const wrong: string = chat.rooms.getSnapshot().rooms[0]!.unread_count;`,
  );
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "ESNext",
      module: "NodeNext",
      lib: ["ESNext", "DOM", "DOM.Iterable"],
      types: [],
    },
    include: ["use.ts"],
  };
  await Bun.write(join(dir, "tsconfig.json"), JSON.stringify(config));
  expect(await typeCheck()).toMatchObject({ code: 0, out: "" });

  // Each of schemas.ts's types against the one that was written out, in both directions.
  const names = ["Account", "AccessToken", "Ban", "Block", "ClientFrame", "Conversation", "DirectMessage", "Friend"];
  names.push("FriendRequest", "Group", "GroupEvent", "GroupMessage", "Member", "Person", "ServerFrame", "UploadedFile");
  const schemas = join(dir, "node_modules/realtime-chat/types/sdk/schemas.d.ts");
  await Bun.write(
    join(dir, "same.ts"),
    [
      `import type * as A from "${schemas}";`,
      `import type * as B from "${join(ROOT, "src/sdk/schemas.ts")}";`,
      "type Same<X, Y> = [X] extends [Y] ? ([Y] extends [X] ? true : false) : false;",
      ...names.map((name) => `export const is${name}: Same<A.${name}, B.${name}> = true;`),
    ].join("\n"),
  );
  const inner = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { typeRoots: [join(ROOT, "node_modules/@types")] },
  };
  await Bun.write(join(dir, "tsconfig.json"), JSON.stringify({ ...inner, include: ["same.ts"] }));
  expect(await typeCheck()).toMatchObject({ code: 0, out: "" });
});

test("the guide names every option, every call and every field of snapshots", async () => {
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  const code = guide.match(/^```.*?^```|`[^`\n]+`/gms)!.join("\n");
  const interfaces = {
    "chat-types": ["Chat", "ChatOptions"],
    "connection/state": ["ConnectionState"],
    backoff: ["Backoff"],
    "features/live-list": ["ListSnapshot", "ListStore"],
    "features/friends": ["Friends", "Presence"],
    "features/friend-requests": ["FriendRequests"],
    "features/blocks": ["Blocks"],
    "features/groups": ["Groups"],
    "features/sessions": ["Sessions"],
    "features/integrations": ["Integrations", "KeyRequest"],
    "features/search": ["SearchOptions", "SearchPage"],
    "files/files": ["Files", "UploadOptions"],
    "files/upload": ["Upload", "UploadInfo", "UploadSnapshot"],
    "files/upload-storage": ["UploadStorage"],
    "rooms/room-store": ["RoomStore", "RoomSnapshot"],
    "rooms/room-event-item": ["RoomEventItem"],
    "rooms/room-info": ["UnsentSummary"],
    "rooms/rooms": ["RoomsSnapshot"],
    errors: ["ChatError"],
  };
  const react = await Bun.file(join(dir, "node_modules/realtime-chat/types/react/index.d.ts")).text();
  const hooks = new Set(Array.from(react.matchAll(/^export declare (?:const|function) (\w+)/gm), ([, name]) => name!));
  expect([...hooks].filter((name) => !code.includes(name))).toEqual([]);
  const unnamed: string[] = [];
  for (const [file, names] of Object.entries(interfaces)) {
    const text = await Bun.file(join(dir, `node_modules/realtime-chat/types/sdk/${file}.d.ts`)).text();
    for (const name of names) {
      const body = new RegExp(`(?:interface|class) ${name}\\b.*?^}`, "ms")
        .exec(text)![0]
        .replaceAll(/\/\*.*?\*\//gs, "");
      const members = [...body.matchAll(/^\s+(?:readonly |get )?(\w+)\??[(:]/gm)];
      expect(members.length).toBeGreaterThan(0);
      for (const [, member] of members)
        if (member !== "constructor" && !new RegExp(`\\b${member}\\b`).test(code)) unnamed.push(`${name}.${member}`);
    }
  }
  expect(unnamed).toEqual([]);
});

test("the examples of the guide compile, and run one after the other", async () => {
  const guide = await Bun.file(join(ROOT, "docs/sdk.md")).text();
  const blocks = [...guide.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1]!);
  expect(blocks.length).toBeGreaterThan(6);
  const story = blocks.join("\n").replaceAll("https://chat.example.org", server.url);
  await Bun.write(join(dir, "story.ts"), story);
  const config = {
    compilerOptions: { strict: true, noEmit: true, noUncheckedIndexedAccess: true, target: "ESNext", module: "ESNext" },
    include: ["story.ts"],
  };
  Object.assign(config.compilerOptions, { moduleResolution: "bundler", lib: ["ESNext", "DOM"], types: [] });
  await Bun.write(join(dir, "tsconfig.json"), JSON.stringify(config));
  expect(await typeCheck()).toMatchObject({ code: 0, out: "" });
  const { code, out, errors } = await run([process.execPath, "story.ts"]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  for (const said of [
    "ali hello sending",
    "ali hello sent",
    "Long weekend",
    "closed: logged_out",
    "must be at least 3",
  ])
    expect(out).toContain(said);
});
