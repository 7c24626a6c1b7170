//! Pure policy: searches the quality, and if necessary the size in pixels, at which a JPEG has the wanted number of
//! bytes ([`Search`]).

use std::ops::RangeInclusive;

/// The first quality to try: most selfies of 1600 pixels fit.
const START: f64 = 0.85;
/// Above this, a JPEG grows without looking better.
const BEST: f64 = 0.95;
/// Below this, blocks become visible, and fewer pixels look better.
const WORST: f64 = 0.6;
/// Two qualities this close give nearly the same number of bytes.
const CLOSE: f64 = 0.07;
/// One encoding takes a tenth of a second on a cheap phone.
const TRIES: u8 = 6;

/// One encoding to try.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Encoding {
    /// Pixels of the longest side.
    pub(super) side: u32,
    /// Quality, 0 to 1.
    pub(super) quality: f64,
}

/// The result of one encoding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Assessment {
    /// Whether it is the best so far.
    pub(super) best: bool,
    /// The encoding to try next. `None` ends the search: take the best.
    pub(super) next: Option<Encoding>,
}

/// A bisection over the quality. An image that is too big at the worst quality gets fewer pixels. An image that is too
/// small at the best quality is taken as it is.
#[derive(Clone, Debug)]
pub(super) struct Search {
    bytes: RangeInclusive<u32>,
    encoding: Encoding,
    /// The best quality that was too small, and the worst that was too big.
    too_small: Option<f64>,
    too_big: Option<f64>,
    best: Option<(u8, u32)>,
    left: u8,
}

impl Search {
    /// Starts a search for this range of bytes, for a picture whose longest side has `side` pixels.
    pub(super) fn new(bytes: RangeInclusive<u32>, side: u32) -> Self {
        let encoding = Encoding { side, quality: START };
        Self { bytes, encoding, too_small: None, too_big: None, best: None, left: TRIES }
    }

    /// Returns the first encoding to try.
    pub(super) fn first(&self) -> Encoding {
        self.encoding
    }

    /// Takes the size in bytes of the last encoding.
    pub(super) fn assess(&mut self, bytes: u32) -> Assessment {
        let fits = self.bytes.contains(&bytes);
        let big = bytes > *self.bytes.end();
        // Too big is worse than too small: it may be refused, and it costs the person data.
        let rank = match (fits, big) {
            (true, _) => (2, 0),
            (_, false) => (1, bytes),
            (_, true) => (0, u32::MAX - bytes),
        };
        let best = self.best.is_none_or(|best| rank > best);
        if best {
            self.best = Some(rank);
        }
        self.left = self.left.saturating_sub(1);
        let next = if fits || self.left == 0 {
            None
        } else if big {
            Some(self.smaller(bytes))
        } else {
            self.better()
        };
        if let Some(encoding) = next {
            self.encoding = encoding;
        }
        Assessment { best, next }
    }

    fn smaller(&mut self, bytes: u32) -> Encoding {
        let Encoding { side, quality } = self.encoding;
        if quality > WORST {
            self.too_big = Some(quality);
            let middle = quality.midpoint(self.too_small.unwrap_or(WORST));
            return Encoding { side, quality: if middle - WORST < CLOSE { WORST } else { middle } };
        }
        (self.too_small, self.too_big) = (None, None);
        let aim = f64::from(*self.bytes.start()).midpoint(f64::from(*self.bytes.end()));
        let factor = (aim / f64::from(bytes)).sqrt().clamp(0.1, 0.9);
        // The factor is positive and below 1, so the product is a smaller u32.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let side = (f64::from(side) * factor) as u32;
        Encoding { side: side.max(1), quality }
    }

    fn better(&mut self) -> Option<Encoding> {
        let Encoding { side, quality } = self.encoding;
        self.too_small = Some(quality);
        match self.too_big {
            None if quality >= BEST => None,
            None => Some(Encoding { side, quality: BEST }),
            Some(high) if high - quality < CLOSE / 2.0 => None,
            Some(high) => Some(Encoding { side, quality: quality.midpoint(high) }),
        }
    }
}

