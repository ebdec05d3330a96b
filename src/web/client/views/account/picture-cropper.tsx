// Chooses the square of an image that becomes the user's picture: by dragging and pinching, by the wheel, or by keys.
import { useEffect, useRef, useState } from "preact/hooks";
import { toast } from "../../state/toasts.ts";
import { type Crop, centeredCrop, insideOf, MAX_ZOOM, pan, type Size, sideOf, zoomAt } from "./crop.ts";

/** What the server shows at most. */
const OUTPUT_PX = 512;
const QUALITY = 0.9;
const KEY_STEP = 0.05;
const ZOOM_STEP = 1.15;

interface PictureCropperProps {
  file: File;
  /** A square image of at most 512 px. */
  onPick: (blob: Blob) => void;
  onCancel: () => void;
  /** Called instead when it can't be loaded. */
  onClose: () => void;
}

export function PictureCropper({ file, onPick, onCancel }: PictureCropperProps) {
  const stage = useRef<HTMLDivElement>(null);
  const image = useRef<HTMLImageElement>(null);
  const [address, setAddress] = useState("");
  const [size, setSize] = useState<Size | null>(null);
  const [isBroken, setBroken] = useState(false);
  const [crop, setCrop] = useState<Crop>({ x: 0, y: 0, zoom: 1 });
  /** The places of the pointers that are down, by id. */
  const pointers = useRef(new Map<number, { x: number; y: number }>());

  useEffect(() => {
    const url = URL.createObjectURL(file);
    setAddress(url);
    return () => URL.revokeObjectURL(url);
  }, [file]);
  useEffect(() => {
    if (size) stage.current!.focus();
  }, [size]);

  if (isBroken)
    return (
      <div class="empty-state" role="alert">
        <h2>This picture can’t be opened here</h2>
        <p>Choose a JPEG, PNG, WebP or GIF. Photos in other formats, such as HEIC, have to be converted first.</p>
        <button type="button" class="button" onClick={onCancel}>
          Back
        </button>
      </div>
    );

  /** Parts of the square's side, from its centre. */
  function placeIn({ clientX, clientY }: MouseEvent) {
    const { left, top, width, height } = stage.current!.getBoundingClientRect();
    return { x: (clientX - left) / width - 0.5, y: (clientY - top) / height - 0.5 };
  }

  function onPointerMove(event: PointerEvent) {
    const before = pointers.current.get(event.pointerId);
    if (!before || !size) return;
    const now = placeIn(event);
    const [other] = [...pointers.current].flatMap(([id, place]) => (id === event.pointerId ? [] : place));
    pointers.current.set(event.pointerId, now);
    // Between two fingers the picture moves half as far as one of them, and grows with their distance.
    const share = other ? 0.5 : 1;
    setCrop((crop) => {
      const moved = pan(size, crop, (now.x - before.x) * share, (now.y - before.y) * share);
      if (!other) return moved;
      const distance = (place: { x: number; y: number }) => Math.hypot(place.x - other.x, place.y - other.y);
      const factor = distance(now) / Math.max(distance(before), 0.01);
      return zoomAt(size, moved, factor, (now.x + other.x) / 2, (now.y + other.y) / 2);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!size || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, (crop: Crop) => Crop> = {
      ArrowLeft: (crop) => pan(size, crop, -KEY_STEP, 0),
      ArrowRight: (crop) => pan(size, crop, KEY_STEP, 0),
      ArrowUp: (crop) => pan(size, crop, 0, -KEY_STEP),
      ArrowDown: (crop) => pan(size, crop, 0, KEY_STEP),
      "+": (crop) => zoomAt(size, crop, ZOOM_STEP),
      "=": (crop) => zoomAt(size, crop, ZOOM_STEP),
      "-": (crop) => zoomAt(size, crop, 1 / ZOOM_STEP),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    setCrop(step);
  }

  async function pick() {
    if (!size) return;
    const side = sideOf(size, crop);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.min(OUTPUT_PX, Math.max(1, Math.round(side)));
    const context = canvas.getContext("2d")!;
    context.imageSmoothingQuality = "high";
    context.drawImage(
      image.current!,
      crop.x - side / 2,
      crop.y - side / 2,
      side,
      side,
      0,
      0,
      canvas.width,
      canvas.height,
    );
    // A browser that writes no WebP writes PNG.
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/webp", QUALITY));
    if (blob) onPick(blob);
    else toast("This picture is too large for your browser.", true);
  }

  const side = size ? sideOf(size, crop) : 1;
  const percent = (pixels: number) => `${(pixels / side) * 100}%`;
  return (
    <div class="cropper">
      <div
        ref={stage}
        class="crop-stage"
        role="application"
        aria-label="Picture. Arrow keys move it, plus and minus zoom."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes keys.
        tabIndex={0}
        onPointerDown={(event) => {
          stage.current!.setPointerCapture(event.pointerId);
          pointers.current.set(event.pointerId, placeIn(event));
        }}
        onPointerMove={onPointerMove}
        onPointerUp={({ pointerId }) => pointers.current.delete(pointerId)}
        onPointerCancel={({ pointerId }) => pointers.current.delete(pointerId)}
        onWheel={(event) => {
          event.preventDefault();
          const { x, y } = placeIn(event);
          if (size) setCrop((crop) => zoomAt(size, crop, Math.exp(-event.deltaY / 400), x, y));
        }}
        onKeyDown={onKeyDown}
      >
        {address && (
          <img
            ref={image}
            src={address}
            alt=""
            draggable={false}
            hidden={!size}
            style={
              size
                ? {
                    width: percent(size.width),
                    height: percent(size.height),
                    left: percent(side / 2 - crop.x),
                    top: percent(side / 2 - crop.y),
                  }
                : {}
            }
            onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) => {
              if (width === 0 || height === 0) return setBroken(true);
              setSize({ width, height });
              setCrop(centeredCrop({ width, height }));
            }}
            onError={() => setBroken(true)}
          />
        )}
        <span class="crop-mask" />
      </div>
      <label class="zoom">
        <span>Zoom</span>
        <input
          type="range"
          min="0"
          max="1"
          step="0.01"
          // As far as it is by factors: each step looks alike.
          value={Math.log(crop.zoom) / Math.log(MAX_ZOOM)}
          disabled={!size}
          onInput={({ currentTarget }) => {
            const zoom = MAX_ZOOM ** Number(currentTarget.value);
            if (size) setCrop((crop) => insideOf(size, { ...crop, zoom }));
          }}
        />
      </label>
      <p class="text-muted">Drag the picture, and zoom in, until the circle shows what others should see.</p>
      <div class="actions">
        <button type="button" class="button plain" onClick={onCancel}>
          Cancel
        </button>
        <button type="button" class="button primary" disabled={!size} onClick={() => void pick()}>
          Use this picture
        </button>
      </div>
    </div>
  );
}
