/* The playground: the real element on a relay that is in the page. Buttons lead to every state. */

import { EVENTS } from '../akiba-selfie/registry.js';
import { find } from '../demo/dom.js';
import { EventLog } from '../demo/log.js';
import { BOOT_FAULTS, installTrap } from './boot.js';
import { CAMERA_FAULTS, follow, installCamera } from './camera.js';
import { installCode } from './code.js';
import { causeOf, FAILURES, needsReload } from './failures.js';
import { installHurry } from './hurry.js';
import { installRelay } from './relay.js';
import { SCENES } from './scenes.js';
import { installSettings, settings } from './settings.js';
import { HINTS, STATES } from './states.js';
import { VERDICTS } from './verdicts.js';
import { Walk } from './walk.js';
import { onChange, world } from './world.js';

/** The faults of the network. */
const NETWORKS = {
  none: 'No fault',
  offline: 'Offline',
  slow: 'Slow',
  broken: 'Servers fail (5xx)',
  cut: 'Upload cut once',
};
const SOURCES = { sample: 'Sample face', own: 'Your camera' };
const UPLOADS = { put: 'Presigned PUT', post: 'POST policy' };

/** What the page was opened with. */
const wanted = new URLSearchParams(location.search).get('show') ?? '';
/** The relay's path: below this page, wherever it is served. */
const relay = new URL('./relay', location.href).pathname;

installHurry();
installRelay(relay, () => ({
  link: selfie.getAttribute('link-path') ?? '/v1/customer',
  verify: selfie.getAttribute('verify-path') ?? '/v1/customer/verify',
}));
installCamera();
installTrap();
BOOT_FAULTS[wanted]?.();

// The element takes `fetch` and the rest as they are when it needs them.
const { AkibaSelfieElement } = await import('../akiba-selfie/define.js');
const selfie = find('akiba-selfie', AkibaSelfieElement);
const [languages, tokens] = await Promise.all(
  ['./languages.json', '../akiba-selfie/akiba-selfie.tokens.json'].map(async (file) =>
    (await fetch(new URL(file, import.meta.url))).json(),
  ),
);

/** Whether the page must be opened again before the element works as usual. */
let spoiled = wanted in BOOT_FAULTS;

/** Shows a state, a hint or an error code by its name. @param {string} name */
function show(name) {
  if (!spoiled && !needsReload(name)) return walk(name);
  const search = `?show=${name}`;
  if (location.search === search) location.reload();
  else location.assign(search + location.hash);
  return undefined;
}

/** @param {string} name */
async function walk(name) {
  const state = STATES[name] ?? HINTS[name];
  const go = state?.go ?? causeOf(name);
  // What fails to load has failed by now, and a walk would try again.
  if (!go || name === 'load') return;
  spoiled ||= name === 'crash';
  const said = find('#said', HTMLOutputElement);
  said.value = state?.note ?? '';
  selfie.scrollIntoView({ block: 'nearest' });
  const failure = await Walk.begin(selfie, go);
  if (failure) said.value = failure;
}

/** @param {string} selector @param {Record<string, { label: string }>} all */
function fillButtons(selector, all) {
  const place = find(selector, HTMLElement);
  for (const [name, { label }] of Object.entries(all)) place.append(button(name, label));
}

/** @param {string} name @param {string} label */
function button(name, label) {
  const made = Object.assign(document.createElement('button'), { type: 'button', value: name, textContent: label });
  made.addEventListener('click', () => show(name));
  return made;
}

function fillFailures() {
  const place = find('#failures', HTMLElement);
  for (const { label, codes } of FAILURES) {
    const title = Object.assign(document.createElement('h3'), { textContent: label });
    const row = Object.assign(document.createElement('div'), { className: 'buttons' });
    row.append(...Object.keys(codes).map((code) => button(code, code)));
    place.append(title, row);
  }
}

/**
 * Lets a list change the world, and shows it.
 * @param {keyof typeof world} name
 * @param {Record<string, string>} all
 */
function fillChoice(name, all) {
  const select = find(`#${name}`, HTMLSelectElement);
  for (const [value, label] of Object.entries(all)) select.add(new Option(label, value));
  const shown = () => {
    select.value = String(world[name]);
  };
  select.addEventListener('change', () => {
    Reflect.set(world, name, select.value);
  });
  onChange(shown);
  shown();
}

/** @param {Record<string, { label: string }>} all */
const labels = (all) => Object.fromEntries(Object.entries(all).map(([name, { label }]) => [name, label]));

/** Tells the element when the network goes and comes, as a browser does. */
function followNetwork() {
  let offline = false;
  Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => world.network !== 'offline' });
  onChange(() => {
    if (offline === !navigator.onLine) return;
    offline = !navigator.onLine;
    dispatchEvent(new Event(offline ? 'offline' : 'online'));
  });
}

function followEvents() {
  // A person may try it with their own face, so the log shows no photo.
  const log = new EventLog(find('#events', HTMLOListElement), find('#empty', HTMLElement), { photos: false });
  const state = find('#state', HTMLOutputElement);
  for (const type of EVENTS) {
    selfie.addEventListener(type, (event) => {
      log.add(event);
      state.value = selfie.state;
    });
  }
  find('#clear', HTMLButtonElement).addEventListener('click', () => log.clear());
}

fillButtons('#states', STATES);
fillButtons('#hints', HINTS);
fillFailures();
fillChoice('source', SOURCES);
fillChoice('scene', labels(SCENES));
fillChoice('camera', labels(CAMERA_FAULTS));
fillChoice('network', NETWORKS);
fillChoice('upload', UPLOADS);
fillChoice('verdict', labels(VERDICTS));
onChange(follow);
followNetwork();
followEvents();
/** @type {() => void} */
let showCode = () => {};
installSettings(selfie, languages, tokens, () => showCode());
showCode = installCode(() => settings(selfie));
selfie.session = async () => 'playground';
selfie.setAttribute('relay', relay);
find('#again', HTMLButtonElement).addEventListener('click', () => show('idle'));
if (wanted) walk(wanted);
