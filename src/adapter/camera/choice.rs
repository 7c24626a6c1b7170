//! Pure policy: which camera to ask for, in which order, and what a track says about its camera.

use akiba_protocol::CameraKind;
use akiba_protocol::search::contains;

use crate::config::Facing;
use crate::flow::CameraChoice;

/// One request for a camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CameraRequest {
    /// The exact device.
    pub(super) device: Option<String>,
    /// The preferred direction: a value of `facingMode`.
    pub(super) facing: Option<&'static str>,
    /// Whether to prefer a size.
    pub(super) sized: bool,
}

/// A camera in the browser's list. Both texts are empty until the person allows the camera.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The browser's id.
    pub id: String,
    /// The name that the system gives it.
    pub label: String,
}

/// Returns the request for one device.
pub(super) fn exactly(id: String) -> Vec<CameraRequest> {
    vec![CameraRequest { device: Some(id), facing: None, sized: true }]
}

/// Returns the requests to try, the best first. By the standard, "ideal" constraints can't fail; in old WebViews they
/// do.
pub(super) fn requests(choice: CameraChoice, next: Option<String>) -> Vec<CameraRequest> {
    let mut requests = Vec::new();
    if let Some(id) = next {
        for sized in [true, false] {
            requests.push(CameraRequest { device: Some(id.clone()), facing: None, sized });
        }
    }
    let facing = match choice {
        CameraChoice::Facing(Facing::Front) | CameraChoice::Named(Facing::Front) => Some("user"),
        CameraChoice::Facing(Facing::Back) | CameraChoice::Named(Facing::Back) => Some("environment"),
        CameraChoice::Next | CameraChoice::Last => None,
    };
    requests.push(CameraRequest { device: None, facing, sized: true });
    if facing.is_some() {
        requests.push(CameraRequest { device: None, facing, sized: false });
    }
    requests.push(CameraRequest { device: None, facing: None, sized: false });
    requests
}

/// Returns the ids of the other cameras to try, the most suitable first, if the one that `opened` is not the best or does
/// not work. If the page named a direction, only a camera of the same direction replaces it.
pub(super) fn others(cameras: &[Device], opened: Option<&Device>, choice: CameraChoice) -> Vec<String> {
    let fits = |camera: &&Device| match choice {
        CameraChoice::Facing(facing) => faces_away(None, &camera.label) == (facing == Facing::Back),
        _ => true,
    };
    let most = opened.map_or(u32::MAX, |opened| lens(&opened.label, choice));
    let better = || {
        let known = cameras.iter().filter(|camera| !camera.id.is_empty()).filter(fits);
        known.filter(|camera| lens(&camera.label, choice) < most)
    };
    let best = better().min_by_key(|camera| lens(&camera.label, choice));
    let rest: Box<dyn Iterator<Item = &Device>> = match opened {
        // It still works, so it comes before the rest.
        Some(_) => Box::new(opened.filter(|_| best.is_some()).into_iter()),
        None => Box::new(better().filter(|camera| best.is_some_and(|best| best.id != camera.id))),
    };
    best.into_iter().chain(rest).map(|camera| camera.id.clone()).collect()
}

/// Rates a camera by its label: 0 is the main lens, and a larger number is a worse choice. Among cameras at the back,
/// iOS combines lenses under one label ("Back Dual Wide Camera"), and Android numbers them from the main one ("camera2 0,
/// facing back").
fn lens(label: &str, choice: CameraChoice) -> u32 {
    const UNSUITED: u32 = 1_000;
    if is_unsuited(label) {
        return UNSUITED;
    }
    if choice != CameraChoice::Facing(Facing::Back) {
        return 0;
    }
    let label = label.to_ascii_lowercase();
    if ["dual", "triple"].iter().any(|word| contains(&label, word)) {
        return 1;
    }
    // Splitting at a character takes a kilobyte of the download.
    let mut words = label.as_bytes().split(|byte| *byte == b',');
    let number = words.next().filter(|_| words.next().is_some()).and_then(|name| {
        let digits = name.rsplit(|byte| *byte == b' ').next()?;
        str::from_utf8(digits).ok()?.parse::<u32>().ok()
    });
    number.unwrap_or(0).min(UNSUITED - 1)
}

/// Words in the names of programs that act as cameras.
const PROGRAMS: [&str; 8] = ["virtual", "obs ", "manycam", "snap camera", "xsplit", "droidcam", "iriun", "loopback"];

