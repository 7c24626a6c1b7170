// The page that a phone opens to continue a session from a desktop, or by a link from a message; the relay serves it at /s. It says
// who asks for what, lets the person choose the number that stands on the desktop, if there is one, and then shows <akiba-selfie>
// with a token of the phone's own.

import { chooseLanguage, note, say } from './speech.js';
import { forget, isFromMessage, keep, readTicket } from './ticket.js';

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

/** After these events the person may go back to the bank, too. */
const ENDS = ['selfie-rejected', 'selfie-cancelled', 'selfie-error'];

const main = /** @type {HTMLElement} */ (document.querySelector('main'));

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

/** Shows a screen, and moves the focus to its heading. @param {(Node | string)[]} title @param {(Node | string)[]} content */
function show(title, ...content) {
  const heading = make('h1', { tabIndex: -1 }, ...title);
  const notes = note().map((text) => make('p', { className: 'note' }, text));
  main.replaceChildren(make('div', { className: 'card' }, heading, ...content, ...notes));
  heading.focus();
}

/** @param {(Node | string)[]} content @param {() => unknown} act @param {string} [className] */
const button = (content, act, className = '') =>
  make('button', { type: 'button', className, onclick: act }, ...content);

/** @param {string} key @param {string} [className] */
const paragraph = (key, className = '') => make('p', { className }, ...say(key));

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
  show(say('overTitle'), paragraph(isFromMessage(its) ? 'overLinkBody' : 'overBody'), ...more);

/** Shows what a failed call means. @param {Ticket} its @param {unknown} error @param {() => void} again @param {Node[]} more */
function failed(its, error, again, ...more) {
  const code = error instanceof Refusal ? error.code : undefined;
  if (code === undefined) {
    return show(say('failedTitle'), paragraph('failedBody'), button(say('retry'), again), ...more);
  }
  if (code === 'wrong-number') return show(say('wrongTitle'), paragraph('wrongBody'), ...more);
  over(its, ...more);
}

/** @param {string | null | undefined} name */
const title = (name) => (name ? say('asks', { name }) : say('asksNobody'));

/**
 * Shows a link from a message before it is used up: a program that checks links for viruses presses no button.
 * @param {Ticket} its
 */
function offer(its) {
  const name = document.querySelector('header span')?.textContent;
  show(
    title(name),
    paragraph('linkBody'),
    button(say('goOn'), () => open(its)),
  );
}

