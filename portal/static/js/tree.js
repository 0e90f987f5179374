// The tree: arrow keys, a filter on what is shown, and remembering which levels were open.
// Only random ids are remembered, in this tab alone; what is typed in the filter is never kept.

const memoryKey = (tree) => `datakluis.tree.${tree.id}`;

function recall(tree) {
  let opened = [];
  try {
    opened = JSON.parse(sessionStorage.getItem(memoryKey(tree)) ?? "[]");
  } catch {
    opened = [];
  }
  tree.querySelectorAll("details[data-node]").forEach((node) => {
    if (opened.includes(node.dataset.node)) node.open = true;
  });
}

function remember(tree) {
  const opened = [...tree.querySelectorAll("details[data-node][open]")].map((node) => node.dataset.node);
  try {
    sessionStorage.setItem(memoryKey(tree), JSON.stringify(opened));
  } catch {
    // Without storage the tree opens as the server sent it.
  }
}

// The three dots of a line are reached with the tab key and are no lines themselves.
const lines = (tree) => [...tree.querySelectorAll("ul summary, ul a")].filter((item) => !item.closest("[data-menu]"));

const items = (tree) => lines(tree).filter((item) => item.checkVisibility());

function moveTo(tree, item) {
  if (!item) return;
  lines(tree).forEach((other) => { other.tabIndex = other === item ? 0 : -1; });
  item.focus();
}

function ownerOf(item) {
  const level = item.closest("ul").parentElement;
  return level.matches("details") ? level.querySelector("summary") : null;
}

function onArrow(tree, event) {
  const item = event.target.closest("summary, a");
  if (!item || !item.closest("ul") || item.closest("[data-menu]")) return;
  const shown = items(tree);
  const place = shown.indexOf(item);
  const branch = item.matches("summary") ? item.parentElement : null;
  const moves = {
    ArrowDown: () => moveTo(tree, shown[place + 1]),
    ArrowUp: () => moveTo(tree, shown[place - 1]),
    Home: () => moveTo(tree, shown[0]),
    End: () => moveTo(tree, shown.at(-1)),
    ArrowRight: () => (branch && !branch.open ? (branch.open = true) : branch && moveTo(tree, shown[place + 1])),
    ArrowLeft: () => (branch?.open ? (branch.open = false) : moveTo(tree, ownerOf(item))),
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
}

// A level matches when anything below it does, which opens the way to it; if nothing does, its own name may, with all below.
function filterLevel(list, words) {
  let found = 0;
  for (const entry of list.children) {
    const name = entry.querySelector(".dk-tree-name").textContent.toLowerCase();
    const below = entry.querySelector(":scope > details[data-node] > ul");
    const own = name.includes(words);
    const matched = below ? filterLevel(below, words) : 0;
    const inside = below && own && matched === 0 ? filterLevel(below, "") : matched;
    entry.hidden = !own && inside === 0;
    if (words && matched > 0) below.parentElement.open = true;
    if (!entry.hidden) found += below ? inside : 1;
  }
  return found;
}

function addFilter(tree) {
  const tools = tree.querySelector("[data-tree-tools]");
  if (!tools) return;
  const input = tools.querySelector("[data-tree-filter]");
  const status = tools.querySelector("[data-tree-status]");
  tools.hidden = false;
  input.addEventListener("input", () => {
    const words = input.value.trim().toLowerCase();
    if (words && !tree.dataset.filtering) remember(tree);
    tree.dataset.filtering = words ? "yes" : "";
    const found = filterLevel(tree.querySelector(":scope > ul"), words);
    status.textContent = words ? (found ? status.dataset.some.replace("#", String(found)) : status.dataset.none) : "";
  });
}

function enhanceTree(tree) {
  recall(tree);
  const first = tree.querySelector("ul [aria-current]") ?? items(tree)[0];
  lines(tree).forEach((item) => { item.tabIndex = item === first ? 0 : -1; });
  tree.addEventListener("keydown", (event) => onArrow(tree, event));
  tree.addEventListener("toggle", () => { if (!tree.dataset.filtering) remember(tree); }, true);
  tree.addEventListener("focusin", (event) => {
    const item = event.target.closest("ul summary, ul a");
    if (!item || item.closest("[data-menu]")) return;
    lines(tree).forEach((other) => { other.tabIndex = other === item ? 0 : -1; });
  });
  addFilter(tree);
}

document.querySelectorAll("[data-tree]").forEach(enhanceTree);
