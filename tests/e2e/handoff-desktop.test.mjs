// The desktop's half of a hand-off: the element with `handoff` in one browser context, and the page that the relay serves to
// phones in another.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { violations } from './support/axe.mjs';
import { copied, LOST, link, number, openDesk, openPhone, press, withoutCameras } from './support/desk.mjs';
import { picture, REFUSED, startHandoffs } from './support/handoff.mjs';
import { codesIn } from './support/qr.mjs';

/** @type {Awaited<ReturnType<typeof startHandoffs>>} */
let it;
before(async () => {
  it = await startHandoffs();
});
after(() => it?.stop());
beforeEach(() => {
  it.wish = {};
});

/** @param {Parameters<typeof openDesk>[1]} [settings] */
const desktop = (settings) => openDesk(it, settings);
/** @param {string} url @param {RegExp[]} [expected] */
const phone = (url, expected) => openPhone(it, url, expected);

test('the element shows code and number, follows the phone and ends with the verdict', async () => {
  const desk = await desktop();
  const url = await link(desk);
  assert.match(url, new RegExp(`^${it.relay.url}/s#[A-Za-z0-9_-]{22}$`));
  await desk.selfie.element.getByRole('img', { name: 'QR code with the link for your phone' }).waitFor();
  assert.deepEqual(await violations(desk.page), []);
  assert.equal(await desk.selfie.element.locator('[part=number]').count(), 0, 'nobody needs the number yet');
  const mobile = await phone(url);
  await mobile.choose(await number(desk));
  await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
  assert.deepEqual(await violations(desk.page), []);
  assert.equal((await mobile.take()).type, 'selfie-verified');
  const { type, detail, verdict } = await desk.selfie.event('selfie-verified', 'selfie-rejected', 'selfie-error');
  assert.deepEqual([type, detail], ['selfie-verified', { outcome: 'verified', reason: null }]);
  assert.match(verdict.proof, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  await desk.selfie.element.getByRole('heading', { name: 'It’s you. Thank you!' }).waitFor();
  const steps = (await desk.selfie.events('selfie-step')).map(({ detail }) => detail.step);
  assert.deepEqual(steps, ['handoff', 'done']);
  assert.equal((await desk.selfie.tracks()).all, 0, 'the desktop opens no camera');
  assert.equal((await it.report()).handoff.used, true);
  await mobile.close();
  await desk.close();
});

test('a wrong number ends it, and a new code continues', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk), REFUSED);
  const right = await number(desk);
  await mobile.choose((await mobile.numbers()).find((one) => one !== right));
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-wrong-number', true]);
  await desk.selfie.element.getByText('That was not the number').first().waitFor();
  assert.deepEqual(await violations(desk.page), []);
  await picture(desk.page, 'wrong');
  await press(desk, 'New code');
  const again = await phone(await copied(desk));
  await again.choose(await number(desk));
  await again.take();
  await desk.selfie.event('selfie-verified');
  await mobile.close();
  await again.close();
  await desk.close();
});

test('a code that nobody opened is replaced, and expires at last', async () => {
  const desk = await desktop({ clock: true });
  const first = await link(desk);
  const renewed = desk.page.waitForResponse((answer) => answer.url().endsWith('/renew'));
  await desk.page.clock.fastForward(100_000);
  assert.equal((await renewed).status(), 200);
  let second = first;
  for (const end = Date.now() + 10_000; second === first && Date.now() < end; ) second = await copied(desk);
  assert.notEqual(second, first);
  const late = { handoff_id: 'x', state: 'expired', session: 'created', version: 'late' };
  const headers = { 'Access-Control-Allow-Origin': it.origin };
  await desk.page.route(/\/v1\/handoffs\/[^/]+\?after=/, (route) => route.fulfill({ json: late, headers }));
  // The next answer is the one above.
  const mobile = await phone(second);
  await desk.selfie.element.getByText('This code does not work any more').first().waitFor();
  assert.equal((await desk.selfie.event('selfie-error')).detail.code, 'handoff-expired');
  await mobile.close();
  await desk.close();
});

test('«I did not start this» ends it without a way on', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.page.getByRole('button', { name: 'I did not start this' }).click();
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-disowned', false]);
  await desk.selfie.element.getByText('Somebody at the phone').first().waitFor();
  assert.deepEqual(await desk.selfie.element.getByRole('button').allTextContents(), ['Close']);
  assert.deepEqual(await violations(desk.page), []);
  await picture(desk.page, 'disowned');
  assert.equal((await it.report()).state, 'disowned');
  await mobile.close();
  await desk.close();
});

