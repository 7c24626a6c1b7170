//! Helpers of the browser tests: streams from a canvas, pixels of a photo, and replaced browser functions.
#![allow(dead_code, reason = "each test file uses some of it")]

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, HtmlVideoElement, MediaStream, MediaStreamTrack, MediaStreamTrackState};

#[wasm_bindgen(inline_js = r"
const replaced = [];
/** Puts a property in front of the browser's own. */
export function replace(target, name, value) {
    const object = name === 'getUserMedia' || name === 'enumerateDevices' ? navigator.mediaDevices : target;
    replaced.push([object, name, Object.getOwnPropertyDescriptor(object, name)]);
    Object.defineProperty(object, name, { value, configurable: true, writable: true });
}
/** Puts everything back as the browser has it. */
export function restore() {
    for (const [object, name, own] of replaced.splice(0).reverse()) {
        if (own) Object.defineProperty(object, name, own);
        else delete object[name];
    }
}
export function rejecting(names) {
    const asked = [];
    const ask = (constraints) => {
        asked.push(JSON.stringify(constraints));
        const name = names[Math.min(asked.length, names.length) - 1];
        if (name === 'OverconstrainedError') return Promise.reject(new OverconstrainedError('width', ''));
        if (name === 'TypeError') return Promise.reject(new TypeError(''));
        if (name === '') return MediaDevices.prototype.getUserMedia.call(navigator.mediaDevices, constraints);
        return Promise.reject(new DOMException('', name));
    };
    ask.asked = asked;
    return ask;
}
export function permissions(state) {
    const status = Object.create(PermissionStatus.prototype, { state: { value: state } });
    return { query: (wanted) => Promise.resolve(wanted.name === 'camera' ? status : null) };
}
/** Permissions that change some milliseconds after the camera is denied. */
export function late_denial() {
    let state = 'prompt';
    const rejected = () => {
        setTimeout(() => { state = 'denied'; }, 20);
        return Promise.reject(new DOMException('', 'NotAllowedError'));
    };
    return [rejected, { query: () => Promise.resolve({ state }) }];
}
/** The real policy of a frame that may not use the camera. */
export function forbidding_policy() {
    const frame = document.createElement('iframe');
    frame.allow = `camera 'none'`;
    document.body.append(frame);
    const policy = frame.contentDocument.featurePolicy;
    return policy;
}
export function returning(value) { return () => value; }
/** A promise and the function that resolves it. */
export function deferred() {
    let resolve;
    const promise = new Promise((done) => { resolve = done; });
    return [promise, resolve];
}
export function fast_timers(factor) {
    const real = window.setTimeout;
    return (callback, delay, ...rest) => real.call(window, callback, delay / factor, ...rest);
}
let cloned = 0;
/** From now on, counts the streams and tracks that are cloned. */
export function count_clones() {
    cloned = 0;
    for (const { prototype } of [MediaStream, MediaStreamTrack]) {
        const clone = prototype.clone;
        replace(prototype, 'clone', function () { cloned += 1; return clone.call(this); });
    }
}
export function clones() { return cloned; }
function paint(canvas, colours) {
    const context = canvas.getContext('2d');
    const [width, height] = [canvas.width / 2, canvas.height / 2];
    colours.forEach((colour, i) => {
        context.fillStyle = colour;
        context.fillRect((i % 2) * width, (i >> 1) * height, width, height);
    });
}
/** A stream that shows a colour in each quarter: top left, top right, bottom left, bottom right. */
export function quarters(width, height, colours) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    paint(canvas, colours);
    const stream = canvas.captureStream(20);
    const timer = setInterval(() => {
        if (stream.getTracks()[0].readyState === 'ended') clearInterval(timer);
        else paint(canvas, colours);
    }, 50);
    return stream;
}
/** A stream without a frame, a function that lets frames come, and one that ends it as an unplugged device does. */
export function silent() {
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const canvas = new OffscreenCanvas(64, 48);
    canvas.getContext('2d').fillRect(0, 0, 64, 48);
    let timer, at = 0;
    const show = () => { timer = setInterval(() => writer.write(new VideoFrame(canvas, { timestamp: at += 50000 })), 50); };
    const end = () => { clearInterval(timer); return writer.close(); };
    return [new MediaStream([track]), show, end];
}
export async function pixels(blob, points) {
    const bitmap = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const colours = points.map(([x, y]) =>
        [...context.getImageData(Math.floor(x * bitmap.width), Math.floor(y * bitmap.height), 1, 1).data]);
    return [bitmap.width, bitmap.height, ...colours.flat()];
}
/** A JPEG of smooth colours with noise over them: `noise` is 0 to 1. */
export async function photo_file(width, height, noise, quality) {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    const image = context.createImageData(width, height);
    let seed = 1;
    for (let i = 0, at = 0; i < width * height; i++, at += 4) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        const grain = noise * ((seed >>> 24) - 128);
        const x = i % width / width, y = i / width / height;
        image.data[at] = 255 * x + grain;
        image.data[at + 1] = 128 + 100 * Math.sin(20 * x * y) + grain;
        image.data[at + 2] = 255 * y + grain;
        image.data[at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    return new File([await canvas.convertToBlob({ type: 'image/jpeg', quality })], 'selfie.jpg');
}
/** A camera with planes. Its luma is black above and white below. No real camera sends its colours. */
export function planes(width, height) {
    const track = new MediaStreamTrackGenerator({ kind: 'video' });
    const writer = track.writable.getWriter();
    const bytes = new Uint8Array((width * height * 3) / 2);
    bytes.fill(16, 0, (width * height) / 2).fill(235, (width * height) / 2, width * height);
    const timer = setInterval(() => {
        if (track.readyState === 'ended') return clearInterval(timer);
        const timestamp = performance.now() * 1000;
        writer.write(new VideoFrame(bytes, { format: 'I420', codedWidth: width, codedHeight: height, timestamp }));
    }, 50);
    return new MediaStream([track]);
}
/** A `drawImage` that draws no video these first times. */
export function drawing_nothing(times) {
    const real = CanvasRenderingContext2D.prototype.drawImage;
    return function (picture, ...place) {
        if (picture instanceof HTMLVideoElement && times-- > 0) return;
        real.call(this, picture, ...place);
    };
}
export function zeros(length) { return new File([new Uint8Array(length)], 'huge.jpg', { type: 'image/jpeg' }); }
")]
extern "C" {
    pub(crate) fn replace(target: &JsValue, name: &str, value: &JsValue);
    pub(crate) fn restore();
    pub(crate) fn rejecting(names: Vec<String>) -> Function;
    pub(crate) fn late_denial() -> Array;
    pub(crate) fn permissions(state: &str) -> JsValue;
    pub(crate) fn forbidding_policy() -> JsValue;
    pub(crate) fn returning(value: &JsValue) -> Function;
    pub(crate) fn deferred() -> Array;
    pub(crate) fn count_clones();
    pub(crate) fn clones() -> u32;
    pub(crate) fn fast_timers(factor: u32) -> Function;
    pub(crate) fn quarters(width: u32, height: u32, colours: Vec<String>) -> MediaStream;
    pub(crate) fn planes(width: u32, height: u32) -> MediaStream;
    pub(crate) fn silent() -> Array;
    #[wasm_bindgen(catch)]
    async fn pixels(blob: &Blob, points: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn photo_file(width: u32, height: u32, noise: f64, quality: f64) -> Result<JsValue, JsValue>;
    pub(crate) fn drawing_nothing(times: u32) -> Function;
    pub(crate) fn zeros(length: u32) -> File;
}

/// Replaces `navigator.mediaDevices.getUserMedia`.
pub(crate) fn replace_get_user_media(function: &JsValue) {
    replace(&JsValue::NULL, "getUserMedia", function);
}

/// Makes this stream the answer to every camera request.
pub(crate) fn replace_camera(stream: &MediaStream) {
    replace_get_user_media(&returning(&js_sys::Promise::resolve(stream)));
}

/// A JPEG file with some detail.
pub(crate) async fn photo(width: u32, height: u32, noise: f64, quality: f64) -> File {
    photo_file(width, height, noise, quality).await.unwrap().unchecked_into()
}

/// A file of these bytes.
pub(crate) fn file(bytes: &[u8], name: &str) -> File {
    File::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes)), name).unwrap()
}

