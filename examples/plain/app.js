const asked = new URLSearchParams(location.search);
const selfie = document.querySelector('akiba-selfie');
selfie.setAttribute('relay', asked.get('relay') ?? 'http://127.0.0.1:8080');
selfie.setAttribute('identifier', asked.get('identifier') ?? '0000000000001');
for (const name of ['selfie-verified', 'selfie-rejected']) {
  selfie.addEventListener(name, ({ detail }) => {
    document.querySelector('#outcome').textContent = detail.outcome;
  });
}
