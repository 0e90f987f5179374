// Asks before a page is left on which something was typed or chosen that is kept nowhere yet.

function guard(form) {
  // What the server sent back with a fault, or to add lines, is not kept either.
  let isUnsaved = form.dataset.unsaved === "typed";
  const note = () => { isUnsaved = true; };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("submit", () => { isUnsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isUnsaved) event.preventDefault();
  });
}

document.querySelectorAll("form[data-unsaved]").forEach(guard);
