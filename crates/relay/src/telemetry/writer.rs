//! Writes the log in a thread of its own ([`LogWriter`]). The reader of standard error may stop reading. A write then
//! blocks, and no thread of the service must wait for it. So lines go through a bounded queue. When the queue is full,
//! further lines are dropped and counted.

use std::io::{self, Write};
use std::mem::take;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

use tracing_subscriber::fmt::MakeWriter;

use super::metrics::metrics;

/// Most lines in the queue.
const QUEUE: usize = 2_048;

/// Least time between two lines about dropped lines.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);

/// How long lines are collected before they are written together. On a busy relay, a write and a wake-up of the thread for
/// each line would cost more than the lines.
const COLLECTED_FOR: Duration = Duration::from_millis(2);

/// With this many bytes, no more lines are collected.
const MOST_COLLECTED: usize = 65_536;

/// Pause between two attempts to queue a flush.
const RETRY_PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug)]
enum Message {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// What the threads that log share with the thread that writes.
#[derive(Debug, Default)]
struct Shared {
    /// The number of dropped lines.
    dropped: AtomicU64,
    /// Lines of the writing thread itself. They do not go through the queue, which may be full.
    own: Mutex<Vec<u8>>,
}

/// Queues lines for the thread that writes them. Clones share the queue.
#[derive(Clone, Debug)]
pub struct LogWriter {
    queue: SyncSender<Message>,
    shared: Arc<Shared>,
    thread: ThreadId,
}

impl LogWriter {
    /// Starts the thread, which writes to `out`.
    ///
    /// # Errors
    /// When the operating system starts no thread.
    pub fn start(out: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, messages) = sync_channel(QUEUE);
        let shared = Arc::<Shared>::default();
        let thread = thread::Builder::new().name("log".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || write_lines(out, &messages, &shared)
        })?;
        Ok(Self { queue, shared, thread: thread.thread().id() })
    }

    /// Waits until all lines before this call are written, but not longer than `limit`. Returns whether they are.
    pub fn flush(&self, limit: Duration) -> bool {
        let end = Instant::now() + limit;
        let (done, is_done) = sync_channel(1);
        let mut message = Message::Flush(done);
        loop {
            match self.queue.try_send(message) {
                Ok(()) => return is_done.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok(),
                Err(TrySendError::Full(back)) if Instant::now() < end => message = back,
                Err(_) => return false,
            }
            thread::sleep(RETRY_PAUSE);
        }
    }
}

impl<'writer> MakeWriter<'writer> for LogWriter {
    type Writer = &'writer Self;

    fn make_writer(&'writer self) -> &'writer Self {
        self
    }
}

impl Write for &LogWriter {
    /// Queues one line. Never blocks and never fails.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if thread::current().id() == self.thread {
            self.shared.own.lock().unwrap_or_else(PoisonError::into_inner).extend(line);
        } else if self.queue.try_send(Message::Line(line.to_vec())).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            metrics().log_line_dropped();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes lines until the last [`LogWriter`] is gone. A write that fails loses its lines: there is nowhere to report it.
fn write_lines(mut out: impl Write, messages: &Receiver<Message>, shared: &Shared) {
    let (mut reported, mut last_report) = (0, Instant::now());
    let mut lines = Vec::new();
    loop {
        let mut message = messages.recv_timeout(REPORT_INTERVAL);
        let is_line = matches!(message, Ok(Message::Line(_)));
        if is_line {
            thread::sleep(COLLECTED_FOR);
        }
        while let Ok(Message::Line(line)) = &message {
            lines.extend_from_slice(line);
            if lines.len() >= MOST_COLLECTED {
                break;
            }
            message = messages.recv_timeout(Duration::ZERO);
        }
        let _ = out.write_all(&lines);
        lines.clear();
        let dropped = shared.dropped.load(Ordering::Relaxed);
        // A flush may be the last message of the process.
        let is_due = !is_line || matches!(message, Ok(Message::Flush(_))) || last_report.elapsed() >= REPORT_INTERVAL;
        if dropped > reported && is_due {
            tracing::warn!(
                lines = dropped - reported,
                "log lines were dropped: standard error was not read fast enough"
            );
            (reported, last_report) = (dropped, Instant::now());
        }
        let own = take(&mut *shared.own.lock().unwrap_or_else(PoisonError::into_inner));
        let _ = out.write_all(&own);
        match message {
            Ok(Message::Flush(done)) => {
                let _ = out.flush();
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Disconnected) => return,
            Ok(Message::Line(_)) | Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
    use std::sync::{Arc, Mutex};
    use std::time::{Duration, Instant};

    use super::{LogWriter, QUEUE};

    const LIMIT: Duration = Duration::from_secs(10);

    /// Blocks in its first write until the test lets it go on.
    struct Blocked {
        begun: Sender<()>,
        go_on: Receiver<()>,
        lines: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.begun.send(());
            let _ = self.go_on.recv();
            self.lines.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_queue_drops_lines_and_writes_the_rest_in_order() {
        let (go, go_on) = sync_channel(0);
        let (begun, has_begun) = channel();
        let lines = Arc::<Mutex<Vec<u8>>>::default();
        let writer = LogWriter::start(Blocked { begun, go_on, lines: Arc::clone(&lines) }).unwrap();
        (&writer).write_all(b"0\n").unwrap();
        has_begun.recv().unwrap();
        let count = 1 + QUEUE + 100;
        for line in 1..count {
            (&writer).write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        let started = Instant::now();
        assert!(!writer.flush(Duration::from_millis(100)), "the writer is blocked");
        assert!(started.elapsed() < LIMIT);
        drop(go);
        assert!(writer.flush(LIMIT));
        let text = String::from_utf8(lines.lock().unwrap().clone()).unwrap();
        let written: Vec<usize> = text.lines().map(|line| line.parse().unwrap()).collect();
        assert_eq!(written.len(), 1 + QUEUE);
        assert!(written.iter().copied().eq(0..written.len()));
        let dropped = writer.shared.dropped.load(std::sync::atomic::Ordering::Relaxed);
        assert_eq!(usize::try_from(dropped).unwrap() + written.len(), count);
    }

    #[test]
    fn lines_that_come_together_are_written_together() {
        let (begun, has_begun) = channel();
        let (_, go_on) = sync_channel(0);
        let writer = LogWriter::start(Blocked { begun, go_on, lines: Arc::default() }).unwrap();
        for _ in 0..1_000 {
            (&writer).write_all(b"line\n").unwrap();
        }
        assert!(writer.flush(LIMIT));
        let writes = has_begun.try_iter().count();
        assert!(writes < 100, "{writes}");
    }
}
