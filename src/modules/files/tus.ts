// Uploads by tus 1.0. What the protocol demands of requests and responses is @tus/server's part; where uploads are kept, whose they are
// and how refusals look is ours. Loaded with the first upload.
import type { Readable } from "node:stream";
import { Server } from "@tus/server";
import { DataStore, ERRORS, Upload } from "@tus/utils";
import type { Core } from "../../core.ts";
import type { FileRecord } from "../../files/records.ts";
import { ChatError } from "../../lib/errors.ts";
import { UNUSED_FILE_HOURS } from "../../protocol/limits.ts";
import { fileTooLarge, notFound, notTus, type Refusal, wrongOffset } from "../../protocol/refusals.ts";
import { isId } from "../../protocol/types.ts";
import { readDetails } from "./details.ts";

/** How long a request that a newer one of the same upload takes over from may still store what it has. */
const HANDOVER_MS = 500;

interface Caller {
  userId: number;
  failure?: Error;
}

/** Those of the library that mean more than a request that breaks the protocol. */
const REFUSALS = new Map<unknown, () => Refusal>([
  [ERRORS.INVALID_OFFSET, () => wrongOffset],
  [ERRORS.FILE_NOT_FOUND, () => notFound("file")],
  [ERRORS.FILE_NO_LONGER_EXISTS, () => notFound("file")],
]);

/** The rows of `files` as the library's store. */
class Uploads extends DataStore {
  override extensions = ["creation", "creation-with-upload", "termination", "expiration"];

  constructor(private readonly core: Core) {
    super();
  }

  /** It is registered where it gets its id. */
  override async create(upload: Upload) {
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const file = await find(this.core, id);
    return new Upload({
      id,
      size: file.size,
      offset: file.received,
      metadata: { filename: file.name, kind: file.kind },
    });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const file = await find(this.core, id);
    // Created once more, with its first bytes: it goes on from where it is.
    if (offset === 0 && file.received > 0) return file.received;
    return this.core.files.receive(file, offset, stream);
  }

  override getExpiration() {
    return UNUSED_FILE_HOURS * 3_600_000;
  }
}

async function find(core: Core, id: string): Promise<FileRecord> {
  const file = isId(id) ? await core.files.find(Number(id)) : null;
  if (!file) throw ERRORS.FILE_NOT_FOUND;
  return file;
}

export class Tus {
  private readonly server: Server;
  private readonly callers = new WeakMap<object, Caller>();

  constructor(core: Core) {
    this.server = new Server({
      path: "/files",
      datastore: new Uploads(core),
      maxSize: core.files.maxSize,
      // Those of the other routes are ours (http/rules.ts).
      allowedOrigins: [],
      lockDrainTimeout: HANDOVER_MS,
      // Relative to the address of the request: in front of it there may be a folder of a proxy's.
      generateUrl: (_request, { id }) => `files/${id}`,
      namingFunction: async (request, metadata = {}) => {
        const size = Number(request.headers.get("upload-length"));
        const file = await core.files.create(this.callers.get(request)!.userId, { ...readDetails(metadata), size });
        return String(file.id);
      },
      onIncomingRequest: async (request, id) => {
        if (!isId(id)) return;
        const { userId } = this.callers.get(request)!;
        // Where nothing is left to be sent, asking for the offset is all that a client does.
        if (request.method === "HEAD") await core.files.ownSettled(userId, Number(id));
        else await core.files.own(userId, Number(id));
      },
      onUploadFinish: async (_request, { id }) => {
        await core.files.complete(Number(id));
        return {};
      },
      onResponseError: (request, error) => {
        const refusal = "status_code" in error && error.status_code === 413 ? fileTooLarge : REFUSALS.get(error);
        const failure = refusal ? new ChatError(refusal(core.files.maxSize)) : error;
        // The library's own are no errors; what they say is not for our clients.
        if (failure instanceof Error) this.callers.get(request)!.failure = failure;
        return undefined;
      },
    });
  }

  /** Throws what is refused. */
  async handle(request: Request, userId: number): Promise<Response> {
    const caller: Caller = { userId };
    this.callers.set(request, caller);
    const response = await this.server.handleWeb(request);
    if (response.ok) return response;
    throw caller.failure ?? new ChatError(notTus);
  }
}
