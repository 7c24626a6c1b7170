// The language of the element: which catalogue it takes, what it hands to the widget, and the switch. A recorder replaces
// the widget.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { brotliCompressSync } from 'node:zlib';

import {
  CONSENT_HASH,
  english,
  faults,
  generated,
  packed,
  phoneFaults,
  phoneTranslations,
  translations,
  VERSION,
} from '../../scripts/catalogues.mjs';
import { CONSENT_VERSION, FIRST_FACT, CONSENT_HASH as HASH, HEAD, STATE, TAG } from '../../www/lines.js';
import { expected, page, routes, site } from './support/page.mjs';

const zulu = translations().find(({ tag }) => tag === 'zu');

test('every catalogue is whole, fits its room and is as new as the English', () => {
  assert.deepEqual(
    [english, ...translations()].flatMap((catalogue) => faults(catalogue)),
    [],
  );
});

test('a missing, a stale and an overlong text and a lost number are faults', () => {
  const { Start: _, ...missing } = zulu.texts;
  const with_ = (texts) => faults({ ...zulu, texts: { ...zulu.texts, ...texts } });
  assert.match(faults({ ...zulu, texts: missing }).join(), /Start is missing/);
  assert.match(faults({ ...zulu, english: { ...zulu.english, Start: '00000000' } }).join(), /zu: Start is stale/);
  assert.match(with_({ Start: 'Qala '.repeat(20).trim() }).join(), /Start has 99 characters, and room for 40/);
  assert.match(with_({ Bytes: '{n} kB' }).join(), /Bytes must have the placeholders/);
  assert.match(with_({ Begin: 'Qala' }).join(), /Begin is not a text of the widget/);
  assert.match(with_({ Shutter: 'Cindezela' }).join(), /SayShutter must quote/);
});

test('every catalogue of the page for phones is whole, and keeps a Latin name apart from words that run to the left', () => {
  assert.deepEqual(phoneTranslations().flatMap(phoneFaults), []);
  const arabic = phoneTranslations().find(({ tag }) => tag === 'ar');
  const bare = arabic.texts.back.replace(/[\u2068\u2069]/g, '');
  const with_ = (texts) => phoneFaults({ ...arabic, texts: { ...arabic.texts, ...texts } }).join();
  assert.match(with_({ back: bare }), /phone\/ar: back must have \{name\} between/);
  assert.match(with_({ back: 'العودة' }), /back must have the placeholders/);
});

