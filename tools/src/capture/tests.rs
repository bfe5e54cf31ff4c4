//! Captures made in memory, read back.

mod damage;
mod files;
mod kit;
mod packets;
mod shuffle;
mod streams;
mod writing;
