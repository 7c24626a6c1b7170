import type { AkibaSelfieElement } from 'akiba-selfie';
import { Selfie, type SelfieProps } from 'akiba-selfie/react';
import { createRef } from 'react';

const element = createRef<AkibaSelfieElement>();
element.current?.start();

export const every = (
  <Selfie
    ref={element}
    className="mine"
    lang="sw"
    theme="dark"
    relay="/selfie"
    captureMode="manual"
    noConsent={false}
    session={async ({ reason }) => reason}
    thresholds={{ yaw: 15 }}
    onStatechange={({ detail }) => detail.state satisfies string}
    onVerified={({ detail }) => detail.outcome satisfies 'verified' | 'rejected'}
    onError={({ detail }) => detail.code satisfies string}
  >
    <span slot="alternative">At a branch</span>
  </Selfie>
);

// @ts-expect-error: not a value of the setting
export const wrongValue = <Selfie captureMode="sometimes" />;
// @ts-expect-error: a boolean is not text
export const text = <Selfie noReview="false" />;
// @ts-expect-error: read-only
export const reported = <Selfie state="idle" />;
// @ts-expect-error: a method
export const method = <Selfie reset={() => {}} />;
// @ts-expect-error: not an event
export const unknown = <Selfie onAccepted={() => {}} />;

export const some: SelfieProps = { relay: '/selfie', countdown: undefined };
