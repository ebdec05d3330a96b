// Reads FILES_URL: the address of a bucket. No message of its own repeats a secret.
import { S3Client } from "bun";
import { StartupError } from "./startup-error.ts";

/** What FILES_URL says; what is left out is taken from the surroundings, as other programs do (AWS_ACCESS_KEY_ID, …). */
export interface BucketAddress {
  bucket: string;
  /** Put before each object's name: empty, or with a slash at its end. */
  prefix: string;
  endpoint?: string;
  region?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
}

export const FILES_URL_EXPECTED =
  "an address such as s3://key:secret@bucket/folder?endpoint=https://storage.example.org&region=eu-central-1, with special characters percent-encoded";

const refuse = (): never => {
  throw new StartupError(`FILES_URL is not valid: expected ${FILES_URL_EXPECTED}.`);
};

/** Throws a StartupError. */
export function parseFilesUrl(text: string): BucketAddress {
  const [, login, bucket, path = "", query = ""] =
    /^s3:\/\/(?:([^@/?#\s]*)@)?([A-Za-z0-9._-]+)(?:\/([^?#\s]*))?(?:\?([^#\s]*))?$/.exec(text) ?? refuse();
  const options = new URLSearchParams(query);
  for (const name of options.keys()) if (name !== "endpoint" && name !== "region") refuse();
  const endpoint = options.get("endpoint");
  if (endpoint && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol))) refuse();
  const region = options.get("region");
  const folder = path.replace(/^\/+|\/+$/g, "");
  return {
    bucket: bucket!,
    prefix: folder && `${folder}/`,
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...(login !== undefined && readLogin(login)),
  };
}

/** The origin that redirects to objects of the bucket lead to. Throws a StartupError. */
export function bucketOriginOf(filesUrl: string): string {
  const { prefix, ...options } = parseFilesUrl(filesUrl);
  // What signs knows whether the bucket is in the host or in the path. It asks nobody, but signs nothing without a key.
  const client = new S3Client({ accessKeyId: "none", secretAccessKey: "none", ...options });
  return new URL(client.presign(`${prefix}object`)).origin;
}

function readLogin(login: string): Pick<BucketAddress, "accessKeyId" | "secretAccessKey"> {
  const [accessKeyId, secretAccessKey, ...rest] = login.split(":").map(decode);
  if (!accessKeyId || !secretAccessKey || rest.length > 0) return refuse();
  return { accessKeyId, secretAccessKey };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse();
  }
}
