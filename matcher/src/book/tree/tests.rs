use std::collections::BTreeMap;

use super::*;

/// Random numbers from a seed that is printed with every failure.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % bound
    }
}

/// The tree's own rules: order, bounds, fill.
fn check(nodes: &Nodes, root: Root) -> usize {
    fn walk(nodes: &Nodes, at: Root, top: bool, low: i32, high: i32) -> usize {
        let node = &nodes.pool[at.node as usize];
        assert!(top || node.len() >= LEAST, "a node with {} keys", node.len());
        assert!(node.keys[node.len()..].iter().all(|&key| key == UNUSED));
        let first = usize::from(at.height > 0);
        let keys = &node.keys[first..node.len()];
        assert!(
            keys.is_sorted_by(|a, b| a < b) && keys.iter().all(|&key| low <= key && key < high)
        );
        if at.height == 0 {
            return 1;
        }
        let children = (0..node.len()).map(|child| {
            let low = if child == 0 { low } else { node.keys[child] };
            let high = if child + 1 < node.len() { node.keys[child + 1] } else { high };
            walk(nodes, Root { node: node.values[child], height: at.height - 1 }, false, low, high)
        });
        1 + children.sum::<usize>()
    }
    if root == Root::EMPTY { 0 } else { walk(nodes, root, true, i32::MIN, UNUSED) }
}

#[test]
fn a_tree_does_what_a_sorted_map_does() {
    for seed in 0..40 {
        let mut random = Random(seed);
        let range = [40, 300, 3_000, 1 << 30][seed as usize % 4];
        let mut nodes = Nodes::for_keys(4_000, 1);
        let (mut root, mut map) = (Root::EMPTY, BTreeMap::new());
        for turn in 0..6_000u32 {
            let key = 1 + random.below(range) as i32;
            let growing = turn / 1_500 % 2 == 0;
            if map.remove(&key).is_some() {
                nodes.remove(&mut root, key);
            } else if growing || random.below(4) == 0 {
                map.insert(key, turn);
                nodes.insert(&mut root, key, turn);
            } else if let Some((&near, _)) = map.range(key..).next() {
                map.remove(&near);
                nodes.remove(&mut root, near);
            }
            // Above every key there is something to be looked for as well.
            let probe = if turn % 16 == 0 { UNUSED } else { random.below(range) as i32 };
            let before = map.range(..probe).next_back().map(|(&key, &value)| (key, value));
            assert_eq!(nodes.before(root, probe), before, "seed {seed}");
            let after =
                map.range(probe.saturating_add(1)..).next().map(|(&key, &value)| (key, value));
            if probe < UNUSED {
                assert_eq!(nodes.after(root, probe), after, "seed {seed}");
            }
            let last = map.iter().next_back().map(|(&key, &value)| (key, value));
            assert_eq!(nodes.last(root), last, "seed {seed}");
            if turn % 64 == 0 {
                let used = check(&nodes, root);
                assert_eq!(used, nodes.pool.len() - nodes.free.len(), "seed {seed}");
            }
        }
    }
}

#[test]
fn the_pool_holds_the_emptiest_tree_that_can_be_made() {
    let keys = 50_000;
    let mut nodes = Nodes::for_keys(keys, 1);
    let room = nodes.pool.capacity();
    let mut root = Root::EMPTY;
    // Fill far more densely than the pool is meant for, and thin out to its number of keys.
    for key in 1..=keys as i32 {
        nodes.insert(&mut root, key, 0);
    }
    for key in (1..=keys as i32).filter(|key| key % 4 != 0) {
        nodes.remove(&mut root, key);
    }
    check(&nodes, root);
    for key in (1..=keys as i32).filter(|key| key % 4 != 0) {
        nodes.insert(&mut root, key, 0);
    }
    check(&nodes, root);
    assert_eq!(nodes.pool.capacity(), room, "the pool did not grow beyond what was taken");
}
