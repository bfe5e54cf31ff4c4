//! Shapes are what they say, in small.

use super::super::Named;
use super::*;

const SMALL: Shape = Shape { symbols: 5, live: 200, moves: 20, step: 1, range: 500 };

fn entered(flow: &Flow) -> impl Iterator<Item = (u32, u16)> {
    flow.steps.iter().filter_map(|step| match step {
        Step::Enter { price, symbol, .. } => Some((*price, *symbol)),
        _ => None,
    })
}

#[test]
fn a_seed_gives_the_same_flow_and_another_one_another() {
    let flow = |seed| SMALL.flow("small", 5_000, seed);
    assert_eq!(flow(1).steps, flow(1).steps);
    assert_eq!(flow(1).expected, flow(1).expected);
    assert_ne!(flow(1).steps, flow(2).steps);
}

#[test]
fn books_are_filled_and_kept_near_their_depth() {
    let flow = SMALL.flow("small", 40_000, 1);
    assert_eq!((flow.steps.len(), flow.symbols), (40_000, 5));
    let resting = flow.expected.resting.orders;
    assert!((700..1_300).contains(&resting), "{resting}");
    let cancels = flow.steps.iter().filter(|step| matches!(step, Step::Cancel { .. })).count();
    assert!((12_000..18_000).contains(&cancels), "{cancels}");
    let trades = flow.expected.tally.trades;
    assert!((4_000..12_000).contains(&trades), "{trades}");
}

#[test]
fn the_first_security_comes_more_often_than_the_last() {
    let flow = SMALL.flow("small", 40_000, 1);
    let of = |wanted| entered(&flow).filter(|(_, symbol)| *symbol == wanted).count();
    assert!(of(0) > 2 * of(4), "{} {}", of(0), of(4));
}

#[test]
fn numbers_rise_and_cancels_name_what_came() {
    let mut last = 0;
    for step in SMALL.flow("small", 5_000, 3).steps {
        match step {
            Step::Enter { id, quantity, price, .. } => {
                assert_eq!(id, last + 1);
                assert!(quantity > 0 && (LOWEST..=HIGHEST).contains(&price));
                last = id;
            }
            Step::Cancel { id, wanted } => assert!((1..=last).contains(&id) && wanted == 0),
            Step::Replace { .. } => panic!("shapes have none"),
        }
    }
}

#[test]
fn prices_of_swing_and_crash_go_far_and_those_of_one_do_not() {
    let spread = |named: Named| {
        let flow = named.flow(60_000, 1);
        let prices: Vec<u32> = entered(&flow).map(|(price, _)| price).collect();
        prices.iter().max().expect("there are some") - prices.iter().min().expect("the same")
    };
    assert!(spread(Named::One) < 1_700);
    assert!(spread(Named::Swing) > 1_800);
    assert!(spread(Named::Crash) > 4_000);
}

#[test]
fn many_and_deep_are_smaller_where_commands_are_few() {
    let many = Named::Many.flow(130_000, 1);
    assert_eq!(many.symbols, 10_000);
    assert!((35_000..60_000).contains(&many.expected.resting.orders));
    let deep = Named::Deep.flow(30_000, 1);
    assert!((8_000..12_000).contains(&deep.expected.resting.orders));
}
