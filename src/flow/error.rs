//! The one list of everything that can go wrong ([`ErrorCode`]) and of what the person can do about it ([`NextStep`]).
//!
//! The codes are part of the public API: they reach the page in `selfie-error` and never change their meaning.

/// What a person can do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Open the camera again.
    RetryCamera,
    /// Choose a photo from the device instead.
    PickFile,
    /// Take another photo.
    Retake,
    /// Send the photo that was taken, from where it stopped.
    Resubmit,
    /// Only the page's owner can help; the widget says so.
    AskSite,
}

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal => [$($step:ident),+];)+) => {
        /// A stable code for each failure.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl ErrorCode {
            /// Every code, in the order of the flow.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as the page sees it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// What the person can do, the best first. Never empty.
            #[must_use]
            pub fn next_steps(self) -> &'static [NextStep] {
                match self { $(Self::$variant => &[$(NextStep::$step),+]),+ }
            }
        }
    };
}

error_codes! {
    /// A setting of the element is missing or wrong.
    Config = "config" => [AskSite];
    /// The widget's own code could not be loaded; sent by the element before any Rust runs.
    Load = "load" => [AskSite];
    /// The widget's own code stopped at a fault; sent by the element when no Rust runs any more.
    Crash = "crash" => [AskSite];

    /// The person or the browser's settings refuse the camera.
    CameraDenied = "camera-denied" => [RetryCamera, PickFile];
    /// The browser's question was closed without an answer.
    CameraDismissed = "camera-dismissed" => [RetryCamera, PickFile];
    /// There is no camera.
    CameraNotFound = "camera-not-found" => [PickFile, RetryCamera];
    /// Another program has the camera, or the system can't start it.
    CameraInUse = "camera-in-use" => [RetryCamera, PickFile];
    /// The page is not served over https.
    CameraInsecurePage = "camera-insecure-page" => [PickFile];
    /// The page's Permissions-Policy, or the frame that it is in, forbids the camera.
    CameraBlocked = "camera-blocked" => [PickFile];
    /// This browser has no camera API.
    CameraUnsupported = "camera-unsupported" => [PickFile];
    /// The camera stopped while it ran: unplugged, or taken back by the system.
    CameraEnded = "camera-ended" => [RetryCamera, PickFile];
    /// The camera failed in a way that the browser does not explain.
    CameraFailed = "camera-failed" => [RetryCamera, PickFile];

    /// The frame could not be made into a photo.
    PhotoFailed = "photo-failed" => [RetryCamera, PickFile];
    /// With `strict`: three photos in a row had no face, several, or too little light.
    PhotoUnusable = "photo-unusable" => [RetryCamera, PickFile, AskSite];
    /// The chosen file is no image that this browser can read.
    FileNotImage = "file-not-image" => [PickFile, RetryCamera];
    /// The chosen file is over 20 MB or 50 megapixels.
    FileTooLarge = "file-too-large" => [PickFile, RetryCamera];
    /// The chosen file can't be read, or is damaged.
    FileUnreadable = "file-unreadable" => [PickFile, RetryCamera];

    /// The page's session is missing, over, or its function failed.
    Session = "session" => [Resubmit, AskSite];
    /// The session has its verdict already.
    SessionDone = "session-done" => [AskSite];
    /// The session allows no more photos.
    SessionLimit = "session-limit" => [AskSite];
    /// The verdict was lost on its way. The site decides what is next.
    VerdictUnknown = "verdict-unknown" => [AskSite];
    /// The relay does not allow this page or session to do this.
    RelayForbidden = "relay-forbidden" => [AskSite];
    /// The relay can't be reached.
    RelayUnreachable = "relay-unreachable" => [Resubmit];
    /// The relay took too long to answer.
    RelayTimeout = "relay-timeout" => [Resubmit];
    /// The relay or the vendor has too much to do.
    RelayBusy = "relay-busy" => [Resubmit];
    /// The relay refused the request as it stands.
    RelayRefused = "relay-refused" => [AskSite];
    /// The relay, or the vendor behind it, failed.
    RelayFailed = "relay-failed" => [Resubmit];
    /// The relay's answer could not be understood.
    RelayReply = "relay-reply" => [Resubmit, AskSite];
    /// The vendor does not know this customer.
    CustomerUnknown = "customer-unknown" => [AskSite];
    /// The signed link can't be used: it is not https, or it signs the checksum of an empty body.
    LinkUnusable = "link-unusable" => [AskSite];

    /// S3 can't be reached: offline, or its CORS rules leave this page out.
    UploadUnreachable = "upload-unreachable" => [Resubmit];
    /// The upload stood still for 30 seconds, again and again.
    UploadStalled = "upload-stalled" => [Resubmit];
    /// A fresh link, too, was past its life.
    UploadExpired = "upload-expired" => [Resubmit];
    /// S3 says that the clock which signed the link is off.
    UploadClockSkew = "upload-clock-skew" => [Resubmit];
    /// S3 refuses the upload for good.
    UploadRefused = "upload-refused" => [Resubmit, AskSite];
    /// The photo is over the link's size limit even when made smaller.
    UploadTooLarge = "upload-too-large" => [Retake];
    /// The photo arrived damaged twice.
    UploadDamaged = "upload-damaged" => [Resubmit];
    /// S3 asked to slow down again and again.
    UploadBusy = "upload-busy" => [Resubmit];
}

impl ErrorCode {
    /// Whether the person can do something about it here and now.
    #[must_use]
    pub fn retryable(self) -> bool {
        self.next_steps().iter().any(|step| *step != NextStep::AskSite)
    }

    /// Whether this step is among the next steps.
    #[must_use]
    pub fn offers(self, step: NextStep) -> bool {
        self.next_steps().contains(&step)
    }
}
