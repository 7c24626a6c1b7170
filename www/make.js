/* Makes elements. Text is set as text, never as HTML. */

/**
 * Makes an element.
 * @param {string} tag with its class, such as `p.text`
 * @param {Record<string, unknown>} [attributes] a function listens to the event
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
