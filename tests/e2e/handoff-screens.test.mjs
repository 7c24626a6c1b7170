// Every screen of the page for phones and of the desktop's hand-off: on a phone and on a computer, light and dark, and from right to
// left. HANDOFF_PICTURES names a folder for their pictures.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { link, number, openDesk, openPhone } from './support/desk.mjs';
import { picture, REFUSED, startHandoffs, takeSelfie } from './support/handoff.mjs';
import { speak } from './support/languages.mjs';

/** @import { Page } from 'playwright-core' */

/** @type {Awaited<ReturnType<typeof startHandoffs>>} */
let it;
before(async () => {
  it = await startHandoffs({
    args: ['--handoff-link-ttl-max=2days', '--return-url=BANK/back'],
    settings: 'logo = "logo.svg"\nallow-unreviewed = true\n',
  });
});
after(() => it?.stop());

/** Asserts that a screen fits in each size and scheme, and takes its pictures. @param {Page} page @param {string} name */
async function fits(page, name) {
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      // Otherwise the colours of buttons change gradually.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await picture(page, `${name}-${colorScheme}-${width}`);
      assert.deepEqual(await violations(page), [], `${name} ${colorScheme} ${width}`);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, `${name} scrolls sideways at ${width}`);
    }
  }
}

/** What the tests of the page open. @typedef {Awaited<ReturnType<typeof it.phone>>} Phone */

const refused = { expected: REFUSED };
const button = (/** @type {Page} */ page, place = 'main button') => page.locator(place).first();
const heading = (/** @type {Page} */ page) => page.locator('.card h1').waitFor();
/** Answers a call of the page in place of the relay. @param {Page} page @param {string} call @param {number} status @param {string} code */
const answer = (page, call, status, code) =>
  page.route(`**/v1/handoffs/**/${call}`, (route) => route.fulfill({ status, json: { code } }));

/** Opens a link from a message. @param {boolean} [asks] whether to go on to who asks */
async function message(asks = true) {
  const { url } = await it.link();
  const phone = await it.phone(url, refused);
  await heading(phone.page);
  if (asks) await ask(phone.page);
  return phone;
}
/** @param {Page} page */
async function ask(page) {
  await button(page).click();
  await page.locator('button.stop').waitFor();
}
/** Opens a desktop's link, up to the numbers. */
async function numbers() {
  const desk = await it.desktop();
  const phone = await it.phone(desk.url, refused);
  await phone.page.locator('.numbers button').first().waitFor();
  return { ...phone, desk };
}
/** @param {boolean} right */
async function chosen(right) {
  const phone = await numbers();
  const all = await phone.page.locator('.numbers button').allTextContents();
  const shown = String(phone.desk.number);
  const pick = right ? shown : all.find((one) => one !== shown);
  await phone.page.getByRole('button', { name: pick, exact: true }).click();
  await phone.page.locator(right ? 'akiba-selfie .akiba-selfie' : '.card h1').waitFor();
  return phone;
}

/** The screens of the page for phones, each with the way there. @type {Record<string, () => Promise<Phone>>} */
const SCREENS = {
  async opening() {
    const phone = await message(false);
    await phone.page.route('**/v1/handoffs/redeem', () => {});
    await button(phone.page).click();
    await phone.page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('main button'));
    return phone;
  },
  offer: () => message(false),
  ask: () => message(),
  numbers,
  wrong: () => chosen(false),
  async over() {
    const phone = await it.phone(`${it.relay.url}/s${it.wish.lang ? `?lang=${it.wish.lang}` : ''}`);
    await heading(phone.page);
    return phone;
  },
  async 'over-link'() {
    const { url } = await it.link();
    const first = await it.phone(url);
    await ask(first.page);
    await first.close();
    const phone = await it.phone(url, refused);
    await button(phone.page).click();
    await phone.page.waitForFunction(() => !document.querySelector('main button'));
    await heading(phone.page);
    return phone;
  },
  async failed() {
    const phone = await message();
    await phone.context.setOffline(true);
    await button(phone.page).click();
    await phone.page.waitForFunction(
      () => document.querySelector('main button')?.textContent !== '' && !document.querySelector('dl'),
    );
    return phone;
  },
  selfie: () => chosen(true),
  async sure() {
    const phone = await chosen(true);
    await button(phone.page, 'aside .stop').click();
    await phone.page.locator('aside h2').waitFor();
    return phone;
  },
  async stopped() {
    const phone = await SCREENS.sure();
    await button(phone.page, 'aside .stop').click();
    await heading(phone.page);
    return phone;
  },
  async disowned() {
    const phone = await message();
    await button(phone.page, 'button.stop').click();
    await phone.page.waitForFunction(() => !document.querySelector('dl'));
    return phone;
  },
  async late() {
    const phone = await message();
    await answer(phone.page, 'disown', 409, 'session-state');
    await button(phone.page, 'button.stop').click();
    await phone.page.waitForFunction(() => !document.querySelector('dl'));
    return phone;
  },
};

