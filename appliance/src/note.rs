//! What is written beside a control record: what it is about, and who gave it.
//!
//! A note is `SUBJECT` or `SUBJECT; by WHO`. The subject may be empty: `by WHO`. What has no author
//! was caused by the configuration, the calendar or the process.

/// Bytes that a note has room for.
const ROOM: usize = 255;
/// Most bytes of an author's name.
const NAME: usize = 100;
/// What stands between subject and author.
const BETWEEN: &str = "; by ";
/// What an author stands behind if there is no subject.
const ALONE: &str = "by ";

/// The note of a command that `who` gave. The subject is cut if both have no room together.
#[must_use]
pub fn by(who: &str, subject: &str) -> String {
    let mut name: String = who.chars().map(|c| if is_plain(c) { c } else { '?' }).collect();
    cut(&mut name, NAME);
    if subject.is_empty() {
        return format!("{ALONE}{name}");
    }
    let mut note = subject.to_owned();
    cut(&mut note, ROOM - BETWEEN.len() - name.len());
    note + BETWEEN + &name
}

/// What a note is about.
#[must_use]
pub fn subject(note: &str) -> &str {
    parts(note).0
}

/// Who gave the command, if it was an operator.
#[must_use]
pub fn author(note: &str) -> Option<&str> {
    parts(note).1
}

fn parts(note: &str) -> (&str, Option<&str>) {
    // An author's name has no semicolon, so the last one is the right one.
    match note.rsplit_once(BETWEEN) {
        Some((subject, who)) => (subject, Some(who)),
        None => match note.strip_prefix(ALONE) {
            Some(who) => ("", Some(who)),
            None => (note, None),
        },
    }
}

/// Whether a name may have it.
fn is_plain(c: char) -> bool {
    c != ';' && !c.is_control()
}

/// Leaves whole characters that fit into so many bytes.
fn cut(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_and_author_come_out_as_they_went_in() {
        for (who, what, note) in [
            ("alice (uid 0)", "AAPL", "AAPL; by alice (uid 0)"),
            ("alice (uid 0)", "", "by alice (uid 0)"),
        ] {
            assert_eq!(by(who, what), note);
            assert_eq!((subject(note), author(note)), (what, Some(who)));
        }
        assert_eq!((subject("AAPL"), author("AAPL")), ("AAPL", None));
        assert_eq!((subject(""), author("")), ("", None));
        assert_eq!(author("a; by b; by c"), Some("c"));
        assert_eq!(subject("a; by b; by c"), "a; by b");
    }

    #[test]
    fn what_has_no_room_is_cut_between_characters_and_the_author_stays() {
        let note = by("alice", &"ä".repeat(200));
        assert!(note.len() <= ROOM && note.len() >= ROOM - 1, "{} bytes", note.len());
        assert_eq!(author(&note), Some("alice"));
        assert!(by(&"x".repeat(500), "s").len() <= ROOM);
    }

    #[test]
    fn a_name_cannot_look_like_another_note() {
        assert_eq!(by("eve; by bob\n", "x"), "x; by eve? by bob?");
        assert_eq!(author(&by("eve; by bob", "x")), Some("eve? by bob"));
    }
}
