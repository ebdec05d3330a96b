// A server that speaks S3, in a process of its own: s3rver, which keeps objects in a directory.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "bun";

/** The only key that it knows, and its secret. */
export const S3_KEY = "S3RVER";

/** Starts one on a free port, with an empty bucket of this name. */
export async function startS3(bucket: string) {
  const directory = await mkdtemp(join(tmpdir(), "chat-s3-"));
  const program = join(import.meta.dir, "../../node_modules/s3rver/bin/s3rver.js");
  const options = ["-d", directory, "-a", "127.0.0.1", "-p", "0", "--silent", "--configure-bucket", bucket];
  const child = Bun.spawn([process.execPath, program, ...options], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  let printed = "";
  let port: string | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    port = /listening on 127\.0\.0\.1:(\d+)/.exec(printed)?.[1];
    if (port) break;
  }
  if (!port) throw new Error(`s3rver did not start: ${printed}`);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    client: new S3Client({ bucket, endpoint: url, accessKeyId: S3_KEY, secretAccessKey: S3_KEY }),
    async stop() {
      child.kill();
      await child.exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
