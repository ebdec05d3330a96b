// How a simulated client uploads a file: as a form, or by tus in two pieces; again with the same id of its own until it knows that it is there.
import { metadata, TUS } from "../../support/tus.ts";
import { bytesOf, nameOf, sizeOf } from "./bytes.ts";
import type { Response, RichCalls } from "./calls.ts";

/** The file's id once it is ready; else null, and the status of the last answer if there was one. */
export interface Uploaded {
  id: number | null;
  status: number | undefined;
}

const failed = (response: Response | null): Uploaded => ({ id: null, status: response?.status });

export async function uploadForm(calls: RichCalls, clientId: string): Promise<Uploaded> {
  const form = new FormData();
  form.set("client_id", clientId);
  form.set("file", new Blob([bytesOf(clientId)]), nameOf(clientId));
  const response = await calls.send("POST", "/files", { body: form });
  return readyOf(response);
}

/** The same by tus, from where an earlier try has left it. */
export async function uploadByTus(calls: RichCalls, clientId: string): Promise<Uploaded> {
  const size = sizeOf(clientId);
  const created = await calls.send("POST", "/files", {
    headers: {
      ...TUS,
      "upload-length": String(size),
      "upload-metadata": metadata({ filename: nameOf(clientId), client_id: clientId }),
    },
  });
  const location = created?.headers.get("location");
  if (created?.status !== 201 || !location) return failed(created);
  const path = `/${location}`;
  const seen = await calls.send("HEAD", path, { headers: TUS });
  if (seen?.status !== 200) return failed(seen);
  let offset = Number(seen.headers.get("upload-offset"));
  while (offset < size) {
    const end = offset < size / 2 ? Math.ceil(size / 2) : size;
    const piece = await calls.send("PATCH", path, {
      headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
      body: bytesOf(clientId).slice(offset, end),
    });
    if (piece?.status !== 204) return failed(piece);
    offset = end;
  }
  return readyOf(await calls.send("GET", path));
}

function readyOf(response: Response | null): Uploaded {
  const file = response && response.status < 300 ? response.json.data : undefined;
  return file?.state === "ready" ? { id: file.id, status: response?.status } : failed(response);
}
