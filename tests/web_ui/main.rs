//! The screens in a real browser: what a person sees, hears and can press in each.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use akiba_protocol::Judgement;
use akiba_selfie::config::ConfigError;
use akiba_selfie::flow::{
    Announcement, CameraInfo, CameraState, ErrorCode, Event, Generation, NextStep, Opening, Phase, Prompt, Screen, Wait,
};
use akiba_selfie::guidance::{Evidence, Flaw, Guide, Hint, Thresholds};
use akiba_selfie::text::Browser;
use akiba_selfie::ui::{self, Action, View};
use akiba_vision::{Face, Measure, Point, Reading, Rect, Report};
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, Element, File, HtmlElement, HtmlInputElement, HtmlVideoElement};

use mounted::{
    FRAUD, INFO, MATCHED, Mounted, NOT_MATCHED, PHOTO, UNCLEAR, UPLOADING, done, failed, framing, screens, starting,
    submitting, view,
};

mod host;
mod mounted;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn every_screen_has_a_heading_and_one_focus_target() {
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for screen in screens() {
        let counting = matches!(screen, Screen::Countdown { .. });
        mounted.show(view(screen.clone())).await;
        let section = mounted.one("section");
        let heading = mounted.by_id(&section.get_attribute("aria-labelledby").unwrap());
        assert_eq!((heading.tag_name().as_str(), heading.get_attribute("tabindex").as_deref()), ("H2", Some("-1")));
        assert!(!heading.text_content().unwrap().trim().is_empty(), "{screen:?}");
        // The help of a failure is described, too, where there is one.
        let described = heading.get_attribute("aria-describedby").unwrap();
        let described = mounted.by_id(described.split(' ').next().unwrap());
        assert!(matches!(screen, Screen::Grabbing) || !described.text_content().unwrap().is_empty(), "{screen:?}");
        let focus = mounted.one("[data-focus]");
        assert_eq!(focus.is_same_node(Some(&heading)), !counting, "{screen:?}");
        focus.unchecked_into::<HtmlElement>().focus().unwrap();
        assert!(mounted.host.shadow_root().unwrap().active_element().is_some(), "{screen:?}");
    }
}

#[wasm_bindgen_test]
async fn nothing_needs_an_inline_style() {
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for screen in screens() {
        mounted.show(view(screen.clone())).await;
        assert!(mounted.all("[style], style, [onclick]").is_empty(), "{screen:?}");
    }
}

#[wasm_bindgen_test]
async fn picture_and_overlays_cover_the_viewfinder() {
    let document = web_sys::window().unwrap().document().unwrap();
    let video: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for screen in [starting(), framing(), Screen::Countdown { left: 3 }, Screen::Grabbing] {
        mounted.show(View { video: Some(video.clone()), ..view(screen.clone()) }).await;
        let whole = mounted.one(".viewfinder").get_bounding_client_rect();
        for part in mounted.all(".picture, .picture video, .overlay, .guide, .veil, .flash") {
            let rect = part.get_bounding_client_rect();
            let of = |rect: &web_sys::DomRect| [rect.left(), rect.top(), rect.width(), rect.height()];
            assert_eq!(of(&rect), of(&whole), "{screen:?}: {}", part.outer_html());
        }
    }
}

#[wasm_bindgen_test]
async fn the_picture_is_never_wider_or_higher_than_its_photo() {
    let mounted = Mounted::new(view(framing())).await;
    let viewfinder: HtmlElement = mounted.one(".viewfinder").unchecked_into();
    viewfinder.style().set_property("max-block-size", "none").unwrap();
    for (room, size) in [((600, 300), (300.0, 300.0)), ((300, 400), (300.0, 400.0)), ((300, 900), (300.0, 500.0))] {
        viewfinder.style().set_property("width", &format!("{}px", room.0)).unwrap();
        viewfinder.style().set_property("height", &format!("{}px", room.1)).unwrap();
        let (picture, whole) =
            (mounted.one(".picture").get_bounding_client_rect(), viewfinder.get_bounding_client_rect());
        assert_eq!((picture.width(), picture.height()), size, "in {room:?}");
        let middle = |rect: &web_sys::DomRect| (rect.left() + rect.width() / 2.0, rect.top() + rect.height() / 2.0);
        assert_eq!(middle(&picture), middle(&whole), "in {room:?}");
    }
}

