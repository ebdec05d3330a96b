// The image or video that is open over the page.
import { signal } from "@preact/signals";

export interface ViewerTarget {
  messageKey: string;
  fileId: number;
}

/** Null while none is open. */
export const viewer = signal<ViewerTarget | null>(null);

export const openViewer = (target: ViewerTarget) => {
  viewer.value = target;
};

export const closeViewer = () => {
  viewer.value = null;
};
