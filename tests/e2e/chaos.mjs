// The element in Chromium against the sandbox, while network, relay, storage and person misbehave. `make chaos` runs it.
// tests/flow/chaos does the same with the flow alone, 10,000 times in less than a minute.
//
//   node tests/e2e/chaos.mjs [MINUTES]
//
// CHAOS_SEED plays the flows from this one on. The choices are the same again; the times on a busy machine are not.

import { film } from '../fixtures/face/film.mjs';
import { Dice } from '../support/random.mjs';
import { launch } from './support/browser.mjs';
import { startDemo } from './support/demo.mjs';
import { Selfie } from './support/selfie.mjs';

const MINUTES = Number(process.argv[2] ?? 15);
const FIRST = Number(process.env.CHAOS_SEED || Date.now() % 1_000_000_000);

/** How long each storm takes, and how long the person may need afterwards, in milliseconds. */
const STORM = 9_000;
const CALM = 90_000;
/** How long a browser may take to end a track after the element is gone. */
const ENDING = 3_000;

/** The buttons that ask for a verdict. */
const ASKING = ['Use this photo', 'Use it anyway', 'Send again', 'Try now'];
/** What a person presses who wants a verdict, in this order. */
const ONWARD = [
  ...ASKING,
  'I agree, open the camera',
  'Tap to start',
  'Turn the camera on',
  'Try the camera again',
  'Take the photo',
  'Take it now',
  'Retake',
  'Take another photo',
  // A part of the WebAssembly has not come.
  'Try again',
  'Start',
];
/** Buttons that open a dialog of the browser. */
const DIALOGS = /photo$|camera app|^Enlarge/;

/** One flow in a page of its own. */
class Flow {
  trace = [];
  stormy = true;
  billed = 0;
  /** Whether the person has asked for a verdict since the last billed call. */
  asked = false;
  wrong = [];

  constructor(demo, seed) {
    this.demo = demo;
    this.dice = new Dice(seed);
    this.began = Date.now();
  }

  note(text) {
    this.trace.push(`${String(Date.now() - this.began).padStart(7)} ${text}`);
  }

  /** @param {import('playwright-core').Browser} browser */
  async play(browser) {
    const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    this.page = page;
    page.on('pageerror', (error) => this.wrong.push(`page error: ${error.message}`));
    page.on('crash', () => this.wrong.push('the page crashed'));
    try {
      await page.route('**/v1/customer', (route) => this.link(route));
      await page.route('**/v1/customer/verify', (route) => this.verify(route));
      this.selfie = await Selfie.open(page, `${this.demo.page}/`);
      await this.selfie.byHand(this.dice.oneIn(2));
      await this.storm();
      if (!this.dice.oneIn(4)) await this.calm();
      await this.leave();
    } finally {
      await this.demo.fault({ fault: null });
      await context.close();
    }
    if (this.wrong.length > 0) throw new Error(this.wrong.join('; '));
  }

  state() {
    return this.page.evaluate(() => /** @type {any} */ (document.querySelector('akiba-selfie')).state);
  }

  async count(...types) {
    return (await this.selfie.events(...types)).length;
  }

  /** Presses a button if it is there. Returns whether it was. @param {string} name */
  async press(name, options = {}) {
    const button = this.selfie.element.getByRole('button', { name, exact: true }).first();
    if (!(await button.isVisible())) return false;
    this.note(`press ${name}`);
    if (ASKING.includes(name)) this.asked = true;
    await button.click({ timeout: 1_000, ...options }).catch(() => this.note('  it was gone'));
    return true;
  }

  async storm() {
    for (const end = Date.now() + STORM; Date.now() < end; ) {
      if (this.dice.oneIn(2)) await this.weather();
      const names = await this.selfie.element.getByRole('button').allInnerTexts();
      const offered = names.map((name) => name.trim()).filter((name) => name && !DIALOGS.test(name));
      // Mostly forwards, so that flows get somewhere.
      const onward = ONWARD.find((name) => offered.includes(name));
      const name = onward && !this.dice.oneIn(4) ? onward : offered[this.dice.below(offered.length)];
      if (name) await this.press(name, this.dice.oneIn(5) ? { clickCount: 2 } : {});
      await this.page.waitForTimeout(200 + this.dice.below(1_200));
    }
  }

  async weather() {
    const kind = this.dice.below(5);
    this.note(`weather ${kind}`);
    if (kind === 0) await this.page.context().setOffline(this.dice.oneIn(2));
    if (kind === 1) await this.show(this.dice.oneIn(2));
    if (kind === 2) await this.demo.linkLife([1, 3, 15, 60][this.dice.below(4)]);
    if (kind > 2) {
      const fault = kind === 3 ? 'drop' : 'stall';
      await this.demo.fault({ fault, seconds: 1 + this.dice.below(4), after_bytes: this.dice.below(120_000) });
    }
  }

