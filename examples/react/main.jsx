import { Selfie } from 'akiba-selfie/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

const asked = new URLSearchParams(location.search);

function Onboarding() {
  const [outcome, setOutcome] = useState('');
  const onOutcome = ({ detail }) => setOutcome(detail.outcome);
  return (
    <>
      <Selfie
        relay={asked.get('relay') ?? 'http://127.0.0.1:8080'}
        identifier={asked.get('identifier') ?? '0000000000001'}
        onVerified={onOutcome}
        onRejected={onOutcome}
      />
      <p id="outcome" role="status">
        {outcome}
      </p>
    </>
  );
}

createRoot(document.getElementById('app')).render(
  <StrictMode>
    <Onboarding />
  </StrictMode>,
);
