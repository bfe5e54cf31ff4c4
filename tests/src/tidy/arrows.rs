//! Which crate may import which.

use super::Violation;
use super::code::{Source, is_name};
use super::leftovers::has;

/// The floor of each crate, those that do not exist yet among them. Imports point down: a crate
/// may use those that stand on lower floors, and none beside it. The tests see all.
pub const FLOORS: &[(&str, u8)] = &[
    ("protocol-spec", 1),
    ("matcher", 2),
    ("order-entry", 3),
    ("mdfeed", 3),
    ("recovery", 3),
    ("appliance", 4),
    ("client", 4),
    ("tools", 5),
    ("tests", 6),
];

fn floor(name: &str) -> Option<u8> {
    let found = FLOORS.iter().find(|(of, _)| *of == name);
    found.map(|(_, floor)| *floor)
}

/// The manifest of a crate.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The file, from the root of the workspace.
    pub path: String,
    /// Name of the crate.
    pub name: String,
    /// Names of all packages it depends on, to be built, run or tested.
    pub dependencies: Vec<String>,
    text: String,
}

impl Manifest {
    /// Reads a manifest, or `None` if it describes no crate.
    ///
    /// # Panics
    /// If it is not TOML.
    #[must_use]
    pub fn new(path: &str, text: &str) -> Option<Self> {
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let name = table.get("package")?.get("name")?.as_str()?.to_owned();
        let targets = table.get("target").and_then(toml::Value::as_table);
        let for_targets = targets.into_iter().flatten().filter_map(|(_, own)| own.as_table());
        let dependencies = std::iter::once(&table).chain(for_targets).flat_map(packages).collect();
        Some(Manifest { path: path.to_owned(), name, dependencies, text: text.to_owned() })
    }

    /// The line that first names a package.
    fn line_of(&self, package: &str) -> usize {
        let lines = self.text.lines();
        lines.take_while(|line| !has(line, package)).count() + 1
    }
}

/// Names of the packages in the three tables of dependencies.
fn packages(table: &toml::Table) -> Vec<String> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let tables = tables.iter().filter_map(|name| table.get(*name)?.as_table());
    let package = |(name, what): (&String, &toml::Value)| {
        let renamed = what.get("package").and_then(toml::Value::as_str);
        renamed.unwrap_or(name).to_owned()
    };
    tables.flatten().map(package).collect()
}

/// Arrows of a crate that do not point down.
#[must_use]
pub fn check(manifest: &Manifest) -> Vec<Violation> {
    let violation =
        |line, what| Violation { path: manifest.path.clone(), line, rule: "arrow", what };
    let Some(own) = floor(&manifest.name) else {
        let what = format!("{} has no floor; give it one in the table of floors", manifest.name);
        return vec![violation(manifest.line_of(&manifest.name), what)];
    };
    let ours = manifest.dependencies.iter().filter_map(|name| Some((name, floor(name)?)));
    ours.filter(|(_, floor)| *floor >= own)
        .map(|(name, floor)| {
            let what = format!("{} (floor {own}) imports {name} (floor {floor})", manifest.name);
            violation(manifest.line_of(name), what)
        })
        .collect()
}

/// Names in the code of a crate that its manifest does not have, or that stand above it.
#[must_use]
pub fn check_code(manifest: &Manifest, source: &Source) -> Vec<Violation> {
    let mut all = Vec::new();
    for (line, code) in (1..).zip(source.code.lines()) {
        for (name, _) in FLOORS {
            let is_own = *name == manifest.name;
            let is_told = is_own || manifest.dependencies.iter().any(|told| told == name);
            let name_in_code = name.replace('-', "_");
            let is_module = source.code.contains(&format!("mod {name_in_code};"));
            if !is_told && !is_module && names_crate(code, &name_in_code) {
                let what = format!("{} names {name}, its manifest does not", manifest.name);
                all.push(Violation { path: source.path.clone(), line, rule: "arrow", what });
            }
        }
    }
    all
}

/// Whether `code` has a path that begins with this crate, and not with a module of its name.
fn names_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let imported = ["use ", "extern crate ", "pub use "].iter().any(|keyword| {
        code.trim_start().strip_prefix(keyword).is_some_and(|rest| {
            let rest = rest.strip_prefix(name);
            rest.is_some_and(|rest| !rest.starts_with(is_name) && !rest.starts_with(" as"))
        })
    });
    let absolute = code.contains(&format!(" ::{path}"));
    imported || absolute
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(name: &str, rest: &str) -> Manifest {
        let text = format!("[package]\nname = \"{name}\"\n{rest}");
        Manifest::new(&format!("{name}/Cargo.toml"), &text).expect("a crate")
    }

    #[test]
    fn arrows_that_do_not_point_down_are_found_in_every_table() {
        let samples = [
            ("protocol-spec", "[dependencies]\nmatcher.workspace = true\n"),
            ("mdfeed", "[dependencies]\nrecovery = { path = \"../recovery\" }\n"),
            ("matcher", "[dev-dependencies]\nmdfeed.workspace = true\n"),
            ("client", "[build-dependencies]\nappliance.workspace = true\n"),
            ("recovery", "[target.'cfg(unix)'.dependencies]\nclient.workspace = true\n"),
            ("tools", "[dependencies.tests]\nworkspace = true\n"),
            ("matcher", "[dependencies]\nx = { package = \"mdfeed\", version = \"1\" }\n"),
        ];
        for (name, rest) in samples {
            let found = check(&manifest(name, rest));
            assert_eq!(found.len(), 1, "{name} {rest}");
            assert!(found[0].line > 2, "{}", found[0]);
        }
    }

    #[test]
    fn arrows_that_point_down_are_no_violation() {
        let rest = "[dependencies]\nmatcher.workspace = true\nprotocol-spec.workspace = true\n\
                    bytes = \"1\"\n";
        assert_eq!(check(&manifest("mdfeed", rest)), []);
        assert_eq!(check(&manifest("tests", "[dependencies]\ntools.workspace = true\n")), []);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        let found = check(&manifest("utils", ""));
        assert!(found[0].what.contains("utils has no floor"), "{}", found[0]);
    }

    #[test]
    fn code_that_names_what_the_manifest_does_not_is_found() {
        let mdfeed = manifest("mdfeed", "[dependencies]\nmatcher.workspace = true\n");
        let text = "use matcher::engine;\nuse recovery::journal;\nlet x = ::order_entry::X;\n\
                    use crate::client::Y;\nfn client() {}\n// use appliance::Z;\n";
        let found = check_code(&mdfeed, &Source::new("mdfeed/src/lib.rs", text));
        let lines: Vec<usize> = found.iter().map(|found| found.line).collect();
        assert_eq!(lines, [2, 3]);
    }
}