test('the person goes on at the computer, and the phone has nothing more', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk), REFUSED);
  await mobile.choose(await number(desk));
  await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await mobile.selfie.element.waitFor();
  await mobile.selfie.agree();
  const { detail } = await mobile.selfie.event('selfie-error');
  assert.equal(detail.code, 'session-done', 'the phone’s token has ended');
  // The check is not finished, as the element says then.
  await mobile.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await mobile.page.getByRole('button', { name: 'I did not start this' }).waitFor();
  await desk.selfie.button(/^I agree/).click();
  await desk.selfie.state('framing');
  await desk.selfie.shoot();
  await desk.selfie.send();
  await desk.selfie.event('selfie-verified');
  await mobile.close();
  await desk.close();
});

test('cancelling ends it at the relay', async () => {
  const desk = await desktop();
  const url = await link(desk);
  const ended = desk.page.waitForResponse((answer) => answer.url().endsWith('/end'));
  await desk.selfie.button('Cancel').click();
  assert.equal((await ended).status(), 204);
  await desk.selfie.state('idle');
  const context = await it.browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
  await context.close();
  await desk.close();
});

test('a closed desktop leaves the selfie to the phone', async () => {
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.choose(await number(desk));
  await mobile.selfie.element.waitFor();
  await desk.context.close();
  assert.equal((await mobile.take()).type, 'selfie-verified');
  assert.equal((await it.report()).state, 'verified');
  await mobile.close();
});

test('a reloaded desktop follows the phone, and can take the session back', async () => {
  for (const follows of [true, false]) {
    const desk = await desktop({ expected: REFUSED });
    const mobile = await phone(await link(desk), REFUSED);
    await mobile.choose(await number(desk));
    await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
    await desk.page.reload();
    await desk.selfie.byHand(true);
    assert.equal(await desk.page.evaluate(() => localStorage.length), 0, 'the element keeps nothing');
    assert.deepEqual(await desk.page.evaluate(() => Object.keys(sessionStorage)), ['bank']);
    await desk.selfie.button('Use your phone instead').click();
    await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
    assert.deepEqual(await violations(desk.page), []);
    if (follows) {
      await mobile.take();
      assert.equal((await desk.selfie.event('selfie-verified', 'selfie-error')).type, 'selfie-verified');
    } else {
      await press(desk, 'Use this computer instead');
      await desk.selfie.button(/^I agree/).click();
      await desk.selfie.state('framing');
      await desk.selfie.shoot();
      await desk.selfie.send();
      await desk.selfie.event('selfie-verified');
    }
    await mobile.close();
    await desk.close();
  }
});

test('a reloaded desktop where the person starts again follows the phone that has the session', async () => {
  const customers = { verified: '0000000000001', rejected: '0000000000002' };
  for (const [outcome, identifier] of Object.entries(customers)) {
    // Before the phone has the verdict, and after it.
    for (const late of [false, true]) {
      it.wish = { identifier };
      const desk = await desktop({ expected: REFUSED });
      const mobile = await phone(await link(desk), REFUSED);
      await mobile.choose(await number(desk));
      await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
      await desk.page.goto('about:blank');
      if (late) await mobile.take();
      await desk.page.goBack();
      await desk.selfie.agree();
      await desk.selfie.state('handoff');
      if (!late) {
        await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
        assert.equal((await desk.selfie.tracks()).live, 0, 'the camera is on');
        await mobile.take();
      }
      if (outcome === 'verified') await desk.selfie.event('selfie-verified');
      else await desk.selfie.element.getByText('The selfie did not match').first().waitFor();
      assert.deepEqual(await desk.selfie.events('selfie-error'), []);
      await mobile.close();
      await desk.close();
    }
  }
});

test('a reloaded desktop where the person starts again can take the session back', async () => {
  const desk = await desktop({ expected: REFUSED });
  const mobile = await phone(await link(desk), REFUSED);
  await mobile.choose(await number(desk));
  await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
  await desk.page.reload();
  await desk.selfie.byHand(true);
  await desk.selfie.agree();
  await press(desk, 'Use this computer instead');
  await desk.selfie.button(/^I agree/).click();
  await desk.selfie.state('framing');
  await desk.selfie.shoot();
  await desk.selfie.send();
  await desk.selfie.event('selfie-verified');
  await mobile.selfie.agree();
  assert.equal((await mobile.selfie.event('selfie-error')).detail.code, 'session-done');
  await mobile.close();
  await desk.close();
});

