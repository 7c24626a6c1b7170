// The page that a phone opens to continue a session from a desktop, or by a link from a message; the relay serves it at /s. It says
// who asks for what, lets the person choose the number that stands on the desktop, if there is one, and then shows <akiba-selfie>
// with a token of the phone's own.

import { forget, isFromMessage, keep, readTicket } from './ticket.js';
import { ENGLISH as words } from './words.js';

/** @import { Ticket } from './ticket.js' */

const NAMES = {
  chrome: 'Chrome',
  edge: 'Edge',
  firefox: 'Firefox',
  opera: 'Opera',
  safari: 'Safari',
  samsung: 'Samsung Internet',
  android: 'Android',
  chromeos: 'ChromeOS',
  ios: 'iPhone or iPad',
  linux: 'Linux',
  macos: 'Mac',
  windows: 'Windows',
};

const main = /** @type {HTMLElement} */ (document.querySelector('main'));

/** Fills in a sentence. @param {string} text @param {Record<string, string | number>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

/**
 * Makes an element. Text is set as text, never as HTML.
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {(Node | string)[]} children
 */
function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Shows a screen, and moves the focus to its heading. @param {string} title @param {(Node | string)[]} content */
function show(title, ...content) {
  const heading = make('h1', { tabIndex: -1 }, title);
  main.replaceChildren(make('div', { className: 'card' }, heading, ...content));
  heading.focus();
}

/** @param {string} text @param {() => unknown} act @param {string} [className] */
const button = (text, act, className = '') => make('button', { type: 'button', className, onclick: act }, text);

/** A failure with the relay's code, or with none if it did not answer. */
class Refusal extends Error {
  /** @param {string | undefined} code */
  constructor(code) {
    super(code ?? 'no answer');
    this.code = code;
  }
}

