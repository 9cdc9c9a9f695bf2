"""What people can do about joint training: book and cancel places, build and run cohorts, and keep the register."""
