//! What is wrong with a configuration, and where.

use std::{error, fmt};

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The line, from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// The key with its section, as `order_entry.listen`; empty where no key is meant.
    pub key: String,
    /// The value as it is written; empty where none is meant or it is not to be shown.
    pub value: String,
    /// What is wrong with it, and what is allowed.
    pub problem: String,
}

/// Everything that is wrong with a configuration, in the order of its lines; never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    name: String,
    errors: Vec<ConfigError>,
}

impl ConfigErrors {
    /// The errors of the file called `name`.
    pub(super) fn new(name: &str, mut errors: Vec<ConfigError>) -> Self {
        errors.sort_by_key(|error| error.line);
        ConfigErrors { name: name.to_owned(), errors }
    }

    /// One error of the whole file.
    pub(super) fn of_file(name: &str, line: Option<usize>, problem: String) -> Self {
        let error = ConfigError { line, key: String::new(), value: String::new(), problem };
        ConfigErrors::new(name, vec![error])
    }

    /// The file that they are about.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The errors.
    pub fn iter(&self) -> impl Iterator<Item = &ConfigError> {
        self.errors.iter()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.key.as_str(), self.value.as_str()) {
            ("", _) => f.write_str(&self.problem),
            (key, "") => write!(f, "{key}: {}", self.problem),
            (key, value) => write!(f, "{key} = {value}: {}", self.problem),
        }
    }
}

/// A line for each error: `file:line: key = value: what is wrong`.
impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            match error.line {
                Some(line) => write!(f, "{}:{line}: {error}", self.name)?,
                None => write!(f, "{}: {error}", self.name)?,
            }
        }
        Ok(())
    }
}

impl error::Error for ConfigErrors {}
