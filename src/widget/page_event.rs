//! What the page is told ([`PageEvent`]): each is a DOM event of the element and a callback of the Yew component.

use std::rc::Rc;

use web_sys::Blob;

use crate::adapter::relay::Verdict;
use crate::flow::{ErrorCode, Luminance, Phase, ScreenName};
use crate::guidance::{Evidence, Hint};

/// What is known of a frame or a photo.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quality {
    /// What was measured of the whole picture; `None` where the browser lets nobody read pixels.
    pub luminance: Option<Luminance>,
    /// What came of looking at it.
    pub evidence: Option<Rc<Evidence>>,
}

/// A photo as the page gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Captured {
    /// The JPEG, without metadata.
    pub blob: Blob,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What is known of it.
    pub quality: Quality,
}

/// Something that the page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum PageEvent {
    /// The flow moved to another screen.
    StateChange {
        /// The state now.
        state: ScreenName,
        /// The state before.
        previous: ScreenName,
    },
    /// The person is told something else.
    Guidance {
        /// What.
        hint: Hint,
        /// What is known of the frame.
        quality: Quality,
    },
    /// A photo is about to be made. The page may refuse, by `preventDefault()`.
    Capture,
    /// A photo was made.
    Captured(Captured),
    /// Sending the photo goes on.
    Progress(Phase),
    /// The vendor says that the selfie and the record show one person.
    Verified(Verdict, Quality),
    /// The vendor does not say so.
    Rejected(Verdict, Quality),
    /// The person gave up.
    Cancelled,
    /// Something failed.
    Error {
        /// What.
        code: ErrorCode,
        /// The sentence that the person reads.
        message: String,
        /// For the page's developer: what exactly is wrong, where more is known than the code says.
        cause: Option<String>,
    },
}

impl PageEvent {
    /// The names of all events, in the order of the flow.
    pub const NAMES: [&'static str; 9] = [
        "selfie-statechange",
        "selfie-guidance",
        "selfie-capture",
        "selfie-captured",
        "selfie-progress",
        "selfie-verified",
        "selfie-rejected",
        "selfie-cancelled",
        "selfie-error",
    ];

    /// The name of the DOM event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let index = match self {
            Self::StateChange { .. } => 0,
            Self::Guidance { .. } => 1,
            Self::Capture => 2,
            Self::Captured(_) => 3,
            Self::Progress(_) => 4,
            Self::Verified(..) => 5,
            Self::Rejected(..) => 6,
            Self::Cancelled => 7,
            Self::Error { .. } => 8,
        };
        Self::NAMES[index]
    }

    /// Whether the page can refuse it.
    #[must_use]
    pub fn cancelable(&self) -> bool {
        matches!(self, Self::Capture)
    }
}
