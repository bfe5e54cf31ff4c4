//! Which protocols some bytes could be of.

use protocol_spec::wire::mold::Header;

use super::message::Message;
use super::protocol::Protocol;

/// What the bytes fit, of the protocols that are tried.
#[derive(Debug)]
pub(super) struct Fit {
    /// The protocols in which everything is right with them.
    pub fits: Vec<Protocol>,
    /// What is wrong with them in each of the others.
    pub errors: Vec<(Protocol, String)>,
}

/// Tries the protocols in turn.
///
/// A snapshot is made of messages of the feed, so what fits the feed is not tried as a snapshot.
#[must_use]
pub(super) fn fit(bytes: &[u8], protocols: &[Protocol]) -> Fit {
    let mut fit = Fit { fits: Vec::new(), errors: Vec::new() };
    for protocol in protocols {
        let is_feed = fit.fits.contains(&Protocol::Itch);
        if *protocol == Protocol::Glimpse && is_feed {
            continue;
        }
        match check(*protocol, bytes) {
            Ok(()) => fit.fits.push(*protocol),
            Err(error) => fit.errors.push((*protocol, error)),
        }
    }
    fit
}

/// Whether everything is right with the bytes, as a message of this protocol.
///
/// # Errors
/// What is wrong.
pub(super) fn check(protocol: Protocol, bytes: &[u8]) -> Result<(), String> {
    Message::check(protocol, bytes).map_err(|error| error.to_string())?;
    if protocol == Protocol::Mold && !names_session(bytes) {
        return Err("the session is not a name of letters and digits".to_owned());
    }
    Ok(())
}

/// Whether the bytes begin as a MoldUDP64 packet does, with the name of a session.
#[must_use]
pub(super) fn names_session(bytes: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b' ';
    bytes.first_chunk::<{ Header::LEN }>().is_some_and(|header| {
        let session = Header::decode(header).session;
        session.0.iter().all(plain) && !session.is_blank()
    })
}

impl Fit {
    /// The one protocol that fits.
    #[must_use]
    pub(super) fn only(&self) -> Option<Protocol> {
        match self.fits[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Why there is not exactly one protocol, and more about it.
    #[must_use]
    pub(super) fn complaint(&self) -> (String, Option<String>) {
        if self.fits.is_empty() {
            let errors = self.errors.iter();
            let each: Vec<String> =
                errors.map(|(protocol, error)| format!("{protocol:<8}  {error}")).collect();
            ("fits no protocol".to_owned(), Some(each.join("\n")))
        } else {
            let names: Vec<&str> = self.fits.iter().map(|protocol| protocol.name()).collect();
            let names = names.join(" and ");
            (format!("fits {names}: say which with --as"), None)
        }
    }
}
