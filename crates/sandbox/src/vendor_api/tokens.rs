//! The access tokens of the vendor's newer API ([`Tokens`]).

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::random;

/// Life of a token, in seconds, as the vendor has it.
const LIFE: u64 = 3_600;

/// Every token that was handed out.
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
    /// Changes the life of the tokens that are handed out from now on, in whole seconds.
    pub fn set_life(&self, life: Duration) {
        self.life_seconds.store(life.as_secs(), Ordering::Relaxed);
    }

    /// Takes the token endpoint down, or up again.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }

    /// Ends every token before its time.
    pub fn revoke_all(&self) {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How often a token was requested for.
    #[must_use]
    pub fn requested(&self) -> u32 {
        self.requested.load(Ordering::Relaxed)
    }

    /// Counts a request for a token; whether the endpoint is up.
    pub(super) fn count_request(&self) -> bool {
        self.requested.fetch_add(1, Ordering::Relaxed);
        !self.down.load(Ordering::Relaxed)
    }

    /// A new token and its life in seconds.
    pub(super) fn issue(&self) -> io::Result<(String, u64)> {
        let token = random::hex(32)?;
        let life = self.life_seconds.load(Ordering::Relaxed);
        let end = Instant::now() + Duration::from_secs(life);
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), end);
        Ok((token, life))
    }

    /// Whether a token opens the calls.
    pub(super) fn is_valid(&self, token: &str) -> bool {
        let ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(token).is_some_and(|end| Instant::now() < *end)
    }
}
