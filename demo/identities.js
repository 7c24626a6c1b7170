/* The sandbox's test identities, as in docs/sandbox.md. A test compares this list with the sandbox's. */

/** @type {{id: string, name: string, whatHappens: string}[]} */
export const IDENTITIES = [
  {
    id: '0000000000001',
    name: 'verified',
    whatHappens: 'The selfie is verified.',
  },
  {
    id: '0000000000002',
    name: 'not-matched',
    whatHappens: 'The selfie is rejected: it is not the person on record.',
  },
  {
    id: '0000000000003',
    name: 'high-fraud',
    whatHappens: 'The selfie is rejected: it matches, but the fraud score is high.',
  },
  {
    id: '0000000000004',
    name: 'link-down',
    whatHappens: 'The vendor gives no signed link (503), every time.',
  },
  {
    id: '0000000000005',
    name: 'verify-down',
    whatHappens: 'The upload works, but the vendor gives no verdict (500), every time.',
  },
  {
    id: '0000000000006',
    name: 'slow',
    whatHappens: 'The vendor takes seconds to answer; then the selfie is verified.',
  },
  {
    id: '0000000000007',
    name: 'expired-link',
    whatHappens: 'The first link is too old; the widget gets a new one, and the selfie is verified.',
  },
  {
    id: '0000000000008',
    name: 'expired-always',
    whatHappens: 'Every link is too old; the widget gives up after a new one.',
  },
  {
    id: '0000000000009',
    name: 'busy-storage',
    whatHappens: 'The storage is busy twice (503 SlowDown); then the selfie is verified.',
  },
  {
    id: '0000000000010',
    name: 'unknown-customer',
    whatHappens: 'The vendor does not know the customer (404).',
  },
  {
    id: '0000000000011',
    name: 'token-refused',
    whatHappens: "The vendor refuses the relay's token (401).",
  },
  {
    id: '0000000000012',
    name: 'no-face',
    whatHappens: 'The selfie is rejected, as if no face were in it.',
  },
  {
    id: '0000000000013',
    name: 'several-faces',
    whatHappens: 'The selfie is rejected, as if more than one face were in it.',
  },
  {
    id: '0000000000014',
    name: 'dark',
    whatHappens: 'The selfie is rejected, as if the face were too dark.',
  },
  {
    id: '0000000000015',
    name: 'unclear-fraud',
    whatHappens: 'The selfie is rejected: it matches, but the fraud word is unknown.',
  },
];
