// The look: every custom property has an effect, no accent takes the contrast away from what is not a button, and the
// presets of the package have enough of it in both themes.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { launch } from './support/browser.mjs';
import { serve } from './support/site.mjs';
import { watch } from './support/watch.mjs';

const BUILT = new URL('../../build/package/', import.meta.url);
const PRESETS = readdirSync(new URL('themes/', BUILT)).map((file) => file.replace('.css', ''));
const PAGE = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>A page</title>
  <link rel="icon" href="/icon.svg">
  <link rel="stylesheet" id="theme">
  <script type="module" src="/package/define.js"></script>
  <main><h1>A page</h1><akiba-selfie relay="/" identifier="1" capture="manual"></akiba-selfie></main>
</html>`;

/** Hard accents: as bright as the surface or as dark, and pure ones, whose luminance is far from their lightness. */
const ACCENTS = ['#6b2fd9', '#ffd400', '#0a0a0a', '#fafafa', '#767676', '#0000ff', '#00ff00', '#00ffff', '#e5484d'];
const SCHEMES = /** @type {const} */ (['light', 'dark']);
/** The least contrast (WCAG 2.2): 1.4.3 and 1.4.11, and 1.4.6 for the preset of its name. */
const LEAST = { text: 4.5, line: 3 };
const MORE = { text: 7, line: 4.5 };

/** Every kind of thing that has a colour, as the screens draw it. */
const PROBE = `
  <h2 class="title">t</h2><p class="text">t</p><p class="small">t</p><p class="note"><svg class="icon"></svg>t</p>
  <ul class="points"><li><svg class="icon"></svg></li></ul>
  <span class="badge"></span><span class="warn">t</span><svg class="hero"><path class="corners"/></svg>
  <div class="next">t</div><div class="done"><span class="mark"></span></div><div class="now"><span class="mark"></span></div>
  <svg class="badge success"><circle/></svg><progress></progress><img class="photo">
  <button class="button primary">t</button><button class="button secondary">t</button><button class="button quiet">t</button>
  <button class="shutter"><span class="disc"></span></button>
  <div class="viewfinder"><svg><path class="shade"/><path class="casing"/><path class="ring"/></svg></div>
  <p class="hint">t</p><p class="hint good">t</p><p class="hint alarm">t</p>`;

let browser;
let site;

before(async () => {
  browser = await launch({ film: null });
  const icon = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
  site = await serve({ '/': Buffer.from(PAGE), '/icon.svg': icon, '/package/': BUILT });
});
after(async () => {
  await browser.close();
  await site.close();
});

/**
 * Opens a page with the element, and puts the probe into its card.
 * @param {(page: import('playwright-core').Page) => unknown} [prepare]
 */
async function open(prepare) {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const watched = await watch(page);
  await prepare?.(page);
  await page.goto(site.origin);
  const selfie = page.locator('akiba-selfie');
  await selfie.getByRole('button', { name: 'Start' }).waitFor();
  const probe = () =>
    selfie.evaluate(({ shadowRoot }, html) => {
      const place = document.createElement('div');
      place.id = 'probe';
      place.innerHTML = html;
      shadowRoot.querySelector('.card').append(place);
    }, PROBE);
  const close = async () => {
    await context.close();
    watched.clean();
  };
  return { page, selfie, probe, close };
}

/** Loads a preset in place of the last one. @param {import('playwright-core').Page} page @param {string} name */
const wear = (page, name) =>
  page.evaluate(
    (href) =>
      new Promise((loaded) => {
        const link = /** @type {HTMLLinkElement} */ (document.querySelector('#theme'));
        link.onload = loaded;
        link.href = href;
      }),
    `/package/themes/${name}.css`,
  );

/**
 * Returns the contrast of each thing of the probe with what is behind it.
 * @returns {Promise<{ what: string, kind: 'text' | 'line', contrast: number }[]>}
 */
function contrasts(selfie) {
  return selfie.evaluate(({ shadowRoot }) => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (...layers) => {
      for (const colour of layers) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) => {
        const part = byte / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const one = (name) => shadowRoot.querySelector(`#probe ${name}`);
    const style = (name) => getComputedStyle(one(name));
    const card = getComputedStyle(shadowRoot.querySelector('.card')).backgroundColor;
    const found = [];
    const add = (what, kind, front, ...behind) => {
      const [dark, light] = [luminance(...behind), luminance(...behind, front)].sort((a, b) => a - b);
      found.push({ what, kind, contrast: (light + 0.05) / (dark + 0.05) });
    };
    for (const name of ['.title', '.text', '.small', '.warn', '.next', '.quiet'])
      add(name, 'text', style(name).color, card);
    for (const name of ['.note', '.primary', '.secondary']) {
      add(name, 'text', style(name).color, style(name).backgroundColor);
    }
    for (const name of ['.hint', '.good', '.alarm']) {
      for (const picture of ['#fff', '#000'])
        add(name, 'text', style(name).color, picture, style(name).backgroundColor);
    }
    add('.note .icon', 'line', style('.note .icon').color, style('.note').backgroundColor);
    for (const name of ['.points .icon', '.badge', '.done .mark']) {
      add(name, 'line', style(name).color, style(name).backgroundColor);
    }
    add('.corners', 'line', style('.corners').stroke, card);
    add('.now .mark', 'line', style('.now .mark').color, card);
    add('.success', 'line', style('.success').stroke, style('.success circle').fill);
    add('.success circle', 'line', style('.success circle').fill, card);
    add('progress', 'line', style('progress').color, card);
    add('.shutter', 'line', style('.shutter').borderTopColor, card);
    add('.ring', 'line', style('.ring').stroke, style('.casing').stroke);
    one('.secondary').focus();
    if (!one('.secondary').matches(':focus-visible')) throw new Error('the focus is not shown');
    add('focus', 'line', style('.secondary').outlineColor, card);
    return found;
  });
}

