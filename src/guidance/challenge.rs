//! A movement that is asked for and recognised ([`Challenge`]).
//!
//! A hurdle, not proof of life: it stops a printed photo and a hurried cheat, not a film that is played to the camera, and
//! no mask. It asks for nothing that a person can't leave out: what was not done is recorded as not done.

use akiba_vision::{Measure, Report};

use super::hint::Hint;
use super::thresholds::times;

/// The head is turned by so many degrees from where it was: where the detector is never wrong about the side.
const TURNED: f32 = 20.0;
/// It is back when it is turned by less than this.
const BACK: f32 = 12.0;
/// The face is closer when it is so many times as wide.
const CLOSER: f32 = 1.3;
/// It is back when it is less than so many times as wide.
const AWAY: f32 = 1.15;
/// So many reports in a row must show the movement.
const REPORTS: u8 = 2;
/// At most so many movements.
const MOST: usize = 2;

/// What a page asks for, by the attribute `challenge`.
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
    /// The attribute's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Closer => "closer",
            Self::Random => "random",
        }
    }

    /// What is asked for, by a random number.
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
    /// To the person's own right.
    TurnRight,
    /// The face comes closer.
    Closer,
}

impl Movement {
    /// The word for it in `quality.challenge`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TurnLeft => "turn-left",
            Self::TurnRight => "turn-right",
            Self::Closer => "closer",
        }
    }

    /// The unit of what is measured of it.
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

/// A movement that was asked for, and what was seen of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MovementRecord {
    /// What was asked for.
    pub movement: Movement,
    /// The furthest that was seen of it, in the movement's unit.
    pub value: f32,
    /// From asking to seeing it, in milliseconds; `None` where it was not seen.
    pub took: Option<f64>,
}

/// How a challenge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeOutcome {
    /// All that was asked for was seen.
    Done,
    /// The person left it out.
    Skipped,
    /// It was not seen in time, three times.
    TimedOut,
    /// Nothing could be asked for: frames can't be looked at, or the photo is a file.
    Unavailable,
}

impl ChallengeOutcome {
    /// The word for it in `quality.challenge`.
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

/// What the page is told of a challenge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChallengeRecord {
    /// What the page asked for.
    pub kind: ChallengeKind,
    /// How it ended.
    pub outcome: ChallengeOutcome,
    /// How often it was begun.
    pub attempts: u8,
    /// What was asked for the last time.
    pub movements: [Option<MovementRecord>; MOST],
}

/// Where a challenge under way stands after a report.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// It goes on.
    On(Challenge),
    /// Everything was seen.
    Done(Challenge),
    /// The face was lost: it begins anew.
    Lost,
}

/// A challenge under way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Challenge {
    movements: [Option<MovementRecord>; MOST],
    current: usize,
    /// Whether the current movement was seen, and the face comes back.
    returning: bool,
    /// Yaw and width of the face as it began.
    start: (f32, f32),
    asked: f64,
    seen: f64,
    streak: u8,
}

impl Challenge {
    /// Asks for the first movement; `None` where the report shows nothing to begin from.
    #[must_use]
    pub fn begin(kind: ChallengeKind, seed: u32, report: &Report, at: f64) -> Option<Self> {
        let start = pose(report)?;
        let movements = kind.movements(seed);
        Some(Self {
            movements: movements.map(|asked| asked.map(|movement| MovementRecord { movement, value: 0.0, took: None })),
            current: 0,
            returning: false,
            start,
            asked: at,
            seen: at,
            streak: 0,
        })
    }

    /// What the person is told.
    #[must_use]
    pub fn hint(&self) -> Hint {
        match self.movements.get(self.current) {
            Some(Some(seen)) if !self.returning => seen.movement.hint(),
            _ => Hint::FaceForward,
        }
    }

    /// What was asked for, and what was seen of it.
    #[must_use]
    pub fn movements(&self) -> [Option<MovementRecord>; MOST] {
        self.movements
    }

    /// One more report.
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
            if turned.abs() <= BACK && wider <= AWAY {
                (self.current, self.returning, self.asked) = (self.current + 1, false, at);
            }
            return Step::On(self);
        }
        let (value, enough) = match seen.movement {
            Movement::TurnLeft => (turned, TURNED),
            Movement::TurnRight => (-turned, TURNED),
            Movement::Closer => (wider, CLOSER),
        };
        seen.value = seen.value.max(value);
        self.streak = if value >= enough { self.streak + 1 } else { 0 };
        if self.streak < REPORTS {
            return Step::On(self);
        }
        seen.took = Some(at - self.asked);
        self.streak = 0;
        self.returning = true;
        // After the last one the guidance itself brings the face back.
        let last = self.movements.iter().skip(self.current + 1).all(Option::is_none);
        if last { Step::Done(self) } else { Step::On(self) }
    }
}

/// Yaw and width of the face, if there is one to go by.
fn pose(report: &Report) -> Option<(f32, f32)> {
    let face = report.face?;
    let yaw = report.value(Measure::PoseYaw)?;
    let width = face.bounds.width;
    (yaw.is_finite() && width.is_finite() && width > 0.0).then_some((yaw, width))
}
