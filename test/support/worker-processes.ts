// The processes that a server with WORKERS consists of, as the system lists them.
export interface Process {
  pid: number;
  command: string;
}

/** The processes that this one has started and that still run. */
export async function childrenOf(pid: number): Promise<Process[]> {
  const listed = await Bun.$`ps -ww -o pid=,stat=,args= --ppid ${pid}`.nothrow().text();
  return listed
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .flatMap((match) => (match && !match[2]!.startsWith("Z") ? [{ pid: Number(match[1]), command: match[3]! }] : []));
}

/** By number, the workers of this supervisor. */
export async function workersOf(supervisor: number): Promise<Map<number, number>> {
  const workers = new Map<number, number>();
  for (const { pid, command } of await childrenOf(supervisor)) {
    const [, number] = /--worker=(\d+)$/.exec(command) ?? [];
    if (number) workers.set(Number(number), pid);
  }
  return workers;
}

/** Whether a process of this number runs; one that has ended and was not asked after yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await Bun.$`ps -o stat= -p ${pid}`.nothrow().text();
  return stat.trim() !== "" && !stat.startsWith("Z");
}

export async function until(holds: () => Promise<boolean> | boolean) {
  while (!(await holds())) await Bun.sleep(20);
}

/** Resolves when none of them runs any more. */
export const ended = (pids: number[]) => until(async () => !(await Promise.all(pids.map(isRunning))).includes(true));

/** What GET /metrics says over a connection of its own, by name and labels. */
export async function readMetrics(url: string): Promise<Map<string, number>> {
  const response = await fetch(`${url}/metrics`, { headers: { connection: "close" } });
  const lines = (await response.text()).split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}
