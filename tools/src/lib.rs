//! What the `outcry` command is made of.

pub mod capture;
