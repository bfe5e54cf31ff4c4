//! The mix is that of a real day, within the bounds that were measured there.

use std::sync::LazyLock;

use super::*;
use crate::workload::Mix;

/// A small market, made once for all tests.
fn small() -> &'static Flow {
    static SMALL: LazyLock<Flow> =
        LazyLock::new(|| Real { symbols: 300, live: 12_000 }.flow("small", 200_000, 1));
    &SMALL
}

#[test]
fn a_seed_gives_the_same_flow_and_another_one_another() {
    let flow = |seed| Real { symbols: 20, live: 500 }.flow("small", 5_000, seed);
    assert_eq!(flow(1).steps, flow(1).steps);
    assert_eq!(flow(1).expected, flow(1).expected);
    assert_ne!(flow(1).steps, flow(2).steps);
}

#[test]
fn a_feed_would_tell_the_messages_of_a_real_day_in_their_shares() {
    let mix = small().mix;
    let Mix { adds, deletes, replaces, reductions, executions, hidden } = mix;
    let total = mix.total() as f64;
    let share = |count: u64| count as f64 * 100.0 / total;
    let within = |count, from: f64, to: f64| (from..to).contains(&share(count));
    assert!(within(adds, 41.0, 46.0), "{mix:?}");
    assert!(within(deletes, 40.0, 46.0), "{mix:?}");
    assert!(within(replaces, 6.0, 8.0), "{mix:?}");
    assert!(within(reductions, 1.0, 2.0), "{mix:?}");
    assert!(within(executions, 1.0, 4.0), "{mix:?}");
    assert!(within(hidden, 0.1, 2.0), "{mix:?}");
}

#[test]
fn as_many_orders_are_live_at_the_end_as_at_the_beginning() {
    let flow = small();
    assert_eq!(flow.opening, 12_000);
    let resting = flow.expected.resting.orders;
    assert!((10_500..13_500).contains(&resting), "{resting}");
}

/// Where new displayed orders were put, beside the best price of their side, in 1,000 of them:
/// better, at it, a tick behind, further.
fn places(flow: &Flow) -> [u64; 4] {
    let mut book = PlainBook::new(flow.symbols);
    let mut places = [0; 4];
    for (at, step) in flow.steps.iter().enumerate() {
        if let Step::Enter { price, symbol, side, style: Style::Shown, .. } = *step
            && at >= flow.opening
            && let Some(best) = book.best(symbol, side)
        {
            let better = match side {
                Side::Buy => i64::from(price) - i64::from(best),
                Side::Sell => i64::from(best) - i64::from(price),
            };
            let crosses = book.best(symbol, side.opposite()).is_some_and(|other| match side {
                Side::Buy => price >= other,
                Side::Sell => price <= other,
            });
            match better {
                _ if crosses => {}
                1.. => places[0] += 1,
                0 => places[1] += 1,
                -1 => places[2] += 1,
                _ => places[3] += 1,
            }
        }
        book.apply(step);
    }
    let all: u64 = places.iter().sum();
    places.map(|count| count * 1_000 / all)
}

#[test]
fn orders_come_where_they_come_on_a_real_day() {
    let [better, at, behind, further] = places(small());
    assert!((150..250).contains(&better), "{better}");
    assert!((60..150).contains(&at), "{at}");
    assert!((220..280).contains(&behind), "{behind}");
    assert!((400..520).contains(&further), "{further}");
}

#[test]
fn few_cancels_come_too_late() {
    let flow = small();
    let mut book = PlainBook::new(flow.symbols);
    let mut late = 0;
    for step in &flow.steps {
        if let Step::Cancel { id, .. } = step {
            late += usize::from(book.get(*id).is_none());
        }
        book.apply(step);
    }
    let late = late * 1_000 / flow.steps.len();
    assert!((1..30).contains(&late), "{late} of 1,000");
}

#[test]
fn half_of_all_sizes_are_100() {
    let flow = small();
    let sizes: Vec<u32> = flow
        .steps
        .iter()
        .filter_map(|step| match step {
            Step::Enter { quantity, .. } => Some(*quantity),
            _ => None,
        })
        .collect();
    let plain = sizes.iter().filter(|size| **size == 100).count() * 1_000 / sizes.len();
    assert!((470..530).contains(&plain), "{plain}");
    assert!(sizes.iter().all(|size| (1..=999_999).contains(size)));
}

#[test]
fn no_security_dominates_a_whole_market() {
    let flow = Real::DAY.flow("real", 200_000, 1);
    let of_first = |step: &&Step| match step {
        Step::Enter { symbol, .. } | Step::Replace { symbol, .. } => *symbol == 0,
        Step::Cancel { .. } => false,
    };
    let orders = flow.steps.iter().filter(|step| !matches!(step, Step::Cancel { .. })).count();
    let first = flow.steps.iter().filter(of_first).count() * 10_000 / orders;
    assert!((50..200).contains(&first), "{first} of 10,000");
}

#[test]
fn a_replacement_comes_by_the_port_of_its_original() {
    let mut last = 0;
    for step in &small().steps {
        match *step {
            Step::Enter { id, tip, quantity, style, .. } => {
                assert!(id > last && tip <= quantity);
                assert!(tip == 0 || style == Style::Shown);
                last = id;
            }
            Step::Replace { id, original, .. } => {
                assert!(id > last && original < id && id % PORTS == original % PORTS);
                last = id;
            }
            Step::Cancel { id, .. } => assert!((1..=last).contains(&id)),
        }
    }
}

#[test]
fn lifetimes_span_five_decades_with_a_median_below_a_second() {
    let mut random = Random::new(1);
    let mut lives: Vec<u64> = (0..20_001).map(|_| draw::life(&mut random, Place::Tail)).collect();
    lives.sort_unstable();
    assert!(lives[0] < 1_000_000 && lives[20_000] > 50_000_000_000);
    let median = lives[10_000];
    assert!((200_000_000..1_000_000_000).contains(&median), "{median}");
}