test('the package knows the keys, and each catalogue has at most 3,600 bytes, Amharic 3,850', () => {
  for (const [path, text] of Object.entries(generated()))
    assert.equal(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'), text, `write ${path} again`);
  for (const catalogue of translations()) {
    const { length } = brotliCompressSync(`export default ${JSON.stringify(packed(catalogue))};\n`);
    assert.ok(length <= (catalogue.tag === 'am' ? 3_850 : 3_600), `${catalogue.tag} has ${length} bytes`);
  }
});

/** Returns what the widgets read: the tag of each, whether it was reviewed, and its text of the button. */
const said = () =>
  page.evaluate(
    async ({ TAG, STATE, HEAD }) => {
      const { settled } = await import('/helpers.js');
      const { KEYS } = await import('/akiba-selfie/keys.js');
      await settled();
      return widgets.map(({ options: { words } }) => {
        const lines = words?.split('\n');
        return lines ? [lines[TAG], lines[STATE], lines[HEAD + KEYS.indexOf('Start')]].join() : null;
      });
    },
    { TAG, STATE, HEAD },
  );
/** Waits until the widgets read this. */
async function speaks(wanted) {
  for (const end = Date.now() + 5000; Date.now() < end; ) {
    if (isDeepStrictEqual(await said(), wanted)) return;
  }
  assert.deepEqual(await said(), wanted);
}
const added = (html) => page.evaluate(async (html) => void (await (await import('/helpers.js')).added(html)), html);

test('the language is inherited, also across shadow roots, and followed', async () => {
  await added(`<akiba-selfie allow-unreviewed></akiba-selfie><div lang="fr"><akiba-selfie allow-unreviewed></akiba-selfie></div>
    <p lang="pt-BR"></p><akiba-selfie lang="en" allow-unreviewed></akiba-selfie>`);
  await page.evaluate(() => {
    const root = document.querySelector('p').attachShadow({ mode: 'open' });
    root.innerHTML = '<akiba-selfie allow-unreviewed></akiba-selfie>';
  });
  await speaks(['zu,,Qala', 'fr,,Commencer', null, 'pt,,Começar']);
  await page.evaluate(() => {
    document.documentElement.lang = 'ar';
    document.querySelector('div').removeAttribute('lang');
    document.querySelector('p').lang = 'tw';
    document.querySelector('[lang=en]').setAttribute('lang', 'xh-ZA');
  });
  await speaks(['ar,,ابدأ', 'ar,,ابدأ', 'xh,,Qala', 'ak,,Hyɛ ase']);
  await page.evaluate(() => {
    document.documentElement.lang = 'en-ZA';
  });
  await speaks([null, null, 'xh,,Qala', 'ak,,Hyɛ ase']);
});

test('words that nobody has reviewed are off unless the page allows them', async () => {
  await added('<akiba-selfie></akiba-selfie>');
  await speaks([null]);
  await page.evaluate(() => document.querySelector('akiba-selfie').toggleAttribute('allow-unreviewed'));
  await speaks(['zu,,Qala']);
});

test('a page that reads English loads no language', async () => {
  await page.evaluate(() => {
    document.documentElement.lang = 'en';
  });
  const before = site.seen.length;
  await added('<akiba-selfie></akiba-selfie>');
  assert.deepEqual(
    site.seen.slice(before).filter((path) => /lang/.test(path)),
    [],
  );
});

test('a page replaces words and adds a language', async () => {
  await added('<akiba-selfie lang="en"></akiba-selfie>');
  await page.evaluate(() => {
    /** @type {any} */ (document.querySelector('akiba-selfie')).text = { Start: 'Begin\n now', Nothing: 'x' };
  });
  await speaks(['en,reviewed,Begin now']);
  await page.evaluate(async () => {
    const { registerLanguage } = await import('/akiba-selfie/akiba-selfie.js');
    registerLanguage({ tag: 'nr', name: 'isiNdebele', dir: 'ltr', state: 'reviewed', texts: { Start: 'Thoma' } });
    Object.assign(document.querySelector('akiba-selfie'), { text: null, lang: 'nr' });
  });
  await speaks(['nr,reviewed,Thoma']);
});

/** Returns the lines that the first widget has. */
const lines = async () => {
  await said();
  return page.evaluate(() => widgets[0].options.words?.split('\n'));
};
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

test('if this fails, the words that people agree to have changed: raise CONSENT_VERSION, and note their hash', () => {
  const rust = readFileSync(new URL('../../src/text/mod.rs', import.meta.url), 'utf8');
  assert.match(rust, new RegExp(`CONSENT_VERSION: &str = "akiba-selfie/3";[^=]*=\\s*"${CONSENT_HASH}";`));
});

test('the consent names the host, and has a version and a hash of its words', async () => {
  await added('<akiba-selfie lang="en" consent-version="2026 – 7"></akiba-selfie>');
  const host = { name: 'Example\n Bank', retention: '30 days', privacy: '/privacy', terms: 'javascript:alert(1)' };
  await page.evaluate((host) => void Object.assign(document.querySelector('akiba-selfie'), { host }), host);
  await speaks(['en,reviewed,']);
  const [version, hash, ...facts] = (await lines()).slice(CONSENT_VERSION, HEAD);
  const privacy = new URL('/privacy', page.url()).href;
  assert.equal(version, '2026-7', 'only what the relay accepts');
  assert.deepEqual(facts, ['Example Bank', '', '30 days', '', privacy, ''], 'one line each, and no other kind of link');
  const consent = Object.keys(english.texts).filter((key) => key.startsWith('Consent'));
  const words = [...consent, 'Agree', 'NotNow'].map((key) => english.texts[key]);
  assert.equal(sha256(words.join('\n')), CONSENT_HASH);
  assert.equal(hash, sha256([...words, 'Example Bank', '30 days', privacy].join('\n')));
  // Words that nobody has reviewed do not count.
  await page.evaluate(() => {
    const element = document.querySelector('akiba-selfie');
    Object.assign(element, { lang: 'zu', allowUnreviewed: true, host: null, consentVersion: null });
  });
  await speaks(['zu,,Qala']);
  const after = await lines();
  assert.deepEqual([after[HASH], after[FIRST_FACT]], [CONSENT_HASH, '']);
});

test('a catalogue of another version is not used', async () => {
  const path = '/akiba-selfie/lang/zu.lang.js';
  const before = routes[path];
  routes[path] = Buffer.from(`export default ${JSON.stringify(packed(zulu).replace(VERSION, '1'))}`);
  await added('<akiba-selfie allow-unreviewed></akiba-selfie>');
  await speaks(['en,reviewed,']);
  routes[path] = before;
});

test('without the catalogue it stays English', async () => {
  expected.push(/503/);
  site.broken.add('/akiba-selfie/lang/zu.lang.js');
  await added('<akiba-selfie allow-unreviewed></akiba-selfie>');
  await speaks([null]);
});

test('the switch offers the languages that have a catalogue, and changes the words', async () => {
  await added('<akiba-selfie lang="en" languages="en zu tlh xh" allow-unreviewed></akiba-selfie>');
  const select = page.locator('akiba-selfie select');
  await select.waitFor();
  assert.deepEqual(await select.locator('option').allTextContents(), ['English', 'isiZulu', 'isiXhosa']);
  assert.equal(await select.inputValue(), 'en');
  await select.focus();
  await select.selectOption('zu');
  await speaks(['zu,,Qala']);
  assert.equal(await select.inputValue(), 'zu');
  assert.equal(await page.locator('akiba-selfie label').getAttribute('lang'), 'zu');
  assert.ok(
    await select.evaluate((it) => /** @type {ShadowRoot} */ (it.getRootNode()).activeElement === it),
    'it keeps the focus',
  );
  await page.evaluate(() => document.querySelector('akiba-selfie').removeAttribute('allow-unreviewed'));
  await select.waitFor({ state: 'detached' });
});