#[wasm_bindgen_test]
async fn touch_targets_are_large_and_everything_fits_a_phone() {
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for screen in screens() {
        mounted.show(view(screen.clone())).await;
        for (name, control) in mounted.controls() {
            if control.closest("[popover]").unwrap().is_some() {
                // It is not shown.
                continue;
            }
            let rect = control.get_bounding_client_rect();
            let least = if control.class_name() == "shutter" { 64.0 } else { 44.0 };
            assert!(
                rect.width().round() >= least && rect.height().round() >= least,
                "{name}: {} x {}",
                rect.width(),
                rect.height()
            );
        }
        let card = mounted.one(".card");
        assert!(card.scroll_width() <= card.client_width(), "{screen:?}");
        let height = card.get_bounding_client_rect().height();
        assert!(height <= 724.0, "{screen:?}: {height} px");
    }
}

#[wasm_bindgen_test]
async fn the_video_keeps_its_place_from_starting_to_grabbing() {
    let document = web_sys::window().unwrap().document().unwrap();
    let video: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
    let with_video = |screen| View { video: Some(video.clone()), ..view(screen) };
    let mut mounted = Mounted::new(view(Screen::Consent)).await;
    mounted.show(view(starting())).await;
    mounted.show(with_video(starting())).await;
    let parent = video.parent_element().unwrap();
    let removals = Rc::new(RefCell::new(0));
    let on_records = {
        let removals = Rc::clone(&removals);
        Closure::<dyn FnMut(Array)>::new(move |records: Array| *removals.borrow_mut() += records.length())
    };
    let observer = web_sys::MutationObserver::new(on_records.as_ref().unchecked_ref()).unwrap();
    let init = web_sys::MutationObserverInit::new();
    init.set_child_list(true);
    observer.observe_with_options(&parent, &init).unwrap();
    for screen in [framing(), Screen::Countdown { left: 3 }, Screen::Countdown { left: 2 }, framing(), Screen::Grabbing]
    {
        mounted.show(with_video(screen)).await;
        assert!(video.parent_element().unwrap().is_same_node(Some(&parent)));
        assert!(parent.class_list().contains("mirrored"));
    }
    assert_eq!(*removals.borrow(), 0);
    let mut back = with_video(framing());
    back.state.camera = CameraState::Open(Generation(1), CameraInfo { mirrored: false, cameras: 1, ..INFO });
    back.state.framing.mirrored = false;
    mounted.show(back).await;
    assert!(!parent.class_list().contains("mirrored"));
    assert!(!mounted.names().contains(&"Switch camera".to_owned()));
    mounted.show(with_video(Screen::Review { photo: PHOTO })).await;
    assert!(video.parent_element().is_none());
    observer.disconnect();
}