/** Opens the link. @param {Ticket} its */
async function open(its) {
  show(say('opening'));
  try {
    const opened = await call('redeem', its);
    await keep(its);
    // Somebody has changed the link: the look is of another bank than the one that asks.
    if (document.documentElement.dataset.for !== opened.for) document.querySelector('header')?.remove();
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
  return names.length ? [names.join(' · ')] : say('unknown');
}

/** A line of what the person compares. @param {string} term @param {(Node | string)[]} value */
const fact = (term, value) => [make('dt', {}, ...say(term)), make('dd', {}, ...value)];

/** Returns three buttons of the same look, in the order of the relay. @param {Ticket} its @param {any} opened */
function numbers(its, opened) {
  const list = make('ul', { className: 'numbers' });
  list.setAttribute('aria-labelledby', 'question');
  for (const number of opened.numbers) {
    const choice = button([String(number)], () => confirm(its, opened, number));
    list.append(make('li', {}, choice));
  }
  return [make('h2', { id: 'question' }, ...say('choose')), list];
}

/** Shows who asks for what, and the numbers if a desktop shows one. @param {Ticket} its @param {any} opened */
function ask(its, opened) {
  const atDesktop = opened.kind === 'desktop';
  const purpose = opened.purpose ? [make('p', { className: 'purpose' }, opened.purpose)] : [];
  const device = opened.device ? fact('device', kind(opened.device)) : [];
  const go = atDesktop ? numbers(its, opened) : [button(say('goOn'), () => confirm(its, opened))];
  show(
    title(opened.name),
    ...purpose,
    make('dl', {}, ...fact('started', [ago(opened.seconds_ago)]), ...device),
    paragraph(atDesktop ? 'warning' : 'linkWarning', 'note'),
    ...go,
    button(say('notMe'), () => disown(its, opened, 'disownedBody'), 'stop'),
  );
}

/** Goes on, with the number if there is one. @param {Ticket} its @param {any} opened @param {number} [number] */
async function confirm(its, opened, number) {
  for (const one of main.querySelectorAll('button')) one.disabled = true;
  try {
    const session = await call(`${opened.handoff_id}/confirm`, { claim: its.claim, number });
    await takeSelfie(its, opened, session);
  } catch (error) {
    const stop = button(say('notMe'), () => disown(its, opened, 'disownedBody'), 'stop');
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
    show(say('disownedTitle'), paragraph(thanks));
  } catch (error) {
    if (error instanceof Refusal && error.code) return show(say('lateTitle'), paragraph('lateBody'));
    failed(its, error, () => disown(its, opened, thanks));
  }
}

/**
 * The way back to the bank. The relay has compared the address with the operator's list.
 * @param {any} opened
 * @param {string} url
 * @param {string} [weight]
 */
const back = (opened, url, weight = '') =>
  make(
    'a',
    { className: `button ${weight}`, href: url, rel: 'noreferrer' },
    ...(opened.name ? say('back', { name: opened.name }) : say('backNobody')),
  );

/**
 * Shows the element, with the phone's token, below the way out for a person who did not start this. At its end is the way back to the bank.
 * @param {Ticket} its
 * @param {any} opened
 * @param {any} session
 */
async function takeSelfie(its, opened, session) {
  await import('../define.js');
  const selfie = make('akiba-selfie');
  selfie.setAttribute('relay', location.origin);
  if (document.documentElement.dataset.unreviewed !== undefined) selfie.setAttribute('allow-unreviewed', '');
  Object.assign(selfie, { session: session.session_token });
  const url = session.return_url;
  // Inside the element's last screen, below its own words.
  const last = url ? back(opened, url) : make('p', {}, ...say(opened.kind === 'desktop' ? 'done' : 'doneLink'));
  selfie.append(Object.assign(last, { slot: 'done' }));
  const aside = make('aside', {});
  const stop = () => disown(its, opened, 'stoppedBody');
  // Below the element, which may offer another try.
  const below = make('nav', {});
  const begin = () => aside.replaceChildren(button(say('notMe'), sure, 'stop'));
  // One tap by mistake must not end the session.
  const sure = () => {
    const text = make('h2', { tabIndex: -1 }, ...say('sure'));
    aside.replaceChildren(text, button(say('stopIt'), stop, 'stop'), button(say('keepOn'), begin, 'plain'));
    text.focus();
  };
  begin();
  selfie.addEventListener('selfie-verified', () => {
    for (const place of [aside, below]) place.replaceChildren();
  });
  // The desktop may have taken the session back. The element can't tell that from a verdict.
  selfie.addEventListener('selfie-error', async (/** @type {any} */ { detail }) => {
    if (detail.code !== 'session-done') return;
    try {
      await call('redeem', its);
    } catch (error) {
      if (error instanceof Refusal && error.code) over(its, button(say('notMe'), stop, 'stop'));
    }
  });
  // The person may give up, or be rejected.
  for (const type of ENDS) {
    selfie.addEventListener(type, () => {
      begin();
      if (url) below.replaceChildren(back(opened, url, 'plain'));
    });
  }
  // The element's headings are below this one.
  const heading = make('h1', { className: 'unseen' }, ...title(opened.name));
  main.replaceChildren(heading, aside, selfie, below);
}

const [{ ticket: its, isNew }] = await Promise.all([readTicket(), chooseLanguage()]);
if (!its) over(its);
else if (isNew && isFromMessage(its)) offer(its);
else open(its);
