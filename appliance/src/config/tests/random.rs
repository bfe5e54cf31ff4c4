//! Whatever the bytes, the answer is a configuration or errors, and never a panic.

use super::super::{Config, EMBEDDED};

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).expect("64 bits") % bound
    }
}

/// What mutations put in: pieces of the grammar, and values at the edge of types.
const PIECES: &[&str] = &[
    "\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ",",
    "#",
    "\n",
    ".",
    "'''",
    "\\u0000",
    "é",
    "\0",
    "0",
    "-1",
    "9223372036854775807",
    "18446744073709551616",
    "1e999",
    "nan",
    "true",
    "\"\"",
    "\"999999999999999999999h\"",
    "\"18446744073709551615GiB\"",
    "\"0.0000000000000000000000001\"",
    "\"79228162514264337593543950335\"",
    "\"$argon2id$\"",
    "\"env:X\"",
    "1979-05-27",
    "[[port]]\n",
    "[[instrument]]\n",
    "[instruments]\n",
    "count = 16384\n",
    "ticks = [{}]\n",
    "[a.b.c]\n",
];

fn parse(bytes: &[u8], seed: u64) {
    let text = String::from_utf8_lossy(bytes);
    let parsed = Config::parse(&text, "random.toml", &|_| Some(text.chars().take(9).collect()));
    if let Err(errors) = parsed {
        let shown = errors.to_string();
        let lines = text.lines().count().max(1) + 1;
        let inside = errors.iter().all(|error| error.line.is_none_or(|line| line <= lines));
        assert!(inside && shown.starts_with("random.toml:"), "seed {seed}: {shown}");
    }
}

#[test]
fn random_bytes_are_answered() {
    for seed in 1..=2_000 {
        let mut numbers = Numbers(seed);
        let bytes = (0..numbers.below(200)).map(|_| numbers.below(256).to_le_bytes()[0]);
        parse(&bytes.collect::<Vec<u8>>(), seed);
    }
}

#[test]
fn random_pieces_of_the_grammar_are_answered() {
    for seed in 1..=2_000 {
        let mut numbers = Numbers(seed);
        let pieces = (0..numbers.below(40)).map(|_| PIECES[numbers.below(PIECES.len())]);
        parse(pieces.collect::<String>().as_bytes(), seed);
    }
}

#[test]
fn random_changes_of_a_configuration_are_answered() {
    // All keys, and few securities: what is changed shall be a key mostly.
    let lines = EMBEDDED.lines().filter(|line| !line.starts_with("# "));
    let lines = lines.map(|line| line.trim_start_matches('#'));
    // Of the two kinds of calendar it has the one that is a section.
    let lines = lines.filter(|line| !line.starts_with("calendar = "));
    let lines: Vec<&str> = lines.take(160).collect();
    let whole = lines.join("\n").into_bytes();
    for seed in 1..=1_500 {
        let mut numbers = Numbers(seed);
        let mut bytes = whole.clone();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(bytes.len());
            let to = (at + numbers.below(12)).min(bytes.len());
            let piece = PIECES[numbers.below(PIECES.len())].as_bytes();
            match numbers.below(4) {
                0 => bytes[at] = numbers.below(256).to_le_bytes()[0],
                1 => drop(bytes.drain(at..to)),
                2 => drop(bytes.splice(at..to, piece.iter().copied())),
                _ => replace_value(&mut bytes, at, piece),
            }
        }
        parse(&bytes, seed);
    }
}

/// Puts `piece` for the value of the line at `at`.
fn replace_value(bytes: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |n| at + n);
    let equals = bytes[..end].iter().rposition(|byte| *byte == b'=');
    if let Some(equals) = equals {
        bytes.splice(equals + 1..end, piece.iter().copied());
    }
}
