//! What the `outcry` command is made of.
