"""Mutation testing of the credit engine: does a test notice when a line is wrong?"""
