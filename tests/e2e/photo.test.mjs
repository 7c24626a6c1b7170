// The uploaded object: what the person saw of the camera's frame, as a JPEG, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HEIGHT } from '../fixtures/face/film.mjs';
import { PLAIN, segments, similarity } from './support/picture.mjs';
import { suite } from './support/suite.mjs';

const it = suite();

/** The viewfinder in the page's phone shows three quarters of the film's height, and nothing else is sent. */
const WIDTH = (3 / 4) * HEIGHT;

/** Decibels above which it is the same frame: neighbouring frames of the film differ by less than 34 dB. */
const SAME = 36;
/** Decibels below which it is another picture. */
const OTHER = 20;

test('the uploaded object is the unmirrored frame as it was shown, and the photo that the page got', async () => {
  const selfie = await it.open();
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const object = await it.demo.lastObject();

  const { straight, mirrored, width, height } = await similarity(it.browser, object, it.film.frames);
  assert.deepEqual([width, height], [WIDTH, HEIGHT]);
  assert.ok(straight > SAME, `${straight.toFixed(1)} dB from the likeliest frame`);
  assert.ok(mirrored < OTHER, `${mirrored.toFixed(1)} dB in the mirror`);
  assert.ok(object.equals(await selfie.capturedBytes()), 'the object is not the photo of the element');

  const [{ detail, photo }] = await selfie.events('selfie-captured');
  assert.deepEqual(photo, { type: 'image/jpeg', size: object.length });
  assert.deepEqual([detail.source, detail.width, detail.height], ['camera', WIDTH, HEIGHT]);
  assert.ok(
    detail.quality.luminanceMean > 0.2 && detail.quality.luminanceMean < 0.8,
    'the portrait is neither dark nor white',
  );
  assert.ok(object.length <= 400_000, `${object.length} bytes`);
});

test('the uploaded object has no metadata', async () => {
  const selfie = await it.open();
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const found = segments(await it.demo.lastObject());
  assert.deepEqual(
    found.filter((name) => !PLAIN.has(name)),
    [],
  );
  assert.deepEqual([found[0], found.at(-1)], ['SOI', 'EOI']);
});

test('a file is turned by its EXIF orientation and loses its metadata', async () => {
  const selfie = await it.open();
  const [frame] = it.film.frames;
  await selfie.frame();
  await choose(selfie, 'turned.jpg', withExif(frame, 3));
  await selfie.state('review');
  assert.deepEqual(await selfie.tracks(), { all: 1, live: 0 });
  await selfie.send();
  await selfie.event('selfie-verified');

  const object = await it.demo.lastObject();
  assert.deepEqual(
    segments(object).filter((name) => !PLAIN.has(name)),
    [],
  );
  assert.equal(object.includes('Secret Camera'), false);
  // Orientation 3 is upside down, so the upload is the frame rotated by 180 degrees.
  const { straight } = await similarity(it.browser, await turned(it.browser, object), [frame]);
  assert.ok(straight > SAME, `${straight.toFixed(1)} dB from the frame`);
});

test('a file that is not a picture is rejected, and the person can choose another one', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await choose(selfie, 'letter.jpg', Buffer.from('%PDF-1.7 not a picture at all'));
  const { detail } = await selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['file-not-image', true]);
  await selfie.state('failed');

  await choose(selfie, 'face.jpg', it.film.frames[0]);
  await selfie.state('review');
  await selfie.send();
  await selfie.event('selfie-verified');
});

/**
 * Runs in the page before its first script: it reads noise from every canvas, as in Firefox with `resistFingerprinting`.
 * @param {string | null} photo what the camera itself takes, in base64; null if the browser has no such camera
 */
function spoil(photo) {
  const noise = (/** @type {Uint8ClampedArray} */ data) => {
    for (const at of data.keys()) data[at] = Math.random() * 256;
  };
  for (const { prototype } of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
    const read = prototype.getImageData;
    prototype.getImageData = function (...area) {
      const image = read.apply(this, area);
      noise(image.data);
      return image;
    };
  }
  const encode = HTMLCanvasElement.prototype.toBlob;
  HTMLCanvasElement.prototype.toBlob = function (...settings) {
    const context = this.getContext('2d');
    const image = context.createImageData(this.width, this.height);
    noise(image.data);
    context.putImageData(image, 0, 0);
    return encode.apply(this, settings);
  };
  const { ImageCapture } = /** @type {any} */ (globalThis);
  if (photo === null) Reflect.deleteProperty(globalThis, 'ImageCapture');
  else ImageCapture.prototype.takePhoto = () => fetch(`data:image/jpeg;base64,${photo}`).then((reply) => reply.blob());
}