#[wasm_bindgen_test]
async fn every_button_does_what_it_says() {
    let table = [
        (Screen::Idle, "Start", Event::Start),
        (Screen::Consent, "I agree, open the camera", Event::Consented),
        (Screen::Consent, "Not now", Event::Cancel),
        (starting(), "Cancel", Event::Cancel),
        (Screen::Starting(Opening::Tap), "Tap to start", Event::Retry),
        (framing(), "Take the photo", Event::Shutter),
        (framing(), "Switch camera", Event::SwitchCamera),
        (framing(), "I’ll press the button myself", Event::ByHand),
        (Screen::Countdown { left: 2 }, "I’ll press the button myself", Event::ByHand),
        (framing(), "Cancel", Event::Cancel),
        (Screen::Countdown { left: 2 }, "Take it now", Event::Shutter),
        (Screen::Review { photo: PHOTO }, "Use this photo", Event::Accept),
        (Screen::Review { photo: PHOTO }, "Retake", Event::Retake),
        (submitting(UPLOADING, None), "Cancel", Event::Cancel),
        (done(NOT_MATCHED), "Try again", Event::Retake),
        (failed(ErrorCode::CameraDenied), "Try the camera again", Event::Retry),
        (failed(ErrorCode::CameraDenied), "Cancel", Event::Cancel),
        (failed(ErrorCode::UploadStalled), "Send again", Event::Retry),
        (failed(ErrorCode::UploadTooLarge), "Take another photo", Event::Retake),
        (failed(ErrorCode::SessionDone), "Close", Event::Close),
    ];
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for (screen, name, event) in table {
        mounted.show(view(screen)).await;
        mounted.control(name).click();
        assert_eq!(mounted.actions.borrow_mut().drain(..).collect::<Vec<_>>(), [Action::Event(event)], "{name}");
    }
    mounted.show(view(submitting(Phase::Verifying, None))).await;
    assert!(mounted.names().is_empty(), "a verdict request can't be cancelled");
    let mut closed = view(failed(ErrorCode::SessionDone));
    closed.state.closed = true;
    mounted.show(closed).await;
    assert!(mounted.names().is_empty(), "a closed check has no way to the start");
}

#[wasm_bindgen_test]
async fn the_same_file_can_be_chosen_twice() {
    let mounted = Mounted::new(view(failed(ErrorCode::FileNotImage))).await;
    let file = File::new_with_str_sequence(&Array::of1(&"x".into()), "me.jpg").unwrap();
    for _ in 0..2 {
        let input: HtmlInputElement = mounted.control("Choose another photo").unchecked_into();
        let transfer = DataTransfer::new().unwrap();
        transfer.items().add_with_file(&file).unwrap();
        input.set_files(transfer.files().as_ref());
        let init = web_sys::EventInit::new();
        init.set_bubbles(true);
        input.dispatch_event(&web_sys::Event::new_with_event_init_dict("change", &init).unwrap()).unwrap();
        assert_eq!(input.value(), "");
    }
    let actions = mounted.actions.borrow();
    assert_eq!(actions.len(), 2);
    assert!(actions.iter().all(|action| matches!(action, Action::Pick(file) if file.name() == "me.jpg")));
}

#[wasm_bindgen_test]
async fn every_failure_offers_its_next_steps_and_shows_its_code() {
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    for error in ErrorCode::ALL.iter().copied() {
        mounted.show(view(failed(error))).await;
        let names = mounted.names();
        let offered = |any: &[&str]| any.iter().any(|name| names.iter().any(|found| found == name));
        for (step, labels) in [
            (NextStep::RetryCamera, &["Try the camera again", "Use the camera"][..]),
            (NextStep::PickFile, &["Choose a photo", "Choose another photo"][..]),
            (NextStep::Retake, &["Take another photo"][..]),
            (NextStep::Resubmit, &["Send again"][..]),
        ] {
            assert_eq!(offered(labels), error.offers(step), "{error:?} {step:?} {names:?}");
        }
        let text = mounted.text();
        assert_eq!(text.contains("contact the site"), error.offers(NextStep::AskSite), "{error:?}");
        assert_eq!(text.contains("Your photo is kept"), error.offers(NextStep::Resubmit), "{error:?}");
        assert_eq!(mounted.one("code").text_content().as_deref(), Some(error.as_str()));
        assert!(mounted.all(".primary").len() <= 1, "{error:?}");
    }
}

#[wasm_bindgen_test]
async fn camera_help_matches_the_browser() {
    let denied = |browser| View { browser, ..view(failed(ErrorCode::CameraDenied)) };
    let mut mounted = Mounted::new(denied(Browser::SafariMac)).await;
    assert!(mounted.text().contains("Settings for This Website"));
    assert!(!mounted.names().contains(&"Use the camera app".to_owned()));
    mounted.show(denied(Browser::ChromeIos)).await;
    assert!(mounted.text().contains("Settings app"));
    assert_eq!(mounted.control("Use the camera app").get_attribute("capture").as_deref(), Some("user"));
    assert_eq!(mounted.control("Choose a photo").get_attribute("capture"), None);
    mounted.show(View { browser: Browser::InApp, ..view(failed(ErrorCode::CameraUnsupported)) }).await;
    assert!(mounted.text().contains("Open in browser"));
}

