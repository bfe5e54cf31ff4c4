//! The house rules, as checks of the tree.
//!
//! | module | rules |
//! |---|---|
//! | [`arrows`] | which crate may import which |
//! | [`circles`] | no file imports what imports it |
//! | [`shape`] | how long files, functions and lines may be |
//! | [`leftovers`] | what must not stay behind |
//! | [`modules`] | every file is part of a crate, every crate has code |
//! | [`purity`] | what the pure crates must not know, and who may be unsafe |
//! | [`top`] | what lies at the top, and how large files may be |

pub mod arrows;
pub mod circles;
pub mod code;
pub mod leftovers;
pub mod modules;
pub mod purity;
pub mod shape;
pub mod top;
pub mod tree;

use std::fmt;

/// A place where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// The file, from the root of the workspace.
    pub path: String,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Name of the rule.
    pub rule: &'static str,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { path, line, rule, what } = self;
        write!(f, "{path}:{line}: {rule}: {what}")
    }
}

/// Fails with a line for each violation.
///
/// # Panics
/// If there is any.
pub fn assert_none(mut violations: Vec<Violation>) {
    violations.sort();
    let lines: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(lines.is_empty(), "the house rules are broken:\n{}", lines.join("\n"));
}
