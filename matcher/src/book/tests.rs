use std::collections::BTreeMap;

use protocol_spec::words::UserRefNum;

use super::*;
use crate::mix::mix;

const MOST: u32 = 400;

/// The queues of one ladder as a map, best price first.
type Queues = BTreeMap<(bool, bool), BTreeMap<u32, Vec<(Slot, u32)>>>;

fn listed(books: &Books, ladder: LadderId) -> Vec<(u32, Slot, u32)> {
    let entry = |entry: EntryId| {
        let price = ladder.price(books.level_of(entry).key).0;
        (price, entry.slot(), books.orders.open(entry).0)
    };
    books.entries(ladder).map(entry).collect()
}

fn check(books: &Books, queues: &Queues, seed: u64) {
    let mut in_use = std::collections::BTreeSet::new();
    for (&(buys, hidden), levels) in queues {
        let ladder = LadderId::new(Locate(1), buys, hidden);
        let mut expected: Vec<_> = levels
            .iter()
            .flat_map(|(&price, queue)| queue.iter().map(move |&(slot, open)| (price, slot, open)))
            .collect();
        if buys {
            // The sort is stable: the order within a queue stays.
            expected.sort_by_key(|&(price, ..)| std::cmp::Reverse(price));
        }
        assert_eq!(listed(books, ladder), expected, "seed {seed}");
        for (&price, queue) in levels {
            in_use.insert((buys, price));
            let entry = EntryId::main(queue[0].0);
            let sum: u64 = queue.iter().map(|&(_, open)| u64::from(open)).sum();
            let level = books.level_of(entry);
            assert_eq!((level.shares, level.count as usize), (sum, queue.len()), "seed {seed}");
        }
    }
    assert_eq!(books.levels_in_use() as usize, in_use.len(), "seed {seed}");
}

#[test]
fn books_do_what_sorted_maps_of_queues_do() {
    for seed in 0..40 {
        let mut books = Books::new(1, MOST, MOST, seed);
        let mut queues: Queues = BTreeMap::new();
        let mut live = Vec::new();
        let range = [8, 60, 1_000_000_000][seed as usize % 3];
        for turn in 0..3_000u64 {
            let random = mix(mix(seed) ^ turn);
            let (buys, hidden) = (random & 1 == 0, random >> 1 & 3 == 0);
            let price = Price(1 + (random >> 16) as u32 % range);
            if live.len() < MOST as usize && random >> 4 & 3 > 0 {
                let mut order = Order { locate: Locate(1), price, ..Order::BLANK };
                (order.open, order.user_ref) = (Shares(10), UserRefNum(turn as u32));
                let slot = books.orders.insert(order, &Special::NONE);
                books.join(EntryId::main(slot), LadderId::new(Locate(1), buys, hidden), price);
                let levels = queues.entry((buys, hidden)).or_default();
                levels.entry(price.0).or_default().push((slot, 10));
                live.push((slot, buys, hidden, price));
            } else if !live.is_empty() {
                let at = (random >> 32) as usize % live.len();
                let (slot, buys, hidden, price) = live[at];
                let levels = queues.get_mut(&(buys, hidden)).expect("a live order's ladder");
                let queue = levels.get_mut(&price.0).expect("a live order's level");
                let place = queue.iter().position(|(each, _)| *each == slot).expect("its entry");
                if random >> 6 & 1 == 0 && queue[place].1 > 1 {
                    books.reduce(EntryId::main(slot), Shares(1));
                    queue[place].1 -= 1;
                } else {
                    books.leave(EntryId::main(slot));
                    books.orders.remove(slot);
                    queue.remove(place);
                    if queue.is_empty() {
                        levels.remove(&price.0);
                    }
                    live.swap_remove(at);
                }
            }
            if turn % 50 == 0 {
                check(&books, &queues, seed);
            }
        }
        check(&books, &queues, seed);
    }
}

#[test]
fn tables_of_levels_of_every_size_answer_however_often_prices_change() {
    for most in 1..=64 {
        // Every price has a displayed and a hidden level.
        let mut books = Books::new(1, 2 * most, most, 3);
        let mut live = Vec::new();
        for turn in 0..20_000u64 {
            let random = mix(turn);
            if live.len() == most as usize {
                let slots: [Slot; 2] = live.swap_remove(random as usize % live.len());
                for slot in slots {
                    books.leave(EntryId::main(slot));
                    books.orders.remove(slot);
                }
            }
            let price = Price(1 + (random >> 16) as u32 % 1_999_999_900);
            let ladder = |hidden| LadderId::new(Locate(1), true, hidden);
            assert!(!books.has(ladder(false), ladder(false).key(price)));
            live.push([false, true].map(|hidden| {
                let mut order = Order { locate: Locate(1), price, ..Order::BLANK };
                order.open = Shares(1);
                let slot = books.orders.insert(order, &Special::NONE);
                books.join(EntryId::main(slot), ladder(hidden), price);
                slot
            }));
            assert_eq!(books.levels_in_use() as usize, live.len());
        }
    }
}
