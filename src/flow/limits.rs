//! Every time and count of the flow, with its reason.

use std::time::Duration;

/// When «waiting for the camera» starts to say where to look for the browser's question.
pub const CAMERA_SLOW: Duration = Duration::from_secs(5);
/// With `capture="auto"`: the shutter appears, where the photo was not taken by itself.
pub const SHUTTER: Duration = Duration::from_secs(8);
/// A challenge that is not done by then begins anew.
pub const CHALLENGE: Duration = Duration::from_secs(10);
/// So many challenges, and the photo is taken without.
pub const CHALLENGES: u8 = 3;
/// With `strict`: so many photos in a row that can't be used, and the person is told where to go on.
pub const REFUSALS: u8 = 3;
/// With `capture="auto"` and `countdown`, where frames can't be looked at: time to get ready before the countdown.
pub const AUTO_CAPTURE: Duration = Duration::from_secs(3);
/// Seconds of the countdown.
pub const COUNTDOWN_FROM: u8 = 3;
/// One step of the countdown.
pub const SECOND: Duration = Duration::from_secs(1);
/// Black frames in a row until the person is told, at four frames a second. Cameras often begin with a few.
pub const BLACK_FRAMES: u8 = 6;
/// A link this close to its end is replaced, never tried: a slow phone needs some of it to connect.
pub const LINK_MARGIN: Duration = Duration::from_secs(10);
/// An upload that has not moved for so long is given up.
pub const STALL: Duration = Duration::from_secs(30);
/// The same while the browser says that there is no network: it may only have changed from one to another.
pub const STALL_OFFLINE: Duration = Duration::from_secs(5);
/// The same once the last byte was handed to the network: it may still be in the device's own buffers, and S3 answers
/// only when it has all.
pub const STALL_ANSWER: Duration = Duration::from_secs(90);
/// How often one step is tried before the person is asked.
pub const TRIES: u8 = 5;
/// New links after a refusal of the old one, before the person is asked.
pub const RELINKS: u8 = 1;
/// Links asked for while the person frames; past that, the next one waits for the photo.
pub const PREFETCHES: u8 = 5;
/// The longest pause before the second try; it doubles with every further one.
pub const BACKOFF_FIRST: Duration = Duration::from_secs(1);
/// The longest pause at all.
pub const BACKOFF_MOST: Duration = Duration::from_secs(16);
/// While the browser says that there is no network, it is tried all the same so often: the browser may be wrong.
pub const OFFLINE_PROBE: Duration = Duration::from_secs(15);
/// So often, and after that only when the browser or the person says so: each try may cost a whole photo's data.
pub const OFFLINE_PROBES: u8 = 4;
/// The longest `Retry-After` that is waited for; past that the person is asked.
pub const RETRY_AFTER_MOST: Duration = Duration::from_secs(30);

/// The longest pause after so many failed tries, 1 or more.
#[must_use]
pub fn backoff(failed: u8) -> Duration {
    BACKOFF_FIRST.saturating_mul(1 << failed.saturating_sub(1).min(10)).min(BACKOFF_MOST)
}
