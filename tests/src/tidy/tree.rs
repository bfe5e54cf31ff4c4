//! The files of the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::arrows::Manifest;
use super::code::Source;

/// The workspace, read.
#[derive(Clone, Debug)]
pub struct Tree {
    /// Where it lies.
    pub root: PathBuf,
    /// Path and bytes of each file that is, or would be, under version control.
    pub sizes: Vec<(String, u64)>,
    /// The files that are text.
    pub sources: Vec<Source>,
    /// The manifests of all crates.
    pub manifests: Vec<Manifest>,
}

impl Tree {
    /// Reads the workspace that this crate belongs to.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn read() -> Self {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = own.parent().expect("the workspace is around this crate").to_owned();
        let mut tree = Tree { sizes: Vec::new(), sources: Vec::new(), manifests: Vec::new(), root };
        for path in listed(&tree.root).unwrap_or_else(|| walked(&tree.root)) {
            // A file that was deleted is listed until the deletion is committed.
            let Ok(bytes) = std::fs::read(tree.root.join(&path)) else {
                continue;
            };
            tree.sizes.push((path.clone(), bytes.len() as u64));
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            if path.ends_with("Cargo.toml") {
                tree.manifests.extend(Manifest::new(&path, &text));
            }
            tree.sources.push(Source::new(&path, &text));
        }
        tree
    }

    /// The crates of the workspace: all but the fuzzer, which is a workspace of its own.
    pub fn members(&self) -> impl Iterator<Item = &Manifest> {
        let is_member = |manifest: &&Manifest| manifest.path.split('/').count() == 2;
        self.manifests.iter().filter(is_member)
    }

    /// What `cargo tree` says of the features of a crate and of all that it depends on.
    ///
    /// # Panics
    /// If cargo cannot tell.
    #[must_use]
    pub fn features_of(&self, name: &str) -> String {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "--offline", "--prefix", "none"])
            .args(["--edges", "normal,features,no-proc-macro", "--package", name])
            .current_dir(&self.root)
            .output()
            .expect("cargo runs: it has started this");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "cargo tree of {name}: {errors}");
        String::from_utf8(output.stdout).expect("cargo prints text")
    }
}

/// The files that git has, if there is git. What people try out beside them is theirs.
fn listed(root: &Path) -> Option<Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_terminator('\0').map(str::to_owned).collect())
}

/// The files that lie there, for a tree that was unpacked without its history; at the top only
/// directories and manifests, for people may leave there what they try out.
fn walked(root: &Path) -> Vec<String> {
    let built = ["target", ".git", "corpus", "artifacts"];
    let (mut open, mut files) = (vec![root.to_owned()], Vec::new());
    while let Some(dir) = open.pop() {
        let entries =
            std::fs::read_dir(&dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
        for entry in entries {
            let path = entry.expect("an entry of a directory that can be read").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir() && !built.contains(&name) {
                open.push(path);
            } else if path.is_file() && (dir != root || name.starts_with("Cargo.")) {
                let inside = path.strip_prefix(root).expect("it was found there");
                files.push(inside.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_find_the_files_find_this_one() {
        let root = Tree::read().root;
        let own = "tests/src/tidy/tree.rs".to_owned();
        assert!(walked(&root).contains(&own));
        assert!(listed(&root).is_none_or(|files| files.contains(&own)));
    }
}