test('in a browser that spoils canvases, a file is sent as it is, without its metadata', async () => {
  const selfie = await it.open({ prepare: (page) => page.addInitScript(spoil, null) });
  const [frame] = it.film.frames;
  await selfie.agree();
  const { detail } = await selfie.event('selfie-error');
  assert.equal(detail.code, 'photo-altered');
  assert.equal((await selfie.tracks()).all, 0, 'the camera stays off');
  await choose(selfie, 'turned.jpg', withExif(frame, 3));
  await selfie.state('review');
  await selfie.send();
  await selfie.event('selfie-verified');

  const object = await it.demo.lastObject();
  assert.deepEqual(
    segments(object).filter((name) => !PLAIN.has(name)),
    ['APP1 Exif'],
    'its rotation',
  );
  assert.equal(object.includes('Secret Camera'), false);
  const { straight } = await similarity(it.browser, await turned(it.browser, object), [frame]);
  assert.ok(straight > SAME, `${straight.toFixed(1)} dB from the frame`);
  const [captured] = await selfie.events('selfie-captured');
  assert.deepEqual([captured.detail.source, captured.detail.quality], ['file', null]);
});

test('in a browser that spoils canvases, the camera itself takes the photo where it can', async () => {
  const [frame] = it.film.frames;
  const selfie = await it.open({
    context: { bypassCSP: true },
    prepare: (page) => page.addInitScript(spoil, frame.toString('base64')),
  });
  await selfie.takeAndSend();
  await selfie.event('selfie-verified');
  const { straight } = await similarity(it.browser, await it.demo.lastObject(), [frame]);
  assert.ok(straight > SAME, `${straight.toFixed(1)} dB from the frame`);
  const [{ detail }] = await selfie.events('selfie-guidance');
  assert.equal(detail.cause, 'the browser changes pixels');
});

test('a page can prevent a photo', async () => {
  const selfie = await it.open();
  await selfie.frame();
  await selfie.page.evaluate(() => {
    document.addEventListener('selfie-capture', (event) => event.preventDefault(), { once: true });
  });
  await selfie.button('Take the photo').click();
  await selfie.event('selfie-capture');
  await selfie.state('framing');
  assert.deepEqual(await selfie.events('selfie-captured'), []);
  await selfie.shoot();
});

async function choose(selfie, name, buffer) {
  await selfie.element.locator('input[type=file]').first().setInputFiles({ name, mimeType: 'image/jpeg', buffer });
}

/**
 * Adds an EXIF segment to a JPEG: an orientation and the name of a camera.
 * @param {Buffer} jpeg
 * @param {number} orientation
 */
function withExif(jpeg, orientation) {
  const make = Buffer.from('Secret Camera\0', 'latin1');
  const tiff = Buffer.alloc(8 + 2 + 2 * 12 + 4 + make.length);
  tiff.write('MM\0*', 0, 'latin1');
  tiff.writeUInt32BE(8, 4);
  tiff.writeUInt16BE(2, 8);
  // Make: ASCII, after the directory.
  tiff.writeUInt16BE(0x010f, 10);
  tiff.writeUInt16BE(2, 12);
  tiff.writeUInt32BE(make.length, 14);
  tiff.writeUInt32BE(38, 18);
  // Orientation: SHORT.
  tiff.writeUInt16BE(0x0112, 22);
  tiff.writeUInt16BE(3, 24);
  tiff.writeUInt32BE(1, 26);
  tiff.writeUInt16BE(orientation, 30);
  make.copy(tiff, 38);
  const payload = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(payload.length + 2, 4);
  return Buffer.concat([head, payload, jpeg.subarray(2)]);
}

/** Rotates a JPEG by 180 degrees. @param {import('playwright-core').Browser} browser @param {Buffer} jpeg */
async function turned(browser, jpeg) {
  const page = await browser.newPage();
  const base64 = await page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.setTransform(-1, 0, 0, -1, bitmap.width, bitmap.height);
    context.drawImage(bitmap, 0, 0);
    const made = new Uint8Array(
      await (await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.98 })).arrayBuffer(),
    );
    return btoa(Array.from(made, (byte) => String.fromCharCode(byte)).join(''));
  }, jpeg.toString('base64'));
  await page.close();
  return Buffer.from(base64, 'base64');
}
