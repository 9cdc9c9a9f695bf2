"""Tables at a joint day: rounds with tables that mix the agencies, re-seating, and what is shown in the room.

The engine of cohorts finds the tables (`lms.cohorts.engine`); here they are asked for with what is known of the people,
kept as rows by person, round and table, and shown. The rules are pure: `rounds` lays out sizes and times, `duties`
deals the tasks at a table, `meeting` puts the plan into a sentence, `joining` finds a seat for somebody who came.

Offers `queries.tables_in_words` (supplied to cohorts) and the table `Seat`, from which who met whom can be counted.
Announces nothing.
"""
