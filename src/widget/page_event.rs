//! The messages to the page ([`PageEvent`]). Each is a DOM event of the element and a callback of the Yew component.

use std::rc::Rc;

use web_sys::Blob;

use crate::adapter::relay::JudgedReply;
use crate::flow::{ErrorCode, Luminance, Phase, PhotoOrigin, ScreenName};
use crate::guidance::{Evidence, Hint};
use crate::text::Text;

/// The quality of a frame or a photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// The luminance of the whole picture; `None` if the browser blocks reading pixels.
    pub luminance: Option<Luminance>,
    /// The analysis.
    pub evidence: Option<Rc<Evidence>>,
}

/// A photo, for the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// The JPEG, without metadata.
    pub blob: Blob,
    /// Where it comes from.
    pub origin: PhotoOrigin,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Its quality.
    pub quality: Quality,
}

/// A message to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum PageEvent {
    /// The screen changed.
    StateChange {
        /// The new state.
        state: ScreenName,
        /// The previous state.
        previous: ScreenName,
    },
    /// The person agreed.
    Consented {
        /// The words that count.
        words: Text,
        /// The words of the other screens. If nobody has reviewed them, they stood beside the English ones.
        shown: Text,
    },
    /// The hint changed.
    Guidance {
        /// The new hint.
        hint: Hint,
        /// The quality of the frame.
        quality: Quality,
        /// Why frames are not analysed, when that begins.
        cause: Option<Rc<str>>,
    },
    /// The browser listed its cameras.
    Devices,
    /// A photo is about to be made. The page may refuse it with `preventDefault()`.
    Capture,
    /// A photo was made.
    Captured(Captured),
    /// The submission made progress.
    Progress(Phase),
    /// According to the vendor, the selfie and the record show the same person.
    Verified(JudgedReply, Quality),
    /// The vendor did not confirm the person.
    Rejected(JudgedReply, Quality),
    /// The person can't take a selfie, and asks for the page's other way.
    Alternative {
        /// The state that the person left.
        state: ScreenName,
    },
    /// The person cancelled.
    Cancelled,
    /// Something failed.
    Error {
        /// The code.
        code: ErrorCode,
        /// The sentence that the person reads.
        message: String,
        /// Whether the person can do something about it now.
        retryable: bool,
        /// The exact cause for the page's developer, if there is more to say than the code.
        cause: Option<String>,
    },
}

impl PageEvent {
    /// The names of all events, in the order of the flow.
    pub const NAMES: [&'static str; 12] = [
        "selfie-statechange",
        "selfie-consented",
        "selfie-devices",
        "selfie-guidance",
        "selfie-capture",
        "selfie-captured",
        "selfie-progress",
        "selfie-verified",
        "selfie-rejected",
        "selfie-alternative",
        "selfie-cancelled",
        "selfie-error",
    ];

    /// Returns the name of the DOM event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let index = match self {
            Self::StateChange { .. } => 0,
            Self::Consented { .. } => 1,
            Self::Devices => 2,
            Self::Guidance { .. } => 3,
            Self::Capture => 4,
            Self::Captured(_) => 5,
            Self::Progress(_) => 6,
            Self::Verified(..) => 7,
            Self::Rejected(..) => 8,
            Self::Alternative { .. } => 9,
            Self::Cancelled => 10,
            Self::Error { .. } => 11,
        };
        Self::NAMES[index]
    }

    /// Whether the page can refuse it.
    #[must_use]
    pub fn cancelable(&self) -> bool {
        matches!(self, Self::Capture)
    }
}
