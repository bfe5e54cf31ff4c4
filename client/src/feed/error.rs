//! Why a feed cannot be followed.

use std::net::SocketAddr;
use std::{error, fmt, io};

use mdfeed::receiver::MAX_LINES;
use rustix::io::Errno;

use super::config::LineAddress;

/// Why a feed cannot be followed.
#[derive(Debug)]
pub enum Error {
    /// So many lines are named; there are 1 to [`MAX_LINES`] of a feed.
    LineCount(usize),
    /// A line is told to a group that is none.
    NotAGroup(LineAddress),
    /// The system does not let this program listen to a line.
    Listen(LineAddress, io::Error),
    /// The system does not let this program join the group of a line.
    Join(LineAddress, io::Error),
    /// A line cannot be read any more.
    Read(LineAddress, io::Error),
    /// There is no way to the address where messages are asked for again.
    Rerequest(SocketAddr, io::Error),
    /// The system cannot wait for the sockets.
    Wait(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::LineCount(0) => f.write_str("a feed has at least one line"),
            Error::LineCount(count) => {
                write!(f, "{count} lines: a feed has {MAX_LINES} at most")
            }
            Error::NotAGroup(line) => write!(
                f,
                "cannot join {line}: that is no multicast group, they are 224.0.0.0 to \
                 239.255.255.255"
            ),
            Error::Listen(line, cause) => {
                write!(f, "cannot listen to {line}: {cause}")?;
                hint(f, cause)
            }
            Error::Join(line, cause) => {
                write!(f, "cannot join {line}: {cause}")?;
                hint(f, cause)
            }
            Error::Read(line, cause) => write!(f, "cannot read {line}: {cause}"),
            Error::Rerequest(address, cause) => {
                write!(f, "cannot ask {address} for messages: {cause}")
            }
            Error::Wait(cause) => write!(f, "cannot wait for the lines: {cause}"),
        }
    }
}

/// What to do about it.
fn hint(f: &mut fmt::Formatter<'_>, cause: &io::Error) -> fmt::Result {
    match Errno::from_io_error(cause) {
        Some(Errno::NODEV | Errno::ADDRNOTAVAIL) => f.write_str(
            "; no interface of this machine has that address: `ip -4 address` shows which do",
        ),
        Some(Errno::ADDRINUSE) => {
            f.write_str("; another program listens there and does not share it")
        }
        Some(Errno::NOBUFS) => f.write_str(
            "; one socket may join so many groups as net.ipv4.igmp_max_memberships says",
        ),
        _ => Ok(()),
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::LineCount(_) | Error::NotAGroup(_) => None,
            Error::Listen(_, cause)
            | Error::Join(_, cause)
            | Error::Read(_, cause)
            | Error::Rerequest(_, cause)
            | Error::Wait(cause) => Some(cause),
        }
    }
}
