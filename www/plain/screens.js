/* Draws the screens. Headings, parts and words are those of src/ui. */

import { failures, QUESTIONS, REASONS, STEPS, TERMS, TIPS } from './words.js';

/** @import { Plain } from '../plain.js' */

let number = 0;

/**
 * Makes an element.
 * @param {string} tag with its class, such as `p.text`
 * @param {Record<string, unknown>} attributes a function listens to the event
 * @param {(Node | string | false | null | undefined)[]} children
 */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, /** @type {EventListener} */ (value));
    else if (value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(.../** @type {Node[]} */ (children.filter(Boolean)));
  return element;
}

/** The camera app is offered by the browsers that can open it. */
const CAMERA_APP = 'capture' in HTMLInputElement.prototype;
const FILES = 'image/jpeg,image/png,image/webp,image/heic,image/heif';

/**
 * Returns the content of the current screen; the first element of a heading takes the focus.
 * @param {Plain} plain
 * @returns {Node[]}
 */
export function screen(plain) {
  const { state, settings, photo, failure, judged } = plain;
  number += 1;
  const id = `akiba-plain-${number}`;
  const title = (/** @type {string} */ text) =>
    make('h2', { part: 'title', tabindex: -1, 'aria-describedby': id }, text);
  const text = (/** @type {string} */ words) => make('p.text', { part: 'text', id }, words);
  const note = (/** @type {string} */ words) => make('p.note', { part: 'note' }, words);
  const small = (/** @type {string} */ words) => make('p.small', {}, words);
  const list = (/** @type {string[]} */ points) =>
    make('ul', { part: 'list' }, ...points.map((point) => make('li', {}, point)));
  const actions = (/** @type {(Node | false | null)[]} */ ...buttons) => make('div.actions', {}, ...buttons);
  const button = (/** @type {string} */ weight, /** @type {string | Node} */ label, /** @type {() => void} */ press) =>
    make(
      `button.button.${weight}`,
      { type: 'button', part: `button ${weight}-button`, click: plain.meant(press) },
      label,
    );
  const other = () =>
    Boolean(settings.alternative) &&
    button('quiet', make('slot', { name: 'alternative' }, 'Another way'), () => plain.otherWay());
  const cancel = (label = 'Cancel') => button('quiet', label, () => plain.cancel());
  const image = () => make('img', { part: 'photo', src: plain.url, alt: 'Your photo' });
  const badge = (/** @type {string} */ sign) => make('span.badge', { part: 'badge', 'aria-hidden': true }, sign);
  const file = (/** @type {string} */ weight, /** @type {string} */ label, /** @type {string} */ capture) =>
    make(
      'label.file',
      {},
      make('input', {
        type: 'file',
        accept: FILES,
        capture: capture || undefined,
        click: plain.meant(),
        change: (/** @type {{ target: any }} */ { target }) => {
          const [chosen] = target.files;
          // Otherwise choosing the same file again would cause no event.
          target.value = '';
          if (chosen) plain.pick(chosen);
        },
      }),
      make(`span.button.${weight}`, { part: `button ${weight}-button` }, label),
    );
  const files = (choose = 'Choose a photo') =>
    CAMERA_APP
      ? [file('primary', 'Use the camera app', 'user'), file('secondary', choose, '')]
      : [file('primary', choose, '')];

  if (state === 'idle') {
    return [
      title('Confirm it’s you'),
      text('Take a quick selfie. We compare it with your ID record to keep your account safe.'),
      list(TIPS),
      actions(
        button('primary', 'Start', () => plain.start()),
        small('About a minute, and less than 1 MB of data'),
        other(),
      ),
    ];
  }
  if (state === 'consent') {
    const terms = TERMS.map(([term, body]) => make('div', {}, make('dt', {}, term), make('dd', {}, body)));
    return [
      title('Your photo, your choice'),
      make('slot', { name: 'consent' }, make('dl', { part: 'list', id }, ...terms)),
      note(
        [
          ...(settings.review ? ['You see the photo before it is sent.'] : []),
          'You can stop at any time before the photo is sent. After that, ask the site you are on.',
        ].join(' '),
      ),
      actions(
        button('primary', 'I agree', () => plain.consent()),
        cancel('Not now'),
      ),
    ];
  }
  if (state === 'framing') {
    return [
      title('Take your selfie'),
      text(CAMERA_APP ? 'You can also choose a recent photo of your face.' : 'Choose a recent photo of your face.'),
      list(TIPS),
      actions(...files(), cancel(), other()),
    ];
  }
  if (state === 'grabbing') return [title('Preparing your photo'), actions(cancel())];
  if (state === 'review') {
    return [
      title('Happy with this photo?'),
      image(),
      make('div', { id }, list(QUESTIONS)),
      actions(
        button('primary', 'Use this photo', () => plain.submit()),
        button('secondary', 'Retake', () => plain.retake()),
      ),
    ];
  }
  if (state === 'submitting') {
    const { phase, waits, tries } = plain.progress;
    const steps = STEPS.map((step, index) => {
      const [look, words] =
        index < phase ? ['done', 'done'] : index > phase ? ['next', 'to come'] : ['now', 'in progress'];
      const current = index === phase ? 'step' : undefined;
      return make(`li.${look}`, { 'aria-current': current }, step, make('span.unseen', {}, `, ${words}`));
    });
    const waiting =
      waits === 'network'
        ? 'You are offline. Your photo is safe. We go on when you are connected again.'
        : `That didn’t work yet. Trying again: ${tries + 1}\u{a0}of\u{a0}5.`;
    return [
      image(),
      title('Checking your photo'),
      text('Please keep this page open.'),
      make('ol', { part: 'list' }, ...steps),
      make('progress', { part: 'progress', max: 100, value: plain.percent(), 'aria-label': 'Photo sent' }),
      ...(waits ? [note(waiting)] : []),
      actions(
        waits === 'network' && button('secondary', 'Try now', () => plain.goOn()),
        (phase < 2 || Boolean(waits)) && cancel(),
      ),
    ];
  }
  if (judged?.outcome === 'verified') {
    return [
      badge('✓'),
      title('It’s you. Thank you!'),
      text('Your selfie matches your ID record. There is nothing more to do here.'),
    ];
  }
  if (state === 'done') {
    const often = plain.rejections > 2;
    const fraud = judged?.reason === 'fraud';
    return [
      title('We couldn’t confirm it’s you'),
      text(REASONS[judged?.reason ?? '']),
      ...(often
        ? [
            make(
              'p.text',
              {},
              'This did not work several times. Contact the site you came from. They can help you another way.',
            ),
          ]
        : fraud
          ? []
          : [make('p.text', {}, 'This often helps:'), list(TIPS)]),
      actions(
        button(often ? 'secondary' : 'primary', 'Try again', () => plain.retake()),
        !often && small('If it happens again, contact the site you came from. They can help you another way.'),
        (often || fraud) && other(),
      ),
    ];
  }
  const { code, cause } = /** @type {NonNullable<typeof failure>} */ (failure);
  const { helps, title: name, body } = failures[code];
  const config = code === 'config';
  const again = helps !== 'A';
  return [
    photo && helps.includes('R') ? image() : badge('!'),
    title(name),
    text(body),
    ...(config && cause ? [make('pre', { part: 'developer' }, cause)] : []),
    ...(photo && helps.includes('R') ? [note('Your photo is kept. No need to take it again.')] : []),
    ...(helps.includes('A') && !config
      ? [
          make(
            'p.text',
            {},
            again
              ? 'If it happens again, contact the site you came from, and tell them the code below.'
              : 'Please contact the site you came from, and tell them the code below.',
          ),
        ]
      : []),
    actions(
      ...(helps.includes('R') ? [button('primary', 'Send again', () => plain.submit())] : []),
      ...(helps.includes('T') ? [button('primary', 'Take another photo', () => plain.retake())] : []),
      ...(helps.includes('F') ? files('Choose another photo') : []),
      !config && other(),
      again
        ? cancel()
        : !config &&
            (plain.closed
              ? small('This check is closed. You can leave this page.')
              : button('secondary', 'Close', () => plain.close())),
      make('p.small', { part: 'error-code' }, 'Code: ', make('code', {}, code)),
    ),
  ];
}
