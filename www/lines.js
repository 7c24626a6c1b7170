/*
 * The lines in which a catalogue reaches the widget: version of the keys, tag, direction, whether a person has reviewed the
 * texts, version and hash of the consent, the facts about the host, and the texts in the order of the keys.
 */

/** What the page says about the host, in the order of its lines. */
export const FACTS = /** @type {const} */ (['name', 'purpose', 'retention', 'controller', 'privacy', 'terms']);
export const [TAG, DIR, STATE, CONSENT_VERSION, CONSENT_HASH, FIRST_FACT] = [1, 2, 3, 4, 5, 6];
/** The lines before the texts. */
export const HEAD = FIRST_FACT + FACTS.length;
