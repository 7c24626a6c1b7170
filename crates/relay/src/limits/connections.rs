//! How many connections one address may hold ([`ConnectionCounts`]): one caller alone must not use them all up.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::bucket::Bucket;
use super::client_address::TrustedProxies;

/// The open connections of each address. It holds no more entries than there are connections.
#[derive(Clone, Debug)]
pub struct ConnectionCounts {
    counts: Arc<Mutex<HashMap<Bucket<'static>, usize>>>,
    most: usize,
    proxies: TrustedProxies,
}

/// A connection's place in the count, until it is dropped.
#[derive(Debug)]
#[must_use]
pub struct ConnectionGuard {
    bucket: Option<Bucket<'static>>,
    counts: Arc<Mutex<HashMap<Bucket<'static>, usize>>>,
}

impl ConnectionCounts {
    /// At most so many for each address, but for trusted proxies: behind one of them are many.
    #[must_use]
    pub fn new(most: usize, proxies: TrustedProxies) -> Self {
        Self { counts: Arc::default(), most, proxies }
    }

    /// Counts a connection; `None` where the address holds as many as it may.
    #[must_use]
    pub fn enter(&self, peer: IpAddr) -> Option<ConnectionGuard> {
        let counts = Arc::clone(&self.counts);
        if self.proxies.contain(peer) {
            return Some(ConnectionGuard { bucket: None, counts });
        }
        let bucket = Bucket::of(peer);
        let mut open = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(bucket).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(ConnectionGuard { bucket: Some(bucket), counts })
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
    fn an_address_holds_so_many_and_a_proxy_any_number() {
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
    fn nothing_is_left_of_a_connection_that_has_gone() {
        let counts = ConnectionCounts::new(2, TrustedProxies::default());
        for address in ["192.0.2.1", "2001:db8::1"] {
            drop(counts.enter(address.parse().unwrap()));
        }
        assert!(counts.counts.lock().unwrap().is_empty());
    }
}
