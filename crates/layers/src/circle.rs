//! Import circles between files ([`find`]).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::arrows::Arrow;
use crate::source::Source;

/// Returns circles of imports that together contain every file of a circle, as the files in order. The first file of each
/// circle stands at its end again.
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
            circles.push(circle.into_iter().map(|place| sources[place].file.clone()).collect());
        }
    }
    circles
}

/// Returns the shortest circle through a file, by a breadth-first search from the file to itself.
fn shortest_way_back(start: usize, next: &BTreeMap<usize, Vec<usize>>) -> Option<Vec<usize>> {
    let mut came_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for &there in next.get(&here).into_iter().flatten() {
            if there == start {
                let mut circle = vec![start, here];
                while let Some(&before) = circle.last().and_then(|place| came_from.get(place)) {
                    circle.push(before);
                }
                circle.reverse();
                return Some(circle);
            }
            if let Entry::Vacant(unseen) = came_from.entry(there) {
                unseen.insert(here);
                queue.push_back(there);
            }
        }
    }
    None
}
