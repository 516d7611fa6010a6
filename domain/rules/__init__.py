"""Dated, sourced rules of boards and approvers, and the judge that applies them."""
