//! The three requests of a submission: signed link, upload, verdict.

use akiba_protocol::UploadFailure;
use wasm_bindgen_futures::spawn_local;

use crate::adapter::relay::session::Bearer;
use crate::adapter::relay::{self, Abort, JudgedReply};
use crate::adapter::upload::{Progress, Target, Upload};
use crate::flow::{Event, Generation, LinkId, PhotoId, PhotoOrigin, RelayFailure};
use crate::guidance::Flaw;

use super::handles::{Context, Handles};

pub(super) fn link(handles: &Handles, generation: Generation, context: Context<'_>) {
    let abort = Abort::for_link();
    let mut resources = handles.resources();
    let bearer = Bearer::new(context.session.clone(), resources.session());
    let reply = relay::request_link(context.config, context.text, &bearer, &abort);
    resources.keep_link_call(generation, abort);
    let handles = handles.clone();
    spawn_local(async move {
        let ready = reply.await.and_then(|reply| Ok((Target::from_reply(&reply)?, reply)));
        handles.send(match ready {
            Ok((target, reply)) => {
                let life = target.life();
                let link = handles.resources().keep_link(generation, target, reply);
                Event::LinkReady { generation, link, life }
            }
            Err(failure) => Event::LinkFailed { generation, failure },
        });
    });
}

pub(super) fn upload(
    handles: &Handles,
    generation: Generation,
    link: LinkId,
    photo: PhotoId,
    omit_content_type: bool,
    tried_before: bool,
) {
    let send = handles.callbacks.send.clone();
    let on_progress = move |progress| {
        send.emit(match progress {
            Progress::Sent { sent, total } => Event::UploadProgress { generation, sent, total },
            Progress::Done => Event::Uploaded { generation },
            Progress::Failed(failure) => Event::UploadFailed { generation, failure },
        });
    };
    let mut resources = handles.resources();
    let upload = match (resources.target(link), resources.photo(photo)) {
        (Some(target), Some(photo)) => Upload::start(target, photo, omit_content_type, tried_before, on_progress),
        _ => None,
    };
    match upload {
        Some(upload) => resources.keep_upload(generation, upload),
        None => handles.send(Event::UploadFailed { generation, failure: UploadFailure::Refused }),
    }
}

pub(super) fn verify(
    handles: &Handles,
    generation: Generation,
    link: LinkId,
    origin: PhotoOrigin,
    context: Context<'_>,
) {
    let mut resources = handles.resources();
    let Some((reply, key)) = resources.reply(link) else {
        handles.send(Event::VerifyFailed { generation, failure: RelayFailure::Refused });
        return;
    };
    let abort = Abort::for_verify();
    let bearer = Bearer::new(context.session.clone(), resources.session());
    let verdict = relay::verify(context.config, &bearer, reply, key, origin, &abort);
    resources.keep_verify_call(generation, abort);
    let handles = handles.clone();
    spawn_local(async move {
        handles.send(match verdict.await {
            Ok(verdict) => judged(&handles, generation, verdict),
            Err(failure) => Event::VerifyFailed { generation, failure },
        });
    });
}

/// Keeps a verdict, and returns the event that says so.
pub(super) fn judged(handles: &Handles, generation: Generation, verdict: JudgedReply) -> Event {
    let judgement = verdict.judgement;
    let flaw = verdict.message().as_string().and_then(|message| Flaw::named_in(&message));
    handles.resources().keep_verdict(generation, verdict);
    Event::VerifyDone { generation, judgement, flaw }
}
