// Menus that several views share: scenarios by who asks, presets by group.

export function fill(select, names, chosen) {
  select.replaceChildren(...names.map(([value, text]) => new Option(text, value, value === chosen, value === chosen)));
}

export function scenarioMenu(select, scenarios) {
  const groups = new Map();
  for (const one of scenarios) groups.set(one.asks, [...(groups.get(one.asks) ?? []), one]);
  select.replaceChildren(...[...groups].map(([asks, ones]) => {
    const group = document.createElement("optgroup");
    group.label = asks || "Yours";
    group.append(...ones.map((one) => new Option(one.title, one.name)));
    return group;
  }));
}

export function presetMenus(box, presets, change = () => {}) {
  box.replaceChildren(...Object.entries(presets).map(([group, ones]) => {
    const label = document.createElement("label"), select = document.createElement("select");
    fill(select, [["", "as the scenario"], ...ones.map((one) => [one.name, one.title])], "");
    select.dataset.group = group;
    select.onchange = change;
    label.append(group[0].toUpperCase() + group.slice(1), select);
    return label;
  }));
}

export const presetsOf = (box) =>
  [...box.querySelectorAll("select[data-group]")].filter((one) => one.value).map((one) => `${one.dataset.group}=${one.value}`);
