//! Where the operator's commands are taken.

use std::path::PathBuf;

use super::section::Section;

/// Where the operator's commands are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admin {
    /// The Unix socket, from the data directory; `None` takes no commands.
    pub socket: Option<PathBuf>,
}

impl Admin {
    /// Most bytes of a socket's whole path: the system has 108, and the last of them is 0.
    pub const MAX_SOCKET: usize = 107;
    /// Where it usually is.
    const SOCKET: &str = "admin.sock";

    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let allowed = format!(
            "the path of a file in quotes, of at most {} bytes together with the data directory \
             that it is in, such as \"{}\"; \"\" is none",
            Self::MAX_SOCKET,
            Self::SOCKET
        );
        let path = section.find("socket", &allowed, |text: String| {
            let names_file = !text.ends_with(['/', '.']) && !text.contains('\0');
            let possible = text.is_empty() || (names_file && text.len() <= Self::MAX_SOCKET);
            possible.then(|| PathBuf::from(text))
        });
        let path = path.unwrap_or_else(|| PathBuf::from(Self::SOCKET));
        Admin { socket: Some(path).filter(|path| !path.as_os_str().is_empty()) }
    }
}