#[wasm_bindgen_test]
async fn repeated_announcements_are_read_again_in_permanent_regions() {
    let said = |number, announcement| View { announcements: [(number, announcement)].into(), ..view(framing()) };
    let mut mounted = Mounted::new(view(Screen::Idle)).await;
    let (polite, urgent) = (mounted.one("[aria-live=polite]"), mounted.one("[aria-live=assertive]"));
    let words = |region: &Element| region.text_content().unwrap();

    mounted.show(said(1, Announcement::Countdown(3))).await;
    assert_eq!((words(&polite), words(&urgent)), (String::new(), "3".to_owned()));
    let first = urgent.first_element_child().unwrap();
    mounted.show(said(1, Announcement::Countdown(3))).await;
    assert!(urgent.first_element_child().unwrap().is_same_node(Some(&first)));
    mounted.show(said(2, Announcement::Countdown(3))).await;
    assert!(!urgent.first_element_child().unwrap().is_same_node(Some(&first)));

    mounted.show(said(3, Announcement::Quarter(2))).await;
    assert_eq!((words(&polite), words(&urgent)), ("50 per cent sent".to_owned(), String::new()));
    mounted.show(said(4, Announcement::Hint(Hint::NoPicture))).await;
    assert!(words(&urgent).contains("No picture"));
    let queue = [(5, Announcement::Shutter), (6, Announcement::Quarter(3))];
    mounted.show(View { announcements: queue.into(), ..view(framing()) }).await;
    assert_eq!(polite.child_element_count(), 2, "none replaces another");
    for announcement in [
        Announcement::Automatic,
        Announcement::Retrying(2),
        Announcement::Verdict { verified: false },
        Announcement::Failed(ErrorCode::CameraEnded),
        Announcement::CameraReady { shutter: true },
        Announcement::CameraReady { shutter: false },
        Announcement::Shutter,
        Announcement::OtherWay,
        Announcement::Press,
        Announcement::Skippable,
        Announcement::ChallengeAgain,
        Announcement::ChallengeOver,
        Announcement::Hint(Hint::TooDark),
        Announcement::Hint(Hint::Position),
        Announcement::Verifying,
        Announcement::StillVerifying,
        Announcement::WaitingForNetwork,
        Announcement::Connected,
    ] {
        mounted.show(said(5, announcement)).await;
        assert!(!words(&polite).is_empty() && words(&urgent).is_empty(), "{announcement:?}");
    }
    for screen in screens() {
        mounted.show(view(screen)).await;
        assert!(mounted.one("[aria-live=polite]").is_same_node(Some(&polite)));
        assert!(mounted.one("[aria-live=assertive]").is_same_node(Some(&urgent)));
    }
}

#[wasm_bindgen_test]
async fn progress_shows_the_bytes_sent() {
    let mut mounted = Mounted::new(view(submitting(UPLOADING, None))).await;
    let bar = mounted.one("progress");
    assert_eq!(
        (bar.get_attribute("value").as_deref(), bar.get_attribute("max").as_deref()),
        (Some("187000"), Some("312400"))
    );
    assert!(mounted.text().contains("187 of 313 kB"));
    assert!(mounted.one("[aria-current=step]").text_content().unwrap().contains("Send photo"));
    mounted.show(view(submitting(Phase::Verifying, None))).await;
    assert_eq!(mounted.one("progress").get_attribute("value").as_deref(), Some("312400"));
    assert!(mounted.one("[aria-current=step]").text_content().unwrap().contains("Compare"));
    mounted.show(view(submitting(UPLOADING, Some(Wait::Network)))).await;
    assert!(mounted.text().contains("You are offline"));
    mounted.show(view(submitting(UPLOADING, Some(Wait::Pause)))).await;
    assert!(mounted.text().contains("2\u{a0}of\u{a0}5"));
}

