// A machine without Bun, Node, packages or anything else that the program does not bring: a root directory with the C library, a shell and
// the files of a user, entered by chroot as that user. Needs to be root, as in a container.
import { chown, cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PATIENCE_MS, until } from "../support/patience.ts";
import { freePort } from "../support/server-process.ts";

const USER = 4321;
const HOME = "/home/chat";
const PROGRAM = "/opt/realtime-chat/realtime-chat";
/** What the server calls besides its own programs. */
const TOOLS = ["/bin/sh", "/bin/sync"];

type Process = Bun.Subprocess<"ignore", "pipe", "pipe">;

export class BareMachine {
  private readonly processes: Process[] = [];

  private constructor(readonly root: string) {}

  /** With the folder of an executable in /opt/realtime-chat. */
  static async install(folder: string): Promise<BareMachine> {
    const root = await mkdtemp(join(tmpdir(), "bare-"));
    for (const dir of ["bin", "etc", "tmp", "proc", "dev", "opt", `.${HOME}`])
      await mkdir(join(root, dir), { recursive: true });
    await Bun.$`chmod 755 ${root} && chmod 1777 ${join(root, "tmp")}`;
    await chown(join(root, HOME), USER, USER);
    await Bun.write(join(root, "etc/passwd"), `chat:x:${USER}:${USER}::${HOME}:/bin/sh\n`);
    await cp(folder, join(root, dirname(PROGRAM)), { recursive: true, verbatimSymlinks: true });
    const native = join(folder, "postgresql/native");
    const listed =
      await Bun.$`ldd ${[...TOOLS, join(folder, "realtime-chat"), join(native, "bin/postgres"), join(native, "bin/initdb")]}`.text();
    const libraries = Array.from(listed.matchAll(/(?:=> |^\s)(\/\S+) \(/gm), ([, path]) => path!).filter(
      (path) => !path.startsWith(folder),
    );
    for (const path of new Set([...TOOLS, ...libraries]))
      await cp(path, join(root, path), { recursive: true, dereference: true });
    return new BareMachine(root);
  }

  /** A path of the user's own, from outside. */
  at = (name: string) => join(this.root, HOME, name);

  /** Starts the program with nothing in its environment but what is given. */
  start(args: string[], env: Record<string, string> = {}): Process {
    const enter = `mount --rbind /proc ${this.root}/proc && mount --rbind /dev ${this.root}/dev && exec chroot --userspec=${USER}:${USER} ${this.root} "$@"`;
    const child = Bun.spawn(["unshare", "--mount", "/bin/sh", "-c", enter, "sh", PROGRAM, ...args], {
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", DATA_DIR: `${HOME}/data`, ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.processes.push(child);
    return child;
  }

  /** Runs a command to its end. */
  async run(args: string[], env: Record<string, string> = {}) {
    const child = this.start(args, env);
    const [code, out, errors] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code, out, errors };
  }

  /** Starts the server and waits until it is healthy. */
  async serve(env: Record<string, string> = {}): Promise<BareServer> {
    const port = await freePort();
    const started = performance.now();
    const child = this.start([], { PORT: String(port), RATE_LIMITS: "off", ...env });
    const url = `http://127.0.0.1:${port}`;
    await until("the server is healthy", async () => {
      if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
      return fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
    return new BareServer(child, port, performance.now() - started);
  }

  async remove() {
    for (const child of this.processes) {
      child.kill("SIGTERM");
      await Promise.race([child.exited, Bun.sleep(PATIENCE_MS)]);
    }
    await rm(this.root, { recursive: true, force: true });
  }
}

export class BareServer {
  readonly url: string;

  constructor(
    readonly process: Process,
    readonly port: number,
    /** How long it took until it was healthy, in milliseconds. */
    readonly startMs: number,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<number> {
    this.process.kill("SIGTERM");
    return this.process.exited;
  }

  /** What it has in memory, with its threads, in MiB. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.process.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024;
  }
}
