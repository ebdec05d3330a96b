// Mouse, wheel and fingers on the viewer's stage: enlarge, move, turn to the next, close.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { bounded, moved, type Point, type View, WHOLE, zoomed } from "./zoom.ts";

/** What a double tap enlarges by, and what a key or a button does. */
const DOUBLE_TAP_SCALE = 2.5;
export const KEY_FACTOR = 1.5;
/** A turn of the wheel by a notch enlarges by about a fifth; a pinch on a touchpad comes as a wheel with Ctrl, in smaller steps. */
const WHEEL_RATE = 0.002;
const PINCH_RATE = 0.01;
/** A finger that has moved less has not moved. */
const SLOP_PX = 8;
/** A swipe that has come this far does what it is for. */
const SWIPE_PX = 70;
const DOUBLE_TAP_MS = 300;
const DOUBLE_TAP_PX = 30;

interface Gestures {
  /** What is enlarged; nothing where it is no image. */
  canZoom: boolean;
  onTurn: (step: 1 | -1) => void;
  onClose: () => void;
}

interface Swipe {
  axis: "x" | "y" | null;
  from: Point;
}

export function useGestures(
  stage: RefObject<HTMLDivElement | null>,
  frame: RefObject<HTMLDivElement | null>,
  { canZoom, onTurn, onClose }: Gestures,
) {
  const view = useRef<View>(WHOLE);
  const [isZoomed, setZoomed] = useState(false);
  const pointers = useRef(new Map<number, Point>());
  const swipe = useRef<Swipe | null>(null);
  const hasMoved = useRef(false);
  const lastTap = useRef<(Point & { at: number }) | null>(null);

  const show = (next: View, isSmooth = false) => {
    const image = frame.current;
    if (!image) return;
    view.current = bounded(next, { width: image.offsetWidth, height: image.offsetHeight }, stageSize());
    const { scale, x, y } = view.current;
    image.style.transition = isSmooth ? "transform 0.18s ease-out" : "none";
    image.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
    setZoomed(scale > 1);
  };
  const stageSize = () => ({ width: stage.current!.clientWidth, height: stage.current!.clientHeight });
  const zoom = (factor: number, point: Point = { x: 0, y: 0 }, isSmooth = false) =>
    canZoom && show(zoomed(view.current, factor, point), isSmooth);
  const reset = (isSmooth = false) => show(WHOLE, isSmooth);

  // What is enlarged stays within the stage when the window is resized or turned.
  useLayoutEffect(() => {
    const observer = new ResizeObserver(() => show(view.current));
    observer.observe(stage.current!);
    return () => observer.disconnect();
  }, []);

  /** From the centre of the stage. */
  function pointOf({ clientX, clientY }: MouseEvent): Point {
    const { left, top, width, height } = stage.current!.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  }

  /** The middle of the fingers, and how far they are apart. */
  function spread() {
    const [a, b] = [...pointers.current.values()];
    return { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2, distance: Math.hypot(a!.x - b!.x, a!.y - b!.y) };
  }

  /** Moved along with a finger at scale 1, and paler the farther down or up. */
  function drag(x: number, y: number) {
    const image = frame.current!;
    image.style.transition = "none";
    image.style.transform = `translate(${x}px, ${y}px)`;
    stage.current!.style.opacity = y === 0 ? "" : String(Math.max(0.3, 1 - Math.abs(y) / 400));
  }

  function endSwipe(end: Point | null) {
    const { current } = swipe;
    swipe.current = null;
    stage.current!.style.opacity = "";
    reset(true);
    if (!current?.axis || !end) return;
    const way = current.axis === "x" ? end.x - current.from.x : end.y - current.from.y;
    if (Math.abs(way) < SWIPE_PX) return;
    if (current.axis === "y") onClose();
    else onTurn(way < 0 ? 1 : -1);
  }

  function onPointerDown(event: PointerEvent) {
    // The controls of a video are its own.
    if (event.button !== 0 || (event.target as Element).closest("video, button, a")) return;
    stage.current!.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    pointers.current.set(event.pointerId, point);
    if (pointers.current.size === 1) {
      hasMoved.current = false;
      // What is enlarged is moved instead.
      const isSwipe = event.pointerType !== "mouse" && view.current.scale === 1;
      swipe.current = isSwipe ? { axis: null, from: point } : null;
    } else {
      hasMoved.current = true;
      if (swipe.current) endSwipe(null);
    }
  }

  function onPointerMove(event: PointerEvent) {
    const last = pointers.current.get(event.pointerId);
    if (!last) return;
    const point = pointOf(event);
    if (pointers.current.size > 1) {
      const before = spread();
      pointers.current.set(event.pointerId, point);
      const after = spread();
      if (canZoom && before.distance > 0)
        show(
          moved(zoomed(view.current, after.distance / before.distance, before), after.x - before.x, after.y - before.y),
        );
      return;
    }
    if (!hasMoved.current && Math.hypot(point.x - last.x, point.y - last.y) < SLOP_PX) return;
    hasMoved.current = true;
    pointers.current.set(event.pointerId, point);
    if (view.current.scale > 1) show(moved(view.current, point.x - last.x, point.y - last.y));
    else if (swipe.current) {
      const { from } = swipe.current;
      const [x, y] = [point.x - from.x, point.y - from.y];
      swipe.current.axis ??= Math.abs(x) > Math.abs(y) ? "x" : "y";
      drag(swipe.current.axis === "x" ? x : 0, swipe.current.axis === "y" ? y : 0);
    }
  }

  function onPointerUp(event: PointerEvent) {
    if (!pointers.current.delete(event.pointerId)) return;
    const isLast = pointers.current.size === 0;
    const point = pointOf(event);
    if (swipe.current && isLast) endSwipe(event.type === "pointercancel" ? null : point);
    if (!isLast || hasMoved.current || event.type === "pointercancel") return;
    tap(event, point);
  }

  function tap(event: PointerEvent, point: Point) {
    const previous = lastTap.current;
    const isDouble =
      previous &&
      event.timeStamp - previous.at < DOUBLE_TAP_MS &&
      Math.hypot(point.x - previous.x, point.y - previous.y) < DOUBLE_TAP_PX;
    lastTap.current = isDouble ? null : { ...point, at: event.timeStamp };
    if (isDouble) {
      if (view.current.scale > 1) reset(true);
      else zoom(DOUBLE_TAP_SCALE, point, true);
    } else if (event.pointerType === "mouse" && !frame.current?.contains(hit(event))) onClose();
  }

  /** What is under the pointer, for the stage has captured it. */
  const hit = ({ clientX, clientY }: PointerEvent) => document.elementFromPoint(clientX, clientY);

  function onWheel(event: WheelEvent) {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * (event.ctrlKey ? PINCH_RATE : WHEEL_RATE)), pointOf(event));
  }

  return {
    isZoomed,
    zoom: (factor: number) => zoom(factor, undefined, true),
    reset: () => reset(true),
    /** Where the next image begins. */
    restart: () => reset(),
    pan: (x: number, y: number) => show(moved(view.current, x, y), true),
    handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp, onWheel },
  };
}
