// A new API key, shown this once.
import type { CreatedKey } from "../../../../sdk/index.ts";
import { copyText } from "../../lib/clipboard.ts";
import { Icon } from "../../ui/icons.tsx";

export const KeySecret = ({ created: { data, key }, onDone }: { created: CreatedKey; onDone: () => void }) => (
  <>
    <p>
      This is the key <bdi>{data.name}</bdi>. Copy it now, and keep it like a password: it isn’t shown again.
    </p>
    <p class="secret">
      <code>{key}</code>
    </p>
    <div class="actions">
      <button type="button" class="button" onClick={() => void copyText(key, "Key copied.")}>
        <Icon name="copy" size={18} /> Copy
      </button>
      <button type="button" class="button primary" onClick={onDone}>
        Done
      </button>
    </div>
  </>
);
