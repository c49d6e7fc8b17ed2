// Prints rawi's stories as they stand, and then as they change, over WebSocket. A browser does the same without the lines for Node.
//
//   websocket: {listen: 127.0.0.1:8222}      in rawi's configuration
//   npm ci && node stories.mjs --country MA --language ar
import { parseArgs } from "node:util";
import { wsconnect } from "@nats-io/nats-core";
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { decompress } from "fzstd";

if (!globalThis.WebSocket) globalThis.WebSocket = (await import("ws")).WebSocket; // before Node 22

const { values: options } = parseArgs({
  options: { kind: { type: "string" }, country: { type: "string" }, language: { type: "string" }, durable: { type: "string" }, count: { type: "string" } },
});
const list = (text) => (text ?? "").split(",").filter(Boolean);
const languages = list(options.language);
let left = Number(options.count ?? -1);

function fail(why) {
  console.error("stories:", why);
  process.exit(1);
}

for (const c of list(options.country)) if (!/^[a-z]{2}$/i.test(c)) fail(`country "${c}": wants two letters of ISO 3166-1, such as MA, or xx`);
for (const k of list(options.kind)) if (!/^[a-z]+$/.test(k)) fail(`kind "${k}": wants one such as operation or disaster`);

const url = process.env.NATS_URL ?? "ws://127.0.0.1:8222";
const nc = await wsconnect({
  servers: url,
  name: "example",
  maxReconnectAttempts: -1,
  inboxPrefix: process.env.NATS_INBOX_PREFIX, // of a user who may only subscribe to an inbox of its own
}).catch((e) => fail(`${url}: ${e.message}; does rawi run, with websocket.listen set?`));

/** subjects are those of the wanted kinds and countries. Language is no part of a subject: see speaks. */
function subjects() {
  const or = (tokens) => (tokens.length ? tokens : ["*"]);
  return or(list(options.kind)).flatMap((k) => or(list(options.country)).map((c) => `news.story.${k}.${c.toLowerCase()}.>`));
}

/** consumer makes the reader, or finds the durable one of the name. */
async function consumer() {
  const config = { ack_policy: AckPolicy.Explicit, deliver_policy: DeliverPolicy.LastPerSubject, filter_subjects: subjects() };
  if (options.durable) config.durable_name = options.durable;
  else config.inactive_threshold = 300e9; // nanoseconds
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const { name } = await jsm.consumers.add("STORIES", config);
  return jetstream(nc).consumers.get("STORIES", name);
}

/** storyOf is the story in a message; null where it is of a version that this program does not know. */
function storyOf(m) {
  if (m.headers?.get("Rawi-Kind") !== "story.v1") return null;
  const body = m.headers.get("Content-Encoding") === "zstd" ? decompress(m.data) : m.data;
  return JSON.parse(new TextDecoder().decode(body));
}

function speaks(story) {
  const tags = [...Object.keys(story.titles ?? {}), ...(story.reports ?? []).map((r) => r.language)].map((t) => t.toLowerCase());
  return !languages.length || languages.some((l) => tags.some((t) => t === l || t.startsWith(`${l}-`)));
}

/** unsafe is what a terminal obeys, and what directs text: titles come from the web. */
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const newest = new Map(); // subject -> what was seen of it: a subject never goes back, and a retraction comes after its revision

/** show prints a story, unless it is a repetition or in none of the languages. */
function show(subject, story) {
  const rank = 2 * story.revision + (story.change === "retract" ? 1 : 0);
  if (rank <= (newest.get(subject) ?? 0) || !(newest.has(subject) || speaks(story))) return;
  newest.set(subject, rank);
  const [, title = ""] = Object.entries(story.titles ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))[0] ?? [];
  console.log(story.change, story.id, story.revision, subject, title.replace(unsafe, ""));
  left--;
}

const reader = await consumer();
while (left !== 0) {
  // What is taken and not acknowledged comes to others after half a minute only.
  for await (const m of await reader.fetch({ max_messages: left > 0 ? Math.min(50, left) : 50, expires: 20_000 })) {
    const story = storyOf(m);
    if (story) show(m.subject, story);
    m.ack(); // once it is dealt with: what is not acknowledged comes again
  }
}
await nc.drain();
