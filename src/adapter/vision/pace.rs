//! Pure policy: how soon the next frame is looked at ([`Pace`]).

/// Frames a second, where the device manages them: enough to follow a head.
const TARGET: f64 = 15.0;
/// Frames a second at the least, where the device is slow. One that is slower still is never made to wait.
const FLOOR: f64 = 4.0;
/// Of a period, at most this part is spent on looking: the rest is the page's and the battery's.
const SHARE: f64 = 0.5;
/// A camera sends 30 frames a second, and one that is just missed costs a whole one: so the wait ends half a frame early.
const EARLY_MS: f64 = 1000.0 / 60.0;
/// How much the latest round trip counts against those before.
const WEIGHT: f64 = 0.25;

/// Follows how long a frame takes there and back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Pace {
    round_trip: Option<f64>,
}

impl Pace {
    /// Milliseconds from the answer to when the next frame is wanted, after a round trip of so many.
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

    /// Frames a second of a camera with 30 after the pace has settled.
    fn rate(round_trip: f64) -> f64 {
        let mut pace = Pace::default();
        let wait = (0..50).map(|_| pace.wait(round_trip)).last().map_or(0.0, f64::from);
        let frame = 1000.0 / 30.0;
        1000.0 / (((round_trip + wait) / frame).ceil() * frame)
    }

    #[test]
    fn what_a_device_manages() {
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
