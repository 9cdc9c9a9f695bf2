"""What is stored about people, table by table in plain words; a test holds this list against the database."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Tables that belong together, each with what a row of it holds; how long it is kept and on what ground, where
    names in braces are settings.
    """

    title: str
    tables: Mapping[str, str]
    about: str = ""
    how_long: str = ""
    basis: str = ""


GROUPS = (
    Group(
        "Who you are",
        {
            "people": "Name, work e-mail, a scrambled form of the password (it cannot be turned back), whether the "
            "account is active, your choice of colours, and when the account was made.",
            "memberships": "Where you work: agency, team, job, first and last day.",
            "membership_roles": "What you are there: staff, trainer, manager, author, coordinator, observer or "
            "administrator, and how far that reaches.",
            "deputies": "Who stands in for which manager from which day to which, when that was set and ended, and by "
            "whom.",
            "agencies": "Agencies: name, sector and partnership. Nothing about a person.",
            "people_files": "Files of people that an administrator sent: who, when, how many lines did what. What a "
            "file says is emptied when it is taken or put away, or after a day.",
            "scim_connections": "Which directory of an agency may tell about its people: a name, a scrambled token, "
            "who made it, and when.",
            "scim_users": "How your agency’s directory describes you: user name, names, title, department, work "
            "e-mails, whether you are active there, and when it last said so.",
            "teams": "Teams: name and agency. Nothing about a person.",
            "team_covers": "How many of a team may be out on one day, which manager set that, and when.",
        },
        how_long=(
            "For as long as you work in the partnership, and after that until you are erased: where you worked is"
            " part of your training record."
        ),
        basis=(
            "To know who is trained and to whom it matters: a task that your agency has in the public interest, "
            "or its lawful interest as an employer (UK GDPR, Article 6(1)(e) or (f)): your agency’s own notice "
            "says which."
        ),
    ),
    Group(
        "Signing in",
        {
            "sign_ins": "Each sign-in: a scrambled token, the kind of device and browser, the place on the network it "
            "came from, when it began, was last used and ended, and whether a code was given too.",
            "second_factors": "If you set up the second step: the secret your phone shares with us, locked with a key "
            "that is not in the database, since when, and which half minute’s code was used last.",
            "recovery_codes": "Each recovery code in a scrambled form that cannot be turned back, when it was made and "
            "used.",
            "passkeys": "Each passkey you added: your name for it, its number and the public half of its key, how "
            "often it says it was used, when you added it and used it last. Fingerprints and faces never come to us.",
            "used_challenges": "That a question to some passkey was answered, in a scrambled form, so that no answer "
            "counts twice. Nothing about a person. Removed after a day.",
            "password_resets": "That somebody asked for a link to a new password for your address, when, and a "
            "scrambled form of the link. Removed when it was used, or after an hour, by the next night.",
            "invitations": "That you were invited: address, agency, team, job and role, by whom, when, and when you "
            "made your account. One that nobody took up goes after two months.",
            "agency_domains": "Mail domains that agencies have proven, who asked for that, and when.",
            "identity_providers": "Where an agency signs in: name, issuer, mail domains, a secret locked with a key "
            "that is not in the database, who set it up, and when.",
            "provider_people": "If you sign in with your agency’s account: the number by which your agency knows you, "
            "and when it was first used here.",
            "provider_returns": "That a way back from an agency’s sign-in was used, in scrambled form. Removed after a "
            "day. Nothing about a person.",
            "break_glass_links": "That a sign-in link was made on the server for you as an administrator: a scrambled "
            "form of it, why, when, and when it was used. Removed after a day; the record of it stays.",
            "wrong_tries": "How often a sign-in failed of late, under a scrambled form of the address typed and of the "
            "place on the network it came from. Removed after a day.",
        },
        how_long=(
            "Sign-ins go {keep_sign_ins_months} months after they were last used. Links to a new password go "
            "within a day, wrong tries after a day, invitations that nobody took up after two months."
        ),
        basis=("To keep accounts safe, which the law asks for (UK GDPR, Articles 5(1)(f) and 32)."),
    ),
    Group(
        "What you learn",
        {
            "studies": "Each go at a module: when it began, the page you read last, when it was finished.",
            "page_reads": "Each page you have read, with its version and the time.",
            "reflections": "Your notes, with the time they were saved. Only you can read them here.",
            "quiz_attempts": "Each go at a knowledge check or a scenario: the questions drawn or the way you took, the "
            "seat you chose, when, points, and whether you passed.",
            "quiz_answers": "Each answer and each choice you gave, whether it was right, and when.",
            "quiz_passes": "That a quiz was passed within a go at a module, and when.",
            "flags": "What you flagged as wrong on a page, your words, the version, and the authors’ answer. Authors "
            "read it without your name.",
            "completions": "That you finished a module: which version, its minutes, and the date.",
        },
        "Others see only that a module was begun or finished, and the dates.",
        how_long=(
            "Your notes go {keep_notes_months} months after you last saved them, or when you delete them. Your "
            "goes at quizzes and scenarios go {keep_answers_months} months after they began. That you finished a "
            "module stays until you are erased."
        ),
        basis=(
            "To train you and to show that you were: a task that your agency has in the public interest, or its "
            "lawful interest as an employer (UK GDPR, Article 6(1)(e) or (f)): your agency’s own notice says "
            "which. Notes are yours alone: the service keeps them for you, and you may delete them."
        ),
    ),
    Group(
        "Planning joint days",
        {
            "date_programmes": "Programmes of dates: title, rules, who made and who last changed them, and when.",
            "programme_dates": "Which joint days belong to a programme, and what the room has. Nothing about a person.",
            "nominations": "That you asked for a place or were nominated: agency, team, job, how urgent, which dates "
            "you can attend (never why), what must be provided, who nominated and who approved, and when.",
            "keep_apart_pairs": "Two people who are not placed together, who set that, and until when. Never why. Only "
            "the coordinator and the trainer who set it see it.",
            "plan_holds": "That a trainer pinned you to a date or left you out of a plan, and when.",
            "rule_overrides": "Rules that were changed late or set aside: which, by whom, when and the reason.",
            "proposals": "Each go at a plan: who would be on which date, who started it, and when.",
        },
        how_long=("Until you are erased; a pair is kept apart for a year at most."),
        basis=(
            "To bring agencies together in a balanced way: a task that your agency has in the public interest, or"
            " its lawful interest as an employer (UK GDPR, Article 6(1)(e) or (f)): your agency’s own notice says"
            " which."
        ),
    ),
    Group(
        "Certificates and requirements",
        {
            "certificates": "What each certificate says: name, agency, job, module or programme (with the list of its "
            "modules), version, minutes, dates and its code; if it was withdrawn, when and why.",
            "name_corrections": "That you asked for another name on a certificate: the name, why, who decided what, "
            "with which reason, and when.",
            "replaced_certificates": "Each certificate as it was before its name was corrected, with its code.",
            "reminders": "That a mail reminded you of your training, on which day, and who sent it where a manager "
            "did; or that a mail told you how many of your people are late.",
            "reminder_items": "Of which modules and dates a reminder spoke.",
            "reminder_rounds": "Who sent reminders to several people at once, when, and who was left out and why.",
            "exemptions": "That you need not do a module: the reason, who decided, when, and until when.",
            "requirements": "What is asked of groups of people: of whom it is asked, not of whom by name.",
            "requirement_versions": "What a requirement says from when to when, and who decided it.",
            "levels": "The partnership’s levels and the jobs that belong to them. Nothing about a person.",
            "assignments": "That a manager asked you for a module by a date: why, who, when, and whether they took it "
            "back.",
            "equivalents": "Courses elsewhere that count as one of ours, and who accepted them.",
            "prior_learning": "What you learned elsewhere and a manager accepted: course, provider, dates, the "
            "evidence they saw, who accepted it and when.",
            "leaves": "That you are on long leave from an agency: first and last day, and who noted it. Never why.",
            "post_spans": "Where you work, as it was known from day to day.",
            "standing_spans": "Where you stand with each module from day to day: status and dates.",
            "standing_changes": "How many people of a group stand how. Nothing about a person.",
            "standing_balances": "The same at the end of each month. Nothing about a person.",
            "impact_packs": "Figures of a year that a coordinator signed off: who, and when. Nobody else is named.",
            "refreshings": "Which agencies’ standings have to be worked out anew. Nothing about a person.",
        },
        how_long=("Until you are erased; your agency may have to keep proof of training for longer."),
        basis=(
            "To show that people who work with children are trained, which law and inspection ask of agencies: a "
            "task that your agency has in the public interest, or its lawful interest as an employer (UK GDPR, "
            "Article 6(1)(e) or (f)): your agency’s own notice says which."
        ),
    ),
    Group(
        "Joint days",
        {
            "cohorts": "Each joint day: title, what it is about, how many places, its rules.",
            "cohort_sessions": "Its dates and places.",
            "cohort_modules": "The modules to prepare for it.",
            "cohort_agencies": "The agencies it is open to.",
            "cohort_trainers": "Who runs it, and since when.",
            "held_places": "How many of its places are kept for which sector.",
            "other_dates": "Which other days were offered when it was moved or called off.",
            "bookings": "Your place, an offer of one or your wait for one: agency and job at the time, when you asked, "
            "why you got it, who approved it with what sentence, who let you come without preparing and why, and what "
            "you wrote about what you need on the day.",
            "arrangements": "Each thing you need on the day, and whether it is arranged; deleted 30 days after.",
            "missed_places": "Places given up late or not come to, which count for the agency; whether that was "
            "cleared, by whom and why.",
            "attendance": "Whether you came, were late or left early, and when; who noted it and when, or that "
            "you signed in by phone.",
            "attendance_contests": "That you said the register is wrong about you: your words, what it said then, what "
            "it was corrected to, who answered what, and when. Those who run the day read it.",
            "room_codes": "How often a new code for the room was asked for. Names nobody.",
            "seating_plans": "When tables were made for a session, by which trainer, and when they are shown.",
            "seating_rounds": "From when until when each round goes, and its task. Names nobody.",
            "seats": "At which table you sat in which round, for which agency, and whether you led, wrote or reported.",
            "kept_seats": "That you keep the same table all day. Not why.",
            "measures": "That you were asked the questions before or after a joint day, and when you answered.",
            "measure_answers": "Each of your answers to them. Others only ever get averages over 5 people or more.",
            "practice_examples": "The example from practice you wrote for your manager after a joint day, whether they "
            "saw it, who said so and when. Deleted when you take it back.",
            "calendar_entries": "What your calendar was told of each session with our mails: title, times, place, and "
            "whether it was taken out again.",
            "calendar_feeds": "Whether your joint days can be read at a private address, and since when. A part of the "
            "address is stored, which is not enough to open it.",
        },
        how_long=("What you needed on a day goes 30 days after it. The rest stays until you are erased."),
        basis=(
            "To hold the day, to count who came, and to let you take part: a task that your agency has in the "
            "public interest, or its lawful interest as an employer (UK GDPR, Article 6(1)(e) or (f)): your "
            "agency’s own notice says which. What you need on a day is given by you, for that day only (UK GDPR, "
            "Article 9(2)(a) or (b))."
        ),
    ),
    Group(
        "Reports you take along",
        {
            "exports": "Each long file you asked for: which report, with what you chose, how far it is, when, and how "
            "far your role reached when it was made. The file and this go after seven days.",
            "saved_views": "Each view you keep: its name, which report, what you chose (never whom you looked for by "
            "name), and whether its link comes by mail.",
        },
        how_long=("Files go after seven days. Views go when you delete them."),
        basis=(
            "To let managers see to their duty: a task that your agency has in the public interest, or its lawful"
            " interest as an employer (UK GDPR, Article 6(1)(e) or (f)): your agency’s own notice says which."
        ),
    ),
    Group(
        "What there is to learn",
        {
            "indexed_content": "Which state of the modules the search knows; beside it stand the words of the modules. "
            "Nothing about a person.",
        },
        how_long=("For as long as the site is there."),
        basis=("It speaks of nobody."),
    ),
    Group(
        "Keeping it honest",
        {
            "audit_entries": "Who did what and when, such as signing in or changing a joint day; when a sign-in "
            "failed at your account, and from which network address. It holds nothing that anyone wrote. You read "
            "your own acts under your name; administrators read what was done at work and to accounts.",
            "record_views": "Who looked at your training record, with their role and agency at the time, at what, why, "
            "and when. You read it under Record.",
            "audit_chains": "How many rows those two lists have, and a check sum that shows when one was changed. "
            "Nothing about a person.",
            "outbox_mails": "Mails to you: address, subject, text, the date for your calendar, whether they were sent. "
            "They hold links and never other people’s names. The text is emptied some weeks after.",
            "mail_choices": "Which mails you want at once, together or never, and when you chose that.",
            "erasure_requests": "That you asked to be erased, when, and who checked it. Gone with you, or when you "
            "take it back.",
            "dormant_accounts": "That nobody has used your account for long, when you were told so, and when it was "
            "closed. Gone once you sign in again.",
            "erasures": "That somebody was erased, when and why, with check sums under which only somebody who knows "
            "the address can find it: so that a backup brings nobody back.",
            "stored_answers": "What the site answered when you sent a form, so that sending it twice does it once: the "
            "address of the next page and the sentence shown. Removed after a day.",
            "workers": "Which programs are at work on the server. Nothing about a person.",
            "clock_runs": "When each task by the clock last ran, and how that went. Nothing about a person.",
        },
        how_long=(
            "The text of a mail goes after {mail_body_days} days, the rest of it after {mail_keep_months} months."
            " Answers to forms go after a day. Who looked at your record is emptied after {keep_looks_months} "
            "months, the network address of a sign-in that failed after {keep_sign_ins_months}. The rest of the "
            "two lists stays, and is emptied of you when you are erased."
        ),
        basis=("To show who did and saw what, which the law asks for (UK GDPR, Articles 5(2) and 32)."),
    ),
)


def words() -> dict[str, str]:
    """What each table holds, in plain words, by the table's name."""
    return {table: says for group in GROUPS for table, says in group.tables.items()}
