//! What comes to the right end is measured, what does not is told.

use super::super::plain::Plain;
use super::*;
use crate::workload::{Named, Step};

/// A plain book that forgets the second half.
struct Forgetful(Plain);

impl Subject for Forgetful {
    type Command = Step;

    fn open(flow: &Flow) -> Self {
        Forgetful(Plain::open(flow))
    }

    fn prepare(&mut self, steps: &[Step], batch: &mut Vec<Step>) {
        batch.extend_from_slice(&steps[..steps.len() / 2]);
    }

    fn run(&mut self, batch: &[Step], tally: &mut Tally) {
        self.0.run(batch, tally);
    }

    fn resting(&self) -> Option<Resting> {
        None
    }

    fn events(&self) -> Option<u64> {
        Some(7)
    }

    fn refused(&self) -> u64 {
        3
    }
}

#[test]
fn every_flow_comes_to_its_end_whatever_the_batch() {
    for named in Named::ALL {
        let flow = named.flow(3_000, 5);
        for size in [1, 16, 1_000, 4_096] {
            let round = measure::<Plain>(&flow, size).expect("the plain book made the end");
            assert_eq!(round.commands, 3_000, "{}", flow.name);
            assert!(round.percentile(50.0) <= round.percentile(99.9));
            assert!(round.nanos() > 0.0 && round.events.is_none());
        }
    }
}

#[test]
fn another_end_is_told_with_both() {
    let flow = Named::One.flow(3_000, 5);
    let Err(wrong) = measure::<Forgetful>(&flow, 3_000) else { panic!("half of it is missing") };
    assert_eq!((wrong.expected, wrong.refused), (flow.expected, 3));
    assert_ne!(wrong.tally, flow.expected.tally);
    let text = wrong.to_string();
    assert!(text.starts_with("expected ") && text.contains("; found "), "{text}");
    assert!(text.ends_with("; 3 commands refused"), "{text}");
}

#[test]
fn percentiles_are_those_of_the_batches() {
    let mut round = Round::new(400);
    for nanos in [160, 320, 480, 4_000] {
        round.add(Duration::from_nanos(nanos), 16);
    }
    let told = [25.0, 50.0, 75.0, 100.0].map(|percent| round.percentile(percent).round());
    assert_eq!(told, [10.0, 20.0, 30.0, 250.0]);
    assert!((round.nanos() - 12.4).abs() < 0.01);
}
