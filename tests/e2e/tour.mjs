// Takes a picture of every state: on small phones, upright and on their side, and on a desktop, in light, in dark and in
// forced colours.
//
//   node tests/e2e/tour.mjs [--docs] [--lang=TAG] [NAME…]
//
// Writes build/tour/<state>-<width>-<theme>.png and an index.html that shows them. With --docs it also writes the
// README's pictures into docs/pictures. With --lang it takes them in another language, on the smallest phone in light, as
// <state>-<tag>.png. A name selects the states that begin with it.

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { HINTS } from './support/hints.mjs';
import { speak } from './support/languages.mjs';
import { STATES } from './support/states.mjs';
import { Studio } from './support/studio.mjs';

const OUT = new URL('../../build/tour/', import.meta.url);
const DOCS = new URL('../../docs/pictures/', import.meta.url);

/** @type {{ width: number, height: number, scale: 'device' | 'css' }[]} */
const SIZES = [
  { width: 320, height: 480, scale: 'css' },
  { width: 360, height: 640, scale: 'css' },
  { width: 667, height: 325, scale: 'css' },
  { width: 1280, height: 800, scale: 'css' },
];
/**
 * How long the progress bar takes to move, in milliseconds. A screenshot can't finish it, as it is not an animation.
 */
const SETTLE = 350;
const THEMES = /** @type {const} */ (['light', 'dark', 'forced']);
/** The window for the README's pictures. */
const PHONE = { width: 360, height: 740 };

/**
 * The README's pictures, of the widget alone, by their names.
 * @type {Record<string, { state: string, theme: typeof THEMES[number], brand?: string, tag?: string }>}
 */
const PICTURES = {
  hint: { state: 'hint-come-closer', theme: 'light' },
  framing: { state: 'hint-hold', theme: 'light' },
  review: { state: 'review', theme: 'light' },
  uploading: { state: 'submitting-uploading', theme: 'light' },
  verified: { state: 'done-verified', theme: 'light' },
  'framing-dark': { state: 'hint-move-left', theme: 'dark' },
  failed: { state: 'failed-upload-unreachable', theme: 'light' },
  themed: { state: 'idle', theme: 'light', brand: 'Midnight' },
  arabic: { state: 'submitting-uploading', theme: 'light', tag: 'ar' },
};

/** States at a time. Most of a walk is waiting. */
const AT_ONCE = 2;

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const docs = process.argv.includes('--docs');
const lang = process.argv.find((argument) => argument.startsWith('--lang='))?.slice(7);
const all = [...STATES, ...HINTS];
const states = all.filter(({ name }) => names.length === 0 || names.some((start) => name.startsWith(start)));

await mkdir(OUT, { recursive: true });
if (names.length === 0 && !lang) for (const name of await readdir(OUT)) await rm(new URL(name, OUT));
if (docs) await mkdir(DOCS, { recursive: true });

const studio = await Studio.start();
try {
  const left = [...states];
  const one = async () => {
    for (let state = left.shift(); state; state = left.shift()) await portray(state);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
} finally {
  await studio.close();
}
await writeFile(new URL('index.html', OUT), index());
console.log(
  `tour: ${states.length * SIZES.length * THEMES.length} pictures; open ${fileURLToPath(new URL('index.html', OUT))}`,
);

/** Takes the pictures of a state. @param {import('./support/states.mjs').State} state */
async function portray(state) {
  const { selfie, page, close } = await studio.visit(state, { deviceScaleFactor: 2 });
  // Moves the pointer away, so that it hovers over nothing.
  await page.mouse.move(0, 0);
  if (lang) {
    await page.setViewportSize({ width: 320, height: 480 });
    // Before there is a widget, the message is in English.
    if (await selfie.element.locator('.card').count()) await speak(selfie, lang);
    await page.waitForTimeout(SETTLE);
    const path = fileURLToPath(new URL(`${state.name}-${lang}.png`, OUT));
    await page.screenshot({ path, scale: 'css', animations: 'disabled', fullPage: true });
    await close();
    return;
  }
  for (const { width, height, scale } of SIZES) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => {
      const { shadowRoot, state: now } = document.querySelector('akiba-selfie');
      scrollTo(0, 0);
      // As the widget does when a screen appears.
      if (now !== 'idle') shadowRoot.querySelector('h2')?.scrollIntoView({ block: 'nearest' });
    });
    await page.waitForTimeout(SETTLE);
    for (const theme of THEMES) {
      await page.emulateMedia(media(theme));
      await page.screenshot({ path: at(state, width, theme), scale, animations: 'disabled' });
    }
  }
  if (docs) {
    await page.setViewportSize(PHONE);
    for (const theme of THEMES) {
      await page.emulateMedia(media(theme));
      await crop(selfie, state, theme);
    }
  }
  await close();
}

/** @param {typeof THEMES[number]} theme */
function media(theme) {
  return theme === 'forced'
    ? { colorScheme: /** @type {const} */ ('dark'), forcedColors: /** @type {const} */ ('active') }
    : { colorScheme: theme, forcedColors: /** @type {const} */ ('none') };
}

/** Takes the README's pictures of a state, if it has any. */
async function crop(selfie, { name }, colours) {
  for (const [picture, { state, theme, brand, tag }] of Object.entries(PICTURES)) {
    if (state === name && theme === colours) await cropOne(selfie, colours, picture, brand, tag);
  }
}

async function cropOne(selfie, colours, picture, brand, tag) {
  const { element, page } = selfie;
  const path = fileURLToPath(new URL(`${picture}.jpg`, DOCS));
  if (tag) await speak(selfie, tag);
  if (brand) {
    await page.selectOption('#brand', brand);
    // Colours change smoothly.
    await page.waitForTimeout(SETTLE);
  }
  // JPEG has no transparency, so the page behind the round corners is white.
  await background(page, colours === 'light' ? '#fff' : '');
  await element.locator('[part=card]').screenshot({ path, type: 'jpeg', quality: 80, animations: 'disabled' });
  await background(page, '');
  if (tag) await speak(selfie, 'en');
}

function background(page, colour) {
  return page.evaluate((value) => {
    document.body.style.background = value;
  }, colour);
}

function at({ name }, width, theme) {
  return fileURLToPath(new URL(`${name}-${width}-${theme}.png`, OUT));
}

function index() {
  const picture = (name, width, theme) => {
    const file = `${name}-${width}-${theme}.png`;
    return `<a href="${file}"><img src="${file}" alt="${name}, ${width} px wide, ${theme}" loading="lazy"></a>`;
  };
  const figure = ({ name }) => {
    const pictures = SIZES.flatMap(({ width }) => THEMES.map((theme) => picture(name, width, theme)));
    return `<section id="${name}"><h2>${name}</h2><div>${pictures.join('')}</div></section>`;
  };
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>akiba-selfie · every state</title>
<style>
  body { margin: 2rem; background: #8a9490; color: #10151a; font: 16px/1.4 system-ui, sans-serif; }
  div { display: flex; gap: 1rem; overflow-x: auto; }
  img { height: 22rem; border-radius: 8px; }
</style>
<h1>Every state</h1>
<p>The face is Eileen Collins, photographed by NASA; the picture is in the public domain.</p>
${all.map(figure).join('\n')}
</html>
`;
}
