"""The ground floor: what a school's talk is made of, and what may be said about it. Pure: no clock, no database, no HTTP."""
