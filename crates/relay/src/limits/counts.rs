//! Counts the calls of all callers of one kind ([`CallerCounts`]) in a table of fixed size. An attacker with a whole
//! network of addresses cannot fill the memory, and no old entries have to be removed.
//!
//! A hash with a random key maps each caller to one of the counts. Two callers share a count with a probability of one
//! in `COUNTS`. Nobody can cause that on purpose, as the key is secret.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed, StateStore};
use governor::{Quota, RateLimiter};

use super::bucket::Bucket;

/// The number of counts, of 8 bytes each.
const COUNTS: usize = 1 << 17;

/// The counts of all callers of one kind.
pub struct CallerCounts {
    limiter: RateLimiter<usize, CountStore, DefaultClock, StateInformationMiddleware>,
    hasher: RandomState,
}

/// How often a caller may call, after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most calls at once.
    pub quota: u32,
    /// The time, in whole seconds, in which an empty budget fills up.
    pub window: u64,
    /// The calls that are left.
    pub remaining: u32,
    /// Seconds until the budget is full again or, if the call was rejected, until the caller may call again.
    pub reset: u32,
}

struct CountStore(Box<[InMemoryState]>);

impl StateStore for CountStore {
    type Key = usize;

    fn measure_and_replace<T, F, E>(&self, key: &usize, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        match self.0.get(*key) {
            Some(count) => count.measure_and_replace(&NotKeyed::NonKey, f),
            // Unreachable, as the key is a remainder. It would count as a first call.
            None => f(None).map(|(result, _)| result),
        }
    }
}

impl CallerCounts {
    /// Creates empty counts for a limit.
    #[must_use]
    pub fn new(quota: Quota) -> Self {
        let counts = CountStore((0..COUNTS).map(|_| InMemoryState::default()).collect());
        Self { limiter: RateLimiter::new(quota, counts, DefaultClock::default()), hasher: RandomState::new() }
    }

    /// Counts a call, and returns what is left.
    ///
    /// # Errors
    /// If the limit is reached: [`Budget::reset`] is then at least one second. A rejected call does not count.
    pub fn take(&self, bucket: &Bucket<'_>) -> Result<Budget, Budget> {
        let index = (self.hasher.hash_one(bucket) % COUNTS as u64) as usize;
        match self.limiter.check_key(&index) {
            Ok(state) => {
                let (quota, remaining) = (state.quota(), state.remaining_burst_capacity());
                let used = quota.burst_size().get().saturating_sub(remaining);
                Ok(budget(quota, remaining, quota.replenish_interval().saturating_mul(used)))
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.limiter.clock().now());
                Err(budget(not_until.quota(), 0, wait))
            }
        }
    }
}

fn budget(quota: Quota, remaining: u32, reset: Duration) -> Budget {
    let seconds = |time: Duration| time.as_millis().div_ceil(1_000).max(1);
    Budget {
        quota: quota.burst_size().get(),
        window: u64::try_from(seconds(quota.burst_size_replenished_in())).unwrap_or(u64::MAX),
        remaining,
        reset: u32::try_from(seconds(reset)).unwrap_or(u32::MAX),
    }
}

impl fmt::Debug for CallerCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallerCounts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::CallerCounts;
    use crate::limits::bucket::Bucket;
    use crate::limits::rate::Rate;

    fn counts(rate: &str) -> CallerCounts {
        CallerCounts::new(rate.parse::<Rate>().unwrap().quota().unwrap())
    }

    #[test]
    fn each_caller_has_its_own_count() {
        let counts = counts("2/h");
        let (one, other) = (Bucket::Name("ses_1"), Bucket::Name("ses_2"));
        let [first, second] = [counts.take(&one).unwrap(), counts.take(&one).unwrap()];
        assert_eq!((first.quota, first.window, first.remaining, second.remaining), (2, 3_600, 1, 0));
        assert!(first.reset <= 1_800 && second.reset > 3_590, "{first:?} {second:?}");
        let rejected = counts.take(&one).unwrap_err();
        assert!((1_795..=1_800).contains(&rejected.reset) && rejected.remaining == 0, "{rejected:?}");
        assert_eq!(counts.take(&other).map(|left| left.remaining), Ok(1));
    }

    #[test]
    fn a_burst_is_limited_and_the_count_recovers() {
        let counts = counts("1000/s:3");
        let one = Bucket::V4([192, 0, 2, 1]);
        let passed = (0..100).filter(|_| counts.take(&one).is_ok()).count();
        assert!((3..50).contains(&passed), "{passed}");
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert!(counts.take(&one).is_ok());
    }

    /// Returns the memory that this process has allocated and used, in kB.
    #[cfg(target_os = "linux")]
    fn resident() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_flood_of_addresses_takes_no_memory() {
        const CHILD: &str = "AKIBA_RELAY_TEST_FLOOD";
        let flood = |counts: &CallerCounts, from: u64| {
            for network in from..from + 200_000 {
                let _ = counts.take(&Bucket::V6((0x2001_0db8 << 32 | network).to_be_bytes()));
            }
        };
        if std::env::var_os(CHILD).is_some() {
            let counts = counts("60/m");
            flood(&counts, 0);
            resident();
            let before = resident();
            flood(&counts, 200_000);
            return println!("grown by {} kB", resident().saturating_sub(before));
        }
        // In a process of its own: other tests of this process use memory, too.
        let name = "limits::counts::tests::a_flood_of_addresses_takes_no_memory";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        let output = child.args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let grown = text.split_once("grown by ").and_then(|(_, rest)| rest.split_once(" kB")).expect(&text).0;
        // A map with one entry for each address would take more than 4 MB.
        assert!(grown.parse::<u64>().unwrap() < 512, "200,000 addresses take {grown} kB");
    }

    #[test]
    fn a_flood_of_addresses_does_not_affect_another_caller() {
        let counts = counts("60/m");
        // Fewer networks than counts: with many more the test would take minutes.
        for network in 0..100_000_u64 {
            let _ = counts.take(&Bucket::V6((0x2001_0db8 << 32 | network).to_be_bytes()));
        }
        assert!(counts.take(&Bucket::V4([192, 0, 2, 1])).is_ok());
    }
}
