//! The worker that analyses pictures ([`Vision`]), and the loop that sends it the camera's frames ([`FrameLoop`]).
//! Their messages are documented in `www/vision/worker.js`.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::rc::Rc;

use akiba_vision::Report;
use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Float32Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlVideoElement, Worker};
use yew::AttrValue;

use self::frame::{Listening, TransferableImage, WHOLE, next_frame};
use self::pace::Pace;
use super::canvas::{Canvas, Picture};
use super::js::{in_time, object};
use super::task::Task;

mod frame;
mod pace;

/// After this time without an answer, the person takes the photo by hand until one comes.
const PATIENCE_MS: u32 = 5_000;
/// The same for a photo: the person waits for it.
const PHOTO_PATIENCE_MS: u32 = 2_000;
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
        /// URL of `vision/akiba-vision.wasm`. A relative one begins at the folder of the worker.
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
                worker.post_message(&object(&[("wasm", wasm.as_str().into())])).ok()?;
                Some(worker)
            }
            Self::Opener(open) => open.call0(&JsValue::UNDEFINED).ok()?.dyn_into().ok(),
        }
    }
}

/// There is no guidance, for now or at all: the person takes the photo by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisionUnavailable {
    /// Why, for the page's developer.
    pub cause: Rc<str>,
}

/// The cause if the worker takes too long. Its answer still counts when it comes.
const LATE: &str = "late";
/// The cause if the page gives no worker, or the browser refuses to start it.
const NO_WORKER: &str = "no worker";
/// The cause if the worker's script fails, is missing or is of another version.
const SCRIPT: &str = "the worker's script failed";

/// The worker. It loads what it needs while nobody waits yet, and ends when this is dropped.
#[derive(Debug)]
#[must_use = "the worker ends when this is dropped"]
pub struct Vision {
    connection: Rc<Connection>,
    _listening: Option<Listening>,
}

#[derive(Debug)]
struct Connection {
    worker: Option<Worker>,
    ready: Cell<bool>,
    /// Why the worker has ended, if it has.
    over: RefCell<Option<Rc<str>>>,
    /// Waiting for the worker to be ready.
    awaiting_start: RefCell<Vec<oneshot::Sender<()>>>,
    /// Waiting for a report, in order. A picture that failed has none.
    awaiting_report: RefCell<VecDeque<oneshot::Sender<Option<Report>>>>,
}

impl Vision {
    /// Starts the worker. If that fails, every use returns [`VisionUnavailable`].
    pub fn open(source: &VisionSource) -> Self {
        let worker = source.open();
        let connection = Rc::new(Connection {
            ready: Cell::new(false),
            over: RefCell::new(worker.is_none().then(|| NO_WORKER.into())),
            worker,
            awaiting_start: RefCell::default(),
            awaiting_report: RefCell::default(),
        });
        let listening = connection.worker.as_ref().map(|worker| listen(worker, &connection));
        Self { connection, _listening: listening }
    }

    /// Whether the worker has ended, or never began.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.connection.over.borrow().is_some()
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
        if self.0.over.borrow().is_some() {
            return None;
        }
        let report = async { self.0.analyse(&image.await?, at, WHOLE).await.ok().flatten() };
        in_time(report, PHOTO_PATIENCE_MS).await.flatten()
    }
}

impl Drop for Vision {
    fn drop(&mut self) {
        self.connection.end("ended");
    }
}

impl Connection {
    /// Stops the worker, and wakes everything that waits for it.
    fn end(&self, cause: &str) {
        self.over.borrow_mut().get_or_insert_with(|| cause.into());
        if let Some(worker) = &self.worker {
            worker.terminate();
        }
        self.awaiting_start.take();
        self.awaiting_report.take();
    }

