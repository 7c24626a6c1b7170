// Compares the keypoints of whole frames between the module and @mediapipe/tasks-vision. It prints the distances and
// writes them into tasks.json.
//
//   node evaluation/vision/tasks.mjs [FRAMES]

import { writeFile } from 'node:fs/promises';

import { open } from './site.mjs';

const FRAMES = Number(process.argv[2] ?? 240);
/** The score that the module requires of a small face. Below it, seeing no face is correct. */
const LEAST = 0.85;
const SIZES = [
  [640, 480],
  [480, 640],
  [1280, 720],
  [500, 375],
];

const { page, close } = await open();
try {
  const results = [];
  for (const size of SIZES)
    results.push(await page.evaluate(compare, { size, count: FRAMES / SIZES.length, least: LEAST }));
  const report = Object.fromEntries(results.map(({ size, ...rest }) => [size.join('×'), summary(rest)]));
  report.all = summary({
    frames: results.reduce((sum, { frames }) => sum + frames, 0),
    missed: results.reduce((sum, { missed }) => sum + missed, 0),
    only: results.reduce((sum, { only }) => sum + only, 0),
    distances: results.flatMap(({ distances }) => distances),
  });
  console.log(report);
  await writeFile(new URL('tasks.json', import.meta.url), `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await close();
}

/**
 * Runs in the page. A distance is the largest of six keypoints, in pixels of a frame that is 640 wide.
 * @param {{ size: number[], count: number, least: number }} settings
 */
async function compare({ size: [width, height], count, least }) {
  let seed = width * 65536 + height;
  const random = (from, to) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return from + ((to - from) * seed) / 2 ** 32;
  };
  const paint = await peers.painter(width, height);
  const [mine, theirs] = [await peers.module(width, height), await peers.tasks(width, height)];
  const distances = [];
  let missed = 0;
  let only = 0;
  for (let at = 0; at < count; at += 1) {
    const image = paint({
      size: random(0.25, 0.5) * Math.min(1, height / width),
      x: random(0.35, 0.65),
      y: random(0.4, 0.6),
      roll: random(-0.35, 0.35),
      light: random(0.5, 1.4),
      blur: Math.max(0, random(-2, 2)),
      ground: `hsl(${random(0, 360)} 20% ${random(20, 80)}%)`,
    });
    const [one] = mine.look(image);
    const [two] = theirs.look(image).sort((a, b) => b.score - a.score);
    if (!one || !two) {
      missed += Number(!one && two?.score >= least);
      only += Number(!two && Boolean(one));
      continue;
    }
    const apart = one.keypoints.map(([x, y], point) =>
      Math.hypot(x - two.keypoints[point][0], y - two.keypoints[point][1]),
    );
    distances.push((Math.max(...apart) * 640) / width);
  }
  return { size: [width, height], frames: count, missed, only, distances };
}

function summary({ frames, missed, only, distances }) {
  const sorted = [...distances].sort((a, b) => a - b);
  const at = (share) => Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(2));
  return { frames, both: sorted.length, missed, only, median: at(0.5), p95: at(0.95), most: at(1) };
}
