//! Memory is asked for before it is needed.
//!
//! Commands come in batches, so what the next ones will touch is known while one is worked on. A
//! caller that knows how to ask the memory for a line says so by [`Fetch`] and calls
//! [`Engine::ahead`](crate::engine::Engine::ahead) for commands that are a few places ahead: once
//! in each [`Ahead`], from the farthest to the nearest, since each finds its lines by what the one
//! before has fetched. Nothing of it changes anything but time.

/// Asks the memory for the line in which something lies.
pub trait Fetch {
    /// Asks for it and goes on at once.
    fn fetch<T>(&self, at: &T);
}

/// How far ahead a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ahead {
    /// The table by which it finds its order; its security.
    Tables,
    /// The order; the level of its price.
    Objects,
    /// The neighbours of the order; the last order of the level.
    Neighbours,
}

impl Ahead {
    /// Every step, from the farthest to the nearest, with how many commands ahead it pays.
    pub const ALL: [(Ahead, usize); 3] =
        [(Ahead::Tables, 12), (Ahead::Objects, 8), (Ahead::Neighbours, 4)];
}
