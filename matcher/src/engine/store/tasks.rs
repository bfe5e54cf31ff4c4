//! What is left to do of a command, as bytes.

use alloc::vec::Vec;

use protocol_spec::words::{OrderPrice, OrderRef, Price};

use super::{LoadError, Refs, Sink, Source, Stored, StoredOrder, possible};
use crate::book::{EntryId, Key, Orders};
use crate::engine::task::{Candidate, CrossStage, Filter, Incoming, Stage, Task, Uncross, Walk};
use crate::stored::fields;

fields! {
    Filter { firm locate group side tif }
    Candidate { price buys sells }
}

/// Writes an entry, which may be none: its order's reference, and which of its entries it is.
pub(super) fn save_entry(entry: EntryId, orders: &Orders, out: &mut dyn Sink) {
    if entry == EntryId::NONE {
        return (OrderRef(0), false).save(out);
    }
    (orders[entry.slot()].order_ref, entry.is_remainder()).save(out);
}

/// Reads an entry.
pub(super) fn load_entry(from: &mut dyn Source, refs: &Refs) -> Result<EntryId, LoadError> {
    let (order_ref, is_remainder) = <(OrderRef, bool)>::load(from)?;
    if order_ref == OrderRef(0) {
        return Ok(EntryId::NONE);
    }
    let slot = refs.find(order_ref)?;
    Ok(if is_remainder { EntryId::remainder(slot) } else { EntryId::main(slot) })
}

/// Writes a stack of tasks.
pub(super) fn save(tasks: &[Task], orders: &Orders, out: &mut dyn Sink) {
    (tasks.len() as u32).save(out);
    for task in tasks {
        save_task(task, orders, out);
    }
}

/// Reads a stack of tasks.
pub(super) fn load(
    from: &mut dyn Source,
    refs: &Refs,
    orders: &mut Orders,
) -> Result<Vec<Task>, LoadError> {
    let count = u32::load(from)?;
    (0..count).map(|_| load_task(from, refs, orders)).collect()
}

fn save_task(task: &Task, orders: &Orders, out: &mut dyn Sink) {
    match task {
        Task::Due => 0u8.save(out),
        Task::Start => 1u8.save(out),
        Task::Incoming(incoming) => {
            2u8.save(out);
            save_incoming(incoming, orders, out);
        }
        Task::Walk(walk) => {
            3u8.save(out);
            save_walk(walk, out);
        }
        Task::System(code) => (4u8, *code).save(out),
        Task::PortSystem(code, first) => (5u8, (*code, *first)).save(out),
        Task::Symbols(after) => (6u8, *after).save(out),
        Task::Overlays { overlay, reason, after, last } => {
            (7u8, (*overlay, *reason)).save(out);
            (*after, *last).save(out);
        }
        Task::Uncross(uncross) => {
            8u8.save(out);
            save_uncross(uncross, orders, out);
        }
        Task::Announce { locate, state, reason } => {
            (9u8, *locate).save(out);
            (*state, *reason).save(out);
        }
        Task::EndDay => 10u8.save(out),
    }
}

fn load_task(from: &mut dyn Source, refs: &Refs, orders: &mut Orders) -> Result<Task, LoadError> {
    Ok(match u8::load(from)? {
        0 => Task::Due,
        1 => Task::Start,
        2 => Task::Incoming(load_incoming(from, refs, orders)?),
        3 => Task::Walk(load_walk(from, refs)?),
        4 => Task::System(Stored::load(from)?),
        5 => Task::PortSystem(Stored::load(from)?, Stored::load(from)?),
        6 => Task::Symbols(Stored::load(from)?),
        7 => {
            let (overlay, reason) = Stored::load(from)?;
            let (after, last) = Stored::load(from)?;
            Task::Overlays { overlay, reason, after, last }
        }
        8 => Task::Uncross(load_uncross(from, refs)?),
        9 => {
            let locate = Stored::load(from)?;
            let (state, reason) = Stored::load(from)?;
            Task::Announce { locate, state, reason }
        }
        10 => Task::EndDay,
        _ => return Err(LoadError::Impossible("a task")),
    })
}

