//! The icons ([`Icon`]): strokes on a grid of 24, in the colour of the surrounding text. They only repeat the text, so
//! they are hidden from screen readers.

use yew::Html;

use super::element::{Element, element};

/// One icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    /// Light.
    Sun,
    /// A face.
    Face,
    /// A phone held upright.
    Phone,
    /// A camera.
    Camera,
    /// A padlock.
    Lock,
    /// Two cards compared.
    Compare,
    /// An eye.
    Eye,
    /// Two arrows in a circle.
    Switch,
    /// A picture in a frame.
    Picture,
    /// A cross.
    Close,
    /// A tick.
    Tick,
    /// A triangle with an exclamation mark.
    Warning,
    /// A cloud, struck through.
    Offline,
    /// An arrow to the left.
    Left,
    /// An arrow to the right.
    Right,
    /// An arrow up.
    Up,
    /// An arrow down.
    Down,
    /// Four corners that go outwards.
    Larger,
    /// Four corners that go inwards.
    Smaller,
    /// An arrow around a circle.
    Again,
    /// A person in a circle.
    Person,
    /// A loudspeaker.
    Sound,
    /// A loudspeaker, struck through.
    Silence,
    /// A light bulb: help.
    Help,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Sun => {
                "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
            }
            Self::Face => "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5v.5M15 9.5v.5",
            Self::Phone => "M8.5 2.5h7a2 2 0 0 1 2 2v15a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-15a2 2 0 0 1 2-2zM11 18.5h2",
            Self::Camera => {
                "M4.5 7.5H7l1.6-2.5h6.8L17 7.5h2.5a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-15a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2zM12 9.5a3.7 3.7 0 1 0 0 7.4 3.7 3.7 0 0 0 0-7.4z"
            }
            Self::Lock => {
                "M6.5 10.5h11a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19v-7a1.5 1.5 0 0 1 1.5-1.5zM8 10.5V7.5a4 4 0 0 1 8 0v3M12 14.5v2"
            }
            Self::Compare => {
                "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-11A1.5 1.5 0 0 1 4.5 5zM8.5 9a1.7 1.7 0 1 0 0 3.4 1.7 1.7 0 0 0 0-3.4zM5.8 15.8c.5-1.6 4.9-1.6 5.4 0M14.5 10h3.5M14.5 14h3.5"
            }
            Self::Eye => {
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4z"
            }
            Self::Switch => "M4 10.5a8 8 0 0 1 14-3.7L20 9M20 4.5V9h-4.5M20 13.5a8 8 0 0 1-14 3.7L4 15M4 19.5V15h4.5",
            Self::Picture => {
                "M5 4h14a1.5 1.5 0 0 1 1.5 1.5v13A1.5 1.5 0 0 1 19 20H5a1.5 1.5 0 0 1-1.5-1.5v-13A1.5 1.5 0 0 1 5 4zM3.5 16.5l5-5 5 5 2.5-2.5 4.5 4.5M15.5 8.5v.5"
            }
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Tick => "M5 12.5l4.7 4.7L19 7.5",
            Self::Warning => "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17v.2",
            Self::Offline => {
                "M8.5 6.8A6 6 0 0 1 17.3 10 4.3 4.3 0 0 1 20 17M16 18.5H7A4.5 4.5 0 0 1 6.3 9.6M3.5 3.5l17 17"
            }
            Self::Left => "M20 12H4M10 6l-6 6 6 6",
            Self::Right => "M4 12h16M14 6l6 6-6 6",
            Self::Up => "M12 20V4M6 10l6-6 6 6",
            Self::Down => "M12 4v16M6 14l6 6 6-6",
            Self::Larger => "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
            Self::Smaller => "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
            Self::Again => "M19.5 12a7.5 7.5 0 1 1-2.3-5.4L19.5 9M19.5 4.5V9H15",
            Self::Person => "M12 4.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c1-6 14-6 15 0",
            Self::Sound => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4 4 0 0 1 0 6M18 6.5a7.5 7.5 0 0 1 0 11",
            Self::Silence => "M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5",
            Self::Help => "M9 17.5h6M10 20.5h4M9.5 17.5c0-2.5-3-3.7-3-7.3a5.5 5.5 0 0 1 11 0c0 3.6-3 4.8-3 7.3",
        }
    }
}

/// Draws an icon.
pub(super) fn icon(shape: Icon) -> Html {
    picture("icon").child(element("path", &[]).set("d", shape.path())).into()
}

/// Draws the rotating circle of something in progress.
pub(super) fn spinner() -> Html {
    picture("spinner")
        .child(element("circle", &[("cx", "12"), ("cy", "12"), ("r", "9"), ("class", "track")]))
        .child(element("path", &[("d", "M12 3a9 9 0 0 1 9 9")]))
        .into()
}

fn picture(class: &'static str) -> Element {
    let attributes = &[("part", "icon"), ("viewBox", "0 0 24 24"), ("aria-hidden", "true"), ("focusable", "false")];
    element("svg", attributes).set("class", class)
}
