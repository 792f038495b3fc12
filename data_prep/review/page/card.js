// What an app returned, as a card. All of it is somebody's text: it enters the page through textContent alone, so links
// are shown, not followed, and markup is read, not run. Drawings come from our own catalog, as images, which run nothing.

export function element(tag, className = "", text = undefined) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function folded(title, ...children) {
  const details = element("details", "small");
  details.append(element("summary", "", title), ...children);
  return details;
}

export function card(text, drawings) {
  let result;
  try {
    result = JSON.parse(text);
  } catch {
    result = null;
  }
  if (result === null || typeof result !== "object") return element("pre", "card", text);
  const box = element("div", "error" in result ? "card failed" : "card");
  box.append(shown(result, drawings), folded("as the app returned it", element("pre", "", text)));
  return box;
}

function shown(value, drawings) {
  if (Array.isArray(value)) {
    if (value.every((each) => each === null || typeof each !== "object")) return element("span", "", value.join(" · "));
    const list = element("ul");
    for (const each of value) {
      const item = element("li");
      item.append(shown(each, drawings));
      list.append(item);
    }
    return list;
  }
  if (value === null || typeof value !== "object") return element("span", "", String(value));
  const list = element("dl");
  if (typeof value.id === "string" && Object.hasOwn(drawings, value.id)) {
    const image = element("img");
    image.src = drawings[value.id];
    image.alt = String(value.description ?? "sticker");
    const cell = element("dd");
    cell.append(image);
    list.append(element("dt"), cell);
  }
  for (const [name, each] of Object.entries(value)) {
    const cell = element("dd");
    cell.append(shown(each, drawings));
    list.append(element("dt", "", name), cell);
  }
  return list;
}
