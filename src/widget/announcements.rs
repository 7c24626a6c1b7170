//! The queue of announcements for screen readers ([`Announcements`]): each is read whole, and none stays to be found later.

use std::rc::Rc;

use gloo_timers::callback::Timeout;

use crate::flow::Announcement;

/// The time after the last announcement in which a screen reader has taken it up.
const READ_MS: u32 = 1_000;

/// The announcements that are still to be read.
#[derive(Default)]
pub(super) struct Announcements {
    to_read: Rc<[(u32, Announcement)]>,
    last: u32,
    silence: Option<Timeout>,
}

impl Announcements {
    /// Adds an announcement after the others. Drops the last one if it is stale then. `silence` is called a second after the last one.
    pub(super) fn add(&mut self, announcement: Announcement, silence: impl FnOnce() + 'static) {
        self.last = self.last.wrapping_add(1);
        let stale = self.to_read.last().is_some_and(|(_, last)| announcement.replaces(*last));
        let others = &self.to_read[..self.to_read.len() - usize::from(stale)];
        self.to_read = others.iter().copied().chain([(self.last, announcement)]).collect();
        self.silence = Some(Timeout::new(READ_MS, silence));
    }

    /// Returns the announcements in order.
    pub(super) fn to_read(&self) -> Rc<[(u32, Announcement)]> {
        Rc::clone(&self.to_read)
    }

    /// Empties the queue: everything was read, or the screen has changed.
    pub(super) fn clear(&mut self) {
        self.to_read = Rc::default();
        self.silence = None;
    }
}
