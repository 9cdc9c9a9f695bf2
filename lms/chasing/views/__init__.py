"""Pages of chasing, by task: reminding people, and assigning training to them."""
