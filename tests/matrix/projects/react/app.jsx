import 'akiba-selfie/define.js';
import { useEffect, useRef } from 'react';
import { createRoot } from 'react-dom/client';

const asked = new URLSearchParams(location.search);

function Selfie() {
  const element = useRef(null);
  useEffect(() => {
    const selfie = element.current;
    const onVerified = (event) => {
      globalThis.verdict = event.detail.outcome;
    };
    selfie.addEventListener('selfie-verified', onVerified);
    return () => selfie.removeEventListener('selfie-verified', onVerified);
  }, []);
  return (
    <akiba-selfie ref={element} relay={asked.get('relay')} identifier={asked.get('identifier')} no-consent={false} />
  );
}

createRoot(document.getElementById('root')).render(<Selfie />);
