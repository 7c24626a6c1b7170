//! Does what the flow wants ([`Runner`]): one match from an [`Effect`] to an adapter.
//!
//! The runner holds every browser object of a widget (camera, photos, links, requests, timers), each as an owned value
//! that ends with it. Dropping the runner therefore ends everything. What an adapter answers goes back to the flow as
//! an [`Event`]; nothing here decides anything.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use web_sys::{File, HtmlVideoElement};
use yew::Callback;

use super::page_event::{Captured, Known, PageEvent};
use super::resources::Vault;
use crate::adapter::camera::{Camera, preview};
use crate::adapter::luminance::Sampler;
use crate::adapter::page::{self, PageWatch};
use crate::adapter::photo::{self, Still};
use crate::adapter::random;
use crate::adapter::relay::session::{Bearer, Session};
use crate::adapter::relay::{Abort, request_link, verify};
use crate::adapter::task::Task;
use crate::adapter::timer::Timers;
use crate::adapter::upload::{Progress, Target, Upload};
use crate::adapter::vision::{Blind, Looker, Pump, VisionSource};
use crate::config::Config;
use crate::flow::{
    Camera as CameraState, CameraChoice, Effect, ErrorCode, Event, FileId, Generation, GrabFailure, Link, LinkId,
    Notice, Photo, PhotoId, Request, Screen, Source, State, Timer,
};
use crate::guidance::Evidence;
use crate::text::Text;

/// Whom the runner answers to.
#[derive(Clone)]
pub(crate) struct Wires {
    /// The flow.
    pub(crate) send: Callback<Event>,
    /// The page, told of what happened.
    pub(crate) tell: Callback<PageEvent>,
    /// The page, asked whether a photo may be taken.
    pub(crate) may_capture: Callback<(), bool>,
}

/// What the effects of one step are done by.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// The settings.
    pub(crate) config: &'a Config,
    /// The page's session.
    pub(crate) session: &'a Session,
    /// Where the thread comes from that looks at pictures.
    pub(crate) vision: &'a VisionSource,
    /// What the person reads.
    pub(crate) text: Text,
    /// Why the settings can't be used, where they can't.
    pub(crate) refused: Option<&'a str>,
}

/// The browser's side of one widget.
pub(crate) struct Runner {
    wires: Wires,
    video: Option<HtmlVideoElement>,
    vault: Rc<RefCell<Vault>>,
    timers: Timers,
    _page: Option<PageWatch>,
}

impl Runner {
    /// A runner with nothing under way. It begins by telling the flow how the page stands.
    pub(crate) fn new(wires: Wires) -> Self {
        if !page::online() {
            wires.send.emit(Event::Offline);
        }
        if page::hidden() {
            wires.send.emit(Event::Hidden);
        }
        let send = wires.send.clone();
        Self {
            video: preview::video(),
            vault: Rc::default(),
            timers: Timers::default(),
            _page: PageWatch::start(move |event| send.emit(event)),
            wires,
        }
    }

    /// The camera's picture.
    pub(crate) fn video(&self) -> Option<HtmlVideoElement> {
        self.video.clone()
    }

    /// The photo's object URL.
    pub(crate) fn photo_url(&self, photo: PhotoId) -> Option<String> {
        self.vault.borrow().photo_url(photo)
    }

    /// Keeps a chosen file.
    pub(crate) fn keep_file(&self, file: File) -> FileId {
        self.vault.borrow_mut().keep_file(file)
    }

    /// Lets go of what came with an answer that nobody waits for any more.
    pub(crate) fn refuse_stale(&self, state: &State, event: &Event) {
        let mut vault = self.vault.borrow_mut();
        match event {
            Event::PhotoReady { generation, photo, .. } if state.grab != Some(*generation) => {
                vault.drop_photo(photo.id)
            }
            Event::LinkReady { generation, link, .. } if state.link != Link::Asked(*generation) => {
                vault.drop_link(*link);
            }
            _ => {}
        }
    }

    /// Lets go of what the flow no longer has under way: finished requests hold the link, a refused file is a photo.
    pub(crate) fn sweep(&self, state: &State) {
        let mut vault = self.vault.borrow_mut();
        if !matches!(state.link, Link::Asked(_)) {
            vault.abort(Request::Link);
        }
        if state.upload.is_none() {
            vault.abort(Request::Upload);
        }
        if state.verify.is_none() {
            vault.abort(Request::Verify);
        }
        if matches!(state.screen, Screen::Idle | Screen::Done { .. }) {
            vault.forget_session();
        }
        if state.grab.is_none() {
            vault.drop_file();
            // In the review it is kept, as another photo may follow.
            if state.camera == CameraState::Closed && !matches!(state.screen, Screen::Review { .. }) {
                vault.drop_vision();
            }
        }
    }

