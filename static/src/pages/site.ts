// One script for all pages: on a phone every file costs time of its own, more than what it holds. Each part looks
// whether its page is there; what is recorded comes first.
import "./record";
import "./outbox";
import "./heatmap";
import "./offline";
import "./app";