  /** Shows or hides the page, for its scripts. @param {boolean} visible */
  async show(visible) {
    await this.page.evaluate((visible) => {
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        get: () => (visible ? 'visible' : 'hidden'),
      });
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => !visible });
      document.dispatchEvent(new Event('visibilitychange'));
    }, visible);
  }

  /** Nothing fails any more: what the screens offer must lead to a verdict, without a second photo if there is one. */
  async calm() {
    this.stormy = false;
    this.note('calm');
    await this.demo.fault({ fault: null });
    await this.demo.linkLife(60);
    await this.page.context().setOffline(false);
    await this.show(true);
    const held = ['review', 'submitting'].includes(await this.state());
    const photos = await this.count('selfie-captured');
    const verdicts = () => this.count('selfie-verified', 'selfie-rejected');
    const before = (await this.state()) === 'done' ? -1 : await verdicts();
    for (const end = Date.now() + CALM; (await verdicts()) === before; ) {
      if (Date.now() > end) throw new Error(`no verdict although nothing fails, in ${await this.state()}`);
      let pressed = false;
      for (const name of ONWARD) {
        if (held && /^(Retake|Take another photo)$/.test(name)) continue;
        pressed ||= await this.press(name);
      }
      if (!pressed && (await this.press('Close')))
        await this.page.evaluate(() => document.querySelector('akiba-selfie').start());
      await this.page.waitForTimeout(700);
    }
    if (held && (await this.count('selfie-captured')) > photos) throw new Error('a second photo was asked for');
  }

  async leave() {
    await this.page.evaluate(() => document.querySelector('akiba-selfie').remove());
    for (const end = Date.now() + ENDING; (await this.selfie.tracks()).live > 0; ) {
      if (Date.now() > end) throw new Error('a camera is on after the end');
      await this.page.waitForTimeout(50);
    }
  }

  /** @param {import('playwright-core').Route} route */
  async link(route) {
    const kind = this.stormy ? this.dice.below(8) : 7;
    if (route.request().method() === 'OPTIONS' || kind > 4) return route.continue();
    this.note(`link: fault ${kind}`);
    if (kind === 0) return route.abort('connectionreset');
    if (kind === 1) return route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
    if (kind === 2) return route.fulfill({ json: { data: 7, s3_key: [] } });
    await new Promise((wake) => setTimeout(wake, this.dice.below(4_000)));
    return route.continue();
  }

  /** @param {import('playwright-core').Route} route */
  async verify(route) {
    const kind = this.stormy ? this.dice.below(8) : 7;
    if (route.request().method() === 'OPTIONS') return route.continue();
    if (kind === 0) {
      this.note('verify: no connection');
      return route.abort('connectionreset');
    }
    if (kind === 1) await new Promise((wake) => setTimeout(wake, this.dice.below(3_000)));
    if (kind === 2) await this.demo.loseVerdicts(1);
    // The request is on its way, whatever becomes of the page.
    const reply = await route.fetch().catch(() => null);
    if (!reply) return route.abort('connectionreset').catch(() => {});
    if (reply.ok() || reply.status() >= 500) {
      this.billed += 1;
      if (!this.asked) this.wrong.push('billed twice for one wish of the person');
      this.asked = false;
    }
    this.note(`verify: ${reply.status()}, fault ${kind}`);
    const answer =
      kind === 3
        ? route.abort('connectionreset')
        : route.fulfill(kind === 4 ? { json: { data: 7 } } : { response: reply });
    return answer.catch(() => {});
  }
}

const demo = await startDemo();
const browser = await launch({ film: (await film()).file });
let flows = 0;
let billed = 0;
console.log(`chaos: ${MINUTES} minutes from CHAOS_SEED=${FIRST}`);
try {
  for (const end = Date.now() + MINUTES * 60_000; Date.now() < end; flows += 1) {
    const flow = new Flow(demo, FIRST + flows);
    try {
      await flow.play(browser);
    } catch (error) {
      console.error(`chaos: CHAOS_SEED=${FIRST + flows}: ${error.stack}\n${flow.trace.join('\n')}`);
      process.exitCode = 1;
      break;
    }
    billed += flow.billed;
  }
  console.log(`chaos: ${flows} flows, ${billed} billed calls`);
  if (flows > 3 && billed === 0) throw new Error('no flow came to a verdict');
} finally {
  await browser.close();
  await demo.stop();
}
