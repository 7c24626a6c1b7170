//! The browser: one folder for each of its APIs.
//!
//! Everything here is an owned value that cleans up after itself when it is dropped: a dropped camera is off, a dropped
//! request is aborted, a dropped listener is gone.
//!
//! Where a task takes several calls of the browser, they are in a JavaScript module beside the Rust (`camera/media.js`,
//! `page.js`, `pictures.js`), which wasm-bindgen imports. Through web-sys, each call takes an import, a conversion and a state
//! of a future, three times the bytes in all. The modules decide nothing: Rust says what to ask for, and what an answer means.
//! They fail with a value or a rejected promise. There are no more than three, because the server of wasm-bindgen's test
//! runner stalls when a page loads more than four files at once.
//!
//! Files that talk to the browser decide nothing. A rule stands in a file of its own, whose first line says that it is
//! pure policy: it knows no browser type, and its unit tests run on the host.
//!
//! | rule | file |
//! | --- | --- |
//! | which camera to ask for, and in which order | `camera/choice` |
//! | the error code for what the browser says about a camera | `camera/error` |
//! | whether the browser returns the pixels that were drawn | `pattern` |
//! | the time between frames that are analysed | `vision/pace` |
//! | the size limits of photos and files | `photo/limits` |
//! | the best frame of a burst | `photo/burst` |
//! | quality and size of a JPEG | `photo/encode_search` |
//! | the kind of an image file, and whether it is whole | `photo/image_header` |
//! | the parts of a JPEG that are sent | `photo/strip_metadata` |
//! | the meaning of the relay's answers | `relay/answer` |
//! | the text that can be a session token | `relay/token` |
//! | the headers and form fields of an upload | `upload/fields` |
//! | the length of a wait | `delay` |

pub mod camera;
mod canvas;
mod delay;
pub(crate) mod js;
pub mod luminance;
pub mod page;
mod pattern;
pub mod photo;
pub mod random;
pub mod relay;
pub mod task;
pub mod timer;
pub mod upload;
pub mod vision;
