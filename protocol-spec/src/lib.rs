//! What the bytes mean and how the conversations go.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]