/// Scales width and height so that the longest side is at most `longest`. Keeps the proportion and never enlarges.
pub(super) fn fit(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height);
    if side <= longest {
        return (width, height);
    }
    let scale = |length: u32| {
        let (length, longest, side) = (u64::from(length), u64::from(longest), u64::from(side));
        u32::try_from((length * longest + side / 2) / side).unwrap_or(longest as u32).max(1)
    };
    (scale(width), scale(height))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A model of an encoder: bytes grow with the pixels, and with the quality as in libjpeg.
    fn size(encoding: Encoding, detail: f64) -> u32 {
        let pixels = f64::from(encoding.side) * f64::from(encoding.side) * 0.75;
        (pixels * detail * (0.08 + 0.6 * encoding.quality.powi(6))) as u32
    }

    /// Returns every encoding with its bytes, and the index of the chosen one.
    fn run(bytes: RangeInclusive<u32>, side: u32, detail: f64) -> (Vec<(Encoding, u32)>, usize) {
        let mut search = Search::new(bytes, side);
        let (mut encodings, mut taken, mut next) = (Vec::new(), 0, Some(search.first()));
        while let Some(encoding) = next {
            let bytes = size(encoding, detail);
            let verdict = search.assess(bytes);
            if verdict.best {
                taken = encodings.len();
            }
            encodings.push((encoding, bytes));
            next = verdict.next;
        }
        (encodings, taken)
    }

    #[test]
    fn every_kind_of_picture_reaches_its_size() {
        for (what, detail, side, tries, in_range) in [
            ("a usual selfie", 0.5, 1600, 1, true),
            ("a soft one needs more quality", 0.15, 1600, 2, true),
            ("one with much detail needs less", 1.2, 1600, 2, true),
            ("a wall of leaves, less still", 1.9, 1600, 3, true),
            ("noise needs fewer pixels", 6.0, 1600, 4, true),
            ("noise beyond nature", 60.0, 1600, 4, true),
            ("a white wall stays small", 0.01, 1600, 2, false),
            ("a small camera", 0.5, 640, 2, false),
        ] {
            let (encodings, taken) = run(120_000..=400_000, side, detail);
            let (encoding, bytes) = encodings[taken];
            assert_eq!((120_000..=400_000).contains(&bytes), in_range, "{what}: {encodings:?}");
            assert!(in_range || encoding.quality == BEST, "{what}: {encodings:?}");
            assert_eq!(encodings.len(), tries, "{what}: {encodings:?}");
        }
    }

    #[test]
    fn quality_is_reduced_before_pixels() {
        let (encodings, _) = run(120_000..=400_000, 1600, 6.0);
        assert!(
            encodings.iter().all(|(encoding, _)| encoding.side == 1600 || encoding.quality <= WORST),
            "{encodings:?}"
        );
    }

    #[test]
    fn fitting_keeps_the_proportion() {
        for (from, to) in [
            ((4000, 3000), (1600, 1200)),
            ((3000, 4000), (1200, 1600)),
            ((1600, 1200), (1600, 1200)),
            ((640, 480), (640, 480)),
            ((1601, 1601), (1600, 1600)),
            ((50_000, 1), (1600, 1)),
            ((0, 0), (0, 0)),
            ((u32::MAX, u32::MAX), (1600, 1600)),
        ] {
            assert_eq!(fit(from.0, from.1, 1600), to, "{from:?}");
        }
    }

    proptest! {
        #[test]
        fn a_search_ends_with_the_best_encoding(detail in 0.0_f64..80.0, side in 100_u32..1600, most in 20_000_u32..500_000) {
            let (encodings, taken) = run(most / 2..=most, side, detail);
            prop_assert!(encodings.len() <= usize::from(TRIES));
            prop_assert!(encodings.iter().all(|(encoding, _)| (WORST..=BEST).contains(&encoding.quality) && encoding.side <= side));
            let fits = |bytes: u32| (most / 2..=most).contains(&bytes);
            prop_assert!(fits(encodings[taken].1) || !encodings.iter().any(|(_, bytes)| fits(*bytes)));
            prop_assert!(encodings[taken].1 <= most, "{:?}", encodings);
        }
    }
}
