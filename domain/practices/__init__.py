"""A practice pays for its people: how many seats, who is offered one, who sits."""
