// A scanned recovery sheet opens the portal with its code behind the #, which no browser sends to a server. It is taken
// out of the address at once, kept in this tab while its person logs in, and put into the field.

const KEPT = "recovery-code";
const CODE = /^[0-9A-Z]{64}$/i;

const scanned = location.hash.slice(1);
if (CODE.test(scanned)) {
  sessionStorage.setItem(KEPT, scanned);
  history.replaceState(null, "", location.pathname + location.search);
}

const field = document.querySelector("[data-recovery-code]");
const kept = sessionStorage.getItem(KEPT);
if (field && kept) {
  sessionStorage.removeItem(KEPT);
  if (!field.value) field.value = kept.replace(/.{16}/g, (line) => line.replace(/.{4}/g, "$& ").trim() + "\n").trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
