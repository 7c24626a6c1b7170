// A link that the bank sends to the person's phone by itself: no desktop takes part.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { picture, REFUSED, startHandoffs, takeSelfie } from './support/handoff.mjs';

/** @type {Awaited<ReturnType<typeof startHandoffs>>} */
let it;
before(async () => {
  it = await startHandoffs({ args: ['--handoff-link-ttl-max=2days'] });
});
after(() => it?.stop());

test('a link from a message leads to the verdict, also after a reload', async () => {
  it.hooks = [];
  const { url } = await it.link();
  const { page, selfie, watched, close } = await it.phone(url);
  await page.getByRole('heading', { name: 'Example Bank asks you for a selfie' }).waitFor();
  assert.equal(new URL(page.url()).hash, '', 'the code stays in the address');
  assert.equal((await it.report()).handoff, undefined, 'a link is used before the person does anything');
  assert.deepEqual(await violations(page), []);
  await picture(page, 'link');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('to open an account').waitFor();
  assert.equal(await page.getByRole('listitem').count(), 0, 'there are numbers');
  assert.deepEqual(await violations(page), []);
  await picture(page, 'ask-link');
  await page.reload();
  await page.getByText('to open an account').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await selfie.element.waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Continue' }).click();
  await takeSelfie(selfie);
  await page.getByText('You can close this page now.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'I did not start this' }).count(), 0);
  await picture(page, 'done-link');
  const { type, data } = await it.hook();
  assert.deepEqual([type, data.handoff.kind, data.handoff.used], ['session.verified', 'link', true]);
  await watched.settle();
  await close();
  watched.clean();
});

test('the same browser opens a link from a message again, and no other', async () => {
  const { url } = await it.link();
  const { page, context, close } = await it.phone(url);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('to open an account').waitFor();
  // The person closes the tab and taps on the message again.
  const again = await context.newPage();
  await page.close();
  await again.goto(url);
  await again.getByText('to open an account').waitFor();
  const other = await it.phone(url, { expected: REFUSED });
  await other.page.getByRole('button', { name: 'Continue' }).click();
  await other.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await other.page.getByText('Ask the company that sent it').waitFor();
  assert.equal(await other.page.getByRole('button').count(), 0);
  await other.close();
  await close();
});

test('«I did not start this» ends the session during the selfie, after a question', async () => {
  it.hooks = [];
  const { url } = await it.link();
  const { page, selfie, watched, close } = await it.phone(url);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('to open an account').waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await selfie.element.waitFor();
  await selfie.frame();
  const stop = page.getByRole('button', { name: 'I did not start this' });
  await stop.click();
  await page.getByText('Did you not start this yourself?').waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'sure');
  // One tap by mistake ends nothing.
  await page.getByRole('button', { name: 'No, go on' }).click();
  assert.match((await it.report()).state, /^(created|link_issued)$/);
  await stop.click();
  await page.getByRole('button', { name: 'Yes, stop it' }).click();
  await page.getByRole('heading', { name: 'Thank you for telling us' }).waitFor();
  assert.deepEqual(await violations(page), []);
  await picture(page, 'stopped');
  const { type, data } = await it.hook();
  assert.deepEqual([type, data.session_id, data.handoff.used], ['session.disowned', it.id, true]);
  const tracks = await page.evaluate(() => /** @type {any} */ (globalThis).cameraTracks.map((one) => one.readyState));
  assert.deepEqual([...new Set(tracks)], ['ended'], 'the camera is on');
  await watched.settle();
  await close();
  watched.clean();
});
