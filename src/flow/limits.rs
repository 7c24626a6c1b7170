//! Every duration and count of the flow, with its reason.

use std::time::Duration;

/// The time after which the screen says where to look for the browser's question.
pub const CAMERA_SLOW: Duration = Duration::from_secs(5);
/// The time after that for the person to answer. Then the screen offers a file, because some browsers never answer.
pub const CAMERA_ANSWER: Duration = Duration::from_secs(60);
/// With `capture="auto"`: the time after which the shutter appears if no photo was taken automatically.
pub const SHUTTER: Duration = Duration::from_secs(8);
/// With `alternative`: the time after which the page's other way is offered to a person who still frames.
pub const OTHER_WAY: Duration = Duration::from_secs(20);
/// A camera that shows no new frame for this many seconds is frozen. Slow cameras send a few frames a second.
pub const FROZEN_SECONDS: u32 = 3;
/// The camera is turned off if nobody is seen for this long, or for up to twice as long.
pub const AWAY: Duration = Duration::from_secs(180);
/// A challenge that takes longer starts again: ten seconds, and four for each of two movements, in which a screen reader
/// says it after what it was reading.
pub const CHALLENGE: Duration = Duration::from_secs(10 + 2 * 4);
/// The shutter that would appear during a challenge appears this much later.
pub const SHUTTER_LATER: Duration = Duration::from_secs(3);
/// After this many challenges, the photo is taken without one.
pub const MAX_CHALLENGES: u8 = 3;
/// With `strict`: after this many unusable photos in a row, the screen says how to continue.
pub const MAX_UNUSABLE_PHOTOS: u8 = 3;
/// With `capture="auto"` and `countdown`, if frames can't be analysed: time to get ready before the countdown.
pub const AUTO_CAPTURE: Duration = Duration::from_secs(3);
/// Seconds of the countdown.
pub const COUNTDOWN_FROM: u8 = 3;
/// One step of the countdown.
pub const SECOND: Duration = Duration::from_secs(1);
/// Black frames in a row before a hint appears, at four frames a second. Cameras often begin with a few.
pub const BLACK_FRAMES: u8 = 6;
/// A link this close to its expiry is replaced, never tried: a slow phone needs time to connect.
pub const LINK_MARGIN: Duration = Duration::from_secs(10);
/// An upload without progress for this long is given up.
pub const STALL: Duration = Duration::from_secs(30);
/// The same while the browser reports no network: it may only have changed from one network to another.
pub const STALL_OFFLINE: Duration = Duration::from_secs(5);
/// The same after the last byte was handed to the network: bytes may still be in the device's buffers, and S3 answers
/// only when it has them all.
pub const STALL_ANSWER: Duration = Duration::from_secs(90);
/// While the verdict takes long, a screen reader says at this interval that it is still to come.
pub const VERDICT: Duration = Duration::from_secs(15);
/// Attempts of one step before the person is asked.
pub const MAX_ATTEMPTS: u8 = 5;
/// New links after the old one was rejected, before the person is asked.
pub const MAX_NEW_LINKS: u8 = 1;
/// After this many rejections in a row, the widget tells the person whom to ask.
pub const MANY_REJECTIONS: u8 = 3;
/// Links requested while the person frames. After that, the next request waits for the photo, or for the person to act.
pub const MAX_PREFETCHES: u8 = 5;
/// Upper bound of the pause before the second attempt; doubled for each further one.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The upper bound of all pauses.
pub const BACKOFF_MOST: Duration = Duration::from_secs(16);
/// While the browser reports no network, a new attempt is made at this interval: the browser may be wrong.
pub const OFFLINE_PROBE: Duration = Duration::from_secs(15);
/// The number of such attempts. After that, only the browser or the person can continue: each attempt may cost a whole
/// photo's data.
pub const MAX_OFFLINE_PROBES: u8 = 4;
/// The longest `Retry-After` to wait for. Beyond it, the person is asked.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(30);

/// Returns the longest pause after this many failed attempts, 1 or more.
#[must_use]
pub fn backoff(failed: u8) -> Duration {
    BACKOFF_FIRST.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(BACKOFF_MOST)
}
