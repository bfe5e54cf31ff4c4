//! Lines of the feed, and who may ask for its messages again.

use super::super::{Feed, Line};
use super::{right, wrong};

const GROUP: &str = "{ group = \"239.192.26.1:26401\", interface = \"127.0.0.1\" }";

/// Checks that what is wrong with these lines begins so.
#[track_caller]
fn says(lines: &str, said: &[&str]) {
    let text = format!("[feed]\nlines = [{lines}]\n");
    let all = wrong(&text);
    let fits = |(one, said): (&String, &&str)| one.starts_with(&format!("v.toml:2: {said}"));
    assert!(all.len() == said.len() && all.iter().zip(said).all(fits), "{all:#?}\n{text}");
}

#[test]
fn a_feed_has_lines_of_both_kinds_or_none() {
    let config = right(&format!("[feed]\nlines = [{GROUP}, {{ receivers = [\"a:1\"] }}]\n"));
    let lines: Vec<String> = config.feed.lines.iter().map(Line::to_string).collect();
    assert_eq!(lines, ["239.192.26.1:26401 by 127.0.0.1", "a:1"]);
    assert_eq!(right("[feed]\nlines = []\n").feed.lines, []);
    let line = |n: usize| format!("{{ receivers = [\"a:{}\"] }}", n + 1);
    let lines: Vec<String> = (0..Feed::MAX_LINES).map(line).collect();
    let config = right(&format!("[feed]\nlines = [{}]\n", lines.join(", ")));
    assert_eq!(config.feed.lines.len(), Feed::MAX_LINES);
    assert_eq!((Feed::name(0), Feed::name(Feed::MAX_LINES - 1)), ('A', 'H'));
    let more = format!("{}, {}", lines.join(", "), line(Feed::MAX_LINES));
    says(&more, &["feed.lines = [{ receivers = "]);
}

#[test]
fn a_line_goes_somewhere_and_to_one_kind_of_place() {
    says("{}", &["feed.lines: goes nowhere: give a group with its interface, or receivers"]);
    says("5", &["feed.lines = 5: must be in a list of lines, such as"]);
    says(
        "{ group = \"239.1.1.1:1\" }",
        &["feed.lines.interface: is missing: it must be the IPv4 address of an interface"],
    );
    says(
        "{ receivers = [\"a:1\"], interface = \"127.0.0.1\" }",
        &["feed.lines.interface = \"127.0.0.1\": leave it out: the system finds the way"],
    );
    says(
        "{ group = \"239.1.1.1:1\", interface = \"127.0.0.1\", receivers = [\"a:1\"] }",
        &["feed.lines.receivers = [\"a:1\"]: leave one out: there is a group as well"],
    );
    says(
        "{ grup = \"239.1.1.1:1\" }",
        &[
            "feed.lines: goes nowhere: ",
            "feed.lines.grup: no such key in lines of [feed]; did you mean group?",
        ],
    );
}

#[test]
fn a_line_that_is_there_twice_is_one_line() {
    says(
        &format!("{GROUP}, {GROUP}"),
        &["feed.lines = { group = \"239.192.26.1:26401\", interface = \"127.0.0.1\" }: is line A \
           already: receivers would have one line only"],
    );
    says(
        "{ receivers = [\"a:1\", \"a:1\"] }",
        &["feed.lines.receivers = \"a:1\": is named already: leave it out"],
    );
}

#[test]
fn places_that_a_line_cannot_go_to_are_refused() {
    for group in ["127.0.0.1:1", "239.1.1.1", "239.1.1.1:0", "[ff02::1]:1", "here"] {
        let line = format!("{{ group = \"{group}\", interface = \"127.0.0.1\" }}");
        says(
            &line,
            &[&format!(
                "feed.lines.group = \"{group}\": must be a multicast address from 224.0.0.0"
            )],
        );
    }
    for interface in ["\"lo\"", "\"::1\"", "1"] {
        let line = format!("{{ group = \"239.1.1.1:1\", interface = {interface} }}");
        says(&line, &[&format!("feed.lines.interface = {interface}: must be the IPv4 address of")]);
    }
    for receiver in ["\"a\"", "\"a:0\"", "\"a:65536\"", "\":1\"", "\"a b:1\"", "7"] {
        let line = format!("{{ receivers = [{receiver}] }}");
        says(&line, &[&format!("feed.lines.receivers = {receiver}: must be a name or an IP")]);
    }
    says("{ receivers = [] }", &["feed.lines.receivers = []: must be a list of 1 to 64"]);
}

#[test]
fn requests_are_answered_for_networks_for_nobody_or_not_heard() {
    let config = right("[recovery]\nrerequest = \"\"\nallow = []\n");
    assert_eq!((config.recovery.rerequest, config.recovery.allow), (None, Some(Vec::new())));
    let rows = [
        ("\"10.1.0.0/33\"", "must be a network or an address, such as"),
        ("\"everybody\"", "must be a network or an address, such as"),
        ("\"10.1.2.3/16\"", "is one address of a network: \"10.1.0.0/16\" is the whole of it"),
        ("5", "must be a network or an address, such as"),
    ];
    for (value, problem) in rows {
        let said = wrong(&format!("[recovery]\nallow = [{value}]\n"));
        let begin = format!("v.toml:2: recovery.allow = {value}: {problem}");
        assert!(said.len() == 1 && said[0].starts_with(&begin), "{said:#?}\n{begin}");
    }
    let said = wrong("[recovery]\nallow = [\"10.1.2.3\", \"10.1.2.3/32\"]\n");
    let expected = "v.toml:2: recovery.allow = \"10.1.2.3/32\": is named already: leave it out";
    assert_eq!(said, [expected]);
}
