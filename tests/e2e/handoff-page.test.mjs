// The page for phones: whose name and look it has, its language, where it leads at the end, and what it does when the relay or the
// network is away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { picture, REFUSED, startHandoffs, takeSelfie } from './support/handoff.mjs';

/** @type {Awaited<ReturnType<typeof startHandoffs>>} */
let it;
before(async () => {
  it = await startHandoffs({
    args: [
      '--handoff-link-ttl-max=2days',
      '--clock-leeway=1s',
      '--return-url=BANK/back',
      '--handoff-name=bank=Own Bank',
    ],
    settings: 'allow-unreviewed = true\n[keys.bank]\nlogo = "logo.svg"\nlang = "en"\n',
  });
});
after(() => it?.stop());

/** Opens a link from a message up to the question who asks. */
async function asked(url, options) {
  const opened = await it.phone(url, options);
  await opened.page.locator('button').first().click();
  await opened.page.locator('button.stop').waitFor();
  return opened;
}

test('the page has the name and the look of its API key, and drops a look that somebody put in place of it', async () => {
  const { url } = await it.link();
  assert.equal(new URL(url).searchParams.get('for'), 'bank');
  const { page, close } = await asked(url);
  await page.getByRole('heading', { name: 'Own Bank asks you for a selfie' }).waitFor();
  assert.equal(await page.locator('header').innerText(), 'Own Bank');
  assert.equal(
    await page.locator('header img').evaluate((img) => /** @type {HTMLImageElement} */ (img).naturalWidth > 0),
    true,
    'there is no logo',
  );
  await close();
  // Without `for` the page is the one of all others.
  const other = await it.link();
  const common = await it.phone(other.url.replace('?for=bank', ''));
  await common.page.getByText('Example Bank', { exact: true }).waitFor();
  await common.page.getByRole('button', { name: 'Continue' }).click();
  await common.page.getByRole('heading', { name: 'Own Bank asks you for a selfie' }).waitFor();
  assert.equal(await common.page.getByText('Example Bank').count(), 0, 'the other name is there');
  await common.close();
});

test('the page speaks the language of the session or the browser, with English beside words that nobody has reviewed', async () => {
  for (const [lang, go, dir] of [
    ['zu', 'Qhubeka', 'ltr'],
    ['ar-EG', 'متابعة', 'rtl'],
  ]) {
    it.wish = { lang };
    const { url } = await it.link();
    it.wish = {};
    const { page, watched, close } = await asked(url);
    const html = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]);
    assert.deepEqual(html, [lang.split('-')[0], dir]);
    const button = page.getByRole('button', { name: go });
    assert.equal(await button.locator('.english').innerText(), 'Continue');
    assert.equal(await page.locator('h1 .english').innerText(), 'Own Bank asks you for a selfie');
    for (const part of await page.locator('.english').all()) assert.equal(await part.getAttribute('lang'), 'en');
    assert.deepEqual(await violations(page), []);
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
    assert.equal(scrollWidth, clientWidth, 'it scrolls sideways');
    await picture(page, `ask-${lang}`);
    await watched.settle();
    await close();
    watched.clean();
  }
  // A language without words: English, although the browser is Zulu.
  it.wish = { lang: 'nr' };
  const { url } = await it.link();
  it.wish = {};
  const { page, close } = await asked(url, { locale: 'zu' });
  assert.equal(await page.locator('.english').count(), 0);
  assert.equal(await page.getByRole('button', { name: 'Continue' }).innerText(), 'Continue');
  await close();
});

test('without a language of the session or the operator, the page speaks the browser’s, or the next one that it knows', async () => {
  for (const [wishes, lang, go] of /** @type {[string[], string, string][]} */ ([
    [['zu-ZA'], 'zu', 'Qhubeka'],
    [['nr', 'fr-CD', 'en'], 'fr', 'Continuer'],
    [['nr', 've'], 'en', 'Continue'],
    [['en-ZA', 'zu'], 'en', 'Continue'],
  ])) {
    const { url } = await it.link();
    // One wish is the browser's own, by its settings.
    const languages = wishes.length > 1 ? wishes : undefined;
    // The operator has named a language only for the look of this key.
    const common = url.replace('?for=bank', '');
    const { page, watched, close } = await asked(common, { locale: wishes[0], languages });
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang, wishes.join());
    await page.getByRole('button', { name: new RegExp(`^${go}`) }).click();
    // The element follows the page.
    await page.locator(`akiba-selfie .akiba-selfie[lang=${lang}]`).waitFor();
    await watched.settle();
    await close();
    watched.clean();
  }
  // The operator's language counts more than the browser's.
  const { page, close } = await asked((await it.link()).url, { locale: 'zu' });
  assert.equal(await page.getByRole('button', { name: 'Continue' }).innerText(), 'Continue');
  await close();
});

test('at the end the person returns to the bank, with nothing in the address', async () => {
  it.wish = { return_url: `${it.origin}/back` };
  const { url } = await it.link();
  it.wish = {};
  const { page, selfie, watched, close } = await asked(url);
  await page.getByRole('button', { name: 'Continue' }).click();
  await takeSelfie(selfie);
  const back = page.getByRole('link', { name: 'Back to Own Bank' });
  await back.waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'back');
  await back.click();
  await page.waitForURL(`${it.origin}/back`);
  assert.equal(await page.evaluate(() => document.referrer), '');
  await watched.settle();
  await close();
  watched.clean();
});

test('a phone goes on after the relay was killed', async () => {
  const { url } = await it.link();
  const { page, selfie, close } = await asked(url);
  await it.relay.killAndStart();
  await page.getByRole('button', { name: 'Continue' }).click();
  // The element comes from the relay, too.
  await selfie.button('Start').waitFor();
  await it.relay.killAndStart();
  await takeSelfie(selfie);
  assert.equal((await it.report()).state, 'verified');
  await close();
});

test('a phone without a network tries again, and the link is not used up', async () => {
  const { url } = await it.link();
  const { page, context, selfie, close } = await it.phone(url);
  const go = page.getByRole('button', { name: 'Continue' });
  await go.waitFor();
  await context.setOffline(true);
  await go.click();
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await go.waitFor();
  await context.setOffline(true);
  await go.click();
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await selfie.element.waitFor();
  await close();
});

test('a link that is too old says so', async () => {
  const { url } = await it.link({ ttl: 1 });
  // Its life, and the leeway of the clocks.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const { page, watched, close } = await it.phone(url, { expected: REFUSED });
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await watched.settle();
  await close();
  watched.clean();
});

test('of two phones at once one gets the link', async () => {
  const { url } = await it.link();
  const phones = await Promise.all([it.phone(url, { expected: REFUSED }), it.phone(url, { expected: REFUSED })]);
  await Promise.all(phones.map(({ page }) => page.getByRole('button', { name: 'Continue' }).click()));
  const shown = await Promise.all(
    phones.map(async ({ page }) => {
      const asks = page.getByText('to open an account').waitFor();
      const over = page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
      return Promise.any([asks.then(() => 'asks'), over.then(() => 'over')]);
    }),
  );
  assert.deepEqual(shown.sort(), ['asks', 'over']);
  for (const { close } of phones) await close();
});
