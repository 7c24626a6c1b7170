// Prints how long a person waits: from the navigation to the camera's first frame, from there to the first hint, and
// from «Use this photo» to the verdict of the sandbox on this machine. It measures a minimal page in the same run, so
// that the ratio is comparable between machines. It has no limits and never fails.
//
//   node benches/page.mjs [RUNS]

import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from '../tests/e2e/support/browser.mjs';
import { startDemo } from '../tests/e2e/support/demo.mjs';
import { film } from '../tests/fixtures/face/film.mjs';

const RUNS = Number(process.argv[2] ?? 10);
const SITE = new URL('../build/bench/', import.meta.url);

await rm(SITE, { recursive: true, force: true });
await mkdir(SITE, { recursive: true });
await cp(new URL('page/', import.meta.url), SITE, { recursive: true });
await cp(new URL('../build/site/akiba-selfie/', import.meta.url), new URL('akiba-selfie/', SITE), { recursive: true });

const demo = await startDemo({ site: fileURLToPath(SITE) });
const browser = await launch({ film: (await film()).file });
try {
  // The first pages of a browser are slow.
  const { photo } = await widget();
  await bare(photo);
  const runs = [];
  for (let run = 0; run < RUNS; run += 1) runs.push({ bare: await bare(photo), widget: await widget() });
  print(runs);
} finally {
  await browser.close();
  await demo.stop();
}

/** Opens a page in a new context, without a cache. */
async function visit(path, look) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    extraHTTPHeaders: { 'Accept-Encoding': 'identity' },
  });
  try {
    const page = await context.newPage();
    const traffic = await count(page);
    await page.goto(`${demo.page}/${path}`);
    await page.waitForFunction(() => times.frame);
    return await look(page, traffic);
  } finally {
    await context.close();
  }
}

/** @param {number[]} photo */
function bare(photo) {
  return visit('bare.html', async (page) => {
    const { frame } = await page.evaluate(() => times);
    return { frame, requests: await page.evaluate(bareRequests, photo) };
  });
}

function widget() {
  return visit('', async (page, traffic) => {
    const loaded = { ...traffic };
    await page.waitForFunction(() => times.hint);
    const vision = await page.evaluate(firstResult);
    // By keyboard: the widget ignores a click that comes right after a change of screen.
    await page.getByRole('button', { name: 'Take the photo' }).press('Enter');
    await page.getByRole('button', { name: 'Use this photo' }).press('Enter');
    await page.waitForFunction(() => times.verdict);
    const photo = await page.evaluate(async () => [...new Uint8Array(await photos[0].arrayBuffer())]);
    return { ...(await page.evaluate(() => times)), loaded, photo, vision };
  });
}

/** Runs in the page, with a warm cache: returns the time from the worker's start to its first result. */
async function firstResult() {
  // As large as the element scales a frame.
  const [width, height] = [360, 480];
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d').fillRect(0, 0, width, height);
  const picture = canvas.transferToImageBitmap();
  const begin = performance.now();
  const folder = new URL('akiba-selfie/vision/', location.href);
  const worker = new Worker(new URL('worker.js', folder));
  worker.postMessage({ wasm: new URL('akiba-vision.wasm', folder).href });
  worker.postMessage({ picture, side: height, at: 0 }, [picture]);
  await new Promise((seen, failed) => {
    worker.onmessage = ({ data }) => {
      if (data.report) seen(data.report);
      if (data.blind) failed(new Error(data.blind));
    };
  });
  worker.terminate();
  return performance.now() - begin;
}

/**
 * Runs in the minimal page: sends a photo with the same calls. Its camera is off by then, as the widget's is.
 * @param {number[]} bytes
 */
async function bareRequests(bytes) {
  const stream = /** @type {MediaStream} */ (document.querySelector('video').srcObject);
  for (const track of stream.getTracks()) track.stop();
  const photo = new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });
  const post = async (path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const reply = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return reply.json();
  };
  const begin = performance.now();
  const link = await post('/v1/customer', { identifier: '0000000000001', type: '1', selfie_filename: 'selfie.jpg' });
  await fetch(link.signed_link, { method: 'PUT', headers: { 'Content-Type': 'image/jpeg' }, body: photo });
  const { status } = await post('/v1/customer/verify', {
    id: '0000000000001',
    user_type: '1',
    selfie_filename: link.selfie_filename,
    s3_key: link.s3_key,
  });
  if (status !== 'success') throw new Error('the bare requests failed');
  return performance.now() - begin;
}

/** Counts requests, and the bytes of their answers over the wire. */
async function count(page) {
  const traffic = { requests: 0, bytes: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    traffic.requests += 1;
    traffic.bytes += encodedDataLength;
  });
  return traffic;
}

function print(runs) {
  /** @type {[string, (run: any) => number][]} */
  const rows = [
    ['navigation to the camera’s first frame', (run) => run.widget.frame],
    ['  of it: until the widget runs', (run) => run.widget.ready],
    ['  of it: from there to the first frame', (run) => run.widget.frame - run.widget.ready],
    ['  a bare page that opens the camera', (run) => run.bare.frame],
    ['the first frame to the first hint', (run) => run.widget.hint - run.widget.frame],
    ['the vision module: from fetch to first result', (run) => run.widget.vision],
    ['«Use this photo» to the verdict', (run) => run.widget.verdict - run.widget.tap],
    ['  bare link, upload and verify', (run) => run.bare.requests],
  ];
  console.log(`bench: milliseconds of ${runs.length} runs, each in a fresh browser context\n`);
  console.log(`${''.padEnd(46)}${['median', 'least', 'most'].map((word) => word.padStart(8)).join('')}`);
  const medians = rows.map(([name, of]) => {
    const values = runs.map(of).sort((a, b) => a - b);
    const shown = [median(values), values[0], values.at(-1)].map((value) => value.toFixed(0).padStart(8)).join('');
    console.log(`${name.padEnd(46)}${shown}`);
    return median(values);
  });
  const ratio = (one, other) => (medians[one] / medians[other]).toFixed(2);
  console.log(
    `\nto the first frame: ${ratio(0, 3)} times a bare page; to the verdict: ${ratio(6, 7)} times bare requests`,
  );
  const { loaded, photo } = runs.at(-1).widget;
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    `${kilobytes(loaded.bytes)} in ${loaded.requests} requests to the first frame (make size has the compressed sizes), ` +
      `then a photo of ${kilobytes(photo.length)}`,
  );
}

function median(sorted) {
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
