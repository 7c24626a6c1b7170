'use client';

import 'akiba-selfie/define.js';
import { useSearchParams } from 'next/navigation';
import { useEffect, useRef } from 'react';

export function Selfie() {
  const asked = useSearchParams();
  const element = useRef(null);
  // React adds no listeners of a custom element that the server rendered.
  useEffect(() => {
    const selfie = element.current;
    const onVerified = (event) => {
      globalThis.verdict = event.detail.outcome;
    };
    selfie.addEventListener('selfie-verified', onVerified);
    return () => selfie.removeEventListener('selfie-verified', onVerified);
  }, []);
  // The element marks itself for session-replay tools before React compares it with the server's page.
  return (
    <akiba-selfie
      ref={element}
      relay={asked.get('relay')}
      identifier={asked.get('identifier')}
      no-consent={false}
      suppressHydrationWarning
    />
  );
}
