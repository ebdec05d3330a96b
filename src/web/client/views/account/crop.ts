// The square of a picture that is chosen, in the picture's own pixels.

export interface Size {
  width: number;
  height: number;
}

/** The square's centre, and how much larger it is shown than when it is as large as the picture allows. */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

export const MAX_ZOOM = 5;

const clamp = (value: number, min: number, max: number) => Math.min(Math.max(value, min), max);

export const sideOf = ({ width, height }: Size, { zoom }: Crop): number => Math.min(width, height) / zoom;

export const centeredCrop = ({ width, height }: Size): Crop => ({ x: width / 2, y: height / 2, zoom: 1 });

/** The nearest one that lies within the picture. */
export function insideOf(size: Size, { x, y, zoom: wanted }: Crop): Crop {
  const zoom = clamp(wanted, 1, MAX_ZOOM);
  const half = sideOf(size, { x, y, zoom }) / 2;
  return { x: clamp(x, half, size.width - half), y: clamp(y, half, size.height - half), zoom };
}

/** Moves the picture below the square, by parts of the square's side. */
export function pan(size: Size, crop: Crop, right: number, down: number): Crop {
  const side = sideOf(size, crop);
  return insideOf(size, { ...crop, x: crop.x - right * side, y: crop.y - down * side });
}

/** Zooms by a factor, around a point of the square: parts of its side, from its centre. */
export function zoomAt(size: Size, crop: Crop, factor: number, right = 0, down = 0): Crop {
  const zoom = clamp(crop.zoom * factor, 1, MAX_ZOOM);
  const shift = sideOf(size, crop) - sideOf(size, { ...crop, zoom });
  return insideOf(size, { x: crop.x + right * shift, y: crop.y + down * shift, zoom });
}