test('where the back end demands a phone, a start leads to one', async () => {
  it.wish = { handoff: 'demand' };
  const desk = await desktop({ expected: REFUSED });
  await desk.selfie.agree();
  await desk.selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
  const mobile = await phone(await copied(desk));
  await mobile.choose(await number(desk));
  await mobile.take();
  await desk.selfie.event('selfie-verified');
  await mobile.close();
  await desk.close();
});

test('a killed relay delays the hand-off and loses nothing', async () => {
  const desk = await desktop({ expected: LOST });
  const mobile = await phone(await link(desk), LOST);
  const shown = await number(desk);
  await it.relay.killAndStart(async () => {
    await desk.selfie.element.getByText('We can’t reach the site').first().waitFor({ state: 'attached' });
  });
  await mobile.choose(shown);
  await mobile.take();
  assert.equal((await desk.selfie.event('selfie-verified', 'selfie-error')).type, 'selfie-verified');
  await mobile.close();
  await desk.close();
});

test('a rejection lets the phone try again', async () => {
  it.wish = { identifier: '0000000000002' };
  const desk = await desktop();
  const mobile = await phone(await link(desk));
  await mobile.choose(await number(desk));
  const { type, detail } = await mobile.take();
  assert.deepEqual([type, detail.reason], ['selfie-rejected', 'not-matched']);
  await desk.selfie.element.getByText('The selfie did not match').first().waitFor();
  assert.equal(await desk.selfie.element.evaluate((/** @type {any} */ element) => element.state), 'handoff');
  await mobile.close();
  await desk.close();
});

test('a minute after a rejection the desktop shows it, if the phone does not begin again', async () => {
  it.wish = { identifier: '0000000000002' };
  const desk = await desktop({ clock: true });
  const mobile = await phone(await link(desk), REFUSED);
  await mobile.choose(await number(desk));
  /** @type {{ session?: string }} */
  let status = {};
  /** @type {import('playwright-core').Route[]} */
  const waiting = [];
  await desk.page.route(/\/v1\/handoffs\/[^/]+\?after=/, async (route) => {
    if (status.session === 'rejected') return void waiting.push(route);
    const response = await route.fetch();
    status = await response.json();
    return route.fulfill({ response, json: status });
  });
  await mobile.take();
  await desk.selfie.element.getByText('The selfie did not match').first().waitFor();
  // Without news the relay answers after 25 seconds.
  for (let elapsed = 0; elapsed < 100_000; elapsed += 25_000) {
    for (const end = Date.now() + 3_000; !waiting.length && Date.now() < end; ) await desk.page.waitForTimeout(20);
    await desk.page.clock.fastForward(25_000);
    await waiting
      .shift()
      ?.fulfill({ json: status, headers: { 'Access-Control-Allow-Origin': it.origin } })
      .catch(() => {});
  }
  const { detail } = await desk.selfie.event('selfie-rejected');
  assert.deepEqual([detail.outcome, detail.reason], ['rejected', 'not-matched']);
  await mobile.close();
  await desk.close();
});

test('with «prefer» it is first, and this computer is one press away', async () => {
  const desk = await desktop({ handoff: 'prefer' });
  await desk.selfie.button('Start').click();
  await desk.selfie.state('handoff');
  await desk.selfie.element.getByRole('img').waitFor();
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await desk.selfie.button('Use your phone instead').waitFor();
  await desk.close();
});

test('where the camera fails, the phone is offered', async () => {
  const desk = await desktop({ handoff: 'offer' });
  await desk.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException('', 'NotFoundError');
    };
  });
  await desk.selfie.agree();
  await desk.selfie.state('failed');
  await desk.selfie.button('Use your phone instead').click();
  await desk.selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
  await desk.close();
});

test('where the browser has no API for cameras, the phone is offered at once and beside the file', async () => {
  const desk = await desktop({ prepare: withoutCameras });
  const { detail } = await desk.selfie.event('selfie-unsupported');
  assert.deepEqual(detail, { reason: 'no-camera-api', app: null });
  await desk.selfie.button('Use your phone instead').waitFor();
  await desk.selfie.agree();
  assert.equal((await desk.selfie.event('selfie-error')).detail.code, 'camera-unsupported');
  await desk.selfie.button('Choose a photo').waitFor();
  await desk.selfie.button('Use your phone instead').click();
  await desk.selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
  await desk.close();
});

