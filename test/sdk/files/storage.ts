// A storage of uploads as a browser has it, for the pages of one.
import type { StoredUpload, UploadStorage } from "../../../src/sdk/index.ts";

export function uploadStorage(): UploadStorage & { kept: Map<string, { upload: StoredUpload; blob: Blob }> } {
  const kept = new Map<string, { upload: StoredUpload; blob: Blob }>();
  return {
    kept,
    list: async () => [...kept.values()].map(({ upload }) => upload),
    readBlob: async (id) => kept.get(id)?.blob ?? null,
    put: async (upload, blob = kept.get(upload.id)?.blob) => void kept.set(upload.id, { upload, blob: blob! }),
    remove: async (id) => void kept.delete(id),
  };
}
