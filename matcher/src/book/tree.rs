//! Prices in order: a B+ tree of keys, the best of which is the greatest.
//!
//! All ladders share one pool of nodes. A node but the root is never emptier than [`LEAST`], so
//! that the pool is bounded by the number of levels whatever orders come.

use alloc::vec::Vec;

use super::key::NIL;
use crate::ahead::Fetch;

/// Keys of a node.
const WIDTH: usize = 14;
/// Least keys of a node that is not the root.
const LEAST: usize = 4;
/// More levels of nodes than any tree can have: 4^15 is 1.07 billion.
const MAX_HEIGHT: usize = 16;
/// Fills the unused end of a node; above every key.
const UNUSED: i32 = i32::MAX;

/// A node: a leaf's values are levels, an inner node's are nodes.
///
/// The key of an inner node's value is a lower bound of the keys below it, except that of the
/// first, which has no bound and is never looked at.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
struct Node {
    len: u32,
    keys: [i32; WIDTH],
    values: [u32; WIDTH],
}

impl Node {
    const EMPTY: Node = Node { len: 0, keys: [UNUSED; WIDTH], values: [NIL; WIDTH] };

    fn len(&self) -> usize {
        self.len as usize
    }

    /// How many keys are below `key`.
    #[inline]
    fn below(&self, key: i32) -> usize {
        self.keys.iter().map(|&each| u32::from(each < key)).sum::<u32>() as usize
    }

    /// The place of the child in which `key` is or would be.
    #[inline]
    fn child(&self, key: i32) -> usize {
        let not_above = self.keys.iter().map(|&each| u32::from(each <= key)).sum::<u32>() as usize;
        not_above.max(1) - 1
    }

    fn insert(&mut self, at: usize, key: i32, value: u32) {
        let len = self.len();
        self.keys.copy_within(at..len, at + 1);
        self.values.copy_within(at..len, at + 1);
        self.keys[at] = key;
        self.values[at] = value;
        self.len += 1;
    }

    fn remove(&mut self, at: usize) {
        let len = self.len();
        self.keys.copy_within(at + 1..len, at);
        self.values.copy_within(at + 1..len, at);
        self.keys[len - 1] = UNUSED;
        self.len -= 1;
    }

    /// Cuts off everything from `at` on.
    fn split_off(&mut self, at: usize) -> Node {
        let mut tail = Node::EMPTY;
        let moved = self.len() - at;
        tail.keys[..moved].copy_from_slice(&self.keys[at..at + moved]);
        tail.values[..moved].copy_from_slice(&self.values[at..at + moved]);
        tail.len = moved as u32;
        self.keys[at..].fill(UNUSED);
        self.len = at as u32;
        tail
    }

    /// Takes over all of `tail`, which is above all that is here.
    fn append(&mut self, tail: &Node) {
        let (len, moved) = (self.len(), tail.len());
        self.keys[len..len + moved].copy_from_slice(&tail.keys[..moved]);
        self.values[len..len + moved].copy_from_slice(&tail.values[..moved]);
        self.len += tail.len;
    }
}

/// Where a tree begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Root {
    node: u32,
    /// Inner nodes above each leaf.
    height: u32,
}

impl Root {
    pub(super) const EMPTY: Root = Root { node: NIL, height: 0 };
}

/// The nodes on the way down to a leaf, and which child was taken in each.
type Path = [(u32, u32); MAX_HEIGHT];

/// The nodes of all trees.
#[derive(Debug)]
pub(super) struct Nodes {
    pool: Vec<Node>,
    free: Vec<u32>,
}

impl Nodes {
    /// Room for `trees` trees with `keys` keys in all.
    pub(super) fn for_keys(keys: usize, trees: usize) -> Self {
        let roots = trees.min(keys);
        let leaves = keys / LEAST;
        let count = roots + leaves + leaves / (LEAST - 1) + MAX_HEIGHT + 1;
        Nodes { pool: Vec::with_capacity(count), free: Vec::with_capacity(count) }
    }

    /// Asks for the memory of a root.
    #[inline]
    pub(super) fn fetch(&self, root: Root, fetch: &impl Fetch) {
        if let Some(node) = self.pool.get(root.node as usize) {
            fetch.fetch(&node.keys[0]);
            fetch.fetch(&node.values[WIDTH - 1]);
        }
    }

    /// The greatest key and its value.
    #[inline]
    pub(super) fn last(&self, root: Root) -> Option<(i32, u32)> {
        if root.node == NIL {
            return None;
        }
        let mut node = &self.pool[root.node as usize];
        for _ in 0..root.height {
            node = &self.pool[node.values[node.len() - 1] as usize];
        }
        let at = node.len() - 1;
        Some((node.keys[at], node.values[at]))
    }

    /// The greatest key below `key` and its value.
    pub(super) fn before(&self, root: Root, key: i32) -> Option<(i32, u32)> {
        if root.node == NIL {
            return None;
        }
        let (mut node, mut left) = (root.node, None);
        for height in (0..root.height).rev() {
            let inner = &self.pool[node as usize];
            let at = inner.child(key - 1);
            if at > 0 {
                left = Some(Root { node: inner.values[at - 1], height });
            }
            node = inner.values[at];
        }
        let leaf = &self.pool[node as usize];
        match leaf.below(key) {
            0 => self.last(left?),
            at => Some((leaf.keys[at - 1], leaf.values[at - 1])),
        }
    }

