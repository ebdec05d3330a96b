// Errors of the database before the server runs, in one sentence that an operator can act on and that holds no address and no password.
import { errorCode } from "../lib/error-code.ts";
import { StartupError } from "../lib/startup-error.ts";

/** A StartupError for an error of the database or of the way to it; a StartupError or a bug of ours is returned as it is. */
export function toStartupError(error: unknown): unknown {
  if (error instanceof StartupError) return error;
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isBug ? error : new StartupError(`The database can't be used: ${reason(error)}.`, { cause: error });
}

/** Why a connection failed. */
function reason(error: unknown): string {
  const code = errorCode(error);
  const { message } = error as Error;
  if (code === "28P01" || code === "28000")
    return "it refused the user name or password in DATABASE_URL (special characters in them must be percent-encoded)";
  if (code === "3D000") return "the database named in DATABASE_URL does not exist";
  if (code === "42501")
    return "its role may not do what this version needs; the first start of a new version needs one that may create tables, and every other one all rights on its tables and sequences";
  if (code === "25006") return "it takes no writes";
  if (code === "08P01" && message.includes("parameter"))
    return 'a pooler in front of it refuses the start-up parameter "options"; let it through, with PgBouncer by ignore_startup_parameters = options';
  if (code === "ECONNREFUSED" || code === "CONNECTION_REFUSED") return "nothing listens at the address in DATABASE_URL";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host named in DATABASE_URL is not known";
  if (code === "CONNECT_TIMEOUT" || code === "ETIMEDOUT") return "the host named in DATABASE_URL does not answer";
  if (code && /CERT|SSL|TLS|SELF_SIGNED|ISSUER/.test(code))
    return `its certificate is not accepted (${code}); see sslmode and sslrootcert in DATABASE_URL`;
  return code ? `it answered with the error ${code}` : "it can't be reached";
}
