//! The session protocols as machines without input or output of their own.
