// Files of the user and of messages: where their bytes are, and the uploads of this chat. What moves bytes is loaded with the first upload.
import { FILE_NAME_LIMIT } from "../../protocol/limits.ts";
import type { Api } from "../api.ts";
import { type RetryPolicy, retry } from "../backoff.ts";
import { closedError } from "../connection/pauses.ts";
import { asChatError } from "../errors.ts";
import type { FetchLike, Tokens } from "../http.ts";
import { newId } from "../id.ts";
import type { PersistentStore } from "../storage.ts";
import { type Store, ValueStore } from "../store.ts";
import type { Attachment, UploadedFile } from "../wire.ts";
import { FileToken } from "./file-token.ts";
import { type Upload, UploadHandle, type UploadInfo } from "./upload.ts";
import type { UploadStorage } from "./upload-storage.ts";
import type { Uploader } from "./uploader.ts";

export interface UploadOptions extends Partial<Omit<UploadInfo, "id" | "type" | "size">> {
  /** A name for what it is to be sent with, such as the key of a room: kept until it is sent or canceled, and found again after a reload. */
  draft?: string;
}

export interface Files {
  /**
   * Uploads a file, and goes on with it through lost connections and, where uploads are stored, reloads. What is an image that the server
   * can show is uploaded as one, and a video as one, unless `kind` says otherwise.
   */
  upload(blob: Blob, options?: UploadOptions): Upload;
  /** The uploads that are not ready, and those that are kept for a draft or an unsent message, also of an earlier page. */
  pending: Store<readonly Upload[]>;
  /**
   * The token in the addresses of files; null until there is one. It is requested at the first subscription, and renewed while there are
   * subscribers.
   */
  token: Store<string | null>;
  /**
   * Where the bytes of a file are, for an `<img>`, a player or a link; null while there is no `token`. An address is valid for an hour
   * at most: one that is in use need not follow the token, but one that fails should.
   */
  url(file: Pick<Attachment, "id">): string | null;
  /** Where the small picture of an image is; null of any other kind, and while there is no `token`. */
  thumbnailUrl(file: Pick<Attachment, "id" | "kind">): string | null;
  /** For an address that has failed. Resolves with a token of the last half minute, or null when the session has ended. */
  renewToken(): Promise<string | null>;
  /** Deletes a file of the user's that no message has. Throws ChatError. */
  remove(id: number): Promise<void>;
}

export interface FilesParts {
  api: Api;
  base: string;
  /** The application's own; null for the runtime's. */
  fetch: FetchLike | null;
  tokens: Tokens;
  policy: RetryPolicy;
  storage: PersistentStore;
  /** As an option of the chat. */
  uploadStorage: UploadStorage | null | undefined;
  /** Resolves once it is known whose session this is. */
  untilMe(): Promise<void>;
}

/** Images that the server shows; others, such as HEIC, are files like any other. */
const IMAGES = /^image\/(jpeg|png|webp|gif)$/;

const kindOf = (type: string): Attachment["kind"] =>
  IMAGES.test(type) ? "image" : type.startsWith("video/") ? "video" : "file";

/** Those that a page shows; the first who looks finds what is stored. */
class Pending extends ValueStore<readonly Upload[]> {
  constructor(private readonly onFirst: () => void) {
    super([]);
  }
  protected override onSubscribe() {
    this.onFirst();
  }
}

export function createFiles({ api, base, storage, tokens, policy, uploadStorage, untilMe, fetch }: FilesParts) {
  const token = new FileToken({ api, policy, storage, sessionToken: () => tokens.token });
  const uploads = new Map<string, UploadHandle>();
  let own: PersistentStore | null = null;
  let owner = "";
  let loading: Promise<Uploader> | null = null;
  const pending = new Pending(() => restore());

  const show = () => pending.set([...uploads.values()]);
  const apply = (upload: UploadHandle) => tell((uploader) => uploader.apply(upload));
  const drop = (upload: UploadHandle) => {
    if (uploads.delete(upload.id)) show();
  };
  const adopt = (info: UploadInfo, draft: string | null, file: UploadedFile | null = null) => {
    const handle = new UploadHandle(info, { draft, file }, apply);
    uploads.set(info.id, handle);
    show();
    return handle;
  };
  const load = () => {
    loading ??= retry(policy, () => import("./uploader.ts")).then(
      ({ Uploader }) =>
        new Uploader({
          ...{ api, base, fetch, tokens, policy },
          storage: uploadStorage,
          owner: async () => {
            await untilMe();
            return owner;
          },
          find: (id) => uploads.get(id),
          adopt,
          drop,
          onStored: (isAny) => own?.write("uploads", isAny || null),
        }),
    );
    return loading;
  };
  /** A chat that is closed has told its uploads itself. */
  const unlessClosed = (work: Promise<unknown>) =>
    work.catch((error) => {
      if (asChatError(error).code !== "closed") throw error;
    });
  const tell = (work: (uploader: Uploader) => unknown) => void unlessClosed(load().then(work));
  const restore = () =>
    void unlessClosed(
      untilMe().then(() => {
        // A storage of the application's may have some of which nothing here knows.
        if (own?.read("uploads") || uploadStorage) tell((uploader) => uploader.restore());
      }),
    );

  const addressOf = (id: number, what: string): string | null => {
    const current = token.getSnapshot();
    return current && `${base}/files/${id}/${what}?token=${current}`;
  };
  const files: Files = {
    upload(blob, { draft = null, name, kind = kindOf(blob.type), ...details } = {}) {
      const given = name ?? (blob as Partial<File>).name ?? "";
      const shown = [...(given.split(/[/\\]/).at(-1) || "file")].slice(-FILE_NAME_LIMIT).join("");
      const info = { ...details, id: newId(), name: shown, kind, type: blob.type, size: blob.size };
      const upload = adopt(info, draft);
      tell((uploader) => uploader.add(upload, blob));
      return upload;
    },
    pending,
    token,
    url: ({ id }) => addressOf(id, "content"),
    thumbnailUrl: ({ id, kind }) => (kind === "image" ? addressOf(id, "thumbnail") : null),
    renewToken: token.renew,
    remove: (id) => api.run("DELETE", `/files/${id}`),
  };
  return {
    files,
    onOpen: () => token.onOpen(),
    onKnown(name: string, store: PersistentStore) {
      owner = name;
      own = store;
    },
    /** The upload that an unsent message waits for; `file` is what it has become, if it is ready. */
    uploadOf(info: UploadInfo, file: UploadedFile | null): Upload {
      const known = uploads.get(info.id);
      if (known) return known;
      const upload = adopt(info, null, file);
      if (file) drop(upload);
      else apply(upload);
      return upload;
    },
    /** It belongs to a message from now on, and to no draft. */
    take({ id }: Upload) {
      const upload = uploads.get(id);
      if (!upload || upload.draft === null) return;
      upload.draft = null;
      apply(upload);
      show();
    },
    onSettled(file: UploadedFile) {
      if (loading) tell((uploader) => uploader.onSettled(file));
    },
    onClosed() {
      token.stop();
      if (loading) tell((uploader) => uploader.stop());
      for (const upload of uploads.values()) if (upload.state !== "ready") upload.fail(closedError());
    },
    /** Forgets what is stored on this device. */
    async clear() {
      token.clear();
      if (loading || own?.read("uploads")) await load().then((uploader) => uploader.clear(owner));
      own?.write("uploads", null);
    },
  };
}
