use std::collections::BTreeSet;

use super::*;

#[test]
fn every_name_of_a_field_is_its_own_and_says_its_protocol() {
    let names = FilterNames::new();
    let distinct: BTreeSet<_> = names.fields().iter().map(|field| &field.name).collect();
    assert_eq!(distinct.len(), names.fields().len());
    for name in distinct {
        let mut parts = name.splitn(3, '.');
        assert_eq!(parts.next(), Some("outcry"), "{name}");
        let protocol = parts.next().expect("a name has three parts");
        assert!(["itch", "glimpse", "ouch", "soup", "mold"].contains(&protocol), "{name}");
        let field = parts.next().expect("a name has three parts");
        let plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_';
        assert!(field.chars().all(plain), "{name}");
    }
}

#[test]
fn fields_of_one_name_and_two_types_are_told_apart_by_their_type() {
    let names = FilterNames::new();
    let typed =
        |name: &str| names.fields().iter().find(|field| field.name == name).map(|field| field.kind);
    assert_eq!(typed("outcry.itch.shares"), Some("uint32"));
    assert_eq!(typed("outcry.itch.shares_uint64"), Some("uint64"));
    assert_eq!(typed("outcry.ouch.reason"), Some("string"));
    assert_eq!(typed("outcry.ouch.reason_uint16"), Some("uint16"));
    assert_eq!(typed("outcry.ouch.price"), Some("uint64"));
    assert_eq!(typed("outcry.soup.number"), Some("string"));
    assert_eq!(typed("outcry.mold.number"), Some("uint64"));
}

#[test]
fn no_mark_of_the_template_is_left_and_no_line_is_too_long_to_read() {
    let script = script();
    let filled = script.split('@').all(|part| !part.ends_with(char::is_uppercase));
    assert!(filled, "a mark of the template was not filled");
    let longest = script.lines().map(str::len).max();
    assert!(longest < Some(200), "{longest:?}");
}

#[test]
fn strings_of_any_bytes_are_written_so_that_lua_reads_them_back() {
    assert_eq!(lua::string(b"C \0\"\\7"), r#""C \000\"\\7""#);
}
