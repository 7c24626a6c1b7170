//! An upload in progress: it reports its bytes, and ends when it is dropped.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use akiba_selfie::adapter::upload::{Progress, Upload};
use gloo_timers::future::sleep;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fault::Fault;
use crate::{photo, target, told, v4};

#[wasm_bindgen_test]
async fn sent_bytes_are_reported_during_the_upload() {
    const BYTES: u32 = 12_000_000;
    let fault = Fault::answering(json!([{ "status": 200, "pace": 3 }])).await;
    let told = told(&target(&fault.url(&v4(600, "host"))), &photo(BYTES), false, false).await;
    assert_eq!(told.last(), Some(&Progress::Done));
    let sent: Vec<_> = told
        .iter()
        .filter_map(|progress| match progress {
            Progress::Sent { sent, total } => Some((*sent, *total)),
            _ => None,
        })
        .collect();
    assert!(sent.len() >= 3, "{sent:?}");
    assert!(sent.is_sorted_by(|one, next| one.0 < next.0), "{sent:?}");
    assert!(sent.iter().all(|(_, total)| *total == BYTES));
    assert!(sent[0].0 < BYTES);
    assert_eq!(sent.last().unwrap().0, BYTES);
    assert_eq!(fault.request().await["length"], BYTES);
}

#[wasm_bindgen_test]
async fn a_dropped_upload_is_aborted_and_reports_nothing() {
    let fault = Fault::answering(json!([{ "hang": true }])).await;
    let told = Rc::new(RefCell::new(Vec::new()));
    let keep = Rc::clone(&told);
    let target = target(&fault.url(&v4(600, "host")));
    let upload = Upload::start(&target, &photo(1000), false, false, move |it| keep.borrow_mut().push(it));
    fault.arrived().await;
    told.borrow_mut().clear();
    drop(upload);
    fault.aborted().await;
    assert_eq!(*told.borrow(), []);
    assert_eq!(Rc::strong_count(&told), 1, "the callback was kept");
}

#[wasm_bindgen_test]
async fn a_dropped_upload_with_an_expired_link_reports_nothing() {
    let told = Rc::new(Cell::new(0));
    let count = Rc::clone(&told);
    let target = target(&format!("https://bucket.example{}", v4(1, "host")));
    drop(Upload::start(&target, &photo(10), false, false, move |_| count.set(count.get() + 1)));
    sleep(Duration::from_millis(50)).await;
    assert_eq!(told.get(), 0);
}

#[wasm_bindgen_test]
async fn an_uploads_callback_may_drop_the_upload() {
    let fault = Fault::status(200, "").await;
    let slot = Rc::new(RefCell::new(None));
    let told = Rc::new(RefCell::new(Vec::new()));
    let (inner, keep) = (Rc::clone(&slot), Rc::clone(&told));
    let target = target(&fault.url(&v4(600, "host")));
    let upload = Upload::start(&target, &photo(1000), false, false, move |progress| {
        keep.borrow_mut().push(progress);
        drop(inner.borrow_mut().take());
    });
    *slot.borrow_mut() = upload;
    sleep(Duration::from_millis(500)).await;
    assert_eq!(*told.borrow(), [Progress::Sent { sent: 1000, total: 1000 }]);
}
