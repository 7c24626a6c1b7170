//! The guidance: the hint for each report, how long it lasts, how the limits loosen, and what never happens.

use akiba_selfie::guidance::{Check, Flaw, Guide, Hint, Limit, Observation, Thresholds, crop, times};
use akiba_vision::{Measure, Report};
use proptest::prelude::*;

use crate::faces::{black, face, good, nobody, two, with};

/// Milliseconds between frames at 15 a second.
const FRAME: f64 = 1_000.0 / 15.0;

fn seen(report: &Report, at: f64) -> Observation<'_> {
    Observation { report, at, mirrored: true, loosens: true }
}

/// The result of these reports, each seen for this many milliseconds.
fn after(history: &[(Report, f64)]) -> Guide {
    on(Guide::default(), history)
}

fn on(mut guide: Guide, history: &[(Report, f64)]) -> Guide {
    for (report, milliseconds) in history {
        for _ in 0..(milliseconds / FRAME).round() as u32 {
            guide = guide.observe(seen(report, guide.now + FRAME), &Thresholds::default());
        }
    }
    guide
}

#[test]
fn every_report_leads_to_its_hint() {
    use Measure as M;
    for (report, hint, failing) in [
        (good(), Hint::Hold, &[][..]),
        (black(), Hint::NoPicture, &Check::ALL[..]),
        (nobody(), Hint::NoFace, &Check::ALL[..]),
        (Report { frame_mean: 0.1, ..nobody() }, Hint::TooDark, &Check::ALL[..]),
        (two(), Hint::SeveralFaces, &[Check::SingleFace]),
        (with(good(), M::LuminanceMean, 0.01), Hint::TooDark, &[Check::Light]),
        (with(good(), M::LuminanceMean, 0.9), Hint::TooBright, &[Check::Light]),
        (face(0.5, 0.0, 0.0), Hint::ComeCloser, &[Check::Size]),
        (face(1.4, 0.0, 0.0), Hint::MoveBack, &[Check::Size]),
        (face(0.9, -0.3, 0.0), Hint::MoveLeft, &[Check::Centred]),
        (face(0.9, 0.3, 0.0), Hint::MoveRight, &[Check::Centred]),
        (face(0.9, 0.0, 0.35), Hint::MoveUp, &[Check::Centred]),
        (face(0.9, 0.0, -0.35), Hint::MoveDown, &[Check::Centred]),
        (with(good(), M::PoseRoll, 15.0), Hint::Straighten, &[Check::Upright]),
        (with(good(), M::PoseRoll, -15.0), Hint::Straighten, &[Check::Upright]),
        (with(good(), M::PoseYaw, 25.0), Hint::LookStraight, &[Check::Frontal]),
        (with(good(), M::PoseYaw, -25.0), Hint::LookStraight, &[Check::Frontal]),
        (with(good(), M::IlluminationUniformity, 0.01), Hint::SideLight, &[Check::EvenLight]),
        (with(good(), M::Motion, 3.0), Hint::HoldStill, &[Check::Still]),
        (with(good(), M::Sharpness, 0.1), Hint::Blurred, &[Check::Sharp]),
    ] {
        let guide = after(&[(report, 1_500.0)]);
        assert_eq!(guide.hint, hint);
        for check in Check::ALL {
            assert_eq!(guide.checks.hold(check), !failing.contains(&check), "{hint:?} {check:?}");
        }
        assert_eq!(guide.ready(), hint == Hint::Hold);
    }
}

