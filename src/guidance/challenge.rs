//! Requests a movement and recognises it ([`Challenge`]).
//!
//! It is a hurdle, not proof of a live person: it stops a printed photo and a hurried cheat, but neither a film that is
//! played to the camera nor a mask. The person can always skip it; then it is recorded as not done.

use akiba_vision::{Measure, Report};

use super::hint::Hint;
use super::thresholds::times;

/// The head is turned by this many degrees from its start: here the detector is never wrong about the side.
const TURNED: f32 = 20.0;
/// The head is back when it is turned by less than this.
const BACK: f32 = 12.0;
/// The face is closer when it is this many times as wide.
const CLOSER: f32 = 1.3;
/// The face is back when it is less than this many times as wide.
const AWAY: f32 = 1.15;
/// This many reports in a row must show the movement.
const REPORTS: u8 = 2;
/// The most movements in one challenge.
const MOST: usize = 2;

/// The attribute `challenge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    /// Turn the head to both sides, in random order.
    Turn,
    /// Bring the face closer.
    Closer,
    /// Two of all movements, in random order.
    Random,
}

impl ChallengeKind {
    /// Returns the attribute's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Closer => "closer",
            Self::Random => "random",
        }
    }

    /// Chooses the movements by a random number.
    fn movements(self, seed: u32) -> [Option<Movement>; MOST] {
        use Movement as M;
        let all: &[[Option<Movement>; MOST]] = match self {
            Self::Turn => &[[Some(M::TurnLeft), Some(M::TurnRight)], [Some(M::TurnRight), Some(M::TurnLeft)]],
            Self::Closer => &[[Some(M::Closer), None]],
            Self::Random => &[
                [Some(M::TurnLeft), Some(M::TurnRight)],
                [Some(M::TurnRight), Some(M::TurnLeft)],
                [Some(M::TurnLeft), Some(M::Closer)],
                [Some(M::Closer), Some(M::TurnLeft)],
                [Some(M::TurnRight), Some(M::Closer)],
                [Some(M::Closer), Some(M::TurnRight)],
            ],
        };
        all[seed as usize % all.len()]
    }
}

/// One movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// The head turns to the person's own left.
    TurnLeft,
    /// The head turns to the person's own right.
    TurnRight,
    /// The face comes closer.
    Closer,
}

impl Movement {
    /// Returns the word for it in `quality.challenge`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TurnLeft => "turn-left",
            Self::TurnRight => "turn-right",
            Self::Closer => "closer",
        }
    }

    /// Returns the unit of its measured value.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::TurnLeft | Self::TurnRight => "deg",
            Self::Closer => "ratio",
        }
    }

    fn hint(self) -> Hint {
        match self {
            Self::TurnLeft => Hint::TurnLeft,
            Self::TurnRight => Hint::TurnRight,
            Self::Closer => Hint::LeanIn,
        }
    }
}

/// A requested movement, with the measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementRecord {
    /// The requested movement.
    pub movement: Movement,
    /// The largest measured value, in the movement's unit.
    pub value: f32,
    /// Milliseconds from the request to the movement; `None` if it was not seen.
    pub took: Option<f64>,
}

/// How a challenge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// All movements were seen.
    Done,
    /// The person skipped it.
    Skipped,
    /// It was not done in time, three times.
    TimedOut,
    /// It was impossible: frames can't be analysed, or the photo is a file.
    Unavailable,
}

impl ChallengeOutcome {
    /// Returns the word for it in `quality.challenge`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed-out",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The record of a challenge for the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChallengeRecord {
    /// The kind that the page requested.
    pub kind: ChallengeKind,
    /// The outcome.
    pub outcome: ChallengeOutcome,
    /// The number of attempts.
    pub attempts: u8,
    /// The movements of the last attempt.
    pub movements: [Option<MovementRecord>; MOST],
}

/// The state of a challenge after a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// It continues.
    On(Challenge),
    /// All movements were seen, and the face is back.
    Done(Challenge),
    /// The face was lost: the challenge starts again.
    Lost,
}

/// A challenge in progress.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Challenge {
    kind: ChallengeKind,
    movements: [Option<MovementRecord>; MOST],
    current: usize,
    /// Whether the current movement was seen and the face is coming back.
    returning: bool,
    /// Yaw and width of the face at the start.
    start: (f32, f32),
    asked: f64,
    seen: f64,
    streak: u8,
}

impl Challenge {
    /// Requests the first movement. Returns `None` if the report has no usable face.
    #[must_use]
    pub fn begin(kind: ChallengeKind, seed: u32, report: &Report, at: f64) -> Option<Self> {
        let start = pose(report)?;
        let movements = kind.movements(seed);
        Some(Self {
            kind,
            movements: movements.map(|asked| asked.map(|movement| MovementRecord { movement, value: 0.0, took: None })),
            current: 0,
            returning: false,
            start,
            asked: at,
            seen: at,
            streak: 0,
        })
    }

    /// Returns the kind that the page asked for.
    #[must_use]
    pub fn kind(&self) -> ChallengeKind {
        self.kind
    }

    /// Returns the hint for the person.
    #[must_use]
    pub fn hint(&self) -> Hint {
        match self.movements.get(self.current) {
            Some(Some(seen)) if !self.returning => seen.movement.hint(),
            _ => Hint::FaceForward,
        }
    }

    /// Returns the requested movements with their measurements.
    #[must_use]
    pub fn movements(&self) -> [Option<MovementRecord>; MOST] {
        self.movements
    }

    /// Takes one more report.
    #[must_use]
    pub fn observe(mut self, report: &Report, at: f64) -> Step {
        let Some((yaw, width)) = pose(report).filter(|_| report.faces == 1) else {
            self.streak = 0;
            return if at - self.seen > times::LOST { Step::Lost } else { Step::On(self) };
        };
        self.seen = at;
        let Some(Some(seen)) = self.movements.get_mut(self.current) else { return Step::Done(self) };
        let (turned, wider) = (yaw - self.start.0, width / self.start.1);
        if self.returning {
            if turned.abs() > BACK || wider > AWAY {
                return Step::On(self);
            }
            (self.current, self.returning, self.asked) = (self.current + 1, false, at);
            // The photo is of the face as it was at the start.
            let over = self.movements.iter().skip(self.current).all(Option::is_none);
            return if over { Step::Done(self) } else { Step::On(self) };
        }
        let (value, enough) = match seen.movement {
            Movement::TurnLeft => (turned, TURNED),
            Movement::TurnRight => (-turned, TURNED),
            Movement::Closer => (wider, CLOSER),
        };
        seen.value = seen.value.max(value);
        self.streak = if value >= enough { self.streak + 1 } else { 0 };
        if self.streak >= REPORTS {
            seen.took = Some(at - self.asked);
            self.streak = 0;
            self.returning = true;
        }
        Step::On(self)
    }
}

/// Returns yaw and width of the face, if the report has a usable one.
fn pose(report: &Report) -> Option<(f32, f32)> {
    let face = report.face?;
    let yaw = report.value(Measure::PoseYaw)?;
    let width = face.bounds.width;
    (yaw.is_finite() && width.is_finite() && width > 0.0).then_some((yaw, width))
}
