"""The ground floor: what a school’s talk is made of, and what may be said of it. Pure: no clock, database or HTTP."""
