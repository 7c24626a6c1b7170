import { expect, test } from 'vitest';

test('an import is harmless', async () => {
  const { AkibaSelfieElement } = await import('akiba-selfie');
  await import('akiba-selfie/define.js');
  expect(customElements.get('akiba-selfie')).toBe(AkibaSelfieElement);
  const element = document.createElement('akiba-selfie');
  document.body.append(element);
  expect(element.state).toBe('idle');
  element.remove();
});
