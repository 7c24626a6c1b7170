// A session that moves from a desktop to a phone: two browser contexts, one with a page of the bank's that shows the link and the
// number, the other with the page that the relay serves at /s (`--hosted-page`).

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { picture, REFUSED, startHandoffs, takeSelfie } from './support/handoff.mjs';

/** @type {Awaited<ReturnType<typeof startHandoffs>>} */
let it;
before(async () => {
  it = await startHandoffs();
});
after(() => it?.stop());

test('the right number moves the session to the phone, and the desktop gets the verdict', async () => {
  const desk = await it.desktop();
  const { page, selfie, watched, close } = await it.phone(desk.url);
  await page.getByRole('heading', { name: 'Example Bank asks you for a selfie' }).waitFor();
  for (const text of ['to open an account', /^now$|seconds ago/, 'Chrome · Linux']) {
    await page.getByText(text).waitFor();
  }
  assert.equal(new URL(page.url()).hash, '', 'the code stays in the address');
  assert.equal(await page.getByRole('listitem').getByRole('button').count(), 3);
  assert.deepEqual(await violations(page), []);
  // After a reload the phone still has its link.
  await page.reload();
  await page.getByRole('button', { name: String(desk.number), exact: true }).click();
  await takeSelfie(selfie);
  const words = page.getByText('Go back to your computer', { exact: false });
  await words.waitFor();
  // The closing sentence stands inside the widget, below its own words.
  const [card, sentence] = await Promise.all([selfie.element.boundingBox(), words.boundingBox()]);
  assert.ok(sentence.y + sentence.height <= card.y + card.height, JSON.stringify({ card, sentence }));
  await picture(page, 'done');
  const { states, verdict } = await desk.over();
  assert.equal(verdict.outcome, 'verified');
  assert.ok(states.includes('confirmed link_issued') || states.includes('confirmed created'), states.join(', '));
  assert.equal((await it.report()).handoff.used, true);
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('a wrong number ends the hand-off on both sides', async () => {
  const desk = await it.desktop();
  const { page, watched, close } = await it.phone(desk.url, { expected: REFUSED });
  const numbers = page.getByRole('listitem').getByRole('button');
  await numbers.first().waitFor();
  const wrong = (await numbers.allTextContents()).find((text) => text !== String(desk.number));
  await page.getByRole('button', { name: wrong, exact: true }).click();
  await page.getByRole('heading', { name: 'That is not the number' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'wrong');
  assert.deepEqual((await desk.over()).states.at(-1), 'mistaken created');
  assert.equal((await it.report()).state, 'created', 'the desktop goes on');
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('«I did not start this» ends the session and tells the back end', async () => {
  it.hooks = [];
  const desk = await it.desktop();
  const { page, watched, close } = await it.phone(desk.url);
  await page.getByRole('button', { name: 'I did not start this' }).click();
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'disowned');
  assert.deepEqual((await desk.over()).states.at(-1), 'disowned disowned');
  const { type, data } = await it.hook();
  assert.deepEqual([type, data.session_id], ['session.disowned', it.id]);
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('a second phone, and a link without a code, get nothing', async () => {
  const desk = await it.desktop();
  const first = await it.phone(desk.url);
  await first.page.getByRole('button', { name: 'I did not start this' }).waitFor();
  const second = await it.phone(desk.url, { expected: REFUSED });
  await second.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  assert.equal(await second.page.getByRole('button').count(), 0);
  assert.deepEqual(await violations(second.page), []);
  await picture(second.page, 'over');
  const bare = await it.phone(`${it.relay.url}/s`);
  await bare.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  for (const each of [first, second, bare]) {
    await each.watched.settle();
    await each.close();
    each.watched.clean();
  }
  await desk.close();
});

test('a session that has ended says so on the phone', async () => {
  it.wish = { ttl: 1 };
  const desk = await it.desktop();
  it.wish = {};
  // Its life, and the leeway of the clocks.
  await desk.page.waitForTimeout(2_500);
  await it.call(`/v1/sessions/${it.id}`, undefined, 'DELETE');
  const { page, watched, close } = await it.phone(desk.url, { expected: REFUSED });
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await watched.settle();
  await close();
  await desk.close();
  watched.clean();
});

test('without a network the phone can try again', async () => {
  const desk = await it.desktop();
  const { page, close } = await it.phone(desk.url);
  const stopButton = page.getByRole('button', { name: 'I did not start this' });
  await stopButton.waitFor();
  await page.context().setOffline(true);
  await stopButton.click();
  await page.getByRole('heading', { name: 'No connection' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
  await close();
  await desk.close();
});

test('the screens fit a small phone and a large window, light and dark', async () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [320, 360, 1280]) {
      const desk = await it.desktop();
      const { page, watched, close } = await it.phone(desk.url, { colorScheme, width });
      await page.getByRole('button', { name: 'I did not start this' }).waitFor();
      assert.deepEqual(await violations(page), [], `${colorScheme} ${width}`);
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      assert.equal(scrollWidth, clientWidth, `it scrolls sideways at ${width}`);
      for (const box of await page.getByRole('button').all()) {
        const { width: w, height: h } = await box.boundingBox();
        assert.ok(w >= 44 && h >= 44, `a button of ${w} × ${h}`);
      }
      await picture(page, `ask-${colorScheme}-${width}`);
      await watched.settle();
      await close();
      await desk.close();
      watched.clean();
    }
  }
});

test('the page has a strict policy, and loads nothing from others', async () => {
  const answer = await fetch(`${it.relay.url}/s`);
  assert.equal(answer.status, 200);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  const html = await answer.text();
  assert.doesNotMatch(html, /https?:|style=|<style|onclick/);
  assert.match(html, /<title>Example Bank<\/title>/);
  const logo = await fetch(`${it.relay.url}/s/logo`);
  assert.equal(logo.headers.get('content-type'), 'image/svg+xml');
  assert.match(logo.headers.get('content-security-policy'), /sandbox/);
  assert.equal((await fetch(`${it.relay.url}/s/theme.css`)).status, 404);
});
