// Pictures to upload, with and without what cameras write into them.
import { deflateSync } from "node:zlib";

export type Format = "jpeg" | "png" | "webp";

const chunk = (type: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(Number(Bun.hash.crc32(body)))]);
};

function uint32(value: number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A PNG of these pixels, each red, green and blue from 0 to 255. */
export function pngOf(
  width: number,
  height: number,
  pixel: (x: number, y: number) => readonly [number, number, number],
  compress: (rows: Buffer) => Buffer = deflateSync,
): Uint8Array<ArrayBuffer> {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0, at = 0; y < height; y++) {
    at++; // Filter 0.
    for (let x = 0; x < width; x++) for (const value of pixel(x, y)) rows[at++] = value;
  }
  const header = Buffer.concat([uint32(width), uint32(height), Buffer.from([8, 2, 0, 0, 0])]);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
      chunk("IHDR", header),
      chunk("IDAT", compress(rows)),
      chunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

/** A gradient, so that it compresses. */
export async function imageOf(format: Format, width: number, height: number): Promise<Uint8Array<ArrayBuffer>> {
  const png = pngOf(width, height, (x, y) => [(x * 255) / width, (y * 255) / height, (x ^ y) & 255]);
  if (format === "png") return png;
  const image = new Bun.Image(png);
  return new Uint8Array(await (format === "jpeg" ? image.jpeg() : image.webp()).bytes());
}

/** TIFF as EXIF has it: orientation 6, a camera's name, and a place. */
function exif() {
  const camera = "SECRET CAMERA\0";
  const ifd = 8;
  const gps = ifd + 2 + 3 * 12 + 4;
  const text = gps + 2 + 2 * 12 + 4;
  const place = text + camera.length;
  const tiff = Buffer.alloc(place + 24);
  tiff.write("II*\0", 0, "latin1");
  tiff.writeUInt32LE(ifd, 4);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    tiff.writeUInt16LE(tag, at);
    tiff.writeUInt16LE(type, at + 2);
    tiff.writeUInt32LE(count, at + 4);
    tiff.writeUInt32LE(value, at + 8);
  };
  tiff.writeUInt16LE(3, ifd);
  entry(ifd + 2, 0x010f, 2, camera.length, text);
  entry(ifd + 14, 0x0112, 3, 1, 6);
  entry(ifd + 26, 0x8825, 4, 1, gps);
  tiff.writeUInt16LE(2, gps);
  entry(gps + 2, 1, 2, 2, "N".charCodeAt(0));
  entry(gps + 14, 2, 5, 3, place);
  tiff.write(camera, text, "latin1");
  for (let i = 0; i < 3; i++) {
    tiff.writeUInt32LE(41 + i, place + i * 8);
    tiff.writeUInt32LE(1, place + i * 8 + 4);
  }
  return tiff;
}

/** The picture with EXIF data in it, in the form of its format. */
export function withExif(format: Format, image: Uint8Array): Uint8Array<ArrayBuffer> {
  const tiff = exif();
  if (format === "jpeg") {
    const body = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
    const marker = Buffer.from([0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255]);
    return new Uint8Array(Buffer.concat([image.subarray(0, 2), marker, body, image.subarray(2)]));
  }
  if (format === "png") {
    const afterHeader = 8 + 25;
    return new Uint8Array(
      Buffer.concat([image.subarray(0, afterHeader), chunk("eXIf", tiff), image.subarray(afterHeader)]),
    );
  }
  // The extended form, which alone may have metadata: its own header, the picture, then EXIF.
  const picture = image.subarray(12);
  const view = new DataView(image.buffer, image.byteOffset);
  const isExtended = Buffer.from(picture.subarray(0, 4)).toString("latin1") === "VP8X";
  if (isExtended) throw new Error("an extended WebP is not expected");
  const [width, height] = [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  const riff = (type: string, data: Uint8Array) => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(data.length);
    return Buffer.concat([Buffer.from(type, "latin1"), size, data, Buffer.alloc(data.length % 2)]);
  };
  const header = Buffer.alloc(10);
  header[0] = 0x08; // EXIF.
  header.writeUIntLE(width - 1, 4, 3);
  header.writeUIntLE(height - 1, 7, 3);
  const body = Buffer.concat([Buffer.from("WEBP", "latin1"), riff("VP8X", header), picture, riff("EXIF", tiff)]);
  return new Uint8Array(riff("RIFF", body));
}
