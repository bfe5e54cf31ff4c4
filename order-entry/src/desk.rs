//! The desk where brokers' systems say who they are: names, passwords and the ports they open.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use core::fmt;
use core::hint::black_box;

use protocol_spec::session::soup::Login;
use protocol_spec::wire::text::{Alpha, Secret};
use protocol_spec::words::PortId;

/// Who may come in, and to which port.
///
/// Case and padding do not matter, neither in names nor in passwords.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// By the name in upper case, left-justified.
    entries: BTreeMap<Alpha<6>, (Password, PortId)>,
}

/// What proves a name.
#[derive(Clone, PartialEq, Eq)]
pub enum Password {
    /// The password itself.
    Plain(Secret<10>),
    /// A hash of it, to be checked elsewhere: that takes long.
    Hash(Box<str>),
}

/// What becomes of a login.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// Nobody has this name.
    Unknown,
    /// The password is another one.
    Wrong,
    /// Name and password fit: the login is to this port.
    Right(PortId),
    /// The login is to this port if the password has this hash.
    Check {
        /// The port.
        port: PortId,
        /// The hash.
        hash: &'a str,
    },
}

impl Desk {
    /// A desk that knows nobody.
    #[must_use]
    pub fn new() -> Self {
        Desk::default()
    }

    /// Lets a name in. A name that is known already gets this password and port instead.
    pub fn admit(&mut self, username: Alpha<6>, password: Password, port: PortId) {
        let password = match password {
            Password::Plain(Secret(text)) => Password::Plain(Secret(canonical(text))),
            hash @ Password::Hash(_) => hash,
        };
        self.entries.insert(Alpha(canonical(username.0)), (password, port));
    }

    /// Forgets every name.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Whether a login may come in.
    #[must_use]
    pub fn ask(&self, login: &Login) -> Verdict<'_> {
        match self.entries.get(&Alpha(canonical(login.username.0))) {
            None => Verdict::Unknown,
            Some((Password::Hash(hash), port)) => Verdict::Check { port: *port, hash },
            Some((Password::Plain(Secret(wanted)), port)) => {
                let given = canonical(login.password.0);
                if same(wanted, &given) { Verdict::Right(*port) } else { Verdict::Wrong }
            }
        }
    }
}

/// Text in upper case, left-justified.
fn canonical<const N: usize>(text: [u8; N]) -> [u8; N] {
    let mut bytes = [b' '; N];
    let text = Alpha(text);
    let text = text.trimmed();
    bytes[..text.len()].copy_from_slice(text);
    bytes.make_ascii_uppercase();
    bytes
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn same<const N: usize>(one: &[u8; N], other: &[u8; N]) -> bool {
    let pairs = one.iter().zip(other);
    let difference = pairs.fold(0, |all, (one, other)| black_box(all | (one ^ other)));
    difference == 0
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Password::Plain(secret) => write!(f, "Plain({secret})"),
            Password::Hash(_) => f.write_str("Hash(***)"),
        }
    }
}

impl fmt::Debug for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Unknown => f.write_str("Unknown"),
            Verdict::Wrong => f.write_str("Wrong"),
            Verdict::Right(port) => write!(f, "Right({port})"),
            Verdict::Check { port, .. } => write!(f, "Check({port}, ***)"),
        }
    }
}

#[cfg(test)]
mod tests;
