// The button beside a password field that shows what was typed.

function reveal(button) {
  const input = document.getElementById(button.dataset.reveal);
  const words = button.querySelector("span");
  if (!input || !words) return;
  const showLabel = words.textContent;
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    words.textContent = visible ? button.dataset.hideLabel : showLabel;
    button.setAttribute("aria-pressed", String(visible));
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  // A browser may keep what was typed in a text field, so it is a password field again when it is sent.
  input.form?.addEventListener("submit", () => show(false));
}

function enhancePasswords(root) {
  root.querySelectorAll("[data-reveal]").forEach(reveal);
}

enhancePasswords(document);
document.addEventListener("datakluis:content", (event) => enhancePasswords(event.detail));