#[test]
fn of_several_problems_the_first_in_order_is_shown() {
    let all = [
        (Measure::LuminanceMean, 0.01),
        (Measure::PoseRoll, 30.0),
        (Measure::PoseYaw, 40.0),
        (Measure::IlluminationUniformity, 0.0),
        (Measure::Motion, 9.0),
    ];
    let bad = all.into_iter().fold(face(0.3, 0.9, 0.0), |report, (measure, value)| with(report, measure, value));
    let mut report = Report { faces: 2, ..bad };
    let mut said = Vec::new();
    let mended: [fn(&mut Report); 9] = [
        |report| report.faces = 1,
        |report| *report = with(*report, Measure::LuminanceMean, 0.25),
        |report| report.face = face(0.9, 0.9, 0.0).face,
        |report| report.face = good().face,
        |report| *report = with(*report, Measure::PoseRoll, 0.0),
        |report| *report = with(*report, Measure::PoseYaw, 0.0),
        |report| *report = with(*report, Measure::IlluminationUniformity, 0.5),
        // A blurred face does not show where the light comes from, so that hint comes first, while the face is sharp.
        |report| *report = with(with(*report, Measure::Motion, 0.0), Measure::Sharpness, 0.0),
        |report| *report = with(*report, Measure::Sharpness, 0.5),
    ];
    for mend in mended {
        said.push(after(&[(report, 1_500.0)]).hint);
        mend(&mut report);
    }
    said.push(after(&[(report, 1_500.0)]).hint);
    assert_eq!(
        said,
        [
            Hint::SeveralFaces,
            Hint::TooDark,
            Hint::ComeCloser,
            Hint::MoveRight,
            Hint::Straighten,
            Hint::LookStraight,
            Hint::SideLight,
            Hint::HoldStill,
            Hint::Blurred,
            Hint::Hold
        ]
    );
}

#[test]
fn a_blurred_face_gets_no_hint_about_its_light() {
    let blurred = with(with(good(), Measure::IlluminationUniformity, 0.0), Measure::Sharpness, 0.05);
    let guide = after(&[(blurred, 1_000.0)]);
    assert_eq!((guide.hint, guide.checks.hold(Check::EvenLight)), (Hint::Blurred, true));
}

#[test]
fn directions_follow_the_picture_as_it_is_shown() {
    // In the frame the face is too far right. A mirrored picture shows it on the left, so it must go right; otherwise
    // left.
    for (mirrored, hint) in [(true, Hint::MoveRight), (false, Hint::MoveLeft)] {
        let report = face(0.9, 0.4, 0.0);
        let guide = Guide::default().observe(Observation { mirrored, ..seen(&report, 0.0) }, &Thresholds::default());
        assert_eq!(guide.hint, hint);
    }
    // Up and down are the same in both.
    for mirrored in [true, false] {
        let report = face(0.9, 0.1, 0.5);
        let guide = Guide::default().observe(Observation { mirrored, ..seen(&report, 0.0) }, &Thresholds::default());
        assert_eq!(guide.hint, Hint::MoveUp);
    }
}

#[test]
fn the_oval_is_located_in_frames_of_every_shape() {
    // Size of the frame, aspect ratio of the picture, and the oval's middle and width in the part that is shown.
    for (frame, aspect, x, y, oval) in [
        ((480, 640), 0.75, 240.0, 277.33, 352.0),
        ((640, 480), 0.75, 180.0, 208.0, 264.0),
        ((640, 480), 1.0, 240.0, 208.0, 264.0),
        ((480, 640), 1.0, 240.0, 208.0, 264.0),
        ((1280, 720), 2.0, 360.0, 312.0, 396.0),
        ((1280, 720), f32::NAN, 360.0, 312.0, 396.0),
        ((720, 1280), 0.5, 360.0, 536.0, 528.0),
    ] {
        let mut report = good();
        let (width, height) = crop(frame, aspect);
        (report.width, report.height) = (width as f32, height as f32);
        let face = report.face.as_mut().unwrap();
        face.bounds.width = 0.9 * oval;
        face.bounds.left = x - 0.45 * oval;
        for eye in &mut face.keypoints[..2] {
            eye.y = y;
        }
        let see = |report: &Report| Guide::default().observe(seen(report, 0.0), &Thresholds::default()).hint;
        assert_eq!(see(&report), Hint::Hold, "{frame:?} shown as {aspect}");
        let mut aside = report;
        aside.face.as_mut().unwrap().bounds.left -= 0.23 * oval;
        assert_eq!(see(&aside), Hint::MoveLeft, "{frame:?} shown as {aspect}");
        let mut inside = report;
        inside.face.as_mut().unwrap().bounds.left -= 0.17 * oval;
        assert_eq!(see(&inside), Hint::Hold, "{frame:?} shown as {aspect}");
    }
}