test('every screen of the page for phones fits, also from right to left', async () => {
  for (const lang of ['en', 'ar']) {
    for (const [name, walk] of Object.entries(SCREENS)) {
      it.wish = { lang };
      const phone = await walk();
      it.wish = {};
      assert.equal(await phone.page.evaluate(() => document.documentElement.lang || 'en'), lang, name);
      await fits(phone.page, `page-${name}-${lang}`);
      await phone.close();
    }
  }
});

test('the ends of a selfie fit on the page for phones', async () => {
  for (const [name, wish] of Object.entries({
    verified: {},
    returns: { return_url: `${it.origin}/back` },
    rejected: { return_url: `${it.origin}/back`, identifier: '0000000000002' },
  })) {
    it.wish = wish;
    const { page, selfie, close } = await message();
    it.wish = {};
    await button(page).click();
    if (name === 'rejected') {
      await selfie.element.waitFor();
      await selfie.element.evaluate((element) => element.setAttribute('capture', 'manual'));
      await selfie.takeAndSend();
      await selfie.event('selfie-rejected');
      await page.locator('nav a').waitFor();
    } else await takeSelfie(selfie);
    await fits(page, `page-${name}-en`);
    await close();
  }
});

test('every screen of the desktop fits, also from right to left', async () => {
  for (const lang of ['en', 'ar']) {
    const desk = await openDesk(it, refused);
    if (lang !== 'en') await speak(desk.selfie, lang);
    await fits(desk.page, `desk-idle-${lang}`);
    await desk.selfie.element.locator('[part~=secondary-button]').first().click();
    await desk.selfie.element.locator('[part=qr], .qr').waitFor();
    await fits(desk.page, `desk-code-${lang}`);
    await desk.close();
  }
});

test('the desktop beside a poor camera, and where a phone did not help, fits', async () => {
  const poor = await openDesk(it, refused);
  await poor.page.evaluate(() => {
    Object.defineProperty(MediaStreamTrack.prototype, 'label', { get: () => 'OBS Virtual Camera' });
  });
  await poor.selfie.agree();
  await poor.selfie.state('framing');
  await poor.selfie.button('Use your phone instead').waitFor();
  await fits(poor.page, 'desk-poor-en');
  await speak(poor.selfie, 'ar');
  await fits(poor.page, 'desk-poor-ar');
  await poor.close();
  for (const name of ['wrong', 'disowned', 'rejected']) {
    it.wish = { identifier: name === 'rejected' ? '0000000000002' : '0000000000001' };
    const desk = await openDesk(it, refused);
    const mobile = await openPhone(it, await link(desk), REFUSED);
    it.wish = {};
    const shown = await number(desk);
    if (name === 'wrong') await mobile.choose((await mobile.numbers()).find((one) => one !== shown));
    if (name === 'disowned') await mobile.page.getByRole('button', { name: 'I did not start this' }).click();
    if (name === 'rejected') {
      await mobile.choose(shown);
      await mobile.take();
      await desk.selfie.element.getByText('The selfie did not match').first().waitFor();
    } else await desk.selfie.event('selfie-error');
    await fits(desk.page, `desk-${name}-en`);
    await mobile.close();
    await desk.close();
  }
});
