/* Draws the screens. Headings, parts and words are those of src/ui. */

import { make } from '../make.js';
import { failures, LINKS, QUESTIONS, REASONS, STEPS, TERMS, TIPS, Words } from './words.js';

/** @import { Plain } from '../plain.js' */

let number = 0;

/** The camera app is offered by the browsers that can open it. */
const CAMERA_APP = 'capture' in HTMLInputElement.prototype;
const FILES = 'image/jpeg,image/png,image/webp,image/heic,image/heif';

/**
 * Returns the content of the current screen; the first element of a heading takes the focus.
 * @param {Plain} plain
 * @returns {Node[]}
 */
export function screen(plain) {
  const { state, settings, photo, failure, judged, words } = plain;
  const say = (/** @type {string} */ key) => words.say(key);
  number += 1;
  const id = `akiba-plain-${number}`;
  const title = (/** @type {string} */ text) =>
    make('h2', { part: 'title', tabindex: -1, 'aria-describedby': id }, text);
  const text = (/** @type {string} */ said) => make('p.text', { part: 'text', id }, said);
  const more = (/** @type {string} */ key) => make('p.text', {}, say(key));
  const note = (/** @type {string} */ said) => make('p.note', { part: 'note' }, said);
  const small = (/** @type {string} */ key) => make('p.small', {}, say(key));
  const list = (/** @type {string[]} */ keys) =>
    make('ul', { part: 'list' }, ...keys.map((key) => make('li', {}, say(key))));
  const actions = (/** @type {(Node | false | null)[]} */ ...buttons) => make('div.actions', {}, ...buttons);
  const button = (/** @type {string} */ weight, /** @type {string | Node} */ label, /** @type {() => void} */ press) =>
    make(
      `button.button.${weight}`,
      { type: 'button', part: `button ${weight}-button`, click: plain.meant(press) },
      label,
    );
  const other = () =>
    Boolean(settings.alternative) &&
    button('quiet', make('slot', { name: 'alternative' }, say('OtherWay')), () => plain.otherWay());
  const cancel = (label = say('Cancel')) => button('quiet', label, () => plain.cancel());
  const image = () => make('img', { part: 'photo', src: plain.url, alt: say('PhotoAlt') });
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
  const files = (choose = 'ChoosePhoto') =>
    CAMERA_APP
      ? [file('primary', say('CameraApp'), 'user'), file('secondary', say(choose), '')]
      : [file('primary', say(choose), '')];

  if (state === 'idle') {
    return [
      title(say('IdleTitle')),
      text(say('IdleBody')),
      list(TIPS),
      actions(
        button('primary', say('Start'), () => plain.start()),
        small('IdleNeeds'),
        other(),
      ),
    ];
  }
  if (state === 'consent') return consent(plain, id, title, button);
  if (state === 'framing') {
    return [
      title(say('FramingTitle')),
      ...(CAMERA_APP ? [text(say('AlsoChoosePhoto'))] : []),
      list(TIPS),
      actions(...files(), cancel(), other()),
    ];
  }
  if (state === 'grabbing') return [title(say('ReadingTitle')), actions(cancel())];
  if (state === 'review') {
    return [
      title(say('ReviewTitle')),
      image(),
      make('div', { id }, list(QUESTIONS)),
      actions(
        button('primary', say('UsePhoto'), () => plain.submit()),
        button('secondary', say('Retake'), () => plain.retake()),
      ),
    ];
  }
  if (state === 'submitting') {
    const { phase, waits, tries } = plain.progress;
    const steps = STEPS.map((step, index) => {
      const [look, state] =
        index < phase ? ['done', 'StepDone'] : index > phase ? ['next', 'StepNext'] : ['now', 'StepNow'];
      const current = index === phase ? 'step' : undefined;
      return make(`li.${look}`, { 'aria-current': current }, say(step), make('span.unseen', {}, `, ${say(state)}`));
    });
    const waiting = waits === 'network' ? say('WaitNetwork') : words.say('WaitPause', tries + 1, 5);
    return [
      image(),
      title(say('SubmittingTitle')),
      text(say('KeepOpen')),
      make('ol', { part: 'list' }, ...steps),
      make('progress', { part: 'progress', max: 100, value: plain.percent(), 'aria-label': say('ProgressLabel') }),
      ...(waits ? [note(waiting)] : []),
      actions(
        waits === 'network' && button('secondary', say('TryNow'), () => plain.goOn()),
        (phase < 2 || Boolean(waits)) && cancel(),
      ),
    ];
  }
  if (judged?.outcome === 'verified') {
    return [badge('✓'), title(say('VerifiedTitle')), text(say('VerifiedBody'))];
  }
  if (state === 'done') {
    const often = plain.rejections > 2;
    const fraud = judged?.reason === 'fraud';
    return [
      title(say('RejectedTitle')),
      text(say(REASONS[judged?.reason ?? ''])),
      ...(often ? [more('RejectedOften')] : fraud ? [] : [more('RejectedTips'), list(TIPS)]),
      actions(
        button(often ? 'secondary' : 'primary', say('TryAgain'), () => plain.retake()),
        !often && small('RejectedAsk'),
        (often || fraud) && other(),
      ),
    ];
  }
  const { code, cause } = /** @type {NonNullable<typeof failure>} */ (failure);
  const helps = failures[code];
  const { title: name, body } = words.failure(code);
  const config = code === 'config';
  const again = helps !== 'A';
  return [
    photo && helps.includes('R') ? image() : badge('!'),
    title(name),
    text(body),
    ...(config && cause ? [make('pre', { part: 'developer' }, cause)] : []),
    ...(photo && helps.includes('R') ? [note(say('PhotoKept'))] : []),
    ...(helps.includes('A') && !config ? [more(again ? 'AskSiteAgain' : 'AskSite')] : []),
    actions(
      ...(helps.includes('R') ? [button('primary', say('SendAgain'), () => plain.submit())] : []),
      ...(helps.includes('T') ? [button('primary', say('TakeAnother'), () => plain.retake())] : []),
      ...(helps.includes('F') ? files('ChooseAnother') : []),
      !config && other(),
      again
        ? cancel()
        : !config && (plain.closed ? small('Closed') : button('secondary', say('Close'), () => plain.close())),
      make('p.small', { part: 'error-code' }, `${say('CodeLabel')} `, make('code', {}, code)),
    ),
  ];
}

