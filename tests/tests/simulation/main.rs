//! The venue in a world made up: what it promises, whatever happens to it.

mod calendar;
mod checkpoints;
mod crashes;
mod days;
mod faults;
mod feed;
mod flow;
mod operator;
mod replays;
mod restarts;
mod rewind;
mod rewinder;
mod rounds;
mod segments;
