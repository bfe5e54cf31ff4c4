//! Where the office is to be found: a socket in the file system, an address for the meters.

use std::fmt;
use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};

/// Bytes that the path of a socket may have: the system keeps 108, the last of them is 0.
const PATH: usize = 107;
/// Connections that may wait at the door.
const BACKLOG: i32 = 64;

/// The doors, open but not yet served.
#[derive(Debug, Default)]
pub struct Doors {
    socket: Option<UnixListener>,
    metrics: Option<TcpListener>,
    /// What lies in the file system and is to be removed: the path, and which file it is.
    lies: Option<(PathBuf, (u64, u64))>,
}

/// Why a door cannot be opened.
#[derive(Debug)]
pub enum DoorError {
    /// The path has too many bytes.
    TooLong(PathBuf),
    /// Something else has this name.
    NoSocket(PathBuf),
    /// Another process answers there.
    Taken(PathBuf),
    /// The system refuses a socket.
    Socket(PathBuf, io::Error),
    /// Nobody can be let in at an address.
    Metrics(SocketAddr, io::Error),
}

impl Doors {
    /// Opens them: a socket for operators, an address for who reads the meters.
    ///
    /// # Errors
    /// If one is taken or cannot be had.
    pub fn open(socket: Option<&Path>, metrics: Option<SocketAddr>) -> Result<Self, DoorError> {
        // What is opened first is closed again if the second cannot be.
        let mut doors = Doors::default();
        if let Some(address) = metrics {
            let listener = listen(address).map_err(|e| DoorError::Metrics(address, e))?;
            doors.metrics = Some(listener);
        }
        if let Some(path) = socket {
            let failed = |error| DoorError::Socket(path.into(), error);
            make_room(path)?;
            let bound = bind(path).map_err(failed)?;
            doors.socket = Some(bound);
            doors.lies = Some((path.into(), identity(path).map_err(failed)?));
        }
        Ok(doors)
    }

    /// The address at which the meters are read.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// The socket of operators, to be served.
    pub(super) fn take_socket(&mut self) -> Option<UnixListener> {
        self.socket.take()
    }

    /// The listener of who reads the meters, to be served.
    pub(super) fn take_metrics(&mut self) -> Option<TcpListener> {
        self.metrics.take()
    }

    /// Removes the socket from the file system, if it is still this one.
    pub fn close(&mut self) {
        let Some((path, known)) = self.lies.take() else { return };
        if identity(&path).is_ok_and(|there| there == known) {
            // What stays there is found to be dead by the next start.
            fs::remove_file(&path).unwrap_or_default();
        }
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.close();
    }
}

/// Sees to it that a socket can be made at `path`: its folder is there, and what a process left
/// that has died is not.
fn make_room(path: &Path) -> Result<(), DoorError> {
    if path.as_os_str().len() > PATH {
        return Err(DoorError::TooLong(path.into()));
    }
    let failed = |error| DoorError::Socket(path.into(), error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
        Ok(there) if !there.file_type().is_socket() => {
            return Err(DoorError::NoSocket(path.into()));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(failed)
        }
        // Someone answers, or is too busy to.
        Ok(_) => Err(DoorError::Taken(path.into())),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Err(DoorError::Taken(path.into())),
        Err(error) => Err(failed(error)),
    }
}

/// Makes the socket. Nobody can come in before it is the owner's alone.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.bind(&SockAddr::unix(path)?)?;
    fs::set_permissions(path, Permissions::from_mode(0o600))?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(UnixListener::from(OwnedFd::from(socket)))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Which file it is.
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|file| (file.dev(), file.ino()))
}

impl fmt::Display for DoorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DoorError::TooLong(path) => write!(
                f,
                "{} has {} bytes, and the path of a socket at most {PATH}: set a shorter one as \
                 `socket` in [admin], or \"\" for none",
                path.display(),
                path.as_os_str().len()
            ),
            DoorError::NoSocket(path) => write!(
                f,
                "{} is no socket: remove it, or set another path as `socket` in [admin]",
                path.display()
            ),
            DoorError::Taken(path) => write!(
                f,
                "another process answers at {}: stop it, or set another path as `socket` in \
                 [admin]",
                path.display()
            ),
            DoorError::Socket(path, error) => {
                write!(f, "operators cannot be let in at {}: {error}", path.display())
            }
            DoorError::Metrics(address, error) => write!(
                f,
                "the meters cannot be read at {address}: {error}; set another address as `listen` \
                 in [metrics]"
            ),
        }
    }
}

impl std::error::Error for DoorError {}
