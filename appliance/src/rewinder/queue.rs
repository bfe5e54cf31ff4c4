//! The way of messages from the core to the rewinder.
//!
//! ```text
//!   core ── tell ──▶ kept ── room ──▶ queue ──▶ rewinder
//!     ▲                                           │
//!     └────────────── buffers, used again ◀───────┘
//! ```
//!
//! It is bounded in words and in bytes. While there is little room those who send much are slowed
//! down; what has none stays with the core, which then takes in no more orders. A chunk wakes
//! nobody: whoever asks for its messages does, and so do many chunks.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};
use protocol_spec::words::FeedNo;
use recovery::rewind::Store;

use super::files::Files;
use super::tally::Tally;
use crate::progress::Progress;
use crate::room::Room;

/// Words that wait at most.
const WORDS: usize = 4096;
/// Bytes that wait at most, or one chunk.
const BYTES: u64 = 8 << 20;
/// Words, or bytes, after which the rewinder is woken: nobody waits for a chunk to be written, and
/// a thread that is woken takes its core from somebody.
const HEARD: (usize, usize) = (1024, 1 << 20);
/// Buffers that wait to be used again, and how long they are at most: one long chunk does not take
/// its memory for the rest of the day.
const SPARE: (usize, usize) = (64, 1 << 20);

/// A day begins, or goes on.
#[derive(Debug)]
pub struct Begin {
    /// Its files.
    pub files: Files,
    /// Its messages so far.
    pub store: Store,
    /// Bytes of the index that are right, where the files go on behind what the store has; `None`
    /// makes both anew.
    pub from: Option<u64>,
    /// Where it is told how far the file is.
    pub progress: Arc<Progress>,
}

/// What the core says.
#[derive(Debug)]
pub(super) enum Word {
    /// A day begins.
    Begin(Box<Begin>),
    /// Messages as records, and the number of the first.
    Records(FeedNo, Vec<u8>),
    /// Nothing more is told of the day.
    End,
}

/// What waits in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Words, those included for which there was no room yet; long ones count for several, so that
    /// the room is gone when that for bytes is.
    pub waiting: usize,
    /// Words for which there is room.
    pub room: usize,
}

/// The core's end.
pub struct Publications {
    kept: VecDeque<Word>,
    words: Sender<Word>,
    spare: Receiver<Vec<u8>>,
    tally: Arc<Tally>,
    wake: Option<Box<dyn Fn() + Send>>,
    /// Words and bytes that were passed on since the rewinder was woken last.
    unheard: (usize, usize),
}

/// The rewinder's end.
#[derive(Debug)]
pub(super) struct Words {
    words: Receiver<Word>,
    spare: Sender<Vec<u8>>,
    tally: Arc<Tally>,
}

/// Both ends.
pub(super) fn queue(tally: Arc<Tally>) -> (Publications, Words) {
    let (words, said) = bounded(WORDS);
    let (used, spare) = bounded(SPARE.0);
    let (kept, wake, unheard) = (VecDeque::new(), None, (0, 0));
    let told = Arc::clone(&tally);
    (
        Publications { kept, words, spare, tally, wake, unheard },
        Words { words: said, spare: used, tally: told },
    )
}

impl Publications {
    /// A day begins or goes on, in the place of the one before.
    pub fn begin(&mut self, begin: Begin) {
        self.say(Word::Begin(Box::new(begin)));
    }

    /// Messages were told: `first` is the number of the first of these records. Whoever asks for
    /// them from now on is answered.
    pub fn tell(&mut self, first: FeedNo, records: &[u8]) {
        if records.is_empty() {
            return;
        }
        let mut chunk = self.spare.try_recv().unwrap_or_default();
        chunk.clear();
        chunk.extend_from_slice(records);
        self.say(Word::Records(first, chunk));
    }

    /// Nothing more is told of the day.
    pub fn end(&mut self) {
        self.say(Word::End);
    }

    fn say(&mut self, word: Word) {
        self.kept.push_back(word);
        self.pass_on();
    }

    /// Says how the rewinder is woken.
    pub fn wakes(&mut self, wake: impl Fn() + Send + 'static) {
        self.wake = Some(Box::new(wake));
    }

