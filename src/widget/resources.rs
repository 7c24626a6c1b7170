//! What a widget holds of the browser ([`Vault`]), by the ids that the flow knows. Letting go of a thing here ends it.

use web_sys::{Blob, File};

use crate::adapter::camera::Camera;
use crate::adapter::luminance::Sampler;
use crate::adapter::photo::Still;
use crate::adapter::photo::object_url::ObjectUrl;
use crate::adapter::random;
use crate::adapter::relay::session::Kept;
use crate::adapter::relay::{Abort, Judged, Link};
use crate::adapter::task::Task;
use crate::adapter::upload::{Target, Upload};
use crate::adapter::vision::{Pump, Vision, VisionSource};
use crate::flow::{FileId, LinkId, Photo, PhotoId, Request};

struct KeptPhoto {
    id: PhotoId,
    blob: Blob,
    url: Option<ObjectUrl>,
}

struct KeptLink {
    id: LinkId,
    target: Target,
    reply: Link,
    key: String,
}

/// The browser objects of one widget. There are at most two photos and one or two links at a time.
#[derive(Default)]
pub(crate) struct Vault {
    opening: Option<Task>,
    camera: Option<Camera>,
    sampler: Option<Sampler>,
    pump: Option<Pump>,
    vision: Option<Vision>,
    last_device: Option<String>,
    photos: Vec<KeptPhoto>,
    links: Vec<KeptLink>,
    file: Option<(FileId, File)>,
    link_call: Option<Abort>,
    verify_call: Option<Abort>,
    upload: Option<Upload>,
    judged: Option<Judged>,
    session: Kept,
    last_id: u32,
}

impl Vault {
    fn id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    /// The device that was last open.
    pub(crate) fn last_device(&self) -> Option<String> {
        self.last_device.clone()
    }

    pub(crate) fn keep_opening(&mut self, opening: Task) {
        self.opening = Some(opening);
    }

    pub(crate) fn keep_camera(&mut self, camera: Camera) {
        self.last_device = camera.device_id();
        self.camera = Some(camera);
    }

    pub(crate) fn keep_sampler(&mut self, sampler: Option<Sampler>) {
        self.sampler = sampler;
    }

    /// The thread that looks at pictures, begun if it was not.
    pub(crate) fn vision(&mut self, source: &VisionSource) -> &Vision {
        self.vision.get_or_insert_with(|| Vision::open(source))
    }

    pub(crate) fn keep_pump(&mut self, pump: Pump) {
        self.pump = Some(pump);
    }

    /// Ends the thread.
    pub(crate) fn drop_vision(&mut self) {
        self.vision = None;
    }

    pub(crate) fn close_camera(&mut self) {
        self.opening = None;
        self.pump = None;
        self.sampler = None;
        self.camera = None;
    }

    pub(crate) fn keep_photo(&mut self, still: Still) -> Photo {
        let id = PhotoId(self.id());
        let Still { blob, width, height, quality } = still;
        // A photo is below half a megabyte, so that its size fits.
        let bytes = blob.size() as u32;
        self.photos.push(KeptPhoto { id, url: ObjectUrl::new(&blob), blob });
        Photo { id, width, height, bytes, quality }
    }

    pub(crate) fn photo(&self, id: PhotoId) -> Option<&Blob> {
        self.photos.iter().find(|kept| kept.id == id).map(|kept| &kept.blob)
    }

    pub(crate) fn photo_url(&self, id: PhotoId) -> Option<String> {
        let kept = self.photos.iter().find(|kept| kept.id == id)?;
        kept.url.as_ref().map(|url| url.as_str().to_owned())
    }

    pub(crate) fn drop_photo(&mut self, id: PhotoId) {
        self.photos.retain(|kept| kept.id != id);
    }

    pub(crate) fn keep_file(&mut self, file: File) -> FileId {
        let id = FileId(self.id());
        self.file = Some((id, file));
        id
    }

    pub(crate) fn drop_file(&mut self) {
        self.file = None;
    }

    pub(crate) fn take_file(&mut self, id: FileId) -> Option<File> {
        self.file.take_if(|(kept, _)| *kept == id).map(|(_, file)| file)
    }

    pub(crate) fn keep_link(&mut self, target: Target, reply: Link) -> LinkId {
        let id = LinkId(self.id());
        self.links.push(KeptLink { id, target, reply, key: random::name() });
        id
    }

    pub(crate) fn target(&self, id: LinkId) -> Option<&Target> {
        self.links.iter().find(|kept| kept.id == id).map(|kept| &kept.target)
    }

    /// What the relay said of a link, and the idempotency key of its verdict.
    pub(crate) fn reply(&self, id: LinkId) -> Option<(&Link, &str)> {
        self.links.iter().find(|kept| kept.id == id).map(|kept| (&kept.reply, kept.key.as_str()))
    }

    pub(crate) fn drop_link(&mut self, id: LinkId) {
        self.links.retain(|kept| kept.id != id);
    }

    pub(crate) fn keep_call(&mut self, request: Request, abort: Abort) {
        match request {
            Request::Link => self.link_call = Some(abort),
            Request::Verify => self.verify_call = Some(abort),
            Request::Upload => {}
        }
    }

    /// What the page's function gave for this attempt.
    pub(crate) fn session(&self) -> Kept {
        Kept::clone(&self.session)
    }

    /// The next attempt asks anew; a call of this one that still waits for the page's function keeps its answer to
    /// itself.
    pub(crate) fn forget_session(&mut self) {
        self.session = Kept::default();
    }

    pub(crate) fn keep_upload(&mut self, upload: Option<Upload>) {
        self.upload = upload;
    }

    pub(crate) fn keep_judged(&mut self, judged: Judged) {
        self.judged = Some(judged);
    }

    pub(crate) fn take_judged(&mut self) -> Option<Judged> {
        self.judged.take()
    }

    pub(crate) fn abort(&mut self, request: Request) {
        match request {
            Request::Link => self.link_call = None,
            Request::Verify => {
                self.verify_call = None;
                self.judged = None;
            }
            Request::Upload => self.upload = None,
        }
    }
}
