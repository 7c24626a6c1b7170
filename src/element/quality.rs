//! Builds the `quality` and `checks` of an event's `detail`.

use akiba_vision::{Measure, Report};
use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::adapter::js::object;
use crate::guidance::{ChallengeRecord, Check, Checks, Evidence, MODEL, MovementRecord, Times};
use crate::widget::page_event::Quality;

/// Returns null if nothing is known.
pub(super) fn quality_object(quality: &Quality) -> JsValue {
    let Quality { luminance, evidence } = quality;
    let report = evidence.as_ref().and_then(|evidence| evidence.report.as_ref());
    if luminance.is_none() && report.is_none() {
        return JsValue::NULL;
    }
    let mut fields = vec![
        ("luminanceMean", or_null(luminance.map(|luminance| luminance.mean))),
        ("luminanceVariance", or_null(luminance.map(|luminance| luminance.variance))),
        ("model", report.map_or(JsValue::NULL, |_| MODEL.into())),
    ];
    if let Some(evidence) = evidence {
        fields.extend([
            ("faces", or_null(report.map(|report| report.faces))),
            (
                "flaw",
                evidence
                    .flaw()
                    .filter(|_| evidence.checks.is_none())
                    .map_or(JsValue::NULL, |flaw| flaw.as_str().into()),
            ),
            ("measures", report.map_or_else(|| object(&[]), |report| measures(evidence, report))),
            ("thresholds", evidence.thresholds.version().into()),
            ("loosened", evidence.steps.into()),
            ("times", evidence.times.as_ref().map_or(JsValue::NULL, times)),
            ("challenge", evidence.challenge.as_ref().map_or(JsValue::NULL, challenge)),
        ]);
    }
    object(&fields)
}

/// Returns each check by its name.
pub(super) fn checks(checks: Checks) -> JsValue {
    object(&Check::ALL.map(|check| (check.as_str(), checks.hold(check).into())))
}

fn measures(evidence: &Evidence, report: &Report) -> JsValue {
    let taken = Measure::ALL.into_iter().filter_map(|measure| {
        let reading = report.reading(measure)?;
        let threshold = match evidence.limits(measure) {
            (None, None) => JsValue::NULL,
            (least, most) => object(&[("min", or_null(least.map(tidy))), ("max", or_null(most.map(tidy)))]),
        };
        let fields = [
            ("value", tidy(reading.value).into()),
            ("unit", measure.unit().into()),
            ("score", or_null(reading.score)),
            ("threshold", threshold),
            ("pass", or_null(evidence.pass(measure))),
        ];
        Some((measure.name(), object(&fields)))
    });
    object(&taken.collect::<Vec<_>>())
}

fn times(times: &Times) -> JsValue {
    object(&[
        ("frames", times.frames.into()),
        ("firstFace", or_null(times.first_face)),
        ("guided", times.guided.into()),
    ])
}

fn challenge(record: &ChallengeRecord) -> JsValue {
    let movements = record.movements.iter().flatten().map(|MovementRecord { movement, value, took }| {
        object(&[
            ("movement", movement.as_str().into()),
            ("value", tidy(*value).into()),
            ("unit", movement.unit().into()),
            ("took", or_null(*took)),
        ])
    });
    object(&[
        ("kind", record.kind.as_str().into()),
        ("outcome", record.outcome.as_str().into()),
        ("attempts", record.attempts.into()),
        ("movements", movements.collect::<Array>().into()),
    ])
}

/// Rounds to four decimals: the others are noise, and 0.03 should look like 0.03.
fn tidy(value: f32) -> f64 {
    (f64::from(value) * 1e4).round() / 1e4
}

fn or_null(value: Option<impl Into<JsValue>>) -> JsValue {
    value.map_or(JsValue::NULL, Into::into)
}
