//! Fields and elements of a value that was read, looked up where they are needed.

use bumpalo::Bump;

use super::{Json, same_key, text};

/// Where one key or value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Its first byte.
    pub(super) at: u32,
    /// Of a text, number or word: its bytes. Of an object or array: the nodes it consists of, itself
    /// included, so that the next value is found without a look inside. The two highest bits mark
    /// what it is, so that going through an object touches nothing but its nodes.
    size: u32,
}

impl Node {
    const ESCAPED: u32 = 1 << 31;
    const CONTAINER: u32 = 1 << 30;
    const SIZE: u32 = Node::CONTAINER - 1;

    /// A number or word of so many bytes.
    pub(super) fn word(at: u32, length: usize) -> Node {
        Node { at, size: length as u32 & Node::SIZE }
    }

    /// A text of so many bytes, its quotes included.
    pub(super) fn text(at: u32, length: usize, escaped: bool) -> Node {
        Node { at, size: length as u32 & Node::SIZE | if escaped { Node::ESCAPED } else { 0 } }
    }

    /// An object or array that is not closed yet, inside the one at `outer`.
    pub(super) fn open(at: u32, outer: u32) -> Node {
        Node { at, size: outer }
    }

    /// Closes it: it has so many nodes. Gives the one it is inside of.
    pub(super) fn close(&mut self, nodes: u32) -> u32 {
        std::mem::replace(&mut self.size, nodes & Node::SIZE | Node::CONTAINER)
    }

    fn size(self) -> u32 {
        self.size & Node::SIZE
    }

    fn is_escaped(self) -> bool {
        self.size & Node::ESCAPED != 0
    }

    /// Nodes to the next value.
    fn step(self) -> u32 {
        if self.size & Node::CONTAINER != 0 { self.size().max(1) } else { 1 }
    }
}

/// The bytes of a record, and where its values stand in them.
pub(super) struct Document<'a> {
    bytes: &'a [u8],
    nodes: &'a [Node],
    arena: &'a Bump,
}

impl<'a> Document<'a> {
    pub(super) fn new(bytes: &'a [u8], nodes: &'a [Node], arena: &'a Bump) -> Self {
        Document { bytes, nodes, arena }
    }

    /// The whole value.
    pub(super) fn root(&'a self) -> Json<'a> {
        self.value(0)
    }

    fn node(&self, index: u32) -> Node {
        self.nodes.get(index as usize).copied().unwrap_or(Node::word(u32::MAX, 0))
    }

    fn value(&'a self, index: u32) -> Json<'a> {
        let node = self.node(index);
        let inside = || Span { document: self, from: index + 1, to: index + node.size() };
        match self.bytes.get(node.at as usize) {
            Some(b'"') => Json::String(self.text(node)),
            Some(b'{') => Json::Object(Fields(Inner::Read(inside()))),
            Some(b'[') => Json::Array(Items(Inner::Read(inside()))),
            Some(b't') => Json::Bool(true),
            Some(b'f') => Json::Bool(false),
            Some(b'-' | b'0'..=b'9') => {
                let from = node.at as usize;
                let digits = self.bytes.get(from..from + node.size() as usize).unwrap_or_default();
                Json::Number(std::str::from_utf8(digits).unwrap_or_default())
            }
            _ => Json::Null,
        }
    }

    /// The node behind the value at `index`.
    fn behind(&self, index: u32) -> u32 {
        index + self.node(index).step()
    }

    /// The bytes between the quotes.
    fn raw(&self, node: Node) -> &'a [u8] {
        let from = node.at as usize;
        let size = node.size() as usize;
        self.bytes.get(from + 1..(from + size).saturating_sub(1)).unwrap_or_default()
    }

    fn text(&self, node: Node) -> &'a str {
        let raw = self.raw(node);
        if node.is_escaped() { text::unescape(raw, self.arena) } else { text::plain(raw, self.arena) }
    }

    fn is_key(&self, index: u32, key: &str) -> bool {
        let node = self.node(index);
        if node.is_escaped() {
            return self.text(node) == key;
        }
        // The length and the first letter tell most names apart.
        node.size() as usize == key.len() + 2
            && self.bytes.get(node.at as usize + 1) == key.as_bytes().first()
            && self.raw(node) == key.as_bytes()
    }
}

/// Nodes of a document from one place to another.
#[derive(Clone, Copy)]
struct Span<'a> {
    document: &'a Document<'a>,
    from: u32,
    to: u32,
}

/// Positions of the values of a span.
#[derive(Clone, Copy)]
struct Values<'a> {
    span: Span<'a>,
    /// Nodes in front of each value: 1 for the key of a field, 0 in an array.
    keys: u32,
}

impl Iterator for Values<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let value = self.span.from + self.keys;
        (value < self.span.to).then(|| {
            self.span.from = self.span.document.behind(value);
            value
        })
    }
}

impl<'a> Span<'a> {
    fn fields(self) -> Values<'a> {
        Values { span: self, keys: 1 }
    }

    fn items(self) -> Values<'a> {
        Values { span: self, keys: 0 }
    }
}

