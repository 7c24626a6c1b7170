// Files that people choose instead of the camera: each kind, turned, damaged and too large.

import assert from 'node:assert/strict';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { clean } from './main.mjs';

/** @import { Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

const FOLDER = new URL('../../../build/engines/', import.meta.url);

/** The picture of tests/fixtures/make.py: the colour of each corner, as the channels that are bright. */
const CORNERS = { topLeft: 'r', topRight: 'g', bottomLeft: 'b', bottomRight: 'rgb' };

/** Returns the path of a fixture. @param {string} name */
export const fixture = (name) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));

/** Makes a file that is too large or too simple for a fixture. */
async function made(name, start, length = start.length) {
  await mkdir(FOLDER, { recursive: true });
  const path = fileURLToPath(new URL(name, FOLDER));
  await writeFile(path, start, 'latin1');
  await truncate(path, length);
  return path;
}

/**
 * Chooses a file in front of the camera or after a failure. Returns the code of the failure, or null in front of the review.
 * @param {EnginePage} page
 * @param {string} path
 */
async function choose(page, path) {
  await page.evaluate(() => {
    probe.events.length = 0;
  });
  await page.choose(path);
  const code = await page.until(
    () => probe.last('selfie-error')?.detail.code ?? (probe.state() === 'review' && 'none'),
  );
  assert.equal(await page.evaluate(() => probe.live()), 0, 'the camera is still on');
  return code === 'none' ? null : code;
}

/** Runs in the page: returns the size of the photo, and which channels are bright in the middle of each quarter. */
async function look() {
  const bitmap = await createImageBitmap(probe.photo);
  const { width, height } = bitmap;
  const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const at = (x, y) => {
    const pixel = context.getImageData(x * width, y * height, 1, 1).data;
    return [...'rgb'].filter((_, channel) => pixel[channel] > 130).join('');
  };
  const corners = {
    topLeft: at(0.2, 0.2),
    topRight: at(0.8, 0.2),
    bottomLeft: at(0.2, 0.8),
    bottomRight: at(0.8, 0.8),
  };
  return { width, height, corners };
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'files: JPEG with EXIF orientation, CMYK, PNG, WebP, AVIF, GIF',
    short: true,
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      for (const name of ['cmyk.jpg', 'whole.webp', 'whole.avif', 'whole.gif', 'alpha.png', 'orientation-6.jpg']) {
        assert.equal(await choose(page, fixture(name)), null, name);
        const seen = await page.evaluate(look);
        const corners =
          name === 'alpha.png' ? { topLeft: 'r', topRight: 'rgb', bottomLeft: 'r', bottomRight: 'rgb' } : CORNERS;
        assert.deepEqual(seen, { width: 96, height: 64, corners }, name);
        if (name === 'orientation-6.jpg') break;
        await page.press('Retake');
        await page.state('framing');
      }
      assert.equal(await page.send(), 'done');
      await clean(page);
    },
  },
  {
    name: 'files: truncated, too many bytes or pixels, HEIC, no picture',
    short: true,
    async run(bench) {
      const page = await bench.open();
      await page.frame(bench.url());
      for (const [path, code] of [
        [fixture('truncated.jpg'), 'file-unreadable'],
        [fixture('52-megapixels.avif'), 'file-too-large'],
        [await made('large.jpg', '\xff\xd8\xff', 20_000_001), 'file-too-large'],
        [await made('photo.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'file-not-image'],
        [await made('letter.jpg', '%PDF-1.7 not a picture at all'), 'file-not-image'],
        [await made('empty.jpg', ''), 'file-not-image'],
      ]) {
        assert.equal(await choose(page, path), code, path);
      }
      await page.choose(fixture('orientation-1.jpg'));
      await page.state('review');
      await clean(page);
    },
  },
];
