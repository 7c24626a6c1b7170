// The element class alone, in a real browser, with a widget that only records its calls: when it loads, mounts and
// unmounts the widget.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { expected, page, REST, site, WASM } from './support/page.mjs';

test('calls before the widget has loaded reach it in order', async () => {
  const calls = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    const selfie = document.createElement('akiba-selfie');
    selfie.relay = '/';
    selfie.start();
    await Promise.resolve();
    document.body.append(selfie);
    selfie.capture();
    await until(() => widgets.length > 0);
    await until(() => widgets[0].calls.length > 0);
    selfie.submit();
    return widgets[0].calls;
  });
  assert.deepEqual(calls, ['start', 'capture', 'submit']);
});

test('a call comes after the settings that the page set before it', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added('<akiba-selfie></akiba-selfie>');
    selfie.setAttribute('relay', '/');
    selfie.start();
    const { relay } = widgets[0].options;
    await settled();
    return { relay, calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { relay: '/', calls: ['update', 'start'] });
});

test('an element that moves keeps its widget', async () => {
  const seen = await page.evaluate(async () => {
    const { added, settled } = await import('/helpers.js');
    const selfie = await added();
    const place = document.body.appendChild(document.createElement('div'));
    selfie.remove();
    place.append(selfie);
    await settled();
    return { mounts: widgets.length, calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { mounts: 1, calls: [] });
});

test('a removed element unmounts its widget, and mounts a new one when it is added again', async () => {
  const seen = await page.evaluate(async () => {
    const { added, until } = await import('/helpers.js');
    const selfie = await added();
    widgets[0].moveTo('framing');
    selfie.remove();
    await until(() => widgets[0].calls.length > 0);
    const gone = { calls: [...widgets[0].calls], state: selfie.state, text: selfie.shadowRoot.textContent };
    document.body.append(selfie);
    await until(() => widgets.length > 1);
    return { gone, mounts: widgets.length, calls: widgets[1].calls, text: selfie.shadowRoot.textContent };
  });
  assert.deepEqual(seen.gone, { calls: ['unmount'], state: 'idle', text: '' });
  assert.equal(seen.mounts, 2);
  assert.deepEqual(seen.calls, []);
  assert.equal(seen.text, 'mounted');
});

test('an element that is removed before the widget has loaded never mounts one', async () => {
  const mounts = await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    const { added, settled } = await import('/helpers.js');
    const early = document.body.appendChild(document.createElement('akiba-selfie'));
    await Promise.resolve();
    early.remove();
    await added();
    await settled();
    return widgets.map(({ host }) => host === early);
  });
  assert.deepEqual(mounts, [false]);
});

test('an element that moves to another document mounts a new widget', async () => {
  const seen = await page.evaluate(async () => {
    const { added, until } = await import('/helpers.js');
    const selfie = await added();
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.contentDocument.body.append(selfie);
    await until(() => widgets.length > 1);
    return { mounts: widgets.length, calls: widgets[0].calls };
  });
  assert.deepEqual(seen, { mounts: 2, calls: ['unmount'] });
});

test('several elements share one WebAssembly', async () => {
  site.seen.length = 0;
  const mounts = await page.evaluate(async () => {
    const { added, until } = await import('/helpers.js');
    await added('<akiba-selfie></akiba-selfie>'.repeat(3));
    await until(() => widgets.length > 2);
    return widgets.length;
  });
  assert.equal(mounts, 3);
  assert.equal(site.seen.filter((path) => path === WASM).length, 1);
});

test('the WebAssembly loads when an element is in the document', async () => {
  site.seen.length = 0;
  await page.evaluate(async () => {
    const { settled } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    document.createElement('akiba-selfie');
    await settled();
  });
  assert.equal(site.seen.includes(WASM), false);
});

test('a failed load is reported to the page and the person, and can be repeated', async () => {
  expected.push(/status of 503/);
  site.broken.add(WASM);
  const seen = await page.evaluate(async () => {
    const { settled, until } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    globalThis.errors = [];
    document.addEventListener('selfie-error', (event) => errors.push(/** @type {CustomEvent} */ (event).detail));
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>';
    const selfie = document.querySelector('akiba-selfie');
    await until(() => !!selfie.shadowRoot.querySelector('[role=alert]'));
    selfie.identifier = '1';
    await settled();
    const alert = selfie.shadowRoot.querySelector('[role=alert]');
    return { errors, shown: alert?.textContent, mounts: widgets.length };
  });
  assert.equal(seen.errors.length, 1);
  const [{ cause, ...detail }] = seen.errors;
  assert.deepEqual(
    { ...detail, message: `${detail.message}Try again` },
    { code: 'load', message: seen.shown, retryable: true },
  );
  assert.match(cause, /503/);
  assert.match(seen.shown, /could not be loaded/);
  assert.equal(seen.mounts, 0);

  site.broken.clear();
  const again = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    const selfie = document.querySelector('akiba-selfie');
    selfie.remove();
    await Promise.resolve();
    document.body.append(selfie);
    await until(() => widgets.length > 0);
    return { text: selfie.shadowRoot.textContent, errors: errors.length };
  });
  assert.deepEqual(again, { text: 'mounted', errors: 1 });
});