    fn receive(&self, answer: &JsValue) {
        let get = |name: &str| Reflect::get(answer, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if let Some(cause) = get("blind").as_string() {
            self.end(&cause);
        } else if !get("failed").is_undefined() {
            if let Some(sender) = self.awaiting_report.borrow_mut().pop_front() {
                // The only error is that nobody waits any more.
                let _ = sender.send(None);
            }
        } else if let Ok(numbers) = get("report").dyn_into::<Float32Array>() {
            let Some(sender) = self.awaiting_report.borrow_mut().pop_front() else { return };
            match Report::from_numbers(&numbers.to_vec()) {
                // The only error is that nobody waits any more.
                Some(report) => drop(sender.send(Some(report))),
                // The worker has another version, from some cache.
                None => self.end(SCRIPT),
            }
        } else {
            self.ready.set(true);
            for sender in self.awaiting_start.take() {
                let _ = sender.send(());
            }
        }
    }

    /// Why there is no guidance.
    fn unavailable(&self) -> VisionUnavailable {
        VisionUnavailable { cause: self.over.borrow().clone().unwrap_or_else(|| SCRIPT.into()) }
    }

    async fn ready(&self) -> Result<(), VisionUnavailable> {
        if self.over.borrow().is_some() {
            return Err(self.unavailable());
        }
        if self.ready.get() {
            return Ok(());
        }
        let (sender, ready) = oneshot::channel();
        self.awaiting_start.borrow_mut().push(sender);
        ready.await.map_err(|_| self.unavailable())
    }

    /// Analyses a share of a picture's width and height, in its middle. Returns `None` if this picture failed. `at` is the
    /// time of a camera frame.
    async fn analyse(
        &self,
        image: &TransferableImage,
        at: Option<f64>,
        share: (f64, f64),
    ) -> Result<Option<Report>, VisionUnavailable> {
        let running = |_: &&Worker| self.over.borrow().is_none();
        let sent = self.worker.as_ref().filter(running).is_some_and(|worker| image.send(worker, at, share));
        if !sent {
            return Err(self.unavailable());
        }
        let (sender, seen) = oneshot::channel();
        self.awaiting_report.borrow_mut().push_back(sender);
        seen.await.map_err(|_| self.unavailable())
    }
}

fn listen(worker: &Worker, connection: &Rc<Connection>) -> Listening {
    let connection = Rc::downgrade(connection);
    Listening::start(worker, move |answer| match connection.upgrade() {
        Some(connection) if answer.is_undefined() => connection.end(SCRIPT),
        Some(connection) => connection.receive(&answer),
        None => {}
    })
}

/// Sends the worker a video's frames until it is dropped: one at a time, and no faster than the worker can analyse
/// them.
#[derive(Debug)]
#[must_use = "the frames stop when the loop is dropped"]
pub struct FrameLoop {
    _task: Task,
}

impl FrameLoop {
    /// Starts the loop. `tell` receives each report with the time of its frame, in milliseconds of the page's clock.
    /// It receives [`VisionUnavailable`] when a frame or the worker is late, after which reports may still come, and when
    /// the worker has ended.
    pub fn start(vision: &Vision, video: HtmlVideoElement, tell: impl Fn(Seen) + 'static) -> Self {
        let connection = Rc::clone(&vision.connection);
        let task = Task::spawn(async move {
            let end = run(&connection, &video, &tell).await;
            connection.end(&end.cause);
            tell(Err(end));
        });
        Self { _task: task }
    }
}

/// A report with the time of its frame.
pub type Seen = Result<(Report, f64), VisionUnavailable>;

/// Runs until the worker has ended.
async fn run(connection: &Connection, video: &HtmlVideoElement, tell: &impl Fn(Seen)) -> VisionUnavailable {
    let mut pace = Pace::default();
    loop {
        match patiently(look(connection, video), tell).await {
            Ok(Some((report, at))) => {
                tell(Ok((report, at)));
                TimeoutFuture::new(pace.wait(now().map_or(0.0, |now| now - at))).await;
            }
            Ok(None) => {}
            Err(end) => return end,
        }
    }
}

/// Analyses the next frame. Returns `None` if that failed.
async fn look(connection: &Connection, video: &HtmlVideoElement) -> Result<Option<(Report, f64)>, VisionUnavailable> {
    connection.ready().await?;
    next_frame(video).await;
    let at = now().ok_or_else(|| connection.unavailable())?;
    let Some(image) = TransferableImage::of_video(video).await else { return Ok(None) };
    let report = connection.analyse(&image, Some(at), Picture::Video(video).share()).await?;
    Ok(report.map(|report| (report, at)))
}

/// Awaits a future. Reports once that it is late.
async fn patiently<T>(future: impl Future<Output = T>, tell: &impl Fn(Seen)) -> T {
    let mut future = pin!(future);
    match in_time(future.as_mut(), PATIENCE_MS).await {
        Some(output) => output,
        None => {
            tell(Err(VisionUnavailable { cause: LATE.into() }));
            future.await
        }
    }
}

pub(super) fn now() -> Option<f64> {
    Some(web_sys::window()?.performance()?.now())
}
