// A whole file as a form, for curl and for programs that do not speak tus. It is read as it comes, with one file at most in memory's way:
// the fields may stand before the file or after it. Loaded with the first form.
import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import type { Core } from "../../core.ts";
import type { FileRecord } from "../../files/records.ts";
import { ChatError } from "../../lib/errors.ts";
import { fileTooLarge, formNotMultipart, noFileInForm, tooManyFormFields } from "../../protocol/refusals.ts";
import { readDetails } from "./details.ts";

const FIELD_LIMIT = 16;
const FIELD_SIZE = 8 * 1024;
/** How busboy says that a part has no end. */
const CUT_SHORT = "Part terminated early";

/** Stores the file of a form and returns it as it is then. Throws `bad_request`, `invalid`, and what uploads throw. */
export async function receiveForm(core: Core, userId: number, request: Request): Promise<FileRecord> {
  const fields: Record<string, string> = {};
  let receiving: Promise<FileRecord> | undefined;
  const form = open(request);
  if (!request.body) throw new ChatError(noFileInForm);
  const { promise: failed, reject } = Promise.withResolvers<never>();
  form.on("field", (name, value) => {
    fields[name] = value;
  });
  form.on("file", (field, file, filename) => {
    // The form may end within the file, before anybody reads that. (It is an error as well that it is read no further.)
    file.on("error", ({ message }) => {
      if (message.startsWith(CUT_SHORT)) reject(new ChatError(formNotMultipart));
      file.destroy();
    });
    if (field !== "file" || receiving) {
      file.resume();
      return reject(new ChatError(noFileInForm));
    }
    receiving = receiveFile(core, userId, file, filename ?? "", Number(request.headers.get("content-length") ?? 0));
    receiving.catch((error) => {
      reject(error);
      // Nobody reads it any more.
      file.resume();
    });
  });
  form.on("filesLimit", () => reject(new ChatError(noFileInForm)));
  form.on("fieldsLimit", () => reject(new ChatError(tooManyFormFields(FIELD_LIMIT))));
  const read = new Promise<void>((resolve, fail) => {
    form.on("finish", resolve);
    form.on("error", () => fail(new ChatError(formNotMultipart)));
  });
  const body = Readable.fromWeb(request.body as never);
  body.on("error", () => reject(new ChatError(formNotMultipart)));
  body.pipe(form);
  try {
    await Promise.race([read, failed]);
    if (!receiving) throw new ChatError(noFileInForm);
    return await complete(core, userId, await receiving, fields);
  } catch (error) {
    body.destroy();
    form.destroy();
    const file = await receiving?.catch(() => null);
    if (file) await core.files.delete(userId, file.id).catch(() => {}); // Else the sweeper does.
    throw error;
  }
}

function open(request: Request) {
  try {
    return new Busboy({
      headers: { "content-type": request.headers.get("content-type") ?? "" },
      limits: { files: 1, fields: FIELD_LIMIT, fieldSize: FIELD_SIZE },
    });
  } catch {
    throw new ChatError(formNotMultipart);
  }
}

/** Its size is known at its end; until then it counts as much as the whole form, or as the largest file. */
async function receiveFile(core: Core, userId: number, source: Readable, filename: string, length: number) {
  const { maxSize } = core.files;
  const draft = { ...readDetails({ filename }), size: Math.min(maxSize, length || maxSize) };
  const file = await core.files.create(userId, draft);
  try {
    await core.files.receive(file, 0, bounded(source, maxSize));
    return file;
  } catch (error) {
    await core.files.delete(userId, file.id);
    throw error;
  }
}

async function* bounded(source: AsyncIterable<Uint8Array>, limit: number) {
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size > limit) throw new ChatError(fileTooLarge(limit));
    yield chunk;
  }
}

async function complete(core: Core, userId: number, { id, name }: FileRecord, fields: Record<string, string>) {
  const details = readDetails({ ...fields, filename: fields.filename ?? name });
  return core.files.complete((await core.files.describe(userId, id, details)).id);
}
