// What svelte-check makes of a tag.

import 'akiba-selfie/types/svelte';

import type { SvelteHTMLElements } from 'svelte/elements';

type Tag = SvelteHTMLElements['akiba-selfie'];

export const every: Tag = {
  class: 'mine',
  theme: 'dark',
  relay: '/selfie',
  'no-consent': false,
  session: () => 'token',
  'onselfie-verified': ({ detail }) => detail.outcome satisfies 'verified' | 'rejected',
  'on:selfie-captured': ({ detail }) => detail.width satisfies number,
};

// @ts-expect-error: not an attribute
export const unknown: Tag = { 'no-camera': true };
// @ts-expect-error: not a value of the setting
export const wrongValue: Tag = { challenge: 'jump' };
