import { configure } from 'akiba-selfie/define.js';

// A browser starts no worker of another origin, except through a blob.
configure({ blobWorker: true });

const asked = new URLSearchParams(location.search);
const selfie = document.querySelector('akiba-selfie');
selfie.addEventListener('selfie-verified', (event) => {
  globalThis.verdict = event.detail.outcome;
});
selfie.setAttribute('identifier', asked.get('identifier'));
selfie.setAttribute('relay', asked.get('relay'));
