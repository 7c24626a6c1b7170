//! Builds an element of a screen from data ([`element`]).
//!
//! Yew's `html!` writes code for every element where it stands. These calls are half as many bytes, and a page downloads
//! them.

use std::rc::Rc;

use indexmap::IndexMap;
use web_sys::Event;
use yew::virtual_dom::{AttributeOrProperty, Attributes, Key, Listener, ListenerKind, VTag, VText};
use yew::{AttrValue, Callback, Html};

/// An element that is not complete yet. The box makes it one number to pass on.
pub(super) struct Element(Box<Parts>);

struct Parts {
    tag: VTag,
    attributes: IndexMap<AttrValue, AttributeOrProperty>,
}

/// Begins an element with attributes whose values never change.
#[inline(never)]
pub(super) fn element(tag: &'static str, attributes: &'static [(&'static str, &'static str)]) -> Element {
    let mut element = Element(Box::new(Parts { tag: VTag::new(tag), attributes: IndexMap::new() }));
    for (name, value) in attributes {
        element = element.set(name, *value);
    }
    element
}

/// Returns a text.
pub(super) fn text(text: impl Into<AttrValue>) -> Html {
    VText::new(text.into()).into()
}

/// Draws it if the condition holds, else nothing: the elements after it keep their places.
pub(super) fn when<T: Into<Html>>(condition: bool, draw: impl FnOnce() -> T) -> Html {
    if condition { draw().into() } else { Html::default() }
}

impl Element {
    /// Sets an attribute.
    pub(super) fn set(self, name: &'static str, value: impl Into<AttrValue>) -> Self {
        self.set_value(name, value.into())
    }

    #[inline(never)]
    fn set_value(mut self, name: &'static str, value: AttrValue) -> Self {
        self.0.attributes.insert(AttrValue::Static(name), AttributeOrProperty::Attribute(value));
        self
    }

    /// Sets an attribute if there is a value.
    pub(super) fn maybe(self, name: &'static str, value: Option<&'static str>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// Sets the key. An element with another key is another node in the document.
    #[inline(never)]
    pub(super) fn key(mut self, key: &str) -> Self {
        self.0.tag.key = Some(Key::from(key));
        self
    }

    /// Adds a listener.
    #[inline(never)]
    pub(super) fn on(mut self, kind: Kind, then: Callback<Event>) -> Self {
        self.0.tag.add_listener(Rc::new(Heard { kind, then }));
        self
    }

    /// Appends a child.
    pub(super) fn child(self, child: impl Into<Html>) -> Self {
        self.push(child.into())
    }

    /// Appends a text.
    #[inline(never)]
    pub(super) fn say(self, words: &'static str) -> Self {
        self.push(text(words))
    }

    #[inline(never)]
    fn push(mut self, child: Html) -> Self {
        self.0.tag.add_child(child);
        self
    }
}

impl From<Element> for Html {
    #[inline(never)]
    fn from(element: Element) -> Self {
        let Parts { mut tag, attributes } = *element.0;
        tag.attributes = Attributes::IndexMap(Rc::new(attributes));
        tag.into()
    }
}

/// A kind of event that the screens listen to. A function, because copying a kind of Yew takes much code.
pub(super) struct Kind(fn() -> ListenerKind);

impl Kind {
    pub(super) const CLICK: Self = Self(|| ListenerKind::onclick);
    pub(super) const CHANGE: Self = Self(|| ListenerKind::onchange);
    pub(super) const CANCEL: Self = Self(|| ListenerKind::oncancel);
    pub(super) const TOGGLE: Self = Self(|| ListenerKind::ontoggle);
}

struct Heard {
    kind: Kind,
    then: Callback<Event>,
}

impl Listener for Heard {
    fn kind(&self) -> ListenerKind {
        (self.kind.0)()
    }

    fn handle(&self, event: Event) {
        self.then.emit(event);
    }

    fn passive(&self) -> bool {
        false
    }
}
