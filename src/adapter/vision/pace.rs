//! Pure policy: the time until the next frame is analysed ([`Pace`]).

/// Frames a second on a device that is fast enough: enough to follow a head.
const TARGET: f64 = 15.0;
/// The least frames a second on a slow device. A device that is slower still never waits.
const FLOOR: f64 = 4.0;
/// At most this part of a period is spent on analysis; the rest belongs to the page and the battery.
const SHARE: f64 = 0.5;
/// A camera sends 30 frames a second, and just missing one costs a whole frame. The wait therefore ends half a frame
/// early.
const EARLY_MS: f64 = 1000.0 / 60.0;
/// The weight of the latest round trip against the earlier ones.
const WEIGHT: f64 = 0.25;

/// Tracks the round trip of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    round_trip: Option<f64>,
}

impl Pace {
    /// Returns the milliseconds from the answer to the next frame, after a round trip of this length.
    pub(super) fn wait(&mut self, round_trip: f64) -> u32 {
        let before = self.round_trip.unwrap_or(round_trip);
        let smooth = before + WEIGHT * (round_trip - before);
        self.round_trip = Some(smooth);
        let period = (smooth / SHARE).clamp(1000.0 / TARGET, 1000.0 / FLOOR);
        // Between 0 and 250.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wait = (period - round_trip - EARLY_MS).max(0.0).round() as u32;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the frames a second from a camera with 30, after the pace has settled.
    fn rate(round_trip: f64) -> f64 {
        let mut pace = Pace::default();
        let wait = (0..50).map(|_| pace.wait(round_trip)).last().map_or(0.0, f64::from);
        let frame = 1000.0 / 30.0;
        1000.0 / (((round_trip + wait) / frame).ceil() * frame)
    }

    #[test]
    fn the_pace_follows_the_device() {
        for (round_trip, least, most) in [
            (3.0, 14.9, 15.1),
            (10.0, 14.9, 15.1),
            (30.0, 14.9, 15.1),
            (60.0, 7.0, 10.1),
            (110.0, 4.0, 5.1),
            (200.0, 4.0, 5.0),
            (400.0, 2.3, 2.6),
        ] {
            let rate = rate(round_trip);
            assert!((least..=most).contains(&rate), "{round_trip} ms: {rate} a second");
        }
    }

    #[test]
    fn one_slow_frame_is_not_a_slow_device() {
        let mut pace = Pace::default();
        let usual = (0..50).map(|_| pace.wait(10.0)).last();
        assert_eq!(pace.wait(300.0), 0);
        assert!(pace.wait(10.0) <= 160);
        assert_eq!((0..50).map(|_| pace.wait(10.0)).last(), usual);
    }
}
