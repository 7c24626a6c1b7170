/* What people read: the sentences of src/text/en.rs, as far as this path needs them. A test compares them. */

/** The version of the words on the consent screen. */
export const CONSENT_VERSION = '1';

/**
 * Each failure: its code; what helps: send again (R), another photo (T), a file (F), only the site (A); title and text.
 */
const FAILURES = `config|A|The selfie check isn’t set up yet|There is nothing that you can do about it here.
wasm-missing|A|This browser can’t use the camera here|Its protection is set too high for this check, or it is too old.
wasm-blocked|A|This page can’t use the camera|The site’s own settings switch it off here.
wasm-unsupported|A|This browser is too old for the camera check|Open the page in an up-to-date browser.
photo-failed|F|The photo didn’t work|The camera gave no usable picture. Please try once more.
photo-altered|F|This browser changes photos|Its privacy protection would spoil your picture. Another browser helps.
file-not-image|F|This browser can’t read that file|Choose a JPEG photo, or take one with the camera.
file-too-large|F|That photo is too large|Choose one under 20 MB and 50 megapixels.
file-unreadable|F|That photo can’t be opened|The file may be damaged. Choose another one.
session|RA|Your session has ended|You may have to sign in again. Send the photo again, or reload the page.
session-done|A|This check is finished|The site has its result already.
session-limit|A|No more tries are left|The site can start a new check for you.
verdict-unknown|A|The result isn’t here yet|Your photo has arrived. Please don’t take another one.
relay-forbidden|A|This check isn’t available to you|The site does not allow it from this page.
relay-unreachable|R|We can’t reach the site|Check your connection, then send again.
relay-timeout|R|That took too long|The connection may be slow. Please send again.
relay-busy|R|The service is busy|Please try again in a minute.
relay-refused|A|The request was refused|Something does not fit in how this check is set up.
relay-failed|R|The service has a problem|It is not your fault. Please try again in a minute.
relay-reply|RA|Something unexpected came back|It is not your fault. Please send again.
customer-unknown|A|We couldn’t find your record|We have no record for the ID number that we were given.
link-unusable|A|The photo can’t be sent|The service gave an address that is not safe to use.
link-checksum|A|The photo can’t be sent|The service gave an address that takes no photo.
link-headers|A|The photo can’t be sent|The service gave an address that takes no photo.
upload-unreachable|R|The photo didn’t get through|Check your connection, then send again.
upload-stalled|R|The connection is too slow|Move to where the signal is better, then send again.
upload-expired|R|Sending took too long|The secure connection ran out. Please send again.
upload-clock-skew|R|The clocks don’t agree|Check that the date and time of your device are set automatically, then send again.
upload-refused|RA|The photo was not accepted|The storage refused it. Please send again.
upload-too-large|T|The photo is too large|Please take another one.
upload-damaged|R|The photo arrived damaged|The connection may be unsteady. Please send again.
upload-busy|R|The service is busy|Please wait a minute, then send again.`;

/** Each failure by its code. */
export const failures = Object.fromEntries(
  FAILURES.split('\n').map((line) => {
    const [code, helps, title, body] = line.split('|');
    return [code, { helps, title, body }];
  }),
);

export const TIPS = ['Face a window or a lamp', 'Take off sunglasses, hat and mask', 'Hold the camera at eye level'];
export const QUESTIONS = ['Is your whole face in it?', 'Is it sharp and bright?', 'No sunglasses, hat or mask?'];
export const STEPS = ['Secure connection', 'Send photo', 'Compare with ID record'];

export const TERMS = [
  ['What we take', 'One photo of your face. No video, no sound.'],
  ['Why', 'To compare your face with the photo on your ID record.'],
  ['Where it goes', 'Encrypted, to Akiba Digital, who do the check. The site you are on gets the result.'],
];

/** Why it was rejected. @type {Record<string, string>} */
export const REASONS = {
  'not-matched': 'Your selfie and the photo on your ID record were not close enough.',
  fraud: 'The check needs a live photo of your own face, and could not be sure about this one.',
  unclear: 'The check of your selfie gave no clear result.',
};
