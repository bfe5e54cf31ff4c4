//! What the configuration takes, and what it says of what it does not take.

mod calendar;
mod changes;
mod contradictions;
mod defaults;
mod embedded;
mod feed;
mod random;
mod secrets;
mod unknown;
mod values;

use super::{Config, ConfigErrors};

/// The configuration in `text`. One environment variable is set: `SECRET`.
fn parse(text: &str) -> Result<Config, ConfigErrors> {
    let env = |name: &str| match name {
        "SECRET" => Some("hunter2".to_owned()),
        "SPACED" => Some("hunter2\n".to_owned()),
        _ => None,
    };
    Config::parse(text, "v.toml", &env)
}

/// The configuration in `text`, which is right.
fn right(text: &str) -> Config {
    parse(text).unwrap_or_else(|errors| panic!("{errors}\nin\n{text}"))
}

/// What is said of `text`, which is wrong.
fn wrong(text: &str) -> Vec<String> {
    let errors = parse(text).err().unwrap_or_else(|| panic!("nothing is wrong with\n{text}"));
    errors.to_string().lines().map(str::to_owned).collect()
}