/// Whether a label names a camera that makes no good selfie: for infrared, as for Windows Hello, a program instead of a
/// device, one that looks at the desk, or a lens for another distance.
fn is_unsuited(label: &str) -> bool {
    has_any(label, &PROGRAMS) || has_any(label, &["ir camera", "infrared", "desk view", "ultra", "telephoto"])
}

fn has_any(label: &str, words: &[&str]) -> bool {
    let label = label.to_ascii_lowercase();
    words.iter().any(|words| contains(&label, words))
}

/// The shorter side of a picture that is too small for a good selfie, in pixels: the face of a person at a desk fills half of it,
/// and has less than 60 pixels between the eyes then.
const SMALL: u32 = 480;

/// Returns the kind of a camera, by its direction and its label, and whether a phone probably has a better one.
pub(super) fn judge(facing_mode: &str, label: &str, (width, height): (u32, u32)) -> (CameraKind, bool) {
    let kind = if has_any(label, &PROGRAMS) {
        CameraKind::Virtual
    } else if faces_away(Some(facing_mode), label) {
        CameraKind::Back
    } else if facing_mode == "user" || has_any(label, &["front", "facetime", "integrated", "built-in"]) {
        CameraKind::Front
    } else if has_any(label, &["logi", "iphone", "elgato", "capture"]) {
        CameraKind::External
    } else {
        CameraKind::Unknown
    };
    (kind, kind == CameraKind::Virtual || width.min(height) < SMALL)
}

/// Returns the device after the last one, and the first device after the end. Until the person allows the camera,
/// browsers give every device an empty id; then no device can be named.
pub(super) fn next_device(cameras: &[Device], last: Option<&str>) -> Option<String> {
    let known: Vec<&str> = cameras.iter().map(|camera| camera.id.as_str()).filter(|id| !id.is_empty()).collect();
    let after = last.and_then(|last| known.iter().position(|id| *id == last)).map_or(0, |index| index + 1);
    known.get(after).or(known.first()).map(|id| (*id).to_owned())
}

