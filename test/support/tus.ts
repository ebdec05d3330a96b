// What speaks tus, for tests against any server.

export const TUS = { "tus-resumable": "1.0.0" };

/** As `Upload-Metadata` has it. */
export const metadata = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString("base64")}`)
    .join(",");
