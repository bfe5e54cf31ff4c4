//! Programs that others wrote, as the other end of the feed.

mod parsed;
mod python;
mod rust;
