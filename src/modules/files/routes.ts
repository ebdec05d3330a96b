// Routes of files. What reads and writes bytes is loaded when it is first asked for.
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { toFile } from "../../files/attachment.ts";
import { authentication, bearerToken, findCaller } from "../../http/authentication.ts";
import { bytes, empty, refusals } from "../../http/responses.ts";
import { ChatError } from "../../lib/errors.ts";
import { isoFromMillis } from "../../lib/time.ts";
import { FileToken, UploadedFile } from "../../protocol/files.ts";
import { FILE_TOKEN_SECONDS, THUMBNAIL_SIDE, UNFINISHED_FILES_LIMIT } from "../../protocol/limits.ts";
import {
  badFileToken,
  badRange,
  fileQuota,
  filesUnavailable,
  fileTooLarge,
  noFileInForm,
  notAnImage,
  notFound,
  notLoggedIn,
  notTus,
  tooManyUploads,
  wrongOffset,
} from "../../protocol/refusals.ts";
import { IdText, One } from "../../protocol/types.ts";
import { requireScope } from "../../sessions/scopes.ts";
import type { Reader } from "./content.ts";
import {
  ABILITIES,
  APPEND_HEADERS,
  APPENDED,
  CREATION_HEADERS,
  formBody,
  pieceBody,
  UPLOAD,
  UPLOAD_HEADERS,
} from "./texts.ts";
import type { Tus } from "./tus.ts";

const FileParams = Type.Object({ file_id: IdText("The file.", 17) });
const TUS = { "tus-resumable": "1.0.0" };