#[test]
fn between_limit_and_slack_a_check_keeps_its_result() {
    let thresholds = Thresholds::default();
    for (measure, limit, hint) in [
        (Measure::PoseYaw, Limit::Yaw, Hint::LookStraight),
        (Measure::PoseRoll, Limit::Roll, Hint::Straighten),
        (Measure::LuminanceMean, Limit::LuminanceMin, Hint::TooDark),
        (Measure::LuminanceMean, Limit::LuminanceMax, Hint::TooBright),
        (Measure::IlluminationUniformity, Limit::UniformityMin, Hint::SideLight),
        (Measure::Motion, Limit::MotionMax, Hint::HoldStill),
        (Measure::Sharpness, Limit::SharpnessMin, Hint::Blurred),
    ] {
        let between = with(good(), measure, thresholds.limit(limit, 0) + Limit::TABLE[limit as usize].slack / 2.0);
        assert_eq!(after(&[(between, 1_000.0)]).hint, hint, "a failing check still fails");
        assert_eq!(
            after(&[(good(), 1_000.0), (between, 1_000.0)]).hint,
            Hint::Hold,
            "{hint:?}: a passing check still passes"
        );
    }
}

#[test]
fn a_hint_can_be_read_and_an_urgent_one_replaces_it_early() {
    let closer = after(&[(face(0.5, 0.0, 0.0), 100.0)]);
    assert_eq!(closer.hint, Hint::ComeCloser, "the first hint is shown at once");
    assert_eq!(on(closer, &[(face(1.4, 0.0, 0.0), 500.0)]).hint, Hint::ComeCloser);
    assert_eq!(on(closer, &[(face(1.4, 0.0, 0.0), 800.0)]).hint, Hint::MoveBack);
    assert_eq!(on(closer, &[(two(), 330.0)]).hint, Hint::SeveralFaces);
    let long = after(&[(face(0.5, 0.0, 0.0), 3_000.0)]);
    assert_eq!(on(long, &[(face(1.4, 0.0, 0.0), 140.0)]).hint, Hint::ComeCloser, "a moment is ignored");
    assert_eq!(on(long, &[(nobody(), 400.0)]).hint, Hint::ComeCloser, "a face may be missed now and then");
    assert_eq!(on(long, &[(nobody(), 700.0)]).hint, Hint::NoFace);
    assert_eq!(on(long, &[(black(), 900.0)]).hint, Hint::ComeCloser);
    assert_eq!(on(long, &[(black(), 1_200.0)]).hint, Hint::NoPicture);
    assert_eq!(after(&[(black(), 600.0)]).hint, Hint::Position, "cameras begin with a few black frames");
}

#[test]
fn the_limits_loosen_while_a_face_is_in_sight_up_to_a_maximum() {
    let leaning = with(good(), Measure::PoseRoll, 17.0);
    let mut guide = Guide::default();
    for (milliseconds, steps, hint) in
        [(3_000.0, 0, Hint::Straighten), (2_000.0, 1, Hint::Straighten), (4_500.0, 2, Hint::Hold)]
    {
        guide = on(guide, &[(leaning, milliseconds)]);
        assert_eq!((guide.steps, guide.hint), (steps, hint));
    }
    assert_eq!(after(&[(leaning, 60_000.0)]).steps, times::LOOSEST);
    assert_eq!(after(&[(nobody(), 60_000.0)]).steps, 0, "without a face, nothing loosens");
    for report in [two(), nobody(), black()] {
        assert!(!after(&[(report, 120_000.0)]).ready(), "the rule of one face never loosens");
    }
}

