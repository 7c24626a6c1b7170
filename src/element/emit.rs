//! Sends a [`PageEvent`] as a `CustomEvent` from the element.

use js_sys::Date;
use wasm_bindgen::JsValue;
use web_sys::EventTarget;

use super::quality::{checks, quality_object};
use crate::adapter::js::object;
use crate::adapter::page;
use crate::adapter::relay::JudgedReply;
use crate::flow::Phase;
use crate::widget::page_event::{Captured, PageEvent, Quality};

/// Dispatches the event, which bubbles and crosses shadow roots. Returns false if the page refused it.
pub fn dispatch(target: &EventTarget, event: &PageEvent) -> bool {
    page::dispatch(target, event.name(), &detail(event), event.cancelable())
}

/// Builds the event's `detail`.
fn detail(event: &PageEvent) -> JsValue {
    match event {
        PageEvent::StateChange { state, previous } => {
            object(&[("state", state.as_str().into()), ("previous", previous.as_str().into())])
        }
        PageEvent::Consented { version, lang } => {
            let at = Date::new_0().to_iso_string();
            object(&[("version", (*version).into()), ("lang", (*lang).into()), ("at", at.into())])
        }
        PageEvent::Guidance { hint, quality, cause } => object(&[
            ("hint", hint.as_str().into()),
            ("quality", quality_object(quality)),
            ("checks", quality.evidence.as_ref().and_then(|evidence| evidence.checks).map_or(JsValue::NULL, checks)),
            ("cause", cause.as_deref().map_or(JsValue::NULL, JsValue::from)),
        ]),
        PageEvent::Alternative { state } => object(&[("state", state.as_str().into())]),
        PageEvent::Capture | PageEvent::Cancelled | PageEvent::Devices => JsValue::NULL,
        PageEvent::Captured(Captured { origin, width, height, quality, .. }) => object(&[
            ("source", origin.as_str().into()),
            ("width", (*width).into()),
            ("height", (*height).into()),
            ("quality", quality_object(quality)),
        ]),
        PageEvent::Progress(phase) => {
            let (sent, total) = match phase {
                Phase::Uploading { sent, total } => (*sent, *total),
                Phase::Linking | Phase::Verifying => (0, 0),
            };
            object(&[("phase", phase.as_str().into()), ("sent", sent.into()), ("total", total.into())])
        }
        PageEvent::Verified(verdict, _) | PageEvent::Rejected(verdict, _) => object(&outcome(verdict)),
        PageEvent::Error { code, message, retryable, cause } => object(&[
            ("code", code.as_str().into()),
            ("message", message.as_str().into()),
            ("retryable", (*retryable).into()),
            ("cause", cause.as_deref().map_or(JsValue::NULL, JsValue::from)),
        ]),
    }
}

/// Returns what an event says about a verdict. Events reach every listener of the page, so the rest is only in
/// [`verdict`].
fn outcome(judged: &JudgedReply) -> [(&'static str, JsValue); 2] {
    [
        ("outcome", judged.judgement.outcome.as_str().into()),
        ("reason", judged.judgement.reason.map_or(JsValue::NULL, |reason| reason.as_str().into())),
    ]
}

/// Returns the whole verdict, for a page that asks the element for it.
pub(super) fn verdict(judged: &JudgedReply, quality: &Quality) -> JsValue {
    let scores =
        object(&[("fraud", judged.score("fraud_score")), ("match", judged.score("facial_recognition_confidence"))]);
    let [outcome, reason] = outcome(judged);
    object(&[
        outcome,
        reason,
        ("message", judged.message()),
        ("identity", judged.identity()),
        ("scores", scores),
        ("response", judged.response.clone()),
        ("proof", judged.proof.clone()),
        ("quality", quality_object(quality)),
    ])
}