/** Fails if something has too little contrast. */
async function readable(selfie, where, least = LEAST, left = []) {
  const found = await contrasts(selfie);
  const weak = found.filter(({ what, kind, contrast }) => contrast < least[kind] && !left.includes(what));
  assert.deepEqual(
    weak.map(({ what, contrast }) => `${what}: ${contrast.toFixed(2)}`),
    [],
    where,
  );
}

/** Takes away relative colours, which Safari 16.4, Chrome 119 and Firefox 128 brought. */
function forget() {
  const { replaceSync } = CSSStyleSheet.prototype;
  CSSStyleSheet.prototype.replaceSync = function (text) {
    return replaceSync.call(this, text.replaceAll('lab(from', 'lab(never'));
  };
}

for (const old of [false, true]) {
  test(`no accent hides the focus, an icon or a text${old ? ', in an old browser too' : ''}`, async () => {
    const { page, selfie, probe, close } = await open((one) => old && one.addInitScript(forget));
    await probe();
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const accent of ACCENTS) {
        await selfie.evaluate((element, value) => element.style.setProperty('--selfie-accent', value), accent);
        // There, the page chooses the text on its accent.
        await readable(selfie, `${accent}, ${colorScheme}`, LEAST, old ? ['.primary'] : []);
      }
    }
    await close();
  });
}

test('in a bright surround, everything is seen on white', async () => {
  const { page, selfie, probe, close } = await open();
  await page.emulateMedia({ colorScheme: 'dark' });
  await probe();
  await selfie.evaluate(({ shadowRoot }) => {
    // Its own line has the other colour.
    const bright = Object.assign(document.createElement('div'), { className: 'bright' });
    shadowRoot.querySelector('#probe').append(bright);
  });
  for (const preset of ['', 'dark', 'contrast']) {
    if (preset) await wear(page, preset);
    const found = await contrasts(selfie);
    const lines = found.filter(({ what }) => ['focus', '.shutter', '.corners', '.title', '.text'].includes(what));
    assert.deepEqual(
      lines.filter(({ kind, contrast }) => contrast < LEAST[kind]),
      [],
      preset,
    );
  }
  await close();
});

test('each custom property has an effect', async () => {
  const { selfie, probe, close } = await open();
  await probe();
  const { declarations } = JSON.parse(readFileSync(new URL('custom-elements.json', BUILT), 'utf8')).modules[0];
  const names = declarations[0].cssProperties.map(({ name }) => name);
  assert.ok(names.length >= 23);
  const without = await selfie.evaluate((element, all) => {
    const { shadowRoot } = element;
    /** @type {any} */ (shadowRoot.querySelector('#probe .secondary')).focus();
    // Every element inherits the custom property. That alone is not an effect.
    const isReal = ([name, value]) => !/^--/.test(name) && !/^--/.test(value);
    const look = () =>
      [...shadowRoot.querySelectorAll('*')]
        .map((one) => JSON.stringify(Object.entries(getComputedStyle(one)).filter(isReal)))
        .join();
    const values = {
      ...{ radius: '7px', width: '99px', font: 'cursive', size: '31px', shadow: '0 0 9px red' },
    };
    const before = look();
    return all.filter((name) => {
      element.style.setProperty(name, values[name.split('-').at(-1)] ?? '#123456');
      const same = look() === before;
      element.style.removeProperty(name);
      return same;
    });
  }, names);
  assert.deepEqual(without, []);
  await close();
});

for (const preset of PRESETS) {
  test(`the preset «${preset}» can be read in both themes`, async () => {
    const { page, selfie, probe, close } = await open();
    await wear(page, preset);
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.deepEqual(await violations(page), [], 'dark');
    await page.emulateMedia({ colorScheme: 'light' });
    assert.deepEqual(await violations(page), [], 'light');
    await probe();
    const least = preset === 'contrast' ? MORE : LEAST;
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      for (const theme of ['', ...SCHEMES]) {
        await selfie.evaluate((element, value) => element.setAttribute('theme', value), theme);
        await readable(selfie, `theme="${theme}", ${colorScheme}`, least);
      }
    }
    await close();
  });
}
