//! English.

use crate::flow::ErrorCode;

use super::browser::Browser;
use super::language::{ErrorText, Language};
use super::message::Message;

/// The texts.
pub(super) const ENGLISH: Language = Language { lang: "en", dir: "ltr", message, error, allow_camera };

fn message(message: Message) -> &'static str {
    use Message as M;
    match message {
        M::IdleTitle => "Confirm it’s you",
        M::IdleBody => "Take a quick selfie. We compare it with your ID record to keep your account safe.",
        M::TipLight => "Face a window or a lamp",
        M::TipFace => "Take off sunglasses, hat and mask",
        M::TipHold => "Hold the camera at eye level",
        M::IdleNeeds => "About a minute, and less than 1 MB of data",
        M::Start => "Start",

        M::ConsentTitle => "Your photo, your choice",
        M::ConsentWhat => "What we take",
        M::ConsentWhatBody => "One photo of your face. No video, no sound.",
        M::ConsentWhy => "Why",
        M::ConsentWhyBody => "To compare your face with the photo on your ID record.",
        M::ConsentWhere => "Where it goes",
        M::ConsentWhereBody => "Encrypted, to Akiba Digital, who do the check. The site you are on gets the result.",
        M::ConsentReview => "You see the photo before it is sent.",
        M::Agree => "I agree, open the camera",
        M::NotNow => "Not now",

        M::StartingTitle => "Opening your camera",
        M::StartingBody => "If your browser asks to use the camera, choose Allow.",
        M::StartingSlow => {
            "Still waiting. Look for your browser’s question at the top or bottom of the screen, and choose Allow."
        }
        M::StartingTap => "Your device saves power. The camera needs one tap from you.",
        M::TapToStart => "Tap to start",
        M::StartingFrozen => "Your camera has stopped for now. A call or another app may be using it.",
        M::StartingAway => "We turned the camera off, because nobody was in front of it.",
        M::CameraOn => "Turn the camera on",
        M::StartingPaused => "The camera is off while you are away. It comes back when you do.",

        M::FramingTitle => "Take your selfie",
        M::HintPosition => "Fit your face in the oval",
        M::HintByHand => "Fit your face in the oval, then take the photo",
        M::HintNoPicture => "No picture. Is the camera covered or switched off?",
        M::HintNoFace => "We can’t see a face. Look at the camera",
        M::HintSeveralFaces => "Only one person in the picture, please",
        M::HintTooDark => "Too dark. Face a window or a lamp",
        M::HintTooBright => "Too bright. Move out of the strong light",
        M::HintComeCloser => "Come a little closer",
        M::HintMoveBack => "Move back a little",
        M::HintMoveLeft => "Move your face to the left",
        M::HintMoveRight => "Move your face to the right",
        M::HintMoveUp => "Move your face up",
        M::HintMoveDown => "Move your face down",
        M::HintStraighten => "Hold your head upright",
        M::HintLookStraight => "Look straight at the camera",
        M::HintSideLight => "Light from one side. Turn towards it",
        M::HintHoldStill => "Hold still",
        M::HintBlurred => "Blurred. Hold still, or wipe the lens",
        M::HintHold => "Good. Stay like this",
        M::HintPress => "Good. Now press «Take the photo»",
        M::HintTurnLeft => "Turn your head to your left",
        M::HintTurnRight => "Turn your head to your right",
        M::HintLeanIn => "Bring your face closer",
        M::HintFaceForward => "Now back, and look at the camera",
        M::SkipChallenge => "I can’t do this",
        M::OtherWay => "Another way",
        M::Sound => "Sounds and spoken hints",
        M::PreviewLabel => "Picture from your camera",
        M::Shutter => "Take the photo",
        M::ShutterNow => "Take it now",
        M::ByHand => "I’ll press the button myself",
        M::SwitchCamera => "Switch camera",
        M::ChoosePhoto => "Choose a photo",

        M::CountdownTitle => "Get ready",
        M::CountdownHint => "Hold still and look at the camera",

        M::GrabbingTitle => "Taking the photo",
        M::ReadingTitle => "Preparing your photo",

        M::ReviewTitle => "Happy with this photo?",
        M::PhotoAlt => "Your photo",
        M::Enlarge => "Enlarge the photo",
        M::CheckFace => "Is your whole face in it?",
        M::CheckSharp => "Is it sharp and bright?",
        M::CheckClear => "No sunglasses, hat or mask?",
        M::CheckedFace => "One face",
        M::CheckedSharp => "Sharp and well lit",
        M::ReviewFlawTitle => "Take another one?",
        M::ReviewRefusedTitle => "Please take another photo",
        M::FlawNoFace => "We can’t see a face in this photo.",
        M::FlawSeveralFaces => "There is more than one face in this photo.",
        M::FlawTooDark => "Your face is too dark. Face a window or a lamp.",
        M::FlawTooBright => "Your face is too bright. Move out of the strong light.",
        M::FlawTooSmall => "Your face is too small. Come a little closer.",
        M::FlawTurned => "Your face is turned away. Look straight at the camera.",
        M::FlawLeaning => "Your head leans to one side. Hold it upright.",
        M::FlawSideLight => "One side of your face is in shadow. Turn towards the light.",
        M::FlawBlurred => "The photo is blurred. Hold still, or wipe the lens.",
        M::UseAnyway => "Use it anyway",
        M::UsePhoto => "Use this photo",
        M::Retake => "Retake",

        M::SubmittingTitle => "Checking your photo",
        M::StepLink => "Secure connection",
        M::StepUpload => "Send photo",
        M::StepVerify => "Compare with ID record",
        M::StepDone => "done",
        M::StepNow => "in progress",
        M::StepNext => "to come",
        M::Bytes => "{n} of {m} kB",
        M::ProgressLabel => "Photo sent",
        M::WaitNetwork => "You are offline. Your photo is safe; we go on as soon as you are connected.",
        M::WaitPause => "The connection is unsteady. Trying again: {n}\u{a0}of\u{a0}{m}.",
        M::KeepOpen => "Please keep this page open.",

        M::VerifiedTitle => "It’s you. Thank you!",
        M::VerifiedBody => "Your selfie matches your ID record. There is nothing more to do here.",
        M::RejectedTitle => "We couldn’t confirm it’s you",
        M::RejectedNotMatched => "Your selfie and the photo on your ID record were not close enough.",
        M::RejectedFraud => "The check needs a live photo of your own face, and could not be sure about this one.",
        M::RejectedUnclear => "The check of your selfie gave no clear result.",
        M::RejectedOften => {
            "This did not work several times. Contact the site you came from. They can help you another way."
        }
        M::RejectedTips => "This often helps:",
        M::RejectedAsk => "If it happens again, contact the site you came from. They can help you another way.",
        M::TryAgain => "Try again",

        M::RetryCamera => "Try the camera again",
        M::UseCamera => "Use the camera",
        M::CameraApp => "Use the camera app",
        M::ChooseAnother => "Choose another photo",
        M::TakeAnother => "Take another photo",
        M::SendAgain => "Send again",
        M::TryNow => "Try now",
        M::PhotoKept => "Your photo is kept. No need to take it again.",
        M::AskSite => "Please contact the site you came from, and tell them the code below.",
        M::AskSiteAgain => "If it happens again, contact the site you came from, and tell them the code below.",
        M::AlsoChoosePhoto => "You can also choose a recent photo of your face.",
        M::OpenInBrowser => {
            "This page is open inside another app. Open it in your browser: look for «Open in browser» in the app’s menu."
        }
        M::CodeLabel => "Code:",
        M::Cancel => "Cancel",
        M::Close => "Close",
        M::Closed => "This check is closed. You can leave this page.",

        M::ConfigTitle => "The selfie check isn’t set up yet",
        M::ConfigBody => "Please contact the site you came from. For its developer:",

        M::SayCameraReady => "The camera is on. The button «Take the photo» takes it.",
        M::SayCameraReadyAuto => "The camera is on. Fit your face in the oval.",
        M::SayAutomatic => "The photo is taken by itself when everything is right.",
        M::SayOtherWay => "If this is hard for you, there is another way. Its button is the last one.",
        M::SayShutter => "You can also take the photo yourself. The button is «Take the photo».",
        M::SaySkippable => "If you can’t, press «I can’t do this».",
        M::SayChallengeOver => "No movement needed now.",
        M::SayChallengeAgain => "Let’s try that again. First look straight at the camera.",
        M::SayPercent => "{n} per cent sent",
        M::SayVerifying => "Your photo has arrived and is being compared.",
        M::SayStillVerifying => "Still comparing.",
        M::SayConnected => "Connected again.",
        M::SayNoNetwork => "No connection. Your photo is safe and waits.",
    }
}

