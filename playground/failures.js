/* Every error code, each with what the world does to cause it (`FAILURES`). */

import { BOOT_FAULTS, trap } from './boot.js';
import { unplug } from './camera.js';
import { world } from './world.js';

/** @import { Walk } from './walk.js' */
/** @import { Answer } from './world.js' */

/**
 * @typedef {object} Group
 * @property {string} label
 * @property {Record<string, (walk: Walk) => unknown>} codes
 */

const MEGABYTE = 1_000_000;

/** Opens the camera with a fault. @param {typeof world.camera} fault */
const camera = (fault) => async (/** @type {Walk} */ walk) => {
  world.camera = fault;
  await walk.agree();
};

/** Chooses a file. @param {() => BlobPart} content @param {string} [type] */
const file =
  (content, type = 'image/jpeg') =>
  (/** @type {Walk} */ walk) =>
    walk.choose(new File([content()], 'photo.jpg', { type }));

/** Sends a photo, and answers one of the calls so. @param {'link' | 'store' | 'verify'} call @param {Answer} answer */
const sent = (call, answer) => async (/** @type {Walk} */ walk) => {
  world.answers[call] = [answer];
  world.hurried = true;
  // A link that can't come ends the walk before the photo.
  await Promise.race([walk.send(), walk.until('failed')]);
};

/** @param {number} status @param {string} code */
const relay = (status, code) => sent('link', { status, code });

/** @param {number} status @param {string} code @param {string} [text] */
const storage = (status, code, text) => sent('store', { status, code, text });

/** Shows the code for a phone, and says what the phone did. @param {string} state the relay's */
const phone = (state) => (/** @type {Walk} */ walk) => {
  world.answers.handoff = [{}, { body: { state } }];
  return walk.handOff();
};

/** Signs a link in another way. @param {(link: URL) => void} change */
const link = (change) => {
  const url = new URL('https://storage.playground.invalid/selfies/1.jpg?X-Amz-Expires=300&X-Amz-Signature=0');
  url.searchParams.set('X-Amz-SignedHeaders', 'host');
  change(url);
  return sent('link', { body: { signed_link: url.href, fields: undefined } });
};

/** @type {Group[]} */
export const FAILURES = [
  {
    label: 'Settings and loading',
    codes: {
      config: (walk) => walk.set('camera', 'sideways'),
      load: () => {},
      'wasm-missing': (walk) => walk.set('no-file', ''),
      'wasm-blocked': (walk) => walk.set('no-file', ''),
      'wasm-unsupported': (walk) => walk.set('no-file', ''),
      async crash(walk) {
        await walk.frame();
        trap();
      },
    },
  },
  {
    label: 'Camera',
    codes: {
      'camera-denied': camera('denied'),
      'camera-dismissed': camera('dismissed'),
      'camera-denied-by-system': camera('system'),
      'camera-not-found': camera('missing'),
      'camera-in-use': camera('busy'),
      'camera-insecure-page': camera('insecure'),
      'camera-blocked': camera('blocked'),
      'camera-unsupported': camera('unsupported'),
      async 'camera-ended'(walk) {
        world.scene = 'come-closer';
        await walk.frame();
        unplug();
      },
      'camera-failed': camera('failed'),
    },
  },
  {
    label: 'Photo and file',
    codes: {
      async 'photo-failed'(walk) {
        world.unencoded = true;
        await walk.frame();
        await walk.shoot('failed');
      },
      async 'photo-altered'(walk) {
        world.spoiled = true;
        await walk.agree();
      },
      async 'photo-unusable'(walk) {
        walk.set('strict', '');
        walk.set('no-review', null);
        world.scene = 'no-face';
        await walk.frame();
        for (const end of ['review', 'review', 'failed']) {
          await walk.shoot(end);
          if (end === 'review') await walk.retake();
        }
      },
      'file-not-image': file(() => '%PDF-1.7 not a picture'),
      'file-too-large': file(() => new Uint8Array(21 * MEGABYTE)),
      // The beginning of a JPEG, and nothing more.
      'file-unreadable': file(() => new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70, 0, 1, 1, 0, 0, 1])),
    },
  },
  {
    label: 'Session and relay',
    codes: {
      session: relay(401, 'unauthorized'),
      'session-done': relay(409, 'session-state'),
      'session-limit': relay(409, 'session-limit'),
      'verdict-unknown': sent('verify', { status: 409, code: 'verdict-unknown' }),
      'relay-forbidden': relay(403, 'forbidden'),
      'relay-unreachable': sent('link', { cut: true }),
      'relay-timeout': sent('link', { silent: true }),
      'relay-busy': relay(429, 'too-many-requests'),
      'relay-refused': relay(400, 'bad-request'),
      'relay-failed': relay(502, 'vendor-unavailable'),
      'relay-reply': sent('link', { body: { signed_link: undefined } }),
      'customer-unknown': relay(404, 'unknown-customer'),
    },
  },
  {
    label: 'Another device',
    codes: {
      'handoff-refused'(walk) {
        world.answers.handoff = [{ status: 409, code: 'handoff-state' }];
        return walk.handOff();
      },
      'handoff-wrong-number': phone('mistaken'),
      'handoff-expired': phone('expired'),
      'handoff-ended': phone('ended'),
      'handoff-disowned': phone('disowned'),
    },
  },
  {
    label: 'Link and upload',
    codes: {
      'link-unusable': link((url) => {
        url.protocol = 'http:';
      }),
      'link-checksum': link((url) => url.searchParams.set('X-Amz-SignedHeaders', 'content-md5;host')),
      'link-headers': link((url) => url.searchParams.set('X-Amz-SignedHeaders', 'host;x-amz-acl')),
      'upload-unreachable': sent('store', { cut: true }),
      'upload-stalled': sent('store', { silent: true }),
      'upload-expired': storage(403, 'AccessDenied', 'Request has expired'),
      'upload-clock-skew': storage(403, 'RequestTimeTooSkewed'),
      'upload-refused': storage(403, 'SignatureDoesNotMatch'),
      'upload-too-large': storage(400, 'EntityTooLarge'),
      'upload-damaged': storage(400, 'BadDigest'),
      'upload-busy': storage(503, 'SlowDown'),
    },
  },
];

/** Returns what causes a code. @param {string} code */
export const causeOf = (code) => FAILURES.find(({ codes }) => code in codes)?.codes[code];

/** Whether the page must be opened again for this code. @param {string} code */
export const needsReload = (code) => code in BOOT_FAULTS;
