// Prints how long a person with a cheap phone waits: Chromium with a six times slower processor, on four networks. The
// networks are a proxy's, so that the worker and the storage are slow too. Chromium slows down only the page's main thread,
// so the detector is faster here than on a phone. It has no limits and never fails.
//
//   node benches/phone.mjs [RUNS [NETWORK…]]

import { cp, mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { launch } from '../tests/e2e/support/browser.mjs';
import { startDemo } from '../tests/e2e/support/demo.mjs';
import { film } from '../tests/fixtures/face/film.mjs';
import { slowProxy } from './support/slow.mjs';

const RUNS = Number(process.argv[2] ?? 3);
const SLOWER = 6;
/** The networks of Chrome's developer tools: milliseconds to an answer's begin, bytes a second. `was`: see `print`. */
const NETWORKS = {
  none: { latency: 0, down: 1e9, up: 1e9, was: '1.0 s   0.5 s  by itself   0.2 s' },
  lte: { latency: 70, down: 1_500_000, up: 750_000, was: '1.1 s   0.6 s  by itself   0.4 s' },
  fast3g: { latency: 562, down: 180_000, up: 84_375, was: '3.2 s   2.1 s  by itself   3.0 s' },
  slow3g: { latency: 2000, down: 50_000, up: 50_000, was: '11.0 s   never    by hand   7.1 s' },
};
const NAMES = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(NETWORKS);
/** How long a photo is waited for until it is taken by hand, and how long anything is waited for. */
const BY_ITSELF = 30_000;
const PATIENCE = 120_000;
const SITE = new URL('../build/bench/', import.meta.url);

await rm(SITE, { recursive: true, force: true });
await mkdir(SITE, { recursive: true });
await cp(new URL('page/', import.meta.url), SITE, { recursive: true });
await cp(new URL('../build/site/akiba-selfie/', import.meta.url), new URL('akiba-selfie/', SITE), { recursive: true });

const demo = await startDemo({ site: fileURLToPath(SITE) });
try {
  const rows = [];
  for (const name of NAMES) {
    for (const page of ['phone.html', 'phone-hints.html']) rows.push({ name, page, ...(await measured(name, page)) });
  }
  print(rows);
} finally {
  await demo.stop();
}

/** Returns the medians of some runs. @param {string} name of the network @param {string} page */
async function measured(name, page) {
  const proxy = await slowProxy(NETWORKS[name]);
  // Chromium would leave out the proxy for this machine.
  const args = [`--proxy-server=${proxy.address}`, '--proxy-bypass-list=<-loopback>'];
  const browser = await launch({ film: (await film()).file, args });
  try {
    const runs = [];
    for (let run = 0; run < RUNS; run += 1) runs.push(await visit(browser, page));
    const median = (/** @type {string} */ key) => runs.map((run) => run[key]).sort((a, b) => a - b)[runs.length >> 1];
    return Object.fromEntries(Object.keys(runs[0]).map((key) => [key, median(key)]));
  } finally {
    await browser.close();
    proxy.stop();
  }
}

/** Opens a page in a new context, without a cache, and goes through it to the verdict. */
async function visit(browser, path) {
  const context = await browser.newContext({
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
  });
  context.setDefaultTimeout(PATIENCE);
  try {
    const page = await context.newPage();
    await page.addInitScript(watch);
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await page.goto(`${demo.page}/${path}`, { waitUntil: 'commit', timeout: PATIENCE });
    await page.waitForFunction(() => times.start);
    // By keyboard: the widget ignores a click that comes right after a change of screen.
    const press = async (/** @type {string} */ name) => {
      await page.getByRole('button', { name, exact: true }).press('Enter');
    };
    await press('Start');
    await press('I agree, open the camera');
    await page.waitForFunction(() => times.framing);
    const reviewed = page.waitForFunction(() => times.review, null, { timeout: BY_ITSELF });
    const byHand = await reviewed.then(
      () => false,
      () => true,
    );
    if (byHand) await press('Take the photo');
    await press('Use this photo');
    await page.waitForFunction(() => times.verdict);
    return { byHand, ...(await page.evaluate(results)) };
  } finally {
    await context.close();
  }
}

/** Runs in the page before everything else: records the time of each step in milliseconds since the navigation. */
function watch() {
  /** @type {Record<string, number>} */
  const times = {};
  /** When each long task began, and how long it was. */
  const long = [];
  Object.assign(globalThis, { times, long });
  const note = (/** @type {string} */ name) => {
    times[name] ??= performance.now();
  };
  const look = setInterval(() => {
    const root = document.querySelector('akiba-selfie')?.shadowRoot;
    const button = [...(root?.querySelectorAll('button') ?? [])].find(({ textContent }) => textContent === 'Start');
    if (!button) return;
    note('start');
    clearInterval(look);
  }, 10);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) long.push([startTime, duration]);
  }).observe({ type: 'longtask', buffered: true });
  addEventListener('keydown', () => {
    times.pressed = performance.now();
  });
  addEventListener('selfie-statechange', (event) => {
    const { state } = /** @type {CustomEvent} */ (event).detail;
    if (state === 'starting') times.agreed ??= times.pressed;
    if (state === 'submitting') times.sent ??= times.pressed;
    note(state);
  });
  addEventListener('selfie-guidance', (event) => {
    // With a cause it says that guidance is late or can't come.
    if (!(/** @type {CustomEvent} */ (event).detail.cause)) note('hint');
  });
  addEventListener('selfie-verified', () => note('verdict'));
}

/** Runs in the page at the end. */
function results() {
  const { start, agreed, framing, grabbing, hint, review, sent, verdict } = times;
  const { long } = /** @type {any} */ (globalThis);
  const longest = (/** @type {number} */ from, /** @type {number} */ to) =>
    Math.max(0, ...long.flatMap(([at, duration]) => (at >= from && at < to ? [duration] : [])));
  return {
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    start,
    hint: hint ? hint - agreed : Number.POSITIVE_INFINITY,
    taken: review - framing,
    verdict: verdict - sent,
    loading: longest(0, agreed),
    opening: longest(agreed, framing),
    guiding: longest(framing, grabbing),
    grabbing: longest(grabbing, review),
  };
}

function print(rows) {
  const seconds = (/** @type {number} */ ms) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'never');
  const whole = (/** @type {number} */ ms) => `${Math.round(ms)} ms`;
  console.log(`bench: a phone with a ${SLOWER} times slower processor, medians of ${RUNS} runs, times from navigation`);
  console.log('the longest tasks: while loading, opening the camera, guiding, taking the photo\n');
  const titles = ['first screen', 'start', 'agree → hint', 'taken', 'sent → verdict', 'longest tasks'];
  const line = (/** @type {string} */ name, /** @type {string[]} */ cells) =>
    console.log(name.padEnd(18) + cells.map((cell, at) => cell.padStart(titles[at].length + 2)).join(''));
  line('', titles);
  for (const { name, page, ...row } of rows) {
    line(`${name}${page === 'phone.html' ? '' : ', hints'}`, [
      seconds(row.first),
      seconds(row.start),
      seconds(row.hint),
      row.byHand ? 'hand' : 'self',
      seconds(row.verdict),
      `  ${[row.loading, row.opening, row.guiding, row.grabbing].map(whole).join(', ')}`,
    ]);
  }
  console.log('\nbefore the work on slow phones (start, agree → hint, taken, sent → verdict):');
  for (const name of NAMES) console.log(`${name.padEnd(18)}${NETWORKS[name].was}`);
}
