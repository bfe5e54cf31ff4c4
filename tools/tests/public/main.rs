//! The public stream of `outcry run`, from the outside: real sockets, real processes, bad lines,
//! other hosts, and clients that others wrote.

mod kit;

mod abuse;
mod answers;
mod cables;
mod foreign;
mod kills;
mod lines;
mod weather;
