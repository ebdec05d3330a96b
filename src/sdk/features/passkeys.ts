// Passkeys, as browsers make and use them. Loaded with the first one. The class of errors is passed: if it were imported, a bundler
// would put it into a file of its own, for which every page has to wait.
import type { ChatError } from "../errors.ts";

/** What of WebAuthn is used here: the types of browsers are not those of every runtime. */
interface Json {
  [field: string]: unknown;
}
interface Credentials {
  create(options: object): Promise<{ toJSON(): Json } | null>;
  get(options: object): Promise<{ toJSON(): Json } | null>;
}
interface WebAuthn {
  parseCreationOptionsFromJSON(options: Json): object;
  parseRequestOptionsFromJSON(options: Json): object;
}

/** What a passkey is used for. */
export interface PasskeyUse {
  /** `conditional`: offered among the names that the browser fills in, without a prompt. */
  mediation?: "conditional" | undefined;
  signal?: AbortSignal | undefined;
}

const browser = globalThis as unknown as { PublicKeyCredential?: WebAuthn; navigator?: { credentials?: Credentials } };

/** Makes a passkey. Throws ChatError. */
export const createCredential = (options: Json, Failure: typeof ChatError): Promise<Json> =>
  run(Failure, ({ create }, webAuthn) => create({ publicKey: webAuthn.parseCreationOptionsFromJSON(options) }));

/** Uses one. Throws ChatError. */
export const getCredential = (
  options: Json,
  { mediation, signal }: PasskeyUse,
  Failure: typeof ChatError,
): Promise<Json> =>
  run(Failure, ({ get }, webAuthn) =>
    get({
      publicKey: webAuthn.parseRequestOptionsFromJSON(options),
      ...(mediation && { mediation }),
      ...(signal && { signal }),
    }),
  );

async function run(
  Failure: typeof ChatError,
  use: (credentials: Credentials, webAuthn: WebAuthn) => Promise<{ toJSON(): Json } | null>,
) {
  const { PublicKeyCredential, navigator } = browser;
  const credentials = navigator?.credentials;
  if (!PublicKeyCredential || !credentials) throw new Failure("forbidden", "Passkeys don't work in this browser.");
  const bound = { create: credentials.create.bind(credentials), get: credentials.get.bind(credentials) };
  try {
    const made = await use(bound, PublicKeyCredential);
    if (made) return made.toJSON();
  } catch (error) {
    const { name } = error as Error;
    if (name === "InvalidStateError")
      throw new Failure("already_enabled", "This device has a passkey of yours already.", 0, {}, error);
    if (name === "SecurityError") throw new Failure("forbidden", "Passkeys don't work at this address.", 0, {}, error);
    if (name !== "NotAllowedError" && name !== "AbortError") throw error;
  }
  // Browsers don't say whether it was the user or the clock.
  throw new Failure("canceled", "No passkey was used.");
}
