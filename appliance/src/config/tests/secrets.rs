//! Passwords: where they come from, and that they are not shown.

use protocol_spec::wire::text::Secret;

use super::super::Password;
use super::super::password::verify;
use super::{right, wrong};

const HASH: &str = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$1pKdTuvJO/sbAnBCnwBmeA";

fn file(password: &str) -> String {
    format!("[[port]]\nusername = \"a\"\nfirm = \"F\"\npassword = {password}\n")
}

#[test]
fn a_password_is_plain_or_a_hash_or_from_the_environment() {
    let plain = right(&file("\"a b$!\""));
    assert!(matches!(plain.ports[0].password, Password::Plain(is) if is == Secret::new("a b$!")));
    let named = right(&file("\"env:SECRET\""));
    assert!(matches!(named.ports[0].password, Password::Plain(is) if is == Secret::new("hunter2")));
    let hashed = right(&file(&format!("\"{HASH}\"")));
    assert!(matches!(&hashed.ports[0].password, Password::Hash(is) if **is == *HASH));
    assert!(!verify(HASH, &Secret::new("demo")));
}

#[test]
fn a_wrong_password_is_answered_and_not_shown() {
    for value in ["\"\"", "\"elevenchars\"", "\" hidden\"", "\"hédden\"", "\"$argon2id$hidden\""] {
        let said = wrong(&file(value));
        let begin = "v.toml:4: port.password = ***: must be 1 to 10 printable ASCII characters";
        assert!(said.len() == 1 && said[0].starts_with(begin), "{said:#?}");
    }
    let said = wrong(&file("12345678"));
    assert!(said[0].starts_with("v.toml:4: port.password = ***: must be, in quotes, 1 to 10"));
}

#[test]
fn a_wrong_environment_variable_is_named_and_what_it_holds_is_not_shown() {
    let missing = wrong(&file("\"env:NOBODY\""));
    assert_eq!(
        missing,
        ["v.toml:4: port.password = \"env:NOBODY\": the environment variable NOBODY is not set"]
    );
    let spaced = wrong(&file("\"env:SPACED\""));
    let begin = "v.toml:4: port.password = \"env:SPACED\": what the environment variable SPACED \
                 holds must be 1 to 10 printable ASCII characters";
    assert!(spaced.len() == 1 && spaced[0].starts_with(begin), "{spaced:#?}");
}

#[test]
fn no_way_of_being_wrong_shows_a_password() {
    let hidden = "hunter2";
    let texts = [
        file("hunter2"),
        file("\"hunter2"),
        file("[\"hunter2\"]"),
        file("{ plain = \"hunter2\" }"),
        file("\"hunter2\"\npasword = \"hunter2\""),
        file("\"hunter2 hunter2\""),
        file("\"hunter2\"\npassword = \"hunter2\""),
        file("\"hunter2\"\nburst = 1"),
        format!("password = \"hunter2\"\n{}", file("\"hunter2\"")),
        "[port]\npassword = \"hunter2\"\n".to_owned(),
        "port = [\"hunter2\"]\n".to_owned(),
    ];
    for text in texts {
        let said = wrong(&text).join("\n");
        assert!(!said.contains(hidden), "{said}");
    }
    let config = right(&file(&format!("\"{HASH}\"")).replace("[[port]]", "\n[[port]]"));
    assert!(!format!("{config:?}").contains("argon2"), "{config:?}");
}
