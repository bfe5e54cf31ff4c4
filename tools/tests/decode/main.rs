//! `outcry decode`, run as a user runs it.

mod captures;
mod files;
mod filters;
mod golden;
mod hex;
mod inputs;
mod json;
mod kit;
mod loss;
mod real;
