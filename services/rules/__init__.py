"""What can be asked of the rules themselves: answers, comparisons, pages of documentation."""
