// Builds the image from the executable for this machine's platform, with buildah, and writes it to dist/release: `bun run build:image`. Its
// base is made of four of Debian's packages, and of nothing that comes from a registry of images.
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/lib/version.ts";
import { pathOf } from "./executable.ts";
import { HOST, RELEASE_DIR, ROOT } from "./targets.ts";

/** The C library and what PostgreSQL's libraries take of C++, and a shell with the few programs that the server calls. */
const PACKAGES = ["libc6", "libgcc-s1", "libstdc++6", "busybox-static"];
const PROGRAMS = ["sh", "sync", "test", "ls", "cat", "env"];
const USER = {
  passwd: "root:x:0:0::/root:/bin/sh\nchat:x:1000:1000::/data:/bin/sh\n",
  group: "root:x:0:\nchat:x:1000:\n",
};

/** As it is called here; where it is published gives it another name. */
export const IMAGE = `localhost/realtime-chat:${VERSION}`;
const BASE = "localhost/realtime-chat-base";
const PROGRAM = "localhost/realtime-chat-program";

/** The packages of this machine's Debian, unpacked. */
async function makeBase(root: string) {
  for (const dir of ["usr/bin", "usr/lib", "usr/lib64", "etc", "tmp", "data", "opt"])
    await mkdir(join(root, dir), { recursive: true });
  for (const dir of ["bin", "lib", "lib64"]) await symlink(join("usr", dir), join(root, dir));
  const packages = join(root, "packages");
  await mkdir(packages);
  // With the one that has the licence of GCC's libraries.
  const [licenses] = /gcc-\d+-base/.exec(await Bun.$`apt-cache depends libgcc-s1`.text())!;
  await Bun.$`apt-get download ${[...PACKAGES, licenses]}`.cwd(packages).quiet();
  for (const name of await readdir(packages))
    await Bun.$`dpkg-deb --fsys-tarfile ${name} | tar -x --keep-directory-symlink -C ${root}`.cwd(packages);
  await rm(packages, { recursive: true });
  for (const name of PROGRAMS) await symlink("busybox", join(root, "usr/bin", name));
  for (const [name, text] of Object.entries(USER)) await Bun.write(join(root, "etc", name), text);
  await chmod(join(root, "tmp"), 0o1777);
}

/** Makes an image that is one directory, at `place`. */
async function imageOf(name: string, dir: string, place: string) {
  const container = (await Bun.$`buildah from scratch`.text()).trim();
  try {
    await Bun.$`buildah copy --quiet --chown 0:0 ${container} ${dir} ${place}`.quiet();
    await Bun.$`buildah commit --quiet ${container} ${name}`.quiet();
  } finally {
    await Bun.$`buildah rm ${container}`.quiet();
  }
}

/** Builds the image from the folder of an executable. */
export async function buildImage(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "image-"));
  try {
    await makeBase(work);
    await imageOf(BASE, work, "/");
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  await imageOf(PROGRAM, folder, "/program");
  // (Docker's format: that of OCI has no health check.)
  await Bun.$`buildah build --isolation chroot --format docker --build-arg BASE=${BASE} --build-arg PROGRAM=${PROGRAM} --tag ${IMAGE} .`.cwd(
    ROOT,
  );
}

/** Writes the image where a release is put together; returns the path of the archive. */
async function saveImage(): Promise<string> {
  const archive = join(RELEASE_DIR, `realtime-chat-${VERSION}-image-${HOST}.tar`);
  await rm(archive, { force: true });
  await Bun.$`buildah push --quiet ${IMAGE} docker-archive:${archive}:${`realtime-chat:${VERSION}`}`;
  return archive;
}

if (import.meta.main) {
  await buildImage(pathOf(HOST));
  console.log(await saveImage());
}
