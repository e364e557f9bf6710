//! Fields and elements of a value that was read, looked up where they are needed.

use std::cell::{Cell, RefCell};

use bumpalo::Bump;

use super::index::{Index, Tokens};
use super::read::{Remarks, Stop, read_level};
use super::{Failure, Json, same_key, text};

/// Where one key or value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// Its first byte.
    at: u32,
    /// Of a value: its length in bytes. Of a key: its [`print`]. The highest bit marks escapes.
    size: u32,
}

/// What tells most names apart: length, first and last byte.
#[inline(always)]
const fn print(name: &[u8]) -> u32 {
    let length = if name.len() < Node::LONG { name.len() } else { Node::LONG } as u32;
    match name {
        [] => length,
        [only] => length | (*only as u32) << 8 | (*only as u32) << 16,
        [first, .., last] => length | (*first as u32) << 8 | (*last as u32) << 16,
    }
}

/// Some names, prepared for being looked for together.
pub struct Names<const N: usize> {
    names: [&'static str; N],
    prints: [u32; N],
    /// One bit for each name, chosen by its print: a print whose bit is not set is none of theirs.
    bits: [u64; 8],
    /// One bit for each first letter, whatever its case.
    letters: u32,
}

impl<const N: usize> Names<N> {
    /// Prepares them.
    pub const fn new(names: [&'static str; N]) -> Self {
        const { assert!(N <= 64, "names are told apart by the bits of a word") };
        let (mut prints, mut bits, mut letters) = ([0; N], [0; 8], 0);
        let (mut left, mut slots) = (names.as_slice(), prints.as_mut_slice());
        while let ([name, names @ ..], [slot, others @ ..]) = (left, slots) {
            *slot = print(name.as_bytes());
            Self::set(&mut bits, *slot);
            letters |= Self::letter(*slot);
            (left, slots) = (names, others);
        }
        Names { names, prints, bits, letters }
    }

    /// The word and the bit for a print.
    const fn place(print: u32) -> (usize, u32) {
        let hash = print.wrapping_mul(0x9e37_79b1) >> 23;
        ((hash >> 6) as usize, hash & 63)
    }

    const fn set(bits: &mut [u64; 8], print: u32) {
        let (word, bit) = Self::place(print);
        if let (_, [word, ..]) = bits.split_at_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// The bit for the first letter of a print; what is no letter shares one with a letter.
    const fn letter(print: u32) -> u32 {
        1 << (print >> 8 & 0x1f)
    }

    /// Whether a key may have one of these names; sure only if it must not.
    fn may_have(&self, key: Node) -> bool {
        let (word, bit) = Self::place(key.size);
        key.is_escaped() || self.bits.get(word).is_some_and(|bits| bits >> bit & 1 == 1)
    }

    /// Whether a key without escapes may be one of these names but for case and separators; sure only
    /// if it must not.
    fn may_have_alike(&self, key: Node) -> bool {
        self.letters & Self::letter(key.size) != 0
    }

    /// The same for each name: one bit for the first of them, and so on.
    fn alike(&self, key: Node) -> u64 {
        let mut alike = 0;
        for (name, print) in self.prints.iter().enumerate() {
            alike |= u64::from(Self::letter(*print) == Self::letter(key.size)) << name;
        }
        alike
    }
}

impl Node {
    const ESCAPED: u32 = 1 << 31;
    const SIZE: u32 = Node::ESCAPED - 1;
    /// Names of this length and longer have the same in their print.
    const LONG: usize = 0xff;

    /// A key, given with what is between its quotes.
    #[inline(always)]
    pub(super) fn key(at: u32, name: &[u8], escaped: bool) -> Node {
        Node { at, size: print(name) | if escaped { Node::ESCAPED } else { 0 } }
    }

    /// A number or word.
    pub(super) fn word(at: u32, length: usize) -> Node {
        Node { at, size: length as u32 & Node::SIZE }
    }

    /// A text, its quotes included.
    pub(super) fn text(at: u32, length: usize, escaped: bool) -> Node {
        Node { at, size: length as u32 & Node::SIZE | if escaped { Node::ESCAPED } else { 0 } }
    }

    /// An object or array, its brackets included.
    pub(super) fn nested(at: u32, length: usize) -> Node {
        Node { at, size: length as u32 & Node::SIZE }
    }

    fn size(self) -> usize {
        (self.size & Node::SIZE) as usize
    }

    /// Whether a key may be the same but for case and separators as one of this length and first
    /// letter, by its print.
    fn may_be_alike(self, length: usize, first: u8) -> bool {
        let (own_length, own_first) = ((self.size & 0xff) as usize, (self.size >> 8 & 0xff) as u8);
        self.is_escaped()
            || own_length == Node::LONG
            || own_length.abs_diff(length) <= super::SEPARATORS && own_first.eq_ignore_ascii_case(&first)
    }

    fn is_escaped(self) -> bool {
        self.size & Node::ESCAPED != 0
    }
}

/// One level of a value: the bytes of its record, and where the keys and values of this level stand.
pub(super) struct Document<'a> {
    bytes: &'a [u8],
    /// Where the value stands.
    at: usize,
    /// Key and value in turn of an object, the elements of an array, or one lone value.
    nodes: &'a [Node],
    shared: Shared<'a>,
    /// Levels that are open inside this one's brackets.
    depth: usize,
    /// The nested values that somebody looked into last.
    opened: [Cell<Option<(u32, &'a Document<'a>)>>; 2],
}

/// What all levels of a record use.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) arena: &'a Bump,
    pub(super) index: &'a RefCell<Index>,
    /// Position of the bytes in the input that the index is about.
    pub(super) offset: u64,
    /// Where the nodes of a level are collected before their number is known.
    pub(super) scratch: &'a RefCell<Vec<Node>>,
    pub(super) remarks: &'a Remarks,
    /// Where the record stands in the bytes, and the record if all of it is UTF-8.
    pub(super) at: usize,
    pub(super) text: Option<&'a str>,
}

impl<'a> Document<'a> {
    /// The outermost level of the value that stands at `at`.
    pub(super) fn new(bytes: &'a [u8], at: usize, nodes: &'a [Node], shared: Shared<'a>) -> Self {
        Document { bytes, at, nodes, shared, depth: 1, opened: Default::default() }
    }