#[wasm_bindgen_test]
async fn each_verdict_has_its_own_text() {
    let mut mounted = Mounted::new(view(done(MATCHED))).await;
    assert!(mounted.text().contains("It’s you") && mounted.names().is_empty());
    mounted.show(view(done(NOT_MATCHED))).await;
    assert!(mounted.text().contains("not look enough like"));
    for (flaw, says) in
        [(Flaw::NoFace, "can’t see a face"), (Flaw::TooDark, "too little light"), (Flaw::SeveralFaces, "than one face")]
    {
        let named = |reason| Screen::Done { judgement: Judgement::because(reason), flaw: Some(flaw) };
        mounted.show(view(named(NOT_MATCHED))).await;
        assert!(mounted.text().contains(says) && !mounted.text().contains("look enough like"), "{flaw:?}");
        mounted.show(view(named(FRAUD))).await;
        assert!(!mounted.text().contains(says), "nothing that helps against a suspicion of fraud");
    }
    mounted.show(view(done(FRAUD))).await;
    assert!(mounted.text().contains("photo of your own face, taken right now"));
    mounted.show(view(done(UNCLEAR))).await;
    assert!(mounted.text().contains("no clear result") && !mounted.text().contains("not look enough like"));
}

#[wasm_bindgen_test]
async fn a_rejection_gives_tips_twice_and_then_says_whom_to_ask() {
    let mut mounted = Mounted::new(view(done(FRAUD))).await;
    let (tips, often) = ("sunglasses", "contact the site");
    assert!(!mounted.text().contains(tips), "no tips against a suspicion of fraud");
    for (rejections, has_tips) in [(1, true), (2, true), (3, false), (9, false)] {
        let mut view = view(done(NOT_MATCHED));
        view.state.rejections = rejections;
        mounted.show(view).await;
        assert_eq!(mounted.text().contains(tips), has_tips, "after {rejections}");
        assert!(mounted.text().to_lowercase().contains(often));
        assert_eq!(mounted.names(), ["Try again"]);
    }
}

#[wasm_bindgen_test]
async fn the_review_says_what_was_measured_and_asks_the_rest() {
    let report = |readings| {
        let mut face = Face {
            score: 0.9,
            bounds: Rect { left: 100.0, top: 100.0, width: 200.0, height: 200.0 },
            keypoints: [Point { x: 150.0, y: 150.0 }; 6],
        };
        face.keypoints[1].x = 250.0;
        let (width, height, frame_mean, frame_variance) = (480.0, 640.0, 0.45, 0.04);
        Report { width, height, frame_mean, frame_variance, faces: 1, face: Some(face), readings }
    };
    let unmeasured = [None; Measure::ALL.len()];
    let mut measured = unmeasured;
    measured[Measure::Sharpness as usize] = Some(Reading { value: 0.5, score: None });
    measured[Measure::LuminanceMean as usize] = Some(Reading { value: 0.25, score: None });
    let mut mounted = Mounted::new(view(Screen::Review { photo: PHOTO })).await;
    for (report, says) in [(None, false), (Some(report(unmeasured)), false), (Some(report(measured)), true)] {
        let mut view = view(Screen::Review { photo: PHOTO });
        let evidence = Evidence::new(report, &Guide::default(), Thresholds::default(), None);
        view.state.evidence = Some(Rc::new(evidence));
        mounted.show(view).await;
        assert_eq!(mounted.text().contains("Sharp and well lit"), says);
        assert_eq!(mounted.text().contains("Is it sharp"), !says);
        assert!(mounted.text().contains("No sunglasses, hat or mask?"));
    }
}

