import { Selfie, type SelfieProps } from 'akiba-selfie/vue';
import { h } from 'vue';

export const every = h(Selfie, {
  class: 'mine',
  theme: 'dark',
  relay: '/selfie',
  noConsent: false,
  session: async () => 'token',
  onVerified: ({ detail }) => detail.outcome satisfies 'verified' | 'rejected',
});

declare const instance: InstanceType<typeof Selfie>;
instance.element.start();

// @ts-expect-error: not a value of the setting
export const wrongValue: SelfieProps = { captureMode: 'sometimes' };
// @ts-expect-error: not an event
export const notAnEvent: SelfieProps = { onAccepted: () => {} };
