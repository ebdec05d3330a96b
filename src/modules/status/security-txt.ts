// `/.well-known/security.txt` (RFC 9116): to whom somebody who has found a weakness writes.
import { Elysia } from "elysia";
import type { Core } from "../../core.ts";
import { ChatError } from "../../lib/errors.ts";
import { noSuchAddress } from "../../protocol/refusals.ts";

const PATH = "/.well-known/security.txt";
// Of a file that is written anew with each request; RFC 9116 advises less than a year.
const LIFE_DAYS = 180;
const DAY_MS = 86_400_000;

export const securityTxtModule = ({ config }: Pick<Core, "config">) =>
  new Elysia({ name: "security-txt" }).get(
    PATH,
    () => {
      if (config.securityContact === undefined) throw new ChatError(noSuchAddress);
      return new Response(securityTxt(config.securityContact, config.publicUrl, Date.now()), {
        headers: { "content-type": "text/plain; charset=utf-8" },
      });
    },
    { detail: { hide: true } },
  );

function securityTxt(contact: string, publicUrl: string | undefined, now: number): string {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return [
    `Contact: ${contact}`,
    `Expires: ${new Date(today + LIFE_DAYS * DAY_MS).toISOString()}`,
    ...(publicUrl ? [`Canonical: ${publicUrl}${PATH}`] : []),
    "",
  ].join("\n");
}
