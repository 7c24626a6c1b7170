/* What people read: the sentences of lang/en.json, as far as this path needs them. A test compares them. */

/** The version of the words on the consent screen. */
export const CONSENT_VERSION = '2';

/**
 * Each failure: its code; what helps: send again (R), another photo (T), a file (F), only the site (A); title and text.
 */
const FAILURES = `config|A|The selfie check isn’t set up yet|There is nothing that you can do about it here.
wasm-missing|A|This browser can’t use the camera here|Its protection is set too high for this check, or it is too old.
wasm-blocked|A|This page can’t use the camera|The site has turned it off here.
wasm-unsupported|A|This browser is too old for the camera check|Update your browser, or open the page in another one.
photo-failed|F|The photo didn’t work|The camera gave no usable picture. Please try once more.
photo-altered|F|This browser changes photos|Its privacy settings would spoil your picture. Please use another browser.
file-not-image|F|This browser can’t read that file|Choose a JPEG photo, or take one with the camera.
file-too-large|F|That photo is too large|Choose a smaller one: under 20 MB and 50 megapixels.
file-unreadable|F|That photo can’t be opened|The file may be damaged. Choose another one.
session|RA|Your session has ended|Send the photo again, or reload the page. You may need to sign in again.
session-done|A|This check is finished|The site has its result already.
session-limit|A|No more tries are left|The site can start a new check for you.
verdict-unknown|A|The result isn’t here yet|Your photo has arrived. Please don’t take another one.
relay-forbidden|A|This check can’t run here|The site does not allow it on this page.
relay-unreachable|R|We can’t reach the site|Check your connection, then send again.
relay-timeout|R|That took too long|The connection may be slow. Please send again.
relay-busy|R|The service is busy|Please try again in a minute.
relay-refused|A|This check can’t go on|It is not set up correctly. That is not your fault.
relay-failed|R|The service has a problem|It is not your fault. Please try again in a minute.
relay-reply|RA|That didn’t work|It is not your fault. Check your connection, then send again.
customer-unknown|A|We couldn’t find your record|We have no record for the ID number that the site gave us.
link-unusable|A|The photo can’t be sent|Something is wrong with the service. It is not your fault.
link-checksum|A|The photo can’t be sent|Something is wrong with the service. It is not your fault.
link-headers|A|The photo can’t be sent|Something is wrong with the service. It is not your fault.
upload-unreachable|R|The photo didn’t get through|Check your connection, then send again.
upload-stalled|R|The connection is too slow|Move to where the signal is better, then send again.
upload-expired|R|Sending took too long|The time for sending ran out. Please send again.
upload-clock-skew|R|The service’s clock is wrong|It is not your fault. Please wait a minute, then send again.
upload-refused|RA|The photo was not accepted|The service did not take it. Please send again.
upload-too-large|T|The photo is too large|Please take another one.
upload-damaged|R|The photo arrived damaged|The connection may be weak. Please send again.
upload-busy|R|The service is busy|Please wait a minute, then send again.`;

/** Each failure by its code. */
export const failures = Object.fromEntries(
  FAILURES.split('\n').map((line) => {
    const [code, helps, title, body] = line.split('|');
    return [code, { helps, title, body }];
  }),
);

export const TIPS = [
  'Face a window or a lamp',
  'No sunglasses, hat or mask. A head covering for faith is fine if your face shows',
  'Hold the camera at eye level',
];
export const QUESTIONS = ['Is your whole face in it?', 'Is it sharp and bright?', 'No sunglasses, hat or mask?'];
export const STEPS = ['Get ready to send', 'Send photo', 'Compare with ID record'];

export const TERMS = [
  ['What we take', 'One photo of your face. No video, no sound.'],
  ['Why', 'To compare your face with the photo on your ID record.'],
  [
    'Where it goes',
    'To Akiba Digital, who do the check. It is encrypted on the way. The site you are on gets the result.',
  ],
];

/** Returns the FNV-1a hash of the words that a person agrees to here, in 32 bits. */
export const consentHash = () =>
  new TextEncoder()
    .encode(TERMS.flat().join(''))
    .reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

/** Why it was rejected. @type {Record<string, string>} */
export const REASONS = {
  'not-matched': 'Your selfie does not look enough like the photo on your ID record.',
  fraud: 'The check needs a photo of your own face, taken right now. It could not be sure about this one.',
  unclear: 'The check of your selfie gave no clear result.',
};
