// Reads a calendar file from standard input with ical.js, and prints what it understood as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((one) => {
  const event = new ICAL.Event(one, { strictExceptions: true });
  return {
    uid: event.uid,
    sequence: event.sequence,
    starts: event.startDate.toJSDate().toISOString(),
    ends: event.endDate.toJSDate().toISOString(),
    summary: event.summary,
    location: event.location,
    description: event.description,
    organizer: event.organizer,
    status: one.getFirstPropertyValue("status"),
    url: one.getFirstPropertyValue("url"),
    attendees: event.attendees.map((who) => [who.getFirstValue(), who.getParameter("cn")]),
  };
});
console.log(JSON.stringify({ method: calendar.getFirstPropertyValue("method"), events }));