    /// Passes on what was kept, as far as there is room.
    pub fn pass_on(&mut self) {
        while let Some(word) = self.kept.pop_front() {
            let bytes = word.bytes();
            let waiting = self.tally.waiting.load(Ordering::Acquire);
            let has_room = waiting == 0 || waiting + bytes as u64 <= BYTES;
            if !has_room {
                self.kept.push_front(word);
                self.wake();
                return;
            }
            let is_chunk = matches!(word, Word::Records(..));
            // Before it is there: the rewinder never takes away what was not counted.
            self.tally.waiting.fetch_add(bytes as u64, Ordering::AcqRel);
            if let Err(error) = self.words.try_send(word) {
                // A rewinder that is gone has died, and the process with it.
                let (TrySendError::Full(word) | TrySendError::Disconnected(word)) = error;
                self.tally.waiting.fetch_sub(bytes as u64, Ordering::AcqRel);
                self.kept.push_front(word);
                self.wake();
                return;
            }
            self.unheard = (self.unheard.0 + 1, self.unheard.1 + bytes);
            if !is_chunk || self.unheard.0 >= HEARD.0 || self.unheard.1 >= HEARD.1 {
                self.wake();
            }
        }
    }

    fn wake(&mut self) {
        self.unheard = (0, 0);
        if let Some(wake) = &self.wake {
            wake();
        }
    }

    /// Whether the rewinder has fallen behind.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.kept.is_empty()
    }

    /// What waits in the queue.
    #[must_use]
    pub fn load(&self) -> Load {
        Load { waiting: self.taken() + self.kept.len(), room: WORDS }
    }

    /// Room for messages before they are told: plenty until much more waits than the rewinder lets
    /// wait while it keeps up.
    #[must_use]
    pub fn room(&self) -> Room {
        Room::of(WORDS.saturating_sub(self.taken()) as u64, WORDS as u64 / 2)
    }

    /// Words for which there is no room any more, be it for what they are or for their bytes.
    fn taken(&self) -> usize {
        let bytes = self.tally.waiting.load(Ordering::Acquire);
        let by_bytes = usize::try_from(bytes.div_ceil(BYTES / WORDS as u64)).unwrap_or(usize::MAX);
        self.words.len().max(by_bytes)
    }

    /// What the rewinder counts.
    #[must_use]
    pub fn counters(&self) -> &Arc<Tally> {
        &self.tally
    }
}

/// The rewinder finds out that nothing more comes when it is woken.
impl Drop for Publications {
    fn drop(&mut self) {
        let (gone, _) = bounded(0);
        self.words = gone;
        self.wake();
    }
}

impl fmt::Debug for Publications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publications").field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}

impl Word {
    /// Bytes of messages.
    fn bytes(&self) -> usize {
        match self {
            Word::Records(_, records) => records.len(),
            Word::Begin(_) | Word::End => 0,
        }
    }
}

impl Words {
    /// The next word, if there is one; an error once there will be none.
    pub(super) fn poll(&self) -> Result<Option<Word>, Over> {
        match self.words.try_recv() {
            Ok(word) => {
                self.tally.waiting.fetch_sub(word.bytes() as u64, Ordering::AcqRel);
                Ok(Some(word))
            }
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(Over),
        }
    }

    /// Gives back the memory of a chunk.
    pub(super) fn give_back(&self, chunk: Vec<u8>) {
        if chunk.capacity() <= SPARE.1 {
            // Of more than that nobody has a use.
            self.spare.try_send(chunk).unwrap_or_default();
        }
    }
}

