import { Selfie } from 'akiba-selfie/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const asked = new URLSearchParams(location.search);

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Selfie
      relay={asked.get('relay')}
      identifier={asked.get('identifier')}
      noConsent={false}
      onVerified={(event) => {
        globalThis.verdict = event.detail.outcome;
      }}
    />
  </StrictMode>,
);
