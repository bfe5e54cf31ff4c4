//! What must not be shown.

use protocol_spec::wire::layout::FieldLayout;
use protocol_spec::wire::soup::LoginRequest;

use super::protocol::Protocol;

/// What is shown instead.
pub(super) const MASK: &str = "***";

/// Name of the secret field in the table of login requests.
const SECRET: &str = "password";

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Whether a field of this protocol is a secret.
#[must_use]
pub(super) fn is_secret(protocol: Protocol, field: &FieldLayout) -> bool {
    protocol == Protocol::Soup && field.name == SECRET
}

/// Appends bytes as hexadecimal digits, secrets as asterisks.
///
/// Bytes of no known protocol may be a login request all the same: what has the type byte of one
/// in its place is treated as one.
pub(super) fn write_hex(out: &mut Vec<u8>, protocol: Option<Protocol>, bytes: &[u8]) {
    let login = LoginRequest::LAYOUT.kind.expect("packets have a type");
    let may_be_login = matches!(protocol, None | Some(Protocol::Soup))
        && bytes.get(login.offset) == Some(&login.byte);
    let secret = LoginRequest::LAYOUT.fields.iter().find(|field| field.name == SECRET);
    for (at, byte) in bytes.iter().enumerate() {
        let hidden = may_be_login
            && secret.is_some_and(|field| (field.offset..field.offset + field.len).contains(&at));
        let digits = [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]];
        out.extend_from_slice(if hidden { b"**" } else { &digits });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_logins_has_the_secret_field() {
        let fields = LoginRequest::LAYOUT.fields.iter();
        assert_eq!(fields.filter(|f| is_secret(Protocol::Soup, f)).count(), 1);
    }

    #[test]
    fn the_password_of_a_login_that_cannot_be_read_is_hidden() {
        let mut hex = Vec::new();
        write_hex(&mut hex, Some(Protocol::Soup), b"\x00\x2FLuserxxsecretpass");
        let text = String::from_utf8(hex).expect("digits and asterisks");
        assert_eq!(text, "002F4C757365727878********************");
    }
}
