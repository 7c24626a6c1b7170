/* The live log: one entry for each event of the widget, the latest first. */

/** How many entries are kept. */
const MOST = 200;

/** Colours of the entries whose event is news, good or bad. */
const TONES = {
  'selfie-verified': 'good',
  'selfie-rejected': 'bad',
  'selfie-error': 'bad',
  'selfie-cancelled': 'muted',
  'selfie-guidance': 'muted',
  'selfie-progress': 'muted',
};

/** Shows events in a list. */
export class EventLog {
  #list;
  #empty;
  #urls = new Map();

  /**
   * @param {HTMLOListElement} list where the entries go
   * @param {HTMLElement} empty what is shown while there are none
   */
  constructor(list, empty) {
    this.#list = list;
    this.#empty = empty;
  }

  /** @param {CustomEvent} event */
  add(event) {
    const before = this.#list.firstElementChild;
    // Byte counts come by the dozen: one entry follows them.
    if (event.type === 'selfie-progress' && before?.dataset.progress === event.detail.phase) this.#remove(before);
    this.#list.prepend(this.#entry(event));
    while (this.#list.childElementCount > MOST) this.#remove(this.#list.lastElementChild);
    this.#empty.hidden = true;
  }

  clear() {
    for (const entry of [...this.#list.children]) this.#remove(entry);
    this.#empty.hidden = false;
  }

  #remove(entry) {
    URL.revokeObjectURL(this.#urls.get(entry));
    this.#urls.delete(entry);
    entry.remove();
  }

  #entry({ type, detail }) {
    const entry = element('li', TONES[type]);
    if (type === 'selfie-progress') entry.dataset.progress = detail.phase;
    const head = element(detail ? 'summary' : 'div', 'head');
    head.append(element('code', 'name', type), element('span', 'gist', gist(type, detail)), time());
    if (detail) {
      const more = element('details');
      more.open = type === 'selfie-verified' || type === 'selfie-rejected' || type === 'selfie-error';
      const text = element('pre', '', pretty(detail));
      // It scrolls; so must who has no mouse.
      text.tabIndex = 0;
      more.append(head, text);
      entry.append(more);
    } else {
      entry.append(head);
    }
    if (detail?.blob) {
      const photo = element('img', 'photo');
      photo.alt = 'The photo';
      photo.src = URL.createObjectURL(detail.blob);
      this.#urls.set(entry, photo.src);
      entry.append(photo);
    }
    return entry;
  }
}

/** The event in a few words. */
function gist(type, detail) {
  switch (type) {
    case 'selfie-statechange':
      return `${detail.previous} → ${detail.state}`;
    case 'selfie-guidance':
      return detail.hint;
    case 'selfie-captured':
      return `${detail.width} × ${detail.height}, ${kilobytes(detail.blob.size)}`;
    case 'selfie-progress':
      return detail.total ? `${detail.phase} ${kilobytes(detail.sent)} of ${kilobytes(detail.total)}` : detail.phase;
    case 'selfie-verified':
    case 'selfie-rejected':
      return `match ${detail.scores.match ?? '–'}, fraud ${detail.scores.fraud ?? '–'}`;
    case 'selfie-error':
      return detail.code;
    default:
      return '';
  }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;

function pretty(detail) {
  const readable = (_, value) => (value instanceof Blob ? `Blob ${value.type}, ${value.size} bytes` : value);
  return JSON.stringify(detail, readable, 2);
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

function element(tag, className = '', text = '') {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
