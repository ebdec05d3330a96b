// API keys with what they may do and when they were used.
import type { ApiKey } from "../../../../sdk/index.ts";
import { dateTimeOf, whenOf } from "../../lib/time.ts";
import { SCOPES } from "./key-scopes.ts";

interface KeyListProps {
  keys: ApiKey[];
  onCreate: () => void;
  onDelete: (key: ApiKey) => void;
}

export const KeyList = ({ keys, onCreate, onDelete }: KeyListProps) => (
  <div class="key-list">
    {keys.length > 0 && (
      <ul class="rows" aria-label="API keys">
        {keys.map((key) => (
          <li key={key.id} class="device">
            <span>
              <strong>
                <bdi>{key.name}</bdi>
              </strong>
              <span class="text-muted">{key.scopes.map((scope) => SCOPES[scope].title).join(", ")}</span>
              <span class="text-muted">{useOf(key)}</span>
              {key.expires_at && <span class="text-muted">Ends {dateTimeOf(key.expires_at)}</span>}
            </span>
            <button
              type="button"
              class="button"
              data-opens={`delete key ${key.id}`}
              aria-label={`Delete ${key.name}`}
              onClick={() => onDelete(key)}
            >
              Delete
            </button>
          </li>
        ))}
      </ul>
    )}
    <button type="button" class="button" data-opens="new key" onClick={onCreate}>
      Create a key
    </button>
  </div>
);

function useOf({ created_at, last_used_at }: ApiKey): string {
  // Until it is used both are the same moment, but for what the database takes.
  const isUsed = Date.parse(last_used_at) - Date.parse(created_at) > 1_000;
  return isUsed ? `Last used ${whenOf(last_used_at)}` : `Created ${whenOf(created_at)}`;
}
