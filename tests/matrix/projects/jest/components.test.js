const { AkibaSelfieElement } = require('akiba-selfie');

const page = () => document.body.appendChild(document.createElement('div'));

test('the React component renders the element', async () => {
  const { act, createElement } = require('react');
  const { createRoot } = require('react-dom/client');
  const { Selfie } = require('akiba-selfie/react');
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  const root = page();
  await act(() => createRoot(root).render(createElement(Selfie, { relay: '/selfie', noReview: true })));
  const element = root.querySelector('akiba-selfie');
  expect(element).toBeInstanceOf(AkibaSelfieElement);
  expect([element.relay, element.noReview, element.noConsent]).toEqual(['/selfie', true, false]);
});

test('the Vue component renders the element', async () => {
  const { createApp, h, nextTick } = require('vue');
  const { Selfie } = require('akiba-selfie/vue');
  const root = page();
  createApp({ render: () => h(Selfie, { relay: '/selfie', noReview: true }) }).mount(root);
  await nextTick();
  const element = root.querySelector('akiba-selfie');
  expect(element).toBeInstanceOf(AkibaSelfieElement);
  expect([element.relay, element.noReview, element.noConsent]).toEqual(['/selfie', true, false]);
});
