//! Brokers' passwords, as they are or as hashes.
//!
//! Passwords of SoupBinTCP are of at most ten characters and the case of letters does not count, so
//! what is hashed is the password without spaces around it and in capitals.

pub use order_entry::desk::Password;

use argon2::{Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier};
use protocol_spec::wire::text::Secret;

/// Most memory that checking one password may take, in KiB.
const MAX_MEMORY: u32 = 256 * 1024;
/// Most passes over that memory.
const MAX_PASSES: u32 = 16;

/// The password that `text` is, if it can be one: 1 to 10 printable ASCII characters, without a
/// space at either end.
#[must_use]
pub fn plain(text: &str) -> Option<Secret<10>> {
    let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let whole = !text.is_empty() && text.trim_matches(' ') == text;
    Secret::try_new(text).filter(|_| printable && whole)
}

/// A hash of the password with a salt of its own, as a PHC string.
///
/// # Panics
/// If the system has no random numbers.
#[must_use]
pub fn hash(password: &Secret<10>) -> String {
    let hashed = Argon2::default().hash_password(&canonical(password));
    hashed
        .expect("the system has random numbers, and the usual parameters are possible")
        .to_string()
}

/// Whether `hash` is of the password that was given.
#[must_use]
pub fn verify(hash: &str, given: &Secret<10>) -> bool {
    let hash = PasswordHash::new(hash);
    hash.is_ok_and(|hash| Argon2::default().verify_password(&canonical(given), &hash).is_ok())
}

/// Whether passwords can be verified with this hash: a whole PHC string of one of the kinds of
/// Argon2 that takes a bearable amount of memory and time.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    let Ok(hash) = PasswordHash::new(text) else { return false };
    let known = ["argon2id", "argon2i", "argon2d"].contains(&hash.algorithm.as_str());
    let whole = hash.salt.is_some() && hash.hash.is_some();
    let bearable = Params::try_from(&hash)
        .is_ok_and(|params| params.m_cost() <= MAX_MEMORY && params.t_cost() <= MAX_PASSES);
    known && whole && bearable
}

fn canonical(password: &Secret<10>) -> Vec<u8> {
    password.0.trim_ascii().to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_knows_its_password_whatever_the_case_and_the_padding() {
        let hash = hash(&Secret::new("Secret 1"));
        assert!(hash.starts_with("$argon2id$") && is_hash(&hash), "{hash}");
        for given in [*b"Secret 1  ", *b"  SECRET 1", *b" secret 1 "] {
            assert!(verify(&hash, &Secret(given)), "{}", given.escape_ascii());
        }
        for given in [*b"Secret 2  ", *b"Secret1   ", *b"          "] {
            assert!(!verify(&hash, &Secret(given)), "{}", given.escape_ascii());
        }
    }

    #[test]
    fn the_same_password_has_another_hash_each_time() {
        assert_ne!(hash(&Secret::new("demo")), hash(&Secret::new("demo")));
    }

    #[test]
    fn what_cannot_be_verified_is_no_hash() {
        let salted = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ";
        let good = format!("{salted}$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ");
        assert!(is_hash(&good), "{good}");
        let wrong = [
            "",
            "demo",
            "$argon2id$",
            salted,
            &good.replace("argon2id", "scrypt"),
            &good.replace("m=19456", "m=4194304"),
            &good.replace("t=2", "t=1000000"),
            &good[..good.len() - 30],
        ];
        for text in wrong {
            assert!(!is_hash(text), "{text}");
        }
        assert!(!verify("no hash", &Secret::new("demo")));
    }

    #[test]
    fn a_plain_password_is_printable_and_of_at_most_ten_characters() {
        for text in ["x", "0123456789", "a b", "$!~"] {
            assert!(plain(text).is_some(), "{text}");
        }
        for text in ["", " ", " x", "x ", "01234567890", "é", "a\tb"] {
            assert!(plain(text).is_none(), "{text}");
        }
    }
}
