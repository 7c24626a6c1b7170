//! Converts the flow's messages ([`Notice`]) to the page's events ([`PageEvent`]).

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;

use crate::flow::{ErrorCode, Notice, Photo, PhotoOrigin};
use crate::guidance::Evidence;
use crate::widget::page_event::{Captured, PageEvent, Quality};

use super::handles::{Context, Handles};

/// Sends the event in a task of its own, so that a listener may call the element or remove it.
pub(super) fn emit(handles: &Handles, notice: Notice, context: Context<'_>) {
    if let Some(event) = page_event(handles, notice, context) {
        let tell = handles.callbacks.tell.clone();
        spawn_local(async move { tell.emit(event) });
    }
}

fn page_event(handles: &Handles, notice: Notice, context: Context<'_>) -> Option<PageEvent> {
    Some(match notice {
        Notice::StateChange { state, previous } => PageEvent::StateChange { state, previous },
        Notice::Consented => PageEvent::Consented { words: context.text.of_consent(), shown: context.text },
        Notice::Guidance { hint, luminance, evidence, cause } => {
            PageEvent::Guidance { hint, quality: Quality { luminance, evidence }, cause }
        }
        Notice::Captured { photo, origin, evidence } => {
            PageEvent::Captured(captured(handles, photo, origin, evidence)?)
        }
        Notice::Progress(phase) => PageEvent::Progress(phase),
        Notice::Verdict { judgement, luminance, evidence } => {
            let (verdict, known) = (handles.resources().take_verdict()?, Quality { luminance, evidence });
            if judgement.is_verified() {
                PageEvent::Verified(verdict, known)
            } else {
                PageEvent::Rejected(verdict, known)
            }
        }
        Notice::OtherWay { state } => PageEvent::Alternative { state },
        Notice::Devices => PageEvent::Devices,
        Notice::Cancelled => PageEvent::Cancelled,
        Notice::Error(code) => PageEvent::Error {
            code,
            message: context.text.error(code).title.to_owned(),
            retryable: code.retryable(context.config.files),
            cause: context.invalid_settings.filter(|_| code == ErrorCode::Config).map(str::to_owned),
        },
    })
}

fn captured(handles: &Handles, photo: Photo, origin: PhotoOrigin, evidence: Rc<Evidence>) -> Option<Captured> {
    let blob = handles.resources().photo(photo.id)?.clone();
    Some(Captured {
        blob,
        origin,
        width: photo.width,
        height: photo.height,
        quality: Quality { luminance: photo.luminance, evidence: Some(evidence) },
    })
}
