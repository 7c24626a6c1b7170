// An animated WebP of frames that a browser has encoded (RFC 9649). So no video tool is needed.
//
// Exports: `animated()`.

/** A chunk: its name, its length, and its bytes, padded to an even number. @param {string} name @param {Buffer} data */
function chunk(name, data) {
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** A number of 24 bits. @param {number} value */
const number = (value) => Buffer.from([value & 0xff, (value >> 8) & 0xff, value >> 16]);

/** Returns the chunk of a file that has the pixels, without colour profiles. @param {Buffer} webp */
function lossy(webp) {
  for (let at = 12; at < webp.length; ) {
    const name = webp.toString('latin1', at, at + 4);
    const end = at + 8 + webp.readUInt32LE(at + 4);
    if (name === 'VP8 ') return webp.subarray(at, end + (end % 2));
    if (name === 'ALPH' || name === 'VP8L') throw new Error(`a frame has «${name}»: it is transparent or lossless`);
    at = end + (end % 2);
  }
  throw new Error('a frame has no pixels');
}

/**
 * Returns the picture. It plays for ever.
 * @param {number} width
 * @param {number} height
 * @param {{ webp: Buffer, milliseconds: number }[]} frames each a whole WebP file of this size, without transparency
 */
export function animated(width, height, frames) {
  const size = Buffer.concat([number(width - 1), number(height - 1)]);
  const parts = frames.map(({ webp, milliseconds }) => {
    const data = lossy(webp);
    // At the corner, in place of the frame before.
    const place = Buffer.concat([number(0), number(0), size, number(milliseconds), Buffer.from([2])]);
    return chunk('ANMF', Buffer.concat([place, data]));
  });
  const features = Buffer.from([2, 0, 0, 0]);
  const loops = Buffer.alloc(6);
  const body = [chunk('VP8X', Buffer.concat([features, size])), chunk('ANIM', loops), ...parts];
  return chunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...body]));
}
