"""The expression language of Data Factory: text to syntax tree, syntax tree to value."""
