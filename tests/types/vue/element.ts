// What vue-tsc makes of a template.

import 'akiba-selfie/types/vue';

import type { GlobalComponents } from 'vue';

type Tag = InstanceType<GlobalComponents['akiba-selfie']>;

export const every: Tag['$props'] = {
  class: 'mine',
  id: 'selfie',
  relay: '/selfie',
  'no-consent': false,
  noReview: true,
  session: () => 'token',
};
declare const emit: Tag['$emit'];
emit('selfie-statechange', new CustomEvent('', { detail: { state: 'review', previous: 'grabbing' } }));
// @ts-expect-error: not an event
emit('selfie-accepted', new CustomEvent(''));

// @ts-expect-error: not an attribute
export const unknown: Tag['$props'] = { 'no-camera': true };
// @ts-expect-error: not a value of the setting
export const wrongValue: Tag['$props'] = { challenge: 'jump' };
