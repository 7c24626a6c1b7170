//! The audit trail ([`Entry`], [`Checker`]): who did what, when. Every entry is chained to the one before it by SHA-256, so the
//! hash of the last entry, kept elsewhere, proves later that nothing before it was changed. It holds no personal data.
//!
//! Pure: [`store::audit`](crate::store::audit) stores the entries.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::Serialize;

use crate::clock::{parse_rfc3339, rfc3339};

/// The hash before the first entry.
pub const GENESIS: [u8; 32] = [0; 32];

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Action {
    /// A back end created a session.
    #[serde(rename = "session.create")]
    Create,
    /// A person agreed to the words of a consent screen, as the page says.
    #[serde(rename = "session.consent")]
    Consent,
    /// A hand-off to a phone began or ended. The detail is its new state.
    #[serde(rename = "session.handoff")]
    Handoff,
    /// A back end read a session.
    #[serde(rename = "session.read")]
    Read,
    /// A back end listed or searched sessions.
    #[serde(rename = "session.list")]
    List,
    /// A back end asked to resolve a lost verdict.
    #[serde(rename = "session.reconcile")]
    Reconcile,
    /// A back end deleted a session and everything that belongs to it.
    #[serde(rename = "session.delete")]
    Delete,
    /// The relay deleted sessions because of their age.
    #[serde(rename = "session.purge")]
    Purge,
    /// The operator sent webhooks again.
    #[serde(rename = "webhook.resend")]
    Resend,
    /// The operator deleted webhooks that were not delivered.
    #[serde(rename = "webhook.drop")]
    Drop,
}

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Actor {
    /// A back end, by an API key.
    Key,
    /// A page, by a session's token.
    Page,
    /// The operator.
    Operator,
    /// The relay itself.
    Relay,
}

/// An entry. Its fields are in the order of the stored text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry<'a> {
    time: String,
    actor: Actor,
    /// The name of the API key.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    action: Action,
    /// The hash of the session's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    /// More about the action, such as the way to resolve a verdict, or the id of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// The id of the request, as in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// The same, of all sessions that were listed or deleted at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sessions: Vec<String>,
}

impl<'a> Entry<'a> {
    /// Something that a back end did with a session.
    #[must_use]
    pub fn of_key(action: Action, key: &'a str, request: &'a str, session: &str, now: i64) -> Self {
        let (key, request, session) = (Some(key), Some(request), Some(id_hash(session)));
        Self { key, request, session, ..Self::new(action, Actor::Key, now) }
    }

    /// Something that a page said about its session.
    #[must_use]
    pub fn of_page(action: Action, session: &str, now: i64) -> Self {
        Self { session: Some(id_hash(session)), ..Self::new(action, Actor::Page, now) }
    }

    /// Something that the operator did, by a request or by a command.
    #[must_use]
    pub fn of_operator(action: Action, request: Option<&'a str>, now: i64) -> Self {
        Self { request, ..Self::new(action, Actor::Operator, now) }
    }

    /// The deletion of these sessions because of their age.
    #[must_use]
    pub fn of_purge(sessions: &[String], now: i64) -> Self {
        let hashes = sessions.iter().map(|id| id_hash(id)).collect();
        Self { count: Some(sessions.len() as u64), sessions: hashes, ..Self::new(Action::Purge, Actor::Relay, now) }
    }

    /// The list of these sessions that a back end got.
    #[must_use]
    pub fn of_list(key: &'a str, request: &'a str, sessions: &[&str], now: i64) -> Self {
        let hashes: Vec<_> = sessions.iter().map(|id| id_hash(id)).collect();
        let (key, request, count) = (Some(key), Some(request), Some(hashes.len() as u64));
        Self { key, request, count, sessions: hashes, ..Self::new(Action::List, Actor::Key, now) }
    }

    fn new(action: Action, actor: Actor, now: i64) -> Self {
        let time = rfc3339(now);
        Self {
            time,
            actor,
            key: None,
            action,
            session: None,
            detail: None,
            request: None,
            count: None,
            sessions: vec![],
        }
    }

    /// Adds a detail, such as the id of a webhook.
    #[must_use]
    pub fn with_detail(mut self, detail: &'a str) -> Self {
        self.detail = Some(detail);
        self
    }

