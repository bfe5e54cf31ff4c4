//! The replies of the day, read again by whoever comes back.

use std::sync::Mutex;
use std::time::Duration;

use client::{Error, OrderClient};
use protocol_spec::words::SequenceNo;

use super::ledger::{Ledger, MOST_RECENT};

/// Reads the replies up to the login into the ledger; whether all of them came, each within
/// `wait`.
pub(super) fn catch_up(
    venue: &mut OrderClient,
    ledger: &Mutex<Ledger>,
    wait: Duration,
) -> Result<bool, Error> {
    let past = venue.past();
    // Of a single reply it is not known whether it is there.
    let is_sure = past > SequenceNo(1);
    let silence = wait.min(Duration::from_millis(200));
    while venue.next_number() <= past {
        let Some(reply) = venue.next(if is_sure { wait } else { silence })? else {
            return Ok(!is_sure);
        };
        let mut ledger = ledger.lock().expect("nobody panics with the ledger");
        if reply.number.0 + (MOST_RECENT as u64) < past.0 {
            ledger.take_old(&reply);
        } else {
            ledger.take(&reply);
        }
    }
    Ok(true)
}
