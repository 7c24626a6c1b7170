/* Written by scripts/catalogues.mjs: the keys of the catalogues. */

/** The version of the keys. A catalogue with another one is not used. */
export const VERSION = '383160043';

/** The English texts that a person agrees to. @type {Record<string, string>} */
// biome-ignore format: as generated.
export const CONSENT = {
  "ConsentTitle": "Your photo, your choice",
  "ConsentWho": "Who asks",
  "ConsentWhat": "What we take",
  "ConsentWhatBody": "One photo of your face. No video, no sound.",
  "ConsentWhy": "Why",
  "ConsentWhyBody": "To compare your face with the photo on your ID record.",
  "ConsentWhere": "Where it goes",
  "ConsentWhereBody": "To Akiba Digital, who do the check. It is encrypted on the way. The site you are on gets the result.",
  "ConsentKept": "How long it is kept",
  "ConsentController": "Who is responsible",
  "ConsentPrivacy": "Privacy notice",
  "ConsentTerms": "Terms of use",
  "ConsentDeviceBody": "The page looks for your face and checks the light. This happens only on your device.",
  "ConsentWithdrawBody": "You can stop at any time before the photo is sent. After that, ask the site you are on.",
  "ConsentReview": "You see the photo before it is sent.",
  "Agree": "I agree, open the camera",
  "NotNow": "Not now"
};

/** The keys of the texts, in the order of the catalogues. */
export const KEYS = `
IdleTitle IdleBody TipLight TipFace TipHold IdleNeeds Start UsePhone ConsentTitle ConsentWho ConsentWhat
ConsentWhatBody ConsentWhy ConsentWhyBody ConsentWhere ConsentWhereBody ConsentKept ConsentController ConsentPrivacy
ConsentTerms ConsentDeviceBody ConsentWithdrawBody ConsentReview Agree NotNow UnreviewedNote StartingTitle
StartingBody StartingSlow StartingTap TapToStart StartingPaused StartingFrozen StartingAway CameraOn FramingTitle
HintPosition HintByHand HintNoPicture HintNoFace HintSeveralFaces HintTooDark HintTooBright HintComeCloser
HintMoveBack HintMoveLeft HintMoveRight HintMoveUp HintMoveDown HintStraighten HintLookStraight HintSideLight
HintHoldStill HintBlurred HintHold HintPress HintTurnLeft HintTurnRight HintLeanIn HintFaceForward SkipChallenge
OtherWay Sound PreviewLabel Shutter ShutterNow ByHand SwitchCamera ChoosePhoto CountdownTitle CountdownHint
GrabbingTitle ReadingTitle ReviewTitle PhotoAlt Enlarge CheckFace CheckSharp CheckClear CheckedFace CheckedSharp
ReviewFlawTitle ReviewRefusedTitle FlawNoFace FlawSeveralFaces FlawTooDark FlawTooBright FlawTooSmall FlawTurned
FlawLeaning FlawSideLight FlawBlurred UseAnyway UsePhoto Retake SubmittingTitle StepLink StepUpload StepVerify
StepDone StepNow StepNext Bytes ProgressLabel WaitNetwork WaitPause KeepOpen VerifiedTitle VerifiedBody
RejectedTitle RejectedNotMatched RejectedFraud RejectedUnclear RejectedTips RejectedAsk RejectedOften TryAgain
RetryCamera UseCamera CameraApp ChooseAnother TakeAnother SendAgain TryNow PhotoKept AskSite AskSiteAgain
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
