//! Memory is asked for before it is needed.
//!
//! Commands come in batches, so what they will touch can be asked for before the first is worked
//! on: a caller that knows how to ask the memory for a line says so by [`Fetch`] and calls
//! [`Engine::fetch_ahead`](crate::engine::Engine::fetch_ahead) for the next few commands. While one
//! line is on its way, many others are too. Nothing of it changes anything but time.

/// Asks the memory for the line in which something lies.
pub trait Fetch {
    /// Asks for it and goes on at once.
    fn fetch<T>(&self, at: &T);
}

/// With fewer live orders than this all that matters stays in the caches by itself.
pub const FEW: u32 = 1 << 17;

/// Most commands that memory is asked for at once: as many lines fit into the nearest cache, and
/// are on their way at the same time, as are needed for so many.
pub const GROUP: usize = 16;
