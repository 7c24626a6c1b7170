// Prints how long the module takes for a frame, compared with other face detectors for browsers and with the least time
// that this machine needs for the arithmetic. All run in one page in turns. It has no limits and never fails.
//
//   node benches/detectors.mjs [ROUNDS [WIDTH HEIGHT]]
//
// Without a size, frames are as large as the element scales them.

import { open } from '../evaluation/vision/site.mjs';

const [ROUNDS, WIDTH, HEIGHT] = [10, 360, 480].map((usual, at) => Number(process.argv[2 + at] ?? usual));
/** Multiply-accumulate operations of the network. */
const MACS = 30.76e6;

const { page, close } = await open();
try {
  print(await page.evaluate(measure, { rounds: ROUNDS, peak: peakModule(), width: WIDTH, height: HEIGHT }));
} finally {
  await close();
}

/** Runs in the page. */
async function measure({ rounds, peak, width, height }) {
  const paint = await peers.painter(width, height);
  const image = paint({ size: 192 / width, x: 0.5, y: 0.5, roll: 0, light: 1, blur: 0, ground: 'gray' });
  const rest = paint({ size: 192 / width, x: 5, y: 5, roll: 0, light: 1, blur: 0, ground: 'gray' });
  const all = {};
  const starts = {};
  for (const name of ['module', 'tasks', 'litert']) {
    const begin = performance.now();
    all[name] = await peers[name](width, height);
    await all[name].look(image);
    starts[name] = performance.now() - begin;
  }
  const { instance } = await WebAssembly.instantiate(new Uint8Array(peak).buffer);
  const dots = /** @type {(loops: number) => number} */ (instance.exports.dots);
  const LOOPS = 2e5;
  const tasks = {
    module: () => all.module.look(image),
    empty: () => all.module.look(rest),
    tasks: () => all.tasks.look(image),
    litert: () => all.litert.look(),
    peak: () => dots(LOOPS),
  };
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, []]));
  for (let round = 0; round < rounds + 3; round += 1) {
    for (const [name, run] of Object.entries(tasks)) {
      const calls = [];
      for (let call = 0; call < 30; call += 1) {
        const begin = performance.now();
        await run();
        calls.push(performance.now() - begin);
      }
      calls.sort((a, b) => a - b);
      // In the first rounds the browser still compiles.
      if (round >= 3) times[name].push((calls[14] + calls[15]) / 2);
    }
  }
  return { times, starts, dots: LOOPS * 24 * 8 };
}

function print({ times, starts, dots }) {
  const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
  const least = Math.min(...times.peak);
  const floor = (least * MACS) / dots;
  const rows = [
    [`the module, ${WIDTH} × ${HEIGHT} RGBA with a face: faces and quality`, 'module'],
    ['the module, the same without a face', 'empty'],
    ['tasks-vision 1.1.0, the same frame', 'tasks'],
    ['LiteRT.js, the network alone', 'litert'],
  ];
  console.log(`bench: milliseconds, medians of ${times.module.length} rounds of 30 calls each, in turns\n`);
  for (const [text, name] of rows) console.log(`${text.padEnd(60)}${median(times[name]).toFixed(2).padStart(8)}`);
  console.log(`${'the floor: the same number of products in registers'.padEnd(60)}${floor.toFixed(2).padStart(8)}`);
  const ratio = (one, other) => median(times[one].map((value, round) => value / times[other][round])).toFixed(2);
  const compared = (name) => `${ratio(name, 'tasks')} × tasks-vision, ${ratio(name, 'litert')} × LiteRT.js`;
  console.log(`\nfaces alone: ${compared('empty')}, ${(median(times.empty) / floor).toFixed(2)} × the floor`);
  console.log(
    `faces and quality: ${compared('module')}; quality adds ${(ratio('module', 'empty') - 1).toFixed(2)} of the rest`,
  );
  const start = (name) => `${name} ${starts[name].toFixed(0)} ms`;
  const share = (starts.module / starts.tasks).toFixed(2);
  console.log(`from fetch to the first result: ${Object.keys(starts).map(start).join(', ')}; ${share} × tasks-vision`);
}

/** Returns a module that only does `i32x4.dot_i16x8` and additions in registers: `dots(n)` does 24 of them n times. */
function peakModule() {
  const leb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >> 7)]);
  const vector = (name, ...rest) => [0xfd, ...leb(name), ...rest];
  const [DOT, ADD, SPLAT] = [0xba, 0xae, 0x10];
  const get = (local) => [0x20, local];
  // Local 0 counts down; 1 to 12 are sums, 13 and 14 are factors.
  const body = [1, 14, 0x7b];
  for (const local of [13, 14]) body.push(...get(0), ...vector(SPLAT), 0x21, local);
  body.push(0x03, 0x40);
  for (let step = 0; step < 24; step += 1) {
    const sum = 1 + (step % 12);
    body.push(...get(13 + (step % 2)), ...get(sum), ...vector(DOT), ...get(sum), ...vector(ADD), 0x21, sum);
  }
  body.push(...get(0), 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, ...get(1));
  for (let sum = 2; sum <= 12; sum += 1) body.push(...get(sum), ...vector(ADD));
  body.push(...vector(0x1b, 0), 0x0b);
  const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
  return [
    0x00,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, [1, 0]),
    ...section(7, [1, 4, ...new TextEncoder().encode('dots'), 0, 0]),
    ...section(10, [1, ...leb(body.length), ...body]),
  ];
}
