// The page: keeps a list of records that pass the filters, shows one, sends decisions.

import { ask, Refusal } from "/api.js";
import { element } from "/card.js";
import { edits, show } from "/record.js";

const REASONS = ["wrong app for this person", "does not fit the situation", "sounds unlike a person", "cold or preachy reply", "not true to the result", "unsafe"];
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .'-]{0,39}$/u;
const state = { name: "", ids: [], at: 0, record: null, editing: false, busy: false, leaving: false, decided: [], pause: 0 };
const find = (id) => document.getElementById(id);

function tell(text, bad = false, problems = []) {
  find("notice").textContent = text;
  find("notice").hidden = !text;
  find("notice").classList.toggle("bad", bad);
  find("problems").replaceChildren(...problems.map((each) => element("li", "", `${each.reason}: ${each.text}`)));
  find("problems").hidden = !problems.length;
  if (bad) find("notice").scrollIntoView({ block: "nearest" });
}

function busy(now) {
  state.busy = now;
  find("record").setAttribute("aria-busy", String(now));
}

// One thing at a time: a key pressed twice does not decide twice.
async function alone(act) {
  if (state.busy) return;
  busy(true);
  try {
    await act();
  } catch (error) {
    if (error instanceof Refusal) tell(error.message, true, error.problems);
    else {
      tell("the server of this page does not answer; nothing was saved", true);
      console.error(error);
    }
  } finally {
    busy(false);
  }
}

async function refilter(keep = "") {
  const form = new FormData(find("filters"));
  state.ids = (await ask("/api/find", { reviewer: state.name, ...Object.fromEntries(form) })).ids;
  state.at = Math.max(0, state.ids.indexOf(keep));
  await go(state.ids[state.at]);
}

function refilterIn(milliseconds) {
  clearTimeout(state.pause);
  state.pause = setTimeout(() => (state.busy ? refilterIn(50) : alone(() => refilter())), milliseconds);
}

async function go(id) {
  find("typed").hidden = true;
  state.editing = false;
  state.record = id === undefined ? null : await ask("/api/record", { id, reviewer: state.name });
  draw();
  window.scrollTo(0, 0);
}

function draw() {
  const { record, editing } = state;
  find("record").replaceChildren(...(record ? show(record, editing) : [element("p", "", "No record passes these filters.")]));
  find("place").textContent = record ? `${state.at + 1} of ${state.ids.length}` : "";
  history.replaceState(null, "", record ? `#${encodeURIComponent(record.id)}` : "#");
  for (const part of ["filters", "who"]) find(part).inert = editing;
  for (const button of document.querySelectorAll("#actions button")) {
    const name = button.dataset.act;
    button.hidden = editing !== ["save", "cancel"].includes(name);
    button.disabled = !record || (name === "accept" && record.problems.length > 0) || (name === "undo" && !record.undo && !state.decided.length);
  }
}

async function progress() {
  const now = await ask("/api/progress", { reviewer: state.name });
  const decided = now.records - now.unreviewed;
  find("bar").value = decided / now.records;
  const parts = [`${decided} of ${now.records} decided`, `${now.accepted} accepted`, `${now.edited} edited`, `${now.rejected} rejected`];
  if (now.disputed) parts.push(`${now.disputed} disputed`);
  find("counts").textContent = [...parts, `${now.own} by you`].join(" · ");
  const select = find("filters").elements.by;
  const chosen = select.value;
  select.replaceChildren(new Option("any", ""), ...now.reviewers.map((name) => new Option(name, name)));
  select.value = now.reviewers.includes(chosen) ? chosen : "";
  find("agreement").hidden = !now.agreement.length;
  find("agreement").querySelector("tbody").replaceChildren(...now.agreement.map((each) => {
    const row = element("tr");
    const kappa = each.kappa === null ? "n/a (one verdict only)" : each.kappa.toFixed(2);
    for (const text of [each.reviewers.join(" and "), each.records, `${Math.round(100 * each.same)} %`, kappa]) row.append(element("td", "", String(text)));
    return row;
  }));
}

async function decide(action, more = {}) {
  const { id, seen, sha } = state.record;
  let record;
  try {
    record = await ask("/api/decide", { id, reviewer: state.name, seen, action, ...more }, true);
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) await look(id, sha, more.edits ?? []);
    throw error;
  }
  if (action === "undo") state.decided = state.decided.filter((each) => each !== id);
  else state.decided.push(id);
  state.record = record;
  await progress();
  return record;
}

// Somebody was faster: the record is shown as it is now, and nothing that was typed is lost.
async function look(id, sha, typed) {
  state.record = await ask("/api/record", { id, reviewer: state.name });
  if (typed.length && state.record.sha === sha) return;
  state.editing = false;
  draw();
  find("typed").hidden = !typed.length;
  find("typed").open = true;
  find("typed").querySelector("pre").textContent = typed.map((each) => each.text).join("\n\n");
}

