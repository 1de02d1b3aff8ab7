// What both pages share: the data, small makers of elements, numbers as a reader wants them.

export const $ = (id) => document.getElementById(id);

async function inflated() {
  const bytes = Uint8Array.from(atob($("data").textContent.trim()), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

export const data = await inflated();
$("loading").hidden = true;

export function make(tag, text = "", parent = null, more = {}) {
  const made = document.createElement(tag);
  made.textContent = text;
  Object.assign(made, more);
  parent?.append(made);
  return made;
}

export function fill(select, pairs, chosen = pairs[0]?.[0]) {
  select.replaceChildren(...pairs.map(([value, text]) => new Option(text, value, false, String(value) === String(chosen))));
}

// A number for a reader: shares in percent, money with its currency, three figures at most. A fine one has a decimal more.
export function number(value, unit = "", isFine = false) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "undefined";
  const isShare = unit.startsWith("share"), shown = isShare ? 100 * value : value;
  const digits = unit === "0 to 1" || unit === "relative" ? 2 : (Math.abs(shown) >= 10 && !isFine) || Math.abs(shown) >= 100 || Number.isInteger(shown) ? 0 : 1;
  const rough = Math.abs(shown) >= 1000 ? Number(shown.toPrecision(3)) : shown;
  const text = rough.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
  return `${unit === "money" ? "EUR " : ""}${text}${isShare ? " %" : ""}`;
}

export const words = (name) => name.replaceAll("_", " ");

// The canvas at its size on the screen, cleared. Returns its pen, width and height.
export function cleared(canvas) {
  const ratio = window.devicePixelRatio || 1, { clientWidth: w, clientHeight: h } = canvas, pen = canvas.getContext("2d");
  canvas.width = Math.round(w * ratio);
  canvas.height = Math.round(h * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { pen, w, h };
}

$("title").textContent = data.title;
$("question").textContent = data.question ?? "";
$("notes").replaceChildren(...data.notes.map((text) => make("p", text)));
$("notes").hidden = !data.notes.length;
