/* The demo page: the settings of the widget, and the events that it sends. */

import { AkibaSelfieElement } from '../akiba-selfie/define.js';
import { ATTRIBUTES, EVENTS, TAG } from '../akiba-selfie/registry.js';
import { BackEnd } from './back-end.js';
import { BRANDS, paint } from './brands.js';
import { find } from './dom.js';
import { IDENTITIES } from './identities.js';
import { EventLog } from './log.js';

/** The last choice of the list: an identifier that the user types. */
const OWN = 'own';

const selfie = find(TAG, AkibaSelfieElement);
const settings = find('#settings', HTMLFormElement);
const person = find('[name=identifier]', HTMLSelectElement, settings);

/** The bank's server, if the demo runs with sessions. Without sessions, the page itself names the person. */
const backEnd = BackEnd.ofPage();

function fillIdentities() {
  for (const { id, name } of IDENTITIES) person.add(new Option(`${id}  ${name}`, id));
  person.add(new Option('Another identifier …', OWN));
}

/**
 * Returns whether a box of the settings is checked.
 * @param {string} name
 */
const checked = (name) => find(`[name=${name}]`, HTMLInputElement, settings).checked;

/**
 * Sets an attribute of the widget, or removes it.
 * @param {string} name
 * @param {string} value empty to remove it
 */
function set(name, value) {
  if (value) selfie.setAttribute(name, value);
  else selfie.removeAttribute(name);
}

/** Passes the settings to the widget, like a page's own script. */
function applySettings() {
  const own = person.value === OWN;
  find('.own-identifier', HTMLElement).hidden = !own;
  const identifier = own ? find('[name=own]', HTMLInputElement, settings).value : person.value;
  if (!backEnd) selfie.identifier = identifier;
  else if (backEnd.chooses(identifier)) selfie.reset();
  set('capture', checked('manual') ? 'manual' : '');
  selfie.countdown = checked('countdown');
  set('challenge', checked('challenge') ? 'random' : '');
  selfie.noReview = checked('no-review');
  selfie.noConsent = checked('no-consent');

  const identity = IDENTITIES.find(({ id }) => id === person.value);
  find('#what-happens', HTMLElement).textContent =
    identity?.whatHappens ?? 'For an identifier that is not in the list, the sandbox looks at the photo.';
  find('#markup', HTMLElement).textContent = markup();
}

/** Returns the widget's tag with its attributes. */
function markup() {
  const attributes = Object.entries(ATTRIBUTES)
    .filter(([name]) => selfie.hasAttribute(name))
    .map(([name, { boolean }]) => (boolean ? name : `${name}="${selfie.getAttribute(name)}"`));
  const session = "\n\nselfie.session = async () => (await fetch('/bank/session', …)).session_token;";
  const start = [`<${TAG}`, ...attributes].join('\n  ');
  return `${start}>\n</${TAG}>${backEnd ? session : ''}`;
}

function followEvents() {
  const log = new EventLog(find('#events', HTMLOListElement), find('#empty', HTMLElement));
  const state = find('#state', HTMLOutputElement);
  for (const type of EVENTS) {
    selfie.addEventListener(type, (event) => {
      log.add(event);
      backEnd?.follow(event);
      state.value = selfie.state;
    });
  }
  find('#clear', HTMLButtonElement).addEventListener('click', () => log.clear());
}

/** Follows the choice of a theme and of a brand. A brand that is made for one theme has that one. */
function followLook() {
  const theme = find('#theme', HTMLSelectElement);
  const brand = find('#brand', HTMLSelectElement);
  for (const { name } of BRANDS) brand.add(new Option(name));
  const apply = () => {
    const chosen = BRANDS[Math.max(brand.selectedIndex, 0)];
    document.documentElement.dataset.theme = theme.value;
    set('theme', chosen.theme ?? theme.value);
    paint(selfie, chosen);
  };
  for (const select of [theme, brand]) select.addEventListener('change', apply);
  apply();
}

/** Begins again from the first screen, as the page does for the next person. */
function startOver() {
  selfie.reset();
  selfie.scrollIntoView({ block: 'nearest' });
}

if (backEnd) {
  selfie.removeAttribute('identifier');
  selfie.session = (request) => backEnd.session(request);
}
fillIdentities();
followLook();
followEvents();
// A browser restores the form after a reload.
applySettings();
settings.addEventListener('input', applySettings);
find('#again', HTMLButtonElement).addEventListener('click', startOver);
settings.addEventListener('submit', (event) => event.preventDefault());
