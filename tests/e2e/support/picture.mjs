// The segments of a JPEG, and how similar its pixels are to another one's.
//
// Exports: `segments()`, `similarity()`.

/** Segments that a decoder needs, and the JFIF header. Everything else is metadata. */
export const PLAIN = new Set(['SOI', 'APP0 JFIF', 'DQT', 'SOF0', 'SOF2', 'DHT', 'DRI', 'SOS', 'EOI']);

const NAMES = {
  192: 'SOF0',
  194: 'SOF2',
  196: 'DHT',
  216: 'SOI',
  217: 'EOI',
  218: 'SOS',
  219: 'DQT',
  221: 'DRI',
  254: 'COM',
};

/**
 * Returns the names of a JPEG's segments in order (ITU-T T.81, annex B). Bytes after its end are a `trailer`.
 * @param {Buffer} jpeg
 */
export function segments(jpeg) {
  const found = [];
  let at = 0;
  while (at < jpeg.length) {
    if (jpeg[at] !== 0xff) throw new Error(`no marker at ${at}`);
    const marker = jpeg[at + 1];
    at += 2;
    if (marker >= 0xe0 && marker <= 0xef) {
      const identifier = jpeg.toString('latin1', at + 2, jpeg.indexOf(0, at + 2));
      found.push(`APP${marker - 0xe0} ${identifier}`);
    } else {
      found.push(NAMES[marker] ?? `marker ${marker.toString(16)}`);
    }
    if (marker === 0xd8) continue;
    if (marker === 0xd9) break;
    at += jpeg.readUInt16BE(at);
    // Skips the coded picture, up to the next marker that is not a stuffed byte or a restart.
    if (marker === 0xda) {
      while (jpeg[at] !== 0xff || jpeg[at + 1] === 0 || (jpeg[at + 1] >= 0xd0 && jpeg[at + 1] <= 0xd7)) at += 1;
    }
  }
  if (at < jpeg.length) found.push('trailer');
  return found;
}

/**
 * Compares a photo with the middle of the most similar frame, cut to the same shape: returns the peak signal-to-noise ratio of its luma in decibels, for the
 * photo and for its mirror image. Above 30 dB the eye sees hardly any difference.
 * @param {import('playwright-core').Browser} browser decodes the pictures
 * @param {Buffer} photo
 * @param {Buffer[]} frames
 * @returns {Promise<{width: number, height: number, straight: number, mirrored: number}>}
 */
export async function similarity(browser, photo, frames) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(compare, {
      photo: photo.toString('base64'),
      frames: frames.map((frame) => frame.toString('base64')),
    });
  } finally {
    await page.close();
  }
}

/** Runs in the browser. */
async function compare({ photo, frames }) {
  const decode = (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
  };
  const luma = (bitmap, width, height, mirror) => {
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (mirror) context.setTransform(-1, 0, 0, 1, width, 0);
    const cut = Math.min(bitmap.width / width, bitmap.height / height);
    const part = [width * cut, height * cut];
    const corner = [(bitmap.width - part[0]) / 2, (bitmap.height - part[1]) / 2];
    context.drawImage(bitmap, corner[0], corner[1], part[0], part[1], 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return Float32Array.from({ length: width * height }, (_, pixel) => {
      const [red, green, blue] = data.subarray(4 * pixel, 4 * pixel + 3);
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
  };
  const ratio = (one, other) => {
    let squares = 0;
    for (let pixel = 0; pixel < one.length; pixel += 1) squares += (one[pixel] - other[pixel]) ** 2;
    return 10 * Math.log10(255 ** 2 / (squares / one.length));
  };
  const taken = await decode(photo);
  const { width, height } = taken;
  // Small pictures find the frame, which is then compared pixel by pixel.
  const small = [Math.round(width / 8), Math.round(height / 8)];
  const shown = await Promise.all(frames.map(decode));
  const best = (mirror) => {
    const wanted = luma(taken, ...small, mirror);
    const ratios = shown.map((frame) => ratio(wanted, luma(frame, ...small, false)));
    const likeliest = shown[ratios.indexOf(Math.max(...ratios))];
    return ratio(luma(taken, width, height, mirror), luma(likeliest, width, height, false));
  };
  return { width, height, straight: best(false), mirrored: best(true) };
}
