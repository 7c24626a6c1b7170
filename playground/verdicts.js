/* What the vendor says of a photo. The names and words are those of the sandbox's test identities. */

/** @typedef {'verified' | 'not-matched' | 'fraud' | 'unclear'} VerdictName */

/**
 * @type {Record<VerdictName, { label: string, status: string, message: string, fraud: number, word: string, match: number }>}
 */
export const VERDICTS = {
  verified: { label: 'Verified', status: 'success', message: 'Verified.', fraud: 0.04, word: 'Low', match: 0.97 },
  'not-matched': {
    label: 'Rejected: another person',
    status: 'failed',
    message: 'The selfie does not match.',
    fraud: 0.35,
    word: 'Medium',
    match: 0.12,
  },
  fraud: { label: 'Rejected: fraud', status: 'success', message: 'Verified.', fraud: 0.92, word: 'High', match: 0.91 },
  unclear: {
    label: 'Rejected: unclear',
    status: 'success',
    message: 'Verified.',
    fraud: 0.98,
    word: 'Very High',
    match: 0.91,
  },
};

/** Returns the vendor's reply. @param {VerdictName} name */
export function reply(name) {
  const { status, message, fraud, word, match } = VERDICTS[name];
  return {
    status,
    message,
    data: {
      identity: {
        first_name: 'Sample',
        last_name: 'Face',
        fraud_score: fraud,
        fraud_detected: word,
        facial_recognition_confidence: match,
      },
    },
  };
}
