//! The worker that analyses pictures ([`Vision`]), and the loop that sends it the camera's frames ([`FrameLoop`]).
//! Their messages are documented in `www/vision/worker.js`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use akiba_vision::Report;
use futures_channel::oneshot;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Float32Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, MessageEvent, Worker};
use yew::AttrValue;

use self::frame::{TransferableImage, next_frame};
use self::pace::Pace;
use super::canvas::Canvas;
use super::js::in_time;
use super::task::Task;

mod frame;
mod pace;

/// A worker that does not answer within this time is given up.
const PATIENCE_MS: u32 = 5_000;
/// The same for a photo: the person waits for it.
const PHOTO_PATIENCE_MS: u32 = 2_000;
/// Pixels of the longest side of an analysed frame: the detector needs 128, and the measures of the face need no more
/// than this. A photo is analysed in full size.
const SIDE: u32 = 640;

/// Where the worker comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum VisionSource {
    /// No worker: the person gets no guidance.
    #[default]
    Absent,
    /// From these URLs, on the page's own origin.
    Urls {
        /// URL of `vision/worker.js`.
        worker: AttrValue,
        /// URL of `vision/akiba-vision.wasm`.
        wasm: AttrValue,
    },
    /// From a function that starts it, or throws.
    Opener(Function),
}

impl VisionSource {
    fn open(&self) -> Option<Worker> {
        match self {
            Self::Absent => None,
            Self::Urls { worker, wasm } => {
                let worker = Worker::new(worker).ok()?;
                let message = Object::new();
                Reflect::set(&message, &"wasm".into(), &wasm.as_str().into()).ok()?;
                worker.post_message(&message).ok()?;
                Some(worker)
            }
            Self::Opener(open) => open.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok(),
        }
    }
}

/// The worker is missing or has failed: guidance ends, and the person takes the photo by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisionUnavailable;

/// The worker. It loads what it needs while nobody waits yet, and ends when this is dropped.
#[derive(Debug)]
#[must_use = "the worker ends when this is dropped"]
pub struct Vision {
    connection: Rc<Connection>,
    _listeners: Vec<EventListener>,
}

#[derive(Debug)]
struct Connection {
    worker: Option<Worker>,
    ready: Cell<bool>,
    is_over: Cell<bool>,
    /// Waiting for the worker to be ready.
    awaiting_start: RefCell<Vec<oneshot::Sender<()>>>,
    /// Waiting for a report, in order.
    awaiting_report: RefCell<VecDeque<oneshot::Sender<Report>>>,
}

impl Vision {
    /// Starts the worker. If that fails, every use returns [`VisionUnavailable`].
    pub fn open(source: &VisionSource) -> Self {
        let worker = source.open();
        let connection = Rc::new(Connection {
            ready: Cell::new(false),
            is_over: Cell::new(worker.is_none()),
            worker,
            awaiting_start: RefCell::default(),
            awaiting_report: RefCell::default(),
        });
        let listeners = connection.worker.as_ref().map(|worker| listen(worker, &connection)).unwrap_or_default();
        Self { connection, _listeners: listeners }
    }

    /// Returns a handle that analyses photos.
    #[must_use]
    pub fn analyser(&self) -> Analyser {
        Analyser(Rc::clone(&self.connection))
    }
}

/// Analyses photos with a [`Vision`], as long as that lives.
#[derive(Clone, Debug)]
pub struct Analyser(Rc<Connection>);

impl Analyser {
    /// Analyses a photo. Returns `None` if that is impossible or takes too long for a waiting person.
    pub async fn analyse(&self, photo: &Blob) -> Option<Report> {
        self.report(TransferableImage::of_blob(photo), None).await
    }

    /// Analyses the camera's current frame, which is on the canvas.
    pub(super) async fn analyse_frame(&self, canvas: &Canvas) -> Option<Report> {
        self.report(TransferableImage::of_canvas(canvas), now()).await
    }

    async fn report(&self, image: impl Future<Output = Option<TransferableImage>>, at: Option<f64>) -> Option<Report> {
        if self.0.is_over.get() {
            return None;
        }
        let report = async { self.0.analyse(&image.await?, at).await.ok() };
        in_time(report, PHOTO_PATIENCE_MS).await.flatten()
    }
}

impl Drop for Vision {
    fn drop(&mut self) {
        self.connection.end();
    }
}

impl Connection {
    /// Stops the worker, and wakes everything that waits for it.
    fn end(&self) {
        self.is_over.set(true);
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
        self.awaiting_start.take();
        self.awaiting_report.take();
    }

