//! The hints for the person ([`Hint`]).

macro_rules! hints {
    ($($(#[$meta:meta])+ $variant:ident = $word:literal,)+) => {
        /// One instruction to the person, in order of priority: a hint further down is of no use until the ones above
        /// are fulfilled.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Hint {
            $($(#[$meta])+ $variant,)+
        }

        impl Hint {
            /// Every hint.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the word for it in `selfie-guidance`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

hints! {
    /// The camera sends a picture: bring the face into the oval.
    #[default]
    Position = "position",
    /// The camera sends only black: it is covered, or switched off by a key or a shutter.
    NoPicture = "no-picture",
    /// No face was found.
    NoFace = "no-face",
    /// There are several faces.
    SeveralFaces = "several-faces",
    /// There is too little light on the face.
    TooDark = "too-dark",
    /// There is too much light on the face.
    TooBright = "too-bright",
    /// The face is too small.
    ComeCloser = "come-closer",
    /// The face is too large.
    MoveBack = "move-back",
    /// The face must move to the left of the picture as it is shown.
    MoveLeft = "move-left",
    /// The face must move to the right.
    MoveRight = "move-right",
    /// The face must move up.
    MoveUp = "move-up",
    /// The face must move down.
    MoveDown = "move-down",
    /// The head leans to a side.
    Straighten = "straighten",
    /// The head is turned to a side.
    LookStraight = "look-straight",
    /// The light comes from one side.
    SideLight = "side-light",
    /// The face moves.
    HoldStill = "hold-still",
    /// The face is blurred.
    Blurred = "blurred",
    /// Everything is right.
    Hold = "hold",
    /// Challenge: turn the head to the person's own left.
    TurnLeft = "turn-left",
    /// Challenge: turn the head to the person's own right.
    TurnRight = "turn-right",
    /// Challenge: bring the face closer.
    LeanIn = "lean-in",
    /// Challenge: return to the start.
    FaceForward = "face-forward",
}

impl Hint {
    /// Whether it may replace another hint early: until it is fulfilled, nothing else matters.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::NoPicture | Self::NoFace | Self::SeveralFaces)
    }
}
