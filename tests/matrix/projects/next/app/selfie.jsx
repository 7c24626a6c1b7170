'use client';

import 'akiba-selfie/define.js';
import { useSearchParams } from 'next/navigation';

export function Selfie() {
  const asked = useSearchParams();
  const onVerified = (event) => {
    globalThis.verdict = event.detail.outcome;
  };
  return (
    <akiba-selfie
      relay={asked.get('relay')}
      identifier={asked.get('identifier')}
      no-consent={false}
      onselfie-verified={onVerified}
    />
  );
}
