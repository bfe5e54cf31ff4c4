//! The interfaces of this machine.

use std::io;
use std::net::Ipv4Addr;
use std::ptr;

use ipnet::Ipv4Net;

/// The network of the interface that has this address; `None` if none has it.
///
/// # Errors
/// If the system does not tell.
pub(super) fn network_of(address: Ipv4Addr) -> io::Result<Option<Ipv4Net>> {
    let networks = networks()?;
    Ok(networks.into_iter().find(|network| network.addr() == address).map(|found| found.trunc()))
}

/// The address of every interface, with the length of its network.
fn networks() -> io::Result<Vec<Ipv4Net>> {
    let mut first: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: the call writes a pointer to where it is told to, which lives until it returns.
    #[expect(unsafe_code, reason = "no library at hand has this call")]
    let done = unsafe { libc::getifaddrs(&mut first) };
    if done != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut networks = Vec::new();
    let mut next = first.cast_const();
    // SAFETY: the list and all that it points to stay as they are until they are freed, and each
    // entry but the last points to another one.
    #[expect(unsafe_code, reason = "no library at hand reads the list")]
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        let (address, mask) = (entry.ifa_addr.cast_const(), entry.ifa_netmask.cast_const());
        // SAFETY: as above; the two are null or what the list says of this entry.
        #[expect(unsafe_code, reason = "no library at hand reads the list")]
        let (address, mask) = unsafe { (ipv4(address), ipv4(mask)) };
        if let (Some(address), Some(mask)) = (address, mask) {
            networks.extend(Ipv4Net::with_netmask(address, mask));
        }
    }
    // SAFETY: the list came from the call above, and nothing points into it any more.
    #[expect(unsafe_code, reason = "no library at hand has this call")]
    unsafe {
        libc::freeifaddrs(first);
    }
    Ok(networks)
}

/// The IPv4 address that this points to, if it is one.
///
/// # Safety
/// It is null, or points to an address that is as long as its family says.
#[expect(unsafe_code, reason = "who calls it knows where it points")]
unsafe fn ipv4(address: *const libc::sockaddr) -> Option<Ipv4Addr> {
    // SAFETY: the caller says so.
    let family = unsafe { address.as_ref() }?.sa_family;
    if libc::c_int::from(family) != libc::AF_INET {
        return None;
    }
    // SAFETY: the caller says so: one of this family is so long.
    let address = unsafe { address.cast::<libc::sockaddr_in>().read_unaligned() };
    Some(Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_found_by_its_address_and_has_a_network() {
        let loopback = network_of(Ipv4Addr::LOCALHOST).expect("the system tells");
        let loopback = loopback.expect("the loopback interface is there");
        assert_eq!(loopback.to_string(), "127.0.0.0/8");
        let nobody = network_of(Ipv4Addr::new(203, 0, 113, 77)).expect("the system tells");
        assert_eq!(nobody, None);
    }
}
