//! What the settings of rates don't fit ([`advice`]).

use std::net::IpAddr;

/// A warning where the relay listens on this machine alone and trusts no proxy: whoever calls from elsewhere comes by one.
#[must_use]
pub fn advice(listen: IpAddr, proxies: usize) -> Option<&'static str> {
    (listen.is_loopback() && proxies == 0)
        .then_some("no --trusted-proxy: all clients of a proxy on this machine share one rate")
}

#[cfg(test)]
mod tests {
    use super::advice;

    #[test]
    fn a_proxy_on_this_machine_should_be_trusted() {
        let at = |address: &str, proxies| advice(address.parse().unwrap(), proxies).is_some();
        assert!(at("127.0.0.1", 0) && at("::1", 0));
        assert!(!at("127.0.0.1", 1) && !at("0.0.0.0", 0) && !at("192.0.2.1", 0));
    }
}
