/* Written by scripts/catalogues.mjs: what the package knows of the catalogues in lang/. */

/** The version of the keys. A catalogue with another one is not used. */
export const VERSION = '1470106347';

/** The languages besides English. @type {Record<string, { name: string, reviewed: boolean, load: () => Promise<{ default: string }> }>} */
// biome-ignore format: one language a line.
export const LANGUAGES = {
  af: { name: 'Afrikaans', reviewed: false, load: () => import('./lang/af.lang.js') },
  ak: { name: 'Akan (Twi)', reviewed: false, load: () => import('./lang/ak.lang.js') },
  am: { name: 'አማርኛ', reviewed: false, load: () => import('./lang/am.lang.js') },
  ar: { name: 'العربية', reviewed: false, load: () => import('./lang/ar.lang.js') },
  fr: { name: 'Français', reviewed: false, load: () => import('./lang/fr.lang.js') },
  ha: { name: 'Hausa', reviewed: false, load: () => import('./lang/ha.lang.js') },
  ig: { name: 'Asụsụ Igbo', reviewed: false, load: () => import('./lang/ig.lang.js') },
  ln: { name: 'Lingála', reviewed: false, load: () => import('./lang/ln.lang.js') },
  nso: { name: 'Sepedi', reviewed: false, load: () => import('./lang/nso.lang.js') },
  om: { name: 'Afaan Oromoo', reviewed: false, load: () => import('./lang/om.lang.js') },
  pt: { name: 'Português', reviewed: false, load: () => import('./lang/pt.lang.js') },
  rw: { name: 'Ikinyarwanda', reviewed: false, load: () => import('./lang/rw.lang.js') },
  sn: { name: 'chiShona', reviewed: false, load: () => import('./lang/sn.lang.js') },
  so: { name: 'Soomaali', reviewed: false, load: () => import('./lang/so.lang.js') },
  st: { name: 'Sesotho', reviewed: false, load: () => import('./lang/st.lang.js') },
  sw: { name: 'Kiswahili', reviewed: false, load: () => import('./lang/sw.lang.js') },
  tn: { name: 'Setswana', reviewed: false, load: () => import('./lang/tn.lang.js') },
  ts: { name: 'Xitsonga', reviewed: false, load: () => import('./lang/ts.lang.js') },
  wo: { name: 'Wolof', reviewed: false, load: () => import('./lang/wo.lang.js') },
  xh: { name: 'isiXhosa', reviewed: false, load: () => import('./lang/xh.lang.js') },
  yo: { name: 'Èdè Yorùbá', reviewed: false, load: () => import('./lang/yo.lang.js') },
  zu: { name: 'isiZulu', reviewed: false, load: () => import('./lang/zu.lang.js') },
};

/** The keys of the texts, in the order of the catalogues. */
export const KEYS = `
IdleTitle IdleBody TipLight TipFace TipHold IdleNeeds Start ConsentTitle ConsentWhat ConsentWhatBody ConsentWhy
ConsentWhyBody ConsentWhere ConsentWhereBody ConsentDeviceBody ConsentWithdrawBody ConsentReview Agree NotNow
UnreviewedNote StartingTitle StartingBody StartingSlow StartingTap TapToStart StartingPaused StartingFrozen
StartingAway CameraOn FramingTitle HintPosition HintByHand HintNoPicture HintNoFace HintSeveralFaces HintTooDark
HintTooBright HintComeCloser HintMoveBack HintMoveLeft HintMoveRight HintMoveUp HintMoveDown HintStraighten
HintLookStraight HintSideLight HintHoldStill HintBlurred HintHold HintPress HintTurnLeft HintTurnRight HintLeanIn
HintFaceForward SkipChallenge OtherWay Sound PreviewLabel Shutter ShutterNow ByHand SwitchCamera ChoosePhoto
CountdownTitle CountdownHint GrabbingTitle ReadingTitle ReviewTitle PhotoAlt Enlarge CheckFace CheckSharp CheckClear
CheckedFace CheckedSharp ReviewFlawTitle ReviewRefusedTitle FlawNoFace FlawSeveralFaces FlawTooDark FlawTooBright
FlawTooSmall FlawTurned FlawLeaning FlawSideLight FlawBlurred UseAnyway UsePhoto Retake SubmittingTitle StepLink
StepUpload StepVerify StepDone StepNow StepNext Bytes ProgressLabel WaitNetwork WaitPause KeepOpen VerifiedTitle
VerifiedBody RejectedTitle RejectedNotMatched RejectedFraud RejectedUnclear RejectedTips RejectedAsk RejectedOften
TryAgain RetryCamera UseCamera CameraApp ChooseAnother TakeAnother SendAgain TryNow PhotoKept AskSite AskSiteAgain
AlsoChoosePhoto OpenInBrowser CodeLabel Cancel Close Closed ConfigTitle ConfigBody SayCameraReady SayCameraReadyAuto
SayAutomatic SayShutter SayOtherWay SaySkippable SayChallengeAgain SayChallengeOver SayPercent SayVerifying
SayStillVerifying SayNoNetwork SayConnected LanguageLabel Config.title Config.body Load.title Load.body Crash.title
Crash.body CameraDenied.title CameraDenied.body CameraDismissed.title CameraDismissed.body
CameraDeniedBySystem.title CameraDeniedBySystem.body CameraNotFound.title CameraNotFound.body CameraInUse.title
CameraInUse.body CameraInsecurePage.title CameraInsecurePage.body CameraBlocked.title CameraBlocked.body
CameraUnsupported.title CameraUnsupported.body CameraEnded.title CameraEnded.body CameraFailed.title
CameraFailed.body PhotoFailed.title PhotoFailed.body PhotoAltered.title PhotoAltered.body PhotoUnusable.title
PhotoUnusable.body FileNotImage.title FileNotImage.body FileTooLarge.title FileTooLarge.body FileUnreadable.title
FileUnreadable.body Session.title Session.body SessionDone.title SessionDone.body SessionLimit.title
SessionLimit.body VerdictUnknown.title VerdictUnknown.body RelayForbidden.title RelayForbidden.body
RelayUnreachable.title RelayUnreachable.body RelayTimeout.title RelayTimeout.body RelayBusy.title RelayBusy.body
RelayRefused.title RelayRefused.body RelayFailed.title RelayFailed.body RelayReply.title RelayReply.body
CustomerUnknown.title CustomerUnknown.body LinkUnusable.title LinkUnusable.body LinkChecksum.title LinkChecksum.body
LinkHeaders.title LinkHeaders.body UploadUnreachable.title UploadUnreachable.body UploadStalled.title
UploadStalled.body UploadExpired.title UploadExpired.body UploadClockSkew.title UploadClockSkew.body
UploadRefused.title UploadRefused.body UploadTooLarge.title UploadTooLarge.body UploadDamaged.title
UploadDamaged.body UploadBusy.title UploadBusy.body AllowCamera.ChromeAndroid AllowCamera.SamsungInternet
AllowCamera.FirefoxAndroid AllowCamera.SafariIos AllowCamera.ChromeIos AllowCamera.ChromeDesktop
AllowCamera.EdgeDesktop AllowCamera.FirefoxDesktop AllowCamera.SafariMac AllowCamera.InApp AllowCamera.Other
`
  .trim()
  .split(/\s/);
