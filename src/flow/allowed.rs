//! The table of what the person and the page may do in each state ([`State::allows`]). Buttons and methods share it: a
//! screen draws a button only if the table allows its event, and the flow ignores every other event of a person.

use akiba_protocol::Reason;

use crate::config::{Config, Handoff};

use super::camera::CameraState;
use super::error::{ErrorCode, NextStep};
use super::event::Event;
use super::limits;
use super::screen::{Opening, Screen};
use super::state::State;

impl State {
    /// Whether an event of the person or of the page has an effect now. Events of the browser always count.
    #[must_use]
    pub fn allows(&self, event: &Event, config: &Config) -> bool {
        match (event, &self.screen) {
            (Event::Start, screen) => matches!(screen, Screen::Idle | Screen::Done { .. }) || self.closed,
            (Event::Consented, screen) => *screen == Screen::Consent,
            (Event::SwitchCamera, Screen::Failed { error, photo: None }) => {
                self.cameras > 1 && error.offers(NextStep::RetryCamera)
            }
            (Event::Shutter | Event::SwitchCamera, screen) => {
                matches!(screen, Screen::Framing { .. } | Screen::Countdown { .. })
            }
            (Event::ByHand, screen) => {
                matches!(screen, Screen::Framing { .. } | Screen::Countdown { .. }) && self.is_automatic(config)
            }
            (Event::SkipChallenge, screen) => matches!(screen, Screen::Framing { prompt } if prompt.skip),
            (Event::OtherWay, screen) => config.alternative && self.offers_other_way(screen),
            (Event::UsePhone, screen) => config.handoff != Handoff::Off && self.offers_phone(screen),
            (Event::Cancel, screen) => !matches!(screen, Screen::Idle | Screen::Done { .. }),
            (Event::Close, Screen::Failed { error, .. }) => {
                !error.retryable(config.files) && *error != ErrorCode::Config && !self.closed
            }
            (Event::Accept, Screen::Review { .. }) => !self.forbids_photo(config),
            (Event::Retake, Screen::Review { .. }) => true,
            (Event::Retake, Screen::Done { judgement, .. }) => !judgement.is_verified(),
            (Event::Retry, Screen::Submitting { wait, .. }) => wait.is_some(),
            (Event::Choosing | Event::FilePicked(_), _) if !config.files => false,
            (Event::Choosing | Event::FilePicked(_), Screen::Failed { error, .. }) => error.offers(NextStep::PickFile),
            (Event::Choosing | Event::FilePicked(_), screen) => {
                matches!(screen, Screen::Starting(_) | Screen::Framing { .. } | Screen::Countdown { .. })
            }
            (Event::Accept, Screen::Failed { error, photo }) => photo.is_some() && error.offers(NextStep::Resubmit),
            (Event::Retake, Screen::Failed { error, photo }) => photo.is_some() && error.offers(NextStep::Retake),
            (Event::Retry, Screen::Failed { error, photo }) => {
                error.offers(if photo.is_some() { NextStep::Resubmit } else { NextStep::RetryCamera })
            }
            (Event::Retry, screen) => {
                matches!(screen, Screen::Handoff | Screen::Starting(Opening::Tap | Opening::Away))
            }
            (Event::Accept | Event::Retake | Event::Close, _) => false,
            _ => true,
        }
    }

    /// Whether the person may need the page's other way: at the start, after framing for long, and after a failure or a
    /// rejection that is likely to come again.
    fn offers_other_way(&self, screen: &Screen) -> bool {
        match screen {
            Screen::Idle => true,
            Screen::Starting(_) | Screen::Framing { .. } | Screen::Countdown { .. } => self.other_way,
            Screen::Failed { error, .. } => *error != ErrorCode::Config,
            Screen::Done { judgement, .. } => {
                let fraud = judgement.reason == Some(Reason::Fraud);
                !judgement.is_verified() && (fraud || self.rejections >= limits::MANY_REJECTIONS)
            }
            _ => false,
        }
    }

    /// Whether to offer a phone: before the camera is used, beside a poor camera, and where the camera gave no photo.
    fn offers_phone(&self, screen: &Screen) -> bool {
        match screen {
            Screen::Idle | Screen::Consent => true,
            Screen::Framing { .. } => matches!(self.camera, CameraState::Open(_, info) if info.poor),
            Screen::Failed { error, photo: None } => error.offers(NextStep::PickFile),
            _ => false,
        }
    }
}
