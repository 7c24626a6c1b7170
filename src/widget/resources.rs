//! The browser objects that a widget holds ([`Resources`]), and how they are dropped.
//!
//! Every object belongs to a request of the flow and is stored under the request's [`Generation`] or under an id. There
//! is one way to drop it: after each step, [`Resources::retain`] drops everything that the new state does not need. The
//! flow has no effects that close, abort or forget, so none can be left out. A stale answer needs no code of its own:
//! the state does not name it, so it is dropped. Every adapter cleans up on drop. Which objects a state needs is a pure
//! function, tested with the flow.
//!
//! One exception: a camera is closed before the next one opens, because both may be the same device.

use web_sys::{Blob, File};

use crate::adapter::camera::{Camera, Device, FreezeWatch};
use crate::adapter::luminance::Sampler;
use crate::adapter::photo::EncodedPhoto;
use crate::adapter::photo::object_url::ObjectUrl;
use crate::adapter::random;
use crate::adapter::relay::session::TokenCache;
use crate::adapter::relay::{Abort, IssuedLink, JudgedReply};
use crate::adapter::task::Task;
use crate::adapter::upload::{Target, Upload};
use crate::adapter::vision::{FrameLoop, Vision, VisionSource};
use crate::flow::{FileId, Generation, LinkId, Photo, PhotoId, State};

/// The object of one request. There is at most one at a time.
struct Slot<T>(Option<(Generation, T)>);

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Slot<T> {
    fn put(&mut self, generation: Generation, value: T) {
        self.0 = Some((generation, value));
    }

    /// Drops the object unless it belongs to this request.
    fn retain(&mut self, needed: Option<Generation>) {
        self.0.take_if(|(generation, _)| Some(*generation) != needed);
    }
}

struct StoredPhoto {
    generation: Generation,
    id: PhotoId,
    blob: Blob,
    url: Option<ObjectUrl>,
}

struct StoredLink {
    generation: Generation,
    id: LinkId,
    target: Target,
    reply: IssuedLink,
    key: String,
}

/// The browser objects of one widget: at most two photos, and one or two links at a time.
#[derive(Default)]
pub(super) struct Resources {
    opening: Slot<Task>,
    frame_loop: Slot<FrameLoop>,
    sampler: Slot<Sampler>,
    freeze_watch: Slot<FreezeWatch>,
    camera: Slot<Camera>,
    vision: Option<Vision>,
    last_device: Option<String>,
    devices: Vec<Device>,
    photos: Vec<StoredPhoto>,
    links: Vec<StoredLink>,
    file: Option<(FileId, File)>,
    link_call: Slot<Abort>,
    verify_call: Slot<Abort>,
    upload: Slot<Upload>,
    verdict: Slot<JudgedReply>,
    session: TokenCache,
    last_id: u32,
}

impl Resources {
    /// Drops everything that the state does not need.
    pub(super) fn retain(&mut self, state: &State) {
        self.retain_camera(state.camera.generation());
        self.sampler.retain(state.measured_camera());
        self.link_call.retain(state.link_request());
        self.upload.retain(state.upload());
        self.verify_call.retain(state.verify());
        self.verdict.retain(state.verify());
        self.photos.retain(|photo| state.needs_photo(photo.generation, photo.id));
        self.links.retain(|link| state.needs_link(link.generation, link.id));
        if !state.needs_file() {
            self.file = None;
        }
        if !state.needs_vision() {
            self.vision = None;
        }
        if !state.needs_session() {
            // The next attempt calls the page's function again. A call of this attempt that still waits for it keeps
            // the old cache.
            self.session = TokenCache::default();
        }
    }

    fn retain_camera(&mut self, needed: Option<Generation>) {
        self.opening.retain(needed);
        self.frame_loop.retain(needed);
        self.sampler.retain(needed);
        self.freeze_watch.retain(needed);
        self.camera.retain(needed);
    }

    fn id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    /// Returns the device that was last open.
    pub(super) fn last_device(&self) -> Option<String> {
        self.last_device.clone()
    }

    /// Keeps the list of cameras. `tried` is the one that the person switches to: if it does not work, the next switch
    /// leads to the one after it.
    pub(super) fn keep_devices(&mut self, devices: Vec<Device>, tried: Option<String>) {
        self.devices = devices;
        self.last_device = tried.or(self.last_device.take());
    }

