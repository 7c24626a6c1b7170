/* The demo page: settings on one side of the widget, what it tells the page on the other. */

import '../akiba-selfie/define.js';
import { ATTRIBUTES, EVENTS, TAG } from '../akiba-selfie/registry.js';
import { BackEnd } from './back-end.js';
import { IDENTITIES } from './identities.js';
import { EventLog } from './log.js';

/** The last choice of the list: an identifier of one's own. */
const OWN = 'own';

const selfie = document.querySelector(TAG);
const settings = document.querySelector('#settings');
const { elements: controls } = settings;

/** The bank's server, where the demo runs with sessions; without them, the page itself names the person. */
const backEnd = BackEnd.ofPage();

function fillIdentities() {
  for (const { id, name } of IDENTITIES) controls.identifier.add(new Option(`${id}  ${name}`, id));
  controls.identifier.add(new Option('Another identifier …', OWN));
}

/** Hands the settings on to the widget, as a page's own script would. */
function applySettings() {
  const own = controls.identifier.value === OWN;
  document.querySelector('.own-identifier').hidden = !own;
  const identifier = own ? controls.own.value : controls.identifier.value;
  if (!backEnd) selfie.identifier = identifier;
  else if (backEnd.chooses(identifier)) selfie.reset();
  selfie.captureMode = controls.manual.checked ? 'manual' : null;
  selfie.countdown = controls.countdown.checked;
  selfie.challenge = controls.challenge.checked ? 'random' : null;
  selfie.noReview = controls['no-review'].checked;
  selfie.noConsent = controls['no-consent'].checked;

  const identity = IDENTITIES.find(({ id }) => id === controls.identifier.value);
  document.querySelector('#what-happens').textContent =
    identity?.whatHappens ?? 'For an identifier that is not in the list, the sandbox looks at the photo.';
  document.querySelector('#markup').textContent = markup();
}

/** The widget's tag as it now stands. */
function markup() {
  const attributes = Object.entries(ATTRIBUTES)
    .filter(([name]) => selfie.hasAttribute(name))
    .map(([name, { boolean }]) => (boolean ? name : `${name}="${selfie.getAttribute(name)}"`));
  const session = "\n\nselfie.session = async () => (await fetch('/bank/session', …)).session_token;";
  const start = [`<${TAG}`, ...attributes].join('\n  ');
  return `${start}>\n</${TAG}>${backEnd ? session : ''}`;
}

function followEvents() {
  const log = new EventLog(document.querySelector('#events'), document.querySelector('#empty'));
  for (const type of EVENTS) {
    selfie.addEventListener(type, (event) => {
      log.add(event);
      backEnd?.follow(event);
      document.querySelector('#state').value = selfie.state;
    });
  }
  document.querySelector('#clear').addEventListener('click', () => log.clear());
}

function followTheme() {
  const theme = document.querySelector('#theme');
  const apply = () => {
    document.documentElement.dataset.theme = theme.value;
    if (theme.value) selfie.setAttribute('theme', theme.value);
    else selfie.removeAttribute('theme');
  };
  theme.addEventListener('change', apply);
  apply();
}

if (backEnd) {
  selfie.identifier = null;
  selfie.session = (request) => backEnd.session(request);
}
fillIdentities();
followTheme();
followEvents();
// A browser keeps what a form held over a reload.
applySettings();
settings.addEventListener('input', applySettings);
settings.addEventListener('submit', (event) => event.preventDefault());
