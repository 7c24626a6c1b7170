/*
 * What the element shows while there is no widget: that it loads, or why it can't.
 */

/**
 * The page's custom properties and `::part()` apply. The message is as high as the first screen, which is made as high as
 * the message.
 */
const STYLE = `:host { display: block; --akiba-high: 34rem; }
:host([alternative]) { --akiba-more: 54px; }
@media (max-width: 30rem) { :host { --akiba-high: 37rem; } }
@media (max-height: 40rem) { :host { --akiba-high: 35.5rem; } }
@media (max-height: 32rem) { :host { --akiba-high: 30rem; } }
@media (max-height: 30rem) and (min-width: 30rem) { :host { --akiba-high: 22rem; } }
:host([hidden]) { display: none; }
:host([theme=light]) { color-scheme: light; }
:host([theme=dark]) { color-scheme: dark; }
:is([part=loading], [part=load-error]) {
  box-sizing: border-box; max-width: var(--selfie-max-width, 28rem); margin: 0 auto; padding: 1.25rem 1.5rem;
  border: 1px solid var(--selfie-border, #8888); border-radius: var(--selfie-radius, 24px);
  background: var(--selfie-surface, Canvas); color: var(--selfie-text, CanvasText);
  font: 1rem/1.5 var(--selfie-font, system-ui, sans-serif);
}
[part=loading] { display: grid; place-content: center; text-align: center; min-height: calc(var(--akiba-high) + var(--akiba-more, 0px)); }
[role] > button {
  min-height: 52px; padding: 8px 24px; border: 1px solid transparent; border-radius: var(--selfie-button-radius, 14px);
  background: var(--selfie-accent, #0a6b5c); color: var(--selfie-on-accent, #fff); font: inherit; font-weight: 600; cursor: pointer;
}`;

/**
 * Replaces everything in the shadow root with a message.
 * @param {ShadowRoot} shadow
 * @param {'loading' | 'load-error'} part
 * @param {string} text
 * @param {(() => void) | null} [again] what the button «Try again» does
 * @param {boolean} [slotted] whether the page may show its own content instead
 */
export function showNotice(shadow, part, text, again, slotted) {
  const { ownerDocument: document } = shadow;
  const make = (/** @type {string} */ tag, /** @type {Node[]} */ ...children) => {
    const element = document.createElement(tag);
    element.append(...children);
    return element;
  };
  const notice = make('div', make('p', document.createTextNode(text)));
  notice.lang = 'en';
  notice.setAttribute('part', part);
  notice.setAttribute('role', part === 'loading' ? 'status' : 'alert');
  if (again) {
    const button = make('button', document.createTextNode('Try again'));
    button.addEventListener('click', again);
    notice.append(button);
  }
  const slot = make('slot', notice);
  slot.setAttribute('name', 'loading');
  shadow.replaceChildren(slotted ? slot : notice);
  if (shadow.adoptedStyleSheets) {
    // The sheet of another document can't be adopted.
    const style = new (document.defaultView ?? globalThis).CSSStyleSheet();
    style.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [style];
  } else {
    // Safari before 16.4.
    notice.style.font = '1rem/1.5 system-ui';
  }
}