    /// Returns the cameras, each with whether it is open.
    pub(super) fn devices(&self) -> Vec<(Device, bool)> {
        let open = self.camera.0.as_ref().and_then(|(_, camera)| camera.device_id());
        let of = |device: &Device| (device.clone(), open.as_ref() == Some(&device.id));
        self.devices.iter().map(of).collect()
    }

    pub(super) fn close_camera(&mut self) {
        self.retain_camera(None);
    }

    pub(super) fn keep_opening(&mut self, generation: Generation, opening: Task) {
        self.opening.put(generation, opening);
    }

    pub(super) fn keep_camera(&mut self, generation: Generation, camera: Camera) {
        self.last_device = camera.device_id();
        self.camera.put(generation, camera);
    }

    pub(super) fn keep_sampler(&mut self, generation: Generation, sampler: Sampler) {
        self.sampler.put(generation, sampler);
    }

    pub(super) fn keep_freeze_watch(&mut self, generation: Generation, watch: FreezeWatch) {
        self.freeze_watch.put(generation, watch);
    }

    pub(super) fn keep_frame_loop(&mut self, generation: Generation, frame_loop: FrameLoop) {
        self.frame_loop.put(generation, frame_loop);
    }

    /// Starts the worker that analyses pictures, also in place of one that has ended.
    pub(super) fn load_vision(&mut self, source: &VisionSource) {
        self.vision.take_if(|vision| vision.has_ended());
        self.vision(source);
    }

    /// Returns the worker that analyses pictures; starts it if necessary.
    pub(super) fn vision(&mut self, source: &VisionSource) -> &Vision {
        self.vision.get_or_insert_with(|| Vision::open(source))
    }

    pub(super) fn keep_photo(&mut self, generation: Generation, still: EncodedPhoto) -> Photo {
        let id = PhotoId(self.id());
        let EncodedPhoto { blob, width, height, luminance } = still;
        // A photo is below half a megabyte, so its size fits.
        let bytes = blob.size() as u32;
        self.photos.push(StoredPhoto { generation, id, url: ObjectUrl::new(&blob), blob });
        Photo { id, width, height, bytes, luminance }
    }

    pub(super) fn photo(&self, id: PhotoId) -> Option<&Blob> {
        self.photos.iter().find(|stored| stored.id == id).map(|stored| &stored.blob)
    }

    pub(super) fn photo_url(&self, id: PhotoId) -> Option<String> {
        let stored = self.photos.iter().find(|stored| stored.id == id)?;
        stored.url.as_ref().map(|url| url.as_str().to_owned())
    }

    pub(super) fn keep_file(&mut self, file: File) -> FileId {
        let id = FileId(self.id());
        self.file = Some((id, file));
        id
    }

    pub(super) fn take_file(&mut self, id: FileId) -> Option<File> {
        self.file.take_if(|(kept, _)| *kept == id).map(|(_, file)| file)
    }

    pub(super) fn keep_link(&mut self, generation: Generation, target: Target, reply: IssuedLink) -> LinkId {
        let id = LinkId(self.id());
        self.links.push(StoredLink { generation, id, target, reply, key: random::name() });
        id
    }

    pub(super) fn target(&self, id: LinkId) -> Option<&Target> {
        self.links.iter().find(|stored| stored.id == id).map(|stored| &stored.target)
    }

    /// Returns the relay's reply for a link, and the idempotency key of its verdict request.
    pub(super) fn reply(&self, id: LinkId) -> Option<(&IssuedLink, &str)> {
        self.links.iter().find(|stored| stored.id == id).map(|stored| (&stored.reply, stored.key.as_str()))
    }

    pub(super) fn keep_link_call(&mut self, generation: Generation, abort: Abort) {
        self.link_call.put(generation, abort);
    }

    pub(super) fn keep_verify_call(&mut self, generation: Generation, abort: Abort) {
        self.verify_call.put(generation, abort);
    }

    pub(super) fn keep_upload(&mut self, generation: Generation, upload: Upload) {
        self.upload.put(generation, upload);
    }

    /// Returns the token cache of this attempt.
    pub(super) fn session(&self) -> TokenCache {
        TokenCache::clone(&self.session)
    }

    pub(super) fn keep_verdict(&mut self, generation: Generation, verdict: JudgedReply) {
        self.verdict.put(generation, verdict);
    }

    pub(super) fn take_verdict(&mut self) -> Option<JudgedReply> {
        self.verdict.0.take().map(|(_, verdict)| verdict)
    }
}
