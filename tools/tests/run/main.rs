//! `outcry run`, run as a user runs it, over real sockets.

mod kit;

mod breaks;
mod calendar;
mod changes;
mod checkpoints;
mod crowds;
mod days;
mod disks;
mod feed;
mod kills;
mod lasting;
mod logins;
mod messages;
mod offices;
mod operators;
mod process;
mod reconnects;
mod reins;
mod rerequests;
mod streams;
mod throngs;
mod tool;
