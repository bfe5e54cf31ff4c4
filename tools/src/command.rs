//! The subcommands, one module each, and what they share.

pub mod failure;
pub mod output;
pub mod spec;

pub use failure::Failure;
