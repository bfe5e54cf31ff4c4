//! What another thread reads, a chunk at a time.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

use crate::journal::error::{Halt, JournalFailure};

/// Chunks that wait to be compared.
const ROOM: usize = 4;

/// What another thread reads, one after the other.
pub(super) struct Chunks<T> {
    queue: Receiver<Result<Vec<T>, JournalFailure>>,
    chunk: VecDeque<T>,
}

/// Where it hands what it has read.
pub(super) struct Hand<T>(SyncSender<Result<Vec<T>, JournalFailure>>);

impl<T> Hand<T> {
    /// Hands a chunk on.
    ///
    /// # Errors
    /// If nobody wants more.
    pub(super) fn on(&self, chunk: Vec<T>) -> Result<(), Halt> {
        self.0.send(Ok(chunk)).map_err(|_| Halt::Unread)
    }
}

impl<T: Send> Chunks<T> {
    /// Begins a thread that reads.
    pub(super) fn begin<'scope>(
        scope: &'scope Scope<'scope, '_>,
        read: impl FnOnce(&Hand<T>) -> Result<(), JournalFailure> + Send + 'scope,
    ) -> Self
    where
        T: 'scope,
    {
        let (sender, queue) = sync_channel(ROOM);
        scope.spawn(move || {
            let hand = Hand(sender);
            if let Err(failure) = read(&hand) {
                // Who compares may have found enough and be gone.
                hand.0.send(Err(failure)).unwrap_or_default();
            }
        });
        Chunks { queue, chunk: VecDeque::new() }
    }

    /// The next one, `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<T>, JournalFailure> {
        loop {
            if let Some(next) = self.chunk.pop_front() {
                return Ok(Some(next));
            }
            match self.queue.recv() {
                Ok(chunk) => self.chunk = chunk?.into(),
                Err(_) => return Ok(None),
            }
        }
    }

    /// The next ones, at most so many.
    pub(super) fn some(&mut self, count: usize) -> Result<Vec<T>, JournalFailure> {
        let mut some = Vec::new();
        while some.len() < count
            && let Some(next) = self.next()?
        {
            some.push(next);
        }
        Ok(some)
    }
}