test('while it loads it says so, or shows the content of the page', async () => {
  await page.route(`**${WASM}`, () => {});
  const seen = await page.evaluate(async () => {
    const { until } = await import('/helpers.js');
    await import('/akiba-selfie/define.js');
    document.body.innerHTML =
      '<akiba-selfie relay="/"></akiba-selfie><akiba-selfie relay="/"><p slot="loading">My own</p></akiba-selfie>';
    const [plain, own] = document.querySelectorAll('akiba-selfie');
    await until(() => own.shadowRoot.childElementCount > 0);
    const status = plain.shadowRoot.querySelector('[role=status]');
    return {
      status: status?.textContent,
      part: status?.part.value,
      high: plain.offsetHeight > 400,
      shown: own.shadowRoot
        .querySelector('slot')
        .assignedElements()
        .map(({ textContent }) => textContent),
    };
  });
  assert.deepEqual(seen, { status: 'Loading…', part: 'loading', high: true, shown: ['My own'] });
});

test('a load that takes too long can be tried again, and mounts each element once', async () => {
  expected.push(/ERR_|preload/);
  await page.clock.install();
  let requests = 0;
  await page.route(`**${WASM}`, (route) => {
    requests += 1;
    // The first one is never answered.
    if (requests > 1) route.continue();
  });
  await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>'.repeat(2);
  });
  await page.getByText('Loading…').first().waitFor();
  assert.equal(await page.getByRole('button').count(), 0, 'not at once');
  await page.clock.fastForward(20_000);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.waitForFunction(() => globalThis.widgets?.length === 2);
  const text = await page.evaluate(() => document.querySelector('akiba-selfie').shadowRoot.textContent);
  assert.deepEqual({ text, requests }, { text: 'mounted', requests: 2 });
});

test('a failed load can be tried again by the person', async () => {
  expected.push(/status of 503/);
  site.broken.add(WASM);
  await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>';
  });
  await page.getByRole('alert').waitFor();
  site.broken.clear();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => globalThis.widgets?.length === 1);
});

test('what is behind the first screen loads once the first screen is there', async () => {
  /** @type {() => void} */
  let answer = () => {};
  const asked = new Promise((resolve) => {
    page.route(`**${REST}`, async (route) => {
      resolve(undefined);
      await new Promise((done) => {
        answer = () => done(undefined);
      });
      await route.continue();
    });
  });
  await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>'.repeat(2);
  });
  await asked;
  const states = () => page.evaluate(() => widgets.map(({ isWhole, calls }) => [isWhole, ...calls]));
  await page.evaluate(() => /** @type {any} */ (document.querySelector('akiba-selfie')).start());
  assert.deepEqual(await states(), [[false, 'start'], [false]]);
  await page.evaluate(() => document.querySelector('akiba-selfie:last-child')?.remove());
  answer();
  await page.waitForFunction(() => widgets[0].isWhole);
  assert.deepEqual(await states(), [
    [true, 'start'],
    [false, 'unmount'],
  ]);
});

test('if the rest does not load, the person can try again', async () => {
  expected.push(/status of 503/);
  site.broken.add(REST);
  await page.evaluate(async () => {
    await import('/akiba-selfie/define.js');
    globalThis.errors = [];
    document.addEventListener('selfie-error', (event) => errors.push(/** @type {CustomEvent} */ (event).detail.code));
    document.body.innerHTML = '<akiba-selfie relay="/"></akiba-selfie>';
  });
  await page.getByRole('alert').waitFor();
  assert.deepEqual(await page.evaluate(() => [errors, widgets[0].calls]), [['load'], ['unmount']]);
  site.broken.clear();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => globalThis.widgets[1]?.isWhole);
});

test('a page that has already defined the element keeps its definition', async () => {
  const same = await page.evaluate(async () => {
    class Other extends HTMLElement {}
    customElements.define('akiba-selfie', Other);
    const { AkibaSelfieElement } = await import('/akiba-selfie/define.js');
    return [customElements.get('akiba-selfie') === Other, AkibaSelfieElement.name];
  });
  assert.deepEqual(same, [true, 'AkibaSelfieElement']);
});
