// What whoever uploads says of a file: the fields of a form, or the metadata of an upload, which are both texts by name.
import { Value } from "@sinclair/typebox/value";
import type { FileDraft } from "../../files/records.ts";
import { invalid } from "../../lib/errors.ts";
import { validationError } from "../../lib/validation.ts";
import { FileFields } from "../../protocol/files.ts";
import { FILE_NAME_LIMIT } from "../../protocol/limits.ts";
import { countCharacters } from "../../protocol/text.ts";

/** Not shown, or shown as something else: control characters, and those that turn the direction of a text. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const NAMELESS = "file";

/** `texts` by name; what is not known is ignored, as clients of tus send more than is asked for. Throws `invalid`. */
export function readDetails(texts: Record<string, string | null | undefined>): Omit<FileDraft, "size"> {
  const given: Record<string, unknown> = {};
  for (const name of ["kind", "client_id", "alt"]) if (texts[name]) given[name] = texts[name];
  // Of an image they are what is found, and nothing else has any.
  const numbers = ["duration_ms", ...(texts.kind === "video" ? ["width", "height"] : [])];
  for (const name of numbers) if (texts[name]) given[name] = toInteger(texts[name]);
  if (texts.waveform) given.waveform = texts.waveform.split(",").map((sample) => toInteger(sample.trim()));
  if (!Value.Check(FileFields, given)) throw validationError(Value.Errors(FileFields, given), "file");
  const { kind = "file", client_id: clientId = null, ...meta } = given;
  return { kind, clientId, meta, name: readName(texts.filename ?? texts.name ?? "") };
}

/** The last part of a path, without what would mislead. Throws `invalid` when it is too long. */
function readName(text: string): string {
  const name = text.toWellFormed().split(/[/\\]/).at(-1)!.replace(MISLEADING, "").trim();
  if (countCharacters(name) > FILE_NAME_LIMIT)
    throw invalid("filename", `must be at most ${FILE_NAME_LIMIT} characters`);
  return name || NAMELESS;
}

/** NaN, which no schema takes, for what is no whole number. */
const toInteger = (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN);
