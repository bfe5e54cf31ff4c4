//! What the `outcry` command is made of.

pub mod capture;
pub mod command;
pub mod spec;
