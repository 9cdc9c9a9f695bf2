"""Pages of joint training: `booking` for staff, `building` for those who run cohorts, `attendance` for the register."""
