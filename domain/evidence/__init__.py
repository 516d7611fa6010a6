"""The paper for bodies that count peer hours, and the documents that members send as proof."""
