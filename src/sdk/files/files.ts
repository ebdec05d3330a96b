// Files of the user and of messages: where their bytes are.
import type { Api } from "../api.ts";
import type { Store } from "../store.ts";
import type { Attachment } from "../wire.ts";
import { FileToken, type FileTokenParts } from "./file-token.ts";

export interface Files {
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

interface FilesParts extends FileTokenParts {
  api: Api;
  base: string;
}

export function createFiles({ api, base, ...parts }: FilesParts) {
  const token = new FileToken({ api, ...parts });
  const addressOf = (id: number, what: string): string | null => {
    const current = token.getSnapshot();
    return current && `${base}/files/${id}/${what}?token=${current}`;
  };
  const files: Files = {
    token,
    url: ({ id }) => addressOf(id, "content"),
    thumbnailUrl: ({ id, kind }) => (kind === "image" ? addressOf(id, "thumbnail") : null),
    renewToken: token.renew,
    remove: (id) => api.run("DELETE", `/files/${id}`),
  };
  return {
    files,
    onOpen: () => token.onOpen(),
    onClosed: () => token.stop(),
    /** Forgets what is stored on this device. */
    clear: () => token.clear(),
  };
}
