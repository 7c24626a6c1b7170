//! From the page's settings ([`Options`]) to the widget's settings ([`Config`]).
//!
//! [`Options`] is relaxed: the text of the attributes, any of them missing. [`Config`] is strict: every value is valid
//! and every default is filled in. [`Config::from_options`] is the only way from one to the other, and the only place
//! with defaults.

use std::fmt;

use akiba_protocol::CustomerType;

pub use self::error::ConfigError;
use self::url::{path, relay_base};
use crate::guidance::{ChallengeKind, Thresholds};

mod error;
mod url;

/// The settings of the page: one field for each attribute, `None` if the attribute is missing.
#[derive(Clone, Default, PartialEq)]
pub struct Options {
    /// `relay`: the relay's base URL; absolute, or a path on the page's own origin.
    pub relay: Option<String>,
    /// `identifier`: national id or company registration. May be missing if the page provides a session.
    pub identifier: Option<String>,
    /// `type`: `individual` or `1` (the default), `business` or `2`.
    pub customer_type: Option<String>,
    /// The lines of a catalogue; see `Text::of`. English if missing.
    pub words: Option<String>,
    /// `capture`: `auto` (the default) or `manual`.
    pub capture: Option<String>,
    /// `countdown`: count three seconds before an automatic photo.
    pub countdown: bool,
    /// `challenge`: `turn`, `closer` or `random`.
    pub challenge: Option<String>,
    /// `strict`: a photo with no face, several faces or too little light can't be sent.
    pub strict: bool,
    /// The property `thresholds`: limits of the guidance by name, replacing the defaults.
    pub thresholds: Vec<(String, f64)>,
    /// `camera`: `front` (the default) or `back`.
    pub camera: Option<String>,
    /// `device-id`: the browser's id of the first camera.
    pub device_id: Option<String>,
    /// `no-review`: send the photo without a review.
    pub no_review: bool,
    /// `no-consent`: the page itself has asked for consent.
    pub no_consent: bool,
    /// `alternative`: the page has another way for a person who can't take a selfie.
    pub alternative: bool,
    /// `no-file`: the photo comes from the camera, not from a file.
    pub no_file: bool,
    /// `handoff`: `off` (the default), `offer` or `prefer`. Needs a session, and the element, which shows the code for the phone.
    pub handoff: Option<String>,
    /// `link-path`: the path of the link request below the relay's base URL.
    pub link_path: Option<String>,
    /// `verify-path`: the path of the verdict request below the relay's base URL.
    pub verify_path: Option<String>,
    /// Whether the page provided a `session`, which is a property and never stored here.
    pub session: bool,
    /// Whether that session is neither text nor a function.
    pub bad_session: bool,
}

impl fmt::Debug for Options {
    /// Omits the identifier, so that it does not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("relay", &self.relay).finish_non_exhaustive()
    }
}

/// Who takes the photo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Capture {
    /// The widget, at the best moment. If that does not come, the shutter appears.
    #[default]
    Auto,
    /// The person.
    Manual,
}

/// Which way a camera faces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Facing {
    /// Towards the person.
    #[default]
    Front,
    /// Away from the person.
    Back,
}

/// Whether the person may take the selfie on a phone instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Handoff {
    /// No.
    #[default]
    Off,
    /// A button offers it.
    Offer,
    /// It is the first screen after the start.
    Prefer,
}

/// The settings of the widget.
#[derive(Clone, PartialEq)]
pub struct Config {
    /// The URL of the link request.
    pub link_url: String,
    /// The URL of the verdict request.
    pub verify_url: String,
    /// National id or company registration; `None` if the session knows it.
    pub identifier: Option<String>,
    /// The type of the customer.
    pub customer_type: CustomerType,
    /// Who takes the photo.
    pub capture: Capture,
    /// Whether to count three seconds before an automatic photo.
    pub countdown: bool,
    /// The movement to request from the person.
    pub challenge: Option<ChallengeKind>,
    /// Whether to forbid photos that can't be compared.
    pub strict: bool,
    /// The limits of the guidance.
    pub thresholds: Thresholds,
    /// The first camera.
    pub camera: Facing,
    /// The browser's id of the first camera, if the page names one.
    pub device: Option<String>,
    /// Whether the person reviews the photo before it is sent.
    pub review: bool,
    /// Whether to ask for consent before the camera opens.
    pub consent: bool,
    /// Whether the page has another way for a person who can't take a selfie.
    pub alternative: bool,
    /// Whether the person may choose a file instead of the camera.
    pub files: bool,
    /// Whether the person may take the selfie on a phone instead.
    pub handoff: Handoff,
    /// Whether the page has a session. Then the relay keeps the verdict, and the request for it may be repeated.
    pub session: bool,
}

