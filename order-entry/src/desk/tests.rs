use protocol_spec::wire::soup::SessionId;

use super::*;

fn login(username: &[u8; 6], password: &[u8; 10]) -> Login {
    Login {
        username: Alpha(*username),
        password: Secret(*password),
        session: SessionId::BLANK,
        number: None,
        patience: None,
    }
}

fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.admit(Alpha::new("Demo1"), Password::Plain(Secret::new("Swordfish")), PortId(1));
    desk.admit(Alpha::new("demo2"), Password::Hash("$argon2id$x".into()), PortId(2));
    desk.admit(Alpha::new("LONGER"), Password::Plain(Secret::new("0123456789")), PortId(3));
    desk
}

#[test]
fn case_and_padding_do_not_matter() {
    let desk = desk();
    for username in [b"demo1 ", b" DEMO1", b"dEmO1 "] {
        for password in [b"swordfish ", b" SWORDFISH", b"SwordFish "] {
            let login = login(username, password);
            assert_eq!(desk.ask(&login), Verdict::Right(PortId(1)), "{login:?} {password:?}");
        }
    }
    assert_eq!(desk.ask(&login(b"longer", b"0123456789")), Verdict::Right(PortId(3)));
}

#[test]
fn whoever_is_not_known_or_has_another_password_does_not_come_in() {
    let desk = desk();
    for username in [b"      ", b"demo  ", b"demo11", b"de mo1", b"demo3 "] {
        assert_eq!(desk.ask(&login(username, b"swordfish ")), Verdict::Unknown, "{username:?}");
    }
    for password in [b"          ", b"swordfis  ", b"swordfishx", b"sword fish", b"Xwordfish "] {
        assert_eq!(desk.ask(&login(b"demo1 ", password)), Verdict::Wrong, "{password:?}");
    }
}

#[test]
fn a_hash_is_checked_elsewhere() {
    let (port, hash) = (PortId(2), "$argon2id$x");
    assert_eq!(desk().ask(&login(b"DEMO2 ", b"anything  ")), Verdict::Check { port, hash });
}

#[test]
fn a_name_has_one_password_and_none_after_all_were_cleared() {
    let mut desk = desk();
    desk.admit(Alpha::new("DEMO1"), Password::Plain(Secret::new("other")), PortId(9));
    assert_eq!(desk.ask(&login(b"demo1 ", b"swordfish ")), Verdict::Wrong);
    assert_eq!(desk.ask(&login(b"demo1 ", b"OTHER     ")), Verdict::Right(PortId(9)));
    desk.clear();
    assert_eq!(desk.ask(&login(b"demo1 ", b"other     ")), Verdict::Unknown);
}

#[test]
fn nothing_that_is_printed_shows_a_secret() {
    let desk = desk();
    let check = desk.ask(&login(b"demo2 ", b"swordfish "));
    let shown = format!("{desk:?} {check:?} {:?}", login(b"demo1 ", b"swordfish "));
    let shown = shown.to_lowercase();
    assert!(!shown.contains("swordfish") && !shown.contains("argon2id"), "{shown}");
}