#[wasm_bindgen_test]
async fn the_review_is_mirrored_as_the_preview_was_and_can_be_enlarged() {
    let mut mounted = Mounted::new(view(Screen::Review { photo: PHOTO })).await;
    let window = web_sys::window().unwrap();
    let style = |element: &Element| window.get_computed_style(element).unwrap().unwrap();
    let transform = |mounted: &Mounted| style(&mounted.one(".photo")).get_property_value("transform").unwrap();
    assert_eq!(transform(&mounted), "matrix(-1, 0, 0, 1, 0, 0)");
    let large = mounted.one(".large");
    let is_shown = || style(&large).get_property_value("display").unwrap() != "none";
    assert!(!is_shown());
    mounted.control("Enlarge the photo").click();
    assert!(is_shown());
    let photo = mounted.one(".large img").get_bounding_client_rect();
    let room = (window.inner_width().unwrap().as_f64().unwrap(), window.inner_height().unwrap().as_f64().unwrap());
    assert_eq!((photo.width(), photo.height()), room, "as large as the window");
    mounted.control("Close").click();
    assert!(!is_shown());
    assert!(mounted.actions.borrow().is_empty(), "the flow does not need to know");
    let mut back = view(Screen::Review { photo: PHOTO });
    back.state.framing.mirrored = false;
    mounted.show(back).await;
    assert_eq!(transform(&mounted), "none");
}

/// The relative luminance of a computed colour, by WCAG 2.2.
fn relative_luminance(colour: &str) -> f64 {
    let channels = colour.trim_start_matches("rgb(").trim_end_matches(')').split(", ");
    let linear = |channel: &str| match channel.parse::<f64>().unwrap() / 255.0 {
        low if low <= 0.040_45 => low / 12.92,
        high => ((high + 0.055) / 1.055).powf(2.4),
    };
    channels.map(linear).zip([0.2126, 0.7152, 0.0722]).map(|(channel, weight)| channel * weight).sum()
}

#[wasm_bindgen_test]
async fn the_ring_is_neutral_until_all_checks_pass_and_is_seen_on_any_wall() {
    let ring = |passed| Screen::Framing { prompt: Prompt { passed: Some(passed), ..Prompt::default() } };
    let mut mounted = Mounted::new(view(ring(8))).await;
    let style = |element: &Element, name: &str| {
        let style = web_sys::window().unwrap().get_computed_style(element).unwrap().unwrap();
        style.get_property_value(name).unwrap()
    };
    let width = |element: &Element| style(element, "stroke-width").trim_end_matches("px").parse::<f64>().unwrap();
    for (screen, colour) in [
        (ring(0), "rgb(255, 255, 255)"),
        (ring(8), "rgb(255, 255, 255)"),
        (ring(9), "rgb(76, 217, 187)"),
        (Screen::Countdown { left: 2 }, "rgb(76, 217, 187)"),
    ] {
        mounted.show(view(screen.clone())).await;
        let (ring, casing) = (mounted.one(".ring"), mounted.one(".casing"));
        // Otherwise the test would see the colour on its way.
        TimeoutFuture::new(300).await;
        assert_eq!(style(&ring, "stroke"), colour, "{screen:?}");
        assert!(width(&casing) >= width(&ring) + 4.0, "the dark line is seen on both sides");
        let dark = relative_luminance(&style(&casing, "stroke"));
        for (what, colour) in [("ring", style(&ring, "stroke")), ("wall", "rgb(255, 255, 255)".to_owned())] {
            let contrast = (relative_luminance(&colour) + 0.05) / (dark + 0.05);
            assert!(contrast >= 3.0, "{what} in {screen:?}: {contrast}");
        }
    }
}

#[wasm_bindgen_test]
async fn refused_settings_are_explained_to_the_developer() {
    let config = Err(ConfigError::NoRelay);
    let mounted = Mounted::new(View { config, ..view(failed(ErrorCode::Config)) }).await;
    assert!(mounted.text().contains(&ConfigError::NoRelay.to_string()));
    assert_eq!(mounted.one("code").text_content().as_deref(), Some("config"));
    assert!(mounted.names().is_empty());
}

/// The words between this line of the style sheet's head and the next empty line.
fn listed(from: &str) -> impl Iterator<Item = &'static str> {
    const SHEET: &str = include_str!("../../src/ui/style.css");
    let start = SHEET.find(from).unwrap() + from.len();
    SHEET[start..].split("\n\n").next().unwrap().split_whitespace()
}

