// Everything that is the user's, as a file to keep.
import { useEffect, useRef, useState } from "preact/hooks";
import { errorText } from "../../state/toasts.ts";
import { Icon } from "../../ui/icons.tsx";
import type { SectionProps } from "./section.ts";

export function DataExport({ chat, me }: SectionProps) {
  const [error, setError] = useState<unknown>(null);
  /** Of what is being read so far; null while nothing is. */
  const [bytes, setBytes] = useState<number | null>(null);
  const reader = useRef<ReadableStreamDefaultReader<Uint8Array> | null>(null);
  // Who leaves the page wants it no more.
  useEffect(() => () => void reader.current?.cancel(), []);

  async function download() {
    setError(null);
    setBytes(0);
    try {
      const stream = await (await chat.account()).export();
      const parts: BlobPart[] = [];
      reader.current = stream.getReader();
      let size = 0;
      for (;;) {
        const { value, done } = await reader.current.read();
        if (done) break;
        // A blob's bytes need not stay in memory.
        parts.push(new Blob([value as BlobPart]));
        size += value.length;
        setBytes(size);
      }
      save(
        new Blob(parts, { type: "application/json" }),
        `chat-${me.username}-${new Date().toISOString().slice(0, 10)}.json`,
      );
    } catch (failure) {
      setError(failure);
    }
    reader.current = null;
    setBytes(null);
  }

  return (
    <>
      <p class="about-section">
        One file with everything that is yours here: your profile and settings, devices, friends and blocks, chats,
        reactions, a list of your files, and every message that you wrote.
      </p>
      <p class="text-muted">It is JSON, which other programs can read. What others wrote is not in it.</p>
      <p class="form-error" role="alert">
        {error !== null && errorText(error)}
      </p>
      <div class="actions">
        <span class="text-muted" role="status">
          {bytes !== null && `${(bytes / 1e6).toFixed(1)} MB`}
        </span>
        <button type="button" class="button primary" disabled={bytes !== null} onClick={() => void download()}>
          <Icon name="download" size={16} /> {bytes === null ? "Download" : "Downloading…"}
        </button>
      </div>
    </>
  );
}

function save(blob: Blob, name: string) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