/// The bytes of a blob.
pub(crate) async fn bytes(blob: &Blob) -> Vec<u8> {
    Uint8Array::new(&JsFuture::from(blob.array_buffer()).await.unwrap()).to_vec()
}

/// Returns an image's width and height, and its colours at these points, given as fractions of width and height.
pub(crate) async fn look(blob: &Blob, points: &[(f64, f64)]) -> (u32, u32, Vec<[u8; 3]>) {
    let points: Array = points.iter().map(|(x, y)| Array::of2(&(*x).into(), &(*y).into())).collect();
    let numbers: Vec<f64> =
        Array::from(&pixels(blob, &points).await.unwrap()).iter().map(|number| number.as_f64().unwrap()).collect();
    let colours = numbers[2..].chunks(4).map(|colour| [colour[0] as u8, colour[1] as u8, colour[2] as u8]).collect();
    (numbers[0] as u32, numbers[1] as u32, colours)
}

/// The middle of each quarter: top left, top right, bottom left, bottom right.
pub(crate) const QUARTERS: [(f64, f64); 4] = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];

/// Whether two colours are equal except for an encoder's rounding.
pub(crate) fn alike(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 40)
}

/// A video as the widget creates it, added to the page.
pub(crate) fn video() -> HtmlVideoElement {
    let video = akiba_selfie::adapter::camera::preview::video().unwrap();
    web_sys::window().unwrap().document().unwrap().body().unwrap().append_child(&video).unwrap();
    video
}

/// Every track of the stream.
pub(crate) fn tracks(stream: &MediaStream) -> Vec<MediaStreamTrack> {
    stream.get_tracks().iter().map(JsCast::unchecked_into).collect()
}

/// Whether every track has ended.
pub(crate) fn has_ended(stream: &MediaStream) -> bool {
    tracks(stream).iter().all(|track| track.ready_state() == MediaStreamTrackState::Ended)
}

/// Waits until the condition holds, for two seconds at most.
pub(crate) async fn until(mut is_so: impl FnMut() -> bool) -> bool {
    for _ in 0..100 {
        if is_so() {
            return true;
        }
        TimeoutFuture::new(20).await;
    }
    is_so()
}