    /// Does one thing.
    pub(crate) fn run(&mut self, effect: Effect, context: Context<'_>) {
        match effect {
            Effect::OpenCamera { generation, choice } => {
                // What looks at the frames is loaded while the browser asks the person.
                self.vault.borrow_mut().vision(context.vision);
                self.open_camera(generation, choice);
            }
            Effect::CloseCamera => self.vault.borrow_mut().close_camera(),
            Effect::Measure { generation } => self.measure(generation),
            Effect::Look { generation } => self.look(generation, context),
            Effect::Draw { generation } => {
                self.wires.send.emit(Event::Drawn { generation, seed: random::draw() });
            }
            Effect::Grab { generation, source } => self.grab(generation, source, context),
            Effect::DropPhoto(photo) => self.vault.borrow_mut().drop_photo(photo),
            Effect::DropLink(link) => self.vault.borrow_mut().drop_link(link),
            Effect::RequestLink { generation } => self.request_link(generation, context),
            Effect::Upload { generation, link, photo, plain, again } => {
                self.upload(generation, link, photo, plain, again);
            }
            Effect::Verify { generation, link } => self.verify(generation, link, context),
            Effect::Abort(request) => self.vault.borrow_mut().abort(request),
            Effect::StartTimer { timer, generation, delay } => {
                let send = self.wires.send.clone();
                self.timers.start(timer, delay, move || send.emit(Event::Tick { timer, generation }));
            }
            Effect::CancelTimer(timer) => self.timers.cancel(timer),
            Effect::Emit(notice) => self.emit(notice, context),
            // The component itself speaks and moves the focus, once the screen is drawn.
            Effect::Announce(_) | Effect::Focus => {}
        }
    }

    fn open_camera(&self, generation: Generation, choice: CameraChoice) {
        let send = self.wires.send.clone();
        let Some(video) = self.video.clone() else {
            send.emit(Event::CameraFailed { generation, error: ErrorCode::CameraUnsupported });
            return;
        };
        let vault = Rc::clone(&self.vault);
        let last_device = vault.borrow().last_device();
        let ended = {
            let send = send.clone();
            move || send.emit(Event::CameraEnded { generation })
        };
        // Closing the camera drops this task, and with it a camera that was about to open.
        let task = Task::spawn(async move {
            match Camera::open(choice, last_device, video, ended).await {
                Ok(camera) => {
                    let info = camera.info();
                    vault.borrow_mut().keep_camera(camera);
                    send.emit(Event::CameraOpened { generation, info });
                }
                Err(error) => send.emit(Event::CameraFailed { generation, error }),
            }
        });
        self.vault.borrow_mut().keep_opening(task);
    }

    fn measure(&self, generation: Generation) {
        let Some(video) = self.video.clone() else { return };
        let send = self.wires.send.clone();
        let sampler = Sampler::start(video, move |quality| send.emit(Event::Frame { generation, quality }));
        self.vault.borrow_mut().keep_sampler(sampler);
    }

    fn look(&self, generation: Generation, context: Context<'_>) {
        let Some(video) = self.video.clone() else { return };
        let (send, shown) = (self.wires.send.clone(), video.clone());
        let mut vault = self.vault.borrow_mut();
        let pump = Pump::start(vault.vision(context.vision), video, move |seen| {
            send.emit(match seen {
                Ok((report, at)) => {
                    Event::Seen { generation, report: Box::new(report), at, aspect: preview::aspect(&shown) }
                }
                Err(Blind) => Event::Blind { generation },
            });
        });
        vault.keep_pump(pump);
    }

    fn grab(&self, generation: Generation, source: Source, context: Context<'_>) {
        let wires = self.wires.clone();
        let vault = Rc::clone(&self.vault);
        let video = self.video.clone();
        // What was good enough to be sent is not looked at again when it is made smaller.
        let looker = (!matches!(source, Source::Photo(_))).then(|| vault.borrow_mut().vision(context.vision).looker());
        spawn_local(async move {
            // The page is asked in a task of its own, when no borrow of the widget is held.
            let new = !matches!(source, Source::Photo(_));
            let made = if new && !wires.may_capture.emit(()) {
                Err(GrabFailure::Prevented)
            } else {
                still(source, video, &vault, looker.as_ref()).await
            };
            wires.send.emit(match made {
                Ok(still) => {
                    let report = match &looker {
                        Some(looker) => looker.look_at(&still.blob).await.map(Box::new),
                        None => None,
                    };
                    let photo = vault.borrow_mut().keep_photo(still);
                    Event::PhotoReady { generation, photo, report }
                }
                Err(failure) => Event::GrabFailed { generation, failure },
            });
        });
    }

    fn request_link(&self, generation: Generation, context: Context<'_>) {
        let abort = Abort::for_link();
        let bearer = Bearer::new(context.session.clone(), self.vault.borrow().session());
        let reply = request_link(context.config, &bearer, &abort);
        self.vault.borrow_mut().keep_call(Request::Link, abort);
        let (send, vault) = (self.wires.send.clone(), Rc::clone(&self.vault));
        spawn_local(async move {
            let ready = reply.await.and_then(|reply| Ok((Target::from_reply(&reply)?, reply)));
            send.emit(match ready {
                Ok((target, reply)) => {
                    let life = target.life();
                    let link = vault.borrow_mut().keep_link(target, reply);
                    Event::LinkReady { generation, link, life }
                }
                Err(failure) => Event::LinkFailed { generation, failure },
            });
        });
    }