/** Calls the relay. @param {string} path @param {unknown} body @returns {Promise<any>} */
async function call(path, body) {
  let answer;
  try {
    const headers = { 'Content-Type': 'application/json' };
    answer = await fetch(`/v1/handoffs/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  } catch {
    throw new Refusal(undefined);
  }
  const json = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
  if (answer.ok) return json;
  throw new Refusal(answer.status >= 500 || answer.status === 429 ? undefined : json?.code);
}

/** Shows that the link is of no use. @param {Ticket | undefined} its @param {(Node | string)[]} more */
const over = (its, ...more) =>
  show(words.overTitle, make('p', {}, isFromMessage(its) ? words.overLinkBody : words.overBody), ...more);

/** Shows what a failed call means. @param {Ticket} its @param {unknown} error @param {() => void} again @param {Node[]} more */
function failed(its, error, again, ...more) {
  const code = error instanceof Refusal ? error.code : undefined;
  if (code === undefined) {
    return show(words.failedTitle, make('p', {}, words.failedBody), button(words.retry, again), ...more);
  }
  if (code === 'wrong-number') return show(words.wrongTitle, make('p', {}, words.wrongBody), ...more);
  over(its, ...more);
}

/**
 * Shows a link from a message before it is used up: a program that checks links for viruses presses no button.
 * @param {Ticket} its
 */
function offer(its) {
  const name = document.querySelector('header span')?.textContent;
  show(
    name ? fill(words.asks, { name }) : words.asksNobody,
    make('p', {}, words.linkBody),
    button(words.goOn, () => open(its)),
  );
}

/** Opens the link. @param {Ticket} its */
async function open(its) {
  main.replaceChildren(make('p', { className: 'note', role: 'status' }, words.opening));
  try {
    const opened = await call('redeem', its);
    await keep(its);
    ask(its, opened);
  } catch (error) {
    failed(its, error, () => open(its));
  }
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Says in the page's language how long ago something was. @param {number} seconds */
function ago(seconds) {
  const format = new Intl.RelativeTimeFormat([document.documentElement.lang || 'en', 'en'], { numeric: 'auto' });
  if (seconds < 10) return format.format(0, 'second');
  if (seconds < 90) return format.format(-seconds, 'second');
  if (seconds < 90 * MINUTE) return format.format(-Math.round(seconds / MINUTE), 'minute');
  if (seconds < 36 * HOUR) return format.format(-Math.round(seconds / HOUR), 'hour');
  return format.format(-Math.round(seconds / DAY), 'day');
}

/** @param {{ browser: string, system: string }} device */
function kind({ browser, system }) {
  const names = [browser, system].map((name) => NAMES[/** @type {'chrome'} */ (name)]).filter(Boolean);
  return names.join(' · ') || words.unknown;
}

/** A line of what the person compares. @param {string} term @param {string} value */
const fact = (term, value) => [make('dt', {}, term), make('dd', {}, value)];

/** Returns three buttons of the same look, in the order of the relay. @param {Ticket} its @param {any} opened */
function numbers(its, opened) {
  const list = make('ul', { className: 'numbers' });
  list.setAttribute('aria-labelledby', 'question');
  for (const number of opened.numbers) {
    const choice = button(String(number), () => confirm(its, opened, number));
    list.append(make('li', {}, choice));
  }
  return [make('h2', { id: 'question' }, words.choose), list];
}

/** Shows who asks for what, and the numbers if a desktop shows one. @param {Ticket} its @param {any} opened */
function ask(its, opened) {
  const atDesktop = opened.kind === 'desktop';
  const purpose = opened.purpose ? [make('p', { className: 'purpose' }, opened.purpose)] : [];
  const device = opened.device ? fact(words.device, kind(opened.device)) : [];
  const go = atDesktop ? numbers(its, opened) : [button(words.goOn, () => confirm(its, opened))];
  show(
    opened.name ? fill(words.asks, { name: opened.name }) : words.asksNobody,
    ...purpose,
    make('dl', {}, ...fact(words.started, ago(opened.seconds_ago)), ...device),
    make('p', { className: 'note' }, atDesktop ? words.warning : words.linkWarning),
    ...go,
    button(words.notMe, () => disown(its, opened, words.disownedBody), 'stop'),
  );
}

/** Goes on, with the number if there is one. @param {Ticket} its @param {any} opened @param {number} [number] */
async function confirm(its, opened, number) {
  for (const one of main.querySelectorAll('button')) one.disabled = true;
  try {
    const session = await call(`${opened.handoff_id}/confirm`, { claim: its.claim, number });
    await takeSelfie(its, opened, session);
  } catch (error) {
    const stop = button(words.notMe, () => disown(its, opened, words.disownedBody), 'stop');
    failed(its, error, () => confirm(its, opened, number), stop);
  }
}

/**
 * Ends the session, which the person did not start.
 * @param {Ticket} its
 * @param {any} opened
 * @param {string} thanks
 */
async function disown(its, opened, thanks) {
  for (const one of main.querySelectorAll('button')) one.disabled = true;
  try {
    await call(`${opened.handoff_id}/disown`, { claim: its.claim });
    await forget(its);
    show(words.disownedTitle, make('p', {}, thanks));
  } catch (error) {
    if (error instanceof Refusal && error.code) return show(words.lateTitle, make('p', {}, words.lateBody));
    failed(its, error, () => disown(its, opened, thanks));
  }
}

/**
 * Shows the element, with the phone's token, and below it the way out for a person who did not start this.
 * @param {Ticket} its
 * @param {any} opened
 * @param {any} session
 */
async function takeSelfie(its, opened, session) {
  await import('../define.js');
  const selfie = make('akiba-selfie');
  selfie.setAttribute('relay', location.origin);
  Object.assign(selfie, { session: session.session_token });
  // Inside the element's last screen, below its own words.
  const done = opened.kind === 'desktop' ? words.done : words.doneLink;
  selfie.append(make('p', { slot: 'done' }, done));
  const foot = make('footer', {});
  const stop = () => disown(its, opened, words.stoppedBody);
  const begin = () => foot.replaceChildren(button(words.notMe, sure, 'stop'));
  // One tap by mistake must not end the session.
  const sure = () => {
    const text = make('h1', { tabIndex: -1 }, words.sure);
    foot.replaceChildren(text, button(words.stopIt, stop, 'stop'), button(words.keepOn, begin, 'plain'));
    text.focus();
  };
  begin();
  selfie.addEventListener('selfie-verified', () => foot.replaceChildren());
  main.replaceChildren(selfie, foot);
}

const { ticket: its, isNew } = await readTicket();
if (!its) over(its);
else if (isNew && isFromMessage(its)) offer(its);
else open(its);