fn error(code: ErrorCode) -> ErrorText {
    use ErrorCode as E;
    let (title, body) = match code {
        E::Config => ("The selfie check isn’t set up yet", "There is nothing that you can do about it here."),
        E::Crash => ("Something went wrong", "Reload the page to begin again."),
        // Where WebAssembly does not run, www/plain/words.js has the words.
        E::Load | E::WasmMissing | E::WasmBlocked | E::WasmUnsupported => {
            ("The selfie check didn’t load", "Reload the page. If that does not help, try another browser.")
        }

        E::CameraDenied => ("The camera is blocked", "This page may not use your camera. You can change that:"),
        E::CameraDismissed => (
            "The camera needs your permission",
            "Your browser’s question was closed. Try again, and choose Allow when it asks.",
        ),
        E::CameraDeniedBySystem => (
            "Your device blocks the camera",
            "Allow the camera for your browser in your device’s settings. Then try again.",
        ),
        E::CameraNotFound => ("No camera found", "Connect a camera, then try again."),
        E::CameraInUse => (
            "The camera is busy",
            "Another app or tab may be using it. Close video calls and other camera apps, then try again.",
        ),
        E::CameraInsecurePage => {
            ("The camera needs a secure page", "Browsers allow the camera only on addresses that begin with https.")
        }
        E::CameraBlocked => ("This page can’t use the camera", "The site’s own settings switch it off here."),
        E::CameraUnsupported => ("This browser can’t use the camera", "Open the page in an up-to-date browser."),
        E::CameraEnded => {
            ("The camera stopped", "It was unplugged, or another app took it. Check that it is free, then try again.")
        }
        E::CameraFailed => (
            "The camera didn’t start",
            "Close other apps that use the camera, then try again. Restarting the browser can help too.",
        ),

        E::PhotoFailed => ("The photo didn’t work", "The camera gave no usable picture. Please try once more."),
        E::PhotoAltered => {
            ("This browser changes photos", "Its privacy protection would spoil your picture. Another browser helps.")
        }
        E::PhotoUnusable => {
            ("These photos can’t be used", "Find better light, with only your face in the picture. Then try again.")
        }
        E::FileNotImage => ("This browser can’t read that file", "Choose a JPEG photo, or take one with the camera."),
        E::FileTooLarge => ("That photo is too large", "Choose one under 20 MB and 50 megapixels."),
        E::FileUnreadable => ("That photo can’t be opened", "The file may be damaged. Choose another one."),

        E::Session => {
            ("Your session has ended", "You may have to sign in again. Send the photo again, or reload the page.")
        }
        E::SessionDone => ("This check is finished", "The site has its result already."),
        E::SessionLimit => ("No more tries are left", "The site can start a new check for you."),
        E::VerdictUnknown => ("The result isn’t here yet", "Your photo has arrived. Please don’t take another one."),
        E::RelayForbidden => ("This check isn’t available to you", "The site does not allow it from this page."),
        E::RelayUnreachable => ("We can’t reach the site", "Check your connection, then send again."),
        E::RelayTimeout => ("That took too long", "The connection may be slow. Please send again."),
        E::RelayBusy => ("The service is busy", "Please try again in a minute."),
        E::RelayRefused => ("The request was refused", "Something does not fit in how this check is set up."),
        E::RelayFailed => ("The service has a problem", "It is not your fault. Please try again in a minute."),
        E::RelayReply => ("Something unexpected came back", "It is not your fault. Please send again."),
        E::CustomerUnknown => {
            ("We couldn’t find your record", "We have no record for the ID number that we were given.")
        }
        E::LinkChecksum | E::LinkHeaders => {
            ("The photo can’t be sent", "The service gave an address that takes no photo.")
        }
        E::LinkUnusable => ("The photo can’t be sent", "The service gave an address that is not safe to use."),

        E::UploadUnreachable => ("The photo didn’t get through", "Check your connection, then send again."),
        E::UploadStalled => ("The connection is too slow", "Move to where the signal is better, then send again."),
        E::UploadExpired => ("Sending took too long", "The secure connection ran out. Please send again."),
        E::UploadClockSkew => (
            "The clocks don’t agree",
            "Check that the date and time of your device are set automatically, then send again.",
        ),
        E::UploadRefused => ("The photo was not accepted", "The storage refused it. Please send again."),
        E::UploadTooLarge => ("The photo is too large", "Please take another one."),
        E::UploadDamaged => ("The photo arrived damaged", "The connection may be unsteady. Please send again."),
        E::UploadBusy => ("The service is busy", "Please wait a minute, then send again."),
    };
    ErrorText { title, body }
}

