//! The house rules. Each violation is printed as `path:line: rule: what`.

use std::sync::LazyLock;

use tests::tidy::tree::Tree;
use tests::tidy::{arrows, assert_none, circles, leftovers, modules, purity, shape, top};

/// The tree, read once for all rules.
fn tree() -> &'static Tree {
    static TREE: LazyLock<Tree> = LazyLock::new(Tree::read);
    &TREE
}

#[test]
fn the_tree_that_is_checked_is_the_whole_one() {
    let tree = tree();
    let paths: Vec<&str> = tree.sources.iter().map(|source| source.path.as_str()).collect();
    for path in ["Cargo.toml", "protocol-spec/src/lib.rs", "tests/tests/tidy.rs"] {
        assert!(paths.contains(&path), "{path} was not read");
    }
    assert!(tree.members().count() >= 3, "the workspace has at least three crates");
}

#[test]
fn crates_import_only_what_stands_on_lower_floors() {
    let tree = tree();
    let mut all: Vec<_> = tree.members().flat_map(arrows::check).collect();
    for manifest in tree.members() {
        let dir = manifest.path.trim_end_matches("Cargo.toml");
        let own = tree.sources.iter().filter(|source| source.path.starts_with(dir));
        all.extend(own.flat_map(|source| arrows::check_code(manifest, source)));
    }
    assert_none(all);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let tree = tree();
    let dirs = tree.members().map(|member| member.path.trim_end_matches("/Cargo.toml"));
    assert_none(dirs.flat_map(|dir| circles::check(dir, &tree.sources)).collect());
}

#[test]
fn files_functions_and_lines_are_short() {
    assert_none(tree().sources.iter().flat_map(shape::check).collect());
}

#[test]
fn nothing_was_left_behind() {
    assert_none(tree().sources.iter().flat_map(leftovers::check).collect());
}

#[test]
fn every_file_is_part_of_a_crate_and_every_crate_has_code() {
    let tree = tree();
    let dir = |path: &str| path.trim_end_matches("/Cargo.toml").to_owned();
    let dirs: Vec<String> = tree.manifests.iter().map(|crate_| dir(&crate_.path)).collect();
    let dirs: Vec<&str> = dirs.iter().map(String::as_str).collect();
    let mut all = modules::dead_files(&dirs, &tree.sources);
    let members = tree.members().map(|member| dir(&member.path));
    all.extend(members.filter_map(|member| modules::empty_crate(&member, &tree.sources)));
    assert_none(all);
}

#[test]
fn pure_crates_do_not_know_the_world() {
    let tree = tree();
    let mut all: Vec<_> = tree.sources.iter().flat_map(purity::check).collect();
    let pure = tree.members().filter(|member| purity::PURE.contains(&member.name.as_str()));
    for member in pure {
        let features = tree.features_of(&member.name);
        assert!(features.contains(&member.name), "cargo tree told nothing: {features}");
        all.extend(purity::std_features(&member.name, &features));
    }
    assert_none(all);
}

#[test]
fn only_the_appliance_is_unsafe() {
    assert_none(tree().sources.iter().flat_map(purity::unsafe_code).collect());
}

#[test]
fn the_top_holds_what_the_design_has_and_no_file_is_large() {
    let sizes = &tree().sizes;
    assert_none(sizes.iter().flat_map(|(path, bytes)| top::check(path, *bytes)).collect());
}
