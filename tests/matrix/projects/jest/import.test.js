test('requiring the package is harmless', () => {
  const { AkibaSelfieElement } = require('akiba-selfie');
  require('akiba-selfie/define.js');
  expect(customElements.get('akiba-selfie')).toBe(AkibaSelfieElement);
  const element = document.createElement('akiba-selfie');
  document.body.append(element);
  expect(element.state).toBe('idle');
  element.remove();
});