export const filesModule = (core: Core) => {
  let loading: Promise<Tus> | undefined;
  const loadTus = () => {
    loading ??= import("./tus.ts").then(({ Tus }) => new Tus(core));
    return loading;
  };
  const tus = async (request: Request, userId: number, set: { headers: Record<string, unknown> }) => {
    // Refused or not, as the protocol demands.
    Object.assign(set.headers, TUS);
    return (await loadTus()).handle(request, userId);
  };

  /** By `Authorization`, or by a token for files in the address, as an `<img>` has it. */
  const readerOf = async (request: Request, token: string | undefined): Promise<Reader> => {
    const found = token === undefined ? null : await core.sessions.findByFileToken(token);
    if (found) {
      core.limits.request(found.session.userId);
      return { userId: found.session.userId, secondsLeft: secondsUntil(found.expiresAt) };
    }
    const session = await findCaller(core, request);
    if (!session) throw new ChatError(badFileToken);
    requireScope(session, "read");
    return { userId: session.userId, secondsLeft: FILE_TOKEN_SECONDS };
  };
  interface Download {
    request: Request;
    params: { file_id: number };
    query: { token?: string };
    set: { headers: Record<string, unknown> };
  }
  const serve =
    (what: "content" | "thumbnail") =>
    async ({ request, params, query, set }: Download) => {
      const reader = await readerOf(request, query.token);
      const { serveFile } = await import("./content.ts");
      return serveFile(core, reader, params.file_id, what, request.headers.get("range"), set.headers);
    };
  const download = {
    params: FileParams,
    query: Type.Object({
      token: Type.Optional(Type.String({ maxLength: 1024, description: "Of `POST /files/token`.", examples: [""] })),
    }),
    headers: Type.Object({
      range: Type.Optional(
        Type.String({ description: "Which bytes; the whole by default.", examples: ["bytes=0-1023"] }),
      ),
    }),
    response: {
      200: bytes("All of it."),
      206: bytes("The range."),
      302: empty("It is in a bucket.", {
        Location: { description: "Its address there, for as long as the token is valid.", example: "https://…" },
      }),
      ...refusals(badFileToken, notFound("file"), badRange(182_044)),
    },
  };

  return new Elysia({ name: "files", tags: ["Files"] })
    .use(authentication(core))
    .post(
      "/files",
      async ({ session, request, set }) => {
        if (request.headers.has("tus-resumable")) return tus(request, session.userId, set);
        const { receiveForm } = await import("./form.ts");
        set.status = 201;
        return { data: toFile(await receiveForm(core, session.userId, request)) };
      },
      {
        auth: "write",
        headers: CREATION_HEADERS,
        response: {
          201: One(UploadedFile),
          ...refusals(
            noFileInForm,
            notTus,
            fileTooLarge(core.files.maxSize),
            fileQuota,
            notAnImage,
            tooManyUploads(UNFINISHED_FILES_LIMIT),
            filesUnavailable,
          ),
        },
        detail: {
          operationId: "createFile",
          summary: "Upload a file",
          description:
            "The whole file as a form. Or with `Tus-Resumable: 1.0.0` the beginning of an upload by tus: the response has no body then, and in `Location` the address at which the upload goes on, relative to that of the request. The same `client_id` again is the same file.",
          requestBody: formBody,
        },
      },
    )
    .options(
      "/files",
      ({ set }) => {
        Object.assign(set.headers, TUS, {
          "tus-version": TUS["tus-resumable"],
          "tus-extension": "creation,creation-with-upload,termination,expiration",
          "tus-max-size": String(core.files.maxSize),
        });
        set.status = 204;
      },
      {
        response: { 204: empty("In headers.", ABILITIES) },
        detail: {
          operationId: "getUploadAbilities",
          summary: "What uploads can do",
          description: "The version of tus, its extensions, and the largest file.",
        },
      },
    )
    .head("/files/:file_id", ({ session, request, set }) => tus(request, session.userId, set), {
      auth: "write",
      params: FileParams,
      headers: UPLOAD_HEADERS,
      response: { 200: empty("In headers.", UPLOAD), ...refusals(notTus, notFound("file")) },
      detail: {
        operationId: "getUploadOffset",
        summary: "How much of an upload has arrived",
        description: "Where the next bytes belong. A request that is still bringing some is ended.",
      },
    })
    .patch("/files/:file_id", ({ session, request, set }) => tus(request, session.userId, set), {
      auth: "write",
      params: FileParams,
      headers: APPEND_HEADERS,
      response: {
        204: empty("The bytes are stored.", APPENDED),
        ...refusals(
          notTus,
          notFound("file"),
          wrongOffset,
          fileTooLarge(core.files.maxSize),
          notAnImage,
          filesUnavailable,
        ),
      },
      detail: {
        operationId: "appendToUpload",
        summary: "Go on with an upload",
        description:
          "What arrives of the body is kept even if the connection breaks. With the last byte the file is processed; where that takes longer than the request, `file.ready` or `file.refused` says how it ended.",
        requestBody: pieceBody,
      },
    })
    .get(
      "/files/:file_id",
      async ({ session, params }) => ({ data: toFile(await core.files.ownSettled(session.userId, params.file_id)) }),
      {
        auth: "read",
        params: FileParams,
        response: { 200: One(UploadedFile), ...refusals(notFound("file")) },
        detail: {
          operationId: "getFile",
          summary: "One of your files",
          description: "Its state, and what is known of it.",
        },
      },
    )
    .delete(
      "/files/:file_id",
      async ({ session, params, set }) => {
        Object.assign(set.headers, TUS);
        await core.files.delete(session.userId, params.file_id);
        set.status = 204;
      },
      {
        auth: "write",
        params: FileParams,
        response: { 204: empty("It is gone."), ...refusals(notFound("file")) },
        detail: {
          operationId: "deleteFile",
          summary: "Give up a file",
          description: "An upload, or a file that no message has. One that a message has goes with the message.",
        },
      },
    )
    .post(
      "/files/token",
      async ({ session, request, set }) => {
        const token = bearerToken(request.headers.get("authorization"));
        const issued = token && (await core.sessions.createFileToken(token, session.userId, FILE_TOKEN_SECONDS));
        if (!issued) throw new ChatError(notLoggedIn);
        set.status = 201;
        return { data: { token: issued.token, expires_at: isoFromMillis(issued.expiresAt) } };
      },
      {
        auth: "read",
        response: { 201: One(FileToken) },
        detail: {
          operationId: "createFileToken",
          summary: "A token for reading files",
          description:
            "For the addresses of files in pages, valid for an hour. It is good for nothing else, and ends with the session; whether its user may read a file is asked at each download.",
        },
      },
    )
    .get("/files/:file_id/content", serve("content"), {
      ...download,
      detail: {
        operationId: "getFileContent",
        summary: "The bytes of a file",
        description:
          "Of a file of yours, or of one that a message in a room of yours has. With `token`, or with `Authorization`. Where files are in a bucket, a redirect to it.",
        security: [{ bearer: ["read"] }],
      },
    })
    .get("/files/:file_id/thumbnail", serve("thumbnail"), {
      ...download,
      detail: {
        operationId: "getFileThumbnail",
        summary: "A small picture of an image",
        description: `As its content: WebP of at most ${THUMBNAIL_SIDE} pixels in both directions.`,
        security: [{ bearer: ["read"] }],
      },
    });
};

const secondsUntil = (moment: number) => Math.max(1, Math.floor((moment - Date.now()) / 1000));
