/*
 * The camera over the whole window of a phone. A modal dialog keeps the focus inside, lies above everything, and is left
 * with Escape or with a phone's button Back.
 */

const PHONE = '(max-width: 40rem), (max-height: 30rem)';
const CAMERA = ['starting', 'framing', 'countdown', 'grabbing'];

/**
 * Whether a state is shown over the whole window.
 * @param {string} state
 * @param {boolean} already
 */
export const fills = (state, already) => CAMERA.includes(state) && (already || matchMedia(PHONE).matches);

/**
 * Moves the widget's root into a dialog. Returns how to move it back.
 * @param {HTMLElement} root
 * @param {() => void} onCancel
 */
export function fill(root, onCancel) {
  const dialog = root.ownerDocument.createElement('dialog');
  // Safari before 15.4 has no dialogs.
  if (!dialog.showModal) return () => {};
  const tree = /** @type {ShadowRoot} */ (root.getRootNode());
  let open = true;
  const move = (/** @type {() => void} */ how) => {
    const active = /** @type {HTMLElement | null} */ (tree.activeElement);
    how();
    active?.focus({ preventScroll: true });
  };
  dialog.className = 'akiba-full';
  dialog.setAttribute('aria-labelledby', root.querySelector('h2')?.id ?? '');
  dialog.addEventListener('cancel', (event) => {
    // A file dialog that closes sends such an event, too.
    if (event.target !== dialog) return;
    event.preventDefault();
    onCancel();
  });
  dialog.addEventListener('close', () => {
    if (open) onCancel();
  });
  move(() => {
    root.replaceWith(dialog);
    dialog.append(root);
    dialog.showModal();
    // A moved video pauses.
    root.querySelector('video')?.play();
  });
  return () => {
    open = false;
    move(() => {
      dialog.close();
      dialog.replaceWith(root);
    });
  };
}