/// The core has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over;

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Both ends, and how often the rewinder was woken.
    fn counted() -> (Publications, Words, Arc<AtomicUsize>) {
        let (mut core, words) = queue(Arc::default());
        let count = Arc::<AtomicUsize>::default();
        let counts = Arc::clone(&count);
        core.wakes(move || {
            counts.fetch_add(1, Ordering::Relaxed);
        });
        (core, words, count)
    }

    fn records(words: &Words) -> Option<(FeedNo, usize)> {
        match words.poll() {
            Ok(Some(Word::Records(first, records))) => {
                let len = records.len();
                words.give_back(records);
                Some((first, len))
            }
            Ok(None) => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_chunk_wakes_nobody_and_many_do() {
        let (mut core, words, woken) = counted();
        for number in 1..HEARD.0 as u64 {
            core.tell(FeedNo(number), b"\0\x01a");
        }
        assert_eq!(woken.load(Ordering::Relaxed), 0);
        core.tell(FeedNo(HEARD.0 as u64), b"\0\x01a");
        assert_eq!(woken.load(Ordering::Relaxed), 1);
        core.tell(FeedNo(9_000), &vec![0; HEARD.1]);
        core.end();
        assert_eq!(woken.load(Ordering::Relaxed), 3);
        assert_eq!(core.counters().waiting(), 3 * HEARD.0 as u64 + HEARD.1 as u64);
        for number in 1..=HEARD.0 as u64 {
            assert_eq!(records(&words), Some((FeedNo(number), 3)));
        }
        assert_eq!(core.counters().waiting(), HEARD.1 as u64);
        drop(core);
        assert_eq!(woken.load(Ordering::Relaxed), 4, "it finds out that nothing more comes");
        assert_eq!(records(&words), Some((FeedNo(9_000), HEARD.1)));
        assert!(matches!(words.poll(), Ok(Some(Word::End))));
        assert!(words.poll().is_err());
    }

    #[test]
    fn what_has_no_room_stays_with_the_core_in_order() {
        let (mut core, words, _) = counted();
        let chunk = vec![0; BYTES as usize / 4];
        for number in 1..=6 {
            core.tell(FeedNo(number), &chunk);
            assert_eq!(core.is_behind(), number > 4, "{number}");
        }
        core.tell(FeedNo(7), b"");
        for number in 1..=6 {
            core.pass_on();
            assert_eq!(records(&words), Some((FeedNo(number), chunk.len())));
        }
        assert!(!core.is_behind() && records(&words).is_none());
        // One that is longer than all that may wait goes alone.
        core.tell(FeedNo(8), &vec![0; BYTES as usize + 1]);
        core.tell(FeedNo(9), b"\0\x01a");
        assert!(core.is_behind());
        assert_eq!(records(&words), Some((FeedNo(8), BYTES as usize + 1)));
        core.pass_on();
        assert_eq!(records(&words), Some((FeedNo(9), 3)));
    }

    #[test]
    fn many_small_chunks_are_bounded_too() {
        let (mut core, words, _) = counted();
        for number in 0..=WORDS as u64 {
            assert!(!core.is_behind());
            core.tell(FeedNo(number), b"\0\x01a");
        }
        assert!(core.is_behind());
        assert!(records(&words).is_some());
        core.pass_on();
        assert!(!core.is_behind());
    }

    #[test]
    fn the_load_is_what_is_fuller_of_words_and_bytes() {
        let (mut core, words, _) = counted();
        let load = |waiting| Load { waiting, room: WORDS };
        assert_eq!((core.load(), core.room()), (load(0), Room::Plenty));
        for number in 1..=HEARD.0 as u64 {
            core.tell(FeedNo(number), b"\0\x01a");
        }
        assert_eq!(core.load(), load(HEARD.0));
        assert_eq!(core.room(), Room::Plenty, "it was not even woken before");
        while records(&words).is_some() {}
        assert_eq!(core.load(), load(0));
        for (parts, room) in [(4, Room::Plenty), (5, Room::Short), (7, Room::Scarce)] {
            while core.load().waiting < WORDS / 8 * parts {
                core.tell(FeedNo(1), &vec![0; BYTES as usize / 8]);
            }
            assert_eq!((core.load(), core.room()), (load(WORDS / 8 * parts), room));
        }
        core.tell(FeedNo(1), &vec![0; BYTES as usize]);
        assert!(core.is_behind());
        assert_eq!(core.load(), load(WORDS / 8 * 7 + 1), "what has no room yet waits too");
    }

    #[test]
    fn the_memory_of_a_long_chunk_is_not_kept() {
        let (mut core, words, _) = counted();
        for len in [SPARE.1 + 1, SPARE.1 / 2] {
            core.tell(FeedNo(1), &vec![0; len]);
            assert!(records(&words).is_some());
        }
        core.tell(FeedNo(1), b"\0\x01a");
        let Ok(Some(Word::Records(_, chunk))) = words.poll() else { panic!("it is there") };
        assert_eq!(chunk.capacity(), SPARE.1 / 2, "the one that is short enough");
        core.tell(FeedNo(1), b"\0\x01a");
        let Ok(Some(Word::Records(_, chunk))) = words.poll() else { panic!("it is there") };
        assert!(chunk.capacity() < SPARE.1 / 2, "there was no other");
    }
}