impl fmt::Debug for Config {
    /// Omits the identifier, so that it does not reach a log by accident.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("link_url", &self.link_url).finish_non_exhaustive()
    }
}

/// The default of `link-path`.
const LINK_PATH: &str = "/v1/customer";
/// The default of `verify-path`.
const VERIFY_PATH: &str = "/v1/customer/verify";

impl Config {
    /// Checks the options and fills in the defaults. `page` is the page's own URL, for a relative `relay`.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn from_options(options: &Options, page: &str) -> Result<Self, ConfigError> {
        let base = relay_base(given(&options.relay).ok_or(ConfigError::NoRelay)?, page)?;
        if options.bad_session {
            return Err(ConfigError::Session);
        }
        let identifier = given(&options.identifier);
        match identifier {
            None if !options.session => return Err(ConfigError::NoIdentifier),
            Some(text) if text.chars().count() > 128 || text.chars().any(char::is_control) => {
                return Err(ConfigError::Identifier);
            }
            _ => {}
        }
        Ok(Self {
            link_url: base.clone() + path(given(&options.link_path).unwrap_or(LINK_PATH))?,
            verify_url: base + path(given(&options.verify_path).unwrap_or(VERIFY_PATH))?,
            identifier: identifier.map(str::to_owned),
            customer_type: match given(&options.customer_type) {
                None => CustomerType::default(),
                Some(text) => text.parse().map_err(|_| ConfigError::Type)?,
            },
            capture: match given(&options.capture) {
                None | Some("auto") => Capture::Auto,
                Some("manual") => Capture::Manual,
                Some(_) => return Err(ConfigError::Capture),
            },
            countdown: options.countdown,
            challenge: match given(&options.challenge) {
                // What frameworks write for `challenge={false}`.
                None | Some("false") => None,
                Some("turn") => Some(ChallengeKind::Turn),
                Some("closer") => Some(ChallengeKind::Closer),
                Some("random") => Some(ChallengeKind::Random),
                Some(_) => return Err(ConfigError::Challenge),
            },
            strict: options.strict,
            thresholds: Thresholds::with(&options.thresholds).map_err(|_| ConfigError::Thresholds)?,
            camera: match given(&options.camera) {
                None | Some("front") => Facing::Front,
                Some("back") => Facing::Back,
                Some(_) => return Err(ConfigError::Camera),
            },
            device: given(&options.device_id).map(str::to_owned),
            review: !options.no_review,
            consent: !options.no_consent,
            alternative: options.alternative,
            files: !options.no_file,
            // The relay hands over sessions only.
            handoff: match given(&options.handoff).filter(|_| options.session) {
                None | Some("off") => Handoff::Off,
                Some("offer") => Handoff::Offer,
                Some("prefer") => Handoff::Prefer,
                Some(_) => return Err(ConfigError::Handoff),
            },
            session: options.session,
        })
    }

    /// Returns a stand-in for invalid settings. The flow stays at its error then, so nothing is ever sent with it.
    pub(crate) fn refused() -> Self {
        Self {
            link_url: String::new(),
            verify_url: String::new(),
            identifier: None,
            customer_type: CustomerType::default(),
            capture: Capture::default(),
            countdown: false,
            challenge: None,
            strict: false,
            thresholds: Thresholds::default(),
            camera: Facing::Front,
            device: None,
            review: true,
            consent: true,
            alternative: false,
            files: true,
            handoff: Handoff::Off,
            session: false,
        }
    }

    /// Whether both name the same camera.
    #[must_use]
    pub fn same_camera(&self, other: &Self) -> bool {
        self.camera == other.camera && self.device == other.device
    }

    /// Whether both name the same customer at the same relay, so that a photo taken under one may be sent under the
    /// other.
    #[must_use]
    pub fn same_customer(&self, other: &Self) -> bool {
        self.link_url == other.link_url
            && self.verify_url == other.verify_url
            && self.identifier == other.identifier
            && self.customer_type == other.customer_type
    }
}

/// Returns the text of an option, if it is not blank.
fn given(option: &Option<String>) -> Option<&str> {
    option.as_deref().map(str::trim).filter(|text| !text.is_empty())
}