    fn upload(&self, generation: Generation, link: LinkId, photo: PhotoId, plain: bool, again: bool) {
        let send = self.wires.send.clone();
        let mut vault = self.vault.borrow_mut();
        let on_progress = {
            let send = send.clone();
            move |progress| {
                send.emit(match progress {
                    Progress::Sent { sent, total } => Event::UploadProgress { generation, sent, total },
                    Progress::Done => Event::Uploaded { generation },
                    Progress::Failed(failure) => Event::UploadFailed { generation, failure },
                });
            }
        };
        let upload = match (vault.target(link), vault.photo(photo)) {
            (Some(target), Some(photo)) => Upload::start(target, photo, plain, again, on_progress),
            _ => None,
        };
        if upload.is_none() {
            send.emit(Event::UploadFailed { generation, failure: akiba_protocol::UploadFailure::Refused });
        }
        vault.keep_upload(upload);
    }

    fn verify(&self, generation: Generation, link: LinkId, context: Context<'_>) {
        let send = self.wires.send.clone();
        let mut vault = self.vault.borrow_mut();
        let Some((reply, key)) = vault.reply(link) else {
            send.emit(Event::VerifyFailed { generation, failure: crate::flow::RelayFailure::Refused });
            return;
        };
        let abort = Abort::for_verify();
        let bearer = Bearer::new(context.session.clone(), vault.session());
        let verdict = verify(context.config, &bearer, reply, key, &abort);
        vault.keep_call(Request::Verify, abort);
        let kept = Rc::clone(&self.vault);
        spawn_local(async move {
            send.emit(match verdict.await {
                Ok(judged) => {
                    let judgement = judged.judgement;
                    kept.borrow_mut().keep_judged(judged);
                    Event::VerifyDone { generation, judgement }
                }
                Err(failure) => Event::VerifyFailed { generation, failure },
            });
        });
    }

    fn emit(&self, notice: Notice, context: Context<'_>) {
        let event = match notice {
            Notice::StateChange { state, previous } => PageEvent::StateChange { state, previous },
            Notice::Guidance { hint, quality, evidence } => {
                PageEvent::Guidance { hint, known: Known { quality: Some(quality), evidence } }
            }
            Notice::Captured { photo, evidence } => match self.captured(photo, evidence) {
                Some(captured) => PageEvent::Captured(captured),
                None => return,
            },
            Notice::Progress(phase) => PageEvent::Progress(phase),
            Notice::Verdict { judgement, quality, evidence } => match self.vault.borrow_mut().take_judged() {
                Some(judged) if judgement.is_verified() => PageEvent::Verified(judged, Known { quality, evidence }),
                Some(judged) => PageEvent::Rejected(judged, Known { quality, evidence }),
                None => return,
            },
            Notice::Cancelled => PageEvent::Cancelled,
            Notice::Error(code) => PageEvent::Error {
                code,
                message: context.text.error(code).title.to_owned(),
                cause: (code == ErrorCode::Config).then(|| context.refused.map(str::to_owned)).flatten(),
            },
        };
        // Told in a task of its own, so that a listener may call the element, or remove it.
        let tell = self.wires.tell.clone();
        spawn_local(async move { tell.emit(event) });
    }

    fn captured(&self, photo: Photo, evidence: Rc<Evidence>) -> Option<Captured> {
        let blob = self.vault.borrow().photo(photo.id)?.clone();
        Some(Captured {
            blob,
            width: photo.width,
            height: photo.height,
            known: Known { quality: photo.quality, evidence: Some(evidence) },
        })
    }

    /// Stops every timer; the flow has asked for all else by then.
    pub(crate) fn stop(&mut self) {
        for timer in Timer::ALL {
            self.timers.cancel(timer);
        }
        *self.vault.borrow_mut() = Vault::default();
    }
}

async fn still(
    source: Source,
    video: Option<HtmlVideoElement>,
    vault: &Rc<RefCell<Vault>>,
    looker: Option<&Looker>,
) -> Result<Still, GrabFailure> {
    match source {
        Source::Camera | Source::Burst => {
            let video = video.ok_or(GrabFailure::Frame)?;
            match looker.filter(|_| source == Source::Burst) {
                Some(looker) => photo::burst(&video, looker).await,
                None => photo::from_video(&video).await,
            }
        }
        Source::File(file) => {
            let file = vault.borrow_mut().take_file(file).ok_or(GrabFailure::Unreadable)?;
            photo::from_file(&file).await
        }
        Source::Photo(photo) => {
            let photo = vault.borrow().photo(photo).cloned().ok_or(GrabFailure::Frame)?;
            photo::smaller(&photo).await
        }
    }
}
