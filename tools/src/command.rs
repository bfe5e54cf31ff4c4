//! The subcommands: their arguments, and how each is run.

pub mod bench;
pub mod decode;
pub mod failure;
pub mod output;
pub mod spec;

pub use failure::Failure;