#[test]
fn no_time_makes_a_smear_or_a_turned_face_good_enough() {
    for (measure, value, hint) in [
        (Measure::PoseYaw, 21.0, Hint::LookStraight),
        (Measure::PoseRoll, -19.0, Hint::Straighten),
        (Measure::Sharpness, 0.11, Hint::Blurred),
        (Measure::Motion, 2.5, Hint::HoldStill),
        (Measure::LuminanceMean, 0.0125, Hint::TooDark),
    ] {
        let bad = with(good(), measure, value);
        let guide = after(&[(bad, 60_000.0)]);
        assert_eq!((guide.hint, guide.ready()), (hint, false), "{measure:?}");
        let guide = after(&[(good(), 500.0), (bad, 60_000.0)]);
        assert_eq!((guide.hint, guide.ready()), (hint, false), "{measure:?} after a good frame");
    }
    let mut wide = Thresholds::with(&[("yaw".to_owned(), 30.0)]).unwrap();
    assert!(wide.allow(Limit::Yaw, 30.0, times::LOOSEST, true), "the page's own limit is its own end");
    assert!(!wide.allow(Limit::Yaw, 30.5, times::LOOSEST, true));
    wide = Thresholds::with(&[("yaw".to_owned(), 5.0)]).unwrap();
    assert!(wide.allow(Limit::Yaw, 17.0, times::LOOSEST, false), "a strict limit loosens as before");
}

#[test]
fn limits_loosen_only_for_an_automatic_photo() {
    let leaning = with(good(), Measure::PoseRoll, 17.0);
    let mut guide = Guide::default();
    for _ in 0..900 {
        let seen = Observation { loosens: false, ..seen(&leaning, guide.now + FRAME) };
        guide = guide.observe(seen, &Thresholds::default());
    }
    assert_eq!((guide.steps, guide.hint), (0, Hint::Straighten));
}

#[test]
fn two_hints_do_not_take_turns() {
    // As was measured on one face for 12 s.
    let turned = with(good(), Measure::PoseYaw, 25.0);
    let mut guide = after(&[(turned, 1_000.0)]);
    let mut changes = 0;
    for _ in 0..18 {
        for report in [good(), turned] {
            for _ in 0..5 {
                let next = guide.observe(seen(&report, guide.now + FRAME), &Thresholds::default());
                changes += u32::from(next.hint != guide.hint);
                guide = next;
            }
        }
    }
    assert_eq!(changes, 1, "«look-straight», then «hold»");
    assert_eq!(on(guide, &[(turned, 1_200.0)]).hint, Hint::LookStraight, "what lasts is said again");
}

#[test]
fn a_flaw_that_the_vendor_names_is_understood() {
    for (sentence, flaw) in [
        ("No face was found in the selfie", Some(Flaw::NoFace)),
        ("FACE NOT FOUND", Some(Flaw::NoFace)),
        ("More than one face was found in the selfie", Some(Flaw::SeveralFaces)),
        ("Multiple faces detected", Some(Flaw::SeveralFaces)),
        ("The face in the selfie is too dark", Some(Flaw::TooDark)),
        ("Image is blurry", Some(Flaw::Blurred)),
        ("Identity and Selfie do not match", None),
        ("The face on the record is old", None),
        ("", None),
    ] {
        assert_eq!(Flaw::named_in(sentence), flaw, "{sentence}");
    }
}

#[test]
fn an_unknown_measure_does_not_block_the_photo() {
    let mut report = good();
    report.readings = [None; Measure::ALL.len()];
    assert!(after(&[(report, 800.0)]).ready());
}

