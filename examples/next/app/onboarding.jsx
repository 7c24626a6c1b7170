'use client';

import { Selfie } from 'akiba-selfie/react';
import { useState } from 'react';

export function Onboarding({ relay, identifier }) {
  const [outcome, setOutcome] = useState('');
  const onOutcome = ({ detail }) => setOutcome(detail.outcome);
  return (
    <>
      <Selfie relay={relay} identifier={identifier} onVerified={onOutcome} onRejected={onOutcome} />
      <p id="outcome" role="status">
        {outcome}
      </p>
    </>
  );
}
