// People: keyboards, looks and languages.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { clean } from './main.mjs';

/** @import { Scenario } from '../bench.mjs' */
/** @import { EnginePage } from '../drivers/engine-page.mjs' */

/** How often the Tab key is pressed until the focus must be where it is wanted. */
const TABS = 40;

/** Presses the Tab key until the focus is on a control with this name. @param {EnginePage} page @param {RegExp} name */
async function tabTo(page, name) {
  const seen = [];
  while (seen.length < TABS) {
    await page.key('Tab');
    const focus = await page.evaluate(() => probe.focus());
    seen.push(focus);
    assert.doesNotMatch(focus, /^video/, 'nothing can be done with the video');
    // The element ignores keys before a person would have seen the screen.
    if (name.test(focus)) return page.until(() => performance.now() - (probe.changed.get(probe.host()) ?? 0) > 650);
  }
  throw new Error(`never ${name}: ${seen}`);
}

/** Runs in the page: returns a colour's luminance from 0 to 1, and of a transparent one null. */
function lights() {
  const root = probe.root();
  const light = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
    return alpha ? (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255 : null;
  };
  const [card, title] = ['.card', '[part=title]'].map((one) => getComputedStyle(root.querySelector(one)));
  return { card: light(card.backgroundColor), title: light(title.color) };
}

/** Runs in the page: returns what moves. The height that is held for a moment is an animation without a name. */
function moving() {
  const all = [...document.getAnimations(), ...(probe.root().getAnimations?.() ?? [])];
  return all.flatMap((/** @type {any} */ one) => one.animationName ?? one.transitionProperty ?? []);
}

/** The screens of the main job, each with the texts of the button that leads on. */
const SCREENS = {
  idle: ['Start'],
  consent: ['Agree'],
  framing: ['Shutter'],
  review: ['UsePhoto', 'UseAnyway'],
  done: [],
};
const LANGUAGES = ['ar', 'zu'];
const catalogue = (tag) =>
  JSON.parse(readFileSync(new URL(`../../../lang/${tag}.json`, import.meta.url), 'utf8')).texts;
const ENGLISH = catalogue('en');

/**
 * Runs in the page: returns the words of the screen, and what is cut of them.
 * @param {string[]} english the texts that another language replaces
 */
function screen(english) {
  const shown = [...probe.root().querySelectorAll('.card *')].filter(
    (one) => one.getClientRects().length > 0 && !one.closest('.unseen, svg, video, .overlay, .mark, [popover]'),
  );
  const cut = shown.filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    const clips = one.innerText?.trim() && one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
    return clips || left < -0.5 || right > innerWidth + 0.5;
  });
  // The English consent stands beside one that nobody has reviewed.
  const own = shown.filter((one) => one.closest('[lang]')?.getAttribute('lang') !== 'en' && one.children.length === 0);
  const words = own.map((one) => one.textContent.trim()).filter(Boolean);
  return {
    width: innerWidth,
    words,
    foreign: words.filter((text) => english.includes(text)),
    cut: cut.map((one) => `${one.localName}.${one.className}: ${one.innerText}`),
  };
}

/** Goes through the main job in a language, on a narrow phone. @param {EnginePage} page @param {string} url @param {string} tag */
async function inLanguage(page, url, tag) {
  const texts = catalogue(tag);
  const english = Object.entries(ENGLISH).flatMap(([key, text]) => (texts[key] === text ? [] : text));
  await page.start(url);
  await page.byHand();
  await page.evaluate((tag) => {
    Object.assign(probe.host(), { allowUnreviewed: true, lang: tag });
  }, tag);
  await page.until((tag) => probe.root().querySelector(`.akiba-selfie[lang="${tag}"]`) !== null, tag);
  for (const [name, next] of Object.entries(SCREENS)) {
    await page.state(name, undefined, 60_000);
    const { width, words, foreign, cut } = await page.evaluate(screen, english);
    assert.equal(width, 320);
    assert.ok(words.length > 0, `${name}: no words`);
    assert.deepEqual({ foreign, cut }, { foreign: [], cut: [] }, `${tag}, ${name}`);
    const names = next.map((key) => texts[key].replace(/[.?+()]/g, '\\$&'));
    // The English words stand in the same button as those of an unreviewed consent.
    if (next.length > 0) await page.press(`.*(${names.join('|')})`);
  }
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'the main job by keyboard',
    async run(bench) {
      const page = await bench.open();
      await page.start(bench.url());
      await page.byHand();
      await tabTo(page, /^button Start$/);
      await page.key('Enter');
      await page.state('consent');
      await tabTo(page, /^button I agree/);
      await page.key('Enter');
      await page.state('framing');
      await tabTo(page, /^button Take the photo$/);
      await page.key('Space');
      await page.state('review');
      await tabTo(page, /^button Use (this photo|it anyway)$/);
      await page.key('Enter');
      await page.state('done', undefined, 60_000);
      await clean(page);
    },
  },
  {
    name: 'a dark system: dark cards with light words',
    async run(bench) {
      const page = await bench.open({ look: 'dark' });
      await page.start(bench.url());
      assert.ok(await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches));
      const { card, title } = await page.evaluate(lights);
      assert.ok((card ?? 0) < 0.25 && title > 0.7, `card ${card}, title ${title}`);
      await page.agree();
      await page.state(['framing', 'grabbing', 'review']);
      await page.press('Cancel|Retake');
    },
  },
  {
    name: 'reduced motion: nothing moves',
    async run(bench) {
      const page = await bench.open({ look: 'reduced-motion' });
      await page.start(bench.url());
      assert.ok(await page.evaluate(() => matchMedia('(prefers-reduced-motion: reduce)').matches));
      await page.byHand();
      await page.agree();
      await page.state('framing');
      assert.deepEqual(await page.evaluate(moving), []);
      await page.shoot();
      assert.deepEqual(await page.evaluate(moving), []);
    },
  },
  {
    name: 'forced colours: every button has an edge',
    not: { webkit: 'WebKitGTK has no forced colours' },
    async run(bench) {
      const page = await bench.open({ look: 'forced-colours' });
      await page.frame(bench.url());
      assert.ok(await page.evaluate(() => matchMedia('(forced-colors: active)').matches));
      const plain = await page.evaluate(() =>
        [...probe.root().querySelectorAll('button')]
          .filter((button) => getComputedStyle(button).borderTopStyle === 'none')
          .map((button) => button.className),
      );
      assert.deepEqual(plain, []);
      await page.shoot();
      assert.equal(await page.send(), 'done');
      await clean(page);
    },
  },
  {
    name: 'every screen of the main job in Arabic and isiZulu, with nothing cut at 320 pixels',
    async run(bench) {
      for (const tag of LANGUAGES) {
        const page = await bench.open();
        await page.resize(320, 640);
        await inLanguage(page, bench.url(), tag);
        await clean(page);
        await page.close();
      }
    },
  },
];
