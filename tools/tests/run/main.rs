//! `outcry run`, run as a user runs it, over real sockets.

mod kit;

mod changes;
mod checkpoints;
mod crowds;
mod disks;
mod kills;
mod logins;
mod messages;
mod process;
mod reconnects;
mod streams;
mod throngs;
mod tool;
