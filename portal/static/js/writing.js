// Puts a standard text where one writes, finds people in a long list as one types, and asks for the address and the
// number of those only who are chosen.

function insert(select) {
  const area = document.getElementById(select.dataset.insertion);
  const text = select.selectedOptions[0]?.dataset.text;
  if (!area || !text) return;
  const before = area.value.trimEnd();
  area.value = before ? `${before}\n\n${text}` : text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
}

function showContact(box) {
  const choice = document.getElementById(box.dataset.for);
  const update = () => {
    box.hidden = !choice.checked;
  };
  choice.closest("fieldset").addEventListener("change", update);
  update();
}

function filterPeople(filter) {
  const list = document.getElementById(filter.dataset.filter);
  const field = filter.querySelector("input");
  filter.hidden = false;
  field.addEventListener("input", () => {
    const sought = field.value.trim().toLowerCase();
    list.querySelectorAll("li").forEach((item) => {
      const isChosen = item.querySelector("input").checked;
      item.hidden = !isChosen && !item.dataset.filterText.toLowerCase().includes(sought);
    });
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=insert]");
  const select = button?.closest(".dk-insertion")?.querySelector("[data-insertion]");
  if (!select) return;
  event.preventDefault();
  insert(select);
});
document.querySelectorAll("[data-for]").forEach(showContact);
document.querySelectorAll("[data-filter]").forEach(filterPeople);
