use std::collections::BTreeMap;

use protocol_spec::words::{PortId, UserRefIdx};

use super::*;
use crate::book::{Books, Order, Special};
use crate::mix::mix;

const MOST: u32 = 500;

/// Numbers as brokers choose them: in a row, far apart, with equal low bits, on all channels.
fn owner(random: u64) -> Owner {
    let number = match random % 4 {
        0 => (random >> 8) % 600,
        1 => 4_000_000_000 + (random >> 8) % 300,
        2 => ((random >> 8) % 600) << 20,
        _ => ((random >> 8) % 600) * 8,
    };
    Owner {
        port: PortId((random >> 40) as u16 % 3),
        idx: UserRefIdx((random >> 44) as u8 % 2 * 255),
        user_ref: UserRefNum(number as u32),
    }
}

#[test]
fn live_orders_are_found_by_their_numbers_and_others_are_not() {
    for seed in 0..20 {
        let mut orders = Books::new(1, MOST, 1, 0).orders;
        let mut numbers = LiveNumbers::new(MOST, seed);
        let size = numbers.buckets.len();
        let mut live = BTreeMap::new();
        for turn in 0..20_000u64 {
            let random = mix(mix(seed) ^ turn);
            let owner = owner(random);
            assert_eq!(numbers.find(&orders, owner), live.get(&owner).copied(), "seed {seed}");
            if let Some(slot) = live.remove(&owner) {
                numbers.remove(owner, slot);
                orders.remove(slot);
            } else if live.len() < MOST as usize {
                let Owner { port, idx, user_ref } = owner;
                let order = Order { port, idx, user_ref, ..Order::BLANK };
                let slot = orders.insert(order, &Special::NONE);
                numbers.insert(owner, slot);
                live.insert(owner, slot);
            }
        }
        assert_eq!(numbers.buckets.len(), size, "no number makes the table grow");
        for (owner, slot) in live {
            numbers.remove(owner, slot);
        }
        assert!(numbers.passed.iter().all(|&passed| passed == 0), "seed {seed}");
    }
}

#[test]
fn tables_of_every_size_answer_however_often_their_orders_change() {
    for most in 1..=40 {
        let mut orders = Books::new(1, most, 1, 0).orders;
        let mut numbers = LiveNumbers::new(most, 7);
        // As small as it gets, so that it is as full as it gets.
        let buckets = (most as usize).div_ceil(CELLS).next_power_of_two();
        numbers.buckets.truncate(buckets);
        numbers.passed.truncate(buckets);
        let mut live = Vec::new();
        for turn in 0..20_000u64 {
            let random = mix(turn);
            let owner = Owner { user_ref: UserRefNum(random as u32 >> 8), ..Owner::default() };
            assert_eq!(numbers.find(&orders, owner), None);
            if live.len() == most as usize {
                let (owner, slot) = live.swap_remove(random as usize % live.len());
                numbers.remove(owner, slot);
                orders.remove(slot);
            }
            let order = Order { user_ref: owner.user_ref, ..Order::BLANK };
            let slot = orders.insert(order, &Special::NONE);
            numbers.insert(owner, slot);
            live.push((owner, slot));
        }
    }
}