    /// The least key above `key` and its value.
    pub(super) fn after(&self, root: Root, key: i32) -> Option<(i32, u32)> {
        if root.node == NIL {
            return None;
        }
        let (mut node, mut right) = (root.node, None);
        for height in (0..root.height).rev() {
            let inner = &self.pool[node as usize];
            let at = inner.child(key);
            if at + 1 < inner.len() {
                right = Some((inner.values[at + 1], height));
            }
            node = inner.values[at];
        }
        let leaf = &self.pool[node as usize];
        let at = leaf.below(key + 1);
        if at < leaf.len() {
            return Some((leaf.keys[at], leaf.values[at]));
        }
        let (mut node, height) = right?;
        for _ in 0..height {
            node = self.pool[node as usize].values[0];
        }
        let leaf = &self.pool[node as usize];
        Some((leaf.keys[0], leaf.values[0]))
    }

    /// Adds `key`, which is not there, with `value`.
    pub(super) fn insert(&mut self, root: &mut Root, key: i32, value: u32) {
        if root.node == NIL {
            *root = Root { node: self.take(Node::EMPTY), height: 0 };
        }
        let (leaf, path) = self.descend(*root, key);
        let at = self.pool[leaf as usize].below(key);
        let mut carried = self.insert_at(leaf, at, key, value);
        for level in (0..root.height as usize).rev() {
            let Some((key, node)) = carried else { return };
            let (parent, child) = path[level];
            carried = self.insert_at(parent, child as usize + 1, key, node);
        }
        if let Some((key, node)) = carried {
            let mut top = Node::EMPTY;
            top.insert(0, 0, root.node);
            top.insert(1, key, node);
            *root = Root { node: self.take(top), height: root.height + 1 };
        }
    }

    /// Removes `key`, which is there.
    pub(super) fn remove(&mut self, root: &mut Root, key: i32) {
        let (leaf, path) = self.descend(*root, key);
        let node = &mut self.pool[leaf as usize];
        let at = node.below(key);
        assert!(node.keys[at] == key, "a key that is removed is there");
        node.remove(at);
        for level in (0..root.height as usize).rev() {
            let (parent, child) = path[level];
            if !self.refill(parent, child as usize, level + 1 == root.height as usize) {
                return;
            }
        }
        self.lower(root);
    }

    /// The leaf in which `key` is or would be, and the way there from the root.
    fn descend(&self, root: Root, key: i32) -> (u32, Path) {
        let (mut node, mut path) = (root.node, [(NIL, 0); MAX_HEIGHT]);
        for step in &mut path[..root.height as usize] {
            let inner = &self.pool[node as usize];
            let at = inner.child(key);
            *step = (node, at as u32);
            node = inner.values[at];
        }
        (node, path)
    }

    /// Inserts into a node; if it was full, returns its new right neighbour and that one's bound.
    fn insert_at(&mut self, node: u32, at: usize, key: i32, value: u32) -> Option<(i32, u32)> {
        let full = &mut self.pool[node as usize];
        if full.len() < WIDTH {
            full.insert(at, key, value);
            return None;
        }
        // Levels are mostly made next to the best price: leave the lower half where it is full.
        let cut = if at == WIDTH { WIDTH - LEAST } else { WIDTH / 2 };
        let mut right = full.split_off(cut);
        if at <= cut {
            full.insert(at, key, value);
        } else {
            right.insert(at - cut, key, value);
        }
        let bound = right.keys[0];
        Some((bound, self.take(right)))
    }

    /// Sees to it that a child has enough keys. Whether the parent lost a key by it.
    fn refill(&mut self, parent: u32, child: usize, leaves: bool) -> bool {
        let inner = &self.pool[parent as usize];
        if self.pool[inner.values[child] as usize].len() >= LEAST || inner.len() == 1 {
            return false;
        }
        let left = child.max(1) - 1;
        let (low, high) = (inner.values[left], inner.values[left + 1]);
        let bound = inner.keys[left + 1];
        let mut upper = core::mem::replace(&mut self.pool[high as usize], Node::EMPTY);
        if !leaves {
            // The first key of an inner node is no bound; the parent's is, now that it moves.
            upper.keys[0] = bound;
        }
        let lower = &mut self.pool[low as usize];
        if lower.len() + upper.len() <= WIDTH {
            lower.append(&upper);
            self.pool[parent as usize].remove(left + 1);
            self.free.push(high);
            return true;
        }
        let half = usize::midpoint(lower.len(), upper.len());
        if lower.len() < half {
            let moved = half - lower.len();
            let rest = upper.split_off(moved);
            lower.append(&upper);
            upper = rest;
        } else {
            let mut head = lower.split_off(half);
            head.append(&upper);
            upper = head;
        }
        self.pool[parent as usize].keys[left + 1] = upper.keys[0];
        self.pool[high as usize] = upper;
        false
    }

    /// Takes away a root that has become superfluous.
    fn lower(&mut self, root: &mut Root) {
        let node = &self.pool[root.node as usize];
        match (node.len(), root.height) {
            (0, _) => {
                self.free.push(root.node);
                *root = Root::EMPTY;
            }
            (1, height @ 1..) => {
                let child = node.values[0];
                self.free.push(root.node);
                *root = Root { node: child, height: height - 1 };
            }
            _ => {}
        }
    }

    fn take(&mut self, node: Node) -> u32 {
        if let Some(at) = self.free.pop() {
            self.pool[at as usize] = node;
            return at;
        }
        self.pool.push(node);
        self.pool.len() as u32 - 1
    }
}

#[cfg(test)]
mod tests;
