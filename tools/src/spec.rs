//! The printers: what the tables say, for people, for Wireshark and for other programs' tests.
//!
//! | module | prints |
//! |---|---|
//! | [`document`] | a markdown document for each protocol |
//! | [`dissector`] | a dissector for Wireshark |
//! | [`vector`] | example messages, and all of them as JSON |
//! | [`sample`] | a capture in which a venue's traffic carries them |

pub mod dissector;
pub mod document;
pub mod file;
pub mod implied;
pub mod protocol;
pub mod sample;
pub mod service;
pub mod vector;