    /// Adds how many it was.
    #[must_use]
    pub fn with_count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Returns the text to store and to hash.
    #[must_use]
    pub fn text(&self) -> String {
        // It holds only strings, numbers and lists, so serializing it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Returns the hash of a session's id. Entries hold it in place of the id: it shows what was done with a known session,
/// and does not keep the id of a deleted one.
#[must_use]
pub fn id_hash(id: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, id.as_bytes()))
}

/// Returns whether an entry's text is about the session with this id.
#[must_use]
pub fn is_about(record: &str, id: &str) -> bool {
    let Ok(entry) = serde_json::from_str::<serde_json::Value>(record) else { return false };
    let hash = id_hash(id);
    entry["session"] == hash || entry["sessions"].as_array().is_some_and(|all| all.iter().any(|one| *one == hash))
}

/// Returns the time of an entry's text.
#[must_use]
pub fn time_of(record: &str) -> Option<i64> {
    parse_rfc3339(serde_json::from_str::<serde_json::Value>(record).ok()?["time"].as_str()?)
}

/// Returns the hash of an entry: SHA-256 over the hash before it and its text.
#[must_use]
pub fn hash_after(before: &[u8], record: &str) -> [u8; 32] {
    let hash = digest(&SHA256, &[before, record.as_bytes()].concat());
    hash.as_ref().try_into().unwrap_or(GENESIS)
}

/// An entry in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chained {
    /// Its place, from 1.
    pub seq: i64,
    /// Its text.
    pub record: String,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// The end of a chain: the place and the hash of the last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The place of the last entry; 0 if there is none.
    pub seq: i64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// The text is not of the form `SEQ:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be SEQ:HASH, as akiba-relay audit prints it")]
pub struct NotAHead;

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, BASE64_URL_SAFE_NO_PAD.encode(self.hash))
    }
}

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, hash) = text.split_once(':').ok_or(NotAHead)?;
        let hash = BASE64_URL_SAFE_NO_PAD.decode(hash).map_err(|_| NotAHead)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or(NotAHead)?;
        Ok(Self { seq, hash: hash.try_into().map_err(|_| NotAHead)? })
    }
}

/// Why a trail is not intact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing, was added or was moved.
    #[error("entry {found} stands where entry {expected} must be: an entry was removed, added or moved")]
    Order {
        /// The place of the entry.
        found: i64,
        /// The place that it should have.
        expected: i64,
    },
    /// The hash of an entry does not follow from its text and the entry before.
    #[error("entry {0} does not follow from the one before it: one of the two was changed, added or moved")]
    Changed(i64),
    /// The trail ends before the known head.
    #[error("the trail ends at entry {0}, before the known head: its end was removed")]
    Cut(i64),
    /// The entry at the place of the known head is another one.
    #[error("entry {0} is not the one of the known head: the trail was rewritten")]
    Rewritten(i64),
}

/// Checks a chain, entry by entry.
#[derive(Clone, Copy, Debug)]
pub struct Checker {
    last: Head,
    known: Option<Head>,
}

impl Checker {
    /// Starts before the first entry. The chain must hold the known head, if there is one.
    #[must_use]
    pub fn new(known: Option<Head>) -> Self {
        Self { last: Head { seq: 0, hash: GENESIS }, known }
    }