    /// The whole value.
    pub(super) fn root(&'a self) -> Json<'a> {
        match self.bytes.get(self.at) {
            Some(b'{') => Json::Object(Fields(Inner::Read(self))),
            Some(b'[') => Json::Array(Items(Inner::Read(self))),
            _ => self.value(0),
        }
    }

    fn node(&self, index: usize) -> Node {
        self.nodes.get(index).copied().unwrap_or(Node::word(u32::MAX, 0))
    }

    fn value(&'a self, index: usize) -> Json<'a> {
        let node = self.node(index);
        match self.bytes.get(node.at as usize) {
            Some(b'"') => Json::String(self.text(node)),
            Some(b'{') => Json::Object(Fields(Inner::Unread(self, index as u32))),
            Some(b'[') => Json::Array(Items(Inner::Unread(self, index as u32))),
            Some(b't') => Json::Bool(true),
            Some(b'f') => Json::Bool(false),
            Some(b'-' | b'0'..=b'9') => {
                let from = node.at as usize;
                Json::Number(self.between(from, from + node.size()))
            }
            _ => Json::Null,
        }
    }

    /// Reads the nested value at `index`. If it is none after all, that is noted and it is empty.
    fn open(&'a self, index: u32) -> &'a Document<'a> {
        let [newest, older] = &self.opened;
        for slot in [newest, older] {
            if let Some((opened, document)) = slot.get()
                && opened == index
            {
                return document;
            }
        }
        let node = self.node(index as usize);
        let at = node.at as usize;
        let bytes = self.bytes.get(..at + node.size()).unwrap_or_default();
        let mut nodes = self.shared.scratch.borrow_mut();
        nodes.clear();
        let mut bits = self.shared.index.borrow_mut();
        let mut tokens = Tokens::new(bytes, self.shared.offset, at, &mut bits);
        match read_level(bytes, at, self.depth + 1, &mut tokens, &mut nodes, self.shared.remarks) {
            Ok(end) if end == bytes.len() => {}
            Err(Stop::Broken(failure)) => {
                self.shared.remarks.fault(failure);
                nodes.clear();
            }
            _ => {
                let wrong = "a bracket does not close what the last one opened";
                self.shared.remarks.fault(Failure { at, wrong, truncated: false, too_deep: false });
                nodes.clear();
            }
        }
        let document = self.shared.arena.alloc(Document {
            bytes: self.bytes,
            at,
            nodes: self.shared.arena.alloc_slice_copy(&nodes),
            shared: self.shared,
            depth: self.depth + 1,
            opened: Default::default(),
        });
        older.set(newest.replace(Some((index, document))));
        document
    }

    /// The text of a value.
    fn text(&self, node: Node) -> &'a str {
        let from = node.at as usize;
        self.resolved(from + 1, (from + node.size()).saturating_sub(1), node)
    }

    /// The text between two places, without the escapes that `node` may have.
    fn resolved(&self, from: usize, to: usize, node: Node) -> &'a str {
        if node.is_escaped() {
            return text::unescape(self.bytes.get(from..to).unwrap_or_default(), self.shared.arena);
        }
        self.between(from, to)
    }

