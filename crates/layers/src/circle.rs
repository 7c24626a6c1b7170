//! Import circles between files ([`find`]).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::arrows::Arrow;
use crate::source::Source;

/// Returns circles of imports that together contain every file of every strongly connected group. A circle is its files
/// in order; the first one stands at its end again.
pub(crate) fn find(sources: &[Source], arrows: &[Arrow]) -> Vec<Vec<String>> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for arrow in arrows {
        next.entry(arrow.from).or_default().push(arrow.to);
    }
    let mut reported = BTreeSet::new();
    let mut circles = Vec::new();
    for start in 0..sources.len() {
        if reported.contains(&start) {
            continue;
        }
        if let Some(circle) = shortest_way_back(start, &next) {
            reported.extend(circle.iter().copied());
            circles.push(circle.into_iter().map(|index| sources[index].file.clone()).collect());
        }
    }
    circles
}

/// Returns the shortest circle through a file, by a breadth-first search from the file to itself.
fn shortest_way_back(start: usize, next: &BTreeMap<usize, Vec<usize>>) -> Option<Vec<usize>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for &imported in next.get(&file).into_iter().flatten() {
            if imported == start {
                let mut circle = vec![start, file];
                while let Some(&before) = circle.last().and_then(|index| came_from.get(index)) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            if let Entry::Vacant(unseen) = came_from.entry(imported) {
                unseen.insert(file);
                queue.push_back(imported);
            }
        }
    }
    None
}
