// Reading what stands at an address outside: of public addresses alone, so that nobody reaches through us what only we can reach.
// The name is resolved once, and the connection goes to the very address that was checked.
import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import { bareHost, mayConnect } from "./network.ts";

export interface GuardedOptions {
  /** Whether private networks and this machine may be asked as well. Link-local addresses, as clouds hand out secrets at, never are. */
  allowsPrivate?: boolean;
  timeoutMs: number;
  maxBytes: number;
  /** The kinds of bodies that are asked for; JSON unless told. */
  accept?: string;
}

/** What tests have in place of the network's own. */
export interface Resolver {
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
  /** The certificate authority that counts, as PEM. */
  ca?: string;
}

/** The body of a 200. Throws an Error for anything else, a redirect as well. */
export async function guardedFetch(
  url: URL,
  { allowsPrivate, timeoutMs, maxBytes, accept = "application/json, */*" }: GuardedOptions,
  { resolve = (host) => lookup(host, { all: true }), ca }: Resolver = {},
): Promise<Buffer> {
  const host = bareHost(url);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolve(host);
  if (addresses.length === 0 || !addresses.every(({ address }) => mayConnect(address, allowsPrivate)))
    throw new Error("The address is not a public one");
  const { request } = url.protocol === "https:" ? https : http;
  return await new Promise<Buffer>((fulfil, reject) => {
    const outgoing = request(url, {
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept },
      ...(ca !== undefined && { ca }),
      lookup: (_host, _options, found) => (found as (error: null, all: object[]) => void)(null, addresses),
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      if (response.statusCode !== 200) {
        outgoing.destroy();
        return reject(new Error(`The response has the status ${response.statusCode}`));
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.byteLength;
        chunks.push(chunk);
        if (size <= maxBytes) return;
        outgoing.destroy();
        reject(new Error(`The response is larger than ${maxBytes} bytes`));
      });
      response.on("error", reject);
      response.on("end", () => fulfil(Buffer.concat(chunks)));
    });
    outgoing.end();
  });
}