fn save_incoming(incoming: &Incoming, orders: &Orders, out: &mut dyn Sink) {
    let Incoming { slot, price, market: _, limit, stage, passed } = *incoming;
    StoredOrder { order: orders[slot], special: orders.special_if(slot) }.save(out);
    (price, limit).save(out);
    let stage: u8 = match stage {
        Stage::Contra => 0,
        Stage::Trial => 1,
        Stage::Sweep => 2,
        Stage::Refresh => 3,
        Stage::Settle { swept: false } => 4,
        Stage::Settle { swept: true } => 5,
    };
    stage.save(out);
    save_entry(passed, orders, out);
}

fn load_incoming(
    from: &mut dyn Source,
    refs: &Refs,
    orders: &mut Orders,
) -> Result<Incoming, LoadError> {
    let StoredOrder { order, special } = Stored::load(from)?;
    possible(orders.has_room(), "more orders on their way than one")?;
    let slot = orders.insert(order, &special);
    let (price, limit) = <(OrderPrice, _)>::load(from)?;
    let stage = match u8::load(from)? {
        0 => Stage::Contra,
        1 => Stage::Trial,
        2 => Stage::Sweep,
        3 => Stage::Refresh,
        4 => Stage::Settle { swept: false },
        5 => Stage::Settle { swept: true },
        _ => return Err(LoadError::Impossible("a stage of an order")),
    };
    let passed = load_entry(from, refs)?;
    let market = price.is_market();
    Ok(Incoming { slot, price, market, limit, stage, passed })
}

fn save_walk(walk: &Walk, out: &mut dyn Sink) {
    walk.filter.save(out);
    (walk.reason, walk.port).save(out);
    (walk.list as u8).save(out);
    // The heap's order within does not matter: tell it sorted.
    let mut heads: Vec<_> = walk.heads.iter().map(|&(order_ref, _)| order_ref).collect();
    heads.sort_unstable();
    heads.save(out);
}

fn load_walk(from: &mut dyn Source, refs: &Refs) -> Result<Walk, LoadError> {
    let filter = Stored::load(from)?;
    let (reason, port) = Stored::load(from)?;
    let mut walk = Walk::new(port, filter, reason);
    walk.list = usize::from(u8::load(from)?);
    if walk.list > 2 {
        return Err(LoadError::Impossible("a list of a port"));
    }
    for order_ref in Vec::<OrderRef>::load(from)? {
        walk.heads.push((order_ref, refs.find(order_ref)?));
    }
    walk.order_heads();
    Ok(walk)
}

fn save_uncross(uncross: &Uncross, orders: &Orders, out: &mut dyn Sink) {
    (uncross.locate, uncross.kind).save(out);
    match uncross.stage {
        CrossStage::Supply { at, sells } => {
            (0u8, (at.number(), sells)).save(out);
        }
        CrossStage::Search { at, buys, sells, best } => {
            (1u8, (at, best)).save(out);
            (buys, sells).save(out);
        }
        CrossStage::Pairs { price, volume, left, passed } => {
            (2u8, price).save(out);
            (volume, left).save(out);
            passed.iter().for_each(|&entry| save_entry(entry, orders, out));
        }
        CrossStage::Print { price, volume } => (3u8, (price, volume)).save(out),
        CrossStage::Refresh => 4u8.save(out),
    }
}

fn load_uncross(from: &mut dyn Source, refs: &Refs) -> Result<Uncross, LoadError> {
    let (locate, kind) = Stored::load(from)?;
    let stage = match u8::load(from)? {
        0 => {
            let (at, sells) = Stored::load(from)?;
            CrossStage::Supply { at: Key::from_number(at), sells }
        }
        1 => {
            let (at, best) = Stored::load(from)?;
            let (buys, sells) = Stored::load(from)?;
            CrossStage::Search { at, buys, sells, best }
        }
        2 => {
            let price = Price::load(from)?;
            let (volume, left) = Stored::load(from)?;
            let passed = [load_entry(from, refs)?, load_entry(from, refs)?];
            CrossStage::Pairs { price, volume, left, passed }
        }
        3 => {
            let (price, volume) = Stored::load(from)?;
            CrossStage::Print { price, volume }
        }
        4 => CrossStage::Refresh,
        _ => return Err(LoadError::Impossible("a stage of a cross")),
    };
    Ok(Uncross { locate, kind, stage })
}
