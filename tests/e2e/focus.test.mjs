// The keyboard's focus where a control disappears or a picture covers the rest, and what a screen reader hears then.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sceneFilm } from '../fixtures/face/scenes.mjs';
import { launch } from './support/browser.mjs';
import { Selfie } from './support/selfie.mjs';
import { suite } from './support/suite.mjs';
import { hold, NO_ANSWER } from './support/walks.mjs';
import { watch } from './support/watch.mjs';

const it = suite();

/** Returns the name of the widget's focused element, or null. */
function focused({ element }) {
  return element.evaluate(
    ({ shadowRoot: { activeElement: active } }) => active && (active.ariaLabel ?? active.textContent),
  );
}

/** Waits until the focus is on an element with this name. */
async function focus(selfie, name) {
  for (const end = Date.now() + 5000; Date.now() < end; ) {
    if ((await focused(selfie)) === name) return;
    await new Promise((wake) => setTimeout(wake, 20));
  }
  assert.equal(await focused(selfie), name, 'the focus');
}

/** Records what the live regions say, and returns a function that returns it. */
async function heard({ element, page }) {
  await element.locator('[aria-live]').first().waitFor({ state: 'attached' });
  await element.evaluate(({ shadowRoot }) => {
    globalThis.heardTexts = [];
    const note = (/** @type {MutationRecord[]} */ changes) => {
      for (const { addedNodes } of changes) for (const node of addedNodes) heardTexts.push(node.textContent);
    };
    for (const region of shadowRoot.querySelectorAll('[aria-live]')) {
      new MutationObserver(note).observe(region, { childList: true });
    }
  });
  return () => page.evaluate(() => heardTexts);
}

/** Presses a button with the keyboard, as somebody does who sees nothing. */
async function press(selfie, name) {
  const button = selfie.element.getByRole('button', { name, exact: true });
  await button.focus();
  await selfie.page.keyboard.press('Enter');
}

test('skipping the movement moves the focus to the heading, and says that none is needed', async () => {
  const browser = await launch({ film: await sceneFilm([['good', 5]], 'collins') });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const watched = await watch(page);
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.element.evaluate((element) => element.setAttribute('challenge', 'turn'));
    const said = await heard(selfie);
    await selfie.frame();
    await selfie.element.getByRole('button', { name: 'I can’t do this' }).waitFor();
    await press(selfie, 'I can’t do this');
    await focus(selfie, 'Take your selfie');
    assert.ok((await said()).includes('No movement needed now.'), (await said()).join('\n'));
    // The camera takes no photo by itself here, so this says who does.
    await selfie.element.locator('[part=hint]', { hasText: 'Good. Now press «Take the photo»' }).waitFor();
    await watched.settle();
    watched.clean();
  } finally {
    await browser.close();
  }
});

/** Opens the screen that waits for the network, with «Try now». */
async function offline() {
  const selfie = await it.open({ expected: [NO_ANSWER] });
  const { page } = selfie;
  await selfie.frame();
  await selfie.shoot();
  // Chromium's offline mode does not stop a running upload. So the test holds this one, and then cuts it.
  const upload = new Promise((under) => page.route(`${it.demo.s3}/**`, under));
  await selfie.send();
  const route = await upload;
  await page.context().setOffline(true);
  await route.abort('internetdisconnected');
  await selfie.element.getByText('You are offline.').waitFor();
  return selfie;
}

test('«Try now» while offline keeps the focus on the screen', async () => {
  const selfie = await offline();
  await hold(selfie.page, `${it.demo.s3}/**`);
  await press(selfie, 'Try now');
  await selfie.element.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' });
  await focus(selfie, 'Checking your photo');
});

test('the network that returns takes «Try now» away, but not the focus', async () => {
  const selfie = await offline();
  const said = await heard(selfie);
  await hold(selfie.page, `${it.demo.s3}/**`);
  await selfie.element.getByRole('button', { name: 'Try now' }).focus();
  await selfie.page.context().setOffline(false);
  await focus(selfie, 'Checking your photo');
  assert.ok((await said()).includes('Connected again.'), (await said()).join('\n'));
});

test('the large photo gives the focus back', async () => {
  const selfie = await it.open();
  const { page } = selfie;
  await selfie.frame();
  await selfie.shoot();
  const large = selfie.element.locator('[popover]');
  for (const leave of ['Enter', 'Escape', 'Tab']) {
    await press(selfie, 'Enlarge the photo');
    await large.waitFor();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await page.keyboard.press('Tab');
    await focus(selfie, 'Close');
    await page.keyboard.press(leave);
    // The focus may go on behind the photo.
    if (leave === 'Tab') await page.keyboard.press('Escape');
    await large.waitFor({ state: 'hidden' });
    await focus(selfie, 'Enlarge the photo');
  }
});

test('the help for a blocked camera is part of what the heading says', async () => {
  const asking = await launch({ film: it.film.file, grant: false });
  try {
    const context = await asking.newContext();
    const page = await context.newPage();
    const watched = await watch(page);
    await context.grantPermissions([], { origin: it.demo.page });
    const selfie = await Selfie.open(page, `${it.demo.page}/`);
    await selfie.agree();
    await selfie.state('failed');
    const described = await selfie.element.evaluate(({ shadowRoot }) => {
      const ids = shadowRoot.querySelector('h2').getAttribute('aria-describedby').split(' ');
      return ids.map((id) => shadowRoot.getElementById(id)?.textContent).join(' ');
    });
    assert.match(described, /You can change that: .*to the left of the address/);
    assert.doesNotMatch(described, /[Cc]lick/, 'also for who has no mouse');
    await watched.settle();
    watched.clean();
  } finally {
    await asking.close();
  }
});
