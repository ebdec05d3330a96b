// A file to download.
import type { Attachment } from "../../../../../sdk/index.ts";
import { extensionOf, sizeText } from "../../../lib/files.ts";
import { download, useFileUrl } from "../../../state/file-urls.ts";
import { Icon } from "../../../ui/icons.tsx";

interface FileRowProps {
  file: Attachment;
  tabIndex: number;
}

export function FileRow({ file, tabIndex }: FileRowProps) {
  const { url, state, fail } = useFileUrl(file, "content");
  const note = state === "gone" ? "No longer available" : `${sizeText(file.size)}${typeText(file)}`;
  return (
    <a
      class="file"
      href={url ?? undefined}
      download={file.name}
      tabIndex={tabIndex}
      aria-disabled={state === "gone" || undefined}
      onClick={(event) => {
        // By keys that open a new tab or the like, the browser does it.
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        if (state !== "gone") void download(file).then((found) => found === "gone" && fail("gone"));
      }}
    >
      <span class="file-icon" aria-hidden="true">
        <Icon name="file" />
        <span class="file-extension">{extensionOf(file.name)}</span>
      </span>
      <span class="file-text">
        <bdi class="file-name" title={file.name}>
          {file.name}
        </bdi>
        <span class="file-note">{note}</span>
      </span>
      <span class="file-action" aria-hidden="true">
        <Icon name={state === "gone" ? "alert" : "download"} size={18} />
      </span>
    </a>
  );
}

/** Of images that were kept as they were: they look like images, and are not shown. */
const typeText = ({ mime }: Attachment) => (mime.startsWith("image/") ? ", original image" : "");
