//! `outcry admin` and the socket and the meters behind it, with a core that does what each test
//! says.

mod clients;
mod commands;
mod documents;
mod doors;
mod kit;
mod metrics;
mod sample;
mod shapes;
