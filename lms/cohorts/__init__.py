"""Joint training: cohorts with sessions, booking and a waiting list that keep the agencies mixed, and the register.

Offers `queries.joint_days` and `queries.next_joint_day`. The rules are pure: `places` says who gets a place, `mix` puts
the room into figures and sentences. Announces nothing yet.
"""
