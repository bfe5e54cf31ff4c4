//! Every file is part of a crate, every crate has code.

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;
use super::code::Source;

/// Rust files that no crate reaches from its roots, in the crates that lie in these directories.
#[must_use]
pub fn dead_files(crates: &[&str], sources: &[Source]) -> Vec<Violation> {
    let files: BTreeMap<&str, &Source> = sources
        .iter()
        .filter(|source| source.is_rust())
        .map(|source| (source.path.as_str(), source))
        .collect();
    let mut reached = BTreeSet::new();
    let is_root = |path: &&&str| crates.iter().any(|dir| is_root(dir, path));
    let mut open: Vec<(String, bool)> =
        files.keys().filter(is_root).map(|path| ((*path).to_owned(), true)).collect();
    while let Some((path, is_root)) = open.pop() {
        let Some(source) = files.get(path.as_str()) else {
            continue;
        };
        let dir = children_dir(&path, is_root);
        for name in declared(&source.code) {
            open.push((format!("{dir}/{name}.rs"), false));
            open.push((format!("{dir}/{name}/mod.rs"), false));
        }
        reached.insert(path);
    }
    let dead = files.keys().filter(|path| !reached.contains(**path));
    dead.map(|path| Violation {
        path: (*path).to_owned(),
        line: 0,
        rule: "dead-file",
        what: "no `mod` leads to it".to_owned(),
    })
    .collect()
}

/// Whether cargo, or the manifest of a fuzzer, starts a crate in `dir` from this file.
fn is_root(dir: &str, path: &str) -> bool {
    let Some(inside) = path.strip_prefix(dir).and_then(|path| path.strip_prefix('/')) else {
        return false;
    };
    let parts: Vec<&str> = inside.split('/').collect();
    matches!(
        parts.as_slice(),
        ["build.rs"]
            | ["src", "lib.rs" | "main.rs"]
            | ["src", "bin", _]
            | ["src", "bin", _, "main.rs"]
            | ["tests" | "benches" | "examples" | "fuzz_targets", _]
            | ["tests" | "benches" | "examples", _, "main.rs"]
    )
}

/// The directory in which the modules that a file declares lie.
fn children_dir(path: &str, is_root: bool) -> String {
    let (dir, _) = path.rsplit_once('/').unwrap_or(("", path));
    if is_root || path.ends_with("/mod.rs") {
        return dir.to_owned();
    }
    path.trim_end_matches(".rs").to_owned()
}

/// Names of the modules that the code declares and keeps in files of their own.
fn declared(code: &str) -> Vec<&str> {
    let name = |line| {
        let declaration = str::strip_suffix(str::trim(line), ";")?;
        let (before, name) = declaration.rsplit_once(' ')?;
        let is_mod = before == "mod" || before.starts_with("pub") && before.ends_with(" mod");
        is_mod.then_some(name)
    };
    code.lines().filter_map(name).collect()
}

/// Whether the crate in `dir` has a manifest and nothing else.
#[must_use]
pub fn empty_crate(dir: &str, sources: &[Source]) -> Option<Violation> {
    let own = |source: &&Source| {
        let inside = source.path.strip_prefix(dir).is_some_and(|path| path.starts_with("/src/"));
        inside && source.is_rust()
    };
    let has_code = |source: &Source| {
        let mut lines = source.code.lines().map(str::trim);
        lines.any(|line| !line.is_empty() && !line.starts_with("#!"))
    };
    let is_empty = !sources.iter().filter(own).any(has_code);
    is_empty.then(|| Violation {
        path: format!("{dir}/Cargo.toml"),
        line: 0,
        rule: "empty-crate",
        what: "a manifest without code".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Vec<Source> {
        files.iter().map(|(path, text)| Source::new(path, text)).collect()
    }

    #[test]
    fn a_file_that_no_module_declares_is_dead() {
        let tree = tree(&[
            ("a/src/lib.rs", "mod one;\npub(crate) mod two;\n// mod old;\nmod inline {\n}\n"),
            ("a/src/one.rs", "#[cfg(test)]\nmod tests;\n"),
            ("a/src/one/tests.rs", ""),
            ("a/src/two/mod.rs", "pub mod three;\n"),
            ("a/src/two/three.rs", ""),
            ("a/src/old.rs", ""),
            ("a/src/three.rs", ""),
            ("a/src/one/two.rs", ""),
            ("a/src/bin/tool.rs", ""),
            ("a/tests/check.rs", "mod helper;\n"),
            ("a/tests/helper.rs", ""),
            ("a/tests/deep/main.rs", "mod part;\n"),
            ("a/tests/deep/part.rs", ""),
            ("b/src/lib.rs", ""),
        ]);
        let dead: Vec<String> =
            dead_files(&["a"], &tree).into_iter().map(|found| found.path).collect();
        let expected = ["a/src/old.rs", "a/src/one/two.rs", "a/src/three.rs", "b/src/lib.rs"];
        assert_eq!(dead, expected);
    }

    #[test]
    fn a_crate_without_code_is_found() {
        let tree = tree(&[
            ("a/src/lib.rs", "//! Only words.\n#![no_std]\n\n"),
            ("b/src/main.rs", "fn main() {}\n"),
            ("a/tests/x.rs", "fn x() {}\n"),
        ]);
        assert_eq!(empty_crate("a", &tree).map(|found| found.rule), Some("empty-crate"));
        assert_eq!(empty_crate("b", &tree), None);
        assert!(empty_crate("c", &tree).is_some());
    }
}
