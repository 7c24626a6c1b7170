//! Timers and page events in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy takes only functions with #[test] for tests"
)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use akiba_selfie::adapter::page::{self, PageWatch, stylesheet};
use akiba_selfie::adapter::timer::Timers;
use akiba_selfie::flow::{Delay, Event, Generation, Timer};
use gloo_timers::future::sleep;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{EventTarget, window};

wasm_bindgen_test_configure!(run_in_browser);

const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

fn fire(target: &EventTarget, name: &str) {
    target.dispatch_event(&web_sys::Event::new(name).unwrap()).unwrap();
}

/// Makes the document report that it is hidden or visible.
fn pretend(document: &web_sys::Document, hidden: bool) {
    let property = Object::new();
    Reflect::set(&property, &"value".into(), &hidden.into()).unwrap();
    Reflect::set(&property, &"configurable".into(), &JsValue::TRUE).unwrap();
    Object::define_property(document, &"hidden".into(), &property);
}

#[wasm_bindgen_test]
async fn a_timer_fires_once_and_not_before_its_time() {
    let fired = Rc::new(RefCell::new(Vec::new()));
    let started = js_sys::Date::now();
    let mut timers = Timers::default();
    for (timer, delay) in [(Timer::Retry, ms(80)), (Timer::Stall, ms(30))] {
        let fired = Rc::clone(&fired);
        timers.start(timer, Generation(1), Delay::After(delay), move || {
            fired.borrow_mut().push((timer, js_sys::Date::now()))
        });
    }
    assert!(fired.borrow().is_empty());
    sleep(ms(250)).await;
    let fired = fired.borrow();
    assert_eq!(fired.iter().map(|(timer, _)| *timer).collect::<Vec<_>>(), [Timer::Stall, Timer::Retry]);
    assert!(fired[0].1 - started >= 29.0 && fired[1].1 - started >= 79.0);
}

#[wasm_bindgen_test]
async fn cancelled_replaced_and_dropped_timers_never_fire() {
    let fired = Rc::new(RefCell::new(Vec::new()));
    let push = |word: &'static str| {
        let fired = Rc::clone(&fired);
        move || fired.borrow_mut().push(word)
    };
    let mut timers = Timers::default();
    timers.start(Timer::Retry, Generation(1), Delay::After(ms(20)), push("cancelled"));
    timers.retain(|timer, _| timer != Timer::Retry);
    timers.start(Timer::Stall, Generation(1), Delay::After(ms(20)), push("replaced"));
    timers.start(Timer::Stall, Generation(1), Delay::After(ms(40)), push("in its place"));
    timers.retain(|timer, generation| (timer, generation) == (Timer::Stall, Generation(1)));
    let mut others = Timers::default();
    others.start(Timer::Stall, Generation(1), Delay::After(ms(20)), push("dropped"));
    drop(others);
    sleep(ms(200)).await;
    assert_eq!(*fired.borrow(), ["in its place"]);
}

#[wasm_bindgen_test]
async fn a_timers_callback_may_start_or_drop_the_timers() {
    let timers = Rc::new(RefCell::new(Some(Timers::default())));
    let fired = Rc::new(Cell::new(0));
    let (again, count) = (Rc::clone(&timers), Rc::clone(&fired));
    let first = move || {
        count.set(count.get() + 1);
        let (last, count) = (Rc::clone(&again), Rc::clone(&count));
        again.borrow_mut().as_mut().unwrap().start(Timer::Countdown, Generation(1), Delay::After(ms(10)), move || {
            count.set(count.get() + 1);
            drop(last.borrow_mut().take());
            count.set(count.get() + 1);
        });
    };
    timers.borrow_mut().as_mut().unwrap().start(Timer::Countdown, Generation(1), Delay::After(ms(10)), first);
    sleep(ms(200)).await;
    assert_eq!(fired.get(), 3);
    assert!(timers.borrow().is_none());
}

#[wasm_bindgen_test]
async fn a_jittered_timer_varies_within_its_bounds() {
    const TIMERS: usize = 24;
    let started = js_sys::Date::now();
    let waits = Rc::new(RefCell::new(Vec::new()));
    let owners: Vec<_> = (0..TIMERS)
        .map(|_| {
            let waits = Rc::clone(&waits);
            let mut timers = Timers::default();
            let delay = Delay::Jittered { least: ms(100), most: ms(500) };
            timers.start(Timer::Retry, Generation(1), delay, move || {
                waits.borrow_mut().push(js_sys::Date::now() - started)
            });
            timers
        })
        .collect();
    sleep(ms(1000)).await;
    drop(owners);
    let waits = waits.borrow();
    assert_eq!(waits.len(), TIMERS);
    let (least, most) = (waits[0], waits[TIMERS - 1]);
    assert!(least >= 99.0, "{least}");
    assert!(most < 900.0, "{most}");
    assert!(most - least > 50.0, "all within {} ms", most - least);
}

#[wasm_bindgen_test]
async fn a_wait_longer_than_the_browser_can_count_does_not_end_at_once() {
    let fired = Rc::new(Cell::new(false));
    let mut timers = Timers::default();
    let set = Rc::clone(&fired);
    timers
        .start(Timer::LinkLife, Generation(1), Delay::After(Duration::from_secs(604_800 * 52)), move || set.set(true));
    sleep(ms(60)).await;
    assert!(!fired.get());
}

#[wasm_bindgen_test]
fn page_events_arrive_until_the_watch_is_dropped() {
    let window = window().unwrap();
    let document = window.document().unwrap();
    let heard = Rc::new(RefCell::new(Vec::new()));
    let watch = {
        let heard = Rc::clone(&heard);
        PageWatch::start(move |event| heard.borrow_mut().push(event))
    };
    fire(&window, "offline");
    fire(&window, "online");
    for hidden in [true, false] {
        pretend(&document, hidden);
        assert_eq!(page::hidden(), hidden);
        fire(&document, "visibilitychange");
    }
    let wanted = [Event::Offline, Event::Online, Event::Hidden, Event::Visible];
    assert_eq!(*heard.borrow(), wanted);

    drop(watch);
    fire(&window, "offline");
    fire(&window, "online");
    fire(&document, "visibilitychange");
    assert_eq!(*heard.borrow(), wanted);
    Reflect::delete_property(&document, &"hidden".into()).unwrap();
}

#[wasm_bindgen_test]
fn a_watchs_callback_may_drop_the_watch() {
    let watch = Rc::new(RefCell::new(None));
    let heard = Rc::new(Cell::new(0));
    let (slot, count) = (Rc::clone(&watch), Rc::clone(&heard));
    let started = PageWatch::start(move |_| {
        drop(slot.borrow_mut().take());
        count.set(count.get() + 1);
    });
    *watch.borrow_mut() = Some(started);
    let window = window().unwrap();
    fire(&window, "online");
    fire(&window, "online");
    assert_eq!(heard.get(), 1);
}

#[wasm_bindgen_test]
fn page_state_is_read_from_the_browser() {
    assert!(page::online());
    assert_eq!(page::url(), window().unwrap().location().href().unwrap());
}

#[wasm_bindgen_test]
fn styling_a_removed_element_does_nothing() {
    let document = window().unwrap().document().unwrap();
    let element = document.create_element("div").unwrap();
    stylesheet::adopt(&element, "p { color: red }");
    document.body().unwrap().append_child(&element).unwrap();
    stylesheet::adopt(&element, "p { color: red }");
    let sheets = Reflect::get(&document, &"adoptedStyleSheets".into()).unwrap();
    assert_eq!(Array::from(&sheets).length(), 1);
    element.remove();
}
