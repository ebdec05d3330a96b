// How an image is enlarged and moved on its stage: numbers alone, so that gestures, wheel and keys all lead to the same.

export interface View {
  /** 1: all of it is to be seen. */
  scale: number;
  /** Of the image's centre from that of the stage, in pixels. */
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const MAX_SCALE = 8;

const clamp = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value));

/** The image leaves no gap at an edge of the stage that it could fill. `image`: its size at scale 1. */
export function bounded({ scale, x, y }: View, image: Size, stage: Size): View {
  const limited = Math.min(MAX_SCALE, Math.max(1, scale));
  return {
    scale: limited,
    x: clamp(x, Math.max(0, (image.width * limited - stage.width) / 2)),
    y: clamp(y, Math.max(0, (image.height * limited - stage.height) / 2)),
  };
}

/** Enlarged `factor` times, so that what is at `point` stays there. `point`: from the centre of the stage. */
export function zoomed(view: View, factor: number, point: Point): View {
  const scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor));
  const change = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * change, y: point.y - (point.y - view.y) * change };
}

export const moved = (view: View, x: number, y: number): View => ({ ...view, x: view.x + x, y: view.y + y });