    /// Checks the next entry.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn check(&mut self, entry: &Chained) -> Result<(), Broken> {
        let expected = self.last.seq + 1;
        if entry.seq != expected {
            return Err(Broken::Order { found: entry.seq, expected });
        }
        let hash = hash_after(&self.last.hash, &entry.record);
        if entry.hash != hash {
            return Err(Broken::Changed(expected));
        }
        self.last = Head { seq: expected, hash };
        match self.known {
            Some(known) if known.seq == expected && known.hash != hash => Err(Broken::Rewritten(expected)),
            _ => Ok(()),
        }
    }

    /// Returns the head of the whole chain.
    ///
    /// # Errors
    /// [`Broken::Cut`] if the known head was not reached.
    pub fn finish(self) -> Result<Head, Broken> {
        if self.known.is_some_and(|known| known.seq > self.last.seq) {
            return Err(Broken::Cut(self.last.seq));
        }
        Ok(self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Broken, Chained, Checker, Entry, GENESIS, Head, NotAHead, hash_after, id_hash, is_about};

    fn chain(records: &[&str]) -> Vec<Chained> {
        let mut hash = GENESIS;
        let entry = |(index, record): (usize, &&str)| {
            hash = hash_after(&hash, record);
            Chained { seq: index as i64 + 1, record: (*record).to_owned(), hash: hash.to_vec() }
        };
        records.iter().enumerate().map(entry).collect()
    }

    fn check(chain: &[Chained], known: Option<Head>) -> Result<Head, Broken> {
        let mut checker = Checker::new(known);
        chain.iter().try_for_each(|entry| checker.check(entry))?;
        checker.finish()
    }

    #[test]
    fn the_text_of_an_entry_never_changes() {
        let read = Entry::of_key(Action::Reconcile, "bank", "req-1", "ses_1", 0).with_detail("repeat");
        assert_eq!(
            read.text(),
            r#"{"time":"1970-01-01T00:00:00Z","actor":"key","key":"bank","action":"session.reconcile","session":"Rr8vqHtIIOq9KPqU9PoF5inCxB5aN_Wc5E9ogsNEfDY","detail":"repeat","request":"req-1"}"#
        );
        let purge = Entry::of_purge(&["ses_1".to_owned()], 0).text();
        assert!(is_about(&purge, "ses_1") && !is_about(&purge, "ses_2") && !purge.contains("ses_1"), "{purge}");
        assert!(purge.contains(r#""count":1"#) && purge.contains(&id_hash("ses_1")), "{purge}");
    }

    #[test]
    fn every_kind_of_tampering_is_found() {
        let whole = chain(&["a", "b", "c", "d"]);
        let head = check(&whole, None).unwrap();
        assert_eq!((head.seq, check(&whole, Some(head))), (4, Ok(head)));
        assert_eq!(check(&chain(&["a", "b", "c", "d", "e"]), Some(head)).map(|head| head.seq), Ok(5), "it has grown");
        let with = |change: &dyn Fn(&mut Vec<Chained>)| {
            let mut changed = whole.clone();
            change(&mut changed);
            changed
        };
        assert_eq!(check(&with(&|all| all[1].record.push('!')), None), Err(Broken::Changed(2)));
        assert_eq!(check(&with(&|all| all[1].hash[0] ^= 1), None), Err(Broken::Changed(2)));
        let removed = with(&|all| drop(all.remove(1)));
        assert_eq!(check(&removed, None), Err(Broken::Order { found: 3, expected: 2 }));
        let renumbered = with(&|all| {
            all.remove(1);
            (1..).zip(all).for_each(|(seq, entry)| entry.seq = seq);
        });
        assert_eq!(check(&renumbered, None), Err(Broken::Changed(2)));
        let added = with(&|all| all.insert(1, Chained { seq: 2, record: "x".to_owned(), hash: all[1].hash.clone() }));
        assert_eq!(check(&added, None), Err(Broken::Changed(2)));
        let swapped = with(&|all| {
            let record = std::mem::take(&mut all[1].record);
            all[1].record = std::mem::replace(&mut all[2].record, record);
        });
        assert_eq!(check(&swapped, None), Err(Broken::Changed(2)));
        // Without the known head, nobody could tell these from an honest trail.
        for (cut, found) in [(&whole[..3], Broken::Cut(3)), (&whole[..0], Broken::Cut(0))] {
            assert!(check(cut, None).is_ok());
            assert_eq!(check(cut, Some(head)), Err(found));
        }
        let rewritten = chain(&["a", "x", "c", "d"]);
        assert!(check(&rewritten, None).is_ok());
        assert_eq!(check(&rewritten, Some(head)), Err(Broken::Rewritten(4)));
    }

    #[test]
    fn a_head_is_printed_and_parsed() {
        let head = check(&chain(&["a"]), None).unwrap();
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "1", "1:", "-1:AAAA", "x:AAAA", &format!("{head}A")] {
            assert_eq!(wrong.parse::<Head>(), Err(NotAHead), "{wrong}");
        }
    }
}
