//! The subcommands: their arguments, and how each is run.

pub mod admin;
pub mod bench;
pub mod config;
pub mod decode;
pub mod failure;
pub mod feed;
pub mod journal;
pub mod load;
pub mod order;
pub mod output;
pub mod run;
pub mod spec;
mod time;

pub use failure::Failure;
