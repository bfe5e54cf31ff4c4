//! What several tests need.

pub mod soup_pair;
