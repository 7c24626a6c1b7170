/* Why a browser may open no camera, and the ways to another one. Pure. */

import { APPS } from '../apps.js';

/** @import { SelfieUnsupported } from '../index.js' */

/** The app for each mark. @type {Record<string, SelfieUnsupported['app']>} */
const NAMES = {
  FBAN: 'facebook',
  FBAV: 'facebook',
  FB_IAB: 'facebook',
  Instagram: 'instagram',
  WhatsApp: 'whatsapp',
  ' Line/': 'line',
  musical_ly: 'tiktok',
  Bytedance: 'tiktok',
  MicroMessenger: 'wechat',
  Snapchat: 'snapchat',
  LinkedInApp: 'linkedin',
};

/** The first iOS whose browsers follow a link of Safari's own scheme out of an app. */
const SAFARI_LINKS = 17;

/**
 * Returns why the camera may not open in this browser, or nothing. Instagram is also Facebook's: its own mark counts.
 * @param {string} agent the user agent
 * @param {boolean} hasCamera whether the browser has an API for cameras, or hides it because the page is not secure
 * @returns {SelfieUnsupported | undefined}
 */
export function unsupported(agent, hasCamera) {
  const mark = /Instagram/.exec(agent) ?? APPS.exec(agent);
  if (mark) return { reason: 'in-app-browser', app: NAMES[mark[0]] };
  return hasCamera ? undefined : { reason: 'no-camera-api', app: null };
}

/**
 * Whether the widget itself has a better way than this screen: a computer that offers a phone.
 * @param {SelfieUnsupported} why
 * @param {string | null} handoff the attribute
 * @param {boolean} isTouched whether the device is a phone or a tablet, which no other phone helps
 */
export const offersPhone = ({ app }, handoff, isTouched) =>
  !app && !isTouched && ['offer', 'prefer'].includes(handoff?.trim() ?? '');

/**
 * Returns a link that opens the page in the person's own browser, or nothing where only the app's menu can.
 * @param {string} agent
 * @param {string} page its URL
 */
export function wayOut(agent, page) {
  const { protocol, host, pathname, search, hash } = new URL(page);
  const scheme = protocol.slice(0, -1);
  // An intent has its own words after the `#`.
  if (/Android/.test(agent) && !hash) {
    return `intent://${host}${pathname}${search}#Intent;scheme=${scheme};action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end`;
  }
  const [, version = 0] = /\b(?:iPhone|iPad|iPod)\b.* OS (\d+)_/.exec(agent) ?? [];
  return Number(version) >= SAFARI_LINKS && scheme === 'https' ? `x-safari-${page}` : undefined;
}