async function judge(action, more) {
  const record = await decide(action, more);
  const out = action === "accept" && record.review.status === "rejected";
  const said = `${record.id}: ${action}ed.` + (out ? ` It stays out: ${record.review.reviewer} rejected it.` : "");
  if (state.at + 1 < state.ids.length) {
    state.at += 1;
    await go(state.ids[state.at]);
    tell(said);
  } else {
    draw();
    tell(`${said} That was the last record of this list.`);
  }
}

async function move(step) {
  const to = state.at + step;
  if (to < 0 || to >= state.ids.length) return tell(step > 0 ? "This is the last record of this list." : "This is the first record of this list.");
  state.at = to;
  tell("");
  await go(state.ids[to]);
}

const acts = {
  next: () => move(1),
  previous: () => move(-1),
  async accept() {
    if (state.record.problems.length) return tell("A record that fails a check cannot be accepted: edit or reject it.", true, state.record.problems);
    await judge("accept");
  },
  async reject() {
    find("reject").querySelector("input").value = "";
    find("reject").showModal();
  },
  async edit() {
    state.editing = true;
    state.leaving = false;
    tell("");
    draw();
    document.querySelector("textarea")?.focus();
  },
  async save() {
    const made = edits();
    if (!made.length) return tell("Nothing was changed.");
    await decide("edit", { edits: made });
    state.editing = false;
    draw();
    tell("Saved: the calls were run again and all checks pass.");
  },
  async cancel() {
    if (edits().length && !state.leaving) {
      state.leaving = true;
      return tell("There are unsaved changes: press Esc once more to drop them.", true);
    }
    state.editing = false;
    tell("");
    draw();
  },
  async undo() {
    const id = state.decided.at(-1) ?? state.record.id;
    if (id !== state.record.id) {
      const place = state.ids.indexOf(id);
      if (place >= 0) state.at = place;
      await go(id);
    }
    await decide("undo");
    draw();
    tell(`${id}: your last decision is taken back.`);
  },
};

function press(name) {
  const button = document.querySelector(`#actions button[data-act=${name}]`);
  if (button.hidden || !state.record) return;
  if (button.disabled && name !== "accept") return;
  alone(acts[name]);
}

function keys(event) {
  if (document.querySelector("dialog[open]")) return;
  if (state.editing) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) press("save");
    else if (event.key === "Escape") press("cancel");
    else state.leaving = false;
    return;
  }
  const typing = event.target.matches("input, textarea, select");
  if (typing && event.key === "Escape") event.target.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const names = { a: "accept", r: "reject", e: "edit", u: "undo", j: "next", k: "previous", ArrowRight: "next", ArrowLeft: "previous" };
  if (event.key === "/") find("filters").elements.text.focus();
  else if (names[event.key]) press(names[event.key]);
  else return;
  event.preventDefault();
}

function askName() {
  find("name").querySelector("input").value = state.name;
  find("name").showModal();
}

function named(event) {
  event.preventDefault();
  const name = find("name").querySelector("input").value.trim();
  find("name").querySelector(".wrong").hidden = NAME.test(name);
  if (!NAME.test(name)) return;
  localStorage.setItem("reviewer", name);
  find("name").close();
  begin(name);
}

function begin(name) {
  state.name = name;
  state.decided = [];
  find("who").textContent = `you are ${name}`;
  alone(async () => {
    await progress();
    await refilter(decodeURIComponent(location.hash.slice(1)));
  });
}

function rejecting(event) {
  event.preventDefault();
  const reason = find("reject").querySelector("input").value.trim();
  if (!reason) return;
  find("reject").close();
  alone(() => judge("reject", { reason }));
}

function wire() {
  const reason = find("reject").querySelector("input");
  REASONS.forEach((text, number) => {
    const button = element("button", "", `${number + 1} ${text}`);
    button.type = "button";
    button.addEventListener("click", () => { reason.value = text; reason.focus(); });
    find("reasons").append(button, " ");
  });
  reason.addEventListener("keydown", (event) => {
    const text = REASONS[Number(event.key) - 1];
    if (!text || reason.value) return;
    reason.value = text;
    event.preventDefault();
  });
  find("reject").addEventListener("submit", rejecting);
  find("keep").addEventListener("click", () => find("reject").close());
  find("name").addEventListener("submit", named);
  find("name").addEventListener("cancel", (event) => { if (!state.name) event.preventDefault(); });
  find("who").addEventListener("click", askName);
  for (const button of document.querySelectorAll("#actions button")) button.addEventListener("click", () => press(button.dataset.act));
  document.addEventListener("keydown", keys);
  find("filters").addEventListener("submit", (event) => event.preventDefault());
  find("filters").addEventListener("input", (event) => refilterIn(event.target.name === "text" ? 300 : 0));
}

async function start() {
  const choices = await ask("/api/choices", {});
  find("data").textContent = choices.data;
  document.title = `Review ${choices.data}`;
  for (const [name, values] of [["setting", choices.settings], ["scene", choices.scenes], ["app", choices.apps]]) {
    find("filters").elements[name].append(...values.map((value) => new Option(value, value)));
  }
  wire();
  const name = localStorage.getItem("reviewer") ?? "";
  if (NAME.test(name)) begin(name);
  else askName();
}

start().catch((error) => {
  tell("the page could not begin; is its server still running?", true);
  console.error(error);
});
