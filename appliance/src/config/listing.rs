//! Lists in which names must differ, and that must not be too long.

use std::collections::BTreeMap;

use toml::Spanned;

use super::document::Document;

/// What holds for a list of the configuration.
pub(super) struct Listing {
    /// The key that names an entry.
    pub(super) key: &'static str,
    /// Whether names that differ in case alone are the same.
    pub(super) names_ignore_case: bool,
    /// The key that limits the list, with its value if that is right.
    pub(super) limit: (&'static str, Option<u32>),
}

impl Listing {
    /// The entries, once it is noted what is wrong with them.
    pub(super) fn check<T>(
        &self,
        document: &mut Document<'_>,
        entries: impl Iterator<Item = Spanned<T>>,
        name: impl Fn(&T) -> String,
    ) -> Vec<T> {
        let mut lines = BTreeMap::new();
        let mut all = Vec::new();
        for (at, entry) in (0..).zip(entries) {
            let place = entry.span();
            let entry = entry.into_inner();
            let name = name(&entry);
            let line = document.line(&place);
            let same =
                if self.names_ignore_case { name.to_ascii_uppercase() } else { name.clone() };
            if let Some(before) = lines.insert(same, line) {
                let problem = format!("\"{name}\" is named at line {before} already");
                document.fault(place.clone(), self.key, problem);
            }
            if self.limit.1 == Some(at) {
                let problem = format!("from here on there are more than {} = {at}", self.limit.0);
                document.fault(place, self.key, problem);
            }
            all.push(entry);
        }
        all
    }
}
