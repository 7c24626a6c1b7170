//! What the person can be told ([`Hint`]).

macro_rules! hints {
    ($($(#[$meta:meta])+ $variant:ident = $word:literal,)+) => {
        /// One instruction to the person. In the order of what comes first: what is further down is of no use before what is
        /// further up is right.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Hint {
            $($(#[$meta])+ $variant,)+
        }

        impl Hint {
            /// Every hint.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in `selfie-guidance`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

hints! {
    /// The camera sends a picture, of which nothing more is known: bring the face into the oval.
    #[default]
    Position = "position",
    /// The camera sends only black: it is covered, or switched off by a key or a shutter.
    NoPicture = "no-picture",
    /// There is no face.
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
    /// The face belongs further to the left of the picture as it is shown.
    MoveLeft = "move-left",
    /// Further to the right.
    MoveRight = "move-right",
    /// Further up.
    MoveUp = "move-up",
    /// Further down.
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
    /// All is well.
    Hold = "hold",
    /// Challenge: turn the head to the person's own left.
    TurnLeft = "turn-left",
    /// Challenge: turn the head to the person's own right.
    TurnRight = "turn-right",
    /// Challenge: bring the face closer.
    LeanIn = "lean-in",
    /// Challenge: back to where it began.
    FaceForward = "face-forward",
}

impl Hint {
    /// Whether it may take the place of another one early: nothing else matters then.
    #[must_use]
    pub fn is_urgent(self) -> bool {
        matches!(self, Self::NoPicture | Self::NoFace | Self::SeveralFaces)
    }
}