/// Values that were read, or values that were put together.
#[derive(Clone, Copy)]
enum Inner<'a, T> {
    Read(Span<'a>),
    Made(&'a [T]),
}

/// The fields of an object, in the order of the text.
#[derive(Clone, Copy)]
pub struct Fields<'a>(Inner<'a, (&'a str, Json<'a>)>);

impl<'a> Fields<'a> {
    /// Fields that were put together.
    pub fn of(fields: &'a [(&'a str, Json<'a>)]) -> Self {
        Fields(Inner::Made(fields))
    }

    /// All fields.
    pub fn iter(self) -> FieldIter<'a> {
        FieldIter(match self.0 {
            Inner::Read(span) => Each::Read(span.fields()),
            Inner::Made(fields) => Each::Made(fields.iter()),
        })
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self.0 {
            Inner::Read(span) => span.fields().count(),
            Inner::Made(fields) => fields.len(),
        }
    }

    /// Whether a field has a name that `wanted` accepts.
    pub fn any_name(self, wanted: impl Fn(&[u8]) -> bool) -> bool {
        match self.0 {
            Inner::Read(span) => {
                let document = span.document;
                span.fields().any(|value| {
                    let node = document.node(value - 1);
                    if node.is_escaped() { wanted(document.text(node).as_bytes()) } else { wanted(document.raw(node)) }
                })
            }
            Inner::Made(fields) => fields.iter().any(|(name, _)| wanted(name.as_bytes())),
        }
    }

    /// The last field of each of these names, in one pass.
    pub(super) fn exact_each<const N: usize>(self, keys: [&str; N]) -> [Option<Json<'a>>; N] {
        match self.0 {
            Inner::Read(span) => {
                let document = span.document;
                let mut found = [None; N];
                for value in span.fields() {
                    for (key, slot) in keys.iter().zip(&mut found) {
                        if document.is_key(value - 1, key) {
                            *slot = Some(value);
                        }
                    }
                }
                found.map(|value| value.map(|value| document.value(value)))
            }
            Inner::Made(_) => keys.map(|key| self.exact(key)),
        }
    }

    /// The last field of exactly this name.
    pub fn exact(self, key: &str) -> Option<Json<'a>> {
        match self.0 {
            Inner::Read(span) => {
                let document = span.document;
                span.fields().filter(|value| document.is_key(value - 1, key)).last().map(|value| document.value(value))
            }
            Inner::Made(fields) => fields.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value),
        }
    }

    /// The last field whose name is the same but for case and separators.
    pub(super) fn alike(self, key: &str) -> Option<Json<'a>> {
        match self.0 {
            Inner::Read(span) => {
                let document = span.document;
                span.fields()
                    .filter(|value| {
                        let node = document.node(value - 1);
                        let name = if node.is_escaped() { document.text(node).as_bytes() } else { document.raw(node) };
                        same_key(name, key.as_bytes())
                    })
                    .last()
                    .map(|value| document.value(value))
            }
            Inner::Made(fields) => {
                fields.iter().rev().find(|(name, _)| same_key(name.as_bytes(), key.as_bytes())).map(|(_, value)| *value)
            }
        }
    }
}

/// The elements of an array.
#[derive(Clone, Copy)]
pub struct Items<'a>(Inner<'a, Json<'a>>);

impl<'a> Items<'a> {
    /// Elements that were put together.
    pub fn of(items: &'a [Json<'a>]) -> Self {
        Items(Inner::Made(items))
    }

    /// All elements.
    pub fn iter(self) -> ItemIter<'a> {
        ItemIter(match self.0 {
            Inner::Read(span) => Each::Read(span.items()),
            Inner::Made(items) => Each::Made(items.iter()),
        })
    }
}

#[derive(Clone)]
enum Each<'a, T> {
    One(Option<T>),
    Read(Values<'a>),
    Made(std::slice::Iter<'a, T>),
}

/// Goes through the fields of an object.
#[derive(Clone)]
pub struct FieldIter<'a>(Each<'a, (&'a str, Json<'a>)>);

impl<'a> Iterator for FieldIter<'a> {
    type Item = (&'a str, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Each::Read(values) => {
                let document = values.span.document;
                values.next().map(|value| (document.text(document.node(value - 1)), document.value(value)))
            }
            Each::Made(fields) => fields.next().copied(),
            Each::One(field) => field.take(),
        }
    }
}

/// Goes through the elements of an array.
#[derive(Clone)]
pub struct ItemIter<'a>(Each<'a, Json<'a>>);

impl<'a> ItemIter<'a> {
    /// Only this one.
    pub(super) fn one(item: Json<'a>) -> Self {
        ItemIter(Each::One(Some(item)))
    }
}

impl<'a> Iterator for ItemIter<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Each::Read(values) => values.next().map(|value| values.span.document.value(value)),
            Each::Made(items) => items.next().copied(),
            Each::One(item) => item.take(),
        }
    }
}
