"use strict";
// Episodes are shown from data that lies compressed in the page. Whatever a model wrote enters the page through
// textContent only; nothing of it is ever parsed as markup.

const PAGE = 50;
let data = null;
let matching = [];
let shown = 0;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

async function load() {
  const packed = atob(document.getElementById("data").textContent.trim());
  const bytes = new Uint8Array(packed.length);
  for (let place = 0; place < packed.length; place++) bytes[place] = packed.charCodeAt(place);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  data = JSON.parse(await new Response(stream).text());
  fill("scene", [...new Set(data.pairs.map((pair) => pair.scene))].sort());
  fill("reason", data.reasons);
  fill("app", data.apps);
  filter();
}

function fill(id, values) {
  const select = document.getElementById(id);
  for (const value of values) select.append(new Option(value, value));
}

function wanted(pair, choice) {
  if (choice.scene && pair.scene !== choice.scene) return false;
  const arms = choice.arm === "" ? pair.arms : [pair.arms[Number(choice.arm)]];
  if (choice.reason && !arms.some((arm) => arm.reasons.includes(choice.reason))) return false;
  if (choice.app && !arms.some((arm) => arm.apps.includes(choice.app))) return false;
  if (choice.change && pair.change !== choice.change) return false;
  return !choice.words.length || choice.words.every((word) => haystack(pair).includes(word));
}

// What words are looked for in; made when they first are, since most readers never search.
function haystack(pair) {
  const turns = pair.arms.flatMap((arm) => arm.turns.map((turn) => turn.raw));
  pair.haystack ??= [pair.situation, pair.user, pair.said, ...turns].join("\n").toLowerCase();
  return pair.haystack;
}

function filter() {
  const value = (id) => document.getElementById(id).value;
  const choice = { scene: value("scene"), reason: value("reason"), app: value("app"), arm: value("arm"), change: value("change") };
  choice.words = value("words").toLowerCase().split(/\s+/).filter(Boolean);
  matching = data.pairs.filter((pair) => wanted(pair, choice));
  shown = 0;
  document.getElementById("episodes").replaceChildren();
  document.getElementById("found").textContent = `${matching.length} of ${data.pairs.length} units`;
  more();
}

function more() {
  const list = document.getElementById("episodes");
  for (const pair of matching.slice(shown, shown + PAGE)) list.append(row(pair));
  shown = Math.min(shown + PAGE, matching.length);
  document.getElementById("more").hidden = shown >= matching.length;
}

function row(pair) {
  const details = element("details", "episode");
  const summary = element("summary", "", pair.situation + " ");
  for (const tag of [pair.scene, ...pair.tags]) summary.append(element("span", "tag", tag));
  pair.arms.forEach((arm, place) => summary.append(element("span", "tag", `${data.names[place]}: ${arm.outcome}`)));
  details.append(summary);
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(body(pair));
  });
  return details;
}

function body(pair) {
  const whole = element("div");
  whole.append(element("p", "said person", pair.said));
  const both = element("div", "pair");
  pair.arms.forEach((arm, place) => {
    const section = element("section", place ? "arm second" : "arm first");
    section.append(element("h3", "", data.names[place]));
    const scores = element("p");
    for (const tag of arm.scores) scores.append(element("span", "tag", tag));
    section.append(scores);
    arm.turns.forEach((turn) => section.append(...turnParts(turn)));
    both.append(section);
  });
  whole.append(both);
  return whole;
}

function turnParts(turn) {
  const parts = [];
  if (turn.content) parts.push(element("p", turn.calls.length ? "said" : "said reply", turn.content));
  if (turn.error) parts.push(element("p", "worse", `could not be read: ${turn.error}`));
  for (const call of turn.calls) {
    parts.push(element("p", "call", `${call.name} ${call.arguments}`));
    parts.push(card(call));
  }
  if (turn.not_run) parts.push(element("p", "worse", `${turn.not_run} more calls were not run`));
  if (turn.finish !== "stop") parts.push(element("p", "worse", `ended by: ${turn.finish}`));
  const raw = element("details");
  raw.append(element("summary", "", "as the model wrote it"), element("pre", "", turn.raw));
  parts.push(raw);
  return parts;
}

function card(call) {
  const box = element("div", call.ok ? "card" : "card failed");
  const result = JSON.parse(call.result);
  for (const [name, value] of Object.entries(result)) {
    const items = Array.isArray(value) ? value : [value];
    if (items.every((item) => item === null || typeof item !== "object")) {
      box.append(pairs({ [name]: items.join("; ") }));
    } else {
      for (const item of items) box.append(pairs(item !== null && typeof item === "object" ? item : { [name]: item }));
    }
  }
  return box;
}

function pairs(item) {
  const list = element("dl");
  const drawing = data.stickers[item.id];
  if (drawing) {
    const image = element("img");
    image.src = "data:image/svg+xml;base64," + drawing;
    image.alt = String(item.description || "sticker");
    list.append(element("dt", "", ""), element("dd"));
    list.lastChild.append(image);
  }
  for (const [name, value] of Object.entries(item)) {
    list.append(element("dt", "", name), element("dd", "", plain(value)));
  }
  return list;
}

function plain(value) {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  return value !== null && typeof value === "object" ? Object.values(value).map(plain).join(" ") : String(value);
}

for (const id of ["scene", "reason", "app", "arm", "change"]) document.getElementById(id).addEventListener("change", filter);
let pause = 0;
document.getElementById("words").addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(filter, 150);
});
document.getElementById("more").addEventListener("click", more);
for (const button of document.querySelectorAll("button[data-reason]")) {
  button.addEventListener("click", () => {
    document.getElementById("reason").value = button.dataset.reason;
    document.getElementById("arm").value = button.dataset.arm;
    filter();
    document.getElementById("episodes-title").scrollIntoView();
  });
}
load();
