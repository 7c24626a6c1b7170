//! The person, and the page that contains the element.

use akiba_selfie::flow::{Event, FileId, Screen};

use super::world::{Random, World};

/// What a person can do, with how likely each is among what the screen offers.
fn acts() -> [(Event, u64); 14] {
    [
        (Event::Start, 20),
        (Event::Consented, 20),
        (Event::Accept, 20),
        (Event::Retry, 12),
        (Event::Shutter, 8),
        (Event::Retake, 6),
        (Event::FilePicked(FileId(0)), 3),
        (Event::Choosing, 2),
        (Event::ChoseNone, 2),
        (Event::SwitchCamera, 1),
        (Event::ByHand, 1),
        (Event::SkipChallenge, 3),
        (Event::Close, 4),
        (Event::Cancel, 1),
    ]
}

impl World {
    /// Returns what the person does now, if anything.
    pub(super) fn wish(&mut self) -> Option<Event> {
        let Self { play, random, .. } = self;
        // A press that the screen does not offer: an old button, or a call of the page.
        if random.one_in(12) {
            return acts().into_iter().nth(random.below(14) as usize).map(|(act, _)| act);
        }
        if random.one_in(60) {
            let page = [
                Event::Reset,
                Event::OtherWay,
                Event::PageLeft,
                Event::ConfigChanged { customer: true, camera: false },
                Event::ConfigChanged { customer: false, camera: true },
            ];
            return page.into_iter().nth(random.below(5) as usize);
        }
        chosen(acts().into_iter().filter(|(act, _)| play.state.allows(act, &play.config)).collect(), random)
    }

    /// Returns what a person does who wants a verdict, with what the screen offers.
    pub(super) fn sensible(&self) -> Option<Event> {
        let forwards = [Event::Consented, Event::Accept, Event::Retry, Event::Shutter, Event::Retake, Event::Start];
        let rest = [Event::FilePicked(FileId(0)), Event::Close];
        // A shutter that is not there yet can't be pressed.
        let framing = matches!(&self.play.state.screen, Screen::Framing { prompt } if !prompt.shutter);
        let wanted = forwards.into_iter().chain(rest).filter(|act| !(framing && *act == Event::Shutter));
        // A chosen file is a way around the camera, not a way on from it.
        let mut wanted = wanted.filter(|act| {
            !matches!(act, Event::FilePicked(_)) || matches!(self.play.state.screen, Screen::Failed { .. })
        });
        wanted.find(|act| self.play.state.allows(act, &self.play.config))
    }
}

fn chosen(offered: Vec<(Event, u64)>, random: &mut Random) -> Option<Event> {
    let all: u64 = offered.iter().map(|(_, weight)| weight).sum();
    // Some do nothing for a while.
    let mut at = random.below(all + 4);
    for (act, weight) in offered {
        if at < weight {
            return Some(act);
        }
        at -= weight;
    }
    None
}
