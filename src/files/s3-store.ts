// Files in a bucket of Amazon S3 or of anything that speaks its protocol.
import { S3Client } from "bun";
import { parseFilesUrl } from "../lib/files-address.ts";
import type { FileStore, ObjectWriter } from "./store.ts";

export class S3Store implements FileStore {
  readonly where: string;
  private readonly prefix: string;
  private readonly client: S3Client;

  /** `url` as FILES_URL has it. Throws a StartupError. */
  constructor(url: string) {
    const { prefix, ...options } = parseFilesUrl(url);
    this.prefix = prefix;
    this.where = `in the bucket ${options.bucket}`;
    this.client = new S3Client(options);
  }

  async requireSpace() {}

  async create(key: string, name: string): Promise<ObjectWriter> {
    const writer = this.object(key, name).writer();
    return {
      async write(chunk) {
        writer.write(chunk);
        // The parts of the object that are full are sent before more is taken.
        await writer.flush();
      },
      async end() {
        await writer.end();
      },
      discard: async () => {
        await Promise.resolve(writer.end(new Error("discarded"))).catch(() => {});
        await this.remove(key, name).catch(() => {});
      },
    };
  }

  object(key: string, name: string) {
    return this.client.file(`${this.prefix}${key}/${name}`);
  }

  pathOf() {
    return null;
  }

  async remove(key: string, name: string) {
    await this.object(key, name).delete();
  }

  async removeExcept(key: string, names: readonly string[]) {
    const prefix = `${this.prefix}${key}/`;
    const { contents = [] } = await this.client.list({ prefix });
    for (const { key: object } of contents)
      if (!names.includes(object.slice(prefix.length))) await this.client.delete(object);
  }

  addressOf(
    key: string,
    name: string,
    { mime, disposition, seconds }: { mime: string; disposition: string; seconds: number },
  ) {
    return this.object(key, name).presign({ expiresIn: seconds, type: mime, contentDisposition: disposition });
  }
}
