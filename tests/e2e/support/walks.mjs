// The steps that lead to a state of the widget (see `states.mjs`): answers of the network, the page's clock, and what a
// person does.

import { readFileSync } from 'node:fs';
import { IDENTITIES } from '../../../demo/identities.js';

/** @import { Browser, Page } from 'playwright-core' */
/** @import { Selfie } from './selfie.mjs' */

/** Bytes a second of a bad mobile network, on which the photo takes long enough to look at the screen. */
const SLOW = 12_000;

/** The URLs of the relay's two calls. */
export const LINK = '**/v1/customer';
export const VERIFY = '**/v1/customer/verify';

/** Chromium's own console messages about a request without an answer, and about an answer with an error. */
export const NO_ANSWER = /Failed to load resource: net::ERR_/;
export const BAD_ANSWER = /Failed to load resource: the server responded with a status of/;

/**
 * Returns the id of a test identity.
 * @param {string} name
 */
export const identity = (name) => IDENTITIES.find((one) => one.name === name).id;

/** Never answers a request. @param {Page} page @param {string} url */
export const hold = (page, url) => page.route(url, () => {});

/** Fails a request, as if there were no connection. @param {Page} page @param {string} url */
export const cut = (page, url) => page.route(url, (route) => route.abort('connectionfailed'));

/**
 * Answers a request with a problem of the relay.
 * @param {Page} page
 * @param {string} url
 * @param {number} status
 * @param {string} code
 */
export const refuse = (page, url, status, code) =>
  page.route(url, (route) => {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    const body = JSON.stringify({ code, title: 'Refused.', status });
    const preflight = route.request().method() === 'OPTIONS';
    return route.fulfill(
      preflight ? { status: 204, headers } : { status, headers, body, contentType: 'application/problem+json' },
    );
  });

/**
 * Stops the page's clock, so that nothing in it times out and no countdown goes on. The clock stops a moment later. On
 * a busy machine that moment may have passed: then it tries the next one.
 * @param {Selfie} selfie
 */
export async function stopClock(selfie) {
  const { page } = selfie;
  // With a stopped clock, a screen never gets old enough for a click.
  await selfie.looked();
  for (let left = 10; ; left -= 1) {
    try {
      return await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 300);
    } catch (error) {
      if (left === 0 || !/to the past/.test(error.message)) throw error;
    }
  }
}

/**
 * Runs the page's clock ahead, past every pause of the widget, until the widget is in a state.
 * @param {Selfie} selfie
 * @param {string} state
 */
export async function hurryTo(selfie, state) {
  const current = () => selfie.page.evaluate(() => document.querySelector('akiba-selfie').state);
  for (const end = Date.now() + 15_000; (await current()) !== state; ) {
    if (Date.now() > end) throw new Error(`never «${state}»`);
    await selfie.page.clock.fastForward(20_000);
    await new Promise((wake) => setTimeout(wake, 50));
  }
}

/**
 * Never answers the browser's question for the camera. A headless Chromium would refuse by itself.
 * @param {Page} page
 */
export function unanswered(page) {
  return page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
  });
}

/** Goes from the first screen to the browser's question. @param {Selfie} selfie */
export async function agree(selfie) {
  await selfie.button('Start').click();
  await selfie.button('I agree, open the camera').click();
}

/** Gives the page another way for people who can't take a selfie. @param {Selfie} selfie */
export const alternative = (selfie) => selfie.element.evaluate((element) => element.setAttribute('alternative', ''));

/**
 * Goes to the verdict of a test identity.
 * @param {Selfie} selfie
 * @param {string} name
 */
export async function verdict(selfie, name) {
  await selfie.identity(identity(name));
  await selfie.takeAndSend();
  await selfie.state('done');
}

/** Goes to the middle of an upload on a slow network. @param {Selfie} selfie */
export async function uploading(selfie) {
  const session = await selfie.page.context().newCDPSession(selfie.page);
  await session.send('Network.enable');
  await selfie.frame();
  await selfie.shoot();
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: SLOW,
  });
  await selfie.send();
  await selfie.page.waitForFunction(() => {
    const { phase, sent, total } = selfieEvents.findLast(({ type }) => type === 'selfie-progress')?.detail ?? {};
    return phase === 'uploading' && sent > 0.4 * total && sent < 0.9 * total;
  });
}

/**
 * Kills the browser's process that runs the camera. For the page, the camera is unplugged.
 * @param {Browser} browser
 */
export async function killCamera(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const camera = processInfo.find(({ id }) =>
    readFileSync(`/proc/${id}/cmdline`, 'latin1').includes('video_capture.mojom.VideoCaptureService'),
  );
  if (!camera) throw new Error('the browser has no process for its camera');
  process.kill(camera.id, 'SIGKILL');
}
