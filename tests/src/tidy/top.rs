//! What lies at the top, and how large files may be.

use super::Violation;
use super::arrows::FLOORS;

/// Names at the top besides the crates and what begins with a dot.
const NAMES: &[&str] =
    &["Cargo.toml", "Cargo.lock", "README.md", "CHANGELOG.md", "LICENSE", "docs"];
/// Most bytes of a file: captures and corpora belong elsewhere.
const BYTES: u64 = 1 << 20;

/// Names at the top that the design does not have, and files that are too large.
#[must_use]
pub fn check(path: &str, bytes: u64) -> Vec<Violation> {
    let violation = |rule, what| Violation { path: path.to_owned(), line: 0, rule, what };
    let mut all = Vec::new();
    let top = path.split('/').next().unwrap_or(path);
    let is_crate = FLOORS.iter().any(|(name, _)| *name == top) && path.contains('/');
    if !is_crate && !NAMES.contains(&top) && !top.starts_with('.') {
        all.push(violation("top-level", format!("`{top}` has no place there")));
    }
    if bytes > BYTES {
        all.push(violation("file-size", format!("{bytes} bytes, {BYTES} at most")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_do_not_belong_at_the_top_are_found() {
        for path in ["notes.md", "utils/src/lib.rs", "data/day.itch", "matcher"] {
            let rules: Vec<_> = check(path, 1).into_iter().map(|found| found.rule).collect();
            assert_eq!(rules, ["top-level"], "{path}");
        }
        for path in ["README.md", ".github/workflows/ci.yml", "docs/a.md", "matcher/Cargo.toml"] {
            assert_eq!(check(path, 1), [], "{path}");
        }
    }

    #[test]
    fn files_above_the_limit_are_found() {
        assert_eq!(check("docs/a.png", BYTES), []);
        assert_eq!(check("docs/a.png", BYTES + 1)[0].rule, "file-size");
    }
}
