//! Nobody reads the relay's standard error.

use std::io::Read;
use std::process::ChildStderr;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::closed_port;
use crate::support::program::{Program, command};

/// More lines than the pipe and the queue hold.
const REQUESTS: usize = 3_000;

/// Reads what is left in the pipe.
fn rest(mut stderr: ChildStderr) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    })
}

/// Sends this many requests, each of which is logged.
async fn load(program: &Program, requests: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let request = program.get("/nothing");
        tasks.spawn(async move {
            for _ in 0..requests / 8 {
                let answer = request.try_clone().unwrap().timeout(Duration::from_secs(10)).send().await;
                assert_eq!(answer.expect("an answer while standard error is blocked").status(), 404);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_blocked_standard_error_serves_and_ends() {
    let vendor = closed_port().await;
    let command = command(&["--rate-address=off", "--vendor-base", &vendor, "--admin-listen=127.0.0.1:0"]);
    let (program, stderr) = Program::with_stderr(command);
    load(&program, REQUESTS).await;
    let dropped = program.metric("akiba_relay_log_lines_dropped_total").await.unwrap();
    assert!(dropped > 100.0, "{dropped}");
    let started = Instant::now();
    program.signal(Signal::TERM);
    program.ended().await;
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    drop(stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_lines_are_reported_and_no_line_is_lost_at_the_end() {
    let vendor = closed_port().await;
    let command = command(&["--rate-address=off", "--vendor-base", &vendor, "--admin-listen=127.0.0.1:0"]);
    let (program, stderr) = Program::with_stderr(command);
    load(&program, REQUESTS).await;
    let dropped = program.metric("akiba_relay_log_lines_dropped_total").await.unwrap();
    // The queue is still full when the relay has finished its work.
    program.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let log = rest(stderr);
    let (in_order, _) = program.ended().await;
    assert!(in_order);
    let log = log.join().unwrap();
    let lines = log.lines().filter(|line| line.contains("not-found")).count();
    assert!(lines as f64 + dropped >= REQUESTS as f64, "{lines} lines and {dropped} dropped");
    assert!(log.contains("log lines were dropped"), "{}", &log[log.len().saturating_sub(2_000)..]);
    assert!(log.lines().last().unwrap().contains("stopped"), "{:?}", log.lines().last());
}
