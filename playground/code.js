/* The panel with the code for a framework. */

import { find } from '../demo/dom.js';
import { SNIPPETS } from './snippets.js';

const choice = find('#framework', HTMLSelectElement);
const shown = find('#code', HTMLElement);
const said = find('#copied', HTMLOutputElement);

/** @param {() => import('./snippets.js').Settings} settings */
export function installCode(settings) {
  for (const [name, { label }] of Object.entries(SNIPPETS)) choice.add(new Option(label, name));
  const show = () => {
    const { file, code } = SNIPPETS[choice.value];
    find('#file', HTMLElement).textContent = file;
    shown.textContent = code(settings());
    said.value = '';
  };
  choice.addEventListener('change', show);
  find('#copy', HTMLButtonElement).addEventListener('click', async () => {
    try {
      // Pages without https have no clipboard, and a person may refuse it.
      await navigator.clipboard.writeText(shown.textContent ?? '');
      said.value = 'Copied.';
    } catch {
      getSelection()?.selectAllChildren(shown);
      said.value = 'The browser does not allow it. The code is selected: copy it by hand.';
    }
  });
  show();
  return show;
}
