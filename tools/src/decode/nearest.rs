//! What somebody may have meant.

/// The name that is most like `word`, if one is like it at all: at most a third of it is to be
/// added, left out or changed, upper and lower case aside.
#[must_use]
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = word.len() / 3;
    let distances = names.into_iter().map(|name| (distance(word, name), name));
    let (_, name) = distances
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)?;
    Some(name)
}

/// How many letters must be added, left out or changed.
fn distance(left: &str, right: &str) -> usize {
    let right = right.as_bytes();
    // The distances from what was read of `left` to every start of `right`.
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, left) in left.bytes().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (at, right) in right.iter().enumerate() {
            let changed = diagonal + usize::from(!left.eq_ignore_ascii_case(right));
            diagonal = row[at + 1];
            row[at + 1] = changed.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (left, right, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("ABC", "abc", 0),
            ("kitten", "sitting", 3),
            ("ouchin", "ouch-in", 1),
        ] {
            assert_eq!(distance(left, right), expected, "{left} {right}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_none() {
        let names = ["itch", "ouch-in", "ouch-out"];
        assert_eq!(nearest("ouchin", names), Some("ouch-in"));
        assert_eq!(nearest("ithc", ["itch"]), None);
        assert_eq!(nearest("itchy", names), Some("itch"));
        assert_eq!(nearest("?", names), None);
    }
}
