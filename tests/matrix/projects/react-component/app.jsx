import { Selfie } from 'akiba-selfie/react';
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const asked = new URLSearchParams(location.search);

function Page() {
  const element = useRef(null);
  // The consent is asked although the first rendering skips it.
  const [skipped, setSkipped] = useState(true);
  useEffect(() => {
    if (element.current.state !== 'idle') throw new Error('the ref is not the element');
    if (!element.current.classList.contains('mine')) throw new Error('the class is missing');
    setSkipped(false);
  }, []);
  return (
    <Selfie
      ref={element}
      className="mine"
      hidden={false}
      relay={asked.get('relay')}
      identifier={asked.get('identifier')}
      noConsent={skipped}
      onVerified={(event) => {
        globalThis.verdict = event.detail.outcome;
      }}
    />
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
