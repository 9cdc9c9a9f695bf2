"""Who is at work behind the pages, and what runs by the clock: workers known by their beats, and the run of each job.

Offers `workers.begin`, to be known as alive while one holds something, and `models.Worker`, whose row says so.
"""
