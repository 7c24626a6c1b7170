/* The live log: one entry for each event of the widget, the latest first. */

/** @import { AkibaSelfieElement } from '../www/index.js' */

/** The largest number of entries. */
const MOST = 200;

/**
 * The tone of an entry by its event.
 * @type {Record<string, 'good' | 'bad' | 'muted'>}
 */
const TONES = {
  'selfie-verified': 'good',
  'selfie-rejected': 'bad',
  'selfie-error': 'bad',
  'selfie-cancelled': 'muted',
  'selfie-unsupported': 'muted',
  'selfie-guidance': 'muted',
  'selfie-progress': 'muted',
};

/** Shows events in a list. */
export class EventLog {
  #list;
  #empty;
  #photos;
  /** @type {WeakMap<Element, string>} the photos' object URLs */
  #urls = new WeakMap();

  /**
   * @param {HTMLOListElement} list the entries
   * @param {HTMLElement} empty the message while there are no entries
   * @param {object} [settings]
   * @param {boolean} [settings.photos] whether it shows the photos
   */
  constructor(list, empty, { photos = true } = {}) {
    this.#list = list;
    this.#empty = empty;
    this.#photos = photos;
  }

  /** @param {CustomEvent} event */
  add(event) {
    const before = this.#list.firstElementChild;
    // An upload sends dozens of byte counts: the log shows the last one of each phase.
    const repeats = event.type === 'selfie-progress' && before?.getAttribute('data-progress') === event.detail.phase;
    if (before && repeats) this.#remove(before);
    this.#list.prepend(this.#entry(event));
    for (const entry of [...this.#list.children].slice(MOST)) this.#remove(entry);
    this.#empty.hidden = true;
  }

  clear() {
    for (const entry of [...this.#list.children]) this.#remove(entry);
    this.#empty.hidden = false;
  }

  /** @param {Element} entry */
  #remove(entry) {
    URL.revokeObjectURL(this.#urls.get(entry) ?? '');
    entry.remove();
  }

  /** @param {CustomEvent} event */
  #entry({ type, detail, target }) {
    const { photo, verdict } = /** @type {AkibaSelfieElement} */ (target);
    const entry = element('li', TONES[type]);
    if (type === 'selfie-progress') entry.dataset.progress = detail.phase;
    const head = element(detail ? 'summary' : 'div', 'head');
    head.append(element('code', 'name', type), element('span', 'gist', gist(type, detail, { photo, verdict })), time());
    if (detail) {
      const more = element('details');
      more.open = type === 'selfie-verified' || type === 'selfie-rejected' || type === 'selfie-error';
      const text = element('pre', '', pretty(verdict ?? detail));
      // It scrolls, so it must take the keyboard's focus.
      text.tabIndex = 0;
      more.append(head, text);
      entry.append(more);
    } else {
      entry.append(head);
    }
    if (this.#photos && photo && type === 'selfie-captured') {
      const image = element('img', 'photo');
      image.alt = 'The photo';
      image.src = URL.createObjectURL(photo);
      this.#urls.set(entry, image.src);
      entry.append(image);
    }
    return entry;
  }
}

/**
 * Returns the event in a few words.
 * @param {string} type
 * @param {any} detail
 * @param {Pick<AkibaSelfieElement, 'photo' | 'verdict'>} kept what the element has
 * @returns {string}
 */
function gist(type, detail, { photo, verdict }) {
  switch (type) {
    case 'selfie-statechange':
      return `${detail.previous} → ${detail.state}`;
    case 'selfie-guidance':
      return detail.hint;
    case 'selfie-captured':
      return `${detail.width} × ${detail.height}, ${kilobytes(photo?.size ?? 0)}, ${detail.source}`;
    case 'selfie-progress':
      return detail.total ? `${detail.phase} ${kilobytes(detail.sent)} of ${kilobytes(detail.total)}` : detail.phase;
    case 'selfie-verified':
    case 'selfie-rejected':
      return `match ${verdict?.scores.match ?? '–'}, fraud ${verdict?.scores.fraud ?? '–'}`;
    case 'selfie-error':
      return detail.code;
    default:
      return '';
  }
}

const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;

/** @param {unknown} detail */
function pretty(detail) {
  return JSON.stringify(detail, undefined, 2);
}

function time() {
  const now = new Date();
  const stamp = element(
    'time',
    '',
    `${now.toLocaleTimeString('en-GB')}.${String(now.getMilliseconds()).padStart(3, '0')}`,
  );
  stamp.dateTime = now.toISOString();
  return stamp;
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
