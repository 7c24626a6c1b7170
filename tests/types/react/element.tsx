import 'akiba-selfie/types/react';

import type { AkibaSelfieElement } from 'akiba-selfie';
import { createRef } from 'react';

const element = createRef<AkibaSelfieElement>();

export const every = (
  <akiba-selfie
    ref={element}
    key="one"
    class="mine"
    id="selfie"
    relay="/selfie"
    capture="manual"
    no-consent={false}
    session={() => 'token'}
    onselfie-verified={({ detail }) => detail.outcome satisfies 'verified' | 'rejected'}
    onClick={(event) => event.currentTarget.reset()}
  >
    <span slot="alternative">At a branch</span>
  </akiba-selfie>
);

// A name with a hyphen is never unknown in JSX, but its value is checked.
// @ts-expect-error: not an attribute
export const unknown = <akiba-selfie mirrored />;
// @ts-expect-error: not a value of the setting
export const wrongValue = <akiba-selfie challenge="jump" />;
// @ts-expect-error: not a handler
export const notAHandler = <akiba-selfie onselfie-verified="verified()" />;
// @ts-expect-error: a boolean is not text
export const text = <akiba-selfie no-review="false" />;
