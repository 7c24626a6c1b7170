//! The list of all errors ([`ErrorCode`]) and of what the person can do about each ([`NextStep`]).
//!
//! The codes are part of the public API: they reach the page in `selfie-error`, and their meaning never changes.

/// What a person can do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Open the camera again.
    RetryCamera,
    /// Choose a photo from the device instead.
    PickFile,
    /// Take another photo.
    Retake,
    /// Send the photo again, from the step that failed.
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

            /// Returns the code as the page sees it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Returns what the person can do, the best first. Never empty.
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
    /// The widget's code could not be loaded; sent by the element before any Rust runs.
    Load = "load" => [AskSite];
    /// The browser has no WebAssembly; sent where the photo may not come from a file.
    WasmMissing = "wasm-missing" => [AskSite];
    /// The page's policy forbids WebAssembly; the same.
    WasmBlocked = "wasm-blocked" => [AskSite];
    /// The browser's WebAssembly is too old; the same.
    WasmUnsupported = "wasm-unsupported" => [AskSite];
    /// The widget's code crashed; sent by the element after the Rust code has stopped.
    Crash = "crash" => [AskSite];

    /// The person or the browser's settings deny the camera.
    CameraDenied = "camera-denied" => [RetryCamera, PickFile];
    /// The browser's question was closed without an answer.
    CameraDismissed = "camera-dismissed" => [RetryCamera, PickFile];
    /// The operating system forbids the camera to the browser, although the browser allows it to the page.
    CameraDeniedBySystem = "camera-denied-by-system" => [RetryCamera, PickFile];
    /// The device has no camera.
    CameraNotFound = "camera-not-found" => [PickFile, RetryCamera];
    /// Another program uses the camera, or the system can't start it.
    CameraInUse = "camera-in-use" => [RetryCamera, PickFile];
    /// The page is not served over https.
    CameraInsecurePage = "camera-insecure-page" => [PickFile];
    /// The page's Permissions-Policy, or the frame that contains the page, forbids the camera.
    CameraBlocked = "camera-blocked" => [PickFile];
    /// This browser has no camera API.
    CameraUnsupported = "camera-unsupported" => [PickFile];
    /// The camera stopped while it was on: it was unplugged, or the system took it.
    CameraEnded = "camera-ended" => [RetryCamera, PickFile];
    /// The camera failed for a reason that the browser does not explain.
    CameraFailed = "camera-failed" => [RetryCamera, PickFile];

    /// The frame could not be made into a photo.
    PhotoFailed = "photo-failed" => [RetryCamera, PickFile];
    /// The browser's protection against fingerprinting changes the pixels of what a page draws, and the camera can't take a
    /// photo in another way.
    PhotoAltered = "photo-altered" => [PickFile, RetryCamera];
    /// With `strict`: three photos in a row had no face, several faces or too little light.
    PhotoUnusable = "photo-unusable" => [RetryCamera, PickFile, AskSite];
    /// The chosen file is not an image that this browser can read.
    FileNotImage = "file-not-image" => [PickFile, RetryCamera];
    /// The chosen file is over 20 MB or 50 megapixels.
    FileTooLarge = "file-too-large" => [PickFile, RetryCamera];
    /// The chosen file can't be read, or is damaged.
    FileUnreadable = "file-unreadable" => [PickFile, RetryCamera];

    /// The page's session is missing or has expired, and there is no other one.
    Session = "session" => [Resubmit, AskSite];
    /// The session already has its verdict.
    SessionDone = "session-done" => [AskSite];
    /// The session allows no more photos.
    SessionLimit = "session-limit" => [AskSite];
    /// The verdict is lost. The site decides how to continue.
    VerdictUnknown = "verdict-unknown" => [AskSite];
    /// The relay does not allow this for this page or session.
    RelayForbidden = "relay-forbidden" => [AskSite];
    /// The relay can't be reached.
    RelayUnreachable = "relay-unreachable" => [Resubmit];
    /// The relay did not answer in time.
    RelayTimeout = "relay-timeout" => [Resubmit];
    /// The relay or the vendor is overloaded.
    RelayBusy = "relay-busy" => [Resubmit];
    /// The relay rejected the request.
    RelayRefused = "relay-refused" => [AskSite];
    /// The relay, or the vendor behind it, failed.
    RelayFailed = "relay-failed" => [Resubmit];
    /// The relay's answer is invalid.
    RelayReply = "relay-reply" => [Resubmit, AskSite];
    /// The vendor does not know this customer.
    CustomerUnknown = "customer-unknown" => [AskSite];
    /// The signed link can't be used: it is not https, or its form has something that a page can't send.
    LinkUnusable = "link-unusable" => [AskSite];
    /// The signed link contains the checksum of a body that is not the photo, such as an empty one.
    LinkChecksum = "link-checksum" => [AskSite];
    /// The signed link signs a header whose value the relay did not give.
    LinkHeaders = "link-headers" => [AskSite];

    /// S3 can't be reached: the device is offline, or S3's CORS rules exclude this page.
    UploadUnreachable = "upload-unreachable" => [Resubmit];
    /// The upload stalled for 30 seconds, repeatedly.
    UploadStalled = "upload-stalled" => [Resubmit];
    /// Even a new link had expired.
    UploadExpired = "upload-expired" => [Resubmit];
    /// According to S3, the clock of the machine that signed the link is wrong.
    UploadClockSkew = "upload-clock-skew" => [Resubmit];
    /// S3 rejected the upload permanently.
    UploadRefused = "upload-refused" => [Resubmit, AskSite];
    /// The photo exceeds the link's size limit even after it was made smaller.
    UploadTooLarge = "upload-too-large" => [Retake];
    /// The photo arrived damaged twice.
    UploadDamaged = "upload-damaged" => [Resubmit];
    /// S3 asked to slow down, repeatedly.
    UploadBusy = "upload-busy" => [Resubmit];
}

impl ErrorCode {
    /// Whether the person can do something about it now. `files` says whether the page takes files.
    #[must_use]
    pub fn retryable(self, files: bool) -> bool {
        let useful = |step: &NextStep| match step {
            NextStep::AskSite => false,
            NextStep::PickFile => files,
            _ => true,
        };
        self.next_steps().iter().any(useful)
    }

    /// Whether this is one of the next steps.
    #[must_use]
    pub fn offers(self, step: NextStep) -> bool {
        self.next_steps().contains(&step)
    }
}
