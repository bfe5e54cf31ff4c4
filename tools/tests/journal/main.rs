//! `outcry journal`, run as a user runs it, over journals that each test writes and over those of a
//! venue.

mod cat;
mod diff;
#[path = "../run/kit/folder.rs"]
mod folder;
mod kit;
mod quarantine;
mod replay;
mod skips;
mod trades;
mod venue;
mod verify;
