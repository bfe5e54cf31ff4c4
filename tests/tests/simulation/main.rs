//! The venue in a world made up: what it promises, whatever happens to it.

mod crashes;
mod days;
mod faults;
mod flow;
mod replays;
mod restarts;
mod rounds;
mod segments;
