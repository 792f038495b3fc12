// One record: the person, the situation, the conversation, the checks; to read, or with fields to edit.

import { card, element, folded } from "/card.js";

const FACTS = ["age", "gender", "career", "education", "income", "address", "phone", "personality", "hobbies", "health", "family", "habits",
  "growth", "openness", "conscientiousness", "extraversion", "agreeableness", "neuroticism"];

export function show(record, editing) {
  const right = element("section", "conversation");
  right.append(heading(record), checks(record));
  record.rounds.forEach((round, number) => right.append(...roundParts(record, round, number, editing)));
  return [person(record), right];
}

export function edits() {
  const changed = [...document.querySelectorAll("textarea[data-field]")].filter((area) => area.value !== area.defaultValue);
  return changed.map((area) => ({
    message: Number(area.dataset.message), field: area.dataset.field, call: Number(area.dataset.call), text: area.value,
  }));
}

function tag(text, className = "") {
  return element("span", `tag ${className}`, text);
}

function person(record) {
  const whole = record.person;
  const aside = element("aside", "person");
  aside.append(element("h2", "", `${whole.name}, ${whole.age}`), element("p", "small", `${whole.career} · ${whole.id} (${whole.split})`));
  const scenes = new Set(record.rounds.map((round) => round.situation.scene));
  for (const scene of scenes) {
    const wish = whole.preferences[scene];
    if (!wish) continue;
    aside.append(element("h3", "", `In matters of ${scene}`));
    for (const app of wish.likes) aside.append(tag(`likes ${app}`, "good"));
    for (const app of wish.dislikes) aside.append(tag(`dislikes ${app}`, "bad"));
    aside.append(element("p", "small", wish.text));
  }
  const list = element("dl");
  for (const name of FACTS) list.append(element("dt", "", name), element("dd", "", String(whole[name])));
  aside.append(folded("All about the person", list));
  const others = Object.entries(whole.preferences).filter(([scene]) => !scenes.has(scene));
  if (others.length) aside.append(folded("Other parts of life", ...others.map(([scene, wish]) => element("p", "", `${scene}: ${wish.text}`))));
  return aside;
}

function heading(record) {
  const line = element("p");
  line.append(tag(record.id), tag(record.setting), tag(`by ${record.source}`));
  if (!record.trained) line.append(tag("nothing in it is trained"));
  const blind = record.others.length > 0 && !record.own;
  if (!blind) line.append(tag(stand(record.review), record.review.status === "rejected" ? "bad" : ""));
  if (record.own) line.append(tag(`you: ${verdict(record.own)}`));
  if (record.stale) line.append(tag(`${record.stale} earlier decisions were about another text`));
  const whole = element("div");
  whole.append(line);
  if (record.others.length) {
    const told = record.others.map((each) => element("p", "", `${each.reviewer}: ${verdict(each)}`));
    const details = folded(`${record.others.length} other ${record.others.length === 1 ? "decision" : "decisions"}` + (blind ? " (better read after deciding)" : ""), ...told);
    details.open = !blind;
    whole.append(details);
  }
  return whole;
}

function stand(review) {
  return review.reviewer ? `${review.status} by ${review.reviewer}` : review.status;
}

function verdict(decision) {
  return `${decision.action}, ${decision.at.slice(0, 16).replace("T", " ")}${decision.reason ? `: ${decision.reason}` : ""}`;
}

function checks(record) {
  const line = element("p", "checks");
  line.append(record.problems.length ? tag(`${record.problems.length} checks failed`, "bad") : tag("checks passed", "good"));
  line.append(tag(record.score === null ? "no teacher's score" : `teacher's score ${record.score} of 10`));
  const list = element("ul");
  for (const each of record.problems) list.append(element("li", "", `${each.reason}: ${each.text}`));
  const whole = element("div");
  whole.append(line);
  if (record.problems.length) whole.append(list);
  if (Object.keys(record.checks).length) whole.append(folded("noted with the record", element("pre", "", JSON.stringify(record.checks, null, 1))));
  return whole;
}

function roundParts(record, round, number, editing) {
  const title = record.rounds.length > 1 ? `Round ${number + 1}` : "Situation";
  const head = element("h3", "", `${title} `);
  for (const each of [round.situation.scene ?? "danger", round.situation.emotion, round.side]) head.append(tag(each));
  const parts = [head, element("p", "situation", round.situation.text)];
  for (const message of round.messages) {
    if (message.role === "user") parts.push(...userParts(message, editing));
    else if (message.role === "tool") parts.push(card(message.content, record.drawings), ...former(message.was));
    else parts.push(...assistantParts(message, editing));
  }
  return parts;
}

function userParts(message, editing) {
  const box = element("p", "said theirs");
  box.append(element("span", "clock", message.content.split("\n", 1)[0]));
  if (message.reaction) box.append(element("span", "reaction", message.reaction));
  const known = message.utterance !== null;
  if (!editing || !known) box.append(element("span", "utterance", known ? message.utterance : message.content));
  const parts = [box, ...former(message.was)];
  if (editing && known) parts.push(field("what the person says (other records of this situation keep their words)", message.place, "utterance", message.utterance));
  return parts;
}

function assistantParts(message, editing) {
  const parts = [];
  const label = message.calls.length ? "what is said before the call" : "reply";
  if (editing) parts.push(field(label, message.place, "content", message.content));
  else if (message.content) parts.push(element("p", "said ours", message.content));
  parts.push(...former(message.was));
  message.calls.forEach((call, number) => {
    const pretty = JSON.stringify(JSON.parse(call.arguments), null, 1);
    const box = element("div", "call");
    box.append(element("b", "", call.name));
    if (editing) box.append(field("arguments (JSON)", message.place, "arguments", pretty, number));
    else box.append(element("pre", "", pretty));
    parts.push(box, ...former(call.was));
  });
  return parts;
}

function former(text) {
  return text === null || text === undefined ? [] : [folded("before the edit", element("pre", "", text))];
}

function field(title, message, name, text, call = 0) {
  const label = element("label", "field", title);
  const area = element("textarea", name === "arguments" ? "code" : "");
  area.defaultValue = text;
  Object.assign(area.dataset, { message, field: name, call });
  area.rows = Math.min(12, Math.max(2, text.split("\n").length));
  area.addEventListener("input", () => area.classList.toggle("changed", area.value !== area.defaultValue));
  label.append(area);
  return label;
}