fn allow_camera(browser: Browser) -> &'static str {
    use Browser as B;
    match browser {
        B::ChromeAndroid => {
            "Tap the icon to the left of the address, then Permissions, and switch Camera on. Then try again."
        }
        B::SamsungInternet => {
            "Tap the icon to the left of the address, then Permissions, Camera, and choose Allow. Then try again."
        }
        B::FirefoxAndroid => "Tap the lock in the address bar, then Camera, until it says Allowed. Then try again.",
        B::SafariIos => {
            "Tap the page icon in the address bar, then Website Settings or More, and set Camera to Allow. Then try again."
        }
        B::ChromeIos => {
            "Open the Settings app of your device, find this browser in the list of apps, and switch Camera on. Then try again."
        }
        B::ChromeDesktop => {
            "Choose the icon to the left of the address, switch Camera on, and reload the page if asked to."
        }
        B::EdgeDesktop => "Choose the lock to the left of the address, set Camera to Allow, then try again.",
        B::FirefoxDesktop => {
            "Choose the crossed-out camera to the left of the address, remove the block, then try again."
        }
        B::SafariMac => {
            "In the menu bar choose Safari, Settings for This Website, set Camera to Allow, then try again."
        }
        B::InApp => "Allow the camera for this app in your phone’s settings, or open the page in your browser.",
        B::Other => {
            "Open the permissions beside the page’s address, or the browser’s site settings, and allow the camera. Then try again."
        }
    }
}