    /// The text between two places, which are beside quotes or around a number.
    fn between(&self, from: usize, to: usize) -> &'a str {
        let Shared { at, text, arena, .. } = self.shared;
        match text {
            Some(text) => text.get(from.wrapping_sub(at)..to.wrapping_sub(at)).unwrap_or_default(),
            None => text::plain(self.bytes.get(from..to).unwrap_or_default(), arena),
        }
    }

    /// What stands between the quotes of a key.
    fn raw_name(&self, node: Node) -> &'a [u8] {
        let from = node.at as usize + 1;
        let length = node.size() & Node::LONG;
        if length < Node::LONG {
            return self.bytes.get(from..from + length).unwrap_or_default();
        }
        // Rare enough to look for the end once more.
        let rest = self.bytes.get(from..).unwrap_or_default();
        let mut end = 0;
        while let Some(found) = memchr::memchr2(b'"', b'\\', rest.get(end..).unwrap_or_default()) {
            end += found;
            if rest.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        rest.get(..end).unwrap_or_default()
    }

    /// The name of the key at `index`, which need not be UTF-8.
    fn name(&self, index: usize) -> &'a [u8] {
        self.name_of(self.node(index))
    }

    fn name_of(&self, node: Node) -> &'a [u8] {
        if node.is_escaped() { self.resolved_name(node).as_bytes() } else { self.raw_name(node) }
    }

    fn resolved_name(&self, node: Node) -> &'a str {
        let from = node.at as usize + 1;
        self.resolved(from, from + self.raw_name(node).len(), node)
    }

    /// Whether the key at `index` is this one, of which `print` is the print.
    #[inline(always)]
    fn is_key(&self, index: usize, key: &str, print: u32) -> bool {
        let size = self.node(index).size;
        (size == print || size & Node::ESCAPED != 0) && self.name(index) == key.as_bytes()
    }

    /// The numbers of the last fields of each of these names, exactly spelled or else alike;
    /// nothing if they have to be looked for one by one.
    fn pick<const N: usize>(&self, names: &Names<N>) -> Option<[u32; N]> {
        let fields = self.nodes.as_chunks::<2>().0;
        let mut places = [NOWHERE; N];
        let mut escaped = false;
        // Without a branch for each of so many comparisons; what they find is checked below.
        for (field, [key, _]) in fields.iter().enumerate() {
            escaped |= key.is_escaped();
            for (place, print) in places.iter_mut().zip(&names.prints) {
                *place = if *print == key.size { field as u32 } else { *place };
            }
        }
        let is_right = |name: &str, place: u32| place == NOWHERE || self.name(place as usize * 2) == name.as_bytes();
        if escaped || !names.names.iter().zip(&places).all(|(name, place)| is_right(name, *place)) {
            return None;
        }
        let mut missing = 0;
        for (name, place) in places.iter().enumerate() {
            missing |= u64::from(*place == NOWHERE) << name;
        }
        if missing == 0 {
            return Some(places);
        }
        for (field, [key, _]) in fields.iter().enumerate().filter(|(_, [key, _])| names.may_have_alike(*key)) {
            let mut alike = names.alike(*key) & missing;
            while alike != 0 {
                let name = alike.trailing_zeros() as usize;
                alike &= alike - 1;
                if let (Some(text), Some(place)) = (names.names.get(name), places.get_mut(name))
                    && self.is_alike(*key, text)
                {
                    *place = field as u32;
                }
            }
        }
        Some(places)
    }

    /// Whether a key is this name but for case and separators.
    #[inline(always)]
    fn is_alike(&self, key: Node, name: &str) -> bool {
        let first = name.as_bytes().first().copied().unwrap_or(0);
        key.may_be_alike(name.len(), first) && same_key(self.name_of(key), name.as_bytes())
    }

    /// Positions of the keys of an object.
    fn keys(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        (0..self.nodes.len() / 2).map(|field| field * 2)
    }
}

/// Values that were read, values of which only the place is known, or values that were put together.
#[derive(Clone, Copy)]
enum Inner<'a, T> {
    Read(&'a Document<'a>),
    Unread(&'a Document<'a>, u32),
    Made(&'a [T]),
}

