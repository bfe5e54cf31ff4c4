//! Files of a crate do not import each other in a circle.
//!
//! A map is no part of a circle by what it hands on: `pub use child::Thing` is left out. A file is
//! known by its module: `matcher/src/book/level.rs` is `book::level`.

use std::collections::{BTreeMap, BTreeSet};

use super::Violation;
use super::code::Source;

/// A module, name by name from the root of its crate.
type Module = Vec<String>;

/// Circles among the files of the crate in `dir`, each told at one of its files.
#[must_use]
pub fn check(dir: &str, sources: &[Source]) -> Vec<Violation> {
    let modules: BTreeMap<Module, &Source> =
        sources.iter().filter_map(|source| Some((module_of(dir, &source.path)?, source))).collect();
    let arrows: BTreeMap<&Module, BTreeSet<Module>> = modules
        .iter()
        .map(|(module, source)| (module, imports(module, source, &modules)))
        .collect();
    let mut told = BTreeSet::new();
    let mut all = Vec::new();
    for start in modules.keys() {
        let Some(circle) = way_back(start, &arrows) else { continue };
        if circle.iter().all(|module| told.insert(module.clone())) {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            let (path, line) = (modules[start].path.clone(), 0);
            let what = format!("{} import each other in a circle", names.join(", "));
            all.push(Violation { path, line, rule: "circle", what });
        }
    }
    all
}

/// The module that a file of the library in `dir` is.
fn module_of(dir: &str, path: &str) -> Option<Module> {
    let inside = path.strip_prefix(dir)?.strip_prefix("/src/")?.strip_suffix(".rs")?;
    match inside {
        "main" => None,
        "lib" => Some(Vec::new()),
        names => Some(names.split('/').map(str::to_owned).collect()),
    }
}

/// The shortest way along arrows from `start` back to it.
fn way_back(start: &Module, arrows: &BTreeMap<&Module, BTreeSet<Module>>) -> Option<Vec<Module>> {
    let mut open = std::collections::VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop_front() {
        for next in &arrows[way.last().expect("a way has a start")] {
            if next == start {
                return Some(way);
            }
            if seen.insert(next.clone()) {
                open.push_back(way.iter().chain([next]).cloned().collect());
            }
        }
    }
    None
}

/// The modules that a file imports from, what a map hands on and what tests import left out.
fn imports(
    module: &Module,
    source: &Source,
    modules: &BTreeMap<Module, &Source>,
) -> BTreeSet<Module> {
    let code: String = source.lines_in_use().map(|(_, line)| format!("{line}\n")).collect();
    let mut all = BTreeSet::new();
    for (handed_on, path) in paths(&code) {
        let Some(target) = resolve(module, &path, modules) else { continue };
        let is_map = handed_on && target.starts_with(module);
        if target != *module && !is_map {
            all.insert(target);
        }
    }
    all
}

/// The module that a path leads into: the deepest of its names that is a file.
fn resolve(
    module: &Module,
    path: &[String],
    modules: &BTreeMap<Module, &Source>,
) -> Option<Module> {
    let mut names = path.iter().map(String::as_str).peekable();
    let mut at = module.clone();
    match *names.peek()? {
        "crate" => at.clear(),
        "self" | "super" => {}
        first => {
            let child: Module = at.iter().cloned().chain([first.to_owned()]).collect();
            modules.get(&child)?;
        }
    }
    for name in names {
        match name {
            "crate" | "self" => {}
            "super" => {
                at.pop();
            }
            name => {
                let deeper: Module = at.iter().cloned().chain([name.to_owned()]).collect();
                if !modules.contains_key(&deeper) {
                    break;
                }
                at = deeper;
            }
        }
    }
    modules.contains_key(&at).then_some(at)
}

/// Every path that the `use` items of `code` name, and whether the item is `pub`.
fn paths(code: &str) -> Vec<(bool, Vec<String>)> {
    let mut all = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find("use ") {
        let before = rest[..at].rsplit('\n').next().unwrap_or_default().trim();
        let (item, after) = rest[at + 4..].split_once(';').unwrap_or((&rest[at + 4..], ""));
        if before.is_empty() || before.starts_with("pub") {
            let mut found = Vec::new();
            spread(&mut Vec::new(), item, &mut found);
            all.extend(found.into_iter().map(|path| (before.starts_with("pub"), path)));
            rest = after;
        } else {
            rest = &rest[at + 4..];
        }
    }
    all
}

/// Writes `a::{b, c::d}` out as `a::b` and `a::c::d`.
fn spread(prefix: &mut Vec<String>, item: &str, all: &mut Vec<Vec<String>>) {
    let item = item.trim();
    let (head, group) = match item.split_once('{') {
        Some((head, group)) => (head, Some(group.trim_end().trim_end_matches('}'))),
        None => (item, None),
    };
    let depth = prefix.len();
    let names = head.split("::").map(|name| name.split(" as ").next().unwrap_or(name).trim());
    prefix.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
    match group {
        None => all.push(prefix.clone()),
        Some(group) => {
            let (mut open, mut start) = (0, 0);
            for (at, char) in group.char_indices().chain([(group.len(), ',')]) {
                match char {
                    '{' => open += 1,
                    '}' => open -= 1,
                    ',' if open == 0 => {
                        if !group[start..at].trim().is_empty() {
                            spread(prefix, &group[start..at], all);
                        }
                        start = at + 1;
                    }
                    _ => {}
                }
            }
        }
    }
    prefix.truncate(depth);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files
            .iter()
            .map(|(name, text)| Source::new(&format!("matcher/src/{name}.rs"), text))
            .collect();
        check("matcher", &sources).into_iter().map(|violation| violation.what).collect()
    }

    #[test]
    fn a_circle_is_found_however_it_is_written() {
        for back in [
            "use super::book::Book;\n",
            "use crate::book::Book;\n",
            "use crate::{book::{self, Book}, words};\n",
            "use super::{\n    book::Book as Other,\n};\n",
        ] {
            let files = [
                ("lib", "pub mod book;\n"),
                ("book", "use crate::order::Order;\n"),
                ("order", back),
            ];
            assert_eq!(found(&files), ["book, order import each other in a circle"], "{back}");
        }
    }

    #[test]
    fn longer_circles_and_circles_with_a_parent_are_found() {
        let files = [
            ("a", "use super::b::B;\n"),
            ("b", "use super::c::C;\n"),
            ("c", "use super::a::A;\n"),
            ("d", "use d::e::E;\nuse e::E;\n"),
            ("d/e", "use super::D;\n"),
        ];
        assert_eq!(
            found(&files),
            ["a, b, c import each other in a circle", "d, d::e import each other in a circle"]
        );
    }

    #[test]
    fn maps_tests_and_arrows_one_way_are_no_circle() {
        let files = [
            ("lib", "pub mod book;\npub use book::Book;\n"),
            ("book", "pub use level::Level;\nuse crate::words::Price;\n"),
            ("book/level", "use super::Book;\nuse crate::words::Price;\n"),
            ("words", "#[cfg(test)]\nmod tests {\n    use crate::book::Book;\n}\n"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }
}
