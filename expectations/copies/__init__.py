"""Near-copies (内容雷同) over the whole corpus: masked narratives compared with each other, and tables that repeat each other."""
