/* Written by scripts/catalogues.mjs: the English words of the page for phones. */

/** @type {Record<string, string>} */
// biome-ignore format: as generated.
export const ENGLISH = {
  "opening": "One moment, please.",
  "asks": "{name} asks you for a selfie",
  "asksNobody": "You are asked for a selfie",
  "started": "Started",
  "device": "Browser",
  "unknown": "an unknown browser",
  "choose": "Which number is on your computer’s screen?",
  "warning": "Only go on if you started this yourself, on the computer in front of you. Nobody will ask you for this by phone, message or e-mail.",
  "linkBody": "This link works once, and only in the browser that opens it. Open it on the phone that you want to use.",
  "linkWarning": "Only go on if you expect this from the company named here. If someone on a phone call tells you to go on, stop.",
  "goOn": "Continue",
  "notMe": "I did not start this",
  "sure": "Did you not start this yourself? Then we stop it, and tell the company that asked.",
  "stopIt": "Yes, stop it",
  "keepOn": "No, go on",
  "wrongTitle": "That is not the number",
  "wrongBody": "We stopped, and nothing was sent. If you started this yourself, scan a new code at your computer.",
  "overTitle": "This link does not work any more",
  "overBody": "A link works once, and for two minutes. Go back to your computer and scan a new code.",
  "overLinkBody": "A link works once, in the browser that opened it, and for a limited time. Ask the company that sent it for a new one.",
  "disownedTitle": "Thank you for telling us",
  "disownedBody": "We stopped it. No photo was taken, and the company that asked knows. Do not open this link again.",
  "stoppedBody": "We stopped it. No photo will be checked, and the company that asked knows. Do not open this link again.",
  "lateTitle": "It can’t be stopped here any more",
  "lateBody": "Please call the company that asked, on a number that you know.",
  "failedTitle": "No connection",
  "failedBody": "We could not reach the service. Check your connection and try again.",
  "done": "You can close this page now. Go back to your computer.",
  "doneLink": "You can close this page now.",
  "back": "Back to {name}",
  "backNobody": "Go back",
  "retry": "Try again",
  "note": "A machine helped to translate this, and no person has checked it. The English text counts."
};
