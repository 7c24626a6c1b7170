//! The thread that looks at pictures ([`Vision`]), and what brings it the camera's ([`FrameLoop`]). How they speak with it is
//! written in `www/vision/worker.js`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;

use akiba_vision::Report;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Float32Array, Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, MessageEvent, Worker};
use yew::AttrValue;

use self::frame::{TransferableImage, next_frame};
use self::pace::Pace;
use super::canvas::Canvas;
use super::task::Task;

mod frame;
mod pace;

/// A thread that says nothing for so long is given up.
const PATIENCE_MS: u32 = 5_000;
/// The same for a photo: the person waits for it.
const PHOTO_PATIENCE_MS: u32 = 2_000;
/// Pixels of the longest side of a frame that is looked at: the detector needs 128, and what is measured of the face no
/// more than this. A photo is looked at as it is.
const SIDE: u32 = 640;

/// Where the thread comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum VisionSource {
    /// From nowhere: the person is not guided.
    #[default]
    Absent,
    /// From these URLs, on the page's own origin.
    Urls {
        /// Of `vision/worker.js`.
        worker: AttrValue,
        /// Of `vision/akiba-vision.wasm`.
        wasm: AttrValue,
    },
    /// From a function that begins it, or throws.
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

/// There is no thread, or it is no use: guidance ends, and the person takes the photo by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisionUnavailable;

/// The thread. It loads what it needs while nobody waits yet, and ends when this is dropped.
#[derive(Debug)]
#[must_use = "the thread ends when this is dropped"]
pub struct Vision {
    connection: Rc<Connection>,
    _listeners: Vec<EventListener>,
}

#[derive(Debug)]
struct Connection {
    worker: Option<Worker>,
    ready: Cell<bool>,
    is_over: Cell<bool>,
    /// Whoever waits for the beginning.
    early: RefCell<Vec<oneshot::Sender<()>>>,
    /// Whoever waits for a report, in order.
    waiting: RefCell<VecDeque<oneshot::Sender<Report>>>,
}

impl Vision {
    /// Begins it. Where that can't be, it is blind from the beginning.
    pub fn open(source: &VisionSource) -> Self {
        let worker = source.open();
        let connection = Rc::new(Connection {
            ready: Cell::new(false),
            is_over: Cell::new(worker.is_none()),
            worker,
            early: RefCell::default(),
            waiting: RefCell::default(),
        });
        let listeners = connection.worker.as_ref().map(|worker| listen(worker, &connection)).unwrap_or_default();
        Self { connection, _listeners: listeners }
    }

    /// For whoever has a photo to look at.
    #[must_use]
    pub fn analyser(&self) -> Analyser {
        Analyser(Rc::clone(&self.connection))
    }
}

/// Looks at photos by a [`Vision`], while that lives.
#[derive(Clone, Debug)]
pub struct Analyser(Rc<Connection>);

impl Analyser {
    /// What is seen in a photo; `None` where nothing sees, or not in time for the person who waits.
    pub async fn analyse(&self, photo: &Blob) -> Option<Report> {
        self.look(TransferableImage::of_blob(photo), None).await
    }

    /// What is seen in the camera's current frame, which is on the canvas.
    pub(super) async fn analyse_frame(&self, canvas: &Canvas) -> Option<Report> {
        self.look(TransferableImage::of_canvas(canvas), now()).await
    }

    async fn look(&self, image: impl Future<Output = Option<TransferableImage>>, at: Option<f64>) -> Option<Report> {
        if self.0.is_over.get() {
            return None;
        }
        let report = async { self.0.look(&image.await?, at).await.ok() };
        in_time(report, PHOTO_PATIENCE_MS).await.flatten()
    }
}

impl Drop for Vision {
    fn drop(&mut self) {
        self.connection.end();
    }
}

impl Connection {
    /// Stops the thread, and lets everybody know who waits.
    fn end(&self) {
        self.is_over.set(true);
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
        self.early.take();
        self.waiting.take();
    }

    fn hear(&self, answer: &JsValue) {
        let get = |name: &str| Reflect::get(answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if !get("blind").is_undefined() {
            self.end();
        } else if let Ok(numbers) = get("report").dyn_into::<Float32Array>() {
            let Some(sender) = self.waiting.borrow_mut().pop_front() else { return };
            match Report::from_numbers(&numbers.to_vec()) {
                // The only error is that nobody waits any more.
                Some(report) => drop(sender.send(report)),
                // Of another version, out of some cache.
                None => self.end(),
            }
        } else {
            self.ready.set(true);
            for sender in self.early.take() {
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
        self.early.borrow_mut().push(sender);
        ready.await.map_err(|_| VisionUnavailable)
    }

    /// `at`: when it was taken, for a frame of the camera.
    async fn look(&self, image: &TransferableImage, at: Option<f64>) -> Result<Report, VisionUnavailable> {
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
        self.waiting.borrow_mut().push_back(sender);
        seen.await.map_err(|_| VisionUnavailable)
    }
}

fn listen(worker: &Worker, connection: &Rc<Connection>) -> Vec<EventListener> {
    let heard = {
        let connection = Rc::downgrade(connection);
        EventListener::new(worker, "message", move |event| {
            if let (Some(connection), Some(message)) = (connection.upgrade(), event.dyn_ref::<MessageEvent>()) {
                connection.hear(&message.data());
            }
        })
    };
    let failed = {
        let connection = Rc::downgrade(connection);
        // Else the page, too, would be told of the error.
        EventListener::new_with_options(worker, "error", EventListenerOptions::enable_prevent_default(), move |event| {
            event.prevent_default();
            if let Some(connection) = connection.upgrade() {
                connection.end();
            }
        })
    };
    vec![heard, failed]
}

/// Brings the thread a video's frames, one at a time and no faster than it can look at them, until it is dropped.
#[derive(Debug)]
#[must_use = "the frames stop when the pump is dropped"]
pub struct FrameLoop {
    _task: Task,
}

impl FrameLoop {
    /// Starts it. `tell` hears of each report with the time of its frame in milliseconds of the page's clock, and
    /// [`VisionUnavailable`] once and last.
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

/// Goes on until something is amiss.
async fn run(connection: &Connection, video: &HtmlVideoElement, tell: impl Fn(Report, f64)) -> Option<()> {
    let mut pace = Pace::default();
    loop {
        next_frame(video).await;
        let at = now()?;
        let Some(image) = TransferableImage::of_video(video).await else { continue };
        let report = in_time(connection.look(&image, Some(at)), PATIENCE_MS).await?.ok()?;
        drop(image);
        tell(report, at);
        TimeoutFuture::new(pace.wait(now()? - at)).await;
    }
}

/// What the future comes to, unless that takes longer.
async fn in_time<T>(future: impl Future<Output = T>, milliseconds: u32) -> Option<T> {
    match select(pin!(future), TimeoutFuture::new(milliseconds)).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}

pub(super) fn now() -> Option<f64> {
    Some(web_sys::window()?.performance()?.now())
}
