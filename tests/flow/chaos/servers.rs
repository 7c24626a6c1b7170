//! The relay, the vendor behind it, and the storage. They know what the flow can only guess.

use std::collections::HashMap;

use akiba_protocol::{Judgement, UploadFailure};
use akiba_selfie::flow::{LinkId, Photo, PhotoId, RelayFailure};

use super::world::Random;
use crate::play::judgement;

/// A signed link.
struct Link {
    ends: u64,
    /// Whether it forbids overwriting.
    once: bool,
    /// The most bytes that it takes.
    most: u32,
    stored: Option<PhotoId>,
}

/// The servers of one page.
#[derive(Default)]
pub(super) struct Servers {
    /// Whether the relay has sessions. Without them, each verdict request reaches the vendor.
    pub(super) sessions: bool,
    links: HashMap<LinkId, Link>,
    session_ends: u64,
    verdict: Option<Judgement>,
    /// Whether the vendor's answer for this session was lost.
    lost: bool,
    /// Verdict requests that the vendor bills.
    pub(super) billed: u32,
}

impl Servers {
    pub(super) fn new(sessions: bool) -> Self {
        Self { sessions, ..Self::default() }
    }

    /// Begins a session, as the page does for each attempt.
    pub(super) fn begin(&mut self, ends: u64) {
        (self.session_ends, self.verdict, self.lost) = (ends, None, false);
    }

    /// The session does not end any more.
    pub(super) fn extend(&mut self) {
        self.session_ends = u64::MAX;
    }

    /// Answers a link request with the link's end.
    pub(super) fn link(&mut self, id: LinkId, now: u64, random: &mut Random) -> Result<u64, RelayFailure> {
        if self.sessions && now > self.session_ends {
            return Err(RelayFailure::Session);
        }
        if self.sessions && self.verdict.is_some() {
            return Err(RelayFailure::SessionDone);
        }
        let life = [3_000, 20_000, 60_000, 900_000][random.below(4) as usize];
        self.links.insert(
            id,
            Link {
                ends: now + life,
                once: random.one_in(3),
                most: if random.one_in(8) { 150_000 } else { 1_000_000 },
                stored: None,
            },
        );
        Ok(now + life)
    }

    /// A whole photo arrives at the storage.
    pub(super) fn store(&mut self, id: LinkId, photo: Photo, now: u64, tried: bool) -> Result<(), UploadFailure> {
        let link = self.links.get_mut(&id).expect("a link that the relay issued");
        if now > link.ends {
            return Err(UploadFailure::Expired);
        }
        if link.once && link.stored.is_some() {
            return Err(if tried { UploadFailure::MayHaveLanded } else { UploadFailure::Refused });
        }
        if photo.bytes > link.most {
            return Err(UploadFailure::TooLarge);
        }
        link.stored = Some(photo.id);
        Ok(())
    }

    /// A verdict request arrives for this photo.
    pub(super) fn verify(
        &mut self,
        id: LinkId,
        photo: PhotoId,
        now: u64,
        random: &mut Random,
    ) -> Result<Result<Judgement, RelayFailure>, String> {
        if self.sessions {
            if let Some(verdict) = self.verdict {
                return Ok(Ok(verdict));
            }
            if self.lost {
                return Ok(Err(RelayFailure::VerdictUnknown));
            }
            if now > self.session_ends {
                return Ok(Err(RelayFailure::Session));
            }
        }
        if self.links[&id].stored != Some(photo) {
            return Err(format!("a verdict for {photo:?} at {id:?}, where {:?} is", self.links[&id].stored));
        }
        self.billed += 1;
        if random.one_in(12) {
            self.lost = true;
            return Ok(Err(if self.sessions { RelayFailure::VerdictUnknown } else { RelayFailure::Failed }));
        }
        let verdict = judgement(if random.one_in(3) { "failed" } else { "success" });
        self.verdict = Some(verdict);
        Ok(Ok(verdict))
    }
}