/**
 * Returns the consent. Words that no person has reviewed stand beside the English ones, which count.
 * @param {Plain} plain
 * @param {string} id
 * @param {(text: string) => Node} title
 * @param {(weight: string, label: Node, press: () => void) => Node} button
 */
function consent(plain, id, title, button) {
  const { words } = plain;
  const counts = words.reviewed ? words : new Words();
  const { lang, dir } = words;
  /** The English label with its translation. @param {(words: Words) => string} label */
  const both = (label) =>
    make('span', {}, label(counts), ...(words.reviewed ? [] : [' ', make('span', { lang, dir }, label(words))]));
  /** Without the camera, only the first words are true. @param {Words} said */
  const agree = (said) => said.say('Agree').split(/[,،፣]/)[0];
  const screen = [
    title(counts.say('ConsentTitle')),
    make('slot', { name: 'consent' }, make('div', { id }, terms(counts, words))),
    ...rest(plain, counts),
  ];
  if (!words.reviewed) {
    const note = make('p.note', { part: 'note' }, words.say('UnreviewedNote'));
    const heading = make('p.text', {}, words.say('ConsentTitle'));
    screen.push(make('div.beside', { lang, dir }, note, heading, terms(words, words), ...rest(plain, words)));
  }
  return [
    make('div.words', { lang: counts.lang, dir: counts.dir }, ...screen),
    make(
      'div.actions',
      { lang: counts.lang, dir: counts.dir },
      button('primary', both(agree), () => plain.consent()),
      button(
        'quiet',
        both((said) => said.say('NotNow')),
        () => plain.cancel(),
      ),
    ),
  ];
}

/** @param {Words} words @param {Words} page the words with what the page says about the host */
function terms(words, page) {
  const rows = TERMS.map(([term, fact, body]) => [term, page.fact(fact) || (body && words.say(body))]);
  const row = (/** @type {string[]} */ [term, said]) =>
    said && make('div', {}, make('dt', {}, words.say(term)), make('dd', {}, said));
  return make('dl', { part: 'list' }, ...rows.map(row));
}

/** What stands below the terms. @param {Plain} plain @param {Words} words */
function rest({ settings, words: page }, words) {
  const links = LINKS.map(([key, fact]) => {
    const href = page.fact(fact);
    return href && make('a', { href, target: '_blank', rel: 'noopener', part: 'link' }, words.say(key));
  }).filter(Boolean);
  const said = [settings.review && words.say('ConsentReview'), words.say('ConsentWithdrawBody')];
  return [
    ...(links.length ? [make('p.links', {}, ...links)] : []),
    make('p.note', { part: 'note' }, said.filter(Boolean).join(' ')),
  ];
}