/// Whether the camera faces away from the person: by `facingMode` if the browser reports it, else by the words that
/// Android and iOS put into the labels of such cameras.
pub(super) fn faces_away(facing_mode: Option<&str>, label: &str) -> bool {
    match facing_mode {
        Some("environment") => true,
        Some(mode) if !mode.is_empty() => false,
        _ => has_any(label, &["back", "rear", "environment"]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open_first(device: Option<&str>, facing: Option<&'static str>, sized: bool) -> CameraRequest {
        CameraRequest { device: device.map(str::to_owned), facing, sized }
    }

    #[test]
    fn constraints_are_dropped_one_by_one() {
        let any = open_first(None, None, false);
        for (choice, next, wanted) in [
            (
                CameraChoice::Facing(Facing::Front),
                None,
                vec![open_first(None, Some("user"), true), open_first(None, Some("user"), false), any.clone()],
            ),
            (
                CameraChoice::Facing(Facing::Back),
                None,
                vec![
                    open_first(None, Some("environment"), true),
                    open_first(None, Some("environment"), false),
                    any.clone(),
                ],
            ),
            (
                CameraChoice::Next,
                Some("b"),
                vec![
                    open_first(Some("b"), None, true),
                    open_first(Some("b"), None, false),
                    open_first(None, None, true),
                    any.clone(),
                ],
            ),
            (
                CameraChoice::Named(Facing::Back),
                Some("b"),
                vec![
                    open_first(Some("b"), None, true),
                    open_first(Some("b"), None, false),
                    open_first(None, Some("environment"), true),
                    open_first(None, Some("environment"), false),
                    any.clone(),
                ],
            ),
            (CameraChoice::Next, None, vec![open_first(None, None, true), any]),
        ] {
            assert_eq!(requests(choice, next.map(str::to_owned)), wanted, "{choice:?}");
        }
    }

    #[test]
    fn the_next_device_after_the_last_is_the_first() {
        for (ids, last, next) in [
            (&["a", "b", "c"][..], Some("a"), Some("b")),
            (&["a", "b", "c"], Some("c"), Some("a")),
            (&["a"], Some("a"), Some("a")),
            (&["a", "b"], Some("gone"), Some("a")),
            (&["a", "b"], None, Some("a")),
            (&["", ""], None, None),
            (&["", ""], Some("a"), None),
            (&[], Some("a"), None),
        ] {
            let device = |id: &&str| Device { id: (*id).to_owned(), label: String::new() };
            let cameras: Vec<Device> = ids.iter().map(device).collect();
            assert_eq!(next_device(&cameras, last).as_deref(), next, "{ids:?} after {last:?}");
        }
    }

    #[test]
    fn a_camera_that_does_not_do_is_replaced_by_a_suitable_one_of_its_direction() {
        let device = |text: &str| Device { id: text.to_owned(), label: text.to_owned() };
        let front = CameraChoice::Facing(Facing::Front);
        let back = CameraChoice::Facing(Facing::Back);
        let laptop = ["Integrated IR Camera", "OBS Virtual Camera", "Integrated Camera"];
        let phone = ["Front Camera", "Back Ultra Wide Camera", "Back Telephoto Camera", "Back Camera"];
        let apple = ["Back Dual Wide Camera", "Back Ultra Wide Camera", "Back Camera"];
        let android = ["camera2 0, facing back", "camera2 1, facing front", "camera2 2, facing back"];
        for (labels, opened, choice, wanted) in [
            (&laptop[..], Some(laptop[0]), front, &["Integrated Camera", "Integrated IR Camera"][..]),
            (&laptop, None, front, &["Integrated Camera", "Integrated IR Camera", "OBS Virtual Camera"]),
            (&laptop, None, back, &[]),
            (&phone, Some(phone[1]), back, &["Back Camera", "Back Ultra Wide Camera"]),
            (&phone, Some(phone[0]), front, &[]),
            (&phone, Some(phone[3]), back, &[]),
            (&apple, Some(apple[0]), back, &["Back Camera", "Back Dual Wide Camera"]),
            (&android, Some(android[2]), back, &["camera2 0, facing back", "camera2 2, facing back"]),
            (&android, Some(android[0]), back, &[]),
            (&android, Some(android[1]), front, &[]),
            (&["", ""], None, front, &[]),
        ] {
            let cameras: Vec<Device> = labels.iter().copied().map(device).collect();
            let opened = opened.map(device);
            assert_eq!(others(&cameras, opened.as_ref(), choice), wanted, "{opened:?} {choice:?}");
        }
        for label in ["FaceTime HD Camera", "camera2 1, facing front", "USB Webcam", ""] {
            assert!(!is_unsuited(label), "{label}");
        }
    }

    #[test]
    fn a_camera_has_a_kind_and_a_poor_one_is_noticed() {
        use CameraKind::{Back, External, Front, Unknown, Virtual};
        let (vga, hd) = ((640, 480), (1280, 960));
        for (mode, label, size, wanted) in [
            ("user", "camera2 1, facing front", hd, (Front, false)),
            ("environment", "camera2 0, facing back", hd, (Back, false)),
            ("", "Back Camera", hd, (Back, false)),
            ("", "FaceTime HD Camera", hd, (Front, false)),
            ("", "Integrated Camera (04f2:b6d9)", vga, (Front, false)),
            ("", "Integrated Camera (04f2:b6d9)", (352, 288), (Front, true)),
            ("", "Logitech BRIO (046d:085e)", hd, (External, false)),
            ("", "Jane\u{2019}s iPhone Camera", hd, (External, false)),
            ("", "USB2.0 HD UVC WebCam", (480, 640), (Unknown, false)),
            ("", "USB2.0 Camera", (320, 240), (Unknown, true)),
            ("", "", hd, (Unknown, false)),
            ("", "OBS Virtual Camera", hd, (Virtual, true)),
            ("user", "ManyCam Virtual Webcam", hd, (Virtual, true)),
            ("", "Snap Camera", hd, (Virtual, true)),
            ("environment", "DroidCam Source 3", hd, (Virtual, true)),
        ] {
            assert_eq!(judge(mode, label, size), wanted, "{label} {size:?}");
        }
    }

    #[test]
    fn cameras_that_face_away_are_detected() {
        for (mode, label, away) in [
            (Some("environment"), "", true),
            (Some("user"), "Back of the room", false),
            (Some("left"), "", false),
            (Some(""), "camera2 0, facing back", true),
            (None, "camera2 1, facing front", false),
            (None, "Rear Camera", true),
            (None, "Integrated Webcam", false),
            (None, "", false),
        ] {
            assert_eq!(faces_away(mode, label), away, "{mode:?} {label:?}");
        }
    }
}
