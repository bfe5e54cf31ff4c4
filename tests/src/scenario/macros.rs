//! Repetition: what stands once in a file and is meant many times.

use super::words::{Read, number};

/// The texts that `repeat i 1..3: text` stands for; any other text stands for itself.
///
/// # Errors
/// If the head is not as it should be.
pub fn repetitions(text: &str) -> Read<Vec<String>> {
    match text.strip_prefix("repeat ") {
        Some(rest) => expand(rest),
        None => Ok(vec![text.to_owned()]),
    }
}

/// The items of an answer, those that begin with `each i 1..3:` many times.
///
/// # Errors
/// If such a head is not as it should be.
pub fn expand_items(text: &str) -> Read<String> {
    let mut items = Vec::new();
    for item in text.split('|').map(str::trim) {
        match item.strip_prefix("each ") {
            Some(rest) => items.extend(expand(rest)?),
            None => items.push(item.to_owned()),
        }
    }
    Ok(items.join(" | "))
}

/// `i 1..3: text`: the text for each number, with the number where `$i` or `${i+5}` stands.
fn expand(text: &str) -> Read<Vec<String>> {
    let head = || format!("expected `i 1..5: ...`, found `{text}`");
    let (range, body) = text.split_once(':').ok_or_else(head)?;
    let (name, range) = range.trim().split_once(' ').ok_or_else(head)?;
    let (first, last) = range.trim().split_once("..").ok_or_else(head)?;
    let first: u64 = number(first).ok_or_else(head)?;
    let last: u64 = number(last).ok_or_else(head)?;
    (first..=last).map(|value| substitute(body.trim(), name, value)).collect()
}

fn substitute(body: &str, name: &str, value: u64) -> Read<String> {
    let mut text = body.to_owned();
    let open = format!("${{{name}");
    while let Some(at) = text.find(&open) {
        let (left, right) = (text[..at].to_owned(), text[at + open.len()..].to_owned());
        let (sum, after) = right.split_once('}').ok_or("expected `}` behind `${`")?;
        let operand = |digits| number::<u64>(digits).ok_or_else(|| format!("`{sum}` is no sum"));
        let result = match sum.split_at_checked(1) {
            None => Some(value),
            Some(("+", digits)) => value.checked_add(operand(digits)?),
            Some(("-", digits)) => value.checked_sub(operand(digits)?),
            Some(("*", digits)) => value.checked_mul(operand(digits)?),
            _ => return Err(format!("`{sum}` is no sum")),
        };
        let result = result.ok_or_else(|| format!("`{value}{sum}` cannot be had"))?;
        text = format!("{left}{result}{after}");
    }
    Ok(text.replace(&format!("${name}"), &value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_text_has_the_number_in_its_places() {
        let texts = repetitions("repeat i 9..10: p1#$i buy ${i*100} 9.00 -> rests r${i-8}");
        let texts = texts.expect("it is well formed");
        let expected = ["p1#9 buy 900 9.00 -> rests r1", "p1#10 buy 1000 9.00 -> rests r2"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn items_are_repeated_where_they_stand() {
        let text = expand_items("acked | each i 1..2: C $i p1#$i r$i U | less 5");
        assert_eq!(text.as_deref(), Ok("acked | C 1 p1#1 r1 U | C 2 p1#2 r2 U | less 5"));
    }

    #[test]
    fn a_head_with_a_fault_is_told() {
        for text in ["repeat i: x", "repeat i 1-3: x", "repeat 1..3: x", "repeat i 1..x: x"] {
            let fault = repetitions(text).expect_err(text);
            assert!(fault.starts_with("expected `i 1..5: ...`"), "{fault}");
        }
        assert!(repetitions("repeat i 1..2: ${i-2}").is_err());
    }
}
