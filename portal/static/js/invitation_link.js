// The link of an invitation has its secret behind the #, which no browser sends to a server. It is taken out of the
// address at once, and posted in the form that somebody would otherwise paste it into.

const SECRET = /^[\w-]{43}$/;
const form = document.querySelector("[data-invitation-link]");

function takeSecret() {
  const secret = location.hash.slice(1);
  if (!form || !SECRET.test(secret)) return;
  history.replaceState(null, "", location.pathname + location.search);
  form.elements.link.value = secret;
  form.requestSubmit();
}

takeSecret();
// Who opens the link in a tab that shows this page already gets no new page.
window.addEventListener("hashchange", takeSecret);
