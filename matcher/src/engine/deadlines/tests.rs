use super::*;
use crate::book::{Books, Order, Special};
use crate::mix::mix;
use crate::order::Tif;

const MOST: u32 = 300;

/// An order of the pool with a deadline.
fn timed(orders: &mut Orders, order_ref: u64, deadline: u64) -> Slot {
    let special = Special { deadline: Time(deadline), ..Special::NONE };
    let mut order = Order { order_ref: OrderRef(order_ref), tif: Tif::Gtt, ..Order::BLANK };
    order.flags = order.flags_with(&special);
    orders.insert(order, &special)
}

#[test]
fn orders_fall_due_by_deadline_and_then_by_reference_wherever_others_left() {
    for seed in 0..30 {
        let mut orders = Books::new(1, MOST, 1, 0).orders;
        let mut deadlines = Deadlines::new(MOST, 1);
        let mut expected = Vec::new();
        for turn in 0..2_000u64 {
            let random = mix(mix(seed) ^ turn);
            if expected.len() < MOST as usize && !random.is_multiple_of(3) {
                let slot = timed(&mut orders, turn + 1, random >> 20 & 31);
                deadlines.add(&mut orders, slot);
                expected.push((Time(random >> 20 & 31), OrderRef(turn + 1), slot));
            } else if !expected.is_empty() {
                let (.., slot) = expected.swap_remove(random as usize % expected.len());
                deadlines.remove(&mut orders, slot);
                orders.remove(slot);
            }
            let first =
                expected.iter().min_by_key(|(deadline, order_ref, _)| (deadline, order_ref));
            assert_eq!(deadlines.next(), first.map(|(deadline, ..)| *deadline), "seed {seed}");
            let due = first.map(|(.., slot)| Due::Order(*slot));
            assert_eq!(deadlines.due(Time(u64::MAX)), due, "seed {seed}");
        }
    }
}

#[test]
fn at_one_deadline_orders_come_before_ports_and_ports_by_number() {
    let mut orders = Books::new(1, MOST, 1, 0).orders;
    let mut deadlines = Deadlines::new(MOST, 4);
    let slot = timed(&mut orders, 1, 10);
    deadlines.add(&mut orders, slot);
    for (deadline, port) in [(10, 7), (10, 3), (9, 5)] {
        deadlines.add_port(Time(deadline), PortId(port));
    }
    let mut fell = Vec::new();
    while let Some(due) = deadlines.due(Time(10)) {
        match due {
            Due::Order(slot) => deadlines.remove(&mut orders, slot),
            Due::Port(port) => {
                let deadline = if port == PortId(5) { Time(9) } else { Time(10) };
                deadlines.remove_port(deadline, port);
            }
        }
        fell.push(due);
    }
    let ports = [5, 3, 7].map(|port| Due::Port(PortId(port)));
    assert_eq!(fell, [ports[0], Due::Order(slot), ports[1], ports[2]]);
}
