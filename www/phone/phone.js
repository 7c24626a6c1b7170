// The page that a phone opens to continue a session from a desktop; the relay serves it at /s. It says who asks for what, lets the
// person choose the number that stands on the desktop, and then shows <akiba-selfie> with a token of the phone's own.
//
// The code stands in the fragment of the link, which no server gets. The page removes it from the address bar and the history at
// once. It keeps the code and the claim for this tab, so that a reload continues.

const KEY = 'akiba-handoff';

/** The page's words. The relay says the language; English stands where a language has no words of its own. */
const WORDS = {
  en: {
    opening: 'One moment, please.',
    asks: '{name} asks you for a selfie',
    asksNobody: 'You are asked for a selfie',
    started: 'Started',
    on: 'On',
    justNow: 'just now',
    seconds: '{n} seconds ago',
    minutes: '{n} min ago',
    choose: 'Which number is on your computer’s screen?',
    warning:
      'Only go on if you started this yourself, on the computer in front of you. Nobody will ask you for this by phone, message or mail.',
    notMe: 'I did not start this',
    wrongTitle: 'That is not the number',
    wrongBody: 'We stopped, and nothing was sent. If you started this yourself, scan a new code at your computer.',
    overTitle: 'This link does not work any more',
    overBody: 'A link works once, and for two minutes. Go back to your computer and scan a new code.',
    disownedTitle: 'Thank you for telling us',
    disownedBody: 'We stopped it. No photo was taken, and the company that asked knows. Do not scan this code again.',
    lateTitle: 'It can’t be stopped here any more',
    lateBody: 'Please call the company that asked, on a number that you know.',
    failedTitle: 'No connection',
    failedBody: 'We could not reach the service. Check your connection and try again.',
    retry: 'Try again',
    done: 'You can close this page now. Go back to your computer.',
    browser: '{browser} on {system}',
    unknown: 'an unknown browser',
  },
};

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
const words = WORDS[/** @type {'en'} */ (document.documentElement.lang)] ?? WORDS.en;

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

/** Makes up the secret that proves that later calls are from this phone. */
function newClaim() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '');
}

/** The link's code and this phone's claim. @typedef {{ code: string, claim: string }} Ticket */

/** Reads the code from the address, or from this tab after a reload. @returns {Ticket | undefined} */
function ticket() {
  const code = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);
  if (code) {
    const made = { code, claim: newClaim() };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(made));
    } catch {
      // Without storage a reload needs a new code.
    }
    return made;
  }
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Shows what a failed call means. @param {unknown} error @param {() => void} again @param {Node[]} more */
function failed(error, again, ...more) {
  const code = error instanceof Refusal ? error.code : undefined;
  if (code === undefined) {
    return show(words.failedTitle, make('p', {}, words.failedBody), button(words.retry, again), ...more);
  }
  const wrong = code === 'wrong-number';
  show(wrong ? words.wrongTitle : words.overTitle, make('p', {}, wrong ? words.wrongBody : words.overBody), ...more);
}

/** Opens the link. @param {Ticket} its */
async function open(its) {
  main.replaceChildren(make('p', { className: 'note', role: 'status' }, words.opening));
  try {
    ask(its, await call('redeem', its));
  } catch (error) {
    failed(error, () => open(its));
  }
}

/** @param {number} seconds */
function ago(seconds) {
  if (seconds < 10) return words.justNow;
  if (seconds < 90) return fill(words.seconds, { n: seconds });
  return fill(words.minutes, { n: Math.round(seconds / 60) });
}

/** @param {{ browser: string, system: string }} device */
function kind({ browser, system }) {
  const [shownBrowser, shownSystem] = [browser, system].map((name) => NAMES[/** @type {'chrome'} */ (name)]);
  if (!shownBrowser) return shownSystem ?? words.unknown;
  return shownSystem ? fill(words.browser, { browser: shownBrowser, system: shownSystem }) : shownBrowser;
}

/** Shows who asks for what, and the numbers. @param {Ticket} its @param {any} opened */
function ask(its, opened) {
  const stop = button(words.notMe, () => disown(its, opened), 'stop');
  const purpose = opened.purpose ? [make('p', { className: 'purpose' }, opened.purpose)] : [];
  const question = make('h2', { id: 'question' }, words.choose);
  const list = make('ul', { className: 'numbers' });
  list.setAttribute('aria-labelledby', 'question');
  for (const number of opened.numbers) {
    list.append(
      make(
        'li',
        {},
        button(String(number), () => confirm(its, opened, number)),
      ),
    );
  }
  show(
    opened.name ? fill(words.asks, { name: opened.name }) : words.asksNobody,
    ...purpose,
    make(
      'dl',
      {},
      make('dt', {}, words.started),
      make('dd', {}, ago(opened.seconds_ago)),
      make('dt', {}, words.on),
      make('dd', {}, kind(opened.device)),
    ),
    make('p', { className: 'note' }, words.warning),
    question,
    list,
    stop,
  );
}

/** Sends the number. @param {Ticket} its @param {any} opened @param {number} number */
async function confirm(its, opened, number) {
  for (const one of main.querySelectorAll('button')) one.disabled = true;
  try {
    const { session_token: token } = await call(`${opened.handoff_id}/confirm`, { claim: its.claim, number });
    await takeSelfie(token);
  } catch (error) {
    const stop = button(words.notMe, () => disown(its, opened), 'stop');
    failed(error, () => confirm(its, opened, number), stop);
  }
}

/** Ends the session, which the person did not start. @param {Ticket} its @param {any} opened */
async function disown(its, opened) {
  for (const one of main.querySelectorAll('button')) one.disabled = true;
  try {
    await call(`${opened.handoff_id}/disown`, { claim: its.claim });
    show(words.disownedTitle, make('p', {}, words.disownedBody));
  } catch (error) {
    if (error instanceof Refusal && error.code) return show(words.lateTitle, make('p', {}, words.lateBody));
    failed(error, () => disown(its, opened));
  }
}

/** Shows the element, with the phone's token. @param {string} token */
async function takeSelfie(token) {
  await import('../define.js');
  const selfie = make('akiba-selfie');
  selfie.setAttribute('relay', location.origin);
  Object.assign(selfie, { session: token });
  // Inside the element's last screen, below its own words.
  selfie.append(make('p', { slot: 'done' }, words.done));
  main.replaceChildren(selfie);
}

const its = ticket();
if (its) open(its);
else show(words.overTitle, make('p', {}, words.overBody));
