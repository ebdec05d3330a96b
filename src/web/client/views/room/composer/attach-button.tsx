// Chooses files for the message.
import { useRef } from "preact/hooks";
import { Icon } from "../../../ui/icons.tsx";

export function AttachButton({ onChoose }: { onChoose: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onChoose([...currentTarget.files!]);
          // The same file may be chosen once more.
          currentTarget.value = "";
        }}
      />
      <button type="button" class="icon-button attach" aria-label="Attach files" onClick={() => input.current!.click()}>
        <Icon name="attach" size={22} />
      </button>
    </>
  );
}
