//! What the pure crates must not know, and who may be unsafe.

use super::Violation;
use super::code::Source;
use super::leftovers::has;

/// The crates without clock, socket, file or chance.
pub const PURE: &[&str] = &["protocol-spec", "matcher", "order-entry", "mdfeed", "recovery"];
/// The one crate that may be unsafe.
const UNSAFE: &str = "appliance";

/// What the root of a pure crate must say.
const ATTRIBUTES: &[&str] = &["#![cfg_attr(not(test), no_std)]", "#![forbid(unsafe_code)]"];

/// Breaches of purity in a file of a pure crate.
#[must_use]
pub fn check(source: &Source) -> Vec<Violation> {
    let violation = |line, what: &str| Violation {
        path: source.path.clone(),
        line,
        rule: "purity",
        what: what.to_owned(),
    };
    let mut all = Vec::new();
    // Benches and integration tests of a pure crate run in the world.
    let is_shipped = source.path.starts_with(&format!("{}/src/", source.house()));
    if !PURE.contains(&source.house()) || !source.is_rust() || !is_shipped {
        return all;
    }
    if source.path == format!("{}/src/lib.rs", source.house()) {
        let says = |attribute: &str| source.code.lines().any(|line| line == attribute);
        let missing = ATTRIBUTES.iter().filter(|attribute| !says(attribute));
        all.extend(missing.map(|attribute| violation(0, &format!("no `{attribute}`"))));
    }
    for (line, code) in source.lines_in_use() {
        if has(code, "extern crate std") {
            all.push(violation(line, "`extern crate std` brings the world in"));
        } else if has(code, "std::") || has(code, "use std") {
            all.push(violation(line, "`std` knows the world; core and alloc do not"));
        }
    }
    all
}

/// Unsafe code outside the one crate that may have it.
#[must_use]
pub fn unsafe_code(source: &Source) -> Vec<Violation> {
    if source.house() == UNSAFE {
        return Vec::new();
    }
    let lines = (1..).zip(source.code.lines()).filter(|(_, code)| has(code, "unsafe"));
    lines
        .map(|(line, _)| Violation {
            path: source.path.clone(),
            line,
            rule: "unsafe",
            what: format!("only {UNSAFE} may be unsafe"),
        })
        .collect()
}

/// Packages with their feature `std` switched on, in what `cargo tree -e normal,features` prints
/// of a pure crate.
#[must_use]
pub fn std_features(name: &str, tree: &str) -> Vec<Violation> {
    let switched_on = tree.lines().filter_map(|line| {
        let line = line.trim_end_matches(" (*)");
        line.trim().strip_suffix(" feature \"std\"")
    });
    switched_on
        .map(|package| Violation {
            path: format!("{name}/Cargo.toml"),
            line: 0,
            rule: "purity",
            what: format!("{package} comes with its feature std"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(found: Vec<Violation>) -> Vec<usize> {
        found.into_iter().map(|found| found.line).collect()
    }

    #[test]
    fn a_root_without_the_attributes_is_found() {
        let whole = ATTRIBUTES.join("\n");
        assert_eq!(check(&Source::new("matcher/src/lib.rs", &whole)), []);
        for one in ATTRIBUTES {
            assert_eq!(lines(check(&Source::new("matcher/src/lib.rs", one))), [0], "{one}");
        }
        assert_eq!(lines(check(&Source::new("matcher/src/lib.rs", "// nothing"))), [0, 0]);
        assert_eq!(check(&Source::new("tools/src/lib.rs", "")), []);
    }

    #[test]
    fn std_is_found_in_code_but_not_in_tests_or_words() {
        let text = "use std::fs;\nlet a = ::std::mem::take(b);\nextern crate std;\nuse {\n\
                    \x20   std::io,\n};\n// std::fs\n\"std::fs\";\nmystd::x();\n#[cfg(test)]\n\
                    mod tests {\n    use std::fs;\n}\n";
        let found = check(&Source::new("mdfeed/src/book.rs", text));
        assert_eq!(lines(found), [1, 2, 3, 5]);
        assert_eq!(check(&Source::new("client/src/book.rs", text)), []);
        assert_eq!(check(&Source::new("mdfeed/src/book/tests.rs", text)), []);
    }

    #[test]
    fn unsafe_code_is_found_outside_the_appliance() {
        let text = "#![forbid(unsafe_code)]\n// unsafe\nunsafe { call() }\n";
        assert_eq!(lines(unsafe_code(&Source::new("matcher/src/lib.rs", text))), [3]);
        assert_eq!(unsafe_code(&Source::new("appliance/src/os.rs", text)), []);
    }

    #[test]
    fn a_dependency_with_std_switched_on_is_found() {
        let tree = "matcher v0.1.0\nhashbrown feature \"default\"\nhashbrown feature \"std\"\n\
                    memchr feature \"std\" (*)\nserde feature \"stdlib\"\n";
        let found = std_features("matcher", tree);
        let packages: Vec<_> = found.iter().map(|found| found.what.as_str()).collect();
        let expected =
            ["hashbrown comes with its feature std", "memchr comes with its feature std"];
        assert_eq!(packages, expected);
    }
}
