import 'akiba-selfie/types/solid';

import type { AkibaSelfieElement } from 'akiba-selfie';

let element: AkibaSelfieElement | undefined;

export const every = (
  <akiba-selfie
    ref={element}
    class="mine"
    attr:relay="/selfie"
    prop:noConsent={false}
    prop:session={() => 'token'}
    on:selfie-rejected={({ detail }) => detail.reason satisfies string | null}
  />
);

// @ts-expect-error: not a property
export const unknown = <akiba-selfie prop:noCamera />;
// @ts-expect-error: not a value of the setting
export const wrongValue = <akiba-selfie prop:challenge="jump" />;
