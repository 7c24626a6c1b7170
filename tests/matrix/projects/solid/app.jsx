import 'akiba-selfie/define.js';
import { render } from 'solid-js/web';

const asked = new URLSearchParams(location.search);
const onVerified = (event) => {
  globalThis.verdict = event.detail.outcome;
};

render(
  () => (
    <akiba-selfie
      attr:relay={asked.get('relay')}
      attr:identifier={asked.get('identifier')}
      prop:noConsent={false}
      on:selfie-verified={onVerified}
    />
  ),
  document.getElementById('root'),
);
