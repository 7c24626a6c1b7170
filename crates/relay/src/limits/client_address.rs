//! The client's address ([`TrustedProxies::client`]): the address of the connection or, if a trusted proxy opened the
//! connection, the address in `X-Forwarded-For`.
//!
//! The relay ignores `Forwarded` (RFC 7239). A proxy passes on headers that it does not set itself, so if the relay
//! read both headers, a client could forge one of them.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address at the other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The networks of proxies whose `X-Forwarded-For` the relay trusts.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Trusts these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.to_vec())
    }

    /// Returns whether the address belongs to a trusted proxy.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the client's address. Starting at the connection, it follows the entries of `X-Forwarded-For` from right
    /// to left up to the first address that is not a trusted proxy. The client could have forged the entries left of
    /// that one. If an entry is not an address, the result is the proxy that wrote it.
    #[must_use]
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
        let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        for entry in entries {
            if !self.contain(client) {
                break;
            }
            match parse(entry) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }
}

/// Parses an address, with or without a port or brackets.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Parses a network such as `10.0.0.0/8`, or a single address. A network of IPv4-mapped addresses, such as
/// `::ffff:10.0.0.0/104`, becomes the IPv4 network, because the relay compares canonical addresses.
///
/// # Errors
/// A message.
pub fn network(text: &str) -> Result<IpNet, String> {
    let single_address = || text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    let message = "it must be a network such as 10.0.0.0/8 or 2001:db8::/32, or an address";
    text.parse::<IpNet>().ok().map(canonical).or_else(single_address).ok_or_else(|| message.to_owned())
}

fn canonical(network: IpNet) -> IpNet {
    let mapped = match network {
        IpNet::V6(v6) => v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    mapped.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok()).map_or(network, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{TrustedProxies, network};

    fn client(peer: &str, forwarded: &[&[u8]]) -> String {
        let trusted = ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1"].map(|text| network(text).unwrap());
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line).unwrap());
        }
        TrustedProxies::new(&trusted).client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn the_header_counts_only_from_a_trusted_proxy() {
        assert_eq!(client("192.0.2.9", &[b"198.51.100.1"]), "192.0.2.9");
        assert_eq!(client("10.0.0.1", &[b"198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &[b"198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("2001:db8::1", &[b"2001:db9::7"]), "2001:db9::7");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(client("127.0.0.2", &[b"198.51.100.1"]), "127.0.0.2");
    }

    #[test]
    fn the_rightmost_untrusted_address_is_the_client() {
        let rows: [(&[&[u8]], &str); 7] = [
            (&[b"1.1.1.1, 198.51.100.1"], "198.51.100.1"),
            (&[b"1.1.1.1", b"198.51.100.1"], "198.51.100.1"),
            (&[b"1.1.1.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
            (&[b"1.1.1.1, 198.51.100.1", b"10.9.9.9,127.0.0.1"], "198.51.100.1"),
            (&[b"10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            (&[b"1.1.1.1, ::ffff:198.51.100.1"], "198.51.100.1"),
            (&[b"198.51.100.1, ::ffff:10.2.2.2"], "198.51.100.1"),
        ];
        for (forwarded, expected) in rows {
            assert_eq!(client("10.0.0.1", forwarded), expected, "{forwarded:?}");
        }
        let long_header = vec!["1.1.1.1"; 2_000].join(",") + ",198.51.100.1";
        assert_eq!(client("10.0.0.1", &[long_header.as_bytes()]), "198.51.100.1");
    }

    #[test]
    fn an_address_may_have_a_port_brackets_or_spaces() {
        for (entry, expected) in [
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db9::7]:4711", "2001:db9::7"),
            ("[2001:db9::7]", "2001:db9::7"),
            (" \t198.51.100.1 ", "198.51.100.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[entry.as_bytes()]), expected, "{entry}");
        }
    }

    #[test]
    fn an_entry_that_is_not_an_address_ends_the_search() {
        let garbage: [&[u8]; 11] = [
            b"",
            b",",
            b"unknown",
            b"_hidden",
            b"198.51.100.1/8",
            b"198.51.100.256",
            b"0x7f.1",
            b"1.1.1.1, ",
            b"\xff\xfe",
            b"1.1.1.1, x",
            b"[198.51.100.1",
        ];
        for wrong in garbage {
            assert_eq!(client("10.0.0.1", &[wrong]), "10.0.0.1", "{wrong:?}");
        }
        assert_eq!(client("10.0.0.1", &[b"1.1.1.1, x, 10.3.3.3"]), "10.3.3.3");
    }

    #[test]
    fn networks_and_addresses_are_parsed() {
        for right in ["10.0.0.0/8", "10.1.2.3/8", "192.0.2.1", "::1", "2001:db8::/32", "0.0.0.0/0"] {
            assert!(network(right).is_ok(), "{right}");
        }
        for (mapped, plain) in [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
            ("::ffff:192.0.2.1", "192.0.2.1/32"),
            ("::ffff:192.0.2.1/128", "192.0.2.1/32"),
            ("::ffff:0.0.0.0/96", "0.0.0.0/0"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(network(mapped).unwrap().to_string(), plain);
        }
        for wrong in ["", "10.0.0.0/33", "10.0.0", "proxy.example", "10.0.0.0/", "*"] {
            assert!(network(wrong).is_err(), "{wrong}");
        }
    }
}
