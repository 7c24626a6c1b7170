//! The ids of all texts ([`Message`]) except errors, which have [`ErrorCode`](crate::flow::ErrorCode).

macro_rules! messages {
    ($($(#[doc = $doc:literal])+ $variant:ident,)+) => {
        /// One text. `{n}` and `{m}` in it stand for numbers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Message {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Message {
            /// Every id, in the order of the catalogues.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

messages! {
    /// Idle: the heading.
    IdleTitle,
    /// Idle: the introduction.
    IdleBody,
    /// A tip: light.
    TipLight,
    /// A tip: nothing over the face.
    TipFace,
    /// A tip: how to hold the device.
    TipHold,
    /// Idle: the duration and the amount of data.
    IdleNeeds,
    /// Idle: the button.
    Start,
    /// The button to take the selfie on a phone, and the heading of the screen that it opens.
    UsePhone,

    /// Consent: the heading.
    ConsentTitle,
    /// Consent: the label for the host's name.
    ConsentWho,
    /// Consent: the label for what is taken.
    ConsentWhat,
    /// Consent: what is taken.
    ConsentWhatBody,
    /// Consent: the label for the reason.
    ConsentWhy,
    /// Consent: the reason.
    ConsentWhyBody,
    /// Consent: the label for where it goes.
    ConsentWhere,
    /// Consent: where it goes.
    ConsentWhereBody,
    /// Consent: the label for how long the result is kept.
    ConsentKept,
    /// Consent: the label for who is responsible by law.
    ConsentController,
    /// Consent: the link to the privacy notice.
    ConsentPrivacy,
    /// Consent: the link to the terms.
    ConsentTerms,
    /// Consent: what happens on the device.
    ConsentDeviceBody,
    /// Consent: how to withdraw.
    ConsentWithdrawBody,
    /// Consent: the photo is reviewed before it is sent.
    ConsentReview,
    /// Consent: the button to agree.
    Agree,
    /// Consent: the button to decline.
    NotNow,
    /// Consent: above a translation that no person has reviewed.
    UnreviewedNote,

    /// Starting: the heading.
    StartingTitle,
    /// Starting: the browser's question.
    StartingBody,
    /// Starting: where to look for the browser's question.
    StartingSlow,
    /// Starting: the browser shows the camera only after a tap.
    StartingTap,
    /// Starting: the button for that tap.
    TapToStart,
    /// Starting: the camera waits until the page is visible again.
    StartingPaused,
    /// Below the title: the camera sends no frames.
    StartingFrozen,
    /// Below the title: nobody was in front of the camera.
    StartingAway,
    /// The button that turns the camera on again.
    CameraOn,

    /// Framing: the heading.
    FramingTitle,
    /// Framing: the instruction.
    HintPosition,
    /// Framing: the instruction if the person takes the photo.
    HintByHand,
    /// Framing: the camera sends only black.
    HintNoPicture,
    /// Framing: no face was found.
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
    /// Framing: the face must move left, as it is shown.
    HintMoveLeft,
    /// Framing: the face must move right.
    HintMoveRight,
    /// Framing: the face must move up.
    HintMoveUp,
    /// Framing: the face must move down.
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
    /// Framing: everything is right.
    HintHold,
    /// Framing: everything is right, and the person takes the photo.
    HintPress,
    /// Challenge: turn the head to the person's own left.
    HintTurnLeft,
    /// Challenge: turn the head to the person's own right.
    HintTurnRight,
    /// Challenge: bring the face closer.
    HintLeanIn,
    /// Challenge: return to the start.
    HintFaceForward,
    /// Challenge: the button to skip it.
    SkipChallenge,
    /// Idle, framing and failures: the button for the page's other way.
    OtherWay,
    /// The button for tones and spoken hints.
    Sound,
    /// The label of the camera's picture.
    PreviewLabel,
    /// The shutter.
    Shutter,
    /// The shutter during the countdown.
    ShutterNow,
    /// The button for who does not want the photo to be taken automatically.
    ByHand,
    /// The button for the device's other camera.
    SwitchCamera,
    /// The button to choose a photo from the device.
    ChoosePhoto,

    /// Countdown: the heading.
    CountdownTitle,
    /// Countdown: the instruction.
    CountdownHint,

    /// Grabbing: the heading.
    GrabbingTitle,
    /// Grabbing: the heading for a file.
    ReadingTitle,

    /// Review: the heading.
    ReviewTitle,
    /// The label of the photo.
    PhotoAlt,
    /// Review: the button that shows the photo larger.
    Enlarge,
    /// Review: the first question.
    CheckFace,
    /// Review: the second question.
    CheckSharp,
    /// Review: the third question.
    CheckClear,
    /// Review: instead of the first question, if the photo was analysed.
    CheckedFace,
    /// Review: instead of the second question, if the photo was analysed.
    CheckedSharp,
    /// Review: the heading for a photo with a flaw.
    ReviewFlawTitle,
    /// Review: the heading for a photo that can't be sent.
    ReviewRefusedTitle,
    /// Review: the photo shows no face.
    FlawNoFace,
    /// Review: there are several faces.
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
    /// Review: the button that sends a photo with a flaw.
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
    /// The current step, for a screen reader.
    StepNow,
    /// A future step, for a screen reader.
    StepNext,
    /// Submitting: `{n}` of `{m}` kilobytes were sent.
    Bytes,
    /// The label of the progress bar.
    ProgressLabel,
    /// Submitting: the network is missing.
    WaitNetwork,
    /// Submitting: attempt `{n}` of `{m}` follows soon.
    WaitPause,
    /// Submitting: keep the page open.
    KeepOpen,

    /// Verified: the heading.
    VerifiedTitle,
    /// Verified: the explanation.
    VerifiedBody,
    /// Rejected: the heading.
    RejectedTitle,
    /// Rejected: the selfie does not match the record.
    RejectedNotMatched,
    /// Rejected: the vendor's fraud rating for the selfie was `High`.
    RejectedFraud,
    /// Rejected: the vendor's answer was not understood.
    RejectedUnclear,
    /// Rejected: the introduction of the tips.
    RejectedTips,
    /// Rejected: whom to contact if it happens again.
    RejectedAsk,
    /// Rejected for the third time or more: the same, instead of tips.
    RejectedOften,
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
    /// Failed: the button that sends the current photo again.
    SendAgain,
    /// The button to continue without waiting for the network.
    TryNow,
    /// Failed: the photo is kept.
    PhotoKept,
    /// Failed: only the page's owner can help.
    AskSite,
    /// Failed: the page's owner can help if it happens again.
    AskSiteAgain,
    /// Failed: the person can choose a file instead.
    AlsoChoosePhoto,
    /// Failed in another app's browser: open the page elsewhere.
    OpenInBrowser,
    /// Failed: the label of the code.
    CodeLabel,
    /// The button to cancel.
    Cancel,
    /// Failed: the button that ends a check which only the page's owner can mend.
    Close,
    /// Failed: the check was ended.
    Closed,

    /// Invalid settings: the heading, for the page's developer.
    ConfigTitle,
    /// Invalid settings: for everyone else.
    ConfigBody,

    /// Announced: the camera works.
    SayCameraReady,
    /// Announced: the camera works.
    SayCameraReadyAuto,
    /// Announced: the photo is taken automatically.
    SayAutomatic,
    /// Announced: the shutter has appeared.
    SayShutter,
    /// Announced: the button for the page's other way.
    SayOtherWay,
    /// Announced: the challenge can be skipped.
    SaySkippable,
    /// Announced: the challenge starts again.
    SayChallengeAgain,
    /// Announced: the challenge is over, without the movement.
    SayChallengeOver,
    /// Announced: `{n}` per cent were sent.
    SayPercent,
    /// Announced: the photo is being compared.
    SayVerifying,
    /// Announced: the same, after a while.
    SayStillVerifying,
    /// Announced: the network is missing.
    SayNoNetwork,
    /// Announced: the network is back.
    SayConnected,

    /// The label of the language switch, which the element draws.
    LanguageLabel,
}