test('beside a poor camera the phone is offered, the camera works, and the back end learns its kind', async () => {
  for (const [label, kind] of [
    ['OBS Virtual Camera', 'virtual'],
    ['Integrated Camera', 'front'],
  ]) {
    const desk = await desktop();
    await desk.page.evaluate((value) => {
      Object.defineProperty(MediaStreamTrack.prototype, 'label', { get: () => value });
    }, label);
    await desk.selfie.agree();
    await desk.selfie.state('framing');
    const offer = desk.selfie.button('Use your phone instead');
    assert.equal(await offer.count(), kind === 'virtual' ? 1 : 0, label);
    assert.deepEqual(await violations(desk.page), []);
    await picture(desk.page, `camera-${kind}`);
    await desk.selfie.shoot();
    await desk.selfie.send();
    await desk.selfie.event('selfie-verified');
    const { verdict } = await it.report();
    assert.deepEqual(verdict.capture, { source: 'camera', camera: kind });
    if (kind === 'virtual') {
      // The offer leads to the code.
      const again = await desktop();
      await again.page.evaluate(() => {
        Object.defineProperty(MediaStreamTrack.prototype, 'label', { get: () => 'ManyCam' });
      });
      await again.selfie.agree();
      await again.selfie.state('framing');
      await again.selfie.button('Use your phone instead').click();
      await again.selfie.element.getByRole('img', { name: /^QR code/ }).waitFor();
      assert.equal((await again.selfie.tracks()).live, 0, 'the camera is on');
      await again.close();
    }
    await desk.close();
  }
});

test('a phone, and a page that does not want it, offer nothing', async () => {
  for (const desk of [await desktop({ isMobile: true, hasTouch: true }), await desktop({ handoff: 'off' })]) {
    assert.equal(await desk.selfie.element.getByRole('button', { name: 'Use your phone instead' }).count(), 0);
    await desk.close();
  }
});

test('a relay that hands nothing over says so, and the computer goes on', async () => {
  it.wish = { handoff: 'forbid' };
  const desk = await desktop({ expected: REFUSED });
  await desk.selfie.button('Use your phone instead').click();
  const { detail } = await desk.selfie.event('selfie-error');
  assert.deepEqual([detail.code, detail.retryable], ['handoff-refused', false]);
  await press(desk, 'Use this computer instead');
  await desk.selfie.state('consent');
  await desk.close();
});

test('the screens fit a small and a large window, light, dark and in forced colours', async () => {
  /** @type {Record<string, import('playwright-core').BrowserContextOptions>} */
  const looks = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    forced: { forcedColors: 'active' },
  };
  for (const [name, settings] of Object.entries(looks)) {
    for (const width of [360, 1280]) {
      const desk = await desktop({ ...settings, viewport: { width, height: 800 } });
      await picture(desk.page, `idle-${name}-${width}`);
      const url = await link(desk);
      const fits = async (/** @type {string} */ screen) => {
        await picture(desk.page, `${screen}-${name}-${width}`);
        assert.deepEqual(await violations(desk.page), [], `${screen} ${name} ${width}`);
        const { scrollWidth, clientWidth } = await desk.page.evaluate(() => document.documentElement);
        assert.equal(scrollWidth, clientWidth, `${screen} scrolls sideways at ${width}`);
        for (const box of await desk.selfie.element.getByRole('button').all()) {
          const { width: w, height: h } = await box.boundingBox();
          assert.ok(w >= 44 && h >= 44, `a button of ${w} × ${h}`);
        }
      };
      await fits('code');
      // A scanner finds the code in the page, and the link in the code.
      assert.deepEqual(await codesIn(await desk.page.screenshot({ fullPage: true })), [url], `${name} ${width}`);
      const mobile = await phone(url);
      await number(desk);
      assert.match(await desk.selfie.element.locator('.left').innerText(), /^\d+ s left$/);
      await fits('number');
      await mobile.choose(await number(desk));
      await desk.selfie.element.getByText('Go on with your phone').first().waitFor();
      await fits('phone');
      await mobile.close();
      await desk.close();
    }
  }
});