impl<'a, T> Inner<'a, T> {
    fn open(self) -> Result<&'a Document<'a>, &'a [T]> {
        match self {
            Inner::Read(document) => Ok(document),
            Inner::Unread(document, index) => Ok(document.open(index)),
            Inner::Made(values) => Err(values),
        }
    }
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
        FieldIter(Each::new(self.0))
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self.0.open() {
            Ok(document) => document.nodes.len() / 2,
            Err(fields) => fields.len(),
        }
    }

    /// Whether a field has one of these names.
    pub fn has_any<const N: usize>(self, names: &Names<N>) -> bool {
        let is_one = |name: &[u8]| names.names.iter().any(|one| one.as_bytes() == name);
        match self.0.open() {
            Ok(document) => document
                .nodes
                .as_chunks::<2>()
                .0
                .iter()
                .any(|[key, _]| names.may_have(*key) && is_one(document.name_of(*key))),
            Err(fields) => fields.iter().any(|(name, _)| is_one(name.as_bytes())),
        }
    }

    /// Where the last field of each of these names is.
    pub(super) fn pick<const N: usize>(self, names: &Names<N>) -> Picked<'a, N> {
        let places = match self.0.open() {
            Ok(document) => document.pick(names),
            Err(_) => None,
        };
        let one_by_one = || {
            names.names.map(|name| match self.place(|key| key == name.as_bytes()) {
                NOWHERE => self.place_alike(name),
                exact => exact,
            })
        };
        Picked { fields: self, places: places.unwrap_or_else(one_by_one) }
    }

    /// The number of the last field whose name is wanted.
    fn place(self, wanted: impl Fn(&[u8]) -> bool) -> u32 {
        let last = match self.0.open() {
            Ok(document) => document.keys().rev().find(|at| wanted(document.name(*at))).map(|at| at / 2),
            Err(fields) => fields.iter().rposition(|(name, _)| wanted(name.as_bytes())),
        };
        last.and_then(|field| u32::try_from(field).ok()).unwrap_or(NOWHERE)
    }

    /// The last field of exactly this name.
    pub fn exact(self, key: &str) -> Option<Json<'a>> {
        match self.0.open() {
            Ok(document) => {
                let print = print(key.as_bytes());
                let found = document.keys().rev().find(|at| document.is_key(*at, key, print))?;
                Some(document.value(found + 1))
            }
            Err(fields) => fields.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| *value),
        }
    }

    /// The last field whose name is the same but for case and separators.
    pub(super) fn alike(self, key: &str) -> Option<Json<'a>> {
        let place = self.place_alike(key);
        (place != NOWHERE).then(|| self.at(place as usize)).flatten()
    }

    /// The number of that field.
    fn place_alike(self, key: &str) -> u32 {
        match self.0.open() {
            Ok(document) => {
                let mut fields = document.nodes.as_chunks::<2>().0.iter();
                let found = fields.rposition(|[name, _]| document.is_alike(*name, key));
                found.and_then(|field| u32::try_from(field).ok()).unwrap_or(NOWHERE)
            }
            Err(_) => self.place(|name| same_key(name, key.as_bytes())),
        }
    }

    /// The value of the field with this number.
    fn at(self, field: usize) -> Option<Json<'a>> {
        match self.0.open() {
            Ok(document) => Some(document.value(field * 2 + 1)),
            Err(fields) => fields.get(field).map(|(_, value)| *value),
        }
    }
}

/// No field.
const NOWHERE: u32 = u32::MAX;

/// Where some fields of an object are; each is read when it is asked for, by its place in the list
/// of names.
#[derive(Clone, Copy)]
pub struct Picked<'a, const N: usize> {
    fields: Fields<'a>,
    places: [u32; N],
}

impl<'a, const N: usize> Picked<'a, N> {
    /// The value of a field.
    pub fn get(&self, key: usize) -> Option<Json<'a>> {
        let place = self.places.get(key).copied().filter(|place| *place != NOWHERE)?;
        self.fields.at(place as usize)
    }

    /// The text of a field, as [`Json::text`].
    pub fn text(&self, key: usize) -> Option<&'a str> {
        self.get(key)?.text()
    }

    /// Whether the field is there and not null.
    pub fn has(&self, key: usize) -> bool {
        self.get(key).is_some_and(|value| !matches!(value, Json::Null))
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
        ItemIter(Each::new(self.0))
    }
}

#[derive(Clone)]
enum Each<'a, T> {
    One(Option<T>),
    /// The level, and the position of the next node.
    Read(&'a Document<'a>, usize),
    Made(std::slice::Iter<'a, T>),
}

impl<'a, T> Each<'a, T> {
    fn new(inner: Inner<'a, T>) -> Self {
        match inner.open() {
            Ok(document) => Each::Read(document, 0),
            Err(values) => Each::Made(values.iter()),
        }
    }
}

/// Goes through the fields of an object.
#[derive(Clone)]
pub struct FieldIter<'a>(Each<'a, (&'a str, Json<'a>)>);

impl<'a> Iterator for FieldIter<'a> {
    type Item = (&'a str, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Each::Read(document, at) => {
                let key = *at;
                *at += 2;
                (key + 1 < document.nodes.len()).then(|| {
                    let node = document.node(key);
                    (document.resolved_name(node), document.value(key + 1))
                })
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
            Each::Read(document, at) => {
                let item = *at;
                *at += 1;
                (item < document.nodes.len()).then(|| document.value(item))
            }
            Each::Made(items) => items.next().copied(),
            Each::One(item) => item.take(),
        }
    }
}
