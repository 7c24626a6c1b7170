//! The key by which calls are counted ([`Bucket`]): calls with the same bucket share one count.

use std::net::IpAddr;

/// Identifies one caller for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket<'a> {
    /// An IPv4 address.
    V4([u8; 4]),
    /// An IPv6 network of 64 bits. A household or phone gets one whole network and can use any address in it.
    V6([u8; 8]),
    /// A name, such as a session's id.
    Name(&'a str),
}

impl Bucket<'_> {
    /// Returns the bucket of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.octets()),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Bucket;

    #[test]
    fn addresses_of_one_ipv6_network_share_a_bucket() {
        let bucket = |address: &str| Bucket::of(address.parse().unwrap());
        assert_eq!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
        assert_ne!(bucket("192.0.2.1"), bucket("192.0.2.2"));
    }
}
