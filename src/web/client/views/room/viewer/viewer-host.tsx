// The place of the viewer in a room; what it shows with is loaded when the first image is opened.
import { useEffect } from "preact/hooks";
import type { RoomStore } from "../../../../../sdk/index.ts";
import { lazy } from "../../../lib/lazy.tsx";
import { closeViewer, viewer } from "../../../state/viewer.ts";

const Viewer = lazy(async () => (await import("./viewer.tsx")).Viewer);

export function ViewerHost({ room, meId }: { room: RoomStore; meId: number }) {
  // It goes with its room.
  useEffect(() => closeViewer, [room]);
  const target = viewer.value;
  return target && <Viewer room={room} meId={meId} target={target} onClose={closeViewer} />;
}