#[wasm_bindgen_test]
async fn the_style_sheet_lists_every_part_and_property() {
    let mut parts = BTreeSet::new();
    let mut mounted = Mounted::new(View { config: Err(ConfigError::NoRelay), ..view(Screen::Idle) }).await;
    let collect = |mounted: &Mounted, parts: &mut BTreeSet<String>| {
        for element in mounted.all("[part]") {
            parts.extend(element.get_attribute("part").unwrap().split_whitespace().map(str::to_owned));
        }
    };
    collect(&mounted, &mut parts);
    for screen in screens() {
        mounted.show(view(screen)).await;
        collect(&mounted, &mut parts);
    }
    mounted.show(View { text: host::with_facts("reviewed", ["/"; 6]), ..view(Screen::Consent) }).await;
    collect(&mounted, &mut parts);
    // `www/handoff.js` draws these, once a phone may take over.
    parts.extend(["number", "qr"].map(str::to_owned));
    assert_eq!(parts, listed("\nParts:").map(str::to_owned).collect());

    let name = |text: &str| text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect::<String>();
    let used: BTreeSet<_> = ui::STYLE.split("var(--selfie-").skip(1).map(name).collect();
    let documented: BTreeSet<_> =
        listed("\nCustom properties").filter_map(|word| word.strip_prefix("--selfie-")).map(name).collect();
    assert_eq!(used, documented);
}

#[wasm_bindgen_test]
async fn the_card_fits_into_any_container() {
    let mounted = Mounted::new(view(framing())).await;
    mounted.host.style().remove_property("width").unwrap();
    // The width must not depend on the height of the browser's window.
    mounted.host.style().set_property("--selfie-max-width", "448px").unwrap();
    let document = web_sys::window().unwrap().document().unwrap();
    let outer: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    let inner: HtmlElement = document.create_element("div").unwrap().unchecked_into();
    document.body().unwrap().append_child(&outer).unwrap();
    outer.append_child(&inner).unwrap();
    inner.append_child(&mounted.host).unwrap();
    for (room, width) in [(296.0, 296.0), (336.0, 336.0), (1000.0, 448.0)] {
        outer.style().set_property("width", &format!("{room}px")).unwrap();
        for display in ["block", "flex", "grid", "inline-block", "flow-root"] {
            inner.style().set_property("display", display).unwrap();
            assert_eq!(mounted.one(".card").get_bounding_client_rect().width(), width, "{display} in {room}px");
        }
    }
    outer.remove();
}

/// Presses everything that a person can press, and returns the events.
async fn pressed(screen: &Screen) -> Vec<Event> {
    let mounted = Mounted::new(view(screen.clone())).await;
    for (_, control) in mounted.controls() {
        if control.get_attribute("aria-disabled").is_none() && control.tag_name() == "BUTTON" {
            control.unchecked_into::<HtmlElement>().click();
        }
    }
    let actions = mounted.actions.borrow();
    actions
        .iter()
        .filter_map(|action| match action {
            Action::Event(event) => Some(event.clone()),
            Action::Pick(_) | Action::Sound => None,
        })
        .collect()
}

#[wasm_bindgen_test]
async fn the_methods_do_what_the_buttons_do() {
    for screen in screens() {
        let View { state, config, .. } = view(screen.clone());
        let config = config.unwrap();
        let pressed = pressed(&screen).await;
        for event in &pressed {
            assert!(state.allows(event, &config), "{event:?} has a button in {screen:?}");
        }
        for method in [Event::Shutter, Event::Retake, Event::Accept] {
            let sends_again = method == Event::Accept
                && matches!(screen, Screen::Failed { photo: Some(_), .. })
                && pressed.contains(&Event::Retry);
            let has_button = pressed.contains(&method) || sends_again;
            assert_eq!(state.allows(&method, &config), has_button, "{method:?} in {screen:?}");
        }
    }
}
