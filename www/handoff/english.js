/* Written by scripts/catalogues.mjs: the English texts of a hand-off to a phone. */

/** @type {Record<string, string>} */
// biome-ignore format: as generated.
export const ENGLISH = {
  "Handoff.Scan": "Point your phone’s camera at the code, and open the link. The result comes back here.",
  "Handoff.Code": "QR code with the link for your phone",
  "Handoff.Fresh": "New code in {n} s",
  "Handoff.CopyLink": "Copy link",
  "Handoff.Copied": "Copied. Open the link on your own phone, and show it to nobody.",
  "Handoff.Choose": "Choose this number on your phone, and tell it to nobody:",
  "Handoff.Left": "{n} s left",
  "Handoff.OnPhone": "Go on with your phone. Keep this page open: the result comes back here.",
  "Handoff.Rejected": "The selfie did not match. You can try again on your phone.",
  "Handoff.Wrong": "That was not the number, so we stopped.",
  "Handoff.Expired": "This code does not work any more.",
  "Handoff.Stopped": "Somebody at the phone said that they did not start this. The check has ended.",
  "Handoff.Refused": "This check can’t move to a phone.",
  "Handoff.NewCode": "New code",
  "Handoff.UseComputer": "Use this computer instead",
  "InApp.Title": "Open this page in your browser",
  "InApp.Open": "Open in browser",
  "InApp.Copied": "Copied. Paste it into the address bar of your browser.",
  "InApp.Share": "Share the link",
  "InApp.Here": "Try here anyway",
  "Cancel": "Cancel",
  "Close": "Close",
  "CameraUnsupported.title": "This browser can’t use the camera",
  "CameraUnsupported.body": "Update your browser, or open the page in another one.",
  "OpenInBrowser": "This page is open inside another app. Open it in your browser: look for «Open in browser» in the app’s menu.",
  "SayVerifying": "Your photo has arrived and is being compared.",
  "Session.title": "Your session has ended",
  "SessionDone.title": "This check is finished",
  "SessionLimit.title": "No more tries are left",
  "VerdictUnknown.title": "The result isn’t here yet",
  "RelayUnreachable.title": "We can’t reach the site"
};
