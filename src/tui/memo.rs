//! Results that are kept while what they were made from stays the same: a draw has no time to sort a
//! hundred thousand people again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// The last result, and what it was made from.
pub struct Memo<K, V>(RefCell<Option<(K, Rc<V>)>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Memo<K, V> {
        Memo(RefCell::new(None))
    }
}

impl<K: PartialEq, V> Memo<K, V> {
    /// The result for `key`, made only if it was another one before.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> Rc<V> {
        if let Some((known, made)) = &*self.0.borrow()
            && *known == key
        {
            return made.clone();
        }
        let made = Rc::new(make());
        *self.0.borrow_mut() = Some((key, made.clone()));
        made
    }
}

/// Something shared, equal only to itself.
pub struct Same<T: ?Sized>(pub Arc<T>);

impl<T: ?Sized> PartialEq for Same<T> {
    fn eq(&self, other: &Same<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_made_again_only_for_another_key() {
        let memo = Memo::default();
        let (one, other) = (Arc::new(1), Arc::new(1));
        let mut made = 0;
        for key in [&one, &one, &other, &other, &one] {
            memo.get(Same(key.clone()), || made += 1);
        }
        assert_eq!(made, 3);
    }
}
