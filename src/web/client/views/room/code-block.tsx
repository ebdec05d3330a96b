// Code of several lines: what is wide is scrolled inside of it, and it can be copied as a whole.
import { copyText } from "../../lib/clipboard.ts";
import { Icon } from "../../ui/icons.tsx";

interface CodeBlockProps {
  text: string;
  language: string | undefined;
  tabIndex: number;
}

export const CodeBlock = ({ text, language, tabIndex }: CodeBlockProps) => (
  <div class="code-block" dir="ltr">
    <div class="code-bar">
      <span>{language ?? "Code"}</span>
      <button
        type="button"
        class="icon-button"
        tabIndex={tabIndex}
        aria-label="Copy code"
        onClick={() => void copyText(text)}
      >
        <Icon name="copy" size={16} />
      </button>
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keys, and a stop of its own as links are. */}
    <pre tabIndex={0}>
      <code>{text}</code>
    </pre>
  </div>
);
