// What a server prints while it starts and once it listens. Called by main.ts, or by the supervisor of several workers.
import { VERSION } from "./version.ts";

/** NIST SP 800-63B-4 (3.1.1.2), with something else beside the password; OWASP ASVS 6.2.1. */
const ADVISED_PASSWORD_LENGTH = 8;

const isLoopback = (host: string) => host === "localhost" || host === "::1" || host.startsWith("127.");

/** On the first start: nothing else would be seen for some seconds. */
export const announceCreation = (): void => console.log("Creating the database: this start takes some seconds longer.");

/** `where` says where its data is. */
export function announce(
  { host, rateLimits, passwordMinLength }: { host: string; rateLimits: boolean; passwordMinLength: number },
  port: number,
  where: string,
): void {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  const address = `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
  console.log(`Chat is served at ${address}`);
  console.log(`Its data is kept ${where}`);
  console.log(`Its documentation is at ${address}/docs; this is version ${VERSION}`);
  if (!rateLimits)
    console.warn("Warning: RATE_LIMITS=off lifts every limit on rates and sockets; use it for load tests only.");
  if (passwordMinLength < ADVISED_PASSWORD_LENGTH && !isLoopback(host))
    console.warn(
      `Warning: passwords of ${passwordMinLength} characters are accepted; set PASSWORD_MIN_LENGTH to ${ADVISED_PASSWORD_LENGTH} or more on the open internet.`,
    );
}
