//! The ids of what the person reads ([`Message`]), apart from errors, which have [`ErrorCode`](crate::flow::ErrorCode).

macro_rules! messages {
    ($($(#[doc = $doc:literal])+ $variant:ident,)+) => {
        /// One piece of text. `{n}` and `{m}` in it stand for numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Message {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Message {
            /// Every id.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

messages! {
    /// Idle: the heading.
    IdleTitle,
    /// Idle: what this is.
    IdleBody,
    /// A tip: light.
    TipLight,
    /// A tip: nothing over the face.
    TipFace,
    /// A tip: how to hold the device.
    TipHold,
    /// Idle: how long it takes, and how much data.
    IdleNeeds,
    /// Idle: the button.
    Start,

    /// Consent: the heading.
    ConsentTitle,
    /// Consent: the name of the part on what is taken.
    ConsentWhat,
    /// Consent: what is taken.
    ConsentWhatBody,
    /// Consent: the name of the part on why.
    ConsentWhy,
    /// Consent: why.
    ConsentWhyBody,
    /// Consent: the name of the part on where it goes.
    ConsentWhere,
    /// Consent: where it goes.
    ConsentWhereBody,
    /// Consent: the photo is looked at before it is sent.
    ConsentReview,
    /// Consent: the button that agrees.
    Agree,
    /// Consent: the button that does not.
    NotNow,

    /// Starting: the heading.
    StartingTitle,
    /// Starting: what the browser will ask.
    StartingBody,
    /// Starting: where to look for the browser's question.
    StartingSlow,
    /// Starting: the camera waits until the page is seen again.
    StartingPaused,

    /// Framing: the heading.
    FramingTitle,
    /// Framing: what to do.
    HintPosition,
    /// Framing: the camera sends only black.
    HintNoPicture,
    /// Framing: there is no face.
    HintNoFace,
    /// Framing: there are several faces.
    HintSeveralFaces,
    /// Framing: there is too little light.
    HintTooDark,
    /// Framing: there is too much light.
    HintTooBright,
    /// Framing: the face is too small.
    HintComeCloser,
    /// Framing: the face is too large.
    HintMoveBack,
    /// Framing: the face belongs further left, as it is shown.
    HintMoveLeft,
    /// Framing: the face belongs further right.
    HintMoveRight,
    /// Framing: the face belongs further up.
    HintMoveUp,
    /// Framing: the face belongs further down.
    HintMoveDown,
    /// Framing: the head leans to a side.
    HintStraighten,
    /// Framing: the head is turned.
    HintLookStraight,
    /// Framing: the light comes from one side.
    HintSideLight,
    /// Framing: the face moves.
    HintHoldStill,
    /// Framing: the face is blurred.
    HintBlurred,
    /// Framing: all is well.
    HintHold,
    /// Challenge: turn the head to the person's own left.
    HintTurnLeft,
    /// Challenge: turn the head to the person's own right.
    HintTurnRight,
    /// Challenge: bring the face closer.
    HintLeanIn,
    /// Challenge: back to where it began.
    HintFaceForward,
    /// Challenge: the button that leaves it out.
    SkipChallenge,
    /// The name of the camera's picture.
    PreviewLabel,
    /// The shutter.
    Shutter,
    /// The shutter while the countdown runs.
    ShutterNow,
    /// The button for the device's other camera.
    SwitchCamera,
    /// The button for a photo from the device.
    ChoosePhoto,

    /// Countdown: the heading.
    CountdownTitle,
    /// Countdown: what to do.
    CountdownHint,

    /// Grabbing: the heading.
    GrabbingTitle,
    /// Grabbing: the heading for a file.
    ReadingTitle,

    /// Review: the heading.
    ReviewTitle,
    /// The name of the photo.
    PhotoAlt,
    /// Review: the first question.
    CheckFace,
    /// Review: the second question.
    CheckSharp,
    /// Review: the third question.
    CheckClear,
    /// Review: the heading where something is wrong with the photo.
    ReviewFlawTitle,
    /// Review: the heading where the photo can't be sent.
    ReviewRefusedTitle,
    /// Review: there is no face in the photo.
    FlawNoFace,
    /// Review: there are several.
    FlawSeveralFaces,
    /// Review: the face is too dark.
    FlawTooDark,
    /// Review: the face is too bright.
    FlawTooBright,
    /// Review: the face is too small.
    FlawTooSmall,
    /// Review: the head is turned.
    FlawTurned,
    /// Review: the head leans.
    FlawLeaning,
    /// Review: the light comes from one side.
    FlawSideLight,
    /// Review: the face is blurred.
    FlawBlurred,
    /// Review: the button that sends a photo in spite of it.
    UseAnyway,
    /// Review: the button that sends the photo.
    UsePhoto,
    /// Review: the button for another photo.
    Retake,

    /// Submitting: the heading.
    SubmittingTitle,
    /// Submitting: the first step.
    StepLink,
    /// Submitting: the second step.
    StepUpload,
    /// Submitting: the third step.
    StepVerify,
    /// A step that is done, for a screen reader.
    StepDone,
    /// The step under way, for a screen reader.
    StepNow,
    /// A step to come, for a screen reader.
    StepNext,
    /// Submitting: `{n}` of `{m}` kilobytes are sent.
    Bytes,
    /// The name of the progress bar.
    ProgressLabel,
    /// Submitting: there is no network.
    WaitNetwork,
    /// Submitting: try number `{n}` of `{m}` comes soon.
    WaitPause,
    /// Submitting: keep the page open.
    KeepOpen,

    /// Verified: the heading.
    VerifiedTitle,
    /// Verified: what it means.
    VerifiedBody,
    /// Rejected: the heading.
    RejectedTitle,
    /// Rejected: the selfie does not match the record.
    RejectedNotMatched,
    /// Rejected: the vendor's fraud word for the selfie was `High`.
    RejectedFraud,
    /// Rejected: what helps.
    RejectedTips,
    /// Rejected: whom to ask if it happens again.
    RejectedAsk,
    /// Rejected: the button.
    TryAgain,

    /// Failed: the button for the camera.
    RetryCamera,
    /// Failed with a file: the button for the camera.
    UseCamera,
    /// Failed: the button for the device's own camera app.
    CameraApp,
    /// Failed with a file: the button for another one.
    ChooseAnother,
    /// Failed: the button for another photo.
    TakeAnother,
    /// Failed: the button that goes on with the photo at hand.
    SendAgain,
    /// Button: not to wait for the network any longer.
    TryNow,
    /// Failed: the photo is safe.
    PhotoKept,
    /// Failed: only the page's owner can help.
    AskSite,
    /// Failed: the page's owner can help if nothing else does.
    AskSiteAgain,
    /// Failed in another app's browser: open the page elsewhere.
    OpenInBrowser,
    /// Failed: the code, in small print, after this.
    CodeLabel,
    /// Gives up.
    Cancel,

    /// Refused settings: the heading, for the page's developer.
    ConfigTitle,
    /// Refused settings: for everyone else.
    ConfigBody,

    /// Said: the camera works.
    SayCameraReady,
    /// Said: the camera works, and the photo is taken by itself.
    SayCameraReadyAuto,
    /// Said: the shutter has appeared.
    SayShutter,
    /// Said: the challenge begins anew.
    SayChallengeAgain,
    /// Said: `{n}` per cent are sent.
    SayPercent,
    /// Said: the photo is being compared.
    SayVerifying,
    /// Said: there is no network.
    SayNoNetwork,
}
