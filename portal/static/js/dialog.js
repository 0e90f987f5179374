// Shows the page behind a link with data-dialog as a dialog: the same page, the same form, without leaving the place.
// Whatever is not as expected (logged out meanwhile, no connection) simply follows the link.
// What is put in the page is announced as datakluis:content; importing the other modules would load them twice,
// since the page names them by address and version.

async function fetchContent(url) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-dialog-content]");
}

function showDialog(content, link) {
  const dialog = document.createElement("dialog");
  const title = content.querySelector("h1");
  dialog.className = "dk-dialog";
  if (title) {
    title.id = "dialog-title";
    title.tabIndex = -1;
    title.autofocus = true;
    dialog.setAttribute("aria-labelledby", title.id);
  }
  // A form without an address sends to its own page, which is the one behind the link.
  content.querySelectorAll("form:not([action])").forEach((form) => form.setAttribute("action", link.href));
  dialog.append(document.adoptNode(content));
  document.body.append(dialog);
  document.dispatchEvent(new CustomEvent("datakluis:content", { detail: dialog }));
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dialog-close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (link.checkVisibility() ? link : link.closest("details")?.querySelector("summary"))?.focus();
  });
  dialog.showModal();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const content = await fetchContent(link.href).catch(() => null);
  if (content) {
    link.closest("details[data-menu]")?.removeAttribute("open");
    showDialog(content, link);
  } else {
    window.location.assign(link.href);
  }
});
