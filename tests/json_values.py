"""JSON that trips naive readers: brackets, quotes, escapes and other scripts, inside strings and outside."""

from hypothesis import strategies as st

_text = st.one_of(st.text(), st.text(alphabet='[]{},"\\\u00e9\u5ddd', max_size=6))

awkward_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _text),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_text, inner, max_size=3)),
    max_leaves=6,
)
