import 'akiba-selfie/types/preact';

import type { AkibaSelfieElement } from 'akiba-selfie';
import { createRef } from 'preact';

const element = createRef<AkibaSelfieElement>();

export const every = (
  <akiba-selfie
    ref={element}
    class="mine"
    relay="/selfie"
    noConsent={false}
    session={() => 'token'}
    onselfie-error={({ detail }) => detail.code satisfies string}
  />
);

// @ts-expect-error: not an attribute
export const unknown = <akiba-selfie mirrored />;
// @ts-expect-error: not a value of the setting
export const wrongValue = <akiba-selfie challenge="jump" />;
