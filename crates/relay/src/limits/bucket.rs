//! Who is counted together ([`Bucket`]).

use std::net::IpAddr;

/// One caller, as far as it can be told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket<'a> {
    /// An address of IPv4.
    V4([u8; 4]),
    /// A network of IPv6: the first 64 bits are what a household or a phone gets, and it may use any address in there.
    V6([u8; 8]),
    /// A name, such as a session's id.
    Name(&'a str),
}

impl Bucket<'_> {
    /// With whom an address is counted.
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
    fn a_network_of_ipv6_is_one_caller() {
        let bucket = |address: &str| Bucket::of(address.parse().unwrap());
        assert_eq!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_eq!(bucket("::ffff:192.0.2.1"), bucket("192.0.2.1"));
        assert_ne!(bucket("192.0.2.1"), bucket("192.0.2.2"));
    }
}
