//! Synthetic reports, as from a camera of 480 by 640 pixels.

use akiba_vision::{Face, Measure, Point, Reading, Rect, Report};

/// The frame's size, and the oval in it: its middle and its width.
const SIZE: (f32, f32) = (480.0, 640.0);
const OVAL: (f32, f32, f32) = (240.0, 277.3, 352.0);

/// A face of this width, with this offset to the right of and below the oval's middle; all in oval widths.
pub(crate) fn face(width: f32, right: f32, below: f32) -> Report {
    let width = width * OVAL.2;
    let (x, y) = (OVAL.0 + right * OVAL.2, OVAL.1 + below * OVAL.2);
    let eye = 0.21 * width;
    let place = |across: f32, down: f32| Point { x: x + across, y: y + down };
    let face = Face {
        score: 0.95,
        bounds: Rect { left: x - width / 2.0, top: y - 0.35 * width, width, height: width },
        keypoints: [
            place(-eye, 0.0),
            place(eye, 0.0),
            place(0.0, eye),
            place(0.0, 1.7 * eye),
            place(-2.2 * eye, 0.4 * eye),
            place(2.2 * eye, 0.4 * eye),
        ],
    };
    let blank = Report {
        width: SIZE.0,
        height: SIZE.1,
        frame_mean: 0.45,
        frame_variance: 0.04,
        faces: 1,
        face: Some(face),
        readings: [None; Measure::ALL.len()],
    };
    [
        (Measure::PoseRoll, 1.0),
        (Measure::PoseYaw, -2.0),
        (Measure::LuminanceMean, 0.25),
        (Measure::IlluminationUniformity, 0.6),
        (Measure::Sharpness, 0.5),
        (Measure::Motion, 0.1),
    ]
    .into_iter()
    .fold(blank, |report, (measure, value)| with(report, measure, value))
}

/// A face that passes all checks.
pub(crate) fn good() -> Report {
    face(0.9, 0.0, 0.0)
}

/// An empty room.
pub(crate) fn nobody() -> Report {
    Report { faces: 0, face: None, readings: [None; Measure::ALL.len()], ..good() }
}

/// Two faces.
pub(crate) fn two() -> Report {
    Report { faces: 2, ..good() }
}

/// A covered lens.
pub(crate) fn black() -> Report {
    Report { frame_mean: 0.0, frame_variance: 0.0, ..nobody() }
}

/// The same report with another reading.
pub(crate) fn with(mut report: Report, measure: Measure, value: f32) -> Report {
    report.readings[measure as usize] = Some(Reading { value, score: None });
    report
}
