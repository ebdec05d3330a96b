// A copy of this checkout somewhere else on the disk, with the Bun that runs it: for who may not enter ours.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

const HERE = join(import.meta.dir, "../../..");

/** Copies what a server needs into `dir`. Links take no time and no room, but work on the same file system only. */
export async function copyCheckout(dir: string): Promise<{ bun: string; checkout: string }> {
  const checkout = join(dir, "checkout");
  const bun = join(dir, "bun");
  await mkdir(checkout);
  const parts = ["package.json", "src", "node_modules"].map((name) => join(HERE, name));
  const linked = await Bun.$`cp -rl ${parts} ${checkout}`.nothrow().quiet();
  if (linked.exitCode !== 0) await Bun.$`cp -rf ${parts} ${checkout}`.quiet();
  await Bun.$`cp ${process.execPath} ${bun}`.quiet();
  return { bun, checkout };
}
