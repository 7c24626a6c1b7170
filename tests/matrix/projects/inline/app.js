import '/node_modules/akiba-selfie/inline/akiba-selfie.js';

const asked = new URLSearchParams(location.search);
const selfie = document.querySelector('akiba-selfie');
selfie.addEventListener('selfie-verified', (event) => {
  globalThis.verdict = event.detail.outcome;
});
selfie.setAttribute('identifier', asked.get('identifier'));
selfie.setAttribute('relay', asked.get('relay'));