    fn receive(&self, answer: &JsValue) {
        let get = |name: &str| Reflect::get(answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if !get("blind").is_undefined() {
            self.end();
        } else if let Ok(numbers) = get("report").dyn_into::<Float32Array>() {
            let Some(sender) = self.awaiting_report.borrow_mut().pop_front() else { return };
            match Report::from_numbers(&numbers.to_vec()) {
                // The only error is that nobody waits any more.
                Some(report) => drop(sender.send(report)),
                // The worker has another version, from some cache.
                None => self.end(),
            }
        } else {
            self.ready.set(true);
            for sender in self.awaiting_start.take() {
                let _ = sender.send(());
            }
        }
    }

    async fn ready(&self) -> Result<(), VisionUnavailable> {
        if self.is_over.get() {
            return Err(VisionUnavailable);
        }
        if self.ready.get() {
            return Ok(());
        }
        let (sender, ready) = oneshot::channel();
        self.awaiting_start.borrow_mut().push(sender);
        ready.await.map_err(|_| VisionUnavailable)
    }

    /// `at` is the time of a camera frame.
    async fn analyse(&self, image: &TransferableImage, at: Option<f64>) -> Result<Report, VisionUnavailable> {
        let worker = self.worker.as_ref().filter(|_| !self.is_over.get()).ok_or(VisionUnavailable)?;
        let message = Object::new();
        let set =
            |name: &str, value: &JsValue| Reflect::set(&message, &name.into(), value).map_err(|_| VisionUnavailable);
        set("picture", image.as_js())?;
        if let Some(at) = at {
            set("side", &SIDE.into())?;
            set("at", &at.into())?;
        }
        worker.post_message_with_transfer(&message, &Array::of1(image.as_js())).map_err(|_| VisionUnavailable)?;
        let (sender, seen) = oneshot::channel();
        self.awaiting_report.borrow_mut().push_back(sender);
        seen.await.map_err(|_| VisionUnavailable)
    }
}

fn listen(worker: &Worker, connection: &Rc<Connection>) -> Vec<EventListener> {
    let messages = {
        let connection = Rc::downgrade(connection);
        EventListener::new(worker, "message", move |event| {
            if let (Some(connection), Some(message)) = (connection.upgrade(), event.dyn_ref::<MessageEvent>()) {
                connection.receive(&message.data());
            }
        })
    };
    let errors = {
        let connection = Rc::downgrade(connection);
        // Otherwise the page would receive the error, too.
        EventListener::new_with_options(worker, "error", EventListenerOptions::enable_prevent_default(), move |event| {
            event.prevent_default();
            if let Some(connection) = connection.upgrade() {
                connection.end();
            }
        })
    };
    vec![messages, errors]
}

/// Sends the worker a video's frames until it is dropped: one at a time, and no faster than the worker can analyse
/// them.
#[derive(Debug)]
#[must_use = "the frames stop when the loop is dropped"]
pub struct FrameLoop {
    _task: Task,
}

impl FrameLoop {
    /// Starts the loop. `tell` receives each report with the time of its frame, in milliseconds of the page's clock,
    /// and finally [`VisionUnavailable`] once.
    pub fn start(
        vision: &Vision,
        video: HtmlVideoElement,
        tell: impl Fn(Result<(Report, f64), VisionUnavailable>) + 'static,
    ) -> Self {
        let connection = Rc::clone(&vision.connection);
        let task = Task::spawn(async move {
            let ready = in_time(connection.ready(), PATIENCE_MS).await;
            if matches!(ready, Some(Ok(()))) {
                run(&connection, &video, |report, at| tell(Ok((report, at)))).await;
            }
            connection.end();
            tell(Err(VisionUnavailable));
        });
        Self { _task: task }
    }
}

/// Runs until a step fails.
async fn run(connection: &Connection, video: &HtmlVideoElement, tell: impl Fn(Report, f64)) -> Option<()> {
    let mut pace = Pace::default();
    loop {
        next_frame(video).await;
        let at = now()?;
        let Some(image) = TransferableImage::of_video(video).await else { continue };
        let report = in_time(connection.analyse(&image, Some(at)), PATIENCE_MS).await?.ok()?;
        drop(image);
        tell(report, at);
        TimeoutFuture::new(pace.wait(now()? - at)).await;
    }
}

pub(super) fn now() -> Option<f64> {
    Some(web_sys::window()?.performance()?.now())
}
