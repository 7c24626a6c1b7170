/* Written by scripts/catalogues.mjs: the keys of the texts, each with its English text. */

/** Texts of the element by their keys. A key that is left out keeps its text. */
export interface SelfieText {
  /** Confirm it’s you */
  IdleTitle?: string;
  /** Take a quick selfie. We compare it with your ID record to keep your account safe. */
  IdleBody?: string;
  /** Face a window or a lamp */
  TipLight?: string;
  /** No sunglasses, hat or mask. A head covering for faith is fine if your face shows */
  TipFace?: string;
  /** Hold the camera at eye level */
  TipHold?: string;
  /** About a minute, and less than 1 MB of data */
  IdleNeeds?: string;
  /** Start */
  Start?: string;
  /** Use your phone instead */
  UsePhone?: string;
  /** Your photo, your choice */
  ConsentTitle?: string;
  /** Who asks */
  ConsentWho?: string;
  /** What we take */
  ConsentWhat?: string;
  /** One photo of your face. No video, no sound. */
  ConsentWhatBody?: string;
  /** Why */
  ConsentWhy?: string;
  /** To compare your face with the photo on your ID record. */
  ConsentWhyBody?: string;
  /** Where it goes */
  ConsentWhere?: string;
  /** To Akiba Digital, who do the check. It is encrypted on the way. The site you are on gets the result. */
  ConsentWhereBody?: string;
  /** How long it is kept */
  ConsentKept?: string;
  /** Who is responsible */
  ConsentController?: string;
  /** Privacy notice */
  ConsentPrivacy?: string;
  /** Terms of use */
  ConsentTerms?: string;
  /** The page looks for your face and checks the light. This happens only on your device. */
  ConsentDeviceBody?: string;
  /** You can stop at any time before the photo is sent. After that, ask the site you are on. */
  ConsentWithdrawBody?: string;
  /** You see the photo before it is sent. */
  ConsentReview?: string;
  /** I agree, open the camera */
  Agree?: string;
  /** Not now */
  NotNow?: string;
  /** A machine helped to translate this, and no person has checked it. The English text counts. */
  UnreviewedNote?: string;
  /** Opening your camera */
  StartingTitle?: string;
  /** If your browser asks to use the camera, choose Allow. */
  StartingBody?: string;
  /** Still waiting. Look for your browser’s question at the top or bottom of the screen, and choose Allow. */
  StartingSlow?: string;
  /** Your device is saving power. Tap once to start the camera. */
  StartingTap?: string;
  /** Tap to start */
  TapToStart?: string;
  /** The camera is off while you are away. It turns on again when you come back. */
  StartingPaused?: string;
  /** Your camera has stopped for now. A call or another app may be using it. */
  StartingFrozen?: string;
  /** We turned the camera off, because nobody was in front of it. */
  StartingAway?: string;
  /** Turn the camera on */
  CameraOn?: string;
  /** Take your selfie */
  FramingTitle?: string;
  /** Fit your face in the oval */
  HintPosition?: string;
  /** Fit your face in the oval, then take the photo */
  HintByHand?: string;
  /** No picture. Is the camera covered or switched off? */
  HintNoPicture?: string;
  /** We can’t see a face. Look at the camera */
  HintNoFace?: string;
  /** Only one person in the picture, please */
  HintSeveralFaces?: string;
  /** Too dark. Face a window or a lamp */
  HintTooDark?: string;
  /** Too bright. Move out of the strong light */
  HintTooBright?: string;
  /** Come a little closer */
  HintComeCloser?: string;
  /** Move back a little */
  HintMoveBack?: string;
  /** Move your face to the left */
  HintMoveLeft?: string;
  /** Move your face to the right */
  HintMoveRight?: string;
  /** Move your face up */
  HintMoveUp?: string;
  /** Move your face down */
  HintMoveDown?: string;
  /** Hold your head upright */
  HintStraighten?: string;
  /** Look straight at the camera */
  HintLookStraight?: string;
  /** Light from one side. Turn towards it */
  HintSideLight?: string;
  /** Hold still */
  HintHoldStill?: string;
  /** Blurred. Hold still, or wipe the lens */
  HintBlurred?: string;
  /** Good. Stay like this */
  HintHold?: string;
  /** Good. Now press «Take the photo» */
  HintPress?: string;
  /** Turn your head to your left */
  HintTurnLeft?: string;
  /** Turn your head to your right */
  HintTurnRight?: string;
  /** Bring your face closer */
  HintLeanIn?: string;
  /** Now go back, and look at the camera */
  HintFaceForward?: string;
  /** I can’t do this */
  SkipChallenge?: string;
  /** Another way */
  OtherWay?: string;
  /** Sounds and spoken hints */
  Sound?: string;
  /** Picture from your camera */
  PreviewLabel?: string;
  /** Take the photo */
  Shutter?: string;
  /** Take it now */
  ShutterNow?: string;
  /** I’ll press the button myself */
  ByHand?: string;
  /** Switch camera */
  SwitchCamera?: string;
  /** Choose a photo */
  ChoosePhoto?: string;
  /** Get ready */
  CountdownTitle?: string;
  /** Hold still and look at the camera */
  CountdownHint?: string;
  /** Taking the photo */
  GrabbingTitle?: string;
  /** Preparing your photo */
  ReadingTitle?: string;
  /** Happy with this photo? */
  ReviewTitle?: string;
  /** Your photo */
  PhotoAlt?: string;
  /** Enlarge the photo */
  Enlarge?: string;
  /** Is your whole face in it? */
  CheckFace?: string;
  /** Is it sharp and bright? */
  CheckSharp?: string;
  /** No sunglasses, hat or mask? */
  CheckClear?: string;
  /** One face */
  CheckedFace?: string;
  /** Sharp and well lit */
  CheckedSharp?: string;
  /** Take another one? */
  ReviewFlawTitle?: string;
  /** Please take another photo */
  ReviewRefusedTitle?: string;
  /** We can’t see a face in this photo. */
  FlawNoFace?: string;
  /** There is more than one face in this photo. */
  FlawSeveralFaces?: string;
  /** There is too little light on your face. Face a window or a lamp. */
  FlawTooDark?: string;
  /** There is too much light on your face. Move out of strong light. */
  FlawTooBright?: string;
  /** Your face is too small. Come a little closer. */
  FlawTooSmall?: string;
  /** Your face is turned away. Look straight at the camera. */
  FlawTurned?: string;
  /** Your head leans to one side. Hold it upright. */
  FlawLeaning?: string;
  /** One side of your face is in shadow. Turn towards the light. */
  FlawSideLight?: string;
  /** The photo is blurred. Hold still, or wipe the lens. */
  FlawBlurred?: string;
  /** Use it anyway */
  UseAnyway?: string;
  /** Use this photo */
  UsePhoto?: string;
  /** Retake */
  Retake?: string;
  /** Checking your photo */
  SubmittingTitle?: string;
  /** Get ready to send */
  StepLink?: string;
  /** Send photo */
  StepUpload?: string;
  /** Compare with ID record */
  StepVerify?: string;
  /** done */
  StepDone?: string;
  /** in progress */
  StepNow?: string;
  /** to come */
  StepNext?: string;
  /** {n} of {m} kB */
  Bytes?: string;
  /** Photo sent */
  ProgressLabel?: string;
  /** You are offline. Your photo is safe. We go on when you are connected again. */
  WaitNetwork?: string;
  /** That didn’t work yet. Trying again: {n} of {m}. */
  WaitPause?: string;
  /** Please keep this page open. */
  KeepOpen?: string;
  /** It’s you. Thank you! */
  VerifiedTitle?: string;
  /** Your selfie matches your ID record. There is nothing more to do here. */
  VerifiedBody?: string;
  /** We couldn’t confirm it’s you */
  RejectedTitle?: string;
  /** Your selfie does not look enough like the photo on your ID record. */
  RejectedNotMatched?: string;
  /** The check needs a photo of your own face, taken right now. It could not be sure about this one. */
  RejectedFraud?: string;
  /** The check of your selfie gave no clear result. */
  RejectedUnclear?: string;
  /** This often helps: */
  RejectedTips?: string;
  /** If it happens again, contact the site you came from. They can help you another way. */
  RejectedAsk?: string;
  /** This did not work several times. Contact the site you came from. They can help you another way. */
  RejectedOften?: string;
  /** Try again */
  TryAgain?: string;
  /** Try the camera again */
  RetryCamera?: string;
  /** Use the camera */
  UseCamera?: string;
  /** Use the camera app */
  CameraApp?: string;
  /** Choose another photo */
  ChooseAnother?: string;
  /** Take another photo */
  TakeAnother?: string;
  /** Send again */
  SendAgain?: string;
  /** Try now */
  TryNow?: string;
  /** Your photo is kept. No need to take it again. */
  PhotoKept?: string;
  /** Please contact the site you came from, and tell them the code below. */
  AskSite?: string;
  /** If it happens again, contact the site you came from, and tell them the code below. */
  AskSiteAgain?: string;
  /** You can also choose a recent photo of your face. */
  AlsoChoosePhoto?: string;
  /** This page is open inside another app. Open it in your browser: look for «Open in browser» in the app’s menu. */
  OpenInBrowser?: string;
  /** Code: */
  CodeLabel?: string;
  /** Cancel */
  Cancel?: string;
  /** Close */
  Close?: string;
  /** This check is closed. You can leave this page. */
  Closed?: string;
  /** The selfie check isn’t set up yet */
  ConfigTitle?: string;
  /** Please contact the site you came from. For its developer: */
  ConfigBody?: string;
  /** The camera is on. The button «Take the photo» takes it. */
  SayCameraReady?: string;
  /** The camera is on. Fit your face in the oval. */
  SayCameraReadyAuto?: string;
  /** When everything is right, the photo is taken for you. */
  SayAutomatic?: string;
  /** You can also take the photo yourself. The button is «Take the photo». */
  SayShutter?: string;
  /** If this is hard for you, there is another way. Its button is the last one. */
  SayOtherWay?: string;
  /** If you can’t, press «I can’t do this». */
  SaySkippable?: string;
  /** Let’s try that again. First look straight at the camera. */
  SayChallengeAgain?: string;
  /** No movement needed now. */
  SayChallengeOver?: string;
  /** {n} per cent sent */
  SayPercent?: string;
  /** Your photo has arrived and is being compared. */
  SayVerifying?: string;
  /** Still comparing. */
  SayStillVerifying?: string;
  /** No connection. Your photo is safe and waits. */
  SayNoNetwork?: string;
  /** Connected again. */
  SayConnected?: string;
  /** Language */
  LanguageLabel?: string;
  /** The selfie check isn’t set up yet */
  'Config.title'?: string;
  /** There is nothing that you can do about it here. */
  'Config.body'?: string;
  /** The selfie check didn’t load */
  'Load.title'?: string;
  /** Reload the page. If that does not help, try another browser. */
  'Load.body'?: string;
  /** Something went wrong */
  'Crash.title'?: string;
  /** Reload the page to begin again. */
  'Crash.body'?: string;
  /** The camera is blocked */
  'CameraDenied.title'?: string;
  /** This page may not use your camera. You can change that: */
  'CameraDenied.body'?: string;
  /** The camera needs your permission */
  'CameraDismissed.title'?: string;
  /** Your browser’s question was closed. Try again, and choose Allow when it asks. */
  'CameraDismissed.body'?: string;
  /** Your device blocks the camera */
  'CameraDeniedBySystem.title'?: string;
  /** Allow the camera for your browser in your device’s settings. Then try again. */
  'CameraDeniedBySystem.body'?: string;
  /** No camera found */
  'CameraNotFound.title'?: string;
  /** Connect a camera, then try again. */
  'CameraNotFound.body'?: string;
  /** The camera is busy */
  'CameraInUse.title'?: string;
  /** Another app or tab may be using it. Close video calls and other camera apps, then try again. */
  'CameraInUse.body'?: string;
  /** The camera needs a secure page */
  'CameraInsecurePage.title'?: string;
  /** Browsers allow the camera only on addresses that begin with https. */
  'CameraInsecurePage.body'?: string;
  /** This page can’t use the camera */
  'CameraBlocked.title'?: string;
  /** The site has turned it off here. */
  'CameraBlocked.body'?: string;
  /** This browser can’t use the camera */
  'CameraUnsupported.title'?: string;
  /** Update your browser, or open the page in another one. */
  'CameraUnsupported.body'?: string;
  /** The camera stopped */
  'CameraEnded.title'?: string;
  /** It was unplugged, or another app is using it. Check both, then try again. */
  'CameraEnded.body'?: string;
  /** The camera didn’t start */
  'CameraFailed.title'?: string;
  /** Close other apps that use the camera, then try again. Restarting the browser can help too. */
  'CameraFailed.body'?: string;
  /** The photo didn’t work */
  'PhotoFailed.title'?: string;
  /** The camera gave no usable picture. Please try once more. */
  'PhotoFailed.body'?: string;
  /** This browser changes photos */
  'PhotoAltered.title'?: string;
  /** Its privacy settings would spoil your picture. Please use another browser. */
  'PhotoAltered.body'?: string;
  /** These photos can’t be used */
  'PhotoUnusable.title'?: string;
  /** Find better light, with only your face in the picture. Then try again. */
  'PhotoUnusable.body'?: string;
  /** This browser can’t read that file */
  'FileNotImage.title'?: string;
  /** Choose a JPEG photo, or take one with the camera. */
  'FileNotImage.body'?: string;
  /** That photo is too large */
  'FileTooLarge.title'?: string;
  /** Choose a smaller one: under 20 MB and 50 megapixels. */
  'FileTooLarge.body'?: string;
  /** That photo can’t be opened */
  'FileUnreadable.title'?: string;
  /** The file may be damaged. Choose another one. */
  'FileUnreadable.body'?: string;
  /** Your session has ended */
  'Session.title'?: string;
  /** Send the photo again, or reload the page. You may need to sign in again. */
  'Session.body'?: string;
  /** This check is finished */
  'SessionDone.title'?: string;
  /** The site has its result already. */
  'SessionDone.body'?: string;
  /** No more tries are left */
  'SessionLimit.title'?: string;
  /** The site can start a new check for you. */
  'SessionLimit.body'?: string;
  /** The result isn’t here yet */
  'VerdictUnknown.title'?: string;
  /** Your photo has arrived. Please don’t take another one. */
  'VerdictUnknown.body'?: string;
  /** This check can’t run here */
  'RelayForbidden.title'?: string;
  /** The site does not allow it on this page. */
  'RelayForbidden.body'?: string;
  /** We can’t reach the site */
  'RelayUnreachable.title'?: string;
  /** Check your connection, then send again. */
  'RelayUnreachable.body'?: string;
  /** That took too long */
  'RelayTimeout.title'?: string;
  /** The connection may be slow. Please send again. */
  'RelayTimeout.body'?: string;
  /** The service is busy */
  'RelayBusy.title'?: string;
  /** Please try again in a minute. */
  'RelayBusy.body'?: string;
  /** This check can’t go on */
  'RelayRefused.title'?: string;
  /** It is not set up correctly. That is not your fault. */
  'RelayRefused.body'?: string;
  /** The service has a problem */
  'RelayFailed.title'?: string;
  /** It is not your fault. Please try again in a minute. */
  'RelayFailed.body'?: string;
  /** That didn’t work */
  'RelayReply.title'?: string;
  /** It is not your fault. Check your connection, then send again. */
  'RelayReply.body'?: string;
  /** We couldn’t find your record */
  'CustomerUnknown.title'?: string;
  /** We have no record for the ID number that the site gave us. */
  'CustomerUnknown.body'?: string;
  /** The photo can’t be sent */
  'LinkUnusable.title'?: string;
  /** Something is wrong with the service. It is not your fault. */
  'LinkUnusable.body'?: string;
  /** The photo can’t be sent */
  'LinkChecksum.title'?: string;
  /** Something is wrong with the service. It is not your fault. */
  'LinkChecksum.body'?: string;
  /** The photo can’t be sent */
  'LinkHeaders.title'?: string;
  /** Something is wrong with the service. It is not your fault. */
  'LinkHeaders.body'?: string;
  /** The photo didn’t get through */
  'UploadUnreachable.title'?: string;
  /** Check your connection, then send again. */
  'UploadUnreachable.body'?: string;
  /** The connection is too slow */
  'UploadStalled.title'?: string;
  /** Move to where the signal is better, then send again. */
  'UploadStalled.body'?: string;
  /** Sending took too long */
  'UploadExpired.title'?: string;
  /** The time for sending ran out. Please send again. */
  'UploadExpired.body'?: string;
  /** The service’s clock is wrong */
  'UploadClockSkew.title'?: string;
  /** It is not your fault. Please wait a minute, then send again. */
  'UploadClockSkew.body'?: string;
  /** The photo was not accepted */
  'UploadRefused.title'?: string;
  /** The service did not take it. Please send again. */
  'UploadRefused.body'?: string;
  /** The photo is too large */
  'UploadTooLarge.title'?: string;
  /** Please take another one. */
  'UploadTooLarge.body'?: string;
  /** The photo arrived damaged */
  'UploadDamaged.title'?: string;
  /** The connection may be weak. Please send again. */
  'UploadDamaged.body'?: string;
  /** The service is busy */
  'UploadBusy.title'?: string;
  /** Please wait a minute, then send again. */
  'UploadBusy.body'?: string;
  /** Tap the icon to the left of the address, then Permissions, and switch Camera on. Then try again. */
  'AllowCamera.ChromeAndroid'?: string;
  /** Tap the icon to the left of the address, then Permissions, Camera, and choose Allow. Then try again. */
  'AllowCamera.SamsungInternet'?: string;
  /** Tap the lock in the address bar, then Camera, until it says Allowed. Then try again. */
  'AllowCamera.FirefoxAndroid'?: string;
  /** Tap the page icon in the address bar, then Website Settings or More, and set Camera to Allow. Then try again. */
  'AllowCamera.SafariIos'?: string;
  /** Open the Settings app of your device, find this browser in the list of apps, and switch Camera on. Then try again. */
  'AllowCamera.ChromeIos'?: string;
  /** Choose the icon to the left of the address, switch Camera on, and reload the page if asked to. */
  'AllowCamera.ChromeDesktop'?: string;
  /** Choose the lock to the left of the address, set Camera to Allow, then try again. */
  'AllowCamera.EdgeDesktop'?: string;
  /** Choose the crossed-out camera to the left of the address, remove the block, then try again. */
  'AllowCamera.FirefoxDesktop'?: string;
  /** In the menu bar choose Safari, Settings for This Website, set Camera to Allow, then try again. */
  'AllowCamera.SafariMac'?: string;
  /** Allow the camera for this app in your phone’s settings, or open the page in your browser. */
  'AllowCamera.InApp'?: string;
  /** Open the permissions beside the page’s address, or the browser’s site settings, and allow the camera. Then try again. */
  'AllowCamera.Other'?: string;
  /** Point your phone’s camera at the code, and open the link. The result comes back here. */
  'Handoff.Scan'?: string;
  /** QR code with the link for your phone */
  'Handoff.Code'?: string;
  /** New code in {n} s */
  'Handoff.Fresh'?: string;
  /** Copy link */
  'Handoff.CopyLink'?: string;
  /** Copied. Open the link on your own phone, and show it to nobody. */
  'Handoff.Copied'?: string;
  /** Choose this number on your phone, and tell it to nobody: */
  'Handoff.Choose'?: string;
  /** {n} s left */
  'Handoff.Left'?: string;
  /** Go on with your phone. Keep this page open: the result comes back here. */
  'Handoff.OnPhone'?: string;
  /** The selfie did not match. You can try again on your phone. */
  'Handoff.Rejected'?: string;
  /** That was not the number, so we stopped. */
  'Handoff.Wrong'?: string;
  /** This code does not work any more. */
  'Handoff.Expired'?: string;
  /** Somebody at the phone said that they did not start this. The check has ended. */
  'Handoff.Stopped'?: string;
  /** This check can’t move to a phone. */
  'Handoff.Refused'?: string;
  /** New code */
  'Handoff.NewCode'?: string;
  /** Use this computer instead */
  'Handoff.UseComputer'?: string;
  /** Open this page in your browser */
  'InApp.Title'?: string;
  /** Open in browser */
  'InApp.Open'?: string;
  /** Copied. Paste it into the address bar of your browser. */
  'InApp.Copied'?: string;
  /** Share the link */
  'InApp.Share'?: string;
  /** Try here anyway */
  'InApp.Here'?: string;
}
