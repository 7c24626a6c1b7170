//! Limits the open connections of one address ([`ConnectionCounts`]), so that one client cannot use up all of them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::bucket::Bucket;
use super::client_address::TrustedProxies;

/// Counts the open connections of each address. It has at most one entry for each connection.
#[derive(Clone, Debug)]
pub struct ConnectionCounts {
    counts: Arc<Mutex<HashMap<Bucket<'static>, usize>>>,
    limit: usize,
    proxies: TrustedProxies,
}

/// One counted connection. Dropping it lowers the count.
#[derive(Debug)]
#[must_use]
pub struct ConnectionGuard {
    bucket: Option<Bucket<'static>>,
    counts: Arc<Mutex<HashMap<Bucket<'static>, usize>>>,
}

impl ConnectionCounts {
    /// Allows `limit` connections for each address. Trusted proxies have no limit, as they serve many clients.
    #[must_use]
    pub fn new(limit: usize, proxies: TrustedProxies) -> Self {
        Self { counts: Arc::default(), limit, proxies }
    }

    /// Counts a connection. Returns `None` if the address has reached its limit.
    #[must_use]
    pub fn enter(&self, peer: IpAddr) -> Option<ConnectionGuard> {
        let counts = Arc::clone(&self.counts);
        if self.proxies.contain(peer) {
            return Some(ConnectionGuard { bucket: None, counts });
        }
        let bucket = Bucket::of(peer);
        let mut open = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(bucket).or_default();
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(ConnectionGuard { bucket: Some(bucket), counts })
    }
}

impl ConnectionGuard {
    /// Returns what the connection counts for. `None` for a trusted proxy.
    #[must_use]
    pub fn bucket(&self) -> Option<Bucket<'static>> {
        self.bucket
    }
}

impl Drop for ConnectionGuard {
    fn drop(&mut self) {
        let Some(bucket) = self.bucket else { return };
        let mut open = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&bucket) {
            *count -= 1;
            if *count == 0 {
                open.remove(&bucket);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::client_address::{TrustedProxies, network};
    use super::ConnectionCounts;

    #[test]
    fn an_address_has_a_limit_and_a_trusted_proxy_has_not() {
        let proxies = TrustedProxies::new(&[network("10.0.0.0/8").unwrap()]);
        let counts = ConnectionCounts::new(2, proxies);
        let enter = |address: &str| counts.enter(address.parse().unwrap());
        let first = enter("192.0.2.1").unwrap();
        let _second = enter("192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());
        let _other = enter("192.0.2.2").unwrap();
        drop(first);
        let _third = enter("192.0.2.1").unwrap();
        assert!(enter("192.0.2.1").is_none());
        let proxy: Vec<_> = (0..9).filter_map(|_| enter("10.0.0.1")).collect();
        assert_eq!(proxy.len(), 9);
    }

    #[test]
    fn a_closed_connection_leaves_no_entry() {
        let counts = ConnectionCounts::new(2, TrustedProxies::default());
        for address in ["192.0.2.1", "2001:db8::1"] {
            drop(counts.enter(address.parse().unwrap()));
        }
        assert!(counts.counts.lock().unwrap().is_empty());
    }
}
