"""Experiments of the Lab, pure: sweep a parameter, try many seeds, draw a curve, predict, meet a target."""
