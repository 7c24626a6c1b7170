// Makes the README's moving picture, docs/pictures/loop.webp, in the real demo: a person comes to the camera, the ring fills,
// and the photo is taken. `scripts/tour.sh --docs` runs it.

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { paint } from '../fixtures/face/paint.mjs';
import { person } from '../fixtures/face/people.mjs';
import { launch } from './support/browser.mjs';
import { startDemo } from './support/demo.mjs';
import { Selfie } from './support/selfie.mjs';
import { animated } from './support/webp.mjs';

const FILM = new URL('../../build/film/loop.mjpeg', import.meta.url);
const OUT = new URL('../../docs/pictures/loop.webp', import.meta.url);

/** How much slower the film is than life, so that a slow machine takes enough pictures of it. */
const SLOW = 5;
/** Pictures of the film, at 30 a second: it begins far away, and then comes to the right place. */
const PICTURES = { far: 15 * SLOW, coming: 45 * SLOW, there: 900 };
/** Pixels of the frame for a pixel of the portrait: far away, and at the right place. */
const ZOOM = [1.25, 2.3];
/** At first the face is also on one side, in pixels, and leans, in degrees: more checks fail, so the ring is emptier. */
const ASIDE = 110;
const LEANING = 22;
/** The time between two pictures of the slow film, and how long the last one stays, in milliseconds. */
const STEP = 300;
const REST = 1500;
/** The shortest and the longest time that a frame is shown, in milliseconds. */
const SHOWN = [60, 400];
const WIDTH = 300;
const QUALITY = 0.62;
/** The most bytes that a reader of the README should load for it. */
const MOST = 400_000;

const film = await launch();
await mkdir(new URL('./', FILM), { recursive: true });
await writeFile(FILM, Buffer.concat(await pictures(film)));
await film.close();

const demo = await startDemo();
const browser = await launch({ film: fileURLToPath(FILM) });
try {
  const page = await browser.newPage({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 1 });
  const selfie = await Selfie.open(page, `${demo.page}/`);
  await selfie.byHand(false);
  await page.evaluate(() => {
    document.body.style.background = '#fff';
  });
  await selfie.frame();
  const shots = await record(selfie);
  const { width, height, frames } = await encode(page, shots);
  const picture = animated(width, height, frames);
  if (picture.length > MOST) throw new Error(`loop: ${picture.length} bytes are over ${MOST}`);
  await writeFile(OUT, picture);
  console.log(`loop: ${frames.length} frames of ${width} × ${height}, ${picture.length} bytes`);
} finally {
  await browser.close();
  await demo.stop();
}

/** Returns the pictures of the film as JPEGs. @param {import('playwright-core').Browser} painter */
async function pictures(painter) {
  const page = await painter.newPage();
  const { far, coming, there } = PICTURES;
  const settings = Array.from({ length: far + coming + there }, (_, at) => {
    const share = Math.min(Math.max((at - far) / coming, 0), 1);
    const smooth = share * share * (3 - 2 * share);
    const turn = (2 * Math.PI * at) / (30 * SLOW);
    const zoom = ZOOM[0] + (ZOOM[1] - ZOOM[0]) * smooth;
    const [x, roll] = [ASIDE * (1 - smooth), LEANING * (1 - smooth)];
    return { faces: [{ zoom, roll, x: 320 + x + Math.sin(turn), y: 200 + 0.5 * Math.sin(2 * turn) }] };
  });
  const someone = await person('collins');
  const jpegs = await page.evaluate(paint, { person: someone, pictures: settings, width: 640, height: 480 });
  return jpegs.map((jpeg) => Buffer.from(jpeg, 'base64'));
}

/** Returns pictures of the camera's screen, with their times, until the photo is there. @param {Selfie} selfie */
async function record({ element }) {
  const shots = [];
  const framing = () => element.evaluate((one) => /** @type {any} */ (one).state === 'framing');
  while (await framing()) {
    const at = Date.now();
    shots.push({ at, png: await element.locator('[part=card]').screenshot() });
    const left = STEP - (Date.now() - at);
    if (left > 0) await new Promise((wake) => setTimeout(wake, left));
  }
  // The last picture may already be of the next screen.
  return shots.slice(0, -1);
}

/**
 * Encodes the pictures as WebP, one for each that differs from the one before.
 * @param {import('playwright-core').Page} page
 * @param {{ at: number, png: Buffer }[]} shots
 */
async function encode(page, shots) {
  const different = shots.filter(({ png }, at) => at === 0 || !png.equals(shots[at - 1].png));
  const webps = await page.evaluate(draw, {
    pngs: different.map(({ png }) => png.toString('base64')),
    across: WIDTH,
    quality: QUALITY,
  });
  const frames = different.map(({ at }, index) => ({
    webp: Buffer.from(webps.pictures[index], 'base64'),
    milliseconds: index + 1 < different.length ? shown(different[index + 1].at - at) : REST,
  }));
  return { width: webps.width, height: webps.height, frames };
}

/** Returns how long a frame is shown. @param {number} real */
function shown(real) {
  return Math.min(Math.max(Math.round(real / SLOW), SHOWN[0]), SHOWN[1]);
}

/** Runs in the browser. @param {{ pngs: string[], across: number, quality: number }} settings */
async function draw({ pngs, across, quality }) {
  const decode = (/** @type {string} */ base64) =>
    createImageBitmap(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
  const first = await decode(pngs[0]);
  const [width, height] = [across, Math.round((first.height * across) / first.width)];
  const canvas = new OffscreenCanvas(width, height);
  // Without transparency, so that each picture is one chunk.
  const context = canvas.getContext('2d', { alpha: false });
  context.imageSmoothingQuality = 'high';
  const pictures = [];
  for (const png of pngs) {
    context.drawImage(await decode(png), 0, 0, width, height);
    const webp = await canvas.convertToBlob({ type: 'image/webp', quality });
    const bytes = new Uint8Array(await webp.arrayBuffer());
    pictures.push(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')));
  }
  return { width, height, pictures };
}
