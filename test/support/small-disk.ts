// A disk that is soon full. Only root can make one, and not in every container.
import { spawnSync } from "node:child_process";

/** Mounts an empty disk of so many bytes at a directory that is there; false where that can't be done. */
export const mountDisk = (dir: string, bytes: number) =>
  process.getuid?.() === 0 &&
  spawnSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=755`, "tmpfs", dir]).status === 0;

export const unmountDisk = (dir: string) => spawnSync("umount", ["-l", dir]);
