// The screen in another app: which browsers it is for, and the ways out. The pure half of www/in-app.js.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { APPS } from '../../www/apps.js';
import { offersPhone, unsupported, wayOut } from '../../www/in-app/ways.js';

const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-A135F Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko)';
const WEBVIEW = `${ANDROID} Version/4.0 Chrome/142.0.0.0 Mobile Safari/537.36`;
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const SAFARI = `${IPHONE} Version/18.7 Mobile/15E148 Safari/604.1`;
const CHROME =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

const agents = {
  facebook: [
    `${WEBVIEW} [FB_IAB/FB4A;FBAV/490.0.0.63.82;]`,
    `${IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/430.0.0.36.110;]`,
    `${IPHONE} Mobile/15E148 [FBAN/MessengerLiteForiOS;FBAV/430]`,
  ],
  instagram: [
    `${IPHONE} Mobile/21F79 Instagram 334.0.4.32.98 (iPhone14,5; iOS 17_5)`,
    `${WEBVIEW} Instagram 361.0.0.46.88 Android (34/14) [FB_IAB/INSTAGRAM;]`,
  ],
  whatsapp: [`${IPHONE} Mobile/15E148 WhatsApp/2.24`],
  line: [`${WEBVIEW} Line/14.9.1/IAB`, `${IPHONE} Mobile/15E148 Safari Line/14.9.0`],
  tiktok: [
    `${WEBVIEW} trill_330 musical_ly_2023 BytedanceWebview/d8a21c6`,
    `${IPHONE} musical_ly_34 BytedanceWebview/d8a21c6`,
  ],
  wechat: [`${WEBVIEW} MicroMessenger/8.0.49`, `${IPHONE} MicroMessenger/8.0.50 NetType/WIFI`],
  snapchat: [`${IPHONE} Mobile/15E148 Snapchat/13.10.0.44`],
  linkedin: [`${WEBVIEW} [LinkedInApp]/4.1`, `${IPHONE} [LinkedInApp]/9.29`],
};

test('each known app gets the screen, whether its browser has a camera or not', () => {
  for (const [app, all] of Object.entries(agents)) {
    for (const agent of all) {
      assert.ok(APPS.test(agent), agent);
      for (const hasCamera of [true, false]) {
        assert.deepEqual(unsupported(agent, hasCamera), { reason: 'in-app-browser', app }, agent);
      }
    }
  }
});

test('any other browser gets it only without an API for cameras', () => {
  const own = [CHROME, SAFARI, SAFARI.replace('Version/18.7', 'CriOS/142.0'), ''];
  for (const agent of [WEBVIEW, `${IPHONE} Mobile/15E148`, ...own]) {
    assert.equal(unsupported(agent, true), undefined, agent);
    assert.deepEqual(unsupported(agent, false), { reason: 'no-camera-api', app: null }, agent);
  }
});

test('a computer that offers a phone does without the screen', () => {
  const old = unsupported(CHROME, false);
  for (const [handoff, isTouched, offers] of /** @type {[string | null, boolean, boolean][]} */ ([
    ['offer', false, true],
    [' prefer ', false, true],
    ['off', false, false],
    [null, false, false],
    ['offer', true, false],
  ])) {
    assert.equal(offersPhone(old, handoff, isTouched), offers, `${handoff} ${isTouched}`);
  }
  // An app has its own way out, also on a computer.
  assert.equal(offersPhone(unsupported(agents.wechat[0], false), 'offer', false), false);
});

test('a link leads out of the app where one can', () => {
  const page = 'https://bank.example/open?case=7&x=%23';
  for (const agent of [WEBVIEW, agents.facebook[0]]) {
    const link = wayOut(agent, page);
    assert.match(link, /^intent:\/\/bank\.example\/open\?case=7&x=%23#Intent;scheme=https;/);
    assert.match(link, /;end$/);
  }
  // An intent can't hold the place in the page.
  assert.equal(wayOut(WEBVIEW, `${page}#step`), undefined);
  assert.equal(wayOut(agents.instagram[0].replace('OS 18_7', 'OS 17_5'), `${page}#step`), `x-safari-${page}#step`);
  assert.equal(wayOut(IPHONE.replace('18_7', '16_6'), page), undefined);
  assert.equal(wayOut(IPHONE, page.replace('https', 'http')), undefined);
  assert.equal(wayOut('Mozilla/5.0 (Windows NT 10.0; Win64; x64) MicroMessenger/7', page), undefined);
});
