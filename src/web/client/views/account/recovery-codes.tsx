// Recovery codes, shown this once: to be copied, or kept as a file.
import { copyText } from "../../lib/clipboard.ts";

export function RecoveryCodes({ codes, username, onDone }: { codes: string[]; username: string; onDone: () => void }) {
  const text = codes.join("\n");
  const file = `Recovery codes of ${username} at ${location.host}\nEach is good once.\n\n${text}\n`;
  return (
    <>
      <p>
        Each of these codes logs you in once when you don’t have your authenticator app. Keep them in a safe place: they
        are not shown again.
      </p>
      <ul class="recovery-codes" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="actions">
        <button type="button" class="button" onClick={() => void copyText(text, "Recovery codes copied.")}>
          Copy
        </button>
        <a
          class="button"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(file)}`}
          download={`recovery-codes-${location.hostname}.txt`}
        >
          Download
        </a>
        <button type="button" class="button primary" onClick={onDone}>
          Done
        </button>
      </div>
    </>
  );
}
