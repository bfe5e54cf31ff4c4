//! The session protocols as machines without input or output of their own.
//!
//! All of them speak one grammar. Learn one, know all:
//!
//! | call | meaning |
//! |---|---|
//! | `on_*(now, ..)` | something happened: bytes came, were written, the peer closed, time passed |
//! | `poll_event()` | what that means to the layer above; ask until there is nothing more |
//! | `poll_output()`, `poll_packet()` | bytes to be written |
//! | `poll_action()` | what else is to be done with the connection |
//! | `poll_timeout()` | when to call `on_timeout` at the latest |
//!
//! What the layer above wants is a verb of its own (`accept`, `send`, `log_out`). Time is an
//! argument, buffers are bounded, and nothing waits.

pub mod mold;
pub mod soup;
