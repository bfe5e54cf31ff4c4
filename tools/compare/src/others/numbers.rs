//! Engines that give orders numbers of their own: which number is whose.

use tools::workload::{Flow, Step};

/// For each order of a flow its security and its place among the orders of that security, from 0,
/// and back. Made before the clock starts: a program around such an engine would keep the number
/// that it was given in the order itself.
pub struct Numbers {
    /// By the flow's number: security and place.
    places: Vec<(u16, u32)>,
    /// By security and place: the flow's number.
    ids: Vec<Vec<u32>>,
}

impl Numbers {
    /// Of all orders, or, with `cancels`, of all commands of a security.
    pub fn new(flow: &Flow, cancels: bool) -> Self {
        let mut places = vec![(0, 0); flow.last_id() as usize + 1];
        let mut ids: Vec<Vec<u32>> = vec![Vec::new(); flow.symbols as usize];
        for step in &flow.steps {
            match *step {
                Step::Enter { id, symbol, .. } | Step::Replace { id, symbol, .. } => {
                    let list = &mut ids[usize::from(symbol)];
                    let place = u32::try_from(list.len()).expect("orders have 32 bits");
                    places[id as usize] = (symbol, place);
                    list.push(id);
                }
                Step::Cancel { id, .. } if cancels => {
                    ids[usize::from(places[id as usize].0)].push(0);
                }
                Step::Cancel { .. } => {}
            }
        }
        Numbers { places, ids }
    }

    /// The security of an order and its place in it.
    pub fn place(&self, id: u32) -> (usize, u64) {
        let (symbol, place) = self.places[id as usize];
        (usize::from(symbol), u64::from(place))
    }

    /// The number in the flow of the order at a place.
    #[inline]
    pub fn id(&self, symbol: usize, place: u64) -> u32 {
        self.ids[symbol][place as usize]
    }
}
