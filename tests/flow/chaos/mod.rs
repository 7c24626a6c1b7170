//! Random flows in a world that misbehaves. The flow is the real one; camera, relay, storage, network and person are
//! made up ([`world`]), and each keeps its own truth, against which the flow is held.
//!
//! `CHAOS_SEED=n cargo test -p akiba-selfie --test flow chaos` plays one flow again and prints it. `CHAOS_FLOWS` is the
//! number of flows, 10,000 if it is not set.

mod adapters;
mod person;
mod servers;
mod world;

use world::World;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// Plays one flow: a storm, then calm in which it must come to a verdict, then the end of the element. The error has the
/// trace.
fn play(seed: u64, traced: bool) -> Result<World, String> {
    let mut world = World::new(seed, traced);
    let end = |world: &World, reason: String| {
        format!("CHAOS_SEED={seed}: {reason}\n{}\n{:?}", world.trace.join("\n"), world.play.state)
    };
    let played = world.storm().and_then(|()| world.calm()).and_then(|()| world.leave());
    match played {
        Ok(()) => Ok(world),
        Err(reason) => Err(end(&world, reason)),
    }
}

#[test]
fn chaos_loses_no_photo_leaves_no_camera_on_and_bills_nothing_twice() {
    if let Some(seed) = number("CHAOS_SEED") {
        let world = play(seed, true).unwrap_or_else(|trace| panic!("{trace}"));
        println!("{}", world.trace.join("\n"));
        return;
    }
    let flows = number("CHAOS_FLOWS").unwrap_or(10_000);
    let halves: Vec<_> = (0..2)
        .map(|half| {
            std::thread::spawn(move || {
                let mut seen = [0; 4];
                for seed in (half..flows).step_by(2) {
                    // Played again with its trace, which costs more than the flow.
                    let world = play(seed, false).unwrap_or_else(|_| match play(seed, true) {
                        Err(trace) => panic!("{trace}"),
                        Ok(_) => panic!("seed {seed} fails only without a trace"),
                    });
                    for (count, more) in seen.iter_mut().zip(world.seen()) {
                        *count += more;
                    }
                }
                seen
            })
        })
        .collect();
    let halves = halves.into_iter().map(|half| half.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    let seen = halves.fold([0; 4], |all, half| std::array::from_fn(|at| all[at] + half[at]));
    println!(
        "{flows} flows: {} photos, {} lost uploads, {} billed calls, {} verdicts",
        seen[0], seen[1], seen[2], seen[3]
    );
    // Flows that never get anywhere would prove nothing.
    assert!(seen.iter().all(|count| *count >= flows / 4), "{seen:?}");
}
