//! The access tokens of the vendor's newer API ([`Tokens`]).

use std::collections::HashMap;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::lock::lock;
use crate::random;

/// Lifetime of a token in seconds, as the vendor documents it.
const LIFE: u64 = 3_600;

/// Every issued token.
#[derive(Debug)]
pub struct Tokens {
    ends: Mutex<HashMap<String, Instant>>,
    life_seconds: AtomicU64,
    down: AtomicBool,
    requested: AtomicU32,
}

impl Default for Tokens {
    fn default() -> Self {
        Self {
            ends: Mutex::default(),
            life_seconds: AtomicU64::new(LIFE),
            down: AtomicBool::default(),
            requested: AtomicU32::default(),
        }
    }
}

impl Tokens {
    /// Changes the lifetime of future tokens, in whole seconds.
    pub fn set_life(&self, life: Duration) {
        self.life_seconds.store(life.as_secs(), Ordering::Relaxed);
    }

    /// Makes the token endpoint answer 503, or work again.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// Revokes every token.
    pub fn revoke_all(&self) {
        lock(&self.ends).clear();
    }

    /// Returns the number of requests for a token.
    #[must_use]
    pub fn requested(&self) -> u32 {
        self.requested.load(Ordering::Relaxed)
    }

    /// Counts a request for a token; returns whether the endpoint works.
    pub(super) fn count_request(&self) -> bool {
        self.requested.fetch_add(1, Ordering::Relaxed);
        !self.down.load(Ordering::Relaxed)
    }

    /// Returns a new token and its lifetime in seconds.
    pub(super) fn issue(&self) -> io::Result<(String, u64)> {
        let token = random::hex(32)?;
        let life = self.life_seconds.load(Ordering::Relaxed);
        let end = Instant::now() + Duration::from_secs(life);
        lock(&self.ends).insert(token.clone(), end);
        Ok((token, life))
    }

    /// Whether a token is valid.
    pub(super) fn is_valid(&self, token: &str) -> bool {
        let ends = lock(&self.ends);
        ends.get(token).is_some_and(|end| Instant::now() < *end)
    }
}
