// The phone menu (a link to #menu without scripts) and the menus made of <details data-menu>.

function makeMenuButton(link) {
  const menu = document.getElementById("menu");
  if (!menu) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  button.setAttribute("aria-controls", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const open = menu.classList.toggle("dk-open");
    button.setAttribute("aria-expanded", String(open));
  });
  link.replaceWith(button);
}

function closeOnEscapeAndOutside(menu) {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      summary.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

document.querySelectorAll("[data-menu-button]").forEach(makeMenuButton);
document.querySelectorAll("details[data-menu]").forEach(closeOnEscapeAndOutside);