#[test]
fn a_page_sets_its_own_limits() {
    let turned = with(good(), Measure::PoseYaw, 25.0);
    let wide = Thresholds::with(&[("yaw".to_owned(), 30.0)]).unwrap();
    assert_eq!(Guide::default().observe(seen(&turned, 0.0), &wide).hint, Hint::Hold);
    assert_eq!(Guide::default().observe(seen(&turned, 0.0), &Thresholds::default()).hint, Hint::LookStraight);
}

/// Any number that a report may contain, including impossible ones.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -2.0f32..800.0,
        4 => 0.0f32..1.0,
        1 => Just(f32::NAN),
        1 => Just(f32::INFINITY),
        1 => Just(f32::NEG_INFINITY),
        1 => Just(0.0),
    ]
}

fn wild() -> impl Strategy<Value = Report> {
    (prop::array::uniform12(number()), 0u8..4, any::<bool>(), 0usize..19).prop_map(|(numbers, faces, found, index)| {
        let mut report = Report { faces, width: numbers[0], height: numbers[1], ..good() };
        (report.frame_mean, report.frame_variance) = (numbers[2], numbers[3]);
        if let Some(face) = &mut report.face {
            (face.bounds.left, face.bounds.top) = (numbers[4], numbers[5]);
            (face.bounds.width, face.bounds.height) = (numbers[6], numbers[7]);
            (face.keypoints[0].y, face.keypoints[1].y) = (numbers[8], numbers[9]);
        }
        if !found {
            report.face = None;
        }
        with(report, Measure::ALL[index], numbers[10])
    })
}

/// A realistic frame: mostly good, sometimes with a problem.
fn plausible() -> impl Strategy<Value = Report> {
    prop_oneof![
        12 => Just(good()),
        2 => (0.3f32..1.6, -0.5f32..0.5, -0.5f32..0.5).prop_map(|(width, right, below)| face(width, right, below)),
        2 => (-40.0f32..40.0).prop_map(|yaw| with(good(), Measure::PoseYaw, yaw)),
        1 => (0.0f32..4.0).prop_map(|motion| with(good(), Measure::Motion, motion)),
        1 => Just(nobody()),
        1 => Just(two()),
        1 => Just(black()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_report_is_handled(
        reports in prop::collection::vec((wild(), -100.0f64..900.0), 1..80),
        mirrored in any::<bool>(),
    ) {
        let mut guide = Guide::default();
        let mut at = 100_000.0;
        for (report, gap) in &reports {
            at += gap;
            let seen = Observation { mirrored, ..seen(report, at) };
            let next = guide.observe(seen, &Thresholds::default());
            prop_assert!(next.now >= guide.now && next.steps <= times::LOOSEST && next.steps >= guide.steps);
            prop_assert!(!next.ready() || next.checks.all());
            guide = next;
        }
    }

    #[test]
    fn hints_last_long_enough_and_ready_needs_the_full_hold(
        reports in prop::collection::vec((plausible(), 20.0f64..260.0), 1..300),
    ) {
        let mut guide = Guide::default();
        let (mut at, mut shown, mut well) = (0.0, 0.0, None);
        for (report, gap) in &reports {
            at += gap;
            let next = guide.observe(seen(report, at), &Thresholds::default());
            if next.hint != guide.hint {
                let least = if next.hint.is_urgent() { times::SHOWN_BEFORE_URGENT } else { times::SHOWN };
                let first = guide.hint == Hint::Position;
                prop_assert!(first || at - shown >= least, "{:?} for {} ms", guide.hint, at - shown);
                shown = at;
            }
            // Depends only on the checks that the page receives.
            well = if next.checks.all() { well.or(Some(at)) } else { None };
            prop_assert_eq!(next.ready(), well.is_some_and(|since| at - since >= times::HOLD));
            prop_assert_eq!(usize::from(next.checks.passed()) == Check::ALL.len(), next.checks.all());
            guide = next;
        }
    }
}
