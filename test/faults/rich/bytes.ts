// The bytes of files that simulated clients upload: whoever knows the id that its owner gave a file knows them.
const MIN_SIZE = 40;
const MAX_SIZE = 3_000;

/** Of the file with this id of its owner's. */
export const nameOf = (clientId: string) => `${clientId}.bin`;

export const clientIdOf = (name: string) => name.replace(/\.bin$/, "");

export const sizeOf = (clientId: string) => MIN_SIZE + Number(Bun.hash(clientId) % BigInt(MAX_SIZE - MIN_SIZE));

/** Without a signature: no type of file begins with a zero and ends in noise. */
export function bytesOf(clientId: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOf(clientId));
  let state = Number(Bun.hash(clientId) & 0xffff_ffffn);
  for (let i = 1; i < bytes.length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export const areBytesOf = (clientId: string, bytes: Uint8Array) => Buffer.compare(bytesOf(clientId), bytes) === 0;
